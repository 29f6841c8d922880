"""Type promotion, for all pairs of dtypes, against torch.result_type."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import taeda
from expected import agree
from taeda.ir.dtype import TENSORS
from taeda.ops import dtypes
from taeda.ops.dtypes import Operand

NAMES = list(TENSORS)
NUMBERS = {"bool": True, "int": 1, "float": 1.5, "complex": 1j}


def result_type(library: Any, first: Any, second: Any) -> str:
    """The dtype of two operands, each (dtype, dimensions) or the kind of a number; or the error that they are."""
    try:
        return _result_type(library, first, second)
    except RuntimeError as error:
        return str(error)


def _result_type(library: Any, first: Any, second: Any) -> str:
    if library is taeda:
        operands = [dtypes.number_operand(x) if isinstance(x, str) else Operand(*x) for x in (first, second)]
        return f"torch.{dtypes.result_type(operands)}"
    values = [NUMBERS[x] if isinstance(x, str) else library.zeros((1,) * x[1], dtype=getattr(library, x[0]))
              for x in (first, second)]  # fmt: skip
    return str(library.result_type(*values))


@pytest.mark.parametrize("a", NAMES)
def test_promotion_of_tensors(a: str) -> None:
    pairs = [((a, m), (b, n)) for b, (m, n) in itertools.product(NAMES, itertools.product((0, 2), repeat=2))]
    agree(lambda library: {f"{x} {y}": result_type(library, x, y) for x, y in pairs})


@pytest.mark.parametrize("kind", NUMBERS)
def test_promotion_with_numbers(kind: str) -> None:
    operands = list(itertools.product(NAMES, (0, 2)))
    agree(lambda library: {f"{x}": result_type(library, x, kind) for x in operands})
