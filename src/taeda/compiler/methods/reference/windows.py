"""Pooling, window by window.

max_pool, max_pool_gradient
    input, out, places (None, or int64 and filled too), windows; upstream, input, out, windows: upstream is added up at
    the first maximum of each window of the input
mean_pool, mean_pool_gradient
    input or upstream, out, windows, include_padding, divisor (0: by the size of the window)
adaptive_mean_pool, adaptive_mean_pool_gradient, adaptive_max_pool
    input or upstream, out, places (of the last one), rank: windows that cover the last `rank` dimensions evenly
take_places, put_places
    input, places, out, rank, add (of put: False lets the last one stay), fault ({0} the place, {1} elements of a plane)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from taeda.compiler.methods.reference.kernels import Array, Tensor, perform
from taeda.ir.geometry import Windows

Window = tuple[tuple[int, ...], tuple[range, ...]]  # which one, and the places it covers along each dimension


def max_pool(b: Any, *, input: Any, out: Any, places: Any, windows: Windows) -> None:
    perform(b, _max_pool, [input, out, places], windows=windows)


def max_pool_gradient(b: Any, *, upstream: Any, input: Any, out: Any, windows: Windows) -> None:
    perform(b, _max_pool_gradient, [upstream, input, out], windows=windows)


def mean_pool(b: Any, *, input: Any, out: Any, windows: Windows, include_padding: bool, divisor: int) -> None:
    perform(b, _mean_pool, [input, out], windows=windows, include_padding=include_padding, divisor=divisor)


def mean_pool_gradient(b: Any, *, upstream: Any, out: Any, windows: Windows, include_padding: bool,
                       divisor: int) -> None:
    perform(b, _mean_pool_gradient, [upstream, out], windows=windows, include_padding=include_padding, divisor=divisor)


def adaptive_mean_pool(b: Any, *, input: Any, out: Any, rank: int) -> None:
    perform(b, _adaptive_mean_pool, [input, out], rank=rank)


def adaptive_mean_pool_gradient(b: Any, *, upstream: Any, out: Any, rank: int) -> None:
    perform(b, _adaptive_mean_pool_gradient, [upstream, out], rank=rank)


def adaptive_max_pool(b: Any, *, input: Any, out: Any, places: Any, rank: int) -> None:
    perform(b, _adaptive_max_pool, [input, out, places], rank=rank)


def take_places(b: Any, *, input: Any, places: Any, out: Any, rank: int, fault: tuple[str, str]) -> None:
    perform(b, _take_places, [input, places, out], faults=[fault], rank=rank)


def put_places(b: Any, *, input: Any, places: Any, out: Any, rank: int, add: bool, fault: tuple[str, str]) -> None:
    perform(b, _put_places, [input, places, out], faults=[fault], rank=rank, add=add)


# -- what windows cover ------------------------------------------------------------------------------------------------


def _covered(sizes: Sequence[int], many: Sequence[int], w: Windows) -> Iterator[Window]:
    for at in itertools.product(*(range(n) for n in many)):
        ranges = []
        for q, n, k, s, p, d in zip(at, sizes, w.taps, w.step, w.padding, w.tap_step, strict=True):
            start = q * s - p
            ranges.append(range(start + max(-(start // d), 0) * d if start < 0 else start,
                                min(start + (k - 1) * d + 1, n), d))
        yield at, tuple(ranges)


def _even(sizes: Sequence[int], many: Sequence[int]) -> Iterator[Window]:
    for at in itertools.product(*(range(n) for n in many)):
        yield at, tuple(range(q * n // o, -(-(q + 1) * n // o)) for q, n, o in zip(at, sizes, many, strict=True))


def _planes(x: Array, rank: int) -> Array:
    """All dimensions before the last `rank` as one."""
    return x.reshape((math.prod(x.shape[:x.ndim - rank]), *x.shape[x.ndim - rank:]))


def _largest(x: Array, windows: Iterator[Window], outs: Sequence[int]) -> tuple[Array, Array]:
    """The maxima of planes, and their places: of equal elements the first, of NaN the last."""
    sizes = x.shape[1:]
    values, places = np.zeros((x.shape[0], *outs), x.dtype), np.zeros((x.shape[0], *outs), np.int64)
    for at, ranges in windows:
        numbers = np.ravel_multi_index(np.ix_(*ranges), sizes).reshape(-1)
        window = x.reshape(x.shape[0], -1)[:, numbers]
        nan = np.isnan(window) if x.dtype.kind == "f" else np.zeros(window.shape, bool)
        last_nan = window.shape[1] - 1 - nan[:, ::-1].argmax(1)
        best = np.where(nan.any(1), last_nan, np.where(nan, x.dtype.type(0), window).argmax(1))
        values[_in_all(at)] = np.take_along_axis(window, best[:, None], 1)[:, 0]
        places[_in_all(at)] = numbers[best]
    return values, places


def _max_pool(input: Tensor, out: Tensor, places: Tensor | None, windows: Windows) -> None:
    x, outs = _planes(input.values, windows.rank), out.shape[out.ndim - windows.rank:]
    values, at = _largest(x, _covered(x.shape[1:], outs, windows), outs)
    out.store(values.reshape(out.shape))
    if places is not None:
        places.store(at.reshape(out.shape))


def _max_pool_gradient(upstream: Tensor, input: Tensor, out: Tensor, windows: Windows) -> None:
    x, outs = _planes(input.values, windows.rank), upstream.shape[upstream.ndim - windows.rank:]
    _, at = _largest(x, _covered(x.shape[1:], outs, windows), outs)
    _scatter(out, at, upstream, True)


def _scatter(out: Tensor, places: Array, source: Tensor, add: bool) -> None:
    """Planes of zeros with the elements of `source` at `places`."""
    planes = places.shape[0]
    result = np.zeros((planes, math.prod(out.shape) // planes if planes else 0), source.wide.dtype)
    rows = np.repeat(np.arange(planes), math.prod(places.shape[1:]))
    if add:
        np.add.at(result, (rows, places.reshape(-1)), source.wide.reshape(-1))
    else:
        result[rows, places.reshape(-1)] = source.wide.reshape(-1)
    out.store(result.reshape(out.shape))


def _adaptive_max_pool(input: Tensor, out: Tensor, places: Tensor, rank: int) -> None:
    x, outs = _planes(input.values, rank), out.shape[out.ndim - rank:]
    values, at = _largest(x, _even(x.shape[1:], outs), outs)
    out.store(values.reshape(out.shape))
    places.store(at.reshape(out.shape))


Count = Callable[[tuple[int, ...], tuple[range, ...]], int]


def _counts(sizes: Sequence[int], w: Windows, include_padding: bool, divisor: int) -> Count:
    """What the sum of a window is divided by."""
    def count(at: tuple[int, ...], ranges: tuple[range, ...]) -> int:
        if divisor:
            return divisor
        if not include_padding:
            return math.prod(map(len, ranges))
        starts = [q * s - p for q, s, p in zip(at, w.step, w.padding, strict=True)]
        return math.prod(min(a + k, n + p) - a for a, k, n, p in zip(starts, w.taps, sizes, w.padding, strict=True))
    return count


def _in_all(places: Any) -> Any:
    """The index of these places in all planes."""
    return (slice(None), *places)


def _means(x: Array, windows: Iterator[Window], outs: Sequence[int], count: Count) -> Array:
    result = np.zeros((x.shape[0], *outs), x.dtype)
    for at, ranges in windows:
        total = x[_in_all(np.ix_(*ranges))].reshape(x.shape[0], -1).sum(1)
        result[_in_all(at)] = _divided(total, count(at, ranges))
    return result


def _divided(x: Array, by: int) -> Array:
    """Integers are rounded towards zero."""
    return x / by if x.dtype.kind == "f" else np.trunc(x / by).astype(x.dtype) if by else x


def _mean_gradients(upstream: Array, windows: Iterator[Window], sizes: Sequence[int], count: Count) -> Array:
    result = np.zeros((upstream.shape[0], *sizes), upstream.dtype)
    for at, ranges in windows:
        share = _divided(upstream[_in_all(at)], count(at, ranges))
        result[_in_all(np.ix_(*ranges))] += share.reshape((-1, *[1] * len(sizes)))
    return result


def _mean_pool(input: Tensor, out: Tensor, windows: Windows, include_padding: bool, divisor: int) -> None:
    x, outs = _planes(input.wide, windows.rank), out.shape[out.ndim - windows.rank:]
    sizes = x.shape[1:]
    count = _counts(sizes, windows, include_padding, divisor)
    out.store(_means(x, _covered(sizes, outs, windows), outs, count).reshape(out.shape))


def _mean_pool_gradient(upstream: Tensor, out: Tensor, windows: Windows, include_padding: bool, divisor: int) -> None:
    u, sizes = _planes(upstream.wide, windows.rank), out.shape[out.ndim - windows.rank:]
    count = _counts(sizes, windows, include_padding, divisor)
    out.store(_mean_gradients(u, _covered(sizes, u.shape[1:], windows), sizes, count).reshape(out.shape))


def _size(at: tuple[int, ...], ranges: tuple[range, ...]) -> int:
    return math.prod(map(len, ranges))


def _adaptive_mean_pool(input: Tensor, out: Tensor, rank: int) -> None:
    x, outs = _planes(input.wide, rank), out.shape[out.ndim - rank:]
    out.store(_means(x, _even(x.shape[1:], outs), outs, _size).reshape(out.shape))


def _adaptive_mean_pool_gradient(upstream: Tensor, out: Tensor, rank: int) -> None:
    u, sizes = _planes(upstream.wide, rank), out.shape[out.ndim - rank:]
    out.store(_mean_gradients(u, _even(sizes, u.shape[1:]), sizes, _size).reshape(out.shape))


def _outside(places: Array, plane: int) -> tuple[int, int, int] | None:
    bad = places[(places < 0) | (places >= plane)]
    return (1, int(bad[0]), plane) if bad.size else None


def _take_places(input: Tensor, places: Tensor, out: Tensor, rank: int) -> Any:
    plane = math.prod(input.shape[input.ndim - rank:])
    fault = _outside(places.array, plane)
    if fault is None:
        planes = math.prod(input.shape[:input.ndim - rank])
        taken = np.take_along_axis(input.values.reshape(planes, plane), places.array.reshape(planes, -1), 1)
        out.store(taken.reshape(out.shape))
    return fault


def _put_places(input: Tensor, places: Tensor, out: Tensor, rank: int, add: bool) -> Any:
    fault = _outside(places.array, math.prod(out.shape[out.ndim - rank:]))
    if fault is None:
        _scatter(out, _planes(places.array, rank), input, add)
    return fault
