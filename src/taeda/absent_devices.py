"""What a module such as `torch.xpu` says of a kind of device that Taeda does not use: questions are answered, nothing
is allocated, and what needs a device raises what PyTorch raises where it was built without it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

__all__ = ["answer", "refuse"]


def refuse(namespace: dict[str, Any], error: Exception, names: str) -> None:
    """Define functions that cannot do their work without a device: they raise `error`."""
    for name in names.split():
        _define(namespace, name, _raising(error), f"Raises {type(error).__name__}: there is no such device.")


def answer(namespace: dict[str, Any], value: Callable[[], Any], names: str) -> None:
    """Define functions that return `value()` whatever they are given."""
    for name in names.split():
        _define(namespace, name, _constant(value), f"{value()!r}: there is no such device.")


def _define(namespace: dict[str, Any], name: str, function: Any, doc: str) -> None:
    function.__name__ = function.__qualname__ = name
    function.__module__ = namespace["__name__"]
    function.__doc__ = doc
    namespace[name] = function
    namespace["__all__"].append(name)


def _raising(error: Exception) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise type(error)(*error.args)

    return function


def _constant(value: Callable[[], Any]) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        return value()

    return function


def nothing() -> None:
    """What functions return that would change a device."""


def false() -> bool:
    """The answer of what asks whether a device can do something."""
    return False


statistics = OrderedDict
