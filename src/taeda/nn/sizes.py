"""Sizes given as one number or as one for each dimension."""

from collections.abc import Iterable
from typing import Any


def ntuple(value: Any, count: int) -> tuple[Any, ...]:
    """`value` as a tuple: an iterable as it is, anything else repeated `count` times."""
    return tuple(value) if isinstance(value, Iterable) else (value,) * count


def reversed_twice(values: tuple[Any, ...]) -> list[Any]:
    """The padding list of `F.pad` for symmetric padding: last dimension first, each value before and after."""
    return [value for value in reversed(values) for _ in range(2)]
