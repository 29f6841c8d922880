"""cat and stack of what lies in memory in different ways: one after the other, turned, of other dtypes, empty, many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import taeda


def parts(count: int) -> list[Any]:
    """Tensors of shape (3, 4, 5): contiguous ones, a transposed one, a broadcast one, integers among floats."""
    rng = np.random.default_rng(count)
    made = [taeda.from_numpy(rng.standard_normal((3, 4, 5)).astype("float32")) for _ in range(count)]
    made[1] = taeda.from_numpy(rng.standard_normal((5, 4, 3)).astype("float32")).permute(2, 1, 0)
    made[2] = taeda.arange(5).expand(3, 4, 5)
    return made


@pytest.mark.parametrize("count", [3, 130])  # more than kernels take as operands
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_mixed_parts(count: int, dim: int) -> None:
    tensors = parts(count)
    arrays = [t.numpy() for t in tensors]
    np.testing.assert_array_equal(taeda.cat(tensors, dim).numpy(), np.concatenate(arrays, dim, dtype="float32"))
    np.testing.assert_array_equal(taeda.stack(tensors, dim).numpy(), np.stack(arrays, dim, dtype="float32"))


def test_into_a_result_that_is_turned() -> None:
    tensors = parts(4)
    out = taeda.empty(5, 16, 3).permute(2, 1, 0)
    assert taeda.cat(tensors, 1, out=out) is out
    np.testing.assert_array_equal(out.numpy(), np.concatenate([t.numpy() for t in tensors], 1, dtype="float32"))


def test_rows_of_different_lengths_across_pieces_of_work() -> None:
    widths = [1, 0, 700, 3, 40_000, 0]
    arrays = [np.arange(7 * w, dtype="float32").reshape(7, w) for w in widths]
    found = taeda.cat([taeda.from_numpy(a) for a in arrays], 1)
    np.testing.assert_array_equal(found.numpy(), np.concatenate(arrays, 1))


@pytest.mark.parametrize("columns", [1, 3, 16, 19])
def test_lines_side_by_side_have_the_bits_of_a_line_alone(columns: int) -> None:
    x = taeda.from_numpy(np.random.default_rng(0).standard_normal((11, 200, columns)).astype("float32"))
    together = x.cumsum(1)
    for k in (0, 3, 10):
        assert taeda.equal(together[k], x[k].cumsum(0))
        assert taeda.equal(together[k, :, columns - 1], x[k, :, columns - 1].cumsum(0))
    values, places = x.cummax(1)
    assert taeda.equal(values[10], x[10].cummax(0)[0])
    assert taeda.equal(places[10], x[10].cummax(0)[1])


def test_the_first_bad_index_is_named_wherever_it_stands() -> None:
    x = taeda.zeros(4, 100)
    index = taeda.zeros(4, 90, dtype=taeda.int64)
    for row, column in [(0, 0), (1, 57), (3, 89)]:
        bad = index.clone()
        bad[row, column] = 100
        for call in (lambda i: x.gather(1, i), lambda i: x.scatter_add(1, i, taeda.ones(4, 90)),
                     lambda i: x.scatter_(1, i, 1.0)):
            with pytest.raises((IndexError, RuntimeError), match="100"):
                call(bad)
    assert taeda.equal(x, taeda.zeros(4, 100))
