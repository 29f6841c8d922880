"""Questions of libraries about compilation."""

from __future__ import annotations

__all__ = ["is_compile_supported"]


def is_compile_supported(device_type: str) -> bool:
    """Whether `taeda.compile` serves this kind of device."""
    return device_type == "cpu"
