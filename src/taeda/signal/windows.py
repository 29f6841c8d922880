"""Window functions: vectors of M numbers that fade to both ends. `sym` False gives the first M of a window of M + 1,
which repeats without a seam."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import taeda

__path__: list[str] = []  # a package in PyTorch: its modules are rows of _module_tree.py
__all__ = ["bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming",
           "hann", "kaiser", "nuttall"]


def _made(name: str, M: int, dtype: Any, layout: Any, device: Any, requires_grad: bool,
          formula: Callable[[], Any]) -> Any:
    """The window by `formula`, computed in float64."""
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not None and layout != taeda.strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    dtype = taeda.get_default_dtype() if dtype is None else dtype
    if dtype not in (taeda.float32, taeda.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    made = taeda.empty(0, dtype=dtype, device=device) if M == 0 else formula().to(dtype)
    return made.requires_grad_() if requires_grad else made


def _places(start: float, end: float, M: int) -> Any:
    return taeda.linspace(start, end, M, dtype=taeda.float64)


def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, dtype: Any = None,
                layout: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """exp(-|n - center| / tau)."""
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    middle = (M if not sym and M > 1 else M - 1) / 2.0 if center is None else center
    return _made("exponential", M, dtype, layout, device, requires_grad,
                 lambda: (-(_places(-middle, -middle + M - 1, M) / tau).abs()).exp())


def cosine(M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
           requires_grad: bool = False) -> Any:
    """sin(pi (n + 1/2) / M)."""
    step = math.pi / (M + 1 if not sym and M > 1 else max(M, 1))
    return _made("cosine", M, dtype, layout, device, requires_grad,
                 lambda: _places(0.5 * step, (0.5 + M - 1) * step, M).sin())


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
             requires_grad: bool = False) -> Any:
    """exp(-(n - middle)² / (2 std²))."""
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    start = -(M if not sym and M > 1 else M - 1) / 2.0
    scale = 1 / (std * math.sqrt(2))
    return _made("gaussian", M, dtype, layout, device, requires_grad,
                 lambda: (-(_places(start * scale, (start + M - 1) * scale, M) ** 2)).exp())


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
           requires_grad: bool = False) -> Any:
    """i0(beta sqrt(1 - x²)) / i0(beta), x from -1 to 1."""
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")

    def formula() -> Any:
        if M == 1:
            return taeda.ones(1, dtype=taeda.float64)
        step = 2.0 * beta / (M if not sym else M - 1)
        x = _places(-beta, min(beta, -beta + step * (M - 1)), M)
        top = taeda.tensor(beta * beta, dtype=taeda.float64)
        return taeda.i0((top - x * x).clamp_min(0).sqrt()) / taeda.i0(taeda.tensor(float(beta), dtype=taeda.float64))

    return _made("kaiser", M, dtype, layout, device, requires_grad, formula)


def general_cosine(M: int, *, a: Sequence[float], sym: bool = True, dtype: Any = None, layout: Any = None,
                   device: Any = None, requires_grad: bool = False) -> Any:
    """The sum of (-1)^k a[k] cos(k t), t from 0 to 2 pi."""
    if not isinstance(a, (list, tuple)):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")

    def formula() -> Any:
        if M == 1:
            return taeda.ones(1, dtype=taeda.float64)
        step = 2 * math.pi / (M if not sym else M - 1)
        t = _places(0, (M - 1) * step, M)
        return sum((-1) ** k * w * (t * k).cos() for k, w in enumerate(a))

    return _made("general_cosine", M, dtype, layout, device, requires_grad, formula)


def _cosines(coefficients: Sequence[float], doc: str, name: str) -> Callable[..., Any]:
    def window(M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
               requires_grad: bool = False) -> Any:
        return general_cosine(M, a=list(coefficients), sym=sym, dtype=dtype, layout=layout, device=device,
                              requires_grad=requires_grad)

    window.__doc__, window.__name__, window.__qualname__ = doc, name, name
    return window


hamming = _cosines((0.54, 0.46), "0.54 - 0.46 cos(t), t from 0 to 2 pi.", "hamming")
hann = _cosines((0.5, 0.5), "(1 - cos(t)) / 2, t from 0 to 2 pi.", "hann")
blackman = _cosines((0.42, 0.5, 0.08), "0.42 - 0.5 cos(t) + 0.08 cos(2 t), t from 0 to 2 pi.", "blackman")
nuttall = _cosines((0.3635819, 0.4891775, 0.1365995, 0.0106411), "Nuttall's window of four cosines.", "nuttall")


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, dtype: Any = None, layout: Any = None,
                    device: Any = None, requires_grad: bool = False) -> Any:
    """alpha - (1 - alpha) cos(t), t from 0 to 2 pi."""
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, dtype=dtype, layout=layout, device=device,
                          requires_grad=requires_grad)


def bartlett(M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
             requires_grad: bool = False) -> Any:
    """A triangle from 0 to 1 and back."""
    def formula() -> Any:
        if M == 1:
            return taeda.ones(1, dtype=taeda.float64)
        step = 2.0 / (M if not sym else M - 1)
        return 1 - _places(-1, -1 + (M - 1) * step, M).abs()

    return _made("bartlett", M, dtype, layout, device, requires_grad, formula)
