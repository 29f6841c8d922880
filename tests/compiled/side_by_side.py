"""Threads for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(0)`, `work(1)`, .. give, each called in a thread of its own."""
    results: dict[int, Any] = {}

    def call(k: int) -> None:
        results[k] = work(k)

    threads = [threading.Thread(target=call, args=(k,)) for k in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return [results[k] for k in range(count)]
