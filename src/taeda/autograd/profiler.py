"""Where the time of a program goes: the ops that it calls, the ranges that it names, and the kernels that run.

`profile` watches dispatch (the core tells it of every op of the calling thread before and after), `record_function`,
modules, and what Programs run (csrc/python/profiling.h), in backward and in compiled functions too. Each call and each
kernel knows the line of the user's that it comes from and the module that this was in: those of the forward call where
it is a gradient, those of several calls where it is one kernel for them.
"""

from __future__ import annotations

import bisect
import functools
import json
import os
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter_ns
from typing import Any

from taeda import _core

__all__ = ["EventList", "FunctionEvent", "emit_itt", "emit_nvtx", "kineto_available", "profile", "record_function"]


class FunctionEvent:
    """One call, one named range or one kernel; several of them under one name after averaging. Times are microseconds.

    `stack` names the user's lines, `module_path` the module that ran (`blocks.3.attention`), `ops` the ops of a kernel,
    `bytes` what it read and wrote, `allocated` the bytes in use when it had run, `after` the numbers (in `kernels`)
    of those that made what it reads, `cpu_memory_usage` the bytes that a call took and kept (with `profile_memory`).
    """

    def __init__(self, name: str, start: float, end: float, parent: FunctionEvent | None, shapes: Any = None) -> None:
        self.name = self.key = name
        self.start = start
        self.end = end
        self.count = 1
        self.input_shapes = shapes
        self.cpu_parent = parent
        self.cpu_children: list[FunctionEvent] = []
        self.is_user_annotation = False
        self.is_kernel = False
        self.thread = 0
        self.stack: list[str] = []
        self.module_path = ""
        self.ops: list[str] = []
        self.bytes = 0
        self.allocated = 0
        self.after: list[int] = []
        self.cpu_memory_usage = 0
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
    "cpu_memory_usage": lambda e: e.cpu_memory_usage,
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
        """One event per name, or per name and shapes, or per name and so many of the user's lines."""
        found: dict[Any, FunctionEvent] = {}
        for event in self:
            shapes = str(event.input_shapes) if group_by_input_shapes else ""
            key = (event.name, shapes, *event.stack[:group_by_stack_n])
            sums = found.get(key)
            if sums is None:
                sums = found[key] = FunctionEvent(event.name, 0.0, 0.0, None, event.input_shapes)
                sums.count, sums._own = 0, 0.0
                sums.stack, sums.module_path, sums.ops = event.stack, event.module_path, event.ops
                sums.is_user_annotation = event.is_user_annotation
            sums.bytes += event.bytes
            sums.cpu_memory_usage += event.cpu_memory_usage
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
        """The events as text, sorted by `cpu_time_total`, `self_cpu_time_total`, `cpu_time`, `count` or
        `cpu_memory_usage`. Columns for memory, shapes and lines are there where they were noted."""
        events: list[FunctionEvent] = [e for e in self if not (top_level_events_only and e.cpu_parent is not None)]
        if sort_by is not None:
            key = _SORTS.get(sort_by.replace("cuda", "cpu").replace("device", "cpu").replace("self_cpu_mem", "cpu_mem"))
            if key is None:
                raise ValueError(f"cannot sort by {sort_by!r}, only by {', '.join(_SORTS)}")
            events.sort(key=key, reverse=True)
        whole = self.self_cpu_time_total or 1.0
        shown = events[: row_limit if row_limit >= 0 else None]
        columns: list[tuple[str, Callable[[FunctionEvent], str]]] = [
            ("Name", lambda e: e.key[:max_name_column_width]),
            ("Self CPU %", lambda e: f"{100 * e.self_cpu_time_total / whole:.2f}%"),
            ("Self CPU", lambda e: _time_text(e.self_cpu_time_total)),
            ("CPU total %", lambda e: f"{100 * e.cpu_time_total / whole:.2f}%"),
            ("CPU total", lambda e: _time_text(e.cpu_time_total)),
            ("CPU time avg", lambda e: _time_text(e.cpu_time)),
            ("# of Calls", lambda e: str(e.count)),
        ]
        if any(e.cpu_memory_usage for e in events):
            columns.insert(-1, ("CPU Mem", lambda e: _bytes_text(e.cpu_memory_usage)))
        if any(e.input_shapes for e in events):
            columns.append(("Input Shapes", lambda e: str(e.input_shapes or "")[:max_shapes_column_width]))
        if any(e.stack for e in events):
            columns.append(("Source Location", lambda e: " ".join(e.stack[:1])[-max_src_column_width:]))
        titles = [title for title, _ in columns]
        rows = [[cell(e) for _, cell in columns] for e in shown]
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
        _write_trace(path, self)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write lines `frame;frame;.. microseconds`, which tools for flame graphs read."""
        with open(path, "w") as f:
            for e in self:
                time = int(getattr(e, metric))
                if e.stack and time:
                    f.write(";".join([*(s.replace(";", ",") for s in reversed(e.stack)), e.name]) + f" {time}\n")


def _bytes_text(count: float) -> str:
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if abs(count) >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count:.0f} B"


def _write_trace(path: str, events: Iterable[FunctionEvent], metadata: dict[str, str] | None = None) -> None:
    """Calls and ranges are on the track of their thread, kernels on one below it."""
    process = os.getpid()
    written: list[dict[str, Any]] = [
        {"name": "process_name", "ph": "M", "pid": process, "tid": 0, "args": {"name": "python"}}]
    tracks: dict[tuple[int, bool], int] = {}
    for e in events:
        track = tracks.setdefault((e.thread, e.is_kernel), len(tracks) + 1)
        arguments: dict[str, Any] = {}
        if e.module_path:
            arguments["Module"] = e.module_path
        if e.stack:
            arguments["Line"] = e.stack[0] if len(e.stack) == 1 else e.stack
        if e.ops:
            arguments["Ops"] = " ".join(e.ops)
        if e.input_shapes:
            arguments["Input Dims"] = e.input_shapes
        if e.bytes:
            arguments["Bytes"] = e.bytes
            arguments["GB/s"] = round(e.bytes / max(e.cpu_time_total, 1e-3) / 1e3, 2)
        if e.cpu_memory_usage:
            arguments["Memory"] = e.cpu_memory_usage
        kind = "kernel" if e.is_kernel else "user_annotation" if e.is_user_annotation else "cpu_op"
        written.append({"name": e.name, "ph": "X", "ts": e.start, "dur": e.cpu_time_total, "pid": process,
                        "tid": track, "cat": kind, "args": arguments})
    for (thread, kernels), track in tracks.items():
        name = f"kernels of thread {thread}" if kernels else f"thread {thread}"
        written.append({"name": "thread_name", "ph": "M", "pid": process, "tid": track, "args": {"name": name}})
    with open(path, "w") as f:
        json.dump({"schemaVersion": 1, "displayTimeUnit": "ms", "traceEvents": written, **(metadata or {})}, f)


_profile: profile | None = None  # the one that is running


class _Modules:
    """Tells the core which module runs, by hooks that every module has while it lives."""

    def __init__(self) -> None:
        self.paths = [""]
        self._numbers: dict[tuple[int, str], int] = {}
        self._names: dict[int, str] = {}  # of the modules of the outermost one that runs
        self._depth = 0
        self._handles: list[Any] = []
        self._used_before = False

    def begin(self) -> None:
        from taeda.nn import module_hooks

        self._used_before = module_hooks.GLOBAL.used
        self._handles = [module_hooks.register_module_forward_pre_hook(self._enter),
                         module_hooks.register_module_forward_hook(self._leave, always_call=True)]
        self._before: list[int] = []

    def end(self) -> None:
        from taeda.nn import module_hooks

        for handle in self._handles:
            handle.remove()
        hooks = module_hooks.GLOBAL
        if not (hooks.forward_pre or hooks.forward or hooks.backward_pre or hooks.backward):
            hooks.used = self._used_before

    def _enter(self, module: Any, arguments: Any) -> None:
        if not self._before:
            self._names = {id(m): name for name, m in module.named_modules()}
        kind = type(module).__name__
        path = self._names.get(id(module), kind) or kind
        number = self._numbers.setdefault((id(module), path), len(self.paths))
        if number == len(self.paths):
            self.paths.append(path)
        self._before.append(_core.set_profiled_scope(number))

    def _leave(self, module: Any, arguments: Any, output: Any) -> None:
        if self._before:
            _core.set_profiled_scope(self._before.pop())


class profile:  # noqa: N801, PyTorch's name
    """`with profile() as p:` the ops called and the ranges named inside are timed, and the kernels that run.
    `p.kernels` and the trace show those; `table()` only where no call owns them, in compiled functions.

    `record_shapes` notes the shapes of arguments, `profile_memory` the bytes that calls take, `with_stack` shows the
    user's lines in tables (they are noted in any case, as modules are). Floating-point operations are not counted.

    Example::

        >>> import taeda
        >>> x = taeda.ones(3)
        >>> with taeda.autograd.profiler.profile() as p:
        ...     _ = x.exp().sum()
        >>> sorted(e.key for e in p.key_averages())
        ['exp', 'sum']
        >>> [k.ops for k in p.kernels]
        [['exp'], ['sum']]
    """

    def __init__(
        self, enabled: bool = True, *, use_device: Any = None, record_shapes: bool = False, with_flops: bool = False,
        profile_memory: bool = False, with_stack: bool = False, with_modules: bool = False, use_kineto: bool = False,
        use_cpu: bool = True, experimental_config: Any = None, **options: Any,
    ) -> None:
        self.enabled = enabled
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.with_stack = with_stack
        self.function_events: EventList = EventList()
        self.kernels: EventList = EventList()
        self._open: list[FunctionEvent] = []
        self._observer_before: Any = None
        self._modules = _Modules()

    def _begin(self, name: str, shapes: Any = None) -> FunctionEvent:
        now = perf_counter_ns() / 1000
        event = FunctionEvent(name, now, now, self._open[-1] if self._open else None, shapes)
        event.thread = self._thread
        if self.profile_memory:
            event.cpu_memory_usage = -_allocated()
        if self._open:
            self._open[-1].cpu_children.append(event)
        self._open.append(event)
        self.function_events.append(event)
        return event

    def _end(self, event: FunctionEvent) -> None:
        event.end = perf_counter_ns() / 1000
        event._total = event.end - event.start
        while self._open:
            last = self._open.pop()
            if self.profile_memory:
                last.cpu_memory_usage += _allocated()
            if last is event:
                break

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
        import threading

        self._thread = threading.get_ident()
        _core.start_profile()
        _profile = self
        self._modules.begin()
        self._observer_before = _core.set_observer(self._observe)
        return self

    def __exit__(self, *error: Any) -> None:
        global _profile
        if not self.enabled:
            return
        _core.set_observer(self._observer_before)
        self._modules.end()
        _profile = None
        for event in self._open[::-1]:
            self._end(event)
        self._add_what_ran(*_core.stop_profile())

    def _add_what_ran(self, labels: Sequence[Any], kernels: Sequence[Any], calls: Sequence[Any]) -> None:
        ranges = _Ranges(self.function_events)
        run_by: dict[int, list[tuple[float, float, FunctionEvent]]] = {}  # what ran at once, by label
        for begin, end, number, thread in calls:
            op, backward, *_ = labels[number]
            around = ranges.around(begin / 1000, thread)
            if backward:
                event = FunctionEvent(op, begin / 1000, end / 1000, around)
                event.thread = thread
                if around is not None:
                    around.cpu_children.append(event)
                self.function_events.append(event)
            elif around is None or around.is_user_annotation:
                continue
            else:
                event = around
            self._place(event, [labels[number]])
            run_by.setdefault(number, []).append((begin, end, event))
        first = len(self.kernels)
        for begin, end, count, name, of, thread, allocated, after in kernels:
            owner = next((e for n in of for b, t, e in run_by.get(n, ()) if b <= begin and end <= t), None)
            event = FunctionEvent(name, begin / 1000, end / 1000, owner)
            event.thread, event.bytes, event.is_kernel = thread, count, True
            event.allocated, event.after = allocated, [first + k for k in after]
            self._place(event, [labels[n] for n in of])
            event.ops = list(dict.fromkeys(labels[n][0] for n in of))
            self.kernels.append(event)
            if owner is None and of:  # of a compiled function
                around = ranges.around(begin / 1000, thread)
                shown = FunctionEvent(" ".join(event.ops), event.start, event.end, around)
                shown.thread, shown.bytes, shown.ops = thread, count, event.ops
                shown.stack, shown.module_path = event.stack, event.module_path
                if around is not None:
                    around.cpu_children.append(shown)
                self.function_events.append(shown)
        self.function_events.sort(key=lambda e: e.start)

    def _place(self, event: FunctionEvent, labels: Sequence[Any]) -> None:
        for _, _, file, line, function, scope in labels:
            text = f"{file}({line}): {function}"
            if file is not None and text not in event.stack:
                event.stack.append(text)
            path = self._modules.paths[scope] if scope < len(self._modules.paths) else ""
            if path and path not in event.module_path.split(", "):
                event.module_path += (", " if event.module_path else "") + path

    def __repr__(self) -> str:
        return repr(self.function_events)

    def __str__(self) -> str:
        return str(self.function_events)

    def table(self, *args: Any, **options: Any) -> str:
        """The calls as text; see EventList.table."""
        return self.function_events.table(*args, **options)

    def key_averages(self, *args: Any, **options: Any) -> EventList:
        """One event per name."""
        found = self.function_events.key_averages(*args, **options)
        lines = options.get("group_by_stack_n") or (args[1:2] or (0,))[0]
        if not (self.with_stack or lines):
            for event in found:
                event.stack = []
        return found

    def total_average(self) -> FunctionEvent:
        """All events as one."""
        return self.function_events.total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events in microseconds."""
        return self.function_events.self_cpu_time_total

    def export_chrome_trace(self, path: str) -> None:
        """Write a file that chrome://tracing and Perfetto open, with kernels below the calls."""
        _write_trace(path, [*self.function_events, *self.kernels])

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write lines `frame;frame;.. microseconds`, which tools for flame graphs read."""
        self.function_events.export_stacks(path, metric)


class _Ranges:
    """Events that nest, for the question which is the innermost around a time."""

    def __init__(self, events: Sequence[FunctionEvent]) -> None:
        self._events = [e for e in events if not e.is_kernel]  # in the order in which they began
        self._starts = [e.start for e in self._events]

    def around(self, time: float, thread: int) -> FunctionEvent | None:
        at = bisect.bisect_right(self._starts, time) - 1
        event: FunctionEvent | None = self._events[at] if at >= 0 else None
        while event is not None and (event.end < time or event.thread != thread):
            event = event.cpu_parent
        return event


def _allocated() -> int:
    found: int = _core.memory_statistics()["allocated"]
    return found


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


