"""Sums, extremes, moments and truth over axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda
from taeda.array_api.data_types import KINDS

__all__ = ["all", "any", "argmax", "argmin", "count_nonzero", "cumulative_prod", "cumulative_sum", "diff", "max",
           "mean", "min", "prod", "std", "sum", "var"]


def _axes(x: Any, axis: Any) -> tuple[int, ...]:
    given = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    for a in given:
        if not -(x.ndim or 1) <= a < (x.ndim or 1):
            raise IndexError(f"axis {a} is out of range for an array of {x.ndim} dimensions")
    return given if x.ndim else ()


def _summed_dtype(x: Any, dtype: Any) -> Any:
    """Sums of integers are of the default integer type, or of the greatest of their kind."""
    if dtype is not None or x.dtype not in KINDS["integral"]:
        return dtype or x.dtype
    return taeda.uint64 if x.dtype in KINDS["unsigned integer"] else taeda.int64


def sum(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Any:
    """The sum over one axis, several, or all."""
    axes, dtype = _axes(x, axis), _summed_dtype(x, dtype)
    return taeda.sum(x, axes, keepdims, dtype=dtype) if axes else x.to(dtype, copy=True)


def prod(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Any:
    """The product over one axis, several, or all."""
    axes, dtype = _axes(x, axis), _summed_dtype(x, dtype)
    result = x.to(dtype, copy=True)
    for a in sorted((a % x.ndim for a in axes), reverse=True):
        result = taeda.prod(result, a, keepdims, dtype=dtype)
    return result


def mean(x: Any, /, *, axis: Any = None, keepdims: Any = False) -> Any:
    """The mean over one axis, several, or all."""
    axes = _axes(x, axis)
    return taeda.mean(x, axes, keepdims) if axes else x.clone()


def var(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: Any = False) -> Any:
    """The variance: squares of differences from the mean, summed and divided by their number less `correction`."""
    axes = _axes(x, axis)
    return taeda.var(x, axes, correction=correction, keepdim=keepdims) if axes else taeda.zeros_like(x)


def std(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: Any = False) -> Any:
    """The square root of the variance."""
    axes = _axes(x, axis)
    return taeda.std(x, axes, correction=correction, keepdim=keepdims) if axes else taeda.zeros_like(x)


def max(x: Any, /, *, axis: Any = None, keepdims: Any = False) -> Any:
    """The greatest over one axis, several, or all. ValueError where there is nothing."""
    return _extreme(taeda.amax, x, _axes(x, axis), keepdims)


def min(x: Any, /, *, axis: Any = None, keepdims: Any = False) -> Any:
    """The least over one axis, several, or all. ValueError where there is nothing."""
    return _extreme(taeda.amin, x, _axes(x, axis), keepdims)


def _extreme(function: Callable[..., Any], x: Any, axes: tuple[int, ...], keepdims: Any) -> Any:
    empty = [a for a in axes if not x.shape[a]]
    if empty:
        raise ValueError(f"an extreme over axis {empty[0]}, which has no elements")
    return function(x, axes, keepdims) if axes else x.clone()


def argmax(x: Any, /, *, axis: int | None = None, keepdims: Any = False) -> Any:
    """Where the greatest is along an axis, or among all elements."""
    return taeda.argmax(x, axis, keepdims)


def argmin(x: Any, /, *, axis: int | None = None, keepdims: Any = False) -> Any:
    """Where the least is along an axis, or among all elements."""
    return taeda.argmin(x, axis, keepdims)


def all(x: Any, /, *, axis: Any = None, keepdims: Any = False) -> Any:
    """Whether no element is zero over one axis, several, or all."""
    axes = _axes(x, axis)
    return taeda.all(x.to(taeda.bool), axes, keepdims) if axes else x.to(taeda.bool)


def any(x: Any, /, *, axis: Any = None, keepdims: Any = False) -> Any:
    """Whether an element is not zero over one axis, several, or all."""
    axes = _axes(x, axis)
    return taeda.any(x.to(taeda.bool), axes, keepdims) if axes else x.to(taeda.bool)


def count_nonzero(x: Any, /, *, axis: Any = None, keepdims: Any = False) -> Any:
    """How many elements are not zero over one axis, several, or all."""
    axes = _axes(x, axis)
    counted = (x != 0).to(taeda.int64)
    return taeda.sum(counted, axes, keepdims) if axes else counted


def _cumulative(function: Callable[..., Any], first: int, x: Any, axis: int | None, dtype: Any, initial: Any) -> Any:
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"axis must be given for an array of {x.ndim} dimensions")
        axis = 0
    dtype = _summed_dtype(x, dtype)
    result = function(x, axis, dtype=dtype)
    if initial:
        shape = list(result.shape)
        shape[axis] = 1
        result = taeda.cat([taeda.full(shape, first, dtype=dtype, device=x.device), result], axis)
    return result


def cumulative_sum(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: Any = False) -> Any:
    """The sums of all elements up to each, perhaps beginning with 0."""
    return _cumulative(taeda.cumsum, 0, x, axis, dtype, include_initial)


def cumulative_prod(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: Any = False) -> Any:
    """The products of all elements up to each, perhaps beginning with 1."""
    return _cumulative(taeda.cumprod, 1, x, axis, dtype, include_initial)


def diff(x: Any, /, *, axis: int = -1, n: int = 1, prepend: Any = None, append: Any = None) -> Any:
    """The differences of neighbours, `n` times."""
    return taeda.diff(x, n, axis, prepend, append)
