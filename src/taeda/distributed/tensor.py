"""Tensors spread over processes, as far as programs of one process ask: whether a tensor is one. None is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import taeda

__all__ = ["DTensor", "Partial", "Placement", "Replicate", "Shard", "distribute_module", "distribute_tensor",
           "implicit_replication"]


class Placement:
    """Where the elements of a spread tensor are."""

    def is_shard(self, dim: int | None = None) -> bool:
        """Whether each process has a part, along `dim` if one is given."""
        return isinstance(self, Shard) and (dim is None or self.dim == dim)

    def is_replicate(self) -> bool:
        """Whether each process has all of it."""
        return isinstance(self, Replicate)

    def is_partial(self, reduce_op: str | None = None) -> bool:
        """Whether the parts are still to be summed."""
        return isinstance(self, Partial) and (reduce_op is None or self.reduce_op == reduce_op)


class _Shard(NamedTuple):
    dim: int


class Shard(_Shard, Placement):
    """Each process has a part along a dimension."""


class _Replicate(NamedTuple):
    pass


class Replicate(_Replicate, Placement):
    """Each process has all of it."""


class _Partial(NamedTuple):
    reduce_op: str = "sum"


class Partial(_Partial, Placement):
    """Each process has a summand."""


class DTensor(taeda.Tensor):
    """A tensor spread over a group of processes. There are no such groups yet, so none can be made."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("DTensor: groups of several processes are not there yet")


def distribute_tensor(tensor: Any, *args: Any, **kwargs: Any) -> Any:
    """Not there yet."""
    raise NotImplementedError("distribute_tensor: groups of several processes are not there yet")


@contextlib.contextmanager
def implicit_replication() -> Iterator[None]:
    """In the block plain tensors count as the same on all processes: with one process they are."""
    yield


def distribute_module(module: Any, *args: Any, **kwargs: Any) -> Any:
    """Not there yet."""
    raise NotImplementedError("distribute_module: groups of several processes are not there yet")
