"""What a loop kernel means, slowly and obviously, on NumPy arrays: code generators are tested against this.

Values are arrays of shape (outer, inner). A value of bfloat16 or an 8-bit float is a float32 array whose numbers the
dtype can represent, one of complex32 a complex64 array; arrays of operands hold these as their bits, bool as bool.
Functions of float16, bfloat16 and float32 are computed in float64 and rounded, those of float64 in float64: a code
generator may differ from them in the last place. Sums are added in the order that `codegen/loops/reduce.py`
describes, so that they agree to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from taeda.ir.dtype import FLOAT8, FLOATS, NARROW, info
from taeda.ir.loop import Expr, Kernel, Reduce, Turn, check, load, walk
from taeda.ir.scalars import DIVISIONS, PRIMITIVES, float8_values, round_narrow

Array = np.ndarray[Any, Any]
ORDER, BLOCK = 32, 1024


def from_storage(x: Array, dtype: str) -> Array:
    """An operand's array as values."""
    if dtype == "bfloat16":
        return (x.astype(np.uint32) << 16).view(np.float32)
    if dtype in FLOAT8:
        return np.array(float8_values(dtype), np.float32)[x]
    if dtype == "complex32":
        halves = np.ascontiguousarray(x).view(np.float16).reshape(*x.shape, 2).astype(np.float32)
        return np.asarray(halves.view(np.complex64)[..., 0])
    return x


def to_storage(x: Array, dtype: str) -> Array:
    if dtype == "bfloat16":
        return (np.ascontiguousarray(x, np.float32).view(np.uint32) >> 16).astype(np.uint16)
    if dtype in FLOAT8:
        return _float8_bits(np.ascontiguousarray(x, np.float32), dtype)
    if dtype == "complex32":
        halves = np.stack([x.real, x.imag], -1).astype(np.float16)
        return np.ascontiguousarray(halves).view(np.uint32)[..., 0]
    return x


def _float8_bits(x: Array, dtype: str) -> Array:
    values = np.array(float8_values(dtype), np.float32)
    order = np.argsort(values.view(np.uint32))
    found = np.searchsorted(values.view(np.uint32)[order], x.view(np.uint32))
    form = info(dtype).form
    nan = np.signbit(x) * 128 + 127 if form in ("ieee", "finite") else 255 if form == "power" else 128
    return np.where(np.isnan(x), nan, order[np.minimum(found, 255)]).astype(np.uint8)


def storage_dtype(dtype: str) -> Any:
    """Of operands' arrays."""
    return np.dtype({"bfloat16": "uint16", "complex32": "uint32"}.get(dtype) or ("uint8" if dtype in FLOAT8 else dtype))


def value_dtype(dtype: str) -> Any:
    return np.dtype("complex64" if dtype == "complex32" else "float32" if dtype == "bfloat16" or dtype in FLOAT8
                    else dtype)


def round_to(x: Array, dtype: str) -> Array:
    """`x` as values of `dtype`; narrow floats are rounded by way of float32, as the code generators do."""
    if dtype not in NARROW:
        return np.asarray(x).astype(value_dtype(dtype))
    with np.errstate(over="ignore"):
        x = np.ascontiguousarray(x, np.float32)
        if dtype == "float16":
            return x.astype(np.float16)
    if dtype in FLOAT8:
        with np.errstate(invalid="ignore"):  # a NaN that the rounding makes is a result and no accident
            return np.vectorize(lambda v: round_narrow(float(v), dtype), otypes=[np.float32])(x)
    bits = x.view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + (bits >> np.uint64(16) & np.uint64(1))) & np.uint64(0xFFFF0000)).astype(np.uint32)
    return np.where(np.isnan(x), np.float32(np.nan), rounded.view(np.float32))


def _cast(x: Array, source: str, target: str) -> Array:
    if target == "bool":
        return x != 0
    if target in FLOATS:
        return round_to(x, target)
    if source in FLOATS:  # out of range: unspecified
        return x.astype(np.uint64 if target == "uint64" else np.int64).astype(target)
    return x.astype(target)


def _special(name: str) -> Callable[..., Any]:
    """A function of SciPy, imported when needed."""
    def function(*args: Array) -> Any:
        import scipy.special

        return getattr(scipy.special, name)(*args)
    return function


def _trunc_divide(x: Array, y: Array) -> Array:
    quotient, rest = np.floor_divide(x, y), np.remainder(x, y)
    return quotient + ((rest != 0) & ((x < 0) != (y < 0))).astype(x.dtype)


def _divide(floating: Callable[..., Any], integral: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, y: floating(x, y) if x.dtype.kind == "f" else integral(x, y)


def _floor_divide(x: Array, y: Array) -> Array:
    rest = np.fmod(x, y)
    quotient = (x - rest) / y
    quotient = np.where((rest != 0) & ((rest < 0) != (y < 0)), quotient - 1, quotient)
    floor = np.floor(quotient)
    floor = np.where(quotient - floor > 0.5, floor + 1, floor)
    floor = np.where(quotient == 0, np.copysign(0.0, x / y), floor)
    return np.where(y == 0, x / y, floor).astype(x.dtype)


def _float_remainder(x: Array, y: Array) -> Array:
    rest = np.fmod(x, y)
    return np.where((rest != 0) & ((rest < 0) != (y < 0)), rest + y, rest).astype(x.dtype)


def _power(x: Array, y: Array) -> Array:
    result = np.ones_like(x)
    for _ in range(64):
        result = np.where(y & 1, result * x, result)
        x, y = x * x, y >> 1
    return result


def _integer_power(x: Array, y: Array) -> Array:
    if x.dtype.kind == "u":
        return _power(x, y)
    negative = np.where(x == 1, 1, np.where(x == -1, np.where(y & 1, -1, 1), 0)).astype(x.dtype)
    return np.where(y < 0, negative, _power(x, np.maximum(y, 0)))


def _shift(x: Array, y: Array, right: bool) -> Array:
    width = x.dtype.itemsize * 8
    outside = (y < 0) | (y >= width)
    amount = np.where(outside, 0, y).astype(x.dtype)
    if right:
        sign = np.where(x < 0, -1, 0).astype(x.dtype) if x.dtype.kind == "i" else np.zeros_like(x)
        return np.where(outside, sign, np.right_shift(x, amount))
    return np.where(outside, np.zeros_like(x), np.left_shift(x, amount))


def _sign(x: Array) -> Array:
    return (x > 0).astype(x.dtype) - (x < 0).astype(x.dtype)


def philox(seed: Array, counter: Array) -> list[Array]:
    """The four words of Philox4x32-10 as int32."""
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    key, c = seed.astype(np.uint64), counter.astype(np.uint64)
    key0, key1 = key & mask, key >> shift
    words = [c & mask, c >> shift, np.zeros_like(c), np.zeros_like(c)]
    for _ in range(10):
        product0, product1 = words[0] * np.uint64(0xD2511F53), words[2] * np.uint64(0xCD9E8D57)
        words = [product1 >> shift ^ words[1] ^ key0, product1 & mask, product0 >> shift ^ words[3] ^ key1,
                 product0 & mask]
        key0, key1 = key0 + np.uint64(0x9E3779B9) & mask, key1 + np.uint64(0xBB67AE85) & mask
    return [word.astype(np.uint32).view(np.int32) for word in words]


# What each primitive means on arrays of one dtype. Those of WIDE are given float64 arrays for every float dtype;
# functions of floats that are not named here are those of that name in NumPy or SciPy.
EXACT: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
    "floordiv": _divide(_floor_divide, np.floor_divide), "remainder": _divide(_float_remainder, np.remainder),
    "truncdiv": _divide(lambda x, y: np.trunc(x / y), _trunc_divide), "fmod": np.fmod, "neg": np.negative,
    "abs": np.abs, "sign": _sign, "minimum": np.minimum, "maximum": np.maximum, "fmin": np.fmin, "fmax": np.fmax,
    "sqrt": np.sqrt, "reciprocal": lambda x: 1 / x, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc,
    "round": np.rint, "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "not": np.invert,
    "gcd": np.gcd,
    "shift_left": lambda x, y: _shift(x, y, False), "shift_right": lambda x, y: _shift(x, y, True),
    "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite, "signbit": np.signbit, "copysign": np.copysign,
    "nextafter": np.nextafter,
}
WIDE: dict[str, Callable[..., Any]] = {
    "rsqrt": lambda x: 1 / np.sqrt(x), "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "sigmoid": _special("expit"),
    "lgamma": _special("gammaln"), "digamma": _special("psi"),
}
for _p in PRIMITIVES.values():
    if _p.domain == "float" and _p.rule == "same" and _p.name not in EXACT and _p.name not in WIDE:
        WIDE[_p.name] = getattr(np, _p.name, None) or _special(_p.name)
MEANINGS = frozenset(WIDE) | frozenset(EXACT) | set(
    "real imag complex pow cast bitcast select philox iterate".split())


def apply(node: Expr, args: list[Array]) -> Array:
    """The value of `node`, a primitive, on values `args`."""
    op, dtype, source = node.op, node.dtype, node.args[0].dtype
    if op == "cast":
        return _cast(args[0], source, dtype)
    if op == "bitcast":
        return from_storage(np.ascontiguousarray(to_storage(args[0], source)).view(storage_dtype(dtype)), dtype)
    if op in ("real", "imag"):
        return getattr(args[0], op).astype(value_dtype(dtype))
    if op == "complex":
        joined = np.empty(np.broadcast_shapes(args[0].shape, args[1].shape), value_dtype(dtype))
        joined.real, joined.imag = args
        return joined
    if op == "select":
        return np.where(args[0], args[1], args[2])
    if op == "philox":
        return philox(args[0], args[1])[node.attribute]
    if op == "iterate":
        return _iterate(node.attribute, args)
    if op == "pow" and source not in FLOATS:
        return _integer_power(args[0], args[1])
    if op == "pow" or op in WIDE:
        function = WIDE.get(op, np.power)
        return round_to(function(*(a.astype(np.float64) for a in args)), dtype)
    if source in NARROW and op != "nextafter":
        args = [a.astype(np.float32) for a in args]
    result = EXACT[op](*args)
    return result if dtype == "bool" else round_to(result, dtype)


def _iterate(turn: Turn, states: list[Array]) -> Array:
    states = list(states)

    def evaluate(root: Expr) -> Array:
        values: dict[Expr, Array] = {}
        for node in walk((root,)):
            if node.op == "state":
                values[node] = states[node.attribute]
            elif node.op == "const":
                values[node] = np.broadcast_to(round_to(np.array(node.attribute), node.dtype), states[0].shape)
            else:
                values[node] = apply(node, [values[a] for a in node.args])
        return values[root]

    while (active := evaluate(turn.condition)).any():
        following = [evaluate(e) for e in turn.following]
        states[:len(following)] = [np.where(active, new, old) for new, old in zip(following, states, strict=False)]
    return states[turn.result]


def _in_order(combiner: str, dtype: str, values: Array, inner: int) -> Array:
    """Floating-point sum or product of each row of `values`; its points are rows of `inner`, one after another."""
    step: Callable[..., Any] = np.add if combiner == "sum" else np.multiply
    identity = -0.0 if combiner == "sum" else 1.0
    outer = values.shape[0]
    totals = np.full((outer, ORDER), identity, value_dtype(dtype))

    def combine(x: Array, y: Array) -> Array:
        wide = (x.astype(np.float32), y.astype(np.float32)) if dtype in NARROW else (x, y)
        return round_to(step(*wide), dtype)

    for start in range(0, values.shape[1], inner or 1):
        for block in range(start, start + inner, BLOCK):
            partial = np.full((outer, ORDER), identity, value_dtype(dtype))
            end = min(block + BLOCK, start + inner)
            for at in range(block, end, ORDER):
                piece = values[:, at:min(at + ORDER, end)]
                partial[:, :piece.shape[1]] = combine(partial[:, :piece.shape[1]], piece)
            totals = combine(totals, partial)
    while totals.shape[1] > 1:
        half = totals.shape[1] // 2
        totals = combine(totals[:, :half], totals[:, half:])
    result = totals[:, :1]
    return result + result.dtype.type(0) if combiner == "sum" else result


def _reduce(stage: Reduce, values: Array, inner: int) -> Array:
    dtype = stage.value.dtype
    if stage.combiner in ("argmax", "argmin"):
        if values.shape[1] == 0:
            return np.zeros((values.shape[0], 1), np.int64)
        return getattr(np, stage.combiner)(values, axis=1, keepdims=True).astype(np.int64)
    if stage.combiner in ("any", "all"):
        return getattr(np, stage.combiner)(values, axis=1, keepdims=True)
    if stage.combiner in ("sum", "prod"):
        if dtype in FLOATS:
            return _in_order(stage.combiner, dtype, values, inner)
        return getattr(np, stage.combiner)(values, axis=1, keepdims=True, dtype=values.dtype)
    lowest: Any
    if dtype == "bool":
        lowest = stage.combiner == "min"
    elif dtype in FLOATS:
        lowest = np.inf if stage.combiner == "min" else -np.inf
    else:
        lowest = np.iinfo(dtype).max if stage.combiner == "min" else np.iinfo(dtype).min
    result = getattr(np, stage.combiner)(values, axis=1, keepdims=True, initial=lowest)
    return result + result.dtype.type(0) if dtype in FLOATS else result


def run(kernel: Kernel, inputs: Sequence[Array], scalars: Sequence[float | int] = (), index_base: int = 0,
        shape: tuple[int, int] | None = None, inner: int | None = None, division_faults: bool = False) -> list[Array]:
    """The outputs of `kernel`: (outer, inner) arrays for 'element', (outer,) arrays for 'row' operands.

    `inputs` are arrays that broadcast to (outer, inner), which `shape` gives where there are none. `inner` is the size
    of the inner dimension if the inner points are middle × inner (it matters for the order of sums). With
    `division_faults` an integer divided by zero is a ZeroDivisionError, as in machine code; else the result is
    unspecified.
    """
    check(kernel)
    outer, count = shape or np.broadcast_shapes(*(x.shape for x in inputs))
    loaded = [np.broadcast_to(from_storage(x, o.dtype), (outer, count))
              for x, o in zip(inputs, kernel.operands, strict=False)]
    position = np.broadcast_to(np.arange(count, dtype=np.int64), (outer, count))
    values: dict[Expr, Array] = {}
    outputs: dict[int, Array] = {}
    with np.errstate(all="ignore"):
        for k, stage in enumerate(kernel.stages):
            for node in walk((stage.value,)):
                if node in values:
                    continue
                if node.op == "load":
                    values[node] = loaded[node.attribute]
                elif node.op == "const":
                    values[node] = np.broadcast_to(round_to(np.array(node.attribute), node.dtype), (outer, count))
                elif node.op == "scalar":
                    number = np.array(scalars[node.attribute])
                    values[node] = np.broadcast_to(round_to(number, node.dtype), (outer, count))
                elif node.op == "position":
                    values[node] = position
                elif node.op == "index":
                    values[node] = index_base + np.arange(outer, dtype=np.int64)[:, None] * count + position
                else:
                    args = [values[a] for a in node.args]
                    if division_faults and node.op in DIVISIONS and node.dtype not in FLOATS and not args[1].all():
                        raise ZeroDivisionError(node.op)
                    values[node] = apply(node, args)
            if isinstance(stage, Reduce):
                result = _reduce(stage, np.broadcast_to(values[stage.value], (outer, count)), inner or count)
                values[Expr("reduced", (), stage.dtype, k)] = result
            else:
                value, operand = values[stage.value], kernel.operands[stage.operand]
                value = np.broadcast_to(value, (outer, 1 if operand.role == "row" and value.shape[-1] == 1 else count))
                if operand.role == "row":
                    value = value[:, 0] if value.shape[1] else np.zeros(outer, value.dtype)
                outputs[stage.operand] = to_storage(np.ascontiguousarray(value), operand.dtype)
                if operand.role == "element":  # a later stage may read it
                    values[load(stage.operand, operand.dtype)] = from_storage(outputs[stage.operand], operand.dtype)
    return [outputs[k] for k in range(kernel.inputs, len(kernel.operands))]
