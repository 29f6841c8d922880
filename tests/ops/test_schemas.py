"""Every public function has a schema: a signature, and TypeError for arguments that do not fit."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import taeda

# Modules of the public API whose callables are ops or functions, and what in them is Python on purpose.
PLACES = {"taeda": taeda, "taeda.linalg": taeda.linalg, "taeda.special": taeda.special,
          "taeda.nn.functional": taeda.nn.functional, "taeda.Tensor": taeda.Tensor}
CORE = {  # what the core itself offers, written in C++; inspect knows no signature of builtins
    "taeda.Tensor": "methods of the Tensor type",
    "taeda": "tensors from data, modes and threads",
}
OTHERWISE = {"broadcast_shapes": "takes any number of objects; PyTorch raises RuntimeError for what is no shape"}


def callables(place: str) -> list[tuple[str, Any]]:
    space = PLACES[place]
    found = []
    for name in sorted(vars(space)):
        value = getattr(space, name)
        if name.startswith("_") or not callable(value) or inspect.isclass(value) or inspect.ismodule(value):
            continue
        found.append((name, value))
    return found


def is_builtin(value: Any) -> bool:
    return inspect.isbuiltin(value) or inspect.ismethoddescriptor(value) and not isinstance(value, taeda._core.Op)


@pytest.mark.parametrize("place", PLACES)
def test_every_public_callable_has_a_signature(place: str) -> None:
    missing = []
    for name, value in callables(place):
        if is_builtin(value):
            assert place in CORE, f"{place}.{name} is a builtin"
            continue
        try:
            inspect.signature(value)
        except (TypeError, ValueError) as error:
            missing.append(f"{name}: {error}")
    assert not missing


@pytest.mark.parametrize("place", ["taeda", "taeda.linalg", "taeda.special", "taeda.Tensor"])
def test_every_function_is_an_op_or_has_a_schema(place: str) -> None:
    """No public function of these modules is plain Python: arguments, out= and overriding are the schema's."""
    plain = [n for n, v in callables(place) if inspect.isfunction(v) and v.__module__.startswith("taeda.functions")]
    assert not plain


def test_names_of_numpy() -> None:
    """Parameters called as PyTorch calls them take NumPy's names too; in user ops as well."""
    x, y = taeda.arange(6.0).reshape(2, 3), taeda.ones(3)
    assert taeda.equal(taeda.sum(a=x, axis=1, keepdims=True), x.sum(1, True))
    assert taeda.equal(taeda.add(x1=x, x2=y), x + y) and taeda.equal(taeda.exp(x=x), x.exp())
    assert taeda.equal(x.std(axis=0), x.std(0)) and taeda.equal(taeda.squeeze(x=x[:1], axis=0), x[0])
    with pytest.raises(TypeError, match="multiple values for argument 'dim'"):
        taeda.sum(x, dim=0, axis=0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'axis'"):
        taeda.exp(x, axis=0)


class Other:
    """What fits no parameter but one that takes any object."""


@pytest.mark.parametrize("place", ["taeda", "taeda.linalg", "taeda.special", "taeda.Tensor"])
def test_wrong_arguments_are_type_errors(place: str) -> None:
    """A call with too many arguments, or with a keyword that nothing has, is refused before anything runs."""
    for name, value in callables(place):
        if not isinstance(value, taeda._core.Op) or name in OTHERWISE:
            continue
        with pytest.raises((TypeError, ValueError)):
            value(*[Other()] * 30)
        with pytest.raises(TypeError, match=r"keyword|missing|invalid combination|must be|unexpected|argument"):
            value(no_such_argument=1)
