"""LLVM's types as text: of elements (by the rows of `ir/dtype.py`), of vectors; literals and names of intrinsics."""

from __future__ import annotations

import functools
import re
import struct
from typing import Any

from taeda.ir.dtype import COMPLEX, info

BITS = {"i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "i128": 128, "ptr": 64, "half": 16, "bfloat": 16,
        "float": 32, "double": 64}
SIZES = {kind: bits // 8 for kind, bits in BITS.items() if bits >= 8}  # bytes
FLOAT_KINDS = ("half", "bfloat", "float", "double")
_MANGLED = {"half": "f16", "bfloat": "bf16", "float": "f32", "double": "f64"}
MAXIMUM_I64 = (1 << 63) - 1


def bits_type(dtype: str) -> str:
    """The integer of the same size, for code that only moves elements."""
    return f"i{info(dtype).bits}"


def memory_type(dtype: str) -> str:
    """What an element is loaded and stored as; bool is a byte; floats of 16 and 8 bits, and complex
    numbers, travel as their bits."""
    r = info(dtype)
    return {32: "float", 64: "double"}[r.bits] if r.is_floating and not r.is_narrow else f"i{r.bits}"


def register_type(dtype: str) -> str:
    """What arithmetic on the dtype is done in: i1 for bool, float for the floats of 16 and 8 bits. A complex number is
    the bits of its parts."""
    if dtype in COMPLEX:
        return memory_type(dtype)
    return "i1" if dtype == "bool" else memory_type(info(dtype).compute)


def vector(lanes: int, kind: str) -> str:
    return f"<{lanes} x {kind}>"


@functools.cache
def shape_of(type: str) -> tuple[int, str]:
    """(lanes, element type): (8, 'float') for '<8 x float>', (0, 'float') for 'float'."""
    found = re.fullmatch(r"<(\d+) x (\w+)>", type)
    return (int(found[1]), found[2]) if found else (0, type)


def lanes_of(type: str) -> int:
    """Lanes of a vector; 1 for a scalar."""
    return shape_of(type)[0] or 1


def element_of(type: str) -> str:
    return shape_of(type)[1]


def is_float(type: str) -> bool:
    return element_of(type) in FLOAT_KINDS


@functools.cache
def mangled(type: str) -> str:
    """The suffix of an overloaded intrinsic for a type."""
    lanes, kind = shape_of(type)
    kind = _MANGLED.get(kind, "p0" if kind == "ptr" else kind)
    return f"v{lanes}{kind}" if lanes else kind


def literal(value: Any, kind: str) -> str:
    """`value` as an LLVM constant of element type `kind`. Floats are written by their bits, exact for every value."""
    if kind == "i1":
        return "true" if value else "false"
    if kind in ("float", "double"):
        value = float(value)
        if kind == "float":
            try:
                value = struct.unpack("<f", struct.pack("<f", value))[0]
            except OverflowError:
                value = float("inf") if value > 0 else float("-inf")
        return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
    if kind in FLOAT_KINDS:
        raise ValueError(f"write {kind} constants by conversion")
    bits = BITS[kind]
    value = int(value) & ((1 << bits) - 1)
    return str(value - (1 << bits) if value >> (bits - 1) else value)
