"""Helpers that libraries take from PyTorch's inside: flat lists of tensors, exceptions from other processes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

import taeda
from taeda.serialization import _rebuild_parameter as _rebuild_parameter
from taeda.serialization import _rebuild_tensor_v2 as _rebuild_tensor_v2

__all__ = ["ExceptionWrapper"]


def _flatten_dense_tensors(tensors: Iterable[Any]) -> Any:
    """All elements of the tensors, one after the other, in one tensor of one dimension."""
    tensors = list(tensors)
    return taeda.cat([tensor.contiguous().view(-1) for tensor in tensors]) if tensors else taeda.empty(0)


def _unflatten_dense_tensors(flat: Any, tensors: Iterable[Any]) -> tuple[Any, ...]:
    """Views of `flat` with the sizes of the tensors: the reverse of `_flatten_dense_tensors`."""
    outputs, offset = [], 0
    for tensor in tensors:
        outputs.append(flat.narrow(0, offset, tensor.numel()).view_as(tensor))
        offset += tensor.numel()
    return tuple(outputs)


def _take_tensors(tensors: Iterable[Any], size_limit: int) -> Iterator[list[Any]]:
    """Groups of tensors of one dtype, each as large as it may be: at most `size_limit` bytes, or one tensor."""
    groups: dict[Any, tuple[list[Any], int]] = {}
    for tensor in tensors:
        group, size = groups.get(tensor.dtype, ([], 0))
        if group and size + tensor.nbytes > size_limit:
            yield group
            group, size = [], 0
        groups[tensor.dtype] = [*group, tensor], size + tensor.nbytes
    yield from (group for group, _ in groups.values())


def _accumulate(iterable: Iterable[Any], fn: Any = lambda x, y: x + y) -> Iterator[Any]:
    """Running totals."""
    import itertools

    return itertools.accumulate(iterable, fn)


class KeyErrorMessage(str):
    """A message that KeyError shows as it is, and not as a string with escapes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return self


class ExceptionWrapper:
    """An exception with its traceback as text, to be sent to another thread or process and raised there."""

    def __init__(self, exc_info: Any = None, where: str = "in background") -> None:
        kind, value, trace = sys.exc_info() if exc_info is None else exc_info
        self.exc_type: Any = kind
        self.exc_msg = "".join(traceback.format_exception(kind, value, trace))
        self.where = where

    def reraise(self) -> None:
        """Raise an exception of the same class, whose message has the traceback."""
        message = f"Caught {self.exc_type.__name__} {self.where}.\nOriginal {self.exc_msg}"
        if self.exc_type is KeyError:
            message = KeyErrorMessage(message)
        try:
            exception = self.exc_type(message)
        except Exception:
            raise RuntimeError(message) from None
        raise exception
