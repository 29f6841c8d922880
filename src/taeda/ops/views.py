"""Views: other geometry over the same memory. Sizes and indices are run-time numbers; dimensions are static."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.dtype import info, itemsize
from taeda.ir.expression import Symbol, maximum, minimum, product, unwrap
from taeda.ir.expression import where as choose
from taeda.ops.op import (
    Dims,
    DType,
    Result,
    Sample,
    Sizes,
    SymInt,
    Tensor,
    View,
    check,
    derived,
    kernel,
    registry,
    sample,
    view,
)


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


def as_tuple(dims: Any) -> tuple[int, ...]:
    return (dims,) if isinstance(dims, int) else tuple(dims)


def known_size(n: Any) -> Any:
    """A size argument as the size of a result, or None if it could turn out to be -1 when the Program runs."""
    if isinstance(n, int):
        return n if n >= 0 else None
    return n if isinstance(n, Symbol) and _comes_from_sizes(n.expression) else None


def _comes_from_sizes(e: Any) -> bool:
    """Whether an expression is a size, or a product or quotient of sizes, so that it cannot be negative."""
    if not isinstance(e, tuple):
        return e >= 0
    return e[0] in ("size", "numel", "broadcast") or e[0] in ("mul", "floordiv", "ceildiv", "max", "min") and all(
        _comes_from_sizes(o) for o in e[1:])


# -- the order of dimensions ---------------------------------------------------------------------------------


@view
def permute(input: Tensor, dims: Dims) -> Tensor:
    """The dimensions of `input` in the order `dims`."""
    dims = as_tuple(dims)
    if len(dims) != input.ndim:
        raise RuntimeError(
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
            f"desired ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to "
            f"len(dims) = {len(dims)}"
        )
    order = [wrap_dim(d, input.ndim) for d in dims]
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return View("permute", order, [input.shape[d] for d in order])


@permute.gradient
def _(grad: Any, dims: Any) -> Any:
    order = [d % len(as_tuple(dims)) for d in as_tuple(dims)]
    return permute(grad, tuple(order.index(d) for d in range(len(order))))


@permute.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4), (2, 0, 1))
    yield sample(make(2, 3), (-1, 0))
    yield sample(make(), ())


@view(aliases=("swapaxes", "swapdims"), inplace=True)
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """`input` with two dimensions exchanged."""
    order = list(range(input.ndim))
    a, b = wrap_dim(dim0, input.ndim), wrap_dim(dim1, input.ndim)
    if input.ndim:
        order[a], order[b] = order[b], order[a]
    return View("permute", order, [input.shape[d] for d in order])


@transpose.gradient
def _(grad: Any, dim0: Any, dim1: Any) -> Any:
    return transpose(grad, dim0, dim1)


@transpose.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4), 0, -1)
    yield sample(make(), 0, -1)


@view(inplace=True)
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors and scalars stay as they are. Raises RuntimeError for more dimensions."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    order = list(reversed(range(input.ndim)))
    return View("permute", order, [input.shape[d] for d in order])


@t.gradient
def _(grad: Any) -> Any:
    return t(grad)


@t.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3))
    yield sample(make(3))


@derived(view=True)
def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged (and conjugated, if complex)."""
    if input.ndim < 2:
        raise RuntimeError(
            f"tensor.adjoint() is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor."
        )
    return registry.ops["conj"].trace((transpose(input, -2, -1),), {})


@adjoint.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4))


@derived(view=True, aliases=("moveaxis",))
def movedim(input: Tensor, source: Dims, destination: Dims) -> Tensor:
    """Dimensions `source` moved to the places `destination`; the others keep their order."""
    sources = [wrap_dim(d, input.ndim) for d in as_tuple(source)]
    targets = [wrap_dim(d, input.ndim) for d in as_tuple(destination)]
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(as_tuple(source))} dims) should contain the "
            f"same number of dims as destination ({list(as_tuple(destination))} dims)"
        )
    for name, dims, given in (("source", sources, source), ("destination", targets, destination)):
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(as_tuple(given))})")
    order = [-1] * input.ndim
    for a, b in zip(sources, targets, strict=True):
        order[b] = a
    rest = iter(d for d in range(input.ndim) if d not in sources)
    return permute(input, tuple(next(rest) if d < 0 else d for d in order))


@movedim.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4), 0, 2)
    yield sample(make(2, 3, 4, 1), (0, 1), (-1, 0))


# -- undoing broadcasting ------------------------------------------------------------------------------------


@derived(public=False, shape_only=("like",), role="sum_to")
def sum_to(input: Tensor, like: Tensor) -> Tensor:
    """`input` summed over the dimensions along which a tensor of the shape of `like` would be broadcast to it.

    What is certain from the numbers of dimensions is a reduction that can be fused with what `input` comes from.
    """
    lead = input.ndim - like.ndim
    certain = (*range(lead), *(d for d in range(lead, input.ndim) if like.dims[d - lead] == 1 and input.dims[d] != 1))
    if certain:
        input = registry.ops["reduce_sum"](input, certain)
    if lead > 0:
        input = squeeze_dims(input, tuple(range(lead)))
    return input if input.dims == like.dims else sum_to_shape(input, like)


@kernel(public=False, shape_only=("like",))
def sum_to_shape(b: Any, input: Tensor, like: Tensor) -> Tensor:
    """`input` summed over the dimensions that turn out to have size 1 in `like`, of as many dimensions; often none."""
    return b.sum_to(input, like)


@sum_to_shape.meta
def _(input: Any, like: Any) -> Result:
    return Result(input.dtype, like.shape)


@sum_to_shape.gradient
def _(grad: Any, input: Any) -> Any:
    return expand(grad, input.shape), None


# -- sizes ---------------------------------------------------------------------------------------------------


@view(modules=(), method=True, broadcasts=True)
def expand(input: Tensor, size: Sizes) -> Tensor:
    """`input` repeated along dimensions of size 1 to `size`, without copying; -1 keeps a size."""
    new = len(size) - input.ndim
    if new < 0:
        raise RuntimeError(
            f"expand: the number of sizes provided ({len(size)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({input.ndim})"
        )
    return View("expand", size, [input.shape[d - new] if d >= new and isinstance(n, int) and n == -1 else known_size(n)
                                 for d, n in enumerate(size)])


@expand.identity
def _(input: Any, size: Any) -> Any:
    return input if input.dims == tuple(unwrap(n) for n in size) else None


@expand.gradient
def _(grad: Any, input: Any) -> Any:
    return sum_to(grad, input)


@expand.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 1), (3, 4))
    yield sample(make(3, 1), (2, -1, 4))
    yield sample(make(), (2,))


@view
def reshape(input: Tensor, shape: Sizes) -> Tensor:
    """`input` with another shape of as many elements: a view where that is possible, else a copy. One size may be
    -1."""
    return View("reshape", shape, [known_size(n) for n in shape])


@reshape.gradient
def _(grad: Any, input: Any) -> Any:
    return reshape(grad, input.shape)


@reshape.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 6), (3, 4))
    yield sample(make(2, 6), (-1,))
    yield sample(make(2, 3, 4), (2, -1, 2))


@view(public="view", modules=(), method=True)
def view_(input: Tensor, size: Sizes) -> Tensor:
    """As reshape, but never a copy. Raises RuntimeError where none is possible."""
    return View("view", size, [known_size(n) for n in size])


@view_.gradient
def _(grad: Any, input: Any) -> Any:
    return reshape(grad, input.shape)


@view_.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 6), (3, 4))
    yield sample(make(2, 6), (2, 2, -1))


@view
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Dimensions start_dim to end_dim made one; a scalar becomes a vector of one element."""
    first, last = wrap_dim(start_dim, input.ndim), wrap_dim(end_dim, input.ndim)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if input.ndim == 0:
        return View("reshape", [1], [1])
    size: Any = 1
    for n in input.shape[first:last + 1]:
        size = size * n
    return View("flatten", [first, last], [*input.shape[:first], size, *input.shape[last + 1:]], dims=(0, 1))


@flatten.gradient
def _(grad: Any, input: Any) -> Any:
    return reshape(grad, input.shape)


@flatten.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4))
    yield sample(make(2, 3, 4), 1)
    yield sample(make())


@derived(view=True)
def ravel(input: Tensor) -> Tensor:
    """`input` as one dimension."""
    return reshape(input, (-1,))


@ravel.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3))


@view(public=False, drops="dim")
def squeeze_dims(input: Tensor, dim: Dims) -> Tensor:
    """`input` without the dimensions `dim`, which must have size 1 (functions/shapes.py decides for squeeze())."""
    dims = as_tuple(dim)
    return View("squeeze" if dims else "alias", dims, [n for d, n in enumerate(input.shape) if d not in dims])


@squeeze_dims.gradient
def _(grad: Any, dim: Any) -> Any:
    return unsqueeze_dims(grad, dim)


@squeeze_dims.inverse
def _(output: Any, dim: Any) -> Any:
    return unsqueeze_dims(output, dim)


@view(public=False)
def unsqueeze_dims(input: Tensor, dim: Dims) -> Tensor:
    """`input` with dimensions of size 1 at `dim` (ascending) of the result."""
    dims, rest = as_tuple(dim), iter(input.shape)
    shape = [1 if d in dims else next(rest) for d in range(input.ndim + len(dims))]
    return View("unsqueeze", dims, shape, dims=(0,)) if len(dims) == 1 else View("reshape", shape, shape)


@unsqueeze_dims.gradient
def _(grad: Any, dim: Any) -> Any:
    return squeeze_dims(grad, dim)


@view(inplace=True)
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """`input` with a new dimension of size 1 at `dim` of the result."""
    dim = wrap_dim(dim, input.ndim + 1)
    return View("unsqueeze", [dim], [*input.shape[:dim], 1, *input.shape[dim:]], dims=(0,))


@unsqueeze.gradient
def _(grad: Any, dim: Any) -> Any:
    return squeeze_dims(grad, (dim % grad.ndim,))


@unsqueeze.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), 1)
    yield sample(make(2, 3), -1)
    yield sample(make(), 0)


# -- parts ---------------------------------------------------------------------------------------------------


@view(public=False)
def slice_along(input: Tensor, dim: int, start: SymInt, stop: SymInt, step: SymInt) -> Tensor:
    """input[start:stop:step] along a dimension, with Python's meaning of start and stop; step must be positive."""
    sizes = [None if d == dim else n for d, n in enumerate(input.shape)]
    return View("slice", [dim, start, stop, step], sizes, dims=(0,))


@slice_along.gradient
def _(grad: Any, input: Any, dim: Any, start: Any, stop: Any, step: Any) -> Any:
    return slice_gradient(grad, input.shape, dim, start, stop, step)


@kernel(public=False)
def slice_gradient(
    b: Any, upstream: Tensor, size: Sizes, dim: int, start: SymInt, stop: SymInt, step: SymInt
) -> Tensor:
    """Zeros of shape `size` with `upstream` written to the slice."""
    out = b.full(upstream.dtype, size, 0)
    b.copy(b.view("slice", out, [dim, start, stop, step]), upstream)
    return out


@slice_gradient.meta
def _(upstream: Any, size: Any, dim: Any, start: Any, stop: Any, step: Any) -> Result:
    return Result(upstream.dtype, size)


@slice_gradient.gradient
def _(grad: Any, dim: Any, start: Any, stop: Any, step: Any) -> Any:
    return slice_along(grad, dim, start, stop, step)


@view(public=False)
def part(input: Tensor, dim: int, start: SymInt, length: SymInt) -> Tensor:
    """`length` elements from `start` along a dimension; both have been checked."""
    sizes = [length if d == dim else n for d, n in enumerate(input.shape)]
    return View("slice", [dim, start, start + length, 1], sizes, dims=(0,))


@part.gradient
def _(grad: Any, input: Any, dim: Any, start: Any, length: Any) -> Any:
    return slice_gradient(grad, input.shape, dim, start, start + length, 1)


@derived(view=True)
def narrow(input: Tensor, dim: int, start: SymInt, length: SymInt) -> Tensor:
    """`length` elements from `start` along `dim`. Raises IndexError or RuntimeError outside of the tensor."""
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, input.ndim)
    size = input.shape[dim]
    check(length >= 0, RuntimeError, "narrow(): length must be non-negative.")
    check((start >= -size) & (start <= size) if isinstance(start, Symbol) or isinstance(size, Symbol) else
          -size <= start <= size, IndexError,
          "start out of range (expected to be in range of [{0}, {1}], but got {2})", -size, size, start)
    first = choose(start < 0, start + size, start)
    check(
        first + length <= size,
        RuntimeError,
        "start ({0}) + length ({1}) exceeds dimension size ({2}).",
        first,
        length,
        size,
    )
    return part(input, dim, first, length)


@narrow.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3), 0, 1, 2)
    yield sample(make(4, 3), -1, -2, 2)


@view
def select(input: Tensor, dim: int, index: SymInt) -> Tensor:
    """The part at `index` along `dim`, without that dimension. Raises IndexError out of bounds."""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, input.ndim)
    return View("select", [dim, index], [n for d, n in enumerate(input.shape) if d != dim], dims=(0,))


@select.gradient
def _(grad: Any, input: Any, dim: Any, index: Any) -> Any:
    return select_gradient(grad, input.shape, dim % input.ndim, index)


@kernel(public=False)
def select_gradient(b: Any, upstream: Tensor, size: Sizes, dim: int, index: SymInt) -> Tensor:
    """Zeros of shape `size` with `upstream` written to the part at `index`."""
    out = b.full(upstream.dtype, size, 0)
    b.copy(b.view("select", out, [dim, index]), upstream)
    return out


@select_gradient.meta
def _(upstream: Any, size: Any, dim: Any, index: Any) -> Result:
    return Result(upstream.dtype, size)


@select_gradient.gradient
def _(grad: Any, dim: Any, index: Any) -> Any:
    return select(grad, dim, index)


@select.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 0, 1)
    yield sample(make(3, 4), -1, -2)


@view
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of two dimensions, as the last dimension of the result; `offset` counts from the main diagonal."""
    a, b = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rows, columns = input.shape[a], input.shape[b]
    length = maximum(0, minimum(rows, columns - offset) if offset >= 0 else minimum(rows + offset, columns))
    sizes = [n for d, n in enumerate(input.shape) if d not in (a, b)]
    return View("diagonal", [offset, a, b], [*sizes, length], dims=(1, 2))


@diagonal.gradient
def _(grad: Any, input: Any, offset: Any, dim1: Any, dim2: Any) -> Any:
    return diagonal_gradient(grad, input.shape, offset, dim1 % input.ndim, dim2 % input.ndim)


@kernel(public=False)
def diagonal_gradient(b: Any, upstream: Tensor, size: Sizes, offset: int, dim1: int, dim2: int) -> Tensor:
    """Zeros of shape `size` with `upstream` written to the diagonal."""
    out = b.full(upstream.dtype, size, 0)
    b.copy(b.view("diagonal", out, [offset, dim1, dim2]), upstream)
    return out


@diagonal_gradient.meta
def _(upstream: Any, size: Any, offset: Any, dim1: Any, dim2: Any) -> Result:
    return Result(upstream.dtype, size)


@diagonal_gradient.gradient
def _(grad: Any, offset: Any, dim1: Any, dim2: Any) -> Any:
    return diagonal(grad, offset, dim1, dim2)


@diagonal.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(2, 3, 4), 1, -1, 0)
    yield sample(make(3, 3), -2)


@view(modules=(), method=True)
def unfold(input: Tensor, dimension: int, size: SymInt, step: SymInt) -> Tensor:
    """All windows of `size` elements along a dimension, `step` apart, as a new last dimension."""
    dim = wrap_dim(dimension, input.ndim)
    shape = list(input.shape) or [1]
    shape[dim] = (shape[dim] - size) // step + 1
    return View("unfold", [dim, size, step], [*(shape if input.ndim else []), size], dims=(0,))


@unfold.gradient
def _(grad: Any, input: Any, dimension: Any, size: Any, step: Any) -> Any:
    return unfold_gradient(grad, input, dimension % max(input.ndim, 1), size, step)


@derived(public=False, shape_only=("like",))
def unfold_gradient(upstream: Tensor, like: Tensor, dim: int, size: SymInt, step: SymInt) -> Tensor:
    """What each element of a tensor of the shape of `like` gets from the windows it is in."""
    from taeda.ops.creation import arange, zeros
    from taeda.ops.indexing import index_add

    if like.ndim == 0:
        return upstream.sum(0)
    count = like.shape[dim]
    positions = unfold(arange(0, 1, count, "int64"), 0, size, step)
    moved = movedim(upstream, dim, -2)
    flat = reshape(moved, (*moved.shape[:-2], -1))
    empty = zeros((*(n for d, n in enumerate(like.shape) if d != dim), count), upstream.dtype)
    return movedim(index_add(empty, -1, reshape(positions, (-1,)), flat), -1, dim)


@unfold.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(7), 0, 3, 2)
    yield sample(make(5, 3), 0, 3, 1)


@view(inplace=True, role="as_strided")
def as_strided(input: Tensor, size: Sizes, stride: Sizes, storage_offset: SymInt | None = None) -> Tensor:
    """Any geometry over the storage of `input`. Raises RuntimeError outside of it."""
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    offset = input.storage_offset() if storage_offset is None else storage_offset
    return View("as_strided", [list(size), list(stride), offset], list(size))


@as_strided.gradient
def _(grad: Any, input: Any, size: Any, stride: Any, storage_offset: Any) -> Any:
    """Added up in memory laid out as the storage, and read from there as `input` lies in it."""
    offset, low, extent = _memory(input, size, stride, storage_offset)
    memory = memory_view_gradient(grad, extent, size, stride, offset - low)
    strides = tuple(input.stride(d) for d in range(input.ndim))
    return memory_view(memory, input.shape, strides, input.storage_offset() - low)


@view(public=False)
def memory_view(memory: Tensor, size: Sizes, stride: Sizes, offset: SymInt) -> Tensor:
    """as_strided of a vector that is contiguous and starts its storage."""
    return View("as_strided", [list(size), list(stride), offset], list(size))


@memory_view.gradient
def _(grad: Any, memory: Any, size: Any, stride: Any, offset: Any) -> Any:
    return memory_view_gradient(grad, memory.size(0), size, stride, offset)


@derived(public=False)
def memory_view_gradient(upstream: Tensor, extent: SymInt, size: Sizes, stride: Sizes, offset: SymInt) -> Tensor:
    """A vector of `extent` elements with `upstream` added where the geometry has it."""
    from taeda.ops.creation import arange, zeros
    from taeda.ops.indexing import index_add

    positions = memory_view(arange(0, 1, extent, "int64"), size, stride, offset)
    return index_add(zeros((extent,), upstream.dtype), 0, reshape(positions, (-1,)), reshape(upstream, (-1,)))


def _memory(like: Any, size: Any, stride: Any, storage_offset: Any) -> tuple[Any, Any, Any]:
    """Where the geometry starts, where it and that of `like` start at the earliest, and how far they reach from
    there."""
    start = like.storage_offset()
    offset = start if storage_offset is None else storage_offset
    low = minimum(start, offset)
    strides = [like.stride(d) for d in range(like.ndim)]
    return offset, low, maximum(start + _extent(like.shape, strides), offset + _extent(size, stride)) - low


def _extent(size: Any, stride: Any) -> Any:
    """How many elements a geometry spans."""
    last: Any = 1
    for n, s in zip(size, stride, strict=True):
        last = last + maximum(n - 1, 0) * s
    return last


@as_strided.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(12), (2, 3), (6, 2), 1)
    yield sample(make(4, 3), (3, 2), (1, 1))


# -- used by the core: what x[1:3, None] is on the tape ------------------------------------------------------


@kernel(public=False, role="strided_view")
def strided_view(b: Any, base: Tensor, sizes: Sizes, strides: Sizes, offset: SymInt) -> Tensor:
    """The elements that a geometry picks of a contiguous copy of `base`. No element is picked twice."""
    dense = b.alloc(base.dtype, base.shape)
    b.copy(dense, base)
    return b.view("as_strided", dense, [list(sizes), list(strides), offset], len(sizes))


@strided_view.meta
def _(base: Any, sizes: Any, strides: Any, offset: Any) -> Result:
    return Result(base.dtype, sizes)


@strided_view.batch
def _(batch: Any, base: Any, sizes: Any, strides: Any, offset: Any) -> Any:
    return strided_view(base, (batch.size, *sizes), (product(base.shape[1:]), *strides), offset)


@strided_view.gradient
def _(grad: Any, base: Any, sizes: Any, strides: Any, offset: Any) -> Any:
    return strided_view_gradient(grad, base.shape, sizes, strides, offset)


@kernel(public=False, role="strided_part", differentiable=False)
def strided_part(b: Any, base: Tensor, sizes: Sizes, strides: Sizes, offset: SymInt) -> Tensor:
    """What strided_view gives, as a view of `base` where that is contiguous: views that the core makes without a call
    are noted down as this one in compiled functions."""
    return b.view("as_strided", b.contiguous(base), [list(sizes), list(strides), offset], len(sizes))


@strided_part.meta
def _(base: Any, sizes: Any, strides: Any, offset: Any) -> Result:
    return Result(base.dtype, sizes)


@kernel(public=False)
def strided_view_gradient(
    b: Any, upstream: Tensor, base: Sizes, sizes: Sizes, strides: Sizes, offset: SymInt
) -> Tensor:
    """Zeros of shape `base` with `upstream` written to what the geometry picks."""
    out = b.full(upstream.dtype, base, 0)
    b.copy(b.view("as_strided", out, [list(sizes), list(strides), offset], len(sizes)), upstream)
    return out


@strided_view_gradient.meta
def _(upstream: Any, base: Any, sizes: Any, strides: Any, offset: Any) -> Result:
    return Result(upstream.dtype, base)


@strided_view_gradient.batch
def _(batch: Any, upstream: Any, base: Any, sizes: Any, strides: Any, offset: Any) -> Any:
    wide = (product(base), *strides)
    return strided_view_gradient(upstream, (batch.size, *base), (batch.size, *sizes), wide, offset)


@strided_view_gradient.gradient
def _(grad: Any, sizes: Any, strides: Any, offset: Any) -> Any:
    return strided_view(grad, sizes, strides, offset)


@kernel(public="view", overload="dtype", modules=(), method=True, differentiable=False, view=True)
def view_dtype(b: Any, input: Tensor, dtype: DType) -> Tensor:
    """The same memory read as elements of another dtype; the last dimension changes with the size of an element."""
    return b.view_dtype(input, dtype)


@view_dtype.meta
def _(input: Any, dtype: str) -> Result:
    row = info(input.dtype)
    if row.is_mirrored:
        word = "conjugate" if row.is_complex else "negative"
        raise RuntimeError(f"torch.Tensor.view is not supported for {word} view tensors when converting to a different "
                           "dtype.")
    sizes = list(input.shape)
    if itemsize(input.dtype) != itemsize(dtype) and sizes:
        sizes[-1] = sizes[-1] * itemsize(input.dtype) // itemsize(dtype)
    return Result(dtype, sizes)
