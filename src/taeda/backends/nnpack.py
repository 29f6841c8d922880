"""NNPACK, in whose place Taeda generates its own kernels."""

import contextlib
from collections.abc import Iterator

__all__ = ["flags", "is_available", "set_flags"]

enabled = True


def is_available() -> bool:
    """Whether NNPACK can be used: False."""
    return False


def set_flags(_enabled: bool) -> tuple[bool]:
    """Remember the setting, which changes nothing here, and return the one before."""
    before = globals()["enabled"]
    globals()["enabled"] = _enabled
    return (before,)


@contextlib.contextmanager
def flags(enabled: bool = False) -> Iterator[None]:
    """`set_flags` for the time of a `with` block."""
    before = set_flags(enabled)
    try:
        yield
    finally:
        set_flags(*before)
