"""What primitives mean on complex numbers: a pair of real expressions, made while a loop kernel is written.

Loop IR knows a complex dtype only as what is loaded and stored, by three primitives: `real`, `imag`, and `complex`,
which joins two parts. `loop.call` turns to `expand` for every other primitive, so that bodies of ops are written once
for all numbers, and fusion, the order of sums, vectors and the interpreter see real arithmetic alone.

Functions follow Kahan, "Branch cuts for complex elementary functions" (1987): exact where a part is zero, and with
the sign of a zero choosing the side of a cut. Infinities and NaN give what C's annex G says, as in PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from taeda.ir.dtype import COMPLEX, info
from taeda.ir.loop import Expr, call, cast, const, select

Complex = tuple[Expr, Expr]  # a real and an imaginary part of one dtype


def parts(x: Expr) -> Complex:
    """The real and the imaginary part of a number of any dtype."""
    if x.dtype in COMPLEX:
        return call("real", x), call("imag", x)
    return x, const(0, x.dtype)


def join(x: Complex) -> Expr:
    """The complex number with these parts."""
    return call("complex", *x)


def expand(name: str, args: tuple[Expr, ...], dtype: str | None) -> Expr:
    """Primitive `name` on arguments of which some are complex, or giving a number of the complex `dtype`.

    Raises NotImplementedError for what is not defined on complex numbers.
    """
    if name == "cast":
        return _cast(args[0], dtype or "")
    if name == "select":
        condition, x, y = args
        (a, b), (c, d) = parts(x), parts(y)
        return join((select(condition, a, c), select(condition, b, d)))
    if len({a.dtype for a in args}) != 1:
        raise TypeError(f"{name} takes arguments of one dtype, got {', '.join(a.dtype for a in args)}; cast first")
    if name in _TO_REAL:
        return _TO_REAL[name](*map(parts, args))
    if name not in _TO_COMPLEX:
        raise NotImplementedError(f'"{name}_cpu" not implemented for \'{info(args[0].dtype).word}\'')
    return join(_TO_COMPLEX[name](*map(parts, args)))


def _cast(x: Expr, dtype: str) -> Expr:
    a, b = parts(x)
    if dtype in COMPLEX:
        part = info(dtype).part
        return join((cast(a, part), cast(b, part)))
    return cast(a, "bool") | cast(b, "bool") if dtype == "bool" else cast(a, dtype)


def _times_i(x: Complex) -> Complex:
    return -x[1], x[0]


def _over_i(x: Complex) -> Complex:
    return x[1], -x[0]


def _negative(x: Complex) -> Complex:
    return -x[0], -x[1]


def _scale(x: Complex, by: float) -> Complex:
    return x[0] * by, x[1] * by


def _add(x: Complex, y: Complex) -> Complex:
    return x[0] + y[0], x[1] + y[1]


def _subtract(x: Complex, y: Complex) -> Complex:
    return x[0] - y[0], x[1] - y[1]


def _multiply(x: Complex, y: Complex) -> Complex:
    return x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def _divide(x: Complex, y: Complex) -> Complex:
    """Smith's way: nothing is squared that might be too large or too small."""
    (a, b), (c, d) = x, y
    wide = call("ge", abs(c), abs(d))
    large, small = select(wide, c, d), select(wide, d, c)
    ratio = small / large
    ratio = select(call("eq", large, const(0, c.dtype)), small, ratio)  # by zero: of each part
    scale = large + small * ratio
    first, second = select(wide, a, b), select(wide, b, a)
    real, imaginary = (first + second * ratio) / scale, (second - first * ratio) / scale
    return real, select(wide, imaginary, -imaginary)


def _hypot(x: Complex) -> Expr:
    return call("hypot", *x)


def _angle(x: Complex) -> Expr:
    return call("atan2", x[1], x[0])


def _one(x: Complex) -> Complex:
    return const(1, x[0].dtype), const(0, x[0].dtype)


def _is_zero(x: Expr) -> Expr:
    return call("eq", x, const(0, x.dtype))


def _infinite(x: Complex) -> Expr:
    return call("isinf", x[0]) | call("isinf", x[1])


def _signed(x: float, sign: Expr) -> Expr:
    return call("copysign", const(x, sign.dtype), sign)


def _product(x: Expr, y: Expr) -> Expr:
    """x * y, where a zero x makes a zero of everything."""
    return x * select(_is_zero(x), _signed(1, y), y)


def _grown(wave: Expr, size: Expr) -> Expr:
    """A sine or cosine times an exponential: of an infinite angle and size that is infinite, of unknown sign."""
    return size * select(call("isnan", wave) & call("isinf", size), const(1, wave.dtype), wave)


def _exp(x: Complex) -> Complex:
    size = call("exp", x[0])
    imaginary = select(_is_zero(x[1]), x[1], _product(size, call("sin", x[1])))
    cosine = call("cos", x[1])
    return _grown(select(_is_zero(size), _signed(1, cosine), cosine), size), imaginary


def _expm1(x: Complex) -> Complex:
    a, b = x
    half = call("sin", b * 0.5)
    return call("expm1", a) * call("cos", b) - 2 * half * half, call("exp", a) * call("sin", b)


def _log_of_size(x: Complex) -> Expr:
    if x[0].dtype == "float64":
        return call("log", _hypot(x))
    a, b = cast(x[0], "float64"), cast(x[1], "float64")  # where squares have room
    return cast(call("log", a * a + b * b) * 0.5, x[0].dtype)


def _log(x: Complex) -> Complex:
    return _log_of_size(x), _angle(x)


def _log1p(x: Complex) -> Complex:
    a, b = x
    return call("log1p", a * (a + 2) + b * b) * 0.5, call("atan2", b, a + 1)


def _sqrt(x: Complex) -> Complex:
    a, b = x
    zero = const(0, a.dtype)
    t = call("sqrt", (abs(a) + _hypot(x)) * 0.5)
    other = select(call("eq", t, zero), zero, abs(b) / (t + t))
    right = call("ge", a, zero)
    infinite = call("isinf", b)
    return (select(infinite, abs(b), select(right, t, other)),
            select(infinite, b, call("copysign", select(right, other, t), b)))


def _pow(x: Complex, y: Complex) -> Complex:
    zero = const(0, x[0].dtype)

    def is_zero(z: Complex) -> Expr:
        return call("eq", z[0], zero) & call("eq", z[1], zero)

    power = _exp(_multiply(y, _log(x)))
    one = is_zero(y)
    nothing = is_zero(x)
    return (select(one, const(1, zero.dtype), select(nothing, zero, power[0])),
            select(one, zero, select(nothing, zero, power[1])))


def _sin(x: Complex) -> Complex:
    a, b = x
    cosine = call("cos", a)
    return (_product(call("sin", a), call("cosh", b)),
            _grown(select(_is_zero(b), _signed(1, cosine), cosine), call("sinh", b)))


def _cos(x: Complex) -> Complex:
    a, b = x
    sine = call("sin", a)
    return (_grown(call("cos", a), call("cosh", b)),
            -_product(select(_is_zero(b), _signed(1, sine), sine), call("sinh", b)))


def _sinh(x: Complex) -> Complex:
    return _over_i(_sin(_times_i(x)))


def _tanh(x: Complex) -> Complex:
    a, b = x
    t, u, cosine = call("tanh", a), call("tan", b), call("cosh", a)
    scale = 1 + t * t * u * u
    real, imaginary = t * (1 + u * u) / scale, u / (cosine * cosine) / scale
    far = call("isinf", a)
    return (select(_is_zero(a), a, select(far, _signed(1, a), real)),
            select(_is_zero(b), b, select(far, _signed(0, b), imaginary)))


def _roots(x: Complex) -> tuple[Complex, Complex]:
    """The square roots of 1 - x and 1 + x."""
    return _sqrt((1 - x[0], -x[1])), _sqrt((1 + x[0], x[1]))


def _asin(x: Complex) -> Complex:
    (a, b), (c, d) = _roots(x)
    far = _infinite(x)
    real = select(far, call("atan2", x[0], abs(x[1])), call("atan2", x[0], a * c - b * d))
    return select(_is_zero(x[0]), x[0], real), select(far, _signed(math.inf, x[1]), call("asinh", a * d - b * c))


def _acos(x: Complex) -> Complex:
    (a, b), (c, d) = _roots(x)
    far = _infinite(x)
    real = select(far, call("atan2", abs(x[1]), x[0]), call("atan2", a, c) * 2)
    half = const(math.pi / 2, x[0].dtype)
    return select(_is_zero(x[0]), half, real), select(far, _signed(math.inf, -x[1]), call("asinh", c * b - d * a))


def _acosh(x: Complex) -> Complex:
    (a, b), (c, d) = _sqrt((x[0] - 1, x[1])), _sqrt((x[0] + 1, x[1]))
    far = _infinite(x)
    turn = select(far, call("copysign", call("atan2", abs(x[1]), x[0]), x[1]), call("atan2", b, c) * 2)
    return (select(far, const(math.inf, x[0].dtype), call("asinh", a * c + b * d)),
            select(_is_zero(x[0]), _signed(math.pi / 2, x[1]), turn))


def _atanh(x: Complex) -> Complex:
    a, b = x
    distance = (1 - a) * (1 - a) + b * b
    far = _infinite(x)
    real = select(far, _signed(0, a), call("log1p", 4 * a / distance) * 0.25)
    turn = call("atan2", b + b, (1 - a) * (1 + a) - b * b) * 0.5
    turn = select(far & call("eq", b, b), _signed(math.pi / 2, b), turn)
    return select(_is_zero(a), a, real), turn


def _sigmoid(x: Complex) -> Complex:
    return _divide(_one(x), _add(_one(x), _exp(_negative(x))))


def _sgn(x: Complex) -> Complex:
    size = _hypot(x)
    nothing = call("eq", size, const(0, size.dtype))
    return select(nothing, size, x[0] / size), select(nothing, size, x[1] / size)


_TO_REAL: dict[str, Callable[..., Expr]] = {
    "abs": _hypot,
    "eq": lambda x, y: call("eq", x[0], y[0]) & call("eq", x[1], y[1]),
    "ne": lambda x, y: call("ne", x[0], y[0]) | call("ne", x[1], y[1]),
    "isnan": lambda x: call("isnan", x[0]) | call("isnan", x[1]),
    "isinf": lambda x: call("isinf", x[0]) | call("isinf", x[1]),
    "isfinite": lambda x: call("isfinite", x[0]) & call("isfinite", x[1]),
}
_TO_COMPLEX: dict[str, Callable[..., Complex]] = {
    "add": _add,
    "sub": _subtract,
    "mul": _multiply,
    "truediv": _divide,
    "neg": _negative,
    "reciprocal": lambda x: _divide(_one(x), x),
    "sqrt": _sqrt,
    "rsqrt": lambda x: _divide(_one(x), _sqrt(x)),
    "pow": _pow,
    "exp": _exp,
    "exp2": lambda x: _exp(_scale(x, math.log(2))),
    "expm1": _expm1,
    "log": _log,
    "log2": lambda x: _scale(_log(x), 1 / math.log(2)),
    "log10": lambda x: _scale(_log(x), 1 / math.log(10)),
    "log1p": _log1p,
    "sin": _sin,
    "cos": _cos,
    "tan": lambda x: _over_i(_tanh(_times_i(x))),
    "asin": _asin,
    "acos": _acos,
    "atan": lambda x: _over_i(_atanh(_times_i(x))),
    "sinh": _sinh,
    "cosh": lambda x: _cos(_times_i(x)),
    "tanh": _tanh,
    "asinh": lambda x: _over_i(_asin(_times_i(x))),
    "acosh": _acosh,
    "atanh": _atanh,
    "sigmoid": _sigmoid,
    "sign": _sgn,
}
