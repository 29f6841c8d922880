"""Losses that are worth one fused kernel. The others are composites in nn/functional/loss.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.loop import Kernel, Operand, Reduce, Store, call, cast, const, load, reduced, scalar, select
from taeda.ops.creation import arange
from taeda.ops.op import Result, Sample, SymInt, Tensor, derived, kernel, sample
from taeda.ops.pointwise import convert, where
from taeda.ops.reduction import compute


@kernel(public=False, differentiable=False)
def checked_targets(b: Any, target: Tensor, classes: SymInt, ignore_index: SymInt) -> Tensor:
    """`target` itself; IndexError if an element is neither ignore_index nor in [0, classes)."""
    t = load(0, target.dtype)
    wide = cast(t, "int64")
    bad = select(wide.eq(scalar(1, "int64")), const(False, "bool"), (wide < 0) | (wide >= scalar(0, "int64")))
    # The largest offending value, or -2^63: enough to name one in the message.
    worst = Kernel((Operand(target.dtype, "input"), Operand("int64", "row"), Operand("int64", "row")),
                   (Reduce("sum", cast(bad, "int64")), Reduce("max", select(bad, wide, const(-(2**63), "int64"))),
                    Store(1, reduced(0, "int64")), Store(2, reduced(1, "int64"))), "checked_targets")
    count, value = b.loops(worst, [target], [0, 0], (classes, ignore_index), tuple(range(target.ndim)), False)
    b.check(count.item() == 0, IndexError, "Target {0} is out of bounds.", value.item())
    return b.alias(target)


@checked_targets.meta
def _(target: Any, classes: Any, ignore_index: Any) -> Result:
    return Result(target.dtype, target.shape)


def _hot(target: Any, classes: Any) -> Any:
    """(N, C) bool: whether this is the target's class."""
    return arange(0, 1, classes, "int64").eq(target.unsqueeze(-1))


@derived(public=False)
def cross_entropy_mean(input: Tensor, target: Tensor, ignore_index: SymInt) -> Tensor:
    """Mean over the rows whose target is not ignore_index of -log softmax(input)[target]: input (N, C), target (N,) int64."""
    x = compute(input)
    target = checked_targets(target, input.shape[1], ignore_index)
    shifted = x - x.amax((1,), True)
    total = shifted.exp().sum((1,), True).log()
    chosen = where(_hot(target, input.shape[1]), shifted, 0.0).sum((1,), True)
    valid = target.ne(ignore_index).unsqueeze(-1)
    losses = where(valid, total - chosen, 0.0)
    return convert(losses.sum() / convert(valid, x.dtype).sum(), input.dtype)


@cross_entropy_mean.gradient
def _(grad: Any, input: Any, target: Any, ignore_index: Any) -> Any:
    x = compute(input)
    valid = target.ne(ignore_index).unsqueeze(-1)
    scale = compute(grad) / convert(valid, x.dtype).sum()
    e = (x - x.amax((1,), True)).exp()
    probability = e / e.sum((1,), True)
    hot = convert(_hot(target, input.shape[1]), x.dtype)
    return convert(where(valid, (probability - hot) * scale, 0.0), input.dtype), None


@cross_entropy_mean.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 7), make.integers(7, 5), -100)
    yield sample(make(3, 40), make.integers(40, 3), 2)


__all__ = ["call", "checked_targets", "cross_entropy_mean"]
