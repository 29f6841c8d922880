"""Sorting and selection against torch, on every instruction set that the machine has."""

from __future__ import annotations

from typing import Any

import pytest
from template_runner import TARGETS, Launch

from taeda.codegen.target import Target
from taeda.codegen.templates.sort import rows as sort

torch = pytest.importorskip("torch")

targets = pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")
FEW = ("uint8", "int32", "bfloat16", "float64")  # one of each size: the key is all that differs
SHAPES = [(1, 1, 1), (3, 17, 1), (2, 48, 2), (2, 49, 3), (2, 1000, 1), (1, 9000, 1)]


def values(shape: tuple[int, ...], dtype: str) -> torch.Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    kind = getattr(torch, dtype)
    if not kind.is_floating_point:
        low, high = (0, 2) if dtype == "bool" else (0, 256) if dtype == "uint8" else (-128, 128)
        if dtype in ("int32", "int64"):
            low, high = -2 ** 31, 2 ** 31
        return torch.randint(low, high, shape, generator=generator).to(kind)
    x = torch.randn(shape, generator=generator).to(kind)
    special = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0, 0.0, 1.0, 1.0])
    chosen = torch.rand(shape, generator=generator) < 0.1
    return torch.where(chosen, special[torch.randint(0, 7, shape, generator=generator)].to(kind), x)


def run(target: Target, text: str, x: torch.Tensor, count: int | None, extra: tuple[int, ...] = ()) -> Any:
    outer, row, inner = x.shape
    size = row if count is None else count
    found, at = torch.zeros((outer, size, inner), dtype=x.dtype), torch.full((outer, size, inner), -1)
    launch = Launch(text, target, [x, found, at], [row, inner, *extra], (), sort.scratch_bytes(row, x.element_size()))
    assert launch(outer * inner, 2) == 0
    return found, at


def same(a: torch.Tensor, b: torch.Tensor) -> None:
    assert torch.equal(a.nan_to_num(nan=12345.0) if a.is_floating_point() else a,
                       b.nan_to_num(nan=12345.0) if b.is_floating_point() else b)


@targets
@pytest.mark.parametrize(("dtype", "descending"), [*((d, False) for d in DTYPES), *((d, True) for d in FEW)])
def test_sort(target: Target, dtype: str, descending: bool) -> None:
    for shape in SHAPES:
        x = values(shape, dtype)
        found, at = run(target, sort.emit_sort(target, dtype=dtype, descending=descending), x, None)
        expected, where = torch.sort(x, dim=1, descending=descending, stable=True)
        same(found, expected)
        assert torch.equal(at, where)


@targets
@pytest.mark.parametrize("dtype", FEW)
@pytest.mark.parametrize("largest", [False, True])
def test_topk(target: Target, dtype: str, largest: bool) -> None:
    for shape in SHAPES:
        x = values(shape, dtype)
        for k in {1, min(5, shape[1]), shape[1] // 2 or 1, shape[1]}:
            found, at = run(target, sort.emit_topk(target, dtype=dtype, largest=largest), x, k, (k,))
            expected, where = torch.sort(x, dim=1, descending=largest, stable=True)
            same(found, expected[:, :k])
            assert torch.equal(at, where[:, :k])


@targets
@pytest.mark.parametrize("dtype", FEW)
def test_select(target: Target, dtype: str) -> None:
    for shape in SHAPES:
        x = values(shape, dtype)
        expected, where = torch.sort(x, dim=1, stable=True)
        k = shape[1] // 3 + 1
        found, at = run(target, sort.emit_select(target, dtype=dtype, mode="kth"), x, 1, (k,))
        same(found, expected[:, k - 1:k])
        assert torch.equal(at, where[:, k - 1:k])
        for mode in ("median", "nanmedian"):
            found, at = run(target, sort.emit_select(target, dtype=dtype, mode=mode), x, 1, (0,))
            same(found, getattr(torch, mode)(x, 1, keepdim=True).values)
            same(x.gather(1, at), found)


@targets
@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_mode(target: Target, dtype: str) -> None:
    for shape in SHAPES[:-1]:
        x = (values(shape, "uint8") % 7).to(getattr(torch, dtype))
        found, at = run(target, sort.emit_mode(target, dtype=dtype), x, 1)
        expected = torch.mode(x, 1, keepdim=True)
        same(found, expected.values)
        same(x.gather(1, at), found)
