"""Chebyshev series in loop IR, and what special functions that are computed in float64 share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taeda.ir.loop import Expr, const
from taeda.ops import dtypes
from taeda.ops.dtypes import Operand

_SINGLE = 1e-10  # of the greatest coefficient: what float32 does not show


def series(coefficients: Sequence[float], x: Expr, single: bool = False) -> Expr:
    """The sum of a Chebyshev series, by Clenshaw's recurrence; `single`: to what float32 shows."""
    if single:
        least = _SINGLE * max(map(abs, coefficients))
        coefficients = [c for c in coefficients if abs(c) > least]
    after, here = const(0, x.dtype), const(0, x.dtype)
    twice = x + x
    for c in reversed(coefficients[1:]):
        after, here = here, twice * here - after + c
    return x * here - after + coefficients[0]


def in_double(function: Callable[..., Expr], *operands: Expr, **options: Any) -> Expr:
    """`function(*operands, single)` in float64, rounded once to the dtype of the operands: `single` if float32."""
    dtype = operands[0].dtype
    if dtype not in ("float32", "float64"):
        raise NotImplementedError(f"not implemented for '{dtypes.torch_kernel_name(dtype)}'")
    return function(*(x.cast("float64") for x in operands), single=dtype == "float32", **options).cast(dtype)


def wide_floats(operands: Sequence[Operand]) -> tuple[str, str]:
    """As promote_to_float, for functions that PyTorch defines on float32 and float64 alone."""
    common = dtypes.promote_to_float(operands)
    if common[0] not in ("float32", "float64"):
        raise NotImplementedError(f"not implemented for '{dtypes.torch_kernel_name(common[0])}'")
    return common
