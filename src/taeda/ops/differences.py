"""Differences of neighbours, integrals by trapezoids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum, minimum
from taeda.ops.joining import cat
from taeda.ops.op import Number, Sample, Tensor, check, derived, sample
from taeda.ops.views import part, reshape, wrap_dim


def _neighbours(x: Any, dim: int) -> tuple[Any, Any]:
    """All but the first, and all but the last, along `dim`."""
    size = x.shape[dim]
    count = maximum(size - 1, 0)
    return part(x, dim, minimum(1, size), count), part(x, dim, 0, count)


def _difference(x: Any, dim: int) -> Any:
    later, earlier = _neighbours(x, dim)
    return later.logical_xor(earlier) if x.dtype == "bool" else later - earlier


@derived(out=True)
def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None,
         append: Tensor | None = None) -> Tensor:
    """The n-th differences of neighbours along `dim`, of `input` with `prepend` before it and `append` after it."""
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    dim = wrap_dim(dim, input.ndim)
    for x in (prepend, append):
        if x is not None and x.ndim != input.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    if n == 0:  # PyTorch adds nothing then
        return input.clone()
    parts = [x for x in (prepend, input, append) if x is not None]
    found = cat(parts, dim) if len(parts) > 1 else input
    for _ in range(n):
        found = _difference(found, dim)
    return found


@diff.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 5))
    yield sample(make(3, 5), 2, 0)
    yield sample(make(3, 5), 7)
    yield sample(make(3, 5), prepend=make(3, 1), append=make(3, 2))


# -- integrals ---------------------------------------------------------------------------------------------------------


def _heights(name: str, y: Any, dim: int) -> Any:
    """Sums of neighbours: twice the mean height of each panel."""
    if y.ndim == 0:
        raise RuntimeError(f"{name} expects y to be at least one-dimensional")
    later, earlier = _neighbours(y, dim)
    return later + earlier


def _widths(name: str, x: Any, y: Any, dim: int) -> Any:
    if x.ndim == 1:
        check(x.shape[0] == y.shape[dim], RuntimeError,
              f"{name}: There must be one `x` value for each sample point")
        widths = _difference(x, 0)
        return reshape(widths, tuple(widths.shape[0] if d == dim else 1 for d in range(y.ndim)))
    if x.ndim < y.ndim:
        x = reshape(x, (1,) * (y.ndim - x.ndim) + tuple(x.shape))
    return _difference(x, dim)


def _panels(name: str, y: Any, x: Any, dim: int) -> Any:
    dim = wrap_dim(dim, y.ndim)
    heights = _heights(name, y, dim)
    return heights * 0.0 if x.ndim == 0 else heights * _widths(name, x, y, dim)


@derived(method=False, aliases=("trapz",), public="trapezoid", overload="x")
def trapezoid_x(y: Tensor, x: Tensor, *, dim: int = -1) -> Tensor:
    """The integral of samples `y` at places `x` along `dim`, by the rule of trapezoids."""
    return _panels("trapezoid", y, x, dim).sum(wrap_dim(dim, y.ndim)) / 2.0


@derived(method=False, aliases=("trapz",))
def trapezoid(y: Tensor, *, dx: Number = 1, dim: int = -1) -> Tensor:
    """The integral of samples `y`, `dx` apart along `dim`, by the rule of trapezoids."""
    dim = wrap_dim(dim, y.ndim)
    return _heights("trapezoid", y, dim).sum(dim) * (dx / 2.0)


@derived(method=False, public="cumulative_trapezoid", overload="x")
def cumulative_trapezoid_x(y: Tensor, x: Tensor, *, dim: int = -1) -> Tensor:
    """The integrals up to each sample but the first, of samples at places `x`."""
    return _panels("cumulative_trapezoid", y, x, dim).cumsum(wrap_dim(dim, y.ndim)) / 2.0


@derived(method=False)
def cumulative_trapezoid(y: Tensor, *, dx: Number = 1, dim: int = -1) -> Tensor:
    """The integrals up to each sample but the first, of samples `dx` apart."""
    dim = wrap_dim(dim, y.ndim)
    return _heights("cumulative_trapezoid", y, dim).cumsum(dim) * (dx / 2.0)


for _op in (trapezoid, cumulative_trapezoid):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 5))
        yield sample(make(3, 5), dx=0.5, dim=0)

for _op in (trapezoid_x, cumulative_trapezoid_x):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 5), make(5))
        yield sample(make(3, 5), make(3, 5), dim=0)
