"""Parts of sparse tensors, and their dimensions in another order: all of it is arithmetic on indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import taeda
from taeda.sparse.conversion import coalesced, convert
from taeda.sparse.products import transposed
from taeda.sparse.tensors import COO, CompressedTensor, CooTensor, SparseTensor, coo


def _dim(x: Any, dim: int, extra: int = 0) -> int:
    rank = x.dim() + extra
    if not -rank <= dim < rank:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {dim})")
    return dim % rank


def _without(sizes: Sequence[int], dim: int) -> list[int]:
    return [n for d, n in enumerate(sizes) if d != dim]


def _rows_without(indices: Any, dim: int) -> Any:
    kept = [d for d in range(indices.shape[0]) if d != dim]
    return indices.index_select(0, taeda.tensor(kept, dtype=taeda.int64))


@SparseTensor.rule("select")
def _select(input: Any, dim: int, index: int) -> Any:
    x = convert(input, COO)
    dim = _dim(x, dim)
    size = x.shape[dim]
    if not -size <= index < size:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(x.shape)} at dimension {dim}")
    index %= size
    if dim >= x.sparse_dim():
        return coo(x.indices_part, x.values_part.select(dim - x.sparse_dim() + 1, index), _without(x.shape, dim),
                   x.is_in_order)
    at = (x.indices_part[dim] == index).nonzero().squeeze(1)
    values = x.values_part.index_select(0, at)
    if x.sparse_dim() == 1:
        return values.sum(0)
    return coo(_rows_without(x.indices_part, dim).index_select(1, at), values, _without(x.shape, dim), x.is_in_order)


@SparseTensor.rule("index_select")
def _index_select(input: Any, dim: int, index: Any) -> Any:
    x = convert(input, COO)
    dim = _dim(x, dim)
    if index.dim() > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, but got dim: {index.dim()} with type: "
                         f"{index.type()} and size: {list(index.shape)}")
    index = index.reshape(-1).long()
    size = x.shape[dim]
    if index.numel() and bool(((index < -size) | (index >= size)).any()):
        raise IndexError(f"index_select(): index out of range of a dimension of size {size}")
    index = taeda.where(index < 0, index + size, index)
    sizes = [index.numel() if d == dim else n for d, n in enumerate(x.shape)]
    if dim >= x.sparse_dim():
        return coo(x.indices_part, x.values_part.index_select(dim - x.sparse_dim() + 1, index), sizes, x.is_in_order)
    # For each of `index` the entries there: those of equal numbers are neighbours once they are sorted.
    from taeda._binding import internal

    first, order = internal.group_numbers(x.indices_part[dim], None, size)
    counts = first.diff().index_select(0, index)
    taken = taeda.repeat_interleave(taeda.arange(index.numel()), counts)
    before = counts.cumsum(0) - counts
    within = taeda.arange(taken.numel()) - before.index_select(0, taken)
    at = order.index_select(0, first.index_select(0, index).index_select(0, taken) + within)
    rows = [taken if d == dim else x.indices_part[d].index_select(0, at) for d in range(x.sparse_dim())]
    made = coo(taeda.stack(rows), x.values_part.index_select(0, at), sizes)
    return coalesced(made) if x.is_in_order else made


@SparseTensor.rule("narrow")
def _narrow(input: Any, dim: int, start: int, length: int) -> Any:
    dim, size = _dim(input, dim), input.shape[dim]
    if length < 0 or not 0 <= start <= size - length:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return sliced(convert(input, COO), dim, start, start + length, 1)


def sliced(x: Any, dim: int, start: int, stop: int, step: int) -> Any:
    """x[.., start:stop:step, ..] of a COO tensor."""
    count = max(0, -(-(stop - start) // step))
    sizes = [count if d == dim else n for d, n in enumerate(x.shape)]
    if dim >= x.sparse_dim():
        picked = taeda.arange(count) * step + start
        return coo(x.indices_part, x.values_part.index_select(dim - x.sparse_dim() + 1, picked), sizes, x.is_in_order)
    row = x.indices_part[dim]
    at = ((row >= start) & (row < stop) & ((row - start) % step == 0)).nonzero().squeeze(1)
    indices = x.indices_part.index_select(1, at)
    rows = [(indices[d] - start) // step if d == dim else indices[d] for d in range(x.sparse_dim())]
    return coo(taeda.stack(rows), x.values_part.index_select(0, at), sizes, x.is_in_order)


def get_item(x: Any, key: Any) -> Any:
    """x[key] for whole numbers, slices, None, an ellipsis and index vectors."""
    keys = list(key) if isinstance(key, tuple) else [key]
    x = convert(x, COO)
    consumed = sum(k is not None and k is not Ellipsis for k in keys)
    if consumed > x.dim():
        raise IndexError(f"too many indices for tensor of dimension {x.dim()}")
    if Ellipsis in [k for k in keys if not isinstance(k, taeda.Tensor)]:
        at = next(i for i, k in enumerate(keys) if k is Ellipsis)
        keys[at:at + 1] = [slice(None)] * (x.dim() - consumed)
    dim = 0
    for k in keys:
        if not isinstance(x, SparseTensor):  # the last sparse dimension is gone
            x = x[(slice(None),) * dim + (k,)]
            dim += not isinstance(k, int)
            continue
        if isinstance(k, bool):
            raise NotImplementedError("indexing a sparse tensor with a truth value")
        if isinstance(k, int):
            x = x.select(dim, k)
            continue
        if k is None:
            x = x.unsqueeze(dim)
        elif isinstance(k, slice):
            start, stop, step = k.indices(x.shape[dim])
            if step < 1:
                raise ValueError("step must be greater than zero")
            if (start, stop, step) != (0, x.shape[dim], 1):
                x = sliced(x, dim, start, max(stop, start), step)
        else:
            index = taeda.as_tensor(k)
            if index.dtype is taeda.bool:
                index = index.nonzero().squeeze(1)
            if index.dim() == 0:
                x = x.select(dim, int(index))
                continue
            x = x.index_select(dim, index)
        dim += 1
    return x


# Order of dimensions --------------------------------------------------------------------------------------------------


@SparseTensor.rule("transpose")
def _transpose(input: Any, dim0: int, dim1: int) -> Any:
    dim0, dim1 = _dim(input, dim0), _dim(input, dim1)
    if isinstance(input, CompressedTensor):
        batch = input.pointers_part.dim() - 1
        if {dim0, dim1} == {batch, batch + 1}:
            return transposed(input)
        if dim0 == dim1:
            return input
        raise RuntimeError(f"transpose(): can only transpose the two matrix dimensions of a tensor of layout "
                           f"{input.layout}, not {dim0} and {dim1}")
    order = list(range(input.dim()))
    order[dim0], order[dim1] = dim1, dim0
    return _permute(input, tuple(order))


@SparseTensor.rule("permute")
def _permute(input: Any, dims: Any) -> Any:
    rank = input.dim()
    if len(dims) != rank:
        raise RuntimeError("permute(sparse_coo): number of dimensions in the tensor input does not match the length of "
                           f"the desired ordering of dimensions i.e. input.dim() = {rank} is not equal to len(dims) = "
                           f"{len(dims)}")
    order = [_dim(input, d) for d in dims]
    if len(set(order)) < rank:
        raise RuntimeError("permute(dims): duplicate dims are not allowed.")
    if isinstance(input, CompressedTensor):
        if order == list(range(rank)):
            return input
        moved = [d for d in range(rank) if order[d] != d]
        if len(moved) == 2:
            return _transpose(input, *moved)
        raise RuntimeError(f"permute() of a tensor of layout {input.layout} that is not a transpose")
    sparse = input.sparse_dim()
    if any((d < sparse) != (k < sparse) for k, d in enumerate(order)):
        raise RuntimeError("permute(sparse_coo): transpositions between sparse and dense dimensions are not allowed."
                           f"Got transpositions between dims {order}")
    indices = input.indices_part.index_select(0, taeda.tensor(order[:sparse], dtype=taeda.int64))
    values = input.values_part.permute(0, *(d - sparse + 1 for d in order[sparse:]))
    in_order = input.is_in_order and order[:sparse] == list(range(sparse))
    return coo(indices, values, [input.shape[d] for d in order], in_order)


@SparseTensor.rule("t")
def _t(input: Any) -> Any:
    if input.dim() > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 sparse and 0 dense dimensions, but got {input.dim()} "
                           "dimensions")
    return _transpose(input, 0, 1) if input.dim() == 2 else input


def _matrices(input: Any, name: str) -> Any:
    """The last two dimensions exchanged, for the property or method of that name."""
    if input.dim() < 2:
        raise RuntimeError(f"tensor.{name} is only supported on matrices or batches of matrices. "
                           f"Got {input.dim()}-D tensor.")
    return _transpose(input, -2, -1)


@SparseTensor.rule("matrix_transpose")
def _matrix_transpose(input: Any) -> Any:
    return _matrices(input, "mT")


@SparseTensor.rule("matrix_adjoint")
def _matrix_adjoint(input: Any) -> Any:
    return _matrices(input, "mH").conj()


@SparseTensor.rule("adjoint")
def _adjoint(input: Any) -> Any:
    return _matrices(input, "adjoint()").conj()


@SparseTensor.rule("reversed_adjoint")
def _reversed_adjoint(input: Any) -> Any:
    if input.dim() not in (0, 2):
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {input.dim()}-D tensor. For "
                           "batches of matrices, consider using tensor.mH")
    return _t(input).conj()


@SparseTensor.rule("reversed_dims")
def _reversed(input: Any) -> Any:
    return _permute(input, tuple(reversed(range(input.dim()))))


@SparseTensor.rule("unsqueeze")
def _unsqueeze(input: Any, dim: int) -> Any:
    x = convert(input, COO)
    dim = _dim(x, dim, 1)
    sizes = [*x.shape[:dim], 1, *x.shape[dim:]]
    if dim > x.sparse_dim():
        return coo(x.indices_part, x.values_part.unsqueeze(dim - x.sparse_dim() + 1), sizes, x.is_in_order)
    zeros = x.indices_part.new_zeros((1, x._nnz()))
    indices = taeda.cat([x.indices_part[:dim], zeros, x.indices_part[dim:]])
    return coo(indices, x.values_part, sizes, x.is_in_order)


@SparseTensor.rule("torch.squeeze")
def _squeeze(input: Any) -> Any:
    for d in reversed(range(input.dim())):
        input = _squeeze_one(input, d)
    return input


@SparseTensor.rule("torch.squeeze.dim")
def _squeeze_dims(input: Any, dim: Any) -> Any:
    for d in sorted({_dim(input, d) for d in ((dim,) if isinstance(dim, int) else dim)}, reverse=True):
        input = _squeeze_one(input, d)
    return input


def _squeeze_one(x: Any, dim: int) -> Any:
    return x.select(dim, 0) if x.shape[dim] == 1 and isinstance(x, SparseTensor) and x.dim() > 1 else x


# Joining --------------------------------------------------------------------------------------------------------------


@SparseTensor.rule("cat")
def _cat(tensors: Any, dim: int) -> Any:
    if not all(isinstance(x, SparseTensor) for x in tensors):
        raise RuntimeError("Concatenating sparse tensors, but a dense tensor was found at position "
                           f"{next(k for k, x in enumerate(tensors) if not isinstance(x, SparseTensor))}.")
    parts: list[CooTensor] = [convert(x, COO) for x in tensors]
    first = parts[0]
    dim = _dim(first, dim)
    for k, x in enumerate(parts[1:]):
        if x.sparse_dim() != first.sparse_dim() or x.dense_dim() != first.dense_dim():
            raise RuntimeError("All tensors must have the same sparse_dim and dense_dim: "
                               f"{first.sparse_dim()}, {first.dense_dim()}, but tensor at position {k + 1} has "
                               f"{x.sparse_dim()}, {x.dense_dim()}.")
        if _without(x.shape, dim) != _without(first.shape, dim):
            raise RuntimeError(f"All tensors must have the same shape: {list(first.shape)} (except in the "
                               f"concatenating dimension), but found shape: {list(x.shape)} at position {k + 1}")
    sizes = list(first.shape)
    sizes[dim] = sum(x.shape[dim] for x in parts)
    starts = [sum(x.shape[dim] for x in parts[:k]) for k in range(len(parts))]
    if dim < first.sparse_dim():
        moved = []
        for x, start in zip(parts, starts, strict=True):
            rows = [x.indices_part[d] + start if d == dim else x.indices_part[d] for d in range(x.sparse_dim())]
            moved.append(taeda.stack(rows))
        in_order = dim == 0 and all(x.is_in_order for x in parts)
        return coo(taeda.cat(moved, 1), taeda.cat([x.values_part for x in parts]), sizes, in_order)
    at = dim - first.sparse_dim() + 1
    values = []
    for x, start in zip(parts, starts, strict=True):
        before, after = list(x.values_part.shape), list(x.values_part.shape)
        before[at], after[at] = start, sizes[dim] - start - x.shape[dim]
        values.append(taeda.cat([x.values_part.new_zeros(before), x.values_part, x.values_part.new_zeros(after)], at))
    return coo(taeda.cat([x.indices_part for x in parts], 1), taeda.cat(values), sizes)


@SparseTensor.rule("stack")
def _stack(tensors: Any, dim: int) -> Any:
    return _cat(tuple(x.unsqueeze(_dim(x, dim, 1)) for x in tensors), dim if dim >= 0 else dim + tensors[0].dim() + 1)


