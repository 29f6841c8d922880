"""Results that are not there yet, as `torch.futures` has them: for callbacks and for waiting."""

from __future__ import annotations

import threading
import types
from collections.abc import Callable
from typing import Any

__all__ = ["Future", "collect_all", "wait_all"]


class Future:
    """A value that somebody sets once, or an exception. Safe to share between threads."""

    def __init__(self, *, devices: Any = None) -> None:
        self._condition = threading.Condition()
        self._done = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Future], Any]] = []

    def __class_getitem__(cls, item: Any) -> Any:
        """`Future[int]`, in annotations."""
        return types.GenericAlias(cls, item)

    def done(self) -> bool:
        """Whether a value or an exception is there."""
        return self._done

    def wait(self) -> Any:
        """The value, once it is there; or raise the exception."""
        with self._condition:
            self._condition.wait_for(lambda: self._done)
        return self.value()

    def value(self) -> Any:
        """The value; RuntimeError if it is not there."""
        if not self._done:
            raise RuntimeError("the value of a Future was asked for before it was set; call wait()")
        if self._error is not None:
            raise self._error
        return self._value

    def _finish(self, value: Any, error: BaseException | None) -> None:
        with self._condition:
            if self._done:
                raise RuntimeError("Future can only be marked completed once")
            self._value, self._error, self._done = value, error, True
            callbacks, self._callbacks = self._callbacks, []
            self._condition.notify_all()
        for callback in callbacks:
            callback(self)

    def set_result(self, result: Any) -> None:
        """Set the value, which wakes all who wait and runs the callbacks."""
        self._finish(result, None)

    def set_exception(self, result: BaseException) -> None:
        """Set an exception, which `wait` raises."""
        if not isinstance(result, Exception):
            raise AssertionError(f"{result} is of type {type(result)}, not an Exception.")
        self._finish(None, result)

    def add_done_callback(self, callback: Callable[[Future], None]) -> None:
        """Call `callback(self)` when it is done, or now if it is."""
        with self._condition:
            if not self._done:
                self._callbacks.append(callback)
                return
        callback(self)

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """A Future of what `callback(self)` returns when this one is done."""
        result = Future()

        def run(done: Future) -> None:
            try:
                value = callback(done)
            except Exception as error:
                result.set_exception(error)
            else:
                result.set_result(value)

        self.add_done_callback(run)
        return result


def collect_all(futures: list[Future]) -> Future:
    """A Future of the list of Futures, done when all of them are."""
    result = Future()
    left = [len(futures)]
    lock = threading.Lock()

    def one_more(_: Future) -> None:
        with lock:
            left[0] -= 1
            last = left[0] == 0
        if last:
            result.set_result(futures)

    if not futures:
        result.set_result(futures)
    for future in futures:
        future.add_done_callback(one_more)
    return result


def wait_all(futures: list[Future]) -> list[Any]:
    """The values of all, once they are there."""
    return [future.wait() for future in collect_all(futures).wait()]
