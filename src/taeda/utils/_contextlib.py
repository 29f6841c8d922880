"""Contexts that are decorators too: the base class that libraries take from PyTorch's inside."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

__all__: list[str] = []


class _DecoratorContextManager:
    """A context whose instances decorate functions: each call runs in a context of its own. Subclasses have `__enter__`
    and `__exit__`, and `clone` where their `__init__` takes arguments."""

    def __call__(self, orig_func: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isgeneratorfunction(orig_func):
            @functools.wraps(orig_func)
            def steps(*args: Any, **kwargs: Any) -> Any:
                generator = orig_func(*args, **kwargs)
                send: Any = None
                while True:
                    with self.clone():
                        try:
                            value = generator.send(send)
                        except StopIteration as end:
                            return end.value
                    send = yield value

            return steps

        @functools.wraps(orig_func)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return orig_func(*args, **kwargs)

        return run

    def __enter__(self) -> None:
        raise NotImplementedError(f"{type(self).__name__} has no __enter__")

    def __exit__(self, *error: Any) -> None:
        raise NotImplementedError(f"{type(self).__name__} has no __exit__")

    def clone(self) -> Any:
        """Another context like this one, for one call."""
        return type(self)()


class _NoParamDecoratorContextManager(_DecoratorContextManager):
    """The same for contexts without arguments: the class itself decorates too."""

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if orig_func is None else cls()(orig_func)
