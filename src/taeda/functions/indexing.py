"""Advanced indexing: what x[tensors] and x[tensors] = value do after the core has folded the basic indices to a
view."""

from __future__ import annotations

from typing import Any

from taeda import _core
from taeda._binding import internal


def _placed(tensor: Any, indices: list[Any]) -> tuple[list[Any], tuple[int, ...]]:
    """The index tensors and the dimension each begins at; a mask stands for as many dimensions as it has."""
    tensors, dims, dim = [], [], 0
    for index in indices:
        if index is None:
            dim += 1
            continue
        mask = index.dtype in (_core.bool, _core.uint8)
        # What a mask with values chooses is known, and what it is asked of may have none.
        chosen = index.nonzero().unbind(1) if mask and tensor.is_meta and not index.is_meta else (index,)
        for k, part in enumerate(chosen):
            tensors.append(part)
            dims.append(dim + k)
        dim += index.dim() if mask else 1
    return tensors, tuple(dims)


def get(tensor: Any, indices: list[Any]) -> Any:
    """tensor[indices]."""
    return internal.index(tensor, *_placed(tensor, indices))


def put(tensor: Any, indices: list[Any], value: Any) -> None:
    """tensor[indices] = value."""
    tensors, dims = _placed(tensor, indices)
    internal.index_assign_(tensor, tensors, dims, value)
