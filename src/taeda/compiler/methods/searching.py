"""How places in sorted rows are found, and numbers repeated and bounded."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.sort.runs import emit_bound, emit_repeat, emit_search, emit_total
from taeda.ir.expression import maximum


def search_rows(b: Any, *, rows: Any, values: Any, sorter: Any, out: Any, right: bool, fault: tuple[str, str]) -> None:
    operands = [b.contiguous(rows), b.contiguous(values), *([] if sorter is None else [b.contiguous(sorter)]), out]
    size = rows.size(-1)
    count = values.size(-1) if rows.ndim > 1 else values.numel()
    b.launch(emit_search,
             {"dtype": rows.dtype, "right": right, "result": out.dtype, "sorter": sorter is not None}, operands,
             [size, maximum(1, count), size if rows.ndim > 1 else 0], work=values.numel(), grain=1024,
             faults=[(1, *fault)])


def bound_numbers(b: Any, *, input: Any, bound: Any, fault: tuple[str, str]) -> None:
    b.launch(emit_bound, {}, [input, bound], [input.numel()], faults=[(1, *fault)])


def total(b: Any, *, counts: Any, total: Any, fault: tuple[str, str]) -> None:
    b.launch(emit_total, {}, [counts, total], [counts.numel()], faults=[(1, *fault)])


def repeat_numbers(b: Any, *, counts: Any, out: Any) -> None:
    b.launch(emit_repeat, {}, [counts, out], [counts.numel()])
