"""The old home of autocast and GradScaler for CUDA; see taeda.amp."""

from __future__ import annotations

import importlib
from typing import Any

_NAMES = frozenset(("GradScaler", "autocast", "custom_bwd", "custom_fwd"))


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module("taeda.amp"), name)
    raise AttributeError(f"module 'taeda.cuda.amp' has no attribute {name!r}")
