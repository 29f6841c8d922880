"""Numbers rounded to the levels that a quantised tensor could hold, with a gradient as if they had not been: training
that knows of a later quantisation (Jacob et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.graph import Value
from taeda.ops.comparison import ge
from taeda.ops.creation import full
from taeda.ops.dtypes import is_float, torch_kernel_name
from taeda.ops.indexing import converted, same_size
from taeda.ops.op import Number, Sample, SymInt, Tensor, TensorOrNumber, check, derived, sample
from taeda.ops.pointwise import where
from taeda.ops.requiring import require
from taeda.ops.views import wrap_dim


@derived(public=False)
def rounded_to_levels(input: Tensor, scale: Tensor, zero_point: Tensor, quant_min: Number,
                      quant_max: Number) -> Tensor:
    """(clamp(round(input / scale) + zero_point) - zero_point) * scale, in float32 or float64. NaN is the lowest level.

    `scale` and `zero_point` are float32 or int32 and are broadcast. A whole zero_point is added after rounding, another
    one before. The gradient passes where nothing was clamped.
    """
    level = _levels(input, scale, zero_point)
    level = where(level.isnan(), quant_min, level.clamp(quant_min, quant_max))
    wide = level.dtype
    return converted((level - converted(zero_point, wide)) * converted(scale, wide), input.dtype)


def _levels(input: Any, scale: Any, zero_point: Any) -> Any:
    wide = "float64" if input.dtype == "float64" else "float32"
    steps, zero = converted(input, wide) * converted(scale.reciprocal(), wide), converted(zero_point, wide)
    return (steps + zero).round() if is_float(zero_point.dtype) else steps.round() + zero


@rounded_to_levels.gradient
def _(grad: Any, input: Any, scale: Any, zero_point: Any, quant_min: Any, quant_max: Any) -> Any:
    level = _levels(input, scale, zero_point)
    inside = ge(level, quant_min).logical_and(level.le(quant_max))
    return {"input": where(inside, grad, full((), 0, grad.dtype))}


def _check(input: Any, quant_min: Any, quant_max: Any) -> None:
    if not is_float(input.dtype):
        raise NotImplementedError("\"fake_quantize_tensor_cachemask_kernel_type_handling\" not implemented for "
                                  f"'{torch_kernel_name(input.dtype)}'")
    check(quant_min <= quant_max, RuntimeError, "`quant_min` should be less than or equal to `quant_max`.\n"
          "They are {0} and {1}.", quant_min, quant_max)


_OUTSIDE = "`zero_point` must be between `quant_min` and `quant_max`."


@derived(method=False)
def fake_quantize_per_tensor_affine(input: Tensor, scale: TensorOrNumber, zero_point: TensorOrNumber, quant_min: SymInt,
                                    quant_max: SymInt) -> Tensor:
    """`input` rounded to the levels (q - zero_point) * scale, q from `quant_min` to `quant_max`.

    The gradient is that of the clamping alone: 1 inside the range, 0 outside (no gradient for `scale`).
    """
    _check(input, quant_min, quant_max)
    if isinstance(zero_point, Value):
        zero = zero_point.reshape(())
        if not is_float(zero.dtype):
            zero = converted(zero, "int32")
    else:
        check((zero_point >= quant_min) & (zero_point <= quant_max), RuntimeError, _OUTSIDE)
        zero = full((), zero_point, "int32")
    scales = converted(scale.reshape(()), "float32") if isinstance(scale, Value) else full((), scale, "float32")
    return rounded_to_levels(input, scales, zero, quant_min, quant_max)


@fake_quantize_per_tensor_affine.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 0.3, 1, -3, 4)


@derived(method=False)
def fake_quantize_per_channel_affine(input: Tensor, scale: Tensor, zero_point: Tensor, axis: int, quant_min: SymInt,
                                     quant_max: SymInt) -> Tensor:
    """As `fake_quantize_per_tensor_affine`, with a `scale` (float32) and a `zero_point` (int32, or floats, which are
    added before rounding) for each place along `axis`."""
    if scale.dtype not in ("float32", "bfloat16"):
        raise RuntimeError(f"Scale must be Float or BFloat16, found {torch_kernel_name(scale.dtype)}")
    if zero_point.dtype not in ("int32", "float32", "float16"):
        raise RuntimeError(f"Zero-point must be Int32, Float or Half, found {torch_kernel_name(zero_point.dtype)}")
    if scale.ndim != 1 or zero_point.ndim != 1:
        raise RuntimeError("scale and zero point should be 1-D tensors, one number for each channel")
    _check(input, quant_min, quant_max)
    d = wrap_dim(axis, input.ndim)
    if axis < 0:
        raise RuntimeError("`axis` must be between 0 and number of dimensions of input")
    for given in (scale, zero_point):
        check(same_size(given.shape[0], input.shape[d]), RuntimeError, "dimensions of scale and zero-point are not "
              "consistent with input tensor\nThere are {0} channels and {1} numbers.", input.shape[d], given.shape[0])
    if not is_float(zero_point.dtype):
        require(ge(zero_point, quant_min).logical_and(zero_point.le(quant_max)), RuntimeError, _OUTSIDE)
    shape = [input.shape[d] if k == d else 1 for k in range(input.ndim)]
    return rounded_to_levels(input, converted(scale, "float32").reshape(tuple(shape)), zero_point.reshape(tuple(shape)),
                             quant_min, quant_max)


@fake_quantize_per_channel_affine.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, dtype="float32", low=0.2, high=0.9).detach(),
                 make(3, dtype="int32", low=-1, high=2), 0, -3, 4)
