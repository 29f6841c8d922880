"""Memory of compiled steps: what nothing needs any more is given back while a Program runs, its inputs too."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import _core, nn


def peak(run: Any) -> int:
    for _ in range(3):
        run()
    before = _core.memory_statistics()["allocated"]
    _core.reset_memory_peaks()
    run()
    found: int = _core.memory_statistics()["allocated_peak"] - before
    return found


def deep(width: int) -> Any:
    layers: list[Any] = []
    for _ in range(6):
        layers += [nn.Linear(width, width), nn.Tanh()]
    return nn.Sequential(*layers)


def test_a_compiled_model_trains_in_no_more_memory() -> None:
    """Its backward is a Program whose inputs are all that the forward kept."""
    model, x = deep(64), taeda.randn(2048, 64)
    called = taeda.compile(model)

    def step(f: Any) -> None:
        for p in model.parameters():
            p.grad = None
        f(x).square().mean().backward()

    assert peak(lambda: step(called)) <= peak(lambda: step(model))


def test_inputs_that_somebody_holds_stay() -> None:
    @taeda.compile
    def f(x: Any) -> Any:
        y = x.sin()
        y.sum().item()  # what follows is a Program of its own, that is given y
        return (y @ y).exp() + 1, y

    x = taeda.randn(32, 32)
    for _ in range(3):
        z, y = f(x)
        assert y.equal(x.sin())
        assert z.equal((y @ y).exp() + 1)


def test_inputs_that_share_memory_are_given_back_together() -> None:
    @taeda.compile
    def f(x: Any) -> Any:
        y = x.sin()
        y.sum().item()
        upper, lower = y[:16], y[16:]
        z = upper @ x
        z = z @ x
        return z + lower

    x = taeda.randn(32, 32)
    expected = (x.sin()[:16] @ x) @ x + x.sin()[16:]
    for _ in range(3):
        assert f(x).equal(expected)
