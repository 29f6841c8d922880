"""Exported programs in files: those of torch.jit (taeda/jit/program.py) with what must hold of the inputs."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.export.program import ExportedProgram
from taeda.export.shapes import Constraint, Dim
from taeda.jit.program import ProgramError, build, describe
from taeda.nn import Module

__all__ = ["load", "save"]


class _Root(Module):
    """What a loaded graph reads."""


def save(ep: ExportedProgram, f: Any, *, extra_files: dict[str, Any] | None = None,
         opset_version: dict[str, int] | None = None, pickle_protocol: int = 2) -> None:
    """Write a program and its tensors to a file, which `load` reads without the module's source.

    extra_files: texts or bytes by name, which go into the file.
    """
    if not isinstance(ep, ExportedProgram):
        raise TypeError(f"The 'ep' parameter must be an instance of 'ExportedProgram', got '{type(ep).__name__}' "
                        "instead.")
    data = describe(ep.root, {"forward": ep.graph})
    data["name"] = ep.name
    data["constraints"] = [
        [c.path, c.dim, c.size if isinstance(c.size, int) else
         [c.size.name, c.size.min, c.size.max, c.size.factor, c.size.plus]] for c in ep.constraints]
    data["extra files"] = dict(extra_files or {})
    taeda.save(data, f)


def load(f: Any, *, extra_files: dict[str, Any] | None = None,
         expected_opset_version: dict[str, int] | None = None) -> ExportedProgram:
    """A program from a file that `save` wrote. No code is run to read it; ProgramError for a damaged file."""
    data = taeda.load(f)
    root, graphs = build(data, lambda name: _Root())
    try:
        constraints = [
            Constraint(path, d, size if isinstance(size, int) else Dim(*size)) for path, d, size in data["constraints"]]
        name, graph = str(data["name"]), graphs["forward"]
    except (KeyError, TypeError, ValueError) as error:
        raise ProgramError(f"this file holds no exported program: {error}") from error
    if extra_files is not None:
        extra_files.update((k, v) for k, v in data.get("extra files", {}).items() if k in extra_files)
    return ExportedProgram(root, graph, ((), {}), constraints, name)
