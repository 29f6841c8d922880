"""Chains with more run-time numbers than a kernel takes are several kernels, and not calls that run by themselves."""

from __future__ import annotations

import taeda


def decayed(steps: int) -> taeda.Tensor:
    start = taeda.tensor([1.0, 2.0], requires_grad=True)
    y = start
    for k in range(steps):
        y = y * (1.0 - 0.001 * k) + 0.25
    y.sum().backward()
    assert start.grad is not None
    return start.grad


def test_a_chain_with_many_numbers() -> None:
    compiled = taeda.compile(decayed)
    for steps in (40, 300):
        expected = decayed(steps)
        for _ in range(3):
            assert taeda.equal(compiled(steps), expected)
    assert taeda.compiler.explain(decayed, 300).kernels
