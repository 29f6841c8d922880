"""Process groups of one process: what programs that may also run alone call of `torch.distributed`.

A group of one computes every collective without sending anything. A group of several processes is not there yet, and
says so when it is asked for (NotImplementedError from `init_process_group`).
"""

from __future__ import annotations

import copy
import datetime
import importlib
import os
from collections.abc import Sequence
from enum import Enum
from typing import Any

from taeda.autograd.grad_mode import no_grad

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

    def exception(self) -> None:
        """What went wrong: nothing."""

    def synchronize(self) -> None:
        """Wait for the end: it is done."""

    def result(self) -> Any:
        """The tensors that were written."""
        return self._result

    def get_future(self) -> Any:
        """A future of the tensors that were written, which is done."""
        from taeda.futures import Future

        future = Future()
        future.set_result(self._result)
        return future


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
    """Whether there is a process group. Before one of one process is made: False, as in PyTorch's builds without.

    To libraries True means that all of the package is there, FSDP and tensors spread over processes (`DTensor`)
    included, which they import when they are imported themselves.
    """
    return _default is not None


def is_initialized() -> bool:
    """Whether init_process_group has been called."""
    return _default is not None


def is_gloo_available() -> bool:
    """Whether groups can be made with the backend "gloo": True."""
    return True


def is_nccl_available() -> bool:
    """Whether groups can be made with this backend: no."""
    return False


is_mpi_available = is_ucc_available = is_xccl_available = is_nccl_available


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
    """Start the default group, of one process. Who belongs to it is said by `rank` and `world_size` beside a `store`,
    or by `init_method` (env://, which is the default, tcp://host:port or file:///path).

    NotImplementedError for more than one process.
    """
    from taeda.distributed.rendezvous import refuse_several, rendezvous

    global _default
    if _default is not None:
        raise ValueError("trying to initialize the default process group twice!")
    if store is not None and init_method is not None:
        raise AssertionError("Cannot specify both init_method and store.")
    _check_backend(backend)
    if store is not None:
        if world_size <= 0:
            raise AssertionError("world_size must be positive if using store")
        if rank < 0:
            raise AssertionError("rank must be non-negative if using store")
    else:
        store, rank, world_size = next(rendezvous(init_method or "env://", rank, world_size, timeout=timeout))
    refuse_several(world_size, rank)
    _default = ProcessGroup(backend or Backend.UNDEFINED)


_BUILT_IN = {"nccl": "Distributed package doesn't have NCCL built in",
             "mpi": "Distributed package doesn't have MPI built in. MPI is only included if you build PyTorch from "
                    "source on a host that has MPI installed.",
             "ucc": "Distributed package doesn't have UCC built in",
             "xccl": "Distributed package doesn't have XCCL built in"}


def _check_backend(backend: str | None) -> None:
    """AssertionError for a name that is unknown, RuntimeError for one that is not there; "cpu:gloo" names a device."""
    for part in (backend or "gloo").split(","):
        name = Backend(part.rpartition(":")[2])
        if name in _BUILT_IN:
            raise RuntimeError(_BUILT_IN[name])
        if name not in (Backend.GLOO, Backend.UNDEFINED):
            raise AssertionError(f"Unknown backend type {name}")


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
        for r in ranks:
            if r != 0:
                raise ValueError(f"Rank {r} is out of range. Valid ranks are 0 to 0 (world_size=1)")
        raise ValueError(f"a new group needs the ranks of its processes, each once, but got {list(ranks)}")
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


def _root(global_rank: int | None, group_rank: int | None, collective: str) -> None:
    """Check the process that a collective starts from or leads to; one of both numbers is needed."""
    if global_rank is None and group_rank is None:
        raise ValueError("Must specify global_rank or group_rank")
    rank = group_rank if global_rank is None else global_rank
    if rank != 0:
        raise RuntimeError(f"ProcessGroupGloo::{collective}: invalid root rank: {rank}\n"
                           "The group has one process, number 0.")


def _check(name: str, tensor: Any, group: Any, op: Any = ReduceOp.SUM) -> None:
    """That there is a group, and that `tensor` is one that it can reduce so."""
    from taeda import Tensor

    if not isinstance(tensor, Tensor):
        raise TypeError(f"Invalid function argument. Expected parameter `{name}` of type torch.Tensor\n"
                        f"             but got {type(tensor)} instead.")
    _group(group)
    if op in (ReduceOp.BAND, ReduceOp.BOR, ReduceOp.BXOR) and tensor.is_floating_point():
        raise RuntimeError(f"Cannot use ReduceOp.{op.name} with non-integral dtype")


def _copy(collective: str, output: Any, value: Any) -> None:
    if output.numel() != value.numel():
        raise RuntimeError(f"ProcessGroupGloo::{collective}: invalid tensor size at index 0 "
                           f"(expected {_sizes(value)}, got {_sizes(output)})")
    if output.dtype != value.dtype:
        raise RuntimeError(f"ProcessGroupGloo::{collective}: invalid tensor type at index 0 "
                           f"(expected {value.type()}, got {output.type()})")
    with no_grad():
        output.copy_(value.reshape(output.shape))


def _only(collective: str, argument: str, side: str, tensors: list[Any] | None) -> Any:
    """The one tensor of a list, which the process that has all of them, its `side`, is given."""
    if not tensors:
        raise ValueError(f"Argument ``{collective}_list`` must be specified on {side} rank.")
    if len(tensors) != 1:
        raise RuntimeError(f"ProcessGroupGloo::{collective}: Incorrect {argument} list size {len(tensors)}. "
                           f"{argument.capitalize()} list size should be 1, same as size of the process group.")
    return tensors[0]


def _sizes(tensor: Any) -> str:
    return f"({', '.join(map(str, tensor.shape))})"


def _done(async_op: bool, result: Any) -> Work | None:
    return Work(result) if async_op else None


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """`tensor` becomes the reduction over all processes: itself."""
    _check("tensor", tensor, group, op)
    return _done(async_op, [tensor])


def reduce(
    tensor: Any, dst: int | None = None, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """`tensor` of process `dst` becomes the reduction over all processes: itself."""
    _check("tensor", tensor, group, op)
    _root(dst, group_dst, "reduce")
    return _done(async_op, [tensor])


def broadcast(
    tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """`tensor` becomes that of process `src`: itself."""
    _check("tensor", tensor, group)
    _root(src, group_src, "broadcast")
    return _done(async_op, [tensor])


def all_gather(tensor_list: list[Any], tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Write every process's `tensor` to `tensor_list`."""
    _check("tensor", tensor, group)
    if len(tensor_list) != 1:
        raise RuntimeError("ProcessGroupGloo::allgather: invalid output tensor list at index 0 "
                           f"(expected length 1, got {len(tensor_list)})")
    _copy("allgather", tensor_list[0], tensor)
    return _done(async_op, tensor_list)


def all_gather_into_tensor(
    output_tensor: Any, input_tensor: Any, group: Any = None, async_op: bool = False
) -> Work | None:
    """Write every process's tensor to `output_tensor`, one after the other."""
    _check("input_tensor", input_tensor, group)
    _copy("allgather", output_tensor, input_tensor)
    return _done(async_op, [output_tensor])


def gather(
    tensor: Any, gather_list: list[Any] | None = None, dst: int | None = None, group: Any = None,
    async_op: bool = False, group_dst: int | None = None,
) -> Work | None:
    """Write every process's `tensor` to `gather_list` of process `dst` (by default 0)."""
    _check("tensor", tensor, group)
    _root(0 if dst is None else dst, group_dst, "gather")
    _copy("gather", _only("gather", "output", "destination", gather_list), tensor)
    return _done(async_op, gather_list)


def scatter(
    tensor: Any, scatter_list: list[Any] | None = None, src: int | None = None, group: Any = None,
    async_op: bool = False, group_src: int | None = None,
) -> Work | None:
    """Write one tensor of `scatter_list` of process `src` (by default 0) to each process's `tensor`."""
    _check("tensor", tensor, group)
    _root(0 if src is None else src, group_src, "scatter")
    _copy("scatter", tensor, _only("scatter", "input", "source", scatter_list))
    return _done(async_op, [tensor])


def reduce_scatter(
    output: Any, input_list: list[Any], op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Reduce each tensor of `input_list` over all processes, and give one to each."""
    _check("output", output, group, op)
    if len(input_list) != 1:
        raise RuntimeError("ProcessGroupGloo::reduce_scatter: invalid input tensor list at index 0 "
                           f"(expected length 1, got {len(input_list)})")
    _copy("reduce_scatter", output, input_list[0])
    return _done(async_op, [output])


def reduce_scatter_tensor(
    output: Any, input: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Reduce `input` over all processes, and give a part to each."""
    _check("output", output, group, op)
    _copy("reduce_scatter", output, input)
    return _done(async_op, [output])


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
    _own(dst if group_dst is None else group_dst, "rank")
    if object_gather_list is None:
        raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
    all_gather_object(object_gather_list, obj, group)


def broadcast_object_list(
    object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None, group_src: int | None = None
) -> None:
    """`object_list` becomes that of process `src`: itself."""
    _group(group)
    _own(src if group_src is None else group_src, "rank")


def scatter_object_list(
    scatter_object_output_list: list[Any], scatter_object_input_list: list[Any] | None = None, src: int | None = None,
    group: Any = None, group_src: int | None = None,
) -> None:
    """Put one object of process `src` into each process's list."""
    _group(group)
    _own(src if group_src is None else group_src, "rank")
    if not scatter_object_input_list:
        raise ValueError("a group of one process scatters a list of one object")
    scatter_object_output_list[0] = scatter_object_input_list[0]


def __getattr__(name: str) -> Any:
    if name in ("algorithms", "checkpoint", "device_mesh", "elastic", "fsdp", "further", "launcher", "nn", "optim",
                "rendezvous", "rpc", "run", "stores", "tensor"):
        return importlib.import_module(f"taeda.distributed.{name}")
    if name in ("DeviceMesh", "init_device_mesh"):
        return getattr(importlib.import_module("taeda.distributed.device_mesh"), name)
    if not name.startswith("__"):
        further = importlib.import_module("taeda.distributed.further")
        if name in further.__all__:
            return getattr(further, name)
    raise AttributeError(f"module 'taeda.distributed' has no attribute {name!r}")
