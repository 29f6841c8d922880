"""The gradient of an op, primitive by primitive: the graph that its backward is compiled from, as calls of ops.

So who takes over calls (a dispatch mode, a subclass of Tensor) sees what a backward does, and a backward works on
tensors that only their class knows how to compute with. There is no other definition of it than that of the ops.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import taeda
from taeda import _binding
from taeda.ir.expression import Expression, evaluate
from taeda.ir.graph import LIST_KINDS, NUMBER_KINDS, Node, Value
from taeda.ops.op import runtime_check
from taeda.runtime.programs import gradient_of

if TYPE_CHECKING:
    from taeda.compiler import pipeline

__all__ = ["gradient_of", "replay"]


def replay(gradient: pipeline.Gradient, tensors: Sequence[Any], attributes: Sequence[Any]) -> tuple[Any, ...]:
    """The gradients, computed call by call. `tensors` are what the backward Program takes, `attributes` the numbers of
    the forward call."""
    return _Replay(gradient, tensors, attributes).outputs()


class _Replay:
    """A run of a graph. What only the shape of is asked for is not computed, as Programs do not."""

    def __init__(self, gradient: pipeline.Gradient, tensors: Sequence[Any], attributes: Sequence[Any]) -> None:
        self.graph, self.attributes, self.device = gradient.graph, attributes, tensors[0].device
        self.known: dict[Value, Any] = dict(zip(gradient.tensors, tensors, strict=True))
        self.sizes = gradient.sizes()

    def outputs(self) -> tuple[Any, ...]:
        """The outputs of the graph."""
        wanted = {v for v in self.graph.outputs if v is not None}
        needed = []
        for node in reversed(self.graph.nodes):
            if wanted.intersection(node.outputs) or not node.op.pure:
                needed.append(node)
                wanted.update(node.data_tensors())
        for node in reversed(needed):
            self.run(node)
        return tuple(self.tensor(v) for v in self.graph.outputs if v is not None)

    def run(self, node: Node) -> None:
        """Make the call of a node, unless it has been made."""
        if node.outputs and node.outputs[0] in self.known:
            return
        arguments = [None if a is None else self.argument(p.kind, p.name in node.op.shape_only, a)
                     for p, a in zip(node.op.parameters, node.arguments, strict=True)]
        self.known.update(zip(node.outputs, _called(node, arguments, self.device), strict=True))

    def tensor(self, value: Value) -> Any:
        """The tensor that a value is."""
        if value not in self.known and value.node is not None:
            self.run(value.node)
        return self.known[value]

    def size(self, value: Value, dim: int) -> int:
        """A size of a value, without computing it where its sizes follow from others. An input that only the shape of
        is asked for is not given where another tensor has its sizes."""
        size = value.dims[dim]
        if value not in self.known and size in self.sizes:
            value, dim = self.sizes[size]
        if value in self.known or size == ("size", value, dim):
            return int(self.tensor(value).shape[dim])
        return int(self.number(size))

    def number(self, e: Expression) -> Any:
        """What an expression is here."""
        if not isinstance(e, tuple):
            return e
        kind = e[0]
        if kind == "attribute":
            return self.attributes[e[1]]
        if kind == "item":
            return self.attributes[e[1]][e[2]]
        if kind in ("size", "extent"):
            return self.size(e[1], e[2])
        if kind == "numel":
            return prod(self.size(e[1], dim) for dim in range(e[1].ndim))
        if kind == "stride":
            return self.tensor(e[1]).stride(e[2])
        if kind in ("offset", "read"):
            x = self.tensor(e[1])
            return x.item() if kind == "read" else x.storage_offset()
        operands = [self.number(o) for o in e[1:]]
        if kind == "broadcast":
            return next((n for n in operands if n != 1), 1)
        return complex(*operands) if kind == "complex" else evaluate(kind, operands)

    def argument(self, kind: str, shape_only: bool, a: Any) -> Any:
        """An argument of a node as a call takes it."""
        if kind == "Generator":
            raise NotImplementedError("the gradient of an op that draws random numbers, call by call")
        if kind == "Tensors":
            return tuple(self.tensor(v) for v in a)
        if isinstance(a, Value):
            if not shape_only or a in self.known:
                return self.tensor(a)
            sizes = [self.size(a, dim) for dim in range(a.ndim)]
            return taeda.empty(sizes, dtype=getattr(taeda, a.dtype), device="meta")
        if kind in LIST_KINDS:
            return tuple(self.number(e) for e in a)
        if kind in NUMBER_KINDS or kind == "TensorOrNumber":
            return self.number(a)
        return getattr(taeda, a) if kind == "DType" else a


def _called(node: Node, arguments: list[Any], device: Any) -> tuple[Any, ...]:
    op = node.op
    if op is runtime_check:
        condition, numbers, exception, message = arguments
        if not condition:
            raise getattr(builtins, exception)(message.format(*numbers))
        return ()
    if op.name == "permute" and arguments[0].dim() > 1:  # of matrices, as PyTorch's gradients have it
        x, dims = arguments
        if tuple(dims) == (*range(x.dim() - 2), x.dim() - 1, x.dim() - 2):
            return (x.t() if x.dim() == 2 else x.transpose(-2, -1),)
    positional = [a for a, p in zip(arguments, op.parameters, strict=True) if not p.keyword_only]
    named = {p.name: a for a, p in zip(arguments, op.parameters, strict=True) if p.keyword_only}
    with taeda.device(device if not node.tensors() else "cpu"):
        found = _binding.function_of(op.name)(*positional, **named)
    return found if isinstance(found, tuple) else (found,)
