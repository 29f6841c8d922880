"""cuDNN, which is not used: settings are kept and given back."""

import contextlib
from collections.abc import Iterator
from typing import Any

__all__ = ["flags", "is_acceptable", "is_available", "version"]

enabled = True
benchmark = False
benchmark_limit = 10
deterministic = False
allow_tf32 = True
fp32_precision = "none"


def is_available() -> bool:
    """Whether cuDNN can be used: False."""
    return False


def version() -> int | None:
    """cuDNN's version: None."""
    return None


def is_acceptable(tensor: Any) -> bool:
    """Whether cuDNN could work on this tensor: False."""
    return False


@contextlib.contextmanager
def flags(**settings: Any) -> Iterator[None]:
    """Settings for a block."""
    names = {"enabled", "benchmark", "benchmark_limit", "deterministic", "allow_tf32", "fp32_precision"}
    unknown = set(settings) - names
    if unknown:
        raise TypeError(f"flags() got an unexpected keyword argument '{min(unknown)}'")
    before = {name: globals()[name] for name in settings}
    globals().update(settings)
    try:
        yield
    finally:
        globals().update(before)
