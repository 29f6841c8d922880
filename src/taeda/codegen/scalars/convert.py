"""How dtypes live in memory and in registers, and casts between them.

In registers bool is i1, integers are what they are, floats of 16 and 8 bits are float32 values that the dtype can
represent (so that loading is a conversion, and arithmetic is float32 arithmetic and `round_to`), float32 and float64
are float and double. `ir/dtype.py` says what the forms of 8-bit floats are.
"""

from __future__ import annotations

import math

from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.llvm.types import bits_type, memory_type, register_type, vector
from taeda.ir.dtype import COMPLEX, FLOAT8, FLOATS, NARROW, UNSIGNED, DType, info

_INFINITY, _NAN = 0x7F800000, 0x7FC00000  # float32's bits


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
    if dtype in FLOAT8:
        return _from_float8(x.convert("zext", "i32"), info(dtype))
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
    if dtype in FLOAT8:
        return _to_float8(x.bits, info(dtype)).convert("trunc", "i8")
    return x


def _from_float8(wide: Value, r: DType) -> Value:
    if r.form == "power":  # 2 ** -127, the least, is a subnormal float32
        value = wide.compare("eq", 0).select(0x400000, wide.shl(23))
        return wide.compare("eq", 255).select(_NAN, value).as_float
    # Exponent and fraction in place; the multiplication corrects the bias, also of subnormal numbers.
    value = ((wide & 127).shl(23 - r.mantissa).as_float * 2.0 ** (127 - r.bias)).bits | (wide & 128).shl(24)
    if r.form == "ieee":
        return (wide & 127).compare("uge", r.infinity_bits).select(value | _INFINITY, value).as_float
    nan = (wide & 127).compare("eq", 127) if r.form == "finite" else wide.compare("eq", 128)
    return nan.select(value | _NAN, value).as_float


def _to_float8(bits: Value, r: DType) -> Value:
    if r.form == "power":
        return bits.lshr(23) & 255
    sign, magnitude = bits.lshr(24) & 128, bits & 0x7FFFFFFF
    normal = magnitude.lshr(23 - r.mantissa) - (127 - r.bias << r.mantissa)
    subnormal = (magnitude.as_float * 2.0 ** (r.bias - 1 + r.mantissa)).convert("fptosi", "i32")
    value = magnitude.compare("ult", 128 - r.bias << 23).select(subnormal, normal) | sign
    if r.form == "ieee":
        value = magnitude.compare("eq", _INFINITY).select(sign | r.infinity_bits, value)
    return magnitude.compare("ugt", _INFINITY).select(128 if r.form == "finite one zero" else sign | 127, value)


def _round_to_float8(bits: Value, r: DType) -> Value:
    magnitude = bits & 0x7FFFFFFF
    if r.form == "power":  # the fraction decides between two powers; a subnormal number has none before it
        half = magnitude.compare("uge", 0x800000).select(magnitude.const(0x400000), 0x3FFFFF)
        power = (magnitude + half).lshr(23)
        value = power.compare("eq", 0).select(0x400000, power.shl(23))
        return power.compare("uge", 255).select(_NAN, value).as_float
    sign, dropped = bits & -0x80000000, 23 - r.mantissa
    normal = (magnitude + ((magnitude.lshr(dropped) & 1) + ((1 << dropped - 1) - 1))) & -(1 << dropped)
    most = (int(math.log2(r.highest)) + 127 << 23) | int((r.highest / 2.0 ** int(math.log2(r.highest)) - 1) * 2**23)
    above = _INFINITY if r.has_infinity else most if r.form == "finite" else _NAN
    normal = normal.compare("ugt", most).select(above, normal)
    # float32 numbers at this one are as far apart as the subnormal ones of the dtype.
    one = 2.0 ** (1 - r.bias - r.mantissa + 23)
    subnormal = ((magnitude.as_float + one) - one).bits
    value = magnitude.compare("ult", 128 - r.bias << 23).select(subnormal, normal)
    value = magnitude.compare("ugt", _INFINITY).select(_NAN, value)
    if r.form == "finite one zero":
        sign = value.compare("eq", 0).select(0, sign)
    return (value | sign).as_float


def round_to(f: FunctionWriter, x: Value, dtype: str) -> Value:
    """`x`, a float, rounded to the nearest float of 16 or 8 bits (ties to even), still as a float."""
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
    if dtype in FLOAT8:
        return _round_to_float8(x.bits, info(dtype))
    return x


def cast(f: FunctionWriter, x: Value, source: str, target: str) -> Value:
    """`x` as dtype `target`. Floats out of the range of an integer dtype give an unspecified integer."""
    if source == target:
        return x
    if source in COMPLEX and target in COMPLEX:
        if not x.lanes:
            one = cast(f, f.cast("bitcast", x, vector(1, bits_type(source))), source, target)
            return f.cast("bitcast", one, bits_type(target))
        first, second = (cast(f, complex_part(f, x, source, imaginary), info(source).part, info(target).part)
                         for imaginary in (False, True))
        return join_parts(f, first, second, target)
    kind = register_type(target)
    if target == "bool":
        return x.compare("une" if source in FLOATS else "ne", 0)
    if source == "bool":
        if target in FLOATS:
            return round_to(f, x.select(f.constant(1.0, x.like(kind)), 0.0), target)
        return x.convert("zext", kind)
    if source in FLOATS and target in FLOATS:
        if x.kind != kind:
            x = x.convert("fpext" if kind == "double" else "fptrunc", kind)
        widened = source in NARROW and target not in NARROW
        return x if widened else round_to(f, x, target)
    if source in FLOATS:
        if info(target).bits < 32:
            return x.convert("fptosi", "i32").convert("trunc", kind)
        integer = x.convert("fptosi", kind)
        if target in UNSIGNED:  # the upper half as the lower one and a bit
            half = 1 << info(target).bits - 1
            upper = (x - float(half)).convert("fptosi", kind) ^ half
            return x.compare("oge", float(half)).select(upper, integer)
        return integer
    if target in FLOATS:
        if info(source).bits < 32:  # vector conversions exist for 32 bits and more
            x = x.convert("sext" if info(source).is_signed else "zext", "i32")
            source = "int32"
        x = x.convert("uitofp" if source in UNSIGNED else "sitofp", kind)
        return round_to(f, x, target)
    if info(source).bits > info(target).bits:
        return x.convert("trunc", kind)
    if info(source).bits < info(target).bits:
        return x.convert("sext" if info(source).is_signed else "zext", kind)
    return x


def complex_part(f: FunctionWriter, x: Value, dtype: str, imaginary: bool) -> Value:
    """The real or the imaginary part of a vector of complex numbers of a dtype."""
    part = info(dtype).part
    halves = f.cast("bitcast", x, vector(2 * x.lanes, bits_type(part)))
    bits = halves.shuffled(range(int(imaginary), 2 * x.lanes, 2))
    kind = memory_type(part)
    return from_memory(f, bits if bits.kind == kind else bits.convert("bitcast", kind), part)


def join_parts(f: FunctionWriter, real: Value, imaginary: Value, dtype: str) -> Value:
    """Vectors of the two parts as complex numbers of a dtype."""
    part, lanes = info(dtype).part, real.lanes
    a, b = to_memory(f, real, part).bits, to_memory(f, imaginary, part).bits
    both = f.shuffle(a, b, [k // 2 + k % 2 * lanes for k in range(2 * lanes)])
    return f.cast("bitcast", both, vector(lanes, bits_type(dtype)))


def bitcast(f: FunctionWriter, x: Value, source: str, target: str) -> Value:
    """The same bits as another dtype of the same size."""
    memory = to_memory(f, x, source)
    kind = memory_type(target)
    return from_memory(f, memory if memory.kind == kind else memory.convert("bitcast", kind), target)
