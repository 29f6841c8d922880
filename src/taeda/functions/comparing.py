"""Questions about tensors and dtypes that are answered in Python."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import _core
from taeda.ops import dtypes


def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """|input - other| <= atol + rtol * |other|, element-wise; equal infinities are close."""
    if input.dtype != other.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}")
    if rtol < 0 or atol < 0:
        raise RuntimeError(
            f"{'rtol' if rtol < 0 else 'atol'} must be greater than or equal to zero, but got {min(rtol, atol)}"
        )
    close = input == other
    if equal_nan and input.dtype.is_floating_point:
        close = close | (taeda.isnan(input) & taeda.isnan(other))
    if rtol == 0 and atol == 0:
        return close
    if not input.dtype.is_floating_point:
        input, other = input.double(), other.double()
    allowed = atol + (rtol * other).abs()
    difference = (input - other).abs()
    return close | (taeda.isfinite(difference) & (difference <= allowed))


def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements are close."""
    return bool(isclose(input, other, rtol, atol, equal_nan).all().item())


def equal(input: Any, other: Any) -> bool:
    """Whether the tensors have the same shape and elements."""
    if input.shape != other.shape:
        return False
    return bool((input == other).all().item())


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a tensor."""
    return isinstance(obj, _core.Tensor)


def is_storage(obj: Any) -> bool:
    """Whether `obj` is a storage."""
    return isinstance(obj, _core.UntypedStorage)


def is_floating_point(input: Any) -> bool:
    """Whether the dtype is floating."""
    return bool(input.dtype.is_floating_point)


def is_complex(input: Any) -> bool:
    """Whether the dtype is complex."""
    return bool(input.dtype.is_complex)


def is_nonzero(input: Any) -> bool:
    """Whether the only element is not zero."""
    if input.numel() == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    return bool(input)


def _operand(x: Any) -> dtypes.Operand:
    if isinstance(x, _core.Tensor):
        return dtypes.Operand(dtypes.name_of(x.dtype), x.dim())
    return dtypes.number_operand({bool: "bool", int: "int", float: "float", complex: "complex"}[x.__class__])


def result_type(tensor1: Any, tensor2: Any) -> Any:
    """The dtype that an operation between two tensors or numbers would have."""
    return getattr(_core, dtypes.result_type([_operand(tensor1), _operand(tensor2)]))


def promote_types(type1: Any, type2: Any) -> Any:
    """The smallest dtype that holds both."""
    return getattr(_core, dtypes.promote(dtypes.name_of(type1), dtypes.name_of(type2)))


def set_default_dtype(d: Any) -> None:
    """The floating dtype that Python floats and functions such as zeros() take: float32 unless this said otherwise."""
    if not isinstance(d, _core.dtype):
        raise TypeError(f"invalid dtype object: only floating-point types are supported as the default type, got {d!r}")
    dtypes.set_default_float(dtypes.name_of(d))
    _core.set_default_dtype(d)


def can_cast(from_: Any, to: Any) -> bool:
    """Whether PyTorch's rules allow storing the one in the other."""
    return bool(_core.can_cast(from_, to))
