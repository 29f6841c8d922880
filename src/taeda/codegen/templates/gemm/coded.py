"""Products with weights stored as codes (ops/quantized.py says how): out (M, N) = left (M, K) @ weightᵀ in float32.

The sums are in plain order of k (see micro.py), and a weight's number is rounded before it is multiplied: the bits are
those of a product with the float32 matrix, whatever M is.

 - `emit_coded_thin`, for few rows, as in generating text: the codes are read once, at the speed of memory, and become
   numbers in registers. Vectors lie along the columns of a panel.
 - `emit_coded`, for more rows: blocks as those of matrices (block.py), in which codes become numbers where the elements
   of a matrix would be packed: once for all rows of a block.

    operands   left, codes, scales, [offsets], extra operands of the epilogue, out: the first ones and out contiguous
    integers   M, K, N, group, finish, then for each extra operand: row, column (strides in elements)
    scalars    those of the epilogue
    work       as in blocked.py; for the thin one panels of 32 columns, in pieces of any number
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from taeda.codegen.llvm import Arguments, FunctionWriter, ModuleWriter, Value, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.finish import Finish, finish_rows
from taeda.codegen.templates.gemm import pack
from taeda.codegen.templates.gemm.block import PAGE, Block, Panels, Part, packed_panels
from taeda.codegen.templates.gemm.blocked import for_blocks
from taeda.codegen.templates.gemm.finish import finish_of
from taeda.codegen.templates.gemm.kind import Kind, kind_of
from taeda.codegen.templates.rows import Reader, load_wide, start_kernel
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr

THIN_ROWS = 4
PANEL = 32


def together(target: Target) -> int:
    """Panels that one row takes at the same time: enough chains of additions to hide that each takes some cycles."""
    return max(1, 8 // (PANEL // target.lanes(4)))


@dataclass(frozen=True)
class Format:
    """How a weight is stored: two codes in a byte, or one; the dtype of scales and offsets; whether there are such."""

    packed: bool
    scale: str
    offsets: bool

    @property
    def row_bytes(self) -> int:
        """Bytes of the codes of one k in a panel."""
        return PANEL // 2 if self.packed else PANEL

    def codes(self, f: FunctionWriter, pointer: Value, lanes: int) -> Value:
        """The bytes of neighbouring columns."""
        return f.load(vector(lanes, "i8"), pointer).convert("zext" if self.packed else "sext", "i32")

    def numbers(self, code: Value, factors: list[Value]) -> Value:
        """The numbers of codes, with their scales and perhaps offsets."""
        if self.packed and not self.offsets:
            code = code - 8
        number = code.convert("sitofp", "float") * factors[0]
        return number + factors[1] if self.offsets else number


class Weight:
    """The codes, scales and offsets of a weight with K columns, in a function that has them as parameters."""

    parameters = [("ptr", "codes"), ("ptr", "scales"), ("ptr", "offsets"), ("i64", "group"), ("i64", "K")]

    def __init__(self, f: FunctionWriter, format: Format) -> None:
        self.f, self.format, self.lanes = f, format, f.target.lanes(4)
        self.groups = f.ceil_div(f["K"], f["group"])

    def start(self, panel: Value, k: Value) -> Value:
        return self.f.at(self.f["codes"], (panel * self.f["K"] + k) * self.format.row_bytes)

    def factors(self, panel: Value, group: Value, column: Value | int) -> list[Value]:
        """Scales, and offsets if there are, of the vector of columns from `column` of a panel on."""
        f, size = self.f, itemsize(self.format.scale)
        place = (panel * self.groups + group) * (PANEL * size) + f.coerce(column) * size
        return [load_wide(f, f.at(f[name], place), self.format.scale, self.lanes)
                for name in ("scales", "offsets")[:1 + self.format.offsets]]

    def by_groups(self, first: Value, stop: Value, body: Callable[..., list[Value]],
                  carry: list[Value]) -> list[Value]:
        """body(k, end, group, *carried) for the parts of first..stop that lie in one group."""
        f = self.f

        def part(k: Value, *carried: Value) -> list[Value]:
            group = k // f["group"]
            end = f.minimum(stop, (group + 1) * f["group"])
            return [end, *body(k, end, group, *carried)]
        return f.repeat(lambda k, *_: k < stop, part, carry=[first, *carry])[1:]


# -- blocks ------------------------------------------------------------------------------------------------------------


class Coded:
    """The B of a block whose first column is `first`: codes that become the numbers of packed panels."""

    parameters = [*Weight.parameters[:-1], ("i64", "first")]

    def __init__(self, module: ModuleWriter, kind: Kind, format: Format) -> None:
        self.kind = kind
        self.unpack = [unpack(module, kind, format, n) for n in range(1, kind.vectors + 1)]

    def panels(self, f: FunctionWriter, part: Part) -> Panels:
        kind = self.kind
        packed = packed_panels(f, kind, part.depth)

        def panel(j: Value) -> None:
            def of(function: FunctionWriter) -> None:
                f.call(function, f["codes"], f["scales"], f["offsets"], f["group"], f["K"], f["first"] + j, part.k,
                       part.k + part.elements, f.at(packed.first, j // kind.columns * packed.apart))
            vectors = f.ceil_div(f.minimum(f["columns"] - j, kind.columns), kind.lanes)
            f.switch(vectors - 1, [functools.partial(of, function) for function in self.unpack])
        f.loop(0, f["columns"], panel, step=kind.columns)
        return packed


def unpack(module: ModuleWriter, kind: Kind, format: Format, vectors: int) -> FunctionWriter:
    """The numbers of `vectors` vectors of columns, from `column` on, for first <= k < stop, as a panel."""
    f = module.function(f"unpack_{vectors}", [*Weight.parameters, ("i64", "column"), ("i64", "first"), ("i64", "stop"),
                                              ("ptr", "panel")])
    weight, lanes = Weight(f, format), kind.lanes
    columns = [f["column"] + v * lanes for v in range(vectors)]
    starts = [f.at(weight.start(c // PANEL, f.constant(0)), c % format.row_bytes) for c in columns]
    # Of a byte the low half belongs to the first columns of a panel, the high half to the others.
    shifts = [f.splat_i32(c // format.row_bytes % 2 * 4, lanes) if format.packed else None for c in columns]

    def group(k: Value, end: Value, number: Value) -> list[Value]:
        factors = [weight.factors(c // PANEL, number, c % PANEL) for c in columns]

        def one(k: Value) -> None:
            there = f.at(f["panel"], (k - f["first"]) * (vectors * lanes * kind.unit))
            for v in range(vectors):
                code = format.codes(f, f.at(starts[v], k * format.row_bytes), lanes)
                shift = shifts[v]
                if shift is not None:
                    code = code.lshr(shift) & 15
                f.store(format.numbers(code, factors[v]), f.at(there, v * lanes * kind.unit))
        f.loop(k, end, one)
        return []
    weight.by_groups(f["first"], f["stop"], group, [])
    f.ret()
    return f


class Entry:
    """The arguments of the kernels."""

    def __init__(self, f: FunctionWriter, arguments: Arguments, format: Format, finish: Finish) -> None:
        self.f, self.arguments, self.finish = f, arguments, finish
        read = Reader(f, arguments)
        self.rows, self.k, self.columns, self.group, self.finishes = read.many(5)
        inputs = 4 if format.offsets else 3
        extras = range(len(finish.dtypes))
        self.left, self.codes, self.scales = (arguments.data(n) for n in range(3))
        self.offsets = arguments.data(3) if format.offsets else self.scales
        self.out = arguments.data(inputs + len(extras))
        self.extras = [(arguments.data(inputs + n), *(x * itemsize(finish.dtypes[n]) for x in read.many(2)))
                       for n in extras]

    def finish_from(self, row: Value, column: Value) -> list[Value]:
        """The parameters of `finish` for the results from a place on."""
        f, found = self.f, []
        for base, by_row, by_column in self.extras:
            found += [f.at(base, row * by_row + column * by_column), by_row, by_column]
        return [*found, self.finishes, self.arguments.scalars]


def emit_coded(target: Target, packed: bool, scale: str, offsets: bool, out_dtype: str = "float32",
               epilogue: Expr | None = None) -> str:
    """LLVM IR of the kernel for any number of rows."""
    module, f, arguments = start_kernel(target)
    kind, format = kind_of(target, "float32", out_dtype), Format(packed, scale, offsets)
    finish = finish_of(kind, epilogue)
    block = Block(module, kind, finish, pack.any_order(module, kind, "pack_any"), Coded(module, kind, format))
    e = Entry(f, arguments, format, finish)
    by_row = e.columns * kind.out_itemsize

    def body(_: Value, row: Value, column: Value, rows: Value, columns: Value) -> None:
        f.call(block.f, f.at(e.left, row * e.k * 4), e.k * 4, f.constant(4), e.codes, e.scales, e.offsets, e.group,
               column, f.at(e.out, row * by_row + column * kind.out_itemsize), by_row, *e.finish_from(row, column),
               f.constant(0), rows, columns, e.k, f.constant(PAGE), arguments.scratch)
    for_blocks(f, kind, e.rows, e.columns, f.constant(kind.row_block), body)
    f.ret(0)
    return module.text()


# -- few rows ----------------------------------------------------------------------------------------------------------


def thin(module: ModuleWriter, format: Format, rows: int, count: int, vectors: range) -> FunctionWriter:
    """sums[rows][count * 32] of `rows` rows by some vectors of columns of `count` panels, over all of k."""
    f = module.function(f"thin_{rows}x{count}x{len(vectors)}_{vectors.start}", [
        ("ptr", "left"), *Weight.parameters, ("i64", "panel"), ("ptr", "sums")])
    weight = Weight(f, format)
    lanes = weight.lanes
    panels = [f["panel"] + n for n in range(count)]
    starts = [weight.start(panel, f.constant(0)) for panel in panels]
    zero = f.constant(0.0, vector(lanes, "float"))

    def numbers(codes: Value, factors: list[list[Value]]) -> list[Value]:
        """The numbers of the columns of one k, whose codes begin at `codes`."""
        loaded: dict[int, Value] = {}
        found = []
        for v, factor in zip(vectors, factors, strict=True):
            place = v * lanes % format.row_bytes
            if place not in loaded:
                loaded[place] = format.codes(f, f.at(codes, place), lanes)
            code = loaded[place]
            if format.packed:
                code = code.lshr(4) if v * lanes >= format.row_bytes else code & 15
            found.append(format.numbers(code, factor))
        return found

    def group(k: Value, end: Value, number: Value, *sums: Value) -> list[Value]:
        factors = [[weight.factors(panel, number, v * lanes) for v in vectors] for panel in panels]

        def one(k: Value, *sums: Value) -> list[Value]:
            elements = [f.splat(f.load("float", f.at(f["left"], (f["K"] * r + k) * 4)), lanes) for r in range(rows)]
            columns = [x for start, some in zip(starts, factors, strict=True)
                       for x in numbers(f.at(start, k * format.row_bytes), some)]
            return [f.fma(elements[r], x, sums[r * len(columns) + n])
                    for r in range(rows) for n, x in enumerate(columns)]
        return f.loop(k, end, one, carry=sums)

    sums = weight.by_groups(f.constant(0), f["K"], group, [zero] * (rows * count * len(vectors)))
    places = [(r, n, v) for r in range(rows) for n in range(count) for v in vectors]
    for sum, (r, n, v) in zip(sums, places, strict=True):
        f.store(sum, f.at(f["sums"], ((r * count + n) * PANEL + v * lanes) * 4))
    f.ret()
    return f


def emit_coded_thin(target: Target, packed: bool, scale: str, offsets: bool, out_dtype: str = "float32",
                    epilogue: Expr | None = None) -> str:
    """LLVM IR of the kernel for at most THIN_ROWS rows."""
    module, f, arguments = start_kernel(target)
    kind, format = kind_of(target, "float32", out_dtype), Format(packed, scale, offsets)
    finish = finish_of(kind, epilogue)
    finish_sums = finish_rows(module, finish, kind.lanes)
    e = Entry(f, arguments, format, finish)
    count = together(target)
    every = PANEL // target.lanes(4)
    # As many sums as the registers hold beside the numbers and their factors.
    registers = 16 if target.vector_registers == 32 else 8
    sums = f.alloca(max(THIN_ROWS, count) * PANEL * 4)

    def some(panel: Value, rows: int, panels: int) -> None:
        wide = every if rows == 1 else max(1, min(every, registers // rows))
        for first in range(0, every, wide):
            function = thin(module, format, rows, panels, range(first, min(first + wide, every)))
            f.call(function, e.left, e.codes, e.scales, e.offsets, e.group, e.k, panel, sums)
        f.call(finish_sums, sums, f.constant(panels * PANEL * 4),
               f.at(e.out, panel * (PANEL * kind.out_itemsize)), e.columns * kind.out_itemsize,
               *e.finish_from(f.constant(0), panel * PANEL), f.constant(rows),
               f.minimum(e.columns - panel * PANEL, panels * PANEL))

    def one_by_one(rows: int, first: Value) -> None:
        f.loop(first, f["end"], lambda panel: some(panel, rows, 1))

    def one_row() -> None:
        whole = f["begin"] + (f["end"] - f["begin"]) // count * count
        if count > 1:
            f.loop(f["begin"], whole, lambda panel: some(panel, 1, count), step=count)
        one_by_one(1, whole if count > 1 else f["begin"])

    f.switch(e.rows - 1, [one_row, *(functools.partial(one_by_one, n, f["begin"]) for n in range(2, THIN_ROWS + 1))])
    f.ret(0)
    return module.text()
