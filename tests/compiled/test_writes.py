"""Writes to tensors that are there, in compiled functions: put off like everything else, with the same bits."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest

import taeda
from taeda import nn
from taeda.compiler import plan as planning
from taeda.compiler.stores import Place, write_back
from taeda.ir.program_checker import check_program
from taeda.runtime import kept, recorded

VIEWS: list[Callable[[Any], Any]] = [
    lambda t: t, lambda t: t[1], lambda t: t[:, 1:3], lambda t: t.t(), lambda t: t[::2], lambda t: t.view(-1)[2:9],
    lambda t: t.unsqueeze(0).transpose(1, 2), lambda t: t[2:], lambda t: t.detach(),
]  # fmt: skip
WRITES: list[Callable[[Any, Any], Any]] = [
    lambda t, s: t.mul_(0.5), lambda t, s: t.add_(s), lambda t, s: t.sub_(s, alpha=0.25), lambda t, s: t.copy_(s),
    lambda t, s: t.zero_(), lambda t, s: t.fill_(0.75), lambda t, s: t.addcmul_(t, s, value=0.1),
    lambda t, s: t.lerp_(s, 0.3), lambda t, s: t.clamp_(-1, 1), lambda t, s: t.exp_().neg_(),
]  # fmt: skip


def program(seed: int, tensors: list[Any]) -> list[Any]:
    """A program of reads and writes, through views, of tensors that were there and that it makes."""
    choose = random.Random(seed)
    results = []
    for _ in range(choose.randrange(4, 30)):
        view = choose.choice(VIEWS)(choose.choice(tensors))
        what = choose.random()
        if what < 0.45:
            others = [t for t in tensors if t._base is None]
            source = choose.choice([choose.choice(others).sum() * 0.01, choose.choice(others).mean(), 0.5])
            write = choose.choice(WRITES)
            if isinstance(source, float):
                source = taeda.full((), source)
            write(view, source)
        elif what < 0.6:
            whole, other = choose.choice(tensors), choose.choice(tensors)
            whole.copy_((whole * other).sin())
        elif what < 0.8:
            tensors.append(choose.choice(tensors) * 2 - 1)
        else:
            results.append(view * 3)
        if choose.random() < 0.04:
            results.append(tensors[0].sum().item())
    return results


def bits(value: Any) -> Any:
    if isinstance(value, taeda.Tensor):
        return tuple(value.shape), value.stride(), value.contiguous().numpy().tobytes()
    return [bits(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed: int) -> None:
    outcomes = []
    for how in (program, taeda.compile(program), taeda.compile(program)):
        taeda.manual_seed(seed)
        tensors = [taeda.randn(4, 4) for _ in range(3)]
        outcomes.append((bits(how(seed, tensors)), bits(tensors)))
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]


def launches(f: Callable[..., Any], *args: Any) -> list[list[tuple[Any, ...]]]:
    """The instructions of each joined Program of a call."""
    taeda.compiler.reset()
    recorded.log = []
    try:
        taeda.compile(f)(*args)
        return [s[2]["instructions"] for _, steps, _ in recorded.log for s in steps if s[2] is not None]
    finally:
        recorded.log = None


def test_pointwise_writes_are_one_kernel_in_place() -> None:
    def update(p: Any, m: Any, g: Any) -> None:
        m.mul_(0.9).add_(g)
        p.sub_(m, alpha=0.1)

    (only,) = launches(update, *(taeda.randn(40, 30) for _ in range(3)))
    assert [i[0] for i in only] == ["loops", "alias", "alias"]


def test_addresses_stay() -> None:
    x = taeda.ones(5)
    address = x.data_ptr()
    f = taeda.compile(lambda t: t.mul_(2).add_(1))
    assert f(x) is x
    assert x.data_ptr() == address and x.tolist() == [3.0] * 5


def test_swap() -> None:
    @taeda.compile
    def swap(a: Any, b: Any) -> Any:
        before = a + 0
        a.copy_(b)
        b.copy_(before)
        return a * b

    a, b = taeda.ones(3), taeda.full((3,), 2.0)
    assert swap(a, b).tolist() == [2.0] * 3
    assert (a.tolist(), b.tolist()) == ([2.0] * 3, [1.0] * 3)


def test_writes_before_an_exception_are_there() -> None:
    @taeda.compile
    def f(x: Any) -> None:
        x.add_(1)
        raise KeyError("stop")

    x = taeda.zeros(2)
    with pytest.raises(KeyError):
        f(x)
    assert x.tolist() == [1.0, 1.0]


def test_who_else_sees_the_memory_sees_the_write() -> None:
    seen: list[Any] = []

    @taeda.compile
    def f(x: Any, y: Any, array: Any) -> None:
        x.add_(1)
        worker = threading.Thread(target=lambda: seen.append(x.tolist()))
        worker.start()
        worker.join()
        y.add_(1)
        seen.append(array.tolist())
        x.mul_(2)
        seen.append(x.numpy().tolist())
        x.mul_(2)
        seen.append(float(x[0]))

    x, y = taeda.zeros(2), taeda.zeros(2)
    f(x, y, y.numpy())
    assert seen == [[1.0, 1.0], [1.0, 1.0], [2.0, 2.0], 4.0]


def test_a_step_of_training_is_one_recording() -> None:
    model = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(inplace=True), nn.Linear(8, 2))
    optimizer = taeda.optim.Adam(model.parameters())
    schedule = taeda.optim.lr_scheduler.StepLR(optimizer, 2)

    def step(x: Any, y: Any) -> Any:
        for part in (0, 1):
            loss = nn.functional.mse_loss(model(x[part::2]), y[part::2])
            loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        return loss.detach()

    x, y = taeda.randn(8, 6), taeda.randn(8, 2)
    taeda.compile(step)(x, y)
    found = taeda.compiler.explain(step, x, y)
    assert found.recordings == 1
    assert not found.at_once


def test_what_a_result_shows_of_old_content_is_kept() -> None:
    # y = a seen otherwise; a += 1: the kernel that adds may not write before y is copied.
    kernel = ("loops", 0, [0], [("new", 2, "float32", "element")], [], None, True, None)
    view = ("view", "permute", 1, 0, [[1, 0]], None)
    program = {"tensors": 1, "attributes": 0, "registers": 3, "instructions": [view, kernel], "outputs": [1, 2],
               "origins": [(0,), (1,)]}
    made = write_back(program, [Place(0, True)], {0: 5}, [("float32", 2), ("float32", 2)])
    check_program(made)
    assert [i[0] for i in made["instructions"]] == ["view", "loops", "alloc", "copy", "copy"]
    assert made["outputs"] == [3]
    # Without y it writes in place; not where something reads the old content later.
    made = write_back({**program, "outputs": [2]}, [Place(0, True)], {0: 5}, [("float32", 2)])
    assert made["instructions"][1][3] == [("into", 0, "element")]
    late = ("loops", 1, [1], [("new", 3, "float32", "element")], [], None, True, None)
    program = {**program, "registers": 4, "instructions": [view, kernel, late], "outputs": [3, 2],
               "origins": [(0,), (1,), (2,)]}
    made = write_back(program, [Place(0, True)], {0: 5}, [("float32", 2), ("float32", 2)])
    assert made["instructions"][1] == kernel and made["instructions"][-1] == ("copy", 0, 2)


def test_a_program_that_fails_has_written_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = planning.plan

    def failing(*args: Any) -> Any:
        equal, steps = made(*args)
        for step in steps:
            if step[2] is not None:
                step[2]["instructions"].append(("check", 0, "RuntimeError", "a kernel that does not compile", []))
        return equal, steps

    monkeypatch.setattr(planning, "plan", failing)
    monkeypatch.setattr(kept, "enabled", False)
    taeda.compiler.reset()
    x = taeda.ones(3)
    with pytest.warns(UserWarning, match="runs without being compiled, with the same results"):
        taeda.compile(lambda t: t.add_(1).mul_(3))(x)
    assert x.tolist() == [6.0] * 3
    assert len(recorded.failures) == 1
    recorded.failures.clear()
    taeda.compiler.reset()
