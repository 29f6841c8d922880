"""Sparse matrices made of something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import taeda
from taeda.sparse.conversion import convert
from taeda.sparse.tensors import COO, coo


def of_diagonals(diagonals: Any, offsets: Any, shape: Sequence[int], layout: Any) -> Any:
    """What `torch.sparse.spdiags` gives."""
    rows = diagonals.unsqueeze(0) if diagonals.dim() == 1 else diagonals
    above = offsets.reshape(-1)
    if rows.dim() != 2:
        raise RuntimeError("Diagonals must be vector or matrix")
    if len(shape) != 2:
        raise RuntimeError("Output shape must be 2d")
    if offsets.dim() > 1:
        raise RuntimeError("Offsets must be scalar or vector")
    if above.numel() != rows.shape[0]:
        raise RuntimeError(f"Number of diagonals ({rows.shape[0]}) does not match the number of offsets "
                           f"({above.numel()})")
    if above.dtype is not taeda.int64:
        raise RuntimeError(f"Offset Tensor must have dtype Long but got {above.dtype}")
    if above.unique().numel() != above.numel():
        raise RuntimeError("Offset tensor contains duplicate values")
    column = taeda.arange(rows.shape[1]).expand(rows.shape)
    row = column - above.unsqueeze(1)
    inside = (row >= 0) & (row < shape[0]) & (column < shape[1])
    made = coo(taeda.stack([row[inside], column[inside]]), rows[inside], shape)
    return convert(made, COO if layout is None else layout) if layout not in (None, COO) else made
