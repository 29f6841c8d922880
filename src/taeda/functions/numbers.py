"""Functions of integers and of the parts of floating-point numbers, and normalisations with their statistics."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import taeda
from taeda.functions.creation import _finish


def _integers(name: str, input: Any, other: Any) -> tuple[Any, Any]:
    for k, (word, x) in enumerate((("input", input), ("other", other)), 1):
        if not isinstance(x, taeda.Tensor):
            raise TypeError(f"{name}(): argument '{word}' (position {k}) must be Tensor, not {type(x).__name__}")
    dtype = taeda.result_type(input, other)
    if dtype.is_floating_point or dtype.is_complex or dtype == taeda.bool:
        raise NotImplementedError(f"{name} is not defined for {dtype}")
    a, b = taeda.broadcast_tensors(input, other)
    return a.to(dtype), b.to(dtype)


def gcd(input: Any, other: Any, *, out: Any = None) -> Any:
    """The greatest common divisor, not negative; 0 for two zeros."""
    a, b = _integers("gcd", input, other)
    a, b = a.abs(), b.abs()
    while bool((b != 0).any().item()):  # Euclid's algorithm, for all elements at once
        done = b == 0
        a, b = taeda.where(done, a, b), taeda.where(done, b, a % taeda.where(done, taeda.ones_like(b), b))
    return _finish(a.clone() if a is input or a is other else a, out, False)


def lcm(input: Any, other: Any, *, out: Any = None) -> Any:
    """The least common multiple, not negative; 0 if either is 0."""
    a, b = _integers("lcm", input, other)
    divisor = gcd(a, b)
    divisor = taeda.where(divisor == 0, taeda.ones_like(divisor), divisor)
    return _finish((a.floor_divide(divisor) * b).abs(), out, False)


def gcd_(input: Any, other: Any) -> Any:
    """gcd, in place."""
    return input.copy_(gcd(input, other))


def lcm_(input: Any, other: Any) -> Any:
    """lcm, in place."""
    return input.copy_(lcm(input, other))


class _Frexp(NamedTuple):
    """What frexp returns."""

    mantissa: Any
    exponent: Any


def frexp(input: Any, *, out: Any = None) -> Any:
    """The mantissa, of a magnitude in [0.5, 1), and the exponent (int32) of each element: mantissa * 2**exponent."""
    if not input.dtype.is_floating_point:
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    wide = input if input.dtype in (taeda.float32, taeda.float64) else input.to(taeda.float32)
    double = wide.dtype == taeda.float64
    word, width, mask, bias = (taeda.int64, 52, 0x7FF, 1022) if double else (taeda.int32, 23, 0xFF, 126)
    exact = wide.detach().contiguous()
    lift = 2.0 ** (width + 1)  # brings subnormal numbers into the normal range
    low = exact.abs() < 2.0 ** (1 - bias)
    bits = taeda.where(low, exact * lift, exact).view(word)
    exponent = ((bits >> width) & mask) - bias - taeda.where(low, width + 1, 0)
    plain = (exact == 0) | exact.isfinite().logical_not()
    exponent = taeda.where(plain, taeda.zeros_like(exponent), exponent).to(taeda.int32)
    # In two steps, since 2**-exponent alone may be beyond the range.
    half = -(exponent >> 1)
    two = taeda.full((), 2.0, dtype=wide.dtype)
    mantissa = (wide * two ** half * two ** (-exponent - half)).to(input.dtype)
    if out is not None:
        mantissa, exponent = _finish(mantissa, out[0], False), _finish(exponent, out[1], False)
    return _Frexp(mantissa, exponent)


def mvlgamma(input: Any, p: int, *, out: Any = None) -> Any:
    """The logarithm of the multivariate gamma function of dimension p."""
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    if not input.dtype.is_floating_point:
        input = input.to(taeda.get_default_dtype())
    shifted = input.unsqueeze(-1) + taeda.arange(p, dtype=input.dtype) * -0.5
    return _finish(shifted.lgamma().sum(-1) + p * (p - 1) / 4 * math.log(math.pi), out, False)


def mvlgamma_(input: Any, p: int) -> Any:
    """mvlgamma, in place."""
    return input.copy_(mvlgamma(input, p))


# -- normalisations ----------------------------------------------------------------------------------------------------


def _normalised(rows: Any, eps: float) -> tuple[Any, Any, Any]:
    mean = rows.mean(-1, keepdim=True)
    rstd = (rows.var(-1, correction=0, keepdim=True) + eps).rsqrt()
    return (rows - mean) * rstd, mean, rstd


def native_layer_norm(input: Any, normalized_shape: Any, weight: Any, bias: Any, eps: float) -> tuple[Any, Any, Any]:
    """layer_norm, the means and the reciprocal standard deviations."""
    shape = tuple(normalized_shape)
    lead = tuple(input.shape[:input.dim() - len(shape)])
    if not shape or tuple(input.shape[input.dim() - len(shape):]) != shape:
        raise RuntimeError(f"Given normalized_shape={list(shape)}, expected input with shape [*, "
                           f"{', '.join(map(str, shape))}], but got "
                           f"input of size{list(input.shape)}")
    wide = input.float() if input.dtype in (taeda.float16, taeda.bfloat16) else input
    _, mean, rstd = _normalised(wide.reshape(math.prod(lead), math.prod(shape)), eps)
    kept = lead + (1,) * len(shape)
    result = taeda.nn.functional.layer_norm(input, shape, weight, bias, eps)
    return result, mean.detach().reshape(kept), rstd.detach().reshape(kept)


def native_group_norm(input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int,
                      eps: float) -> tuple[Any, Any, Any]:
    """group_norm of N images of C channels and HxW places, the means and the reciprocal deviations of the groups."""
    found, mean, rstd = _normalised(input.reshape(N, group, C // group * HxW), eps)
    found = found.reshape(N, C, HxW)
    if weight is not None:
        found = found * weight.reshape(1, C, 1)
    if bias is not None:
        found = found + bias.reshape(1, C, 1)
    return found.reshape(input.shape), mean.reshape(N, group), rstd.reshape(N, group)


def native_batch_norm(input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool,
                      momentum: float, eps: float, *, out: Any = None) -> tuple[Any, Any, Any]:
    """batch_norm, and while training the means and the reciprocal deviations of the batch (else two empty tensors)."""
    result = taeda.nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    if training:
        channels = input.shape[1]
        rows = input.transpose(0, 1).reshape(channels, input.numel() // max(channels, 1))
        _, mean, rstd = _normalised(rows, eps)
        results = result, mean.detach().reshape(channels), rstd.detach().reshape(channels)
    else:
        results = result, input.new_empty(0), input.new_empty(0)
    if out is None:
        return results
    first, second, third = (_finish(x, o, False) for x, o in zip(results, out, strict=True))
    return first, second, third


_MODES = ("bilinear", "nearest", "bicubic")
_PADDING = ("zeros", "border", "reflection")


def grid_sampler(input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Any:
    """nn.functional.grid_sample, its modes as numbers."""
    mode, padding = _MODES[interpolation_mode], _PADDING[padding_mode]
    return taeda.nn.functional.grid_sample(input, grid, mode, padding, align_corners)


def grid_sampler_2d(input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Any:
    """nn.functional.grid_sample of images, its modes as numbers."""
    return grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners)


def grid_sampler_3d(input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Any:
    """nn.functional.grid_sample of volumes, its modes as numbers."""
    return grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners)
