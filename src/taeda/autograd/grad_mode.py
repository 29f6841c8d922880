"""Modes of the calling thread: whether calls are recorded for backward.

All of them are context managers and decorators, of functions and of generators::

    with taeda.no_grad():
        weight -= rate * weight.grad

    @taeda.inference_mode()
    def evaluate(model, batch): ...
"""

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

from taeda import _core

__all__ = [
    "enable_grad", "inference_mode", "is_multithreading_enabled", "is_view_replay_enabled", "no_grad",
    "set_grad_enabled", "set_multithreading_enabled",
]  # fmt: skip


class _Mode:
    """A context manager that is a decorator as well. A decorated function gets a fresh one for each call."""

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, *exception: Any) -> None:
        raise NotImplementedError

    def clone(self) -> "_Mode":
        return type(self)()

    def __call__(self, function: Any) -> Any:
        if inspect.isclass(function):
            raise TypeError(
                f"{type(self).__name__} cannot decorate the class {function.__name__}: decorate its methods, or use "
                "it as a context manager"
            )
        if inspect.isgeneratorfunction(function):
            return _on_generator(self.clone, function)

        @functools.wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return decorated


def _on_generator(make: Callable[[], _Mode], function: Any) -> Any:
    """A generator function whose body runs in the mode, and whose caller, between two values, does not."""

    @functools.wraps(function)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        try:
            with make():
                value = generator.send(None)
            while True:
                try:
                    given = yield value
                except GeneratorExit:
                    with make():
                        generator.close()
                    raise
                except BaseException:
                    with make():
                        value = generator.throw(*sys.exc_info())
                else:
                    with make():
                        value = generator.send(given)
        except StopIteration as stop:
            return stop.value

    return decorated


class _ModeWithoutArguments(_Mode):
    """Allows `@no_grad` beside `@no_grad()`."""

    def __new__(cls, function: Any = None) -> Any:
        if function is None:
            return super().__new__(cls)
        return cls()(function)

    def __init__(self) -> None:
        self.previous = False


class no_grad(_ModeWithoutArguments):
    """Calls inside are not recorded: their results do not require gradients.

    >>> import taeda
    >>> x = taeda.ones(2, requires_grad=True)
    >>> with taeda.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __enter__(self) -> None:
        self.previous = _core.is_grad_enabled()
        _core.set_grad_enabled(False)

    def __exit__(self, *exception: Any) -> None:
        _core.set_grad_enabled(self.previous)


class enable_grad(_ModeWithoutArguments):
    """Calls inside are recorded, also within `no_grad`."""

    def __enter__(self) -> None:
        self.previous = _core.is_grad_enabled()
        _core.set_grad_enabled(True)

    def __exit__(self, *exception: Any) -> None:
        _core.set_grad_enabled(self.previous)


class set_grad_enabled(_Mode):
    """Recording on or off. As a plain call it lasts; in a `with` block it ends with the block."""

    def __init__(self, mode: bool) -> None:
        self.previous = _core.is_grad_enabled()
        self.mode = mode
        _core.set_grad_enabled(mode)

    def __call__(self, function: Any) -> Any:
        _core.set_grad_enabled(self.previous)  # as a decorator it says nothing about the code around it
        return super().__call__(function)

    def __enter__(self) -> None:
        _core.set_grad_enabled(self.mode)

    def __exit__(self, *exception: Any) -> None:
        _core.set_grad_enabled(self.previous)

    def clone(self) -> "set_grad_enabled":
        return type(self)(self.mode)

    def __str__(self) -> str:
        return f"torch.set_grad_enabled({self.mode})"

    __repr__ = __str__


class inference_mode(_Mode):
    """Like `no_grad`, and the tensors made inside can never take part in a graph: nothing is kept track of.

    Parameters: `mode`: on or off; or the function to decorate.
    """

    def __new__(cls, mode: Any = True) -> Any:
        if isinstance(mode, bool):
            return super().__new__(cls)
        return cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode
        self.previous = (False, True)

    def __enter__(self) -> None:
        grad_enabled = _core.is_grad_enabled()
        self.previous = (_core.set_inference_mode(self.mode), grad_enabled)
        _core.set_grad_enabled(not self.mode)

    def __exit__(self, *exception: Any) -> None:
        inference, grad_enabled = self.previous
        _core.set_inference_mode(inference)
        _core.set_grad_enabled(grad_enabled)

    def clone(self) -> "inference_mode":
        return type(self)(self.mode)


class set_multithreading_enabled(_Mode):
    """There for PyTorch programs: backward always runs on the calling thread (its kernels use all threads)."""

    def __init__(self, mode: bool) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        pass

    def clone(self) -> "set_multithreading_enabled":
        return type(self)(self.mode)


def is_multithreading_enabled() -> bool:
    """Whether backward may run on several threads at once: False, it runs on the calling one."""
    return False


def is_view_replay_enabled() -> bool:
    """Whether views are made anew from their bases after a write in place: False, they stay what they are."""
    return False
