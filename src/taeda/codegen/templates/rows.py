"""What the indexing, sorting, scanning and attention templates share: dtypes as LLVM types, conversions of the 16-bit
floats, comparisons, copies of rows, and walking over many-dimensional positions.

Values are written with the structured writer of `conv_ir`. Sizes and strides are always run-time integers; what a
template is specialised for is the number of dimensions and the dtypes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taeda.codegen.llvm.types import memory_type
from taeda.codegen.target import Target
from taeda.codegen.templates.conv_ir import (
    SIZES,
    Arguments,
    Function,
    Module,
    Value,
    is_float,
    lanes_of,
    mangled,
    vector,
)
from taeda.ir.dtype import HALVES, info


def compute_type(dtype: str) -> str:
    """What values of the dtype are held in: memory's type, but float for the 16-bit floats."""
    return memory_type(info(dtype).compute)


# -- conversions and comparisons ---------------------------------------------------------------------------------------


def like(value: Value, element: str) -> str:
    """`element`, or the vector of it with as many lanes as `value` has."""
    return vector(lanes_of(value.type), element) if value.type.startswith("<") else element


def compare(f: Function, predicate: str, a: Value, b: Value | int | float) -> Value:
    """icmp or fcmp by the type of `a`; give 'olt' and the like for floats, 'slt' or 'ult' for integers."""
    right = f.coerce(b, a.type)
    word = "fcmp" if is_float(a.type) else "icmp"
    return f.emit(like(a, "i1"), f"{word} {predicate} {a.type} {a.text}, {right.text}")


def bit_operation(f: Function, name: str, a: Value, b: Value | int) -> Value:
    return f.emit(a.type, f"{name} {a.type} {a.text}, {f.coerce(b, a.type).text}")


def bitcast(f: Function, value: Value, element: str) -> Value:
    return f.cast("bitcast", value, like(value, element))


def widen(f: Function, value: Value, dtype: str) -> Value:
    """From the stored type to the type of arithmetic: float for the 16-bit floats, the same for others."""
    if dtype == "bfloat16":
        wide = f.cast("zext", value, like(value, "i32"))
        return bitcast(f, bit_operation(f, "shl", wide, 16), "float")
    if dtype == "float16":
        if f.module.target.f16c:
            return f.cast("fpext", bitcast(f, value, "half"), like(value, "float"))
        return _half_to_float(f, value)
    return value


def narrow(f: Function, value: Value, dtype: str) -> Value:
    """From the type of arithmetic to the stored type, rounding to nearest even; NaN stays NaN."""
    if dtype == "bfloat16":
        bits = bitcast(f, value, "i32")
        odd = bit_operation(f, "and", bit_operation(f, "lshr", bits, 16), 1)
        rounded = bit_operation(f, "lshr", bits + odd + 0x7FFF, 16)
        chosen = f.select(compare(f, "uno", value, value), 0x7FC0, rounded)
        return f.cast("trunc", chosen, like(value, "i16"))
    if dtype == "float16":
        if f.module.target.f16c:
            return bitcast(f, f.cast("fptrunc", value, like(value, "half")), "i16")
        return _float_to_half(f, value)
    return value


def _half_to_float(f: Function, value: Value) -> Value:
    """Shift into place and multiply by 2**112, which makes subnormals right; infinities and NaN apart."""
    wide = f.cast("zext", value, like(value, "i32"))
    sign = bit_operation(f, "shl", bit_operation(f, "and", wide, 0x8000), 16)
    body = bit_operation(f, "shl", bit_operation(f, "and", wide, 0x7FFF), 13)
    scaled = bitcast(f, bitcast(f, body, "float") * 2.0 ** 112, "i32")
    special = bit_operation(f, "or", body, 0x7F800000)
    chosen = f.select(compare(f, "uge", body, 0x7C00 << 13), special, scaled)
    return bitcast(f, bit_operation(f, "or", chosen, sign), "float")


def _float_to_half(f: Function, value: Value) -> Value:
    """Round to nearest even by adding a power of two that aligns the mantissa (F. Giesen, float_to_half_fast3_rtne)."""
    bits = bitcast(f, value, "i32")
    sign = bit_operation(f, "and", bits, 0x80000000 - (1 << 32))
    body = bit_operation(f, "xor", bits, sign)
    tiny = bitcast(f, bitcast(f, body, "float") + 0.5, "i32") - 0x3F000000
    odd = bit_operation(f, "and", bit_operation(f, "lshr", body, 13), 1)
    normal = bit_operation(f, "lshr", body + odd - (112 << 23) + 0xFFF, 13)
    result = f.select(compare(f, "ult", body, 113 << 23), tiny, normal)
    result = f.select(compare(f, "uge", body, 0x477FF000), 0x7C00, result)
    result = f.select(compare(f, "ugt", body, 0x7F800000), 0x7E00, result)
    sign = bit_operation(f, "lshr", sign, 16)
    return f.cast("trunc", bit_operation(f, "or", result, sign), like(value, "i16"))


def load_wide(f: Function, pointer: Value, dtype: str, lanes: int = 0) -> Value:
    """The element (or `lanes` of them) at `pointer`, in the type of arithmetic."""
    stored = memory_type(dtype)
    return widen(f, f.load(vector(lanes, stored) if lanes else stored, pointer), dtype)


def store_narrow(f: Function, value: Value, pointer: Value, dtype: str) -> None:
    f.store(narrow(f, value, dtype), pointer)


def convert(f: Function, value: Value, source: str, destination: str) -> Value:
    """From the arithmetic type of one dtype to that of another, for the widenings that accumulation needs."""
    if source == "bool" and destination != "bool":
        source = "uint8"
    a, b = compute_type(source), compute_type(destination)
    target = like(value, b)
    if a == b:
        return value
    if is_float(a) and is_float(b):
        return f.cast("fpext" if SIZES[a] < SIZES[b] else "fptrunc", value, target)
    if is_float(b):
        return f.cast("sitofp" if info(source).is_signed else "uitofp", value, target)
    if is_float(a):
        raise NotImplementedError(f"conversion of {source} to {destination} inside an indexing kernel")
    if SIZES[a] > SIZES[b]:
        return f.cast("trunc", value, target)
    return f.cast("sext" if info(source).is_signed else "zext", value, target)


def combine(f: Function, operation: str, a: Value, b: Value, dtype: str) -> Value:
    """a (operation) b for 'sum', 'prod', 'amax', 'amin'; NaN wins in amax and amin; bool: or, and."""
    if dtype == "bool":
        return bit_operation(f, "or" if operation in ("sum", "amax") else "and", a, b)
    if operation == "sum":
        return a + b
    if operation == "prod":
        return a * b
    if is_float(a.type):
        better = compare(f, "ogt" if operation == "amax" else "olt", b, a)
        unordered = compare(f, "uno", b, b)
        return f.select(bit_operation(f, "or", better, unordered), b, a)
    sign = "s" if info(dtype).is_signed else "u"
    return f.call_intrinsic(f"llvm.{sign}{operation[1:]}", a.type, [a.type, a.type], [a, b], suffix=True)


def is_truth(f: Function, value: Value, dtype: str) -> Value:
    """value != 0, for a value as stored; NaN is true."""
    if dtype in HALVES:
        return compare(f, "ne", bit_operation(f, "and", value, 0x7FFF), 0)
    return compare(f, "une" if is_float(value.type) else "ne", value, 0)


# -- control -----------------------------------------------------------------------------------------------------------


def leave_if(f: Function, condition: Value, code: int, fault: Value, words: Sequence[Value]) -> None:
    """Return fault `code` from the kernel if `condition`, with `words` in the fault record."""
    bad, good = f.new_label("bad"), f.new_label("good")
    f.raw(f"br i1 {condition.text}, label %{bad}, label %{good}, !prof !0")
    f.start(bad)
    for k, word in enumerate(words):
        f.store(word, f.at(fault, 8 * k))
    f.ret(code)
    f.start(good)


def kernel_text(module: Module) -> str:
    """The text of the module with the metadata that `leave_if` refers to."""
    return module.text() + '\n!0 = !{!"branch_weights", i32 1, i32 100000}\n'


class Reader:
    """The run-time integers of a kernel, read one after the other."""

    def __init__(self, f: Function, arguments: Arguments) -> None:
        self.f, self.arguments, self.position = f, arguments, 0

    def one(self) -> Value:
        self.position += 1
        return self.arguments.integer(self.position - 1)

    def many(self, count: int) -> list[Value]:
        return [self.one() for _ in range(count)]


def positions(f: Function, linear: Value, sizes: Sequence[Value]) -> list[Value]:
    """The coordinates of position number `linear` of an array of `sizes`, last dimension fastest."""
    result: list[Value] = []
    for k, size in enumerate(reversed(sizes)):
        if k == len(sizes) - 1:
            result.append(linear)
        else:
            result.append(linear % size)
            linear = linear // size
    return result[::-1]


def advance(f: Function, at: Sequence[Value], sizes: Sequence[Value]) -> list[Value]:
    """The coordinates after `at`, last dimension fastest; the first one is not wrapped."""
    result: list[Value] = []
    carry: Value | None = None
    for k, (c, size) in enumerate(zip(reversed(at), reversed(sizes), strict=True)):
        following = c + 1 if carry is None else c + f.cast("zext", carry, "i64")
        if k == len(at) - 1:
            result.append(following)
        else:
            carry = compare(f, "uge", following, size)
            result.append(f.select(carry, 0, following))
    return result[::-1]


def offset_of(f: Function, base: Value, at: Sequence[Value], strides: Sequence[Value]) -> Value:
    """`base` plus the dot product of coordinates and strides (bytes); base a pointer."""
    total: Value | None = None
    for c, stride in zip(at, strides, strict=True):
        term = c * stride
        total = term if total is None else total + term
    return base if total is None else f.at(base, total)


def nest(f: Function, sizes: Sequence[Value], body: Callable[[list[Value]], None]) -> None:
    """Loops over all positions of `sizes`, last dimension fastest."""
    def level(k: int, at: list[Value]) -> None:
        if k == len(sizes):
            body(at)
            return
        def inner(i: Value) -> None:
            level(k + 1, [*at, i])
        f.loop(0, sizes[k], inner)
    level(0, [])


# -- rows --------------------------------------------------------------------------------------------------------------


def copy_function(module: Module) -> Function:
    """void copy_row(destination, source, bytes): vectors, the last of which overlaps the one before; no overlap of
    the two rows. What is shorter than a vector goes in two overlapping halves."""
    for existing in module.functions:
        if existing.name == "copy_row":
            return existing
    f = module.function("copy_row", [("ptr", "destination"), ("ptr", "source"), ("i64", "bytes")])
    destination, source, count = f["destination"], f["source"], f["bytes"]
    width = module.target.vector_bytes

    def whole(type: str) -> Callable[[Value], None]:
        def move(i: Value) -> None:
            f.raw(f"store {type} {_load(f, type, f.at(source, i)).text}, ptr {f.at(destination, i).text}, align 1")
        return move

    def two(size: int) -> None:
        type = f"i{8 * size}" if size <= 8 else f"<{size} x i8>"
        last = count - size
        a, b = _load(f, type, source), _load(f, type, f.at(source, last))
        f.raw(f"store {type} {a.text}, ptr {destination.text}, align 1")
        f.raw(f"store {type} {b.text}, ptr {f.at(destination, last).text}, align 1")

    def vectors() -> None:
        type = f"<{width} x i8>"
        four = count - count % (4 * width)
        def quad(i: Value) -> None:
            loaded = [_load(f, type, f.at(source, i + k * width)) for k in range(4)]
            for k, value in enumerate(loaded):
                f.raw(f"store {type} {value.text}, ptr {f.at(destination, i + k * width).text}, align 1")
        f.loop(0, four, quad, step=4 * width)
        last = count - width
        f.loop(four, last, whole(type), step=width)
        whole(type)(last)

    def smaller(size: int) -> None:
        if size < 2:
            f.loop(0, count, whole("i8"))
        else:
            f.branch(count >= size, lambda: two(size), lambda: smaller(size // 2))

    f.branch(count >= width, vectors, lambda: smaller(width // 2))
    f.ret()
    return f


def _load(f: Function, type: str, pointer: Value) -> Value:
    return f.emit(type, f"load {type}, ptr {pointer.text}, align 1")


def start_kernel(target: Target) -> tuple[Module, Function, Arguments]:
    """A module, its kernel function and its arguments. A launch without work returns before any size is divided by."""
    module = Module(target)
    f = module.kernel()
    empty, work = f.new_label("empty"), f.new_label("work")
    f.raw(f"br i1 {(f['begin'] < f['end']).text}, label %{work}, label %{empty}")
    f.start(empty)
    f.ret(0)
    f.start(work)
    return module, f, Arguments(f)


__all__ = ["Arguments", "Function", "Module", "Reader", "Value", "advance", "bit_operation", "bitcast", "combine",
           "compare", "compute_type", "convert", "copy_function", "is_float", "is_truth", "kernel_text", "lanes_of",
           "leave_if", "like", "load_wide", "mangled", "narrow", "nest", "offset_of", "positions", "start_kernel",
           "store_narrow", "vector", "widen"]
