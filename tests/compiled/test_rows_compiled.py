"""Every op between two others, compiled and as it is: the same bits, forward and backward."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy
import pytest

import taeda
from taeda.ops import load_all
from taeda.ops.op import registry
from taeda.testing import Make
from taeda.testing.samples import map_tensors, tensors_of

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

load_all()
ROWS = sorted(name for name, op in registry.ops.items() if op.sample_function and op.public)


def bits(t: Any) -> tuple[Any, ...]:
    t = t.detach()
    return (str(t.dtype), tuple(t.shape), t.stride(), numpy.ascontiguousarray(t.numpy()).tobytes())


def between(function: Any, sample: Any) -> list[Any]:
    """What the op gives for what other ops gave, and what another op makes of it; then all gradients."""
    leaves: list[Any] = []

    def made(t: Any) -> Any:
        leaf = t.detach().clone().requires_grad_(t.requires_grad)
        leaves.append(leaf)
        return leaf * 1 if t.dtype != taeda.bool else ~~leaf

    args, kwargs = map_tensors(made, (list(sample.args), sample.kwargs))
    results = [y for y in tensors_of(function(*args, **kwargs))]
    after = [y * 2 + y if y.dtype != taeda.bool else ~y for y in results]
    live = [y for y in (*results, *after) if y.requires_grad]
    inputs = [t for t in leaves if t.requires_grad]
    if not live or not inputs:
        return [*results, *after]
    gradients = taeda.autograd.grad([y.sum() for y in live], inputs, allow_unused=True)
    return [*results, *after, *(g for g in gradients if g is not None)]


@pytest.mark.parametrize("name", ROWS)
def test_same_bits(name: str) -> None:
    op = registry.ops[name]
    function = op if op.modules or not op.public else getattr(taeda.Tensor, op.public)
    for sample in islice(op.sample_function(Make()), 1):  # type: ignore[misc]
        outcomes = []
        for run in (between, taeda.compile(between)):
            taeda.manual_seed(0)
            try:
                outcomes.append([bits(t) for t in run(function, sample)])
            except Exception as error:
                outcomes.append([type(error), str(error).partition("\n")[0]])
        assert outcomes[0] == outcomes[1]
