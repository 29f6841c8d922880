"""Splitting, stacking, repeating: functions around views and cat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import taeda
from taeda import _core


def _wrap(dim: int, ndim: int) -> int:
    low, high = (-ndim, ndim - 1) if ndim else (-1, 0)
    if not low <= dim <= high:
        raise IndexError(f"Dimension out of range (expected to be in range of [{low}, {high}], but got {dim})")
    return dim % ndim if ndim else 0


def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Pieces of the given size (the last may be smaller), or of the given sizes, along `dim`: views."""
    dim = _wrap(dim, tensor.dim())
    size = tensor.shape[dim]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step < 0 or (step == 0 and size != 0):
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={step}"
                if step < 0
                else f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}"
            )
        sizes = [step] * (size // step) + ([size % step] if size % step else []) if step and size else [size]
    else:
        sizes = [int(n) for n in split_size_or_sections]
        if sum(sizes) != size or any(n < 0 for n in sizes):
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's size at "
                f"dimension {dim}), "
                f"but got split_sizes={sizes}"
            )
    parts, start = [], 0
    for n in sizes:
        parts.append(tensor.narrow(dim, start, n))
        start += n
    return _core.note_multi_output_views(tuple(parts))


def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Any, ...]:
    """Pieces of the given sizes along `dim`."""
    return split(input, list(split_sizes), dim)


def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """At most `chunks` pieces of equal size (the last may be smaller)."""
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = input.shape[_wrap(dim, input.dim())]
    if size == 0:
        return split(input, [0] * chunks, dim)
    return split(input, math.ceil(size / chunks), dim)


def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Pieces between the given indices, or the given number of nearly equal pieces."""
    dim = _wrap(dim, input.dim())
    if input.dim() == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    size = input.shape[dim]
    if isinstance(indices_or_sections, taeda.Tensor):
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        n = indices_or_sections
        if n <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {n}")
        bounds = [size // n * k + min(k, size % n) for k in range(n + 1)]
    else:
        bounds = [0, *(min(max(i + size if i < 0 else i, 0), size) for i in indices_or_sections), size]
    return _core.note_multi_output_views(
        tuple(input.narrow(dim, a, max(b - a, 0)) for a, b in zip(bounds, bounds[1:], strict=False))
    )


def _split_along(name: str, dim: int, input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    if input.dim() < dim + 1:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {dim + 1} dimension, but got a tensor with {input.dim()} "
            "dimensions!"
        )
    n = indices_or_sections
    if isinstance(n, int) and (n <= 0 or input.shape[dim] % n):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
            f"{input.shape[dim]} is not "
            f"divisible by the split_size {n}!"
        )
    return tensor_split(input, n, dim)


def hsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """tensor_split along dimension 1 (0 for vectors)."""
    return _split_along("hsplit", 0 if input.dim() == 1 else 1, input, indices_or_sections)


def vsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """tensor_split along dimension 0."""
    if input.dim() < 2:
        raise RuntimeError(
            f"torch.vsplit requires a tensor with at least 2 dimension, but got a tensor with {input.dim()} dimensions!"
        )
    return _split_along("vsplit", 0, input, indices_or_sections)


def dsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """tensor_split along dimension 2."""
    return _split_along("dsplit", 2, input, indices_or_sections)


def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """The slices along `dim`, which is gone from them."""
    dim = _wrap(dim, input.dim())
    if input.dim() == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return _core.note_multi_output_views(tuple(input.select(dim, k) for k in range(input.shape[dim])))


def atleast_1d(*tensors: Any) -> Any:
    """Each tensor, with one dimension if it had none."""
    return _each(lambda t: t.reshape(1) if t.dim() == 0 else t, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with at least two dimensions; new ones come first."""
    return _each(lambda t: t.reshape(1, 1) if t.dim() == 0 else t.unsqueeze(0) if t.dim() == 1 else t, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with at least three dimensions."""

    def one(t: Any) -> Any:
        if t.dim() == 0:
            return t.reshape(1, 1, 1)
        return t.unsqueeze(0).unsqueeze(-1) if t.dim() == 1 else t.unsqueeze(-1) if t.dim() == 2 else t

    return _each(one, tensors)


def _each(f: Any, tensors: tuple[Any, ...]) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        return tuple(f(t) for t in tensors[0])
    return f(tensors[0]) if len(tensors) == 1 else tuple(f(t) for t in tensors)


def hstack(tensors: Sequence[Any], *, out: Any = None) -> Any:
    """Concatenation along dimension 1 (0 for vectors)."""
    parts = atleast_1d(tuple(tensors))
    return taeda.cat(parts, 0 if parts[0].dim() == 1 else 1, out=out)


def vstack(tensors: Sequence[Any], *, out: Any = None) -> Any:
    """Concatenation along dimension 0 of at least two-dimensional tensors."""
    return taeda.cat(atleast_2d(tuple(tensors)), 0, out=out)


row_stack = vstack


def dstack(tensors: Sequence[Any], *, out: Any = None) -> Any:
    """Concatenation along dimension 2 of at least three-dimensional tensors."""
    return taeda.cat(atleast_3d(tuple(tensors)), 2, out=out)


def column_stack(tensors: Sequence[Any], *, out: Any = None) -> Any:
    """hstack in which vectors are columns."""
    return hstack([t.reshape(t.numel(), 1) if t.dim() <= 1 else t for t in tensors], out=out)


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that tensors of the given shapes broadcast to."""
    shapes = tuple((s,) if isinstance(s, int) else tuple(s) for s in shapes)
    ndim = max((len(s) for s in shapes), default=0)
    result = [1] * ndim
    for s in shapes:
        for k, n in enumerate(s, ndim - len(s)):
            if n != 1 and result[k] not in (1, n):
                raise RuntimeError("Shape mismatch: objects cannot be broadcast to a single shape")
            result[k] = n if n != 1 else result[k]
    return taeda.Size(result)


def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """The tensors expanded to their common shape."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    shape: tuple[int, ...] = ()
    for t in tensors:
        try:
            shape = tuple(broadcast_shapes(shape, t.shape))
        except RuntimeError:
            for k in range(1, min(len(shape), t.dim()) + 1):
                a, b = shape[-k], t.shape[-k]
                if a != b and 1 not in (a, b):
                    raise RuntimeError(
                        f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension "
                        f"{max(len(shape), t.dim()) - k}"
                    ) from None
            raise
    return tuple(t.expand(shape) for t in tensors)


def broadcast_to(input: Any, size: Sequence[int]) -> Any:
    """`input` expanded to `size`."""
    return input.expand(tuple(size))


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """Grids of coordinates from vectors."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for t in tensors:
        if t.dim() > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {t.dim()}D")
        if t.dtype != tensors[0].dtype:
            raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")
    swap = indexing == "xy" and len(tensors) >= 2
    order = [1, 0, *range(2, len(tensors))] if swap else list(range(len(tensors)))
    given = [tensors[k] for k in order]
    shape = tuple(t.numel() for t in given)
    grids = [t.reshape([-1 if d == k else 1 for d in range(len(given))]).expand(shape) for k, t in enumerate(given)]
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


def cartesian_prod(*tensors: Any) -> Any:
    """All combinations of the elements of vectors, one per row."""
    if len(tensors) == 1:
        return tensors[0]
    return taeda.stack([g.reshape(-1) for g in meshgrid(*tensors)], 1)


def block_diag(*tensors: Any) -> Any:
    """A matrix with the given matrices on its diagonal."""
    parts = [atleast_2d(t) for t in tensors]
    columns = sum(p.shape[1] for p in parts)
    rows, start = [], 0
    for p in parts:
        before, after = (p.new_zeros(p.shape[0], n) for n in (start, columns - start - p.shape[1]))
        rows.append(taeda.cat([before, p, after], 1))
        start += p.shape[1]
    return taeda.cat(rows, 0)


def tile(input: Any, *dims: Any) -> Any:
    """`input` repeated; missing leading counts are 1."""
    counts = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    return repeat(input, (1,) * (input.dim() - len(counts)) + tuple(counts))


def repeat(input: Any, *repeats: Any) -> Any:
    """`input` copied so many times along each dimension; more counts than dimensions add leading ones."""
    counts = tuple(repeats[0]) if len(repeats) == 1 and isinstance(repeats[0], (tuple, list)) else repeats
    if len(counts) < input.dim():
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    if any(n < 0 for n in counts):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(counts)}")
    x = input.reshape((1,) * (len(counts) - input.dim()) + tuple(input.shape))
    pairs = [n for count, size in zip(counts, x.shape, strict=True) for n in (1, size)]
    wide = [n for count, size in zip(counts, x.shape, strict=True) for n in (count, size)]
    made = x.reshape(pairs).expand(wide).reshape([c * s for c, s in zip(counts, x.shape, strict=True)])
    return made.clone() if all(c == 1 for c in counts) else made


def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """Dimension `dim` as several of the given sizes, of which one may be -1."""
    dim = _wrap(dim, input.dim())
    sizes = (sizes,) if isinstance(sizes, int) else tuple(sizes)
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    known = math.prod(n for n in sizes if n != -1)
    if (-1 in sizes and (known == 0 or input.shape[dim] % known)) or (-1 not in sizes and known != input.shape[dim]):
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({input.shape[dim]}) in the "
            "input tensor"
        )
    return input.view(tuple(input.shape[:dim]) + sizes + tuple(input.shape[dim + 1 :]))


def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
    """Rotated by k quarter turns in the plane of two dimensions."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    a, b = (_wrap(d, input.dim()) for d in dims)
    if a == b:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {a} and dim1 = {b}")
    k %= 4
    if k == 1:
        return input.flip(b).transpose(a, b)
    if k == 2:
        return input.flip((a, b))
    return input.flip(a).transpose(a, b) if k == 3 else input.clone()


def roll(input: Any, shifts: Any, dims: Any = None) -> Any:
    """Elements shifted along `dims`; what falls off one end comes back at the other."""
    shifts = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    if dims is None or dims == () or dims == []:
        if len(shifts) != 1:
            raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:0")
        return roll(input.reshape(-1), shifts, 0).reshape(input.shape)
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    if len(shifts) != len(dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if input.numel() == 0:
        return input.clone()
    for shift, d in zip(shifts, dims, strict=True):
        d = _wrap(d, input.dim())
        n = input.shape[d]
        s = shift % n
        input = taeda.cat([input.narrow(d, n - s, s), input.narrow(d, 0, n - s)], d) if s else input.clone()
    return input


def squeeze(input: Any, dim: Any = None) -> Any:
    """`input` without its dimensions of size 1: all of them, or those among `dim`."""
    from taeda._binding import internal

    dims = (
        range(input.dim())
        if dim is None
        else [_wrap(d, input.dim()) for d in ((dim,) if isinstance(dim, int) else dim)]
    )
    if len(set(dims)) != len(dims):
        repeated = next(d for d in dims if list(dims).count(d) > 1)
        raise RuntimeError(f"dim {repeated} appears multiple times in the list of dims")
    return internal.squeeze_dims(input, tuple(sorted(d for d in dims if input.dim() and input.shape[d] == 1)))


def t_all(input: Any) -> Any:
    """All dimensions reversed: x.T."""
    return input.permute(tuple(reversed(range(input.dim()))))


def matrix_transpose(input: Any) -> Any:
    """The last two dimensions exchanged: x.mT."""
    if input.dim() < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {input.dim()}-D tensor."
        )
    return input.transpose(-1, -2)
