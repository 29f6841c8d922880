"""Attention with linear biases (Press et al. 2022): positions are told by scores alone, which grow with the key's.

A query at i gives a key at j the score q k - slope (i - j), with a slope for each head. What depends on i alone changes
no softmax, so the bias of a key is slope j.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import taeda


@dataclass(frozen=True)
class Alibi:
    """The slopes of the heads. `scale` multiplies biases; `rounded`: they are computed in bfloat16 (Falcon)."""

    slopes: tuple[float, ...]
    scale: float = 1.0
    rounded: bool = False

    def biases(self, first: int, end: int, dtype: taeda.dtype) -> taeda.Tensor:
        """The biases (heads, 1, end - first) of the keys from `first` on."""
        slopes = taeda.tensor(self.slopes, dtype=taeda.bfloat16 if self.rounded else taeda.float32)
        found = slopes.view(-1, 1, 1) * taeda.arange(first, end)
        return found.to(dtype) if self.scale == 1.0 else found.to(dtype) * self.scale


def slopes(heads: int) -> tuple[float, ...]:
    """Powers of 2 ** (-8 / n) for the largest power of two n up to `heads`; the others lie between those."""
    power = 2 ** int(math.log2(heads))
    found = [2.0 ** (-8.0 * k / power) for k in range(1, power + 1)]
    return (*found, *(2.0 ** (-4.0 * k / power) for k in range(1, 2 * (heads - power) + 1, 2)))


def spread_slopes(heads: int) -> tuple[float, ...]:
    """Those of the next power of two, every second one first, as many as there are heads (MPT)."""
    power = 2 ** math.ceil(math.log2(heads))
    found = [2.0 ** (-8.0 * k / power) for k in range(1, power + 1)]
    return tuple(found if power == heads else (found[1::2] + found[::2])[:heads])
