"""Views: other geometry over the same memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import unwrap
from taeda.ops.op import (Dims, Result, Sample, Sizes, SymInt, Tensor, View, kernel, sample, view)


def wrap_dim(dim: int, ndim: int) -> int:
    """`dim` counted from the front. Raises IndexError with PyTorch's message."""
    bound = max(ndim, 1)
    if not -bound <= dim < bound:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {dim})")
    return dim % bound


def wrap_dims(dim: Any, ndim: int) -> tuple[int, ...]:
    """Dimensions to reduce, ascending: all for None and (). Raises IndexError, and RuntimeError for duplicates."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    dims = [wrap_dim(d, ndim) for d in ((dim,) if isinstance(dim, int) else dim)]
    for d in dims:
        if dims.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return tuple(sorted(dims)) if ndim else ()


@view
def permute(input: Tensor, dims: Dims) -> Tensor:
    """The dimensions of `input` in the order `dims`."""
    dims = (dims,) if isinstance(dims, int) else dims
    if len(dims) != input.ndim:
        raise RuntimeError(f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
                           f"desired ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to "
                           f"len(dims) = {len(dims)}")
    order = [wrap_dim(d, input.ndim) for d in dims]
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return View("permute", order, [input.shape[d] for d in order])


@permute.gradient
def _(grad: Any, dims: Any) -> Any:
    dims = (dims,) if isinstance(dims, int) else dims
    order = [d % len(dims) for d in dims]
    return grad.permute(tuple(order.index(d) for d in range(len(order))))


@permute.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4), (2, 0, 1))
    yield sample(make(2, 3), (-1, 0))
    yield sample(make(), ())


@view(shape_only=())
def expand(input: Tensor, size: Sizes) -> Tensor:
    """`input` repeated along dimensions of size 1 to `size`, without copying; -1 keeps a size."""
    new = len(size) - input.ndim
    if new < 0:
        raise RuntimeError(f"expand: the number of sizes provided ({len(size)}) must be greater or equal to the number of "
                           f"dimensions in the tensor ({input.ndim})")
    return View("expand", size, [input.shape[d - new] if d >= new and is_minus_one(n) else known_size(n)
                                 for d, n in enumerate(size)])


@expand.identity
def _(input: Any, size: Any) -> Any:
    return input if input.dims == tuple(unwrap(n) for n in size) else None


@expand.gradient
def _(grad: Any, input: Any) -> Any:
    from taeda.ops.op import sum_to

    return sum_to(grad, input)


@expand.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 1), (3, 4))
    yield sample(make(3, 1), (2, -1, 4))
    yield sample(make(), (2,))


def is_minus_one(n: Any) -> bool:
    return isinstance(n, int) and n == -1


def known_size(n: Any) -> Any:
    """A size argument as the size of a result, or None if it could turn out to be -1 when the Program runs."""
    if isinstance(n, int):
        return n if n >= 0 else None
    e = unwrap(n)
    return n if e[0] in ("size", "numel", "broadcast") else None


@view
def reshape(input: Tensor, shape: Sizes) -> Tensor:
    """`input` with another shape of as many elements: a view where that is possible, else a copy. One size may be -1."""
    return View("reshape", shape, [known_size(n) for n in shape])


@reshape.gradient
def _(grad: Any, input: Any) -> Any:
    return grad.reshape(input.shape)


@reshape.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 6), (3, 4))
    yield sample(make(2, 6), (-1,))
    yield sample(make(2, 3, 4), (2, -1, 2))


@view(public=False)
def squeeze_dims(input: Tensor, dim: Dims) -> Tensor:
    """`input` without the dimensions `dim`, which must have size 1."""
    return View("squeeze", dim, [n for d, n in enumerate(input.shape) if d not in dim])


@squeeze_dims.gradient
def _(grad: Any, dim: Any) -> Any:
    for d in dim:
        grad = grad.unsqueeze(d)
    return grad


@view
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """`input` with a new dimension of size 1 at `dim` of the result."""
    dim = wrap_dim(dim, input.ndim + 1)
    return View("unsqueeze", [dim], [*input.shape[:dim], 1, *input.shape[dim:]])


@unsqueeze.gradient
def _(grad: Any, dim: Any) -> Any:
    return squeeze_dims(grad, (dim % grad.ndim,))


@unsqueeze.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), 1)
    yield sample(make(2, 3), -1)
    yield sample(make(), 0)
