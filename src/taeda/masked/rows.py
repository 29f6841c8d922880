"""Scans and softmaxes along one dimension of the elements that a mask lets through: they keep the shape.

Where the mask is false the result has no meaning (a scan carries on what is before it).
"""

from __future__ import annotations

from typing import Any

import taeda
from taeda import Tensor
from taeda.masked.masks import dims_of, filled, highest, lowest
from taeda.masked.reductions import norm


def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The sums of all elements up to each, in the dtype of `input`."""
    dtype = dtype or input.dtype
    return taeda.cumsum(filled(input, mask, 0), dims_of(dim, input.ndim)[0], dtype=dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The products of all elements up to each, in the dtype of `input`."""
    dtype = dtype or input.dtype
    return taeda.cumprod(filled(input, mask, 1), dims_of(dim, input.ndim)[0], dtype=dtype)


def softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """exp(input) over its sum along `dim`.

    >>> taeda.masked.softmax(taeda.tensor([1.0, 5.0, 1.0]), 0, mask=taeda.tensor([True, False, True]))
    tensor([0.5000, 0.0000, 0.5000])
    """
    values = input if mask is None else filled(input, mask, lowest(input, "amax"))
    return taeda.nn.functional.softmax(values, dims_of(dim, input.ndim)[0], dtype=dtype or input.dtype)


def log_softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """The logarithm of `softmax`."""
    values = input if mask is None else filled(input, mask, lowest(input, "amax"))
    return taeda.nn.functional.log_softmax(values, dims_of(dim, input.ndim)[0], dtype=dtype or input.dtype)


def softmin(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """`softmax` of -input."""
    values = input if mask is None else filled(input, mask, highest(input, "amin"))
    return taeda.nn.functional.softmin(values, dims_of(dim, input.ndim)[0], dtype=dtype or input.dtype)


def normalize(input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None,
              mask: Tensor | None = None) -> Tensor:
    """`input` divided by its norm of order `ord` along `dim`, which is taken to be at least `eps`."""
    length = norm(input, ord, dim, keepdim=True, dtype=dtype or input.dtype, mask=mask)
    return filled(input, mask, 0) / taeda.maximum(length, length.new_full([], eps))
