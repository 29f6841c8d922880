"""`torch.classes`: classes that compiled extensions register. Taeda loads none, so there are none."""

from __future__ import annotations

from typing import Any

__all__ = ["load_library", "loaded_libraries"]

loaded_libraries: set[str] = set()
__path__: list[str] = []


def load_library(path: str) -> None:
    """Load a compiled extension of PyTorch. Raises NotImplementedError: it is linked to PyTorch's own libraries."""
    raise NotImplementedError(f"{path!r} is compiled for PyTorch's C++ libraries, which Taeda does not have: what it "
                              "defines can be written in Python with taeda.library")


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module 'taeda.classes' has no attribute {name!r}")
    return _Namespace(name)


class _Namespace:
    """The classes of one extension, of which there are none."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"Class {self.name}.{name} not registered: Taeda loads no compiled extensions")
