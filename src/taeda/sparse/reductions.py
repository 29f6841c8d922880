"""Sums and softmax of sparse tensors."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.sparse.conversion import coalesced, convert, summed
from taeda.sparse.tensors import COO, CSR, CompressedTensor, CooTensor, SparseTensor, coo, places


def _dims(dim: Any, rank: int) -> tuple[int, ...]:
    given = (dim,) if isinstance(dim, int) else tuple(dim)
    for d in given:
        if not -rank <= d < rank:
            raise IndexError(f"Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {d})")
    found = tuple(sorted(d % rank for d in given))
    if len(set(found)) < len(found):
        raise RuntimeError(f"dim {found} names a dimension twice")
    return found


def total(x: Any, dim: Any, keepdim: bool, dtype: Any, strided_if_none_left: bool) -> Any:
    """Sums over dimensions; `strided_if_none_left`: of a tensor without sparse dimensions the strided one."""
    if not isinstance(x, SparseTensor):
        return x.sum(dim, keepdim, dtype=dtype) if dim is not None else x.sum(dtype=dtype)
    rank = x.dim()
    dims = tuple(range(rank)) if dim is None or dim == () else _dims(dim, rank)
    if dtype is None and x.dtype not in (taeda.bool,) and x.dtype.is_floating_point or x.dtype.is_complex:
        dtype = dtype or x.dtype
    values = x.values_part
    if len(dims) == rank and not keepdim:
        return values.sum(dtype=dtype)
    if isinstance(x, CompressedTensor):
        made = total(convert(x, COO), dims, keepdim, dtype, strided_if_none_left)
        return made.to_sparse(layout=x.layout) if x.layout is CSR and keepdim and x.dim() == 2 else made
    sparse = [d for d in dims if d < x.sparse_dim()]
    dense = [d - x.sparse_dim() + 1 for d in dims if d >= x.sparse_dim()]
    if dense:
        values = values.sum(dense, keepdim, dtype=dtype)
    elif dtype is not None:
        values = values.to(dtype)
    elif values.dtype not in (taeda.int64,):
        values = values.long()
    sizes = [1 if d in dims else n for d, n in enumerate(x.shape) if keepdim or d not in dims]
    kept = [d for d in range(x.sparse_dim()) if d not in sparse]
    if not kept and not keepdim and strided_if_none_left:
        return values.sum(0)
    if keepdim:
        zeros = taeda.zeros_like(x.indices_part[0])
        indices = taeda.stack([zeros if d in sparse else x.indices_part[d] for d in range(x.sparse_dim())])
    else:
        indices = x.indices_part.index_select(0, taeda.tensor(kept, dtype=taeda.int64))
    made = coo(indices, values, sizes, x.is_in_order and not sparse)
    return coalesced(made)


@SparseTensor.rule("sum")
def _sum(input: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    return total(input, dim, keepdim, dtype, False)


def _groups(x: CooTensor, dim: int) -> tuple[Any, int]:
    """For each entry the number of the line along `dim` that it is on, and how many lines have entries."""
    others = [d for d in range(x.sparse_dim()) if d != dim]
    lines = coo(x.indices_part.index_select(0, taeda.tensor(others, dtype=taeda.int64)), x.values_part,
                (*(x.shape[d] for d in others), *x.dense_sizes))
    if not x._nnz():
        return taeda.zeros(0, dtype=taeda.int64), 0
    found, number = taeda.unique(places(lines), return_inverse=True)
    return number, found.numel()


def soft_max(x: Any, dim: int, dtype: Any, logarithm: bool) -> Any:
    """softmax (or its logarithm) of the entries along a dimension."""
    name = "log_softmax" if logarithm else "softmax"
    if not isinstance(x, SparseTensor):
        return getattr(taeda, name)(x, dim, dtype=dtype)
    dim = _dims(dim, x.dim())[0]
    if isinstance(x, CompressedTensor):
        return soft_max(convert(x, COO), dim, dtype, logarithm).to_sparse(layout=x.layout)
    x = coalesced(x)
    values = x.values_part if dtype is None else x.values_part.to(dtype)
    if not values.is_floating_point():
        word = str(x.dtype).removeprefix("torch.").capitalize()
        raise NotImplementedError(f"\"{name}\" not implemented for '{word}'")
    if dim >= x.sparse_dim():
        return x.like_this(getattr(values, name)(dim - x.sparse_dim() + 1))
    number, count = _groups(x, dim)
    most = values.detach().new_full((count, *values.shape[1:]), -taeda.inf)
    most = most.index_reduce(0, number, values.detach(), "amax").index_select(0, number)
    shifted = values - taeda.where(most == -taeda.inf, 0.0, most)
    powers = shifted.exp()
    sums = summed(powers, number, count).index_select(0, number)
    return x.like_this(shifted - sums.log() if logarithm else powers / sums)


def norm(x: Any, p: Any) -> Any:
    """The p-norm of all elements."""
    if isinstance(p, taeda.Tensor) and p.dim():
        raise TypeError(f"norm(): argument 'p' (position 2) must be Number, not {type(p).__name__}")
    if isinstance(p, str) and p not in ("fro", "nuc"):
        raise RuntimeError(f"only valid string values are 'fro' and 'nuc', found {p}")
    return coalesced(x).values_part.norm(p) if isinstance(x, CooTensor) else x.values_part.norm(p)


@SparseTensor.rule("norm")
def _norm(input: Any, p: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if dim is not None and set(_dims(dim, input.dim())) != set(range(input.dim())):
        raise RuntimeError("norm_sparse currently only supports full reductions, so 'dim' must either be empty or "
                           "contain all dimensions of the input")
    if keepdim:
        raise RuntimeError("norm_sparse currently does not support keepdim=True")
    return norm(input if dtype is None else input.to(dtype), p)


@SparseTensor.rule("any")
def _any(input: Any, dim: Any, keepdim: bool) -> Any:
    if dim is not None:
        raise NotImplementedError("any() over a dimension of a sparse tensor: use to_dense()")
    return (input.coalesce() if isinstance(input, CooTensor) else input).values_part.any()


