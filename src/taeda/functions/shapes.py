"""Shapes: squeeze, whose number of dimensions depends on sizes, and questions about shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import taeda
from taeda._binding import internal
from taeda.functions.dims import wrap_distinct
from taeda.functions.function import function
from taeda.ops.signature import Dims, MemoryFormat, Object, Sample, Sizes, Tensor, sample


def squeezed(input: Any, dim: Any) -> Any:
    """`input` without its dimensions of size 1: all of them for None, or those among `dim`."""
    if dim is None:
        dims: Any = range(input.dim())
    else:
        dims = wrap_distinct((dim,) if isinstance(dim, int) else dim, input.dim())
    shape = input.shape
    return internal.squeeze_dims(input, tuple(sorted(d for d in dims if shape and shape[d] == 1)))


@function(method=True, view=True, inplace=True)
def squeeze(input: Tensor) -> Any:
    """`input` without its dimensions of size 1: a view."""
    return squeezed(input, None)


@function(public="squeeze", overload="dim", method=True, view=True, inplace=True)
def squeeze_dim(input: Tensor, dim: Dims) -> Any:
    """`input` without those of the dimensions `dim` that have size 1: a view."""
    return squeezed(input, dim)


@squeeze.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 3, 1))
    yield sample(make(2, 3))
    yield sample(make(()))


@squeeze_dim.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 3, 1), 0)
    yield sample(make(1, 3, 1), (0, 1, -1))
    yield sample(make(()), -1)


@function(out=True)
def squeeze_copy(input: Tensor) -> Any:
    """A copy of what squeeze gives a view of."""
    return squeezed(input, None).clone()


@function(public="squeeze_copy", overload="dim", out=True)
def squeeze_copy_dim(input: Tensor, dim: Dims) -> Any:
    """A copy of what squeeze gives a view of."""
    return squeezed(input, dim).clone()


@squeeze_copy_dim.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 3, 1), 0)


@function(spread="shapes")
def broadcast_shapes(shapes: Object = ()) -> Any:
    """The shape that tensors of the given shapes broadcast to."""
    result: list[int] = []
    for given in shapes:
        if isinstance(given, taeda.Tensor) or not isinstance(given, (int, tuple, list)):
            raise RuntimeError("Input shapes should be of type ints, a tuple of ints, or a list of ints, got "
                               f"{given!r}")
        shape = (given,) if isinstance(given, int) else tuple(given)
        result[:0] = [1] * (len(shape) - len(result))
        for k, n in enumerate(shape, len(result) - len(shape)):
            if n < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension ({n}): ({n})")
            if n != 1 and result[k] not in (1, n):
                raise RuntimeError("Shape mismatch: objects cannot be broadcast to a single shape")
            result[k] = n if n != 1 else result[k]
    return taeda.Size(result)


@function(method=True)
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether the shapes are equal."""
    return bool(input.shape == other.shape)


@function
def numel(input: Tensor) -> int:
    """The number of elements."""
    return int(input.numel())


@function
def _shape_as_tensor(input: Tensor) -> Any:
    """The sizes of the tensor, as an int64 tensor on the CPU."""
    return taeda.tensor(tuple(input.shape), dtype=taeda.int64)


@function(method=True)
def resize_as_(input: Tensor, the_template: Tensor, *, memory_format: MemoryFormat | None = None) -> Any:
    """Resize `input`, in place, to the shape of `the_template`."""
    return input.resize_(the_template.shape)


@function(modules=(), method=True)
def sum_to_size(input: Tensor, size: Sizes) -> Any:
    """This tensor summed to a shape it could be broadcast from."""
    shape = input.shape
    if not size:
        return input.sum()
    lead = len(shape) - len(size)
    if lead < 0 or any(n not in (1, m) for n, m in zip(size, shape[lead:], strict=True)):
        raise RuntimeError(f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}.")
    dims = [*range(lead), *(lead + k for k, n in enumerate(size) if n == 1 and shape[lead + k] != 1)]
    return input.sum(dims, keepdim=True).reshape(size) if dims else input


@sum_to_size.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4), (3, 1))
    yield sample(make(2, 3), (2, 3))
