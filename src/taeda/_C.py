"""Names of PyTorch's compiled module that libraries touch, answered truthfully for Taeda."""

from __future__ import annotations

from taeda._core import Generator, Size, device, dtype
from taeda._core import Tensor as TensorBase

__all__ = ["Generator", "Size", "TensorBase", "device", "dtype"]

_TensorMeta = type(TensorBase)

_has_mps = False
_has_cuda = False
has_mkl = has_openmp = has_lapack = False


def _log_api_usage_once(event: str) -> None:
    """Nothing is logged."""


def _get_tracing_state() -> None:
    """The trace being recorded: none."""


def _is_tracing() -> bool:
    """Whether a trace is being recorded: False."""
    return False


def _cuda_getDeviceCount() -> int:  # noqa: N802, PyTorch's name
    """How many CUDA devices there are: 0."""
    return 0


def _get_cudnn_enabled() -> bool:
    """Whether cuDNN is used: False."""
    return False

