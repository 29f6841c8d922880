"""Reductions of what a mask lets through: its elements stand for True, others do not count.

`mask` broadcasts to the shape of `input`, and may not have more dimensions. Where it lets nothing through the result is
the neutral element of the reduction (0 for a sum, -inf for the greatest), or NaN if there is none (mean, median, var).
"""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda import Tensor
from taeda.masked.masks import Dims, dims_of, filled, highest, log_of_zero, lowest, mask_of

_SMALL_INTEGERS = (taeda.uint8, taeda.bool, taeda.int8, taeda.int16, taeda.int32)


def _sum_dtype(input: Any) -> Any:
    return taeda.int64 if input.dtype in _SMALL_INTEGERS else input.dtype


def sum(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
        mask: Tensor | None = None) -> Tensor:
    """The sum over `dim`; integers are summed as int64.

    >>> taeda.masked.sum(taeda.tensor([[1, 2], [3, 4]]), 1, mask=taeda.tensor([True, False]))
    tensor([1, 3])
    """
    dtype = dtype or _sum_dtype(input)
    return taeda.sum(filled(input, mask, 0), dims_of(dim, input.ndim), bool(keepdim), dtype=dtype)


def prod(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """The product over `dim`; integers are multiplied as int64."""
    result = filled(input, mask, 1).to(dtype or _sum_dtype(input))
    for d in reversed(dims_of(dim, input.ndim)):
        result = result.prod(dim=d, keepdim=bool(keepdim))
    return result


def amax(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """The greatest element over `dim`."""
    values = input if mask is None else filled(input, mask, lowest(input, "amax"))
    return taeda.amax(values, dims_of(dim, input.ndim), bool(keepdim)).to(dtype or input.dtype)


def amin(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """The least element over `dim`."""
    values = input if mask is None else filled(input, mask, highest(input, "amin"))
    return taeda.amin(values, dims_of(dim, input.ndim), bool(keepdim)).to(dtype or input.dtype)


def argmax(input: Tensor, dim: int | None = None, *, keepdim: bool | None = False, dtype: Any = None,
           mask: Tensor | None = None) -> Tensor:
    """The position of the greatest element, as a number of the dtype of `input` unless `dtype` says otherwise."""
    values = input if mask is None else filled(input, mask, lowest(input, "argmax"))
    return taeda.argmax(values, dim, bool(keepdim)).to(dtype or input.dtype)


def argmin(input: Tensor, dim: int | None = None, *, keepdim: bool | None = False, dtype: Any = None,
           mask: Tensor | None = None) -> Tensor:
    """The position of the least element, as a number of the dtype of `input` unless `dtype` says otherwise."""
    values = input if mask is None else filled(input, mask, highest(input, "argmin"))
    return taeda.argmin(values, dim, bool(keepdim)).to(dtype or input.dtype)


def _count(input: Any, dim: Dims, keepdim: bool, mask: Any) -> Any:
    """How many elements count, for each result."""
    dims = dims_of(dim, input.ndim)
    if mask is not None:
        return mask_of(input, mask).sum(dims, keepdim=keepdim)
    total = math.prod(input.shape[d] for d in dims) if input.ndim else 1
    shape = [1 if d in dims else size for d, size in enumerate(input.shape) if keepdim or d not in dims]
    return taeda.full(shape, total, dtype=taeda.int64, device=input.device)


def mean(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """The mean over `dim`. ValueError unless it is computed as floating point."""
    source, dtype = ("Input", input.dtype) if dtype is None else ("Optional", dtype)
    if not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            f"mean(): Could not infer output dtype. {source} dtype must be either "
            f"a floating point or complex dtype. Got: {str(dtype).replace('taeda', 'torch')}"
        )
    total = sum(input, dim, keepdim=keepdim, dtype=dtype, mask=mask)
    return total / _count(input, dim, bool(keepdim), mask)


def median(input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: Any = None,
           mask: Tensor | None = None) -> Tensor:
    """The lower median over `dim`. ValueError where integers have a row of which nothing counts."""
    (axis,) = dims_of(dim, input.ndim)[:1]
    values = input if input.is_floating_point() else input.to(taeda.float32)
    result = taeda.nanmedian(filled(values, mask, math.nan), axis, keepdim).values
    if input.is_floating_point():
        return result
    if result.isnan().any():
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return result.to(dtype or input.dtype)


def logsumexp(input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None,
              mask: Tensor | None = None) -> Tensor:
    """log(sum(exp(input))) over `dim`."""
    values = input if mask is None else filled(input, mask, log_of_zero(input, "logsumexp"))
    return taeda.logsumexp(values, dims_of(dim, input.ndim), keepdim=keepdim).to(dtype or input.dtype)


def logaddexp(input: Tensor, other: Tensor, *, dtype: Any = None, input_mask: Tensor | None = None,
              other_mask: Tensor | None = None) -> Tensor:
    """log(exp(input) + exp(other)), where each counts that its mask lets through."""
    left = input if input_mask is None else filled(input, input_mask, lowest(input, "logaddexp"))
    right = other if other_mask is None else filled(other, other_mask, lowest(other, "logaddexp"))
    return taeda.logaddexp(left, right).to(dtype or input.dtype)


def norm(input: Tensor, ord: float | None = 2.0, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """The vector norm of order `ord` over `dim`."""
    neutral = math.inf if ord == -math.inf else 0
    return taeda.linalg.vector_norm(filled(input, mask, neutral), 2.0 if ord is None else ord,
                                    dims_of(dim, input.ndim), bool(keepdim), dtype=dtype or input.dtype)


def var(input: Tensor, dim: Dims = None, unbiased: bool | None = None, *, correction: float | None = None,
        keepdim: bool | None = False, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The variance over `dim`, the sum of squares being divided by the count less `correction` (1)."""
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    less = float(correction) if correction is not None else 0.0 if unbiased is False else 1.0
    if dtype is None:
        dtype = input.dtype if input.is_floating_point() or input.is_complex() else taeda.float32
    compute = dtype if dtype.is_floating_point or dtype.is_complex else taeda.float32
    centre = sum(input, dim, keepdim=True, dtype=dtype, mask=mask) / _count(input, dim, True, mask)
    away = input - centre
    total = sum(away * away.conj(), dim, keepdim=keepdim, dtype=compute, mask=mask)
    count = _count(input, dim, bool(keepdim), mask)
    if less:
        count = (count.to(total.real.dtype if total.is_complex() else total.dtype) - less).clamp(min=0)
    return (total / count).to(dtype)


def std(input: Tensor, dim: Dims = None, unbiased: bool | None = None, *, correction: float | None = None,
        keepdim: bool | None = False, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The square root of `var`."""
    return var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask).sqrt()
