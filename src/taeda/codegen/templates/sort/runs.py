"""Runs of equal neighbours in a row (what unique is made of), places in sorted rows (searchsorted), and repetition.

All operands are contiguous.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import Value
from taeda.codegen.target import Target
from taeda.codegen.templates.index.mask import CHUNK
from taeda.codegen.templates.rows import Reader, leave_if, load_wide, start_kernel
from taeda.ir.dtype import FLOATS, info, itemsize
from taeda.ir.expression import maximum


def emit_run_starts(target: Target, *, dtype: str) -> str:
    """starts[i] = 1 where element i differs from the one before it; the first is a start, and so is each NaN.

    Operands [input, starts bool]; work: elements."""
    module, f, arguments = start_kernel(target)
    data, starts = arguments.data(0), arguments.data(1)
    size = itemsize(dtype)

    def one(i: Value) -> None:
        x = load_wide(f, f.at(data, i * size), dtype)
        before = load_wide(f, f.at(data, f.maximum(i - 1, 0) * size), dtype)
        start = i.equals(0) | x.compare("une" if dtype in FLOATS else "ne", before)
        f.store(f.cast("zext", start, "i8"), f.at(starts, i))
    f.loop(f["begin"], f["end"], one)
    f.ret(0)
    return module.text()


def emit_runs(target: Target, *, permuted: bool) -> str:
    """inverse[p] = number of the run that element i is in, where p is i, or places[i] if `permuted`; and firsts[r] =
    where run r starts, with the number of elements after the last.

    Operands [starts, offsets, (places int64), inverse int64, firsts int64 (runs + 1)], starts and offsets as in
    `index_mask`; integers [elements, runs]; work: chunks."""
    module, f, arguments = start_kernel(target)
    count, runs = Reader(f, arguments).many(2)
    starts, offsets = arguments.data(0), arguments.data(1)
    inverse, firsts = arguments.data(2 + permuted), arguments.data(3 + permuted)

    def chunk(c: Value) -> None:
        begin = c * CHUNK

        def one(i: Value, run: Value) -> list[Value]:
            start = f.load("i8", f.at(starts, i)).differs(0)

            def first() -> None:
                f.store(i, f.at(firsts, run * 8))
            f.branch(start, first)
            run = run + f.cast("zext", start, "i64")
            place = f.load("i64", f.at(arguments.data(2), i * 8)) if permuted else i
            f.store(run - 1, f.at(inverse, place * 8))
            return [run]
        f.loop(begin, f.minimum(begin + CHUNK, count), one, carry=[f.load("i64", f.at(offsets, c * 8))])
        f.branch(c.equals(0), lambda: f.store(count, f.at(firsts, runs * 8)))
    f.loop(f["begin"], f["end"], chunk)
    f.ret(0)
    return module.text()


def emit_search(target: Target, *, dtype: str, right: bool, result: str, sorter: bool) -> str:
    """result[r, j] = the first place of sorted row r whose element is not less than values[r, j] (greater, if `right`).

    Operands [rows, values, (sorter int64), result]; with a sorter, element i of a row is the one at sorter[i]. Integers
    [elements of a row, values of a row, elements between rows (0: one row for all)]; work: values. Fault 1: an entry of
    the sorter out of range (entry, row size)."""
    module, f, arguments = start_kernel(target)
    row, count, step = Reader(f, arguments).many(3)
    data, values, out = arguments.data(0), arguments.data(1), arguments.data(2 + sorter)
    size = itemsize(dtype)
    sign = "o" if dtype in FLOATS else "s" if info(dtype).is_signed else "u"

    def one(w: Value) -> None:
        base = (w // count) * step
        wanted = load_wide(f, f.at(values, w * size), dtype)

        def narrower(low: Value, high: Value) -> list[Value]:
            middle = (low + high) // 2
            place = middle
            if sorter:
                place = f.load("i64", f.at(arguments.data(2), (base + middle) * 8))
                leave_if(f, place.compare("uge", row), 1, arguments.fault, lambda: [place, row])
            x = load_wide(f, f.at(data, (base + place) * size), dtype)
            stays = x.compare(sign + ("gt" if right else "ge"), wanted)
            return [f.select(stays, low, middle + 1), f.select(stays, middle, high)]
        found, _ = f.repeat(lambda low, high: low < high, narrower, [f.constant(0), row])
        if result == "int32":
            f.store(f.cast("trunc", found, "i32"), f.at(out, w * 4))
        else:
            f.store(found, f.at(out, w * 8))
    f.loop(f["begin"], f["end"], one)
    f.ret(0)
    return module.text()


def emit_total(target: Target) -> str:
    """total[0] = sum of the elements. Operands [input int64, total int64]; integers [elements]; work: 1. Fault 1: a
    negative element (element, position)."""
    module, f, arguments = start_kernel(target)
    count = Reader(f, arguments).one()
    data, total = arguments.data(0), arguments.data(1)

    def one(i: Value, sum: Value) -> list[Value]:
        x = f.load("i64", f.at(data, i * 8))
        leave_if(f, x < 0, 1, arguments.fault, lambda: [x, i])
        return [sum + x]
    (sum,) = f.loop(0, count, one, carry=[f.constant(0)])
    f.store(sum, total)
    f.ret(0)
    return module.text()


def emit_repeat(target: Target) -> str:
    """Each i, repeats[i] times. Operands [repeats int64, result int64]; integers [elements]; work: 1."""
    module, f, arguments = start_kernel(target)
    count = Reader(f, arguments).one()
    repeats, result = arguments.data(0), arguments.data(1)

    def one(i: Value, at: Value) -> list[Value]:
        end = at + f.load("i64", f.at(repeats, i * 8))
        f.loop(at, end, lambda j: f.store(i, f.at(result, j * 8)))
        return [end]
    f.loop(0, count, one, carry=[f.constant(0)])
    f.ret(0)
    return module.text()


def search_rows(b: Any, *, rows: Any, values: Any, sorter: Any, out: Any, right: bool, fault: tuple[str, str]) -> None:
    operands = [b.contiguous(rows), b.contiguous(values), *([] if sorter is None else [b.contiguous(sorter)]), out]
    size = rows.size(-1)
    count = values.size(-1) if rows.ndim > 1 else values.numel()
    b.launch(emit_search,
             {"dtype": rows.dtype, "right": right, "result": out.dtype, "sorter": sorter is not None}, operands,
             [size, maximum(1, count), size if rows.ndim > 1 else 0], work=values.numel(), grain=1024,
             faults=[(1, *fault)])


def total(b: Any, *, counts: Any, total: Any, fault: tuple[str, str]) -> None:
    b.launch(emit_total, {}, [counts, total], [counts.numel()], faults=[(1, *fault)])


def repeat_numbers(b: Any, *, counts: Any, out: Any) -> None:
    b.launch(emit_repeat, {}, [counts, out], [counts.numel()])
