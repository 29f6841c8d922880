"""How matrices stored as rows of entries are multiplied, and entries put in order."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.sparse.order import emit_group, emit_row_numbers
from taeda.codegen.templates.sparse.products import emit_sampled_product, emit_sparse_product
from taeda.ir.expression import maximum

_PIECE = 1 << 15  # multiplications that are worth a thread's while


def _numbered(faults: list[tuple[str, str]]) -> list[tuple[int, str, str]]:
    return [(k + 1, *fault) for k, fault in enumerate(faults)]


def _rows_of_a_piece(rows: Any, entries: Any, width: Any) -> Any:
    return maximum(1, rows * _PIECE // (entries * width + 1))


def sparse_product(b: Any, *, pointers: Any, columns: Any, values: Any, dense: Any, out: Any,
                   faults: list[tuple[str, str]]) -> None:
    rows, entries, width = out.size(0), values.size(0), dense.size(1)
    b.launch(emit_sparse_product, {"dtype": values.dtype},
             [*(b.contiguous(x) for x in (pointers, columns, values, dense)), out], [entries, dense.size(0), width],
             work=rows, grain=_rows_of_a_piece(rows, entries, width), faults=_numbered(faults))


def sampled_product(b: Any, *, pointers: Any, columns: Any, left: Any, right: Any, out: Any,
                   faults: list[tuple[str, str]]) -> None:
    rows, entries, width = left.size(0), columns.size(0), left.size(1)
    b.launch(emit_sampled_product, {"dtype": left.dtype},
             [*(b.contiguous(x) for x in (pointers, columns, left, right)), out], [entries, right.size(0), width],
             work=rows, grain=_rows_of_a_piece(rows, entries, width), faults=_numbered(faults))


def group_numbers(b: Any, *, keys: Any, bound: Any, pointers: Any, order: Any, places: Any,
                  faults: list[tuple[str, str]]) -> None:
    given = [keys] if order is None else [keys, order]
    b.launch(emit_group, {"ordered": order is not None}, [*(b.contiguous(x) for x in given), pointers, places],
             [keys.numel(), bound], faults=_numbered(faults))


def row_numbers(b: Any, *, pointers: Any, rows: Any, numbers: Any, faults: list[tuple[str, str]]) -> None:
    b.launch(emit_row_numbers, {}, [b.contiguous(pointers), numbers], [rows, numbers.numel()], work=rows,
             grain=maximum(1, rows * _PIECE // (numbers.numel() + 1)), faults=_numbered(faults))
