"""Fusion: which nodes of a graph become one loop kernel.

A *group* is a set of pointwise and reduction nodes that share an iteration space: the shape `space`, and, if any of
them reduces, the dimensions `reduced`. In a group each value is either an *element* (of shape `space`) or a *row*
value (the same with the reduced dimensions of size 1). Groups without a reduction have elements only.

Since the shape of an element is the broadcast of its operands' shapes, the operands that a group reads from outside
always broadcast to `space`, which is the shape the kernel runs over and the shape its element outputs get.

Two groups merge if they have equal spaces and reduced dimensions (a group without reduction fits as elements or as row
values of one with), and nothing outside both depends on one and is used by the other. Sums over several dimensions, of
different calls, also need operands that lie in memory alike (`walked_like`). The order of evaluation and the rounding
of every value are those of separate kernels, so that fusing changes no bit of any result.

What is legal is not always good. After grouping, pairs of nodes are parted where the kernel would be slow, and
grouping is done again:

* Reductions over all dimensions have one row, so one work item: they have to stay in a form that can be split into
  chunks (`ir.loop.split`). A reduction that depends on another one is parted from it, and elements that are stored are
  parted from the reductions, except for calls on tensors of one dimension (softmax of a vector), where small sizes are
  the rule. So are values of the row that other operands go into. Long reductions of several calls rely on it: they are
  done in chunks in one kernel as in their own (csrc/core/loops_instruction.cpp).
* Elements that are stored and would lie otherwise in memory than what is summed over several dimensions are parted
  from that, so that both are laid out as they would be alone.
* Elements that do not depend on a row value, but are stored, are parted from reductions over other than the last
  dimensions: the kernel would have as many work items as the other dimensions have elements, and would write here and
  there (the gradient of a bias).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from taeda.ir.expression import Expression, tensors_of
from taeda.ir.graph import Graph, Node, Value
from taeda.ops.joining import joined_pieces
from taeda.ops.op import KernelOp, Pointwise

MOST_OPERANDS = 32  # the executor takes 64; beyond this, more kernels are as good
MOST_NUMBERS = 48  # of a kernel, known at run time; the executor takes 64 with those that lowering adds


@dataclass(eq=False)
class Group:
    """Nodes in graph order that become one kernel."""

    nodes: list[Node]
    space: tuple[Expression, ...]
    reduced: tuple[int, ...] | None = None
    reads: dict[Value, None] = field(default_factory=dict)  # an ordered set: results must not depend on addresses
    numbers: frozenset[Expression] = frozenset()  # known at run time

    def row_dims(self) -> tuple[Expression, ...]:
        return tuple(1 if d in (self.reduced or ()) else e for d, e in enumerate(self.space))

    def is_row(self, value: Value) -> bool:
        """Whether a value made in this group has one element per row."""
        if self.reduced is None or value.node is None:
            return False
        return value.node.op.kind == "reduction" or value.dims != self.space and value.dims == self.row_dims()


Item = Group | Node  # a kernel to be, or a node that stands for itself


def fuse(graph: Graph) -> list[Item]:
    """The groups and the other nodes of a graph of primitives, in an order in which they can run."""
    parted: set[frozenset[Node]] = set()
    while True:
        grouping = _Grouping(graph, parted)
        more = {pair for g in grouping.groups() for pair in _to_part(g, grouping)} - parted
        if not more:
            return grouping.ordered()
        parted |= more


class _Grouping:
    def __init__(self, graph: Graph, parted: set[frozenset[Node]]):
        self.graph = graph
        self.parted = parted
        self.kept = {v for v in graph.outputs if v is not None}  # stored whatever else happens
        self.group_of: dict[Node, Group] = {}
        self.users: dict[Value, list[Node]] = {}
        # What runs together, each after what it uses: at first every node by itself.
        self.order = [[n] for n in graph.nodes]
        self.position = {n: k for k, n in enumerate(graph.nodes)}
        for node in graph.nodes:
            for value in node.tensors():
                self.users.setdefault(value, []).append(node)
            for e in node.expressions():
                for _, value in tensors_of(e):
                    self.users.setdefault(value, []).append(node)
        for node in graph.nodes:
            if node.op.kind == "pointwise":
                numbers = frozenset(e for e in node.expressions() if isinstance(e, tuple))
                self._place(Group([node], node.outputs[0].dims, None, dict.fromkeys(node.data_tensors()), numbers))
            elif node.op.kind == "reduction":
                x, dims = node.arguments
                self._place(Group([node], x.dims, tuple(dims), {x: None}))
        for node in graph.nodes:
            if node.op is joined_pieces:
                self._side_by_side(node)

    def groups(self) -> list[Group]:
        return list(dict.fromkeys(self.group_of.values()))

    def _place(self, group: Group) -> None:
        """Add a one-node group and merge it with what it reads, then with what reads the same."""
        (node,) = group.nodes
        self.group_of[node] = group
        before = 0
        while len(self.group_of[node].nodes) > before:  # what did not fit may fit what the group has become
            before = len(self.group_of[node].nodes)
            for value in list(self.group_of[node].reads):
                if value.node in self.group_of:
                    self._try(self.group_of[value.node], self.group_of[node])
        for value in node.data_tensors():
            for user in self.users[value]:
                if user in self.group_of:
                    self._try(self.group_of[user], self.group_of[node])

    def _side_by_side(self, node: Node) -> None:
        """Pieces of one result of the same size are made by one kernel: they read the same memory."""
        made = [v.node for v in node.arguments[0] if v.node in self.group_of]
        for first, last in zip(made, made[1:], strict=False):
            a, b = self.group_of[first], self.group_of[last]
            if a.reduced is None and b.reduced is None:
                self._try(a, b)

    def _try(self, a: Group, b: Group) -> bool:
        if a is b:
            return True
        merged = _merge(a, b)
        if merged is None or len(merged.numbers) > MOST_NUMBERS:
            return False
        if len(merged.reads) + len(self.stored(merged)) > MOST_OPERANDS:
            return False
        if self.parted and any(frozenset((n, m)) in self.parted for n in a.nodes for m in b.nodes):
            return False
        first, last = (a, b) if self.position[a.nodes[0]] < self.position[b.nodes[0]] else (b, a)
        later = self._depending(first, last)
        if later is None:
            return False
        self._put(merged, first, last, later)
        return True

    def _depending(self, first: Group, last: Group) -> set[int] | None:
        """The places between two groups of what uses a result of the first; None if the last uses one of those.

        All of a group runs together, so what depends on one of its nodes waits for all.
        """
        start, end = self.position[first.nodes[0]], self.position[last.nodes[0]]
        found = {start}
        stack = [start]
        while stack:
            place = stack.pop()
            for node in self.order[place]:
                for value in node.outputs:
                    for user in self.users.get(value, ()):
                        at = self.position[user]
                        if at < end and at not in found:
                            found.add(at)
                            stack.append(at)
                        elif at == end and place != start:
                            return None
        return found

    def _put(self, merged: Group, first: Group, last: Group, later: set[int]) -> None:
        """The merged group comes where the last was, and what depends on the first comes behind it."""
        start, end = self.position[first.nodes[0]], self.position[last.nodes[0]]
        between = range(start + 1, end)
        self.order[start : end + 1] = [
            [],
            *(self.order[k] for k in between if k not in later),
            merged.nodes,
            *(self.order[k] for k in between if k in later),
        ]
        for place in range(start, end + 1):
            for node in self.order[place]:
                self.position[node] = place
        for node in merged.nodes:
            self.group_of[node] = merged

    def stored(self, group: Group) -> list[Value]:
        """The values of a group that somebody outside needs, in order."""
        inside = set(group.nodes)
        return [v for n in group.nodes for v in n.outputs
                if v in self.kept or any(u not in inside for u in self.users.get(v, ()))]

    def ordered(self) -> list[Item]:
        """Items so that each comes after those it depends on; otherwise in graph order."""
        position = {n: k for k, n in enumerate(self.graph.nodes)}
        done: set[Node] = set()
        result: list[Item] = []

        def visit(node: Node) -> None:
            stack: list[tuple[Node, bool]] = [(node, False)]
            while stack:
                current, ready = stack.pop()
                if current in done:
                    continue
                group = self.group_of.get(current)
                members = group.nodes if group else [current]
                if ready:
                    done.update(members)
                    result.append(group or current)
                    continue
                stack.append((current, True))
                before = {v.node for n in members for v in _uses(n) if v.node is not None and v.node in position}
                stack += [
                    (n, False) for n in sorted(before - done - set(members), key=position.__getitem__, reverse=True)
                ]

        for node in sorted(self.graph.nodes, key=lambda n: not n.op.first):
            visit(node)
        return result


def _uses(node: Node) -> Iterable[Value]:
    yield from node.tensors()
    for e in node.expressions():
        yield from (v for _, v in tensors_of(e))


def _merge(a: Group, b: Group) -> Group | None:
    """The group of both, or None where their iteration spaces do not fit."""
    if a.reduced is None and b.reduced is not None:
        a, b = b, a
    if b.reduced is not None:
        if a.space != b.space or a.reduced != b.reduced:
            return None
    elif b.space != a.space and (a.reduced is None or b.space != a.row_dims()):
        return None
    nodes = sorted({*a.nodes, *b.nodes}, key=lambda n: n.number)
    made = {v for n in nodes for v in n.outputs}
    reads = {v: None for v in (*a.reads, *b.reads) if v not in made}
    if a.reduced is not None and len(a.reduced) > 1 and len(set(walked_like(nodes, a.space))) > 1:
        return None
    return Group(nodes, a.space, a.reduced, reads, a.numbers | b.numbers)


def layout_of(value: Value, nodes: Iterable[Node], space: tuple[Expression, ...]) -> tuple[Value, ...]:
    """What decides how a value that these nodes make would lie in memory, were each of them a kernel of its own: the
    operands that it is made of, up to the first that has all dimensions. None where that is contiguous for certain."""
    made = {v for n in nodes for v in n.outputs}

    def layout(value: Value) -> Iterator[Value]:
        if value not in made:
            if sum(e != 1 for e in value.dims) > 1:  # else it has no order of dimensions
                yield value
        elif value.node is not None and isinstance(value.node.op, Pointwise):
            for a in value.node.op.operands_of(value.node.arguments):
                yield from layout(a)
                if a.dims == space:
                    return

    found = tuple(dict.fromkeys(layout(value)))
    return () if all(map(_is_contiguous, found)) else found


def layout_of_kernel(reads: Sequence[Value], space: tuple[Expression, ...]) -> tuple[Value, ...]:
    """The same for what a kernel with these operands stores."""
    whole = next((k for k, v in enumerate(reads) if v.dims == space), len(reads))
    found = tuple(v for v in reads[:whole + 1] if sum(e != 1 for e in v.dims) > 1)
    return () if all(map(_is_contiguous, found)) else found


def _is_contiguous(value: Value, depth: int = 16) -> bool:
    """Whether a value is made contiguous, for certain."""
    node = value.node
    if node is None or not depth:
        return False
    if isinstance(node.op, Pointwise):
        for a in node.op.operands_of(node.arguments):
            if sum(e != 1 for e in a.dims) > 1 and not _is_contiguous(a, depth - 1):
                return False
            if a.dims == value.dims:
                return True
        return True
    return isinstance(node.op, KernelOp) and node.op.epilogue is not None  # they allocate what they give


def walked_like(nodes: Sequence[Node], space: tuple[Expression, ...]) -> list[tuple[Value, ...]]:
    """For each call with reductions, what decides how what it reduces would lie in memory. Sums over several dimensions
    have that order, so only those that agree are one kernel, which reads these operands first. (Where one call makes
    one kernel of several, they do agree: that is their definition.)"""
    firsts: dict[int, Node] = {}
    for n in nodes:
        if n.op.kind == "reduction":
            firsts.setdefault(n.origin, n)
    return [layout_of(n.arguments[0], nodes, space) for n in firsts.values()]


def _to_part(group: Group, grouping: _Grouping) -> Iterable[frozenset[Node]]:
    """Pairs of nodes that are better not in one kernel (see the top of this file)."""
    if group.reduced is None:
        return
    reductions = [n for n in group.nodes if n.op.kind == "reduction"]
    every = len(group.reduced) == len(group.space)
    depends: dict[Node, set[Node]] = {}  # on which reductions a node depends
    for n in group.nodes:
        depends[n] = set()
        for v in n.data_tensors():
            if v.node in depends:
                depends[n] |= depends[v.node] | ({v.node} if v.node.op.kind == "reduction" else set())
    elements = {v.node for v in grouping.stored(group) if not group.is_row(v) and v.node is not None}
    if len(group.reduced) > 1:
        order = walked_like(group.nodes, group.space)[0]
        calls = {m.origin for m in reductions}
        for n in elements:
            if n.origin not in calls and any(layout_of(v, group.nodes, group.space) != order for v in n.outputs):
                yield from (frozenset((n, m)) for m in reductions)
    if every:
        row_only = not elements
        if row_only or len(group.space) > 1:
            for n in reductions:
                yield from (frozenset((n, m)) for m in depends[n])
            for n in elements:
                if n.op.kind != "reduction":
                    yield from (frozenset((n, m)) for m in reductions)
        else:
            for n in elements:
                yield from (frozenset((n, m)) for m in reductions if m.origin != n.origin)
        made = {v for n in group.nodes for v in n.outputs}
        for n in group.nodes:  # a row that is computed from more than reductions is read at the first point
            if n.op.kind != "reduction" and group.is_row(n.outputs[0]) and any(v not in made for v in n.data_tensors()):
                yield from (frozenset((n, m)) for m in reductions if m.origin != n.origin)
    elif group.reduced != tuple(range(len(group.space) - len(group.reduced), len(group.space))):
        for n in elements:
            if not depends[n]:
                yield from (frozenset((n, m)) for m in reductions)
