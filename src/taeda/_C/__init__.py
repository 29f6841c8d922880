"""Names of PyTorch's compiled module that libraries touch, answered truthfully for Taeda."""

from __future__ import annotations

from typing import Any

from taeda._core import Generator, Size, _disabled_torch_function_impl, device, dtype, set_subclasses
from taeda._core import LinAlgError as _LinAlgError
from taeda._core import Tensor as TensorBase
from taeda.dispatch_keys import DispatchKey, DispatchKeySet
from taeda.dispatch_keys import ExcludeDispatchKeyGuard as _ExcludeDispatchKeyGuard
from taeda.overrides import DisableTorchFunctionSubclass
from taeda.serialization.records import PyTorchFileReader

__all__ = [
    "DisableTorchFunctionSubclass", "DispatchKey", "DispatchKeySet", "Generator", "PyTorchFileReader", "Size",
    "Graph", "TensorBase", "Value", "_DisableTorchDispatch", "_ExcludeDispatchKeyGuard", "_LinAlgError",
    "_disabled_torch_function_impl", "device", "dtype",
]  # fmt: skip

_TensorMeta = type(TensorBase)

_has_mps = False
_has_cuda = False
has_mkl = has_openmp = has_lapack = False


def _log_api_usage_once(event: str) -> None:
    """Nothing is logged."""


def _get_tracing_state() -> None:
    """The trace being recorded: none."""


def _are_functorch_transforms_active() -> bool:
    """Whether this runs inside of a function under vmap or jvp."""
    from taeda.func.levels import layers

    return bool(layers())


def _is_tracing() -> bool:
    """Whether a trace is being recorded: False."""
    return False


def _cuda_getDeviceCount() -> int:  # noqa: N802, PyTorch's name
    """How many CUDA devices there are: 0."""
    return 0


def _get_cudnn_enabled() -> bool:
    """Whether cuDNN is used: False."""
    return False



class Graph:
    """The type of TorchScript's graphs, which programs name in annotations. There is none: `jit` records Programs."""

    def __init__(self) -> None:
        raise NotImplementedError("torch._C.Graph: TorchScript's graphs are not there; taeda.fx has graphs of calls")


class Value:
    """The type of values in TorchScript's graphs, which programs name in annotations. There is none."""

    def __init__(self) -> None:
        raise NotImplementedError("torch._C.Value: TorchScript's graphs are not there; taeda.fx has graphs of calls")


def _get_accelerator(check: bool | None = None) -> Any:
    """The device beside the CPU that computes: the CPU, since there is none."""
    return device("cpu")


def _get_default_device() -> str:
    """The type of the default device."""
    import taeda

    return str(taeda.get_default_device().type)


def _get_privateuse1_backend_name() -> str:
    """The name of a backend of the user's, which PyTorch lets be registered."""
    return "privateuseone"


def _group_tensors_by_device_and_dtype(tensorlistlist: Any, with_indices: bool = False) -> Any:
    """See taeda.utils._foreach_utils."""
    from taeda.utils._foreach_utils import _group_tensors_by_device_and_dtype

    return _group_tensors_by_device_and_dtype(tensorlistlist, with_indices)


class _DisableTorchDispatch:
    """In this context no `__torch_dispatch__` of a subclass of Tensor is called."""

    def __enter__(self) -> None:
        self._before = set_subclasses(False)

    def __exit__(self, *error: object) -> None:
        set_subclasses(self._before)


class _nn:  # noqa: N801, PyTorch's name
    """Functions of modules."""

    @staticmethod
    def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, Any, bool, Any]:
        """(device, dtype, non_blocking, memory_format) from the arguments of `Module.to`."""
        from taeda.nn.module import _parse_to

        return _parse_to(*args, **kwargs)
