"""OpenMP, in whose place Taeda has a thread pool of its own."""

__all__ = ["is_available"]


def is_available() -> bool:
    """Whether OpenMP is used: False."""
    return False
