"""Reductions. The primitives keep the reduced dimensions; everything public is derived from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import product
from taeda.ops import dtypes
from taeda.ops.op import (Dims, DType, Number, Sample, Tensor, TensorOrNumber, check, derived, reduction, sample)
from taeda.ops.elementary import exp
from taeda.ops.pointwise import compute, convert
from taeda.ops.views import squeeze_dims, wrap_dim, wrap_dims

IntTuple = tuple[int, ...]


@reduction(combiner="sum")
def reduce_sum(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """The sum over dimensions `dim`, kept with size 1; 16-bit floats are added in float32."""
    return input


@reduce_sum.gradient
def _(grad: Any, input: Any) -> Any:
    return grad.expand(input.shape)


@reduction(combiner="max")
def reduce_max(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """The maximum over dimensions `dim`, kept with size 1. NaN wins."""
    return input


@reduce_max.gradient
def _(grad: Any, input: Any, output: Any, dim: Any) -> Any:
    return spread_to_equal(grad, input, output, dim)


def spread_to_equal(grad: Any, input: Any, output: Any, dim: Any) -> Any:
    """`grad` divided evenly among the elements that are equal to the result."""
    mask = convert(input.eq(output), input.dtype)
    return grad * mask / reduce_sum(mask, dim)


def restore(reduced: Any, dims: tuple[int, ...], keepdim: bool) -> Any:
    """A reduction's result with or without the reduced dimensions."""
    return reduced if keepdim or not dims else squeeze_dims(reduced, dims)


def compute(input: Any) -> Any:
    """`input` in the dtype arithmetic is done in: 16-bit floats as float32."""
    return convert(input, dtypes.compute_dtype(input.dtype))


@derived(out=True)
def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The sum over dimensions `dim` (all by default). Integers and bools are added as int64, unless `dtype` says otherwise."""
    dims = wrap_dims(dim, input.ndim)
    x = convert(input, dtype or ("int64" if dtypes.is_integer(input.dtype) else input.dtype))
    return restore(reduce_sum(x, dims), dims, keepdim) if dims else x


@sum.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4, 5), 1)
    yield sample(make(3, 4, 5), (0, -1), True)
    yield sample(make())
    yield sample(make(3, 0), 1)


@derived(modules=("torch", "nn.functional"))
def softmax(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """exp(input) divided by its sum over `dim`, computed without overflow; in float32 for 16-bit floats."""
    x = compute(convert(input, dtype or input.dtype))
    dims = (wrap_dim(dim, x.ndim),)
    if not x.ndim:
        return convert(exp(x - x), dtype or input.dtype)
    e = exp(x - reduce_max(x, dims))
    return convert(e / reduce_sum(e, dims), dtype or input.dtype)


@softmax.gradient
def _(grad: Any, input: Any, dim: Any, output: Any) -> Any:
    g, y = compute(grad), compute(output)
    if not grad.ndim:
        return convert(g * 0, input.dtype)
    t = g * y
    return convert(t - y * reduce_sum(t, (dim % grad.ndim,)), input.dtype)


@softmax.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), -1)
    yield sample(make(3, 4, 5), 1)
    yield sample(make(5), 0)
