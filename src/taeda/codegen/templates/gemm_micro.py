"""The innermost part of a matrix product: a tile of C in registers, one unit of k after the other.

    for k in range(depth):  c[i, :] = c[i, :] + a[i, k] * b[k, :]

Every element of C is the chain c = fma(a[i, k], b[k, j], c) over ascending k, starting from zero (or from what C
held). A tile that goes on where another stopped loads its sums from memory, which changes no bit. So the
result is a function of the row of A, the column of B and nothing else: not of the tile, of the blocks
over k, of the other rows and columns, or of the threads.
"""

from __future__ import annotations

from taeda.codegen.templates.conv_ir import Function, Module, Value, vector
from taeda.codegen.templates.gemm_kind import Kind


def row_counts(kind: Kind) -> list[int]:
    """Heights of the tiles there are: the full one, and powers of two that a remainder is put together from."""
    return [kind.rows] + [n for n in (4, 2, 1) if n < kind.rows]


def column_mask(f: Function, kind: Kind, columns: Value, first: int) -> Value:
    """Mask of the lanes j of a vector with first + j < columns."""
    return f.lane_range(kind.lanes, f.constant(0), columns - first)


def tile(module: Module, kind: Kind, rows: int, vectors: int) -> Function:
    """`rows` rows of A by a panel of B of `vectors` vectors.

    a: address of the first row, a_row and a_step: bytes between rows and between units of k. b: panel, b_step: bytes
    between units of k. c: first element of the tile of sums, c_row: bytes between rows. load: 0 to start from zero.
    columns: how many columns of the tile exist; more than all vectors but the last one hold.
    """
    f = module.function(f"tile_{rows}x{vectors}", [
        ("ptr", "a"), ("i64", "a_row"), ("i64", "a_step"), ("ptr", "b"), ("i64", "b_step"), ("i64", "depth"),
        ("ptr", "c"), ("i64", "c_row"), ("i64", "load"), ("i64", "columns")])
    lanes, unit = kind.lanes, kind.unit
    c, c_row, columns = f["c"], f["c_row"], f["columns"]
    mask = full = None
    if kind.masks:
        mask = column_mask(f, kind, columns, (vectors - 1) * lanes)
    else:
        # Without masks a tile with missing columns is kept in a buffer of full width and copied by elements.
        full = columns.equals(vectors * lanes)
        buffer = Value(f, "ptr", "%buffer")
        f.lines.insert(1, f"  %buffer = alloca [{rows * vectors * lanes * unit} x i8], align 64")
        c = f.select(full, f["c"], buffer)
        c_row = f.select(full, f["c_row"], f.constant(vectors * lanes * unit))

    def position(pointer: Value, row_bytes: Value, i: int, v: int) -> Value:
        return f.at(f.at(pointer, row_bytes * i if i else 0), v * lanes * unit)

    def load_sums() -> list[Value]:
        if full is not None:
            f.branch(full, lambda: None, lambda: copy_elements(f["c"], f["c_row"], c, c_row))
        values = []
        for i in range(rows):
            for v in range(vectors):
                pointer = position(c, c_row, i, v)
                if mask is not None and v == vectors - 1:
                    values.append(f.masked_load(kind.vector, pointer, mask, f.constant(0, kind.vector)))
                else:
                    values.append(f.load(kind.vector, pointer))
        return values

    def copy_elements(source: Value, source_row: Value, destination: Value, destination_row: Value) -> None:
        def copy(i: Value) -> None:
            def element(j: Value) -> None:
                value = f.load(kind.type, f.index(f.at(source, i * source_row), kind.type, j))
                f.store(value, f.index(f.at(destination, i * destination_row), kind.type, j))
            f.loop(0, columns, element)
        f.loop(0, rows, copy)

    zero = f.constant(0, kind.vector)
    sums = f.branch(f["load"].differs(0), load_sums, lambda: [zero] * (rows * vectors))
    row_pointers = [f.at(f["a"], f["a_row"] * i if i else 0) for i in range(rows)]
    packed = vector(lanes, kind.packed_type)

    def step(_: Value, offset: Value, b: Value, *sums: Value) -> list[Value]:
        across = [f.load(packed, f.at(b, v * lanes * unit)) for v in range(vectors)]
        new = []
        for i in range(rows):
            element = f.splat(f.load(kind.packed_type, f.at(row_pointers[i], offset)), lanes)
            for v in range(vectors):
                new.append(kind.multiply_add(f, element, across[v], sums[i * vectors + v]))
        return [offset + f["a_step"], f.at(b, f["b_step"]), *new]

    sums = f.loop(0, f["depth"], step, carry=[f.constant(0), f["b"], *sums])[2:]
    for i in range(rows):
        for v in range(vectors):
            pointer = position(c, c_row, i, v)
            if mask is not None and v == vectors - 1:
                f.masked_store(sums[i * vectors + v], pointer, mask)
            else:
                f.store(sums[i * vectors + v], pointer)
    if full is not None:
        f.branch(full, lambda: None, lambda: copy_elements(c, c_row, f["c"], f["c_row"]))
    f.ret()
    return f


def strip(module: Module, kind: Kind, rows: int) -> Function:
    """`rows` rows of A by all panels of a block of B.

    The full panels stand `b_panel` bytes apart, each with `b_step` bytes from one unit of k to the next; the last
    one, if it is narrower, stands at `b_last`, packed.
    """
    tiles = [tile(module, kind, rows, v) for v in range(1, kind.vectors + 1)]
    f = module.function(f"strip_{rows}", [
        ("ptr", "a"), ("i64", "a_row"), ("i64", "a_step"), ("ptr", "b"), ("i64", "b_panel"), ("i64", "b_step"),
        ("ptr", "b_last"), ("i64", "depth"), ("ptr", "c"), ("i64", "c_row"), ("i64", "load"), ("i64", "columns")])
    panels = f["columns"] // kind.columns

    def panel(p: Value) -> None:
        f.call(tiles[-1], f["a"], f["a_row"], f["a_step"], f.at(f["b"], p * f["b_panel"]), f["b_step"], f["depth"],
               f.at(f["c"], p * (kind.columns * kind.unit)), f["c_row"], f["load"], f.constant(kind.columns))

    f.loop(0, panels, panel)
    rest = f["columns"] - panels * kind.columns
    c = f.at(f["c"], panels * (kind.columns * kind.unit))

    def last(v: int) -> None:
        if v:
            f.call(tiles[v - 1], f["a"], f["a_row"], f["a_step"], f["b_last"], f.constant(v * kind.lanes * kind.unit),
                   f["depth"], c, f["c_row"], f["load"], rest)

    f.switch(f.ceil_div(rest, kind.lanes), [lambda v=v: last(v) for v in range(kind.vectors + 1)])
    f.ret()
    return f
