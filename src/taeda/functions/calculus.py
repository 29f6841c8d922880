"""Differences, integrals by trapezoids, gradients of sampled functions, quantiles and histograms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import taeda
from taeda.functions.creation import _finish
from taeda.ops.views import wrap_dim


def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None, *, out: Any = None) -> Any:
    """The n-th differences of neighbours along `dim`, of `input` with `prepend` before it and `append` after it."""
    if input.dim() == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    dim = wrap_dim(dim, input.dim())
    parts = [x for x in (prepend, input, append) if x is not None]
    x = taeda.cat(parts, dim) if len(parts) > 1 else input
    if n == 0:
        return _finish(x.clone(), out, False)
    for _ in range(n):
        size = x.shape[dim]
        if size == 0:
            break
        later, earlier = x.narrow(dim, 1, size - 1), x.narrow(dim, 0, size - 1)
        x = later.logical_xor(earlier) if x.dtype == taeda.bool else later - earlier
    return _finish(x, out, False)


# -- integrals ---------------------------------------------------------------------------------------------------------


def _panels(name: str, y: Any, x: Any, dx: Any, dim: int) -> Any:
    """The area of each trapezoid, twice over."""
    dim = wrap_dim(dim, y.dim())
    if y.dim() == 0:
        raise RuntimeError(f"{name} expects y to be at least one-dimensional")
    size = y.shape[dim]
    heights = y.narrow(dim, 1, max(size - 1, 0)) + y.narrow(dim, 0, max(size - 1, 0)) if size else y
    if x is None:
        return heights * (1.0 if dx is None else dx)
    if dx is not None:
        raise RuntimeError(f"{name}: only one of x and dx may be given")
    if x.dim() == 0:
        return heights * 0.0
    if x.dim() == 1:
        if x.shape[0] != size:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = x.reshape([-1 if d == dim else 1 for d in range(y.dim())]) if size else x
    elif x.dim() < y.dim():
        x = x.reshape((1,) * (y.dim() - x.dim()) + tuple(x.shape))
    return heights * diff(x, 1, dim) if size else heights


def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """The integral of samples `y` along `dim`, at places `x` or `dx` apart, by the rule of trapezoids."""
    return _panels("trapezoid", y, x, dx, dim).sum(dim) / 2.0


def trapz(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """trapezoid."""
    return trapezoid(y, x, dx=dx, dim=dim)


def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """The integrals up to each sample but the first."""
    return _panels("cumulative_trapezoid", y, x, dx, dim).cumsum(dim) / 2.0


# -- gradient ----------------------------------------------------------------------------------------------------------


def _slope(f: Any, dim: int, spacing: Any, edge_order: int) -> Any:
    size = f.shape[dim]
    shape = [-1 if d == dim else 1 for d in range(f.dim())]

    def at(start: int, count: int = 1) -> Any:
        return f.narrow(dim, start if start >= 0 else size + start, count)

    if isinstance(spacing, taeda.Tensor) and spacing.dim() == 1:
        steps = diff(spacing.to(f.dtype) if f.dtype.is_floating_point else spacing).reshape(shape)

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


def gradient(input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Any, ...]:
    """The slope along each of `dim` (all) of a function sampled at places `spacing` apart: a number, a number or a
    vector of coordinates per dimension. Central differences inside, one-sided ones of `edge_order` 1 or 2 at the
    edges."""
    dims = list(range(input.dim())) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    dims = [wrap_dim(d, input.dim()) for d in dims]
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"dim {next(d for d in dims if dims.count(d) > 1)} appears multiple times in the "
                           f"list of dims")
    spacing = 1 if spacing is None else spacing
    several = isinstance(spacing, Sequence)
    spacings = list(spacing) if several else [spacing] * len(dims)
    if len(spacings) != len(dims):
        raise RuntimeError(f"torch.gradient expected spacing to be unspecified, a scalar or a list of length "
                           f"equal to 'self.dim() = "
                           f"{len(dims)}', since dim argument was not given, but got a list of length {len(spacings)}")
    for d in dims:
        if input.shape[d] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return tuple(_slope(input, d, s, edge_order) for d, s in zip(dims, spacings, strict=True))


# -- quantiles ---------------------------------------------------------------------------------------------------------


def _quantile(name: str, input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str,
              ignore_nan: bool) -> Any:
    if input.numel() == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if input.dtype not in (taeda.float32, taeda.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if not isinstance(q, taeda.Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q}")
        q = taeda.tensor(q, dtype=input.dtype)
    if q.dim() > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
    if q.dtype != input.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    if q.numel() and not bool(((q >= 0) & (q <= 1)).all().item()):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, "
                           f"but got {interpolation}")
    ndim = input.dim()
    if dim is None:
        rows, kept = input.reshape(-1), (1,) * ndim
    else:
        dim = wrap_dim(dim, ndim)
        rows = input.movedim(dim, -1) if ndim else input.reshape(1)
        kept = tuple(1 if d == dim else n for d, n in enumerate(input.shape))
    arranged = rows.sort(-1)[0]
    lead, size = tuple(arranged.shape[:-1]), arranged.shape[-1]
    parts = q.reshape(-1)
    if ignore_nan:
        top = (arranged.isnan().logical_not().sum(-1, keepdim=True) - 1).clamp_min(0).to(q.dtype)
        ranks = parts * top
    else:
        bad = arranged.isnan().any(-1, keepdim=True)
        last = taeda.full((), size - 1, dtype=q.dtype)
        ranks = taeda.where(bad, last, (parts * (size - 1)).expand((*lead, parts.shape[0])))
    if interpolation == "lower":
        ranks = ranks.floor()
    elif interpolation == "higher":
        ranks = ranks.ceil()
    elif interpolation == "nearest":
        ranks = ranks.round()
    below = ranks.detach().to(taeda.int64)
    found = arranged.gather(-1, below)
    if interpolation in ("linear", "midpoint"):
        weights = taeda.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below.to(ranks.dtype)
        above = arranged.gather(-1, ranks.detach().ceil().to(taeda.int64))
        found = found.lerp(above, weights)
    found = found.movedim(-1, 0)
    if keepdim:
        found = found.reshape((q.numel(), *kept))
    return found if q.dim() else found.squeeze(0)


def quantile(input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear",
             out: Any = None) -> Any:
    """The q-th quantiles (q a number or a vector, whose dimension then comes first) along `dim`, or of all elements;
    NaN where there is one."""
    return _finish(_quantile("quantile", input, q, dim, keepdim, interpolation, False), out, False)


def nanquantile(input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear",
                out: Any = None) -> Any:
    """The q-th quantiles of what is not NaN."""
    return _finish(_quantile("nanquantile", input, q, dim, keepdim, interpolation, True), out, False)


# -- histograms --------------------------------------------------------------------------------------------------------


class _Histogram(NamedTuple):
    """What histogram returns."""

    hist: Any
    bin_edges: Any


def histogram(input: Any, bins: Any, *, range: Sequence[float] | None = None, weight: Any = None,
              density: bool = False, out: Any = None) -> Any:
    """Counts (or sums of `weight`, or densities) of the elements between edges: `bins` equal parts of `range`, or the
    edges themselves. Returns the counts and the edges."""
    flat = input.reshape(-1)
    if isinstance(bins, taeda.Tensor):
        if bins.dim() != 1 or bins.numel() == 0:
            raise RuntimeError("histogramdd(): bins tensor should have one dimension and not be empty")
        edges = bins
    else:
        if bins <= 0:
            raise RuntimeError(f"histogramdd(): bins must be > 0, but got {bins} for dimension 0")
        edges = taeda.linspace(*_bounds(flat, range), bins + 1, dtype=input.dtype)
    count = edges.shape[0] - 1
    place = taeda.searchsorted(edges, flat.detach(), right=True) - 1
    place = taeda.where(flat == edges[-1], taeda.full_like(place, count - 1), place)
    inside = (place >= 0) & (place < count)
    amounts = taeda.ones_like(flat) if weight is None else weight.reshape(-1)
    amounts = taeda.where(inside, amounts, taeda.zeros_like(amounts))
    hist = taeda.zeros(count, dtype=input.dtype).index_add(0, place.clamp(0, max(count - 1, 0)), amounts)
    if density:
        hist = hist / (hist.sum() * diff(edges))
    if out is not None:
        hist, edges = _finish(hist, out[0], False), _finish(edges, out[1], False)
    return _Histogram(hist, edges)


def _bounds(flat: Any, given: Sequence[float] | None) -> tuple[float, float]:
    if given is not None:
        low, high = float(given[0]), float(given[1])
        if not (math.isfinite(low) and math.isfinite(high)) or low > high:
            raise RuntimeError(f"histogramdd(): dimension 0's range [{low}, {high}] is not finite or in order")
    else:
        low, high = (flat.min().item(), flat.max().item()) if flat.numel() else (0.0, 0.0)
    return (low - 0.5, high + 0.5) if low == high else (low, high)
