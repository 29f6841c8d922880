"""Linear algebra: norms and products. Decompositions are not there yet."""

from __future__ import annotations

from typing import Any

from taeda._binding import modules

globals().update(modules["linalg"])
__all__ = sorted(modules["linalg"])


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'taeda.linalg' has no attribute {name!r}: this decomposition is not there yet")
