"""gather and scatter: elements picked or written along one dimension by an index tensor of the same number of
dimensions.

`gather_along` and `scatter_along` are the kernels, and each other's gradients; the rest is derived from them.
"""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import broadcast_dims, same, wrap
from taeda.ir.geometry import Bound, Dimension
from taeda.ops.creation import full
from taeda.ops.dtypes import is_float
from taeda.ops.indexing import (
    combined_gradients,
    converted,
    finished,
    identity_of,
    index_read,
    normal_dim,
    out_of_bounds,
    same_size,
    started,
    value_like,
    zeros_of,
)
from taeda.ops.op import Result, Tensor, TensorOrNumber, check, derived, kernel, sample
from taeda.ops.pointwise import where


def _walk(b: Any, mode: str, regular: Any, indexed: Any, dim: int, index: Any, wrap_negative: bool) -> None:
    """Over the elements of `index`. All have as many dimensions as `index`, or one or none."""
    dimensions = []
    for d in range(index.ndim):
        along = d == dim
        dimensions.append(Dimension(index.size(d), _stride(regular, d), 0 if along else _stride(indexed, d),
                                    (index.stride(d),), collision=along and mode not in ("read", "check")))
    size = indexed.size(dim) if indexed.ndim else 1
    bound = Bound(size, _stride(indexed, dim), *out_of_bounds(dim, wrap_negative, "IndexOrRuntimeError"))
    if mode == "check":
        b.method("indexing.check_walk", indices=[index], dimensions=dimensions, bounds=[bound], wrap=wrap_negative)
    else:
        b.method("indexing.walk", mode=mode, regular=regular, indexed=indexed, indices=[index], dimensions=dimensions,
                 bounds=[bound], wrap=wrap_negative)


def _stride(register: Any, dim: int) -> Any:
    return register.stride(dim) if register.ndim else 0


def _check_shapes(b: Any, input: Any, dim: int, index: Any, source: Any = None) -> None:
    for d in range(index.ndim):
        if d != dim and input.ndim:
            b.check(index.size(d) <= input.size(d), RuntimeError,
                    f"Size does not match at dimension {d} expected index to be no larger than self apart from "
                    f"dimension "
                    f"{dim}: index has size {{0}}, self {{1}}", index.size(d), input.size(d))
        if source is not None and source.ndim:
            b.check(index.size(d) <= source.size(d), RuntimeError,
                    f"Expected index to be no larger than src in dimension {d}: index has size {{0}}, src {{1}}",
                    index.size(d), source.size(d))


@kernel(public=False)
def gather_along(b: Any, input: Tensor, dim: int, index: Tensor, negative: bool) -> Tensor:
    """result[i, j, k] = input[index[i, j, k], j, k] for dim 0; `negative`: negative indices count from the end."""
    _check_shapes(b, input, dim, index)
    out = b.alloc(input.dtype, index.shape)
    _walk(b, "read", out, input, dim, index, negative)
    return out


@gather_along.meta
def _(input: Any, dim: int, index: Any, negative: bool) -> Result:
    return Result(input.dtype, index.shape)


@gather_along.gradient
def _(grad: Any, input: Any, dim: int, index: Any, negative: bool) -> Any:
    return {"input": scatter_along(zeros_of(input.shape, grad.dtype), dim, index, grad, "sum", negative, True)}


@kernel(public=False)
def scatter_along(b: Any, input: Tensor, dim: int, index: Tensor, src: Tensor, mode: str, negative: bool,
                  checked: bool = False) -> Tensor:
    """A copy of `input` with result[index[i, j, k], j, k] combined with src[i, j, k]; mode and `checked` as in
    `index_write`. `src` may be larger than `index`, or have no dimensions. Repeated places are combined in order."""
    _check_shapes(b, input, dim, index, src)
    if not checked:
        _walk(b, "check", src, input, dim, index, negative)
    out = started(b, input, mode)
    _walk(b, mode, src, out, dim, index, negative)
    return finished(b, out, input.dtype)


@scatter_along.meta
def _(input: Any, dim: int, index: Any, src: Any, mode: str, negative: bool, checked: bool = False) -> Result:
    return Result(input.dtype, input.shape)


@scatter_along.gradient
def _(grad: Any, output: Any, input: Any, dim: int, index: Any, src: Any, mode: str, negative: bool) -> Any:
    def read(x: Any) -> Any:
        return gather_along(x, dim, index, negative)

    def onto(x: Any, values: Any, how: str) -> Any:
        return scatter_along(x, dim, index, values, how, negative, True)

    part = src if mode in ("write", "sum") else _part(src, index)
    grad_input, grad_src = combined_gradients(mode, grad, output, input, part, read, onto)
    if src.ndim == 0:
        return {"input": grad_input, "src": grad_src.sum() if index.ndim else grad_src}
    return {"input": grad_input, "src": _padded(grad_src, src)}


def _part(src: Any, index: Any) -> Any:
    """The part of `src` that `index` covers."""
    if src.ndim == 0:
        return src.expand(tuple(index.shape))
    for d in range(index.ndim):
        src = src.narrow(d, 0, index.shape[d])
    return src


@kernel(public=False, shape_only=("like",))
def padded(b: Any, input: Tensor, like: Tensor) -> Tensor:
    """`input` in the first corner of zeros of the shape of `like`."""
    out = b.full(input.dtype, like.shape, 0)
    corner = out
    for d in range(input.ndim):
        corner = b.view("slice", corner, [d, 0, input.size(d), 1])
    b.copy(corner, input)
    return out


@padded.meta
def _(input: Any, like: Any) -> Result:
    return Result(input.dtype, like.shape)


@padded.gradient
def _(grad: Any, input: Any) -> Any:
    return _part(grad, input), None


def _padded(grad: Any, like: Any) -> Any:
    return grad if all(map(same, grad.shape, like.shape)) else padded(grad, like)


# -- public ------------------------------------------------------------------------------------------------------------


def _index(name: str, input: Any, dim: int, index: Any) -> tuple[int, Any]:
    """The dimension from the front and `index` with as many dimensions as `input`."""
    if index.dtype not in ("int64", "int32"):
        # PyTorch lets an empty index be of any dtype.
        check(same_size(index.numel(), 0), RuntimeError, f"{name}(): Expected dtype int32/int64 for index")
        index = converted(index, "int64")
    if max(index.ndim, 1) != max(input.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    return normal_dim(dim, input.ndim), index


@derived
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Elements of `input` along `dim`: result[i, j] = input[index[i, j], j] for dim 0. `index` (int64, not negative)
    has as many dimensions as `input` and is no larger, but along `dim`. `sparse_grad` is accepted; gradients are
    dense."""
    if index.ndim != input.ndim and index.ndim and input.ndim:
        check(same_size(index.numel(), 0), RuntimeError,
              "Index tensor must have the same number of dimensions as input tensor")
        return index_read(input.reshape((-1,)), (converted(index, "int64"),), (0,), "take")
    d, index = _index("gather", input, dim, index)
    return gather_along(input, d, index, False)


@gather.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 0, make(3, 2, dtype="int64", low=0, high=4))
    yield sample(make(4, 5), 1, make(4, 7, dtype="int64", low=0, high=5))


@derived
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As gather, but `input` and `indices` are broadcast against each other, and negative indices count from the
    end."""
    if dim is None:
        return gather_along(input.reshape((-1,)), 0, indices.reshape((-1,)), True)
    if input.ndim != indices.ndim:
        raise RuntimeError("torch.take_along_dim(): input and indices should have the same number of dimensions, but "
                           "got "
                           f"{input.ndim} dimensions for input, and {indices.ndim} dimensions for indices")
    if indices.dtype not in ("int64", "int32"):
        raise RuntimeError("torch.take_along_dim(): dtype of indices should be Long but got " + indices.dtype)
    d = normal_dim(dim, input.ndim)
    common = [wrap(e) for e in broadcast_dims(_without(input.dims, d), _without(indices.dims, d))]
    x = input.expand(tuple(input.shape[k] if k == d else n for k, n in enumerate(common)))
    at = indices.expand(tuple(indices.shape[k] if k == d else n for k, n in enumerate(common)))
    return gather_along(x, d, at, True)


def _without(dims: Any, d: int) -> tuple[Any, ...]:
    return tuple(1 if k == d else e for k, e in enumerate(dims))


def _scatter(name: str, input: Any, dim: int, index: Any, src: Any, mode: str) -> Any:
    d, index = _index(name, input, dim, index)
    src = value_like(src, input.dtype)
    if src.dtype != input.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    if src.ndim != index.ndim and src.ndim != 0:
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    return scatter_along(input, d, index, src, mode, False)


_REDUCE = {"add": "sum", "multiply": "prod", None: "write"}


@derived(inplace=True)
def scatter(input: Tensor, dim: int, index: Tensor, src: TensorOrNumber, *, reduce: str | None = None) -> Tensor:
    """`input` with result[index[i, j], j] = src[i, j] for dim 0; of repeated places the last stays. `reduce` 'add' or
    'multiply' combines instead."""
    if reduce not in _REDUCE:
        raise RuntimeError("reduce argument must be either add or multiply.")
    return _scatter("scatter", input, dim, index, src, _REDUCE[reduce])


@scatter.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 1, make(4, 1, dtype="int64", low=0, high=5), make(4, 2))
    yield sample(make(4, 5), 0, make(3, 2, dtype="int64", low=0, high=4), 1.5)


@derived(public="scatter", overload="value", inplace=True)
def scatter_value(input: Tensor, dim: int, index: Tensor, value: TensorOrNumber, *,
                  reduce: str | None = None) -> Tensor:
    """`scatter` with the number named `value`."""
    if reduce not in _REDUCE:
        raise RuntimeError("reduce argument must be either add or multiply.")
    return _scatter("scatter", input, dim, index, value, _REDUCE[reduce])


@derived(inplace=True)
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """`input` with src[i, j] added to result[index[i, j], j] for dim 0, in the order of i."""
    return _scatter("scatter", input, dim, index, src, "sum")


@scatter_add.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 0, make(6, 5, dtype="int64", low=0, high=4), make(6, 5))
    yield sample(make(4, 5), 1, make(3, 9, dtype="int64", low=0, high=5), make(4, 9))


@derived(inplace=True)
def scatter_reduce(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *,
                   include_self: bool = True) -> Tensor:
    """`input` with src combined into the places that `index` names: reduce 'sum', 'prod', 'mean', 'amax' or 'amin'.

    Without `include_self` the values of `input` at these places do not take part."""
    modes = {"sum": "sum", "prod": "prod", "mean": "sum", "amax": "amax", "amin": "amin"}
    if reduce not in modes:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")
    mode, x = modes[reduce], input
    if not include_self:
        x = _scatter("scatter", x, dim, index, full((), identity_of(mode, input.dtype), input.dtype), "write")
    result = _scatter("scatter", x, dim, index, src, mode)
    if reduce != "mean":
        return result
    counts = full(tuple(input.shape), 1, input.dtype)
    if not include_self:
        counts = _scatter("scatter", counts, dim, index, full((), 0, input.dtype), "write")
    counts = _scatter("scatter", counts, dim, index, full((), 1, input.dtype), "sum")
    if is_float(input.dtype):
        return result / where(counts.eq(0), full((), 1, input.dtype), counts)
    return result.floor_divide(where(counts.eq(0), full((), 1, input.dtype), counts))


@scatter_reduce.samples
def _(make: Any) -> Any:
    for reduce in ("sum", "prod", "mean", "amax", "amin"):
        yield sample(make(4, 5), 0, make(6, 5, dtype="int64", low=0, high=4), make(6, 5), reduce)
        yield sample(make(4, 5), 1, make(4, 3, dtype="int64", low=0, high=5), make(4, 3), reduce, include_self=False)
