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


def test_sizes_keep_no_memory() -> None:
    """What comes later takes sizes from y and z, and nothing else."""

    @taeda.compile
    def f(x: Any) -> Any:
        y = x.exp()
        y.sum().item()  # y is an input of what follows
        z = y @ y
        w = z @ x
        for _ in range(4):
            w = (w @ x).reshape(y.shape[1], z.shape[0]) + y.shape[0] / z.numel()
        return w

    def eager(x: Any) -> Any:
        w = (x.exp() @ x.exp()) @ x
        for _ in range(4):
            w = (w @ x) + 512 / 512**2
        return w

    x = taeda.rand(512, 512) / 512
    assert f(x).equal(eager(x))
    assert peak(lambda: f(x)) <= 3 * x.nbytes


def test_what_is_put_off_holds_no_large_memory() -> None:
    """Kernels that do not depend on each other run as one launch where they are small: these run one by one."""

    @taeda.compile
    def f(*tensors: Any) -> Any:
        return [taeda.softmax(x, 0).sum(1) for x in tensors]

    tensors = [taeda.rand(1024, 1024) for _ in range(4)]
    for found, x in zip(f(*tensors), tensors, strict=True):
        assert found.equal(taeda.softmax(x, 0).sum(1))
    assert peak(lambda: f(*tensors)) <= 1.5 * tensors[0].nbytes


def softmax_of_product(x: Any) -> Any:
    return (x @ x).softmax(1)


def softmax_of_input(x: Any) -> Any:
    y = x.exp()
    y.sum().item()  # y is an input of what follows
    return y.softmax(0).softmax(1)


def test_results_are_made_in_memory_that_nobody_needs() -> None:
    x = taeda.rand(512, 512)
    before = x.clone()
    for f in (softmax_of_product, softmax_of_input):
        called = taeda.compile(f)
        for _ in range(4):
            assert called(x).equal(f(x))
        assert x.equal(before)
        assert peak(lambda: called(x)) < 1.2 * x.nbytes  # noqa: B023


def test_memory_that_somebody_needs_is_not_written() -> None:
    """The user's own tensors, what is returned beside, what is read later, other views, an input given twice."""

    @taeda.compile
    def f(x: Any, held: list[Any]) -> Any:
        y = x.exp()
        y.sum().item()
        held.append(y.detach())
        z = y.softmax(0)
        upper = z[:256]
        w = z.softmax(1)
        twice = taeda.add(w, w).log_softmax(1)
        t = (x @ x).t()
        return z, upper + 1, w + twice, x.softmax(1), t.softmax(1), t.softmax(0)

    def eager(x: Any) -> Any:
        y = x.exp()
        z = y.softmax(0)
        w = z.softmax(1)
        t = (x @ x).t()
        return z, z[:256] + 1, w + (w + w).log_softmax(1), x.softmax(1), t.softmax(1), t.softmax(0)

    x = taeda.rand(512, 512)
    before = x.clone()
    for _ in range(4):
        held: list[Any] = []
        for found, expected in zip(f(x, held), eager(x), strict=True):
            assert found.equal(expected)
        assert x.equal(before) and held[0].equal(x.exp())
