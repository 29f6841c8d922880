"""Names of PyTorch's tracer that libraries touch. Taeda's `compile` records calls as they happen (compilation.py), so
hints about tensors have nothing to steer, and there are no graph breaks to configure."""

from __future__ import annotations

from typing import Any

from taeda._dynamo import config, eval_frame, exc
from taeda.compilation import (
    OptimizedModule,
    allow_in_graph,
    assume_constant_result,
    compile,
    disable,
    explain,
    is_compiling,
    list_backends,
    reset,
    substitute_in_graph,
)

__all__ = [
    "OptimizedModule", "allow_in_graph", "assume_constant_result", "config", "disable", "eval_frame", "exc", "explain",
    "graph_break", "is_compiling", "list_backends", "mark_dynamic", "mark_static", "mark_static_address",
    "maybe_mark_dynamic", "optimize", "reset", "substitute_in_graph",
]  # fmt: skip


def mark_dynamic(t: Any, index: Any, **options: Any) -> None:
    """A hint that a size will vary; programs are compiled for the sizes that come in any case."""


def maybe_mark_dynamic(t: Any, index: Any) -> None:
    """As mark_dynamic."""


def mark_static(t: Any, index: Any = None) -> None:
    """A hint that sizes will not vary."""


def mark_static_address(t: Any, guard: bool = True) -> None:
    """A hint that the memory of a tensor stays where it is."""


def graph_break(msg: str = "") -> None:
    """Where PyTorch would stop tracing; recording goes on."""


def optimize(
    backend: Any = "inductor", *, nopython: bool = False, dynamic: bool | None = None, disable: bool = False,
    **options: Any,
) -> Any:
    """A decorator: `taeda.compile` with these arguments."""
    return lambda fn: compile(fn, fullgraph=nopython, dynamic=dynamic, backend=backend, disable=disable)
