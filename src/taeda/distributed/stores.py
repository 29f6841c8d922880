"""Values by keys that processes share, and the errors of what lies between processes.

There are no groups of several processes yet, so every store is memory of this process, whatever its name; one that is
asked to serve more says that this is missing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

__all__ = [
    "DistBackendError", "DistError", "DistNetworkError", "DistStoreError", "FileStore", "HashStore", "PrefixStore",
    "QueueEmptyError", "Store", "TCPStore",
]  # fmt: skip


class DistError(RuntimeError):
    """Something between processes went wrong."""


class DistBackendError(DistError):
    """What carries messages failed."""


class DistNetworkError(DistError):
    """The network failed."""


class DistStoreError(DistError):
    """A store failed, or a key did not come in time."""


class QueueEmptyError(DistError):
    """Nothing is in a queue of a store."""


class Store:
    """Values by keys that processes share: base class. Values are bytes; str is encoded."""

    timeout = timedelta(seconds=300)

    def set(self, key: str, value: str | bytes) -> None:
        """Set a key."""
        raise NotImplementedError("Store.set: use HashStore, or PrefixStore on one")

    def get(self, key: str) -> bytes:
        """The value of a key, which is waited for. DistStoreError if it does not come within `timeout`."""
        self.wait([key])
        return self._get(key)

    def _get(self, key: str) -> bytes:
        raise NotImplementedError("Store.get: use HashStore, or PrefixStore on one")

    def check(self, keys: Sequence[str]) -> bool:
        """Whether all keys are set."""
        raise NotImplementedError("Store.check: use HashStore, or PrefixStore on one")

    def add(self, key: str, amount: int) -> int:
        """Add to the number that a key holds as text, 0 where it is not set; gives the sum."""
        raise NotImplementedError("Store.add: use HashStore, or PrefixStore on one")

    def delete_key(self, key: str) -> bool:
        """Forget a key; whether it was set."""
        raise NotImplementedError("Store.delete_key: use HashStore, or PrefixStore on one")

    def num_keys(self) -> int:
        """How many keys are set."""
        raise NotImplementedError("Store.num_keys: use HashStore, or PrefixStore on one")

    def set_timeout(self, timeout: timedelta) -> None:
        """How long keys are waited for."""
        self.timeout = timeout

    def wait(self, keys: Sequence[str], timeout: timedelta | None = None) -> None:
        """Wait until all keys are set. DistStoreError if they do not come in time."""
        limit = self.timeout if timeout is None else timeout
        end = time.monotonic() + limit.total_seconds()
        while not self.check(keys):
            if time.monotonic() >= end:
                raise DistStoreError(f"wait timeout after {int(limit.total_seconds() * 1000)}ms, keys: "
                                     f"{', '.join(f'/{k}' for k in keys)}")
            time.sleep(0.001)


class HashStore(Store):
    """A store of this process, for its threads.

    Example::

        >>> import taeda.distributed as dist
        >>> store = dist.HashStore()
        >>> store.set("rank", "0")
        >>> store.get("rank"), store.add("count", 2), store.add("count", 1)
        (b'0', 2, 3)
    """

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def set(self, key: str, value: str | bytes) -> None:
        with self._lock:
            self._values[key] = value.encode() if isinstance(value, str) else bytes(value)

    def _get(self, key: str) -> bytes:
        with self._lock:
            return self._values[key]

    def check(self, keys: Sequence[str]) -> bool:
        with self._lock:
            return all(k in self._values for k in keys)

    def add(self, key: str, amount: int) -> int:
        with self._lock:
            total = int(self._values.get(key, b"0")) + amount
            self._values[key] = str(total).encode()
            return total

    def compare_set(self, key: str, expected_value: str, desired_value: str) -> bytes:
        """Set a key if it has the expected value, or is not set and none is expected; gives the value it has then."""
        with self._lock:
            now = self._values.get(key)
            if (expected_value == "" if now is None else now == expected_value.encode()):
                now = self._values[key] = desired_value.encode()
            return expected_value.encode() if now is None else now

    def delete_key(self, key: str) -> bool:
        with self._lock:
            return self._values.pop(key, None) is not None

    def num_keys(self) -> int:
        with self._lock:
            return len(self._values)


class PrefixStore(Store):
    """A part of a store: its keys with a prefix before them."""

    def __init__(self, prefix: str, store: Store) -> None:
        self.prefix, self.underlying_store = prefix, store
        self.timeout = store.timeout

    def _key(self, key: str) -> str:
        return f"{self.prefix}/{key}"

    def set(self, key: str, value: str | bytes) -> None:
        self.underlying_store.set(self._key(key), value)

    def _get(self, key: str) -> bytes:
        return self.underlying_store._get(self._key(key))

    def check(self, keys: Sequence[str]) -> bool:
        return self.underlying_store.check([self._key(k) for k in keys])

    def add(self, key: str, amount: int) -> int:
        return self.underlying_store.add(self._key(key), amount)

    def delete_key(self, key: str) -> bool:
        return self.underlying_store.delete_key(self._key(key))

    def num_keys(self) -> int:
        return self.underlying_store.num_keys()


def _refuse_others(name: str, world_size: int | None) -> None:
    if world_size is not None and world_size > 1:
        raise NotImplementedError(f"{name} for {world_size} processes: distributed training is missing; Taeda runs "
                                  "groups of one process")


class TCPStore(HashStore):
    """A store that processes reach by a host and a port. For one process nothing listens there."""

    def __init__(self, host_name: str, port: int, world_size: int | None = None, is_master: bool = False,
                 timeout: timedelta | None = None, wait_for_workers: bool = True, multi_tenant: bool = False,
                 master_listen_fd: int | None = None, use_libuv: bool = True) -> None:
        _refuse_others("TCPStore", world_size)
        if not is_master:
            raise NotImplementedError(f"TCPStore that asks the process at {host_name}:{port}: distributed training is "
                                      "missing; Taeda runs groups of one process, whose store has is_master=True")
        super().__init__()
        self.host, self.port = host_name, port
        self.timeout = timeout or self.timeout


class FileStore(HashStore):
    """A store that processes reach by a file. For one process nothing is written to it."""

    def __init__(self, file_name: str | os.PathLike[str], world_size: int = -1) -> None:
        _refuse_others("FileStore", world_size)
        super().__init__()
        self.path = os.fspath(file_name)
