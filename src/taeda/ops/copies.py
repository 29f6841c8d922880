"""Copies of views, and copies with a part replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import make, unwrap, wrap
from taeda.ops.creation import arange, zeros
from taeda.ops.indexing import converted, index_copy
from taeda.ops.op import Dims, DType, Result, Sample, Sizes, SymInt, Tensor, check, derived, kernel, sample
from taeda.ops.views import (
    as_strided,
    diagonal,
    expand,
    narrow,
    permute,
    reshape,
    select,
    slice_along,
    t,
    transpose,
    unfold,
    unsqueeze,
    view_,
    view_dtype,
    wrap_dim,
)


@kernel(public=False)
def fresh(b: Any, input: Tensor) -> Tensor:
    """A contiguous copy."""
    out = b.alloc(input.dtype, input.shape)
    b.copy(out, input)
    return out


@fresh.meta
def _(input: Any) -> Result:
    return Result(input.dtype, input.shape)


@fresh.gradient
def _(grad: Any) -> Any:
    return grad


@derived(method=False, out=True)
def alias_copy(input: Tensor) -> Tensor:
    """A copy of `input`."""
    return fresh(input)


@derived(method=False, out=True, differentiable=False)
def detach_copy(input: Tensor) -> Tensor:
    """A copy of `input` without its history."""
    return fresh(input)


@derived(method=False, out=True)
def expand_copy(input: Tensor, size: Sizes, *, implicit: bool = False) -> Tensor:
    """A copy of what expand gives a view of."""
    return fresh(expand(input, size))


def _slice(input: Any, dim: int, start: Any, end: Any, step: Any) -> Any:
    if input.ndim == 0:
        raise RuntimeError("slice() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, input.ndim)
    return slice_along(input, dim, 0 if start is None else start, input.shape[dim] if end is None else end, step)


@derived(method=False, out=True)
def slice_copy(input: Tensor, dim: int = 0, start: SymInt | None = None, end: SymInt | None = None,
               step: SymInt = 1) -> Tensor:
    """A copy of [start:end:step] along `dim`."""
    return fresh(_slice(input, dim, start, end, step))


@derived(method=False, out=True)
def diagonal_copy(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of what diagonal gives a view of."""
    return fresh(diagonal(input, offset, dim1, dim2))


@derived(method=False, out=True)
def as_strided_copy(input: Tensor, size: Sizes, stride: Sizes, storage_offset: SymInt | None = None) -> Tensor:
    """A copy of what as_strided gives a view of."""
    return fresh(as_strided(input, size, stride, storage_offset))


@derived(out=True)
def narrow_copy(input: Tensor, dim: int, start: SymInt, length: SymInt) -> Tensor:
    """A copy of what narrow gives a view of."""
    return fresh(narrow(input, dim, start, length))


@derived(method=False, out=True)
def view_copy(input: Tensor, size: Sizes) -> Tensor:
    """A copy of what view gives a view of."""
    return fresh(view_(input, size))


@derived(public="view_copy", overload="dtype", method=False, out=True, differentiable=False)
def view_copy_dtype(input: Tensor, dtype: DType) -> Tensor:
    """A copy of the memory read as elements of another dtype."""
    return fresh(view_dtype(input, dtype))


@derived(method=False, out=True)
def permute_copy(input: Tensor, dims: Dims) -> Tensor:
    """A copy of what permute gives a view of."""
    return fresh(permute(input, dims))


@derived(method=False, out=True)
def unfold_copy(input: Tensor, dimension: int, size: SymInt, step: SymInt) -> Tensor:
    """A copy of what unfold gives a view of."""
    return fresh(unfold(input, dimension, size, step))


@derived(method=False, out=True)
def unsqueeze_copy(input: Tensor, dim: int) -> Tensor:
    """A copy of what unsqueeze gives a view of."""
    return fresh(unsqueeze(input, dim))


@derived(method=False, out=True)
def transpose_copy(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """A copy of what transpose gives a view of."""
    return fresh(transpose(input, dim0, dim1))


@derived(method=False, out=True)
def select_copy(input: Tensor, dim: int, index: SymInt) -> Tensor:
    """A copy of what select gives a view of."""
    return fresh(select(input, dim, index))


@derived(method=False, out=True)
def t_copy(input: Tensor) -> Tensor:
    """A copy of what t gives a view of."""
    return fresh(t(input))


def _samples(op: Any, *calls: tuple[Any, ...]) -> None:
    """Samples of a tensor (3, 4) and the given arguments."""
    @op.samples
    def _(make: Any) -> Iterator[Sample]:
        for arguments in calls:
            yield sample(make(3, 4), *arguments)


_samples(alias_copy, ())


@detach_copy.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4).detach())


_samples(expand_copy, ((2, 3, 4),))
_samples(slice_copy, (0, 1), (1, 0, 4, 2), (-1, -3, None))
_samples(diagonal_copy, (), (1,))
_samples(as_strided_copy, ((2, 2), (1, 2)), ((2,), (3,), 1))
_samples(narrow_copy, (1, 1, 2))
_samples(view_copy, ((2, 6),), ((-1,),))
_samples(permute_copy, ((1, 0),))
_samples(unfold_copy, (1, 2, 1))
_samples(unsqueeze_copy, (1,), (-1,))
_samples(transpose_copy, (0, 1))
_samples(select_copy, (0, 1), (-1, -2))
_samples(t_copy, ())


# -- a part replaced ---------------------------------------------------------------------------------------------------


def _replaced(b: Any, input: Any, src: Any, kind: str, arguments: Any) -> Any:
    """A copy of `input` with `src` written to a view of it."""
    out = b.alloc(input.dtype, input.shape)
    place = b.view(kind, out, arguments)
    start = "expected src to have a size equal to the slice of self. "
    if src.ndim != place.ndim:
        raise RuntimeError(f"{start}src has {src.ndim} dimensions, the slice has {place.ndim}")
    numbers, equal = (*src.shape, *place.shape), 1
    for d in range(src.ndim):
        equal = wrap(make("and", unwrap(src.size(d) == place.size(d)), unwrap(equal))) if d else src.size(d) == (
            place.size(d))
    sizes = [", ".join(f"{{{k}}}" for k in range(first, first + src.ndim)) for first in (0, src.ndim)]
    shown = f"src size = [{sizes[0]}], slice size = [{sizes[1]}]" if len(numbers) <= 8 else "they differ"
    b.check(equal, RuntimeError, start + shown, *numbers[:8])
    b.copy(out, input)
    b.copy(place, src)
    return out


def _like_first(input: Any, *rest: Any) -> Result:
    return Result(input.dtype, input.shape)


@kernel(out=True)
def select_scatter(b: Any, input: Tensor, src: Tensor, dim: int, index: SymInt) -> Tensor:
    """A copy of `input` with `src` as its slice `index` along `dim`."""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    return _replaced(b, input, src, "select", [wrap_dim(dim, input.ndim), index])


@select_scatter.gradient
def _(grad: Any, src: Any, dim: Any, index: Any) -> Any:
    kept = select_scatter(grad, zeros(src.shape, grad.dtype), dim, index)
    return kept, converted(select(grad, dim, index), src.dtype)


@select_scatter.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4), 0, 1)
    yield sample(make(3, 4), make(3), -1, -2)


@kernel(out=True)
def slice_scatter(b: Any, input: Tensor, src: Tensor, dim: int = 0, start: SymInt | None = None,
                  end: SymInt | None = None, step: SymInt = 1) -> Tensor:
    """A copy of `input` with `src` at [start:end:step] along `dim`."""
    if input.ndim == 0:
        raise RuntimeError("slice() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, input.ndim)
    stop = input.size(dim) if end is None else end
    return _replaced(b, input, src, "slice", [dim, 0 if start is None else start, stop, step])


@slice_scatter.gradient
def _(grad: Any, src: Any, dim: Any, start: Any, end: Any, step: Any) -> Any:
    return (slice_scatter(grad, zeros(src.shape, grad.dtype), dim, start, end, step),
            converted(_slice(grad, dim, start, end, step), src.dtype))


@slice_scatter.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(2, 4), 0, 1)
    yield sample(make(3, 4), make(3, 2), -1, 0, 4, 2)


@kernel
def diagonal_scatter(b: Any, input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of `input` with `src` on its diagonal."""
    first, second = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return _replaced(b, input, src, "diagonal", [offset, first, second])


@diagonal_scatter.gradient
def _(grad: Any, src: Any, offset: Any, dim1: Any, dim2: Any) -> Any:
    return (diagonal_scatter(grad, zeros(src.shape, grad.dtype), offset, dim1, dim2),
            converted(diagonal(grad, offset, dim1, dim2), src.dtype))


@diagonal_scatter.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3))
    yield sample(make(2, 3, 4), make(3, 2), 1, 0, 2)


for _op in (select_scatter, slice_scatter, diagonal_scatter):
    _op.meta(_like_first)


@derived
def as_strided_scatter(input: Tensor, src: Tensor, size: Sizes, stride: Sizes,
                       storage_offset: SymInt | None = None) -> Tensor:
    """A copy of `input` with `src` at the places that a geometry over its memory names."""
    if src.ndim != len(size):
        raise RuntimeError("expected src to have a size equal to the slice of self. "
                           f"src has {src.ndim} dimensions, the slice has {len(size)}")
    for n, m in zip(src.shape, size, strict=True):
        check(n == m, RuntimeError, "expected src to have a size equal to the slice of self. "
              "src has {0} where the slice has {1}", n, m)
    offset = 0 if storage_offset is None else storage_offset
    places = as_strided(arange(0, 1, input.numel(), "int64"), size, stride, offset)
    made = index_copy(reshape(input, (-1,)), 0, reshape(places, (-1,)), converted(reshape(src, (-1,)), input.dtype))
    return reshape(made, input.shape)


@as_strided_scatter.samples
def _(make: Any) -> Iterator[Sample]:
    # PyTorch's gradient by `input` is that of the places that were replaced.
    yield sample(make(4, 4).detach(), make(2, 2), (2, 2), (1, 2))
    yield sample(make(4, 4).detach(), make(3), (3,), (2,), 1)
