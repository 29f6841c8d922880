"""Gradients of sampled functions, and histograms."""

from __future__ import annotations

import builtins
import math
from collections.abc import Iterator, Sequence
from typing import Any

import taeda
from taeda._binding import result_type
from taeda.functions.dims import wrap_distinct
from taeda.functions.function import function
from taeda.ir.dtype import info
from taeda.ops.signature import Dims, Object, Sample, Tensor, sample


def _slope(f: Any, dim: int, spacing: Any, edge_order: int) -> Any:
    size = f.shape[dim]
    shape = [-1 if d == dim else 1 for d in range(f.dim())]

    def at(start: int, count: int = 1) -> Any:
        return f.narrow(dim, start if start >= 0 else size + start, count)

    if isinstance(spacing, taeda.Tensor) and spacing.dim() == 1:
        steps = taeda.diff(spacing.to(f.dtype) if f.dtype.is_floating_point else spacing).reshape(shape)

        def step(k: int, count: int = 1) -> Any:
            return steps.narrow(dim, k if k >= 0 else size - 1 + k, count)

        before, after = step(0, size - 2), step(1, size - 2)
        middle = (at(0, size - 2) * (-after / (before * (before + after)))
                  + at(1, size - 2) * ((after - before) / (before * after))
                  + at(2, size - 2) * (before / (after * (before + after))))
        if edge_order == 1:
            first, last = (at(1) - at(0)) / step(0), (at(-1) - at(-2)) / step(-1)
        else:
            a, b = step(0), step(1)
            first = at(0) * (-(2 * a + b) / (a * (a + b))) + at(1) * ((a + b) / (a * b)) - at(2) * (a / (b * (a + b)))
            a, b = step(-2), step(-1)
            last = at(-3) * (b / (a * (a + b))) - at(-2) * ((b + a) / (a * b)) + at(-1) * ((2 * b + a) / (b * (a + b)))
    else:
        h = spacing.item() if isinstance(spacing, taeda.Tensor) else spacing
        middle = (at(2, size - 2) - at(0, size - 2)) / (2 * h)
        if edge_order == 1:
            first, last = (at(1) - at(0)) / h, (at(-1) - at(-2)) / h
        else:
            first = (at(0) * -1.5 + at(1) * 2 - at(2) * 0.5) / h
            last = (at(-3) * 0.5 - at(-2) * 2 + at(-1) * 1.5) / h
    return taeda.cat([first, middle, last], dim)


@function
def gradient(input: Tensor, *, spacing: Object = None, dim: Dims | None = None, edge_order: int = 1) -> Any:
    """The slope along each of `dim` (all) of a function sampled at places `spacing` apart: a number, a number or a
    vector of coordinates per dimension. Central differences inside, one-sided ones of `edge_order` 1 or 2 at the
    edges."""
    dims = wrap_distinct(range(input.dim()) if dim is None else (dim,) if isinstance(dim, int) else dim, input.dim())
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    spacing = 1 if spacing is None else spacing
    spacings = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(dims)
    if len(spacings) != len(dims):
        raise RuntimeError("torch.gradient expected spacing to be unspecified, a scalar or a list of length "
                           f"equal to 'self.dim() = {len(dims)}', since dim argument was not given, but got a list of "
                           f"length {len(spacings)}")
    for d, given in zip(dims, spacings, strict=True):
        if not isinstance(given, (int, float, taeda.Tensor)):
            raise TypeError(f"gradient(): argument 'spacing' must be Number or Tensor, not {type(given).__name__}")
        if input.dim() == 0 or input.shape[d] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
        if isinstance(given, taeda.Tensor) and given.dim() == 1 and given.shape[0] != input.shape[d]:
            raise RuntimeError("torch.gradient expected each element of spacing to have the same number of elements "
                               "as the dimension it belongs to")
    return tuple(_slope(input, d, s, edge_order) for d, s in zip(dims, spacings, strict=True))


@gradient.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5))
    yield sample(make(4, 5), spacing=0.5, dim=1, edge_order=2)
    yield sample(make(4, 3), spacing=[2.0, 0.5])


# -- histograms --------------------------------------------------------------------------------------------------------


_Histogram = result_type("histogram", ("hist", "bin_edges"))


def _places(flat: Any, edges: Any) -> tuple[Any, Any]:
    """Between which edges each number lies, and whether it is within them; the last edge belongs to the last part."""
    count = edges.shape[0] - 1
    place = taeda.searchsorted(edges, flat.detach().contiguous(), right=True) - 1
    place = taeda.where(flat == edges[-1], taeda.full_like(place, count - 1), place)
    return place, (place >= 0) & (place < count)


def _counted(flat: Any, edges: Any, weight: Any, density: bool) -> Any:
    if not flat.dtype.is_floating_point:
        raise RuntimeError(f'"histogram_cpu" not implemented for \'{info(flat.dtype._name).word}\'')
    if weight is not None and weight.numel() != flat.numel():
        raise RuntimeError("histogramdd(): if weight tensor is provided it should have the same shape as the input "
                           "tensor excluding its innermost dimension")
    count = edges.shape[0] - 1
    place, inside = _places(flat, edges)
    amounts = taeda.ones_like(flat) if weight is None else weight.reshape(-1)
    amounts = taeda.where(inside, amounts, taeda.zeros_like(amounts))
    hist = taeda.zeros(count, dtype=flat.dtype).index_add(0, place.clamp(0, max(count - 1, 0)), amounts)
    if density:
        hist = hist / (hist.sum() * taeda.diff(edges))
    return _Histogram(hist, edges)


@function(method=True, out=True)
def histogram(input: Tensor, bins: Tensor, *, weight: Tensor | None = None, density: bool = False) -> Any:
    """Counts (or sums of `weight`, or densities) of the elements between the edges `bins`. Returns the counts and the
    edges."""
    if bins.dim() != 1 or bins.numel() == 0:
        raise RuntimeError("histogramdd(): bins tensor should have one dimension and not be empty")
    return _counted(input.reshape(-1), bins, weight, density)


@function(public="histogram", overload="count", method=True, out=True)
def histogram_count(input: Tensor, bins: int, *, range: Object = None, weight: Tensor | None = None,
                    density: bool = False) -> Any:
    """Counts (or sums of `weight`, or densities) of the elements in `bins` equal parts of `range`, by default from the
    least to the largest element. Returns the counts and the edges of the parts."""
    if bins <= 0:
        raise RuntimeError(f"histogramdd(): bins must be > 0, but got {bins} for dimension 0")
    flat = input.reshape(-1)
    edges = taeda.linspace(*_bounds(flat, range), bins + 1, dtype=input.dtype)
    return _counted(flat, edges, weight, density)


@histogram.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(20).detach(), make(5).detach().sort()[0])


@histogram_count.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 5).detach(), 4)
    yield sample(make(20).detach(), 3, range=(-1.0, 1.0), weight=make(20).detach(), density=True)


def _bounds(flat: Any, given: Any) -> tuple[float, float]:
    if given is not None:
        if not isinstance(given, (tuple, list)) or not all(isinstance(x, (int, float)) for x in given):
            raise TypeError(f"histogram(): argument 'range' must be tuple of floats, not {type(given).__name__}")
        if len(given) != 2:
            raise RuntimeError(f"histogramdd(): for a 1-dimensional histogram range should have 2 elements, but got "
                               f"{len(given)}")
        low, high = float(given[0]), float(given[1])
        if not (math.isfinite(low) and math.isfinite(high)) or low > high:
            raise RuntimeError(f"histogramdd(): dimension 0's range [{low}, {high}] is not finite or in order")
    else:
        low, high = (flat.min().item(), flat.max().item()) if flat.numel() else (0.0, 1.0)
    return (low - 0.5, high + 0.5) if low == high else (low, high)


# -- of several dimensions ---------------------------------------------------------------------------------------------


_HistogramDD = result_type("histogramdd", ("hist", "bin_edges"))


def _edges(points: Any, counts: Sequence[int], given: Any) -> list[Any]:
    """For each coordinate the edges of equal parts of its range."""
    size = points.shape[1]
    if given is not None and len(given) != 2 * size:
        raise RuntimeError(f"torch.histogramdd: for a {size}-dimensional histogram range should have {2 * size} "
                           f"elements, but got {len(given)}")
    edges = []
    for d, count in enumerate(counts):
        if count <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {count} for dimension {d}")
        bounds = _bounds(points[:, d], None if given is None else tuple(given[2 * d : 2 * d + 2]))
        edges.append(taeda.linspace(*bounds, count + 1, dtype=points.dtype))
    return edges


@function
def histogramdd(input: Tensor, bins: Object, *, range: Object = None, weight: Tensor | None = None,
                density: bool = False) -> Any:
    """Counts (or sums of `weight`, or densities) of points (*, D) in the cells of a grid.

    `bins` is for each coordinate a number of equal parts of its `range` (low, high, low, high, ..; by default from the
    least to the largest), or a tensor of edges; a single number is for all. Returns the counts and the edges.
    """
    if input.dim() < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    if not input.dtype.is_floating_point:
        raise NotImplementedError(f'"histogramdd" not implemented for \'{info(input.dtype._name).word}\'')
    size = input.shape[-1]
    parts = list(bins) if isinstance(bins, (tuple, list)) else [bins] * size
    if len(parts) != size:
        raise RuntimeError(
            "histogramdd: The size of bins must be equal to the innermost dimension of the input."
        )
    if weight is not None and weight.shape != input.shape[:-1]:
        raise RuntimeError("torch.histogramdd: if weight tensor is provided it should have the same shape as the input "
                           f"tensor excluding its innermost dimension, but got input with shape {list(input.shape)} "
                           f"and weight with shape {list(weight.shape)}")
    points = input.detach().reshape(-1, size)
    edges = parts if all(isinstance(p, taeda.Tensor) for p in parts) else _edges(points, parts, range)
    cell = taeda.zeros(points.shape[0], dtype=taeda.int64)
    inside = taeda.ones(points.shape[0], dtype=taeda.bool)
    for d, e in enumerate(edges):
        place, within = _places(points[:, d], e)
        cell = cell * (e.shape[0] - 1) + place
        inside = inside & within
    counts = [e.shape[0] - 1 for e in edges]
    amounts = taeda.ones_like(points[:, 0]) if weight is None else weight.reshape(-1).to(input.dtype)
    amounts = taeda.where(inside, amounts, taeda.zeros_like(amounts))
    hist = taeda.zeros(math.prod(counts), dtype=input.dtype)
    hist = hist.index_add(0, taeda.where(inside, cell, taeda.zeros_like(cell)), amounts).reshape(counts)
    if density:
        hist = hist / hist.sum()
        for d, e in enumerate(edges):
            hist = hist / taeda.diff(e).reshape([-1 if k == d else 1 for k in builtins.range(size)])
    return _HistogramDD(hist, tuple(edges))


@histogramdd.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(20, 2).detach(), [3, 2])
    yield sample(make(4, 5, 3).detach(), 2, range=(-1.0, 1.0, -1.0, 0.5, -2.0, 2.0), density=True)
    edges = [make(4).detach().sort()[0], make(3).detach().sort()[0]]
    yield sample(make(20, 2).detach(), edges, weight=make(20).detach())
