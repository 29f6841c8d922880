"""hash_tensor against the exclusive or of bits by NumPy, and its errors."""

from __future__ import annotations

import numpy as np
import pytest

import taeda


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64", "int64", "int8", "uint8", "bool"])
def test_exclusive_or_of_bits(dtype: str) -> None:
    x = (taeda.arange(5 * 7 * 3) * 37 % 101 - 50).reshape(5, 7, 3).to(getattr(taeda, dtype))
    wide = x.double().numpy().view(np.uint64) if x.is_floating_point() else x.long().numpy().view(np.uint64)
    for dims in ((0, 1, 2), (1,), (0, 2)):
        want = np.bitwise_xor.reduce(wide, axis=dims)
        got = taeda.hash_tensor(x, dims)
        assert got.dtype == taeda.uint64
        assert (got.numpy() == want).all()
    assert taeda.hash_tensor(x).item() == int(np.bitwise_xor.reduce(wide, axis=None))
    assert taeda.hash_tensor(x, 1, keepdim=True).shape == (5, 1, 3)


def test_errors() -> None:
    x = taeda.zeros(0, 3)
    with pytest.raises(RuntimeError, match="Expected reduction dim to be specified"):
        taeda.hash_tensor(x)
    with pytest.raises(IndexError, match="Expected reduction dim 0 to have non-zero size"):
        taeda.hash_tensor(x, 0)
    assert taeda.hash_tensor(x, 1).shape == (0,)
    with pytest.raises(RuntimeError, match="Unknown hash_tensor mode: 1"):
        taeda.hash_tensor(x, 1, mode=1)
    with pytest.raises(RuntimeError, match="dim 0 appears multiple times"):
        taeda.hash_tensor(x, (0, 0))
    assert taeda.hash_tensor(taeda.tensor(2.0)).item() == 2**62
