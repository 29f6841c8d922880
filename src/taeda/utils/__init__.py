"""Helpers: data loading, hooks. Each part is imported when it is first used."""

import importlib
from typing import Any

__all__ = ["_python_dispatch", "_pytree", "checkpoint", "data", "dlpack", "hooks", "tensorboard"]
_SMALL = ("ThroughputBenchmark", "get_cpp_backtrace", "set_module", "swap_tensors")


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"taeda.utils.{name}")
    if name in _SMALL:
        return getattr(importlib.import_module("taeda.utils.small"), name)
    raise AttributeError(f"module 'taeda.utils' has no attribute {name!r}")
