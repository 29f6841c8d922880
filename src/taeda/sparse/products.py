"""Products of sparse matrices: with strided ones by the kernels of ops/sparse.py, and with each other."""

from __future__ import annotations

from typing import Any

import taeda
from taeda._binding import internal
from taeda.sparse.conversion import batch_of, coalesced, convert, pointers_of, to_coo
from taeda.sparse.tensors import BSC, BSR, COO, CSC, CSR, CompressedTensor, CooTensor, SparseTensor, compressed, coo


def _rows_of(x: Any) -> tuple[Any, Any, Any, bool]:
    """(values, pointers, columns, turned) of a sparse matrix, as rows of entries; `turned`: those of its transpose."""
    if x.dense_dim():
        raise RuntimeError(f"products of sparse matrices with dense dimensions are not there: got shape "
                           f"{list(x.shape)} with {x.dense_dim()} dense ones")
    if isinstance(x, CompressedTensor) and x.layout in (BSR, BSC):
        x = to_coo(x)
    if isinstance(x, CooTensor):
        x = coalesced(x)
        row, column = x.indices_part
        return x.values_part, pointers_of(row, x.shape[0]), column, False
    return x.values_part, x.pointers_part.long(), x.plain_part.long(), x.layout is CSC


def _times(x: Any, dense: Any, transpose: bool = False) -> Any:
    """x @ dense, or x^T @ dense, for a sparse matrix x."""
    values, pointers, columns, turned = _rows_of(x)
    if values.dtype is not dense.dtype:
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {_word(values)} != {_word(dense)}")
    if turned is transpose:
        return internal.sparse_product(values, pointers, columns, dense)
    return internal.transposed_product(values, pointers, columns, dense, x.shape[0 if turned else 1])


def _word(x: Any) -> str:
    return {"float32": "float", "float64": "double"}.get(str(x.dtype).removeprefix("torch."), str(x.dtype))


def _check(left: Any, right: Any) -> None:
    for name, x in (("mat1", left), ("mat2", right)):
        if x.dim() - (x.dense_dim() if isinstance(x, SparseTensor) else 0) != 2 or x.dim() != 2:
            raise RuntimeError(f"mm: expected {name} to be a matrix, got a tensor of {x.dim()} dimensions")
    if left.shape[1] != right.shape[0]:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied "
                           f"({left.shape[0]}x{left.shape[1]} and {right.shape[0]}x{right.shape[1]})")


def product(left: Any, right: Any) -> Any:
    """The product of two matrices: strided if one of them is."""
    _check(left, right)
    sparse = isinstance(left, SparseTensor), isinstance(right, SparseTensor)
    if all(sparse):
        return sparse_times_sparse(left, right)
    if sparse[0]:
        return _times(left, right)
    if sparse[1]:
        return _times(right, left.t(), transpose=True).t()
    return taeda.mm(left, right)


def reduced_product(left: Any, right: Any, reduce: str) -> Any:
    """The "mean", "amax" or "amin" of the products of the entries in each row of `left`, a CSR matrix, with the rows of
    `right` that they meet."""
    if reduce not in ("mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, mean, amax or amin, got {reduce}.")
    if not isinstance(left, CompressedTensor) or left.layout is not CSR or isinstance(right, SparseTensor):
        raise RuntimeError(f"sparse.mm with reduce={reduce!r} takes a CSR matrix and a strided one, got layouts "
                           f"{left.layout} and {right.layout}")
    _check(left, right)
    values, pointers, columns, _ = _rows_of(left)
    products = values.unsqueeze(1) * right.index_select(0, columns)
    rows = taeda.repeat_interleave(taeda.arange(left.shape[0]), pointers.diff())
    found = products.new_zeros(left.shape[0], right.shape[1])
    return found.index_reduce(0, rows, products, reduce, include_self=False)


def product_of_rows(left: Any, right: Any) -> Any:
    """The product of a COO matrix with a strided one, as a COO matrix of those rows that `left` has entries in."""
    _check(left, right)
    rows = convert(left, COO).indices_part[0].unique()
    found = product(left, right).index_select(0, rows)
    return coo(rows.unsqueeze(0), found, (left.shape[0], right.shape[1]), True)


def sparse_times_sparse(left: Any, right: Any) -> Any:
    """The product of two sparse matrices: every entry of `left` with the row of `right` that it meets."""
    layout = left.layout if left.layout is right.layout else CSR
    if layout is CSC:  # the transpose of a product is that of the transposes
        return transposed(sparse_times_sparse(transposed(right), transposed(left)))
    if left.dtype is not right.dtype:
        raise RuntimeError(f"mat1 dtype {left.dtype} does not match mat2 dtype {right.dtype}")
    a = coalesced(convert(left, COO))
    values, pointers, columns, turned = _rows_of(right if right.layout is not CSC else convert(right, CSR))
    assert not turned
    if a.dense_dim():
        raise RuntimeError("products of sparse matrices with dense dimensions are not there")
    row, middle = a.indices_part
    first, counts = pointers.index_select(0, middle), pointers.diff().index_select(0, middle)
    entry = taeda.repeat_interleave(taeda.arange(len(middle)), counts)  # of `left`, for each product
    before = counts.cumsum(0) - counts
    met = first.index_select(0, entry) + taeda.arange(len(entry)) - before.index_select(0, entry)
    indices = taeda.stack([row.index_select(0, entry), columns.index_select(0, met)])
    found = a.values_part.index_select(0, entry) * values.index_select(0, met)
    made = coalesced(coo(indices, found, (left.shape[0], right.shape[1])))
    if layout is COO:
        return made
    return convert(made, layout, left.blocks if layout in (BSR, BSC) else None)


_TURNED = {CSR: CSC, CSC: CSR, BSR: BSC, BSC: BSR}


def transposed(x: Any) -> Any:
    """The transpose of a sparse matrix: rows compressed become columns compressed."""
    if isinstance(x, CompressedTensor):
        values = x.values_part
        batch = x.pointers_part.dim() - 1
        if x.layout in (BSR, BSC):
            values = values.transpose(batch + 1, batch + 2)
        size = list(x.shape)
        size[batch], size[batch + 1] = size[batch + 1], size[batch]
        return compressed(_TURNED[x.layout], x.pointers_part, x.plain_part, values, size)
    return coo(x.indices_part.flip(0), x.values_part, (x.shape[1], x.shape[0], *x.dense_sizes))


def sampled(input: Any, left: Any, right: Any, beta: Any, alpha: Any) -> Any:
    """beta * input + alpha * (left @ right) at the entries of `input`."""
    if not isinstance(input, CompressedTensor) or input.layout is not CSR:
        raise RuntimeError(f"sampled_addmm: Expected input to be a CSR matrix, but got layout {input.layout}")
    for name, x in (("mat1", left), ("mat2", right)):
        if isinstance(x, SparseTensor):
            raise RuntimeError(f"sampled_addmm: Expected {name} to be strided, but got layout {x.layout}")
        if x.dim() != input.dim():
            raise RuntimeError(f"sampled_addmm: Expected {name} to have {input.dim()} dimensions, got {x.dim()}")
    if input.dim() > 2:
        shape = tuple(input.shape[:-2])
        matrices = zip(batch_of(input), left.expand(*shape, -1, -1).flatten(0, -3),
                       right.expand(*shape, -1, -1).flatten(0, -3), strict=True)
        found = taeda.stack([sampled(one, a, b, beta, alpha).values_part for one, a, b in matrices])
        return input.like_this(found.reshape(input.values_part.shape))
    if left.shape[1] != right.shape[0]:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied "
                           f"({left.shape[0]}x{left.shape[1]} and {right.shape[0]}x{right.shape[1]})")
    if input.shape != (left.shape[0], right.shape[1]):
        raise RuntimeError(f"sampled_addmm: Expected input to be of shape {[left.shape[0], right.shape[1]]}, but got "
                           f"{list(input.shape)}")
    found = internal.sampled_product(left, right.t(), input.pointers_part.long(), input.plain_part.long())
    if alpha != 1:
        found = found * alpha
    return input.like_this(found if beta == 0 else found + beta * input.values_part)


# What ops do ----------------------------------------------------------------------------------------------------------


@SparseTensor.rule("mm")
def _mm(input: Any, mat2: Any) -> Any:
    return product(input, mat2)


@SparseTensor.rule("mv")
def _mv(input: Any, vec: Any) -> Any:
    if input.dim() != 2 or vec.dim() != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {input.dim()}, {vec.dim()}")
    if isinstance(vec, SparseTensor):
        raise NotImplementedError("mv with a sparse vector: convert it with to_dense()")
    return product(input, vec.unsqueeze(1)).squeeze(1)


@SparseTensor.rule("bmm")
def _bmm(input: Any, mat2: Any) -> Any:
    if not isinstance(input, SparseTensor) or isinstance(mat2, SparseTensor):
        raise NotImplementedError("bmm: of a sparse and a strided tensor, the sparse one comes first")
    if input.dim() != 3 or mat2.dim() != 3:
        raise RuntimeError("batch1 must be a 3D tensor" if input.dim() != 3 else "batch2 must be a 3D tensor")
    batch, rows, inner = input.shape
    if tuple(mat2.shape[:2]) != (batch, inner):
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {inner}] but "
                           f"got: {list(mat2.shape[:2])}.")
    # One matrix of blocks on a diagonal: every example is multiplied by its own.
    x = coalesced(convert(input, COO))
    example, row, column = x.indices_part
    diagonal = coo(taeda.stack([example * rows + row, example * inner + column]), x.values_part,
                   (batch * rows, batch * inner), True)
    return product(diagonal, mat2.reshape(batch * inner, -1)).reshape(batch, rows, mat2.shape[2])


@SparseTensor.rule("matmul")
def _matmul(input: Any, other: Any) -> Any:
    if input.dim() == 2 and other.dim() == 2:
        return product(input, other)
    if input.dim() == 2 and other.dim() == 1:
        return _mv(input, other)
    if input.dim() == 1 and other.dim() == 2 and not isinstance(input, SparseTensor):
        return product(input.unsqueeze(0), other).squeeze(0)
    if input.dim() == 3 and other.dim() == 3:
        return _bmm(input, other)
    raise NotImplementedError(f"matmul of tensors of {input.dim()} and {other.dim()} dimensions, one of them sparse")


@SparseTensor.rule("addmm")
def _addmm(input: Any, mat1: Any, mat2: Any, beta: Any, alpha: Any) -> Any:
    found = product(mat1, mat2)
    found = found if alpha == 1 else found * alpha
    if beta == 0:
        return found if isinstance(found, SparseTensor) else found.expand(mat1.shape[0], mat2.shape[1])
    scaled = input if beta == 1 else input * beta
    if isinstance(scaled, SparseTensor) and not isinstance(found, SparseTensor):
        raise RuntimeError("addmm: a strided product is added to a strided matrix, but input is sparse")
    return scaled + found


@SparseTensor.rule("addmv")
def _addmv(input: Any, mat: Any, vec: Any, beta: Any, alpha: Any) -> Any:
    found = _mv(mat, vec) * alpha
    return found if beta == 0 else input * beta + found


