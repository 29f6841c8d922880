"""How recorded calls are run: which of them become one Program (join.py), which run as they are, what is stored.

Joined are runs of calls without one between them that cannot be joined; what they give is stored only where a later
step or the rest of the program needs it.

Writes to memory that is there are values as well: a call reads the value that memory had when it was recorded, a write
gives the next one. Steps run in the order of their calls, and the last value of each memory is in it when a step ends,
so only a step has several values of one memory to tell apart. It has those of one geometry: a call that sees what was
made or written in the step through another one, which is a view made without a call, begins the next step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taeda.compiler.fuse import fuse
from taeda.compiler.join import Equalities, Joiner, primitives
from taeda.compiler.lower import lower
from taeda.compiler.pipeline import finished
from taeda.compiler.reasons import Reason, unfused
from taeda.compiler.recording import Call, Memory, Quantity, Recorded
from taeda.compiler.stores import Place, write_back
from taeda.ir.dtype import info
from taeda.ops.op import registry

if TYPE_CHECKING:
    from taeda.codegen.target import Target

MOST_CALLS, MOST_NODES = 400, 4000  # in one Program: grouping looks at pairs of nodes


@dataclass
class Step:
    first: int
    calls: list[Call] = field(default_factory=list)
    joined: bool = False
    nodes: int = 0
    outputs: list[int] = field(default_factory=list)
    why: str = ""  # it is not part of the step before
    stores: dict[int, tuple[int, int]] = field(default_factory=dict)  # storage: its value before and after the step
    frees: list[int] = field(default_factory=list)


Equal = list[tuple[Quantity, Quantity]]


def plan(calls: Sequence[Call], values: Sequence[Recorded], memories: Sequence[Memory], others: Sequence[Equal],
         target: Target, register_kernel: Callable[[Any], int],
         reasons: list[Reason] | None = None, varying: Set[Quantity] = frozenset()) -> tuple[Equal, list[Any]]:
    """What the core is given (csrc/core/pending.h): equalities, and for each step its first call, their number, its
    Program or None, the values that that takes and gives, the storages that are not needed after it, and the values in
    whose place the Program writes. `reasons`, if given, is told why neighbours are not one kernel; `varying`: see
    join.Equalities."""
    steps = _steps(calls, values, memories)
    if reasons is not None:
        reasons += [Reason(step.first - 1, step.first, step.why) for step in steps if step.why]
    equal: dict[tuple[Quantity, Quantity], None] = {}
    result = []
    for step in steps:
        program = None
        inputs: list[int] = []
        if step.joined:
            equalities = Equalities(others, varying)
            program, inputs = _joined(step, values, equalities, target, register_kernel, reasons)
            equal.update(equalities.found)
        outputs = step.outputs if step.joined else []
        written = [first for first, _ in step.stores.values()] if step.joined else []
        result.append((step.first, len(step.calls), program, inputs, outputs, step.frees, written))
    return list(equal), result


def _steps(calls: Sequence[Call], values: Sequence[Recorded], memories: Sequence[Memory]) -> list[Step]:
    steps: list[Step] = []
    changed: set[int] = set()  # storages made or written to in the current step
    known: set[int] = set()  # values made in it
    for number, call in enumerate(calls):
        step = steps[-1] if steps else None
        nodes = len(primitives(registry.ops[call.op], call.key).graph.nodes) if call.joins else 0
        why = ""
        if step is None or step.joined != call.joins:
            why = "" if step is None or not call.joins else "calls that run by themselves come before"
            if not call.joins:
                why = ("it runs by itself: it writes to several tensors or through a kernel of its own, reduces rows "
                       "of more than 16384 elements, or depends on how its operands lie in memory")
        elif len(step.calls) >= MOST_CALLS or nodes and step.nodes + nodes > MOST_NODES:
            why = f"the Program has {len(step.calls)} calls already"
        elif call.joins and not (
                all(v < 0 or v in known or values[v].memory not in changed for v in call.inputs)
                and all(values[v].memory not in changed or step.stores.get(values[v].memory, (-1, -1))[1] == v
                        for v, _ in call.writes)):
            why = "it sees what the Program makes or writes through a view that no call made"
        if step is None or why:
            step = Step(number, joined=call.joins, why=why if steps else "")
            steps.append(step)
            changed, known = set(), set()
        step.calls.append(call)
        step.nodes += nodes
        known.update(v for v in call.outputs if v >= 0)
        changed.update(values[v].memory for v in call.outputs
                       if v >= 0 and values[v].makes and values[v].call == number)
        for before, after in call.writes:
            memory = values[after].memory
            first, _ = step.stores.get(memory, (before, after))
            step.stores[memory] = first, after
            known.add(after)
            changed.add(memory)
    return _needed(steps, values, memories)


def _needed(steps: list[Step], values: Sequence[Recorded], memories: Sequence[Memory]) -> list[Step]:
    """The steps that somebody needs something of, with what they have to store and what they are the last to use."""
    needed = {k for k, m in enumerate(memories) if m.wanted}
    result = []
    for step in reversed(steps):
        makers = [v for call_number, call in enumerate(step.calls, step.first) for v in call.outputs
                  if v >= 0 and values[v].makes and values[v].call == call_number]
        step.outputs = [v for v in dict.fromkeys(makers) if values[v].memory in needed]
        step.stores = {memory: pair for memory, pair in step.stores.items() if memory in needed}
        if not step.outputs and not step.stores:
            continue
        if len(step.calls) == 1:
            step.joined = False  # it has a Program of its own
        uses = {values[v].memory for call in step.calls for v in (*call.inputs, *call.outputs) if v >= 0}
        uses.update(values[v].memory for call in step.calls for v, _ in call.writes)
        step.frees = sorted(uses - needed - {-1})
        needed |= uses
        result.append(step)
    return result[::-1]


def _joined(step: Step, values: Sequence[Recorded], equalities: Equalities, target: Target,
            register_kernel: Callable[[Any], int],
            reasons: list[Reason] | None) -> tuple[dict[str, Any], list[int]]:
    joiner = Joiner(equalities, lambda v: values[v].sizes)
    before = step.calls[0].first_attribute
    written = {first for first, _ in step.stores.values()}
    for call in step.calls:
        for v in call.inputs:
            if v >= 0 and v not in joiner.values:
                joiner.input(v, values[v].dtype)
        joiner.call(registry.ops[call.op], call.key, call.inputs, call.outputs, call.first_attribute, call.attributes,
                    before)
        for v in sorted(written.intersection(call.outputs)):  # a view that is written to is taken as it is
            joiner.input(v, values[v].dtype)
    for v in sorted(written - joiner.values.keys()):
        joiner.input(v, values[v].dtype)
    end = step.calls[-1]
    stored = [v for _, v in step.stores.values()]
    graph = joiner.finish([*step.outputs, *stored], end.first_attribute + len(end.attributes) - before)
    number = {v: k for k, v in enumerate(joiner.inputs)}
    places = [Place(number[first], joiner.values[first].dims == joiner.values[last].dims
                    and not info(values[first].dtype).is_mirrored)
              for first, last in step.stores.values()]
    memory = {k: values[v].memory for v, k in number.items() if values[v].memory in step.stores}
    items = fuse(graph)
    if reasons is not None:
        reasons += unfused(graph, items, step.first)
    program = write_back(lower(graph, graph.inputs, items, target, register_kernel), places, memory,
                         [(v.dtype, v.ndim) for v in graph.outputs if v is not None])
    return finished(graph, program), joiner.inputs
