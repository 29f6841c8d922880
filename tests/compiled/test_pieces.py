"""Concatenations in compiled functions: computed a piece at a time, stored where they end up, with the same bits."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

import taeda
import taeda.nn.functional as F


def rotated(x: Any, cos: Any, sin: Any) -> Any:
    a, b = x.chunk(2, -1)
    return x * cos + taeda.cat((-b, a), -1) * sin


def test_rotary_positions_are_one_kernel() -> None:
    cos, sin = taeda.randn(5, 8), taeda.randn(5, 8)
    for x in (taeda.randn(2, 3, 5, 8), taeda.randn(2, 5, 3, 8).transpose(1, 2)):
        expected, result = rotated(x, cos, sin), taeda.compile(rotated)(x, cos, sin)
        assert result.equal(expected)
        assert result.stride() == expected.stride()
        assert taeda.compiler.explain(rotated, x, cos, sin).kernels == 1


def test_their_gradient_too() -> None:
    def step(x: Any, cos: Any, sin: Any) -> Any:
        (grad,) = taeda.autograd.grad(rotated(x * 2, cos, sin).sin().sum(), x)
        return grad

    x, cos, sin = taeda.randn(2, 3, 5, 8, requires_grad=True), taeda.randn(5, 8), taeda.randn(5, 8)
    assert taeda.compile(step)(x, cos, sin).equal(step(x, cos, sin))


def test_pieces_are_stored_where_they_end_up() -> None:
    def joined(x: Any, y: Any) -> Any:
        return taeda.cat([x.exp(), (y * 2).softmax(1), x], 1) @ taeda.ones(17, 2)

    x, y = taeda.randn(3, 4), taeda.randn(3, 9)
    assert taeda.compile(joined)(x, y).equal(joined(x, y))
    kernels = taeda.compiler.explain(joined, x, y).ran
    assert [k.ops for k in kernels if "cat" in k.ops and len(k.ops) > 1] == []
    assert sum(k.bytes for k in kernels if k.kind == "copy_") <= 2 * x.nbytes  # what is no kernel's result


def test_sums_of_operands_that_lie_differently_keep_their_orders() -> None:
    """One kernel could compute both, but would walk one of them in the order of the other."""
    def sums(x: Any) -> Any:
        v = x.transpose(0, 1)
        joined = taeda.cat([v[..., 1:], v[..., :1]], -1) * v
        return joined.sum((1, 2)), (v * 1.5).sin().sum((1, 2))

    for seed in range(4):
        taeda.manual_seed(seed)
        x = taeda.randn(4, 4, 6)
        for a, b in zip(taeda.compile(sums)(x), sums(x), strict=True):
            assert a.equal(b)


CHOICES: list[Callable[..., Any]] = [
    lambda r, v: taeda.cat([r.choice(v), r.choice(v).sin()], r.choice((0, 1, -1))),
    lambda r, v: taeda.cat([a.cos() * 2 for a in r.sample(v, 2)], 1),
    lambda r, v: taeda.stack([r.choice(v), r.choice(v) + 1], r.choice((0, 1, -1))).mean(r.choice((0, 1))),
    lambda r, v: taeda.cat(r.choice(v).chunk(2, r.choice((0, 1)))[::-1], r.choice((0, 1))),
    lambda r, v: taeda.cat([p * k for k, p in enumerate(r.choice(v).split(1, 1))], 1),
    lambda r, v: r.choice(v) * r.choice(v),
    lambda r, v: r.choice(v) + r.choice(v)[:1],
    lambda r, v: r.choice(v) + taeda.arange(float(r.choice(v).shape[-1])),
    lambda r, v: F.gelu(r.choice(v)) - 1,
    lambda r, v: r.choice(v).transpose(0, 1) * 1.5,
    lambda r, v: r.choice(v).softmax(-1),
    lambda r, v: r.choice(v).sum((0, 2), keepdim=True) * r.choice(v),
    lambda r, v: taeda.cat([r.choice(v)[..., 1:], r.choice(v)[..., :1]], -1) * r.choice(v),
    lambda r, v: taeda.cat([r.choice(v), taeda.zeros_like(r.choice(v))], 0),
    lambda r, v: F.dropout(taeda.cat([r.choice(v), r.choice(v)], 0), 0.4),
    lambda r, v: taeda.cat([r.choice(v).to(taeda.bfloat16), r.choice(v)], 1) * 3,
]


def program(seed: int, x: Any, y: Any) -> Any:
    """A random program; what does not fit is left out."""
    r = random.Random(seed)
    values, kept = [x, y, x.transpose(0, 1), y * 0.5], []
    for _ in range(r.randrange(3, 12)):
        try:
            made = r.choice(CHOICES)(r, values)
        except (RuntimeError, IndexError, ValueError):
            continue
        if made.ndim == 3 and made.numel() < 4000:
            values.append(made)
            if r.random() < 0.3:
                kept.append(made)
    loss = sum((v.sin() if k % 2 else v).sum((1, 2)).square().sum() for k, v in enumerate(values[2:]))
    grads = taeda.autograd.grad(loss, [x, y], allow_unused=True)
    return [values[-1], *kept, loss, *(g for g in grads if g is not None)]


@pytest.mark.parametrize("block", range(4))
def test_random_programs(block: int) -> None:
    for seed in range(6 * block, 6 * block + 6):
        taeda.manual_seed(seed)
        x, y = taeda.randn(3, 4, 6, requires_grad=True), taeda.randn(3, 4, 6, requires_grad=True)
        outcomes = []
        for run in (program, taeda.compile(program), taeda.compile(program)):
            taeda.manual_seed(seed)
            outcomes.append([(t.stride(), t.detach().float().numpy().tobytes()) for t in run(seed, x, y)])
        assert outcomes[1] == outcomes[0], seed
        assert outcomes[2] == outcomes[0], seed
