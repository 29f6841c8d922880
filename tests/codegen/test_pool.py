"""Pooling templates against torch, on every target of this machine."""

from __future__ import annotations

import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from direct_builder import RUNNABLE, DirectBuilder  # noqa: E402

from taeda.compiler.methods import pooling  # noqa: E402
from taeda.ir.geometry import Windows  # noqa: E402

F = torch.nn.functional
MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
MEAN = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
ADAPTIVE_MEAN = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
ADAPTIVE_MAX = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}


@pytest.fixture(params=[t for t in RUNNABLE if t.name not in ("avx512_dot", "avx512_vnni")], ids=lambda t: t.name)
def builder(request: Any) -> Any:
    return DirectBuilder(target=request.param)


_FAULT = ("RuntimeError", "invalid max index: {0} (a plane has {1} elements)")


def pooled(b: Any, x: Any, w: Windows, dtype: str | None = None) -> Any:
    """Memory for one number for each window."""
    return b.alloc(dtype or x.dtype, [*x.shape[:x.dim() - w.rank], *w.output(x.shape[x.dim() - w.rank:])])


def max_values(b: Any, x: Any, w: Windows) -> Any:
    out = pooled(b, x, w)
    pooling.max_pool(b, input=x, out=out, places=None, windows=w)
    return out


def max_places(b: Any, x: Any, w: Windows) -> Any:
    out, places = pooled(b, x, w), pooled(b, x, w, "int64")
    pooling.max_pool(b, input=x, out=out, places=places, windows=w)
    return out, places


def max_gradient(b: Any, upstream: Any, x: Any, w: Windows) -> Any:
    out = b.alloc(x.dtype, x.shape)
    pooling.max_pool_gradient(b, upstream=upstream, input=x, out=out, windows=w)
    return out


def mean(b: Any, x: Any, w: Windows, include_padding: bool, divisor: int) -> Any:
    out = pooled(b, x, w)
    pooling.mean_pool(b, input=x, out=out, windows=w, include_padding=include_padding, divisor=divisor)
    return out


def mean_gradient(b: Any, upstream: Any, sizes: Any, w: Windows, include_padding: bool, divisor: int) -> Any:
    out = b.alloc(upstream.dtype, [*upstream.shape[:upstream.dim() - w.rank], *sizes])
    pooling.mean_pool_gradient(b, upstream=upstream, out=out, windows=w, include_padding=include_padding,
                               divisor=divisor)
    return out


def take(b: Any, x: Any, places: Any, rank: int) -> Any:
    out = b.alloc(x.dtype, places.shape)
    pooling.take_places(b, input=x, places=places, out=out, rank=rank, fault=_FAULT)
    return out


def put(b: Any, x: Any, places: Any, sizes: Any, rank: int) -> Any:
    out = b.alloc(x.dtype, [*x.shape[:x.dim() - rank], *sizes])
    pooling.put_places(b, input=x, places=places, out=out, rank=rank, add=True, fault=_FAULT)
    return out


def adaptive_mean(b: Any, x: Any, outs: Any) -> Any:
    out = b.alloc(x.dtype, [*x.shape[:x.dim() - len(outs)], *outs])
    pooling.adaptive_mean_pool(b, input=x, out=out, rank=len(outs))
    return out


def adaptive_mean_gradient(b: Any, upstream: Any, sizes: Any) -> Any:
    out = b.alloc(upstream.dtype, [*upstream.shape[:upstream.dim() - len(sizes)], *sizes])
    pooling.adaptive_mean_pool_gradient(b, upstream=upstream, out=out, rank=len(sizes))
    return out


def adaptive_max(b: Any, x: Any, outs: Any) -> Any:
    shape = [*x.shape[:x.dim() - len(outs)], *outs]
    out, places = b.alloc(x.dtype, shape), b.alloc("int64", shape)
    pooling.adaptive_max_pool(b, input=x, out=out, places=places, rank=len(outs))
    return out, places


def drawn(seed: int, dilated: bool) -> tuple[tuple[int, ...], Windows]:
    """Sizes and windows."""
    choose = random.Random(seed)
    rank = choose.choice([1, 2, 2, 3])
    taps = tuple(choose.randint(1, 5) for _ in range(rank))
    step = tuple(choose.randint(1, 4) for _ in range(rank))
    tap_step = tuple(choose.randint(1, 3) if dilated else 1 for _ in range(rank))
    padding = tuple(choose.randint(0, k // 2) for k in taps)
    sizes = tuple(d * (k - 1) + 1 + choose.randint(0, 40 if rank < 3 else 9)
                  for k, d in zip(taps, tap_step, strict=True))
    return sizes, Windows(taps, step, padding, tap_step, choose.random() < 0.5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64, torch.int32], ids=str)
@pytest.mark.parametrize("seed", range(14))
def test_max(seed: int, dtype: Any, builder: Any) -> None:
    sizes, w = drawn(seed, True)
    x = torch.randint(-6, 6, (2, 3, *sizes)).to(dtype)
    if dtype == torch.int32 and w.rank == 1:
        pytest.skip("torch has no max_pool1d of int32")
    arguments = w.taps, w.step, w.padding, w.tap_step, w.ceil
    if dtype.is_floating_point:
        x[x == 5] = float("inf")
        x.view(-1)[::7] = float("-inf")
        x.view(-1)[::31] = float("nan")
    expected, places = MAX[w.rank](x, *arguments, return_indices=True)
    assert torch.equal(max_values(builder, x, w).nan_to_num(7), expected.nan_to_num(7))
    got, at = max_places(builder, x, w)
    assert torch.equal(got.nan_to_num(7), expected.nan_to_num(7))
    assert torch.equal(at, places)
    if not dtype.is_floating_point:
        return
    upstream = torch.randint(-9, 9, expected.shape).to(dtype)
    leaf = x.clone().requires_grad_()
    MAX[w.rank](leaf, *arguments, return_indices=True)[0].backward(upstream)
    assert torch.equal(max_gradient(builder, upstream, x, w), leaf.grad)
    assert torch.equal(put(builder, upstream, at, sizes, w.rank), leaf.grad)
    taken = take(builder, x, at, w.rank)
    assert torch.equal(taken.nan_to_num(7), expected.nan_to_num(7))


def test_least_numbers_only(builder: Any) -> None:
    """Windows of -inf alone have the place of their first element."""
    x = torch.full((1, 2, 9, 40), float("-inf"))
    w = Windows((3, 3), (2, 1), (1, 1), (1, 2), False)
    expected, places = F.max_pool2d(x, w.taps, w.step, w.padding, w.tap_step, return_indices=True)
    got, at = max_places(builder, x, w)
    assert torch.equal(got, expected) and torch.equal(at, places)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("seed", range(14))
def test_mean(seed: int, dtype: Any, builder: Any) -> None:
    sizes, w = drawn(seed, False)
    x = torch.randn(2, 3, *sizes, dtype=dtype)
    include, divisor = seed % 2 == 0, (0, 0, 7)[seed % 3] if w.rank > 1 else 0
    extra = (divisor or None,) if w.rank > 1 else ()
    leaf = x.clone().requires_grad_()
    expected = MEAN[w.rank](leaf, w.taps, w.step, w.padding, w.ceil, include, *extra)
    torch.testing.assert_close(mean(builder, x, w, include, divisor), expected.detach())
    upstream = torch.randn_like(expected)
    expected.backward(upstream)
    got = mean_gradient(builder, upstream, sizes, w, include, divisor)
    torch.testing.assert_close(got, leaf.grad)


OUTPUTS = [(1,), (7,), (50,), (1, 1), (3, 4), (7, 7), (1, 30), (2, 1), (0, 2), (2, 3, 4), (1, 1, 1)]


@pytest.mark.parametrize("outs", OUTPUTS, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_adaptive(outs: tuple[int, ...], dtype: Any, builder: Any) -> None:
    sizes = (40,) if len(outs) == 1 else (13, 150) if len(outs) == 2 else (5, 6, 7)
    x = torch.randn(2, 3, *sizes, dtype=dtype)
    leaf = x.clone().requires_grad_()
    expected = ADAPTIVE_MEAN[len(outs)](leaf, outs)
    torch.testing.assert_close(adaptive_mean(builder, x, outs), expected.detach())
    upstream = torch.randn_like(expected)
    if 0 in outs:  # torch has no gradient of nothing
        assert not adaptive_mean_gradient(builder, upstream, sizes).any()
    else:
        expected.backward(upstream)
        torch.testing.assert_close(adaptive_mean_gradient(builder, upstream, sizes), leaf.grad)
        x.view(-1)[::50] = float("nan")
        expected, places = ADAPTIVE_MAX[len(outs)](x, outs, return_indices=True)
        got, at = adaptive_max(builder, x, outs)
        assert torch.equal(got.nan_to_num(9), expected.nan_to_num(9)) and torch.equal(at, places)


@pytest.mark.parametrize("bad", [-1, 12, 1 << 40])
def test_places_out_of_range(bad: int, builder: Any) -> None:
    places = torch.zeros(1, 2, 2, dtype=torch.int64)
    places[0, 1, 1] = bad
    x = torch.ones(1, 3, 4)
    with pytest.raises(RuntimeError, match=f"invalid max index: {bad} "):
        take(builder, x, places, 2)
    with pytest.raises(RuntimeError, match=f"invalid max index: {bad} "):
        put(builder, torch.ones(1, 2, 2), places, (3, 4), 2)


def test_no_planes(builder: Any) -> None:
    w = Windows((2, 2), (2, 2), (0, 0), (1, 1), False)
    assert max_values(builder, torch.ones(0, 3, 4, 4), w).shape == (0, 3, 2, 2)
    assert mean(builder, torch.ones(0, 3, 4, 4), w, True, 0).shape == (0, 3, 2, 2)
