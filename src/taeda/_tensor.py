"""PyTorch's module of the class Tensor, as far as programs take something from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taeda import Tensor

__all__ = ["Tensor"]


def _rebuild_from_type_v2(function: Callable[..., Any], new_type: type, arguments: Any, state: Any) -> Any:
    """A tensor of a file that is of a subclass, or has attributes: what `function(*arguments)` makes, as `new_type`."""
    made = function(*arguments)
    if type(made) is not new_type:
        made = made.as_subclass(new_type)
    if type(made).__setstate__ is not Tensor.__setstate__:
        made.__setstate__(state)
        return made
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    for named in (attributes, slots):
        for name, value in (named or {}).items():
            setattr(made, name, value)
    return made
