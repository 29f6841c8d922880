"""Sparse tensors in files and pickles: the forms that PyTorch writes."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.sparse.tensors import COO, CooTensor, checked_compressed, checked_coo, compressed, coo


def parts_of(x: Any) -> tuple[Any, tuple[Any, ...]]:
    """What PyTorch's `_rebuild_sparse_tensor` is called with: the layout, and the parts."""
    values = x.values_part.detach()
    if isinstance(x, CooTensor):
        return x.layout, (x.indices_part, values, x.shape, x.is_in_order)
    return x.layout, (x.pointers_part, x.plain_part, values, x.shape)


def rebuilt(layout: Any, parts: tuple[Any, ...]) -> Any:
    """The sparse tensor of parts that come from a file: they are checked."""
    if layout is COO:
        indices, values, size, *rest = parts
        if indices.dim() != 2 or indices.dtype is not taeda.int64 or values.dim() < 1:
            raise RuntimeError(f"indices are {indices.dtype} of shape {list(indices.shape)}, values of shape "
                               f"{list(values.shape)}")
        sparse_dim, entries = indices.shape
        if len(size) != sparse_dim + values.dim() - 1 or (entries, *size[sparse_dim:]) != tuple(values.shape):
            raise RuntimeError(f"indices of shape {list(indices.shape)} and values of {list(values.shape)} in a tensor "
                               f"of size {list(size)}")
        checked_coo(indices, values, size)
        made = coo(indices, values, size, bool(rest and rest[0] is True))
        return made if not made.is_in_order or _in_order(made) else coo(indices, values, size)
    for x in parts[:2]:
        if x.dtype not in (taeda.int64, taeda.int32):
            raise RuntimeError(f"indices are {x.dtype}")
    checked_compressed(layout, *parts[:4])
    return compressed(layout, *parts[:4])


def _in_order(x: Any) -> bool:
    """Whether a file that says so is right: functions of coalesced tensors rely on it."""
    from taeda.sparse.tensors import places

    return x._nnz() < 2 or bool((places(x).diff() > 0).all())


def reduce_sparse(x: Any) -> tuple[Any, tuple[Any, ...]]:
    """A sparse tensor in Python's own pickles."""
    layout, parts = parts_of(x)
    return _rebuild_sparse_tensor, (str(layout), parts, x.requires_grad)


def _rebuild_sparse_tensor(layout: str, parts: tuple[Any, ...], requires_grad: bool = False) -> Any:
    """What such pickles call."""
    made = rebuilt(getattr(taeda, layout.removeprefix("torch.")), parts)
    return made.requires_grad_() if requires_grad else made
