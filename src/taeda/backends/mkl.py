"""MKL, in whose place Taeda generates its own kernels."""

from taeda.backends.mkldnn import verbose as verbose

__all__ = ["is_available", "verbose"]

VERBOSE_OFF, VERBOSE_ON = 0, 1


def is_available() -> bool:
    """Whether MKL can be used: False."""
    return False
