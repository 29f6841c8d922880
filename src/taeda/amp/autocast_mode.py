"""Regions in which each op's dtype is chosen for it."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import taeda

__all__ = ["autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]

_KNOWN = ("cpu", "cuda", "mps", "xpu", "hpu", "mtia", "maia", "ipu", "xla")


def is_autocast_available(device_type: str) -> bool:
    """Whether autocast can be enabled for this kind of device: not yet for any."""
    return False


class autocast:  # noqa: N801, PyTorch's name
    """`with autocast("cpu", dtype=bfloat16):` lets products run in a narrower dtype. Also a decorator.

    A region for a device that is not there is disabled with a warning, as in PyTorch; one that is disabled changes
    nothing. Enabling one for the CPU raises NotImplementedError.
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if device_type not in _KNOWN:
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
        if enabled and device_type != "cpu":
            warnings.warn(
                f"User provided device_type of '{device_type}', but {device_type.upper()} is not available. Disabling",
                stacklevel=2,
            )
            enabled = False
        if enabled and dtype == taeda.float32:
            enabled = False
        if enabled:
            raise NotImplementedError(
                "autocast for the CPU is not there yet; convert the model with model.bfloat16(), or pass enabled=False"
            )
        self.device = device_type
        self.fast_dtype = taeda.bfloat16 if dtype is None else dtype

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return inside


def custom_fwd(fwd: Any = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """Decorator of the `forward` of an autograd.Function that is used under autocast."""
    return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs) if fwd is None else fwd


def custom_bwd(bwd: Any = None, *, device_type: str = "cuda") -> Any:
    """Decorator of the `backward` of an autograd.Function that is used under autocast."""
    return functools.partial(custom_bwd, device_type=device_type) if bwd is None else bwd
