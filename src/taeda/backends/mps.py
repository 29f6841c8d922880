"""Apple's GPUs, which are not used."""

__all__ = ["is_available", "is_built"]


def is_available() -> bool:
    """Whether an MPS device can be used: False."""
    return False


def is_built() -> bool:
    """Whether MPS is part of this build: False."""
    return False
