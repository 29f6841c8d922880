"""Packing for matrix products: blocks of A and B into the order in which the tiles read them.

A panel of B is `[depth][columns]` for up to `kind.columns` columns, so that a tile reads it from front to back. Rows of
A need no special order; they are copied where reading them in place is slow (a stride between rows that is a
multiple of 4096 bytes falls on few cache sets, rows along which k is not the fastest dimension touch a line for each
element) or where their dtype must be widened. Each function comes for the strides it is fast for; the ones
called `any` take all. Strides are in bytes, depths in units (see `Kind.depth`).

Reading: columns that do not exist are left out of loads or replaced by a copy of the last one, never read. Units of k
that are half outside (an odd K of pairs) are filled up with zero. What is written beyond the existing columns of
a panel, zeros or what other columns hold, only reaches lanes that are not stored.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from taeda.codegen.llvm import FunctionWriter, ModuleWriter, Value, vector
from taeda.codegen.squares import transpose
from taeda.codegen.templates.gemm.kind import Kind

LINE = 64  # bytes of a cache line
_LINES_AHEAD = 4


def load_unit(f: FunctionWriter, kind: Kind, source: Value, k_stride: Value, elements: Value) -> Value:
    """The unit at `source`, packed; elements of it that do not exist are zero."""
    if kind.depth == 1:
        return kind.load(f, source)
    unit, zero = f.cast("zext", f.load(kind.element, source), "i32"), f.constant(0, "i32")
    for j in range(1, kind.depth):
        def element(j: int = j) -> Value:
            return f.cast("zext", f.load(kind.element, f.at(source, k_stride * j)), "i32")
        (value,) = f.branch(elements > j, element, lambda: zero)
        unit = unit | value.shl(8 * kind.itemsize * j)
    return unit


def interleave(f: FunctionWriter, rows: list[Value]) -> Value:
    """The elements of units, one unit after the other, from vectors of their first, second, .. elements."""
    lanes = rows[0].lanes
    return f.concatenate(rows).shuffled([j * lanes + c for c in range(lanes) for j in range(len(rows))])


def load_across(f: FunctionWriter, kind: Kind, pointers: list[Value]) -> Value:
    """A vector of units of neighbouring columns; one pointer for each element of a unit."""
    if kind.depth == 1:
        return kind.load(f, pointers[0], kind.lanes)
    elements = interleave(f, [f.load(vector(kind.lanes, kind.element), pointer) for pointer in pointers])
    return f.cast("bitcast", elements, vector(kind.lanes, "i32"))


def elements_of_unit(f: FunctionWriter, kind: Kind, pointer: Value, k_stride: Value) -> list[Value]:
    return [f.at(pointer, k_stride * j) if j else pointer for j in range(kind.depth)]


def any_order(module: ModuleWriter, kind: Kind, name: str) -> FunctionWriter:
    """Copies units one by one: `count` lines of `elements` elements along k, any strides on either side."""
    f = module.function(name, [
        ("ptr", "source"), ("i64", "line_stride"), ("i64", "k_stride"), ("ptr", "target"), ("i64", "target_line"),
        ("i64", "target_step"), ("i64", "count"), ("i64", "elements")])
    depth = f.ceil_div(f["elements"], kind.depth)
    # Lines next to each other are read as vectors. What the last one has beyond them is cleared: sums of what happened
    # to be there go nowhere, but numbers too small to be normal take a processor a hundred times as long.
    beyond = f["count"] % kind.lanes
    clears = f["target_line"].equals(kind.unit) & beyond.differs(0)
    nothing = f.constant(0, vector(kind.lanes, kind.packed_type))

    def unit(k: Value) -> None:
        source = f.at(f["source"], k * kind.depth * f["k_stride"])
        target = f.at(f["target"], k * f["target_step"])
        left = f["elements"] - k * kind.depth
        f.branch(clears, lambda: f.store(nothing, f.at(target, (f["count"] - beyond) * kind.unit)), lambda: None)

        def line(j: Value) -> None:
            value = load_unit(f, kind, f.at(source, j * f["line_stride"]), f["k_stride"], left)
            f.store(value, f.at(target, j * f["target_line"]))
        f.loop(0, f["count"], line)

    f.loop(0, depth, unit)
    f.ret()
    return f


def b_rows(module: ModuleWriter, kind: Kind, vectors: int, any_: FunctionWriter) -> FunctionWriter:
    """A panel of `vectors` vectors of a B whose columns are neighbours in memory."""
    f = module.function(f"pack_rows_{vectors}", [
        ("ptr", "source"), ("i64", "k_stride"), ("ptr", "panel"), ("i64", "columns"), ("i64", "elements")])
    lanes, size = kind.lanes, kind.itemsize
    step = vectors * lanes * kind.unit
    whole = f["columns"].equals(vectors * lanes)
    masked = kind.masks and not kind.converts
    mask = f.lane_range(lanes, f.constant(0), f["columns"] - (vectors - 1) * lanes) if masked else None

    def load(source: Value, v: int) -> Value:
        pointer = f.at(source, v * lanes * size)
        if mask is not None and v == vectors - 1:
            return f.masked_load(kind.vector, pointer, mask, f.constant(0, kind.vector))
        return load_across(f, kind, elements_of_unit(f, kind, pointer, f["k_stride"]))

    def copy() -> None:
        depth = f["elements"] // kind.depth

        def unit(k: Value, source: Value, panel: Value) -> list[Value]:
            for v in range(vectors):
                f.store(load(source, v), f.at(panel, v * lanes * kind.unit))
            return [f.at(source, f["k_stride"] * kind.depth), f.at(panel, step)]

        source, panel = f.loop(0, depth, unit, carry=[f["source"], f["panel"]])
        if kind.depth > 1:
            f.call(any_, source, f.constant(size), f["k_stride"], panel, f.constant(kind.unit), f.constant(step),
                   f["columns"], f["elements"] - depth * kind.depth)

    def slowly() -> None:
        f.call(any_, f["source"], f.constant(size), f["k_stride"], f["panel"], f.constant(kind.unit), f.constant(step),
               f["columns"], f["elements"])

    if masked:
        copy()
    else:
        f.branch(whole, copy, slowly)
    f.ret()
    return f


def load_square(f: FunctionWriter, kind: Kind, places: list[Value]) -> list[Value]:
    """`lanes` units along k from each of `lanes` places, transposed: one vector for each unit of k."""
    rows = []
    for place in places:
        if kind.depth > 1:
            rows.append(f.load(vector(kind.lanes, "i32"), place, kind.itemsize))
        else:
            rows.append(kind.load(f, place, kind.lanes))
    return transpose(f, rows, kind.unit)


def apart(f: FunctionWriter, stride: Value) -> Callable[[Value, range], list[Value]]:
    """Gives a function for the places of lines that are `stride` bytes apart, 16 at most, of which the first is at an
    address.

    Each is that address, or that of line 8, with an odd multiple of the stride once, twice or four times: what a
    processor adds as it loads. Addresses of their own would not fit in its registers, and be read from memory again and
    again by a loop that waits for nothing but loads.
    """
    odd = {n: stride * n for n in (1, 3, 5, 7)}
    eight = stride * 8

    def places(first: Value, lines: range) -> list[Value]:
        result = []
        for line in lines:
            base, n, twice = f.at(first, eight) if line >= 8 else first, line % 8, 0
            while n and n % 2 == 0:
                n, twice = n // 2, twice + 1
            result.append(f.at(base, odd[n].shl(twice) if twice else odd[n]) if n else base)
        return result
    return places


def b_columns(module: ModuleWriter, kind: Kind, any_: FunctionWriter) -> FunctionWriter:
    """Up to `lanes` columns, along each of which k is the fastest dimension, into a panel with `step` bytes a unit.

    Squares of lanes by lanes units are transposed in registers; the last square overlaps the one before. Each column is
    asked for some lines ahead, as processors foresee few walks through memory and none past its page; where it ends,
    the one that takes its place in the next group. Where squares are narrower than a line, columns take turns.
    """
    f = module.function("pack_columns", [
        ("ptr", "source"), ("i64", "n_stride"), ("ptr", "panel"), ("i64", "step"), ("i64", "columns"),
        ("i64", "elements")])
    lanes = kind.lanes
    depth = f["elements"] // kind.depth

    def squares() -> None:
        last_column = f["columns"] - 1
        pointers = [f.at(f["source"], f.minimum(f.constant(j), last_column) * f["n_stride"]) for j in range(lanes)]
        size = kind.depth * kind.itemsize
        length, turns = depth * size, max(1, LINE // (lanes * size))
        following = f["n_stride"] * lanes - length
        lines = [f.at(f["source"], f["n_stride"] * j) for j in range(0, lanes, turns)]

        def square(k: Value) -> None:
            coming = k * size + _LINES_AHEAD * LINE
            coming = f.select(coming < length, coming, coming + following)
            if turns > 1:
                coming = coming + k // lanes % turns * f["n_stride"]
            for line in lines:
                f.prefetch(f.at(line, coming), 3)
            k = f.minimum(k, depth - lanes)
            places = [f.at(pointer, k * (kind.depth * kind.itemsize)) for pointer in pointers]
            for i, value in enumerate(load_square(f, kind, places)):
                f.store(value, f.at(f["panel"], (k + i) * f["step"]))
        f.loop(0, depth, square, step=lanes)
        if kind.depth > 1:  # elements of half a unit
            f.call(any_, f.at(f["source"], depth * kind.depth * kind.itemsize), f["n_stride"],
                   f.constant(kind.itemsize), f.at(f["panel"], depth * f["step"]), f.constant(kind.unit), f["step"],
                   f["columns"], f["elements"] - depth * kind.depth)

    def slowly() -> None:
        f.call(any_, f["source"], f["n_stride"], f.constant(kind.itemsize), f["panel"], f.constant(kind.unit),
               f["step"], f["columns"], f["elements"])

    f.branch(depth >= lanes, squares, slowly)
    f.ret()
    return f


def b_block(module: ModuleWriter, kind: Kind, any_: FunctionWriter) -> FunctionWriter:
    """Panels of a block of B, `panel_bytes` apart; the last one may be narrower, with that many fewer vectors."""
    rows = [b_rows(module, kind, v, any_) for v in range(1, kind.vectors + 1)]
    columns_ = b_columns(module, kind, any_)
    f = module.function("pack_b", [
        ("ptr", "source"), ("i64", "k_stride"), ("i64", "n_stride"), ("ptr", "target"), ("i64", "panel_bytes"),
        ("i64", "columns"), ("i64", "elements")])
    lanes = kind.lanes

    def panel(j: Value) -> None:
        source = f.at(f["source"], j * f["n_stride"])
        target = f.at(f["target"], j // kind.columns * f["panel_bytes"])
        count = f.minimum(f["columns"] - j, kind.columns)
        vectors = f.ceil_div(count, lanes)
        step = vectors * (lanes * kind.unit)

        def along_rows() -> None:
            def of(pack: FunctionWriter) -> None:
                f.call(pack, source, f["k_stride"], target, count, f["elements"])
            f.switch(vectors - 1, [functools.partial(of, pack) for pack in rows])

        def along_columns() -> None:
            def group(v: Value) -> None:
                f.call(columns_, f.at(source, v * lanes * f["n_stride"]), f["n_stride"],
                       f.at(target, v * (lanes * kind.unit)), step, f.minimum(count - v * lanes, lanes), f["elements"])
            f.loop(0, vectors, group)

        def slowly() -> None:
            f.call(any_, source, f["n_stride"], f["k_stride"], target, f.constant(kind.unit), step, count,
                   f["elements"])

        f.branch(f["n_stride"].equals(kind.itemsize), along_rows, lambda: f.branch(
            f["k_stride"].equals(kind.itemsize), along_columns, slowly) and None)

    f.loop(0, f["columns"], panel, step=kind.columns)
    f.ret()
    return f


def a_rows(module: ModuleWriter, kind: Kind) -> FunctionWriter:
    """Rows of A along which k is the fastest dimension: copied, and widened, as they are."""
    f = module.function("copy_rows", [
        ("ptr", "source"), ("i64", "row_stride"), ("ptr", "target"), ("i64", "target_row"), ("i64", "rows"),
        ("i64", "elements")])
    lanes = kind.lanes
    zero = f.constant(0)
    ahead = f["row_stride"] * kind.group_rows  # the rows that come next

    def row(i: Value) -> None:
        source, target = f.at(f["source"], i * f["row_stride"]), f.at(f["target"], i * f["target_row"])
        if kind.depth > 1:
            whole = f["elements"] // kind.depth

            def vectors(k: Value) -> None:
                value = f.load(vector(lanes, "i32"), f.at(source, k * kind.unit), kind.itemsize)
                f.store(value, f.at(target, k * kind.unit))
            f.loop(0, whole - (lanes - 1), vectors, step=lanes)
            done = whole // lanes * lanes

            def unit(k: Value) -> None:
                value = load_unit(f, kind, f.at(source, k * kind.unit), f.constant(kind.itemsize),
                                  f["elements"] - k * kind.depth)
                f.store(value, f.at(target, k * kind.unit))
            f.loop(done, f.ceil_div(f["elements"], kind.depth), unit)
            return

        def several(k: Value) -> None:
            value = kind.load(f, f.at(source, k * kind.itemsize), lanes)
            f.prefetch(f.at(f.at(source, ahead), k * kind.itemsize))
            f.store(value, f.at(target, k * kind.unit))
        f.loop(0, f["elements"] - (lanes - 1), several, step=lanes)
        done = f["elements"] // lanes * lanes

        def one(k: Value) -> None:
            f.store(kind.load(f, f.at(source, k * kind.itemsize)), f.at(target, k * kind.unit))
        f.loop(done, f["elements"], one)

    f.loop(zero, f["rows"], row)
    f.ret()
    return f


def a_columns(module: ModuleWriter, kind: Kind, any_: FunctionWriter) -> FunctionWriter:
    """Rows of A that are neighbours in memory, up to `kind.group_rows` of them, as [depth][group_rows]."""
    f = module.function("copy_columns", [("ptr", "source"), ("i64", "k_stride"), ("ptr", "target"), ("i64", "rows"),
                                         ("i64", "elements")])
    lanes, size = kind.lanes, kind.itemsize
    step = kind.group_rows * kind.unit
    depth = f["elements"] // kind.depth

    def copy(source: Value, target: Value, vectors: int) -> None:
        def unit(_: Value, source: Value, target: Value) -> list[Value]:
            for v in range(vectors):
                pointer = f.at(source, v * lanes * size)
                pointers = elements_of_unit(f, kind, pointer, f["k_stride"])
                f.store(load_across(f, kind, pointers), f.at(target, v * lanes * kind.unit))
            if vectors * lanes == kind.group_rows:
                f.prefetch(f.at(source, kind.group_rows * kind.itemsize))
            return [f.at(source, f["k_stride"] * kind.depth), f.at(target, step)]
        f.loop(0, depth, unit, carry=[source, target])

    def all_rows() -> Value:
        copy(f["source"], f["target"], kind.group_rows // lanes)
        return f.constant(kind.group_rows)

    def some_rows() -> Value:
        whole = f["rows"] // lanes * lanes
        f.loop(0, whole, lambda i: copy(f.at(f["source"], i * size), f.at(f["target"], i * kind.unit), 1), step=lanes)
        return whole

    def one_by_one(first_row: Any, rows: Value, first_unit: Any, elements: Value) -> None:
        source = f.at(f.at(f["source"], first_row * size), f.coerce(first_unit) * kind.depth * f["k_stride"])
        target = f.at(f.at(f["target"], first_row * kind.unit), f.coerce(first_unit) * step)
        f.call(any_, source, f.constant(size), f["k_stride"], target, f.constant(kind.unit), f.constant(step), rows,
               elements)

    (done,) = f.branch(f["rows"].equals(kind.group_rows), all_rows, some_rows)
    one_by_one(done, f["rows"] - done, 0, f["elements"])
    if kind.depth > 1:  # elements of half a unit
        one_by_one(f.constant(0), f["rows"], depth, f["elements"] - depth * kind.depth)
    f.ret()
    return f


__all__ = ["a_columns", "a_rows", "any_order", "b_block", "transpose"]
