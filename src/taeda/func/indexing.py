"""x[key] where x or the key is lifted: the same views and index ops that the core takes, one after the other."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import _core
from taeda._binding import internal


def get_item(x: Any, key: Any) -> Any:
    """x[key]."""
    view, indices, dims = _selected(x, key)
    if not indices:
        return view if view is not x else x.view_as(x)
    return internal.index(view, indices, dims)


def set_item(x: Any, key: Any, value: Any) -> None:
    """x[key] = value."""
    view, indices, dims = _selected(x, key)
    if not isinstance(value, taeda.Tensor):
        value = taeda.tensor(value, dtype=x.dtype, device=x.device)
    if indices:
        internal.index_assign_(view, indices, dims, value)
    else:
        while value.dim() > view.dim() and value.shape[0] == 1:
            value = value.squeeze(0)
        view.copy_(value)


def _selected(x: Any, key: Any) -> tuple[Any, tuple[Any, ...], tuple[int, ...]]:
    """What basic indices make of x, the index tensors, and the dimension that each stands for."""
    items = list(key) if isinstance(key, tuple) else [key]
    counts = [_dims_taken(i) for i in items]
    taken = sum(counts)
    if taken > x.dim():
        raise IndexError(f"too many indices for tensor of dimension {x.dim()}")
    if not any(i is Ellipsis for i in items):
        items.append(Ellipsis)
    view, dim = x, 0
    indices: list[Any] = []
    dims: list[int] = []
    for item in items:
        if item is Ellipsis:
            dim += x.dim() - taken
            taken = x.dim()  # a second one stands for nothing
        elif item is None:
            view = view.unsqueeze(dim)
            dim += 1
        elif isinstance(item, bool):
            view = view.unsqueeze(dim)
            indices.append(taeda.zeros(int(item), dtype=taeda.int64))
            dims.append(dim)
            dim += 1
        elif isinstance(item, slice):
            view = _sliced(view, dim, item)
            dim += 1
        elif isinstance(item, taeda.Tensor) or not hasattr(item, "__index__"):
            index = item if isinstance(item, taeda.Tensor) else taeda.as_tensor(item)
            if index.dim() == 0 and index.dtype not in (taeda.bool, taeda.uint8) and not _core.is_lifted(index):
                view = view.select(dim, int(index))
                continue
            indices.append(index)
            dims.append(dim)
            dim += _dims_taken(item)
        else:
            view = view.select(dim, item.__index__())
    return view, tuple(indices), tuple(dims)


def _dims_taken(item: Any) -> int:
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    if isinstance(item, taeda.Tensor) and item.dtype in (taeda.bool, taeda.uint8):
        return int(item.dim())
    return 1


def _sliced(x: Any, dim: int, item: slice) -> Any:
    if item == slice(None):
        return x
    step = 1 if item.step is None else item.step.__index__()
    if step <= 0:
        raise ValueError("step must be greater than zero")
    start, stop, _ = item.indices(int(x.shape[dim]))
    return internal.slice_along(x, dim, start, max(start, stop), step)
