"""How rows are sorted and elements of a rank found: one row is one item of work."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.sort import rows as templates
from taeda.ir.dtype import itemsize
from taeda.ir.expression import Symbol, lines, maximum

LONGEST = 2 ** 31 - 1  # positions are kept in 32 bits


def _launch(b: Any, template: Any, params: dict[str, Any], input: Any, outputs: list[Any], dim: int,
            extra: tuple[Any, ...] = (), when: Any = None) -> None:
    outer, row, inner = lines(input.shape, dim)
    if isinstance(row, Symbol):
        fits: Any = row  # a Symbol's comparisons give Symbols
        b.check(fits <= LONGEST, NotImplementedError, "sorting rows of more than 2**31 - 1 elements, got {0}", row)
    b.launch(template, {"dtype": input.dtype, **params}, [b.contiguous(input), *outputs], [row, inner, *extra],
             work=outer * inner, grain=maximum(1, 4096 // maximum(1, row)),
             scratch=templates.scratch_bytes(row, itemsize(input.dtype)), when=when)


def sort(b: Any, *, input: Any, values: Any, places: Any, dim: int, descending: bool) -> None:
    _launch(b, templates.emit_sort, {"descending": descending}, input, [values, places], dim)


def topk(b: Any, *, input: Any, values: Any, places: Any, dim: int, largest: bool) -> None:
    k = values.size(dim)
    _launch(b, templates.emit_topk, {"largest": largest}, input, [values, places], dim, (k,), k > 0)


def select_rank(b: Any, *, input: Any, values: Any, places: Any, dim: int, mode: str, k: Any) -> None:
    if mode == "mode":
        _launch(b, templates.emit_mode, {}, input, [values, places], dim)
    else:
        _launch(b, templates.emit_select, {"mode": mode}, input, [values, places], dim, (k,))
