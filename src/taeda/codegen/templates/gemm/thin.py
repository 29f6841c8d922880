"""Products with few rows: C[b] = A[b] @ B[b] for A of at most `THIN_ROWS` rows, and matrix times vector.

Here B is read once and its way from memory is what counts: nothing is packed that can be used from where it is. The
sums and their order are those of `gemm_micro`, so the result has the bits that the same rows get in a large product.

 - Columns of B that are neighbours in memory: a few rows of B at a time, each read along its length, are added to the
   sums, which stay in the first cache.
 - k the fastest dimension of B (the weight of a linear layer, or A @ vector turned around): for `lanes` columns,
   squares of lanes by lanes units are transposed in registers and used at once.
 - What is left over (fewer columns than a vector, any other strides) is packed in small parts.

Operands and integers are those of `gemm`. The columns of C are divided into units of `COLUMN_UNIT`:

    work       batch * ceildiv(N, COLUMN_UNIT); for a product with a vector batch * ceildiv(M, COLUMN_UNIT)
    scratch    scratch_bytes(kind)
"""

from __future__ import annotations

import functools

from taeda.codegen.llvm import Arguments, FunctionWriter, ModuleWriter, Value, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.finish import Finish, finish_rows
from taeda.codegen.templates.gemm import micro as gemm_micro
from taeda.codegen.templates.gemm import pack as gemm_pack
from taeda.codegen.templates.gemm.blocked import Entry
from taeda.codegen.templates.gemm.finish import finish_of, load_old
from taeda.codegen.templates.gemm.kind import Kind, kind_of
from taeda.ir.loop import Expr

THIN_ROWS = 4
COLUMN_UNIT = 32
_COLUMNS = 1024  # of C in one go: their sums stay in the first cache
_UNITS = 4096  # of k in one go: the copied rows of A stay in the second cache
_PACKED_UNITS = 128  # of k packed at a time
_LINES_AHEAD = 4  # of each column, so far as what is read together stays in the first cache until it is used
_LINES_AHEAD_IN_WORDS = 8  # of bfloat16, of which a line holds more numbers


def scratch_bytes(kind: Kind) -> int:
    return THIN_ROWS * (_COLUMNS + _UNITS) * kind.unit + _PACKED_UNITS * kind.lanes * kind.unit


def along_rows(module: ModuleWriter, kind: Kind, rows: int) -> FunctionWriter:
    """sums[rows][columns] += a[rows][depth] @ b[depth][columns], with neighbouring columns, whole vectors of them."""
    f = module.function(f"along_rows_{rows}", [("ptr", "a"), ("i64", "a_row"), ("ptr", "b"), ("i64", "b_k"),
                                              ("ptr", "sums"), ("i64", "sums_row"), ("i64", "depth"),
                                              ("i64", "columns")])
    lanes = kind.lanes
    wide = 8 if kind.target.vector_registers == 32 or rows == 1 else 4
    a_rows = [f.at(f["a"], f["a_row"] * r if r else 0) for r in range(rows)]

    def some_units(k: Value, count: int) -> None:
        places_of_a = [[f.at(a_rows[r], (k + u) * kind.unit) for u in range(count)] for r in range(rows)]

        def element(r: int, u: int) -> Value:
            return f.splat(f.load(kind.packed_type, places_of_a[r][u]), lanes)

        # The elements of one row of A stay in registers; those of several are read again for each vector.
        kept = [element(0, u) for u in range(count)] if rows == 1 else []
        starts = [f.at(f["b"], (k * kind.depth + u) * f["b_k"]) for u in range(count * kind.depth)]

        def columns(j: Value) -> None:
            places = [f.at(f.at(f["sums"], f["sums_row"] * r if r else 0), j * kind.unit) for r in range(rows)]
            sums = [f.load(kind.vector, place) for place in places]
            for u in range(count):
                value = gemm_pack.load_across(f, kind, [f.at(s, j * kind.itemsize)
                                                        for s in starts[u * kind.depth:(u + 1) * kind.depth]])
                sums = [kind.multiply_add(f, kept[u] if kept else element(r, u), value, sums[r]) for r in range(rows)]
            for r in range(rows):
                f.store(sums[r], places[r])
        f.loop(0, f["columns"], columns, step=lanes)

    f.loop(0, f["depth"] - (wide - 1), lambda k: some_units(k, wide), step=wide)
    if wide > 1:
        f.loop(f["depth"] // wide * wide, f["depth"], lambda k: some_units(k, 1))
    f.ret()
    return f


def columns_together(kind: Kind) -> int:
    """Columns that `along_columns` takes at a time. More are slower from memory, as each is a walk of its own."""
    return max(16, kind.lanes)


def in_words(kind: Kind) -> bool:
    """True for bfloat16 that becomes float32: `along_columns` transposes words of two elements, the halves of which are
    the upper bits of numbers, so that it shuffles no more than there is in memory."""
    return kind.dtype == "bfloat16" and kind.converts and kind.depth == 1


def units_together(kind: Kind) -> int:
    """Units of k that `along_columns` takes at a time."""
    return kind.lanes * (2 if in_words(kind) else 1)


def load_square(f: FunctionWriter, kind: Kind, places: list[Value]) -> list[Value]:
    """`units_together` units along k from each of `lanes` places: a vector for each unit."""
    if not in_words(kind):
        return gemm_pack.load_square(f, kind, places)
    words = [f.load(vector(kind.lanes, "i32"), place, 2) for place in places]
    return [f.cast("bitcast", half, kind.vector) for word in gemm_pack.transpose(f, words, 4)
            for half in (word.shl(16), word & -65536)]


def along_columns(module: ModuleWriter, kind: Kind, rows: int, which: str) -> FunctionWriter:
    """The same for `columns_together` columns, or for `which` "some" at most so many, along which k is the fastest
    dimension; depth in multiples of `units_together`. For "dense" they follow each other without gaps, for "all" not.

    Sums of all of these columns are written; those beyond `columns` are arbitrary. Where vectors are short, several
    of them advance together, as each is a chain of dependent additions.
    """
    f = module.function(f"along_{which}_columns_{rows}", [
        ("ptr", "a"), ("i64", "a_row"), ("ptr", "b"), ("i64", "b_column"), ("ptr", "sums"), ("i64", "sums_row"),
        ("i64", "depth"), ("i64", "columns")])
    lanes = kind.lanes
    vectors = columns_together(kind) // lanes
    together = min(vectors, max(1, 4 // rows if rows < 3 else 1))
    last = f["columns"] - 1
    a_rows = [f.at(f["a"], f["a_row"] * r if r else 0) for r in range(rows)]
    # Each column is asked for some lines ahead, and past its end the one that takes its place: processors foresee one
    # walk through memory, and no further than its page. Where squares are narrower than a line, they take turns.
    # Columns without gaps are asked for as what they are, one walk, while those before them are added up.
    line, units = 64, units_together(kind)
    step = units * kind.depth * kind.itemsize
    ahead_bytes = line * (_LINES_AHEAD_IN_WORDS if in_words(kind) else _LINES_AHEAD)
    turns = min(lanes, max(1, line // step))
    length = f["depth"] * (kind.depth * kind.itemsize)
    following = f["b_column"] * columns_together(kind) - length
    lines = gemm_pack.apart(f, f["b_column"])
    existing = [f.at(f["b"], f.minimum(f.constant(j), last) * f["b_column"])
                for j in range(columns_together(kind) if which == "some" else 0)]

    def places_of(columns: range, at: Value) -> list[Value]:
        return [f.at(existing[j], at) for j in columns] if existing else lines(f.at(f["b"], at), columns)

    def ask_for_following(at: Value, taken: range) -> None:
        """The part of the next columns, as they lie in memory, that stands at the place of these squares."""
        start = f.at(f["b"], (f["b_column"] + at) * columns_together(kind))
        for place in range(taken.start * step, taken.stop * step, line):
            f.prefetch(f.at(start, place), 2)

    def ask_ahead(k: Value, at: Value, taken: range) -> None:
        coming = at + ahead_bytes
        coming = f.select(coming < length, coming, coming + following)
        if turns > 1:
            coming = coming + k // units % turns * f["b_column"]
        for place in lines(f.at(f["b"], coming), taken[::turns]):
            f.prefetch(place, 3)

    for first in range(0, vectors, together):
        columns = [range((first + v) * lanes, (first + v + 1) * lanes) for v in range(together)]
        places = [f.at(f.at(f["sums"], f["sums_row"] * r if r else 0), j.start * kind.unit)
                  for j in columns for r in range(rows)]

        def square(k: Value, *sums: Value, columns: list[range] = columns) -> list[Value]:
            values = list(sums)
            for v, taken in enumerate(columns):
                at = k * (kind.depth * kind.itemsize)
                if which == "dense":
                    ask_for_following(at, taken)
                else:
                    ask_ahead(k, at, taken)
                for u, column in enumerate(load_square(f, kind, places_of(taken, at))):
                    for r in range(rows):
                        element = f.splat(f.load(kind.packed_type, f.at(a_rows[r], (k + u) * kind.unit)), lanes)
                        values[v * rows + r] = kind.multiply_add(f, element, column, values[v * rows + r])
            return values

        sums = f.loop(0, f["depth"], square, step=units, carry=[f.load(kind.vector, place) for place in places])
        for value, place in zip(sums, places, strict=True):
            f.store(value, place)
    f.ret()
    return f


def columns_of(module: ModuleWriter, kind: Kind, finish: Finish) -> FunctionWriter:
    """Some columns of C, at most _COLUMNS, for all of K. Strides in bytes, pointers at the first of the columns."""
    any_order = gemm_pack.any_order(module, kind, "pack_any")
    pack_rows = gemm_pack.b_rows(module, kind, 1, any_order)
    copy_rows = gemm_pack.a_rows(module, kind)
    # For one row and for THIN_ROWS; of two or three rows the missing ones are copies of the first, and go nowhere.
    by_rows = [along_rows(module, kind, r) for r in (1, THIN_ROWS)]
    by_columns = [[along_columns(module, kind, r, which) for r in (1, THIN_ROWS)] for which in ("some", "all", "dense")]
    copy_elements = None if kind.masks else gemm_micro.copy_elements(module, kind)
    by_packing = gemm_micro.tile(module, kind, THIN_ROWS, 1, copy_elements)
    finish_of_rows = finish_rows(module, finish, kind.lanes)
    begin_from = load_old(module, kind)

    f = module.function("columns_of", [
        ("ptr", "a"), ("i64", "a_row"), ("i64", "a_k"), ("ptr", "b"), ("i64", "b_k"), ("i64", "b_column"), ("ptr", "c"),
        ("i64", "c_row"), *finish.parameters, ("i64", "accumulate"), ("i64", "rows"), ("i64", "columns"), ("i64", "K"),
        ("ptr", "scratch")])
    rows, columns, size, unit, lanes = f["rows"], f["columns"], kind.itemsize, kind.unit, kind.lanes
    sums, sums_row = f["scratch"], f.constant(_COLUMNS * unit)
    copied, copied_row = f.at(sums, THIN_ROWS * _COLUMNS * unit), f.constant(_UNITS * unit)
    packed = f.at(copied, THIN_ROWS * _UNITS * unit)

    def for_rows(functions: list[FunctionWriter], *values: Value) -> None:
        one, several = functions
        f.branch(rows.equals(1), lambda: f.call(one, *values), lambda: f.call(several, *values))

    def zero(r: Value) -> None:
        nothing = f.constant(0, kind.vector)
        f.loop(0, columns, lambda j: f.store(nothing, f.at(sums, r * sums_row + j * unit)), step=lanes)

    # Rows that do not exist take part too: what scratch happens to hold could be numbers that are slow to add.
    taken = f.select(rows < 2, rows, f.constant(THIN_ROWS))
    f.branch(f["accumulate"].differs(0),
             lambda: f.call(begin_from, f["c"], f["c_row"], sums, sums_row, rows, columns),
             lambda: f.loop(0, rows, zero) and None)
    f.loop(rows, taken, zero)

    def by_parts(first_column: Value, count: Value, first_unit: Value, units: Value, source: Value,
                 elements: Value) -> None:
        """Up to `lanes` columns, packed in parts of _PACKED_UNITS units."""
        def part(k: Value) -> None:
            some = f.minimum(units - k, _PACKED_UNITS)
            at = f.at(source, (k * kind.depth) * f["b_k"] + first_column * f["b_column"])
            some_elements = f.minimum(elements - k * kind.depth, some * kind.depth)
            f.branch(f["b_column"].equals(size), lambda: f.call(pack_rows, at, f["b_k"], packed, count, some_elements),
                     lambda: f.call(any_order, at, f["b_column"], f["b_k"], packed, f.constant(unit),
                                    f.constant(lanes * unit), count, some_elements))
            # All lanes of sums exist, so that none needs to be left out.
            f.call(by_packing, f.at(copied, (first_unit + k) * unit), copied_row, f.constant(unit), packed,
                   f.constant(lanes * unit), some, f.at(sums, first_column * unit), sums_row, f.constant(1), rows,
                   f.constant(lanes))
        f.loop(0, units, part, step=_PACKED_UNITS)

    def k_part(k: Value) -> None:
        elements = f.minimum(f["K"] - k, _UNITS * kind.depth)
        depth = f.ceil_div(elements, kind.depth)
        source_a, source_b = f.at(f["a"], k * f["a_k"]), f.at(f["b"], k * f["b_k"])

        def copy(target: Value, count: Value) -> None:
            f.branch(f["a_k"].equals(size),
                     lambda: f.call(copy_rows, source_a, f["a_row"], target, copied_row, count, elements),
                     lambda: f.call(any_order, source_a, f["a_row"], f["a_k"], target, copied_row, f.constant(unit),
                                    count, elements))
        copy(copied, rows)
        f.loop(rows, taken, lambda r: copy(f.at(copied, r * copied_row), f.constant(1)))

        def rest_of_columns(first: Value) -> None:
            f.loop(first, columns, lambda j: by_parts(j, f.minimum(columns - j, lanes), f.constant(0), depth, source_b,
                                                      elements), step=lanes)

        def neighbouring_columns() -> None:
            whole = columns // lanes * lanes
            pairs = elements // kind.depth  # whole units
            for_rows(by_rows, copied, copied_row, source_b, f["b_k"], sums, sums_row, pairs, whole)
            if kind.depth > 1:
                left = depth - pairs
                f.loop(0, f.select(left > 0, whole, f.constant(0)), lambda j: by_parts(
                    j, f.constant(lanes), pairs, left, f.at(source_b, pairs * kind.depth * f["b_k"]),
                    elements - pairs * kind.depth), step=lanes)
            rest_of_columns(whole)

        def neighbouring_k() -> None:
            together = units_together(kind)
            whole = elements // (kind.depth * together) * together
            gap = f["b_column"] - whole * (kind.depth * size)
            dense = (gap >= 0) & (gap < together * kind.depth * size)

            def group(j: Value) -> None:
                count = f.minimum(columns - j, columns_together(kind))
                some, all_, without_gaps = (functools.partial(
                    for_rows, functions, copied, copied_row, f.at(source_b, j * f["b_column"]), f["b_column"],
                    f.at(sums, j * unit), sums_row, whole, count) for functions in by_columns)
                f.branch(count.equals(columns_together(kind)),
                         lambda: f.branch(dense, without_gaps, all_) and None, some)
            f.branch(whole > 0, lambda: f.loop(0, columns, group, step=columns_together(kind)) and None)

            def rest_of_k(j: Value) -> None:
                by_parts(j, f.minimum(columns - j, lanes), whole, depth - whole,
                         f.at(source_b, whole * kind.depth * f["b_k"]), elements - whole * kind.depth)
            f.branch(depth > whole, lambda: f.loop(0, columns, rest_of_k, step=lanes) and None)

        f.branch(f["b_column"].equals(size), neighbouring_columns, lambda: f.branch(
            f["b_k"].equals(size), neighbouring_k, lambda: rest_of_columns(f.constant(0))) and None)

    f.loop(0, f["K"], k_part, step=_UNITS * kind.depth)
    f.call(finish_of_rows, sums, sums_row, f["c"], f["c_row"], *finish.rows_from(f, 0), rows, columns)
    f.ret()
    return f


def emit_gemm_thin(target: Target, dtype: str, out_dtype: str | None = None, epilogue: Expr | None = None,
                   squares: bool = False) -> str:
    """LLVM IR of the kernel for products with at most THIN_ROWS rows or one column."""
    kind = kind_of(target, dtype, out_dtype, squares)
    module = ModuleWriter(target)
    finish = finish_of(kind, epilogue)
    columns = columns_of(module, kind, finish)
    f = module.kernel()
    e = Entry(f, Arguments(f), kind, finish, turns=True)
    units = f.ceil_div(e.N, COLUMN_UNIT)

    def some_columns(at: Value) -> list[Value]:
        """The columns of one matrix from unit `at` on, as many as there are and go in one time."""
        matrix, first = at // units, at % units * COLUMN_UNIT
        end = f.minimum(f.minimum(e.N, first + (f["end"] - at) * COLUMN_UNIT), first + _COLUMNS)
        f.call(columns, *e.block(matrix, f.constant(0), first, e.M, end - first))
        return [at + f.ceil_div(end - first, COLUMN_UNIT)]

    f.repeat(lambda at: at < f["end"], some_columns, carry=[f["begin"]])
    f.ret(0)
    return module.text()
