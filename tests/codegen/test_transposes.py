"""Copies and sums of what is turned: whole squares, their rests, few rows, all sizes of elements."""

import numpy as np
import pytest

import taeda

SHAPES = [((33, 47), (1, 0)), ((64, 64), (1, 0)), ((3, 17, 80), (0, 2, 1)), ((5, 16, 131), (2, 0, 1)),
          ((2, 64, 9, 9), (0, 2, 3, 1)), ((2, 9, 9, 64), (0, 3, 1, 2)), ((2, 40, 40, 3), (0, 3, 1, 2)),
          ((2, 3, 40, 40), (0, 2, 3, 1)), ((200, 130), (1, 0))]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "uint8"])
@pytest.mark.parametrize(("shape", "order"), SHAPES)
def test_turned(shape: tuple[int, ...], order: tuple[int, ...], dtype: str) -> None:
    array = (np.random.default_rng(0).standard_normal(shape) * 100).astype("int16").astype(dtype)
    expected = np.ascontiguousarray(array.transpose(order))
    turned, straight = taeda.from_numpy(array).permute(*order), taeda.from_numpy(expected)
    np.testing.assert_array_equal(turned.contiguous().numpy(), expected)
    np.testing.assert_array_equal((turned + straight).numpy(), expected + expected)
    out = taeda.empty(*shape, dtype=turned.dtype).permute(*order)
    taeda.add(straight, straight, out=out)
    np.testing.assert_array_equal(out.numpy(), expected + expected)
