"""What goes over all parameters is one launch (csrc/core/loops.h): the same bits as one tensor after the other."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

import taeda
from taeda._binding import internal

SHAPES = [(300, 70), (5,), (), (70000,), (0, 3), (64, 64), (3, 20000), (40, 50)]
OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda p: taeda.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adamw": lambda p: taeda.optim.AdamW(p, lr=1e-2, amsgrad=True),
    "rmsprop": lambda p: taeda.optim.RMSprop(p, lr=1e-2, momentum=0.5),
}


def parameters(dtype: Any) -> list[Any]:
    made = []
    for k, shape in enumerate(SHAPES):
        p = taeda.nn.Parameter(taeda.randn(shape, generator=taeda.Generator().manual_seed(k)).to(dtype))
        p.grad = taeda.randn(shape, generator=taeda.Generator().manual_seed(k + 100)).to(dtype)
        made.append(p)
    made[5].grad = made[5].grad.t().contiguous().t()
    return made


@pytest.mark.parametrize("dtype", [taeda.float32, taeda.bfloat16], ids=str)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_all_together_and_one_by_one(name: str, dtype: Any) -> None:
    together, alone = parameters(dtype), parameters(dtype)
    all_of_them = OPTIMIZERS[name](together)
    each = [OPTIMIZERS[name]([p]) for p in alone]
    for _ in range(3):
        all_of_them.step()
        for optimizer in each:
            optimizer.step()
    assert all(a.equal(b) for a, b in zip(together, alone, strict=True))


@pytest.mark.parametrize("dtype", [taeda.float32, taeda.bfloat16, taeda.float64], ids=str)
def test_norms_and_scaling(dtype: Any) -> None:
    gradients = [p.grad for p in parameters(dtype)]
    norms = taeda.stack([g.norm() for g in gradients])
    assert internal.total_norm(gradients).equal(norms.norm())
    factor = taeda.tensor(0.3)
    expected = [g * factor for g in gradients]
    internal.scale_all(gradients, factor)
    assert all(g.equal(e) and g.dtype == dtype for g, e in zip(gradients, expected, strict=True))


def test_clipping_takes_what_cannot_go_together() -> None:
    for dtypes in itertools.product((taeda.float32, taeda.float64), repeat=2):
        p = [taeda.nn.Parameter(taeda.ones(3, dtype=d)) for d in dtypes]
        for q in p:
            q.grad = taeda.full((3,), 2.0, dtype=q.dtype)
        total = taeda.nn.utils.clip_grad_norm_(p, 1.0)
        assert total.item() == pytest.approx(24**0.5)
        assert all(q.grad.norm().item() == pytest.approx(0.5**0.5, rel=1e-5) for q in p)
    p = [taeda.nn.Parameter(taeda.ones(3, dtype=taeda.complex64))]
    p[0].grad = taeda.full((3,), 3 + 4j, dtype=taeda.complex64)
    assert taeda.nn.utils.clip_grad_norm_(p, 1.0).item() == pytest.approx(75**0.5)


@pytest.mark.parametrize("threads", [1, 2])
def test_parts_of_one_memory_are_written_in_order(threads: int) -> None:
    """Each call reads what the one before wrote, so they must not run at once."""
    before = taeda.get_num_threads()
    taeda.set_num_threads(threads)
    try:
        memory = taeda.arange(200000, dtype=taeda.float64)
        expected = memory.clone()
        parts = [memory[k * 1000:k * 1000 + 60000] for k in range(100)]
        internal.scale_all(parts, taeda.tensor(0.5))
        for k in range(100):
            expected[k * 1000:k * 1000 + 60000] *= 0.5
        assert memory.equal(expected)
        same = taeda.ones(50000)
        internal.scale_all([same] * 8, taeda.tensor(2.0))
        assert same.eq(256).all()
    finally:
        taeda.set_num_threads(before)


def test_a_copy_reads_what_was_put_off() -> None:
    """A view that cannot be one is a copy, which comes after the loops that make what it reads."""
    @taeda.compile
    def function(x: taeda.Tensor, y: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor]:
        return (x * 2).t().reshape(-1), y + 1
    for k in range(5):
        x, y = taeda.full((300, 400), float(k)), taeda.rand(50000)
        got, other = function(x, y)
        assert got.eq(2 * k).all() and other.equal(y + 1)


def test_threads_on_parts_of_one_memory() -> None:
    """Which kernels depend on each other is known for each Program by itself."""

    def parts(flat: Any, thread: int) -> list[Any]:
        return list(flat[thread].split([4000, 3000, 5000, 20000]))

    def work(tensors: list[Any]) -> None:
        for _ in range(60):
            internal.scale_all(tensors, taeda.tensor(1.5))
            internal.scale_all([*tensors, *tensors], taeda.tensor(0.75))

    start = taeda.randn(2, 32000, generator=taeda.Generator().manual_seed(0))
    together, alone = start.clone(), start.clone()
    threads = [threading.Thread(target=work, args=(parts(together, k),)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(2):
        work(parts(alone, k))
    assert together.equal(alone)
