"""`torch.accelerator`: whichever device computes beside the CPU. There is none yet."""

from __future__ import annotations

from typing import Any

__all__ = [
    "current_accelerator", "current_device_idx", "current_device_index", "current_stream", "device_count",
    "device_index", "empty_cache", "is_available", "max_memory_allocated", "max_memory_reserved", "memory_allocated",
    "memory_reserved", "memory_stats", "set_device_idx", "set_device_index", "set_stream", "synchronize",
]  # fmt: skip

_NONE = "Cannot access accelerator device when none is available."


def is_available() -> bool:
    """Whether there is an accelerator: False."""
    return False


def device_count() -> int:
    """How many accelerators there are: 0."""
    return 0


def current_accelerator(check_available: bool = False) -> Any:
    """The device of the accelerator: None."""
    return None


def _refuse(*args: Any, **kwargs: Any) -> Any:
    """RuntimeError: there is no accelerator."""
    raise RuntimeError(_NONE)


current_device_index = current_device_idx = set_device_index = set_device_idx = _refuse
current_stream = set_stream = synchronize = device_index = _refuse


def _nothing(*args: Any, **kwargs: Any) -> int:
    """Memory of the accelerator: none."""
    return 0


memory_allocated = memory_reserved = max_memory_allocated = max_memory_reserved = _nothing


def memory_stats(device_index: Any = None) -> dict[str, Any]:
    """The allocator's statistics: none."""
    return {}


def empty_cache() -> None:
    """Give unused memory back: there is none."""
