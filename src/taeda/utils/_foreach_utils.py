"""Lists of tensors taken apart by device and dtype, as optimizers of libraries do before they call `_foreach` ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import taeda

__all__ = ["_group_tensors_by_device_and_dtype", "_has_foreach_support"]


def _get_foreach_kernels_supported_devices() -> list[str]:
    """The kinds of devices other than the CPU whose `_foreach` ops are single kernels: none."""
    return []


def _get_fused_kernels_supported_devices() -> list[str]:
    """The kinds of devices on which an optimizer's step is one kernel."""
    return ["cpu"]


def _device_has_foreach_support(device: Any) -> bool:
    """Whether `_foreach` ops are there for a device."""
    return device.type in ("cpu", "meta")


def _has_foreach_support(tensors: Sequence[Any], device: Any) -> bool:
    """Whether `_foreach` ops take these tensors."""
    return _device_has_foreach_support(device) and all(t is None or type(t) is taeda.Tensor for t in tensors)


def _group_tensors_by_device_and_dtype(
    tensorlistlist: Sequence[Sequence[Any]], with_indices: bool = False
) -> dict[tuple[Any, Any], tuple[list[list[Any]], list[int]]]:
    """For each device and dtype of the first list: the lists with only the entries that belong to it, and the places of
    those entries (none unless `with_indices`). Lists may have None, the first may not."""
    first, *others = tensorlistlist
    found: dict[tuple[Any, Any], tuple[list[list[Any]], list[int]]] = {}
    for place, tensor in enumerate(first):
        lists, indices = found.setdefault((tensor.device, tensor.dtype), ([[] for _ in tensorlistlist], []))
        lists[0].append(tensor)
        for whole, part in zip(others, lists[1:], strict=True):
            if whole:
                part.append(whole[place])
        if with_indices:
            indices.append(place)
    return found
