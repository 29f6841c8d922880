"""Tensors to and from other libraries without a copy, by DLPack."""

from typing import Any

from taeda import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Any) -> Any:
    """The capsule of `tensor` that other libraries take over; they share its memory."""
    return tensor.__dlpack__()
