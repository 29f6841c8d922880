"""`Timer`: how long a statement takes."""

from __future__ import annotations

import enum
import textwrap
import timeit
from collections.abc import Callable
from timeit import default_timer as timer
from typing import Any

import taeda
from taeda.utils.benchmark.measurement import Measurement, TaskSpec, set_torch_threads

__all__ = ["Language", "Timer", "timer"]


class Language(enum.Enum):
    """What statements are written in. Timer takes Python."""

    PYTHON = 0
    CPP = 1


class Timer:
    """Times `stmt`, after `setup`, with the names of `globals`: timeit's Timer with a set number of threads, a warm-up,
    and results that can be compared. `label`, `sub_label`, `description` and `env` name them in tables."""

    def __init__(
        self, stmt: str = "pass", setup: str = "pass", global_setup: str = "", timer: Callable[[], float] = timer,
        globals: dict[str, Any] | None = None, label: str | None = None, sub_label: str | None = None,
        description: str | None = None, env: str | None = None, num_threads: int = 1,
        language: Language | str = Language.PYTHON,
    ) -> None:
        if language not in (Language.PYTHON, "py", "python"):
            raise NotImplementedError(f"Timer of a statement in {language}: only Python is timed; a C++ program is "
                                      "timed by its own means")
        if not isinstance(stmt, str):
            raise ValueError(f"Only a `str` stmt is supported, not {type(stmt).__name__}")
        if global_setup:
            raise ValueError("global_setup is C++ only, got `" + global_setup + "`. Most likely this code can simply "
                             "be moved to `setup`.")
        names = {"torch": taeda, "taeda": taeda} | dict(globals or {})
        stmt, setup = (textwrap.dedent(text).strip() for text in (stmt, setup))
        self._timer = timeit.Timer(stmt=stmt, setup=setup, timer=timer, globals=names)
        self._task_spec = TaskSpec(stmt=stmt, setup=setup, label=label, sub_label=sub_label, description=description,
                                   env=env, num_threads=num_threads)

    def _measured(self, number: int, times: list[float]) -> Measurement:
        return Measurement(number_per_run=number, raw_times=times, task_spec=self._task_spec)

    def timeit(self, number: int = 1000000) -> Measurement:
        """One measurement of `number` runs, after a hundredth of them as a warm-up."""
        with set_torch_threads(self._task_spec.num_threads):
            self._timer.timeit(number=max(number // 100, 2))
            return self._measured(number, [self._timer.timeit(number=number)])

    def _block_size(self, min_run_time: float) -> int:
        """How many runs take a thousandth of the time, so that the clock does not count (PyTorch's rule)."""
        overhead = min(timeit.Timer("pass").timeit(5) for _ in range(3))
        number = 1
        while True:
            took = self._timer.timeit(number)
            if (overhead / took if took else 1.0) <= 1e-4 and took >= min_run_time / 1000 or took > min_run_time:
                return number
            number *= 10

    def _many(self, number: int, min_run_time: float, max_run_time: float, enough: Callable[[list[float]], bool],
              callback: Callable[[int, float], Any] | None) -> Measurement:
        times: list[float] = []
        while (total := sum(times)) < min_run_time or (total < max_run_time and not enough(times)):
            times.append(self._timer.timeit(number))
            if callback is not None:
                callback(number, times[-1])
        return self._measured(number, times)

    def blocked_autorange(self, callback: Callable[[int, float], Any] | None = None,
                          min_run_time: float = 0.2) -> Measurement:
        """Measurements of blocks of runs until they took `min_run_time` seconds in all."""
        with set_torch_threads(self._task_spec.num_threads):
            number = self._block_size(min_run_time)
            return self._many(number, min_run_time, min_run_time, lambda times: True, callback)

    def adaptive_autorange(self, threshold: float = 0.1, *, min_run_time: float = 0.01, max_run_time: float = 10.0,
                           callback: Callable[[int, float], Any] | None = None) -> Measurement:
        """As `blocked_autorange`, until the interquartile range is below `threshold` of the median, or for
        `max_run_time` seconds."""

        def enough(times: list[float]) -> bool:
            return len(times) > 3 and self._measured(1, times).meets_confidence(threshold)

        with set_torch_threads(self._task_spec.num_threads):
            number = self._block_size(0.05)
            return self._many(number, min_run_time, max_run_time, enough, callback)

    def autorange(self, callback: Callable[[int, float], Any] | None = None) -> None:
        """PyTorch has it only to refuse it: `blocked_autorange` is what is meant."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def repeat(self, repeat: int = -1, number: int = -1) -> None:
        """PyTorch has it only to refuse it: `blocked_autorange` is what is meant."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def collect_callgrind(self, number: int = 100, **options: Any) -> Any:
        """Counts of instructions, which Valgrind gives: missing."""
        raise NotImplementedError("Timer.collect_callgrind: counting instructions by Valgrind is missing; "
                                  "taeda.profiler says where the time goes")
