"""What is done to each result of a method (a matrix product) before it is stored, or to what it reads, as loop-IR
expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taeda.ir.loop import Expr


@dataclass(frozen=True)
class Epilogue:
    """`value` over `load(0)`, the result in its `dtype`, and `load(k)`, the element of `operands[k - 1]` there, which
    are tensors broadcast to the result's shape; `scalar(k)` is `numbers[k]`. The dtype of `value` is what is stored."""

    value: Expr
    dtype: str
    operands: tuple[Any, ...] = ()
    numbers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Prologue:
    """An operand of a method that is not in memory: `value` over `load(k)`, the element of `operands[k]` there, which
    all have its shape; `scalar(k)` is `numbers[k]`."""

    value: Expr
    operands: tuple[Any, ...]
    numbers: tuple[Any, ...] = ()
