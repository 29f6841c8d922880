"""`torch.xpu`: Intel's GPUs, which Taeda does not use: there is no such device."""

from __future__ import annotations

from typing import Any

__all__ = ["current_allocated_memory", "device_count", "empty_cache", "is_available", "manual_seed", "seed"]


def is_available() -> bool:
    """Whether an XPU device can be used: False."""
    return False


def device_count() -> int:
    """How many devices there are: 0."""
    return 0


def current_allocated_memory() -> int:
    """Bytes that tensors take on the device: 0."""
    return 0


def empty_cache() -> None:
    """Give unused memory back: there is none."""


def manual_seed(seed: int) -> None:
    """Seed the device's generator: there is none."""


def seed() -> None:
    """Seed the device's generator at random: there is none."""


def synchronize() -> Any:
    """Wait for all kernels. Raises RuntimeError: there is no device."""
    raise RuntimeError("Cannot execute synchronize() without XPU backend.")
