"""How running sums and their like are computed: a few columns beside each other are one item of work."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.sort import scan as templates
from taeda.ir.expression import ceildiv, lines


def _launch(b: Any, template: Any, params: dict[str, Any], input: Any, outputs: list[Any], dim: int) -> None:
    outer, row, inner = lines(input.shape, dim)
    b.launch(template, params, [b.contiguous(input), *outputs], [row, inner],
             work=outer * ceildiv(inner, templates.COLUMNS))


def scan(b: Any, *, input: Any, out: Any, dim: int, operation: str, reverse: bool) -> None:
    _launch(b, templates.emit_scan,
            {"operation": operation, "source": input.dtype, "dtype": out.dtype, "reverse": reverse}, input, [out], dim)


def scan_extremes(b: Any, *, input: Any, values: Any, places: Any, dim: int, largest: bool) -> None:
    _launch(b, templates.emit_extremes, {"dtype": input.dtype, "largest": largest}, input, [values, places], dim)
