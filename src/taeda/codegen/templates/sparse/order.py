"""The order of entries: grouped by a number that each has, rows of them taken apart."""

from __future__ import annotations

from taeda.codegen.llvm import Value
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, leave_if, start_kernel


def emit_group(target: Target, *, ordered: bool) -> str:
    """pointers[n] = how many of the keys are below n, and the places of the keys in the order of their numbers, equal
    ones as they come (a counting sort).

    Operands [keys int64, (order int64), pointers int64 (bound + 1), places int64]; with `ordered` key k is keys[
    order[k]], and places are those in `keys`: an order that names a place twice counts it twice, so that every group
    has the room it needs. Integers [keys, bound]; work: 1. Fault 1: a key out of range (place, key, bound); fault 2: an
    entry of the order that is none (place, entry, keys)."""
    module, f, arguments = start_kernel(target)
    count, bound = Reader(f, arguments).many(2)
    keys, pointers, result = (arguments.data(k) for k in (0, 1 + ordered, 2 + ordered))

    def place_of(i: Value) -> Value:
        return f.load("i64", f.at(arguments.data(1), i * 8)) if ordered else i

    f.loop(0, bound + 1, lambda n: f.store(f.constant(0), f.at(pointers, n * 8)))

    def tally(i: Value) -> None:
        place = place_of(i)
        if ordered:
            leave_if(f, place.compare("uge", count), 2, arguments.fault, lambda: [i, place, count])
        key = f.load("i64", f.at(keys, place * 8))
        leave_if(f, key.compare("uge", bound), 1, arguments.fault, lambda: [place, key, bound])
        at = f.at(pointers, (key + 1) * 8)
        f.store(f.load("i64", at) + 1, at)
    f.loop(0, count, tally)

    def add_up(n: Value, total: Value) -> list[Value]:
        at = f.at(pointers, (n + 1) * 8)
        total = total + f.load("i64", at)
        f.store(total, at)
        return [total]
    f.loop(0, bound, add_up, carry=[f.constant(0)])

    def put(i: Value) -> None:
        place = place_of(i)
        at = f.at(pointers, f.load("i64", f.at(keys, place * 8)) * 8)
        here = f.load("i64", at)
        f.store(place, f.at(result, here * 8))
        f.store(here + 1, at)
    f.loop(0, count, put)  # each pointer has moved on to where the next group begins

    def back(n: Value, before: Value) -> list[Value]:
        at = f.at(pointers, n * 8)
        moved = f.load("i64", at)
        f.store(before, at)
        return [moved]
    f.loop(0, bound, back, carry=[f.constant(0)])
    f.ret(0)
    return module.text()


def emit_row_numbers(target: Target) -> str:
    """numbers[e] = the row that entry e is in.

    Operands [pointers int64 (rows + 1), numbers int64 (entries)]; integers [rows, entries]; work: rows. Fault 1: the
    pointers do not rise from 0 to the number of entries (row, first, last, entries)."""
    module, f, arguments = start_kernel(target)
    rows, entries = Reader(f, arguments).many(2)
    pointers, numbers = arguments.data(0), arguments.data(1)

    def one(row: Value) -> None:
        first, last = (f.load("i64", f.at(pointers, (row + k) * 8)) for k in (0, 1))
        wrong = first.compare("ugt", last) | last.compare("ugt", entries)
        wrong = wrong | (row.equals(0) & first.differs(0)) | ((row + 1).equals(rows) & last.differs(entries))
        leave_if(f, wrong, 1, arguments.fault, lambda: [row, first, last, entries])
        f.loop(first, last, lambda e: f.store(row, f.at(numbers, e * 8)))
    f.loop(f["begin"], f["end"], one)
    f.ret(0)
    return module.text()
