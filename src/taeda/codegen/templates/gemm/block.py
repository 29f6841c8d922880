"""One work item of a product: some rows by some columns of C, for all of K.

It takes `k_block` of k at a time: packs that part of B (pack.py), which then stays in the second cache, and goes over
its rows of A, `kind.rows` at a time, which are read in place where that is fast and else copied, `kind.group_rows` at a
time, into the first cache. Where B comes from is a `Right`: a matrix with strides here, stored codes in coded.py.

Scratch holds, one after the other: panels of B, copied rows of A, and sums, where those are not in the dtype of C.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from taeda.codegen.llvm import FunctionWriter, ModuleWriter, Value
from taeda.codegen.templates.finish import Finish, finish_rows
from taeda.codegen.templates.gemm import micro, pack
from taeda.codegen.templates.gemm.finish import load_old
from taeda.codegen.templates.gemm.kind import Kind

ROW_PADDING = 64  # bytes after each copied row of A, so that rows do not share cache sets
PAGE = 4096  # bytes: lines that are a multiple of that apart fall on the same places of the first cache


def scratch_bytes(kind: Kind) -> int:
    """Panels of B, copied rows of A and, if C has another dtype, sums of a block."""
    widest = -(-max(columns for _, columns in kind.column_blocks) // kind.columns) * kind.columns
    panels = kind.k_block * widest * kind.unit
    sums = kind.row_block * widest * kind.unit if kind.converts_out else 0
    return panels + kind.group_rows * (kind.k_block * kind.unit + ROW_PADDING) + sums


def panel_bytes(kind: Kind, depth: Any) -> Any:
    return depth * (kind.columns * kind.unit)


class Panels(NamedTuple):
    """Where a part of B stands for the tiles: full panels `apart` bytes from each other, each with `step` bytes from
    one unit of k to the next, and the narrower last one, packed."""

    first: Value
    apart: Value
    step: Value
    last: Value


class Part(NamedTuple):
    """A part of k: from `k` on `elements`, which are `depth` units."""

    k: Value
    elements: Value
    depth: Value


class Right(Protocol):
    """The B of a block: the parameters by which the block's function gets it, and how a part becomes panels."""

    parameters: list[tuple[str, str]]

    def panels(self, f: FunctionWriter, part: Part) -> Panels:
        """Packs a part for f["columns"] columns into f["scratch"], or says where it stands already."""


def packed_panels(f: FunctionWriter, kind: Kind, depth: Value) -> Panels:
    """The places of packed panels in f["scratch"]."""
    apart = panel_bytes(kind, depth)
    return Panels(f["scratch"], apart, f.constant(kind.columns * kind.unit),
                  f.at(f["scratch"], f["columns"] // kind.columns * apart))


class Strided:
    """A matrix of `kind.dtype` with any strides, in bytes. It is read in place where it is used once and its columns
    are neighbours; only a last panel of fewer columns is packed then."""

    parameters = [("ptr", "b"), ("i64", "b_k"), ("i64", "b_column")]

    def __init__(self, module: ModuleWriter, kind: Kind, any_order: FunctionWriter) -> None:
        self.kind, self.pack = kind, pack.b_block(module, kind, any_order)

    def panels(self, f: FunctionWriter, part: Part) -> Panels:
        kind, columns = self.kind, f["columns"]
        in_place = f.constant(0, "i1")
        if not kind.converts:
            in_place = (f["rows"] <= 2 * kind.rows) & f["b_column"].equals(kind.itemsize)
        packed = packed_panels(f, kind, part.depth)
        source = f.at(f["b"], part.k * f["b_k"])
        skipped = f.select(in_place, columns // kind.columns * kind.columns, f.constant(0))
        f.call(self.pack, f.at(source, skipped * f["b_column"]), f["b_k"], f["b_column"], packed.first, packed.apart,
               columns - skipped, part.elements)
        # In place, panels stand next to each other and units of k a row apart.
        return Panels(f.select(in_place, source, packed.first),
                      f.select(in_place, f.constant(kind.columns * kind.itemsize), packed.apart),
                      f.select(in_place, f["b_k"], packed.step), f.select(in_place, packed.first, packed.last))


class Left(NamedTuple):
    """Rows of A as the tiles read them: bytes between rows, and between units of k."""

    first: Value
    row: Value
    step: Value


class Block:
    """Writes the function of a block. Strides in bytes; pointers at the block's first elements."""

    def __init__(self, module: ModuleWriter, kind: Kind, finish: Finish, any_order: FunctionWriter,
                 right: Right) -> None:
        self.kind, self.finish, self.any_order, self.right = kind, finish, any_order, right
        self.copy_rows = pack.a_rows(module, kind)
        self.copy_columns = pack.a_columns(module, kind, any_order)
        copy_elements = None if kind.masks else micro.copy_elements(module, kind)
        self.strips = [micro.strip(module, kind, n, copy_elements) for n in micro.heights(kind)]
        self.finish_rows = finish_rows(module, finish, kind.lanes)
        self.load_old = load_old(module, kind) if kind.converts_out else None
        self.f = f = module.function("block", [
            ("ptr", "a"), ("i64", "a_row"), ("i64", "a_k"), *right.parameters, ("ptr", "c"), ("i64", "c_row"),
            *finish.parameters, ("i64", "accumulate"), ("i64", "rows"), ("i64", "columns"), ("i64", "K"),
            ("i64", "slow_row"), ("ptr", "scratch")])
        self.divide_k()
        self.place_scratch()
        self.a_neighbours = f["a_k"].equals(kind.itemsize)
        self.a_in_place = self.reads_a_in_place()
        # At least once, so that an empty K gives zeros.
        f.loop(0, f.maximum(f["K"], 1), self.part_of_k, step=self.k_block)
        f.ret()

    def divide_k(self) -> None:
        """Into parts of equal length, a multiple of two units where there are several."""
        f, kind = self.f, self.kind
        units = f.ceil_div(f["K"], kind.depth)
        most = f.select(f["rows"] <= kind.rows, f.constant(kind.k_block_thin), f.constant(kind.k_block))
        parts = f.maximum(f.ceil_div(units, most), 1)
        self.block_depth = f.ceil_div(f.ceil_div(f.maximum(units, 1), parts), 2) * 2
        self.k_block = self.block_depth * kind.depth

    def place_scratch(self) -> None:
        f, kind = self.f, self.kind
        panels = f.ceil_div(f["columns"], kind.columns)
        self.copied = f.at(f["scratch"], panels * panel_bytes(kind, self.block_depth))
        self.copied_row = self.block_depth * kind.unit + ROW_PADDING
        self.sums, self.sums_row = f["c"], f["c_row"]
        if kind.converts_out:
            self.sums = f.at(self.copied, self.copied_row * kind.group_rows)
            self.sums_row = panels * (kind.columns * kind.unit)

    def reads_a_in_place(self) -> Value:
        """Does that cost the cache little?"""
        f, kind = self.f, self.kind
        if kind.depth > 1:
            return self.a_neighbours & (f["K"] % kind.depth).equals(0)
        if kind.converts:
            return f.constant(0, "i1")
        good_stride = self.a_neighbours & (f["a_row"] % f["slow_row"]).differs(0)
        return good_stride | (f["rows"] <= kind.rows // 2) | (f["columns"] <= kind.columns)

    def part_of_k(self, k: Value) -> None:
        f, kind = self.f, self.kind
        elements = f.minimum(self.k_block, f["K"] - k)
        part = Part(k, elements, f.ceil_div(elements, kind.depth))
        panels = self.right.panels(f, part)
        load = f.select(k.equals(0), f["accumulate"], f.constant(1))

        def group(first_row: Value) -> None:
            """Some rows that are copied together, if at all."""
            count = f.minimum(f["rows"] - first_row, kind.group_rows)
            left = self.rows_of_a(part, first_row, count)
            f.loop(0, count, lambda i: self.tile_rows(
                part, first_row + i, left._replace(first=f.at(left.first, i * left.row)), panels, load), step=kind.rows)
        f.loop(0, f["rows"], group, step=kind.group_rows)

    def rows_of_a(self, part: Part, first_row: Value, count: Value) -> Left:
        """`count` rows for this part of k, in place or copied."""
        f, kind = self.f, self.kind
        source = f.at(f.at(f["a"], part.k * f["a_k"]), first_row * f["a_row"])

        def copied_rows() -> list[Value]:
            f.call(self.copy_rows, source, f["a_row"], self.copied, self.copied_row, count, part.elements)
            return [self.copied_row, f.constant(kind.unit)]

        def copied_columns() -> list[Value]:
            step = f.constant(kind.group_rows * kind.unit)
            f.branch(f["a_row"].equals(kind.itemsize),
                     lambda: f.call(self.copy_columns, source, f["a_k"], self.copied, count, part.elements),
                     lambda: f.call(self.any_order, source, f["a_row"], f["a_k"], self.copied, f.constant(kind.unit),
                                    step, count, part.elements))
            return [f.constant(kind.unit), step]

        return Left(*f.branch(self.a_in_place, lambda: [source, f["a_row"], f["a_k"] * kind.depth],
                              lambda: [self.copied, *f.branch(self.a_neighbours, copied_rows, copied_columns)]))

    def tile_rows(self, part: Part, i: Value, left: Left, panels: Panels, load: Value) -> None:
        """The rows of one tile, from row `i` of the block, by all panels."""
        f, kind = self.f, self.kind
        count = f.minimum(f["rows"] - i, kind.rows)
        sums = self.begin_sums(part, i, count)

        def strip(n: int) -> None:
            f.call(self.strips[n], *left, *panels, part.depth, sums, self.sums_row, load, count, f["columns"])
        tall, low = range(2)
        f.branch(count > micro.heights(kind)[low], lambda: strip(tall), lambda: strip(low))

        is_last = part.k + self.k_block >= f["K"]
        needed = f.constant(1, "i1") if kind.converts_out else f["finish"].differs(0)
        f.branch(is_last & needed, lambda: f.call(
            self.finish_rows, sums, self.sums_row, f.at(f["c"], i * f["c_row"]), f["c_row"],
            *self.finish.rows_from(f, i), count, f["columns"]))

    def begin_sums(self, part: Part, i: Value, count: Value) -> Value:
        """Where the sums of the rows are; those kept apart from C begin with what it holds if that is asked for."""
        f = self.f
        sums = f.at(self.sums, i * self.sums_row)
        load_old = self.load_old
        if load_old is None:
            return sums
        # Where there is one part of k, the same few rows serve all.
        sums = f.select(self.k_block < f["K"], sums, self.sums)
        f.branch(part.k.equals(0) & f["accumulate"].differs(0), lambda: f.call(
            load_old, f.at(f["c"], i * f["c_row"]), f["c_row"], sums, self.sums_row, count, f["columns"]))
        return sums
