"""Quantiles: of all elements or along a dimension, of one fraction or several, with or without NaN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.creation import full
from taeda.ops.indexing import converted
from taeda.ops.op import Number, Sample, Tensor, check, derived, sample
from taeda.ops.pointwise import where
from taeda.ops.requiring import require
from taeda.ops.scattering import gather_along
from taeda.ops.sorting import sort_along
from taeda.ops.views import expand, movedim, reshape, wrap_dim

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _checked(name: str, input: Any, interpolation: str) -> None:
    check(input.numel() > 0, RuntimeError, f"{name}() input tensor must be non-empty")
    if input.dtype not in ("float32", "float64"):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if interpolation not in _INTERPOLATIONS:
        raise RuntimeError(f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, "
                           f"but got {interpolation}")


@derived(public=False)
def quantiles_of(input: Tensor, q: Tensor, dim: int | None, keepdim: bool, interpolation: str,
                 ignore_nan: bool) -> Tensor:
    """The q-th quantiles, of checked arguments; q is of the dtype of `input`. Its dimension, if any, comes first."""
    ndim = input.ndim
    if dim is None:
        rows, kept = reshape(input, (-1,)), (1,) * ndim
    else:
        dim = wrap_dim(dim, ndim)
        rows = movedim(input, dim, -1) if ndim else reshape(input, (1,))
        kept = tuple(1 if d == dim else n for d, n in enumerate(input.shape))
    arranged = sort_along(rows, rows.ndim - 1, False)[0]
    lead, size = arranged.shape[:-1], arranged.shape[-1]
    parts = reshape(q, (-1,))
    if ignore_nan:
        present = converted(arranged.isnan().logical_not(), "int64").sum(-1, True)
        ranks = parts * converted((present - 1).clamp_min(0), q.dtype)
    else:
        bad = arranged.isnan().any(-1, True)
        ranks = where(bad, full((), size - 1, q.dtype), expand(parts * (size - 1), (*lead, parts.shape[0])))
    if interpolation in ("lower", "higher", "nearest"):
        ranks = {"lower": ranks.floor, "higher": ranks.ceil, "nearest": ranks.round}[interpolation]()
    last = arranged.ndim - 1
    below = converted(ranks, "int64")
    found = gather_along(arranged, last, below, False)
    if interpolation in ("linear", "midpoint"):
        middle = interpolation == "midpoint"
        weights = full(ranks.shape, 0.5, ranks.dtype) if middle else ranks - converted(below, ranks.dtype)
        above = gather_along(arranged, last, converted(ranks.ceil(), "int64"), False)
        found = found.lerp(above, weights)
    found = movedim(found, -1, 0)
    if keepdim:
        found = reshape(found, (parts.shape[0], *kept))
    return found if q.ndim else found.select(0, 0)


def _of_tensor(name: str, input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str) -> Any:
    _checked(name, input, interpolation)
    if q.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
    if q.dtype != input.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    require((q >= 0).logical_and(q <= 1), RuntimeError, f"{name}() q values must be in the range [0, 1]")
    return quantiles_of(input, q, dim, keepdim, interpolation, name == "nanquantile")


def _of_number(name: str, input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str) -> Any:
    _checked(name, input, interpolation)
    check((q >= 0) & (q <= 1), RuntimeError, f"{name}() q must be in the range [0, 1] but got {{0}}", q)
    return quantiles_of(input, full((), q, input.dtype), dim, keepdim, interpolation, name == "nanquantile")


@derived(out=True, autocast="float32")
def quantile(input: Tensor, q: Tensor, dim: int | None = None, keepdim: bool = False, *,
             interpolation: str = "linear") -> Tensor:
    """The q-th quantiles along `dim`, or of all elements; NaN where there is one. A vector `q` gives the results a
    dimension, which comes first."""
    return _of_tensor("quantile", input, q, dim, keepdim, interpolation)


@derived(public="quantile", overload="number", out=True, autocast="float32")
def quantile_number(input: Tensor, q: Number, dim: int | None = None, keepdim: bool = False, *,
                    interpolation: str = "linear") -> Tensor:
    """The q-th quantile along `dim`, or of all elements; NaN where there is one."""
    return _of_number("quantile", input, q, dim, keepdim, interpolation)


@derived(out=True, autocast="float32")
def nanquantile(input: Tensor, q: Tensor, dim: int | None = None, keepdim: bool = False, *,
                interpolation: str = "linear") -> Tensor:
    """The q-th quantiles of what is not NaN. A vector `q` gives the results a dimension, which comes first."""
    return _of_tensor("nanquantile", input, q, dim, keepdim, interpolation)


@derived(public="nanquantile", overload="number", out=True, autocast="float32")
def nanquantile_number(input: Tensor, q: Number, dim: int | None = None, keepdim: bool = False, *,
                       interpolation: str = "linear") -> Tensor:
    """The q-th quantile of what is not NaN."""
    return _of_number("nanquantile", input, q, dim, keepdim, interpolation)


for _op in (quantile, nanquantile):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(7), make(2, low=0.0, high=1.0))
        yield sample(make(3, 5), make((), low=0.0, high=1.0), 1, True)
        yield sample(make(3, 5), make(4, low=0.0, high=1.0), -1, interpolation="midpoint")

for _op in (quantile_number, nanquantile_number):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        for how in _INTERPOLATIONS:
            yield sample(make(3, 5), 0.3, 1, interpolation=how)
        yield sample(make(3, 5), 0.5, keepdim=True)
