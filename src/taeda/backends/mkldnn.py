"""oneDNN, in whose place Taeda generates its own kernels."""

__all__ = ["is_available"]


def is_available() -> bool:
    """Whether oneDNN can be used: False."""
    return False
