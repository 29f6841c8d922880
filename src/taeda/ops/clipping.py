"""Clipping of gradients: the norm of many tensors together, and scaling all of them, each one Program over all tensors
(see ops/optimizers.py)."""

from __future__ import annotations

from typing import Any

from taeda.ir.loop import Kernel, Operand, Reduce, Store, call, cast, load, reduced
from taeda.ops import dtypes
from taeda.ops.op import Result, Tensor, Tensors, kernel


def _norm(dtype: str) -> Kernel:
    wide = dtypes.compute_dtype(dtype)
    x = cast(load(0, dtype), wide)
    return Kernel((Operand(dtype, "input"), Operand(dtype, "row")),
                  (Reduce("sum", x * x), Store(1, cast(call("sqrt", reduced(0, wide)), dtype))), "norm")


@kernel(public=False, differentiable=False)
def total_norm(b: Any, tensors: Tensors) -> Tensor:
    """The 2-norm of all elements of real tensors of one dtype: the norm of their norms, a scalar."""
    dtype = tensors[0].dtype
    norms = [b.loops(_norm(dtype), [t], [0], (), tuple(range(t.ndim)), False)[0] for t in tensors]
    together = b.alloc(dtype, [len(norms)])
    b.join(together, norms, 0)
    return b.loops(_norm(dtype), [together], [0], (), (0,), False)[0]


@total_norm.meta
def _(tensors: Any) -> Result:
    return Result(tensors[0].dtype, ())


@kernel(public=False, mutates=("tensors",), differentiable=False)
def scale_all(b: Any, tensors: Tensors, factor: Tensor) -> None:
    """Multiply all tensors by a number that is a tensor without dimensions."""
    for t in tensors:
        wide = dtypes.compute_dtype(t.dtype)
        product = cast(load(0, t.dtype), wide) * cast(cast(load(1, factor.dtype), t.dtype), wide)
        operands = (Operand(t.dtype, "input"), Operand(factor.dtype, "input"), Operand(t.dtype, "element"))
        b.loops(Kernel(operands, (Store(2, cast(product, t.dtype)),), "scale"), [t, factor], [t])


@scale_all.meta
def _(*_: Any) -> tuple[()]:
    return ()


__all__ = ["scale_all", "total_norm"]
