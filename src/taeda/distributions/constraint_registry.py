"""From a region to a transform that maps all real numbers onto it."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

from taeda.distributions import constraints, transforms

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """A table from kinds of regions to functions that make the transform. Call it with a region; `register` adds a
    row."""

    def __init__(self) -> None:
        self._registry: dict[type[Any], Callable[[Any], transforms.Transform]] = {}

    def register(self, constraint: Any, factory: Callable[[Any], Any] | None = None) -> Any:
        """Add a row, or decorate the function that makes the transform."""
        if factory is None:
            return lambda function: self.register(constraint, function)
        if isinstance(constraint, constraints.Constraint):
            constraint = type(constraint)
        if not isinstance(constraint, type) or not issubclass(constraint, constraints.Constraint):
            raise TypeError(
                f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}"
            )
        self._registry[constraint] = factory
        return factory

    def __call__(self, constraint: Any) -> transforms.Transform:
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()


def _both(*regions: Any) -> Callable[[Any], Any]:
    def decorate(factory: Any) -> Any:
        for region in regions:
            biject_to.register(region, factory)
            transform_to.register(region, factory)
        return factory

    return decorate


@_both(constraints.real)
def _real(region: Any) -> Any:
    return transforms.identity_transform


@biject_to.register(constraints.independent)
def _biject_to_independent(region: Any) -> Any:
    return transforms.IndependentTransform(biject_to(region.base_constraint), region.reinterpreted_batch_ndims)


@transform_to.register(constraints.independent)
def _transform_to_independent(region: Any) -> Any:
    return transforms.IndependentTransform(transform_to(region.base_constraint), region.reinterpreted_batch_ndims)


@_both(constraints.positive, constraints.nonnegative)
def _positive(region: Any) -> Any:
    if region.lower_bound == 0:
        return transforms.ExpTransform()
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(region.lower_bound, 1)])


@_both(constraints.less_than)
def _less_than(region: Any) -> Any:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(region.upper_bound, -1)])


@_both(constraints.interval, constraints.half_open_interval)
def _interval(region: Any) -> Any:
    low, high = region.lower_bound, region.upper_bound
    if isinstance(low, numbers.Number) and low == 0 and isinstance(high, numbers.Number) and high == 1:
        return transforms.SigmoidTransform()
    return transforms.ComposeTransform([transforms.SigmoidTransform(), transforms.AffineTransform(low, high - low)])


@biject_to.register(constraints.simplex)
def _biject_to_simplex(region: Any) -> Any:
    return transforms.StickBreakingTransform()


@transform_to.register(constraints.simplex)
def _transform_to_simplex(region: Any) -> Any:
    return transforms.SoftmaxTransform()


@_both(constraints.lower_cholesky)
def _lower_cholesky(region: Any) -> Any:
    return transforms.LowerCholeskyTransform()


@_both(constraints.positive_definite, constraints.positive_semidefinite)
def _positive_definite(region: Any) -> Any:
    return transforms.PositiveDefiniteTransform()


@_both(constraints.corr_cholesky)
def _corr_cholesky(region: Any) -> Any:
    return transforms.CorrCholeskyTransform()


@biject_to.register(constraints.cat)
def _biject_to_cat(region: Any) -> Any:
    return transforms.CatTransform([biject_to(c) for c in region.cseq], region.dim, region.lengths)


@transform_to.register(constraints.cat)
def _transform_to_cat(region: Any) -> Any:
    return transforms.CatTransform([transform_to(c) for c in region.cseq], region.dim, region.lengths)


@biject_to.register(constraints.stack)
def _biject_to_stack(region: Any) -> Any:
    return transforms.StackTransform([biject_to(c) for c in region.cseq], region.dim)


@transform_to.register(constraints.stack)
def _transform_to_stack(region: Any) -> Any:
    return transforms.StackTransform([transform_to(c) for c in region.cseq], region.dim)
