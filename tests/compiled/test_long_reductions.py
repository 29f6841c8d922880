"""Reductions that are done in chunks are parts of larger Programs too, in the same order."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

import taeda
import taeda.nn.functional as F
from taeda import nn

CHOICES: list[Callable[..., Any]] = [
    lambda x, y, s: x.sum(),
    lambda x, y, s: (x * y).mean(),
    lambda x, y, s: x.exp().sum() * s,
    lambda x, y, s: F.mse_loss(x, y) + s,
    lambda x, y, s: (x - x.mean()).square().sum(),
    lambda x, y, s: x.norm() * y.norm(),
    lambda x, y, s: (x * s).amax() - x.amin(),
    lambda x, y, s: x.std(),
    lambda x, y, s: ((x.sin() + 1) / x.exp().sum()).sum(),
    lambda x, y, s: x.softmax(0).sum(),
    lambda x, y, s: (x > s).sum() + x.argmax(),
    lambda x, y, s: (x.t() * 2).sum() if x.ndim == 2 else x.flip(0).sum(),
    lambda x, y, s: x.logsumexp(tuple(range(x.ndim))),
    lambda x, y, s: F.smooth_l1_loss(x + s, y, reduction="sum"),
    lambda x, y, s: x.var() + y.sum(-1).sum(),
]


def program(seed: int, x: Any, y: Any, s: Any) -> Any:
    r = random.Random(seed)
    chosen = r.sample(CHOICES, 5)
    values = [f(*(r.choice(((x, y), (y, x), (x * 2, y)))), s) for f in chosen]
    loss = sum(v.float() for v in values)
    grads = taeda.autograd.grad(loss, [x, y, s], allow_unused=True)
    kept = [x.cos() * 2] if r.random() < 0.5 else []
    return [*values, loss, *kept, *(kept[0].sum() for _ in kept), *(g for g in grads if g is not None)]


@pytest.mark.parametrize("sizes", [(40000,), (16385,), (130, 257), (3, 70, 100)], ids=str)
def test_same_bits(sizes: tuple[int, ...]) -> None:
    for seed in range(8):
        taeda.manual_seed(seed)
        x, y, s = (taeda.randn(n).requires_grad_() for n in (sizes, sizes, ()))
        expected, found = program(seed, x, y, s), taeda.compile(program)(seed, x, y, s)
        for k, (a, b) in enumerate(zip(expected, found, strict=True)):
            assert a.detach().equal(b.detach()), (seed, k)


def test_clipping_of_large_gradients_is_part_of_the_step() -> None:
    model = nn.Sequential(nn.Linear(200, 300), nn.Tanh(), nn.Linear(300, 10))
    updates = taeda.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x, y = taeda.randn(16, 200), taeda.randint(0, 10, (16,))

    def step() -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        updates.step()
        return loss

    step()
    assert len(taeda.compiler.explain(step).programs) == 2  # all but the update, and that


def test_lengths_around_a_chunk_compile_twice() -> None:
    from taeda.runtime import recorded

    taeda.compiler.reset()
    recorded.log = []
    try:
        f = taeda.compile(lambda x: (x.sin() * 2).mean() + x.sum())
        for n in (100, 200, 16384, 16385, 50000):
            x = taeda.randn(n)
            assert f(x).equal((x.sin() * 2).mean() + x.sum())
        assert len(recorded.log) <= 2
    finally:
        recorded.log = None
