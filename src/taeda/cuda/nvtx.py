"""Marks for NVIDIA's profiler, which are only there with CUDA; see `taeda.profiler.record_function`."""

from typing import Any, NoReturn

__all__ = ["mark", "range", "range_end", "range_pop", "range_push", "range_start"]


def _refuse(*args: Any, **kwargs: Any) -> NoReturn:
    """RuntimeError: there is no CUDA."""
    raise RuntimeError(
        "NVTX functions not installed. Are you sure you have a CUDA build? `taeda.profiler.record_function(name)` "
        "marks ranges in Taeda's own profile."
    )


mark = range_push = range_pop = range_start = range_end = range = _refuse
