"""Gradients against differences, along random directions: two evaluations an input, whatever its size.

A gradient that is wrong in any element is wrong along almost every direction, so one direction for each input finds
what a whole Jacobian would (`taeda.autograd.gradcheck` makes that one), at a cost that allows every op to be checked to
second order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

import taeda
from taeda.testing.samples import from_array, map_tensors, tensors_of

# Differences of fourth order with a step that balances rounding and truncation; and plain ones with a smaller step, for
# functions with a kink nearby.
_STENCILS = ((1e-3, ((1, 8 / 12), (-1, -8 / 12), (2, -1 / 12), (-2, 1 / 12))), (1e-6, ((1, 0.5), (-1, -0.5))))
_SLACK = (1.0, 1e2)


class Problem:
    """A function of float64 tensors as a number: the sum of its differentiable outputs, weighed at random."""

    def __init__(self, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], seed: int):
        self.function = function
        self.structure = (list(args), dict(kwargs))
        self.generator = numpy.random.default_rng(seed)
        self.points = [t.detach().clone() for t in tensors_of(self.structure) if t.requires_grad]
        outputs = self.outputs([p.clone().requires_grad_() for p in self.points])
        self.weights = [self.direction(y) if y.requires_grad else None for y in outputs]

    def direction(self, like: Any) -> Any:
        """Random numbers of one size, away from zero, in the shape of a tensor."""
        shape = tuple(like.shape)
        numbers = self.generator.uniform(0.5, 1.5, shape) * self.generator.choice((-1, 1), shape)
        return from_array(numbers, "float64").to(like.dtype)

    def outputs(self, points: Sequence[Any]) -> list[Any]:
        rest = iter(points)
        args, kwargs = map_tensors(lambda t: next(rest) if t.requires_grad else t, self.structure)
        found = tensors_of(self.function(*args, **kwargs))
        return [taeda.view_as_real(y) if y.is_complex() else y for y in found]  # complex numbers by their parts

    def value(self, points: Sequence[Any], weights: Sequence[Any]) -> Any:
        terms = [(y * w).sum() for y, w in zip(self.outputs(points), weights, strict=True) if w is not None]
        return sum(terms[1:], terms[0])

    def gradients(self, points: Sequence[Any], weights: Sequence[Any], again: bool = False) -> list[Any]:
        value = self.value(points, weights)
        return list(taeda.autograd.grad(value, points, create_graph=again, allow_unused=True))


def _along(value: Callable[[Any], float], point: Any, direction: Any, step: float, stencil: Any) -> float:
    return sum(factor * value(point + direction * (step * k)) for k, factor in stencil) / step


def _agree(
    name: str, found: Any, value: Callable[[Any], float], point: Any, direction: Any, tolerance: float
) -> str | None:
    exact = 0.0 if found is None else float((found * direction).sum())
    if not numpy.isfinite(exact):
        return f"{name}: the gradient is {exact}"
    size = float(direction.abs().sum()) if found is None else float((found * direction).abs().sum())
    tried = []
    for (step, stencil), slack in zip(_STENCILS, _SLACK, strict=True):
        number = _along(value, point, direction, step, stencil)
        tried.append(number)
        if abs(number - exact) <= slack * tolerance * (1.0 + max(size, abs(number))):
            return None
    return f"{name}: {exact} along a random direction, differences say {' or '.join(map(str, tried))}"


def check_gradients(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any] | None = None,
    *,
    order: int = 2,
    tolerance: float = 1e-7,
    seed: int = 0,
) -> bool:
    """Raise AssertionError unless the gradients of `function` are what differences say; with `order` 2 also those of
    its gradients. Tensors that require gradients must be float64. False: nothing is differentiable.
    """
    problem = Problem(function, args, kwargs or {}, seed)
    if not any(w is not None for w in problem.weights):
        return False
    faults: list[str | None] = []
    leaves = [p.clone().requires_grad_() for p in problem.points]
    firsts = problem.gradients(leaves, problem.weights)
    for k, (point, found) in enumerate(zip(problem.points, firsts, strict=True)):
        if not point.numel():
            continue

        def value(x: Any, k: int = k) -> float:
            return float(problem.value([*problem.points[:k], x, *problem.points[k + 1 :]], problem.weights))

        with taeda.no_grad():
            faults.append(_agree(f"gradient of input {k}", found, value, point, problem.direction(point), tolerance))
    if order > 1:
        faults += _second(problem, tolerance)
    wrong = [f for f in faults if f]
    assert not wrong, "; ".join(wrong)
    return True


def _second(problem: Problem, tolerance: float) -> list[str | None]:
    """The gradient of sum(v * gradient), by the inputs and by the weights of the outputs."""
    inputs = [p.clone().requires_grad_() for p in problem.points]
    weights = [None if w is None else w.clone().requires_grad_() for w in problem.weights]
    firsts = problem.gradients(inputs, weights, again=True)
    vectors = [None if g is None else problem.direction(g) for g in firsts]
    total = [(g * v).sum() for g, v in zip(firsts, vectors, strict=True) if g is not None and g.requires_grad]
    sources = [*inputs, *(w for w in weights if w is not None)]
    found: Any = [None] * len(sources)
    if total:
        found = taeda.autograd.grad(sum(total[1:], total[0]), sources, allow_unused=True)
    points = [s.detach() for s in sources]
    faults = []
    for k, (point, second) in enumerate(zip(points, found, strict=True)):
        if not point.numel():
            continue

        def value(x: Any, k: int = k) -> float:
            moved = iter([*points[:k], x, *points[k + 1 :]])
            leaves = [next(moved).clone().requires_grad_() for _ in inputs]
            given = [None if w is None else next(moved) for w in weights]
            gradients = problem.gradients(leaves, given)
            return float(
                sum((g * v).sum() for g, v in zip(gradients, vectors, strict=True) if g is not None and v is not None)
            )

        name = f"input {k}" if k < len(inputs) else f"the gradient given for output {k - len(inputs)}"
        faults.append(
            _agree(f"second derivative by {name}", second, value, point, problem.direction(point), 10 * tolerance)
        )
    return faults
