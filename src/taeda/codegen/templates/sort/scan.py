"""Running results along one dimension: cumsum, cumprod, logcumsumexp, cummax, cummin.

The input is contiguous (outer, row, inner) and scanned along the middle, from its end if `reverse`. Results are
accumulated one after the other, in float64 for float32 and in float32 for the 16-bit floats, so that the order is
fixed and the error does not grow with the row. A work item is `COLUMNS` neighbouring columns, side by side in
vectors where there are that many; of fewer, `SIDE` lines are walked side by side, since each waits for its last sum.

Integers `[row, inner]`; work: outer * ceil(inner / COLUMNS).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taeda.codegen.llvm import FunctionWriter, Value, is_float, memory_type, vector
from taeda.codegen.scalars.convert import from_memory
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, as_number, compute_type, load_wide, start_kernel, store_narrow
from taeda.ir.dtype import COMPLEX, FLOATS, info, itemsize
from taeda.ir.expression import ceildiv, maximum, minimum
from taeda.ir.expression import lines as lines_of

COLUMNS = 16
SIDE = 4
PIECE = 16384  # elements of a piece of work, about
ACCUMULATED = {"float32": "float64"}


def accumulated_in(dtype: str) -> str:
    """The LLVM type in which a dtype is summed."""
    return compute_type(ACCUMULATED.get(dtype, dtype))


def _columns(f: FunctionWriter, row: Value, inner: Value, reverse: bool,
             scan: Callable[[list[Value], Callable[[Value], Value], int], None]) -> None:
    """scan(first positions of lines, i ↦ how far step i is from them, lanes) for all lines of the work items."""
    blocks = f.ceil_div(inner, COLUMNS)

    def distance(i: Value) -> Value:
        return (row - 1 - i if reverse else i) * inner

    def lines(begin: Value | int, end: Value, first: Callable[[Value], Value]) -> None:
        whole = begin + (end - begin) // SIDE * SIDE
        f.loop(begin, whole, lambda k: scan([first(k + j) for j in range(SIDE)], distance, 0), step=SIDE)
        f.loop(whole, end, lambda k: scan([first(k)], distance, 0))

    def item(w: Value) -> None:
        outer, first = w // blocks, (w % blocks) * COLUMNS
        base = outer * row * inner + first
        f.branch(inner - first >= COLUMNS, lambda: scan([base], distance, COLUMNS),
                 lambda: lines(f.constant(0), inner - first, lambda c: base + c))

    def narrow() -> None:
        lines(f["begin"] * inner, f["end"] * inner, lambda k: k // inner * row * inner + k % inner)
    f.branch(inner < COLUMNS, narrow, lambda: f.loop(f["begin"], f["end"], item))


def _complex_scan(f: FunctionWriter, data: Value, result: Value, row: Value, inner: Value, operation: str, dtype: str,
                  reverse: bool) -> None:
    """One column after the other, both parts in double."""
    part = info(dtype).part
    kind, size = memory_type(part), itemsize(part)

    def scan(starts: list[Value], distance: Callable[[Value], Value], lanes: int) -> None:
        if lanes:
            f.loop(0, f.constant(lanes), lambda c: scan([starts[0] + c], distance, 0))
            return
        start = [f.constant(float(operation == "prod"), "double"), f.constant(0.0, "double")]

        def step(i: Value, *state: Value) -> Sequence[Value]:
            found: list[Value] = []
            for j, first in enumerate(starts):
                at = (first + distance(i)) * itemsize(dtype)
                real, imaginary = state[2 * j:2 * j + 2]
                x, y = (f.load(kind, f.at(data, at + k * size)).convert("fpext", "double") for k in range(2))
                new = (real + x, imaginary + y) if operation == "sum" else (
                    real * x - imaginary * y, real * y + imaginary * x)
                for k, value in enumerate(new):
                    f.store(value.convert("fptrunc", kind), f.at(result, at + k * size))
                found += new
            return found
        f.loop(0, row, step, carry=start * len(starts))
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

    def load(pointer: Value, lanes: int) -> Value:
        value = load_wide(f, pointer, source, lanes)
        return value.convert("fpext" if is_float(type) else "sext" if info(source).is_signed else "zext", type)

    def scan(starts: list[Value], distance: Callable[[Value], Value], lanes: int) -> None:
        if lanes and operation == "logsumexp":
            f.loop(0, f.constant(lanes), lambda c: scan([starts[0] + c], distance, 0))
            return
        wide = vector(lanes, type) if lanes else type
        neutral = {"sum": 0, "prod": 1, "logsumexp": float("-inf")}[operation]
        first = f.constant(float(neutral) if is_float(type) else neutral, wide)
        sources = [f.at(data, start * itemsize(source)) for start in starts]
        results = [f.at(result, start * itemsize(dtype)) for start in starts]

        def step(i: Value, *sums: Value) -> Sequence[Value]:
            away = distance(i)
            values = [load(f.at(p, away * itemsize(source)), lanes) for p in sources]
            new = [a + x if operation == "sum" else a * x if operation == "prod" else _log_add_exp(f, a, x)
                   for a, x in zip(sums, values, strict=True)]
            for p, value in zip(results, new, strict=True):
                store_narrow(f, value.convert("fptrunc", compute_type(dtype)), f.at(p, away * itemsize(dtype)), dtype)
            return new
        f.loop(0, row, step, carry=[first] * len(starts))
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

    def scan(starts: list[Value], distance: Callable[[Value], Value], lanes: int) -> None:
        stored = vector(lanes, memory_type(dtype)) if lanes else memory_type(dtype)
        numbers = vector(lanes, "i64") if lanes else "i64"

        def after(i: Value, position: Value, best: Value, at: Value) -> list[Value]:
            raw = f.load(stored, f.at(data, position * size))
            x, b = (from_memory(f, v, as_number(dtype)) for v in (raw, best))
            better = x.compare(predicate, b)
            if dtype in FLOATS:
                number = b.compare("ord", b)
                better = x.compare("uno", x) | (number & better)
            if lanes:
                new, where = f.select(better, raw, best), f.select(better, f.splat(i, lanes), at)
            else:  # jumps, which are guessed: the next element need not wait for this comparison
                new, where = f.branch(better, lambda: [raw, i], lambda: [best, at])
            f.store(new, f.at(values, position * size))
            f.store(where, f.at(indices, position * 8))
            return [new, where]

        def step(i: Value, *state: Value) -> Sequence[Value]:
            away = distance(i)
            return [v for j, first in enumerate(starts) for v in after(i, first + away, *state[2 * j:2 * j + 2])]
        state = [v for first in starts for v in (f.load(stored, f.at(data, first * size)), f.constant(0, numbers))]
        f.loop(0, row, step, carry=state)
    f.branch(row > 0, lambda: _columns(f, row, inner, False, scan))
    f.ret(0)
    return module.text()


def _launch(b: Any, template: Any, params: dict[str, Any], input: Any, outputs: list[Any], dim: int) -> None:
    outer, row, inner = lines_of(input.shape, dim)
    # Short rows together, and enough lines for a kernel to walk some side by side.
    grain = maximum(SIDE // maximum(inner, 1), PIECE // maximum(row * minimum(inner, COLUMNS), 1))
    b.launch(template, params, [b.contiguous(input), *outputs], [row, inner],
             work=outer * ceildiv(inner, COLUMNS), grain=maximum(grain, 1))


def scan(b: Any, *, input: Any, out: Any, dim: int, operation: str, reverse: bool) -> None:
    _launch(b, emit_scan,
            {"operation": operation, "source": input.dtype, "dtype": out.dtype, "reverse": reverse}, input, [out], dim)


def scan_extremes(b: Any, *, input: Any, values: Any, places: Any, dim: int, largest: bool) -> None:
    _launch(b, emit_extremes, {"dtype": input.dtype, "largest": largest}, input, [values, places], dim)
