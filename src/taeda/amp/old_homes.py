"""What `cuda.amp` and `cpu.amp` say: their names still work."""

import warnings

__all__ = ["warn"]


def warn(device: str, name: str) -> None:
    """Say what replaced a class of an old home; the line shown is that which makes an object of it."""
    warnings.warn(
        f"`torch.{device}.amp.{name}(args...)` is deprecated. "
        f"Please use `torch.amp.{name}('{device}', args...)` instead.",
        FutureWarning, stacklevel=3,
    )  # fmt: skip
