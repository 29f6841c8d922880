"""Ranges of integers between numbers that are not whole, and sums of operands that are broadcast and at places."""

from __future__ import annotations

import pytest

import taeda


def test_both_ends_and_the_step_are_truncated() -> None:
    assert taeda.arange(1.1, 5.1, 2.0, dtype=taeda.int64).tolist() == [1, 3]
    assert taeda.arange(1.1, 1.1, -1.0, dtype=taeda.int64).tolist() == []
    assert taeda.arange(0, 3.1, dtype=taeda.int64).tolist() == [0, 1, 2]
    assert taeda.arange(0, 3.1, dtype=taeda.int32).tolist() == [0, 1, 2, 3]
    assert taeda.linspace(4.3, -3, 8, dtype=taeda.int64).tolist() == [4, 3, 2, 1, 0, -1, -2, -3]
    assert taeda.logspace(2.9, 1.2, 2, dtype=taeda.int64).tolist() == [100, 10]
    with pytest.raises(ValueError, match="step must be nonzero"):
        taeda.arange(0, 64, 0.5, dtype=taeda.int64)


@pytest.mark.parametrize("dims", [None, (0, 2), (1, 3), (0, 1, 3)])
def test_operands_that_are_broadcast_in_several_places_are_summed(dims: tuple[int, ...] | None) -> None:
    x, y, z = taeda.randn(3, 4, 5, 6), taeda.randn(4, 1, 6), taeda.randn(3, 1, 5, 1)
    step = taeda.compile(lambda x, y, z: (x * y + z).sum(dims))
    wanted = (x * y.expand(x.shape).clone() + z.expand(x.shape).clone()).clone().sum(dims)
    assert taeda.allclose(step(x, y, z), wanted, atol=1e-4)


def test_a_loss_of_targets_and_variances_that_are_broadcast() -> None:
    x, target, variance = taeda.randn(5, 5, 5), taeda.randn(5, 5), taeda.rand(5, 5) + 0.1
    loss = taeda.nn.functional.gaussian_nll_loss
    whole = loss(x, target.expand(5, 5, 5).clone(), variance.unsqueeze(-1).expand(5, 5, 5).clone(), reduction="sum")
    assert taeda.allclose(loss(x, target, variance, reduction="sum"), whole)


@pytest.mark.parametrize("dtype", ["complex32", "complex64"])
def test_complex_numbers_are_added_at_places(dtype: str) -> None:
    x = (taeda.arange(6.0).reshape(2, 3) + 0.5j).to(getattr(taeda, dtype))
    index, places = taeda.tensor([1, 0]), taeda.tensor([[0, 1, 2], [2, 0, 1]])
    both = [[3 + 1j, 5 + 1j, 7 + 1j]] * 2
    assert x.index_add(0, index, x).to(taeda.complex64).tolist() == both
    assert x.index_put((index,), x, accumulate=True).to(taeda.complex64).tolist() == both
    assert x.scatter_add(1, places, x).to(taeda.complex64).tolist() == [[1j, 2 + 1j, 4 + 1j], [7 + 1j, 9 + 1j, 8 + 1j]]
