"""Tensors from nothing: constants, ranges, identity. The public functions with device= and the like are in
creation.py."""

from __future__ import annotations

from typing import Any

from taeda.ir.loop import Expr, Kernel, Operand, Store, cast, index, scalar, select
from taeda.ops import dtypes
from taeda.ops.op import (
    DType,
    Number,
    Result,
    Sizes,
    SymInt,
    Tensor,
    check,
    derived,
    kernel,
)


def generate(b: Any, dtype: str, shape: Any, value: Expr, scalars: tuple[Any, ...] = (), name: str = "generate") -> Any:
    """A new tensor whose element at linear position index() is `value`."""
    out = b.alloc(dtype, shape)
    made = Kernel((Operand(dtype, "element"),), (Store(0, cast(value, dtype)),), name)
    return b.loops(made, [], [out], scalars)[0]


@kernel(public=False)
def empty(b: Any, size: Sizes, dtype: DType) -> Tensor:
    """Uninitialised memory."""
    return b.alloc(dtype, size)


@empty.meta
def _(size: Any, dtype: str) -> Result:
    return Result(dtype, size)


@empty.gradient
def _() -> Any:
    return ()


@kernel(public=False)
def full(b: Any, size: Sizes, value: Number, dtype: DType) -> Tensor:
    """All elements `value`."""
    return b.full(dtype, size, value)


@full.meta
def _(size: Any, value: Any, dtype: str) -> Result:
    return Result(dtype, size)


@full.gradient
def _() -> Any:
    return ()


@derived(public=False)
def zeros(size: Sizes, dtype: DType) -> Tensor:
    return full(size, 0, dtype)


@kernel(public=False)
def arange(b: Any, start: Number, step: Number, count: SymInt, dtype: DType) -> Tensor:
    """start + k * step for k in range(count), computed in float64 or int64 and rounded to `dtype` once."""
    wide = "float64" if dtypes.is_float(dtype) else "int64"
    value = scalar(0, wide) + cast(index(), wide) * scalar(1, wide)
    return generate(b, dtype, (count,), value, (_as(start, wide), _as(step, wide)), "arange")


@arange.meta
def _(start: Any, step: Any, count: Any, dtype: str) -> Result:
    return Result(dtype, (count,))


@kernel(public=False)
def linspace(b: Any, start: Number, end: Number, step: Number, count: SymInt, dtype: DType) -> Tensor:
    """`count` numbers from start to end; the second half is computed from the end, as PyTorch does, so it is exact
    there."""
    wide = "float32" if dtype == "float32" else "float64"
    k, n = index(), scalar(3, "int64")
    from_start = scalar(0, wide) + scalar(2, wide) * cast(k, wide)
    from_end = scalar(1, wide) - scalar(2, wide) * cast(n - k - 1, wide)
    value = select(k < n // 2, from_start, from_end)
    return generate(b, dtype, (count,), value, (_as(start, wide), _as(end, wide), _as(step, wide), count), "linspace")


@linspace.meta
def _(start: Any, end: Any, step: Any, count: Any, dtype: str) -> Result:
    return Result(dtype, (count,))


@kernel(public=False)
def eye(b: Any, rows: SymInt, columns: SymInt, dtype: DType) -> Tensor:
    """Ones on the diagonal, zeros elsewhere."""
    out = b.full(dtype, (rows, columns), 0)
    b.fill(b.view("diagonal", out, (0, 0, 1)), 1)
    return out


@eye.meta
def _(rows: Any, columns: Any, dtype: str) -> Result:
    return Result(dtype, (rows, columns))


def _as(number: Any, dtype: str) -> Any:
    """A run-time number in the form a kernel reads a scalar of `dtype`: a double for floats."""
    from taeda.ir.expression import make, unwrap, wrap

    return wrap(make("float" if dtypes.is_float(dtype) else "int", unwrap(number)))


__all__ = ["arange", "check", "empty", "eye", "full", "generate", "linspace", "zeros"]
