"""The ranges and precisions of dtypes: `finfo` and `iinfo`."""

from __future__ import annotations

from typing import Any

from taeda import _core

__all__ = ["finfo", "iinfo"]

# name: (bits, bits of the mantissa without the leading one, bits of the exponent, decimal digits that survive)
_FLOATS = {"float16": (16, 10, 5, 3), "bfloat16": (16, 7, 8, 2), "float32": (32, 23, 8, 6), "float64": (64, 52, 11, 15)}
_PARTS = {"complex64": "float32", "complex128": "float64"}
_INTEGERS = {"uint8": (8, False), "int8": (8, True), "int16": (16, True), "int32": (32, True), "int64": (64, True)}


def _name(dtype: Any) -> str:
    if not isinstance(dtype, _core.dtype):
        raise TypeError(f"finfo/iinfo(): argument 'type' (position 1) must be torch.dtype, not {type(dtype).__name__}")
    return str(dtype).removeprefix("torch.")


class finfo:  # noqa: N801 (PyTorch's name)
    """What a floating-point dtype can hold.

    Of a complex dtype the parts are described; without an argument, the default dtype.
    Errors: TypeError for a dtype that is not floating-point.

    >>> import taeda
    >>> taeda.finfo(taeda.float32).eps
    1.1920928955078125e-07
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    def __init__(self, type: Any = None) -> None:  # noqa: A002 (PyTorch's name)
        name = _name(_core.get_default_dtype() if type is None else type)
        name = _PARTS.get(name, name)
        if name not in _FLOATS:
            raise TypeError("torch.finfo() requires a floating point input type. "
                            "Use torch.iinfo to handle 'torch.finfo'")
        bits, mantissa, exponent, digits = _FLOATS[name]
        bias = 2 ** (exponent - 1) - 1
        self.bits = bits
        self.dtype = name
        self.eps = 2.0**-mantissa
        self.max = (2.0 - self.eps) * 2.0**bias
        self.min = -self.max
        self.smallest_normal = self.tiny = 2.0 ** (1 - bias)
        self.resolution = float(f"1e-{digits}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return (f"finfo(resolution={self.resolution:.6g}, min={self.min:.6g}, max={self.max:.6g}, eps={self.eps:.6g}, "
                f"smallest_normal={self.smallest_normal:.6g}, tiny={self.tiny:.6g}, dtype={self.dtype})")


class iinfo:  # noqa: N801 (PyTorch's name)
    """What an integer dtype can hold.

    Errors: TypeError for a dtype that is not an integer one.

    >>> import taeda
    >>> taeda.iinfo(taeda.uint8).max
    255
    """

    __slots__ = ("bits", "dtype", "max", "min")

    def __init__(self, type: Any) -> None:  # noqa: A002 (PyTorch's name)
        name = _name(type)
        if name == "bool":
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if name not in _INTEGERS:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self.bits, signed = _INTEGERS[name]
        self.dtype = name
        self.max = 2 ** (self.bits - signed) - 1
        self.min = -(2 ** (self.bits - 1)) if signed else 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"iinfo(min={float(self.min):.6g}, max={float(self.max):.6g}, dtype={self.dtype})"
