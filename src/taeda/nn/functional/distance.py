"""Distances and similarities of vectors."""

from typing import Any

import taeda
from taeda.functions.matrices import _length


def _cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """x1 · x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`; the inputs broadcast."""
    x1, x2 = taeda.broadcast_tensors(x1, x2)
    dtype = taeda.promote_types(x1.dtype, x2.dtype)
    x1, x2 = x1.to(dtype), x2.to(dtype)
    norm1 = x1.norm(2, dim, keepdim=True).clamp_min(eps)
    norm2 = x2.norm(2, dim, keepdim=True).clamp_min(eps)
    return ((x1 / norm1) * (x2 / norm2)).sum(dim)


def _pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """p-norm of x1 - x2 + eps along the last dimension."""
    return (x1 - x2 + eps).norm(p, -1, keepdim=keepdim)


def _pdist(input: Any, p: float = 2) -> Any:
    """p-norm distances of all pairs of rows of a matrix (n, d): (n (n - 1) / 2,)."""
    if input.dim() != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.dim()}D")
    count = input.size(0)
    first, second = taeda.triu_indices(count, count, 1).unbind(0)
    return _length(input.index_select(0, first) - input.index_select(0, second), p, -1)


cosine_similarity = _cosine_similarity
pairwise_distance = _pairwise_distance
pdist = _pdist
