"""Products of a matrix stored as rows of entries (CSR) with strided ones.

The entries of row r are those from pointers[r] to pointers[r + 1]; entry e stands in column columns[e] and has the
value values[e]. Both are compared with what they must be below before anything is read there: fault 1 is a row whose
pointers do not fit (row, first, last, entries), fault 2 an entry whose column does not exist (entry, column, columns).

Every sum runs over the entries of a row in order, one fused multiply-add after the other, in registers: its bits depend
neither on the number of threads nor on the columns beside it. Narrow floats are summed in float32.

All operands are contiguous; work: rows.
"""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, Value, memory_type, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, compute_type, leave_if, load_wide, start_kernel, store_narrow
from taeda.ir.dtype import COMPLEX, info, itemsize

_PARTS = 64  # bytes of partial sums of a dot product: the same on every target, because its bits depend on it


class _Numbers:
    """Elements of a dtype in registers: vectors of them, and a * b + c. A complex number is two neighbouring lanes."""

    def __init__(self, f: FunctionWriter, dtype: str):
        self.f, self.dtype = f, dtype
        self.complex = dtype in COMPLEX
        self.part = info(dtype).part if self.complex else dtype  # the dtype of a lane
        self.per_element = 2 if self.complex else 1
        self.size = itemsize(dtype)
        self.kind = compute_type(self.part)
        self.maskable = itemsize(self.part) >= 4  # vectors of 16 bits have no masks everywhere
        self.lanes = f.target.vector_bytes // info(info(self.part).compute).itemsize // self.per_element  # elements

    def zero(self, lanes: int) -> Value:
        return self.f.constant(0, vector(lanes * self.per_element, self.kind) if lanes * self.per_element > 1
                               else self.kind)

    def load(self, pointer: Value, lanes: int, mask: Value | None = None) -> Value:
        """`lanes` elements; a single real one is a scalar."""
        count = lanes * self.per_element
        if mask is not None:
            return self.f.masked_load(vector(count, memory_type(self.part)), pointer, mask)
        return load_wide(self.f, pointer, self.part, count if count > 1 else 0)

    def store(self, value: Value, pointer: Value, mask: Value | None = None) -> None:
        if mask is not None:
            self.f.masked_store(value, pointer, mask)
        else:
            store_narrow(self.f, value, pointer, self.part)

    def factor(self, pointer: Value, lanes: int, conjugate: bool = False) -> list[Value]:
        """The element at `pointer`, for `times` with vectors of `lanes` elements."""
        f = self.f
        if not self.complex:
            one = load_wide(f, pointer, self.dtype)
            return [f.splat(one, lanes) if lanes > 1 else one]
        real = load_wide(f, pointer, self.part)
        imaginary = load_wide(f, f.at(pointer, self.size // 2), self.part)
        minus = -imaginary
        pair = f.emit(vector(2, self.kind), f"insertelement {vector(2, self.kind)} poison, "
                                            f"{imaginary if conjugate else minus}, i32 0")
        pair = f.emit(pair.type, f"insertelement {pair}, {minus if conjugate else imaginary}, i32 1")
        return [f.splat(real, 2 * lanes), pair.shuffled([0, 1] * lanes)]

    def times(self, factor: list[Value], x: Value, sum: Value) -> Value:
        """factor * x + sum."""
        sum = self.f.fma(factor[0], x, sum)
        if self.complex:
            swapped = x.shuffled([k ^ 1 for k in range(x.lanes)])
            sum = self.f.fma(factor[1], swapped, sum)
        return sum


def _row_range(f: FunctionWriter, pointers: Value, row: Value, entries: Value, fault: Value) -> tuple[Value, Value]:
    first, last = (f.load("i64", f.at(pointers, (row + k) * 8)) for k in (0, 1))
    wrong = first.compare("ugt", last) | last.compare("ugt", entries)
    leave_if(f, wrong, 1, fault, lambda: [row, first, last, entries])
    return first, last


def _column(f: FunctionWriter, columns: Value, entry: Value, count: Value, fault: Value) -> Value:
    column = f.load("i64", f.at(columns, entry * 8))
    leave_if(f, column.compare("uge", count), 2, fault, lambda: [entry, column, count])
    return column


def emit_sparse_product(target: Target, *, dtype: str) -> str:
    """out[r, :] = the sum over the entries e of row r of values[e] * dense[columns[e], :].

    Operands [pointers int64, columns int64, values, dense (inner, width), out (rows, width)]; integers [entries, inner,
    width]."""
    module, f, arguments = start_kernel(target)
    entries, inner, width = Reader(f, arguments).many(3)
    pointers, columns, values, dense, out = (arguments.data(k) for k in range(5))
    numbers = _Numbers(f, dtype)
    size, lanes = numbers.size, numbers.lanes
    bytes_of_row = width * size

    def one(row: Value) -> None:
        first, last = _row_range(f, pointers, row, entries, arguments.fault)
        out_row = f.at(out, row * bytes_of_row)

        def columns_from(j: Value, vectors: int, elements: int, mask: Value | None = None) -> None:
            """`vectors` vectors of `elements` columns, from column j."""
            here = f.at(dense, j * size)

            def add(entry: Value, *sums: Value) -> list[Value]:
                column = _column(f, columns, entry, inner, arguments.fault)
                factor = numbers.factor(f.at(values, entry * size), elements)
                source = f.at(here, column * bytes_of_row)
                return [numbers.times(factor, numbers.load(f.at(source, v * elements * size), elements, mask), sum)
                        for v, sum in enumerate(sums)]
            sums = f.loop(first, last, add, carry=[numbers.zero(elements)] * vectors)
            for v, sum in enumerate(sums):
                numbers.store(sum, f.at(out_row, (j + v * elements) * size), mask)

        def below(j: Value, vectors: int) -> None:
            """What is left: less than twice `vectors` vectors from column j."""
            if not vectors:
                rest(j)
                return
            fits = (width - j) >= vectors * lanes
            step = f.select(fits, j + vectors * lanes, j)
            f.branch(fits, lambda: columns_from(j, vectors, lanes))
            below(step, vectors // 2)

        def rest(j: Value) -> None:
            left = width - j
            def singly() -> None:
                f.loop(j, width, lambda c: columns_from(c, 1, 1))
            if not numbers.maskable or lanes == 1:
                singly()
                return
            def together() -> None:
                lane_count = lanes * numbers.per_element
                mask = f.lane_range(lane_count, f.constant(0), left * numbers.per_element)
                columns_from(j, 1, lanes, mask)
            f.branch(left <= 1, singly, together)

        most = target.vector_registers // 2
        whole = width - width % (most * lanes)
        f.loop(0, whole, lambda j: columns_from(j, most, lanes), step=most * lanes)
        below(whole, most // 2)

    f.loop(f["begin"], f["end"], one)
    f.ret(0)
    return module.text()


def emit_sampled_product(target: Target, *, dtype: str) -> str:
    """out[e] = the sum over j of left[r, j] * right[columns[e], j], for each entry e of each row r.

    Operands [pointers int64, columns int64, left (rows, width), right (inner, width), out (entries)]; integers
    [entries, inner, width]."""
    module, f, arguments = start_kernel(target)
    entries, inner, width = Reader(f, arguments).many(3)
    pointers, columns, left, right, out = (arguments.data(k) for k in range(5))
    numbers = _Numbers(f, dtype)
    size = numbers.size
    lanes = _PARTS // info(info(numbers.part).compute).itemsize // numbers.per_element
    whole = width - width % lanes
    bytes_of_row = width * size

    def one(row: Value) -> None:
        first, last = _row_range(f, pointers, row, entries, arguments.fault)
        left_row = f.at(left, row * bytes_of_row)

        def entry(e: Value) -> None:
            column = _column(f, columns, e, inner, arguments.fault)
            right_row = f.at(right, column * bytes_of_row)

            def products(j: Value, sums: list[Value], lanes: int) -> list[Value]:
                x, y = (numbers.load(f.at(row, j * size), lanes) for row in (left_row, right_row))
                if not numbers.complex:
                    return [f.fma(x, y, sums[0])]
                # The four products of the parts, kept apart: re*re and im*im, re*im and im*re.
                swapped = y.shuffled([k ^ 1 for k in range(y.lanes)])
                return [f.fma(x, y, sums[0]), f.fma(x, swapped, sums[1])]

            count = 2 if numbers.complex else 1
            sums = f.loop(0, whole, lambda j, *s: products(j, list(s), lanes), step=lanes,
                          carry=[numbers.zero(lanes)] * count)
            folded = [_halved(f, s, numbers.per_element) for s in sums]
            found = f.loop(whole, width, lambda j, *s: products(j, list(s), 1), carry=folded)
            if numbers.complex:
                direct, crossed = found
                real = direct.lane(0) - direct.lane(1)
                imaginary = crossed.lane(0) + crossed.lane(1)
                pair = f.emit(direct.type, f"insertelement {direct.type} poison, {real}, i32 0")
                found = [f.emit(direct.type, f"insertelement {pair}, {imaginary}, i32 1")]
            numbers.store(found[0], f.at(out, e * size))
        f.loop(first, last, entry)

    f.loop(f["begin"], f["end"], one)
    f.ret(0)
    return module.text()


def _halved(f: FunctionWriter, sums: Value, lanes: int) -> Value:
    """The sum over a vector, halves first, down to `lanes` lanes."""
    while sums.lanes > lanes:
        half = sums.lanes // 2
        sums = sums.slice(0, half) + sums.slice(half, half) if half > 1 else sums.lane(0) + sums.lane(1)
    return sums

