"""Kullback-Leibler divergences in closed form, found by the types of the two distributions."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import total_ordering
from typing import Any

import taeda
from taeda.distributions.discrete import (
    Bernoulli,
    Binomial,
    Categorical,
    Geometric,
    OneHotCategorical,
    Poisson,
)
from taeda.distributions.distribution import Distribution, ExponentialFamily
from taeda.distributions.gammas import Beta, Dirichlet, Exponential, Gamma
from taeda.distributions.location_scale import Cauchy, Gumbel, HalfNormal, Laplace, Normal, Uniform
from taeda.distributions.multivariate import (
    LowRankMultivariateNormal,
    MultivariateNormal,
    _batch_mahalanobis,
    _batch_mv,
    _half_log_det,
)
from taeda.distributions.power_laws import Pareto
from taeda.distributions.relaxed import ContinuousBernoulli
from taeda.distributions.transformed import Independent, TransformedDistribution
from taeda.distributions.transforms import _sum_last
from taeda.distributions.utils import euler_constant

__all__ = ["kl_divergence", "register_kl"]

_table: dict[tuple[type[Any], type[Any]], Callable[[Any, Any], Any]] = {}
_found: dict[tuple[type[Any], type[Any]], Any] = {}


def register_kl(type_p: type[Any], type_q: type[Any]) -> Callable[[Any], Any]:
    """Decorator: a function of (p, q) that gives their divergence.

    The row of the nearest types is used; where two are equally near and differ, a warning says which was taken. Types
    may be bases of other libraries, which their distributions have beside `Distribution`.
    """
    for name, given in (("type_p", type_p), ("type_q", type_q)):
        if not isinstance(given, type):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {given}")

    def decorate(function: Any) -> Any:
        _table[type_p, type_q] = function
        _found.clear()
        return function

    return decorate


@total_ordering
class _Nearness:
    """Types of a row; the smaller, the nearer to what was asked for."""

    def __init__(self, *types: type[Any]) -> None:
        self.types = types

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Nearness) and self.types == other.types

    def __le__(self, other: _Nearness) -> bool:
        for x, y in zip(self.types, other.types, strict=True):
            if not issubclass(x, y):
                return False
            if x is not y:
                break
        return True


def _row(type_p: type[Any], type_q: type[Any]) -> Any:
    rows = [(p, q) for p, q in _table if issubclass(type_p, p) and issubclass(type_q, q)]
    if not rows:
        return None
    left = min(_Nearness(*row) for row in rows).types
    right = min(_Nearness(*reversed(row)) for row in rows).types
    by_left, by_right = _table[left[0], left[1]], _table[right[1], right[0]]
    if by_left is not by_right:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). Please register_kl({left[0].__name__}, "
            f"{right[0].__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return by_left


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """The divergence of `p` from `q`: the mean under p of log p - log q. NotImplementedError where there is no closed
    form.

    Example::

        >>> from taeda.distributions import Normal, kl_divergence
        >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
        tensor(0.5000)
    """
    key = type(p), type(q)
    if key not in _found:
        _found[key] = _row(*key)
    if _found[key] is None:
        raise NotImplementedError(f"No KL(p || q) is implemented for p type {type(p).__name__} and q type "
                                  f"{type(q).__name__}")
    return _found[key](p, q)


def _infinite_like(tensor: Any) -> Any:
    return taeda.full_like(tensor, math.inf)


def _x_log_x(tensor: Any) -> Any:
    return tensor.xlogy(tensor)


# ---- the same family --------------------------------------------------------------------------------------------


@register_kl(Bernoulli, Bernoulli)
def _bernoulli_bernoulli(p: Any, q: Any) -> Any:
    t1 = p.probs * (taeda.nn.functional.softplus(-q.logits) - taeda.nn.functional.softplus(-p.logits))
    t1 = taeda.where(q.probs == 0, math.inf, t1)
    t1 = taeda.where(p.probs == 0, 0.0, t1)
    t2 = (1 - p.probs) * (taeda.nn.functional.softplus(q.logits) - taeda.nn.functional.softplus(p.logits))
    t2 = taeda.where(q.probs == 1, math.inf, t2)
    t2 = taeda.where(p.probs == 1, 0.0, t2)
    return t1 + t2


@register_kl(Beta, Beta)
def _beta_beta(p: Any, q: Any) -> Any:
    sum_p = p.concentration1 + p.concentration0
    sum_q = q.concentration1 + q.concentration0
    t1 = q.concentration1.lgamma() + q.concentration0.lgamma() + sum_p.lgamma()
    t2 = p.concentration1.lgamma() + p.concentration0.lgamma() + sum_q.lgamma()
    t3 = (p.concentration1 - q.concentration1) * taeda.digamma(p.concentration1)
    t4 = (p.concentration0 - q.concentration0) * taeda.digamma(p.concentration0)
    t5 = (sum_q - sum_p) * taeda.digamma(sum_p)
    return t1 - t2 + t3 + t4 + t5


@register_kl(Binomial, Binomial)
def _binomial_binomial(p: Any, q: Any) -> Any:
    if (p.total_count < q.total_count).any():
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    kl = p.total_count * (p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p())
    return taeda.where(p.total_count > q.total_count, math.inf, kl)


@register_kl(Categorical, Categorical)
def _categorical_categorical(p: Any, q: Any) -> Any:
    t = p.probs * (p.logits - q.logits)
    t = taeda.where((q.probs == 0).expand_as(t), math.inf, t)
    t = taeda.where((p.probs == 0).expand_as(t), 0.0, t)
    return t.sum(-1)


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _continuous_bernoulli_continuous_bernoulli(p: Any, q: Any) -> Any:
    t1 = p.mean * (p.logits - q.logits)
    return t1 + p._log_constant() + taeda.log1p(-p.probs) - q._log_constant() - taeda.log1p(-q.probs)


@register_kl(Dirichlet, Dirichlet)
def _dirichlet_dirichlet(p: Any, q: Any) -> Any:
    sum_p, sum_q = p.concentration.sum(-1), q.concentration.sum(-1)
    t1 = sum_p.lgamma() - sum_q.lgamma()
    t2 = (p.concentration.lgamma() - q.concentration.lgamma()).sum(-1)
    t3 = (p.concentration - q.concentration) * (p.concentration.digamma() - sum_p.digamma().unsqueeze(-1))
    return t1 - t2 + t3.sum(-1)


@register_kl(Exponential, Exponential)
def _exponential_exponential(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(ExponentialFamily, ExponentialFamily)
def _exponential_family(p: Any, q: Any) -> Any:
    if type(p) is not type(q):
        raise NotImplementedError("The cross KL-divergence between different exponential families cannot be computed "
                                  "using Bregman divergences")
    p_params = [v.detach().requires_grad_() for v in p._natural_params]
    q_params = q._natural_params
    normalizer = p._log_normalizer(*p_params)
    gradients = taeda.autograd.grad(normalizer.sum(), p_params, create_graph=True)
    result = q._log_normalizer(*q_params) - normalizer
    for a, b, g in zip(p_params, q_params, gradients, strict=True):
        result = result - _sum_last((b - a) * g, len(q.event_shape))
    return result


@register_kl(Gamma, Gamma)
def _gamma_gamma(p: Any, q: Any) -> Any:
    t1 = q.concentration * (p.rate / q.rate).log()
    t2 = taeda.lgamma(q.concentration) - taeda.lgamma(p.concentration)
    t3 = (p.concentration - q.concentration) * taeda.digamma(p.concentration)
    t4 = (q.rate - p.rate) * (p.concentration / p.rate)
    return t1 + t2 + t3 + t4


@register_kl(Gumbel, Gumbel)
def _gumbel_gumbel(p: Any, q: Any) -> Any:
    ct1, ct2, ct3 = p.scale / q.scale, q.loc / q.scale, p.loc / q.scale
    t1 = -ct1.log() - ct2 + ct3
    t2 = ct1 * euler_constant
    t3 = taeda.exp(ct2 + (1 + ct1).lgamma() - ct3)
    return t1 + t2 + t3 - (1 + euler_constant)


@register_kl(Geometric, Geometric)
def _geometric_geometric(p: Any, q: Any) -> Any:
    return -p.entropy() - taeda.log1p(-q.probs) / p.probs - q.logits


@register_kl(HalfNormal, HalfNormal)
def _half_normal_half_normal(p: Any, q: Any) -> Any:
    return _normal_normal(p.base_dist, q.base_dist)


@register_kl(Laplace, Laplace)
def _laplace_laplace(p: Any, q: Any) -> Any:
    ratio = p.scale / q.scale
    distance = (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * taeda.exp(-distance / p.scale) - 1


@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _low_rank_low_rank(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError("KL-divergence between two Low Rank Multivariate Normals with different event shapes cannot "
                         "be computed")
    scaled = q._unbroadcasted_cov_factor.mT / q._unbroadcasted_cov_diag.unsqueeze(-2)
    diff = p.loc - q.loc
    distance = (diff.square() / q._unbroadcasted_cov_diag).sum(-1) - _batch_mahalanobis(
        q._capacitance_tril, _batch_mv(scaled, diff)
    )
    a = taeda.linalg.solve_triangular(q._capacitance_tril, scaled, upper=False)
    t1 = (p._unbroadcasted_cov_diag / q._unbroadcasted_cov_diag).sum(-1)
    t2 = (p._unbroadcasted_cov_factor / q._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)).square().sum((-2, -1))
    t3 = (a * p._unbroadcasted_cov_diag.sqrt().unsqueeze(-2)).square().sum((-2, -1))
    t4 = (a @ p._unbroadcasted_cov_factor).square().sum((-2, -1))
    return 0.5 * (q._log_det() - p._log_det() + t1 + t2 - t3 - t4 + distance - p.event_shape[0])


@register_kl(MultivariateNormal, LowRankMultivariateNormal)
def _multivariate_low_rank(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError("KL-divergence between two (Low Rank) Multivariate Normals with different event shapes cannot "
                         "be computed")
    scaled = q._unbroadcasted_cov_factor.mT / q._unbroadcasted_cov_diag.unsqueeze(-2)
    diff = p.loc - q.loc
    distance = (diff.square() / q._unbroadcasted_cov_diag).sum(-1) - _batch_mahalanobis(
        q._capacitance_tril, _batch_mv(scaled, diff)
    )
    a = taeda.linalg.solve_triangular(q._capacitance_tril, scaled, upper=False)
    t1 = (p._unbroadcasted_scale_tril / q._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)).square().sum((-2, -1))
    t2 = (a @ p._unbroadcasted_scale_tril).square().sum((-2, -1))
    log_det = q._log_det() - 2 * _half_log_det(p._unbroadcasted_scale_tril)
    return 0.5 * (log_det + t1 - t2 + distance - p.event_shape[0])


def _gaussian_from_factors(p_factors: list[Any], p_half: Any, p_loc: Any, q: Any) -> Any:
    """KL of a normal vector whose covariance is the sum of F F^T over the factors, from a MultivariateNormal."""
    n = q.event_shape[0]
    tril = q._unbroadcasted_scale_tril
    trace: Any = 0
    for factor in p_factors:
        batch = taeda.broadcast_shapes(tril.shape[:-2], factor.shape[:-2])
        solved = taeda.linalg.solve_triangular(
            tril.expand((*batch, n, n)), factor.expand((*batch, n, factor.shape[-1])), upper=False
        )
        trace = trace + solved.square().sum((-2, -1))
    distance = _batch_mahalanobis(tril, q.loc - p_loc)
    return _half_log_det(tril) - p_half + 0.5 * (trace + distance - n)


@register_kl(LowRankMultivariateNormal, MultivariateNormal)
def _low_rank_multivariate(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError("KL-divergence between two (Low Rank) Multivariate Normals with different event shapes cannot "
                         "be computed")
    factors = [p._unbroadcasted_cov_factor, taeda.diag_embed(p._unbroadcasted_cov_diag.sqrt())]
    return _gaussian_from_factors(factors, 0.5 * p._log_det(), p.loc, q)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_multivariate(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
        )
    tril = p._unbroadcasted_scale_tril
    return _gaussian_from_factors([tril], _half_log_det(tril), p.loc, q)


@register_kl(Normal, Normal)
def _normal_normal(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale).square()
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).square() - 1 - ratio.log())


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot_one_hot(p: Any, q: Any) -> Any:
    return _categorical_categorical(p._categorical, q._categorical)


@register_kl(Pareto, Pareto)
def _pareto_pareto(p: Any, q: Any) -> Any:
    ratio = p.scale / q.scale
    alpha = q.alpha / p.alpha
    kl = q.alpha * ratio.log() - alpha.log() + alpha - 1
    return taeda.where(p.support.lower_bound < q.support.lower_bound, math.inf, kl)


@register_kl(Poisson, Poisson)
def _poisson_poisson(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed_transformed(p: Any, q: Any) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(Uniform, Uniform)
def _uniform_uniform(p: Any, q: Any) -> Any:
    kl = ((q.high - q.low) / (p.high - p.low)).log()
    return taeda.where((q.low > p.low) | (q.high < p.high), math.inf, kl)


@register_kl(Cauchy, Cauchy)
def _cauchy_cauchy(p: Any, q: Any) -> Any:
    return ((p.scale + q.scale).square() + (p.loc - q.loc).square()).log() - (4 * p.scale * q.scale).log()


@register_kl(Independent, Independent)
def _independent_independent(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return _sum_last(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


# ---- different families -------------------------------------------------------------------------------------------


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Any, q: Any) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


@register_kl(Poisson, Bernoulli)
@register_kl(Poisson, Binomial)
def _poisson_bounded(p: Any, q: Any) -> Any:
    return _infinite_like(p.rate)


@register_kl(Beta, ContinuousBernoulli)
def _beta_continuous_bernoulli(p: Any, q: Any) -> Any:
    return -p.entropy() - p.mean * q.logits - taeda.log1p(-q.probs) - q._log_constant()


@register_kl(Beta, Pareto)
def _beta_infinite(p: Any, q: Any) -> Any:
    return _infinite_like(p.concentration1)


@register_kl(Beta, Exponential)
def _beta_exponential(p: Any, q: Any) -> Any:
    return -p.entropy() - q.rate.log() + q.rate * p.mean


@register_kl(Beta, Gamma)
def _beta_gamma(p: Any, q: Any) -> Any:
    t1 = -p.entropy()
    t2 = q.concentration.lgamma() - q.concentration * q.rate.log()
    total = (p.concentration1 + p.concentration0).digamma()
    return t1 + t2 - (q.concentration - 1) * (p.concentration1.digamma() - total) + q.rate * p.mean


def _normal_cross(mean: Any, variance: Any, q: Any) -> Any:
    """The mean of -log q of a normal q under a distribution of that mean and variance."""
    square = q.scale.square()
    return 0.5 * (square * 2 * math.pi).log() + 0.5 * (variance + (mean - q.loc).square()) / square


@register_kl(Beta, Normal)
@register_kl(ContinuousBernoulli, Normal)
@register_kl(Exponential, Normal)
@register_kl(Gamma, Normal)
@register_kl(Gumbel, Normal)
@register_kl(Laplace, Normal)
@register_kl(Uniform, Normal)
def _anything_normal(p: Any, q: Any) -> Any:
    return -p.entropy() + _normal_cross(p.mean, p.variance, q)


@register_kl(Pareto, Normal)
def _pareto_normal(p: Any, q: Any) -> Any:
    kl = -p.entropy() + _normal_cross(p.mean, p.variance, q)
    return taeda.where(p.alpha <= 2, math.inf, kl)


@register_kl(Beta, Uniform)
def _beta_uniform(p: Any, q: Any) -> Any:
    kl = -p.entropy() + (q.high - q.low).log()
    return taeda.where((q.low > p.support.lower_bound) | (q.high < p.support.upper_bound), math.inf, kl)


@register_kl(ContinuousBernoulli, Pareto)
def _continuous_bernoulli_infinite(p: Any, q: Any) -> Any:
    return _infinite_like(p.probs)


@register_kl(ContinuousBernoulli, Exponential)
def _continuous_bernoulli_exponential(p: Any, q: Any) -> Any:
    return -p.entropy() - taeda.log(q.rate) + q.rate * p.mean


@register_kl(ContinuousBernoulli, Uniform)
def _continuous_bernoulli_uniform(p: Any, q: Any) -> Any:
    kl = -p.entropy() + (q.high - q.low).log()
    outside = taeda.max(taeda.ge(q.low, p.support.lower_bound), taeda.le(q.high, p.support.upper_bound))
    return taeda.where(outside, math.inf, kl)


@register_kl(Exponential, Beta)
@register_kl(Exponential, ContinuousBernoulli)
@register_kl(Exponential, Pareto)
@register_kl(Exponential, Uniform)
def _exponential_infinite(p: Any, q: Any) -> Any:
    return _infinite_like(p.rate)


@register_kl(Exponential, Gamma)
def _exponential_gamma(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return (-q.concentration * taeda.log(ratio) + ratio + q.concentration.lgamma()
            + q.concentration * euler_constant - (1 + euler_constant))


@register_kl(Exponential, Gumbel)
def _exponential_gumbel(p: Any, q: Any) -> Any:
    product = p.rate * q.scale
    ratio = q.loc / q.scale
    return product.log() - 1 + product.reciprocal() - ratio + ratio.exp() * product / (product + 1)


@register_kl(Gamma, Beta)
@register_kl(Gamma, ContinuousBernoulli)
@register_kl(Gamma, Pareto)
@register_kl(Gamma, Uniform)
def _gamma_infinite(p: Any, q: Any) -> Any:
    return _infinite_like(p.concentration)


@register_kl(Gamma, Exponential)
def _gamma_exponential(p: Any, q: Any) -> Any:
    return -p.entropy() - q.rate.log() + q.rate * p.concentration / p.rate


@register_kl(Gamma, Gumbel)
def _gamma_gumbel(p: Any, q: Any) -> Any:
    product = p.rate * q.scale
    ratio = q.loc / q.scale
    return ((p.concentration - 1) * p.concentration.digamma() - p.concentration.lgamma() - p.concentration
            + product.log() + p.concentration / product - ratio
            + ratio.exp() * (1 + product.reciprocal()).pow(-p.concentration))


@register_kl(Gumbel, Beta)
@register_kl(Gumbel, ContinuousBernoulli)
@register_kl(Gumbel, Exponential)
@register_kl(Gumbel, Gamma)
@register_kl(Gumbel, Pareto)
@register_kl(Gumbel, Uniform)
@register_kl(Laplace, Beta)
@register_kl(Laplace, ContinuousBernoulli)
@register_kl(Laplace, Exponential)
@register_kl(Laplace, Gamma)
@register_kl(Laplace, Pareto)
@register_kl(Laplace, Uniform)
@register_kl(Normal, Beta)
@register_kl(Normal, ContinuousBernoulli)
@register_kl(Normal, Exponential)
@register_kl(Normal, Gamma)
@register_kl(Normal, Pareto)
@register_kl(Normal, Uniform)
def _unbounded_infinite(p: Any, q: Any) -> Any:
    return _infinite_like(p.loc)


@register_kl(Normal, Gumbel)
def _normal_gumbel(p: Any, q: Any) -> Any:
    mean_ratio = p.loc / q.scale
    square_ratio = (p.scale / q.scale).square()
    loc_ratio = q.loc / q.scale
    t1 = -(p.scale / q.scale).log()
    t2 = mean_ratio - loc_ratio
    t3 = taeda.exp(-mean_ratio + 0.5 * square_ratio + loc_ratio)
    return t1 + t2 + t3 - (0.5 * (1 + math.log(2 * math.pi)))


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Any:
    diff = p.loc - q.loc
    scaled = diff / p.scale
    t1 = taeda.log(q.scale / p.scale)
    t2 = math.sqrt(2 / math.pi) * p.scale * taeda.exp(-0.5 * scaled.square())
    t3 = diff * taeda.erf(math.sqrt(0.5) * scaled)
    return t1 + (t2 + t3) / q.scale - (0.5 * (1 + math.log(0.5 * math.pi)))


@register_kl(Pareto, Beta)
@register_kl(Pareto, ContinuousBernoulli)
@register_kl(Pareto, Uniform)
def _pareto_infinite(p: Any, q: Any) -> Any:
    return _infinite_like(p.scale)


@register_kl(Pareto, Exponential)
def _pareto_exponential(p: Any, q: Any) -> Any:
    scale_rate = p.scale * q.rate
    kl = (p.alpha / scale_rate).log() - p.alpha.reciprocal() + p.alpha * scale_rate / (p.alpha - 1) - 1
    return taeda.where(p.alpha <= 1, math.inf, kl)


@register_kl(Pareto, Gamma)
def _pareto_gamma(p: Any, q: Any) -> Any:
    mean_log = p.scale.log() + p.alpha.reciprocal()
    kl = (p.alpha.log() - p.scale.log() - (1 + p.alpha.reciprocal()) + q.concentration.lgamma()
          - q.concentration * q.rate.log() + (1 - q.concentration) * mean_log
          + q.rate * p.alpha * p.scale / (p.alpha - 1))
    return taeda.where(p.alpha <= 1, math.inf, kl)


@register_kl(Uniform, Beta)
def _uniform_beta(p: Any, q: Any) -> Any:
    common = p.high - p.low
    t1 = taeda.log(common)
    t2 = (q.concentration1 - 1) * (_x_log_x(p.high) - _x_log_x(p.low) - common) / common
    t3 = (q.concentration0 - 1) * (_x_log_x(1 - p.high) - _x_log_x(1 - p.low) + common) / common
    t4 = q.concentration1.lgamma() + q.concentration0.lgamma() - (q.concentration1 + q.concentration0).lgamma()
    outside = (p.high > q.support.upper_bound) | (p.low < q.support.lower_bound)
    return taeda.where(outside, math.inf, t3 + t4 - t1 - t2)


@register_kl(Uniform, ContinuousBernoulli)
def _uniform_continuous_bernoulli(p: Any, q: Any) -> Any:
    kl = -p.entropy() - p.mean * q.logits - taeda.log1p(-q.probs) - q._log_constant()
    outside = taeda.max(taeda.ge(p.high, q.support.upper_bound), taeda.le(p.low, q.support.lower_bound))
    return taeda.where(outside, math.inf, kl)


@register_kl(Uniform, Exponential)
def _uniform_exponential(p: Any, q: Any) -> Any:
    kl = q.rate * (p.high + p.low) / 2 - ((p.high - p.low) * q.rate).log()
    return taeda.where(p.low < q.support.lower_bound, math.inf, kl)


@register_kl(Uniform, Gamma)
def _uniform_gamma(p: Any, q: Any) -> Any:
    common = p.high - p.low
    t1 = common.log()
    t2 = q.concentration.lgamma() - q.concentration * q.rate.log()
    t3 = (1 - q.concentration) * (_x_log_x(p.high) - _x_log_x(p.low) - common) / common
    t4 = q.rate * (p.high + p.low) / 2
    return taeda.where(p.low < q.support.lower_bound, math.inf, -t1 + t2 + t3 + t4)


@register_kl(Uniform, Gumbel)
def _uniform_gumbel(p: Any, q: Any) -> Any:
    common = q.scale / (p.high - p.low)
    high, low = (p.high - q.loc) / q.scale, (p.low - q.loc) / q.scale
    t1 = common.log() + 0.5 * (high + low)
    t2 = common * (taeda.exp(-high) - taeda.exp(-low))
    return t1 - t2


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Any, q: Any) -> Any:
    support = p.high - p.low
    t1 = (q.alpha * q.scale.pow(q.alpha) * support).log()
    t2 = (_x_log_x(p.high) - _x_log_x(p.low) - support) / support
    return taeda.where(p.low < q.support.lower_bound, math.inf, t2 * (q.alpha + 1) - t1)
