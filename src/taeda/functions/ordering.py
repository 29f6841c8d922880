"""Functions whose number of results depends on their arguments: nonzero, unique and its relatives."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda._binding import internal


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The coordinates of the elements that are not zero, in order: int64 (count, dimensions), or with `as_tuple` a
    vector per dimension."""
    return internal.nonzero_tuple(input) if as_tuple else internal.nonzero(input)


def _chosen(found: tuple[Any, Any, Any], return_inverse: bool, return_counts: bool) -> Any:
    values, inverse, counts = found
    results = [values, *([inverse] if return_inverse else []), *([counts] if return_counts else [])]
    return tuple(results) if len(results) > 1 else values


def _along(input: Any, dim: int, ordered: bool) -> tuple[Any, Any, Any]:
    """Distinct slices along `dim`: each slice is numbered by its elements, from the last to the first."""
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


def unique(input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
           dim: int | None = None) -> Any:
    """The distinct elements in order; with `return_inverse` which of them each element is, with `return_counts` how
    often each occurs. With `dim`, distinct slices. They come sorted in any case; each NaN is distinct."""
    found = internal.unique_of(input, True) if dim is None else _along(input, dim, True)
    return _chosen(found, return_inverse, return_counts)


def unique_consecutive(input: Any, return_inverse: bool = False, return_counts: bool = False,
                       dim: int | None = None) -> Any:
    """`input` without the elements (or slices along `dim`) that equal the one before them."""
    found = internal.unique_of(input, False) if dim is None else _along(input, dim, False)
    return _chosen(found, return_inverse, return_counts)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None,
                 layout: Any = None) -> Any:
    """The coordinates of the lower triangle of a matrix, row by row: (2, count)."""
    return _places(row, col, offset, False, dtype)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None,
                 layout: Any = None) -> Any:
    """The coordinates of the upper triangle of a matrix, row by row: (2, count)."""
    return _places(row, col, offset, True, dtype)


def _places(row: int, col: int, offset: int, upper: bool, dtype: Any) -> Any:
    found = internal.triangle_places(row, col, offset, upper)
    return found if dtype is None else found.to(dtype)
