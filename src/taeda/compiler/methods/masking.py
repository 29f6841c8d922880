"""How the true elements of a mask are found: counted by chunks, the counts summed, then each chunk on its own.

What a method that walks over them needs besides the mask is where each chunk's true elements begin: the `marks`.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.index.mask import (
    CHUNK,
    emit_mask_count,
    emit_mask_offsets,
    emit_masked,
    emit_nonzero,
)
from taeda.codegen.templates.sort.runs import emit_run_starts, emit_runs
from taeda.ir.expression import ceildiv


def _chunks(mask: Any) -> Any:
    return ceildiv(mask.numel(), CHUNK)


def mark_true(b: Any, *, mask: Any) -> tuple[Any, Any]:
    """The marks, and the number of true elements: a Symbol, read from memory when the Program gets there."""
    chunks = _chunks(mask)
    counts, offsets, total = b.alloc("int64", [chunks]), b.alloc("int64", [chunks]), b.alloc("int64", [1])
    b.launch(emit_mask_count, {"dtype": mask.dtype}, [mask, counts], [mask.numel()], work=chunks, grain=4)
    b.launch(emit_mask_offsets, {}, [counts, offsets, total], [chunks])
    return offsets, total.item()


def coordinates(b: Any, *, mask: Any, marks: Any, count: Any, out: Any) -> None:
    b.launch(emit_nonzero, {"dtype": mask.dtype, "rank": mask.ndim}, [mask, marks, out],
             [mask.numel(), count, *mask.shape], work=_chunks(mask))


def pick_true(b: Any, *, mask: Any, marks: Any, input: Any, out: Any) -> None:
    _masked(b, "select", mask, marks, input, out)


def put_true(b: Any, *, mask: Any, marks: Any, source: Any, out: Any) -> None:
    _masked(b, "scatter", mask, marks, source, out)


def _masked(b: Any, mode: str, mask: Any, marks: Any, source: Any, out: Any) -> None:
    b.launch(emit_masked, {"mode": mode, "dtype": out.dtype}, [mask, marks, source, out], [mask.numel()],
             work=_chunks(mask))


def run_starts(b: Any, *, input: Any, starts: Any) -> None:
    b.launch(emit_run_starts, {"dtype": input.dtype}, [input, starts], work=input.numel(), grain=16384)


def number_runs(b: Any, *, starts: Any, marks: Any, count: Any, permutation: Any, inverse: Any, firsts: Any) -> None:
    places = [] if permutation is None else [b.contiguous(permutation)]
    b.launch(emit_runs, {"permuted": permutation is not None}, [starts, marks, *places, inverse, firsts],
             [starts.numel(), count], work=_chunks(starts))
