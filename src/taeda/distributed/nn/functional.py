"""Collectives whose results are new tensors that gradients pass through, for a group of one process: copies.

Example::

    >>> import taeda as torch
    >>> import taeda.distributed as dist
    >>> from taeda.distributed.nn.functional import all_gather
    >>> dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> (all_gather(x)[0] ** 2).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    >>> dist.destroy_process_group()
"""

from __future__ import annotations

from typing import Any

from taeda import distributed
from taeda.distributed import ReduceOp

__all__ = [
    "all_gather", "all_reduce", "all_to_all", "all_to_all_single", "broadcast", "gather", "reduce", "reduce_scatter",
    "scatter",
]  # fmt: skip


def _checked(tensor: Any, group: Any, op: Any = ReduceOp.SUM) -> Any:
    """A copy of a tensor; the plain collective finds what is wrong with the group, the tensor and the reduction."""
    distributed.all_reduce(tensor, op, group)
    return tensor.clone()


def _only(tensors: Any) -> Any:
    if len(tensors) != 1:
        raise ValueError(f"a group of one process has one tensor to send, not {len(tensors)}")
    return tensors[0]


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None) -> Any:
    """The reduction over all processes."""
    return _checked(tensor, group, op)


def all_gather(tensor: Any, group: Any = None) -> tuple[Any, ...]:
    """The tensors of all processes."""
    return (_checked(tensor, group),)


def broadcast(tensor: Any, src: int, group: Any = None) -> Any:
    """The tensor of process `src`."""
    distributed.broadcast(tensor, src, group)
    return tensor.clone()


def gather(tensor: Any, dst: int = 0, group: Any = None) -> tuple[Any, ...]:
    """In process `dst` the tensors of all processes."""
    distributed.reduce(tensor, dst, group=group)
    return (tensor.clone(),)


def scatter(tensors: Any, src: int = 0, group: Any = None) -> Any:
    """This process's part of the tensors that process `src` has."""
    return broadcast(_only(tensors), src, group)


def reduce(tensor: Any, dst: int, op: Any = ReduceOp.SUM, group: Any = None) -> Any:
    """In process `dst` the reduction over all processes."""
    distributed.reduce(tensor, dst, op, group)
    return tensor.clone()


def reduce_scatter(output: Any, input_list: Any, op: Any = ReduceOp.SUM, group: Any = None) -> Any:
    """This process's part of the reduction over all processes; `output` says its shape."""
    distributed.all_reduce(output, op, group)
    return _only(input_list).clone()


def all_to_all(output_tensor_list: Any, input_tensor_list: Any, group: Any = None) -> tuple[Any, ...]:
    """The tensors that all processes have for this one."""
    return (_checked(_only(input_tensor_list), group),)


def all_to_all_single(output: Any, input: Any, output_split_sizes: Any = None, input_split_sizes: Any = None,
                      group: Any = None) -> Any:
    """The parts that all processes have for this one, one after the other."""
    return _checked(input, group)
