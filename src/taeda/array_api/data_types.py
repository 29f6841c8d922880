"""Data types, and what the namespace says of itself."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import (
    bool,
    complex64,
    complex128,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)

__all__ = ["__array_namespace_info__", "astype", "bool", "can_cast", "complex64", "complex128", "finfo", "float32",
           "float64", "iinfo", "int8", "int16", "int32", "int64", "isdtype", "result_type", "uint8", "uint16", "uint32",
           "uint64"]

# The standard's kinds of data types.
KINDS: dict[str, tuple[Any, ...]] = {
    "bool": (bool,),
    "signed integer": (int8, int16, int32, int64),
    "unsigned integer": (uint8, uint16, uint32, uint64),
    "real floating": (float32, float64),
    "complex floating": (complex64, complex128),
}
KINDS["integral"] = KINDS["signed integer"] + KINDS["unsigned integer"]
KINDS["numeric"] = KINDS["integral"] + KINDS["real floating"] + KINDS["complex floating"]
ALL = KINDS["bool"] + KINDS["numeric"]
SHORT = {t: str(t).removeprefix("torch.") for t in ALL}


def astype(x: Any, dtype: Any, /, *, copy: Any = True, device: Any = None) -> Any:
    """The elements in another data type; a copy also where nothing changes, unless `copy` is false."""
    if x.is_complex() and not dtype.is_complex and dtype is not bool:
        raise TypeError(f"astype of {x.dtype} to {dtype} would drop the imaginary parts: say which, real(x) or imag(x)")
    made = x.to(device, dtype) if device is not None else x.to(dtype)
    return made.clone() if copy and made is x else made


def isdtype(dtype: Any, kind: Any) -> Any:
    """Whether a data type is another, or of a kind ("integral"), or of one of several.

    >>> isdtype(float32, ("real floating", "bool"))
    True
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, k) for k in kind)
    if isinstance(kind, str):
        if kind not in KINDS:
            raise ValueError(f"unrecognized data type kind {kind!r}; there are {', '.join(map(repr, KINDS))}")
        return dtype in KINDS[kind]
    return dtype == kind


def _dtype(of: Any) -> Any:
    return of.dtype if isinstance(of, taeda.Tensor) else of


def finfo(type: Any, /) -> Any:
    """The limits of a floating-point data type, or of that of an array."""
    return taeda.finfo(_dtype(type))


def iinfo(type: Any, /) -> Any:
    """The limits of an integer data type, or of that of an array."""
    return taeda.iinfo(_dtype(type))


def promoted(a: Any, b: Any) -> Any:
    """The data type that holds the values of both, by the standard's table; PyTorch's has no wide unsigned integers."""
    if a in KINDS["integral"] and b in KINDS["integral"]:
        if (a in KINDS["unsigned integer"]) == (b in KINDS["unsigned integer"]):
            return max(a, b, key=lambda t: t.itemsize)
        unsigned, signed = (a, b) if a in KINDS["unsigned integer"] else (b, a)
        wide = [t for t in KINDS["signed integer"] if t.itemsize > unsigned.itemsize and t.itemsize >= signed.itemsize]
        if not wide:
            raise TypeError(f"{SHORT[a]} and {SHORT[b]} cannot be type promoted together: no integer type holds both")
        return wide[0]
    return taeda.promote_types(a, b)


def result_type(*arrays_and_dtypes: Any) -> Any:
    """The data type of what is computed from arrays, data types and Python numbers. Dimensions have no influence."""
    if not arrays_and_dtypes:
        raise ValueError("at least one array or dtype is required")
    found = [_dtype(a) for a in arrays_and_dtypes if isinstance(a, (taeda.Tensor, taeda.dtype))]
    if not found:
        raise ValueError("at least one array or dtype is required")
    result = found[0]
    for other in found[1:]:
        result = promoted(result, other)
    numbers = [a for a in arrays_and_dtypes if not isinstance(a, (taeda.Tensor, taeda.dtype))]
    for number in numbers:
        result = taeda.result_type(taeda.empty(1, dtype=result, device="meta"), number)
    return result


def can_cast(from_: Any, to: Any, /) -> Any:
    """Whether every value of a data type is one of another."""
    try:
        return promoted(_dtype(from_), to) == to
    except TypeError:
        return False


class __array_namespace_info__:
    """What the namespace says of itself: devices, data types, what it can."""

    def capabilities(self) -> dict[str, Any]:
        """What the standard leaves open."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> Any:
        """Where arrays are made."""
        return taeda.get_default_device()

    def devices(self) -> list[Any]:
        """Where arrays can be."""
        return [taeda.device("cpu"), taeda.device("meta")]

    def default_dtypes(self, *, device: Any = None) -> dict[str, Any]:
        """The data types of what is made of Python numbers."""
        real = taeda.get_default_dtype()
        return {"real floating": real, "complex floating": complex128 if real == float64 else complex64,
                "integral": int64, "indexing": int64}

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, Any]:
        """The data types by name, perhaps those of a kind."""
        return {name: t for t, name in SHORT.items() if kind is None or isdtype(t, kind)}
