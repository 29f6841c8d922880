"""Places and distinct elements: nonzero, unique and its relatives, whose sizes depend on values, and coordinates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import taeda
from taeda._binding import internal
from taeda.functions.creation import on
from taeda.functions.dims import wrap_dim
from taeda.functions.function import function
from taeda.ir.dtype import INTEGERS, info
from taeda.ops.signature import Device, DType, Layout, Sample, Sizes, Tensor, sample


@function(method=True, out=True)
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The coordinates of the elements that are not zero, in order: int64 (count, dimensions), or with `as_tuple` a
    vector per dimension."""
    return internal.nonzero_tuple(input) if as_tuple else internal.nonzero(input)


@nonzero.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64", low=0, high=2))
    yield sample(make(3, 4, dtype="bool"), as_tuple=True)


@function(method=True, out=True)
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Any:
    """The coordinates of the first `size` elements that are not zero, filled up with `fill_value`."""
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer, but got {size}")
    found = internal.nonzero(input)[:size]
    rest = taeda.full((size - found.shape[0], input.dim()), fill_value, dtype=taeda.int64)
    return taeda.cat([found, rest], 0)


@nonzero_static.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64", low=0, high=2), size=3)
    yield sample(make(2, 2, dtype="bool"), size=9, fill_value=7)


def _chosen(found: tuple[Any, Any, Any], return_inverse: bool, return_counts: bool) -> Any:
    values, inverse, counts = found
    results = [values, *([inverse] if return_inverse else []), *([counts] if return_counts else [])]
    return tuple(results) if len(results) > 1 else values


def _along(input: Any, dim: int, ordered: bool) -> tuple[Any, Any, Any]:
    """Distinct slices along `dim`: each slice is numbered by its elements, from the last to the first."""
    if input.dim() == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    dim = wrap_dim(dim, input.dim())
    moved = input.movedim(dim, 0)
    rows = moved.reshape(moved.shape[0], math.prod(moved.shape[1:]))
    order = taeda.arange(rows.shape[0])
    if ordered:
        for column in reversed(range(rows.shape[1])):
            order = order[taeda.argsort(rows[:, column][order], stable=True)]
    arranged = rows[order]
    changes = (arranged[1:] != arranged[:-1]).any(1)
    first = taeda.ones(min(1, rows.shape[0]), dtype=taeda.bool)
    _, runs, counts = internal.unique_of(taeda.cat([first, changes]).to(taeda.int64).cumsum(0), False)
    inverse = taeda.empty_like(runs).scatter(0, order, runs)
    starts = taeda.nonzero(taeda.cat([first, changes]))[:, 0]
    values = arranged[starts].reshape(starts.shape[0], *moved.shape[1:]).movedim(0, dim)
    return values, inverse, counts


@function(method=True)
def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
           dim: int | None = None) -> Any:
    """The distinct elements in order; with `return_inverse` which of them each element is, with `return_counts` how
    often each occurs. With `dim`, distinct slices. They come sorted in any case; each NaN is distinct."""
    found = internal.unique_of(input, True) if dim is None else _along(input, dim, True)
    return _chosen(found, return_inverse, return_counts)


@unique.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64", low=-3, high=3))
    yield sample(make(9, dtype="int64", low=-3, high=3), return_inverse=True, return_counts=True)
    yield sample(make(9, 2, dtype="int64", low=0, high=2), dim=0, return_counts=True)


@function(method=True)
def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False,
                       dim: int | None = None) -> Any:
    """`input` without the elements (or slices along `dim`) that equal the one before them."""
    found = internal.unique_of(input, False) if dim is None else _along(input, dim, False)
    return _chosen(found, return_inverse, return_counts)


@unique_consecutive.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(12, dtype="int64", low=0, high=2))
    yield sample(make(12, dtype="int64", low=0, high=2), return_inverse=True, return_counts=True)
    yield sample(make(9, 1, dtype="int64", low=0, high=2), dim=0)


# -- coordinates -------------------------------------------------------------------------------------------------------


def _triangle(row: int, col: int, offset: int, upper: bool, dtype: Any, layout: Any, device: Any) -> Any:
    ops = on(device, layout)
    if row < 0 or col < 0:
        raise RuntimeError(f"{'row' if row < 0 else 'col'} must be non-negative, got{min(row, col)}")
    if dtype is not None and str(dtype) not in ("torch.int32", "torch.int64"):
        raise RuntimeError(f'"{"triu" if upper else "tril"}_indices" not implemented for \'{info(dtype._name).word}\'')
    found = ops.triangle_places(row, col, offset, upper)
    return found if dtype is None else found.to(dtype)


@function
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: DType | None = None, layout: Layout | None = None,
                 device: Device | None = None, pin_memory: bool = False) -> Any:
    """The coordinates of the lower triangle of a matrix, row by row: (2, count)."""
    return _triangle(row, col, offset, False, dtype, layout, device)


@function
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: DType | None = None, layout: Layout | None = None,
                 device: Device | None = None, pin_memory: bool = False) -> Any:
    """The coordinates of the upper triangle of a matrix, row by row: (2, count)."""
    return _triangle(row, col, offset, True, dtype, layout, device)


for _f in (tril_indices, triu_indices):
    @_f.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(3, 4)
        yield sample(4, 2, -1)


@function
def unravel_index(indices: Tensor, shape: Sizes) -> Any:
    """The coordinates, a tensor per dimension, of elements of a tensor of `shape` numbered in order."""
    if indices.dtype._name not in INTEGERS:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if any(n < 0 for n in shape):
        raise ValueError(f"'shape' cannot have negative values, but got {shape}")
    found, step = [], 1
    for n in reversed(shape):
        found.append(indices.floor_divide(max(step, 1)) % max(n, 1))
        step *= n
    return tuple(reversed(found))


@unravel_index.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(7, dtype="int64", low=0, high=24), (2, 3, 4))


@function
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Any:
    """All combinations of r elements of a vector, one per row, in the order of itertools."""
    if input.dim() != 1:
        raise RuntimeError("Expect a 1D vector, but got shape [" + ", ".join(map(str, input.shape)) + "]")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return taeda.empty(0, dtype=input.dtype, device=input.device)
    if r == 2:
        count = input.shape[0]
        pairs = taeda.triu_indices(count, count, 0 if with_replacement else 1, device=input.device)
        return input.index_select(0, pairs.t().reshape(-1)).reshape(pairs.shape[1], 2)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = list(choose(range(input.shape[0]), r))
    places = taeda.tensor([i for row in rows for i in row], dtype=taeda.int64, device=input.device)
    return input.index_select(0, places).reshape(len(rows), r)


@combinations.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5))
    yield sample(make(4), 3, True)
