"""The rules of Program descriptions (ARCHITECTURE.md), checked after lowering in tests (and with TAEDA_CHECK=1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import LEAVES, OPERATORS, TENSOR_LEAVES, Expression

# For each instruction, where in it are registers that it reads, of these those that it may write to, those that it
# makes, and its expressions.
_READS = {"loops": (2,), "launch": (2,), "view": (3,), "view_dtype": (2,), "contiguous": (2,), "update": (2,),
          "sum_to": (2, 3), "alloc_like": (4,), "copy": (1, 2), "join": (1, 2), "fill": (1,), "alias": (2,)}
VIEWS = ("view", "view_dtype", "contiguous", "alias")  # what they make may lie in the memory of what they read
_WRITES = {"launch": 2, "copy": 1, "join": 1, "fill": 1}
_MAKES = {"alloc": 1, "alloc_like": 1, "view": 2, "view_dtype": 1, "contiguous": 1, "update": 1, "sum_to": 1,
          "alias": 1}
_EXPRESSIONS = {"alloc": (3, 4), "alloc_like": (3,), "loops": (4, 7), "launch": (3, 4, 5, 6, 7, 9), "view": (4, 5),
                "fill": (2,), "check": (1, 4)}


def read_by(instruction: tuple[Any, ...]) -> Iterator[int]:
    """The registers whose elements an instruction reads, or may write to."""
    for place in _READS.get(instruction[0], ()):
        yield from _several(instruction[place])
    if instruction[0] == "loops":
        yield from written_by(instruction)


def written_by(instruction: tuple[Any, ...]) -> Iterator[int]:
    """Those of the registers that it reads that an instruction may write to."""
    if instruction[0] in _WRITES:
        yield from _several(instruction[_WRITES[instruction[0]]])
    if instruction[0] == "loops":
        yield from (output[1] for output in instruction[3] if output[0] != "new")


def made_by(instruction: tuple[Any, ...]) -> Iterator[int]:
    """The registers that an instruction makes."""
    if instruction[0] in _MAKES:
        yield instruction[_MAKES[instruction[0]]]
    if instruction[0] == "loops":
        yield from (output[1] for output in instruction[3] if output[0] == "new")


def expressions_of(instruction: tuple[Any, ...]) -> Iterator[Any]:
    """The expressions of an instruction, and lists of them."""
    for place in _EXPRESSIONS.get(instruction[0], ()):
        yield instruction[place]


def check_program(program: dict[str, Any], name: str = "") -> None:
    """Raises ValueError, naming the instruction, if a register is read before it is made or an expression is none."""
    known = set(range(program["tensors"]))

    def fail(what: str) -> None:
        raise ValueError(f"program {name}, {where}: {what}")

    def read(register: int) -> None:
        if register not in known:
            fail(f"register {register} is read before it is made")

    def expression(e: Expression) -> None:
        if isinstance(e, (list, tuple)) and not (isinstance(e, tuple) and e and isinstance(e[0], str)):
            for part in e:
                expression(part)
        elif isinstance(e, tuple):
            if e[0] in TENSOR_LEAVES:
                read(e[1])
            elif e[0] in LEAVES:
                if not 0 <= e[1] < program["attributes"]:
                    fail(f"there is no attribute {e[1]}")
            elif e[0] in OPERATORS:
                expression(list(e[1:]))
            else:
                fail(f"{e[0]!r} is no operator of expressions")
        elif e is not None and not isinstance(e, (int, float)):
            fail(f"{e!r} is no expression")

    def made(register: int) -> None:
        if not program["tensors"] <= register < program["registers"]:
            fail(f"register {register} is made, but {program['tensors']} to {program['registers']} are to be")
        known.add(register)

    where = ""
    for k, instruction in enumerate(program["instructions"]):
        kind = instruction[0]
        where = f"instruction {k}, {kind}"
        if kind not in _READS and kind not in _MAKES and kind not in _EXPRESSIONS:
            fail("there is no such instruction")
        for e in expressions_of(instruction):
            expression(e)
        for register in read_by(instruction):
            read(register)
        for register in made_by(instruction):
            made(register)
    where = "outputs"
    for register in program["outputs"]:
        read(register)


def _several(registers: Any) -> Iterator[int]:
    yield from registers if isinstance(registers, (list, tuple)) else (registers,)
