"""Discrete Fourier transforms, of real and complex tensors along one or several dimensions, of any size.

The names and arguments are PyTorch's. Sizes whose prime factors are small take a mixed-radix transform, others a
convolution (Rader's or Bluestein's algorithm); all are kernels of the core over the thread pool.
"""

from __future__ import annotations

from typing import Any

from taeda._binding import modules
from taeda._core import Tensor as Tensor

globals().update(modules["fft"])
__all__ = sorted(modules["fft"])


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'taeda.fft' has no attribute {name!r}")
