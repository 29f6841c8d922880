"""Which instructions of a Program its checks alone need."""

from __future__ import annotations

from typing import Any

from taeda.compiler.checks import _needed


def launch(operands: list[int], faults: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    return ("launch", 7, operands, [], [], 1, 1, 0, faults, None)


def test_what_is_written_through_a_view_is_needed_by_who_reads_the_memory() -> None:
    program = [
        ("alloc", 2, "int64", [4], None),
        ("view", "select", 3, 2, [0, 0], []),
        launch([0, 3]),
        launch([1, 4]),
        launch([2], faults=((1, "RuntimeError", "negative"),)),
    ]
    kept, touched = _needed(program)
    assert kept == [0, 1, 2, 4]
    assert {0, 2, 3} <= touched and 1 not in touched


def test_what_comes_after_the_last_check_is_not_needed() -> None:
    program = [launch([0], faults=((1, "RuntimeError", "negative"),)),
               ("view", "select", 2, 0, [0, 0], []), launch([1, 2])]
    assert _needed(program)[0] == [0]
