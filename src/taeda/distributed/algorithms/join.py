"""`Join`: processes that have no input left take part until the last one has none. One process has nobody to wait for,
so only the hooks' end is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["Join", "JoinHook", "Joinable"]


class JoinHook:
    """What a process does that has no input left."""

    def main_hook(self) -> None:
        """Once for each step of the processes that still have some."""

    def post_hook(self, is_last_joiner: bool) -> None:
        """Once, when all processes are through; `is_last_joiner`: this one was among the last."""


class Joinable:
    """An object that takes part: base class."""

    def join_hook(self, **kwargs: Any) -> JoinHook:
        """The hook of this object."""
        raise NotImplementedError(f"{type(self).__name__} needs a method join_hook that returns a JoinHook")

    @property
    def join_device(self) -> Any:
        """The device of the messages."""
        raise NotImplementedError(f"{type(self).__name__} needs the property join_device")

    @property
    def join_process_group(self) -> Any:
        """The group of processes."""
        raise NotImplementedError(f"{type(self).__name__} needs the property join_process_group")


class Join:
    """`with Join([objects]):` around a training loop.

    Example::

        >>> class Ends(JoinHook):
        ...     def post_hook(self, is_last_joiner): print("through", is_last_joiner)
        >>> class Model(Joinable):
        ...     def join_hook(self, **kwargs): return Ends()
        >>> with Join([Model()]):
        ...     pass
        through True
    """

    def __init__(self, joinables: Sequence[Joinable], enable: bool = True, throw_on_early_termination: bool = False,
                 **kwargs: Any) -> None:
        if not joinables:
            raise ValueError("The join context manager requires at least one joinable")
        self._hooks = [joinable.join_hook(**kwargs) for joinable in joinables]
        self._enable = enable

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if self._enable and kind is None:
            for hook in self._hooks:
                hook.post_hook(True)

    @staticmethod
    def notify_join_context(joinable: Joinable) -> None:
        """Said by an object before each of its collectives: a group of one has nobody to tell."""
