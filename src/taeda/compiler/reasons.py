"""Why neighbours did not become one kernel, in words for `taeda.compiler.explain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taeda.compiler.fuse import MOST_OPERANDS, Group, Item
from taeda.compiler.lower import beginning, finishing, pieces_of_joins, users_of
from taeda.ir.expression import Expression
from taeda.ir.graph import Graph, Node, Value
from taeda.ops.op import KernelOp, ViewOp
from taeda.ops.views import strided_part


class Reason(NamedTuple):
    """One call gives what another one reads, through memory. Calls are known by their numbers in the recording."""

    giver: int
    reader: int
    why: str


def unfused(graph: Graph, items: Sequence[Item], first: int) -> Iterator[Reason]:
    """For each value that goes from one kernel of a joined Program to another, why. The calls of the Program are
    numbered from `first`."""
    users = users_of(graph)
    finished = finishing(graph, items, users)
    begun = beginning(graph, items, finished, users)
    placed = pieces_of_joins(graph, items, users)
    item_of: dict[Node, Item] = {n: i for i in items for n in (i.nodes if isinstance(i, Group) else [i])}
    seen: set[tuple[int, int]] = set()
    for item in items:
        reader = item.nodes[0] if isinstance(item, Group) else item
        if isinstance(reader.op, ViewOp) or reader.op is strided_part:
            continue
        for value in list(item.reads) if isinstance(item, Group) else item.data_tensors():
            source, view = _behind_views(value)
            if source.node is None or value in placed and placed[value][0] is reader:
                continue
            giver = item_of[source.node]
            if (giver is item or giver in begun or finished.get(item) is giver
                    or (id(giver), id(item)) in seen):
                continue
            seen.add((id(giver), id(item)))
            why = f"it is read through a view ({view})" if view else _why(giver, item, source)
            yield Reason(first + source.node.origin, first + _origin_of_use(item, value), why)


def _behind_views(value: Value) -> tuple[Value, str]:
    view = ""
    while value.node is not None and (isinstance(value.node.op, ViewOp) or value.node.op is strided_part):
        view = view or value.node.op.name.rpartition(".")[2]
        value = value.node.arguments[0]
    return value, view


def _origin_of_use(item: Item, value: Value) -> int:
    nodes = item.nodes if isinstance(item, Group) else [item]
    return next((n.origin for n in nodes if value in n.tensors()), nodes[0].origin)


def _why(giver: Item, reader: Item, value: Value) -> str:
    if not isinstance(reader, Group):
        return f"{_name(reader)} reads its operands from memory"
    if not isinstance(giver, Group):
        if not isinstance(giver.op, KernelOp) or giver.op.epilogue is None:
            return f"the kernel of {_name(giver)} takes no further operations on its result"
        return (f"the kernel of {_name(giver)} takes further operations on its result only where nothing else reads it "
                "and they give one result of its shape")
    if giver.space != reader.space:
        return f"they run over different shapes, {_shape(giver.space)} and {_shape(reader.space)}"
    if giver.reduced is not None and reader.reduced is not None and giver.reduced != reader.reduced:
        return f"they reduce different dimensions, {giver.reduced} and {reader.reduced}"
    if len(giver.reads) + len(reader.reads) > MOST_OPERANDS:
        return f"one kernel for both would have more than {MOST_OPERANDS} operands"
    if giver.reduced is not None or reader.reduced is not None:
        return "a reduction goes over all of it before the rest can begin, or one kernel had too little to do at once"
    return "something in between depends on the one, and the other on that"


def _name(node: Node) -> str:
    return node.op.name.rpartition(".")[2]


def _shape(space: Sequence[Expression]) -> str:
    return "[" + ", ".join(str(e) if isinstance(e, int) else "n" for e in space) + "]"
