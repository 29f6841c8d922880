"""Blocks of W values that are not W whole adjacent values: ends of rows and strided operands.

The arithmetic of a loop exists once and is done on whole vectors. Where fewer than W values are left they are loaded
and stored with a mask, on targets that have masks for all sizes; elsewhere they, and strided values on every target,
are copied to a buffer on the stack first, and results are copied back.
"""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, Value, vector

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

    Goes down the rows first: made for tiles whose one side has neighbouring values there. TILE rows are unrolled.
    """
    kind = f"i{8 * size}"

    def write(g: FunctionWriter) -> None:
        def down(i: Value, source: Value, target: Value) -> list[Value]:
            g.store(g.load(kind, source, 1), target, 1)
            return [g.at(source, g["source_row"]), g.at(target, g["target_row"])]

        def unrolled(p: Value, q: Value) -> None:
            for r in range(TILE):
                g.store(g.load(kind, p, 1), q, 1)
                if r < TILE - 1:
                    p, q = g.at(p, g["source_row"]), g.at(q, g["target_row"])

        full = g["rows"].equals(TILE)

        def column(j: Value, source: Value, target: Value) -> list[Value]:
            g.branch(full, lambda: unrolled(source, target),
                     lambda: g.loop(0, g["rows"], down, carry=[source, target]) and None)
            return [g.at(source, g["source_column"]), g.at(target, g["target_column"])]
        g.loop(0, g["count"], column, carry=[g["source"], g["target"]])
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
