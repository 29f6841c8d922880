"""Results as many as a mask has true elements: nonzero, masked_select, masked_scatter."""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import broadcast_dims, wrap
from taeda.ops.creation import full
from taeda.ops.op import Result, Tensor, Tensors, derived, kernel, sample
from taeda.ops.pointwise import where


@kernel(public=False, differentiable=False, batch=False)
def nonzero(b: Any, input: Tensor) -> Tensor:
    """The coordinates of the elements of `input` that are not zero, one row each, in order: int64 (count,
    dimensions)."""
    mask = b.contiguous(input)
    marks, count = b.method("masking.mark_true", mask=mask)
    out = b.alloc("int64", [input.ndim, count])
    if input.ndim:
        b.method("masking.coordinates", mask=mask, marks=marks, count=count, out=out)
    return b.view("permute", out, [1, 0])


@nonzero.meta
def _(input: Any) -> Result:
    return Result("int64", [None, input.ndim])


@nonzero.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5, dtype="bool"))
    yield sample(make(7, dtype="int64", low=0, high=3))


@derived(public=False, differentiable=False)
def nonzero_tuple(input: Tensor) -> Tensors:
    """The coordinates as one vector per dimension, as `x[...]` takes them."""
    x = input.reshape((1,)) if input.ndim == 0 else input
    places = nonzero(x)
    return tuple(places.select(1, d) for d in range(x.ndim))


@derived(public="where", overload="nonzero", method=False, differentiable=False)
def where_true(condition: Tensor) -> Tensors:
    """where(condition): as nonzero(condition, as_tuple=True)."""
    return nonzero_tuple(condition)


@derived(differentiable=False)
def argwhere(input: Tensor) -> Tensor:
    """As nonzero."""
    return nonzero(input)


@kernel(public=False, batch=False)
def masked_read(b: Any, input: Tensor, mask: Tensor) -> Tensor:
    """The elements of `input` where the bool `mask` of the same shape is true, in order, as a vector."""
    x, m = b.contiguous(input), b.contiguous(mask)
    marks, count = b.method("masking.mark_true", mask=m)
    out = b.alloc(input.dtype, [count])
    b.method("masking.pick_true", mask=m, marks=marks, input=x, out=out)
    return out


@masked_read.meta
def _(input: Any, mask: Any) -> Result:
    return Result(input.dtype, [None])


@masked_read.gradient
def _(grad: Any, input: Any, mask: Any) -> Any:
    return masked_write(full(tuple(input.shape), 0, grad.dtype), mask, grad), None


@kernel(public=False, batch=False)
def masked_write(b: Any, input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy of `input` in which the true elements of `mask` (same shape) are replaced by the elements of `source`."""
    m, s = b.contiguous(mask), b.contiguous(source)
    marks, count = b.method("masking.mark_true", mask=m)
    b.check(count <= source.numel(), RuntimeError, "Number of elements of source < number of ones in mask", count)
    out = b.alloc(input.dtype, input.shape)
    b.copy(out, input)
    b.method("masking.put_true", mask=m, marks=marks, source=s, out=out)
    return out


@masked_write.meta
def _(input: Any, mask: Any, source: Any) -> Result:
    return Result(input.dtype, input.shape)


@masked_write.gradient
def _(grad: Any, mask: Any, source: Any) -> Any:
    return where(mask, full((), 0, grad.dtype), grad), None, masked_front(grad, mask, source)


@kernel(public=False, shape_only=("like",), batch=False)
def masked_front(b: Any, input: Tensor, mask: Tensor, like: Tensor) -> Tensor:
    """The elements that masked_read gives, in the first places of zeros of the shape of `like`."""
    x, m = b.contiguous(input), b.contiguous(mask)
    marks, _ = b.method("masking.mark_true", mask=m)
    out = b.full(input.dtype, like.shape, 0)
    b.method("masking.pick_true", mask=m, marks=marks, input=x, out=out)
    return out


@masked_front.meta
def _(input: Any, mask: Any, like: Any) -> Result:
    return Result(input.dtype, like.shape)


@masked_front.gradient
def _(grad: Any, input: Any, mask: Any) -> Any:
    return masked_write(full(tuple(input.shape), 0, grad.dtype), mask, grad.reshape((-1,))), None, None


def _check_mask(name: str, mask: Any) -> None:
    if mask.dtype != "bool":
        raise RuntimeError(f"{name}: expected BoolTensor for mask")


@derived
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements of `input` where `mask` is true, in order; the two are broadcast against each other."""
    _check_mask("masked_select", mask)
    shape = tuple(wrap(e) for e in broadcast_dims(input.dims, mask.dims))
    return masked_read(input.expand(shape), mask.expand(shape))


@masked_select.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), make(4, 5, dtype="bool"))
    yield sample(make(4, 5), make(5, dtype="bool"))


@derived(inplace=True)
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """`input` with the elements of `source`, in order, in the places where `mask` is true."""
    if mask.dtype != "bool":
        raise RuntimeError("masked_scatter_ only supports boolean masks, but got mask with dtype " + mask.dtype)
    if source.dtype != input.dtype:
        raise RuntimeError("masked_scatter: expected self and source to have same dtypes but got "
                           f"{input.dtype} and {source.dtype}")
    shape = tuple(wrap(e) for e in broadcast_dims(input.dims, mask.dims))
    return masked_write(input.expand(shape), mask.expand(shape), source)


@masked_scatter.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), make(4, 5, dtype="bool"), make(20))
