"""Elements moved round: roll, rot90; and one dimension seen as several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum, product
from taeda.ops.arranging import flip
from taeda.ops.complex_parts import conj
from taeda.ops.op import Dims, Result, Sample, Sizes, Tensor, check, derived, kernel, sample
from taeda.ops.views import as_tuple, reshape, transpose, view_, wrap_dim


@kernel(public=False)
def rolled(b: Any, input: Tensor, shift: Sizes, dim: int) -> Tensor:
    """Elements shifted along one dimension; what falls off one end comes back at the other."""
    size = input.shape[dim]
    behind = shift[0] % maximum(size, 1)
    out = b.alloc(input.dtype, input.shape)
    b.copy(b.view("slice", out, (dim, behind, size, 1)), b.view("slice", input, (dim, 0, size - behind, 1)))
    b.copy(b.view("slice", out, (dim, 0, behind, 1)), b.view("slice", input, (dim, size - behind, size, 1)))
    return out


@rolled.meta
def _(input: Any, shift: Any, dim: Any) -> Result:
    return Result(input.dtype, input.shape)


@rolled.gradient
def _(grad: Any, shift: Any, dim: Any) -> Any:
    return rolled(grad, (-shift[0],), dim)


@derived(spread="")
def roll(input: Tensor, shifts: Sizes, dims: Dims | None = None) -> Tensor:
    """Elements shifted along `dims`, or in the flattened tensor; what falls off one end comes back at the other."""
    along = () if dims is None else as_tuple(dims)
    if not shifts:
        raise RuntimeError("`shifts` required")
    if not along and len(shifts) == 1:
        return reshape(rolled(reshape(input, (-1,)), shifts, 0), input.shape)
    if len(shifts) != len(along):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(along)}")
    for shift, d in zip(shifts, along, strict=True):
        if not input.ndim:
            raise IndexError("Dimension specified as 0 but tensor has no dimensions")
        input = rolled(input, (shift,), wrap_dim(d, input.ndim))
    return input


@roll.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), 2)
    yield sample(make(4, 3), (1, -2), (0, 1))
    yield sample(make(4, 3), 7, -1)
    yield sample(make(0, 3), 1, 0)


@derived
def rot90(input: Tensor, k: int = 1, dims: Dims = (0, 1)) -> Tensor:
    """Rotated by k quarter turns in the plane of two dimensions, from the first towards the second."""
    plane = as_tuple(dims)
    if len(plane) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(plane)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    if plane[0] == plane[1] or abs(plane[0] - plane[1]) == input.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {plane[0]} and dim1 = {plane[1]}")
    for n, d in enumerate(plane):
        if not -input.ndim <= d < input.ndim:
            raise RuntimeError(f"Rotation dim{n} out of range, dim{n} = {d}")
    first, second = (d % input.ndim for d in plane)
    if k % 4 == 2:
        return flip(input, (first, second))
    if k % 4 == 0:
        return input.clone()
    return transpose(flip(input, (second if k % 4 == 1 else first,)), first, second)


@rot90.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3))
    yield sample(make(2, 3), 2)
    yield sample(make(2, 3, 4), -1, (1, 2))
    yield sample(make(2, 3), 4)


@derived(view=True)
def unflatten(input: Tensor, dim: int, sizes: Sizes) -> Tensor:
    """Dimension `dim` as several of the given sizes, of which one may be -1: a view."""
    dim = wrap_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    size, made = input.shape[dim], product(sizes)
    fits = (made == size) | ((made < 0) & (size % maximum(-made, 1) == 0))
    places = ", ".join(f"{{{k}}}" for k in range(min(len(sizes), 9)))
    check(fits, RuntimeError,
          f"unflatten: Provided sizes [{places}] don't multiply up to the size of dim {dim} ({{{min(len(sizes), 9)}}}) "
          "in the input tensor", *sizes[:9], size)
    return view_(input, (*input.shape[:dim], *sizes, *input.shape[dim + 1:]))


@unflatten.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 6), 1, (2, 3))
    yield sample(make(2, 6), -1, (-1, 2))


@derived(public=False, view=True)
def reversed_dims(input: Tensor) -> Tensor:
    """All dimensions in reverse order: x.T."""
    return input.permute(tuple(reversed(range(input.ndim))))


@derived(public=False, view=True)
def matrix_transpose(input: Tensor) -> Tensor:
    """The last two dimensions exchanged: x.mT."""
    if input.ndim < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor."
        )
    return transpose(input, -1, -2)


@derived(public=False, view=True)
def reversed_adjoint(input: Tensor) -> Tensor:
    """A matrix's dimensions in reverse order, and the conjugates: x.H."""
    if input.ndim not in (0, 2):
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor."
                           + (" For batches of matrices, consider using tensor.mH" if input.ndim > 2 else ""))
    return conj(reversed_dims(input))


@derived(public=False, view=True)
def matrix_adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged, and the conjugates: x.mH."""
    if input.ndim < 2:
        raise RuntimeError(
            f"tensor.mH is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor."
        )
    return conj(matrix_transpose(input))
