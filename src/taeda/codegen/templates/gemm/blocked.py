"""The matrix product kernel: C[b] = A[b] @ B[b], or added to what C holds, with an epilogue.

All sizes and strides are run-time integers, so one kernel for each dtype serves every shape, transposition and
broadcast. A work item is a block of C: `row_block` rows by `column_block` columns of one matrix of the batch. It
takes `k_block` of k at a time: packs that part of B (`gemm_pack`), which then stays in the second cache, and goes over
its rows of A, `kind.rows` at a time, which are read in place where that is fast and else copied, `kind.group_rows` at a
time, into the first cache. Blocks share nothing, so there is nothing to wait for; what B costs to pack again for
each block of rows is small if a block has some hundred rows. How long the blocks are changes no bit of the result
(see `gemm_micro`).

An *epilogue* is a loop-IR expression of what is stored, over `load(0)`, the finished sum in the dtype of sums, and
`load(k)`, an element of extra operand k; it is applied if `finish` is not 0. Without one given it adds a bias.

    operands   a, b, extra operands of the epilogue, out
    integers   M, N, K, a_row, a_k, b_k, b_column, c_row, accumulate, finish, rank,
               then for each extra operand: row, column,
               then for each of `rank` batch dimensions: size, a_stride, b_stride, c_stride, those of extra operands
               (strides in elements; columns of out are neighbours)
    scalars    those of the epilogue
    work       batch * ceildiv(M, kind.row_block) * ceildiv(N, kind.column_block)
    scratch    scratch_bytes(kind), a constant
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taeda.codegen.llvm import Arguments, FunctionWriter, ModuleWriter, Value, memory_type, vector
from taeda.codegen.scalars.convert import from_memory, to_memory
from taeda.codegen.scalars.expression import evaluate, read_number
from taeda.codegen.target import Target
from taeda.codegen.templates.gemm import micro as gemm_micro
from taeda.codegen.templates.gemm import pack as gemm_pack
from taeda.codegen.templates.gemm.kind import Kind, kind_of
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr, cast, load, walk

NAMES = ["M", "N", "K", "a_row", "a_k", "b_k", "b_column", "c_row", "accumulate", "finish", "rank"]
ROW_PADDING = 64  # bytes after each copied row of A, so that rows do not share cache sets
PAGE = 4096


def scratch_bytes(kind: Kind) -> int:
    """Panels of B, copied rows of A and, if C has another dtype, sums of a block."""
    widest = -(-max(columns for _, columns in kind.column_blocks) // kind.columns) * kind.columns
    panels = kind.k_block * widest * kind.unit
    sums = kind.row_block * widest * kind.unit if kind.converts_out else 0
    return panels + kind.group_rows * (kind.k_block * kind.unit + ROW_PADDING) + sums


def panel_bytes(kind: Kind, depth: Any) -> Any:
    return depth * (kind.columns * kind.unit)


def add_bias(kind: Kind) -> Expr:
    """The epilogue of a product with bias, which has the dtype of the result: added before rounding."""
    return cast(load(0, kind.compute) + cast(load(1, kind.out_dtype), kind.compute), kind.out_dtype)


@dataclass(frozen=True)
class Finish:
    """An epilogue, and the parameters that say where its extra operands are to the functions that do it."""

    value: Expr
    dtypes: tuple[str, ...]  # of the extra operands

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return [*((type, f"extra{k}{name}") for k in range(len(self.dtypes))
                  for type, name in (("ptr", ""), ("i64", "_row"), ("i64", "_column"))),
                ("i64", "finish"), ("ptr", "numbers")]

    def rows_from(self, f: FunctionWriter, row: Value | int) -> list[Value]:
        """These parameters of `f`, from row `row` on."""
        result = []
        for k in range(len(self.dtypes)):
            result += [f.at(f[f"extra{k}"], f[f"extra{k}_row"] * row), f[f"extra{k}_row"], f[f"extra{k}_column"]]
        return [*result, f["finish"], f["numbers"]]


def finish_of(kind: Kind, value: Expr | None) -> Finish:
    value = add_bias(kind) if value is None else value
    extra = {e.attribute: e.dtype for e in walk((value,)) if e.op == "load" and e.attribute > 0}
    return Finish(value, tuple(extra[k] for k in sorted(extra)))


def epilogue(module: ModuleWriter, kind: Kind, finish: Finish) -> FunctionWriter:
    """What is done to finished sums. In and out may be the same memory."""
    f = module.function("epilogue", [("ptr", "sums"), ("i64", "sums_row"), ("ptr", "out"), ("i64", "c_row"),
                                     *finish.parameters, ("i64", "rows"), ("i64", "columns")])
    lanes = kind.lanes
    extras = range(len(finish.dtypes))
    adjacent = [f[f"extra{k}_column"].equals(itemsize(finish.dtypes[k])) for k in extras]
    # Vectors only where the columns of every extra operand are neighbours, or one.
    vectors = f.constant(1, "i1")
    for k in extras:
        vectors = vectors & (adjacent[k] | f[f"extra{k}_column"].equals(0))

    def row(i: Value) -> None:
        sums, out = f.at(f["sums"], i * f["sums_row"]), f.at(f["out"], i * f["c_row"])
        starts = [f.at(f[f"extra{k}"], i * f[f"extra{k}_row"]) for k in extras]

        def extra(k: int, j: Value, count: int) -> Value:
            place, dtype = f.at(starts[k], j * f[f"extra{k}_column"]), finish.dtypes[k]
            one, type = memory_type(dtype), vector(lanes, memory_type(dtype))
            if count == 0:
                return from_memory(f, f.load(one, place), dtype)
            (loaded,) = f.branch(adjacent[k], lambda: f.load(type, place), lambda: f.splat(f.load(one, place), lanes))
            return from_memory(f, loaded, dtype)

        def elements(j: Value, count: int, finished: bool) -> None:
            total = f.load(kind.vector if count else kind.type, f.at(sums, j * kind.unit))

            def leaf(node: Expr) -> Value:
                if node.op == "scalar":
                    return read_number(f, f["numbers"], node)
                assert node.op == "load", f"{node.op} in an epilogue"
                return total if node.attribute == 0 else extra(node.attribute - 1, j, count)
            value = evaluate(f, finish.value if finished else cast(load(0, kind.compute), kind.out_dtype), count, leaf)
            f.store(to_memory(f, value, kind.out_dtype), f.at(out, j * kind.out_itemsize))

        def pass_(finished: bool) -> None:
            whole = f["columns"] // lanes * lanes
            if finished:
                whole = f.select(vectors, whole, f.constant(0))
            f.loop(0, whole, lambda j: elements(j, lanes, finished), step=lanes)
            f.loop(whole, f["columns"], lambda j: elements(j, 0, finished))

        f.branch(f["finish"].differs(0), lambda: pass_(True), lambda: pass_(False))

    f.loop(0, f["rows"], row)
    f.ret()
    return f


def load_old(module: ModuleWriter, kind: Kind) -> FunctionWriter:
    """What C holds, as sums to go on from, where sums are kept apart from C."""
    f = module.function("load_old", [("ptr", "out"), ("i64", "c_row"), ("ptr", "sums"), ("i64", "sums_row"),
                                     ("i64", "rows"), ("i64", "columns")])

    def row(i: Value) -> None:
        sums, out = f.at(f["sums"], i * f["sums_row"]), f.at(f["out"], i * f["c_row"])
        f.loop(0, f["columns"], lambda j: f.store(kind.load_out(f, f.at(out, j * kind.out_itemsize)),
                                                  f.at(sums, j * kind.unit)))
    f.loop(0, f["rows"], row)
    f.ret()
    return f


def block(module: ModuleWriter, kind: Kind, finish: Finish) -> FunctionWriter:
    """One work item: rows x columns of one product. Strides in bytes; pointers at the block's first elements."""
    any_order = gemm_pack.any_order(module, kind, "pack_any")
    pack_b = gemm_pack.b_block(module, kind, any_order)
    copy_rows = gemm_pack.a_rows(module, kind)
    copy_columns = gemm_pack.a_columns(module, kind, any_order)
    copy_elements = None if kind.masks else gemm_micro.copy_elements(module, kind)
    strips = {n: gemm_micro.strip(module, kind, n, copy_elements) for n in gemm_micro.heights(kind)}
    finish_rows = epilogue(module, kind, finish)
    begin_from = load_old(module, kind) if kind.converts_out else None

    f = module.function("block", [
        ("ptr", "a"), ("i64", "a_row"), ("i64", "a_k"), ("ptr", "b"), ("i64", "b_k"), ("i64", "b_column"), ("ptr", "c"),
        ("i64", "c_row"), *finish.parameters, ("i64", "accumulate"), ("i64", "rows"), ("i64", "columns"), ("i64", "K"),
        ("ptr", "scratch")])
    rows, columns = f["rows"], f["columns"]
    # Parts of k of equal length, a multiple of two units where there are several.
    units = f.ceil_div(f["K"], kind.depth)
    most = f.select(rows <= kind.rows, f.constant(kind.k_block_thin), f.constant(kind.k_block))
    block_depth = f.ceil_div(f.ceil_div(f.maximum(units, 1), f.maximum(f.ceil_div(units, most), 1)), 2) * 2
    k_block = block_depth * kind.depth
    unit, size = kind.unit, kind.itemsize

    # Where things stand in scratch: panels of B, copied rows of A, sums that are not in the dtype of C.
    panel = panel_bytes(kind, block_depth)
    copied = f.at(f["scratch"], f.ceil_div(columns, kind.columns) * panel)
    copied_row = block_depth * unit + ROW_PADDING
    several_blocks = k_block < f["K"]
    sums, sums_row = f["c"], f["c_row"]
    if kind.converts_out:
        sums = f.at(copied, copied_row * kind.group_rows)
        sums_row = f.ceil_div(columns, kind.columns) * (kind.columns * unit)

    # Reading in place: B if it is used once and its columns are neighbours, A if that costs the cache little.
    one_use = rows <= kind.rows
    direct_b = f.constant(0, "i1")
    if not kind.converts:
        direct_b = one_use & f["b_column"].equals(size)
    a_neighbours = f["a_k"].equals(size)
    if kind.pairs:
        direct_a = a_neighbours & (f["K"] % 2).equals(0)
    elif kind.converts:
        direct_a = f.constant(0, "i1")
    else:
        good_stride = a_neighbours & (f["a_row"] % PAGE).differs(0)
        direct_a = good_stride | (rows <= kind.rows // 2) | (columns <= kind.columns)
    full_columns = columns // kind.columns * kind.columns

    def k_part(k: Value) -> None:
        elements = f.minimum(k_block, f["K"] - k)
        depth = f.ceil_div(elements, kind.depth)
        first = k.equals(0)
        load = f.select(first, f["accumulate"], f.constant(1))
        is_last = k + k_block >= f["K"]
        source = f.at(f["b"], k * f["b_k"])
        skipped = f.select(direct_b, full_columns, f.constant(0))
        packed_panel = panel_bytes(kind, depth)
        f.call(pack_b, f.at(source, skipped * f["b_column"]), f["b_k"], f["b_column"], f["scratch"], packed_panel,
               columns - skipped, elements)
        # in place, panels stand next to each other and units of k a row apart
        b = f.select(direct_b, source, f["scratch"])
        b_panel = f.select(direct_b, f.constant(kind.columns * size), packed_panel)
        b_step = f.select(direct_b, f["b_k"], f.constant(kind.columns * unit))
        b_last = f.select(direct_b, f["scratch"], f.at(f["scratch"], full_columns // kind.columns * packed_panel))
        row_of_k = f.at(f["a"], k * f["a_k"])

        def row_group(first_row: Value) -> None:
            """Some rows that are copied together, if at all."""
            group = f.minimum(rows - first_row, kind.group_rows)
            a = f.at(row_of_k, first_row * f["a_row"])

            def in_place() -> list[Value]:
                return [a, f["a_row"], f["a_k"] * kind.depth]

            def copy() -> list[Value]:
                def rowwise() -> list[Value]:
                    f.call(copy_rows, a, f["a_row"], copied, copied_row, group, elements)
                    return [copied_row, f.constant(unit)]

                def columnwise() -> list[Value]:
                    step = f.constant(kind.group_rows * unit)
                    f.branch(f["a_row"].equals(size),
                             lambda: f.call(copy_columns, a, f["a_k"], copied, group, elements),
                             lambda: f.call(any_order, a, f["a_row"], f["a_k"], copied, f.constant(unit), step, group,
                                            elements))
                    return [f.constant(unit), step]
                return [copied, *f.branch(a_neighbours, rowwise, columnwise)]

            a, a_row, a_step = f.branch(direct_a, in_place, copy)
            f.loop(0, group, lambda i: row_part(first_row + i, f.at(a, i * a_row), a_row, a_step), step=kind.rows)

        def row_part(i: Value, a: Value, a_row: Value, a_step: Value) -> None:
            """The rows of one tile, from row `i` of the block."""
            count = f.minimum(rows - i, kind.rows)
            sums_at = f.at(sums, i * sums_row)
            if begin_from is not None:
                sums_at = f.select(several_blocks, sums_at, sums)
                f.branch(first & f["accumulate"].differs(0), lambda: f.call(
                    begin_from, f.at(f["c"], i * f["c_row"]), f["c_row"], sums_at, sums_row, count, columns))

            def strip(n: int) -> None:
                f.call(strips[n], a, a_row, a_step, b, b_panel, b_step, b_last, depth, sums_at, sums_row, load, count,
                       columns)

            tall, low = gemm_micro.heights(kind)
            f.branch(count > low, lambda: strip(tall), lambda: strip(low))

            needed = f.constant(1, "i1") if kind.converts_out else f["finish"].differs(0)
            out_at = f.at(f["c"], i * f["c_row"])
            f.branch(is_last & needed, lambda: f.call(
                finish_rows, sums_at, sums_row, out_at, f["c_row"], *finish.rows_from(f, i), count, columns))

        f.loop(0, rows, row_group, step=kind.group_rows)

    # At least once, so that an empty K gives zeros.
    f.loop(0, f.maximum(f["K"], 1), k_part, step=k_block)
    f.ret()
    return f


class Entry:
    """The arguments of a kernel. If it `turns`, a product with a vector is turned around, so that tiles lie along the
    long side; its C must be contiguous."""

    def __init__(self, f: FunctionWriter, arguments: Arguments, kind: Kind, finish: Finish, turns: bool) -> None:
        self.f, self.arguments, self.kind, self.finish = f, arguments, kind, finish
        i = self.integers = {name: arguments.integer(k) for k, name in enumerate(NAMES)}
        extras = range(len(finish.dtypes))
        self.batch_integers = f.at(arguments.integers, 8 * (len(NAMES) + 2 * len(extras)))
        self.turned = i["N"].equals(1) & i["c_row"].equals(1) if turns else None
        in_size, out_size = kind.itemsize, kind.out_itemsize
        a, b = arguments.data(0), arguments.data(1)
        self.out = arguments.data(2 + len(extras))
        self.M, self.N = self.turn(i["M"], i["N"])
        self.a, self.b = self.turn(a, b)
        self.a_row, self.b_column = self.turn(i["a_row"] * in_size, i["b_column"] * in_size)
        self.a_k, self.b_k = self.turn(i["a_k"] * in_size, i["b_k"] * in_size)
        self.c_row = i["c_row"] * out_size
        self.extras = []  # (pointer, bytes between rows, between columns)
        for k in extras:
            row, column = (arguments.integer(len(NAMES) + 2 * k + n) * itemsize(finish.dtypes[k]) for n in range(2))
            self.extras.append((arguments.data(2 + k), *self.turn(row, column)))

    def turn(self, x: Value, y: Value) -> tuple[Value, Value]:
        if self.turned is None:
            return x, y
        return self.f.select(self.turned, y, x), self.f.select(self.turned, x, y)

    def block(self, matrix: Value, row: Value, column: Value, rows: Value, columns: Value) -> list[Value]:
        """Arguments for the function that does `rows` x `columns` of one matrix of the batch."""
        f, i, kind = self.f, self.integers, self.kind
        in_size, out_size = kind.itemsize, kind.out_itemsize

        def dimension(d: Value, left: Value, *offsets: Value) -> list[Value]:
            entry = f.at(self.batch_integers, (i["rank"] - 1 - d) * (8 * (1 + len(offsets))))
            size = f.load("i64", entry)
            coordinate = left % size
            strides = [f.load("i64", f.at(entry, 8 * (k + 1))) for k in range(len(offsets))]
            return [left // size, *(o + coordinate * s for o, s in zip(offsets, strides, strict=True))]

        _, a_at, b_at, c_at, *extras_at = f.loop(0, i["rank"], dimension, carry=[
            matrix, *[f.constant(0)] * (3 + len(self.extras))])
        a_at, b_at = self.turn(a_at, b_at)
        extras = []
        for (base, by_row, by_column), dtype, at in zip(self.extras, self.finish.dtypes, extras_at, strict=True):
            extras += [f.at(base, at * itemsize(dtype) + row * by_row + column * by_column), by_row, by_column]
        return [
            f.at(self.a, a_at * in_size + row * self.a_row), self.a_row, self.a_k,
            f.at(self.b, b_at * in_size + column * self.b_column), self.b_k, self.b_column,
            f.at(self.out, c_at * out_size + row * self.c_row + column * out_size), self.c_row,
            *extras, i["finish"], self.arguments.scalars, i["accumulate"], rows, columns, i["K"],
            self.arguments.scratch]


def emit_gemm(target: Target, dtype: str, out_dtype: str | None = None, epilogue: Expr | None = None) -> str:
    """LLVM IR of the product kernel for matrices of `dtype` (result of `out_dtype`, by default the same).

    Raises NotImplementedError for dtypes that have no products (bool, complex).
    """
    kind = kind_of(target, dtype, out_dtype)
    module = ModuleWriter(target)
    finish = finish_of(kind, epilogue)
    one_block = block(module, kind, finish)
    f = module.kernel()
    e = Entry(f, Arguments(f), kind, finish, turns=False)
    M, N = e.M, e.N
    most_columns = f.constant(kind.column_blocks[-1][1])
    for largest, columns in reversed(kind.column_blocks[:-1]):
        most_columns = f.select(M * N <= largest, f.constant(columns), most_columns)
    # Blocks of equal size, rounded up to what the largest size is a multiple of, so that none is empty.
    row_blocks, column_blocks = f.ceil_div(M, kind.row_block), f.ceil_div(N, most_columns)
    row_block = f.ceil_div(f.ceil_div(M, row_blocks), kind.rows) * kind.rows
    column_block = f.ceil_div(f.ceil_div(N, column_blocks), kind.columns) * kind.columns

    def item(at: Value) -> None:
        row_number = at % row_blocks
        rest = at // row_blocks
        first_row, first_column = row_number * row_block, rest % column_blocks * column_block
        f.call(one_block, *e.block(rest // column_blocks, first_row, first_column, f.minimum(M - first_row, row_block),
                                   f.minimum(N - first_column, column_block)))

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()
