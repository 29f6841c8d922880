"""Sorting and selection along one dimension: sort, topk, kthvalue, median, mode; and drawing an order by lot.

Elements become unsigned keys whose order is the wanted one: sign bits turned, -0 made +0, NaN the largest, all bits
turned for a descending order. So one algorithm serves all dtypes and directions, and equal elements keep their
order in both. Rows of up to `SMALL` keys are sorted by insertion, longer ones by a radix sort, a byte at a time from
the lowest, in which passes that would move nothing are left out. Selection goes from the highest byte down and
keeps only the candidates.

The input is contiguous (outer, row, inner) and sorted along the middle; integers `[row, inner]`; work: outer * inner
rows. Row lengths stay below 2**31. Scratch: `scratch_bytes`. What is launched for a method is said at the end.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import Arguments, FunctionWriter, ModuleWriter, Value, bits_type, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, start_kernel
from taeda.ir.dtype import FLOATS, info, itemsize
from taeda.ir.expression import Symbol, lines, maximum

SMALL = 48  # longer rows are sorted by radix
FEW = 32    # of topk, kept sorted by insertion
LONGEST = 2 ** 31 - 1  # positions are kept in 32 bits


def scratch_bytes(row: Any, itemsize: int) -> Any:
    """Two arrays of keys, two of positions, the counts of the bytes."""
    return (row + 1) * (2 * itemsize + 8) + 256 * 4 * itemsize + 256


def ordered_key(f: FunctionWriter, bits: Value, dtype: str, descending: bool) -> Value:
    """The unsigned key of elements given by their bits (a scalar or a vector)."""
    size = itemsize(dtype)
    sign = -(1 << (8 * size - 1))
    key = bits
    if dtype in FLOATS:
        magnitude = bits & (~sign)
        flips = bits.ashr(8 * size - 1) | sign
        key = bits ^ flips
        key = f.select(magnitude.equals(0), sign, key)
        key = f.select(magnitude.compare("ugt", info(dtype).infinity_bits), -1, key)
    elif info(dtype).is_signed:
        key = bits ^ sign
    return key ^ (-1) if descending else key


class Rows:
    """Pointers into scratch: keys and positions, twice, and the counts."""

    def __init__(self, f: FunctionWriter, arguments: Arguments, dtype: str) -> None:
        reader = Reader(f, arguments)
        self.f, self.dtype, self.size = f, dtype, itemsize(dtype)
        self.row, self.inner = reader.many(2)
        self.reader = reader
        self.type = bits_type(dtype)
        room = self.row + 1
        self.keys = arguments.scratch
        self.other_keys = f.at(self.keys, room * self.size)
        self.places = f.at(self.other_keys, room * self.size)
        self.other_places = f.at(self.places, room * 4)
        self.counts = f.at(self.other_places, room * 4)

    def start(self, base: Value, number: Value, row: Value, itemsize: int) -> Value:
        """Where row `number` of an (outer, row, inner) tensor begins."""
        outer, inside = number // self.inner, number % self.inner
        return self.f.at(base, (outer * row * self.inner + inside) * itemsize)

    def load_keys(self, source: Value, descending: bool) -> None:
        """The keys of one row."""
        f, size = self.f, self.size
        step = self.inner * size

        def one(i: Value) -> None:
            f.store(ordered_key(f, f.load(self.type, f.at(source, i * step)), self.dtype, descending),
                    f.at(self.keys, i * size))

        def adjacent() -> None:
            lanes = f.module.target.lanes(size)
            whole = self.row - self.row % lanes

            def several(i: Value) -> None:
                key = ordered_key(f, f.load(vector(lanes, self.type), f.at(source, i * size)), self.dtype, descending)
                f.store(key, f.at(self.keys, i * size))
            f.loop(0, whole, several, step=lanes)
            f.loop(whole, self.row, one)
        f.branch(self.inner.equals(1), adjacent, lambda: f.loop(0, self.row, one))

    def number(self) -> None:
        """places[i] = i."""
        f = self.f
        f.loop(0, self.row, lambda i: f.store(f.cast("trunc", i, "i32"), f.at(self.places, i * 4)))

    def sort(self, count: Value) -> tuple[Value, Value]:
        """Sort the first `count` keys with their places; the pointers to where they are then."""
        f = self.f
        swapped = f.call(sort_function(f.module, self.type, self.size), self.keys, self.places, self.other_keys,
                         self.other_places, self.counts, count)
        assert swapped is not None
        other = swapped.differs(0)
        return f.select(other, self.other_keys, self.keys), f.select(other, self.other_places, self.places)


def _digit(f: FunctionWriter, key: Value, byte: int) -> Value:
    wide = f.cast("zext", key, "i64")
    return wide.lshr(8 * byte) & 255 if byte else (
        wide & 255)


def _count_bytes(f: FunctionWriter, keys: Value, count: Value, counts: Value, type: str, size: int,
                 bytes: list[int]) -> None:
    """counts[256 * n + digit] for the n-th of `bytes`."""
    zero = f.constant(0, "i32")
    f.loop(0, f.constant(256 * len(bytes)), lambda i: f.store(zero, f.at(counts, i * 4)))

    def one(i: Value) -> None:
        key = f.load(type, f.at(keys, i * size))
        for n, byte in enumerate(bytes):
            place = f.at(counts, (_digit(f, key, byte) + 256 * n) * 4)
            f.store(f.load("i32", place) + 1, place)
    f.loop(0, count, one)


def sort_function(module: ModuleWriter, type: str, size: int) -> FunctionWriter:
    """i64 sort_row(keys, places, other_keys, other_places, counts, count): stable; 1 if the result is in the others."""
    if "sort_row" in module.functions:
        return module.functions["sort_row"]
    names = ("keys", "places", "other_keys", "other_places", "counts")
    f = module.function("sort_row", [*(("ptr", n) for n in names), ("i64", "count")], "i64")
    keys, places, other_keys, other_places, counts = (f[n] for n in names)
    count = f["count"]

    def insertion() -> Value:
        def insert(i: Value) -> None:
            key, place = f.load(type, f.at(keys, i * size)), f.load("i32", f.at(places, i * 4))

            def larger(j: Value) -> Value:
                before = f.select(j > 0, j - 1, 0)
                above = f.load(type, f.at(keys, before * size)).compare("ugt", key)
                return (j > 0) & above

            def shift(j: Value) -> list[Value]:
                f.store(f.load(type, f.at(keys, (j - 1) * size)), f.at(keys, j * size))
                f.store(f.load("i32", f.at(places, (j - 1) * 4)), f.at(places, j * 4))
                return [j - 1]
            (at,) = f.repeat(larger, shift, [i])
            f.store(key, f.at(keys, at * size))
            f.store(place, f.at(places, at * 4))
        f.loop(1, count, insert)
        return f.constant(0)

    def radix() -> Value:
        _count_bytes(f, keys, count, counts, type, size, list(range(size)))
        state = [keys, places, other_keys, other_places, f.constant(0)]
        for byte in range(size):
            table = f.at(counts, byte * 1024)

            def move(table: Value = table, byte: int = byte, state: list[Value] = state) -> list[Value]:
                source, at, target, target_at, swapped = state

                def start(d: Value, sum: Value) -> list[Value]:
                    place = f.at(table, d * 4)
                    here = f.load("i32", place)
                    f.store(sum, place)
                    return [sum + here]
                f.loop(0, f.constant(256), start, carry=[f.constant(0, "i32")])

                def one(i: Value) -> None:
                    key = f.load(type, f.at(source, i * size))
                    slot = f.at(table, _digit(f, key, byte) * 4)
                    to32 = f.load("i32", slot)
                    f.store(to32 + 1, slot)
                    to = f.cast("zext", to32, "i64")
                    f.store(key, f.at(target, to * size))
                    f.store(f.load("i32", f.at(at, i * 4)), f.at(target_at, to * 4))
                f.loop(0, count, one)
                return [target, target_at, source, at, 1 - swapped]
            first = _digit(f, f.load(type, state[0]), byte)
            same = f.cast("zext", f.load("i32", f.at(table, first * 4)), "i64").equals(count)
            state = f.branch(same, lambda state=state: state, move)  # type: ignore[misc]
        return state[4]
    (swapped,) = f.branch(count <= SMALL, insertion, radix)
    f.ret(swapped)
    return f


def emit_sort(target: Target, *, dtype: str, descending: bool) -> str:
    """Operands [input, values, indices int64], all of one shape. Stable; NaN counts as the largest."""
    module, f, arguments = start_kernel(target)
    rows = Rows(f, arguments, dtype)
    source, values, indices = (arguments.data(k) for k in range(3))

    def row(number: Value) -> None:
        here = rows.start(source, number, rows.row, rows.size)
        rows.load_keys(here, descending)
        rows.number()
        _, places = rows.sort(rows.row)
        _write(rows, here, places, rows.row, rows.start(values, number, rows.row, rows.size),
               rows.start(indices, number, rows.row, 8))
    f.loop(f["begin"], f["end"], row)
    f.ret(0)
    return module.text()


def _write(rows: Rows, source: Value, places: Value, count: Value, values: Value, indices: Value) -> None:
    """The elements at `places` of a row, and the places."""
    f, inner = rows.f, rows.inner

    def one(i: Value) -> None:
        place = f.cast("zext", f.load("i32", f.at(places, i * 4)), "i64")
        f.store(f.load(rows.type, f.at(source, place * inner * rows.size)), f.at(values, i * inner * rows.size))
        f.store(place, f.at(indices, i * inner * 8))
    f.loop(0, count, one)


def select_function(module: ModuleWriter, type: str, size: int) -> FunctionWriter:
    """i64 select_key(keys, spare, counts, count, rank): the key that would stand at `rank` if `keys` were sorted; the
    rank among its equals is left in spare[0] (as i64)."""
    if "select_key" in module.functions:
        return module.functions["select_key"]
    f = module.function("select_key", [("ptr", "keys"), ("ptr", "spare"), ("ptr", "counts"), ("i64", "count"),
                                       ("i64", "rank")], "i64")
    spare, counts = f["spare"], f["counts"]
    source, count, rank = f["keys"], f["count"], f["rank"]
    for byte in reversed(range(size)):
        _count_bytes(f, source, count, counts, type, size, [byte])

        def before(d: Value, rank: Value) -> Value:
            return rank.compare("sge", _count(f, counts, d))
        digit, rank = f.repeat(before, lambda d, rank: [d + 1, rank - _count(f, counts, d)], [f.constant(0), rank])

        def keep(i: Value, kept: Value, source: Value = source, digit: Value = digit, byte: int = byte) -> list[Value]:
            key = f.load(type, f.at(source, i * size))
            f.store(key, f.at(spare, kept * size))
            return [kept + f.cast("zext", _digit(f, key, byte).equals(digit), "i64")]
        (count,) = f.loop(0, count, keep, carry=[f.constant(0)])
        source = spare
    found = f.load(type, spare)
    f.store(rank, counts)
    f.ret(f.cast("zext", found, "i64"))
    return f


def _count(f: FunctionWriter, counts: Value, digit: Value) -> Value:
    return f.cast("zext", f.load("i32", f.at(counts, digit * 4)), "i64")


def _select(rows: Rows, rank: Value) -> tuple[Value, Value]:
    """The key at `rank` of the row's keys and its rank among its equals."""
    f = rows.f
    wide = f.call(select_function(f.module, rows.type, rows.size), rows.keys, rows.other_keys, rows.counts, rows.row,
                  rank)
    assert wide is not None
    return f.cast("trunc", wide, rows.type), f.load("i64", rows.counts)


def keep_function(module: ModuleWriter, type: str, size: int) -> FunctionWriter:
    """i64 keep_first(keys, places, spare, counts, count, k): the first k of `count` keys as if sorted, moved to the
    front in the order they stand in; the last of their keys."""
    select = select_function(module, type, size)
    if "keep_first" in module.functions:
        return module.functions["keep_first"]
    f = module.function("keep_first", [*(("ptr", n) for n in ("keys", "places", "spare", "counts")), ("i64", "count"),
                                       ("i64", "k")], "i64")
    keys, places = f["keys"], f["places"]
    wide = f.call(select, keys, f["spare"], f["counts"], f["count"], f["k"] - 1)
    assert wide is not None
    last, equal_rank = f.cast("trunc", wide, type), f.load("i64", f["counts"])

    def take(i: Value, taken: Value, equals: Value) -> list[Value]:
        key, place = f.load(type, f.at(keys, i * size)), f.load("i32", f.at(places, i * 4))
        same = key.equals(last)
        wanted = key.compare("ult", last) | (same & (equals <= equal_rank))
        f.store(key, f.at(keys, taken * size))
        f.store(place, f.at(places, taken * 4))
        return [taken + f.cast("zext", wanted, "i64"), equals + f.cast("zext", same, "i64")]
    f.loop(0, f["count"], take, carry=[f.constant(0), f.constant(0)])
    f.ret(wide)
    return f


def insert_function(module: ModuleWriter, type: str, size: int) -> FunctionWriter:
    """i64 insert_key(keys, places, count, key, place): into sorted keys, after its equals; the largest key then."""
    if "insert_key" in module.functions:
        return module.functions["insert_key"]
    f = module.function("insert_key", [("ptr", "keys"), ("ptr", "places"), ("i64", "count"), (type, "key"),
                                       ("i64", "place")], "i64")
    keys, places, key = f["keys"], f["places"], f["key"]

    def larger(j: Value) -> Value:
        above = f.load(type, f.at(keys, f.maximum(j - 1, 0) * size)).compare("ugt", key)
        return (j > 0) & above

    def shift(j: Value) -> list[Value]:
        f.store(f.load(type, f.at(keys, (j - 1) * size)), f.at(keys, j * size))
        f.store(f.load("i32", f.at(places, (j - 1) * 4)), f.at(places, j * 4))
        return [j - 1]
    (at,) = f.repeat(larger, shift, [f["count"]])
    f.store(key, f.at(keys, at * size))
    f.store(f.cast("trunc", f["place"], "i32"), f.at(places, at * 4))
    f.ret(f.cast("zext", f.load(type, f.at(keys, f["count"] * size)), "i64"))
    return f


def emit_topk(target: Target, *, dtype: str, largest: bool) -> str:
    """The first k of the row as sorted. Operands [input, values, indices]; integers [row, inner, k], 1 <= k <= row.

    The k best so far are kept while the row is read once; elements that do not come before the last of them are passed
    over, a vector at a time. Up to `FEW` of them are kept sorted; more are collected until there is no room, and then
    cut to k. Where k is a large part of the row, the whole row is collected."""
    module, f, arguments = start_kernel(target)
    rows = Rows(f, arguments, dtype)
    k = rows.reader.one()
    source, values, indices = (arguments.data(n) for n in range(3))
    keep = keep_function(module, rows.type, rows.size)
    insert = insert_function(module, rows.type, rows.size)
    lanes = max(8, target.lanes(rows.size))

    def keep_first(count: Value) -> Value:
        found = f.call(keep, rows.keys, rows.places, rows.other_keys, rows.counts, count, k)
        assert found is not None
        return f.cast("trunc", found, rows.type)

    def row(number: Value) -> None:
        here = rows.start(source, number, rows.row, rows.size)

        def put_in(i: Value, key: Value, count: Value) -> Value:
            found = f.call(insert, rows.keys, rows.places, count, key, i)
            assert found is not None
            return f.cast("trunc", found, rows.type)

        def few() -> None:
            step = rows.inner * rows.size

            def key_at(i: Value) -> Value:
                return ordered_key(f, f.load(rows.type, f.at(here, i * step)), dtype, largest)

            def consider(i: Value, last: Value) -> list[Value]:
                key = key_at(i)
                return f.branch(key.compare("ult", last), lambda: [put_in(i, key, k - 1)], lambda: [last])

            def several(i: Value, last: Value) -> list[Value]:
                key = ordered_key(f, f.load(vector(lanes, rows.type), f.at(here, i * rows.size)), dtype, largest)
                better = f.cast("bitcast", key.compare("ult", f.splat(last, lanes)), f"i{lanes}")
                return f.branch(better.differs(0), lambda: f.loop(i, i + lanes, consider, carry=[last]), lambda: [last])
            (last,) = f.loop(0, k, lambda i, _: [put_in(i, key_at(i), i)], carry=[f.constant(0, rows.type)])
            whole = f.select(rows.inner.equals(1), rows.row - (rows.row - k) % lanes, k)
            (last,) = f.loop(k, whole, several, step=lanes, carry=[last])
            f.loop(whole, rows.row, consider, carry=[last])

        def at_once() -> None:
            rows.load_keys(here, largest)
            rows.number()
            keep_first(rows.row)

        def streaming() -> None:
            room = k * 2 + 16 * lanes
            room = room - room % lanes

            def key_at(i: Value, type: str) -> Value:
                return ordered_key(f, f.load(type, f.at(here, i * rows.size)), dtype, largest)

            def put(i: Value, key: Value, count: Value) -> None:
                f.store(key, f.at(rows.keys, count * rows.size))
                f.store(f.cast("trunc", i, "i32"), f.at(rows.places, count * 4))
            f.loop(0, room, lambda i: put(i, key_at(i, rows.type), i))
            last = keep_first(room)
            whole = rows.row - rows.row % lanes

            def several(i: Value, count: Value, last: Value) -> list[Value]:
                key = key_at(i, vector(lanes, rows.type))
                better = f.cast("bitcast", key.compare("ult", f.splat(last, lanes)), f"i{lanes}")
                bits = better if lanes == 64 else f.cast("zext", better, "i64")

                def some() -> list[Value]:

                    def one(left: Value, count: Value) -> list[Value]:
                        lane = f.intrinsic("llvm.cttz", left, extra="i1 true")
                        put(i + lane, key_at(i + lane, rows.type), count)
                        return [left & (left - 1), count + 1]
                    _, new = f.repeat(lambda left, count: left.differs(0), one, [bits, count])
                    # Room for one more vector is kept free.
                    return f.branch(new > room - lanes, lambda: [k, keep_first(new)], lambda: [new, last])
                return f.branch(bits.differs(0), some, lambda: [count, last])
            count, last = f.loop(room, whole, several, step=lanes, carry=[k, last])

            def rest(i: Value, count: Value) -> list[Value]:
                key = key_at(i, rows.type)
                put(i, key, count)
                return [count + f.cast("zext", key.compare("ult", last), "i64")]
            (count,) = f.loop(whole, rows.row, rest, carry=[count])
            keep_first(count)
        long = (rows.row > k * 8 + 64 * lanes) & rows.inner.equals(1)
        def many() -> list[Value]:
            f.branch(long, streaming, at_once)
            return [rows.sort(k)[1]]

        def sorted_already() -> list[Value]:
            few()
            return [rows.places]
        (places,) = f.branch(k <= FEW, sorted_already, many)
        _write(rows, here, places, k, rows.start(values, number, k, rows.size), rows.start(indices, number, k, 8))
    f.loop(f["begin"], f["end"], row)
    f.ret(0)
    return module.text()


def emit_select(target: Target, *, dtype: str, mode: str) -> str:
    """One element of each row: mode 'kth' the one at place k (from 1) of the sorted row; 'median' the one in the
    middle, the lower of two, NaN if there is one; 'nanmedian' the same among the elements that are not NaN.

    Operands [input, values, indices] with the row's dimension 1 in the results; integers [row, inner, k]."""
    if mode not in ("kth", "median", "nanmedian"):
        raise ValueError(f"mode {mode!r}")
    module, f, arguments = start_kernel(target)
    rows = Rows(f, arguments, dtype)
    k = rows.reader.one()
    source, values, indices = (arguments.data(n) for n in range(3))

    def row(number: Value) -> None:
        here = rows.start(source, number, rows.row, rows.size)
        rows.load_keys(here, False)
        rank = k - 1
        if mode != "kth":
            nans = f.constant(0)
            if dtype in FLOATS:
                def count(i: Value, nans: Value) -> list[Value]:
                    this = f.load(rows.type, f.at(rows.keys, i * rows.size))
                    return [nans + f.cast("zext", this.equals(-1), "i64")]
                (nans,) = f.loop(0, rows.row, count, carry=[nans])
            rest = rows.row - nans
            middle = (rest - 1) // 2
            if mode == "median":
                rank = f.select(nans > 0, rest, middle)
            else:
                rank = f.select(rest > 0, middle, 0)
        place = f.branch(rows.row <= SMALL, lambda: [by_sorting(rank)], lambda: [by_selecting(rank)])[0]
        f.store(f.load(rows.type, f.at(here, place * rows.inner * rows.size)), f.at(values, number * rows.size))
        f.store(place, f.at(indices, number * 8))

    def by_sorting(rank: Value) -> Value:
        rows.number()
        _, places = rows.sort(rows.row)
        return f.cast("zext", f.load("i32", f.at(places, rank * 4)), "i64")

    def by_selecting(rank: Value) -> Value:
        key, equal_rank = _select(rows, rank)

        def before(i: Value, equals: Value) -> Value:
            same = f.load(rows.type, f.at(rows.keys, i * rows.size)).equals(key)
            return (same & equals.equals(equal_rank)) ^ 1

        def step(i: Value, equals: Value) -> list[Value]:
            same = f.load(rows.type, f.at(rows.keys, i * rows.size)).equals(key)
            return [i + 1, equals + f.cast("zext", same, "i64")]
        place, _ = f.repeat(before, step, [f.constant(0), f.constant(0)])
        return place
    f.loop(f["begin"], f["end"], row)
    f.ret(0)
    return module.text()


def emit_mode(target: Target, *, dtype: str) -> str:
    """The most frequent element of each row, the smallest of several, and where it stands last.

    Operands [input, values, indices] as for `emit_select`; integers [row, inner]."""
    module, f, arguments = start_kernel(target)
    rows = Rows(f, arguments, dtype)
    source, values, indices = (arguments.data(n) for n in range(3))

    def row(number: Value) -> None:
        here = rows.start(source, number, rows.row, rows.size)
        rows.load_keys(here, False)
        rows.number()
        keys, places = rows.sort(rows.row)

        def step(i: Value, previous: Value, run: Value, best: Value, at: Value) -> list[Value]:
            this = f.load(rows.type, f.at(keys, i * rows.size))
            run = f.select(this.equals(previous), run + 1, f.constant(1))
            better = run > best
            return [this, run, f.select(better, run, best), f.select(better, i, at)]
        first = f.load(rows.type, keys)
        *_, at = f.loop(1, rows.row, step, carry=[first, f.constant(1), f.constant(1), f.constant(0)])
        place = f.cast("zext", f.load("i32", f.at(places, at * 4)), "i64")
        f.store(f.load(rows.type, f.at(here, place * rows.inner * rows.size)), f.at(values, number * rows.size))
        f.store(place, f.at(indices, number * 8))
    f.loop(f["begin"], f["end"], row)
    f.ret(0)
    return module.text()


def emit_shuffle(target: Target) -> str:
    """The order that a row of random numbers draws (the reference says how). Operands [numbers int64, out int64],
    contiguous; integers [row]; work: rows.

    Places are known ahead of their turn, so they are asked for then: a row larger than a cache would wait for each."""
    module, f, arguments = start_kernel(target)
    row = Reader(f, arguments).one()
    ahead = 32

    def shuffle(number: Value) -> None:
        numbers, out = (f.at(arguments.data(k), number * row * 8) for k in range(2))

        def place(i: Value) -> Value:
            wide = [f.cast("zext", x, "i128") for x in (f.load("i64", f.at(numbers, i * 8)), i + 1)]
            return f.at(out, f.cast("trunc", (wide[0] * wide[1]).lshr(64), "i64") * 8)

        def one(i: Value) -> None:
            drawn = place(i)
            f.store(f.load("i64", drawn), f.at(out, i * 8))
            f.store(i, drawn)

        def asking(i: Value) -> None:
            f.prefetch(place(i + ahead), 3)
            one(i)
        begun = f.maximum(row - ahead, 0)
        f.loop(0, begun, asking)
        f.loop(begun, row, one)
    f.loop(f["begin"], f["end"], shuffle)
    f.ret(0)
    return module.text()


def _launch(b: Any, template: Any, params: dict[str, Any], input: Any, outputs: list[Any], dim: int,
            extra: tuple[Any, ...] = (), when: Any = None) -> None:
    outer, row, inner = lines(input.shape, dim)
    if isinstance(row, Symbol):
        fits: Any = row  # a Symbol's comparisons give Symbols
        b.check(fits <= LONGEST, NotImplementedError, "sorting rows of more than 2**31 - 1 elements, got {0}", row)
    b.launch(template, {"dtype": input.dtype, **params}, [b.contiguous(input), *outputs], [row, inner, *extra],
             work=outer * inner, grain=maximum(1, 4096 // maximum(1, row)),
             scratch=scratch_bytes(row, itemsize(input.dtype)), when=when)


def sort(b: Any, *, input: Any, values: Any, places: Any, dim: int, descending: bool) -> None:
    _launch(b, emit_sort, {"descending": descending}, input, [values, places], dim)


def topk(b: Any, *, input: Any, values: Any, places: Any, dim: int, largest: bool) -> None:
    k = values.size(dim)
    _launch(b, emit_topk, {"largest": largest}, input, [values, places], dim, (k,), k > 0)


def select_rank(b: Any, *, input: Any, values: Any, places: Any, dim: int, mode: str, k: Any) -> None:
    if mode == "mode":
        _launch(b, emit_mode, {}, input, [values, places], dim)
    else:
        _launch(b, emit_select, {"mode": mode}, input, [values, places], dim, (k,))


def shuffle(b: Any, *, numbers: Any, out: Any) -> None:
    outer, row, _ = lines(numbers.shape, numbers.ndim - 1)
    b.launch(emit_shuffle, {}, [b.contiguous(numbers), out], [row], work=outer,
             grain=maximum(1, 4096 // maximum(1, row)))
