"""Fractional max pooling: windows whose distances vary at random, so that they cover the input in any ratio.

Source: Graham, "Fractional Max-Pooling", 2014, with the pseudorandom sequences of its section 4.
"""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda.assertions import check_type
from taeda.nn.sizes import ntuple


def _starts(samples: Any, length: int, window: int, count: int) -> Any:
    """(N, C, count): where the windows begin, from a random number in [0, 1) for each plane; the last is at the end."""
    last = length - window
    if count == 1:
        return taeda.full((*samples.shape, 1), last, dtype=taeda.int64)
    distance = taeda.full_like(samples, last) / (count - 1)
    steps = taeda.arange(count - 1, dtype=samples.dtype) + samples.unsqueeze(-1)
    starts = (steps * distance.unsqueeze(-1)).long() - (samples * distance).long().unsqueeze(-1)
    return taeda.cat([starts, taeda.full((*samples.shape, 1), last, dtype=taeda.int64)], -1)


def _pool(name: str, rank: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any,
          samples: Any) -> tuple[Any, Any]:
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    check_type(name, "input", input, taeda.Tensor)
    if input.dim() not in (rank + 1, rank + 2):
        raise RuntimeError(f"{name}(): Expected {rank + 1}D or {rank + 2}D tensor, but got: {list(input.shape)}")
    batch = input if input.dim() == rank + 2 else input.unsqueeze(0)
    sizes = batch.shape[2:]
    if output_size is None:
        ratios = ntuple(output_ratio, rank)
        output_size = [int(n * ratio) for n, ratio in zip(sizes, ratios, strict=True)]
    counts, windows = ntuple(output_size, rank), ntuple(kernel_size, rank)
    for axis, (n, window, count) in enumerate(zip(sizes, windows, counts, strict=True)):
        if count < 1 or window < 1 or count + window - 1 > n:
            side = ("time", "height", "width")[axis - rank]
            raise RuntimeError(f"{name}(): pool {side} {window} too large relative to input {side} {n}")
    if samples is None:
        samples = taeda.rand(batch.shape[0], batch.shape[1], rank, dtype=input.dtype, device=input.device)
    if samples.dim() != 3 or samples.shape[0] < batch.shape[0] or samples.shape[1] < batch.shape[1] or (
            samples.shape[2] != rank):
        raise RuntimeError(f"{name}(): _random_samples must be (N, C, {rank}), got {list(samples.shape)}")
    samples = samples[:batch.shape[0], :batch.shape[1]].to(input.dtype)
    places = taeda.zeros((1,) * (2 + 2 * rank), dtype=taeda.int64)
    for axis in range(rank):
        which = rank - 1 - axis if rank == 2 else axis  # of two, PyTorch takes the number of the width first
        starts = _starts(samples[..., which], sizes[axis], windows[axis], counts[axis])
        along = starts.unsqueeze(-1) + taeda.arange(windows[axis])
        shape = [*starts.shape[:2], *(1,) * (2 * rank)]
        shape[2 + axis], shape[2 + rank + axis] = counts[axis], windows[axis]
        places = places * sizes[axis] + along.reshape(shape)
    places = places.reshape(*batch.shape[:2], *counts, math.prod(windows))
    values = batch.flatten(2).gather(2, places.flatten(2)).reshape(places.shape)
    best, which_one = values.max(-1)
    indices = places.gather(-1, which_one.unsqueeze(-1)).squeeze(-1)
    return (best, indices) if input.dim() == rank + 2 else (best.squeeze(0), indices.squeeze(0))


def fractional_max_pool2d_with_indices(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> tuple[Any, Any]:
    """`fractional_max_pool2d` and the places of the maxima, y * W + x in their plane, int64."""
    return _pool("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """Maxima over windows of (N, C, H, W) or (C, H, W) at random distances: `output_size` of them, or as many as
    `output_ratio` times the size. `_random_samples` (N, C, 2) in [0, 1) fixes the distances.

    >>> import taeda
    >>> taeda.nn.functional.fractional_max_pool2d(taeda.rand(1, 3, 7, 9), 2, output_size=(3, 4)).shape
    torch.Size([1, 3, 3, 4])
    """
    found = _pool("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool3d_with_indices(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> tuple[Any, Any]:
    """`fractional_max_pool3d` and the places of the maxima, (z * H + y) * W + x in their volume, int64."""
    return _pool("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """Maxima over windows of (N, C, D, H, W) or (C, D, H, W) at random distances: see `fractional_max_pool2d`."""
    found = _pool("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]
