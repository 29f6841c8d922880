"""Joining recorded calls: the graphs of several calls, one after the other, become one graph.

What a compiled function runs is recorded as calls (csrc/core/pending.h); plan.py says which of them are joined. Sizes
are no part of a recording, but two tensors fuse only where their shapes are equal for certain. So numbers that are
equal in this recording are taken to be equal in every later one, and the plan says which: who runs it again compares
them first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from taeda.compiler.expand import broadcast_instead, remove_dead
from taeda.compiler.pieces import work_in_pieces
from taeda.compiler.pipeline import Key, expanded, trace
from taeda.compiler.recording import Quantity
from taeda.ir.dtype import plain
from taeda.ir.expression import Expression, product, rewrite, unwrap
from taeda.ir.graph import Graph, Node, Value, tracing
from taeda.ir.loop import load, scalar, walk
from taeda.ir.scalars import DIVISIONS
from taeda.ops import dtypes
from taeda.ops.complex_parts import conjugate_or_negative, mirror
from taeda.ops.op import Derived, KernelOp, Op, Pointwise, ViewOp, registry
from taeda.ops.views import reshape, sum_to_shape, view_

# Kinds of views that depend on where elements lie, not only on which they are.
_OF_LAYOUT = frozenset({"as_strided"})
_OF_INPUTS = frozenset({"stride", "offset", "read"})


@dataclass
class Primitives:
    """A call in primitives: its tensors (None: absent) and results are Values of `graph`."""

    graph: Graph
    tensors: list[Value | None]
    outputs: list[Value | None]


_primitives: dict[tuple[str, str], Primitives] = {}


def primitives(op: Op, key: Key) -> Primitives:
    """The graph of a call, expanded as for a Program of its own."""
    called = (op.name, repr(key))  # 1, 1.0 and True are equal
    if called not in _primitives:
        _primitives[called] = _expanded(op, key)
    return _primitives[called]


def _expanded(op: Op, key: Key) -> Primitives:
    graph, tensors = expanded(trace(op, key))
    return Primitives(graph, tensors, graph.outputs)


def can_join(op: Op, key: Key) -> bool | None:
    """Whether a call may be joined with others; None where running it can fail in a way that its sizes do not tell, so
    that it must not be put off at all."""
    graph = primitives(op, key).graph
    joins = True
    for node in graph.nodes:
        if any(leaf[0] in _OF_INPUTS for e in node.expressions() for leaf in _leaves(e)):
            joins = False
        if isinstance(node.op, ViewOp):
            joins &= node.op.view_of(node.arguments).kind not in _OF_LAYOUT
        elif isinstance(node.op, KernelOp):
            # What draws random numbers was given those of its stream: it may run later, or not at all.
            pure = node.op.pure or any(p.kind == "Generator" for p in node.op.parameters)
            is_view = node.op.is_view and node.op is not mirror
            joins &= not node.op.mutates and not is_view and (pure or not node.outputs)
        elif isinstance(node.op, Pointwise) and _can_divide_by_zero(node):
            return None
    return joins


def _leaves(e: Expression) -> Iterable[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    rewrite(e, lambda s: found.append(s))
    return found


def _can_divide_by_zero(node: Node) -> bool:
    assert isinstance(node.op, Pointwise)
    expressions = node.op.expressions(
        node.arguments, lambda v: load(0, plain(v.dtype)), lambda e, dtype: scalar(0, dtype))
    return any(e.op in DIVISIONS and not dtypes.is_float(e.dtype) for e in walk(expressions))


class Equalities:
    """Which numbers of a recording are taken to be equal. `others` are the equalities of plans for the same calls that
    do not hold now: what those did not rely on is not relied on either, so that a number that varies ends as one.
    `varying` are numbers that were others when these calls were last planned; none of them is taken to be equal to one
    that was not, as a length of 2 is to a batch of 2."""

    def __init__(self, others: Sequence[Sequence[tuple[Quantity, Quantity]]], varying: Set[Quantity] = frozenset()):
        self._varying = varying
        self.found: dict[tuple[Quantity, Quantity], None] = {}
        self._others = [_classes(pairs) for pairs in others]
        self._known: dict[int, list[tuple[Quantity, Expression]]] = {}

    def expression(self, number: int, quantity: Quantity, own: Expression) -> Expression:
        """What stands for a quantity that is `number` now: what stood for an equal one before, or `own`."""
        if number == 1 and self._allowed(quantity, (0, 0, 0, 1)):
            self.found[quantity, (0, 0, 0, 1)] = None
            return 1
        known = self._known.setdefault(number, [])
        for other, expression in known:
            if expression == own:
                return own
            if self._allowed(other, quantity):
                self.found[other, quantity] = None
                return expression
        known.append((quantity, own))
        return own

    def _allowed(self, a: Quantity, b: Quantity) -> bool:
        if (a in self._varying) != (b in self._varying):
            return False
        return all(classes.get(a, a) == classes.get(b, b) for classes in self._others)


def _classes(pairs: Sequence[tuple[Quantity, Quantity]]) -> dict[Quantity, Quantity]:
    """For each quantity one that stands for all that are equal to it."""
    parent: dict[Quantity, Quantity] = {}

    def root(q: Quantity) -> Quantity:
        while parent.get(q, q) != q:
            q = parent[q]
        return q

    for a, b in pairs:
        parent[root(a)] = root(b)
    return {q: root(q) for pair in pairs for q in pair}


class Joiner:
    """A graph that grows by calls. Values of the recording are known by their numbers."""

    def __init__(self, equalities: Equalities, sizes: Callable[[int], Sequence[int]]):
        self.graph = Graph("joined", registry)
        self.graph.expand = True
        self.graph.share_calls()
        self.values: dict[int, Value] = {}
        self.inputs: list[int] = []
        self._equalities = equalities
        self._sizes = sizes

    def input(self, number: int, dtype: str) -> Value:
        """A value that was there before these calls."""
        value = self.graph.input(dtype, len(self._sizes(number)), f"x{number}")
        self._fit(value, number)
        self.values[number] = value
        self.inputs.append(number)
        return value

    def _fit(self, value: Value, number: int, of_call: Iterable[Value] = ()) -> None:
        """Sizes that are known to be equal to others are written as those, also of the values `of_call` that have them
        all: what the value was made of."""
        before = value.dims
        value.dims = tuple(e if isinstance(e, int) else self._equalities.expression(n, (1, number, d, 0), e)
                           for d, (e, n) in enumerate(zip(before, self._sizes(number), strict=True)))
        for other in of_call:
            if other.dims == before and other.node is not None:
                other.dims = value.dims

    def call(self, op: Op, key: Key, inputs: Sequence[int], outputs: Sequence[int], first_attribute: int,
             attributes: Sequence[Any], before: int) -> None:
        """Add the next call, whose attributes are numbered from `first_attribute`, the whole graph's from `before`."""
        inlined = primitives(op, key)
        mapping: dict[Value, Value] = {}
        for value, number in zip(inlined.tensors, inputs, strict=True):
            if value is not None:
                mapping[value] = self.values[number]

        def leaf(e: tuple[Any, ...]) -> Expression | None:
            if e[0] == "size":
                return mapping[e[1]].dims[e[2]]
            if e[0] == "numel":
                return unwrap(product(mapping[e[1]].shape))
            if e[0] == "attribute":
                return (e[0], e[1] + first_attribute - before, *e[2:])
            if e[0] == "item":
                own = (e[0], e[1] + first_attribute - before, e[2])
                number = attributes[e[1]][e[2]]
                return own if number < 1 else self._equalities.expression(
                    number, (3, first_attribute + e[1], e[2], 0), own)
            return None

        with tracing(self.graph):
            for node in inlined.graph.nodes:
                if not node.outputs:
                    continue  # a check of sizes, which was made when the call was recorded
                arguments = node.map_arguments(mapping.__getitem__, lambda e: rewrite(e, leaf))
                if node.op is sum_to_shape and arguments[0].dims == arguments[1].dims:  # here that is known
                    mapping[node.outputs[0]] = arguments[0]
                    continue
                # Another layout than the recorded one is as good here, and may need a copy. So are the numbers
                # themselves in place of a lazy conjugate.
                called = reshape if node.op is view_ else conjugate_or_negative if node.op is mirror else node.op
                found: Any = called.inline(arguments) if isinstance(called, Derived) else called.record(arguments)
                for old, value in zip(node.outputs, found if isinstance(found, tuple) else (found,), strict=True):
                    mapping[old] = value
                    if value.node is not None:  # its sizes may be known from what the call knows of its arguments
                        value.dims = tuple(rewrite(known, leaf) if e == ("size", value, d) != known else e for d, (
                            e, known) in enumerate(zip(value.dims, old.dims, strict=True)))
        for value, number in zip(inlined.outputs, outputs, strict=True):
            if value is not None and number >= 0 and number not in self.values:
                self.values[number] = mapping[value]
                if mapping[value].node is not None:
                    self._fit(mapping[value], number, mapping.values())
        self.graph.origin += 1

    def finish(self, outputs: Sequence[int], attributes: int) -> Graph:
        """The graph of what is needed for these results."""
        self.graph.outputs = [self.values[n] for n in outputs]
        self.graph.attributes = attributes
        broadcast_instead(self.graph)
        work_in_pieces(self.graph)
        remove_dead(self.graph)
        return self.graph
