"""Types that take over calls (`__torch_function__`): subclasses of Tensor and others."""

from __future__ import annotations

from typing import Any

import pytest

import taeda


class Tagged(taeda.Tensor):
    """A subclass that changes nothing."""


class Logged(taeda.Tensor):
    """Notes the names of what it is used in."""

    calls: list[str] = []

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        cls.calls.append(getattr(func, "__name__", "?"))
        return super().__torch_function__(func, types, args, kwargs)


class Diagonal:
    """No tensor: a diagonal matrix of one value, which knows a few functions."""

    handlers: dict[Any, Any] = {}

    def __init__(self, n: int, value: float):
        self.n, self.value = n, value

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func not in cls.handlers:
            return NotImplemented
        return cls.handlers[func](*args, **(kwargs or {}))


Diagonal.handlers[taeda.mean] = lambda x: x.value / x.n
Diagonal.handlers[taeda.add] = lambda a, b: ("sum", type(a).__name__, type(b).__name__)
Diagonal.handlers[taeda.cat] = lambda parts, dim=0: ("cat", len(parts), dim)


def test_results_of_a_subclass_are_of_it() -> None:
    x = taeda.ones(2, 3).as_subclass(Tagged)
    assert type(x + 1) is Tagged and type(1 - x) is Tagged and type(x.sum()) is Tagged and type(x.T) is Tagged
    assert type(taeda.cat([taeda.zeros(1, 3), x])) is Tagged and type(x[0]) is Tagged
    assert [type(v) for v in x.max(1)] == [Tagged, Tagged]
    assert [type(row) for row in x] == [Tagged, Tagged]
    assert x.add_(1) is x and x.shape == (2, 3) and type(x.tolist()) is list
    out = taeda.empty(2, 3)
    assert taeda.mul(x, 2, out=out) is out or type(out) is taeda.Tensor


def test_parameters_give_plain_tensors() -> None:
    p = taeda.nn.Parameter(taeda.ones(2))
    assert type(p + 1) is taeda.Tensor and type(p + taeda.ones(2).as_subclass(Tagged)) is Tagged


def test_gradients_pass_through_a_subclass() -> None:
    x = taeda.ones(3, requires_grad=True)
    (x.as_subclass(Tagged) * 3).sum().backward()
    assert type(x.grad) is taeda.Tensor and x.grad.tolist() == [3, 3, 3]


def test_methods_and_properties_are_asked_about() -> None:
    x = taeda.ones(2, 3).as_subclass(Logged)
    Logged.calls.clear()
    y = (x + 1).sum()
    assert type(y) is Logged and Logged.calls == ["add", "sum"]
    Logged.calls.clear()
    assert x.size(0) == 2 and x.shape == (2, 3) and x.dim() == 2 and x[0].tolist() == [1, 1, 1]
    assert Logged.calls == ["size", "__get__", "dim", "__getitem__", "tolist"]
    x[0] = 5
    assert Logged.calls[-1] == "__setitem__" and taeda.Tensor(x).sum() == 18


def test_other_types() -> None:
    d = Diagonal(5, 2.0)
    assert taeda.mean(d) == 0.4
    assert taeda.ones(2) + d == ("sum", "Tensor", "Diagonal") and taeda.add(d, 1) == ("sum", "Diagonal", "int")
    assert taeda.cat([taeda.ones(1), d], dim=1) == ("cat", 2, 1)
    with pytest.raises(TypeError, match=r"Multiple dispatch failed for 'torch.exp'; all __torch_function__ handlers"):
        taeda.exp(d)


def test_subclasses_are_asked_before_their_bases() -> None:
    asked = []

    class Base(taeda.Tensor):
        @classmethod
        def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            asked.append((cls.__name__, [t.__name__ for t in types]))
            return NotImplemented

    class Derived(Base):
        pass

    a, b = taeda.ones(1).as_subclass(Base), taeda.ones(1).as_subclass(Derived)
    with pytest.raises(TypeError, match="Multiple dispatch failed"):
        taeda.add(a, b)
    assert asked == [("Derived", ["Derived", "Base"]), ("Base", ["Derived", "Base"])]


def test_nothing_is_taken_over_when_disabled() -> None:
    x = taeda.ones(2).as_subclass(Logged)
    Logged.calls.clear()
    with taeda.overrides.DisableTorchFunctionSubclass():
        assert type(x + 1) is taeda.Tensor and not taeda.overrides.has_torch_function((x,))
    assert Logged.calls == [] and taeda.overrides.has_torch_function(([x],)) and taeda.overrides.is_tensor_like(x)
    assert not taeda.overrides.has_torch_function((taeda.ones(1), 3, None, [taeda.ones(1)]))


def test_what_a_subclass_makes_of_a_method_plays_no_part_in_backward() -> None:
    class Odd(taeda.Tensor):
        def clone(self, **options: Any) -> Any:
            raise AssertionError("the core asked for clone by name")

        __add__ = __iadd__ = copy_ = to = sum_to_size = as_strided = clone

    x = taeda.ones(3).as_subclass(Odd).requires_grad_()
    taeda.add(taeda.mul(x, x).sum(), taeda.mul(x, 2).sum()).backward(create_graph=True)
    assert x.grad.tolist() == [4, 4, 4]
