"""Finding the hook that computes a weight before each call."""

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["find"]

_Hook = TypeVar("_Hook")


def find(module: Any, kind: type[_Hook], belongs: Callable[[_Hook], bool]) -> tuple[int, _Hook] | None:
    """The number of the hook of this kind, before calls of a module, for which `belongs` is true, and the hook."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and belongs(hook):
            return key, hook
    return None
