"""`torch.distributed.rpc`: calls of functions in other processes, which are not there: `is_available()` says so, and
whatever would call raises NotImplementedError."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = [
    "RRef", "get_worker_info", "init_rpc", "is_available", "remote", "rpc_async", "rpc_sync", "shutdown",
]  # fmt: skip


def is_available() -> bool:
    """Whether functions can be called in other processes: False."""
    return False


def _refuse(*args: Any, **kwargs: Any) -> NoReturn:
    """Not there yet. Raises NotImplementedError."""
    raise NotImplementedError("torch.distributed.rpc: calls of functions in other processes are not there yet")


init_rpc = shutdown = rpc_sync = rpc_async = remote = get_worker_info = _refuse


class RRef:
    """A value in another process. Raises NotImplementedError: there is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse()
