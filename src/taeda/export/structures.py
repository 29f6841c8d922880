"""Dataclasses as inputs and outputs."""

from __future__ import annotations

import dataclasses
from typing import Any

from taeda.utils import _pytree

__all__ = ["register_dataclass"]


def register_dataclass(cls: Any, *, serialized_type_name: str | None = None) -> None:
    """Let objects of a dataclass be structures of tensors (utils._pytree): their fields are what they hold."""
    if not dataclasses.is_dataclass(cls):
        raise ValueError(f"Only dataclasses can be registered with this function: {cls}")
    kind: Any = cls
    names = [f.name for f in dataclasses.fields(cls)]
    _pytree.register_pytree_node(
        kind, lambda value: ([getattr(value, n) for n in names], None),
        lambda values, context: kind(**dict(zip(names, values, strict=True))))
