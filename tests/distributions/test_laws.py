"""Distributions held against what must be true of them: densities integrate to 1, samples have the moments, transforms
are inverted and their Jacobians right, divergences are the means that define them."""

import math
import warnings

import numpy as np
import pytest
from distribution_cases import CASES, IDS, build

import taeda as torch
from taeda import distributions as D

CONTINUOUS = [(n, p) for n, p in CASES if n in (
    "Beta", "Cauchy", "Chi2", "ContinuousBernoulli", "Exponential", "FisherSnedecor", "Gamma", "Gumbel", "HalfCauchy",
    "HalfNormal", "InverseGamma", "Kumaraswamy", "Laplace", "LogNormal", "Normal", "Pareto", "StudentT",
    "Uniform", "VonMises", "Weibull",
)]  # fmt: skip


def grid(d):
    """Points and widths that cover the support, denser where the density may be steep."""
    t = torch.linspace(-1, 1, 40001, dtype=torch.float64)[1:-1]
    region = d.support
    if type(d).__name__ == "VonMises":
        low, high = -math.pi, math.pi
    elif hasattr(region, "upper_bound"):
        low, high = region.lower_bound, region.upper_bound
    elif hasattr(region, "lower_bound"):
        low, high = region.lower_bound, math.inf
    else:
        low, high = -math.inf, math.inf
    t = t.reshape(-1, *([1] * len(d.batch_shape))).expand(-1, *d.batch_shape)
    if isinstance(high, torch.Tensor) or high != math.inf:
        # tanh-sinh: the points crowd at both ends
        s = (math.pi / 2) * (3.2 * t).sinh()
        return low + (high - low) * (0.5 + 0.5 * s.tanh()), 2e-4 / 4 * (high - low) * (
            0.5 * (math.pi / 2) * 3.2 * (3.2 * t).cosh() / s.cosh().square())
    if isinstance(low, torch.Tensor) or low != -math.inf:
        s = (math.pi / 2) * (4.5 * t).sinh()
        return low + s.exp(), 2e-4 / 4 * s.exp() * (math.pi / 2) * 4.5 * (4.5 * t).cosh()
    s = (math.pi / 2) * (4.5 * t).sinh()
    return s.sinh(), 2e-4 / 4 * s.cosh() * (math.pi / 2) * 4.5 * (4.5 * t).cosh()


@pytest.mark.parametrize("name, parameters", CONTINUOUS)
def test_density_integrates_to_one(name, parameters):
    d, _ = build(torch, name, parameters)
    d._validate_args = False
    if hasattr(d, "base_dist"):
        d.base_dist._validate_args = False
    x, w = grid(d)
    density = d.log_prob(x).exp().nan_to_num(0.0, posinf=0.0)
    total = (density * w.nan_to_num(0.0, posinf=0.0)).sum(0)
    assert torch.allclose(total, torch.ones_like(total), atol=2e-3), total


@pytest.mark.parametrize("name, parameters", [c for c in CASES if c[0] in ("Bernoulli", "Binomial", "Categorical",
                                                                             "OneHotCategorical")])  # fmt: skip
def test_probabilities_add_up_to_one(name, parameters):
    d, _ = build(torch, name, parameters)
    total = d.log_prob(d.enumerate_support()).exp().sum(0)
    assert torch.allclose(total, torch.ones_like(total))


@pytest.mark.parametrize("name, parameters", [c for c in CASES if c[0] in ("Poisson", "Geometric", "NegativeBinomial")])
def test_probabilities_of_counts_add_up_to_one(name, parameters):
    d, _ = build(torch, name, parameters)
    counts = torch.arange(300.0, dtype=torch.float64)[:, None]
    probability = d.log_prob(counts).exp()
    assert torch.allclose(probability.sum(0), torch.ones(2, dtype=torch.float64))
    assert torch.allclose((probability * counts).sum(0), d.mean)


@pytest.mark.parametrize("name, parameters", CASES, ids=IDS)
def test_samples_have_the_moments(name, parameters):
    torch.manual_seed(3)
    d, _ = build(torch, name, parameters)
    assert d.sample((5, 2)).shape == (5, 2, *d.batch_shape, *d.event_shape)
    x = d.sample((40000,)).double()
    try:
        mean, variance = d.mean, d.variance
    except NotImplementedError:
        return
    if name in ("Cauchy", "HalfCauchy", "Categorical", "VonMises", "LogisticNormal", "LKJCholesky"):
        return
    mean, variance = mean.double(), variance.double()
    wide = 6 * (variance / 40000).sqrt() + 1e-9
    assert bool(((x.mean(0) - mean).abs() < wide).all()), (x.mean(0), mean)
    heavy = name in ("FisherSnedecor", "InverseGamma", "Pareto", "StudentT", "LogNormal")
    assert torch.allclose(x.var(0), variance.expand_as(x[0]), rtol=0.5 if heavy else 0.08), (x.var(0), variance)


@pytest.mark.parametrize("name, parameters", [c for c in CONTINUOUS if c[0] != "VonMises"])
def test_samples_follow_the_cumulative_distribution(name, parameters):
    torch.manual_seed(4)
    d, _ = build(torch, name, parameters)
    x = d.sample((20000,))
    try:
        u = d.cdf(x)
    except (NotImplementedError, AttributeError):  # no incomplete gamma function yet
        return
    sorted_u = u.sort(0).values
    expected = torch.linspace(0, 1, 20000, dtype=torch.float64).reshape(-1, *([1] * len(d.batch_shape)))
    assert float((sorted_u - expected).abs().max()) < 0.015
    try:
        back = d.icdf(u.clamp(min=1e-9, max=1 - 1e-9))
    except NotImplementedError:
        return
    inside = (u > 1e-6) & (u < 1 - 1e-6)
    assert torch.allclose(back[inside], x[inside], rtol=1e-4, atol=1e-6)


def test_reparametrised_gradients_are_those_of_the_quantile():
    """d x / d a with the probability held, against differences of SciPy's inverse."""
    special = pytest.importorskip("scipy.special")
    for a in (0.1, 0.7, 2.0, 9.0, 15.9, 16.1, 60.0):
        x = special.gammaincinv(a, np.array([0.01, 0.2, 0.5, 0.9]))
        p, h = special.gammainc(a, x), 1e-5 * a
        expected = (special.gammaincinv(a + h, p) - special.gammaincinv(a - h, p)) / (2 * h)
        found = torch._standard_gamma_grad(torch.full((4,), a, dtype=torch.float64), torch.tensor(x))
        assert np.allclose(found.numpy(), expected, rtol=3e-3 if a > 16 else 1e-6)
    a = torch.full((1000,), 2.0, requires_grad=True)
    D.Gamma(a, torch.full((1000,), 4.0)).rsample().sum().backward()
    assert abs(float(a.grad.mean()) - 1 / 4) < 0.03  # the mean is a / rate


PAIRS = [
    (D.Normal(0.3, 1.2), D.Normal(-0.2, 0.8)),
    (D.Normal(0.3, 1.2), D.Laplace(-0.2, 0.8)),
    (D.Normal(0.1, 0.4), D.Gumbel(0.2, 0.9)),
    (D.Gamma(2.5, 1.5), D.Gamma(1.5, 0.7)),
    (D.Gamma(2.5, 1.5), D.Exponential(0.7)),
    (D.Gamma(2.5, 1.5), D.Gumbel(0.5, 1.5)),
    (D.Beta(2.0, 3.0), D.Beta(1.5, 1.2)),
    (D.Beta(2.0, 3.0), D.Normal(0.4, 0.3)),
    (D.Beta(2.0, 3.0), D.Gamma(1.5, 2.0)),
    (D.Exponential(1.3), D.Gamma(1.5, 2.0)),
    (D.Exponential(1.3), D.Gumbel(0.5, 1.5)),
    (D.Uniform(0.2, 0.7), D.Beta(1.5, 2.5)),
    (D.Uniform(0.2, 0.7), D.Gumbel(0.5, 1.5)),
    (D.Uniform(0.2, 0.7), D.Gamma(1.5, 2.5)),
    (D.Uniform(2.2, 2.7), D.Pareto(1.5, 2.5)),
    (D.Laplace(0.3, 1.2), D.Normal(-0.2, 0.8)),
    (D.Laplace(0.3, 1.2), D.Laplace(-0.2, 0.8)),
    (D.Gumbel(0.3, 0.6), D.Gumbel(0.2, 0.8)),
    (D.Pareto(1.5, 4.0), D.Exponential(0.5)),
    (D.Pareto(1.5, 4.0), D.Gamma(2.0, 0.5)),
    (D.Poisson(3.0), D.Poisson(4.0)),
    (D.Bernoulli(0.3), D.Poisson(0.4)),
    (D.Geometric(0.3), D.Geometric(0.4)),
    (D.Binomial(6, 0.3), D.Binomial(6, 0.5)),
    (D.HalfNormal(0.7), D.HalfNormal(1.1)),
    (D.ContinuousBernoulli(0.3), D.ContinuousBernoulli(0.6)),
    (D.ContinuousBernoulli(0.3), D.Exponential(1.6)),
    (D.Dirichlet(torch.tensor([1.5, 2.0, 3.0])), D.Dirichlet(torch.tensor([2.0, 1.0, 1.5]))),
    (D.Categorical(torch.tensor([0.2, 0.8])), D.Categorical(torch.tensor([0.5, 0.5]))),
]


@pytest.mark.parametrize("p, q", PAIRS, ids=lambda d: type(d).__name__)
def test_divergence_is_the_mean_of_the_log_ratio(p, q):
    torch.manual_seed(5)
    x = p.sample((40000,))
    ratio = p.log_prob(x) - q.log_prob(x)
    error = float(ratio.std()) / 200
    assert abs(float(D.kl_divergence(p, q)) - float(ratio.mean())) < 5 * error + 1e-3


TRANSFORMS = [
    (D.ExpTransform(), 1.0), (D.SigmoidTransform(), 1.0), (D.TanhTransform(), 1.0), (D.SoftplusTransform(), 1.0),
    (D.AffineTransform(1.0, -2.0), 1.0), (D.PowerTransform(torch.tensor(1.7, dtype=torch.float64)), 0.0),
    (D.StickBreakingTransform(), 1.0),
    (D.ComposeTransform([D.AffineTransform(0.5, 2.0), D.SigmoidTransform()]), 1.0),
]  # fmt: skip


@pytest.mark.parametrize("transform, signed", TRANSFORMS, ids=lambda t: type(t).__name__)
def test_transforms_are_inverted_and_have_the_jacobian(transform, signed):
    torch.manual_seed(6)
    x = torch.rand(4, dtype=torch.float64) + 0.1 - 0.6 * signed
    y = transform(x)
    assert torch.allclose(transform.inv(y), x) and transform.inv.inv is transform
    assert transform.forward_shape(x.shape) == y.shape and transform.inverse_shape(y.shape) == x.shape
    jacobian = torch.autograd.functional.jacobian(transform, x)
    if isinstance(transform, D.StickBreakingTransform):
        product = jacobian[:-1]
        # lower triangular: the determinant is the product of the diagonal
        expected = product.diagonal().abs().log().sum()
    else:
        expected = jacobian.diagonal().abs().log()
    assert torch.allclose(transform.log_abs_det_jacobian(x, y), expected)


def test_cholesky_factors_of_correlations():
    torch.manual_seed(7)
    transform = D.CorrCholeskyTransform()
    x = torch.randn(2, 6, dtype=torch.float64)
    y = transform(x)
    assert bool(D.constraints.corr_cholesky.check(y).all()) and torch.allclose(transform.inv(y), x)
    rows, columns = torch.tril_indices(4, 4, -1)
    jacobian = torch.autograd.functional.jacobian(lambda v: transform(v)[rows, columns], x[0])
    expected = jacobian.diagonal().abs().log().sum()  # lower triangular in this order
    assert torch.allclose(transform.log_abs_det_jacobian(x, y)[0], expected)
    assert bool(D.constraints.corr_cholesky.check(D.LKJCholesky(4, 1.5).sample((5,))).all())


REGIONS = [
    D.constraints.real, D.constraints.positive, D.constraints.greater_than(2.0), D.constraints.less_than(-1.0),
    D.constraints.interval(-1.0, 3.0), D.constraints.unit_interval, D.constraints.simplex,
    D.constraints.lower_cholesky, D.constraints.corr_cholesky,
]  # fmt: skip


@pytest.mark.parametrize("region", REGIONS, ids=repr)
def test_regions_are_reached(region):
    torch.manual_seed(8)
    x = torch.randn(3, 3) if region.event_dim == 2 and "Corr" not in repr(region) else torch.randn(3)
    for registry in (D.biject_to, D.transform_to):
        y = registry(region)(x)
        assert bool(region.check(y).all())
        if registry is D.biject_to and "Cholesky" not in repr(region):
            assert torch.allclose(registry(region).inv(y), x, atol=1e-4)


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match=r"Expected parameter scale \(Tensor of shape \(2,\)\) of distribution Normal"):
        D.Normal(torch.zeros(2), torch.tensor([1.0, -1.0]))
    with pytest.raises(ValueError, match="to be within the support"):
        D.Exponential(1.0).log_prob(torch.tensor(-1.0))
    with pytest.raises(ValueError, match="Either `probs` or `logits` must be specified, but not both"):
        D.Bernoulli()
    with pytest.raises(ValueError, match="Value is not broadcastable"):
        D.Normal(torch.zeros(2), 1.0).log_prob(torch.zeros(3))
    with pytest.raises(NotImplementedError, match="No KL"):
        D.kl_divergence(D.VonMises(0.0, 1.0), D.Poisson(1.0))
    assert repr(D.Normal(0.0, 1.0)) == "Normal(loc: 0.0, scale: 1.0)"


def test_mixtures():
    torch.manual_seed(9)
    weights = torch.tensor([0.3, 0.7], dtype=torch.float64)
    parts = D.Normal(torch.tensor([-2.0, 1.0], dtype=torch.float64), torch.tensor([0.5, 1.5], dtype=torch.float64))
    mixture = D.MixtureSameFamily(D.Categorical(weights), parts)
    x = mixture.sample((40000,))
    assert abs(float(x.mean()) - float(mixture.mean)) < 0.05 and abs(float(x.var() / mixture.variance) - 1) < 0.05
    at = torch.tensor(0.4, dtype=torch.float64)
    expected = (weights * parts.log_prob(at).exp()).sum().log()
    assert torch.allclose(mixture.log_prob(at), expected) and mixture.expand((3,)).sample().shape == (3,)


def test_independent_and_transformed_shapes():
    base = D.Independent(D.Normal(torch.zeros(3, 2), torch.ones(3, 2)), 1)
    assert base.batch_shape == (3,) and base.event_shape == (2,) and base.log_prob(torch.zeros(3, 2)).shape == (3,)
    flow = D.TransformedDistribution(base, [D.TanhTransform(cache_size=1), D.AffineTransform(0.0, 2.0)])
    x = flow.rsample()
    assert flow.log_prob(x).shape == (3,) and flow.expand((4, 3)).batch_shape == (4, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        D.TransformedDistribution(D.Normal(0.0, 1.0), D.SigmoidTransform()).log_prob(torch.tensor(0.3))
