"""Scalar primitives → LLVM IR: one line for each row of `ir/scalars.py`, by the kind of register that it works on.

Values of 16- and 8-bit floats are floats in registers: their primitives are those of float32, and `lower` rounds after
each one that is not exact.
"""

from __future__ import annotations

import math

from taeda.codegen.llvm import FunctionWriter, Value, register_type, vector
from taeda.codegen.scalars import arcsine, convert, division, error, integer, logarithm, tables
from taeda.codegen.scalars import float32 as m32
from taeda.codegen.scalars import float64 as m64
from taeda.codegen.scalars.branch import Function, in_double, libm, library, where_large
from taeda.codegen.scalars.common import copysign
from taeda.codegen.scalars.philox import keys_of_lanes, random_words
from taeda.ir.dtype import FLOAT8, FLOATS, NARROW, SIGNED, UNSIGNED, info
from taeda.ir.loop import Expr, Turn, walk
from taeda.ir.scalars import PRIMITIVES

# Specials of arithmetic


def minimum_maximum(x: Value, y: Value, largest: bool) -> Value:
    """NaN if either is: the comparison is false with NaN and gives y, so only a NaN in x needs care."""
    best = x.compare("ogt" if largest else "olt", y).select(x, y)
    return x.isnan().select(x, best)


def _ignoring_nan(x: Value, y: Value, largest: bool) -> Value:
    best = x.compare("ogt" if largest else "olt", y).select(x, y)
    return y.isnan().select(x, best)


def _sign(x: Value) -> Value:
    positive = x.compare("ogt" if x.is_float else "sgt", 0).select(x.const(1), 0)
    return x.compare("olt" if x.is_float else "slt", 0).select(-1, positive)


def _pow_single(f: FunctionWriter, x: Value, y: Value) -> Value:
    """|x| ** y as exp(y log |x|) in float64, where the product is good to far more than float32."""
    wide_x, wide_y = x.convert("fpext", "double"), y.convert("fpext", "double")
    power = m64.exp(f, wide_y * m64.log(f, wide_x.abs())).convert("fptrunc", "float")
    half = y * 0.5
    integral = f.intrinsic("llvm.floor", y).compare("oeq", y)
    odd = integral & f.intrinsic("llvm.floor", half).compare("une", half)
    negative = x.bits.compare("slt", 0)
    power = (negative & odd).select(-power, power)
    undefined = x.compare("olt", 0.0) & ~integral & x.compare("ogt", float("-inf")) & y.abs().compare("one",
                                                                                                        float("inf"))
    power = undefined.select(float("nan"), power)
    one = y.compare("oeq", 0.0) | x.compare("oeq", 1.0)
    one = one | (x.compare("oeq", -1.0) & y.abs().compare("oeq", float("inf")))
    return one.select(1.0, power)


def _nextafter(f: FunctionWriter, x: Value, y: Value) -> Value:
    bits = x.bits
    away = (y.compare("ogt", x) ^ bits.compare("slt", 0)).select(bits.const(1), -1)
    moved = (bits + away).as_float
    smallest = x.const(2.0**-149 if x.kind == "float" else 5e-324)
    result = x.compare("oeq", 0.0).select(copysign(f, smallest, y), moved)
    result = x.compare("oeq", y).select(y, result)
    return x.compare("uno", y).select(x + y, result)


def _round_even(f: FunctionWriter, x: Value) -> Value:
    return f.intrinsic("llvm.roundeven", x)


def _intrinsic(name: str) -> Function:
    return lambda f, x: f.intrinsic("llvm." + name, x)


def _with_fma(function: Function, otherwise: Function) -> Function:
    """`function` where products and sums can be fused, of which it makes use."""
    return lambda f, *args: (function if f.target.fma else otherwise)(f, *args)


def _with_tables(function: Function, otherwise: Function) -> Function:
    """`function` where numbers can be looked up in registers."""
    return lambda f, *args: (function if tables.available(f) else otherwise)(f, *args)


def _log1p_double(f: FunctionWriter, x: Value) -> Value:
    """For float32 arguments: the sum loses something only below 2**-28, where it is the argument."""
    return x.abs().compare("olt", 1e-4).select(x * f.fma(x, f.fma(x, 1 / 3, -0.5), 1.0), m64.log(f, x + 1.0))


def _expm1_double(f: FunctionWriter, x: Value) -> Value:
    """For float32 arguments: relative error below 1e-9."""
    return x.abs().compare("olt", 1e-5).select(x * f.fma(x, 0.5, 1.0), m64.exp(f, x) - 1.0)


def _sinh_double(f: FunctionWriter, x: Value) -> Value:
    """For float32 arguments."""
    e = m64.exp(f, x)
    large = (e - 1.0 / e) * 0.5
    return x.abs().compare("olt", 1e-4).select(x * f.fma(x * x, 1 / 6, 1.0), large)


def _cosh_double(f: FunctionWriter, x: Value) -> Value:
    e = m64.exp(f, x)
    return (e + 1.0 / e) * 0.5


def _asinh_double(f: FunctionWriter, x: Value) -> Value:
    t = x.abs()
    big = m64.log(f, t + f.intrinsic("llvm.sqrt", t * t + 1.0))
    small = f.fma(t * t * t, -1 / 6, t)
    return copysign(f, t.compare("olt", 1e-4).select(small, big), x)


def _acosh_double(f: FunctionWriter, x: Value) -> Value:
    value = m64.log(f, x + f.intrinsic("llvm.sqrt", (x - 1.0) * (x + 1.0)))
    return x.compare("oge", 1.0).select(value, float("nan"))


def _atanh_double(f: FunctionWriter, x: Value) -> Value:
    large = m64.log(f, (x + 1.0) / (1.0 - x)) * 0.5
    return x.abs().compare("olt", 1e-4).select(x * f.fma(x * x, 1 / 3, 1.0), large)


def _hypot_double(f: FunctionWriter, x: Value, y: Value) -> Value:
    infinite = x.abs().compare("oeq", float("inf")) | y.abs().compare("oeq", float("inf"))
    return infinite.select(float("inf"), f.intrinsic("llvm.sqrt", x * x + y * y))


# Tables: float32, float64, and what is the same for both

BOTH: dict[str, Function] = {
    "add": lambda f, x, y: x + y,
    "sub": lambda f, x, y: x - y,
    "mul": lambda f, x, y: x * y,
    "truediv": lambda f, x, y: x / y,
    "floordiv": division.floordiv,
    "remainder": division.remainder,
    "truncdiv": lambda f, x, y: f.intrinsic("llvm.trunc", x / y),
    "fmod": division.fmod,
    "neg": lambda f, x: -x,
    "abs": lambda f, x: x.abs(),
    "sign": lambda f, x: _sign(x),
    "minimum": lambda f, x, y: minimum_maximum(x, y, False),
    "maximum": lambda f, x, y: minimum_maximum(x, y, True),
    "fmin": lambda f, x, y: _ignoring_nan(x, y, False),
    "fmax": lambda f, x, y: _ignoring_nan(x, y, True),
    "sqrt": _intrinsic("sqrt"),
    "rsqrt": lambda f, x: 1.0 / f.intrinsic("llvm.sqrt", x),
    "reciprocal": lambda f, x: 1.0 / x,
    "floor": _intrinsic("floor"),
    "ceil": _intrinsic("ceil"),
    "trunc": _intrinsic("trunc"),
    "round": _round_even,
    "isnan": lambda f, x: x.isnan(),
    "isinf": lambda f, x: x.abs().compare("oeq", float("inf")),
    "isfinite": lambda f, x: x.abs().compare("olt", float("inf")),
    "signbit": lambda f, x: x.bits.compare("slt", 0),
    "copysign": copysign,
    "nextafter": _nextafter,
}

SINGLE: dict[str, Function] = BOTH | {
    "exp": m32.exp,
    "exp2": m32.exp2,
    "expm1": in_double(_expm1_double),
    "log": _with_tables(logarithm.log, in_double(m64.log)),
    "log1p": _with_tables(logarithm.log1p, in_double(_log1p_double)),
    "log2": _with_tables(logarithm.log2, in_double(lambda f, x: m64.log(f, x) * (1 / math.log(2)))),
    "log10": _with_tables(logarithm.log10, in_double(lambda f, x: m64.log(f, x) * (1 / math.log(10)))),
    "sin": where_large(m32.LARGE_ANGLE, "sin", lambda f, x: m32.sin_cos(f, x, False)),
    "cos": where_large(m32.LARGE_ANGLE, "cos", lambda f, x: m32.sin_cos(f, x, True)),
    "tan": where_large(m32.LARGE_ANGLE, "tan", _with_fma(m32.tan, in_double(m64.tan))),
    "asin": _with_fma(arcsine.asin, in_double(arcsine.asin)),
    "acos": _with_fma(arcsine.acos, in_double(arcsine.acos)),
    "atan": _with_fma(m32.atan, in_double(m64.atan)),
    "atan2": _with_fma(m32.atan2, in_double(m64.atan2)),
    "sinh": in_double(_sinh_double),
    "cosh": in_double(_cosh_double),
    "tanh": m32.tanh,
    "asinh": in_double(_asinh_double),
    "acosh": in_double(_acosh_double),
    "atanh": in_double(_atanh_double),
    "sigmoid": m32.sigmoid,
    "erf": _with_tables(tables.erf, m32.erf),
    "erfc": in_double(lambda f, x: error.erfc(f, x, single=True)),
    "erfinv": in_double(error.erfinv_single),
    "lgamma": in_double(error.lgamma),
    "digamma": in_double(error.digamma),
    "pow": _pow_single,
    "hypot": in_double(_hypot_double),
}

DOUBLE: dict[str, Function] = {
    **BOTH,
    "exp": m64.exp,
    "log": m64.log,
    "sin": where_large(m64.LARGE_ANGLE, "sin", lambda f, x: m64.sin_cos(f, x, False)),
    "cos": where_large(m64.LARGE_ANGLE, "cos", lambda f, x: m64.sin_cos(f, x, True)),
    "tan": where_large(m64.LARGE_ANGLE, "tan", m64.tan),
    "atan": m64.atan,
    "tanh": m64.tanh,
    "sigmoid": m64.sigmoid,
    "erf": lambda f, x: error.erf(f, x) if f.target.fma else libm(f, "erf", x),
    "erfc": lambda f, x: error.erfc(f, x) if f.target.fma else libm(f, "erfc", x),
    "erfinv": error.erfinv,
    "digamma": error.digamma,
    "exp2": m64.exp2,
    "expm1": m64.expm1,
    "log1p": m64.log1p,
    "log2": m64.log2,
    "log10": m64.log10,
    "sinh": m64.sinh,
    "cosh": m64.cosh,
    "asin": arcsine.asin,
    "acos": arcsine.acos,
    "atanh": m64.atanh,
    **{name: library(name) for name in ("asinh", "acosh", "lgamma", "pow", "atan2", "hypot")},
}


def _integer_table(signed: bool) -> dict[str, Function]:
    prefix = "s" if signed else "u"

    def best(predicate: str) -> Function:
        return lambda f, x, y: x.compare(prefix + predicate, y).select(x, y)

    return {
        "add": lambda f, x, y: x + y,
        "sub": lambda f, x, y: x - y,
        "mul": lambda f, x, y: x * y,
        "floordiv": lambda f, x, y: integer.floordiv(f, x, y, signed),
        "remainder": lambda f, x, y: integer.remainder(f, x, y, signed),
        "truncdiv": lambda f, x, y: integer.truncdiv(f, x, y, signed),
        "fmod": lambda f, x, y: integer.remainders(f, x, y, signed)[1],
        "pow": lambda f, x, y: integer.power(f, x, y, signed),
        "neg": lambda f, x: -x,
        "abs": lambda f, x: x.compare("slt", 0).select(-x, x) if signed else x,
        "sign": lambda f, x: _sign(x) if signed else x.compare("ne", 0).select(x.const(1), 0),
        "minimum": best("lt"),
        "maximum": best("gt"),
        "and": lambda f, x, y: x & y,
        "or": lambda f, x, y: x | y,
        "xor": lambda f, x, y: x ^ y,
        "not": lambda f, x: ~x,
        "gcd": lambda f, x, y: integer.gcd(f, x, y, signed),
        "shift_left": lambda f, x, y: integer.shift(f, x, y, False, signed),
        "shift_right": lambda f, x, y: integer.shift(f, x, y, True, signed),
    }


LOGICAL: dict[str, Function] = {
    "minimum": lambda f, x, y: x & y,
    "maximum": lambda f, x, y: x | y,
    "and": lambda f, x, y: x & y,
    "or": lambda f, x, y: x | y,
    "xor": lambda f, x, y: x ^ y,
    "not": lambda f, x: x ^ True,
}

TABLES: dict[str, dict[str, Function]] = {
    "bool": LOGICAL,
    **dict.fromkeys(UNSIGNED, _integer_table(False)),
    **dict.fromkeys(SIGNED, _integer_table(True)),
    **{name: SINGLE if info(name).compute == "float32" else DOUBLE for name in FLOATS},
}

# Not by table: lowered below.
STRUCTURAL = frozenset("cast bitcast select real imag complex philox iterate eq ne lt le gt ge".split())
_FLOAT_COMPARE = {"eq": "oeq", "ne": "une", "lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge"}


def compare(name: str, x: Value, y: Value, dtype: str) -> Value:
    if dtype in FLOATS:
        return x.compare(_FLOAT_COMPARE[name], y)
    if name in ("eq", "ne"):
        return x.compare(name, y)
    return x.compare(("s" if info(dtype).is_signed else "u") + name, y)


def iterate(f: FunctionWriter, turn: Turn, states: list[Value]) -> Value:
    """A loop that ends when every lane has; lanes that have ended keep their states."""
    count, lanes = len(turn.following), states[0].lanes
    active: list[Value] = []

    def values(roots: tuple[Expr, ...], carried: tuple[Value, ...]) -> list[Value]:
        found: dict[Expr, Value] = {}
        for node in walk(roots):
            if node.op == "state":
                found[node] = carried[node.attribute] if node.attribute < count else states[node.attribute]
            elif node.op == "const":
                found[node] = f.constant(node.attribute, vector(lanes, register_type(node.dtype)))
            else:
                found[node] = lower(f, node, [found[a] for a in node.args])
        return [found[root] for root in roots]

    def condition(*carried: Value) -> Value:
        active[:] = values((turn.condition,), carried)
        if f.live is not None and f.live.lanes == lanes:
            active[0] = active[0] & f.live
        return f.any(active[0])

    def body(*carried: Value) -> list[Value]:
        return [active[0].select(new, old) for new, old in zip(values(turn.following, carried), carried, strict=True)]

    carried = f.repeat(condition, body, states[:count])
    return (carried + states[count:])[turn.result]


def lower(f: FunctionWriter, node: Expr, args: list[Value]) -> Value:
    """The register value of `node`, whose arguments are `args`."""
    op, dtype = node.op, node.dtype
    source = node.args[0].dtype
    if op == "cast":
        return convert.cast(f, args[0], source, dtype)
    if op == "bitcast":
        return convert.bitcast(f, args[0], source, dtype)
    if op in ("real", "imag"):
        return convert.complex_part(f, args[0], source, op == "imag")
    if op == "complex":
        return convert.join_parts(f, args[0], args[1], dtype)
    if op == "select":
        return args[0].select(args[1], args[2])
    if op == "iterate":
        return iterate(f, node.attribute, args)
    if op == "philox":
        return random_words(f, args[1], keys_of_lanes(f, args[0]))[node.attribute]
    if op in _FLOAT_COMPARE:
        return compare(op, args[0], args[1], source)
    if op == "nextafter" and source in NARROW:
        raise NotImplementedError(f"nextafter of {source}")
    function = TABLES[source].get(op)
    if function is None:
        raise NotImplementedError(f"{op} of {source} has no code generator")
    result = function(f, *args)
    if dtype in FLOAT8 or dtype in NARROW and not PRIMITIVES[op].exact:  # some 8-bit floats have one zero, or no sign
        result = convert.round_to(f, result, dtype)
    return result
