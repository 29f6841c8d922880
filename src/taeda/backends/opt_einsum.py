"""The package opt_einsum, which einsum does not need to choose an order of contractions."""

__all__ = ["get_opt_einsum", "is_available"]

enabled = False
strategy: str | None = None


def is_available() -> bool:
    """Whether einsum asks opt_einsum for the order: False."""
    return False


def get_opt_einsum() -> None:
    """The package, where einsum uses it: None."""
    return None
