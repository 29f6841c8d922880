"""Element-wise arithmetic, conversion, selection. Functions of one number are in elementary.py, activations.py."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.dtype import plain
from taeda.ir.expression import Symbol
from taeda.ir.loop import Expr, call, const, select
from taeda.ops import dtypes
from taeda.ops.dtypes import Operand, floats_only, promote_to_float
from taeda.ops.op import DType, Number, Result, Sample, Tensor, TensorOrNumber, derived, kernel, pointwise, sample


def is_bool(x: Any) -> bool:
    return x.dtype == "bool"


def is_float(x: Expr) -> bool:
    return dtypes.is_float(x.dtype)


def refuse_bool(dtype: str, message: str) -> None:
    if dtype == "bool":
        raise RuntimeError(message)


# -- conversion -----------------------------------------------------------------------------------------------------


def _to_dtype(operands: Sequence[Operand], dtype: str) -> tuple[str, str]:
    return operands[0].dtype, dtype


@pointwise(public=False, dtype=_to_dtype, float8=True, role="convert")
def convert(input: Tensor, dtype: DType) -> Tensor:
    """`input` as another dtype; a float becomes an integer by truncation, a bool by comparison with 0."""
    return input


@convert.identity
def _(input: Any, dtype: Any) -> Any:
    return input if input.dtype == dtype else None


@convert.gradient
def _(grad: Any) -> Any:
    return grad


def compute(input: Any) -> Any:
    """`input` in the dtype arithmetic is done in: 16-bit floats as float32."""
    return convert(input, dtypes.compute_dtype(input.dtype))


@pointwise(inplace=False, out=False, float8=True, role="clone")
def clone(input: Tensor) -> Tensor:
    """A new tensor with the elements of `input`."""
    return input


@clone.gradient
def _(grad: Any) -> Any:
    return grad


@clone.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))


@kernel(modules=(), method=True, view=True, elementwise=True)
def contiguous(b: Any, input: Tensor) -> Tensor:
    """`input` itself if its elements lie in order, else a copy in which they do."""
    return b.contiguous(input)


@contiguous.meta
def _(input: Any) -> Result:
    return Result(input.dtype, input.shape)


@contiguous.gradient
def _(grad: Any) -> Any:
    return grad


@contiguous.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))


def _first_dtype(operands: Sequence[Operand]) -> tuple[str, str]:
    return operands[0].dtype, operands[0].dtype


@pointwise(dtype=_first_dtype, modules=(), method=True, inplace=True, mixed_devices=True, float8=True,
           role="copy")
def copy(input: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """`src` in the shape and dtype of `input`: what copy_ writes."""
    return src


@copy.gradient
def _(grad: Any) -> Any:
    return zero(grad), grad


@pointwise(dtype=_first_dtype, inplace=True, float8=True)
def fill(input: Tensor, value: TensorOrNumber) -> Tensor:
    """`value` in the shape and dtype of `input`."""
    return value


@fill.gradient
def _(grad: Any) -> Any:
    return zero(grad), grad


@fill.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 2.5)
    yield sample(make(3, 4), make())


@pointwise(public="zero", modules=("torch",), inplace=True, method=True, float8=True)
def zero(input: Tensor) -> Tensor:
    """Zeros in the shape and dtype of `input`: what zero_ writes."""
    return const(0, input.dtype)


@zero.gradient
def _(grad: Any) -> Any:
    return zero(grad)


# -- parts of complex numbers, for gradients; complex_parts.py has the public ones, which are views --------------------


def _part_dtype(operands: Sequence[Operand]) -> tuple[str, str]:
    return operands[0].dtype, dtypes.real_dtype(operands[0].dtype)


@pointwise(public=False, dtype=_part_dtype, conjugate=False)
def real_part(input: Tensor) -> Tensor:
    """The real part."""
    return call("real", input) if input.dtype in dtypes.COMPLEX else input


@real_part.gradient
def _(grad: Any) -> Any:
    return grad


@pointwise(public=False, dtype=_part_dtype, conjugate=False)
def imaginary_part(input: Tensor) -> Tensor:
    """The imaginary part."""
    return call("imag", input)


@imaginary_part.gradient
def _(grad: Any) -> Any:
    return join_parts(zero(grad), grad)


def _joined_dtype(operands: Sequence[Operand]) -> tuple[str, str]:
    common = dtypes.result_type(operands)
    return common, dtypes.COMPLEX_OF[common]


@pointwise(public=False, dtype=_joined_dtype, conjugate=False)
def join_parts(real: Tensor, imag: Tensor) -> Tensor:
    """The complex number of two parts."""
    return call("complex", real, imag)


@join_parts.gradient
def _(grad: Any) -> Any:
    return real_part(grad), imaginary_part(grad)


@pointwise(conjugate=False)
def conj_physical(input: Tensor) -> Tensor:
    """The complex conjugate, computed at once: `input` itself, if real."""
    return call("complex", call("real", input), -call("imag", input))


@conj_physical.identity
def _(input: Any) -> Any:
    return input if input.dtype not in dtypes.COMPLEX else None


@conj_physical.gradient
def _(grad: Any) -> Any:
    return conj_physical(grad)


@conj_physical.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3))


def _plain_dtype(operands: Sequence[Operand]) -> tuple[str, str]:
    return plain(operands[0].dtype), plain(operands[0].dtype)


@pointwise(public=False, dtype=_plain_dtype, conjugate=False, takes_mirrored=True)
def resolve(input: Tensor) -> Tensor:
    """The numbers of a lazy conjugate or negative: what reads a mirrored dtype reads this (ir/mirror.py)."""
    return input


@resolve.gradient
def _(grad: Any) -> Any:
    return grad


# -- arithmetic -------------------------------------------------------------------------------------------------------


@pointwise(operators=("__add__", "__radd__", "__iadd__"), role="add", numbers=True)
def add(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input + alpha * other, element-wise. Bools are combined by `or`."""
    return input | other if is_bool(input) else input + other


@add.gradient
def _(grad: Any) -> Any:
    return grad, grad


@add.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4))
    yield sample(make(3, 4), make(4))
    yield sample(make(3, 1), make(2, 1, 4))
    yield sample(make(3, 4), 2.5)
    yield sample(make(3), make())


@pointwise(public="add", overload="scaled", numbers=True)
def add_scaled(input: TensorOrNumber, other: TensorOrNumber, *, alpha: Number) -> Tensor:
    """input + alpha * other."""
    if is_bool(input):
        return input | (other & alpha)
    return input + alpha * other


@add_scaled.gradient
def _(grad: Any, alpha: Any) -> Any:
    return grad, grad * alpha


@add_scaled.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4), alpha=2)
    yield sample(make(3, 4), make(3, 4), alpha=-0.5)


_SUB_BOOL = ("Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
             "operator instead.")


@pointwise(operators=("__sub__", "__rsub__", "__isub__"), aliases=("subtract",), numbers=True)
def sub(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input - alpha * other, element-wise."""
    refuse_bool(input.dtype, _SUB_BOOL)
    return input - other


@sub.gradient
def _(grad: Any) -> Any:
    return grad, -grad


@sub.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))
    yield sample(make(3, 4), 2)


@pointwise(public="sub", overload="scaled", aliases=("subtract",), numbers=True)
def sub_scaled(input: TensorOrNumber, other: TensorOrNumber, *, alpha: Number) -> Tensor:
    """input - alpha * other."""
    refuse_bool(input.dtype, _SUB_BOOL)
    return input - alpha * other


@sub_scaled.gradient
def _(grad: Any, alpha: Any) -> Any:
    return grad, -grad * alpha


@sub_scaled.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4), alpha=2)


@derived(inplace=False, elementwise=True)
def rsub(input: Tensor, other: TensorOrNumber, *, alpha: Number = 1) -> Tensor:
    """other - alpha * input."""
    return sub_scaled(other, input, alpha=alpha)


@rsub.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@pointwise(operators=("__mul__", "__rmul__", "__imul__"), aliases=("multiply",), float8=True, numbers=True)
def mul(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input * other, element-wise. Bools are combined by `and`."""
    return input & other if is_bool(input) else input * other


@mul.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return grad * other, grad * input


@mul.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))
    yield sample(make(3, 4), 2.5)
    yield sample(make(3, 4), make())


@pointwise(dtype=promote_to_float, operators=("__truediv__", "__rtruediv__", "__itruediv__"),
           aliases=("divide", "true_divide"), numbers=True)
def div(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input / other, element-wise; integers are converted to floating point."""
    return input / other


@div.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return grad / other, -grad * ((input / other) / other)


@div.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5))
    yield sample(make(3, 4), 2.5)
    yield sample(2.5, make(3, low=0.5))


@pointwise(public=False, inplace=True, numbers=True)
def divide_floor(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """The quotient rounded down."""
    refuse_bool(input.dtype, '"div_floor_cpu" not implemented for \'Bool\'')
    return input // other


@divide_floor.gradient
def _(grad: Any) -> Any:
    return zero(grad), zero(grad)


@pointwise(public=False, inplace=True, numbers=True)
def divide_trunc(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """The quotient rounded towards zero."""
    refuse_bool(input.dtype, '"div_trunc_cpu" not implemented for \'Bool\'')
    return call("truncdiv", input, other)


@divide_trunc.gradient
def _(grad: Any) -> Any:
    return zero(grad), zero(grad)


@derived(public="div", overload="rounded", inplace=True, out=True, aliases=("divide",), elementwise=True)
def div_rounded(input: TensorOrNumber, other: TensorOrNumber, *, rounding_mode: str | None) -> Tensor:
    """input / other, rounded as `rounding_mode` says: None, 'floor' or 'trunc'. Raises RuntimeError for another
    mode."""
    if rounding_mode is None:
        return div(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    if rounding_mode == "floor":
        return divide_floor(input, other)
    quotient = div(input, other)
    kinds = [dtypes.number_operand(x.kind if isinstance(x, Symbol) else type(x).__name__) if not _is_tensor(x)
             else Operand(x.dtype, x.ndim) for x in (input, other)]
    # As in PyTorch, the quotient of 16-bit floats is rounded before its fraction is cut off.
    return quotient.trunc() if dtypes.is_float(dtypes.result_type(kinds)) else divide_trunc(input, other)


@div_rounded.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5), rounding_mode="floor")
    yield sample(make(3, 4), 0.7, rounding_mode="trunc")
    yield sample(make(3, 4), 0.7, rounding_mode=None)


@derived(inplace=True, out=True, operators=("__floordiv__", "__rfloordiv__", "__ifloordiv__"), elementwise=True)
def floor_divide(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """The quotient rounded down. An integer divided by zero raises ZeroDivisionError."""
    return divide_floor(input, other)


@pointwise(operators=("__mod__", "__rmod__", "__imod__"))
def remainder(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """Python's modulus: the result has the sign of `other`."""
    refuse_bool(input.dtype, '"remainder_cpu" not implemented for \'Bool\'')
    return input % other


@remainder.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return grad, -grad * divide_floor(input, other)


@remainder.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5))
    yield sample(make(3, 4), 0.7)


@pointwise
def fmod(input: Tensor, other: TensorOrNumber) -> Tensor:
    """C's modulus: the result has the sign of `input`."""
    refuse_bool(input.dtype, '"fmod_cpu" not implemented for \'Bool\'')
    return call("fmod", input, other)


@fmod.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return grad, -grad * divide_trunc(input, other)


@fmod.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5))
    yield sample(make(3, 4), 0.7)


# -- ternary ---------------------------------------------------------------------------------------------------------


def _condition(condition: Expr) -> Expr:
    if condition.dtype not in ("bool", "uint8"):
        raise RuntimeError("where expected condition to be a boolean tensor, but got a tensor with dtype "
                           f"{dtypes.torch_kernel_name(condition.dtype)}")
    return condition.cast("bool")


@pointwise(promote=("input", "other"), inplace=False, method=False, float8=True)
def where(condition: Tensor, input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """`input` where `condition`, else `other`."""
    return select(_condition(condition), input, other)


@where.gradient
def _(grad: Any, condition: Any) -> Any:
    return None, where(condition, grad, 0), where(condition, 0, grad)


@where.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="bool"), make(3, 4), make(4))
    yield sample(make(3, 4, dtype="bool"), make(3, 1), 2.0)


@derived(public="where", overload="method", modules=(), method=True, inplace=False, elementwise=True)
def where_method(input: Tensor, condition: Tensor, other: TensorOrNumber) -> Tensor:
    """x.where(condition, other)."""
    return where(condition, input, other)


def _filled_dtype(operands: Sequence[Operand]) -> tuple[str, str]:
    if operands[1].ndim > 0:
        raise RuntimeError("masked_fill only supports a 0-dimensional value tensor, but got tensor with "
                           f"{operands[1].ndim} dimension(s).")
    return operands[0].dtype, operands[0].dtype


@pointwise(dtype=_filled_dtype, promote=("input", "value"), float8=True)
def masked_fill(input: Tensor, mask: Tensor, value: TensorOrNumber) -> Tensor:
    """`value` where `mask`, else `input`; of the dtype of `input`. A tensor `value` must have no dimensions."""
    return select(_condition(mask), value, input)


@masked_fill.gradient
def _(grad: Any, mask: Any) -> Any:
    return where(mask, 0, grad), None, where(mask, grad, 0)


@masked_fill.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4, dtype="bool"), 2.0)
    yield sample(make(3, 4), make(4, dtype="bool"), make())


@pointwise(aliases=("clip",))
def clamp(input: Tensor, min: TensorOrNumber | None = None, max: TensorOrNumber | None = None) -> Tensor:
    """min(max(input, min), max); NaN stays NaN. Raises RuntimeError if neither bound is given."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if min is not None:
        input = call("maximum", input, min)
    return input if max is None else call("minimum", input, max)


@clamp.gradient
def _(grad: Any, input: Any, min: Any, max: Any) -> Any:
    from taeda.ops.comparison import logical_and

    if min is None:
        return where(input <= max, grad, 0), None, where(input > max, grad, 0)
    if max is None:
        return where(input >= min, grad, 0), where(input < min, grad, 0), None
    inside = logical_and(input >= min, input <= max)
    below = input < min if not _is_tensor(min) else logical_and(input < min, min < max)
    above = input > max if not _is_tensor(min) and not _is_tensor(max) else _above(input, min, max)
    return where(inside, grad, 0), where(below, grad, 0), where(above, grad, 0)


def _is_tensor(x: Any) -> bool:
    return hasattr(x, "ndim")


def _above(input: Any, min: Any, max: Any) -> Any:
    from taeda.ops.comparison import logical_or

    return logical_or(input > max, max < min if _is_tensor(max) else min > max)


@clamp.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), -0.5, 0.5)
    yield sample(make(3, 4), min=0)
    yield sample(make(3, 4), max=0.25)
    yield sample(make(3, 4), make(4), make(3, 1))


@derived(inplace=True, out=True, elementwise=True)
def clamp_min(input: Tensor, min: TensorOrNumber) -> Tensor:
    """max(input, min)."""
    return clamp(input, min)


@derived(inplace=True, out=True, elementwise=True)
def clamp_max(input: Tensor, max: TensorOrNumber) -> Tensor:
    """min(input, max)."""
    return clamp(input, None, max)


@pointwise(dtype=floats_only, promote=("input", "end"))
def lerp(input: Tensor, end: Tensor, weight: TensorOrNumber) -> Tensor:
    """input + weight * (end - input), computed from the nearer end."""
    step = end - input
    return select(abs(weight) < 0.5, input + weight * step, end - step * (1 - weight))


@lerp.gradient
def _(grad: Any, input: Any, end: Any, weight: Any) -> Any:
    by_end = grad * weight
    return grad - by_end, by_end, grad * (end - input)


@lerp.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4), 0.3)
    yield sample(make(3, 4), make(3, 4), make(3, 4))


@pointwise
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value * tensor1 * tensor2."""
    return input + value * tensor1 * tensor2


@addcmul.gradient
def _(grad: Any, tensor1: Any, tensor2: Any, value: Any) -> Any:
    return grad, grad * (tensor2 * value), grad * (tensor1 * value)


@addcmul.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4), make(4), value=0.5)


@pointwise(dtype=floats_only)
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value * tensor1 / tensor2."""
    return input + value * tensor1 / tensor2


@addcdiv.gradient
def _(grad: Any, tensor1: Any, tensor2: Any, value: Any) -> Any:
    return grad, grad * (value / tensor2), -grad * (value * tensor1 / (tensor2 * tensor2))


@addcdiv.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4), make(4, low=0.5), value=0.5)


# -- extrema and other pairs -------------------------------------------------------------------------------------------


def _pair_gradient(grad: Any, input: Any, other: Any, larger: bool) -> Any:
    """The larger (smaller) operand gets the gradient; equal ones half each."""
    first = input > other if larger else input < other
    half = grad * 0.5
    tie = input.eq(other)
    return where(tie, half, where(first, grad, 0)), where(tie, half, where(first, 0, grad))


@pointwise
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of both; NaN if either is NaN."""
    return call("maximum", input, other)


@maximum.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return _pair_gradient(grad, input, other, True)


@maximum.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@pointwise
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of both; NaN if either is NaN."""
    return call("minimum", input, other)


@minimum.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return _pair_gradient(grad, input, other, False)


@minimum.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@pointwise
def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of both; the other one if one is NaN."""
    return call("fmax" if is_float(input) else "maximum", input, other)


@fmax.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    first = where(other.isnan(), True, input >= other)
    return where(first, grad, 0), where(first, 0, grad)


@fmax.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@pointwise
def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of both; the other one if one is NaN."""
    return call("fmin" if is_float(input) else "minimum", input, other)


@fmin.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    first = where(other.isnan(), True, input <= other)
    return where(first, grad, 0), where(first, 0, grad)


@fmin.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@pointwise(dtype=promote_to_float, aliases=("arctan2",))
def atan2(input: Tensor, other: Tensor) -> Tensor:
    """The angle of the point (other, input)."""
    return call("atan2", input, other)


@atan2.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    g = grad / (input * input + other * other)
    return g * other, -g * input


@atan2.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5))


@pointwise(dtype=floats_only)
def hypot(input: Tensor, other: Tensor) -> Tensor:
    """sqrt(input² + other²) without overflow on the way."""
    return call("hypot", input, other)


@hypot.gradient
def _(grad: Any, input: Any, other: Any, output: Any) -> Any:
    return grad * (input / output), grad * (other / output)


@hypot.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5))


@pointwise(dtype=promote_to_float)
def copysign(input: Tensor, other: TensorOrNumber) -> Tensor:
    """The magnitude of `input` with the sign of `other`."""
    return call("copysign", input, other)


@copysign.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    ratio = where(input.eq(0), 0, output / input)
    return grad * ratio, zero(grad)


@copysign.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))
    yield sample(make(3, 4), -1.0)


@pointwise(dtype=floats_only)
def nextafter(input: Tensor, other: Tensor) -> Tensor:
    """The next number after `input` towards `other`."""
    return call("nextafter", input, other)


@nextafter.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return where(input.eq(other), 0, grad), zero(grad)


@nextafter.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4).detach(), make(4).detach())


@pointwise(dtype=floats_only, inplace=False)
def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """log(exp(input) + exp(other)) without overflow."""
    if input.dtype in dtypes.COMPLEX:
        first = call("real", input) >= call("real", other)
        larger, smaller = select(first, input, other), select(first, other, input)
        same = call("isinf", call("real", input)) & input.eq(other)
        return select(same, input, larger + call("log1p", call("exp", smaller - larger)))
    top = call("maximum", input, other)
    sum_of = top + call("log1p", call("exp", -abs(input - other)))
    return select(call("isinf", input) & input.eq(other), input, sum_of)


@logaddexp.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return grad / (1 + (other - input).exp()), grad / (1 + (input - other).exp())


@logaddexp.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@pointwise(dtype=floats_only, inplace=False)
def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """log2(2**input + 2**other) without overflow."""
    top = call("maximum", input, other)
    sum_of = top + call("log1p", call("exp2", -abs(input - other))) * (1 / math.log(2))
    return select(call("isinf", input) & input.eq(other), input, sum_of)


@logaddexp2.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    return grad / (1 + (other - input).exp2()), grad / (1 + (input - other).exp2())


@logaddexp2.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@pointwise(dtype=promote_to_float, modules=("torch", "special"))
def xlogy(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input * log(other), and 0 where input is 0 and other is not NaN."""
    value = select(input.eq(0), const(0, input.dtype), input * call("log", other))
    return select(call("isnan", other), other, value)


@xlogy.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    by_input = None
    if _is_tensor(input):
        skip = where(input.eq(0), other <= 0, False)
        by_input = where(skip, 0, xlogy(grad, other))
    return by_input, grad * input / other


@xlogy.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, low=0.5))
