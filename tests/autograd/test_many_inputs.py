"""Calls with more tensors than the mask of recorded inputs has bits."""

from typing import Any

import pytest
from agreement import agree

PROGRAMS = []


def program(function: Any) -> Any:
    PROGRAMS.append(function)
    return function


@program
def all_of_a_hundred(t: Any) -> Any:
    inputs = [t.ones(2, requires_grad=True) for _ in range(100)]
    (t.stack(inputs) * t.arange(200.0).reshape(100, 2)).sum().backward()
    return [x.grad for x in inputs]


@program
def one_behind_the_mask(t: Any) -> Any:
    inputs = [t.ones(2, requires_grad=k == 90) for k in range(92)]
    t.cat(inputs).sum().backward()
    return inputs[90].grad, inputs[91].grad, inputs[0].grad


@program
def second_order(t: Any) -> Any:
    inputs = [t.full((2,), float(k), requires_grad=k in (3, 70, 80)) for k in range(100)]
    wanted = [inputs[3], inputs[70], inputs[80]]
    found = t.autograd.grad((t.cat(inputs) * t.cat(inputs) * t.cat(inputs)).sum(), wanted, create_graph=True)
    return found, t.autograd.grad(sum(g.sum() for g in found), wanted)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)
