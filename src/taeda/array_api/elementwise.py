"""Functions of elements. Where two arrays are taken, one may be a Python number, which takes the other's data type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda
from taeda.array_api.data_types import result_type

# The standard's names, and Taeda's where they differ.
_OF_ONE = {
    "abs": "abs", "acos": "acos", "acosh": "acosh", "asin": "asin", "asinh": "asinh", "atan": "atan", "atanh": "atanh",
    "bitwise_invert": "bitwise_not", "ceil": "ceil", "cos": "cos", "cosh": "cosh", "exp": "exp", "expm1": "expm1",
    "floor": "floor", "imag": "imag", "isfinite": "isfinite", "isinf": "isinf", "isnan": "isnan", "log": "log",
    "log10": "log10", "log1p": "log1p", "log2": "log2", "logical_not": "logical_not", "negative": "negative",
    "positive": "positive", "reciprocal": "reciprocal", "signbit": "signbit",
    "sin": "sin", "sinh": "sinh", "sqrt": "sqrt", "square": "square", "tan": "tan", "tanh": "tanh", "trunc": "trunc",
}  # fmt: skip
_OF_TWO = {
    "add": "add", "atan2": "atan2", "bitwise_and": "bitwise_and", "bitwise_left_shift": "bitwise_left_shift",
    "bitwise_or": "bitwise_or", "bitwise_right_shift": "bitwise_right_shift", "bitwise_xor": "bitwise_xor",
    "copysign": "copysign", "divide": "true_divide", "equal": "eq", "floor_divide": "floor_divide", "greater": "gt",
    "greater_equal": "ge", "hypot": "hypot", "less": "lt", "less_equal": "le", "logaddexp": "logaddexp",
    "logical_and": "logical_and", "logical_or": "logical_or", "logical_xor": "logical_xor", "maximum": "maximum",
    "minimum": "minimum", "multiply": "mul", "nextafter": "nextafter", "not_equal": "ne", "pow": "pow",
    "subtract": "sub",
}  # fmt: skip
__all__ = [*_OF_ONE, *_OF_TWO, "clip", "conj", "real", "remainder", "round", "sign"]


def both(name: str, x1: Any, x2: Any) -> tuple[Any, Any]:
    """Two arguments as arrays of one data type."""
    if not isinstance(x1, taeda.Tensor) and not isinstance(x2, taeda.Tensor):
        raise TypeError(f"{name}: one of the two must be an array, but got {type(x1).__name__} and {type(x2).__name__}")
    dtype = result_type(x1, x2)
    device = next(x.device for x in (x1, x2) if isinstance(x, taeda.Tensor))
    a, b = (x.to(dtype) if isinstance(x, taeda.Tensor) else taeda.tensor(x, dtype=dtype, device=device)
            for x in (x1, x2))
    return a, b


def _of_one(name: str, function: Callable[[Any], Any]) -> Any:
    def call(x: Any, /) -> Any:
        return function(x)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} of each element."
    return call


def _of_two(name: str, function: Callable[[Any, Any], Any]) -> Any:
    def call(x1: Any, x2: Any, /) -> Any:
        return function(*both(name, x1, x2))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} of the elements of two arrays, which broadcast."
    return call


for _name, _theirs in _OF_ONE.items():
    globals()[_name] = _of_one(_name, getattr(taeda, _theirs))
for _name, _theirs in _OF_TWO.items():
    globals()[_name] = _of_two(_name, getattr(taeda, _theirs))


def conj(x: Any, /) -> Any:
    """The complex conjugates of the elements."""
    return taeda.conj(x).resolve_conj() if x.is_complex() else x.clone()


def remainder(x1: Any, x2: Any, /) -> Any:
    """What is left of division by the elements of `x2`, with their sign, zeros too."""
    a, b = both("remainder", x1, x2)
    found = taeda.remainder(a, b)
    return taeda.where(found == 0, taeda.copysign(found, b), found) if found.is_floating_point() else found


def sign(x: Any, /) -> Any:
    """-1, 0 or 1; of complex numbers those of size 1 in their direction; of NaN NaN."""
    return taeda.where(taeda.isnan(x), x, taeda.sign(x)) if x.is_floating_point() else taeda.sgn(x)


def real(x: Any, /) -> Any:
    """The real parts of the elements."""
    return taeda.real(x)


def round(x: Any, /) -> Any:
    """The nearest integers, the even one of two; of complex numbers both parts."""
    return taeda.complex(taeda.round(x.real), taeda.round(x.imag)) if x.is_complex() else taeda.round(x)


def clip(x: Any, /, min: Any = None, max: Any = None) -> Any:
    """The elements, but none below `min` or above `max`: numbers or arrays, which broadcast. The data type stays."""
    bounds = [b.to(x.dtype) if isinstance(b, taeda.Tensor) else b for b in (min, max)]
    if all(b is None for b in bounds):
        return x.clone()
    if any(isinstance(b, taeda.Tensor) for b in bounds):
        bounds = [b if b is None or isinstance(b, taeda.Tensor) else taeda.tensor(b, dtype=x.dtype, device=x.device)
                  for b in bounds]
    shape = taeda.broadcast_shapes(x.shape, *(b.shape for b in bounds if isinstance(b, taeda.Tensor)))
    return taeda.clamp(x.broadcast_to(shape), *bounds).to(x.dtype)


