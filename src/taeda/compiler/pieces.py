"""Concatenations as parts of the loops around them.

`cat((-b, a), -1) * s + x * c` is computed a piece at a time: the piece of the result that belongs to `-b` from the
pieces of `s`, `x` and `c` at the same place, which are views, and so on. What was a concatenation is then the places
where pieces are stored (lower.py gives the kernels that make them views of one result), and the tensor that would
have been joined, read and thrown away is never there. The other way round, where a tensor that is computed is only
taken apart again (the gradient of a concatenation), each piece is computed by itself.

A *split* is a dimension and the lengths of the pieces. A node that computes element by element is done in pieces if
it reads a concatenation of nothing but such nodes; what these alone read is done in pieces with them. Bits do not
change, since each element is computed by the same operations. Nor do layouts, on which the order of sums over several
dimensions depends: what is put together again is laid out as it would have been.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from taeda.ir.expression import Expression, tensors_of, total, unwrap, wrap
from taeda.ir.graph import Graph, Node, Value, tracing
from taeda.ir.loop import load, scalar, walk
from taeda.ops.joining import apart, cat, joined_pieces
from taeda.ops.op import Pointwise, Reduction, registry
from taeda.ops.views import part

MOST_PIECES = 8  # each is a kernel, or an output of one
MOST_LIKE = 24


class Split(NamedTuple):
    dim: int
    lengths: tuple[Expression, ...]
    dims: tuple[Expression, ...]  # of the whole

    def start(self, k: int) -> Expression:
        return unwrap(total(wrap(n) for n in self.lengths[:k]))


def work_in_pieces(graph: Graph) -> None:
    """Change `graph` so that concatenations between nodes that compute element by element are gone."""
    if any(n.op is cat or n.op is apart for n in graph.nodes):
        plan = _Plan(graph)
        if plan.split_of:
            _rewrite(graph, plan)


class _Plan:
    """Which nodes are done in pieces, and which: pointwise nodes, and concatenations that nobody needs as a whole."""

    def __init__(self, graph: Graph):
        self.outputs = {v for v in graph.outputs if v is not None}
        self.users: dict[Value, list[Node]] = {}
        self.measured: set[Value] = set()  # they are asked for sizes
        self.split_of: dict[Node, Split] = {}
        for node in graph.nodes:
            for value in dict.fromkeys(node.tensors()):
                self.users.setdefault(value, []).append(node)
            for e in node.expressions():
                self.measured.update(v for _, v in tensors_of(e))
        for node in graph.nodes:
            if node.op is cat:
                self._below(node)
        for node in graph.nodes:
            if node.op is apart:
                self._above_apart(node)

    def whole_needed(self, value: Value, split: Split) -> bool:
        """Whether anybody needs a value that is done in pieces as a whole."""
        return value in self.outputs or value in self.measured or any(
            self.split_of.get(u) != split and not self.takes_apart(u, split) for u in self.users.get(value, ()))

    @staticmethod
    def takes_apart(node: Node, split: Split) -> bool:
        return node.op is apart and (node.arguments[2], node.arguments[1]) == (split.dim, split.lengths)

    def _fits(self, node: Node, split: Split) -> bool:
        """Whether a node computes element by element, over just what is split, from what can be split."""
        if not isinstance(node.op, Pointwise) or any(v.dims != split.dims for v in node.outputs):
            return False
        if self.split_of.get(node, split) != split:
            return False
        for a in node.op.operands_of(node.arguments):
            d = split.dim - len(split.dims) + a.ndim
            if d >= 0 and a.dims[d] not in (1, split.dims[split.dim]):
                return False
        numbers = node.op.expressions(node.arguments, lambda v: load(0, v.dtype), lambda e, dtype: scalar(0, dtype))
        return all(e.op != "index" for e in walk(numbers))

    def _below(self, node: Node) -> None:
        """A concatenation, if all that depends on it element by element can be done in pieces."""
        tensors, dim = node.arguments
        (whole,) = node.outputs
        dim %= whole.ndim
        if not 2 <= len(tensors) <= MOST_PIECES or whole in self.outputs or whole in self.measured:
            return
        around = [(*t.dims[:dim], whole.dims[dim], *t.dims[dim + 1:]) for t in tensors]
        if any(dims != whole.dims for dims in around):
            return
        split = Split(dim, tuple(t.dims[dim] for t in tensors), whole.dims)
        found: dict[Node, None] = {}
        stack = [whole]
        while stack:
            value = stack.pop()
            for user in self.users.get(value, ()):
                if user in found or self.takes_apart(user, split):
                    continue
                if isinstance(user.op, (Pointwise, Reduction)):
                    if not self._fits(user, split):
                        return  # what it would be fused with can as well read the whole
                    found[user] = None
                    stack += user.outputs
                elif value is whole:
                    return  # somebody needs it as a whole
        if found:
            self.split_of[node] = split
            self._claim(found, split)

    def _above_apart(self, node: Node) -> None:
        """What is only computed to be taken apart for nodes that compute element by element."""
        whole, sizes, dim = node.arguments
        used = [u for v in node.outputs for u in self.users.get(v, ())]
        if whole.node is None or len(sizes) > MOST_PIECES or self.outputs.intersection((whole, *node.outputs)):
            return
        split = Split(dim, sizes, whole.dims)
        if (whole.dims[dim] == unwrap(total(map(wrap, sizes))) and self._fits(whole.node, split)
                and self.users[whole] == [node] and all(isinstance(u.op, Pointwise) or u.op is cat for u in used)):
            self._claim({whole.node: None}, split)

    def _claim(self, nodes: dict[Node, None], split: Split) -> None:
        """These nodes, and what only they read."""
        stack = list(nodes)
        while stack:
            node = stack.pop()
            self.split_of[node] = split
            for a in node.op.operands_of(node.arguments):  # type: ignore[attr-defined]
                if (a.node is not None and a.node not in self.split_of and self._fits(a.node, split)
                        and not any(self.whole_needed(v, split) for v in a.node.outputs)):
                    stack.append(a.node)


def _rewrite(graph: Graph, plan: _Plan) -> None:
    nodes, graph.nodes = graph.nodes, []
    graph._calls = None  # nodes are changed in place: a call that is there already may come too late
    origin = graph.origin
    changed: dict[Value, Value] = {}
    pieces: dict[Value, list[Value]] = {}
    parts: dict[tuple[Value, Split, int], Value] = {}

    def of(value: Value) -> Value:
        return changed.get(value, value)

    def is_split(value: Value, split: Split) -> bool:
        return value.node is not None and plan.split_of.get(value.node) == split

    def piece(value: Value, split: Split, k: int) -> Value:
        if is_split(value, split):
            return pieces[value][k]
        dim = split.dim - len(split.dims) + value.ndim
        if dim < 0 or value.dims[dim] == 1:
            return of(value)
        if (value, split, k) not in parts:
            parts[value, split, k] = part(of(value), dim, wrap(split.start(k)), wrap(split.lengths[k]))
        return parts[value, split, k]

    def layout(value: Value, split: Split) -> list[Value]:
        """What decides how the whole is laid out: the operands up to the first that has all of its dimensions."""
        if not is_split(value, split):
            return [of(value)]
        found: list[Value] = []
        node = value.node
        if node is not None and isinstance(node.op, Pointwise):
            for a in node.op.operands_of(node.arguments):
                found += layout(a, split)
                if a.dims == split.dims:
                    break
        return found

    with tracing(graph):
        for node in nodes:
            graph.origin = node.origin
            split = plan.split_of.get(node)
            if split is None:
                whole = node.arguments[0] if node.op is apart else None
                if whole in pieces and plan.takes_apart(node, plan.split_of[whole.node]):
                    changed.update(zip(node.outputs, pieces[whole], strict=True))
                    continue
                node.arguments = node.map_arguments(of, lambda e: e)
                graph.nodes.append(node)
                continue
            if node.op is cat:
                (whole,) = node.outputs
                convert = registry.ops["convert"]
                pieces[whole] = [convert.record((of(t), whole.dtype)) for t in node.arguments[0]]
                continue
            made = []
            for k in range(len(split.lengths)):
                found = node.op.record(node.map_arguments(partial(piece, split=split, k=k), lambda e: e))
                made.append(found if isinstance(found, tuple) else (found,))
            for value, its in zip(node.outputs, zip(*made, strict=True), strict=True):
                pieces[value] = list(its)
                if plan.whole_needed(value, split):
                    changed[value] = joined_pieces(tuple(its), tuple(layout(value, split)[:MOST_LIKE]), split.dim)
    graph.origin = origin
    for number, node in enumerate(graph.nodes):  # groups are in the order of numbers
        node.number = number
    graph.outputs = [None if v is None else of(v) for v in graph.outputs]
