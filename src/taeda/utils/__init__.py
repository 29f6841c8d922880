"""Helpers: data loading, hooks. Each part is imported when it is first used."""

import importlib
from typing import Any

__all__ = ["_pytree", "checkpoint", "data", "dlpack", "hooks"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"taeda.utils.{name}")
    raise AttributeError(f"module 'taeda.utils' has no attribute {name!r}")
