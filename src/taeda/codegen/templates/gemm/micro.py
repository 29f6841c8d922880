"""The innermost part of a matrix product: a tile of C in registers, one unit of k after the other.

    for k in range(depth):  c[i, :] = c[i, :] + a[i, k] * b[k, :]

Every element of C is the chain c = fma(a[i, k], b[k, j], c) over ascending k, starting from zero (or from what C
held). A tile that goes on where another stopped loads its sums from memory, which changes no bit. So the
result is a function of the row of A, the column of B and nothing else: not of the tile, of the blocks
over k, of the other rows and columns, or of the threads.
"""

from __future__ import annotations

import functools

from taeda.codegen.llvm import FunctionWriter, ModuleWriter, Value, vector
from taeda.codegen.templates.gemm.kind import Kind


def heights(kind: Kind) -> list[int]:
    """Rows of the tiles there are: full ones, and half as many for the last rows."""
    return [kind.rows, kind.rows // 2]


def copy_elements(module: ModuleWriter, kind: Kind) -> FunctionWriter:
    """Copies a few sums one by one."""
    f = module.function("copy_elements", [("ptr", "source"), ("i64", "source_row"), ("ptr", "target"),
                                          ("i64", "target_row"), ("i64", "rows"), ("i64", "columns")])

    def row(i: Value) -> None:
        source, target = f.at(f["source"], i * f["source_row"]), f.at(f["target"], i * f["target_row"])
        f.loop(0, f["columns"], lambda j: f.store(f.load(kind.type, f.index(source, kind.type, j)),
                                                  f.index(target, kind.type, j)))
    f.loop(0, f["rows"], row)
    f.ret()
    return f


def tile(module: ModuleWriter, kind: Kind, rows: int, vectors: int, copy: FunctionWriter | None) -> FunctionWriter:
    """Up to `rows` rows of A by a panel of B of `vectors` vectors.

    a: address of the first row, a_row and a_step: bytes between rows and between units of k. b: panel, b_step: bytes
    between units of k. c: first element of the tile of sums, c_row: bytes between rows. load: 0 to start from zero.
    count: how many of the rows exist, at least 1; the last one is read in place of others, whose sums go nowhere.
    columns: how many columns of the tile exist; more than all vectors but the last one hold.
    `copy` is `copy_elements`, needed where vectors cannot be masked: there, tiles with missing columns are kept in a
    buffer of full width.
    """
    f = module.function(f"tile_{rows}x{vectors}", [
        ("ptr", "a"), ("i64", "a_row"), ("i64", "a_step"), ("ptr", "b"), ("i64", "b_step"), ("i64", "depth"),
        ("ptr", "c"), ("i64", "c_row"), ("i64", "load"), ("i64", "count"), ("i64", "columns")])
    lanes, unit = kind.lanes, kind.unit
    width = vectors * lanes * unit
    count, columns, loads = f["count"], f["columns"], f["load"].differs(0)
    buffered = copy is not None
    buffer = f.alloca(width * (rows if buffered else 1))
    c, c_row = f["c"], f["c_row"]
    whole = columns.equals(vectors * lanes)
    if buffered:
        c, c_row = f.select(whole, c, buffer), f.select(whole, c_row, f.constant(width))
    a_rows, c_rows = [f["a"]], [c]
    for i in range(1, rows):
        exists = count > i
        a_rows.append(f.at(f["a"], f.minimum(count - 1, i) * f["a_row"]))
        # A row of the buffer is free for sums of rows that do not exist: the last of all is none of those that do.
        spare = f.at(buffer, (rows - 1) * width) if buffered else buffer
        c_rows.append(f.select(exists, f.at(c, c_row * i), spare))
    places = [f.at(row, v * lanes * unit) for row in c_rows for v in range(vectors)]

    zero = f.constant(0, kind.vector)
    mask = f.lane_range(lanes, f.constant(0), columns - (vectors - 1) * lanes) if kind.masks else None

    def load_sums() -> list[Value]:
        if copy is not None:
            f.branch(whole, lambda: None, lambda: f.call(copy, f["c"], f["c_row"], c, c_row, count, columns))
        return [f.masked_load(kind.vector, place, mask, zero) if mask is not None and k % vectors == vectors - 1
                else f.load(kind.vector, place) for k, place in enumerate(places)]

    # A jump, and not a mask: loads would wait for lines of C that are nowhere near.
    sums = f.branch(loads, load_sums, lambda: [zero] * (rows * vectors))
    packed = vector(lanes, kind.packed_type)

    def step(_: Value, offset: Value, b: Value, *sums: Value) -> list[Value]:
        across = [kind.across(f.load(packed, f.at(b, v * lanes * unit))) for v in range(vectors)]
        new = []
        for i in range(rows):
            element = f.splat(f.load(kind.packed_type, f.at(a_rows[i], offset)), lanes)
            for v in range(vectors):
                new.append(kind.multiply_add(f, element, across[v], sums[i * vectors + v]))
        return [offset + f["a_step"], f.at(b, f["b_step"]), *new]

    sums = f.loop(0, f["depth"], step, carry=[f.constant(0), f["b"], *sums])[2:]
    for k, place in enumerate(places):
        if mask is not None and k % vectors == vectors - 1:
            f.masked_store(sums[k], place, mask)
        else:
            f.store(sums[k], place)
    if copy is not None:
        f.branch(whole, lambda: None, lambda: f.call(copy, c, c_row, f["c"], f["c_row"], count, columns))
    f.ret()
    return f


def strip(module: ModuleWriter, kind: Kind, rows: int, copy: FunctionWriter | None) -> FunctionWriter:
    """Up to `rows` rows of A (`count`) by all panels of a block of B.

    The full panels stand `b_panel` bytes apart, each with `b_step` bytes from one unit of k to the next; the last
    one, if it is narrower, stands at `b_last`, packed.
    """
    tiles = [tile(module, kind, rows, v, copy) for v in range(1, kind.vectors + 1)]
    f = module.function(f"strip_{rows}", [
        ("ptr", "a"), ("i64", "a_row"), ("i64", "a_step"), ("ptr", "b"), ("i64", "b_panel"), ("i64", "b_step"),
        ("ptr", "b_last"), ("i64", "depth"), ("ptr", "c"), ("i64", "c_row"), ("i64", "load"), ("i64", "count"),
        ("i64", "columns")])
    panels = f["columns"] // kind.columns

    def panel(p: Value) -> None:
        f.call(tiles[-1], f["a"], f["a_row"], f["a_step"], f.at(f["b"], p * f["b_panel"]), f["b_step"], f["depth"],
               f.at(f["c"], p * (kind.columns * kind.unit)), f["c_row"], f["load"], f["count"],
               f.constant(kind.columns))

    f.loop(0, panels, panel)
    rest = f["columns"] - panels * kind.columns
    c = f.at(f["c"], panels * (kind.columns * kind.unit))

    def last(v: int) -> None:
        if v:
            f.call(tiles[v - 1], f["a"], f["a_row"], f["a_step"], f["b_last"], f.constant(v * kind.lanes * kind.unit),
                   f["depth"], c, f["c_row"], f["load"], f["count"], rest)

    f.switch(f.ceil_div(rest, kind.lanes), [functools.partial(last, v) for v in range(kind.vectors + 1)])
    f.ret()
    return f
