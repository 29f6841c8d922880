"""Program descriptions that break a rule, and what the checker says."""

from __future__ import annotations

from typing import Any

import pytest

from taeda.ir.program_checker import check_program

WRONG = {
    "read before it is made": [("copy", 0, 2)],
    "register 1 is made, but 2 to 3 are to be": [("alloc", 1, "float32", [4], None)],
    "there is no attribute 3": [("alloc", 2, "float32", [("attribute", 3)], None)],
    "'broadcast' is no operator": [("alloc", 2, "float32", [("broadcast", 2, ("size", 0, 0))], None)],
    "register 2 is read": [("alloc", 2, "float32", [("size", 2, 0)], None)],
    "there is no such instruction": [("jump", 0)],
    "is no expression": [("fill", 0, "zero")],
}


def program(instructions: list[Any], outputs: list[int]) -> dict[str, Any]:
    return {"tensors": 2, "attributes": 1, "registers": 3, "instructions": instructions, "outputs": outputs}


@pytest.mark.parametrize("message", WRONG)
def test_wrong(message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_program(program(WRONG[message], []))


def test_right() -> None:
    check_program(program([("alloc", 2, "float32", [("mul", ("size", 0, 0), ("attribute", 0))], ("gt", 3, 2)),
                           ("loops", 7, [0, 1], [("into", 2, "element")], [("numel", 0)], None, True, None)], [2, 0]))
