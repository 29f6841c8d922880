"""The old home of autocast for the CPU; see taeda.amp."""

from __future__ import annotations

from typing import Any

from taeda import amp
from taeda.amp import old_homes

__path__: list[str] = []  # a package in PyTorch: its modules are rows of _module_tree.py
__all__ = ["GradScaler", "autocast"]


class autocast(amp.autocast):  # noqa: N801, PyTorch's name
    """`amp.autocast("cpu", ...)`."""

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        old_homes.warn("cpu", "autocast")
        super().__init__("cpu", dtype=dtype, enabled=enabled, cache_enabled=cache_enabled)


class GradScaler(amp.GradScaler):
    """`amp.GradScaler("cpu", ...)`."""

    def __init__(
        self, init_scale: float = 65536.0, growth_factor: float = 2.0, backoff_factor: float = 0.5,
        growth_interval: int = 2000, enabled: bool = True,
    ) -> None:
        old_homes.warn("cpu", "GradScaler")
        super().__init__("cpu", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
