"""Gamma and what follows from it: Exponential, Chi2, Beta, Dirichlet, FisherSnedecor, InverseGamma."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda.distributions import constraints
from taeda.distributions.distribution import Distribution, Elementwise, ExponentialFamily
from taeda.distributions.transformed import TransformedDistribution
from taeda.distributions.transforms import PowerTransform

__all__ = ["Beta", "Chi2", "Dirichlet", "Exponential", "FisherSnedecor", "Gamma", "InverseGamma"]


class Exponential(Elementwise, ExponentialFamily):
    """The density rate exp(-rate x)."""

    arg_constraints = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0
    _parameters = ("rate",)

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, rate=rate)

    @property
    def mean(self) -> Any:
        return self.rate.reciprocal()

    @property
    def mode(self) -> Any:
        return taeda.zeros_like(self.rate)

    @property
    def stddev(self) -> Any:
        return self.rate.reciprocal()

    @property
    def variance(self) -> Any:
        return self.rate.pow(-2)

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        return taeda.empty(shape, dtype=self.rate.dtype, device=self.rate.device).exponential_() / self.rate

    def log_prob(self, value: Any) -> Any:
        self._checked(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Any) -> Any:
        self._checked(value)
        return 1 - taeda.exp(-self.rate * value)

    def icdf(self, value: Any) -> Any:
        return -taeda.log1p(-value) / self.rate

    def entropy(self) -> Any:
        return 1.0 - taeda.log(self.rate)

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        return (-self.rate,)

    def _log_normalizer(self, x: Any) -> Any:
        return -taeda.log(-x)


class Gamma(Elementwise, ExponentialFamily):
    """The density rate^a x^(a - 1) exp(-rate x) / Gamma(a), a = `concentration`."""

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0
    _parameters = ("concentration", "rate")

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, concentration=concentration, rate=rate)

    @property
    def mean(self) -> Any:
        return self.concentration / self.rate

    @property
    def mode(self) -> Any:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Any:
        return self.concentration / self.rate.pow(2)

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        value = taeda._standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        # Never 0, whose logarithm would be infinite.
        return value.detach().clamp(min=taeda.finfo(value.dtype).tiny) + (value - value.detach())

    def log_prob(self, value: Any) -> Any:
        value = taeda.as_tensor(value, dtype=self.rate.dtype, device=self.rate.device)
        self._checked(value)
        return (taeda.xlogy(self.concentration, self.rate) + taeda.xlogy(self.concentration - 1, value)
                - self.rate * value - taeda.lgamma(self.concentration))

    def cdf(self, value: Any) -> Any:
        self._checked(value)
        return taeda.special.gammainc(self.concentration, self.rate * value)

    def entropy(self) -> Any:
        return (self.concentration - taeda.log(self.rate) + taeda.lgamma(self.concentration)
                + (1.0 - self.concentration) * taeda.digamma(self.concentration))

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        return taeda.lgamma(x + 1) + (x + 1) * taeda.log(-y.reciprocal())


class Chi2(Gamma):
    """The sum of `df` squared standard normal variables."""

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return super().expand(batch_shape, self._get_checked_instance(Chi2, _instance))

    @property
    def df(self) -> Any:
        return self.concentration * 2


class Dirichlet(ExponentialFamily):
    """A point of the simplex with density proportional to the product of x_k^(concentration_k - 1)."""

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Any, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(Dirichlet, batch_shape, _instance, ("concentration",), self.event_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        gammas = taeda._standard_gamma(self.concentration.expand(shape))
        return gammas / gammas.sum(-1, keepdim=True)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        return taeda.xlogy(a - 1.0, value).sum(-1) + taeda.lgamma(a.sum(-1)) - taeda.lgamma(a).sum(-1)

    @property
    def mean(self) -> Any:
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Any:
        less = (self.concentration - 1).clamp(min=0.0)
        mode = less / less.sum(-1, True)
        # Where no coordinate is above 1 the density is largest at a corner.
        flat = (self.concentration < 1).all(-1, keepdim=True)
        corner = taeda.nn.functional.one_hot(mode.nan_to_num().argmax(-1), self.concentration.shape[-1]).to(mode)
        return taeda.where(flat, corner, mode)

    @property
    def variance(self) -> Any:
        a = self.concentration
        total = a.sum(-1, True)
        return a * (total - a) / (total.pow(2) * (total + 1))

    def entropy(self) -> Any:
        a = self.concentration
        k, total = a.size(-1), a.sum(-1)
        return (taeda.lgamma(a).sum(-1) - taeda.lgamma(total) - (k - total) * taeda.digamma(total)
                - ((a - 1.0) * taeda.digamma(a)).sum(-1))

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        return (self.concentration,)

    def _log_normalizer(self, x: Any) -> Any:
        return x.lgamma().sum(-1) - taeda.lgamma(x.sum(-1))


class Beta(ExponentialFamily):
    """The density proportional to x^(concentration1 - 1) (1 - x)^(concentration0 - 1)."""

    arg_constraints = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        if isinstance(concentration1, taeda.Tensor) or isinstance(concentration0, taeda.Tensor):
            pair = taeda.distributions.utils.broadcast_all(concentration1, concentration0)
        else:
            pair = (taeda.tensor(float(concentration1)), taeda.tensor(float(concentration0)))
        self._dirichlet = Dirichlet(taeda.stack(pair, -1), validate_args=validate_args)
        super().__init__(self._dirichlet._batch_shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(Beta, _instance)
        new._dirichlet = self._dirichlet.expand(taeda.Size(batch_shape))
        Distribution.__init__(new, batch_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def concentration1(self) -> Any:
        return self._dirichlet.concentration[..., 0]

    @property
    def concentration0(self) -> Any:
        return self._dirichlet.concentration[..., 1]

    def _total(self) -> Any:
        return self.concentration1 + self.concentration0

    @property
    def mean(self) -> Any:
        return self.concentration1 / self._total()

    @property
    def mode(self) -> Any:
        return self._dirichlet.mode[..., 0]

    @property
    def variance(self) -> Any:
        total = self._total()
        return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        return self._dirichlet.rsample(sample_shape).select(-1, 0)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        return self._dirichlet.log_prob(taeda.stack([value, 1.0 - value], -1))

    def entropy(self) -> Any:
        return self._dirichlet.entropy()

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        return self.concentration1, self.concentration0

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        return taeda.lgamma(x) + taeda.lgamma(y) - taeda.lgamma(x + y)

    def __repr__(self) -> str:
        return f"Beta({super().__repr__()[len('Beta('):-1]})"


class FisherSnedecor(Elementwise):
    """The ratio of two Chi2 variables, each divided by its degrees of freedom `df1` and `df2`."""

    arg_constraints = {"df1": constraints.positive, "df2": constraints.positive}
    support = constraints.positive
    has_rsample = True
    _parameters = ("df1", "df2")

    def __init__(self, df1: Any, df2: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, df1=df1, df2=df2)

    @property
    def mean(self) -> Any:
        return taeda.where(self.df2 > 2, self.df2 / (self.df2 - 2), math.nan)

    @property
    def mode(self) -> Any:
        mode = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        return taeda.where(self.df1 > 2, mode, math.nan)

    @property
    def variance(self) -> Any:
        a, b = self.df1, self.df2
        return taeda.where(b > 4, 2 * b.pow(2) * (a + b - 2) / (a * (b - 2).pow(2) * (b - 4)), math.nan)

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        first = Chi2(self.df1, validate_args=False).rsample(sample_shape).expand(shape) / self.df1
        second = Chi2(self.df2, validate_args=False).rsample(sample_shape).expand(shape) / self.df2
        return (first / second).clamp(min=taeda.finfo(self.df1.dtype).tiny)

    def log_prob(self, value: Any) -> Any:
        self._checked(value)
        a, b = self.df1 * 0.5, self.df2 * 0.5
        ratio = self.df1 / self.df2
        beta = (a + b).lgamma() - a.lgamma() - b.lgamma()
        return beta + a * ratio.log() + (a - 1) * value.log() - (a + b) * taeda.log1p(ratio * value)


class InverseGamma(TransformedDistribution):
    """1 / x of a Gamma variable."""

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.positive
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        base = Gamma(concentration, rate, validate_args=validate_args)
        power = PowerTransform(-base.rate.new_ones(()))
        super().__init__(base, power, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return super().expand(batch_shape, self._get_checked_instance(InverseGamma, _instance))

    @property
    def concentration(self) -> Any:
        return self.base_dist.concentration

    @property
    def rate(self) -> Any:
        return self.base_dist.rate

    @property
    def mean(self) -> Any:
        return taeda.where(self.concentration > 1, self.rate / (self.concentration - 1), math.inf)

    @property
    def mode(self) -> Any:
        return self.rate / (self.concentration + 1)

    @property
    def variance(self) -> Any:
        a = self.concentration
        return taeda.where(a > 2, self.rate.square() / ((a - 1).square() * (a - 2)), math.inf)

    def entropy(self) -> Any:
        a = self.concentration
        return a + self.rate.log() + a.lgamma() - (1 + a) * a.digamma()
