"""What happens to the results of a method before they are stored: the epilogue, and conversion to what is stored.

An *epilogue* is a loop-IR expression of what is stored, over `load(0)`, the result (a sum, in the dtype of sums), and
`load(k)`, an element of extra operand k. Results are finished a piece at a time, rows of them by columns, while they
are in a cache: all templates do so by the function that `finish_rows` writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taeda.codegen.llvm import Arguments, FunctionWriter, ModuleWriter, Value, memory_type, vector
from taeda.codegen.scalars.convert import from_memory, to_memory
from taeda.codegen.scalars.expression import evaluate, read_number
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr, cast, load, walk


@dataclass(frozen=True)
class Finish:
    """An epilogue of results in `dtype`, and the parameters that say where its extra operands are to the functions that
    do it. The results are only converted where `finish` is 0."""

    value: Expr
    dtype: str
    dtypes: tuple[str, ...]  # of the extra operands

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return [*((type, f"extra{k}{name}") for k in range(len(self.dtypes))
                  for type, name in (("ptr", ""), ("i64", "_row"), ("i64", "_column"))),
                ("i64", "finish"), ("ptr", "numbers")]

    def rows_from(self, f: FunctionWriter, row: Value | int) -> list[Value]:
        """These parameters of `f`, from row `row` on."""
        result = []
        for k in range(len(self.dtypes)):
            result += [f.at(f[f"extra{k}"], f[f"extra{k}_row"] * row), f[f"extra{k}_row"], f[f"extra{k}_column"]]
        return [*result, f["finish"], f["numbers"]]


def finish_of(value: Expr, dtype: str) -> Finish:
    extra = {e.attribute: e.dtype for e in walk((value,)) if e.op == "load" and e.attribute > 0}
    return Finish(value, dtype, tuple(extra[k] for k in sorted(extra)))


def finish_rows(module: ModuleWriter, finish: Finish, lanes: int, name: str = "finish_rows") -> FunctionWriter:
    """The function that finishes `rows` rows of `columns` results at `sums` (rows `sums_row` bytes apart), to `out`. In
    and out may be the same memory."""
    source, stored = finish.dtype, finish.value.dtype
    f = module.function(name, [("ptr", "sums"), ("i64", "sums_row"), ("ptr", "out"), ("i64", "c_row"),
                               *finish.parameters, ("i64", "rows"), ("i64", "columns")])
    extras = range(len(finish.dtypes))
    adjacent = [f[f"extra{k}_column"].equals(itemsize(finish.dtypes[k])) for k in extras]
    # Vectors only where the columns of every extra operand are neighbours, or one.
    vectors = f.constant(1, "i1")
    for k in extras:
        vectors = vectors & (adjacent[k] | f[f"extra{k}_column"].equals(0))

    def row(i: Value) -> None:
        sums, out = f.at(f["sums"], i * f["sums_row"]), f.at(f["out"], i * f["c_row"])
        starts = [f.at(f[f"extra{k}"], i * f[f"extra{k}_row"]) for k in extras]

        def extra(k: int, j: Value, count: int) -> Value:
            place, dtype = f.at(starts[k], j * f[f"extra{k}_column"]), finish.dtypes[k]
            one, type = memory_type(dtype), vector(count, memory_type(dtype))
            if count == 0:
                return from_memory(f, f.load(one, place), dtype)
            (loaded,) = f.branch(adjacent[k], lambda: f.load(type, place), lambda: f.splat(f.load(one, place), count))
            return from_memory(f, loaded, dtype)

        def totals(j: Value, count: int) -> Value:
            type = memory_type(source)
            return f.load(vector(count, type) if count else type, f.at(sums, j * itemsize(source)))

        def elements(j: Value, loaded: Value, count: int, finished: bool) -> None:
            total = from_memory(f, loaded, source)

            def leaf(node: Expr) -> Value:
                if node.op == "scalar":
                    return read_number(f, f["numbers"], node)
                assert node.op == "load", f"{node.op} in an epilogue"
                return total if node.attribute == 0 else extra(node.attribute - 1, j, count)
            value = evaluate(f, finish.value if finished else cast(load(0, source), stored), count, leaf)
            f.store(to_memory(f, value, stored), f.at(out, j * itemsize(stored)))

        def pass_(finished: bool) -> None:
            columns = f["columns"]
            if finished:
                columns = f.select(vectors, columns, f.constant(0))
            # What is over goes in a vector that overlaps the one before, and so is read before that is stored.
            last, over = columns - lanes, (columns > lanes) & (columns % lanes).differs(0)
            (kept,) = f.branch(over, lambda: totals(last, lanes),
                               lambda: f.constant(0, vector(lanes, memory_type(source))))
            # Two vectors at a time: functions are long chains of dependent instructions.
            pairs = columns // (2 * lanes) * (2 * lanes)
            f.loop(0, pairs, lambda j: elements(j, totals(j, 2 * lanes), 2 * lanes, finished), step=2 * lanes)
            end = f.select(over | (columns % lanes).equals(0), columns, f.constant(0))

            def one(j: Value) -> None:
                overlaps = j > last
                (loaded,) = f.branch(overlaps, lambda: kept, lambda: totals(j, lanes))
                elements(f.minimum(j, last), loaded, lanes, finished)
            f.loop(pairs, end, one, step=lanes)
            f.loop(end, f["columns"], lambda j: elements(j, totals(j, 0), 0, finished))

        f.branch(f["finish"].differs(0), lambda: pass_(True), lambda: pass_(False))

    f.loop(0, f["rows"], row)
    f.ret()
    return f


class Finisher:
    """Finishes results in the function of a kernel: `value` over results of `dtype`, by vectors of `lanes`."""

    def __init__(self, module: ModuleWriter, value: Expr, dtype: str, lanes: int) -> None:
        self.finish = finish_of(value, dtype)
        self.function = finish_rows(module, self.finish, lanes)
        self.size, self.stored = itemsize(dtype), itemsize(value.dtype)

    @property
    def operands(self) -> int:
        return len(self.finish.dtypes)

    def start(self, f: FunctionWriter, arguments: Arguments, operand: int, integer: int, dims: int,
              number: int = 0) -> None:
        """Reads what the kernel was given: extra operands from number `operand` on, from `integer` on the strides of
        each, in bytes, along the `dims` dimensions of results, of which the last two are rows and columns, and from
        `number` on the run-time numbers."""
        self.f, self.numbers = f, f.at(arguments.scalars, 8 * number)
        self.extras = [(arguments.data(operand + k), [arguments.integer(integer + k * dims + d) for d in range(dims)])
                       for k in range(self.operands)]

    def rows(self, sums: Value, sums_row: Value, out: Value, out_row: Value, at: Sequence[Value | int], rows: Value,
             columns: Value) -> None:
        """`rows` rows of `columns` results, the first of which stands `at` these coordinates."""
        f = self.f
        extras: list[Value] = []
        for base, strides in self.extras:
            for place, stride in zip(at, strides, strict=True):
                base = f.at(base, stride * place)
            extras += [base, *strides[-2:]]
        f.call(self.function, sums, sums_row, out, out_row, *extras, f.constant(1), self.numbers, rows, columns)
