"""PyTorch's package of modules: everything here lives in `taeda.nn` (see _module_tree.py for the files' names)."""

import importlib
from typing import Any

from taeda import nn
from taeda._module_tree import submodules

_SUBMODULES = frozenset(submodules("nn.modules"))
__all__ = sorted(name for name, value in vars(nn).items() if isinstance(value, type))
globals().update({name: getattr(nn, name) for name in __all__})


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES or name == "utils":
        return importlib.import_module(f"taeda.nn.modules.{name}")
    raise AttributeError(f"module 'taeda.nn.modules' has no attribute {name!r}")
