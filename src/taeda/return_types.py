"""`torch.return_types`: the named tuples that ops give, `torch.return_types.max` for `x.max(1)`."""

from __future__ import annotations

from typing import Any

from taeda._binding import result_types
from taeda.functions import sampled as sampled  # whose functions have some too

__all__ = ["all_return_types"]

all_return_types: list[Any] = list(result_types.values())


def __getattr__(name: str) -> Any:
    if name in result_types:
        return result_types[name]
    raise AttributeError(f"module 'taeda.return_types' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *result_types})
