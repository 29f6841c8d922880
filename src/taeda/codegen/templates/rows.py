"""What the indexing, sorting, scanning and attention templates share: elements loaded and stored in the type of
arithmetic, combining them, copies of rows, and walking over many-dimensional positions.

Sizes and strides are always run-time integers; what a template is specialised for is the number of dimensions and the
dtypes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taeda.codegen import scalars
from taeda.codegen.llvm import Arguments, FunctionWriter, ModuleWriter, Value, memory_type, vector
from taeda.codegen.scalars.convert import from_memory, round_to, to_memory
from taeda.codegen.target import Target
from taeda.ir.dtype import COMPLEX, NARROW, info


def compute_type(dtype: str) -> str:
    """What values of the dtype are held in: memory's type, but float for the 16-bit floats."""
    return memory_type(info(dtype).compute)


# -- elements ----------------------------------------------------------------------------------------------------------


def load_wide(f: FunctionWriter, pointer: Value, dtype: str, lanes: int = 0) -> Value:
    """The element (or `lanes` of them) at `pointer`, in the type of arithmetic; a bool as its byte."""
    stored = memory_type(dtype)
    return from_memory(f, f.load(vector(lanes, stored) if lanes else stored, pointer), as_number(dtype))


def store_narrow(f: FunctionWriter, value: Value, pointer: Value, dtype: str) -> None:
    """The inverse, rounding to nearest even; NaN stays NaN."""
    f.store(to_memory(f, round_to(f, value, dtype), as_number(dtype)), pointer)


def as_number(dtype: str) -> str:
    """uint8 for bool, which these kernels hold as its byte."""
    return "uint8" if dtype == "bool" else dtype


def combine(f: FunctionWriter, operation: str, a: Value, b: Value, dtype: str) -> Value:
    """a (operation) b for 'sum', 'prod', 'amax', 'amin'; NaN wins in amax and amin; bool: or, and."""
    if dtype == "bool":
        return a | b if operation in ("sum", "amax") else a & b
    if dtype in COMPLEX:
        if operation != "sum":
            raise NotImplementedError(f"{operation} of {dtype} at places that may be equal")
        parts = vector(2 * max(a.lanes, 1), memory_type(info(dtype).part))
        return f.cast("bitcast", f.cast("bitcast", a, parts) + f.cast("bitcast", b, parts), a.type)
    primitive = {"sum": "add", "prod": "mul", "amax": "maximum", "amin": "minimum"}[operation]
    return scalars.TABLES[dtype][primitive](f, b, a)


def is_truth(f: FunctionWriter, value: Value, dtype: str) -> Value:
    """value != 0, for a value as stored; NaN is true."""
    r = info(dtype)
    if r.form == "power":  # has no zero
        return value.differs(-1)
    return (value & (1 << r.bits - 1) - 1 if dtype in NARROW else value).differs(0)


# -- control -----------------------------------------------------------------------------------------------------------


def leave_if(f: FunctionWriter, condition: Value, code: int, fault: Value,
             words: Callable[[], Sequence[Value]]) -> None:
    """Return fault `code` from the kernel if `condition`, with `words`, computed only then, in the fault record."""
    bad, good = f.new_label("bad"), f.new_label("good")
    f.jump_if(condition, bad, good, likely=False)
    f.start(bad)
    for k, word in enumerate(words()):
        f.store(word, f.at(fault, 8 * k))
    f.ret(code)
    f.start(good)


class Reader:
    """The run-time integers of a kernel, read one after the other."""

    def __init__(self, f: FunctionWriter, arguments: Arguments) -> None:
        self.f, self.arguments, self.position = f, arguments, 0

    def one(self) -> Value:
        self.position += 1
        return self.arguments.integer(self.position - 1)

    def many(self, count: int) -> list[Value]:
        return [self.one() for _ in range(count)]


def positions(f: FunctionWriter, linear: Value, sizes: Sequence[Value]) -> list[Value]:
    """The coordinates of position number `linear` of an array of `sizes`, last dimension fastest."""
    result: list[Value] = []
    for k, size in enumerate(reversed(sizes)):
        if k == len(sizes) - 1:
            result.append(linear)
        else:
            result.append(linear % size)
            linear = linear // size
    return result[::-1]


def advance(f: FunctionWriter, at: Sequence[Value], sizes: Sequence[Value]) -> list[Value]:
    """The coordinates after `at`, last dimension fastest; the first one is not wrapped."""
    result: list[Value] = []
    carry: Value | None = None
    for k, (c, size) in enumerate(zip(reversed(at), reversed(sizes), strict=True)):
        following = c + 1 if carry is None else c + f.cast("zext", carry, "i64")
        if k == len(at) - 1:
            result.append(following)
        else:
            carry = following.compare("uge", size)
            result.append(f.select(carry, 0, following))
    return result[::-1]


def offset_of(f: FunctionWriter, base: Value, at: Sequence[Value], strides: Sequence[Value]) -> Value:
    """`base` plus the dot product of coordinates and strides (bytes); base a pointer."""
    total: Value | None = None
    for c, stride in zip(at, strides, strict=True):
        term = c * stride
        total = term if total is None else total + term
    return base if total is None else f.at(base, total)


# -- rows --------------------------------------------------------------------------------------------------------------


def copy_function(module: ModuleWriter) -> FunctionWriter:
    """void copy_row(destination, source, bytes): vectors, the last of which overlaps the one before; no overlap of
    the two rows. What is shorter than a vector goes in two overlapping halves."""
    return module.once("copy_row", [("ptr", "destination"), ("ptr", "source"), ("i64", "bytes")], _write_copy)


def _write_copy(f: FunctionWriter) -> None:
    destination, source, count = f["destination"], f["source"], f["bytes"]
    width = f.target.vector_bytes

    def whole(type: str) -> Callable[[Value], None]:
        return lambda i: f.store(f.load(type, f.at(source, i), 1), f.at(destination, i), 1)

    def two(size: int) -> None:
        type = f"i{8 * size}" if size <= 8 else vector(size, "i8")
        last = count - size
        a, b = f.load(type, source, 1), f.load(type, f.at(source, last), 1)
        f.store(a, destination, 1)
        f.store(b, f.at(destination, last), 1)

    def vectors() -> None:
        type = vector(width, "i8")
        four = count - count % (4 * width)

        def quad(i: Value) -> None:
            loaded = [f.load(type, f.at(source, i + k * width), 1) for k in range(4)]
            for k, value in enumerate(loaded):
                f.store(value, f.at(destination, i + k * width), 1)
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


def start_kernel(target: Target) -> tuple[ModuleWriter, FunctionWriter, Arguments]:
    """A module, its kernel function and its arguments. A launch without work returns before any size is divided by."""
    module = ModuleWriter(target)
    f = module.kernel()
    empty, work = f.new_label("empty"), f.new_label("work")
    f.jump_if(f["begin"] < f["end"], work, empty)
    f.start(empty)
    f.ret(0)
    f.start(work)
    return module, f, Arguments(f)

