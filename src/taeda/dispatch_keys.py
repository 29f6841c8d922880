"""PyTorch's dispatch keys, as far as libraries of ops name them: to run what they wrap below autocast or autograd."""

from __future__ import annotations

import enum
from typing import Any

import taeda

__all__ = ["DispatchKey", "DispatchKeySet", "ExcludeDispatchKeyGuard"]

_DEVICES = ("CPU", "CUDA", "XPU", "MPS", "HPU", "Meta", "PrivateUse1")

DispatchKey = enum.Enum(  # type: ignore[misc]
    "DispatchKey",
    ["Undefined", "Dense", "BackendSelect", "Python", "PythonDispatcher", "PythonTLSSnapshot", "ADInplaceOrView",
     "Autograd", "FuncTorchBatched", "FuncTorchGradWrapper", "FuncTorchDynamicLayerFrontMode", "Functionalize",
     "CompositeImplicitAutograd", "CompositeExplicitAutograd", "AutogradFunctionality", "AutogradOther",
     *_DEVICES, *(f"Autograd{d}" for d in _DEVICES), *(f"Autocast{d}" for d in _DEVICES if d != "Meta")],
    start=0,
)
DispatchKey.__doc__ = "What a call of an op is handed to in PyTorch, layer by layer: devices, autograd, autocast, .."


class DispatchKeySet:
    """Several keys.

    >>> keys = DispatchKeySet(DispatchKey.AutocastCPU) | DispatchKeySet(DispatchKey.AutocastCUDA)
    >>> keys.has(DispatchKey.AutocastCPU), keys.has(DispatchKey.CPU)
    (True, False)
    """

    def __init__(self, *keys: Any) -> None:
        self._keys = frozenset(keys)

    def has(self, key: Any) -> bool:
        """Whether a key is among them."""
        return key in self._keys

    def __or__(self, other: DispatchKeySet) -> DispatchKeySet:
        return DispatchKeySet(*self._keys | other._keys)

    def __and__(self, other: DispatchKeySet) -> DispatchKeySet:
        return DispatchKeySet(*self._keys & other._keys)

    def __sub__(self, other: DispatchKeySet) -> DispatchKeySet:
        return DispatchKeySet(*self._keys - other._keys)

    def add(self, key: Any) -> DispatchKeySet:
        """These and one more."""
        return DispatchKeySet(*self._keys, key)

    def remove(self, key: Any) -> DispatchKeySet:
        """These without one."""
        return DispatchKeySet(*self._keys - {key})

    def __iter__(self) -> Any:
        return iter(sorted(self._keys, key=lambda key: key.value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DispatchKeySet) and self._keys == other._keys

    def __hash__(self) -> int:
        return hash(self._keys)

    def __repr__(self) -> str:
        return f"DispatchKeySet({', '.join(key.name for key in self)})"


class ExcludeDispatchKeyGuard:
    """A context in which calls pass the layers of these keys by: autocast does not convert, autograd does not record.

    >>> with ExcludeDispatchKeyGuard(DispatchKeySet(DispatchKey.AutogradCPU)):
    ...     taeda.is_grad_enabled()
    False
    """

    def __init__(self, keys: DispatchKeySet) -> None:
        self._keys = keys

    def __enter__(self) -> ExcludeDispatchKeyGuard:
        self._grad, self._autocast = taeda.is_grad_enabled(), taeda.is_autocast_enabled("cpu")
        if any(self._keys.has(key) for key in (DispatchKey["Autograd"], DispatchKey["AutogradCPU"])):
            taeda.set_grad_enabled(False)
        if self._keys.has(DispatchKey["AutocastCPU"]):
            taeda.set_autocast_enabled("cpu", False)
        return self

    def __exit__(self, *error: Any) -> None:
        taeda.set_grad_enabled(self._grad)
        taeda.set_autocast_enabled("cpu", self._autocast)
