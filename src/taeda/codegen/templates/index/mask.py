"""Kernels whose results are as many as a mask has true elements: nonzero, masked_select, masked_scatter.

The elements are cut into chunks of `CHUNK`. `emit_mask_count` counts each chunk, `emit_mask_offsets` turns the counts
into places of the first result of each chunk and a total, and the fill kernels write each chunk's results there; so
chunks are independent and results stand in order. Operands are contiguous.
"""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen.llvm import FunctionWriter, Value, bits_type, memory_type, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, is_truth, positions, start_kernel
from taeda.ir.dtype import itemsize

CHUNK = 8192  # a multiple of every vector length


def _lanes(target: Target, dtype: str) -> int:
    return target.vector_bytes if itemsize(dtype) == 1 else 16


def _truths(f: FunctionWriter, pointer: Value, dtype: str, lanes: int) -> Value:
    """Bit k of the i64 result says whether element k of `lanes` is true."""
    loaded = f.emit(vector(lanes, memory_type(dtype)), f"load {vector(lanes, memory_type(dtype))}, ptr "
                                                        f"{pointer.text}, "
                                                        f"align {itemsize(dtype)}")
    bits = f.cast("bitcast", is_truth(f, loaded, dtype), f"i{lanes}")
    return bits if lanes == 64 else f.cast("zext", bits, "i64")


def emit_mask_count(target: Target, *, dtype: str) -> str:
    """counts[c] = number of elements of chunk c that are not zero. Operands [mask, counts int64]; integers [elements];
    work: chunks."""
    module, f, arguments = start_kernel(target)
    count = Reader(f, arguments).one()
    mask, counts = arguments.data(0), arguments.data(1)
    lanes, size = _lanes(target, dtype), itemsize(dtype)

    def chunk(c: Value) -> None:
        begin = c * CHUNK
        end = f.minimum(begin + CHUNK, count)
        vectors = end - (end - begin) % lanes

        def several(i: Value, total: Value) -> list[Value]:
            bits = _truths(f, f.at(mask, i * size), dtype, lanes)
            return [total + f.intrinsic("llvm.ctpop", bits)]

        def one(i: Value, total: Value) -> list[Value]:
            truth = is_truth(f, f.load(memory_type(dtype), f.at(mask, i * size)), dtype)
            return [total + f.cast("zext", truth, "i64")]
        (total,) = f.loop(begin, vectors, several, step=lanes, carry=[f.constant(0)])
        (total,) = f.loop(vectors, end, one, carry=[total])
        f.store(total, f.at(counts, c * 8))
    f.loop(f["begin"], f["end"], chunk)
    f.ret(0)
    return module.text()


def emit_mask_offsets(target: Target) -> str:
    """offsets[c] = sum of counts before c; total[0] = sum of all. Operands [counts, offsets, total], all int64;
    integers [chunks]; work: 1."""
    module, f, arguments = start_kernel(target)
    chunks = Reader(f, arguments).one()
    counts, offsets, total = (arguments.data(k) for k in range(3))

    def step(c: Value, sum: Value) -> list[Value]:
        count = f.load("i64", f.at(counts, c * 8))
        f.store(sum, f.at(offsets, c * 8))
        return [sum + count]
    (sum,) = f.loop(0, chunks, step, carry=[f.constant(0)])
    f.store(sum, total)
    f.ret(0)
    return module.text()


def _each_true(f: FunctionWriter, mask: Value, dtype: str, begin: Value, end: Value, first: Value,
               body: Callable[[Value, Value], None]) -> None:
    """body(position, place) for the true elements in [begin, end), places counting from `first`."""
    lanes, size = _lanes(f.module.target, dtype), itemsize(dtype)
    vectors = end - (end - begin) % lanes

    def several(i: Value, place: Value) -> list[Value]:
        bits = _truths(f, f.at(mask, i * size), dtype, lanes)

        def act(left: Value, place: Value) -> list[Value]:
            zeros = f.intrinsic("llvm.cttz", left, extra="i1 true")
            body(i + zeros, place)
            return [left & (left - 1), place + 1]
        _, place = f.repeat(lambda left, place: left.differs(0), act, [bits, place])
        return [place]

    def one(i: Value, place: Value) -> list[Value]:
        truth = is_truth(f, f.load(memory_type(dtype), f.at(mask, i * size)), dtype)
        f.branch(truth, lambda: body(i, place))
        return [place + f.cast("zext", truth, "i64")]
    (place,) = f.loop(begin, vectors, several, step=lanes, carry=[first])
    f.loop(vectors, end, one, carry=[place])


def emit_nonzero(target: Target, *, dtype: str, rank: int) -> str:
    """The coordinates of the true elements, in order. Operands [mask, offsets, result int64 (rank, count)]; integers
    [elements, count, sizes of the mask...]; work: chunks. Rank 0 has nothing to write and is not launched."""
    module, f, arguments = start_kernel(target)
    reader = Reader(f, arguments)
    count, found = reader.many(2)
    sizes = reader.many(rank)
    mask, offsets, result = (arguments.data(k) for k in range(3))

    def write(position: Value, place: Value) -> None:
        for d, c in enumerate(positions(f, position, sizes)):
            f.store(c, f.at(result, (place + found * d) * 8 if d else place * 8))

    def chunk(c: Value) -> None:
        begin = c * CHUNK
        _each_true(f, mask, dtype, begin, f.minimum(begin + CHUNK, count), f.load("i64", f.at(offsets, c * 8)), write)
    f.loop(f["begin"], f["end"], chunk)
    f.ret(0)
    return module.text()


def emit_masked(target: Target, *, mode: str, dtype: str) -> str:
    """mode 'select': result[place] = input[position]; 'scatter': result[position] = input[place], for the true elements
    of a bool mask, in order. Operands [mask, offsets, input, result]; integers [elements]; work: chunks."""
    if mode not in ("select", "scatter"):
        raise ValueError(f"mode {mode!r}")
    module, f, arguments = start_kernel(target)
    count = Reader(f, arguments).one()
    mask, offsets, source, result = (arguments.data(k) for k in range(4))
    size, type = itemsize(dtype), bits_type(dtype)

    def write(position: Value, place: Value) -> None:
        read, written = (position, place) if mode == "select" else (place, position)
        f.store(f.load(type, f.at(source, read * size)), f.at(result, written * size))

    def chunk(c: Value) -> None:
        begin = c * CHUNK
        _each_true(f, mask, "bool", begin, f.minimum(begin + CHUNK, count), f.load("i64", f.at(offsets, c * 8)), write)
    f.loop(f["begin"], f["end"], chunk)
    f.ret(0)
    return module.text()
