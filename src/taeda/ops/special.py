"""Special functions that are pointwise ops: entropies, the normal distribution, modified Bessel functions of order 0
and 1, and step and scaling functions of two numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.loop import Expr, call, const, select
from taeda.ops import dtypes
from taeda.ops.dtypes import Operand, promote_to_float
from taeda.ops.elementary import erfc
from taeda.ops.op import Sample, Tensor, TensorOrNumber, derived, pointwise, sample
from taeda.ops.pointwise import conj, convert, imaginary_part, join_parts, real_part, where, zero

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


@derived(modules=("special",), method=False, out=True)
def ndtr(input: Tensor) -> Tensor:
    """The part of a standard normal distribution below each element."""
    x = convert(input, dtypes.default_float()) if dtypes.is_integer(input.dtype) else input
    return erfc(x * -math.sqrt(0.5)) * 0.5


@ndtr.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))


# -- modified Bessel functions ----------------------------------------------------------------------------------------
# Chebyshev series of the scaled functions: in x / 4 - 1 up to 8, and of sqrt(x) times them in 16 / x - 1 above.

_I0_SMALL = (
    0.33839763720473803, -0.3046826723431984, 0.17162090152220877, -0.09490109704804764, 0.04930528423967071,
    -0.02373741480589947, 0.010546460394594998, -0.004324309995050576, 0.0016394756169413357, -0.0005763755745385824,
    0.00018850288509584165, -5.754195010082104e-05, 1.6448448070728896e-05, -4.4167383584587505e-06,
    1.1173875391201037e-06, -2.670793853940612e-07, 6.046995022541919e-08, -1.300025009986248e-08,
    2.6598237246823866e-09, -5.189795601635263e-10, 9.675809035373237e-11, -1.726826291441556e-11,
    2.95505266312964e-12, -4.856446783111929e-13, 7.676185498604936e-14, -1.1685332877993451e-14,
    1.715391285555133e-15, -2.431279846547955e-16, 3.3307945188222384e-17,
)
_I0_LARGE = (
    0.4022452055070544, 0.0033691164782556943, 6.889758346916825e-05, 2.8913705208347567e-06, 2.0489185894690638e-07,
    2.266668990498178e-08, 3.3962320257083865e-09, 4.94060238822497e-10, 1.1889147107846439e-11,
    -3.1499165279632416e-11, -1.3215811840447713e-11, -1.7941785315068062e-12, 7.180124451383666e-13,
    3.8527783827421426e-13, 1.54008621752141e-14, -4.150569347287222e-14, -9.554846698828307e-15,
    3.8116806693526224e-15, 1.7725601330565263e-15, -3.425485619677219e-16, -2.8276239805165836e-16,
    3.461222867697461e-17, 4.46562142029676e-17,
)
_I1_SMALL = (
    0.12629359322181682, -0.17641651835783406, 0.1026436586898471, -0.05294598120809499, 0.024726449030626516,
    -0.010564084894626197, 0.004156422944312888, -0.0015135724506312532, 0.0005122859561685758,
    -0.00016176081582589674, 4.781565107550054e-05, -1.3273163656039436e-05, 3.4702513081376785e-06,
    -8.568720264695455e-07, 2.0032947535521353e-07, -4.445059128796328e-08, 9.381537386495773e-09,
    -1.8872497517228294e-09, 3.625590281552117e-10, -6.663489723502027e-11, 1.1736186298890901e-11,
    -1.9839743977649436e-12, 3.223793365945575e-13, -5.042185504727912e-14, 7.600684294735408e-15,
    -1.1055969477353862e-15, 1.5536319577362005e-16, -2.111421214358166e-17,
)
_I1_LARGE = (
    0.38928811750914005, -0.009761097491361469, -0.00011058893876262371, -3.882564808877691e-06,
    -2.512236237870209e-07, -2.6314688468895196e-08, -3.835380385964237e-09, -5.589743462196584e-10,
    -1.8974958123505413e-11, 3.2526035830154884e-11, 1.4125807436613782e-11, 2.0356285441470896e-12,
    -7.198551776245908e-13, -4.0835511110921974e-13, -2.1015418427726643e-14, 4.272440016711951e-14,
    1.0420276984128802e-14, -3.8144030724370075e-15, -1.8803547755107825e-15, 3.3082023109209285e-16,
    2.96262899764595e-16, -3.209525921993424e-17, -4.6503053684893586e-17,
)


def _series(coefficients: Sequence[float], x: Expr) -> Expr:
    """The sum of a Chebyshev series, by Clenshaw's recurrence."""
    after, here = const(0, x.dtype), const(0, x.dtype)
    for c in reversed(coefficients[1:]):
        after, here = here, 2 * x * here - after + c
    return x * here - after + coefficients[0]


def _short(coefficients: Sequence[float], dtype: str) -> Sequence[float]:
    """As many of the coefficients as the dtype resolves."""
    if dtype == "float64":
        return coefficients
    return [c for c in coefficients if abs(c) > 1e-10]


def _i0e(x: Expr) -> Expr:
    x = abs(x)
    large = call("maximum", x, const(8, x.dtype))
    far = _series(_short(_I0_LARGE, x.dtype), 16 / large - 1) / call("sqrt", large)
    near = _series(_short(_I0_SMALL, x.dtype), call("minimum", x, const(8, x.dtype)) * 0.25 - 1)
    return select(x > 8, far, near)


def _i1e(input: Expr) -> Expr:
    x = abs(input)
    large = call("maximum", x, const(8, x.dtype))
    far = _series(_short(_I1_LARGE, x.dtype), 16 / large - 1) / call("sqrt", large)
    near = x * _series(_short(_I1_SMALL, x.dtype), call("minimum", x, const(8, x.dtype)) * 0.25 - 1)
    value = select(x > 8, far, near)
    return select(input < 0, -value, value)


@pointwise(dtype=promote_to_float, modules=("torch", "special"))
def i0(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
    half = call("exp", abs(input) * 0.5)  # in two factors, which overflow no earlier than the result
    return _i0e(input) * half * half


@i0.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * i1(input)


@i0.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=-12, high=12))


@pointwise(**_special)
def i0e(input: Tensor) -> Tensor:
    """exp(-|input|) * i0(input)."""
    return _i0e(input)


@i0e.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    return grad * (i1e(input) - input.sgn() * output)


@i0e.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=-12, high=12))


@pointwise(**_special)
def i1(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 1."""
    half = call("exp", abs(input) * 0.5)
    return _i1e(input) * half * half


@i1.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    return grad * where(input.eq(0), 0.5, i0(input) - output / where(input.eq(0), 1, input))


@i1.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=-12, high=12))


@pointwise(**_special)
def i1e(input: Tensor) -> Tensor:
    """exp(-|input|) * i1(input)."""
    return _i1e(input)


@i1e.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    safe = where(input.eq(0), 1, input)
    return grad * where(input.eq(0), 0.5, i0e(input) - output * (input.sgn() + 1 / safe))


@i1e.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=-12, high=12))


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


@derived(inplace=True, out=True)
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
    size = real_part(input * conj(input))
    return join_parts(where(size.eq(0), 0, -grad * imaginary_part(input) / size),
                      where(size.eq(0), 0, grad * real_part(input) / size))


@angle.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
