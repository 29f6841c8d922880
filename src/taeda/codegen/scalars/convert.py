"""How dtypes live in memory and in registers, and casts between them.

In registers bool is i1, integers are what they are, float16 and bfloat16 are float32 values that the dtype can
represent (so that loading is a conversion, and arithmetic is float32 arithmetic and `round_to`), float32 and float64
are float and double.
"""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.llvm.types import memory_type, register_type
from taeda.ir.dtype import FLOATS, HALVES, info


def from_memory(f: FunctionWriter, x: Value, dtype: str) -> Value:
    """The register form of `x`, which was loaded as memory_type(dtype)."""
    if dtype == "bool":
        return x.compare("ne", 0)
    if dtype == "bfloat16":
        return x.convert("zext", "i32").shl(16).as_float
    if dtype == "float16":
        if f.target.f16c:
            return x.as_float.convert("fpext", "float")
        wide = x.convert("zext", "i32")
        # Exponent and fraction in place; the multiplication corrects the bias, also of subnormal numbers.
        value = ((wide & 0x7FFF).shl(13).as_float * 2.0**112).bits
        special = (wide & 0x7C00).compare("eq", 0x7C00).select(value | 0x7F800000, value)
        return (special | (wide & 0x8000).shl(16)).as_float
    return x


def to_memory(f: FunctionWriter, x: Value, dtype: str) -> Value:
    """The inverse of `from_memory`."""
    if dtype == "bool":
        return x.convert("zext", "i8")
    if dtype == "bfloat16":
        return x.bits.lshr(16).convert("trunc", "i16")
    if dtype == "float16":
        if f.target.f16c:
            return x.convert("fptrunc", "half").bits
        bits = x.bits
        sign, magnitude = bits.lshr(16) & 0x8000, bits & 0x7FFFFFFF
        normal = magnitude.lshr(13) - (112 << 10)
        subnormal = (magnitude.as_float * 2.0**24).convert("fptosi", "i32")
        special = (magnitude.lshr(13) & 0x3FF) | 0x7C00
        value = magnitude.compare("ult", 113 << 23).select(subnormal, normal)
        value = magnitude.compare("uge", 0x7F800000).select(special, value)
        return (value | sign).convert("trunc", "i16")
    return x


def round_to(f: FunctionWriter, x: Value, dtype: str) -> Value:
    """`x`, a float, rounded to the nearest float16 or bfloat16 (ties to even), still as a float."""
    if dtype == "bfloat16":
        bits = x.bits
        rounded = (bits + ((bits.lshr(16) & 1) + 0x7FFF)) & -0x10000
        return x.isnan().select(bits & -0x10000 | 0x7FC00000, rounded).as_float
    if dtype == "float16":
        if f.target.f16c:
            return x.convert("fptrunc", "half").convert("fpext", "float")
        bits = x.bits
        sign, magnitude = bits & -0x80000000, bits & 0x7FFFFFFF
        normal = (magnitude + ((magnitude.lshr(13) & 1) + 0xFFF)) & -0x2000
        normal = normal.compare("ugt", (142 << 23) | 0x7FE000).select(0x7F800000, normal)  # above 65504
        subnormal = ((magnitude.as_float + 0.5) - 0.5).bits  # float32 numbers at 0.5 are 2**-24 apart
        value = magnitude.compare("ult", 113 << 23).select(subnormal, normal)
        value = magnitude.compare("ugt", 0x7F800000).select(magnitude & -0x2000 | 0x7FC00000, value)
        return (value | sign).as_float
    return x


def cast(f: FunctionWriter, x: Value, source: str, target: str) -> Value:
    """`x` as dtype `target`. Floats out of the range of an integer dtype give an unspecified integer."""
    if source == target:
        return x
    kind = register_type(target)
    if target == "bool":
        return x.compare("une" if source in FLOATS else "ne", 0)
    if source == "bool":
        if target in FLOATS:
            return x.select(f.constant(1.0, x.like(kind)), 0.0)
        return x.convert("zext", kind)
    if source in FLOATS and target in FLOATS:
        if x.kind != kind:
            x = x.convert("fpext" if kind == "double" else "fptrunc", kind)
        widened = source in HALVES and target not in HALVES
        return x if widened else round_to(f, x, target)
    if source in FLOATS:
        if info(target).bits < 32:
            return x.convert("fptosi", "i32").convert("trunc", kind)
        return x.convert("fptosi", kind)
    if target in FLOATS:
        if info(source).bits < 32:  # vector conversions exist for 32 bits and more
            x = x.convert("sext" if info(source).is_signed else "zext", "i32")
            source = "int32"
        x = x.convert("sitofp", kind)
        return round_to(f, x, target)
    if info(source).bits > info(target).bits:
        return x.convert("trunc", kind)
    if info(source).bits < info(target).bits:
        return x.convert("sext" if info(source).is_signed else "zext", kind)
    return x


def bitcast(f: FunctionWriter, x: Value, source: str, target: str) -> Value:
    """The same bits as another dtype of the same size."""
    memory = to_memory(f, x, source)
    kind = memory_type(target)
    return from_memory(f, memory if memory.kind == kind else memory.convert("bitcast", kind), target)
