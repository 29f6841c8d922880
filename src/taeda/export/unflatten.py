"""An exported program as a module with the submodules of the original."""

from __future__ import annotations

from typing import Any

from taeda.export.program import ExportedProgram, _Checked
from taeda.nn import Module

__all__ = ["UnflattenedModule", "unflatten"]


class UnflattenedModule(_Checked):
    """A program with its submodules: a recording keeps them, so `module()` has them too."""

    def _get_name(self) -> str:
        return "UnflattenedModule"


def unflatten(module: ExportedProgram, flat_args_adapter: Any = None) -> Module:
    """The program as a module with the submodules of the original.

    An adapter of arguments is not there yet: NotImplementedError.
    """
    if flat_args_adapter is not None:
        raise NotImplementedError("unflatten with an adapter of arguments is not there yet")
    return UnflattenedModule(module.root, module.graph, module.constraints)
