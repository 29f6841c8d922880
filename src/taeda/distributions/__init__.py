"""Probability distributions: batches of them, with samples, densities, entropies, divergences and transforms.

Samples of continuous distributions are differentiable functions of the parameters (`rsample`)::

    >>> import taeda as torch
    >>> from taeda.distributions import Normal, kl_divergence
    >>> loc = torch.zeros(3, requires_grad=True)
    >>> Normal(loc, 1.0).rsample().sum().backward()
    >>> loc.grad
    tensor([1., 1., 1.])
"""

from taeda._module_tree import open_package
from taeda.distributions import constraints, transforms
from taeda.distributions.constraint_registry import biject_to, transform_to
from taeda.distributions.discrete import (
    Bernoulli,
    Binomial,
    Categorical,
    Geometric,
    Multinomial,
    NegativeBinomial,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
    Poisson,
)
from taeda.distributions.distribution import Distribution, ExponentialFamily
from taeda.distributions.gammas import Beta, Chi2, Dirichlet, Exponential, FisherSnedecor, Gamma, InverseGamma
from taeda.distributions.kl import kl_divergence, register_kl
from taeda.distributions.location_scale import (
    Cauchy,
    Gumbel,
    HalfCauchy,
    HalfNormal,
    Laplace,
    LogisticNormal,
    LogNormal,
    Normal,
    StudentT,
    Uniform,
)
from taeda.distributions.mixture import MixtureSameFamily
from taeda.distributions.multivariate import LKJCholesky, LowRankMultivariateNormal, MultivariateNormal, Wishart
from taeda.distributions.power_laws import GeneralizedPareto, Kumaraswamy, Pareto, Weibull
from taeda.distributions.relaxed import ContinuousBernoulli, RelaxedBernoulli, RelaxedOneHotCategorical
from taeda.distributions.transformed import Independent, TransformedDistribution
from taeda.distributions.transforms import *  # noqa: F403
from taeda.distributions.von_mises import VonMises

__all__ = [
    "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "ContinuousBernoulli", "Dirichlet",
    "Distribution", "Exponential", "ExponentialFamily", "FisherSnedecor", "Gamma", "GeneralizedPareto", "Geometric",
    "Gumbel", "HalfCauchy", "HalfNormal", "Independent", "InverseGamma", "Kumaraswamy", "LKJCholesky", "Laplace",
    "LogNormal", "LogisticNormal", "LowRankMultivariateNormal", "MixtureSameFamily", "Multinomial",
    "MultivariateNormal", "NegativeBinomial", "Normal", "OneHotCategorical", "OneHotCategoricalStraightThrough",
    "Pareto", "Poisson", "RelaxedBernoulli", "RelaxedOneHotCategorical", "StudentT", "TransformedDistribution",
    "Uniform", "VonMises", "Weibull", "Wishart", "biject_to", "constraints", "kl_divergence", "register_kl",
    "transform_to", "transforms",
]  # fmt: skip
__all__ += transforms.__all__

open_package(globals())
