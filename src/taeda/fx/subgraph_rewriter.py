"""Replacing parts of a graph that look like a pattern."""

from __future__ import annotations

from typing import Any, NamedTuple

from taeda.fx.graph import Graph
from taeda.fx.graph_module import GraphModule
from taeda.fx.node import Node
from taeda.fx.tracer import symbolic_trace

__all__ = ["Match", "replace_pattern"]


class Match(NamedTuple):
    """A part of a graph that looks like the pattern: its last node, and which node stands for which."""

    anchor: Node
    nodes_map: dict[Node, Any]


def _graph_of(pattern: Any) -> Graph:
    if isinstance(pattern, GraphModule):
        return pattern.graph
    if isinstance(pattern, Graph):
        return pattern
    return symbolic_trace(pattern).graph


def _matches(pattern: Any, found: Any, known: dict[Node, Any]) -> bool:
    """Whether `found` looks like `pattern`; what stands for what is noted in `known`."""
    if isinstance(pattern, Node):
        if pattern in known:
            return known[pattern] is found or not isinstance(found, Node) and known[pattern] == found
        if pattern.op == "placeholder":
            known[pattern] = found
            return True
        if not isinstance(found, Node) or pattern.op != found.op or pattern.target != found.target:
            return False
        if len(pattern.args) != len(found.args) or pattern.kwargs.keys() != found.kwargs.keys():
            return False
        known[pattern] = found
        return all(_matches(p, f, known) for p, f in zip(pattern.args, found.args, strict=True)) and all(
            _matches(p, found.kwargs[k], known) for k, p in pattern.kwargs.items()
        )
    if isinstance(pattern, list | tuple):
        return (
            isinstance(found, list | tuple) and len(pattern) == len(found)
            and all(_matches(p, f, known) for p, f in zip(pattern, found, strict=True))
        )
    return type(pattern) is type(found) and bool(pattern == found)


def _enclosed(pattern: Graph, known: dict[Node, Any], anchor: Node) -> bool:
    """Whether only the last node of the part has users outside it."""
    inner = {known[p] for p in pattern.nodes if p in known and p.op not in ("placeholder", "output")}
    return all(user in inner for node in inner if node is not anchor for user in node.users)


def replace_pattern(gm: GraphModule, pattern: Any, replacement: Any) -> list[Match]:
    """Replace every part of `gm.graph` that looks like `pattern` by `replacement`; both have the same parameters.

    Parts do not overlap. The module is compiled anew.

    Example::

        >>> import taeda, taeda.fx
        >>> traced = taeda.fx.symbolic_trace(lambda x: taeda.add(x, x))
        >>> len(taeda.fx.replace_pattern(traced, lambda a: taeda.add(a, a), lambda a: a * 2))
        1
        >>> [node.name for node in traced.graph.nodes]
        ['x', 'mul', 'output']
    """
    wanted, new = _graph_of(pattern), _graph_of(replacement)
    result = wanted.output_node().args[0]
    if not isinstance(result, Node):
        raise NotImplementedError("replace_pattern: a pattern with several results")
    inputs = [n for n in wanted.nodes if n.op == "placeholder"]
    new_inputs = [n for n in new.nodes if n.op == "placeholder"]
    if len(inputs) != len(new_inputs):
        raise ValueError(f"the pattern has {len(inputs)} parameters, its replacement {len(new_inputs)}")
    matches: list[Match] = []
    taken: set[Node] = set()
    for node in list(gm.graph.nodes):
        known: dict[Node, Any] = {}
        if node.op == "output" or not _matches(result, node, known) or not _enclosed(wanted, known, node):
            continue
        inner = [known[p] for p in wanted.nodes if p.op not in ("placeholder", "output") and p in known]
        if any(n in taken for n in inner):
            continue
        taken.update(inner)
        matches.append(Match(node, {**known, wanted.output_node(): None}))
    replaced: dict[Node, Any] = {}
    for match in matches:
        values: dict[Node, Any] = {}
        for p, new_input in zip(inputs, new_inputs, strict=True):
            given: Any = match.nodes_map.get(p)
            values[new_input] = replaced.get(given, given)
        with gm.graph.inserting_before(match.anchor):
            copied = gm.graph.graph_copy(new, values)
        match.anchor.replace_all_uses_with(copied)
        replaced[match.anchor] = copied
        for p in reversed(wanted.nodes):
            gone = match.nodes_map.get(p)
            if p.op not in ("placeholder", "output") and isinstance(gone, Node) and not gone.users:
                gm.graph.erase_node(gone)
    for match in matches:
        match.nodes_map.pop(wanted.output_node(), None)
    gm.recompile()
    return matches
