"""Results of a Program that are written to memory that it was given.

A graph has values only, and lowering makes all of them anew. Here the last outputs of a Program are brought to the
inputs whose content they are from now on. The kernel that makes such a result writes it there at once where that cannot
be noticed: a pointwise kernel, which reads the place at most at the element that it writes, if no later instruction
reads what was there. Otherwise it is copied when all has been computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from taeda.ir.expression import Expression
from taeda.ir.program_checker import expressions_of, made_by, read_by

# Instructions whose result may be another view of what they read.
_VIEWS = frozenset({"view", "view_dtype", "contiguous", "update", "sum_to", "alias"})


class Place(NamedTuple):
    """Where an output is written."""

    register: int  # an input of the Program
    fits: bool     # whether its shape is for certain that of the output


def write_back(program: dict[str, Any], places: Sequence[Place], memory: dict[int, int],
               outputs: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """`program`, whose last outputs go to `places`. `memory` says of the inputs that live in a storage that is written
    to in which, and `outputs` the dtypes and numbers of dimensions of all outputs."""
    if not places:
        return program
    instructions: list[tuple[Any, ...]] = list(program["instructions"])
    registers: list[int] = list(program["outputs"])
    results = len(registers) - len(places)
    shows = dict(memory)  # registers, and in which of those storages they may live
    last_read: dict[int, int] = {}
    maker: dict[int, int] = {}
    for position, instruction in enumerate(instructions):
        for register in _reads(instruction):
            if register in shows:
                last_read[shows[register]] = position
                if instruction[0] in _VIEWS:
                    shows.update(dict.fromkeys(made_by(instruction), shows[register]))
        maker.update(dict.fromkeys(made_by(instruction), position))
    read_at_the_end = {shows[r] for r in registers if r in shows}

    after: dict[int, list[tuple[Any, ...]]] = {}  # position: instructions that follow it
    copies: list[tuple[Any, ...]] = []
    written = set()
    for register, place in zip(registers[results:], places, strict=True):
        storage, position = memory[place.register], maker.get(register, -1)
        if (place.fits and position >= 0 and register not in written and storage not in read_at_the_end
                and last_read.get(storage, -1) <= position
                and _can_write(instructions[position], place.register, {r for r, s in shows.items() if s == storage})):
            written.add(register)
            instructions[position] = _into(instructions[position], register, place.register)
            after.setdefault(position, []).append(("alias", register, place.register))
        else:
            copies.append(("copy", place.register, register))
    # What a result shows of memory that is written to is what was there before.
    count = program["registers"]
    saved: dict[int, int] = {}
    keeps: list[tuple[Any, ...]] = []
    for register, (dtype, ndim) in zip(registers, outputs, strict=True):
        if register in shows and register not in saved:
            saved[register] = count
            keeps += [("alloc", count, dtype, [("size", register, d) for d in range(ndim)], None),
                      ("copy", count, register)]
            count += 1
    origin_of = [*program["origins"]]
    end = [*keeps, *((name, place, saved.get(register, register)) for name, place, register in copies)]
    all_of_them = tuple(sorted({number for origin in origin_of for number in origin}))
    order = [(i, origin) for k, (one, origin) in enumerate(zip(instructions, origin_of, strict=True))
             for i in (one, *after.get(k, ()))]
    order += [(i, origin_of[maker[i[2]]] if i[2] in maker and i[0] == "copy" else all_of_them) for i in end]
    return {**program, "registers": count, "outputs": [saved.get(r, r) for r in registers[:results]],
            "instructions": [i for i, _ in order], "origins": [origin for _, origin in order]}


def _reads(instruction: tuple[Any, ...]) -> Iterator[int]:
    yield from read_by(instruction)
    stack: list[Expression | Sequence[Expression]] = list(expressions_of(instruction))
    while stack:
        e = stack.pop()
        if isinstance(e, (tuple, list)):
            if e and e[0] == "read":
                yield e[1]
            stack += e[1:] if e and isinstance(e[0], str) else e


def _can_write(instruction: tuple[Any, ...], place: int, shows: set[int]) -> bool:
    """Whether a kernel may write to `place`, where `shows` are the registers that may show the same memory."""
    if instruction[0] != "loops":
        return False
    _, _, inputs, _, _, reduced, _, when = instruction
    return reduced is None and when is None and all(r == place or r not in shows for r in inputs)


def _into(instruction: tuple[Any, ...], register: int, place: int) -> tuple[Any, ...]:
    outputs = [("into", place, o[3]) if o[:2] == ("new", register) else o for o in instruction[3]]
    return (*instruction[:3], outputs, *instruction[4:])
