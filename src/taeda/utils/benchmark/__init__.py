"""Timing of statements: `Timer` measures, `Measurement` is what it gives, `Compare` puts measurements into a table.

Example::

    >>> import taeda as torch
    >>> from taeda.utils.benchmark import Timer
    >>> timer = Timer("x + x", globals={"x": torch.ones(4)})
    >>> timer.timeit(100).number_per_run
    100
"""

from taeda.utils.benchmark.comparison import Compare
from taeda.utils.benchmark.measurement import (
    Measurement,
    TaskSpec,
    select_unit,
    set_torch_threads,
    trim_sigfig,
    unit_to_english,
)
from taeda.utils.benchmark.timer import Language, Timer, timer

__all__ = [
    "Compare", "Language", "Measurement", "TaskSpec", "Timer", "select_unit", "set_torch_threads", "timer",
    "trim_sigfig", "unit_to_english",
]  # fmt: skip
