"""Kernels that will be wanted, compiled by a thread of its own meanwhile.

The backward of a call is made when the call is recorded, so its kernels are known long before they run. Whoever wants
one that is being compiled waits for it (jit.py); a kernel that cannot be compiled says so to who wants it, not here.
"""

from __future__ import annotations

import collections
import contextlib
import os
import threading
from collections.abc import Callable

from taeda import _core

_waiting: collections.deque[Callable[[], int]] = collections.deque()
_changes = threading.Lock()
_running = False


def expect(make: Callable[[], int]) -> None:
    """`make` will give the address of a kernel that is wanted soon."""
    global _running
    if _core.get_num_threads() < 2:
        return
    with _changes:
        _waiting.append(make)
        if not _running:
            with contextlib.suppress(RuntimeError):  # no more threads: the process ends, or has too many
                threading.Thread(target=_run, name="taeda-compiler").start()
                _running = True


def _run() -> None:
    global _running
    while True:
        with _changes:
            if not _waiting or not threading.main_thread().is_alive():
                _waiting.clear()
                _running = False
                return
            make = _waiting.popleft()
        with contextlib.suppress(Exception):
            make()


def _forked() -> None:
    """The child has no thread but its own."""
    global _running
    _running = False
    _waiting.clear()
    _changes.release()


os.register_at_fork(before=_changes.acquire, after_in_parent=_changes.release, after_in_child=_forked)
