"""Products with weights stored as codes (ops/quantized.py says how): out (M, N) = left (M, K) @ weightᵀ in float32.

The sums are in plain order of k, as those of `gemm_micro`, and a weight's number is rounded before it is multiplied:
the bits are those of a product with the float32 matrix, whatever M is.

 - `emit_coded_thin`, for few rows, as in generating text: the codes are read once, at the speed of memory, and become
   numbers in registers. Vectors lie along the columns of a panel.
 - `emit_coded`, for more rows: parts of a panel become numbers in the first cache, which all rows then use.

    operands   left, codes, scales, [offsets], out: contiguous
    integers   M, K, group, panels
    work       panels of 32 columns, for the thin one in units of `together(target)` panels
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from taeda.codegen.llvm import Arguments, FunctionWriter, Value, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.gemm import micro, pack
from taeda.codegen.templates.gemm.kind import kind_of
from taeda.codegen.templates.rows import Reader, load_wide, start_kernel
from taeda.ir.dtype import itemsize

THIN_ROWS = 4
PANEL = 32
_DEPTH = 128  # of k that become numbers at a time: 16 KB
# A tile's rows are copied next to each other first: where K is a power of two they would all want the same lines of the
# first cache.
_MOST_ROWS = 8
_COPIED_ROW = _DEPTH * 4 + 64


def together(target: Target) -> int:
    """Panels that one row takes at the same time: enough chains of additions to hide that each takes some cycles."""
    return max(1, 8 // (PANEL // target.lanes(4)))


def scratch_bytes() -> int:
    return _DEPTH * PANEL * 4 + _MOST_ROWS * _COPIED_ROW


class _Panels:
    """Where codes, scales and offsets are, and how they become vectors of numbers."""

    def __init__(self, f: FunctionWriter, arguments: Arguments, packed: bool, scale: str, offsets: bool) -> None:
        self.f, self.packed, self.scale, self.has_offsets = f, packed, scale, offsets
        read = Reader(f, arguments)
        self.rows, self.k, self.group, self.panels = read.many(4)
        self.groups = f.ceil_div(self.k, self.group)
        self.left, self.codes, self.scales = (arguments.data(n) for n in range(3))
        self.offsets = arguments.data(3) if offsets else self.scales
        self.out = arguments.data(4 if offsets else 3)
        self.lanes = f.target.lanes(4)
        self.vectors = PANEL // self.lanes
        self.row_bytes = PANEL // 2 if packed else PANEL
        self.out_row = self.panels * (PANEL * 4)

    def start(self, panel: Value) -> Value:
        return self.f.at(self.codes, panel * self.k * self.row_bytes)

    def group_vectors(self, panel: Value, group: Value, vectors: range) -> list[tuple[Value, Value | None]]:
        """Scale and offset of each vector of columns."""
        f, size = self.f, itemsize(self.scale)
        first = (panel * self.groups + group) * (PANEL * size)

        def load(base: Value, v: int) -> Value:
            return load_wide(f, f.at(base, first + v * self.lanes * size), self.scale, self.lanes)
        return [(load(self.scales, v), load(self.offsets, v) if self.has_offsets else None) for v in vectors]

    def numbers(self, codes: Value, vectors: range, factors: list[tuple[Value, Value | None]]) -> list[Value]:
        """The numbers of the columns of one k, whose codes begin at `codes`."""
        f = self.f
        loaded: dict[int, Value] = {}
        found = []
        for v, (scale, offset) in zip(vectors, factors, strict=True):
            place = v * self.lanes % self.row_bytes
            if place not in loaded:
                bytes = f.load(vector(self.lanes, "i8"), f.at(codes, place))
                loaded[place] = bytes.convert("zext" if self.packed else "sext", "i32")
            code = loaded[place]
            if self.packed:
                code = code.lshr(4) if v * self.lanes >= self.row_bytes else code & 15
                if offset is None:
                    code = code - 8
            number = code.convert("sitofp", "float") * scale
            found.append(number if offset is None else number + offset)
        return found

    def by_groups(self, first: Value, stop: Value, body: Callable[..., list[Value]],
                  carry: list[Value]) -> list[Value]:
        """body(k, end, group, *carried) for the parts of first..stop that lie in one group."""
        f = self.f

        def part(k: Value, *carried: Value) -> list[Value]:
            group = k // self.group
            end = f.minimum(stop, (group + 1) * self.group)
            return [end, *body(k, end, group, *carried)]
        return f.repeat(lambda k, *_: k < stop, part, carry=[first, *carry])[1:]


def _thin_part(p: _Panels, panel: Value, count: int, rows: int, vectors: range) -> None:
    """`rows` rows by some vectors of columns of `count` panels, over all of k."""
    f = p.f
    starts = [p.start(panel + n) for n in range(count)]
    zero = f.constant(0.0, vector(p.lanes, "float"))

    def group(k: Value, end: Value, number: Value, *sums: Value) -> list[Value]:
        factors = [p.group_vectors(panel + n, number, vectors) for n in range(count)]

        def one(k: Value, *sums: Value) -> list[Value]:
            elements = [f.splat(f.load("float", f.at(p.left, (p.k * r + k) * 4)), p.lanes) for r in range(rows)]
            columns = [x for start, some in zip(starts, factors, strict=True)
                       for x in p.numbers(f.at(start, k * p.row_bytes), vectors, some)]
            return [f.fma(elements[r], x, sums[r * len(columns) + n])
                    for r in range(rows) for n, x in enumerate(columns)]
        return f.loop(k, end, one, carry=sums)

    sums = p.by_groups(f.constant(0), p.k, group, [zero] * (rows * count * len(vectors)))
    places = [(r, n, v) for r in range(rows) for n in range(count) for v in vectors]
    for sum, (r, n, v) in zip(sums, places, strict=True):
        f.store(sum, f.at(p.out, p.out_row * r + (panel + n) * (PANEL * 4) + v * p.lanes * 4))


def emit_coded_thin(target: Target, packed: bool, scale: str, offsets: bool) -> str:
    """LLVM IR of the kernel for at most THIN_ROWS rows."""
    module, f, arguments = start_kernel(target)
    p = _Panels(f, arguments, packed, scale, offsets)
    count = together(target)
    every = range(p.vectors)
    # As many sums as the registers hold beside the numbers and their factors.
    registers = 16 if target.vector_registers == 32 else 8

    def panel_by(rows: int) -> Callable[[Value], None]:
        wide = max(1, min(p.vectors, registers // rows))

        def body(panel: Value) -> None:
            for first in range(0, p.vectors, wide):
                _thin_part(p, panel, 1, rows, range(first, min(first + wide, p.vectors)))
        return body

    def unit(w: Value) -> None:
        first = w * count
        last = f.minimum(p.panels, first + count)

        def one_by_one(rows: int) -> None:
            f.loop(first, last, panel_by(rows))

        def one_row() -> None:
            f.branch((last - first).equals(count), lambda: _thin_part(p, first, count, 1, every),
                     lambda: one_by_one(1))
        f.switch(p.rows - 1, [one_row, *(functools.partial(one_by_one, n) for n in range(2, THIN_ROWS + 1))])

    f.loop(f["begin"], f["end"], unit)
    f.ret(0)
    return module.text()


def emit_coded(target: Target, packed: bool, scale: str, offsets: bool) -> str:
    """LLVM IR of the kernel for any number of rows."""
    module, f, arguments = start_kernel(target)
    kind = kind_of(target, "float32")
    vectors = 2
    copy = None if kind.masks else micro.copy_elements(module, kind)
    tile = micro.tile(module, kind, kind.rows, vectors, copy)
    copy_rows = pack.a_rows(module, kind)
    p = _Panels(f, arguments, packed, scale, offsets)
    columns = vectors * p.lanes
    every = range(p.vectors)
    buffer = arguments.scratch
    copied = f.at(buffer, _DEPTH * PANEL * 4)

    def panel(n: Value) -> None:
        start = p.start(n)

        def part(first: Value) -> None:
            stop = f.minimum(p.k, first + _DEPTH)

            def fill(k: Value, end: Value, number: Value) -> list[Value]:
                factors = p.group_vectors(n, number, every)

                def one(k: Value) -> None:
                    there = f.at(buffer, (k - first) * (PANEL * 4))
                    for v, x in enumerate(p.numbers(f.at(start, k * p.row_bytes), every, factors)):
                        f.store(x, f.at(there, v * p.lanes * 4))
                f.loop(k, end, one)
                return []
            p.by_groups(first, stop, fill, [])

            def rows(i: Value) -> None:
                count = f.minimum(p.rows - i, kind.rows)
                f.call(copy_rows, f.at(p.left, (i * p.k + first) * 4), p.k * 4, copied, f.constant(_COPIED_ROW), count,
                       stop - first)
                for c in range(0, PANEL, columns):
                    f.call(tile, copied, f.constant(_COPIED_ROW), f.constant(4), f.at(buffer, c * 4),
                           f.constant(PANEL * 4), stop - first, f.at(p.out, i * p.out_row + n * (PANEL * 4) + c * 4),
                           p.out_row, first, count, f.constant(columns))
            f.loop(0, p.rows, rows, step=kind.rows)
        f.loop(0, p.k, part, step=_DEPTH)

    f.loop(f["begin"], f["end"], panel)
    f.ret(0)
    return module.text()
