"""From one layout to another, and entries in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import taeda
from taeda._binding import internal
from taeda.composed import Composed
from taeda.sparse.tensors import (
    BSC,
    BSR,
    COO,
    CSC,
    CSR,
    CompressedTensor,
    CooTensor,
    compressed,
    coo,
    gathered,
    number_of_places,
    places,
)


def rows_of_entries(pointers: Any, plain: Any) -> Any:
    """For each entry the row it is in: like `plain`."""
    if pointers.dim() == 1:
        return internal.row_numbers(pointers.long(), plain.long())
    each = zip(pointers.reshape(-1, pointers.shape[-1]), plain.reshape(-1, plain.shape[-1]), strict=True)
    found = [internal.row_numbers(p.long(), q.long()) for p, q in each]
    return taeda.stack(found).reshape(plain.shape) if found else taeda.zeros_like(plain)


def pointers_of(rows: Any, count: int) -> Any:
    """Where each of `count` rows begins, of rows in rising order."""
    return internal.group_numbers(rows, None, count)[0]


# Order ----------------------------------------------------------------------------------------------------------------


def _order(x: CooTensor) -> Any:
    """The places of the entries in rising order of their indices."""
    entries = x._nnz()
    sizes = x.shape[: x.sparse_dim()]
    if all(n <= 4 * entries + 1024 for n in sizes):  # counting them is quicker than comparing
        order = None
        for d in reversed(range(x.sparse_dim())):
            order = internal.group_numbers(x.indices_part[d], order, sizes[d])[1]
        return taeda.arange(entries) if order is None else order
    return taeda.argsort(places(x), stable=True)


def coalesced(x: CooTensor) -> CooTensor:
    """The tensor with its entries in order, and those at one place summed."""
    if x.is_in_order:
        return x
    order = _order(x)
    indices = x.indices_part.index_select(1, order)
    repeated = (indices.diff(dim=1) == 0).all(0) if x.sparse_dim() else taeda.ones(x._nnz() - 1, dtype=taeda.bool)
    values = x.values_part.index_select(0, order)
    if not bool(repeated.any()):
        return coo(indices, values, x.shape, True)
    first = taeda.cat([taeda.ones(1, dtype=taeda.bool), ~repeated])
    number = first.cumsum(0) - 1
    count = int(number[-1]) + 1
    return coo(indices[:, first], summed(values, number, count), x.shape, True)


def summed(values: Any, number: Any, count: int) -> Any:
    """The sums of the values with the same number; of bools, whether one is true."""
    if values.dtype is taeda.bool:
        return summed(values.to(taeda.int32), number, count) != 0
    return values.new_zeros((count, *values.shape[1:])).index_add(0, number, values)


# To strided -----------------------------------------------------------------------------------------------------------


def to_strided(x: Any) -> Any:
    """The strided tensor with the same elements."""
    if isinstance(x, CompressedTensor):
        if x.pointers_part.dim() > 1:
            return taeda.stack([to_strided(one) for one in batch_of(x)]).reshape(tuple(x.shape))
        x = to_coo(x)
    found = summed(x.values_part, places(x), number_of_places(x))
    return found.reshape(tuple(x.shape))


def batch_of(x: CompressedTensor) -> list[Any]:
    """The matrices of a batch, one after the other."""
    batch = x.pointers_part.dim() - 1
    parts = (part.reshape(-1, *part.shape[batch:]) for part in (x.pointers_part, x.plain_part, x.values_part))
    return [compressed(x.layout, first, plain, values, x.shape[batch:])
            for first, plain, values in zip(*parts, strict=True)]


# To COO ---------------------------------------------------------------------------------------------------------------


def to_coo(x: CompressedTensor) -> CooTensor:
    """The COO tensor of the entries of a compressed one: the sparse dimensions are those of batch and matrix."""
    batch = x.pointers_part.dim() - 1
    if batch:
        matrices = [to_coo(one) for one in batch_of(x)]
        shape = tuple(x.shape[:batch])
        numbers = [taeda.unravel_index(taeda.tensor(k), shape) for k in range(len(matrices))]
        indices = [taeda.cat([taeda.stack(n).unsqueeze(1).expand(batch, m._nnz()), m.indices_part])
                   for n, m in zip(numbers, matrices, strict=True)]
        values = [m.values_part for m in matrices]
        if not matrices:
            nowhere = taeda.zeros((batch + 2, 0), dtype=taeda.int64)
            return coo(nowhere, x.values_part.reshape(0, *x.dense_sizes), x.shape, True)
        return coo(taeda.cat(indices, 1), taeda.cat(values), x.shape, True)
    row, column = rows_of_entries(x.pointers_part, x.plain_part), x.plain_part.long()
    values = x.values_part
    if not x.by_rows:
        row, column = column, row
    high, wide = x.blocks
    if x.layout in (BSR, BSC):
        row = (row.reshape(-1, 1, 1) * high + taeda.arange(high).reshape(1, -1, 1)).expand(-1, high, wide).reshape(-1)
        column = (column.reshape(-1, 1, 1) * wide + taeda.arange(wide)).expand(-1, high, wide).reshape(-1)
        values = values.flatten(0, 2)
    return coo(taeda.stack([row, column]), values, x.shape, x.layout is CSR)


def strided_to_coo(x: Any, sparse_dim: int | None = None) -> CooTensor:
    """The elements of a strided tensor that are not zero; slices of the dense dimensions with one that is not."""
    sparse_dim = x.dim() if sparse_dim is None else sparse_dim
    if not (0 < sparse_dim <= x.dim() or x.dim() == sparse_dim == 0):
        raise RuntimeError(f"sparse_dim argument for to_sparse must be in >0 and <={x.dim()} but got {sparse_dim}")
    present = x.detach() != 0
    if sparse_dim < x.dim():
        present = present.flatten(sparse_dim).any(-1)
    indices = present.nonzero().t().contiguous()
    pattern = coo(indices, x.new_empty((indices.shape[1], *x.shape[sparse_dim:])), x.shape, True)
    return coo(indices, gathered(x, pattern), x.shape, True)


# To compressed --------------------------------------------------------------------------------------------------------


def _blocks_of(x: Any, layout: Any, blocks: Sequence[int] | None, batch: int) -> tuple[int, int]:
    blocked = layout in (BSR, BSC)
    name = f"to_sparse_{str(layout).rpartition('_')[2]}"
    if blocked:
        if blocks is not None and len(blocks) == 1:
            blocks = (blocks[0], blocks[0])
        if blocks is None or len(blocks) != 2:
            raise RuntimeError(f"{name}: blocksize needs to be a tuple of size 2, but got "
                               f"{0 if blocks is None else len(blocks)}")
        high, wide = blocks
        if high <= 0 or wide <= 0:
            raise RuntimeError(f"{name}: blocksize needs to be positive, but got ({high}, {wide})")
        if x.shape[batch] % high or x.shape[batch + 1] % wide:
            raise RuntimeError(f"{name}: tensor sparse size ({x.shape[batch]}, {x.shape[batch + 1]}) must be divisible "
                               f"by given blocksize ({high}, {wide})")
        return high, wide
    if blocks is not None:
        raise RuntimeError(f"{name}: blocksize is only for the layouts sparse_bsr and sparse_bsc")
    return 1, 1


def coo_to_compressed(x: CooTensor, layout: Any, blocks: Sequence[int] | None = None) -> CompressedTensor:
    """A matrix, with dense dimensions or without, in a compressed layout."""
    if x.sparse_dim() == 3:
        return _batch_to_compressed(x, layout, blocks)
    if x.sparse_dim() != 2:
        raise RuntimeError(f"expected a COO tensor with 2 sparse dimensions (or 3, the first of them a batch) to "
                           f"convert it to {layout}, got {x.sparse_dim()}")
    high, wide = _blocks_of(x, layout, blocks, 0)
    x = coalesced(x)
    row, column = x.indices_part
    values = x.values_part
    rows, columns = x.shape[0] // high, x.shape[1] // wide
    if layout in (BSR, BSC):
        across = columns if layout is BSR else rows
        first, second = (row // high, column // wide) if layout is BSR else (column // wide, row // high)
        found, number = taeda.unique(first * max(across, 1) + second, return_inverse=True)
        place = (number * high + row % high) * wide + column % wide
        values = summed(values, place, found.numel() * high * wide).reshape(-1, high, wide, *x.dense_sizes)
        plain = found % max(across, 1)
        pointers = pointers_of(found // max(across, 1), rows if layout is BSR else columns)
    elif layout is CSR:
        pointers, plain = pointers_of(row, rows), column
    else:
        pointers, order = internal.group_numbers(column, None, columns)
        plain, values = row.index_select(0, order), values.index_select(0, order)
    return compressed(layout, pointers, plain, values, x.shape)


def _batch_to_compressed(x: CooTensor, layout: Any, blocks: Sequence[int] | None) -> CompressedTensor:
    x = coalesced(x)
    ends = pointers_of(x.indices_part[0], x.shape[0]).tolist()
    made = [coo_to_compressed(coo(x.indices_part[1:, a:b], x.values_part[a:b], x.shape[1:], True), layout, blocks)
            for a, b in zip(ends, ends[1:], strict=False)]
    if len({m.plain_part.numel() for m in made}) > 1:
        raise RuntimeError(f"Expect the same number of specified elements per batch to convert to {layout}, but the "
                           f"matrices have {[m.plain_part.numel() for m in made]}")
    if not made:
        raise NotImplementedError(f"an empty batch in layout {layout}")
    pointers, plain, values = (taeda.stack([getattr(m, part) for m in made])
                               for part in ("pointers_part", "plain_part", "values_part"))
    return compressed(layout, pointers, plain, values, x.shape)


def strided_to_compressed(x: Any, layout: Any, blocks: Sequence[int] | None, dense_dim: int) -> CompressedTensor:
    """A strided tensor (*batch, rows, columns, *dense) in a compressed layout."""
    batch = x.dim() - dense_dim - 2
    if dense_dim < 0 or batch < 0:
        raise RuntimeError(f"to_sparse of a tensor of {x.dim()} dimensions to {layout} with {dense_dim} dense ones "
                           "leaves no matrix")
    _blocks_of(x, layout, blocks, batch)
    if not batch:
        return coo_to_compressed(strided_to_coo(x, 2), layout, blocks)
    shape = tuple(x.shape)
    made = coo_to_compressed(strided_to_coo(x.reshape(-1, *shape[batch:]), 3), layout, blocks)
    pointers, plain, values = (part.reshape(*shape[:batch], *part.shape[1:])
                               for part in (made.pointers_part, made.plain_part, made.values_part))
    return compressed(layout, pointers, plain, values, shape)


def convert(x: Any, layout: Any, blocks: Sequence[int] | None = None, dense_dim: int | None = None) -> Any:
    """A tensor of any layout in another one."""
    if layout is COO:
        if isinstance(x, CooTensor):
            return x
        return to_coo(x) if isinstance(x, CompressedTensor) else strided_to_coo(x, x.dim() - (dense_dim or 0))
    if layout not in (CSR, CSC, BSR, BSC):
        return to_strided(x) if isinstance(x, Composed) else x
    if isinstance(x, CompressedTensor):
        if x.layout is layout and (blocks is None or tuple(blocks) == x.blocks):
            return x
        x = to_coo(x)
    if isinstance(x, CooTensor):
        return coo_to_compressed(x, layout, blocks)
    return strided_to_compressed(x, layout, blocks, dense_dim or 0)


def masked_by(x: Any, mask: Any) -> Any:
    """The elements of a strided tensor at the entries of a sparse one, which keeps its layout."""
    if tuple(x.shape) != tuple(mask.shape):
        raise RuntimeError(f"sparse_mask(): operands have incompatible sizes; self has size {list(x.shape)} but mask "
                           f"has size {list(mask.shape)}")
    if isinstance(mask, CooTensor):
        mask = coalesced(mask)
        return coo(mask.indices_part, gathered(x, mask), mask.shape, True)
    if mask.layout in (CSR, CSC) and mask.pointers_part.dim() == 1:
        row, column = rows_of_entries(mask.pointers_part, mask.plain_part), mask.plain_part.long()
        if mask.layout is CSC:
            row, column = column, row
        flat = x.reshape(-1, *mask.dense_sizes)
        return mask.like_this(flat.index_select(0, row * mask.shape[1] + column))
    if mask.pointers_part.dim() > 1:
        batch = mask.pointers_part.dim() - 1
        found = [masked_by(one, m) for one, m in zip(x.reshape(-1, *x.shape[batch:]), batch_of(mask), strict=True)]
        return mask.like_this(taeda.stack([m.values_part for m in found]).reshape(mask.values_part.shape))
    high, wide = mask.blocks
    tiles = x.reshape(x.shape[0] // high, high, x.shape[1] // wide, wide, *mask.dense_sizes).transpose(1, 2)
    row, column = rows_of_entries(mask.pointers_part, mask.plain_part), mask.plain_part.long()
    if mask.layout is BSC:
        row, column = column, row
    return mask.like_this(tiles.flatten(0, 1).index_select(0, row * (x.shape[1] // wide) + column))
