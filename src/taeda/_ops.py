"""PyTorch's place of the classes of ops."""

from __future__ import annotations

from taeda.library.overloads import OpOverload, OpOverloadPacket

__all__ = ["HigherOrderOperator", "OpOverload", "OpOverloadPacket"]


class HigherOrderOperator:
    """The class of PyTorch's ops on functions: nothing is of it."""
