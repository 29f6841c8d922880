"""Lists of many tensors: what a Program says about them must not be as deep as they are many."""

from __future__ import annotations

import pytest

import taeda


@pytest.mark.parametrize("dim", [0, 1])
def test_cat_of_many(dim: int) -> None:
    parts = [taeda.full((3, 3), float(k)).narrow(dim, 0, k % 3 + 1).requires_grad_() for k in range(1200)]
    joined = taeda.cat(parts, dim)
    assert joined.shape[dim] == 2400
    assert joined.select(1 - dim, 0).tolist() == [float(k) for k in range(1200) for _ in range(k % 3 + 1)]
    (joined * joined).sum().backward()
    for k in (0, 1, 599, 1199):
        assert parts[k].grad.tolist() == taeda.full(parts[k].shape, 2.0 * k).tolist()


def test_stack_of_many() -> None:
    parts = [taeda.full((2,), float(k), requires_grad=True) for k in range(1200)]
    (taeda.stack(parts, 1) ** 2).sum().backward()
    assert parts[1199].grad.tolist() == [2398.0, 2398.0]


def test_derivatives_of_cat() -> None:
    parts = [taeda.randn(2, k + 1, dtype=taeda.float64, requires_grad=True) for k in range(4)]
    assert taeda.autograd.gradcheck(lambda *p: taeda.cat(p, 1), parts)
    assert taeda.autograd.gradgradcheck(lambda *p: taeda.cat(p, 1) ** 2, parts)

    def cubes(x: taeda.Tensor) -> taeda.Tensor:
        return (taeda.cat([x, 2 * x[:1]]) ** 3).sum()

    x = taeda.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert taeda.func.vmap(taeda.func.grad(cubes))(x).tolist() == [[27.0, 12.0], [243.0, 48.0]]
    assert taeda.func.hessian(cubes)(x[0]).tolist() == [[54.0, 0.0], [0.0, 12.0]]


def test_only_some_pieces_are_asked_for() -> None:
    a, b = taeda.ones(2, requires_grad=True), taeda.ones(3, requires_grad=True)
    (first,) = taeda.autograd.grad((taeda.cat([a, b]) ** 3).sum(), [a], create_graph=True)
    (second,) = taeda.autograd.grad(first.sum(), [a])
    assert second.tolist() == [6.0, 6.0]


def test_optimizers_of_many_parameters() -> None:
    parameters = [taeda.ones(2, requires_grad=True) for _ in range(600)]
    for p in parameters:
        p.grad = taeda.ones(2)
    optimizer = taeda.optim.SGD(parameters, lr=0.5, momentum=0.9)
    optimizer.step()
    optimizer.step()
    assert parameters[599].tolist() == pytest.approx([1 - 0.5 - 0.5 * 1.9] * 2)
    assert taeda.nn.utils.clip_grad_norm_(parameters, 1.0).item() == pytest.approx(1200 ** 0.5, rel=1e-6)
