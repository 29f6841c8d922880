"""The matrix product kernel: C[b] = A[b] @ B[b], or added to what C holds, with an epilogue.

All sizes and strides are run-time integers, so one kernel for each dtype serves every shape, transposition and
broadcast. A work item is a block of C (block.py): at most `row_block` rows by `column_block` columns of one matrix of
the batch. Blocks share nothing, so there is nothing to wait for; what B costs to pack again for each block of rows is
small if a block has some hundred rows. How large the blocks are changes no bit of the result (see micro.py).

    operands   a, b, extra operands of the epilogue, those of a prologue (prologue.py), out
    integers   M, N, K, a_row, a_k, b_k, b_column, c_row, accumulate, finish, rank, row_block, slow_row (bytes: rows of
               A a multiple of that apart are copied),
               then for each extra operand: row, column (of those of a prologue: k, column),
               then for each of `rank` batch dimensions: size, a_stride, b_stride, c_stride, those of extra operands
               (strides in elements; columns of out are neighbours)
    scalars    those of the epilogue and of the prologue
    work       batch * ceildiv(M, row_block) * divided(N, columns of kind.column_blocks)
    scratch    scratch_bytes(kind), a constant
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taeda.codegen.llvm import Arguments, FunctionWriter, ModuleWriter, Value
from taeda.codegen.target import Target
from taeda.codegen.templates.finish import Finish
from taeda.codegen.templates.gemm import pack
from taeda.codegen.templates.gemm.block import Block, Strided
from taeda.codegen.templates.gemm.finish import finish_of
from taeda.codegen.templates.gemm.kind import Kind, kind_of
from taeda.codegen.templates.gemm.prologue import Made, dtypes_of
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr

NAMES = ["M", "N", "K", "a_row", "a_k", "b_k", "b_column", "c_row", "accumulate", "finish", "rank", "row_block",
         "slow_row"]


class Entry:
    """The arguments of a kernel. If it `turns`, a product with a vector is turned around, so that tiles lie along the
    long side; its C must be contiguous. `made`: the dtypes of the operands of a prologue."""

    def __init__(self, f: FunctionWriter, arguments: Arguments, kind: Kind, finish: Finish, turns: bool,
                 made: Sequence[str] = ()) -> None:
        self.f, self.arguments, self.kind, self.finish = f, arguments, kind, finish
        i = self.integers = {name: arguments.integer(k) for k, name in enumerate(NAMES)}
        extras = range(len(finish.dtypes))
        self.batch_integers = f.at(arguments.integers, 8 * (len(NAMES) + 2 * len(extras)))
        self.turned = i["N"].equals(1) & i["c_row"].equals(1) if turns else None
        in_size, out_size = kind.itemsize, kind.out_itemsize
        a, b = arguments.data(0), arguments.data(1)
        self.out = arguments.data(2 + len(extras) + len(made[1:]))
        self.made = []  # (pointer, bytes between neighbours along k, between columns)
        for k, dtype in enumerate(made[1:], len(extras)):
            strides = [arguments.integer(len(NAMES) + 2 * k + n) * itemsize(dtype) for n in range(2)]
            self.made.append((arguments.data(2 + k), *strides))
        self.M, self.N = self.turn(i["M"], i["N"])
        self.a, self.b = self.turn(a, b)
        b_size = itemsize(made[0]) if made else in_size
        self.a_row, self.b_column = self.turn(i["a_row"] * in_size, i["b_column"] * b_size)
        self.a_k, self.b_k = self.turn(i["a_k"] * in_size, i["b_k"] * b_size)
        self.made_any = bool(made)
        self.c_row = i["c_row"] * out_size
        self.extras = []  # (pointer, bytes between rows, between columns)
        for k in extras:
            row, column = (arguments.integer(len(NAMES) + 2 * k + n) * itemsize(finish.dtypes[k]) for n in range(2))
            self.extras.append((arguments.data(2 + k), *self.turn(row, column)))

    def turn(self, x: Value, y: Value) -> tuple[Value, Value]:
        if self.turned is None:
            return x, y
        return self.f.select(self.turned, y, x), self.f.select(self.turned, x, y)

    def block(self, matrix: Value, row: Value, column: Value, rows: Value, columns: Value) -> list[Value]:
        """Arguments for the function that does `rows` x `columns` of one matrix of the batch."""
        f, i, kind = self.f, self.integers, self.kind
        in_size, out_size = kind.itemsize, kind.out_itemsize

        def dimension(d: Value, left: Value, *offsets: Value) -> list[Value]:
            entry = f.at(self.batch_integers, (i["rank"] - 1 - d) * (8 * (1 + len(offsets))))
            size = f.load("i64", entry)
            coordinate = left % size
            strides = [f.load("i64", f.at(entry, 8 * (k + 1))) for k in range(len(offsets))]
            return [left // size, *(o + coordinate * s for o, s in zip(offsets, strides, strict=True))]

        _, a_at, b_at, c_at, *extras_at = f.loop(0, i["rank"], dimension, carry=[
            matrix, *[f.constant(0)] * (3 + len(self.extras))])
        a_at, b_at = self.turn(a_at, b_at)
        extras = []
        for (base, by_row, by_column), dtype, at in zip(self.extras, self.finish.dtypes, extras_at, strict=True):
            extras += [f.at(base, at * itemsize(dtype) + row * by_row + column * by_column), by_row, by_column]
        # A product with a prologue is one of matrices: what is of the batch is zero.
        made = [v for base, by_k, by_column in self.made for v in (f.at(base, column * by_column), by_k, by_column)]
        made += [self.arguments.scalars] if self.made_any else []
        return [
            f.at(self.a, a_at * in_size + row * self.a_row), self.a_row, self.a_k,
            f.at(self.b, b_at * in_size + column * self.b_column), self.b_k, self.b_column, *made,
            f.at(self.out, c_at * out_size + row * self.c_row + column * out_size), self.c_row,
            *extras, i["finish"], self.arguments.scalars, i["accumulate"], rows, columns, i["K"],
            self.arguments.scratch]


def emit_gemm(target: Target, dtype: str, out_dtype: str | None = None, epilogue: Expr | None = None,
              prologue: Expr | None = None, squares: bool = False, fours: bool = False) -> str:
    """LLVM IR of the product kernel for matrices of `dtype` (result of `out_dtype`, by default the same).

    Raises NotImplementedError for dtypes that have no products (bool, complex).
    """
    kind = kind_of(target, dtype, out_dtype, squares, fours)
    module = ModuleWriter(target)
    finish = finish_of(kind, epilogue)
    any_order = pack.any_order(module, kind, "pack_any")
    right = Strided(module, kind, any_order) if prologue is None else Made(module, kind, prologue, any_order)
    block = Block(module, kind, finish, any_order, right)
    f = module.kernel()
    e = Entry(f, Arguments(f), kind, finish, turns=False, made=[] if prologue is None else dtypes_of(prologue))
    row_block, slow_row = e.integers["row_block"], e.integers["slow_row"]

    def body(*place: Value) -> None:
        *arguments, scratch = e.block(*place)
        f.call(block.f, *arguments, slow_row, scratch)
    for_blocks(f, kind, e.M, e.N, row_block, body)
    f.ret(0)
    return module.text()


def for_blocks(f: FunctionWriter, kind: Kind, M: Value, N: Value, row_block: Value,
               body: Callable[..., object]) -> None:
    """body(matrix, row, column, rows, columns) for the blocks from f["begin"] to f["end"], of at most `row_block` rows.

    Blocks next to each other in number, which one thread takes, are next to each other in C's rows: where two threads
    write to the same rows, each one's caches fetch lines ahead that the other is about to write.
    """
    most_columns, unit = f.constant(kind.column_blocks[-1][1]), f.constant(kind.columns)
    for largest, columns in reversed(kind.column_blocks[:-1]):
        narrow = M * N <= largest
        most_columns = f.select(narrow, f.constant(columns), most_columns)
        unit = f.select(narrow, f.constant(kind.lanes), unit)
    row_blocks = f.ceil_div(M, row_block)
    column_blocks = divided(N, most_columns, row_blocks, f.minimum)
    row_block = f.ceil_div(f.ceil_div(M, row_blocks), kind.rows) * kind.rows
    # Blocks of columns differ by a unit at most, and none is empty: a panel, or where there are few a vector.
    units = f.ceil_div(N, unit)

    def item(at: Value) -> None:
        number, rest = at % column_blocks, at // column_blocks
        row = rest % row_blocks * row_block
        column, end = ((number + n) * units // column_blocks * unit for n in (0, 1))
        body(rest // row_blocks, row, column, f.minimum(M - row, row_block), f.minimum(N, end) - column)
    f.loop(f["begin"], f["end"], item)


def divided(N: Any, most: Any, row_blocks: Any, minimum: Callable[[Any, Any], Any]) -> Any:
    """Into how many blocks of at most `most` columns N is divided: where there are several, such that all blocks are an
    even number, so that two threads have the same to do. Of run-time values here, of expressions where the work is
    counted."""
    blocks = (N + (most - 1)) // most
    return blocks + blocks % 2 * (row_blocks % 2) * minimum(blocks - 1, 1)
