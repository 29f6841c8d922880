"""Whole numbers and orders drawn at random: their ranges, that all of them come up alike, and vmap."""

from __future__ import annotations

import pytest

import taeda


@pytest.mark.parametrize("n", [0, 1, 2, 31, 32, 33, 100, 70000])
def test_randperm_has_every_number_once(n: int) -> None:
    assert taeda.equal(taeda.randperm(n).sort().values, taeda.arange(n))


def test_randperm_puts_every_number_everywhere() -> None:
    generator = taeda.Generator().manual_seed(3)
    orders = taeda.stack([taeda.randperm(6, generator=generator) for _ in range(1800)])
    places = taeda.nn.functional.one_hot(orders, 6).sum(0)  # 300 of each expected, with a deviation of 16
    assert places.min() > 230 and places.max() < 370
    pairs = taeda.bincount(orders[:, 0] * 6 + orders[:, 1], minlength=36)  # 60 of each, but none of the same twice
    assert pairs.reshape(6, 6).diagonal().sum() == 0 and (pairs > 25).sum() == 30


def test_randperm_follows_its_generator() -> None:
    orders = [taeda.randperm(100, generator=taeda.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert taeda.equal(orders[0], orders[1]) and not taeda.equal(orders[0], orders[2])


def test_randperm_in_vmap() -> None:
    taeda.manual_seed(0)
    for randomness in ("same", "different"):
        orders = taeda.vmap(lambda x: x + taeda.randperm(50), randomness=randomness)(taeda.zeros(3, 50))
        assert taeda.equal(orders.sort(1).values, taeda.arange(50.0).expand(3, 50))
        assert taeda.equal(orders[0], orders[1]) == (randomness == "same")


@pytest.mark.parametrize("low, high", [(0, 1), (-3, 4), (10, 17), (2**40, 2**40 + 5), (-(2**63), -(2**63) + 3)])
def test_randint_draws_every_number_alike(low: int, high: int) -> None:
    taeda.manual_seed(0)
    counts = taeda.bincount(taeda.randint(low, high, (10000,)) - low, minlength=high - low)
    mean = 10000 / (high - low)
    assert len(counts) == high - low and (counts - mean).abs().max() < 5 * mean**0.5


def test_randint_of_spans_beyond_32_bits() -> None:
    taeda.manual_seed(0)
    for low, high in ((0, 2**62), (-(2**63), 2**63 - 1), (5, 3 * 2**33)):
        x = taeda.randint(low, high, (20000,)).double()
        span = float(high - low)
        parts = taeda.bincount(((x - low) / span * 8).long().clamp(max=7), minlength=8)
        assert parts.min() > 2200 and parts.max() < 2800


@pytest.mark.parametrize("dtype, largest", [("int8", 127), ("uint8", 255), ("bool", 1), ("bfloat16", 256)])
def test_random_fills_up_to_the_largest_number(dtype: str, largest: int) -> None:
    taeda.manual_seed(0)
    x = taeda.empty(20000, dtype=getattr(taeda, dtype)).random_()
    assert x.min() == 0 and x.max() == largest
