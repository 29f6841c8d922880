"""Blocks of W values that are not W whole adjacent values: ends of rows and strided operands.

The arithmetic of a loop exists once and is done on whole vectors. Where fewer than W values are left they are loaded
and stored with a mask, on targets that have masks for all sizes; elsewhere they, and strided values on every target,
are copied to a buffer on the stack first, and results are copied back.
"""

from __future__ import annotations

from taeda.codegen.text import SHORT, Builder, Vec

TILE = 16  # rows of a tile


def strided_copy(b: Builder, size: int, target: str, target_stride: str | int, source: str, source_stride: str | int,
                 count: str) -> None:
    """Copies `count` values of `size` bytes; strides in bytes."""
    kind = f"i{8 * size}"
    name = f"copy{size}"
    b.helper(name, f"""define internal void @{name}(ptr %t, i64 %ts, ptr %s, i64 %ss, i64 %n) noinline nounwind {{
entry:
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %loop, label %done
loop:
  %i = phi i64 [ 0, %entry ], [ %i2, %loop ]
  %p = phi ptr [ %s, %entry ], [ %p2, %loop ]
  %q = phi ptr [ %t, %entry ], [ %q2, %loop ]
  %v = load {kind}, ptr %p, align 1
  store {kind} %v, ptr %q, align 1
  %p2 = getelementptr i8, ptr %p, i64 %ss
  %q2 = getelementptr i8, ptr %q, i64 %ts
  %i2 = add i64 %i, 1
  %more = icmp slt i64 %i2, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}}""")
    b.do(f"call void @{name}(ptr {target}, i64 {target_stride}, ptr {source}, i64 {source_stride}, i64 {count})")


def tile_copy(b: Builder, size: int, target: str, target_strides: tuple[str | int, str | int], source: str,
              source_strides: tuple[str | int, str | int], rows: str, count: str) -> None:
    """Copies `rows` × `count` values; strides are (between rows, along a row), in bytes.

    Goes down the rows first: made for tiles whose one side has neighbouring values there. TILE rows are unrolled.
    """
    kind = f"i{8 * size}"
    name = f"tile_copy{size}"
    unrolled, p, q = [], "%pj", "%qj"
    for r in range(TILE):
        unrolled += [f"  %v{r} = load {kind}, ptr {p}, align 1", f"  store {kind} %v{r}, ptr {q}, align 1"]
        if r < TILE - 1:
            unrolled += [f"  %p{r} = getelementptr i8, ptr {p}, i64 %sr",
                         f"  %q{r} = getelementptr i8, ptr {q}, i64 %tr"]
            p, q = f"%p{r}", f"%q{r}"
    lines = "\n".join(unrolled)
    arguments = "ptr %t, i64 %tr, i64 %tc, ptr %s, i64 %sr, i64 %sc, i64 %m, i64 %n"
    b.helper(name, f"""define internal void @{name}({arguments}) noinline nounwind {{
entry:
  %full = icmp eq i64 %m, {TILE}
  br label %column
column:
  %j = phi i64 [ 0, %entry ], [ %j2, %next ]
  %pj = phi ptr [ %s, %entry ], [ %pj2, %next ]
  %qj = phi ptr [ %t, %entry ], [ %qj2, %next ]
  %more = icmp slt i64 %j, %n
  br i1 %more, label %inside, label %done
inside:
  br i1 %full, label %fast, label %slow
fast:
{lines}
  br label %next
slow:
  %i = phi i64 [ 0, %inside ], [ %i2, %slow ]
  %p = phi ptr [ %pj, %inside ], [ %pi, %slow ]
  %q = phi ptr [ %qj, %inside ], [ %qi, %slow ]
  %v = load {kind}, ptr %p, align 1
  store {kind} %v, ptr %q, align 1
  %pi = getelementptr i8, ptr %p, i64 %sr
  %qi = getelementptr i8, ptr %q, i64 %tr
  %i2 = add i64 %i, 1
  %again = icmp slt i64 %i2, %m
  br i1 %again, label %slow, label %next
next:
  %j2 = add i64 %j, 1
  %pj2 = getelementptr i8, ptr %pj, i64 %sc
  %qj2 = getelementptr i8, ptr %qj, i64 %tc
  br label %column
done:
  ret void
}}""")
    b.do(f"call void @{name}(ptr {target}, i64 {target_strides[0]}, i64 {target_strides[1]}, ptr {source}, "
         f"i64 {source_strides[0]}, i64 {source_strides[1]}, i64 {rows}, i64 {count})")


def first_lanes(b: Builder, count: str, lanes: int, may_be_all: bool = False) -> Vec:
    """An i1 for each lane: is it below `count` (an i64), which is less than `lanes`, or at most if `may_be_all`?"""
    if b.target.vector_bytes == 64 and not may_be_all:
        ones = b.op(f"xor i64 {b.op(f'shl i64 -1, {count}')}, -1")
        if lanes < 64:
            ones = b.op(f"trunc i64 {ones} to i{lanes}")
        return b.vec("i1", lanes, f"bitcast i{lanes} {ones} to <{lanes} x i1>")
    narrow = b.op(f"trunc i64 {count} to i32")
    return b.iota("i32", lanes).compare("ult", b.spread(narrow, "i32", lanes))


def masked_load(b: Builder, kind: str, pointer: str, mask: Vec) -> Vec:
    """Zero in the lanes outside the mask, of which nothing is read."""
    lanes = mask.lanes
    name = f"llvm.masked.load.v{lanes}{SHORT[kind]}.p0"
    b.declare(name, f"<{lanes} x {kind}>", ["ptr", "i32", mask.type, f"<{lanes} x {kind}>"])
    return b.vec(kind, lanes, f"call <{lanes} x {kind}> @{name}(ptr {pointer}, i32 1, {mask}, "
                              f"<{lanes} x {kind}> zeroinitializer)")


def masked_store(b: Builder, value: Vec, pointer: str, mask: Vec) -> None:
    name = f"llvm.masked.store.v{value.lanes}{SHORT[value.kind]}.p0"
    b.declare(name, "void", [value.type, "ptr", "i32", mask.type])
    b.do(f"call void @{name}({value}, ptr {pointer}, i32 1, {mask})")


def has_masks(b: Builder, size: int) -> bool:
    """Can values of `size` bytes be loaded and stored with a mask?"""
    return b.target.vector_bytes == 64 or (b.target.vector_bytes == 32 and size >= 4)


def copy_in(b: Builder, size: int, buffer: str, source: str, count: str, mask: Vec) -> None:
    """`count` < lanes adjacent values to `buffer`, which has room for all lanes; `mask` is their `first_lanes`."""
    if not has_masks(b, size):
        strided_copy(b, size, buffer, size, source, size, count)
        return
    b.store(masked_load(b, f"i{8 * size}", source, mask), buffer, 64)


def copy_out(b: Builder, size: int, buffer: str, target: str, count: str, mask: Vec) -> None:
    """The first `count` < lanes values of `buffer` to adjacent places at `target`; see `copy_in`."""
    if not has_masks(b, size):
        strided_copy(b, size, target, size, buffer, size, count)
        return
    masked_store(b, b.load(f"i{8 * size}", mask.lanes, buffer, 64), target, mask)
