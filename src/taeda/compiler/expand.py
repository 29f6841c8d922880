"""Expanding derived ops into primitives, with common subexpressions shared and dead nodes dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taeda.ir.expression import TENSOR_LEAVES, Expression, product, rewrite, tensors_of, unwrap
from taeda.ir.graph import Graph, Node, Value, tracing
from taeda.ops.op import Derived, Pointwise, runtime_check


def expand(graph: Graph, outputs: Sequence[Value | None], leaves: Sequence[tuple[Value, str]],
           effects: bool = True) -> Graph:
    """A new graph of primitives that computes `outputs` from `leaves` (values of `graph`, with a label for each).

    Leaves may be inputs of `graph` or values that are given although nodes could compute them (saved outputs); a leaf
    that comes later may have sizes in terms of earlier ones. The inputs of the new graph are the leaves, in order. An
    input of `graph` that is none of them may be there in name only: for sizes that a leaf has too, and for its shape
    where that is the shape of a leaf. Without `effects`, nodes that only check something are left out.

    Sizes of leaves that a check says are equal are one size in the new graph, so that what has them can share a kernel.
    """
    new = Graph(graph.name, graph.vocabulary)
    new.attributes = graph.attributes
    new.expand = True
    new.share_calls()
    mapping: dict[Value, Value] = {}
    equal, checks = _equal_sizes(graph, [v for v, _ in leaves])
    sizes: dict[Expression, Expression] = {}  # of leaves, in terms of `graph`: where else they are found

    def expression(e: Expression) -> Expression:
        return rewrite(e, leaf)

    def leaf(e: tuple[Any, ...]) -> Expression | None:
        if e in sizes:
            return sizes[e]
        if e[0] == "numel" and e[1] not in mapping:
            return expression(unwrap(product(e[1].dims)))
        if e[0] == "size":
            return mapping[e[1]].dims[e[2]]
        if e[0] in TENSOR_LEAVES:
            return (e[0], mapping[e[1]], *e[2:])
        return None

    def as_it_is(e: Expression) -> Expression:
        return rewrite(e, lambda x: ("extent", mapping[x[1]], x[2]) if x in equal else leaf(x))

    def known(e: Expression) -> Expression | None:
        try:
            return expression(equal.get(e, e))
        except KeyError:  # in terms of a tensor that is not there (yet)
            return None

    def tensor(value: Value) -> Value:
        return mapping[value] if value in mapping else next(mapping[v] for v, _ in leaves if v.dims == value.dims)

    for value, label in leaves:
        found = mapping[value] = new.input(value.dtype, [known(e) for e in value.dims], label)
        for old, size in zip(value.dims, found.dims, strict=True):
            if isinstance(old, tuple):
                sizes.setdefault(old, size)
    with tracing(new):
        for value, _ in leaves:  # x.sum(1) is the squeezed sum: who needs that with its dimensions has it too
            node = value.node
            if node is not None and node.op.inverse_function is not None:
                rest = node.op.for_body(node.map_arguments(lambda v: v, expression))[1:]
                mapping.setdefault(node.arguments[0], node.op.inverse_function(mapping[value], *rest))
    needed = _needed(graph, [v for v in outputs if v is not None], set(mapping), effects)
    with tracing(new):
        for node in graph.nodes:
            if node not in needed:
                continue
            arguments = node.map_arguments(tensor, as_it_is if node in checks else expression)
            results: Any = node.op.inline(arguments) if isinstance(node.op, Derived) else node.op.record(arguments)
            results = results if isinstance(results, tuple) else () if results is None else (results,)
            for old, value in zip(node.outputs, results, strict=True):
                mapping.setdefault(old, value)
    new.outputs = [None if v is None else mapping[v] for v in outputs]
    broadcast_instead(new)
    remove_dead(new)
    return new


def _equal_sizes(graph: Graph, leaves: Sequence[Value]) -> tuple[dict[Expression, Expression], set[Node]]:
    """Sizes of leaves that checks of the graph say are equal to those of earlier leaves, and these checks."""
    order = {v: k for k, v in enumerate(leaves) if v.node is None}
    equal: dict[Expression, Expression] = {}
    checks = set()
    for node in graph.nodes:
        if node.op is not runtime_check:
            continue
        condition = unwrap(node.arguments[0])
        if isinstance(condition, tuple) and condition[0] == "eq" and all(
                isinstance(e, tuple) and e[0] == "size" and e[1] in order for e in condition[1:]):
            first, last = sorted(condition[1:], key=lambda e: order[e[1]])
            if order[first[1]] < order[last[1]] and last not in equal:
                equal[last] = first
                checks.add(node)
    return equal, checks


def _needed(graph: Graph, outputs: Sequence[Value], given: set[Value], effects: bool = True) -> set[Node]:
    """The nodes that `outputs` depend on without looking behind `given` values, and those with effects."""
    needed: set[Node] = {n for n in graph.nodes if effects and not n.op.pure and not given.intersection(n.outputs)}
    wanted = {v for v in outputs if v not in given}
    for node in reversed(graph.nodes):
        if node in needed or wanted.intersection(node.outputs):
            needed.add(node)
            wanted.update(v for v in node.tensors() if v not in given)
            wanted.update(v for e in node.expressions() for _, v in tensors_of(e) if v not in given)
    return needed


def remove_dead(graph: Graph) -> None:
    """Drop nodes without effect whose results nobody uses."""
    needed = _needed(graph, [v for v in graph.outputs if v is not None], set(graph.inputs))
    graph.nodes = [n for n in graph.nodes if n in needed]


def broadcast_instead(graph: Graph) -> None:
    """Let pointwise nodes read what was expanded instead of its expansion, where they broadcast it to the same shape
    anyway.

    The gradient of a sum is an expansion; without it, it can be computed in the kernel that uses it.
    """
    for node in graph.nodes:
        if not isinstance(node.op, Pointwise):
            continue
        for k, a in enumerate(node.arguments):
            if isinstance(a, Value) and a.node is not None and a.node.op.broadcasts:
                arguments = (*node.arguments[:k], a.node.arguments[0], *node.arguments[k + 1:])
                if node.op.results_of(arguments) == [(v.dtype, v.dims) for v in node.outputs] and (
                        node.op.types_of(arguments) == node.op.types_of(node.arguments)):
                    node.arguments = arguments
