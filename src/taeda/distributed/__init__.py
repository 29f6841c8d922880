"""Process groups of one process: what programs that may also run alone call of `torch.distributed`.

A group of one computes every collective without sending anything. A group of several processes is not there yet, and
says so when it is asked for.
"""

from __future__ import annotations

import copy
import datetime
import importlib
import os
from collections.abc import Sequence
from enum import Enum
from typing import Any

__all__ = [
    "Backend", "GroupMember", "ProcessGroup", "ReduceOp", "Work", "all_gather", "all_gather_into_tensor",
    "all_gather_object", "all_reduce", "all_to_all", "all_to_all_single", "barrier", "broadcast",
    "broadcast_object_list", "default_pg_timeout", "destroy_process_group", "gather", "gather_object", "get_backend",
    "get_group_rank", "get_global_rank", "get_node_local_rank", "get_process_group_ranks", "get_rank",
    "get_world_size", "group", "init_process_group", "is_available", "is_gloo_available", "is_initialized",
    "is_mpi_available", "is_nccl_available", "is_torchelastic_launched", "is_ucc_available", "is_xccl_available",
    "monitored_barrier", "new_group", "reduce", "reduce_scatter", "reduce_scatter_tensor", "scatter",
    "scatter_object_list",
]  # fmt: skip

default_pg_timeout = datetime.timedelta(minutes=30)


class Backend(str):
    """The name of what carries messages, in lower case."""

    UNDEFINED = "undefined"
    GLOO = "gloo"
    NCCL = "nccl"
    UCC = "ucc"
    MPI = "mpi"

    def __new__(cls, name: str) -> Backend:
        if not isinstance(name, str):
            raise ValueError(f"Backend constructor parameter must be string-ish: {name}")
        return super().__new__(cls, name.lower())


class ReduceOp(Enum):
    """How values of several processes become one."""

    SUM = 0
    AVG = 1
    PRODUCT = 2
    MIN = 3
    MAX = 4
    BAND = 5
    BOR = 6
    BXOR = 7


class Work:
    """A collective on its way: in a group of one it is done at once."""

    def __init__(self, result: Any = None):
        self._result = result

    def wait(self, timeout: Any = None) -> bool:
        """Wait for the end. Always True: it is done."""
        return True

    def is_completed(self) -> bool:
        """Whether it is done: True."""
        return True

    def is_success(self) -> bool:
        """Whether it succeeded: True."""
        return True

    def result(self) -> Any:
        """The tensors that were written."""
        return self._result


class ProcessGroup:
    """A group of this process alone."""

    def __init__(self, backend: str = "gloo"):
        self._backend = Backend(backend)

    def rank(self) -> int:
        """The number of this process: 0."""
        return 0

    def size(self) -> int:
        """The number of processes: 1."""
        return 1

    def name(self) -> str:
        """What carries messages."""
        return str(self._backend)


class _WorldMeta(type):
    """The class of `group`, so that `group.WORLD` is the default group of the moment."""

    @property
    def WORLD(cls) -> ProcessGroup | None:  # noqa: N802, PyTorch's name
        return _default


class group(metaclass=_WorldMeta):  # noqa: N801, PyTorch's name
    """Holds the default group: `group.WORLD`."""


class GroupMember(metaclass=_WorldMeta):
    """Holds the default group, and what stands for none."""

    NON_GROUP_MEMBER = -100


_default: ProcessGroup | None = None


def is_available() -> bool:
    """Whether groups of several processes can be made: not yet. (Groups of one can, without asking.)"""
    return False


def is_initialized() -> bool:
    """Whether init_process_group has been called."""
    return _default is not None


def is_gloo_available() -> bool:
    """Whether several processes can talk through Gloo: not yet."""
    return False


is_mpi_available = is_nccl_available = is_ucc_available = is_xccl_available = is_gloo_available


def is_torchelastic_launched() -> bool:
    """Whether a launcher with restarts started this process."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: Any = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
) -> None:
    """Start the default group. `world_size` (or WORLD_SIZE in the environment) must be 1."""
    global _default
    if _default is not None:
        raise ValueError("trying to initialize the default process group twice!")
    size = world_size if world_size >= 0 else int(os.environ.get("WORLD_SIZE", "1"))
    own = rank if rank >= 0 else int(os.environ.get("RANK", "0"))
    if size != 1 or own != 0:
        raise NotImplementedError(
            f"a process group of {size} processes (this one is number {own}) is not there yet; Taeda runs groups of one"
        )
    _default = ProcessGroup(backend or "gloo")


def destroy_process_group(group: Any = None) -> None:
    """End the default group."""
    global _default
    if _default is None:
        raise AssertionError("Process group cannot be None")
    if group is None or group is _default:
        _default = None


def _group(given: Any = None) -> ProcessGroup:
    if _default is None:
        raise ValueError("Default process group has not been initialized, please make sure to call init_process_group.")
    return given if isinstance(given, ProcessGroup) else _default


def new_group(
    ranks: Sequence[int] | None = None, timeout: Any = None, backend: str | None = None, **options: Any
) -> Any:
    """A further group, of the processes `ranks`."""
    default = _group()
    if ranks is not None and list(ranks) != [0]:
        raise ValueError("the new group's rank should be within the world_size set by init_process_group")
    return ProcessGroup(backend or default.name())


def get_rank(group: Any = None) -> int:
    """The number of this process in the group."""
    return _group(group).rank()


def get_world_size(group: Any = None) -> int:
    """The number of processes in the group."""
    return _group(group).size()


def get_backend(group: Any = None) -> Backend:
    """What carries the group's messages."""
    return Backend(_group(group).name())


def get_node_local_rank(fallback_rank: int | None = None) -> int:
    """The number of this process on its machine, from LOCAL_RANK."""
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is not None:
        return int(fallback_rank)
    raise RuntimeError("LOCAL_RANK is not in the environment. Consider passing fallback_rank to allow "
                       "`get_node_local_rank` to work, assuming you are not running in a multi-device context and want "
                       "the code to run locally instead.")


def get_process_group_ranks(group: Any = None) -> list[int]:
    """The global numbers of the group's processes."""
    _group(group)
    return [0]


def get_global_rank(group: Any, group_rank: int) -> int:
    """The global number of the group's process `group_rank`."""
    _own(group_rank, "group rank")
    return 0


def get_group_rank(group: Any, global_rank: int) -> int:
    """The number in the group of the process `global_rank`."""
    _own(global_rank, "global rank")
    return 0


def _own(rank: Any, what: str) -> None:
    if rank not in (0, None):
        raise ValueError(f"the {what} {rank} is not part of a group of one process")


def _done(async_op: bool, result: Any) -> Work | None:
    return Work(result) if async_op else None


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """`tensor` becomes the reduction over all processes: itself."""
    _group(group)
    return _done(async_op, [tensor])


def reduce(
    tensor: Any, dst: int | None = None, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """`tensor` of process `dst` becomes the reduction over all processes: itself."""
    _group(group)
    _own(dst, "rank")
    return _done(async_op, [tensor])


def broadcast(
    tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """`tensor` becomes that of process `src`: itself."""
    _group(group)
    _own(src, "rank")
    return _done(async_op, [tensor])


def all_gather(tensor_list: list[Any], tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Write every process's `tensor` to `tensor_list`."""
    _group(group)
    if len(tensor_list) != 1:
        raise ValueError(f"a group of one process gathers one tensor, but there are places for {len(tensor_list)}")
    tensor_list[0].copy_(tensor)
    return _done(async_op, tensor_list)


def all_gather_into_tensor(
    output_tensor: Any, input_tensor: Any, group: Any = None, async_op: bool = False
) -> Work | None:
    """Write every process's tensor to `output_tensor`, one after the other."""
    _group(group)
    output_tensor.copy_(input_tensor.reshape(output_tensor.shape))
    return _done(async_op, [output_tensor])


def gather(
    tensor: Any, gather_list: list[Any] | None = None, dst: int | None = None, group: Any = None,
    async_op: bool = False, group_dst: int | None = None,
) -> Work | None:
    """Write every process's `tensor` to `gather_list` of process `dst`."""
    _own(dst, "rank")
    return all_gather(gather_list or [], tensor, group, async_op)


def scatter(
    tensor: Any, scatter_list: list[Any] | None = None, src: int | None = None, group: Any = None,
    async_op: bool = False, group_src: int | None = None,
) -> Work | None:
    """Write one tensor of `scatter_list` of process `src` to each process's `tensor`."""
    _group(group)
    _own(src, "rank")
    if not scatter_list or len(scatter_list) != 1:
        raise ValueError("a group of one process scatters a list of one tensor")
    tensor.copy_(scatter_list[0])
    return _done(async_op, [tensor])


def reduce_scatter(
    output: Any, input_list: list[Any], op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Reduce each tensor of `input_list` over all processes, and give one to each."""
    return scatter(output, input_list, 0, group, async_op)


def reduce_scatter_tensor(
    output: Any, input: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Reduce `input` over all processes, and give a part to each."""
    return all_gather_into_tensor(output, input, group, async_op)


def all_to_all(
    output_tensor_list: list[Any], input_tensor_list: list[Any], group: Any = None, async_op: bool = False
) -> Work | None:
    """Send one tensor to each process, and receive one from each."""
    if len(input_tensor_list) != 1:
        raise ValueError(f"a group of one process exchanges one tensor, not {len(input_tensor_list)}")
    return all_gather(output_tensor_list, input_tensor_list[0], group, async_op)


def all_to_all_single(
    output: Any, input: Any, output_split_sizes: Any = None, input_split_sizes: Any = None, group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Send a part of `input` to each process, and receive one from each."""
    return all_gather_into_tensor(output, input, group, async_op)


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> Work | None:
    """Wait until all processes are here."""
    _group(group)
    return _done(async_op, [])


def monitored_barrier(group: Any = None, timeout: Any = None, wait_all_ranks: bool = False) -> None:
    """`barrier` that names the processes that did not come."""
    _group(group)


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Put every process's object into `object_list`."""
    _group(group)
    object_list[0] = copy.deepcopy(obj)


def gather_object(
    obj: Any, object_gather_list: list[Any] | None = None, dst: int | None = None, group: Any = None,
    group_dst: int | None = None,
) -> None:
    """Put every process's object into `object_gather_list` of process `dst`."""
    _own(dst, "rank")
    if object_gather_list is None:
        raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
    all_gather_object(object_gather_list, obj, group)


def broadcast_object_list(
    object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None, group_src: int | None = None
) -> None:
    """`object_list` becomes that of process `src`: itself."""
    _group(group)
    _own(src, "rank")


def scatter_object_list(
    scatter_object_output_list: list[Any], scatter_object_input_list: list[Any] | None = None, src: int | None = None,
    group: Any = None, group_src: int | None = None,
) -> None:
    """Put one object of process `src` into each process's list."""
    _group(group)
    _own(src, "rank")
    if not scatter_object_input_list:
        raise ValueError("a group of one process scatters a list of one object")
    scatter_object_output_list[0] = scatter_object_input_list[0]


def __getattr__(name: str) -> Any:
    if name in ("algorithms", "device_mesh", "further", "optim", "tensor"):
        return importlib.import_module(f"taeda.distributed.{name}")
    if name in ("DeviceMesh", "init_device_mesh"):
        return getattr(importlib.import_module("taeda.distributed.device_mesh"), name)
    if not name.startswith("__"):
        further = importlib.import_module("taeda.distributed.further")
        if name in further.__all__:
            return getattr(further, name)
    raise AttributeError(f"module 'taeda.distributed' has no attribute {name!r}")
