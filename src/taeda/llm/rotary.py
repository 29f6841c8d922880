"""Rotary positions (Su et al. 2021): pairs of features are turned by an angle that grows with the position.

Feature i is paired with feature i + n / 2 of the n that turn; the pair's angle is position * frequency[i]. To serve
longer texts than a model was trained on, the frequencies are scaled; `frequencies` has the ways in use.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import taeda
from taeda._binding import internal

rotate = internal.rotary  # (rows, heads, head size), cosines and sines (rows, 1, features / 2)


@dataclass(frozen=True)
class Rotary:
    """How positions turn the first `features` features of a head. `scaling` is one of

    default; linear (factor); llama3 (factor, low, high, original); yarn (factor, fast, slow, truncate, original);
    longrope (short, long: a divisor for each frequency, by whether the text is longer than `original`).
    `amplitude` multiplies what is turned. `interleaved`: feature 2 i is paired with 2 i + 1 instead.
    """

    features: int
    base: float
    scaling: str = "default"
    factor: float = 1.0
    original: int = 0
    amplitude: float = 1.0
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)
    interleaved: bool = False

    def frequencies(self, tokens: int = 0) -> taeda.Tensor:
        """The angles between neighbouring positions, (features / 2) in float32, for a text of `tokens` tokens."""
        powers = taeda.arange(0, self.features, 2, dtype=taeda.float32) / self.features
        plain = 1.0 / (self.base ** powers)
        return _SCALINGS[self.scaling](self, plain, tokens)

    def depends_on_length(self) -> bool:
        return self.scaling == "longrope" and self.details["long"] != self.details["short"]

    def turns(self, positions: taeda.Tensor, tokens: int, dtype: taeda.dtype) -> tuple[taeda.Tensor, taeda.Tensor]:
        """Cosines and sines (positions, 1, features / 2), as `rotate` takes them, of positions in a text of `tokens`
        tokens."""
        angles = positions.to(taeda.float32).unsqueeze(-1) * self.frequencies(tokens)
        cosines, sines = angles.cos(), angles.sin()
        if self.amplitude != 1.0:
            cosines, sines = cosines * self.amplitude, sines * self.amplitude
        return cosines.to(dtype).unsqueeze(-2), sines.to(dtype).unsqueeze(-2)


def _plain(rotary: Rotary, plain: taeda.Tensor, tokens: int) -> taeda.Tensor:
    return plain


def _linear(rotary: Rotary, plain: taeda.Tensor, tokens: int) -> taeda.Tensor:
    return plain / rotary.factor


def _llama3(rotary: Rotary, plain: taeda.Tensor, tokens: int) -> taeda.Tensor:
    """Slow turns are slowed down, fast ones stay, between them it is interpolated (Llama 3.1)."""
    low, high = rotary.details["low"], rotary.details["high"]
    lengths = 2 * math.pi / plain
    slowed = plain / rotary.factor
    share = (rotary.original / lengths - low) / (high - low)
    between = (1 - share) * slowed + share * plain
    result = taeda.where(lengths > rotary.original / low, slowed, plain)
    middle = (lengths <= rotary.original / low) & (lengths >= rotary.original / high)
    return taeda.where(middle, between, result)


def _yarn(rotary: Rotary, plain: taeda.Tensor, tokens: int) -> taeda.Tensor:
    """YaRN (Peng et al. 2023): as above, with a ramp over the number of the feature."""
    n = rotary.features

    def feature(turns: float) -> float:
        return n * math.log(rotary.original / (turns * 2 * math.pi)) / (2 * math.log(rotary.base))

    low, high = feature(rotary.details["fast"]), feature(rotary.details["slow"])
    if rotary.details["truncate"]:
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, n - 1)
    high += 0.001 if low == high else 0
    slowed = ((taeda.arange(n // 2, dtype=taeda.float32) - low) / (high - low)).clamp(0, 1)
    return plain / rotary.factor * slowed + plain * (1 - slowed)


def _longrope(rotary: Rotary, plain: taeda.Tensor, tokens: int) -> taeda.Tensor:
    divisors = rotary.details["long" if tokens > rotary.original else "short"]
    return plain / taeda.tensor(divisors, dtype=taeda.float32)


_SCALINGS = {"default": _plain, "linear": _linear, "llama3": _llama3, "yarn": _yarn, "longrope": _longrope}
