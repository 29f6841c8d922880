"""Scans against torch, on every instruction set that the machine has."""

from __future__ import annotations

from typing import Any

import pytest
from template_runner import TARGETS, Launch
from test_sort import FEW, same, values

from taeda.codegen.target import Target
from taeda.codegen.templates.sort import scan

torch = pytest.importorskip("torch")

targets = pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
SHAPES = [(1, 1, 1), (2, 9, 1), (3, 5, 7), (2, 6, 16), (2, 4, 50), (1, 0, 3)]


def run(target: Target, text: str, shape: tuple[int, ...], operands: list[Any]) -> None:
    outer, row, inner = shape
    assert Launch(text, target, operands, [row, inner])(outer * -(-inner // scan.COLUMNS), 1) == 0


@targets
@pytest.mark.parametrize("dtype", FEW)
@pytest.mark.parametrize("operation", ["sum", "prod"])
@pytest.mark.parametrize("reverse", [False, True])
def test_sum_and_product(target: Target, dtype: str, operation: str, reverse: bool) -> None:
    for shape in SHAPES:
        x = values(shape, dtype)
        if x.is_floating_point():
            x = x.nan_to_num(1.0, 1.0, 1.0) * 0.5
        to = dtype if x.is_floating_point() else "int64"
        out = torch.zeros(shape, dtype=getattr(torch, to))
        run(target, scan.emit_scan(target, operation=operation, source=dtype, dtype=to, reverse=reverse), shape, [x,
                                                                                                                  out])
        wide = x.double() if x.is_floating_point() else x.long()
        expected = getattr(torch, "cum" + operation)(wide.flip(1) if reverse else wide, 1)
        expected = (expected.flip(1) if reverse else expected).to(out.dtype)
        tolerance = 1e-2 if dtype in ("float16", "bfloat16") else 1e-6
        torch.testing.assert_close(out, expected, rtol=tolerance, atol=tolerance)


@targets
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_logarithm_of_sum(target: Target, dtype: str) -> None:
    for shape in SHAPES:
        x = values(shape, dtype)
        out = torch.zeros_like(x)
        run(target, scan.emit_scan(target, operation="logsumexp", source=dtype, dtype=dtype), shape, [x, out])
        expected = torch.logcumsumexp(x.double(), 1).to(x.dtype)
        torch.testing.assert_close(out, expected, equal_nan=True)


@targets
@pytest.mark.parametrize("dtype", FEW)
@pytest.mark.parametrize("largest", [False, True])
def test_extremes(target: Target, dtype: str, largest: bool) -> None:
    for shape in SHAPES:
        x = values(shape, dtype)
        found, at = torch.zeros_like(x), torch.zeros(shape, dtype=torch.int64)
        run(target, scan.emit_extremes(target, dtype=dtype, largest=largest), shape, [x, found, at])
        expected = (torch.cummax if largest else torch.cummin)(x, 1)
        same(found, expected.values)
        assert torch.equal(at, expected.indices)
