"""Ops defined outside of Taeda, after it was imported, with the decorators its own ops are made by."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import taeda
from taeda.ir.loop import call, const
from taeda.ops.dtypes import promote_to_float
from taeda.ops.op import DType, Number, Result, Sizes, Tensor, derived, kernel, pointwise


@pointwise(dtype=promote_to_float, inplace=True)
def soft_step(input: Tensor, steepness: Number = 2.0) -> Tensor:
    """1 / (1 + exp(-steepness * input))."""
    return call("sigmoid", input * steepness)


@soft_step.gradient
def _(grad: Any, output: Any, steepness: Any) -> Any:
    return grad * output * (1 - output) * steepness


@derived
def weighted_distance(input: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """The mean of weight * soft_step(input - target)^2."""
    squares = soft_step(input - target).square()
    return (squares if weight is None else squares * weight).mean()


@kernel
def filled(b: Any, size: Sizes, value: Number, dtype: DType) -> Tensor:
    """A tensor of one value."""
    return b.full(dtype, size, value)


@filled.meta
def _(size: Any, value: Any, dtype: Any) -> Result:
    return Result(dtype, size)


def test_forward_gradient_and_second_order() -> None:
    x = taeda.linspace(-1, 1, 7, dtype=taeda.float64).requires_grad_()
    assert taeda.allclose(soft_step(x), taeda.sigmoid(2 * x))
    assert taeda.allclose(soft_step(x, steepness=3), taeda.sigmoid(3 * x))
    assert taeda.autograd.gradcheck(soft_step, (x,)) and taeda.autograd.gradgradcheck(soft_step, (x,))
    y = taeda.zeros(7, dtype=taeda.float64)
    assert taeda.autograd.gradgradcheck(lambda a: weighted_distance(a, y, y + 2), (x,))


def test_other_forms() -> None:
    x = taeda.linspace(-1, 1, 7)
    expected, out = soft_step(x), taeda.empty(0)
    assert soft_step(x, out=out) is out and taeda.equal(out, expected)
    assert soft_step.in_place(x) is x and taeda.equal(x, expected)
    with pytest.raises(TypeError, match="has no in-place form"):
        weighted_distance.in_place(x, x)
    assert filled((2, 3), 4, taeda.int32).tolist() == [[4, 4, 4], [4, 4, 4]]


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(TypeError, match=r"weighted_distance\(\): argument 'target'"):
        weighted_distance(taeda.zeros(2), "no")


def test_takes_no_name_of_taeda() -> None:
    assert not hasattr(taeda, "soft_step") and not hasattr(taeda.Tensor, "soft_step")

    @pointwise
    def relu(input: Tensor) -> Tensor:
        """Not Taeda's."""
        return input * const(3.0, input.dtype)

    x = taeda.tensor([-1.0, 1.0])
    assert relu(x).tolist() == [-3.0, 3.0] and taeda.relu(x).tolist() == [0.0, 1.0]


def test_can_be_a_method() -> None:
    @pointwise(method=True)
    def thrice(input: Tensor) -> Tensor:
        return input * const(3.0, input.dtype)

    x = taeda.tensor([1.0, 2.0])
    assert x.thrice().tolist() == [3.0, 6.0] and x.thrice_() is x and x.tolist() == [3.0, 6.0]
    with pytest.raises(ValueError, match="tensors have one already"):
        pointwise(thrice.body, method=True, public="exp")


def test_defined_twice_is_two_ops() -> None:
    def define(factor: float) -> Any:
        @pointwise
        def scaled_by(input: Tensor) -> Tensor:
            return input * const(factor, input.dtype)

        return scaled_by

    first, second = define(2.0), define(5.0)
    x = taeda.ones(2)
    assert first(x).tolist() == [2.0, 2.0] and second(x).tolist() == [5.0, 5.0] and first(x).tolist() == [2.0, 2.0]


def test_pickles_by_name() -> None:
    assert pickle.loads(pickle.dumps(soft_step)) is soft_step
