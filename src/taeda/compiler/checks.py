"""The checks of a call alone: what of its Program can raise an error for the values that it is given.

In a compiled function a call is put off, but its errors are not: an index out of range is raised by the call that it
was given to, where the user may catch it. So such a call is checked before it is noted down
(csrc/python/compile_mode.cpp), which it can be where the checks read integers that are there: an index, the classes of
a loss. What is left of the Program is its checks and what they are computed from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from taeda.compiler.fuse import fuse
from taeda.compiler.lower import lower
from taeda.compiler.pipeline import Key, expanded, finished, gradient, trace
from taeda.ir.expression import TENSOR_LEAVES, Expression
from taeda.ir.program_checker import VIEWS, expressions_of, made_by, read_by, written_by
from taeda.ops.dtypes import is_integer
from taeda.ops.op import Op

if TYPE_CHECKING:
    from taeda.codegen.target import Target

_FAULTS = 8  # where they are in a launch


def checks(op: Op, key: Key, target: Target,
           register_kernel: Callable[[Any], int]) -> tuple[dict[str, Any], list[int]] | None:
    """A Program without results that raises what the call would raise for its values, and the numbers of the tensors
    whose elements it reads; None where that is not a matter of integers alone.

    What a gradient is given of the results of its call needs no check: they are as the call made them.
    """
    graph, tensors = expanded(trace(op, key))
    description = lower(graph, tensors, fuse(graph), target, register_kernel, only_checks=True)
    kept, touched = _needed(description["instructions"])
    reads = sorted(r for r in touched if r < description["tensors"])
    if key[:1] == ("gradient",):
        found = gradient(op, *key[1:])
        made = {len(found.grads) + k for k, (_, (kind, _)) in enumerate(found.saved) if kind == "output"}
        reads = [r for r in reads if r not in made]
    read = [tensors[r] for r in reads]
    if any(v is None or not is_integer(v.dtype) for v in read):
        return None
    instructions = description["instructions"]
    program = {**description, "instructions": [instructions[k] for k in kept], "outputs": [],
               "origins": [description["origins"][k] for k in kept]}
    return finished(graph, program), reads


def _needed(instructions: Sequence[tuple[Any, ...]]) -> tuple[list[int], set[int]]:
    """The numbers of the checks and of what they are computed from, and the registers whose elements these read."""
    kept: list[int] = []
    known: set[int] = set()    # registers that something kept needs
    touched: set[int] = set()  # those whose elements it reads
    memory = _memories(instructions)
    seen: set[int] = set()     # the memory of these: what is written through another view of it is read too
    for k in range(len(instructions) - 1, -1, -1):
        instruction = instructions[k]
        raises = instruction[0] == "check" or instruction[0] == "launch" and bool(instruction[_FAULTS])
        makes = set(made_by(instruction)) | set(written_by(instruction))
        writes = not seen.isdisjoint(memory.get(r, r) for r in written_by(instruction))
        if not raises and not writes and known.isdisjoint(makes):
            continue
        kept.append(k)
        for leaf in _tensor_leaves(list(expressions_of(instruction))):
            known.add(leaf[1])
            if leaf[0] == "read":
                touched.add(leaf[1])
        reads = set(read_by(instruction))
        known |= reads
        if raises or writes or not touched.isdisjoint(makes):
            touched |= reads
        seen = {memory.get(r, r) for r in touched}
    return kept[::-1], touched


def _memories(instructions: Sequence[tuple[Any, ...]]) -> dict[int, int]:
    """For each view, the register whose memory it lies in."""
    memory: dict[int, int] = {}
    for instruction in instructions:
        if instruction[0] in VIEWS:
            (source,) = read_by(instruction)
            memory.update(dict.fromkeys(made_by(instruction), memory.get(source, source)))
    return memory


def _tensor_leaves(e: Expression | Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    if isinstance(e, (tuple, list)):
        if e and isinstance(e, tuple) and e[0] in TENSOR_LEAVES:
            yield e
        elif e:
            for part in e[isinstance(e[0], str):]:
                yield from _tensor_leaves(part)
