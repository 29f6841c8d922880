"""From op definitions to Programs: pipeline.py lists the passes in order. To users, PyTorch's torch.compiler, whose
names are those of compilation.py."""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = frozenset((
    "ExplainedKernel",
    "Explanation",
    "OptimizedModule",
    "allow_in_graph",
    "assume_constant_result",
    "compile",
    "cudagraph_mark_step_begin",
    "disable",
    "explain",
    "get_default_backend",
    "is_compiling",
    "is_dynamo_compiling",
    "is_exporting",
    "list_backends",
    "nested_compile_region",
    "reset",
    "set_default_backend",
    "set_stance",
    "substitute_in_graph",
    "wrap_numpy",
))


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'taeda.compiler' has no attribute {name!r}")
    return getattr(importlib.import_module("taeda.compilation"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
