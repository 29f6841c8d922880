"""Type promotion, for all pairs of dtypes, against torch.result_type."""

from __future__ import annotations

import itertools

import pytest

from taeda.ir.dtype import TENSORS
from taeda.ops import dtypes
from taeda.ops.dtypes import Operand

torch = pytest.importorskip("torch")

NAMES = list(TENSORS)
NUMBERS = {"bool": True, "int": 1, "float": 1.5, "complex": 1j}


@pytest.mark.parametrize("a", NAMES)
def test_promotion_of_tensors(a: str) -> None:
    for b, (m, n) in itertools.product(NAMES, itertools.product((0, 2), repeat=2)):
        x, y = torch.zeros((1,) * m, dtype=getattr(torch, a)), torch.zeros((1,) * n, dtype=getattr(torch, b))
        expected = str(torch.result_type(x, y)).replace("complex32", "complex64")  # there is no complex32 here
        assert f"torch.{dtypes.result_type([Operand(a, m), Operand(b, n)])}" == expected, (a, m, b, n)


@pytest.mark.parametrize("kind", NUMBERS)
def test_promotion_with_numbers(kind: str) -> None:
    for a, m in itertools.product(NAMES, (0, 2)):
        x = torch.zeros((1,) * m, dtype=getattr(torch, a))
        got = dtypes.result_type([Operand(a, m), dtypes.number_operand(kind)])
        assert f"torch.{got}" == str(torch.result_type(x, NUMBERS[kind])).replace("complex32", "complex64"), (
            a,
            m,
            kind,
        )
