"""Normalisations and samplings by their older names, with modes as numbers and statistics among the results."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.functions.function import function
from taeda.ops.signature import Tensor


@function(out=True)
def native_batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
                      running_var: Tensor | None, training: bool, momentum: float, eps: float) -> Any:
    """batch_norm, and while training the means and the reciprocal deviations of the batch (else two empty tensors)."""
    result = taeda.nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    if not training:
        return result, input.new_empty(0), input.new_empty(0)
    with taeda.no_grad():
        dims = [d for d in range(input.dim()) if d != 1]
        variance, mean = taeda.var_mean(input, dims, correction=0)
        return result, mean, (variance + eps).rsqrt()


_MODES = ("bilinear", "nearest", "bicubic")
_PADDING = ("zeros", "border", "reflection")


def _sampled(input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Any:
    for names, n, argument in ((_MODES, interpolation_mode, "interpolation_mode"),
                               (_PADDING, padding_mode, "padding_mode")):
        if not 0 <= n < len(names):
            raise RuntimeError(f"grid_sampler(): {argument} must be 0 to {len(names) - 1}, got {n}")
    return taeda.nn.functional.grid_sample(input, grid, _MODES[interpolation_mode], _PADDING[padding_mode],
                                           align_corners)


@function
def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Any:
    """nn.functional.grid_sample, its modes as numbers."""
    return _sampled(input, grid, interpolation_mode, padding_mode, align_corners)


@function
def grid_sampler_2d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int,
                    align_corners: bool) -> Any:
    """nn.functional.grid_sample of images, its modes as numbers."""
    return _sampled(input, grid, interpolation_mode, padding_mode, align_corners)


@function
def grid_sampler_3d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int,
                    align_corners: bool) -> Any:
    """nn.functional.grid_sample of volumes, its modes as numbers."""
    return _sampled(input, grid, interpolation_mode, padding_mode, align_corners)
