"""The ranges and precisions of dtypes: `finfo` and `iinfo`."""

from __future__ import annotations

from typing import Any

from taeda import _core
from taeda.ir.dtype import info

__all__ = ["finfo", "iinfo"]


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
        kind = info({"complex32": "float16", "complex64": "float32", "complex128": "float64"}.get(name, name))
        if not kind.is_floating:
            raise TypeError("torch.finfo() requires a floating point input type. "
                            "Use torch.iinfo to handle 'torch.finfo'")
        self.bits = kind.bits
        self.dtype = kind.name
        self.eps = kind.eps
        self.max = kind.highest
        self.min = kind.lowest
        self.smallest_normal = self.tiny = kind.smallest_normal
        self.resolution = float(f"1e-{kind.digits}")

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
        kind = info(name)
        if not kind.is_integer:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self.bits = kind.bits
        self.dtype = name
        self.max = kind.highest
        self.min = kind.lowest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"iinfo(min={float(self.min):.6g}, max={float(self.max):.6g}, dtype={self.dtype})"
