"""Blocks of W values that are not W whole adjacent values: ends of rows and strided operands.

The arithmetic of a loop exists once and is done on whole vectors. Where fewer than W values are left they are loaded
and stored with a mask, on targets that have masks for all sizes; elsewhere they, and strided values on every target,
are copied to a buffer on the stack first, and results are copied back.
"""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, Value, vector
from taeda.codegen.squares import transpose

TILE = 16  # rows of a tile


def strided_copy(f: FunctionWriter, size: int, target: Value, target_stride: Value | int, source: Value,
                 source_stride: Value | int, count: Value) -> None:
    """Copies `count` values of `size` bytes; strides in bytes."""
    kind = f"i{8 * size}"

    def write(g: FunctionWriter) -> None:
        def element(i: Value, source: Value, target: Value) -> list[Value]:
            g.store(g.load(kind, source, 1), target, 1)
            return [g.at(source, g["source_stride"]), g.at(target, g["target_stride"])]
        g.loop(0, g["count"], element, carry=[g["source"], g["target"]])
        g.ret()

    copy = f.module.once(f"copy{size}", [("ptr", "target"), ("i64", "target_stride"), ("ptr", "source"),
                                         ("i64", "source_stride"), ("i64", "count")], write)
    f.call(copy, target, target_stride, source, source_stride, count)


def tile_copy(f: FunctionWriter, size: int, target: Value, target_strides: tuple[Value | int, Value | int],
              source: Value, source_strides: tuple[Value | int, Value | int], rows: Value, count: Value) -> None:
    """Copies `rows` × `count` values; strides are (between rows, along a row), in bytes.

    Goes down the rows first: made for tiles whose one side has neighbouring values there. TILE rows are unrolled; where
    the other side's neighbours are along the rows, squares of values are transposed in registers.
    """
    kind = f"i{8 * size}"
    side = f.target.vector_bytes // size  # of a square
    squares = size in (4, 8) and f.target.vector_bytes >= 32

    def write(g: FunctionWriter) -> None:
        def along(row: Value) -> None:
            """One row, four values at a time: what a tile of few rows is made of."""
            p, q = g.at(g["source"], row * g["source_row"]), g.at(g["target"], row * g["target_row"])

            def several(j: Value, count: int) -> None:
                loaded = [g.load(kind, g.at(p, (j + k) * g["source_column"]), 1) for k in range(count)]
                for k, value in enumerate(loaded):
                    g.store(value, g.at(q, (j + k) * g["target_column"]), 1)
            whole = g["count"] - g["count"] % 4
            g.loop(0, whole, lambda j: several(j, 4), step=4)
            g.loop(whole, g["count"], lambda j: several(j, 1))

        def unrolled(p: Value, q: Value) -> None:
            for r in range(TILE):
                g.store(g.load(kind, p, 1), q, 1)
                if r < TILE - 1:
                    p, q = g.at(p, g["source_row"]), g.at(q, g["target_row"])

        full = g["rows"].equals(TILE)

        def column(j: Value, source: Value, target: Value) -> list[Value]:
            unrolled(source, target)
            return [g.at(source, g["source_column"]), g.at(target, g["target_column"])]

        def transposed(read: str, write: str) -> list[Value]:
            """Whole squares: vectors of the source lie `read` bytes apart, those of the target `write` bytes."""
            whole = g["count"] - g["count"] % side

            def squares(j: Value) -> None:
                for row in range(0, TILE, side):
                    p, q = (g.at(g.at(g[name], j * g[f"{name}_column"]), g[f"{name}_row"] * row)
                            for name in ("source", "target"))
                    loaded = [g.load(vector(side, kind), g.at(p, g[read] * k), 1) for k in range(side)]
                    for k, value in enumerate(transpose(g, loaded, size)):
                        g.store(value, g.at(q, g[write] * k), 1)
            g.loop(0, whole, squares, step=side)
            return [whole]

        done = g.constant(0)
        if squares:
            down_to_along = full & g["source_row"].equals(size) & g["target_column"].equals(size)
            along_to_down = full & g["source_column"].equals(size) & g["target_row"].equals(size)
            (done,) = g.branch(
                down_to_along, lambda: transposed("source_column", "target_row"),
                lambda: g.branch(along_to_down, lambda: transposed("source_row", "target_column"), lambda: [done]))

        def rest() -> None:
            g.loop(done, g["count"], column, carry=[g.at(g["source"], done * g["source_column"]),
                                                    g.at(g["target"], done * g["target_column"])])
        g.branch(full, rest, lambda: g.loop(0, g["rows"], along) and None)
        g.ret()

    copy = f.module.once(f"tile_copy{size}", [
        ("ptr", "target"), ("i64", "target_row"), ("i64", "target_column"), ("ptr", "source"), ("i64", "source_row"),
        ("i64", "source_column"), ("i64", "rows"), ("i64", "count")], write)
    f.call(copy, target, *target_strides, source, *source_strides, rows, count)


def first_lanes(f: FunctionWriter, count: Value, lanes: int, may_be_all: bool = False) -> Value:
    """An i1 for each lane: is it below `count` (an i64), which is less than `lanes`, or at most if `may_be_all`?"""
    if f.target.vector_bytes == 64 and not may_be_all:
        ones = (~f.constant(-1).shl(count)).convert("trunc", f"i{lanes}")
        return f.cast("bitcast", ones, vector(lanes, "i1"))
    return f.iota(lanes).compare("ult", f.splat_i32(count, lanes))


def has_masks(f: FunctionWriter, size: int) -> bool:
    """Can values of `size` bytes be loaded and stored with a mask?"""
    return f.target.vector_bytes == 64 or (f.target.vector_bytes == 32 and size >= 4)


def copy_in(f: FunctionWriter, size: int, buffer: Value, source: Value, count: Value, mask: Value) -> None:
    """`count` < lanes adjacent values to `buffer`, which has room for all lanes; `mask` is their `first_lanes`."""
    if not has_masks(f, size):
        strided_copy(f, size, buffer, size, source, size, count)
        return
    f.store(f.masked_load(vector(mask.lanes, f"i{8 * size}"), source, mask, align=1), buffer, 64)


def copy_out(f: FunctionWriter, size: int, buffer: Value, target: Value, count: Value, mask: Value) -> None:
    """The first `count` < lanes values of `buffer` to adjacent places at `target`; see `copy_in`."""
    if not has_masks(f, size):
        strided_copy(f, size, target, size, buffer, size, count)
        return
    f.masked_store(f.load(vector(mask.lanes, f"i{8 * size}"), buffer, 64), target, mask, align=1)
