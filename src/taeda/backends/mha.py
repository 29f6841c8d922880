"""The fast path of attention layers, which Taeda does not need: every path is compiled."""

__all__ = ["get_fastpath_enabled", "set_fastpath_enabled"]

_enabled = True


def get_fastpath_enabled() -> bool:
    """The setting last given."""
    return _enabled


def set_fastpath_enabled(value: bool) -> None:
    """Keep the setting."""
    global _enabled
    _enabled = value
