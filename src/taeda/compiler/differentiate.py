"""Reverse mode over a graph: from gradients of its outputs to gradients of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from taeda.ir.graph import Graph, Node, Value, tracing
from taeda.ops import dtypes
from taeda.ops.op import KernelOp, Op


def gradients(
    graph: Graph, outputs: Sequence[Value], grads: Sequence[Value | None], inputs: Sequence[Value]
) -> list[Value | None]:
    """Append to `graph` what computes the gradients of `inputs`, given those of `outputs`; None where there is none.

    Each node is asked once, when all gradients of its outputs are known, in reverse order. A value used several times
    gets the sum, added in that order. Raises NotImplementedError for an op without a derivative on the way.
    """
    nodes, composed = _with_compositions(graph)
    depends = _dependents(nodes, inputs, composed)
    found: dict[Value, Value] = {}

    with tracing(graph):
        def accumulate(value: Value, grad: Value) -> None:
            value = composed.get(value, value)
            before: Any = found.get(value)  # Values learn their operators from the graph's vocabulary
            found[value] = grad if before is None else before + grad

        for value, grad in zip(outputs, grads, strict=True):
            if grad is not None and value in depends:
                accumulate(value, grad)
        for node in reversed(nodes):
            incoming = [found.get(v) if node.op.output_differentiable(k) else None for k, v in enumerate(node.outputs)]
            if all(g is None for g in incoming):
                continue
            for value, grad in _of_node(node.op, node, incoming):
                if value in depends:
                    accumulate(value, grad)
        return [found.get(v) for v in inputs]


def _with_compositions(graph: Graph) -> tuple[list[Node], dict[Value, Value]]:
    """The nodes, with those that a composition stands for (KernelOp.composition) replaced by it; and for each of their
    results, the part of the composition that is the same."""
    nodes: list[Node] = []
    composed: dict[Value, Value] = {}
    for node in list(graph.nodes):
        if not isinstance(node.op, KernelOp) or node.op.composition_function is None or node.op.gradient_function:
            nodes.append(node)
            continue
        before = len(graph.nodes)
        with tracing(graph):
            parts = node.op.compose(node.arguments)
        nodes += graph.nodes[before:]
        composed.update(zip(node.outputs, parts, strict=True))
    return nodes, composed


def _of_node(op: Op, node: Node, incoming: Sequence[Value | None]) -> Iterable[tuple[Value, Value]]:
    """Pairs of tensor argument and its gradient, for one node."""
    for argument, grad in zip(node.arguments, op.gradients(node.arguments, node.outputs, incoming), strict=True):
        if isinstance(argument, tuple) and grad is not None:
            yield from ((v, g) for v, g in zip(argument, grad, strict=True) if g is not None)
        elif isinstance(argument, Value) and grad is not None:
            yield argument, grad


def _dependents(nodes: Iterable[Node], inputs: Iterable[Value], composed: dict[Value, Value]) -> set[Value]:
    """`inputs` and all values that depend on their elements and could have a gradient."""
    found = {v for v in inputs if dtypes.category(v.dtype) >= 2}
    same: dict[Value, list[Value]] = {}
    for value, part in composed.items():
        same.setdefault(part, []).append(value)
    for node in nodes:
        if any(v in found for v in node.data_tensors()):
            made = [v for k, v in enumerate(node.outputs)
                    if node.op.output_differentiable(k) and dtypes.category(v.dtype) >= 2]
            found.update(made, *(same.get(v, ()) for v in made))
    return found
