"""Products of matrices in groups of different sizes, as mixtures of experts need them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import taeda
from taeda.functions.function import function
from taeda.ops.signature import DType, Sample, Tensor, sample


@function(modules=("nn.functional",))
def grouped_mm(mat_a: Tensor, mat_b: Tensor, *, offs: Tensor | None = None, bias: Tensor | None = None,
               out_dtype: DType | None = None) -> Any:
    """A product for each group: mat_a (M, K) with its rows in groups and mat_b (G, K, N) give (M, N); mat_a (G, M, K)
    and mat_b (K, N) with its columns in groups give (M, N); two matrices with K in groups give (G, M, N); without
    groups in either, (G, M, K) and (G, K, N) give (G, M, N).

    offs: int32 (G), where each group ends. Rows or columns after the last group are zeros. Raises RuntimeError for
    sizes, dtypes or ends that do not fit."""
    for name, x in (("mat_a", mat_a), ("mat_b", mat_b)):
        if not x.is_floating_point():
            kind = x.type().rpartition(".")[2].removesuffix("Tensor")
            raise RuntimeError(f"Expected {name} to be Float32, BFloat16 or Float16 matrix, got {kind}")
        if x.dim() not in (2, 3):
            raise RuntimeError(f"{name} has to be 2 or 3d")
    whole = mat_a.dim() == mat_b.dim() == 3
    if whole != (offs is None):
        raise RuntimeError("Have to provide offsets if there is a 2d matrix, or no offset if both matrices are 3d")
    if mat_a.shape[-1] != mat_b.shape[-2]:
        raise RuntimeError("contraction dimension of mat_a and mat_b must match")
    if bias is not None:
        raise RuntimeError("Bias not supported yet")
    if out_dtype is not None and out_dtype != mat_a.dtype:
        raise RuntimeError("Grouped gemm output dtype must match `mat_a` dtype")
    if offs is None:
        return taeda.bmm(mat_a, mat_b)
    if offs.dtype != taeda.int32 or offs.dim() != 1:
        raise RuntimeError("Offsets have to be int32" if offs.dim() == 1 else "offs has to be 1D")
    for x in (mat_a, mat_b):
        if x.dim() == 3 and x.shape[0] != offs.shape[0]:
            raise RuntimeError("matrix batch sizes have to match")
    if mat_a.dim() == 2 and mat_b.dim() == 3:
        rows = _groups(mat_a, offs, 0)
        made = [part @ matrix for part, matrix in zip(rows, mat_b.unbind(0), strict=False)]
        return taeda.cat([*made, mat_a.new_zeros(rows[-1].shape[0], mat_b.shape[2])])
    if mat_a.dim() == 3:
        columns = _groups(mat_b, offs, 1)
        made = [matrix @ part for matrix, part in zip(mat_a.unbind(0), columns, strict=False)]
        return taeda.cat([*made, mat_a.new_zeros(mat_a.shape[1], columns[-1].shape[1])], 1)
    pairs = list(zip(_groups(mat_a, offs, 1), _groups(mat_b, offs, 0), strict=True))
    return taeda.stack([a @ b for a, b in pairs[:-1]]) if len(pairs) > 1 else mat_a.new_zeros(
        0, mat_a.shape[0], mat_b.shape[1])


def _groups(x: Any, offs: Any, dim: int) -> list[Any]:
    """The pieces of `x` along `dim` that end at `offs`, and what comes after the last one."""
    ends = [0, *offs.tolist(), x.shape[dim]]
    sizes = [end - begin for begin, end in zip(ends, ends[1:], strict=False)]
    if min(sizes) < 0:
        raise RuntimeError(f"offs must rise from 0 to at most {x.shape[dim]}, the size of dimension {dim}, but is "
                           f"{ends[1:-1]}")
    return list(x.split(sizes, dim))


@grouped_mm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, 8), make(3, 8, 4))
