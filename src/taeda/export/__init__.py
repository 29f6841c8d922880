"""`torch.export`: a module's computation as one graph of calls with its weights, that can be edited, run, saved,
loaded.

It is the recording of `torch.jit` (taeda/jit/recorder.py) with example inputs: sizes stay expressions where the module
computes with them, what depends on values is decided by the examples and checked when the program runs. Sizes that
are not named in `dynamic_shapes` must be those of the examples.

Example::

    >>> import taeda as torch
    >>> class Model(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.layer = torch.nn.Linear(3, 2)
    ...     def forward(self, x):
    ...         return self.layer(x).relu()
    >>> model, x = Model(), torch.ones(4, 3)
    >>> program = torch.export.export(model, (x,), dynamic_shapes={"x": {0: torch.export.Dim("batch")}})
    >>> torch.equal(program.module()(torch.ones(7, 3)), model(torch.ones(7, 3)))
    True
"""

from __future__ import annotations

from taeda._module_tree import open_package
from taeda.export.files import load, save
from taeda.export.program import (
    ExportBackwardSignature,
    ExportedProgram,
    ExportGraphSignature,
    ModuleCallEntry,
    ModuleCallSignature,
    draft_export,
    export,
)
from taeda.export.shapes import AdditionalInputs, Constraint, Dim, ShapesCollection, dims
from taeda.export.structures import register_dataclass
from taeda.export.unflatten import UnflattenedModule, unflatten

__all__ = [
    "AdditionalInputs", "Constraint", "Dim", "ExportBackwardSignature", "ExportGraphSignature", "ExportedProgram",
    "ModuleCallEntry", "ModuleCallSignature", "ShapesCollection", "UnflattenedModule", "dims", "draft_export", "export",
    "load", "register_dataclass", "save", "unflatten",
]  # fmt: skip

open_package(globals())
