"""What processes say to each other one by one, levels of messages, groups of groups: for a group of one process.

There is nobody to send to, so sending and receiving raise what PyTorch raises for a process that names itself.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Callable
from typing import Any, NewType

import taeda.distributed as distributed
from taeda.distributed import ProcessGroup, ReduceOp, Work
from taeda.distributed.rendezvous import register_rendezvous_handler, rendezvous
from taeda.distributed.stores import (
    DistBackendError,
    DistError,
    DistNetworkError,
    DistStoreError,
    FileStore,
    HashStore,
    PrefixStore,
    QueueEmptyError,
    Store,
    TCPStore,
)

__all__ = [
    "BackendConfig", "DebugLevel", "DistBackendError", "DistError", "DistNetworkError", "DistStoreError",
    "FileStore", "GroupName", "HashStore", "P2POp", "PrefixStore", "QueueEmptyError", "Store", "TCPStore",
    "all_gather_coalesced", "all_gather_single", "all_reduce_coalesced", "batch_isend_irecv", "breakpoint",
    "get_backend_config", "get_debug_level", "get_default_backend_for_device", "get_pg_count", "irecv",
    "is_backend_available", "isend", "new_subgroups", "new_subgroups_by_enumeration", "recv", "recv_object_list",
    "reduce_op", "reduce_scatter_single", "register_rendezvous_handler", "rendezvous", "send", "send_object_list",
    "set_debug_level", "set_debug_level_from_env", "shrink_group", "split_group", "supports_complex",
]  # fmt: skip

GroupName = NewType("GroupName", str)


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
    for tensor in tensors:
        distributed.all_reduce(tensor, op, group)
    return Work(tensors) if async_op else None


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
        if backend == distributed.Backend.UNDEFINED:
            self.device_backend_map = {"cpu": distributed.Backend(distributed.Backend.GLOO)}

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
    """Whether groups (of one process, the only kind there is yet) can be made with it: with "gloo"."""
    return backend.lower() == "gloo"


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
