"""Interpolation and sampling at a grid in sizes beyond those of samples: groups of rows, vectors, shared places."""

from __future__ import annotations

import numpy as np
import pytest

import taeda
from taeda.ops.taps import spread_taps, take_taps, weigh_taps


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rows, size, points, inner", [(1, 3, 40, 1), (4, 50, 37, 1), (7, 9, 5, 1), (5, 6, 4, 19),
                                                       (3, 4, 5, 64)])
def test_against_sums(rows: int, size: int, points: int, inner: int, dtype: str) -> None:
    shared = inner > 1
    places = np.random.default_rng(0).integers(0, size, (1 if shared else 2, 3, points)).astype(np.int32)
    weights, x = drawn(len(places), 3, points), drawn(2, rows, size, inner)
    at, w = (np.broadcast_to(a, (2, 3, points)) for a in (places, weights))
    found = np.stack([x[b][:, at[b]] for b in range(2)])  # (b, rows, taps, points, inner)
    tensors = [taeda.from_numpy(a.astype(dtype)) for a in (x, weights)]
    index = taeda.from_numpy(places)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    taken = take_taps(tensors[0], index, tensors[1], 3, shared)
    np.testing.assert_allclose(taken.numpy(), (found * w[:, None, :, :, None]).sum(2), atol=tolerance)

    g = drawn(2, rows, points, inner)
    upstream = taeda.from_numpy(g.astype(dtype))
    want = np.zeros_like(x)
    for b in range(2):
        for t in range(3):
            np.add.at(want[b], (slice(None), at[b, t]), g[b] * w[b, t, :, None])
    spread = spread_taps(upstream, index, tensors[1], size, 3, shared)
    np.testing.assert_allclose(spread.numpy(), want, atol=10 * tolerance)
    if not shared:
        weighed = weigh_taps(upstream, tensors[0], index, 3)
        np.testing.assert_allclose(weighed.numpy(), (found * g[:, :, None]).sum((1, 4)), atol=10 * tolerance)


def test_places_beyond_a_row_read_and_write_nothing_else() -> None:
    x = taeda.arange(12.0).reshape(1, 2, 6, 1)
    places = taeda.tensor([[[-1, 6, 2**31 - 1, 3]]], dtype=taeda.int32)
    assert take_taps(x, places, taeda.ones(1, 1, 4), 1, True)[0, :, :, 0].tolist() == [[5, 5, 5, 3], [11, 11, 11, 9]]
    spread = spread_taps(taeda.ones(1, 2, 4, 1), places, taeda.ones(1, 1, 4), 6, 1, True)
    assert spread[0, :, :, 0].tolist() == [[0, 0, 0, 1, 0, 3]] * 2


@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic"])
def test_sizes_and_layouts(mode: str) -> None:
    x = taeda.from_numpy(drawn(2, 3, 21, 18))
    for size in ((5, 40), (40, 5), (21, 30), (1, 1)):
        whole = taeda.nn.functional.interpolate(x, size=size, mode=mode)
        for y in (x.contiguous(memory_format=taeda.channels_last), x.transpose(2, 3).contiguous().transpose(2, 3)):
            assert taeda.equal(taeda.nn.functional.interpolate(y, size=size, mode=mode), whole)
        one = taeda.nn.functional.interpolate(x[1:, 2:], size=size, mode=mode)  # no other row has a part in it
        assert taeda.equal(one, whole[1:, 2:])


def test_empty_batches() -> None:
    assert taeda.nn.functional.interpolate(taeda.ones(0, 3, 4, 4), size=(8, 8), mode="bilinear").shape == (0, 3, 8, 8)
    x, grid = taeda.ones(0, 3, 4, 4, requires_grad=True), taeda.ones(0, 2, 2, 2, requires_grad=True)
    taeda.nn.functional.grid_sample(x, grid, align_corners=False).sum().backward()
    assert x.grad.shape == x.shape and grid.grad.shape == grid.shape


def test_halves_are_summed_in_float32() -> None:
    x = taeda.from_numpy(drawn(1, 4, 8, 8))
    for dtype in (taeda.bfloat16, taeda.float16):
        y = taeda.nn.functional.interpolate(x.to(dtype), scale_factor=2, mode="bilinear")
        want = taeda.nn.functional.interpolate(x.to(dtype).double(), scale_factor=2, mode="bilinear")
        assert y.dtype == dtype and (y.double() - want).abs().max() < 0.02
