"""Matrices from diagonals and diagonals of matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.copies import fresh
from taeda.ops.op import Sample, Tensor, derived, sample
from taeda.ops.views import diagonal, diagonal_gradient, reshape, wrap_dim


@derived
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices, in dimensions `dim1` and `dim2` of the result, with the last dimension of `input` on their diagonal."""
    if input.ndim == 0:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    ndim = input.ndim + 1
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    side = input.shape[-1] + abs(offset)
    size = list(input.shape[:-1])
    for d in sorted((first, second)):
        size.insert(d, side)
    return diagonal_gradient(input, tuple(size), offset, first, second)


@diag_embed.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3))
    yield sample(make(2, 3), 1)
    yield sample(make(2, 3), -2, 0, 2)


@derived(out=True)
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix (a copy)."""
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return fresh(_diagonal(input, diagonal))


_diagonal = diagonal


@diag.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3))
    yield sample(make(3, 4), 1)
    yield sample(make(3, 4), -1)


@derived
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with all elements of `input` on its diagonal."""
    return diag_embed(reshape(input, (-1,)), offset)


@diagflat.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 2))
    yield sample(make(()), 1)


@derived(autocast="float32")
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return diagonal(input).sum()


@trace.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))


@derived(public="diagonal", overload="linalg", modules=("linalg",), method=False, view=True)
def linalg_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices: views."""
    return diagonal(A, offset, dim1, dim2)


@linalg_diagonal.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4))
    yield sample(make(2, 3, 4), offset=1, dim1=0, dim2=1)
