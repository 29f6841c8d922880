"""A backward that only some gradients are asked of computes the same bits as one for all; so do gradients of some
outputs alone. (Nodes run smaller Programs then, compiled for what is wanted and what came.)"""

from __future__ import annotations

from typing import Any

import pytest

import taeda
from taeda.ops import load_all
from taeda.ops.op import Op, registry

load_all()


def make(*shape: Any, dtype: str = "float64", low: float | None = None, high: float | None = None) -> Any:
    """A tensor for a sample: floats are float64, unless one is asked for, and require gradients."""
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
    if dtype == "bool":
        return taeda.rand(sizes) < 0.5
    if dtype.startswith("int") or dtype == "uint8":
        bottom = -9 if low is None else int(low)
        return taeda.randint(bottom, 10 if high is None else max(int(high), bottom + 1), sizes,
                             dtype=getattr(taeda, dtype))
    if low is None and high is None:
        return taeda.randn(sizes, dtype=getattr(taeda, dtype)).requires_grad_()
    bottom = 0.0 if low is None else low
    width = 2.0 if high is None else high - bottom
    return (taeda.rand(sizes, dtype=getattr(taeda, dtype)) * width + bottom).requires_grad_()


def tensors(values: Any) -> list[Any]:
    """The tensors among arguments or results that take part in gradients."""
    if isinstance(values, taeda.Tensor):
        return [values] if values.requires_grad else []
    if isinstance(values, dict):
        values = values.values()
    return [t for v in values for t in tensors(v)] if isinstance(values, (tuple, list, type({}.values()))) else []


def gradients(outputs: list[Any], inputs: list[Any]) -> list[Any]:
    seeds = [taeda.linspace(1, 2, max(t.numel(), 1), dtype=t.dtype)[:t.numel()].reshape(t.shape) for t in outputs]
    return list(taeda.autograd.grad(outputs, inputs, seeds, retain_graph=True, allow_unused=True))


def same(a: Any, b: Any) -> bool:
    if a is None or b is None:
        present = b if a is None else a
        return present is None or not bool((present != 0).any())
    return bool(taeda.equal(taeda.nan_to_num(a), taeda.nan_to_num(b)))


ROWS = sorted(n for n, o in registry.ops.items() if o.sample_function and o.public and o.differentiable is not False)


@pytest.mark.parametrize("name", ROWS)
def test_gradients_asked_one_by_one(name: str) -> None:
    op: Op = registry.ops[name]
    taeda.manual_seed(1)
    function = op if op.modules else lambda x, *a, **k: getattr(x, op.public)(*a, **k)
    for sample in op.sample_function(make):  # type: ignore[misc]
        inputs = tensors([*sample.args, *sample.kwargs.values()])
        outputs = tensors([function(*sample.args, **sample.kwargs)])
        if not outputs or not inputs:
            continue
        everything = gradients(outputs, inputs)
        if len(inputs) > 1:
            for x, expected in zip(inputs, everything, strict=True):
                (found,) = gradients(outputs, [x])
                assert same(found, expected)
        for k, out in enumerate(outputs if len(outputs) > 1 else ()):
            padded = [out if j == k else o * 0 for j, o in enumerate(outputs)]
            for x, one, zeros in zip(inputs, gradients([out], inputs), gradients(padded, inputs), strict=True):
                if one is not None and zeros is not None:
                    assert bool(taeda.allclose(one, zeros, equal_nan=True)), (k, x.shape)


def test_infinite_gradients_of_steps_are_zero() -> None:
    steps = {
        "sign": taeda.sign, "floor": taeda.floor, "round": taeda.round, "angle": taeda.angle,
        "copy": lambda x: x.clone().copy_(taeda.ones(2)), "fill": lambda x: x.clone().fill_(3),
        "pow": lambda x: x ** 0, "div": lambda x: taeda.div(x, 2.0, rounding_mode="floor"),
        "bernoulli": taeda.bernoulli,
    }
    for name, step in steps.items():
        x = taeda.tensor([0.3, 0.7], requires_grad=True)
        step(x).backward(taeda.tensor([float("inf"), float("nan")]))
        assert x.grad.tolist() == [0, 0], name
