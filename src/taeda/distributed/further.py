"""What processes say to each other one by one, stores of keys, levels of messages: for a group of one process.

There is nobody to send to, so sending and receiving raise what PyTorch raises for a process that names itself.
"""

from __future__ import annotations

import enum
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NewType

import taeda.distributed as distributed
from taeda.distributed import ProcessGroup, ReduceOp, Work

__all__ = [
    "BackendConfig", "DebugLevel", "DistBackendError", "DistError", "DistNetworkError", "DistStoreError", "GroupName",
    "HashStore", "P2POp", "PrefixStore", "QueueEmptyError", "Store", "all_gather_coalesced", "all_gather_single",
    "all_reduce_coalesced", "batch_isend_irecv", "breakpoint", "get_backend_config", "get_debug_level",
    "get_default_backend_for_device", "get_pg_count", "irecv", "is_backend_available", "isend", "new_subgroups",
    "new_subgroups_by_enumeration", "recv", "recv_object_list", "reduce_op", "reduce_scatter_single",
    "register_rendezvous_handler", "rendezvous", "send", "send_object_list", "set_debug_level",
    "set_debug_level_from_env", "shrink_group", "split_group", "supports_complex",
]  # fmt: skip

GroupName = NewType("GroupName", str)


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


# -- levels of messages ------------------------------------------------------------------------------------------------


class DebugLevel(enum.Enum):
    """How much is said and checked, from TORCH_DISTRIBUTED_DEBUG. A group of one says nothing."""

    OFF = 0
    INFO = 1
    DETAIL = 2


_level: DebugLevel | None = None


def set_debug_level(level: DebugLevel) -> None:
    """Set the level."""
    global _level
    if not isinstance(level, DebugLevel):
        raise TypeError(f"expected a DebugLevel, got {type(level).__name__}")
    _level = level


def set_debug_level_from_env() -> None:
    """Take the level from TORCH_DISTRIBUTED_DEBUG: OFF, INFO or DETAIL."""
    word = os.environ.get("TORCH_DISTRIBUTED_DEBUG", "OFF").upper()
    if word not in DebugLevel.__members__:
        raise RuntimeError("The value of TORCH_DISTRIBUTED_DEBUG must be OFF, INFO, or DETAIL.")
    set_debug_level(DebugLevel[word])


def get_debug_level() -> DebugLevel:
    """The level; that of the environment until it was set."""
    if _level is None:
        set_debug_level_from_env()
    assert _level is not None
    return _level


# -- stores ------------------------------------------------------------------------------------------------------------


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


_handlers: dict[str, Callable[..., Any]] = {}


def register_rendezvous_handler(scheme: str, handler: Callable[..., Any]) -> None:
    """Let `handler` find the other processes for addresses that start with "scheme://"."""
    if scheme in _handlers:
        raise RuntimeError(f"Rendezvous handler for {scheme}:// already registered")
    _handlers[scheme] = handler


def rendezvous(url: str, rank: int = -1, world_size: int = -1, **kwargs: Any) -> Any:
    """Yields (store, rank, size): what the handler of the address says, or a group of one process."""
    scheme = url.partition("://")[0]
    if scheme in _handlers:
        return _handlers[scheme](url, rank=rank, world_size=world_size, **kwargs)
    size = world_size if world_size >= 0 else int(os.environ.get("WORLD_SIZE", "1"))
    if size != 1:
        raise NotImplementedError(f"a rendezvous of {size} processes is not there yet; Taeda runs groups of one")
    return iter([(HashStore(), 0, 1)])


# -- to one process ----------------------------------------------------------------------------------------------------


def _to_nobody(peer: int | None, word: str) -> None:
    distributed.get_rank()
    if peer in (0, None):
        raise ValueError(f"Invalid {word} rank: {word} rank should not be the same as the rank of the current process.")
    raise ValueError(f"the {word} rank {peer} is not part of a group of one process")


def send(tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> None:
    """Send a tensor to another process. ValueError: there is none."""
    _to_nobody(dst if dst is not None else group_dst, "destination")


def isend(tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0,
          group_dst: int | None = None) -> Work | None:
    """Start to send a tensor to another process. ValueError: there is none."""
    _to_nobody(dst if dst is not None else group_dst, "destination")
    return None


def recv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> int:
    """Receive a tensor from another process. ValueError: there is none."""
    _to_nobody(src if src is not None else group_src, "source")
    return 0


def irecv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0,
          group_src: int | None = None) -> Work | None:
    """Start to receive a tensor from another process. ValueError: there is none."""
    _to_nobody(src if src is not None else group_src, "source")
    return None


def send_object_list(object_list: list[Any], dst: int | None = None, group: Any = None, device: Any = None,
                     group_dst: int | None = None, use_batch: bool = False) -> None:
    """Send objects to another process. ValueError: there is none."""
    _to_nobody(dst if dst is not None else group_dst, "destination")


def recv_object_list(object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None,
                     group_src: int | None = None, use_batch: bool = False) -> int:
    """Receive objects from another process. ValueError: there is none."""
    _to_nobody(src if src is not None else group_src, "source")
    return 0


class P2POp:
    """A call of isend or irecv, for `batch_isend_irecv`."""

    def __init__(self, op: Callable[..., Any], tensor: Any, peer: int | None = None, group: Any = None, tag: int = 0,
                 group_peer: int | None = None) -> None:
        if op not in (isend, irecv):
            raise ValueError("Invalid ``op``. Expected ``op`` to be of type ``torch.distributed.isend`` or "
                             "``torch.distributed.irecv``.")
        self.op, self.tensor, self.group, self.tag = op, tensor, group, tag
        self.peer = peer if peer is not None else group_peer
        self.group_peer = group_peer


def batch_isend_irecv(p2p_op_list: list[P2POp]) -> list[Any]:
    """Start all calls."""
    if not p2p_op_list or not all(isinstance(call, P2POp) for call in p2p_op_list):
        raise ValueError("Invalid ``p2p_op_list``. Each op is expected to to be of type "
                         "``torch.distributed.P2POp``.")
    return [call.op(call.tensor, call.peer, call.group, call.tag) for call in p2p_op_list]


# -- several tensors at once, and groups -------------------------------------------------------------------------------


def all_reduce_coalesced(tensors: list[Any], op: Any = ReduceOp.SUM, group: Any = None,
                         async_op: bool = False) -> Work | None:
    """Each tensor becomes its reduction over all processes: itself."""
    return distributed.all_reduce(tensors, op, group, async_op)


def all_gather_coalesced(output_tensor_lists: list[list[Any]], input_tensor_list: list[Any], group: Any = None,
                         async_op: bool = False) -> Work | None:
    """Write every process's tensors to the lists of `output_tensor_lists`."""
    for k, output in enumerate(output_tensor_lists):
        distributed.all_gather(output, input_tensor_list[k], group)
    return Work(output_tensor_lists) if async_op else None


all_gather_single = distributed.all_gather_into_tensor
reduce_scatter_single = distributed.reduce_scatter_tensor


def new_subgroups(group_size: int | None = None, group: Any = None, timeout: Any = None, backend: str | None = None,
                  pg_options: Any = None, group_desc: str | None = None) -> tuple[ProcessGroup, list[ProcessGroup]]:
    """Groups of equal size: (this process's, all of them)."""
    if group_size not in (None, 1):
        raise ValueError(f"The arg 'group_size' ({group_size}) must not exceed the world size (1)")
    return new_subgroups_by_enumeration([[0]], timeout, backend)


def new_subgroups_by_enumeration(
    ranks_per_subgroup_list: list[list[int]], timeout: Any = None, backend: str | None = None, pg_options: Any = None,
    group_desc: str | None = None,
) -> tuple[ProcessGroup, list[ProcessGroup]]:
    """Groups of the processes named: (this process's, all of them)."""
    if not ranks_per_subgroup_list:
        raise ValueError("The arg 'ranks_per_subgroup_list' cannot be empty")
    made = [distributed.new_group(ranks, timeout, backend) for ranks in ranks_per_subgroup_list]
    return made[0], made


def split_group(parent_pg: Any = None, split_ranks: list[list[int]] | None = None, timeout: Any = None,
                pg_options: Any = None, group_desc: str | None = None) -> Any:
    """A group out of processes of another one."""
    if not split_ranks:
        raise ValueError("split_ranks cannot be None or empty")
    return new_subgroups_by_enumeration(split_ranks, timeout)[0]


def shrink_group(ranks_to_exclude: list[int], group: Any = None, shrink_flags: int = 0, pg_options: Any = None) -> Any:
    """The group without some of its processes."""
    distributed.get_rank(group)
    if ranks_to_exclude:
        raise ValueError("a group of one process cannot be made smaller")
    return distributed.new_group([0])


# -- what carries messages ---------------------------------------------------------------------------------------------


class BackendConfig:
    """Which backend serves which device: "gloo", or "cpu:gloo,cuda:nccl"."""

    def __init__(self, backend: str) -> None:
        pairs = [part.partition(":") for part in str(backend).split(",")]
        self.device_backend_map = {
            device if separator else "cpu": distributed.Backend(name if separator else device)
            for device, separator, name in pairs
        }

    def get_device_backend_map(self) -> dict[str, Any]:
        """The backend of each device."""
        return self.device_backend_map

    def __repr__(self) -> str:
        return ",".join(f"{device}:{name}" for device, name in self.device_backend_map.items())


def get_backend_config(group: Any = None) -> str:
    """Which backend serves which device, as a text."""
    return str(BackendConfig(distributed.get_backend(group)))


def get_default_backend_for_device(device: Any) -> str:
    """The backend that serves a device: "gloo" for the CPU."""
    kind = str(device).partition(":")[0]
    if kind != "cpu":
        raise ValueError(f"Default backend not registered for device : {kind}")
    return "gloo"


def is_backend_available(backend: str) -> bool:
    """Whether several processes can talk through it: not yet."""
    return False


def supports_complex(reduceOp: Any) -> bool:  # noqa: N803, PyTorch's name
    """Whether complex tensors can be reduced so: not by maximum, minimum, product and bits."""
    return reduceOp not in (ReduceOp.MAX, ReduceOp.MIN, ReduceOp.PRODUCT, ReduceOp.BAND, ReduceOp.BOR, ReduceOp.BXOR)


def get_pg_count() -> int:
    """How many groups there are by default: 1 after init_process_group."""
    return int(distributed.is_initialized())


class _ReduceOps:
    """Old name of ReduceOp."""

    SUM, PRODUCT, MIN, MAX = ReduceOp.SUM, ReduceOp.PRODUCT, ReduceOp.MIN, ReduceOp.MAX


reduce_op = _ReduceOps()


def breakpoint(rank: int = 0, skip: int = 0, timeout_s: int = 3600) -> None:  # noqa: A001, PyTorch's name
    """Python's debugger in the process `rank`, while the others wait."""
    import pdb

    if distributed.get_rank() == rank:
        pdb.set_trace()
