"""Regions in which each op's dtype is chosen for it.

Which dtype an op gets is a property of its definition (`autocast=` in ops/op.py); the core converts its tensors when it
is called (csrc/python/autocast.h). Here are the context, and what asks and sets the state of the calling thread.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import taeda
from taeda import _core

__all__ = [
    "autocast", "autocast_decrement_nesting", "autocast_increment_nesting", "clear_autocast_cache", "custom_bwd",
    "custom_fwd", "get_autocast_cpu_dtype", "get_autocast_dtype", "get_autocast_gpu_dtype", "is_autocast_available",
    "is_autocast_cache_enabled", "is_autocast_cpu_enabled", "is_autocast_enabled", "set_autocast_cache_enabled",
    "set_autocast_cpu_dtype", "set_autocast_cpu_enabled", "set_autocast_dtype", "set_autocast_enabled",
]  # fmt: skip

_KNOWN = ("cpu", "cuda", "mps", "xpu", "hpu", "mtia", "maia", "ipu", "xla", "meta", "privateuseone")
_other_dtypes: dict[str, Any] = {}  # of devices that are not there


def _device_type(device_type: Any) -> str:
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if device_type not in _KNOWN:
        raise RuntimeError(
            "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, "
            f"vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: {device_type}"
        )
    return device_type


def is_autocast_available(device_type: str) -> bool:
    """Whether autocast can be enabled for this kind of device."""
    return device_type == "cpu"


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether ops on this kind of device are in a region of autocast."""
    return _device_type(device_type) == "cpu" and _core.get_autocast()[0]


def is_autocast_cpu_enabled() -> bool:
    """Whether ops on the CPU are in a region of autocast."""
    return _core.get_autocast()[0]


def get_autocast_dtype(device_type: str) -> Any:
    """The narrow dtype of autocast for this kind of device."""
    if _device_type(device_type) == "cpu":
        return _core.get_autocast()[1]
    return _other_dtypes.get(device_type, taeda.float16 if device_type == "cuda" else taeda.bfloat16)


def get_autocast_cpu_dtype() -> Any:
    """The narrow dtype of autocast on the CPU."""
    return _core.get_autocast()[1]


def get_autocast_gpu_dtype() -> Any:
    """The narrow dtype that autocast would have on CUDA."""
    return get_autocast_dtype("cuda")


def is_autocast_cache_enabled() -> bool:
    """Whether parameters are converted once in a region, not at each use."""
    return _core.get_autocast()[2]


def set_autocast_enabled(device_type: Any, enabled: bool | None = None) -> None:
    """Enter or leave autocast without a region; `autocast` does it for you."""
    if enabled is None:
        device_type, enabled = "cuda", device_type
    if _device_type(device_type) == "cpu":
        _, dtype, caches = _core.get_autocast()
        _core.set_autocast(enabled, dtype, caches)
    elif enabled:
        raise RuntimeError(f"autocast cannot be enabled for '{device_type}', which is not available")


def set_autocast_cpu_enabled(enabled: bool) -> None:
    """`set_autocast_enabled("cpu", enabled)`."""
    set_autocast_enabled("cpu", enabled)


def set_autocast_dtype(device_type: str, dtype: Any) -> None:
    """Set the narrow dtype of autocast for this kind of device."""
    if _device_type(device_type) == "cpu":
        enabled, _, caches = _core.get_autocast()
        _core.set_autocast(enabled, dtype, caches)
    else:
        _other_dtypes[device_type] = dtype


def set_autocast_cpu_dtype(dtype: Any) -> None:
    """`set_autocast_dtype("cpu", dtype)`."""
    set_autocast_dtype("cpu", dtype)


def set_autocast_cache_enabled(enabled: bool) -> None:
    """Whether parameters are converted once in a region."""
    before, dtype, _ = _core.get_autocast()
    _core.set_autocast(before, dtype, enabled)


def autocast_increment_nesting() -> int:
    """How many regions this thread is in when it enters one more."""
    return _core.nest_autocast(1)


def autocast_decrement_nesting() -> int:
    """How many regions this thread is in when it leaves one."""
    return _core.nest_autocast(-1)


def clear_autocast_cache() -> None:
    """Forget the parameters that were converted."""
    _core.clear_autocast_cache()


class autocast:  # noqa: N801, PyTorch's name
    """`with autocast("cpu", dtype=bfloat16):` lets products run in a narrower dtype. Also a decorator.

    Matrix products, convolutions and attention get their tensors in `dtype` (bfloat16 unless float16 is asked for),
    losses and what needs the precision in float32, `cat` and `stack` in the widest among them; float64 stays. Gradients
    come in the dtypes of the tensors they belong to. A region for a device that is not there is disabled with a
    warning, as in PyTorch.

    Example::

        >>> import taeda
        >>> layer = taeda.nn.Linear(4, 2)
        >>> with taeda.autocast("cpu"):
        ...     y = layer(taeda.ones(1, 4))
        >>> y.dtype
        torch.bfloat16
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        self.fast_dtype = get_autocast_dtype(device_type) if dtype is None else dtype
        self.device = device_type
        self._cache_enabled = is_autocast_cache_enabled() if cache_enabled is None else cache_enabled
        if enabled and device_type != "cpu":
            warnings.warn(
                f"User provided device_type of '{device_type}', but {device_type.upper()} is not available. Disabling",
                stacklevel=2,
            )
            enabled = False
        if enabled and self.fast_dtype not in (taeda.bfloat16, taeda.float16):
            warnings.warn(
                "In CPU autocast, but the target dtype is not supported. Disabling autocast.\nCPU Autocast only "
                "supports dtypes of torch.bfloat16, torch.float16 currently.",
                stacklevel=2,
            )
            enabled = False
        self._enabled = enabled
        self._before: list[Any] = []  # one entry per region entered: the same object may be nested

    def __enter__(self) -> autocast:
        self._before.append(_core.get_autocast())
        if self.device == "cpu":
            _core.set_autocast(self._enabled, self.fast_dtype, self._cache_enabled)
        _core.nest_autocast(1)
        return self

    def __exit__(self, *error: Any) -> None:
        if _core.nest_autocast(-1) == 0:
            _core.clear_autocast_cache()
        before = self._before.pop()
        if self.device == "cpu":
            _core.set_autocast(*before)

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def decorate_autocast(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)

        return decorate_autocast


def _cast(value: Any, device_type: str, dtype: Any) -> Any:
    """Nested arguments whose floating tensors have this dtype (float64 stays)."""
    if isinstance(value, taeda.Tensor):
        eligible = value.is_floating_point() and value.device.type == device_type and value.dtype != taeda.float64
        return value.to(dtype) if eligible else value
    if isinstance(value, str | bytes):
        return value
    if isinstance(value, Mapping):
        return {_cast(k, device_type, dtype): _cast(v, device_type, dtype) for k, v in value.items()}
    if isinstance(value, list | tuple):
        items = [_cast(v, device_type, dtype) for v in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """Decorator of the `forward` of an autograd.Function that is used under autocast.

    With `cast_inputs` the tensors are converted to that dtype and `forward` runs as if autocast were off.
    """
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorate_fwd(*args: Any, **kwargs: Any) -> Any:
        enabled = is_autocast_enabled(device_type)
        args[0]._dtype = get_autocast_dtype(device_type)
        args[0]._fwd_used_autocast = enabled and cast_inputs is None
        if cast_inputs is None or not enabled:
            return fwd(*args, **kwargs)
        with autocast(device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorate_fwd


def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """Decorator of the `backward` of an autograd.Function: it runs with autocast as its `forward` did."""
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorate_bwd(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorate_bwd
