"""How matrix products are carried out: which kernel is launched, on what, in which pieces.

Everything is a formula of run-time sizes and strides.
The method (`gemm` for blocks, `gemm_thin` for few rows) depends on M and N, the result does not: both add up in the
same order (see `gemm_micro`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from taeda.codegen.templates.gemm import thin as gemm_thin
from taeda.codegen.templates.gemm.block import PAGE, scratch_bytes
from taeda.codegen.templates.gemm.blocked import divided, emit_gemm
from taeda.codegen.templates.gemm.finish import add_bias
from taeda.codegen.templates.gemm.kind import Kind, kind_of
from taeda.codegen.templates.gemm.prologue import made_scratch_bytes
from taeda.compiler.builder import TemplateSpec
from taeda.ir.epilogue import Epilogue, Prologue
from taeda.ir.expression import all_of, make, unwrap, wrap
from taeda.ir.loop import Expr, Kernel, Operand, Reduce, Store, cast, load, reduced, scalar, substitute, walk

SHARED_PRODUCT = 1 << 19  # multiplications of a product that is worth several threads


def _make(operator: str, *operands: Any) -> Any:
    return wrap(make(operator, *(unwrap(o) for o in operands)))


def _product(sizes: Sequence[Any]) -> Any:
    return math.prod(sizes[1:], start=sizes[0]) if sizes else 1


def _stride(tensor: Any, dim: int) -> Any:
    """The stride along a non-negative dimension that may be broadcast; 0 for one that is missing."""
    return 0 if dim < 0 else _make("where", _make("eq", tensor.size(dim), 1), 0, tensor.stride(dim))


def strides_of(extras: Sequence[Any]) -> list[Any]:
    """Of each operand of an epilogue: between rows and between columns."""
    return [_stride(x, x.ndim - n) for x in extras for n in (2, 1)]


def rows_of_blocks(kind: Kind, M: Any, N: Any, K: Any) -> Any:
    """Rows of a block, at most. Few processors have enough to do with taller ones; where C has so few columns that
    there would be fewer blocks than processors, they share the rows, and each packs B."""
    most: Any = kind.row_block
    if kind.target.processors <= 4:
        most = _make("where", _make("le", M * N, 1 << 21), most, kind.tall_row_block)
    shared = _make("ceildiv", M * _make("ceildiv", N, _most_columns(kind, M, N)), kind.target.processors)
    return _make("where", _make("le", M * N * K, SHARED_PRODUCT), most, _make("min", most, _make("max", shared, 32)))


def slow_row(kind: Kind) -> int:
    """Bytes: rows of A that are a multiple of that apart are copied. Where the first cache holds the lines of a tile's
    rows at one place of a page, and some of B, reading them where they are is faster, since nothing waits for it."""
    return PAGE if kind.target.first_cache_ways < kind.rows + 4 else 1 << 62


def blocks_of(kind: Kind, M: Any, N: Any, row_block: Any) -> Any:
    """How many blocks the rows and columns of C are divided into (see codegen/templates/gemm/blocked.py)."""
    row_blocks = _make("ceildiv", M, row_block)
    return row_blocks * divided(N, _most_columns(kind, M, N), row_blocks, lambda a, b: _make("min", a, b))


def _most_columns(kind: Kind, M: Any, N: Any) -> Any:
    most: Any = kind.column_blocks[-1][1]
    for largest, columns in reversed(kind.column_blocks[:-1]):
        most = _make("where", _make("le", M * N, largest), columns, most)
    return most


def _sums(kind: Kind) -> tuple[Expr, ...]:
    """The epilogues that add one operand."""
    product, other = load(0, kind.compute), load(1, kind.out_dtype)
    return (add_bias(kind), *((other + product,) if kind.compute == kind.out_dtype else ()))


def composed(kind: Kind, bias: Any, epilogue: Epilogue) -> tuple[Expr, list[Any]]:
    """An epilogue of the finished sums, and its operands: the bias is added first, the result rounded to its dtype."""
    extras = [] if bias is None else [bias]
    result = add_bias(kind, epilogue.dtype) if extras else cast(load(0, kind.compute), epilogue.dtype)
    replacement = {e: load(e.attribute + len(extras), e.dtype) if e.attribute else result
                   for e in walk((epilogue.value,)) if e.op == "load"}
    return substitute((epilogue.value,), replacement)[0], [*extras, *epilogue.operands]


def matmul(b: Any, *, left: Any, right: Any, out: Any, bias: Any = None, accumulate: bool = False,
           epilogue: Epilogue | None = None, prologue: Prologue | None = None, squares: bool = False) -> None:
    """Launches out[..., M, N] = left[..., M, K] @ right[..., K, N] (+ bias), with batch dimensions broadcast.

    `left` and `right` are registers of the same dtype with two dimensions or more, of any strides, so that transposed
    and broadcast views need no copy. (Batch dimensions of `left` that can be joined with its rows should be, where
    `right` is one matrix.) `out` has the broadcast batch dimensions, and its last dimension is contiguous; its dtype
    is that of the operands (or int32 for int8 and int16 operands). `bias`, of the dtype of `out`, has at most the
    dimensions of `out`, is broadcast to it, and is added to the finished sums before they are rounded to the dtype.
    With `accumulate` the sums start from what `out` holds. `epilogue` is what is done to that result before it is
    stored; its operands have at most the dimensions of `out` and are broadcast to it. Then `out` has the dtype that it
    stores. `prologue` says what `right` is, which then is not in memory (Builder.later): it is made as it is
    packed, where that makes each element once.

    With `squares`, out[..., i, j] is the sum of (left[..., i, k] - right[..., k, j])**2 instead.

    An empty K gives zeros (or the bias). Sizes are not checked here. Raises NotImplementedError for dtypes that have no
    products (bool, complex).
    """
    kind = kind_of(b.target, left.dtype, out.dtype, squares)
    plain = not (squares or accumulate or bias is not None or epilogue or prologue)
    if plain and kind.dtype == "int8" and b.target.int8_dot:
        _multiply_in_fours(b, kind, left, right, out)
        return
    if prologue is not None:
        source, M, N = prologue.operands[0], left.size(-2), right.size(-1)
        # Where one block has all rows, and reading is what counts, each element is made as it is packed: by as many
        # threads as would do it otherwise, along vectors. Of a few rows and a small matrix the thin kernel is better.
        once: Any = 0
        if out.ndim == 2:
            vectors = _make("or", *(_make("eq", source.stride(d), 1) for d in range(2)))
            large = _make("or", _make("lt", gemm_thin.THIN_ROWS, M), _make("lt", 1 << 20, N * right.size(-2)))
            once = all_of(_make("le", M, kind.row_block // 2), _make("lt", kind.column_blocks[0][1], N), vectors, large)
            _launch(b, kind, left, right, out, bias, accumulate, epilogue, prologue, once)
        right = b.made(right, _make("not", once))
        _launch(b, kind, left, right, out, bias, accumulate, epilogue, when=_make("not", once))
        return
    _launch(b, kind, left, right, out, bias, accumulate, epilogue)


def _multiply_in_fours(b: Any, kind: Kind, left: Any, right: Any, out: Any) -> None:
    """The product of int8 with four multiplications in one instruction, where it is worth what that takes: it gives
    sums of left * (right + 128), so 128 times the sums of the rows are taken off."""
    M, N, K = left.size(-2), out.size(-1), left.size(-1)
    fours = all_of(_make("lt", gemm_thin.THIN_ROWS, M), _make("lt", 1, N), _make("lt", 1 << 14, M * N * K))
    _launch(b, kind, left, right, out, None, False, None, when=_make("not", fours))
    sums_of_rows = Kernel((Operand("int8", "input"), Operand(kind.compute, "row")),
                          (Reduce("sum", cast(load(0, "int8"), kind.compute)),
                           Store(1, reduced(0, kind.compute) * -128)), "sums_of_rows")
    (sums,) = b.loops(sums_of_rows, [left], [left.ndim], reduced=(left.ndim - 1,), when=fours)
    value = cast(load(0, kind.compute) + load(1, kind.compute), out.dtype)
    in_fours = kind_of(b.target, "int8", out.dtype, fours=True)
    _launch(b, in_fours, left, right, out, None, False, Epilogue(value, kind.compute, (sums,)), when=fours)


def usual_kernel(target: Any, dtype: str) -> TemplateSpec:
    """What `_launch` launches for matrices of this dtype with more than a few rows, and nothing done to the result."""
    kind_of(target, dtype, dtype)  # NotImplementedError where there are no products
    return TemplateSpec.of(emit_gemm, {"dtype": dtype, "out_dtype": dtype})


def _launch(b: Any, kind: Kind, left: Any, right: Any, out: Any, bias: Any, accumulate: bool, epilogue: Epilogue | None,
            prologue: Prologue | None = None, when: Any = True) -> None:
    """The kernels of a product, launched `when` that holds."""
    rank = out.ndim - 2
    M, N, K = left.size(-2), out.size(-1), left.size(-1)
    integers = [M, N, K, left.stride(-2), left.stride(-1), right.stride(-2), right.stride(-1), out.stride(-2)]
    row_block = rows_of_blocks(kind, M, N, K)
    integers += [int(accumulate), int(bias is not None or epilogue is not None), rank, row_block, slow_row(kind)]
    params: dict[str, Any] = {"dtype": left.dtype, "out_dtype": out.dtype}
    if kind.squares:
        params["squares"] = True
    if kind.depth == 4:
        params["fours"] = True
    # Where there is no bias something must stand for it, which is not read.
    extras, numbers = [out if bias is None else bias], ()
    if epilogue is not None:
        params["epilogue"], extras = composed(kind, bias, epilogue)
        numbers = epilogue.numbers
        if params["epilogue"] in _sums(kind):  # the kernel for products with bias
            del params["epilogue"]
    integers += strides_of(extras)
    made: list[Any] = []
    if prologue is not None:
        params["prologue"] = _behind(prologue.value, len(numbers))
        right, *made = prologue.operands
        integers[5:7] = [right.stride(-2), right.stride(-1)]
        integers += strides_of(made)
        numbers = (*numbers, *prologue.numbers)
    for dim in range(rank):
        integers += [out.size(dim), *(_stride(t, dim - out.ndim + t.ndim) for t in (left, right)), out.stride(dim),
                     *(_stride(t, dim - out.ndim + t.ndim) for t in extras)]
    batch = _product([out.size(dim) for dim in range(rank)])
    operands = [left, right, *extras, *made, out]

    # Few rows, or one column of which the rows then lie along the vectors.
    is_vector = _make("and", _make("eq", N, 1), _make("eq", out.stride(-2), 1))
    thin = _make("or", _make("le", M, gemm_thin.THIN_ROWS), is_vector)
    units = _make("ceildiv", _make("where", is_vector, M, N), gemm_thin.COLUMN_UNIT)
    # Pieces of some microseconds at least, and where columns are neighbours of so many that they are read at speed.
    along_k = _make("eq", _make("where", is_vector, left.stride(-1), right.stride(-2)), 1)
    run = _make("where", along_k, 1, 16)
    grain = _make("max", run, 1024 * run // _make("max", K, 1))
    if not rank:
        # In few words, as they are evaluated in each call. Where columns are walks of their own, pieces that take some
        # ten microseconds from memory, so small that no thread waits long for another's last one; of few such pieces,
        # two that are equal. Else an even number of pieces of half a million products or so.
        unit = gemm_thin.COLUMN_UNIT * _make("max", K, 1)
        piece = _make("max", 1, (1 << 17) // unit)
        few = units < (12 if kind.target.processors <= 2 else 4) * piece
        walks = _make("where", few, _make("max", (piece + 1) // 2, _make("ceildiv", units, 2)), piece)
        length = _make("max", M, N)
        pieces = _make("max", 1, (length * K + 917504) // (1 << 20) * 2)
        shared = _make("max", _make("min", 16, _make("ceildiv", length, 64)),
                       _make("ceildiv", length, pieces * gemm_thin.COLUMN_UNIT))
        grain = _make("where", along_k, walks, shared)
    if prologue is None and kind.depth < 4:
        b.launch(gemm_thin.emit_gemm_thin, params, operands, integers, numbers, work=batch * units, grain=grain,
                 scratch=gemm_thin.scratch_bytes(kind), when=all_of(when, thin))

    # A piece is one block, but for a batch of small matrices.
    grain = _make("max", (1 << 17) // _make("max", M * N * K, 1), 1) if rank else 1
    b.launch(emit_gemm, params, operands, integers, numbers, work=batch * blocks_of(kind, M, N, row_block), grain=grain,
             scratch=scratch_bytes(kind) if prologue is None else made_scratch_bytes(kind),
             when=all_of(when, _make("not", thin)) if prologue is None else when)


def _behind(value: Expr, numbers: int) -> Expr:
    """The expression with its numbers behind so many others."""
    return substitute((value,), {e: scalar(e.attribute + numbers, e.dtype) for e in walk((value,))
                                 if e.op == "scalar"})[0]
