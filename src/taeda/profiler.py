"""`torch.profiler`: a profile with a schedule of steps, over autograd.profiler."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable
from enum import Enum, EnumMeta
from typing import Any

from taeda.autograd import profiler as _profiler
from taeda.autograd.profiler import kineto_available, record_function

__path__: list[str] = []  # a package in PyTorch: its modules are rows of _module_tree.py
__all__ = [
    "ProfilerAction", "ProfilerActivity", "kineto_available", "profile", "record_function", "schedule",
    "supported_activities", "tensorboard_trace_handler",
]  # fmt: skip


class _Members(EnumMeta):
    """Calls look members up, as of PyTorch's; they make no further enumerations."""

    def __call__(cls, value: Any) -> Any:  # type: ignore[override]
        return super().__call__(value)


class ProfilerActivity(Enum, metaclass=_Members):
    """What is watched."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


class ProfilerAction(Enum):
    """What a schedule wants of a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities() -> set[ProfilerActivity]:
    """What can be watched: the CPU."""
    return {ProfilerActivity.CPU}


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """Cycles of `wait` steps without, `warmup` thrown away and `active` steps kept; `repeat` of them, 0: no end."""

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first
        if skip_first_wait:
            step += wait
        cycle = wait + warmup + active
        if repeat and step // cycle >= repeat:
            return ProfilerAction.NONE
        at = step % cycle
        if at < wait:
            return ProfilerAction.NONE
        if at < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if at < cycle - 1 else ProfilerAction.RECORD_AND_SAVE

    if wait < 0 or warmup < 0 or active <= 0 or repeat < 0 or skip_first < 0:
        raise AssertionError(
            f"Invalid profiler schedule arguments. Got wait={wait} (need >= 0), warmup={warmup} (need >= 0), "
            f"active={active} (need > 0), repeat={repeat} (need >= 0), skip_first={skip_first} (need >= 0)."
        )
    return action


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None, use_gzip: bool = False) -> Any:
    """What `on_trace_ready` calls to write each trace to a file of a folder."""

    def write(prof: Any) -> None:
        os.makedirs(dir_name, exist_ok=True)
        name = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        path = os.path.join(dir_name, f"{name}.{time.time_ns()}.pt.trace.json")
        prof.export_chrome_trace(path)
        if use_gzip:
            import gzip

            with open(path, "rb") as plain, gzip.open(path + ".gz", "wb") as packed:
                packed.write(plain.read())
            os.remove(path)

    return write


class profile:  # noqa: N801, PyTorch's name
    """`with profile() as p:`, and `p.step()` after each step where a schedule chooses the steps. What is noted is what
    `taeda.autograd.profiler.profile` notes: calls with the user's lines and modules, kernels, with options the shapes
    of arguments and memory; steps are ranges named `ProfilerStep#3`.

    Example::

        >>> import taeda
        >>> from taeda.profiler import profile, schedule
        >>> kept = []
        >>> with profile(schedule=schedule(wait=1, warmup=0, active=1), on_trace_ready=kept.append) as p:
        ...     for _ in range(4):
        ...         _ = taeda.ones(2).exp()
        ...         p.step()
        >>> len(kept)
        2
    """

    def __init__(
        self, *, activities: Iterable[ProfilerActivity] | None = None, schedule: Any = None, on_trace_ready: Any = None,
        record_shapes: bool = False, profile_memory: bool = False, with_stack: bool = False, with_flops: bool = False,
        with_modules: bool = False, experimental_config: Any = None, execution_trace_observer: Any = None,
        acc_events: bool = False, use_cuda: bool | None = None, custom_trace_id_callback: Any = None,
        post_processing_timeout_s: float | None = None,
    ) -> None:
        self.activities = set(activities) if activities else supported_activities()
        self._steps = schedule is not None  # or once step() was called
        self.schedule = schedule if schedule is not None else lambda step: ProfilerAction.RECORD
        self.on_trace_ready = on_trace_ready
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.with_stack = with_stack
        self._metadata: dict[str, str] = {}
        self._step: _profiler.record_function | None = None
        self.step_num = 0
        self.current_action = self.schedule(0)
        self.profiler: _profiler.profile | None = None
        self._running = False

    def _run(self, wanted: bool) -> None:
        if wanted and not self._running:
            self.profiler = _profiler.profile(
                record_shapes=self.record_shapes, profile_memory=self.profile_memory, with_stack=self.with_stack)
            self.profiler.__enter__()
        elif not wanted and self._running and self.profiler is not None:
            self._end_step()
            self.profiler.__exit__(None, None, None)
        self._running = wanted

    def _end_step(self) -> None:
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = None

    def _begin_step(self) -> None:
        self._end_step()
        if self._running and self._steps:
            self._step = _profiler.record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def start(self) -> None:
        """Begin."""
        self._run(self.current_action in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE))
        self._begin_step()

    def stop(self) -> None:
        """End; a trace that was being made is handed to `on_trace_ready`."""
        if self._running:
            self._run(False)
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)

    def step(self) -> None:
        """A step of the program is over."""
        self._steps = True
        before, self.step_num = self.current_action, self.step_num + 1
        self.current_action = self.schedule(self.step_num)
        if before is ProfilerAction.RECORD_AND_SAVE:
            self.stop()
        self.start()

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop()

    def _made(self) -> _profiler.profile:
        if self.profiler is None:
            raise AssertionError("the profiler has not recorded anything yet")
        return self.profiler

    def events(self) -> _profiler.EventList:
        """All events."""
        return self._made().function_events

    def key_averages(self, *args: Any, **options: Any) -> _profiler.EventList:
        """One event per name."""
        return self._made().key_averages(*args, **options)

    def export_chrome_trace(self, path: str) -> None:
        """Write a file that chrome://tracing and Perfetto open."""
        made = self._made()
        _profiler._write_trace(path, [*made.function_events, *made.kernels], self._metadata)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write lines `frame;frame;.. microseconds`, which tools for flame graphs read."""
        self._made().export_stacks(path, metric)

    @property
    def kernels(self) -> _profiler.EventList:
        """The kernels that ran, each with its ops, the lines and modules they come from, and the bytes it moved."""
        return self._made().kernels

    def add_metadata(self, key: str, value: str) -> None:
        """Note something in the trace that is written."""
        self._metadata[key] = value
