"""Tensors that a module keeps: `Parameter` (trained) and `Buffer` (state that is not)."""

from collections import OrderedDict
from typing import Any

import taeda

__all__ = ["Buffer", "Parameter"]


class _ParameterMeta(type(taeda.Tensor)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        return super().__instancecheck__(instance) or (
            cls is Parameter and isinstance(instance, taeda.Tensor) and getattr(instance, "_is_param", False))


class Parameter(taeda.Tensor, metaclass=_ParameterMeta):
    """A tensor that becomes a parameter of the module it is assigned to.

    It shares the data of `data` and is a leaf of the graph, whatever `data` was. Of an object of another subclass of
    Tensor it is one of that class, which `isinstance(.., Parameter)` knows for a parameter.

    >>> import taeda
    >>> taeda.nn.Parameter(taeda.zeros(2)).requires_grad
    True
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        if data is None:
            data = taeda.empty(0)
        if type(data) in (taeda.Tensor, Parameter) or cls is not Parameter or isinstance(data, Parameter):
            return taeda.Tensor._make_subclass(cls, data.detach(), requires_grad)
        found = data.detach().requires_grad_(requires_grad)
        if type(found) is not type(data):
            raise RuntimeError(
                f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() returns "
                f"an instance of the same type, but return type {type(found).__name__} was found instead. To use the "
                "type as a Parameter, please correct the detach() semantics defined by its __torch_dispatch__() "
                "implementation.")
        found._is_param = True
        return found

    __torch_function__ = taeda._core._disabled_torch_function_impl  # results are plain tensors

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]

    def __repr__(self, **options: Any) -> str:
        return "Parameter containing:\n" + super().__repr__(**options)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        from taeda import serialization

        return serialization._rebuild_parameter, (self.detach(), self.requires_grad, OrderedDict())


taeda._core.register_parameter_type(Parameter)


class _BufferMeta(type(taeda.Tensor)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is Buffer:
            return isinstance(instance, taeda.Tensor) and getattr(instance, "_is_buffer", False)
        return super().__instancecheck__(instance)


class Buffer(taeda.Tensor, metaclass=_BufferMeta):
    """A tensor that becomes a buffer of the module it is assigned to.

    Parameters: `data`: the tensor; `persistent`: whether it is part of the module's `state_dict`.
    """

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        if data is None:
            data = taeda.empty(0)
        tensor = data.detach().requires_grad_(data.requires_grad)
        tensor.persistent = persistent
        tensor._is_buffer = True
        return tensor


def __getattr__(name: str) -> Any:
    if name in ("UninitializedBuffer", "UninitializedParameter", "UninitializedTensorMixin", "is_lazy"):
        from taeda.nn import lazy

        return getattr(lazy, name)
    raise AttributeError(f"module 'taeda.nn.parameter' has no attribute {name!r}")
