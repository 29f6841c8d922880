"""How recorded calls are run: which of them become one Program (join.py), which run as they are, what is stored.

Joined are runs of calls without one between them that cannot be joined; what they give is stored only where a later
step or the rest of the program needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from taeda.compiler.fuse import fuse
from taeda.compiler.join import Equalities, Joiner, Quantity, primitives
from taeda.compiler.lower import lower
from taeda.compiler.pipeline import Key, finished
from taeda.ops.op import registry

if TYPE_CHECKING:
    from taeda.codegen.target import Target

MOST_CALLS, MOST_NODES = 40, 400  # in one Program: grouping looks at pairs of nodes


class Call(NamedTuple):
    """A recorded call. Inputs and outputs are numbers of values (-1: absent)."""

    op: str
    key: Key
    joins: bool
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    first_attribute: int
    attributes: tuple[Any, ...]


class Recorded(NamedTuple):
    """A value of a recording."""

    dtype: str
    sizes: tuple[int, ...]
    memory: int   # number of its storage; -1: a shape alone
    call: int     # that gave it, or -1
    output: int
    makes: bool   # whether its storage was made with it


class Memory(NamedTuple):
    """A storage of a recording."""

    maker: int    # the value that it was made with, or -1
    wanted: bool  # whether somebody has it when the recording is run


@dataclass
class Step:
    first: int
    calls: list[Call] = field(default_factory=list)
    joined: bool = False
    nodes: int = 0
    outputs: list[int] = field(default_factory=list)
    frees: list[int] = field(default_factory=list)


Equal = list[tuple[Quantity, Quantity]]


def plan(calls: Sequence[Call], values: Sequence[Recorded], memories: Sequence[Memory], others: Sequence[Equal],
         target: Target, register_kernel: Callable[[Any], int]) -> tuple[Equal, list[tuple[Any, ...]]]:
    """What the core is given (csrc/core/pending.h): equalities, and for each step its first call, their number, its
    Program or None, the values that that takes and gives, the storages that are not needed after it."""
    steps = _steps(calls, values, memories)
    equal: dict[tuple[Quantity, Quantity], None] = {}
    result = []
    for step in steps:
        program = None
        inputs: list[int] = []
        if step.joined:
            equalities = Equalities(others)
            program, inputs = _joined(step, values, equalities, target, register_kernel)
            equal.update(equalities.found)
        result.append((step.first, len(step.calls), program, inputs, step.outputs if step.joined else [], step.frees))
    return list(equal), result


def _steps(calls: Sequence[Call], values: Sequence[Recorded], memories: Sequence[Memory]) -> list[Step]:
    steps: list[Step] = []
    made: set[int] = set()  # storages made in the current step
    known: set[int] = set()  # values made in it
    for number, call in enumerate(calls):
        step = steps[-1] if steps else None
        nodes = len(primitives(registry.ops[call.op], call.key).graph.nodes) if call.joins else 0
        fits = (step is not None and step.joined == call.joins and len(step.calls) < MOST_CALLS
                and (not nodes or step.nodes + nodes <= MOST_NODES))
        if call.joins and fits:  # a view made without a call, of what is in the middle of a Program
            fits = all(v < 0 or v in known or values[v].memory not in made for v in call.inputs)
        if not fits or step is None:
            step = Step(number, joined=call.joins)
            steps.append(step)
            made, known = set(), set()
        step.calls.append(call)
        step.nodes += nodes
        known.update(v for v in call.outputs if v >= 0)
        made.update(values[v].memory for v in call.outputs if v >= 0 and values[v].makes and values[v].call == number)
    return _needed(steps, values, memories)


def _needed(steps: list[Step], values: Sequence[Recorded], memories: Sequence[Memory]) -> list[Step]:
    """The steps that somebody needs something of, with what they have to store and what they are the last to use."""
    needed = {k for k, m in enumerate(memories) if m.wanted}
    result = []
    for step in reversed(steps):
        makers = [v for call_number, call in enumerate(step.calls, step.first) for v in call.outputs
                  if v >= 0 and values[v].makes and values[v].call == call_number]
        step.outputs = [v for v in dict.fromkeys(makers) if values[v].memory in needed]
        if not step.outputs:
            continue
        if len(step.calls) == 1:
            step.joined = False  # it has a Program of its own
        uses = {values[v].memory for call in step.calls for v in (*call.inputs, *call.outputs) if v >= 0}
        step.frees = sorted(uses - needed - {-1})
        needed |= uses
        result.append(step)
    return result[::-1]


def _joined(step: Step, values: Sequence[Recorded], equalities: Equalities, target: Target,
            register_kernel: Callable[[Any], int]) -> tuple[dict[str, Any], list[int]]:
    joiner = Joiner(equalities, lambda v: values[v].sizes)
    before = step.calls[0].first_attribute
    for call in step.calls:
        for v in call.inputs:
            if v >= 0 and v not in joiner.values:
                joiner.input(v, values[v].dtype)
        joiner.call(registry.ops[call.op], call.key, call.inputs, call.outputs, call.first_attribute, call.attributes,
                    before)
    last = step.calls[-1]
    graph = joiner.finish(step.outputs, last.first_attribute + len(last.attributes) - before)
    program = lower(graph, graph.inputs, fuse(graph), target, register_kernel)
    return finished(graph, program), joiner.inputs
