"""Apple's GPUs, which are not used."""

__all__ = ["is_available", "is_built", "is_macos13_or_newer", "is_macos_or_newer"]


def is_available() -> bool:
    """Whether an MPS device can be used: False."""
    return False


def is_built() -> bool:
    """Whether MPS is part of this build: False."""
    return False


def is_macos_or_newer(major: int, minor: int) -> bool:
    """Whether the system is macOS of this version or newer, and MPS is part of this build: False."""
    return False


def is_macos13_or_newer(minor: int = 0) -> bool:
    """As is_macos_or_newer(13, minor)."""
    return False
