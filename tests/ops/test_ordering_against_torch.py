"""Sorting, selection, scans, searching and rearranging against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from against_torch import DTYPES, check_case, floats, integers, tensor

import taeda
from expected import agree, outcome

CASES: list[tuple[str, Callable[..., Any], list[Any]]] = [
    ("sort", lambda t, x: t.sort(x).values, [floats(4, 5)]),
    ("sort long", lambda t, x: t.sort(x, dim=0, descending=True)[0], [floats(90, 3)]),
    ("topk", lambda t, x: x.topk(3, 0, False)[0], [floats(7, 3)]),
    ("kthvalue", lambda t, x: x.kthvalue(2, 1, True)[0], [floats(3, 7)]),
    ("median", lambda t, x: x.median(), [floats(3, 7)]),
    ("median dim", lambda t, x: x.median(0)[0], [floats(4, 7)]),
    ("median long", lambda t, x: x.median(0)[0], [floats(60, 3)]),  # not sorted, as shorter rows are
    ("kthvalue long", lambda t, x: x.kthvalue(33, 0)[0], [floats(49, 3)]),
    ("nanmedian", lambda t, x: x.nanmedian(), [floats(3, 7)]),
    ("mode", lambda t, x: x.mode(1)[0], [floats(3, 7)]),
    ("msort", lambda t, x: t.msort(x), [floats(3, 7)]),
    ("cumsum", lambda t, x: x.cumsum(0), [floats(5, 3)]),
    ("cumprod", lambda t, x: t.cumprod(x, -1), [floats(5, 3)]),
    ("cumprod zeros", lambda t, x: t.cumprod(x, 1), [(floats(6, 5)[0] * (floats(6, 5)[0] > -1), "float64")]),
    ("logcumsumexp", lambda t, x: t.logcumsumexp(x, 1), [floats(5, 6)]),
    ("cummax", lambda t, x: x.cummax(1)[0], [floats(5, 6)]),
    ("cummin", lambda t, x: x.cummin(0)[0], [floats(5, 6)]),
    ("flip", lambda t, x: x.flip(0, 2), [floats(3, 4, 5)]),
    ("fliplr", lambda t, x: t.fliplr(x), [floats(3, 4)]),
    ("tril", lambda t, x: x.tril(-1), [floats(2, 4, 5)]),
    ("triu", lambda t, x: t.triu(x, 1), [floats(5, 4)]),
    ("repeat_interleave", lambda t, x: x.repeat_interleave(3, 1), [floats(3, 4)]),
    ("repeat_interleave tensor", lambda t, x, r: t.repeat_interleave(x, r, dim=0), [floats(3, 4), integers((3,), 0,
                                                                                                           4)]),
    ("repeat_interleave flat", lambda t, x: t.repeat_interleave(x, 2), [floats(3, 4)]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0])
def test_values_and_gradients(case: tuple[str, Callable[..., Any], list[Any]]) -> None:
    check_case(case[1], case[2])


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype: str) -> None:
    x = floats(6, 70, dtype=dtype)
    operations: list[Callable[..., Any]] = [
        lambda t, x, r: list(t.sort(x, dim=1, stable=True)), lambda t, x, r: t.argsort(x, dim=0, descending=True,
                                                                                       stable=True),
        lambda t, x, r: x.flip(1), lambda t, x, r: t.unique(x, return_counts=True),
        lambda t, x, r: t.unique_consecutive(r, return_inverse=True), lambda t, x, r: list(x.cummax(0)),
        lambda t, x, r: list(x.cummin(1)), lambda t, x, r: x.cumsum(1), lambda t, x, r: x.tril(2),
        lambda t, x, r: x.repeat_interleave(2, 0),
    ]
    if dtype != "bool":
        operations += [lambda t, x, r: x.topk(5, 1)[0], lambda t, x, r: t.searchsorted(r, x), lambda t, x,
                       r: t.bucketize(x, r, right=True, out_int32=True),
                       lambda t, x, r: x.kthvalue(3, 1)[0], lambda t, x, r: x.median(1)[0]]
    for f in operations:
        tolerance = 2e-2 if dtype in ("bfloat16", "float16") else 1e-6

        def program(lib: Any, f: Callable[..., Any] = f) -> Any:
            values = tensor(x, lib)
            return f(lib, values, values[0].sort()[0])

        agree(program, tolerance, tolerance)


OTHERS: list[Callable[..., Any]] = [
    lambda t: t.unique(t.tensor([3, 1, 3, 2, 1]), return_inverse=True, return_counts=True),
    lambda t: t.unique(t.tensor([[1, 2], [0, 1], [1, 2], [0, 3]]), dim=0, return_inverse=True, return_counts=True),
    lambda t: t.unique(t.tensor([[1, 0, 1], [2, 1, 2]]), dim=1),
    lambda t: t.unique_consecutive(t.tensor([[1, 2], [1, 2], [0, 3], [1, 2]]), dim=0, return_counts=True),
    lambda t: t.unique(t.zeros(0), return_counts=True),
    lambda t: t.bincount(t.tensor([1, 3, 3, 0]), minlength=7),
    lambda t: t.bincount(t.tensor([1, 3, 3, 0]), weights=t.tensor([0.5, 1.0, 2.0, 3.0])),
    lambda t: t.bincount(t.zeros(0, dtype=t.int64)),
    lambda t: t.bincount(t.zeros(0, dtype=t.int64), minlength=3),
    lambda t: t.bincount((t.arange(9000, dtype=t.int32) * 7 % 100)[::3]),
    lambda t: t.bincount((t.arange(500) * 7 % 10).flip(0), weights=t.arange(1000.0)[::2]),
    lambda t: t.histc(t.tensor([1.0, 2.0, 1.5, 4.0, 7.0]), 4, 1, 5), lambda t: t.histc(t.tensor([1.0, 2.0, 1.5, 4.0]),
                                                                                       3),
    lambda t: t.searchsorted(t.tensor([[1, 3, 5], [2, 4, 6]]), t.tensor([[3, 9], [0, 4]]), right=True),
    lambda t: t.searchsorted(t.tensor([5, 1, 3]), t.tensor([3, 9]), sorter=t.tensor([1, 2, 0])),
    lambda t: t.searchsorted(t.tensor([1.0, 2.0]), 1.5), lambda t: t.tril_indices(3, 4, -1),
    lambda t: t.triu_indices(4, 3, 1),
    lambda t: t.where(t.tensor([[1, 0], [0, 2]])), lambda t: t.nonzero(t.tensor([[1, 0], [0, 2]]), as_tuple=True),
    lambda t: t.argwhere(t.tensor([1.0, 0.0, float("nan")])), lambda t: t.tensor(5.0).nonzero(),
    lambda t: t.repeat_interleave(t.tensor([2, 0, 1])), lambda t: list(t.tensor(3.0).sort()),
    lambda t: list(t.tensor(3.0).topk(1)), lambda t: list(t.zeros(3, 0).sort(0)), lambda t: t.zeros(0, 3).topk(0, 0)[0],
    lambda t: t.tensor(2.0).cumsum(0), lambda t: t.tensor([True, True]).cumsum(0), lambda t: t.zeros(2, 0).cumprod(1),
    lambda t: t.tensor([1, 2, 3], dtype=t.uint8).cumsum(0), lambda t: t.arange(4).cumsum(0, dtype=t.float32),
    lambda t: t.nn.functional.one_hot(t.tensor([0, 2, 1])), lambda t: t.nn.functional.one_hot(t.tensor([[0], [2]]), 4),
]


@pytest.mark.parametrize("k", range(len(OTHERS)))
def test_others(k: int) -> None:
    agree(OTHERS[k])


WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda t: t.ones(3).topk(4), "selected index k out of range"),
    (lambda t: t.ones(3).kthvalue(0), "kthvalue(): selected number k out of range for dimension 0"),
    (lambda t: t.bincount(t.tensor([-1])), "bincount only supports 1-d non-negative integral inputs."),
    (lambda t: t.ones(3).flip((0, 0)), "dim 0 appears multiple times in the list of dims"),
    (lambda t: t.ones(3).tril(), "tril: input tensor must have at least 2 dimensions"),
    (lambda t: t.repeat_interleave(t.ones(2), t.tensor([1, -1])), "repeats can not be negative"),
    (lambda t: t.ones(2).cumsum(1), "Dimension out of range (expected to be in range of [-1, 0], but got 1)"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda w: w[1][:40])
def test_wrong(wrong: tuple[Callable[[Any], Any], str]) -> None:
    function, message = wrong
    agree(function, messages=False)
    assert outcome(function, taeda).line.startswith(message)


@pytest.mark.parametrize("dtype", ["int32", "int16", "uint8", "uint64", "int64"])
def test_running_sums_and_products_of_integers_have_the_dtype_asked_for(dtype: str) -> None:
    x = taeda.tensor([[200, 100], [3, 2]])
    want = getattr(taeda, dtype)
    sums, products = taeda.cumsum(x, 1, dtype=want), x.cumprod(1, dtype=want)
    assert sums.dtype is want and taeda.equal(sums, taeda.tensor([[200, 300], [3, 5]]).to(want))
    assert products.dtype is want and taeda.equal(products, taeda.tensor([[200, 20000], [3, 6]]).to(want))
    assert x.int().cumsum(1).dtype is taeda.int64
