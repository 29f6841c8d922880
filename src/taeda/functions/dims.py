"""Dimensions as users count them."""

from __future__ import annotations

from collections.abc import Sequence


def wrap_dim(dim: int, ndim: int) -> int:
    """`dim` counted from the front. Raises IndexError with PyTorch's message."""
    bound = max(ndim, 1)
    if not -bound <= dim < bound:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {dim})")
    return dim % bound


def wrap_distinct(dims: Sequence[int], ndim: int) -> list[int]:
    """The dimensions counted from the front, in the order given. Raises RuntimeError if one is named twice."""
    found = [wrap_dim(d, ndim) for d in dims]
    for d in found:
        if found.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return found
