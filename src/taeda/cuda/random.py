"""The random states of CUDA devices, of which there are none (the functions live in taeda.cuda)."""

from __future__ import annotations

import importlib
from typing import Any

_NAMES = frozenset((
    "get_rng_state", "get_rng_state_all", "initial_seed", "manual_seed", "manual_seed_all", "seed", "seed_all",
    "set_rng_state_all",
))  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module("taeda.cuda"), name)
    raise AttributeError(f"module 'taeda.cuda.random' has no attribute {name!r}")
