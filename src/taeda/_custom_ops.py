"""PyTorch's older place of `taeda.library`'s functions."""

from __future__ import annotations

from taeda.library import get_ctx

__all__ = ["get_ctx"]
