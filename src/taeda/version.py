"""Versions, as `torch.version` gives them."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["cuda", "debug", "git_version", "hip", "xpu"]

__version__ = "2.13.0"
debug = False
cuda: str | None = None
hip: str | None = None
rocm: str | None = None
xpu: str | None = None
git_version = "Unknown"


class TorchVersion(str):
    """A version that compares with strings and tuples by its numbers: `torch.__version__ >= "2.0"`."""

    def _numbers(self, other: Any = None) -> tuple[int, ...]:
        value = self if other is None else other
        if isinstance(value, (tuple, list)):
            return tuple(int(n) for n in value)
        release = str(value).partition("+")[0]
        return tuple(int(n) for n in re.findall(r"\d+", release)[:3])

    def _compare(self, other: Any) -> int:
        a, b = self._numbers(), self._numbers(other)
        size = max(len(a), len(b))
        a, b = a + (0,) * (size - len(a)), b + (0,) * (size - len(b))
        return (a > b) - (a < b)

    def __lt__(self, other: Any) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._compare(other) >= 0

    def __eq__(self, other: Any) -> bool:
        return str.__eq__(self, other) or (bool(re.match(r"\d", str(other)) or isinstance(other, tuple))
                                           and self._compare(other) == 0)

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = str.__hash__
