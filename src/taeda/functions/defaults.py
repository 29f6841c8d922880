"""Dtypes: the default one, and the rules of promotion."""

from __future__ import annotations

from typing import Any

from taeda import _core
from taeda.functions.function import function
from taeda.ops import dtypes
from taeda.ops.signature import DType, Object


@function
def set_default_dtype(d: Object) -> None:
    """The floating dtype that Python floats and functions such as zeros() take: float32 unless this said otherwise."""
    if not isinstance(d, _core.dtype):
        raise TypeError(f"invalid dtype object: only floating-point types are supported as the default type, got {d!r}")
    dtypes.set_default_float(dtypes.name_of(d))
    _core.set_default_dtype(d)


def _operand(x: Any) -> dtypes.Operand:
    if isinstance(x, _core.Tensor):
        return dtypes.Operand(dtypes.name_of(x.dtype), x.dim())
    for kind in (bool, int, float, complex):
        if isinstance(x, kind):
            return dtypes.number_operand(kind.__name__)
    raise TypeError(f"result_type(): argument must be Tensor or Number, not {type(x).__name__}")


@function
def result_type(tensor1: Object, tensor2: Object) -> Any:
    """The dtype that an operation between two tensors or numbers would have."""
    return getattr(_core, dtypes.result_type([_operand(tensor1), _operand(tensor2)]))


@function
def promote_types(type1: DType, type2: DType) -> Any:
    """The smallest dtype that holds both."""
    return getattr(_core, dtypes.promote(dtypes.name_of(type1), dtypes.name_of(type2)))


@function
def can_cast(from_: DType, to: DType) -> bool:
    """Whether PyTorch's rules allow storing the one in the other."""
    return bool(_core.can_cast(from_, to))
