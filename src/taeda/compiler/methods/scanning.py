"""How running sums and their like are computed: a few columns beside each other are one item of work."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.sort import scan as templates
from taeda.ir.expression import ceildiv, lines, maximum, minimum

PIECE = 16384  # elements of a piece of work, about


def _launch(b: Any, template: Any, params: dict[str, Any], input: Any, outputs: list[Any], dim: int) -> None:
    outer, row, inner = lines(input.shape, dim)
    # Short rows together, and enough lines for a kernel to walk some side by side.
    grain = maximum(templates.SIDE // maximum(inner, 1), PIECE // maximum(row * minimum(inner, templates.COLUMNS), 1))
    b.launch(template, params, [b.contiguous(input), *outputs], [row, inner],
             work=outer * ceildiv(inner, templates.COLUMNS), grain=maximum(grain, 1))


def scan(b: Any, *, input: Any, out: Any, dim: int, operation: str, reverse: bool) -> None:
    _launch(b, templates.emit_scan,
            {"operation": operation, "source": input.dtype, "dtype": out.dtype, "reverse": reverse}, input, [out], dim)


def scan_extremes(b: Any, *, input: Any, values: Any, places: Any, dim: int, largest: bool) -> None:
    _launch(b, templates.emit_extremes, {"dtype": input.dtype, "largest": largest}, input, [values, places], dim)
