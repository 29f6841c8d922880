"""taeda.profiler: calls, kernels, the lines and modules they come from, in eager and in compiled programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import taeda
from taeda import nn
from taeda.profiler import ProfilerAction, profile, record_function, schedule


def model() -> Any:
    taeda.manual_seed(0)
    inner = nn.Sequential(nn.Linear(5, 4), nn.Tanh())
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), inner)


def train(m: Any, x: Any) -> Any:
    loss = m(x).square().mean()
    loss.backward()
    return loss


@pytest.mark.parametrize("compiled", [False, True])
def test_every_kernel_knows_line_and_module(compiled: bool) -> None:
    m, x = model(), taeda.randn(3, 6)
    run = taeda.compile(train) if compiled else train
    run(m, x)
    with profile() as p:
        run(m, x)
    assert p.kernels and all(k.stack and k.ops and k.bytes and k.cpu_time_total >= 0 for k in p.kernels)
    assert all("test_profiler.py(" in line and line.endswith(": train") for k in p.kernels for line in k.stack)
    of = {path: {op for k in p.kernels if path in k.module_path.split(", ") for op in k.ops}
          for path in ("0", "1", "2.0", "2.1")}
    assert {"linear", "gradient of linear"} <= of["0"] and "relu" in of["1"]
    assert {"linear", "gradient of linear"} <= of["2.0"] and {"tanh", "gradient of tanh"} <= of["2.1"]
    names = {e.key for e in p.key_averages()}
    assert "linear" in names
    assert compiled == any("gradient of square" in n and "gradient of tanh" in n for n in names)


def test_backward_is_in_the_range_that_ran_it() -> None:
    m, x = model(), taeda.randn(3, 6)
    with profile() as p:
        loss = m(x).sum()
        with record_function("backward"):
            loss.backward()
    inside = next(e for e in p.events() if e.name == "backward")
    assert {c.name for c in inside.cpu_children} >= {"gradient of linear", "gradient of tanh"}
    assert inside.is_user_annotation and inside.self_cpu_time_total <= inside.cpu_time_total


def test_trace(tmp_path: Path) -> None:
    m, x = model(), taeda.randn(3, 6)
    with profile(record_shapes=True) as p:
        m(x)
        p.step()
        m(x)
    p.add_metadata("run", "first")
    p.export_chrome_trace(str(tmp_path / "trace.json"))
    trace = json.loads((tmp_path / "trace.json").read_text())
    assert trace["run"] == "first"
    events = trace["traceEvents"]
    assert {e["ph"] for e in events} == {"X", "M"}
    assert {e["cat"] for e in events if e["ph"] == "X"} == {"cpu_op", "kernel", "user_annotation"}
    kernel = next(e for e in events if e.get("cat") == "kernel" and "tanh" in e["args"]["Ops"])
    assert kernel["args"]["Module"] == "2.1" and "test_trace" in kernel["args"]["Line"]
    assert {"name", "ts", "dur", "pid", "tid"} <= kernel.keys() and kernel["args"]["Bytes"] == 96
    tracks = {e["tid"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    assert tracks == {e["tid"] for e in events if e["ph"] == "X"}
    p.export_stacks(str(tmp_path / "stacks.txt"))
    assert "test_profiler.py(" in (tmp_path / "stacks.txt").read_text()


def test_table_has_what_was_asked_for() -> None:
    x = taeda.ones(100, 100)
    with profile(record_shapes=True, profile_memory=True, with_stack=True) as p:
        kept = x.exp()
    table = p.key_averages().table(sort_by="self_cpu_time_total", row_limit=5)
    assert "CPU Mem" in table and "39.06 KB" in table
    assert "Input Shapes" in table and "[[100, 100]]" in table
    assert "Source Location" in table and "test_table_has_what_was_asked_for" in table
    assert "Source Location" not in profile_of(lambda: kept.exp()).key_averages().table()
    two = profile_of(lambda: (x.exp(), x.exp()))
    assert [e.count for e in two.key_averages(group_by_stack_n=1)] == [2]
    with pytest.raises(ValueError, match="cannot sort by"):
        p.key_averages().table(sort_by="colour")


def profile_of(f: Any) -> Any:
    with profile() as p:
        f()
    return p


def test_a_failed_backward_is_over() -> None:
    y = taeda.ones(1, requires_grad=True).expand(1 << 50).select(0, 3)
    with pytest.raises(taeda.OutOfMemoryError):
        y.backward()
    p = profile_of(lambda: taeda.full((2,), 1.0).exp())
    assert [e.name for e in p.events()] == ["torch.full", "full", "exp"]
    assert all(line.endswith(": <lambda>") for e in p.events() for line in e.stack)
    assert [line for k in p.kernels for line in k.stack] == [line for e in p.events() for line in e.stack]


def test_calls_noted_under_an_earlier_profile() -> None:
    steps = profile(schedule=schedule(wait=0, warmup=0, active=1))

    def f(x: Any) -> Any:
        for _ in range(5):
            x = x.exp() * 2  # noted down, not run
        steps.step()
        return x.tanh()

    with steps:
        taeda.compile(f)(taeda.zeros(4) - 3)
    assert {op for k in steps.kernels for op in k.ops} == {"tanh"}
    assert {e.name for e in steps.events() if not e.is_user_annotation} >= {"tanh"}


def test_joined_tensors_are_kernels() -> None:
    x = taeda.ones(4, 5)
    p = profile_of(lambda: (taeda.cat([x, x, x]), taeda.stack([x, x])))
    assert [(k.ops, k.bytes) for k in p.kernels] == [(["cat"], 480), (["stack"], 320)]


def test_schedule_keeps_the_steps_it_names() -> None:
    traces = []
    steps = schedule(wait=1, warmup=1, active=2, repeat=1)
    assert [steps(k) for k in range(5)] == [ProfilerAction.NONE, ProfilerAction.WARMUP, ProfilerAction.RECORD,
                                            ProfilerAction.RECORD_AND_SAVE, ProfilerAction.NONE]
    with profile(schedule=steps, on_trace_ready=lambda p: traces.append({e.key for e in p.events()})) as p:
        for k in range(6):
            taeda.full((2,), float(k)).exp()
            p.step()
    assert len(traces) == 1
    assert {name for name in traces[0] if name.startswith("Profiler")} == {"ProfilerStep#2", "ProfilerStep#3"}
    assert "exp" in traces[0]


def test_nothing_is_left_behind() -> None:
    from taeda.nn import module_hooks

    used = module_hooks.GLOBAL.used
    m, x = model(), taeda.randn(3, 6)
    p = profile_of(lambda: m(x))
    count = len(p.kernels)
    m(x)
    assert len(p.kernels) == count and module_hooks.GLOBAL.used == used
    with profile(), pytest.raises(RuntimeError, match="already enabled"):
        profile_of(lambda: None)
    with pytest.raises(RuntimeError, match="not enabled"):
        taeda._core.stop_profile()
