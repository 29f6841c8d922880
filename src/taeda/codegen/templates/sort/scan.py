"""Running results along one dimension: cumsum, cumprod, logcumsumexp, cummax, cummin.

The input is contiguous (outer, row, inner) and scanned along the middle, from its end if `reverse`. Results are
accumulated one after the other, in float64 for float32 and in float32 for the 16-bit floats, so that the order is
fixed and the error does not grow with the row. A work item is `COLUMNS` neighbouring columns, side by side in
vectors where there are that many.

Integers `[row, inner]`; work: outer * ceil(inner / COLUMNS).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taeda.codegen.llvm import FunctionWriter, Value, is_float, memory_type, vector
from taeda.codegen.scalars.convert import from_memory
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, as_number, compute_type, load_wide, start_kernel, store_narrow
from taeda.ir.dtype import COMPLEX, FLOATS, info, itemsize

COLUMNS = 16
ACCUMULATED = {"float32": "float64"}


def accumulated_in(dtype: str) -> str:
    """The LLVM type in which a dtype is summed."""
    return compute_type(ACCUMULATED.get(dtype, dtype))


def _columns(f: FunctionWriter, row: Value, inner: Value, reverse: bool,
             scan: Callable[[Value, Callable[[Value], Value], int], None]) -> None:
    """scan(first position, i ↦ linear position of step i, lanes) for each work item's columns."""
    blocks = f.ceil_div(inner, COLUMNS)

    def item(w: Value) -> None:
        outer, first = w // blocks, (w % blocks) * COLUMNS
        base = outer * row * inner + first

        def place(start: Value) -> Callable[[Value], Value]:
            return lambda i: start + (row - 1 - i if reverse else i) * inner

        def several() -> None:
            scan(base, place(base), COLUMNS)

        def one_by_one() -> None:
            f.loop(0, inner - first, lambda c: scan(base + c, place(base + c), 0))
        f.branch(inner - first >= COLUMNS, several, one_by_one)
    f.loop(f["begin"], f["end"], item)


def _complex_scan(f: FunctionWriter, data: Value, result: Value, row: Value, inner: Value, operation: str, dtype: str,
                  reverse: bool) -> None:
    """One column after the other, both parts in double."""
    part = info(dtype).part
    kind, size = memory_type(part), itemsize(part)

    def scan(start: Value, place: Callable[[Value], Value], lanes: int) -> None:
        if lanes:
            f.loop(0, f.constant(lanes), lambda c: scan(start, lambda i: place(i) + c, 0))
            return

        def step(i: Value, real: Value, imaginary: Value) -> Sequence[Value]:
            at = place(i) * itemsize(dtype)
            x, y = (f.load(kind, f.at(data, at + k * size)).convert("fpext", "double") for k in range(2))
            new = (real + x, imaginary + y) if operation == "sum" else (
                real * x - imaginary * y, real * y + imaginary * x)
            for k, value in enumerate(new):
                f.store(value.convert("fptrunc", kind), f.at(result, at + k * size))
            return new
        f.loop(0, row, step, carry=[f.constant(float(operation == "prod"), "double"), f.constant(0.0, "double")])
    _columns(f, row, inner, reverse, scan)


def emit_scan(target: Target, *, operation: str, source: str, dtype: str, reverse: bool = False) -> str:
    """Operands [input, result]. operation 'sum', 'prod' or 'logsumexp'; `source` is the dtype of the input: it differs
    from `dtype` only if that is int64 (sums of smaller integers)."""
    if operation not in ("sum", "prod", "logsumexp"):
        raise ValueError(f"operation {operation!r}")
    module, f, arguments = start_kernel(target)
    row, inner = Reader(f, arguments).many(2)
    data, result = arguments.data(0), arguments.data(1)
    if dtype in COMPLEX:
        _complex_scan(f, data, result, row, inner, operation, dtype, reverse)
        f.ret(0)
        return module.text()
    type = accumulated_in(dtype)

    def load(position: Value, lanes: int) -> Value:
        value = load_wide(f, f.at(data, position * itemsize(source)), source, lanes)
        return value.convert("fpext" if is_float(type) else "sext" if info(source).is_signed else "zext", type)

    def scan(_: Value, place: Callable[[Value], Value], lanes: int) -> None:
        if lanes and operation == "logsumexp":
            f.loop(0, f.constant(lanes), lambda c: scan(_, lambda i: place(i) + c, 0))
            return
        wide = vector(lanes, type) if lanes else type
        neutral = {"sum": 0, "prod": 1, "logsumexp": float("-inf")}[operation]
        first = f.constant(float(neutral) if is_float(type) else neutral, wide)

        def step(i: Value, sum: Value) -> Sequence[Value]:
            at = place(i)
            x = load(at, lanes)
            new = sum + x if operation == "sum" else sum * x if operation == "prod" else _log_add_exp(f, sum, x)
            store_narrow(f, new.convert("fptrunc", compute_type(dtype)), f.at(result, at * itemsize(dtype)), dtype)
            return [new]
        f.loop(0, row, step, carry=[first])
    _columns(f, row, inner, reverse, scan)
    f.ret(0)
    return module.text()


def _log_add_exp(f: FunctionWriter, a: Value, b: Value) -> Value:
    """log(exp(a) + exp(b)) by the C library's exp and log1p, in float64."""
    double = a.type == "double"
    x, y = (v if double else f.cast("fpext", v, "double") for v in (a, b))
    larger = x.compare("oge", y)
    high, low = f.select(larger, x, y), f.select(larger, y, x)
    # Equal infinities would give inf - inf; both -inf (nothing yet) stays -inf. NaN goes through.
    same = high.equals(low) & _is_infinite(f, high)
    sum = high + f.call_external("log1p", "double", f.call_external("exp", "double", low - high))
    sum = f.select(same, high, sum)
    nan = x.compare("uno", y)
    sum = f.select(nan, x + y, sum)
    return sum if double else f.cast("fptrunc", sum, "float")


def _is_infinite(f: FunctionWriter, x: Value) -> Value:
    magnitude = f.cast("bitcast", x, "i64") & 0x7FFFFFFFFFFFFFFF
    return magnitude.equals(0x7FF0000000000000)


def emit_extremes(target: Target, *, dtype: str, largest: bool) -> str:
    """cummax and cummin: operands [input, values, indices int64]. Of equal elements the later one; NaN stays."""
    module, f, arguments = start_kernel(target)
    row, inner = Reader(f, arguments).many(2)
    data, values, indices = (arguments.data(k) for k in range(3))
    size = itemsize(dtype)
    sign = "o" if dtype in FLOATS else "s" if info(dtype).is_signed else "u"
    predicate = sign + ("ge" if largest else "le")

    def scan(first: Value, place: Callable[[Value], Value], lanes: int) -> None:
        stored = vector(lanes, memory_type(dtype)) if lanes else memory_type(dtype)
        numbers = vector(lanes, "i64") if lanes else "i64"

        def step(i: Value, best: Value, at: Value) -> Sequence[Value]:
            position = place(i)
            raw = f.load(stored, f.at(data, position * size))
            x, b = (from_memory(f, v, as_number(dtype)) for v in (raw, best))
            better = x.compare(predicate, b)
            if dtype in FLOATS:
                number = b.compare("ord", b)
                better = x.compare("uno", x) | (number & better)
            new = f.select(better, raw, best)
            here = f.splat(i, lanes) if lanes else i
            where = f.select(better, here, at)
            f.store(new, f.at(values, position * size))
            f.store(where, f.at(indices, position * 8))
            return [new, where]
        start = f.load(stored, f.at(data, first * size))
        f.loop(0, row, step, carry=[start, f.constant(0, numbers)])
    f.branch(row > 0, lambda: _columns(f, row, inner, False, scan))
    f.ret(0)
    return module.text()
