"""Distances and similarities of vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.creation import arange
from taeda.ops.dtypes import promote
from taeda.ops.elementwise_loss import raised_to
from taeda.ops.norm import vector_norm
from taeda.ops.op import Sample, Tensor, derived, sample
from taeda.ops.pointwise import convert

_BOTH = ("torch", "nn.functional")


@derived(modules=_BOTH, method=False)
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 · x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`; the inputs broadcast."""
    dtype = promote(x1.dtype, x2.dtype)
    both = x1 + x2
    x1, x2 = (convert(x, dtype).expand(both.shape) for x in (x1, x2))
    length1, length2 = (raised_to(vector_norm(x, 2, dim, True), eps) for x in (x1, x2))
    return ((x1 / length1) * (x2 / length2)).sum((dim,))


@cosine_similarity.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4))
    yield sample(make(2, 1, 5), make(3, 5), -1)
    yield sample(make(3, 4), make(3, 4), 0)


@derived(modules=_BOTH, method=False)
def pairwise_distance(
    x1: Tensor, x2: Tensor, p: object = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension."""
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)


@pairwise_distance.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4))
    yield sample(make(3, 4), make(4), 1.0, keepdim=True)
    yield sample(make(3, 4), make(3, 4), 3.0)


@derived(modules=_BOTH, method=False)
def pdist(input: Tensor, p: object = 2.0) -> Tensor:
    """The p-norm distances of all pairs of rows of a matrix (n, d): a vector of n (n - 1) / 2."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    n = input.shape[0]
    # Pair k is (i, j), in rows of n - 1, n - 2, ... pairs: row i starts at i (2 n - i - 1) / 2.
    k = arange(0, 1, n * (n - 1) // 2, "int64")
    half = n - 0.5
    i = convert((half - (half * half - 2 * convert(k, "float64")).sqrt()).floor(), "int64")
    j = k - i * (2 * n - i - 1) // 2 + i + 1
    difference = input.index_select(0, i) - input.index_select(0, j)
    if p == 0:  # counts, whose gradient is zero
        return difference.sign().abs().sum((-1,))
    return vector_norm(difference, p, -1)


@pdist.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 3))
    yield sample(make(4, 2), 1.0)
    yield sample(make(4, 2), 0)
    yield sample(make(2, 3), float("inf"))
