"""Names of TorchScript's types, by which programs annotate and compare. Programs of `taeda.jit` are Python's, which
have no such types: nothing is of one, and none can be made."""

from __future__ import annotations

from typing import Any

__all__ = [
    "AnyType", "BoolType", "ComplexType", "DeviceObjType", "DictType", "FloatType", "IntType", "ListType", "NoneType",
    "NumberType", "OptionalType", "StringType", "TensorType", "TupleType",
]  # fmt: skip


class JitType:
    """A type of TorchScript."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"torch.{type(self).__name__}: TorchScript's types are not there; taeda.jit records "
                                  "what a function of Python calls")


def _named(name: str) -> type[JitType]:
    return type(name, (JitType,), {"__doc__": f"TorchScript's {name}.", "__module__": __name__})


AnyType, BoolType, ComplexType, DeviceObjType, DictType, FloatType, IntType, ListType = map(_named, __all__[:8])
NoneType, NumberType, OptionalType, StringType, TensorType, TupleType = map(_named, __all__[8:])
