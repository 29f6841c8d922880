"""Recordings as the compiler is given them: the calls that a compiled function made, and what they are about.

Importing this file imports nothing of the compiler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

Key = tuple[Any, ...]

# A number of the recording: (0, 0, 0, n) is n itself, (1, value, dim, 0) a size, (3, attribute, item, 0) an item of a
# list.
Quantity = tuple[int, int, int, int]


class Call(NamedTuple):
    """A recorded call. Inputs and outputs are numbers of values (-1: absent); `writes` are pairs of the value that was
    in memory that is there when the call runs, and that which it puts there."""

    op: str
    key: Key
    joins: bool
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    first_attribute: int
    attributes: tuple[Any, ...]
    writes: tuple[tuple[int, int], ...] = ()


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


Numbers = dict[tuple[Any, ...], tuple[int, Quantity]]


def numbers_of(calls: Sequence[Call], values: Sequence[Recorded]) -> Numbers:
    """The sizes of a recording, and the integers that its calls were given: what each is now and as a quantity, by
    where it is in the calls, which means the same in other recordings of them."""
    found: Numbers = {}
    for number, call in enumerate(calls):
        for kind, places in (("input", call.inputs), ("output", call.outputs)):
            for place, v in enumerate(places):
                for d, size in enumerate(values[v].sizes if v >= 0 else ()):
                    found[number, kind, place, d] = size, (1, v, d, 0)
        for place, attribute in enumerate(call.attributes):
            for j, item in enumerate(attribute if isinstance(attribute, tuple) else ()):
                found[number, "list", place, j] = item, (3, call.first_attribute + place, j, 0)
    return found


def changed_numbers(now: Numbers, before: dict[tuple[Any, ...], int]) -> frozenset[Quantity]:
    """The numbers that were others before."""
    return frozenset(q for where, (number, q) in now.items() if before.get(where, number) != number)
