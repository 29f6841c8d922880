"""What modules take to make their parameters: device, dtype, memory format."""

from __future__ import annotations

from typing import Any

__all__ = ["factory_kwargs"]

_NAMES = ("device", "dtype", "memory_format")


def factory_kwargs(kwargs: dict[str, Any] | None) -> dict[str, Any]:
    """The arguments for `taeda.empty` among those of a module: device, dtype, memory_format, and what
    kwargs["factory_kwargs"] holds.

    Raises TypeError for other names and for names given twice.
    """
    if kwargs is None:
        return {}
    inner = kwargs.get("factory_kwargs", {})
    unexpected = sorted(set(kwargs) - {*_NAMES, "factory_kwargs"})
    if unexpected:
        raise TypeError(f"unexpected kwargs {set(unexpected)}")
    for name in _NAMES:
        if name in kwargs and name in inner:
            raise TypeError(f"{name} specified twice, in **kwargs and in factory_kwargs")
    return {**inner, **{name: kwargs[name] for name in _NAMES if name in kwargs}}
