"""Where the time of a program goes: the ops that it calls and the ranges that it names, on the calling thread.

`profile` watches dispatch (the core tells it of every op before and after) and `record_function`. What backward runs is
one range of the call that started it: its Programs are run by the core without calling ops.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from taeda import _core

__all__ = ["EventList", "FunctionEvent", "emit_itt", "emit_nvtx", "kineto_available", "profile", "record_function"]


class FunctionEvent:
    """One call, or one named range; several of them under one name after averaging. Times are microseconds."""

    def __init__(self, name: str, start: float, end: float, parent: FunctionEvent | None, shapes: Any = None) -> None:
        self.name = self.key = name
        self.start = start
        self.end = end
        self.count = 1
        self.input_shapes = shapes
        self.cpu_parent = parent
        self.cpu_children: list[FunctionEvent] = []
        self.is_user_annotation = False
        self._total = end - start
        self._own: float | None = None

    @property
    def cpu_time_total(self) -> float:
        """The time of all calls, with what they called."""
        return self._total

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all calls, without what they called."""
        return self._total - sum(c.cpu_time_total for c in self.cpu_children) if self._own is None else self._own

    @property
    def cpu_time(self) -> float:
        """The time of one call in the mean."""
        return self._total / self.count

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent name={self.name} count={self.count} cpu_time={self.cpu_time:.3f}us "
            f"self_cpu_time={self.self_cpu_time_total:.3f}us>"
        )


def _time_text(microseconds: float) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return f"{microseconds / size:.3f}{unit}"
    return f"{microseconds:.3f}us"


_SORTS: dict[str, Callable[[FunctionEvent], float]] = {
    "cpu_time": lambda e: e.cpu_time,
    "cpu_time_total": lambda e: e.cpu_time_total,
    "self_cpu_time_total": lambda e: e.self_cpu_time_total,
    "count": lambda e: e.count,
}


class EventList(list[FunctionEvent]):
    """Events; `table()` is what is printed."""

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, each counted once."""
        return sum(e.self_cpu_time_total for e in self)

    def key_averages(
        self, group_by_input_shapes: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:
        """One event per name, or per name and shapes."""
        found: dict[Any, FunctionEvent] = {}
        for event in self:
            key = (event.name, str(event.input_shapes) if group_by_input_shapes else "")
            sums = found.get(key)
            if sums is None:
                sums = found[key] = FunctionEvent(event.name, 0.0, 0.0, None, event.input_shapes)
                sums.count, sums._own = 0, 0.0
            sums.count += event.count
            sums._total += event.cpu_time_total
            sums._own = (sums._own or 0.0) + event.self_cpu_time_total
        return EventList(found.values())

    def total_average(self) -> FunctionEvent:
        """All events as one."""
        total = FunctionEvent("Total", 0.0, self.self_cpu_time_total, None)
        total.count, total._own = sum(e.count for e in self), self.self_cpu_time_total
        return total

    def table(
        self, sort_by: str | None = None, row_limit: int = 100, max_src_column_width: int = 75,
        max_name_column_width: int = 55, max_shapes_column_width: int = 80, header: str | None = None,
        top_level_events_only: bool = False, time_unit: Any = None,
    ) -> str:
        """The events as text, sorted by `cpu_time_total`, `self_cpu_time_total`, `cpu_time` or `count`."""
        events: list[FunctionEvent] = [e for e in self if not (top_level_events_only and e.cpu_parent is not None)]
        if sort_by is not None:
            key = _SORTS.get(sort_by.replace("cuda", "cpu").replace("device", "cpu"))
            if key is None:
                raise ValueError(f"cannot sort by {sort_by!r}, only by {', '.join(_SORTS)}")
            events.sort(key=key, reverse=True)
        whole = self.self_cpu_time_total or 1.0
        titles = ("Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls")
        rows = [
            (
                e.key[:max_name_column_width], f"{100 * e.self_cpu_time_total / whole:.2f}%",
                _time_text(e.self_cpu_time_total), f"{100 * e.cpu_time_total / whole:.2f}%",
                _time_text(e.cpu_time_total), _time_text(e.cpu_time), str(e.count),
            )
            for e in events[: row_limit if row_limit >= 0 else None]
        ]
        widths = [max(len(row[k]) for row in [titles, *rows]) for k in range(len(titles))]
        rule = "  ".join("-" * width for width in widths)
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        head = "  ".join(title.rjust(width) for title, width in zip(titles, widths, strict=True))
        text = "\n".join([rule, head, rule, *lines, rule, f"Self CPU time total: {_time_text(whole)}", ""])
        return f"{header}\n{text}" if header else text

    def __str__(self) -> str:
        return self.table()

    def export_chrome_trace(self, path: str) -> None:
        """Write a file that chrome://tracing and Perfetto open."""
        events = [
            {"name": e.name, "ph": "X", "ts": e.start, "dur": e.cpu_time_total, "pid": 0, "tid": 0, "cat": "cpu_op"}
            for e in self
        ]
        with open(path, "w") as f:
            json.dump({"traceEvents": events}, f)


_profile: profile | None = None  # the one that is running


class profile:  # noqa: N801, PyTorch's name
    """`with profile() as p:` the ops called and the ranges named inside are timed. Memory, stacks, flops and modules
    are not noted, whatever the options say.

    Example::

        >>> import taeda
        >>> x = taeda.ones(3)
        >>> with taeda.autograd.profiler.profile() as p:
        ...     _ = x.exp().sum()
        >>> sorted(e.key for e in p.key_averages())
        ['exp', 'sum']
    """

    def __init__(
        self, enabled: bool = True, *, use_device: Any = None, record_shapes: bool = False, with_flops: bool = False,
        profile_memory: bool = False, with_stack: bool = False, with_modules: bool = False, use_kineto: bool = False,
        use_cpu: bool = True, experimental_config: Any = None, **options: Any,
    ) -> None:
        self.enabled = enabled
        self.record_shapes = record_shapes
        self.function_events: EventList = EventList()
        self._open: list[FunctionEvent] = []
        self._observer_before: Any = None

    def _begin(self, name: str, shapes: Any = None) -> FunctionEvent:
        now = perf_counter_ns() / 1000
        event = FunctionEvent(name, now, now, self._open[-1] if self._open else None, shapes)
        if self._open:
            self._open[-1].cpu_children.append(event)
        self._open.append(event)
        self.function_events.append(event)
        return event

    def _end(self, event: FunctionEvent) -> None:
        event.end = perf_counter_ns() / 1000
        event._total = event.end - event.start
        while self._open and self._open.pop() is not event:
            continue

    def _observe(self, name: str, values: tuple[Any, ...], result: Any) -> None:
        if result is None:
            shapes = [list(v.shape) if isinstance(v, _core.Tensor) else [] for v in values]
            self._begin(name, shapes if self.record_shapes else None)
        elif self._open:
            self._end(self._open[-1])
        if self._observer_before is not None:
            self._observer_before(name, values, result)

    def __enter__(self) -> profile:
        global _profile
        if not self.enabled:
            return self
        if _profile is not None:
            raise RuntimeError("Profiler is already enabled on this thread")
        _profile = self
        self._observer_before = _core.set_observer(self._observe)
        return self

    def __exit__(self, *error: Any) -> None:
        global _profile
        if not self.enabled:
            return
        _core.set_observer(self._observer_before)
        _profile = None
        for event in self._open[::-1]:
            self._end(event)

    def __repr__(self) -> str:
        return repr(self.function_events)

    def __str__(self) -> str:
        return str(self.function_events)

    def table(self, *args: Any, **options: Any) -> str:
        """The calls as text; see EventList.table."""
        return self.function_events.table(*args, **options)

    def key_averages(self, *args: Any, **options: Any) -> EventList:
        """One event per name."""
        return self.function_events.key_averages(*args, **options)

    def total_average(self) -> FunctionEvent:
        """All events as one."""
        return self.function_events.total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events in microseconds."""
        return self.function_events.self_cpu_time_total

    def export_chrome_trace(self, path: str) -> None:
        """Write a file that chrome://tracing and Perfetto open."""
        self.function_events.export_chrome_trace(path)


class record_function:  # noqa: N801, PyTorch's name
    """`with record_function("name"):` a range that `profile` shows. Also a decorator."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self.args = args
        self._event: FunctionEvent | None = None

    def __enter__(self) -> record_function:
        if _profile is not None:
            self._event = _profile._begin(self.name)
            self._event.is_user_annotation = True
        return self

    def __exit__(self, *error: Any) -> None:
        if self._event is not None and _profile is not None:
            _profile._end(self._event)
        self._event = None

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name, self.args):
                return func(*args, **kwargs)

        return inside


def kineto_available() -> bool:
    """Whether PyTorch's library for traces of accelerators is there: False."""
    return False


class _NotHere:
    """A context that needs a tool of an accelerator's maker."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled = enabled

    def __enter__(self) -> Any:
        if self.enabled:
            raise NotImplementedError(f"{type(self).__name__}: there are no ranges for external tools yet")
        return self

    def __exit__(self, *error: Any) -> None:
        return None


class emit_nvtx(_NotHere):  # noqa: N801, PyTorch's name
    """Ranges for NVIDIA's tools: not there."""


class emit_itt(_NotHere):  # noqa: N801, PyTorch's name
    """Ranges for Intel's tools: not there."""


