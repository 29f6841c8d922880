"""Checks of what tensors hold, made when an op runs."""

from __future__ import annotations

from typing import Any

from taeda.ops.indexing import converted
from taeda.ops.op import Tensor, kernel


@kernel(public=False, pure=False)
def required(b: Any, count: Tensor, exception: str, message: str) -> None:
    """Raise the named exception unless the one element of `count`, an int64 tensor, is zero."""
    b.check(count.item() == 0, exception, message)


@required.meta
def _(count: Any, exception: str, message: str) -> tuple[()]:
    return ()


@required.batch
def _(batch: Any, count: Any, exception: str, message: str) -> None:
    required.trace((count.sum().reshape((1,)), exception, message), {})


def require(condition: Any, exception: type[Exception], message: str) -> None:
    """Raise `exception` when the op runs unless all elements of the bool tensor `condition` hold."""
    failed = converted(condition.logical_not(), "int64").sum().reshape((1,))
    required.trace((failed, exception.__name__, message), {})
