"""Blocks of W values that are not W whole adjacent values: ends of rows and strided operands.

The vector code of a loop exists once and only ever reads and writes whole vectors. Where fewer than W values are left,
or where they are not adjacent, they are copied to a buffer on the stack first, and results are copied back.
"""

from __future__ import annotations

from taeda.codegen.text import Builder, Vec

_MEMORY_KIND = {1: "i8", 2: "i16", 4: "i32", 8: "i64"}


def strided_copy(b: Builder, size: int, target: str, target_stride: str | int, source: str, source_stride: str | int,
                 count: str) -> None:
    """Copies `count` values of `size` bytes; strides in bytes."""
    kind = _MEMORY_KIND[size]
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


def first_lanes(b: Builder, count: str, lanes: int) -> Vec:
    """An i1 for each lane: is it below `count` (an i64)?"""
    narrow = b.op(f"trunc i64 {count} to i32")
    return b.iota("i32", lanes).compare("ult", b.spread(narrow, "i32", lanes))


def _has_masks(b: Builder, size: int) -> bool:
    return b.target.vector_bytes == 64 or (b.target.vector_bytes == 32 and size >= 4)


def copy_in(b: Builder, size: int, buffer: str, source: str, count: str, lanes: int) -> None:
    """`count` < lanes adjacent values to `buffer`, which has room for `lanes`."""
    if not _has_masks(b, size):
        strided_copy(b, size, buffer, size, source, size, count)
        return
    mask = first_lanes(b, count, lanes)
    kind = _MEMORY_KIND[size]
    name = f"llvm.masked.load.v{lanes}{kind}.p0"
    b.declare(name, f"<{lanes} x {kind}>", ["ptr", "i32", mask.type, f"<{lanes} x {kind}>"])
    value = b.vec(kind, lanes, f"call <{lanes} x {kind}> @{name}(ptr {source}, i32 1, {mask}, "
                               f"<{lanes} x {kind}> zeroinitializer)")
    b.store(value, buffer, 64)


def copy_out(b: Builder, size: int, buffer: str, target: str, count: str, lanes: int) -> None:
    """The first `count` < lanes values of `buffer` to adjacent places at `target`."""
    if not _has_masks(b, size):
        strided_copy(b, size, target, size, buffer, size, count)
        return
    mask = first_lanes(b, count, lanes)
    kind = _MEMORY_KIND[size]
    name = f"llvm.masked.store.v{lanes}{kind}.p0"
    b.declare(name, "void", [f"<{lanes} x {kind}>", "ptr", "i32", mask.type])
    value = b.load(kind, lanes, buffer, 64)
    b.do(f"call void @{name}({value}, ptr {target}, i32 1, {mask})")
