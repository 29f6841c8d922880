"""The compiler's lock: what makes Programs and the text of kernels is for one thread at a time."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])
_lock = threading.RLock()
# Nobody is here while the process forks: a thread that is not there in the child could not let go of the lock.
os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def one_at_a_time(function: _Function) -> _Function:
    """`function` under the compiler's lock."""

    @functools.wraps(function)
    def locked(*args: Any, **kwargs: Any) -> Any:
        with _lock:
            return function(*args, **kwargs)

    return locked  # type: ignore[return-value]
