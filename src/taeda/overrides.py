"""How other types take over calls of Taeda's functions: PyTorch's `__torch_function__`.

A type with a class method `__torch_function__(cls, func, types, args=(), kwargs=None)` is called in place of `func`
wherever one of its objects is an argument. Subclasses of `Tensor` inherit one that runs the call as it is and makes
objects of the subclass of the tensors among the results. (csrc/python/override.h is where this happens.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from taeda import _core

__all__ = ["DisableTorchFunctionSubclass", "handle_torch_function", "has_torch_function", "is_tensor_like"]

has_torch_function = _core.has_torch_function
has_torch_function_variadic = _core.has_torch_function_variadic


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """The call `public_api(*args, **kwargs)` as those of `relevant_args` want it that take calls over.

    Raises TypeError where each of them returns NotImplemented.

    >>> import taeda
    >>> class Meters(taeda.Tensor): pass
    >>> def doubled(x):
    ...     if has_torch_function((x,)):
    ...         return handle_torch_function(doubled, (x,), x)
    ...     return x * 2
    >>> type(doubled(taeda.ones(2).as_subclass(Meters))).__name__
    'Meters'
    """
    return _core.call_overridden(public_api, tuple(relevant_args), args, kwargs)


def take_over(function: Callable[..., Any], positional: int, given: dict[str, Any]) -> Any:
    """The call of `function` with the values in `given` (its `locals()` at the start), the first ones by position."""
    values = list(given.values())[:positional]
    named = {name: given[name] for name in list(given)[positional:]}
    return handle_torch_function(function, values, *values, **named)


def is_tensor_like(inp: Any) -> bool:
    """Whether `inp` is a tensor or takes calls over as one."""
    return isinstance(inp, _core.Tensor) or hasattr(inp, "__torch_function__")


@contextmanager
def DisableTorchFunctionSubclass() -> Iterator[None]:
    """In this context no call is taken over."""
    before = _core.set_overrides(False)
    try:
        yield
    finally:
        _core.set_overrides(before)
