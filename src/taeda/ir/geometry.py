"""Where the elements stand that a method works on: pooling windows, and walks that pair elements with indexed places.

The bodies of ops say these things to methods (compiler/methods). Sizes and strides may be ints or Symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from taeda.ir.expression import where


@dataclass(frozen=True)
class Windows:
    """Where windows stand, one number for each pooled dimension."""

    taps: tuple[int, ...]
    step: tuple[int, ...]
    padding: tuple[int, ...]
    tap_step: tuple[int, ...]
    ceil: bool

    @property
    def rank(self) -> int:
        return len(self.taps)

    def output(self, sizes: Sequence[Any]) -> tuple[Any, ...]:
        """How many windows there are along each dimension, by PyTorch's rule: with `ceil` a last window may reach
        outside, but must begin inside or in the padding in front."""
        found = []
        for n, k, s, p, d in zip(sizes, self.taps, self.step, self.padding, self.tap_step, strict=True):
            count = (n + (2 * p - d * (k - 1) - 1 + (s - 1 if self.ceil else 0))) // s + 1
            if self.ceil:
                count = where((count - 1) * s >= n + p, count - 1, count)
            found.append(count)
        return tuple(found)


@dataclass
class Dimension:
    """One dimension of a walk: its size and the strides, in elements, of the regular and the indexed operand and of
    each index tensor. `collision`: different coordinates may meet in one element of the indexed operand."""

    size: Any
    regular: Any
    indexed: Any
    indices: Sequence[Any]
    collision: bool = False

    @property
    def plain(self) -> bool:
        return not self.collision and not self.by_index

    @property
    def by_index(self) -> bool:
        """Whether an index tensor has this dimension."""
        return not all(isinstance(s, int) and s == 0 for s in self.indices)


@dataclass
class Bound:
    """What one index tensor indexes: a dimension of this size and stride (elements), and the fault if it goes
    beyond."""

    size: Any
    stride: Any
    exception: str
    message: str
