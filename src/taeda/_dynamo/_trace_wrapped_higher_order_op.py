"""A context that PyTorch needs around `vmap` of functions that index."""

from __future__ import annotations

from typing import Any

__all__ = ["TransformGetItemToIndex"]


class TransformGetItemToIndex:
    """Inside, PyTorch reads `x[i]` of a batched number `i` as a gather. Here it always is one."""

    def __enter__(self) -> TransformGetItemToIndex:
        return self

    def __exit__(self, *error: Any) -> None:
        return None
