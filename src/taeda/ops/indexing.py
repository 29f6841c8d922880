"""Reading and writing at indices: `x[i, j]`, index_select, take, index_put, index_add and their relatives.

Two kernels stand behind all of them. `index_read` is advanced indexing; `index_write` writes or combines values at
the places `index_read` would read. Each is the other's gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taeda.ir import expression
from taeda.ir.dtype import info
from taeda.ir.expression import broadcast_dims, unwrap, wrap
from taeda.ir.geometry import Bound, Dimension
from taeda.ir.graph import Value
from taeda.ops.creation import full
from taeda.ops.dtypes import compute_dtype, is_float, torch_kernel_name
from taeda.ops.op import Number, Result, Tensor, TensorOrNumber, Tensors, check, derived, kernel, registry, sample
from taeda.ops.pointwise import convert, where
from taeda.ops.views import wrap_dim

INDEX_DTYPES = ("int64", "int32")


def normal_dim(dim: int, ndim: int) -> int:
    """`dim` counted from the front; a tensor without dimensions has dimension 0 and -1."""
    return wrap_dim(dim, max(ndim, 1))


def converted(x: Any, dtype: str) -> Any:
    """`x` in another dtype; `x` itself if it has it."""
    return x if x.dtype == dtype else convert(x, dtype)


def zeros_of(shape: Any, dtype: str) -> Any:
    return full(tuple(shape), 0, dtype)


def identity_of(mode: str, dtype: str) -> int | float:
    """What combining leaves a value unchanged with: 0 for 'sum', the lowest value for 'amax', and so on."""
    if mode in ("sum", "prod"):
        return int(mode == "prod")
    lowest, highest = (float("-inf"), float("inf")) if is_float(dtype) else (info(dtype).lowest, info(dtype).highest)
    return lowest if mode == "amax" else highest


def same_size(a: Any, b: Any) -> Any:
    """Whether two sizes are equal, as a condition for `check`."""
    return wrap(expression.make("eq", unwrap(a), unwrap(b)))


def value_like(value: Any, dtype: str) -> Any:
    """A tensor operand as it is, a number as a tensor without dimensions."""
    return value if isinstance(value, Value) else full((), value, dtype)


def check_index_dtype(index: Any, message: str) -> None:
    if index.dtype not in INDEX_DTYPES:
        raise IndexError(message)


# -- the two kernels ---------------------------------------------------------------------------------------------------

# kind: (do negative indices wrap, exception, message before PyTorch's words; None: "index out of range in self")
_KINDS: dict[str, tuple[bool, str, str]] = {
    "index": (True, "IndexError", ""),
    "index_select": (False, "IndexError", "index out of range in self\nindex_select(): "),
    "index_add": (False, "IndexOrRuntimeError", ""),
    "index_reduce": (False, "IndexError", ""),
    "index_copy": (False, "IndexError", "index_copy_(): "),
    "index_fill": (True, "IndexError", ""),
}


def out_of_bounds(dim: int, wrap: bool, exception: str = "IndexError", prefix: str = "") -> tuple[str, str]:
    """PyTorch's first line, then where the index stood and what would have been right."""
    valid = "-{1} <= index < {1}" if wrap else "0 <= index < {1}"
    return exception, (f"{prefix}index {{0}} is out of bounds for dimension {dim} with size {{1}}\n"
                       f"It is element {{2}} of the index tensor; valid is {valid}.")


def _bound(kind: str, dim: int, size: Any, stride: Any) -> Bound:
    if kind == "take":
        return Bound(size, stride, "IndexError", "out of range: tried to access index {0} on a tensor of {1} "
                                                 "elements.\n"
                                                 "It is element {2} of the index tensor; valid is -{1} <= index < {1}.")
    negative, exception, prefix = _KINDS[kind]
    return Bound(size, stride, *out_of_bounds(dim, negative, exception, prefix))


def _parts(ndim: int, dims: tuple[int, ...], shape: Any, index_shape: Any) -> tuple[list[int], list[int]]:
    """The dimensions of the input that are kept, before and after the index dimensions of the result.

    The index dimensions stand where the indexed ones stood if those are neighbours, else first."""
    neighbours = dims == tuple(range(dims[0], dims[0] + len(dims)))
    before = [d for d in range(ndim) if d not in dims and neighbours and d < dims[0]]
    return before, [d for d in range(ndim) if d not in dims and d not in before]


def _read_shape(shape: Any, index_shape: Any, dims: tuple[int, ...]) -> list[Any]:
    before, after = _parts(len(shape), dims, shape, index_shape)
    return [*(shape[d] for d in before), *index_shape, *(shape[d] for d in after)]


def _walk(b: Any, mode: str, regular: Any, indexed: Any, input: Any, indices: Any, dims: tuple[int, ...],
          kind: str) -> None:
    """`regular` has the shape of the result of reading; `indexed` the shape of `input`."""
    before, after = _parts(input.ndim, dims, None, None)
    none = (0,) * len(indices)
    dimensions: list[Dimension] = []
    for d in before:
        dimensions.append(Dimension(input.size(d), regular.stride(len(dimensions)), indexed.stride(d), none))
    for k in range(indices[0].ndim):
        dimensions.append(Dimension(indices[0].size(k), regular.stride(len(dimensions)), 0,
                                    tuple(i.stride(k) for i in indices), collision=mode not in ("read", "check")))
    for d in after:
        dimensions.append(Dimension(input.size(d), regular.stride(len(dimensions)), indexed.stride(d), none))
    bounds = [_bound(kind, d, input.size(d), indexed.stride(d)) for d in dims]
    negative = kind == "take" or _KINDS[kind][0]
    if mode == "check":
        b.method("indexing.check_walk", indices=indices, dimensions=dimensions, bounds=bounds, wrap=negative)
    else:
        b.method("indexing.walk", mode=mode, regular=regular, indexed=indexed, indices=indices, dimensions=dimensions,
                 bounds=bounds, wrap=negative)


@kernel(public=False)
def index_read(b: Any, input: Tensor, indices: Tensors, dims: tuple[int, ...], kind: str) -> Tensor:
    """Elements of `input` at `indices`: integer tensors of one shape, one for each of `dims` (ascending).

    The result has that shape in place of `dims` if they are neighbours, else in front of the remaining dimensions.
    An index out of range is an IndexError; memory outside `input` is never touched.
    """
    out = b.alloc(input.dtype, _read_shape(input.shape, indices[0].shape, dims))
    _walk(b, "read", out, input, input, indices, dims, kind)
    return out


@index_read.meta
def _(input: Any, indices: Any, dims: Any, kind: str) -> Result:
    return Result(input.dtype, _read_shape(input.shape, indices[0].shape, dims))


# Over a batch of examples each index tensor gets a companion that counts the examples. Indexed dimensions come first
# for that, so the result has to be put in order afterwards.


def _counted(batch: Any, indices: Any) -> tuple[Any, ...]:
    indices = tuple(batch.whole(i) for i in indices)
    shape = indices[0].shape
    count = registry.ops["arange"](0, 1, batch.size, "int64").reshape((batch.size, *(1,) * (len(shape) - 1)))
    return (count.expand(shape), *(converted(i, "int64") for i in indices))


def _indexed_first(dims: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    """The order of the dimensions of a batch of inputs in which the indexed ones follow the examples."""
    return (0, *(d + 1 for d in dims), *(d + 1 for d in range(ndim) if d not in dims))


def _indices_first(dims: tuple[int, ...], ndim: int, index_ndim: int) -> tuple[int, ...]:
    """The same of a batch of results: those of the indices follow the examples."""
    before = len(_parts(ndim, dims, None, None)[0])
    rest = ndim - len(dims)
    return (0, *(1 + before + k for k in range(index_ndim)), *(1 + k for k in range(before)),
            *(1 + index_ndim + k for k in range(before, rest)))


def _inverse(order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(order.index(d) for d in range(len(order)))


def _only_the_input(batch: Any, indices: Any, dims: tuple[int, ...]) -> bool:
    """Whether all examples share the indices, which stand for neighbours: then these are one further back."""
    return not any(map(batch.carries, indices)) and dims == tuple(range(dims[0], dims[0] + len(dims)))


def _example_ndim(batch: Any, x: Any) -> int:
    return x.ndim - batch.carries(x)


@index_read.batch
def _(batch: Any, input: Any, indices: Any, dims: Any, kind: str) -> Any:
    if _only_the_input(batch, indices, dims):
        return index_read(input, indices, tuple(d + 1 for d in dims), kind)
    ndim = _example_ndim(batch, input)
    places = _counted(batch, indices)
    rows = batch.whole(input).permute(_indexed_first(dims, ndim))
    found = index_read(rows, places, tuple(range(len(places))), kind)
    return found.permute(_inverse(_indices_first(dims, ndim, places[0].ndim - 1)))


@index_read.gradient
def _(grad: Any, input: Any, indices: Any, dims: Any, kind: str) -> Any:
    return {"input": index_write(zeros_of(input.shape, grad.dtype), indices, dims, grad, "sum", kind, True)}


@kernel(public=False)
def index_write(b: Any, input: Tensor, indices: Tensors, dims: tuple[int, ...], values: Tensor, mode: str,
                kind: str, checked: bool = False) -> Tensor:
    """A copy of `input` with `values` (of the shape that index_read gives) combined into it: mode 'write', 'sum',
    'prod', 'amax' or 'amin'. Where places repeat, values are taken in their order; 16-bit floats are summed in
    float32. `checked` says that the indices have been looked at, in forward."""
    if not checked:
        _walk(b, "check", values, input, input, indices, dims, kind)
    out = started(b, input, mode)
    _walk(b, mode, values, out, out, indices, dims, kind)
    return finished(b, out, input.dtype)


@index_write.batch
def _(batch: Any, input: Any, indices: Any, dims: Any, values: Any, mode: str, kind: str, checked: bool) -> Any:
    if _only_the_input(batch, indices, dims):
        further = tuple(d + 1 for d in dims)
        return index_write(batch.whole(input), indices, further, batch.whole(values), mode, kind, checked)
    ndim = _example_ndim(batch, input)
    places = _counted(batch, indices)
    order = _indexed_first(dims, ndim)
    rows = batch.whole(values).permute(_indices_first(dims, ndim, places[0].ndim - 1))
    found = index_write(batch.whole(input).permute(order), places, tuple(range(len(places))), rows, mode, kind, checked)
    return found.permute(_inverse(order))


@index_write.batch_sum
def _(batch: Any, input: Any, indices: Any, dims: Any, values: Any, mode: str, kind: str, checked: bool) -> Any:
    if mode != "sum" or batch.carries(input):
        return NotImplemented
    ndim = input.ndim
    places = tuple(batch.whole(i) for i in indices)
    order = tuple(d - 1 for d in _indexed_first(dims, ndim)[1:])
    rows = batch.whole(values).permute(_indices_first(dims, ndim, places[0].ndim - 1))
    start = converted(input * batch.size, input.dtype).permute(order)
    found = index_write(start, places, tuple(range(len(places))), rows, mode, kind, checked)
    return found.permute(_inverse(order))


def started(b: Any, input: Any, mode: str) -> Any:
    """What is written to: `input` or a copy of it, in the dtype that it is summed in."""
    if mode == "write" or compute_dtype(input.dtype) == input.dtype:
        return b.update(input)
    out = b.alloc(compute_dtype(input.dtype), input.shape)
    b.copy(out, input)
    return out


def finished(b: Any, out: Any, dtype: str) -> Any:
    """The result in its own dtype."""
    if out.dtype == dtype:
        return out
    result = b.alloc(dtype, out.shape)
    b.copy(result, out)
    return result


@index_write.meta
def _(input: Any, indices: Any, dims: Any, values: Any, mode: str, kind: str, checked: bool = False) -> Result:
    return Result(input.dtype, input.shape)


@index_write.gradient
def _(grad: Any, output: Any, input: Any, indices: Any, dims: Any, values: Any, mode: str, kind: str) -> Any:
    def read(x: Any) -> Any:
        return index_read(x, indices, dims, kind)

    def onto(x: Any, values: Any, how: str) -> Any:
        return index_write(x, indices, dims, values.expand(tuple(read(x).shape)), how, kind, True)

    grad_input, grad_values = combined_gradients(mode, grad, output, input, values, read, onto)
    return {"input": grad_input, "values": grad_values}


def combined_gradients(mode: str, grad: Any, output: Any, input: Any, part: Any, read: Callable[[Any], Any],
                       onto: Callable[[Any, Any, str], Any]) -> tuple[Any, Any]:
    """The gradients of `input` and of `part` that was combined into it. read(x) are the elements of x at the places,
    one for each of `part`; onto(x, values, mode) is x with values combined into it there."""
    zero, one = full((), 0, grad.dtype), full((), 1, grad.dtype)
    if mode == "write":
        return onto(grad, zero, "write"), read(grad)
    if mode == "sum":
        return grad, read(grad)
    if mode == "prod":
        # Each factor's partial derivative is the product of the others; where it is zero that is computed apart.
        input_zero, part_zero = input.eq(0), part.eq(0)
        kept = where(input_zero, one, input)
        grad_input = grad * onto(kept, part, "prod") / kept
        zeros = read(onto(zeros_of(input.shape, grad.dtype), converted(part_zero, grad.dtype), "sum"))
        single = part_zero.logical_and(zeros.eq(1))
        others = read(grad * onto(input, where(single, one, part), "prod"))
        return grad_input, where(single, others, read(grad * output) / where(part_zero, one, part))
    best_input = converted(input.eq(output), grad.dtype)
    best_part = converted(part.eq(read(output)), grad.dtype)
    share = grad / onto(best_input, best_part, "sum")
    return share * best_input, read(share) * best_part


# -- advanced indexing -------------------------------------------------------------------------------------------------


def _positions(input: Any, indices: Any, dims: tuple[int, ...]) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """Index tensors as integer tensors of one shape, one per dimension. A mask stands for the coordinates of its true
    elements and covers as many dimensions as it has."""
    found: list[Any] = []
    covered: list[int] = []
    for position, (index, first) in enumerate(zip(indices, dims, strict=True)):
        if index.dtype in ("bool", "uint8"):
            _check_mask(input, index, position, first)
            places = registry.ops["nonzero"](index)
            for d in range(index.ndim):
                found.append(places.select(1, d))
                covered.append(first + d)
        else:
            check_index_dtype(index, "tensors used as indices must be long, int, byte or bool tensors")
            found.append(index)
            covered.append(first)
    return _together(found), tuple(covered)


def _together(indices: list[Any]) -> tuple[Any, ...]:
    """The index tensors broadcast to one shape; IndexError if they cannot be."""
    if len(indices) == 1:
        return tuple(indices)
    shape = tuple(wrap(e) for e in broadcast_dims(*(i.dims for i in indices)))
    for i in indices:
        for d, size in enumerate(i.shape):
            whole = shape[len(shape) - i.ndim + d]
            check(same_size(size, whole) | same_size(size, 1), IndexError,
                  "shape mismatch: indexing tensors could not be broadcast together: sizes {0} and {1}", size, whole)
    return tuple(i if i.ndim == len(shape) and all(expression.same(a, b) for a, b in zip(i.shape, shape, strict=True))
                 else i.expand(shape) for i in indices)


@derived(public=False, mixed_devices=True)
def index(input: Tensor, indices: Tensors, dims: tuple[int, ...]) -> Tensor:
    """Advanced indexing, `input[indices]`: each index tensor (integers, or a mask) stands for dimension `dims[k]`
    on."""
    positions, covered = _positions(input, indices, dims)
    return index_read(input, positions, covered, "index")


@index.samples
def _(make: Any) -> Any:
    integers = make(3, dtype="int64", low=-4, high=4)
    yield sample(make(4, 5), (integers,), (0,))
    yield sample(make(4, 5), (integers,), (1,))
    yield sample(make(4, 5, 4), (integers, make(2, 1, dtype="int64", low=0, high=4)), (0, 2))


def _check_mask(input: Any, mask: Any, position: int, first: int) -> None:
    for d in range(mask.ndim):
        check(same_size(mask.shape[d], input.shape[first + d]), IndexError,
              f"The shape of the mask at index {position} does not match the shape of the indexed tensor: "
              f"dimension {first + d} is {{0}} in the mask and {{1}} in the tensor",
              mask.shape[d], input.shape[first + d])


def _one_value(input: Any, mask: Any, first: int, value: Any) -> Any:
    """One value where the mask is true: how many places that are is not asked."""
    _check_mask(input, mask, 0, first)
    behind = input.ndim - first - mask.ndim
    return where(mask.reshape((*mask.shape, *(1,) * behind)) if behind else mask, value, input)


@derived(public=False, inplace=True, mixed_devices=True)
def index_assign(input: Tensor, indices: Tensors, dims: tuple[int, ...], values: Tensor,
                 accumulate: bool = False) -> Tensor:
    """`input` with `values` (broadcast, converted) written or added at `indices`: what `x[i] = v` means."""
    if values.ndim == 0 and len(indices) == 1 and indices[0].dtype == "bool" and not accumulate:
        return _one_value(input, indices[0], dims[0], converted(values, input.dtype))
    positions, covered = _positions(input, indices, dims)
    shape = _read_shape(input.shape, positions[0].shape, covered)
    values = converted(values, input.dtype)
    if values.ndim > len(shape):
        for d in range(values.ndim - len(shape)):
            check(same_size(values.shape[d], 1), RuntimeError, "shape mismatch: value tensor has too many "
                                                               "dimensions: dimension "
                  f"{d} of size {{0}} for an indexing result of {len(shape)} dimensions", values.shape[d])
        values = values.reshape(tuple(values.shape[values.ndim - len(shape):]))
    for d, size in enumerate(values.shape):
        whole = shape[len(shape) - values.ndim + d]
        check(same_size(size, whole) | same_size(size, 1), RuntimeError, "shape mismatch: value tensor cannot be "
                                                                         "broadcast to indexing "
              "result: its size is {0} where the result has {1}", size, whole)
    return index_write(input, positions, covered, values.expand(tuple(shape)), "sum" if accumulate else "write",
                       "index")


@derived(inplace=True, mixed_devices=True)
def index_put(input: Tensor, indices: Tensors, values: Tensor, accumulate: bool = False) -> Tensor:
    """`input` with `values` written (or added) at `input[indices]`; one index tensor per leading dimension."""
    if values.dtype != input.dtype:
        raise RuntimeError("Index put requires the source and destination dtypes match, got "
                           f"{torch_kernel_name(input.dtype)} for the destination and "
                           f"{torch_kernel_name(values.dtype)} for "
                           "the source.")
    dims, first = [], 0
    for i in indices:
        dims.append(first)
        first += i.ndim if i.dtype in ("bool", "uint8") else 1
    if first > input.ndim:
        raise IndexError(f"too many indices for tensor of dimension {input.ndim} (got {first})")
    return index_assign(input, indices, tuple(dims), values, accumulate)


@index_put.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), (make(3, dtype="int64", low=-4, high=4),), make(3, 5), True)
    yield sample(make(4, 5), (make(3, dtype="int64", low=-4, high=4), make(3, dtype="int64", low=0, high=5)), make(3),
                 True)


# -- one dimension -----------------------------------------------------------------------------------------------------


def _single(input: Any, dim: int, index: Any, name: str) -> tuple[int, Any, Any]:
    """The dimension, the index with one dimension, and the input with at least one."""
    d = normal_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(f"{name}(): Index is supposed to be a vector, but got dim: {index.ndim}")
    return d, index.reshape((1,)) if index.ndim == 0 else index, input.reshape((1,)) if input.ndim == 0 else input


@derived
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Rows `index` (a vector of int32 or int64, not negative) of `input` along `dim`."""
    if index.dtype not in INDEX_DTYPES:
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    d, rows, x = _single(input, dim, index, "index_select")
    result = index_read(x, (rows,), (d,), "index_select")
    return result.reshape(()) if input.ndim == 0 else result


@index_select.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 0, make(3, dtype="int64", low=0, high=4))
    yield sample(make(4, 5, 2), -2, make(7, dtype="int64", low=0, high=5))


def _combined(input: Any, dim: int, index: Any, source: Any, mode: str, kind: str) -> Any:
    if index.dtype not in INDEX_DTYPES:
        raise (RuntimeError if kind == "index_add" else IndexError)(f"{kind}_(): Expected dtype int32/int64 for index")
    if source.dtype != input.dtype:
        names = torch_kernel_name(input.dtype), torch_kernel_name(source.dtype)
        raise RuntimeError(f"{kind}_(): self and source expected to have the same dtype, but got (self) {names[0]} and "
                           f"(source) {names[1]}")
    d, rows, x = _single(input, dim, index, kind)
    source = source.reshape((1,)) if source.ndim == 0 and x.ndim == 1 else source
    if source.ndim != x.ndim and kind == "index_add":
        raise RuntimeError("source tensor shape must match self tensor shape, excluding the specified dimension. Got "
                           f"self with {x.ndim} dimensions and source with {source.ndim}")
    if source.ndim != x.ndim:
        raise IndexError(f"{kind}_(): When source and destination are not scalars, their dimensionality must match. "
                         f"Source "
                         f"dimensionality ({source.ndim}), destination dimensionality ({input.ndim})")
    for k in range(x.ndim):
        wanted = rows.shape[0] if k == d else x.shape[k]
        check(same_size(source.shape[k], wanted), IndexError,
              f"{kind}_(): source has size {{0}} in dimension {k}, expected {{1}}", source.shape[k], wanted)
    result = index_write(x, (rows,), (d,), source, mode, kind)
    return result.reshape(()) if input.ndim == 0 else result


@derived(inplace=True)
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
    """`input` with row k of `alpha * source` added to row `index[k]` along `dim`, in the order of k."""
    return _combined(input, dim, index, source if isinstance(alpha, int) and alpha == 1 else converted(source * alpha,
                                                                                                       source.dtype),
                     "sum", "index_add")


@index_add.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 0, make(6, dtype="int64", low=0, high=4), make(6, 5), alpha=2)
    yield sample(make(4, 5), 1, make(3, dtype="int64", low=0, high=5), make(4, 3))


@derived(inplace=True, autocast="promote")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """`input` with row k of `source` written to row `index[k]` along `dim`; of repeated rows the last stays."""
    return _combined(input, dim, index, source, "write", "index_copy")


@index_copy.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 1, make(1, dtype="int64", low=0, high=5), make(4, 1))


@derived(inplace=True)
def index_fill(input: Tensor, dim: int, index: Tensor, value: TensorOrNumber) -> Tensor:
    """`input` with rows `index` along `dim` set to `value`, a number or a tensor without dimensions."""
    check_index_dtype(index, "index_fill_(): Expected dtype int64 for index.")
    d, rows, x = _single(input, dim, index, "index_fill")
    number = not isinstance(value, Value)
    value = value_like(value, input.dtype)
    if value.ndim != 0:
        raise RuntimeError("index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                           f"{value.ndim} dimension(s).")
    shape = tuple(rows.shape[0] if k == d else n for k, n in enumerate(x.shape))
    value = converted(value, input.dtype)
    if number:
        result = index_write(x, (rows,), (d,), value.expand(shape), "write", "index_fill")
    else:
        # By a mask, so that the gradient of `value` has each filled place once, however often it is named.
        filled = index_write(zeros_of(x.shape, "bool"), (rows,), (d,), full((), 1, "bool").expand(shape), "write",
                             "index_fill")
        result = where(filled, value, x)
    return result.reshape(()) if input.ndim == 0 else result


@index_fill.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 1, make(3, dtype="int64", low=0, high=5), 2.5)


@derived(inplace=True)
def index_reduce(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *,
                 include_self: bool = True) -> Tensor:
    """`input` with rows of `source` combined into rows `index`: reduce 'prod', 'mean', 'amax' or 'amin'."""
    modes = {"prod": "prod", "mean": "sum", "amax": "amax", "amin": "amin"}
    if reduce not in modes:
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    x = input
    if not include_self:
        x = index_fill(x, dim, index, identity_of(modes[reduce], input.dtype))
    result = _combined(x, dim, index, source, modes[reduce], "index_reduce")
    if reduce == "mean":
        ones = full(tuple(input.shape), 1, input.dtype)
        counts = ones if include_self else index_fill(ones, dim, index, 0)
        counts = _combined(counts, dim, index, full(tuple(source.shape), 1, input.dtype), "sum", "index_reduce")
        result = result / counts if is_float(input.dtype) else result.floor_divide(counts)
    return result


# -- the whole tensor as one row ---------------------------------------------------------------------------------------


@derived
def take(input: Tensor, index: Tensor) -> Tensor:
    """Elements of `input`, seen as one row, at `index` (any shape; negative ones count from the end)."""
    check_index_dtype(index, "take(): Expected a long tensor for index, but got " + torch_kernel_name(index.dtype))
    return index_read(input.reshape((-1,)), (index,), (0,), "take")


@take.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), make(2, 3, dtype="int64", low=-20, high=20))


@derived(inplace=True)
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """`input`, seen as one row, with the elements of `source` written or added at `index`."""
    check_index_dtype(index, "put_(): Expected a long tensor for index, but got " + torch_kernel_name(index.dtype))
    if source.dtype != input.dtype:
        raise RuntimeError("put_(): self and source expected to have the same dtype, but got self.dtype = "
                           f"{torch_kernel_name(input.dtype)} and source.dtype = {torch_kernel_name(source.dtype)}")
    check(same_size(index.numel(), source.numel()), RuntimeError,
          "put_(): Expected source and index to have the same number of elements, but got source.numel() = {1}, "
          "index.numel() = {0}", index.numel(), source.numel())
    result = index_write(input.reshape((-1,)), (index.reshape((-1,)),), (0,), source.reshape((-1,)),
                         "sum" if accumulate else "write", "take")
    return result.reshape(tuple(input.shape))


@put.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), make(2, 3, dtype="int64", low=-20, high=20), make(2, 3), True)

