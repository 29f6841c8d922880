"""Functions of one number: exponentials, trigonometry, rounding. Gradients are the textbook's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.loop import call, const, select
from taeda.ops import dtypes
from taeda.ops.dtypes import floats_only, promote_to_float
from taeda.ops.op import Number, Sample, Tensor, derived, pointwise, registry, sample
from taeda.ops.pointwise import convert, real_part, refuse_bool, where, zero


def function(primitive: str, doc: str, gradient: Any, low: float | None = None, high: float | None = None,
             aliases: tuple[str, ...] = (), modules: tuple[str, ...] = ("torch",), public: str | None = None) -> Any:
    """An op that applies a scalar primitive, integers being converted to floating point.

    `gradient` is as for @some_op.gradient; `low` and `high` bound the sample inputs, so that they stay in its domain.
    """

    def body(input: Tensor) -> Tensor:
        return call(primitive, input)

    body.__name__ = body.__qualname__ = public or primitive
    body.__doc__ = doc
    body.__module__ = __name__
    op = pointwise(body, dtype=promote_to_float, aliases=aliases, modules=modules)
    op.gradient(gradient)

    def samples(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 4, low=low, high=high))
        yield sample(make(5, low=low, high=high))

    op.samples(samples)
    return op


# -- exponentials --------------------------------------------------------------------------------------------

exp = function("exp", "e to the power of each element.", lambda grad, output: grad * output, aliases=())
exp2 = function("exp2", "2 to the power of each element.", lambda grad, output: grad * output * math.log(2))
expm1 = function("expm1", "exp(input) - 1, precise near 0.", lambda grad, output: grad * (output + 1))
log = function("log", "The natural logarithm.", lambda grad, input: grad / input, low=0.1)
log2 = function("log2", "The logarithm to base 2.", lambda grad, input: grad / (input * math.log(2)), low=0.1)
log10 = function("log10", "The logarithm to base 10.", lambda grad, input: grad / (input * math.log(10)), low=0.1)
log1p = function("log1p", "log(1 + input), precise near 0.", lambda grad, input: grad / (input + 1), low=-0.9)
sqrt = function("sqrt", "The square root.", lambda grad, output: grad / (2 * output), low=0.1)
rsqrt = function("rsqrt", "1 / sqrt(input).", lambda grad, output: -0.5 * grad * output * output * output, low=0.1)
reciprocal = function("reciprocal", "1 / input.", lambda grad, output: -grad * output * output, low=0.2)

# -- trigonometry --------------------------------------------------------------------------------------------

sin = function("sin", "The sine of an angle in radians.", lambda grad, input: grad * input.cos())
cos = function("cos", "The cosine of an angle in radians.", lambda grad, input: grad * -input.sin())
tan = function(
    "tan", "The tangent of an angle in radians.", lambda grad, output: grad * (1 + output * output), -1.2, 1.2
)
asin = function("asin", "The inverse sine.", lambda grad, input: grad * (1 - input * input).rsqrt(), -0.9, 0.9,
                ("arcsin",))
acos = function("acos", "The inverse cosine.", lambda grad, input: grad * -(1 - input * input).rsqrt(), -0.9, 0.9,
                ("arccos",))
atan = function("atan", "The inverse tangent.", lambda grad, input: grad / (input * input + 1), aliases=("arctan",))
sinh = function("sinh", "The hyperbolic sine.", lambda grad, input: grad * input.cosh())
cosh = function("cosh", "The hyperbolic cosine.", lambda grad, input: grad * input.sinh())
tanh = function("tanh", "The hyperbolic tangent.", lambda grad, output: grad * (1 - output * output))
asinh = function("asinh", "The inverse hyperbolic sine.", lambda grad, input: grad * (input * input + 1).rsqrt(),
                 aliases=("arcsinh",))
acosh = function(
    "acosh",
    "The inverse hyperbolic cosine.",
    lambda grad, input: grad * (input * input - 1).rsqrt(),
    1.2,
    3,
    ("arccosh",),
)
atanh = function("atanh", "The inverse hyperbolic tangent.", lambda grad, input: grad / (1 - input * input), -0.9, 0.9,
                 ("arctanh",))

# -- special functions ---------------------------------------------------------------------------------------

sigmoid = function("sigmoid", "1 / (1 + exp(-input)).", lambda grad, output: grad * ((1 - output) * output),
                   modules=("torch", "special"))
erf = function(
    "erf",
    "The error function.",
    lambda grad, input: grad * (2 / math.sqrt(math.pi)) * (-(input * input)).exp(),
    modules=("torch", "special"),
)
erfc = function(
    "erfc",
    "1 - erf(input), precise for large inputs.",
    lambda grad, input: grad * (-2 / math.sqrt(math.pi)) * (-(input * input)).exp(),
    modules=("torch", "special"),
)
erfinv = function(
    "erfinv",
    "The inverse of erf.",
    lambda grad, output: grad * (math.sqrt(math.pi) / 2) * (output * output).exp(),
    -0.9,
    0.9,
    modules=("torch", "special"),
)
lgamma = function("lgamma", "The logarithm of the absolute value of the gamma function.",
                  lambda grad, input: grad * input.digamma(), 0.2, 3)


@pointwise(dtype=promote_to_float, modules=("torch", "special"))
def digamma(input: Tensor) -> Tensor:
    """The derivative of lgamma."""
    return call("digamma", input)


@digamma.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * registry.ops["polygamma_pointwise"](input, 1)  # ops/gamma.py


@digamma.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.2, high=3))
    yield sample(make(5, low=-0.9, high=-0.1))


@derived(public="logit", modules=("torch", "special"), inplace=True, out=True, elementwise=True)
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """log(input / (1 - input)), the inverse of sigmoid; `input` is clamped to [eps, 1 - eps] if eps is given."""
    x = convert(input, dtypes.default_float()) if dtypes.is_integer(input.dtype) else input
    if eps is not None:
        x = x.clamp(eps, 1 - eps)
    return log(x / (1 - x))


@logit.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.1, high=0.9))
    yield sample(make(3, 4, low=0.0, high=1.0), 0.2)


@pointwise(dtype=promote_to_float, modules=("torch", "special"))
def sinc(input: Tensor) -> Tensor:
    """sin(pi x) / (pi x), and 1 at 0."""
    x = input * math.pi
    return select(input.eq(0), const(1, input.dtype), call("sin", x) / x)


@sinc.gradient
def _(grad: Any, input: Any) -> Any:
    x = input * math.pi
    return where(input.eq(0), 0, grad * ((x * x.cos() - x.sin()) / (x * input)))


@sinc.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))


@derived(inplace=True, out=True, elementwise=True)
def deg2rad(input: Tensor) -> Tensor:
    """Degrees to radians."""
    return input * (math.pi / 180)


@derived(inplace=True, out=True, elementwise=True)
def rad2deg(input: Tensor) -> Tensor:
    """Radians to degrees."""
    return input * (180 / math.pi)


# -- sign, magnitude, rounding -------------------------------------------------------------------------------


@pointwise(operators=("__neg__",), aliases=("negative",))
def neg(input: Tensor) -> Tensor:
    """-input."""
    refuse_bool(
        input.dtype,
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, "
        "use the `~` or `logical_not()` operator instead.",
    )
    return -input


@neg.gradient
def _(grad: Any) -> Any:
    return -grad


@derived(operators=("__pos__",), elementwise=True)
def positive(input: Tensor) -> Tensor:
    """input itself."""
    return input


def real_result(operands: Sequence[dtypes.Operand]) -> tuple[str, str]:
    """As promote_rule, but the result of complex numbers is real: abs."""
    common = dtypes.result_type(operands)
    return common, dtypes.real_dtype(common)


@pointwise(dtype=real_result, operators=("__abs__",), aliases=("absolute",), float8=True, conjugate=False)
def abs(input: Tensor) -> Tensor:
    """The absolute value."""
    return input if input.dtype == "bool" else call("abs", input)


@abs.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * sgn(input)


@pointwise
def sign(input: Tensor) -> Tensor:
    """-1, 0 or 1 (0 for NaN)."""
    if input.dtype in dtypes.COMPLEX:
        raise NotImplementedError("Unlike NumPy, torch.sign is not intended to support complex numbers. Please use "
                                  "torch.sgn instead.")
    return input if input.dtype == "bool" else call("sign", input)


@sign.gradient
def _(grad: Any) -> Any:
    return zero(grad)


@pointwise(conjugate=False)
def sgn(input: Tensor) -> Tensor:
    """The sign, as sign() for real numbers; of a complex number input / abs(input), and 0 for 0."""
    return input if input.dtype == "bool" else call("sign", input)


@sgn.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    if input.dtype not in dtypes.COMPLEX:
        return zero(grad)
    radial = real_part(grad / where(input.eq(0), 1, input)) * output
    return where(input.eq(0), 0, grad / abs(input) - radial)


def _square_dtype(operands: Sequence[dtypes.Operand]) -> tuple[str, str]:
    dtype = "int64" if operands[0].dtype == "bool" else operands[0].dtype
    return dtype, dtype


@pointwise(dtype=_square_dtype)
def square(input: Tensor) -> Tensor:
    """input * input; of bools as int64."""
    return input * input


@square.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * (2 * input)


def _signed(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(5) * 3)


for _op in (neg, abs, sign, sgn, square, positive, deg2rad, rad2deg):
    _op.samples(_signed)


def _rounding(name: str, doc: str) -> Any:
    """floor, ceil, ..: integers stay as they are, the gradient is 0."""

    def body(input: Tensor) -> Tensor:
        refuse_bool(input.dtype, f"\"{name}\" not implemented for 'Bool'")
        return input if dtypes.is_integer(input.dtype) else call(name, input)

    body.__name__ = body.__qualname__ = name
    body.__doc__ = doc
    body.__module__ = __name__
    op = pointwise(body, aliases=("fix",) if name == "trunc" else ())
    op.gradient(lambda grad: zero(grad))
    op.samples(_signed)
    return op


floor = _rounding("floor", "Rounded down to an integer.")
ceil = _rounding("ceil", "Rounded up to an integer.")
trunc = _rounding("trunc", "Rounded towards zero to an integer.")


@pointwise(public="round")
def round_(input: Tensor) -> Tensor:
    """Rounded to the nearest integer, halves to the even one."""
    return input if dtypes.is_integer(input.dtype) else call("round", input)


@round_.gradient
def _(grad: Any) -> Any:
    return zero(grad)


round_.samples(_signed)


@pointwise(public="round", overload="decimals")
def round_decimals(input: Tensor, *, decimals: int) -> Tensor:
    """Rounded to `decimals` digits after the point (before it, if negative)."""
    if not dtypes.is_float(input.dtype):
        return input
    scale = 10.0 ** builtin_abs(decimals)
    if decimals < 0:
        return call("round", input / scale) * scale
    return call("round", input * scale) / scale


@round_decimals.gradient
def _(grad: Any) -> Any:
    return zero(grad)


@round_decimals.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), decimals=1)
    yield sample(make(3, 4) * 100, decimals=-1)


def builtin_abs(n: int) -> int:
    return -n if n < 0 else n


@pointwise(dtype=floats_only)
def frac(input: Tensor) -> Tensor:
    """input - trunc(input)."""
    return input - call("trunc", input)


@frac.gradient
def _(grad: Any) -> Any:
    return grad


frac.samples(_signed)


@pointwise
def nan_to_num(
    input: Tensor, nan: Number | None = None, posinf: Number | None = None, neginf: Number | None = None
) -> Tensor:
    """NaN and infinities replaced: by 0, the greatest and the least finite number, unless others are given."""
    if not dtypes.is_float(input.dtype):
        return input
    greatest = {"float32": 3.4028234663852886e38, "float64": 1.7976931348623157e308}[input.dtype]
    x = select(call("isnan", input), 0.0 if nan is None else nan, input)
    x = select(input.eq(math.inf), greatest if posinf is None else posinf, x)
    return select(input.eq(-math.inf), -greatest if neginf is None else neginf, x)


@nan_to_num.gradient
def _(grad: Any, input: Any) -> Any:
    return where(input.isfinite(), grad, 0)


@nan_to_num.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 1.0, 2.0, -3.0)
