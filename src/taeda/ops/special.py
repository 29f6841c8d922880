"""Special functions that are pointwise ops: entropies, the normal distribution and what belongs to it, and step and
scaling functions of two numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.loop import Expr, call, const, select
from taeda.ops import dtypes
from taeda.ops.chebyshev import in_double, series, wide_floats
from taeda.ops.dtypes import Operand, promote_to_float
from taeda.ops.elementary import erfc
from taeda.ops.op import Sample, Tensor, TensorOrNumber, derived, pointwise, sample
from taeda.ops.pointwise import conj_physical, convert, imaginary_part, join_parts, real_part, where, zero

_special: dict[str, Any] = {
    "dtype": promote_to_float, "modules": ("special",), "method": False, "inplace": False, "out": True
}


@pointwise(**_special)
def entr(input: Tensor) -> Tensor:
    """-input * log(input); 0 at 0, -inf below."""
    value = select(input > 0, -input * call("log", input), const(-math.inf, input.dtype))
    value = select(input.eq(0), const(0, input.dtype), value)
    return select(call("isnan", input), input, value)


@entr.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * where(input < 0, math.nan, -input.log() - 1)


@entr.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.2, high=3))


@pointwise(**_special)
def xlog1py(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input * log1p(other), and 0 where input is 0 and other is not NaN."""
    value = select(input.eq(0), const(0, input.dtype), input * call("log1p", other))
    return select(call("isnan", other), other, value)


@xlog1py.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    by_input = None
    if hasattr(input, "ndim"):
        skip = where(input.eq(0), other <= -1, False)
        by_input = where(skip, 0, xlog1py(grad, other))
    return by_input, grad * input / (other + 1)


@xlog1py.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5))


@derived(modules=("special",), method=False, out=True, elementwise=True)
def ndtr(input: Tensor) -> Tensor:
    """The part of a standard normal distribution below each element; of float32 computed in float64, since in the tail
    a rounding of x * x is many of the result."""
    x = convert(input, dtypes.default_float()) if dtypes.is_integer(input.dtype) else input
    wide = convert(x, "float64") if x.dtype == "float32" else x
    return convert(erfc(wide * -math.sqrt(0.5)) * 0.5, x.dtype)


@ndtr.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))


# -- the normal distribution -------------------------------------------------------------------------------------------

# (1 + 2 x) exp(x^2) erfc(x) in (x - 4) / (x + 4), as M. Shepherd and J. Laframboise (1981) have it
_ERFCX = (
    1.1774832005374487, -0.007260796620301901, -0.081265123236185, 0.06009212804122225, -0.02875393558027666,
    0.01059566336347286, -0.003136927294554264, 0.0007456494372536184, -0.0001369696503010054, 1.7183861600300937e-05,
    -7.158364623450346e-07, -2.4261399442449534e-07, 5.5765709395703566e-08, -2.1057869513809494e-09,
    -1.1717889351884957e-09, 1.9098355172456688e-10, 1.408871764208813e-11, -6.901108320480815e-12,
    9.167958364111294e-14, 2.1454508286554553e-13, -1.4716575027010623e-14, -6.668675118770408e-15,
    7.504598509880083e-16, 2.22009300666632e-16, -3.1704898956330886e-17, -8.193570309884333e-18,
    1.2459819733129576e-18,
)


def _scaled_complement(x: Expr, single: bool) -> Expr:
    """erfcx of numbers from 0 to infinity."""
    x = call("minimum", x, const(1e300, x.dtype))
    return series(_ERFCX, (x - 4) / (x + 4), single) / (x + x + 1)


def _exp_of_square(x: Expr) -> Expr:
    """exp(x^2), with the rounding of the square made good."""
    scaled = x * 134217729.0  # 2^27 + 1: splits x into two halves whose products are exact
    high = scaled - (scaled - x)
    low = x - high
    square = x * x
    rest = ((high * high - square) + 2 * high * low) + low * low
    value = call("exp", square)
    return select(abs(x) < 26, value + value * rest, value)


def _erfcx(x: Expr, single: bool) -> Expr:
    value = _scaled_complement(abs(x), single)
    return select(x < 0, 2 * _exp_of_square(x) - value, value)


@pointwise(**{**_special, "dtype": wide_floats})
def erfcx(input: Tensor) -> Tensor:
    """exp(input^2) * erfc(input)."""
    return in_double(_erfcx, input)


@erfcx.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    return grad * (2 * input * output - 2 / math.sqrt(math.pi))


@erfcx.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(5, low=2, high=30))


def _log_ndtr(x: Expr, single: bool) -> Expr:
    scaled = x * math.sqrt(0.5)
    below = call("log", _scaled_complement(call("maximum", -scaled, const(0, x.dtype)), single) * 0.5) - x * x * 0.5
    return select(x < -1, below, call("log1p", call("erfc", scaled) * -0.5))


@pointwise(**{**_special, "dtype": wide_floats})
def log_ndtr(input: Tensor) -> Tensor:
    """The logarithm of ndtr(input), precise far below 0."""
    return in_double(_log_ndtr, input)


@log_ndtr.gradient
def _(grad: Any, input: Any) -> Any:
    return grad / erfcx(input * -math.sqrt(0.5)) * math.sqrt(2 / math.pi)


@log_ndtr.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(5, low=-20, high=-2))


# Quotients of polynomials, the highest power first, of M. Wichura (1988, AS 241): of 0.180625 - (p - 0.5)^2 in the
# middle; of sqrt(-log(p)) - 1.6 in a tail, and of sqrt(-log(p)) - 5 where p is below exp(-25).
_MIDDLE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)
_TAIL = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)
_FAR_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)


def _quotient(parts: tuple[tuple[float, ...], tuple[float, ...]], x: Expr) -> tuple[Expr, Expr]:
    def value(coefficients: tuple[float, ...]) -> Expr:
        total = const(coefficients[0], x.dtype)
        for c in coefficients[1:]:
            total = total * x + c
        return total

    return value(parts[0]), value(parts[1])


def _ndtri(p: Expr, single: bool) -> Expr:
    q = p - 0.5
    tail = call("minimum", p, 1 - p)
    root = call("sqrt", -call("log", tail))
    top, bottom = _quotient(_MIDDLE, 0.180625 - q * q)
    near_top, near_bottom = _quotient(_TAIL, root - 1.6)
    far_top, far_bottom = _quotient(_FAR_TAIL, root - 5)
    middle, far = abs(q) <= 0.425, root > 5
    sign = select(q < 0, const(-1.0, p.dtype), const(1.0, p.dtype))
    top = select(middle, top * q, select(far, far_top, near_top) * sign)
    value = top / select(middle, bottom, select(far, far_bottom, near_bottom))
    value = select(p.eq(0), const(-math.inf, p.dtype), select(p.eq(1), const(math.inf, p.dtype), value))
    return select((p >= 0) & (p <= 1), value, const(math.nan, p.dtype))


@pointwise(**{**_special, "dtype": wide_floats})
def ndtri(input: Tensor) -> Tensor:
    """The inverse of ndtr."""
    return in_double(_ndtri, input)


@ndtri.gradient
def _(grad: Any, output: Any) -> Any:
    return grad * math.sqrt(2 * math.pi) * (output * output * 0.5).exp()


@ndtri.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.05, high=0.95))
    yield sample(make(5, low=0.001, high=0.04))


# -- of two numbers ----------------------------------------------------------------------------------------------------


def _one_dtype(operands: Sequence[Operand]) -> tuple[str, str]:
    first, second = (o.dtype for o in operands)
    if first != second:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return first, first


@pointwise(dtype=_one_dtype)
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below 0, 1 above, `values` at 0. Both must have the same dtype."""
    zero, one = const(0, input.dtype), const(1, input.dtype)
    return select(input.eq(0), values, select(input < 0 if input.dtype != "bool" else const(False, "bool"), zero, one))


@heaviside.gradient
def _(grad: Any, input: Any) -> Any:
    return zero(grad), where(input.eq(0), grad, 0)


@heaviside.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@derived(inplace=True, out=True, elementwise=True)
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """input * 2**other."""
    exponent = input.dtype if dtypes.is_float(input.dtype) else dtypes.default_float()
    x = convert(other, exponent) if dtypes.is_integer(other.dtype) else other
    return input * x.exp2()


@ldexp.samples
def _(make: Any) -> Iterator[Sample]:
    # PyTorch's gradient is 0 where an integer exponent is negative; the formula's is not
    yield sample(make(3, 4), make(4, dtype="int64", low=0, high=4))


def _angle_dtype(operands: Sequence[dtypes.Operand]) -> tuple[str, str]:
    common, _ = promote_to_float(operands)
    return common, dtypes.real_dtype(common)


@pointwise(dtype=_angle_dtype, inplace=False, conjugate=False)
def angle(input: Tensor) -> Tensor:
    """The argument in radians: of a real number 0, or pi if it is negative; NaN stays NaN."""
    if input.dtype in dtypes.COMPLEX:
        return call("atan2", call("imag", input), call("real", input))
    value = select(input < 0, const(math.pi, input.dtype), const(0, input.dtype))
    return select(call("isnan", input), input, value)


@angle.gradient
def _(grad: Any, input: Any) -> Any:
    if input.dtype not in dtypes.COMPLEX:
        return zero(grad)
    size = real_part(input * conj_physical(input))
    return join_parts(where(size.eq(0), 0, -grad * imaginary_part(input) / size),
                      where(size.eq(0), 0, grad * real_part(input) / size))


@angle.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
