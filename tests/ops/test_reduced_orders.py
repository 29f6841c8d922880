"""Reductions over several dimensions walk memory from its first element to its last, whatever dimensions are called."""

from __future__ import annotations

import itertools

import pytest

import taeda


def numbers(*shape: int, dtype: str = "float32") -> taeda.Tensor:
    generator = taeda.Generator().manual_seed(0)
    return taeda.randn(*shape, generator=generator, dtype=getattr(taeda, dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("shape", [(3, 5), (300, 200), (20, 30, 40)])
def test_order_of_dimensions_changes_no_bit(shape: tuple[int, ...], dtype: str) -> None:
    x = numbers(*shape, dtype=dtype)
    for order in itertools.permutations(range(x.ndim)):
        y = x.permute(order)
        assert taeda.equal(y.sum(), x.sum()) and taeda.equal(y.var(), x.var())
        assert taeda.equal((y * 2).mean(), (x * 2).mean())
        assert taeda.equal(y.logsumexp(tuple(range(y.ndim))), x.logsumexp(tuple(range(x.ndim))))
        assert taeda.equal(taeda.compile(lambda y: (y * 2).sum())(y), (y * 2).sum())


def test_some_dimensions_of_several() -> None:
    x = numbers(4, 6, 5, 7)
    for order in itertools.permutations(range(4)):
        y = x.permute(order)
        for count in (1, 2, 3):
            for dims in itertools.combinations(range(4), count):
                got = y.sum(dims)
                want = y.double().contiguous().sum(dims)
                assert taeda.allclose(got.double(), want, atol=1e-4)
                assert taeda.equal(y.amax(dims), y.contiguous().amax(dims))


def test_results_that_keep_the_reduced_dimensions() -> None:
    x = numbers(4, 6, 5).permute(2, 0, 1)
    layer = taeda.nn.functional.layer_norm(x, (4, 6))
    assert layer.shape == x.shape
    taeda.testing.assert_close(layer, taeda.nn.functional.layer_norm(x.contiguous(), (4, 6)))
    y = x.clone().requires_grad_()
    (y.logsumexp((0, 2)) ** 2).sum().backward()
    z = x.contiguous().requires_grad_()
    (z.logsumexp((0, 2)) ** 2).sum().backward()
    taeda.testing.assert_close(y.grad, z.grad)


@pytest.mark.parametrize("first, second", [*itertools.product(("rows", "columns", "parts"), repeat=2)])
def test_layouts_of_two_operands(first: str, second: str) -> None:
    def laid_out(x: taeda.Tensor, how: str) -> taeda.Tensor:
        if how == "columns":
            return x.t().contiguous().t()
        return taeda.cat([x, x], 1)[:, :x.shape[1]] if how == "parts" else x

    a, b = numbers(70, 90), numbers(90, 70).t()
    x, y = laid_out(a, first), laid_out(b.contiguous(), second)
    for dim in (0, 1):
        assert taeda.equal((x * y).sum(dim), (a.contiguous() * b.contiguous()).sum(dim))
    assert taeda.equal((x - y).softmax(0), (a - b.contiguous()).softmax(0))


def test_longest_range_in_chunks() -> None:
    x = numbers(700, 300)  # longer than what is summed in one go
    assert taeda.equal(x.t().sum(), x.sum())
    y = x[:, ::2].t()
    taeda.testing.assert_close(y.sum(), y.contiguous().sum())
