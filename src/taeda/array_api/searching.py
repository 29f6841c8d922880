"""Finding, sorting and counting elements, and taking them by index."""

from __future__ import annotations

from typing import Any, NamedTuple

import taeda
from taeda.array_api.data_types import result_type
from taeda.array_api.elementwise import both

__all__ = ["argsort", "isin", "nonzero", "searchsorted", "sort", "take", "take_along_axis", "unique_all",
           "unique_counts", "unique_inverse", "unique_values", "where"]


def where(condition: Any, x1: Any, x2: Any, /) -> Any:
    """Elements of one array where the condition holds, else of the other; one may be a number."""
    return taeda.where(condition, *both("where", x1, x2))


def nonzero(x: Any, /) -> Any:
    """The indices of elements that are not zero, a vector for each axis."""
    if not x.ndim:
        raise ValueError("nonzero of an array without axes")
    return tuple(taeda.nonzero(x, as_tuple=True))


def isin(x1: Any, x2: Any, /, *, invert: Any = False) -> Any:
    """For each element whether it is among those of the other array."""
    return taeda.isin(*both("isin", x1, x2), invert=invert)


def searchsorted(x1: Any, x2: Any, /, *, side: str = "left", sorter: Any = None) -> Any:
    """Where elements would have to be put in a sorted vector to keep it sorted."""
    sequence = x1 if sorter is None else take(x1, sorter)
    values = x2 if isinstance(x2, taeda.Tensor) else taeda.tensor(x2, dtype=sequence.dtype, device=x1.device)
    dtype = result_type(sequence, values)
    return taeda.searchsorted(sequence.to(dtype).contiguous(), values.to(dtype).contiguous(), side=side)


def sort(x: Any, /, *, axis: int = -1, descending: Any = False, stable: Any = True) -> Any:
    """The elements in order along an axis."""
    return taeda.sort(x, dim=axis, descending=descending, stable=stable).values


def argsort(x: Any, /, *, axis: int = -1, descending: Any = False, stable: Any = True) -> Any:
    """The indices that put the elements in order along an axis."""
    return taeda.argsort(x, dim=axis, descending=descending, stable=stable)


def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Any:
    """Parts of an array along an axis, by their indices."""
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"take: axis must be given for an array of {x.ndim} dimensions")
        axis = 0
    axis %= max(x.ndim, 1)
    at = taeda.where(indices < 0, indices + x.shape[axis], indices)
    parts = taeda.index_select(x, axis, at.reshape(-1))
    return parts if at.ndim == 1 else parts.unflatten(axis, tuple(at.shape)) if at.ndim else parts.squeeze(axis)


def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Any:
    """Elements of each row along an axis, by their indices in it."""
    at = taeda.where(indices < 0, indices + x.shape[axis], indices)
    return taeda.take_along_dim(x, at.to(taeda.int64), axis)


class UniqueAll(NamedTuple):
    """What unique_all gives."""

    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class UniqueCounts(NamedTuple):
    """What unique_counts gives."""

    values: Any
    counts: Any


class UniqueInverse(NamedTuple):
    """What unique_inverse gives."""

    values: Any
    inverse_indices: Any


def unique_all(x: Any, /) -> UniqueAll:
    """Each value once in ascending order; where it is first, which of them each element is, how often there is each. No
    NaN equals another."""
    flat = x.reshape(-1)
    if flat.is_complex():  # by real parts, and by imaginary ones where those are equal
        order = taeda.argsort(flat.imag, stable=True)
        order = order[taeda.argsort(flat.real[order], stable=True)]
        ordered = flat[order]
    else:
        ordered, order = taeda.sort(flat, stable=True)
    first = taeda.ones_like(ordered, dtype=taeda.bool)
    first[1:] = ordered[1:] != ordered[:-1]
    begins = taeda.nonzero(first).squeeze(1)
    number = taeda.cumsum(first, 0) - 1
    inverse = taeda.empty_like(order).index_copy(0, order, number).reshape(x.shape)
    ends = taeda.cat([begins[1:], begins.new_full((1,), flat.numel())]) if begins.numel() else begins
    return UniqueAll(ordered[begins], order[begins], inverse, ends - begins)


def unique_values(x: Any, /) -> Any:
    """Each value once."""
    return unique_all(x).values


def unique_counts(x: Any, /) -> UniqueCounts:
    """Each value once, and how often it is there."""
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Any, /) -> UniqueInverse:
    """Each value once, and which of them each element is."""
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)
