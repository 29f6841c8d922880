"""Element types in LLVM's words, by the rows of `ir/dtype.py`."""

from __future__ import annotations

from taeda.ir.dtype import info


def bits_type(dtype: str) -> str:
    """The integer of the same size, for code that only moves elements."""
    return f"i{info(dtype).bits}"


def memory_type(dtype: str) -> str:
    """What an element is loaded and stored as; bool is a byte, and the 16-bit floats travel as their bits."""
    r = info(dtype)
    return {32: "float", 64: "double"}[r.bits] if r.is_floating and not r.is_half else f"i{r.bits}"


def register_type(dtype: str) -> str:
    """What arithmetic on the dtype is done in: i1 for bool, float for the 16-bit floats."""
    return "i1" if dtype == "bool" else memory_type(info(dtype).compute)
