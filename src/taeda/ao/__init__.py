"""PyTorch's quantisation by observers, as far as models that are not quantised need its names; see quantization."""

import importlib
from typing import Any

__all__ = ["quantization"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"taeda.ao.{name}")
    raise AttributeError(f"module 'taeda.ao' has no attribute {name!r}")
