"""Sizes that a check says are equal are one size to the compiler; the check itself still compares them."""

from collections.abc import Callable
from typing import Any

import pytest

import taeda
from taeda.nn import functional as F
from taeda.runtime import programs


def _reading(program: dict[str, Any], register: int) -> list[Any]:
    return [i for i in program["instructions"] if i[0] == "loops" and register in i[2]]


def test_log_probabilities_are_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel that reads the logits gives rows alone, and the gradient is one kernel."""
    made: list[Any] = []
    for name in ("compile_forward", "compile_backward"):
        original = getattr(programs, name)
        monkeypatch.setattr(programs, name, lambda *a, f=original: made.append(f(*a)) or made[-1])
    logits, target = taeda.randn(3, 5, dtype=taeda.float64).requires_grad_(), taeda.tensor([0, 4, 1])
    F.cross_entropy(logits, target, reduction="sum").backward()
    forward = next(d for d in made if "instructions" in d and len(_reading(d, 0)) and d["tensors"] >= 2)
    (reading,) = _reading(forward, 0)
    assert all(output[-1] == "row" for output in reading[3])
    backward = next(d for d in made if "program" in d)["program"]
    assert len(_reading(backward, 1)) == 1
    expected = logits.detach().softmax(1) - F.one_hot(target, 5)
    assert taeda.allclose(logits.grad, expected)


@pytest.mark.parametrize("transform", [
    lambda f: f, taeda.compile, lambda f: lambda x, y: taeda.vmap(f)(x.unsqueeze(0), y.unsqueeze(0)),
    lambda f: lambda x, y: taeda.vmap(f, (0, None))(x.unsqueeze(0), y),
    lambda f: lambda x, y: taeda.func.jvp(lambda x: f(x, y), (x,), (x,)),
], ids=["eager", "compiled", "vmap", "vmap of one", "jvp"])
@pytest.mark.parametrize("rows", [1, 4])
def test_sizes_are_still_compared(transform: Callable[..., Any], rows: int) -> None:
    with pytest.raises(ValueError, match=rf"batch_size \({rows}\) to match target batch_size \(3\)"):
        transform(F.cross_entropy)(taeda.randn(rows, 5), taeda.tensor([0, 4, 1]))
