"""Normalisations whose results are the normalised values, the means and the reciprocal deviations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.normalization import group_norm, layer_norm
from taeda.ops.op import Sample, Sizes, SymInt, Tensor, check, derived, sample
from taeda.ops.pointwise import compute, convert
from taeda.ops.views import reshape


def _statistics(x: Any, dims: tuple[int, ...], eps: Any) -> tuple[Any, Any]:
    wide = compute(x)
    mean = wide.mean(dims, True)
    centred = wide - mean
    return convert(mean, x.dtype), convert(((centred * centred).mean(dims, True) + eps).rsqrt(), x.dtype)


@derived(method=False, differentiable=(True, False, False))
def native_layer_norm(input: Tensor, normalized_shape: Sizes, weight: Tensor | None, bias: Tensor | None,
                      eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """layer_norm, and per row the mean and the reciprocal standard deviation, which have no gradient."""
    result = layer_norm(input, normalized_shape, weight, bias, eps)
    dims = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    return (result, *_statistics(input, dims, eps))


@native_layer_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 8), (8,), None, None, 1e-5)
    yield sample(make(2, 3, 5), (3, 5), make(3, 5), make(3, 5), 1e-3)


@derived(method=False)
def native_group_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, N: SymInt, C: SymInt, HxW: SymInt,
                      group: int, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """group_norm of N images of C channels and HxW places, and per group the mean and the reciprocal deviation."""
    if group <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {group}")
    check(C % group == 0, RuntimeError, "Expected number of channels in input to be divisible by num_groups, but got "
          f"input of {{0}} channels and num_groups={group}", C)
    images = reshape(input, (N, C, HxW))
    result = reshape(group_norm(images, group, weight, bias, eps), input.shape)
    mean, rstd = _statistics(reshape(images, (N, group, C // group * HxW)), (2,), eps)
    return result, reshape(mean, (N, group)), reshape(rstd, (N, group))


@native_group_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 4, 3), make(4), make(4), 2, 4, 3, 2, 1e-5)
