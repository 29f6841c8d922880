"""Fourier transforms: the extension `fft`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda

_AXIS = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
_AXES = ("fftn", "ifftn", "rfftn", "irfftn")
__all__ = [*_AXIS, *_AXES, "fftfreq", "fftshift", "ifftshift", "rfftfreq"]


def _along_axis(name: str, function: Callable[..., Any]) -> Any:
    def call(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
        return function(x, n, axis, norm)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"The transform `{name}` along an axis, of `n` elements."
    return call


def _over_axes(name: str, function: Callable[..., Any]) -> Any:
    def call(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Any:
        return function(x, s, axes, norm)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"The transform `{name}` over axes, by default all, of `s` elements each."
    return call


for _name in _AXIS:
    globals()[_name] = _along_axis(_name, getattr(taeda.fft, _name))
for _name in _AXES:
    globals()[_name] = _over_axes(_name, getattr(taeda.fft, _name))


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Any:
    """The frequencies of the results of fft, with samples `d` apart."""
    return taeda.fft.fftfreq(n, d, dtype=dtype, device=device)


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Any:
    """The frequencies of the results of rfft, with samples `d` apart."""
    return taeda.fft.rfftfreq(n, d, dtype=dtype, device=device)


def fftshift(x: Any, /, *, axes: Any = None) -> Any:
    """Frequency zero in the middle."""
    return taeda.fft.fftshift(x, axes)


def ifftshift(x: Any, /, *, axes: Any = None) -> Any:
    """What undoes fftshift."""
    return taeda.fft.ifftshift(x, axes)
