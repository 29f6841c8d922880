"""Elements in another arrangement: flip, triangles, repetition."""

from __future__ import annotations

from typing import Any

from taeda.ir.geometry import Bound, Dimension
from taeda.ops.creation import arange, full
from taeda.ops.indexing import converted, index_read, normal_dim, same_size
from taeda.ops.op import Dims, Result, SymInt, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import where


@kernel(public=False)
def reversed_along(b: Any, input: Tensor, dims: tuple[int, ...]) -> Tensor:
    """`input` with the order of the elements along `dims` turned round: read with negative strides from the last
    one."""
    out = b.alloc(input.dtype, input.shape)
    lasts = [b.full("int64", [1], input.size(d) - 1) for d in dims]
    none = (0,) * len(dims)
    walked = [Dimension(input.size(d), out.stride(d), input.stride(d) * (-1 if d in dims else 1), none)
              for d in range(input.ndim)]
    bounds = [Bound(input.size(d), input.stride(d), "IndexError", "flip: {0} is not below {1}") for d in dims]
    b.method("indexing.walk", mode="read", regular=out, indexed=input, indices=lasts, dimensions=walked, bounds=bounds,
             wrap=False)
    return out


@reversed_along.meta
def _(input: Any, dims: Any) -> Result:
    return Result(input.dtype, input.shape)


@reversed_along.gradient
def _(grad: Any, dims: Any) -> Any:
    return reversed_along(grad, dims)


@derived
def flip(input: Tensor, dims: Dims) -> Tensor:
    """A copy of `input` with the order along `dims` turned round."""
    given = (dims,) if isinstance(dims, int) else tuple(dims)
    wrapped = [normal_dim(d, input.ndim) for d in given]
    for d in wrapped:
        if wrapped.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    if not wrapped or input.ndim == 0:
        return input.clone()
    return reversed_along(input, tuple(sorted(wrapped)))


@flip.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 0)
    yield sample(make(4, 5, 3), (0, 2))


@derived
def fliplr(input: Tensor) -> Tensor:
    """`input` with its second dimension turned round."""
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, (1,))


@derived
def flipud(input: Tensor) -> Tensor:
    """`input` with its first dimension turned round."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, (0,))


# -- triangles ---------------------------------------------------------------------------------------------------------


def _difference(rows: Any, columns: Any) -> Any:
    """column - row for each place of a matrix."""
    return arange(0, 1, columns, "int64") - arange(0, 1, rows, "int64").unsqueeze(1)


def _triangle(name: str, input: Any, diagonal: Any, upper: bool) -> Any:
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    difference = _difference(input.shape[-2], input.shape[-1])
    return where(difference >= diagonal if upper else difference <= diagonal, input, full((), 0, input.dtype))


@derived(inplace=True, out=True)
def tril(input: Tensor, diagonal: SymInt = 0) -> Tensor:
    """The lower triangle of the last two dimensions, up to `diagonal`; zeros elsewhere."""
    return _triangle("tril", input, diagonal, False)


@derived(inplace=True, out=True)
def triu(input: Tensor, diagonal: SymInt = 0) -> Tensor:
    """The upper triangle of the last two dimensions, from `diagonal` on; zeros elsewhere."""
    return _triangle("triu", input, diagonal, True)


for _op in (tril, triu):
    @_op.samples
    def _(make: Any) -> Any:
        yield sample(make(4, 5))
        yield sample(make(2, 5, 4), -1)


@derived(public=False, differentiable=False)
def triangle_places(rows: SymInt, columns: SymInt, offset: SymInt, upper: bool) -> Tensor:
    """The coordinates of a triangle, int64 (2, count): what tril_indices and triu_indices give."""
    from taeda.ops.masking import nonzero

    difference = _difference(rows, columns)
    return nonzero(difference >= offset if upper else difference <= offset).permute((1, 0))


# -- repetition --------------------------------------------------------------------------------------------------------


@kernel(public=False, differentiable=False, batch=False)
def repeated_numbers(b: Any, repeats: Tensor) -> Tensor:
    """Each i, repeats[i] times, in order: int64."""
    counts, total = b.contiguous(repeats), b.alloc("int64", [1])
    b.method("searching.total", counts=counts, total=total, fault=("RuntimeError", "repeats can not be negative"))
    out = b.alloc("int64", [total.item()])
    b.method("searching.repeat_numbers", counts=counts, out=out)
    return out


@repeated_numbers.meta
def _(repeats: Any) -> Result:
    return Result("int64", [None])


@derived
def repeat_interleave(input: Tensor, repeats: Tensor, dim: int | None = None, *,
                      output_size: SymInt | None = None) -> Tensor:
    """Each element (of the flattened `input`, or along `dim`) as often as `repeats` says, one number for each."""
    if repeats.dtype not in ("int64", "int32"):
        raise RuntimeError("repeats has to be Long or Int tensor")
    if repeats.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    x = input.reshape((-1,)) if dim is None or input.ndim == 0 else input
    d = 0 if dim is None else normal_dim(dim, x.ndim)
    if repeats.ndim == 1:
        check(same_size(repeats.shape[0], x.shape[d]) | same_size(repeats.shape[0], 1), RuntimeError,
              "repeats must have the same size as input along dim, but got repeats.size(0) = {0} and input.size("
              + str(d) + ") = {1}", repeats.shape[0], x.shape[d])
    counts = converted(repeats, "int64").expand((x.shape[d],))
    return index_read(x, (repeated_numbers(counts),), (d,), "index_select")


@derived(public="repeat_interleave", overload="number")
def repeat_interleave_number(input: Tensor, repeats: SymInt, dim: int | None = None, *,
                             output_size: SymInt | None = None) -> Tensor:
    """Each element (of the flattened `input`, or along `dim`) `repeats` times."""
    check(repeats >= 0, RuntimeError, "Repeats must be non-negative")
    x = input.reshape((-1,)) if dim is None or input.ndim == 0 else input
    d = 0 if dim is None else normal_dim(dim, x.ndim)
    shape = list(x.shape)
    spread = x.unsqueeze(d + 1).expand((*shape[:d + 1], repeats, *shape[d + 1:]))
    return spread.reshape((*shape[:d], shape[d] * repeats, *shape[d + 1:]))


@derived(public="repeat_interleave", overload="counts", method=False, differentiable=False)
def repeat_interleave_counts(repeats: Tensor, *, output_size: SymInt | None = None) -> Tensor:
    """The numbers 0, 1, ... as often as `repeats` says."""
    return repeated_numbers(converted(repeats, "int64"))


@repeat_interleave.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), make(4, dtype="int64", low=0, high=4), 0)


@repeat_interleave_number.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), 3, 1)
    yield sample(make(4, 5), 2)
