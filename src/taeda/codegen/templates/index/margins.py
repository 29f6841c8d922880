"""Rows with margins: the middle of each is copied, what stands before and behind it is read at places of the row.

Operands `[input, places int64, out]`, the elements of rows adjacent; integers `[size of input's rows, of out's, begin,
cut, length, then sizes of the other dimensions, strides of input, of out]`, strides in bytes: the `length` elements
from `cut` on come to `begin`. Work: rows. Fault 1: a place out of range (place, size).
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import Value, bits_type
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, advance, copy_function, leave_if, offset_of, positions, start_kernel
from taeda.ir.dtype import itemsize
from taeda.ir.expression import maximum, product

PIECE = 32768  # elements that are worth a piece of their own


def emit_margins(target: Target, *, dtype: str, rank: int) -> str:
    """The kernel described above; `rank` counts the dimensions besides that of rows."""
    module, f, arguments = start_kernel(target)
    reader = Reader(f, arguments)
    size, row, begin, cut, length = reader.many(5)
    sizes, input_strides, out_strides = (reader.many(rank) for _ in range(3))
    input, places, out = (arguments.data(k) for k in range(3))
    bytes, type = itemsize(dtype), bits_type(dtype)
    copy = copy_function(module)

    def one(_: Value, *at: Value) -> Any:
        source, target_row = offset_of(f, input, at, input_strides), offset_of(f, out, at, out_strides)
        f.call(copy, f.at(target_row, begin * bytes), f.at(source, cut * bytes), length * bytes)

        def margin(j: Value) -> None:
            place = f.load("i64", f.at(places, j * 8))
            leave_if(f, place.compare("uge", size), 1, arguments.fault, lambda: [place, size])
            f.store(f.load(type, f.at(source, place * bytes)), f.at(target_row, j * bytes))
        f.loop(0, begin, margin)
        f.loop(begin + length, row, margin)
        return advance(f, at, sizes) if at else ()
    f.loop(f["begin"], f["end"], one, carry=positions(f, f["begin"], sizes))
    f.ret(0)
    return module.text()


def copy_rows(b: Any, *, input: Any, places: Any, out: Any, begin: Any, cut: Any, length: Any,
              fault: tuple[str, str]) -> None:
    bytes, rank = itemsize(input.dtype), out.ndim - 1
    outer = [out.size(d) for d in range(rank)]
    strides = [x.stride(d) * bytes for x in (input, out) for d in range(rank)]
    b.launch(emit_margins, {"dtype": input.dtype, "rank": rank}, [input, b.contiguous(places), out],
             [input.size(-1), out.size(-1), begin, cut, length, *outer, *strides], work=product(outer),
             grain=maximum(1, PIECE // maximum(1, out.size(-1))), faults=[(1, *fault)])
