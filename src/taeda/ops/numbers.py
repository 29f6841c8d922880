"""Functions of integers, and of the parts of floating-point numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.dtype import UNSIGNED
from taeda.ir.loop import Expr, call, cast, const, select
from taeda.ops.creation import arange
from taeda.ops.dtypes import Operand, default_float, integers_without_bool, is_float
from taeda.ops.op import Sample, Tensor, derived, pointwise, sample
from taeda.ops.pointwise import convert
from taeda.ops.views import unsqueeze


@pointwise(dtype=integers_without_bool, differentiable=False)
def gcd(input: Tensor, other: Tensor) -> Tensor:
    """The greatest common divisor, not negative; 0 for two zeros."""
    return call("gcd", input, other)


@pointwise(dtype=integers_without_bool, differentiable=False)
def lcm(input: Tensor, other: Tensor) -> Tensor:
    """The least common multiple, not negative; 0 if either is 0."""
    divisor = call("gcd", input, other)
    zero = call("eq", divisor, const(0, input.dtype))
    quotient = call("truncdiv", input, select(zero, const(1, input.dtype), divisor))
    found = quotient * other
    return found if input.dtype in UNSIGNED else call("abs", found)


for _op in (gcd, lcm):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(5, 4, dtype="int64", low=-60, high=60), make(4, dtype="int64", low=-60, high=60))
        yield sample(make(40, dtype="int32", low=-5, high=5), make(40, dtype="int32", low=-5, high=5))
        yield sample(make(40, dtype="uint8"), make(40, dtype="int8"))


def _mantissa_and_exponent(operands: Sequence[Operand]) -> tuple[str, Any]:
    dtype = operands[0].dtype
    if not is_float(dtype):
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return dtype, (dtype, "int32")


@pointwise(dtype=_mantissa_and_exponent, inplace=False, differentiable=(True, False), fields=("mantissa", "exponent"))
def frexp(input: Tensor) -> tuple[Tensor, Tensor]:
    """The mantissa, of a magnitude in [0.5, 1), and the exponent (int32) of each element: mantissa * 2**exponent."""
    double = input.dtype == "float64"
    word, width, mask, bias = ("int64", 52, 0x7FF, 1022) if double else ("int32", 23, 0xFF, 126)

    def number(n: int) -> Expr:
        return const(n, word)

    lifted = width + 1  # brings subnormal numbers into the normal range
    low = call("lt", call("abs", input), const(2.0 ** (1 - bias), input.dtype))
    bits = call("bitcast", select(low, input * const(2.0 ** lifted, input.dtype), input), dtype=word)
    exponent = (bits >> number(width)) & number(mask)
    plain = call("eq", input, const(0.0, input.dtype)) | ~call("isfinite", input)
    # The same bits with the exponent of [0.5, 1).
    kept = bits & number(~(mask << width))
    mantissa = select(plain, input, call("bitcast", kept | number(bias << width), dtype=input.dtype))
    found = exponent - number(bias) - select(low, number(lifted), number(0))
    return mantissa, cast(select(plain, number(0), found), "int32")


@frexp.gradient
def _(grad: Any, outputs: Any) -> Any:
    return grad / convert(outputs[1], grad.dtype).exp2()


@frexp.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4, low=-1e-3, high=1e3))


@derived(out=True, inplace=True)
def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension p."""
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    x = input if is_float(input.dtype) else convert(input, default_float())
    shifted = unsqueeze(x, -1) + convert(arange(0.0, -0.5, p, "float64"), x.dtype)
    return shifted.lgamma().sum(-1) + p * (p - 1) / 4 * math.log(math.pi)


@mvlgamma.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=2.0, high=6.0), 1)
    yield sample(make(3, 4, low=2.0, high=6.0), 3)
