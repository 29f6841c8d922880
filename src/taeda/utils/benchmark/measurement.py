"""What was measured, and for what."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import statistics
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import taeda

__all__ = ["Measurement", "TaskSpec", "select_unit", "set_torch_threads", "trim_sigfig", "unit_to_english"]

_UNITS = (
    ("ns", 1e-9, "nanoseconds"), ("us", 1e-6, "microseconds"), ("ms", 1e-3, "milliseconds"), ("s", 1.0, "seconds")
)
_WARN, _GROSS = 0.1, 0.25  # of the median: an interquartile range that is worth a warning, and a stronger one


@dataclasses.dataclass(init=True, repr=False, eq=True, frozen=True)
class TaskSpec:
    """What is measured: the statements, how they are named in tables, and the number of threads."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label, or the statement, and the part of the label."""
        name = self.label or (self.stmt if "\n" not in self.stmt else "[long statement]")
        return f"{name}: {self.sub_label}" if self.sub_label else name

    def setup_str(self) -> str:
        """The statement that runs before, as a part of a summary."""
        if self.setup in ("", "pass"):
            return ""
        return f"setup:\n{textwrap.indent(self.setup, '  ')}" if "\n" in self.setup else f"setup: {self.setup}"

    def summarize(self) -> str:
        """Title, description and setup, a line each."""
        parts = [self.title, self.description or "", self.setup_str()]
        return "\n".join(textwrap.indent(part, "  ") for part in parts if part)


@dataclasses.dataclass(init=True, repr=False)
class Measurement:
    """Times of a task: `raw_times` in seconds, each of `number_per_run` runs. Fields of the task are attributes too."""

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "task_spec":
            raise AttributeError(name)
        return getattr(self.task_spec, name)

    @property
    def times(self) -> list[float]:
        """Seconds of one run, for each measurement."""
        return [time / self.number_per_run for time in self.raw_times]

    def _quantile(self, part: float) -> float:
        times = sorted(self.times)
        place = part * (len(times) - 1)
        low = math.floor(place)
        return times[low] + (place - low) * (times[min(low + 1, len(times) - 1)] - times[low])

    @property
    def median(self) -> float:
        """The median, in seconds."""
        return self._quantile(0.5)

    @property
    def mean(self) -> float:
        """The mean, in seconds."""
        return statistics.fmean(self.times)

    @property
    def iqr(self) -> float:
        """The range of the middle half of the times, in seconds."""
        return self._quantile(0.75) - self._quantile(0.25)

    @property
    def significant_figures(self) -> int:
        """How many digits of the median can be trusted, by the middle half of the times: 1 to 5."""
        times = sorted(self.times)
        middle = times[len(times) // 4 : math.ceil(3 * len(times) / 4)]
        spread = max(1.645 * statistics.pstdev(middle) / math.sqrt(len(middle)), 25e-9)
        return min(max(math.floor(math.log10(self.median / spread)), 1), 5)

    def meets_confidence(self, threshold: float = _WARN) -> bool:
        """Whether the interquartile range is below this part of the median."""
        return self.iqr / self.median < threshold

    @property
    def has_warnings(self) -> bool:
        """Whether the times vary so much that the measurement says so."""
        return bool(self._warnings())

    def _warnings(self) -> list[str]:
        if self.meets_confidence():
            return []
        gross = not self.meets_confidence(_GROSS)
        return [f"  WARNING: Interquartile range is {self.iqr / self.median * 100:.1f}% of the median measurement.",
                "           This suggests significant environmental influence." if gross else
                "           This could indicate system fluctuation."]

    @property
    def title(self) -> str:
        """The title of the task."""
        return self.task_spec.title

    @property
    def env(self) -> str:
        """What the environment was called."""
        return self.task_spec.env or "Unspecified env"

    @property
    def as_row_name(self) -> str:
        """What a row of a table is called."""
        return self.task_spec.sub_label or self.task_spec.stmt or "[Unknown]"

    def __repr__(self) -> str:
        unit, scale = select_unit(self.median)
        count, several = len(self.raw_times), len(self.raw_times) > 1
        lines = [f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>", self.task_spec.summarize(),
                 f"  {'Median: ' if several else ''}{self.median / scale:.2f} {unit}"]
        if count >= 4:
            low, high = self._quantile(0.25) / scale, self._quantile(0.75) / scale
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit} ({low:.2f} to {high:.2f})")
        threads = self.task_spec.num_threads
        lines.append(f"  {count} measurement{'s' if several else ''}, {self.number_per_run} runs "
                     f"{'per measurement,' if several else ','} {threads} thread{'s' if threads > 1 else ''}")
        return "\n".join([*lines, *self._warnings()])

    @staticmethod
    def merge(measurements: Iterable[Measurement]) -> list[Measurement]:
        """One measurement for each task, with the times of all of its measurements."""
        times: dict[TaskSpec, list[float]] = {}
        for measurement in measurements:
            times.setdefault(measurement.task_spec, []).extend(measurement.times)
        return [Measurement(1, found, task) for task, found in times.items()]


def select_unit(t: float) -> tuple[str, float]:
    """The unit for a time in seconds, and how many seconds it is: ("us", 1e-06)."""
    unit, scale, _ = next((u for u in reversed(_UNITS) if t >= u[1]), _UNITS[0])
    return unit, scale


def unit_to_english(u: str) -> str:
    """The name of a unit of time: "us" is microseconds."""
    return {unit: name for unit, _, name in _UNITS}[u]


def trim_sigfig(x: float, n: int) -> float:
    """A number rounded to `n` digits that count."""
    if x == 0:
        return 0.0
    digit = math.floor(math.log10(abs(x))) + 1 - n
    return round(x / 10.0**digit) * 10.0**digit


@contextlib.contextmanager
def set_torch_threads(n: int) -> Iterator[None]:
    """Compute with `n` threads in this block."""
    before = taeda.get_num_threads()
    try:
        taeda.set_num_threads(n)
        yield
    finally:
        taeda.set_num_threads(before)
