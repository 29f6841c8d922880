"""oneDNN, in whose place Taeda generates its own kernels."""

import contextlib
from collections.abc import Iterator
from typing import Any

__all__ = ["flags", "is_available", "set_flags", "verbose"]

VERBOSE_OFF, VERBOSE_ON, VERBOSE_ON_CREATION = 0, 1, 2
enabled, deterministic, allow_tf32 = True, False, True
fp32_precision = "none"


def is_available() -> bool:
    """Whether oneDNN can be used: False."""
    return False


def is_acl_available() -> bool:
    """Whether the Arm Compute Library can be used: False."""
    return False


def set_flags(
    _enabled: bool | None = None, _deterministic: bool | None = None, _allow_tf32: bool | None = None,
    _fp32_precision: str = "none",
) -> tuple[Any, ...]:
    """Remember the settings, which change nothing here, and return those before."""
    own = globals()
    before = enabled, deterministic, allow_tf32, fp32_precision
    for name, value in (("enabled", _enabled), ("deterministic", _deterministic), ("allow_tf32", _allow_tf32)):
        if value is not None:
            own[name] = value
    own["fp32_precision"] = _fp32_precision
    return before


@contextlib.contextmanager
def flags(
    enabled: bool = False, deterministic: bool = False, allow_tf32: bool = True, fp32_precision: str = "none"
) -> Iterator[None]:
    """`set_flags` for the time of a `with` block."""
    before = set_flags(enabled, deterministic, allow_tf32, fp32_precision)
    try:
        yield
    finally:
        set_flags(*before)


class verbose:  # noqa: N801, PyTorch's name
    """A `with` block in which oneDNN would report what it runs; see `taeda.profiler` for what Taeda runs."""

    def __init__(self, level: int) -> None:
        self.level = level

    def __enter__(self) -> "verbose":
        return self

    def __exit__(self, *_: Any) -> None:
        pass
