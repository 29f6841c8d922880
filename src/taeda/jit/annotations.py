"""Annotations of TorchScript that are none of Python's."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple, Union  # noqa: UP035, PyTorch has these names here

__all__ = ["BroadcastingList1", "BroadcastingList2", "BroadcastingList3", "Dict", "List", "Optional", "Tuple", "Union"]


class _BroadcastingList:
    """A list of a fixed length for which one number may be given; to Python it is a list."""

    def __getitem__(self, types: Any) -> Any:
        return list[types]


BroadcastingList1, BroadcastingList2, BroadcastingList3 = (_BroadcastingList() for _ in range(3))
