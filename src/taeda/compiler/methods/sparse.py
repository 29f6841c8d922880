"""How matrices stored as rows of entries are multiplied, and entries put in order."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.sparse.order import emit_group, emit_row_numbers
from taeda.codegen.templates.sparse.products import emit_sampled_product, emit_sparse_product
from taeda.ir.expression import maximum

_PIECE = 1 << 15  # multiplications that are worth a thread's while


def _numbered(faults: list[tuple[str, str]]) -> list[tuple[int, str, str]]:
    return [(k + 1, *fault) for k, fault in enumerate(faults)]


def _rows_of_a_piece(rows: Any, multiplications: Any) -> Any:
    return maximum(1, rows * _PIECE // (multiplications + 1))


def _product(b: Any, emit: Any, pointers: Any, columns: Any, factor: Any, matrix: Any, out: Any,
             faults: list[tuple[str, str]]) -> None:
    """A kernel that reads, for each entry, the row of `matrix` (inner, width) that its column names."""
    rows, entries, (inner, width) = pointers.size(0) - 1, columns.size(0), matrix.shape
    b.launch(emit, {"dtype": out.dtype}, [*(b.contiguous(x) for x in (pointers, columns, factor, matrix)), out],
             [entries, inner, width], work=rows, grain=_rows_of_a_piece(rows, entries * width),
             faults=_numbered(faults))


def sparse_product(b: Any, *, pointers: Any, columns: Any, values: Any, dense: Any, out: Any,
                   faults: list[tuple[str, str]]) -> None:
    _product(b, emit_sparse_product, pointers, columns, values, dense, out, faults)


def sampled_product(b: Any, *, pointers: Any, columns: Any, left: Any, right: Any, out: Any,
                    faults: list[tuple[str, str]]) -> None:
    _product(b, emit_sampled_product, pointers, columns, left, right, out, faults)


def group_numbers(b: Any, *, keys: Any, bound: Any, pointers: Any, order: Any, places: Any,
                  faults: list[tuple[str, str]]) -> None:
    given = [keys] if order is None else [keys, order]
    b.launch(emit_group, {"ordered": order is not None}, [*(b.contiguous(x) for x in given), pointers, places],
             [keys.numel(), bound], faults=_numbered(faults))


def row_numbers(b: Any, *, pointers: Any, rows: Any, numbers: Any, faults: list[tuple[str, str]]) -> None:
    b.launch(emit_row_numbers, {}, [b.contiguous(pointers), numbers], [rows, numbers.numel()], work=rows,
             grain=_rows_of_a_piece(rows, numbers.numel()), faults=_numbered(faults))
