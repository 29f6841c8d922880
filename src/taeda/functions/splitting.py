"""Tensors in pieces: split, chunk, unbind and their relatives. How many results there are depends on sizes.

The pieces of one call are views that share one node of the tape (csrc/tape/tape_split.cpp).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taeda import _core
from taeda.functions.dims import wrap_dim
from taeda.functions.function import function
from taeda.ops.signature import Dims, Sample, Sizes, Tensor, sample


def _equal(name: str, input: Any, size: int, dim: int) -> tuple[Any, ...]:
    """Pieces of `size` elements; the last may be smaller."""
    dim = wrap_dim(dim, input.dim())
    if input.dim() == 0:
        raise RuntimeError(f"{name} expects at least a 1-dimensional tensor")
    total = input.shape[dim]
    if size < 0:
        raise RuntimeError(f"{name} expects split_size be non-negative, but got split_size={size}")
    if size == 0 and total != 0:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {total}")
    whole, rest = divmod(total, size) if size else (0, 0)
    return _core.split_views(input, dim, [size] * whole + ([rest] if rest or not whole else []), "Split")


def _given(input: Any, sizes: Sequence[int], dim: int) -> tuple[Any, ...]:
    """Pieces of the given sizes."""
    if input.dim() == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = wrap_dim(dim, input.dim())
    total = input.shape[dim]
    for n in sizes:
        if n < 0:
            raise RuntimeError("split_with_sizes expects split_sizes have only non-negative entries, but got "
                               f"split_sizes={list(sizes)}")
    if sum(sizes) != total:
        raise RuntimeError(f"split_with_sizes expects split_sizes to sum exactly to {total} (input tensor's size at "
                           f"dimension {dim}), but got split_sizes={list(sizes)}")
    return _core.split_views(input, dim, sizes, "SplitWithSizes")


@function
def split(tensor: Tensor, split_size_or_sections: Dims, dim: int = 0) -> Any:
    """Pieces of the given size (the last may be smaller), or of the given sizes, along `dim`: views."""
    if isinstance(split_size_or_sections, int):
        return _equal("split", tensor, split_size_or_sections, dim)
    return _given(tensor, split_size_or_sections, dim)


@function(public="split", overload="method", modules=(), method=True)
def split_method(input: Tensor, split_size: Dims, dim: int = 0) -> Any:
    """Pieces of the given size (the last may be smaller), or of the given sizes, along `dim`: views."""
    if isinstance(split_size, int):
        return _equal("split", input, split_size, dim)
    return _given(input, split_size, dim)


@split.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(7, 3), 3)
    yield sample(make(4, 6), 2, -1)
    yield sample(make(6, 3), [1, 0, 5])
    yield sample(make(0, 3), 0)
    yield sample(make(2, 3), 5, dim=1)


@function(method=True)
def split_with_sizes(input: Tensor, split_sizes: Sizes, dim: int = 0) -> Any:
    """Pieces of the given sizes along `dim`: views."""
    return _given(input, split_sizes, dim)


@split_with_sizes.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(6, 3), [1, 0, 5])
    yield sample(make(2, 3), (1, 2), 1)


@function(method=True)
def chunk(input: Tensor, chunks: int, dim: int = 0) -> Any:
    """At most `chunks` pieces of equal size (the last may be smaller) along `dim`: views."""
    if input.dim() == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    dim = wrap_dim(dim, input.dim())
    size = input.shape[dim]
    return _equal("split", input, -(-size // chunks), dim) if size else _given(input, [0] * chunks, dim)


@chunk.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(7, 3), 3)
    yield sample(make(4, 6), 2, -1)
    yield sample(make(2, 0), 3, 1)


# -- tensor_split ------------------------------------------------------------------------------------------------------


_MOST_PIECES = 2 ** 28


def _sections(input: Any, sections: int, dim: int) -> tuple[Any, ...]:
    if input.dim() == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    dim = wrap_dim(dim, input.dim())
    if sections <= 0:
        raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
    if sections > _MOST_PIECES:
        raise ValueError(f"tensor_split: {sections} pieces are more than a tuple can hold in memory")
    small, larger = divmod(input.shape[dim], sections)
    return _core.split_views(input, dim, [small + (k < larger) for k in range(sections)], "SplitWithSizes")


def _between(input: Any, indices: Sequence[int], dim: int) -> tuple[Any, ...]:
    if input.dim() == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    dim = wrap_dim(dim, input.dim())
    size = input.shape[dim]
    bounds = [0, *(min(max(i + size if i < 0 else i, 0), size) for i in indices), size]
    lengths = [b - a for a, b in zip(bounds, bounds[1:], strict=False)]
    if all(n >= 0 for n in lengths):
        return _core.split_views(input, dim, lengths, "SplitWithSizes")
    # Indices that go back: pieces may overlap, so that each is a view of its own.
    return tuple(input.narrow(dim, a, max(n, 0)) for a, n in zip(bounds, lengths, strict=False))


def _from_tensor(input: Any, tensor_indices_or_sections: Any, dim: int) -> tuple[Any, ...]:
    given = tensor_indices_or_sections
    if str(given.dtype) != "torch.int64":
        raise RuntimeError("tensor_split expected tensor_indices_or_sections to have dtype of long, but got "
                           + str(given.dtype).removeprefix("torch."))
    if given.dim() > 1:
        raise RuntimeError("tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
                           f"one-dimensional tensor, but got a tensor with {given.dim()} dims")
    return _between(input, given.tolist(), dim) if given.dim() else _sections(input, given.item(), dim)


@function(method=True)
def tensor_split(input: Tensor, sections: int, dim: int = 0) -> Any:
    """That many pieces along `dim`, of sizes that differ by one at most: views."""
    return _sections(input, sections, dim)


@function(public="tensor_split", overload="indices", method=True)
def tensor_split_indices(input: Tensor, indices: tuple[int, ...], dim: int = 0) -> Any:
    """The pieces between the given indices along `dim`: views."""
    return _between(input, indices, dim)


@function(public="tensor_split", overload="tensor", method=True)
def tensor_split_tensor(input: Tensor, tensor_indices_or_sections: Tensor, dim: int = 0) -> Any:
    """The same with the number of pieces, or the indices, in a tensor on the CPU."""
    return _from_tensor(input, tensor_indices_or_sections, dim)


@function(public="tensor_split", overload="python", method=True)
def tensor_split_python(input: Tensor, indices_or_sections: Dims, dim: int = 0) -> Any:
    """The same by PyTorch's documented name of the argument."""
    given = indices_or_sections
    return _sections(input, given, dim) if isinstance(given, int) else _between(input, given, dim)


@tensor_split.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(7, 3), 3)
    yield sample(make(2, 6), 4, dim=-1)


@tensor_split_indices.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(7, 3), (2, 5))
    yield sample(make(7, 3), (-2, 9))
    yield sample(make(7, 3), (5, 2, 3))


def _along(name: str, dim: int, least: int, input: Any, given: Any) -> tuple[Any, ...]:
    if input.dim() < least:
        raise RuntimeError(f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with "
                           f"{input.dim()} dimensions!")
    if not isinstance(given, int):
        return _between(input, given, dim)
    if given <= 0 or input.shape[dim] % given:
        raise RuntimeError(f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
                           f"{input.shape[dim]} is not divisible by the split_size {given}!")
    return _sections(input, given, dim)


@function(method=True)
def hsplit(input: Tensor, sections: int) -> Any:
    """That many equal pieces along dimension 1 (0 for vectors): views."""
    return _along("hsplit", 0 if input.dim() == 1 else 1, 1, input, sections)


@function(public="hsplit", overload="indices", method=True)
def hsplit_indices(input: Tensor, indices: tuple[int, ...]) -> Any:
    """The pieces between the given indices along dimension 1 (0 for vectors): views."""
    return _along("hsplit", 0 if input.dim() == 1 else 1, 1, input, indices)


@function(method=True)
def vsplit(input: Tensor, sections: int) -> Any:
    """That many equal pieces along dimension 0: views."""
    return _along("vsplit", 0, 2, input, sections)


@function(public="vsplit", overload="indices", method=True)
def vsplit_indices(input: Tensor, indices: tuple[int, ...]) -> Any:
    """The pieces between the given indices along dimension 0: views."""
    return _along("vsplit", 0, 2, input, indices)


@function(method=True)
def dsplit(input: Tensor, sections: int) -> Any:
    """That many equal pieces along dimension 2: views."""
    return _along("dsplit", 2, 3, input, sections)


@function(public="dsplit", overload="indices", method=True)
def dsplit_indices(input: Tensor, indices: tuple[int, ...]) -> Any:
    """The pieces between the given indices along dimension 2: views."""
    return _along("dsplit", 2, 3, input, indices)


@hsplit.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(6), 3)
    yield sample(make(3, 4), 2)


@hsplit_indices.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), (1, 3))


@vsplit.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3), 2)


@dsplit.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 2, 4), 2)


# -- unbind ------------------------------------------------------------------------------------------------------------


@function(method=True)
def unbind(input: Tensor, dim: int = 0) -> Any:
    """The slices along `dim`, which is gone from them: views."""
    return _core.unbind_views(input, dim)


@unbind.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(2, 3, 4), -2)
    yield sample(make(0, 4))


# -- copies ------------------------------------------------------------------------------------------------------------


def _copied(pieces: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(x.clone() if x.is_contiguous() else x.contiguous() for x in pieces)


@function(out=True)
def split_copy(input: Tensor, split_size: int, dim: int = 0) -> Any:
    """Copies of the pieces that split gives."""
    return _copied(_equal("split", input, split_size, dim))


@function(out=True)
def split_with_sizes_copy(input: Tensor, split_sizes: Sizes, dim: int = 0) -> Any:
    """Copies of the pieces that split_with_sizes gives."""
    return _copied(_given(input, split_sizes, dim))


@function(out=True)
def unbind_copy(input: Tensor, dim: int = 0) -> Any:
    """Copies of the slices that unbind gives."""
    return _copied(_core.unbind_views(input, dim))


@function(method=True)
def unsafe_split(input: Tensor, split_size: int, dim: int = 0) -> Any:
    """split; the pieces may be written to as if they were no views."""
    return _copied(_equal("split", input, split_size, dim))


@function(method=True)
def unsafe_split_with_sizes(input: Tensor, split_sizes: Sizes, dim: int = 0) -> Any:
    """split_with_sizes; the pieces may be written to as if they were no views."""
    return _copied(_given(input, split_sizes, dim))


@function(method=True)
def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> Any:
    """chunk; the pieces may be written to as if they were no views."""
    return _copied(chunk(input, chunks, dim))


for _f in (split_copy, unsafe_split):
    @_f.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(7, 3), 3)


for _f in (split_with_sizes_copy, unsafe_split_with_sizes):
    @_f.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(6, 3), [1, 0, 5])


@unbind_copy.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 1)


@unsafe_chunk.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(7, 3), 3)
