"""Positive distributions that are powers of simpler ones: Weibull, Pareto, Kumaraswamy, the generalised Pareto."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda.distributions import constraints
from taeda.distributions.distribution import Elementwise
from taeda.distributions.gammas import Exponential
from taeda.distributions.location_scale import Uniform
from taeda.distributions.transformed import TransformedDistribution
from taeda.distributions.transforms import AffineTransform, ExpTransform, PowerTransform
from taeda.distributions.utils import broadcast_all, euler_constant

__all__ = ["GeneralizedPareto", "Kumaraswamy", "Pareto", "Weibull"]


class Weibull(TransformedDistribution):
    """scale * e^(1 / concentration), e exponential."""

    arg_constraints = {"scale": constraints.positive, "concentration": constraints.positive}
    support = constraints.positive

    def __init__(self, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.scale, self.concentration = broadcast_all(scale, concentration)
        self.concentration_reciprocal = self.concentration.reciprocal()
        base = Exponential(taeda.ones_like(self.scale), validate_args=validate_args)
        steps = [PowerTransform(self.concentration_reciprocal), AffineTransform(loc=0, scale=self.scale)]
        super().__init__(base, steps, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(Weibull, _instance)
        for name in ("scale", "concentration", "concentration_reciprocal"):
            setattr(new, name, getattr(self, name).expand(batch_shape))
        return super().expand(batch_shape, new)

    @property
    def mean(self) -> Any:
        return self.scale * taeda.exp(taeda.lgamma(1 + self.concentration_reciprocal))

    @property
    def mode(self) -> Any:
        a = self.concentration
        return self.scale * ((a - 1) / a) ** self.concentration_reciprocal

    @property
    def variance(self) -> Any:
        r = self.concentration_reciprocal
        return self.scale.square() * (
            taeda.exp(taeda.lgamma(1 + 2 * r)) - taeda.exp(2 * taeda.lgamma(1 + r))
        )

    def entropy(self) -> Any:
        return (euler_constant * (1 - self.concentration_reciprocal)
                + taeda.log(self.scale * self.concentration_reciprocal) + 1)


class Pareto(TransformedDistribution):
    """scale * exp(e / alpha), e exponential: the density alpha scale^alpha / x^(alpha + 1) above `scale`."""

    arg_constraints = {"alpha": constraints.positive, "scale": constraints.positive}

    def __init__(self, scale: Any, alpha: Any, validate_args: bool | None = None) -> None:
        self.scale, self.alpha = broadcast_all(scale, alpha)
        base = Exponential(self.alpha, validate_args=validate_args)
        steps = [ExpTransform(), AffineTransform(loc=0, scale=self.scale)]
        super().__init__(base, steps, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(Pareto, _instance)
        new.scale, new.alpha = self.scale.expand(batch_shape), self.alpha.expand(batch_shape)
        return super().expand(batch_shape, new)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        return constraints.greater_than_eq(self.scale)

    @property
    def mean(self) -> Any:
        a = self.alpha.clamp(min=1)
        return a * self.scale / (a - 1)

    @property
    def mode(self) -> Any:
        return self.scale

    @property
    def variance(self) -> Any:
        a = self.alpha.clamp(min=2)
        return self.scale.pow(2) * a / ((a - 1).pow(2) * (a - 2))

    def entropy(self) -> Any:
        return (self.scale / self.alpha).log() + (1 + self.alpha.reciprocal())


def _moment(a: Any, b: Any, n: int) -> Any:
    """The n-th moment of Kumaraswamy(a, b): b B(1 + n / a, b)."""
    first = 1 + n / a
    return b * taeda.exp(first.lgamma() + b.lgamma() - (first + b).lgamma())


class Kumaraswamy(TransformedDistribution):
    """(1 - u^(1 / concentration0))^(1 / concentration1), u uniform: close to Beta, with a simple cdf."""

    arg_constraints = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        base = Uniform(taeda.zeros_like(self.concentration0), taeda.ones_like(self.concentration0),
                       validate_args=validate_args)
        steps = [
            PowerTransform(self.concentration0.reciprocal()), AffineTransform(loc=1.0, scale=-1.0),
            PowerTransform(self.concentration1.reciprocal()),
        ]  # fmt: skip
        super().__init__(base, steps, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(Kumaraswamy, _instance)
        new.concentration1 = self.concentration1.expand(batch_shape)
        new.concentration0 = self.concentration0.expand(batch_shape)
        return super().expand(batch_shape, new)

    @property
    def mean(self) -> Any:
        return _moment(self.concentration1, self.concentration0, 1)

    @property
    def mode(self) -> Any:
        a, b = self.concentration1, self.concentration0
        mode = (a.reciprocal() * ((a - 1).log() - (a * b - 1).log())).exp()
        return taeda.where((a < 1) | (b < 1), math.nan, mode)

    @property
    def variance(self) -> Any:
        return _moment(self.concentration1, self.concentration0, 2) - self.mean.square()

    def entropy(self) -> Any:
        a, b = self.concentration1, self.concentration0
        t1, t0 = 1 - a.reciprocal(), 1 - b.reciprocal()
        harmonic = taeda.digamma(b + 1) + euler_constant
        return t0 + t1 * harmonic - taeda.log(a) - taeda.log(b)


class GeneralizedPareto(Elementwise):
    """What exceeds a high threshold `loc`: scale and shape `concentration` (0: exponential)."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real}
    has_rsample = True
    _parameters = ("loc", "scale", "concentration")

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, loc=loc, scale=scale, concentration=concentration)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        end = self.loc - self.scale / self.concentration
        return constraints.interval(self.loc, taeda.where(self.concentration < 0, end, math.inf))

    def _is_zero(self) -> Any:
        return taeda.isclose(self.concentration, taeda.zeros_like(self.concentration))

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        return self.icdf(taeda.rand(shape, dtype=self.loc.dtype, device=self.loc.device))

    def log_prob(self, value: Any) -> Any:
        self._checked(value)
        z = (value - self.loc) / self.scale
        zero = self._is_zero()
        k = taeda.where(zero, taeda.ones_like(self.concentration), self.concentration)
        general = -(1 / k + 1) * taeda.log1p(k * z)
        return -self.scale.log() + taeda.where(zero, -z, general)

    def log_survival_function(self, value: Any) -> Any:
        """The logarithm of the probability of more than `value`."""
        self._checked(value)
        z = (value - self.loc) / self.scale
        zero = self._is_zero()
        k = taeda.where(zero, taeda.ones_like(self.concentration), self.concentration)
        return taeda.where(zero, -z, -taeda.log1p(k * z) / k)

    def log_cdf(self, value: Any) -> Any:
        """The logarithm of the probability of at most `value`."""
        return taeda.log1p(-taeda.exp(self.log_survival_function(value)))

    def cdf(self, value: Any) -> Any:
        return taeda.exp(self.log_cdf(value))

    def icdf(self, value: Any) -> Any:
        zero = self._is_zero()
        k = taeda.where(zero, taeda.ones_like(self.concentration), self.concentration)
        logarithm = taeda.log1p(-value)
        z = taeda.where(zero, -logarithm, taeda.expm1(-k * logarithm) / k)
        return self.loc + self.scale * z

    @property
    def mean(self) -> Any:
        mean = self.loc + self.scale / (1 - self.concentration)
        return taeda.where(self.concentration < 1, mean, math.nan)

    @property
    def variance(self) -> Any:
        k = self.concentration
        return taeda.where(k < 0.5, self.scale**2 / ((1 - k) ** 2 * (1 - 2 * k)), math.nan)

    def entropy(self) -> Any:
        return taeda.log(self.scale) + self.concentration + 1

    @property
    def mode(self) -> Any:
        return self.loc
