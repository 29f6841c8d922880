"""Kernels as bytes, for the cache: plain data, of which nothing but kernels can be made.

Expressions share what they have in common, and may be deep; so they are written as a list, each after its arguments,
and everything else refers to them by their places in it.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

from taeda.compiler.builder import TemplateSpec
from taeda.ir.epilogue import Epilogue, Prologue
from taeda.ir.loop import Expr, Kernel, Operand, Reduce, Store, Turn, walk

_CLASSES = {f"{c.__module__}.{c.__qualname__}": c for c in (
    Kernel, Operand, Reduce, Store, TemplateSpec, Epilogue, Prologue)}
_Row = tuple[str, tuple[int, ...], str, Any]


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO):
        super().__init__(file, protocol=5)
        self.rows: list[_Row] = []
        self._places: dict[Expr, int] = {}

    def persistent_id(self, o: Any) -> int | None:
        return self._place(o) if isinstance(o, Expr) else None

    def _place(self, e: Expr) -> int:
        for node in walk([e]):
            if node not in self._places:
                attribute = node.attribute
                if isinstance(attribute, Turn):
                    attribute = ("turn", self._place(attribute.condition), tuple(map(self._place, attribute.following)),
                                 attribute.result)
                self.rows.append((node.op, tuple(self._places[a] for a in node.args), node.dtype, attribute))
                self._places[node] = len(self.rows) - 1
        return self._places[e]

    def reducer_override(self, o: Any) -> Any:
        if (o if isinstance(o, type) else type(o)) in _CLASSES.values():
            return NotImplemented
        raise pickle.PicklingError(f"a {type(o).__name__} is no part of a kernel")


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, nodes: list[Expr]):
        super().__init__(io.BytesIO(content))
        self._nodes = nodes

    def persistent_load(self, place: int) -> Expr:
        return self._nodes[place]

    def find_class(self, module: str, name: str) -> Any:
        return _CLASSES[f"{module}.{name}"]


def encode(kernel: Kernel | TemplateSpec) -> bytes | None:
    """A kernel as bytes; None where it has something that cannot be written down."""
    file = io.BytesIO()
    pickler = _Pickler(file)
    try:
        pickler.dump(kernel)
    except (pickle.PicklingError, RecursionError):
        return None
    rows = io.BytesIO()
    _Pickler(rows).dump((pickler.rows, file.getvalue()))
    return rows.getvalue()


def decode(content: bytes) -> Kernel | TemplateSpec:
    """The kernel that was written down."""
    rows, body = _Unpickler(content, []).load()
    nodes: list[Expr] = []
    for op, arguments, dtype, attribute in rows:
        if isinstance(attribute, tuple) and attribute[:1] == ("turn",):
            _, condition, following, result = attribute
            attribute = Turn(nodes[condition], tuple(nodes[k] for k in following), result)
        nodes.append(Expr(op, tuple(nodes[k] for k in arguments), dtype, attribute))
    kernel: Kernel | TemplateSpec = _Unpickler(body, nodes).load()
    return kernel
