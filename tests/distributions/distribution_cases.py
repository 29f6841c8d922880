"""Parameters for every distribution, as NumPy arrays: what the tests build them from."""

from __future__ import annotations

from typing import Any

import numpy as np


def f(*values: float) -> Any:
    return np.array(values, dtype=np.float64)


ROWS = np.array([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])
SCORES = np.array([[0.2, -0.3, 0.5], [1.0, 1.0, 0.8]])
LOC_SCALE = {"loc": f(0, 1), "scale": f(1, 2)}

CASES: list[tuple[str, dict[str, Any]]] = [
    ("Bernoulli", {"probs": f(0.2, 0.7)}),
    ("Bernoulli", {"logits": f(-1, 2)}),
    ("Beta", {"concentration1": f(0.5, 2), "concentration0": f(1.5, 3)}),
    ("Binomial", {"total_count": 5, "probs": f(0.3, 0.8)}),
    ("Binomial", {"total_count": 4, "logits": f(0.3, -0.8)}),
    ("Categorical", {"probs": ROWS}),
    ("Categorical", {"logits": SCORES}),
    ("Cauchy", LOC_SCALE),
    ("Chi2", {"df": f(1, 3)}),
    ("ContinuousBernoulli", {"probs": f(0.2, 0.5, 0.9)}),
    ("ContinuousBernoulli", {"logits": f(-1, 2)}),
    ("Dirichlet", {"concentration": np.array([[0.5, 1, 2], [3, 4, 5.0]])}),
    ("Exponential", {"rate": f(0.5, 2)}),
    ("FisherSnedecor", {"df1": f(3, 5), "df2": f(5, 9)}),
    ("Gamma", {"concentration": f(0.5, 3), "rate": f(1, 2)}),
    ("Geometric", {"probs": f(0.2, 0.7)}),
    ("Geometric", {"logits": f(-1, 0.5)}),
    ("Gumbel", LOC_SCALE),
    ("HalfCauchy", {"scale": f(1, 2)}),
    ("HalfNormal", {"scale": f(1, 2)}),
    ("InverseGamma", {"concentration": f(5, 6), "rate": f(1, 2)}),
    ("Kumaraswamy", {"concentration1": f(1.5, 2), "concentration0": f(2, 3)}),
    ("LKJCholesky", {"dim": 3, "concentration": f(1, 2.5)}),
    ("Laplace", LOC_SCALE),
    ("LogNormal", {"loc": f(0, 1), "scale": f(1, 0.5)}),
    ("LogisticNormal", {"loc": f(0, 1), "scale": f(1, 0.5)}),
    ("Multinomial", {"total_count": 4, "probs": ROWS}),
    ("NegativeBinomial", {"total_count": f(3, 5), "probs": f(0.3, 0.55)}),
    ("Normal", LOC_SCALE),
    ("Normal", {"loc": 0.0, "scale": 1.0}),
    ("OneHotCategorical", {"probs": ROWS}),
    ("OneHotCategoricalStraightThrough", {"probs": ROWS}),
    ("Pareto", {"scale": f(1, 2), "alpha": f(5, 6)}),
    ("Poisson", {"rate": f(0.5, 14)}),
    ("RelaxedBernoulli", {"temperature": f(0.5), "probs": f(0.2, 0.7)}),
    ("RelaxedOneHotCategorical", {"temperature": f(0.5), "probs": ROWS}),
    ("StudentT", {"df": f(5, 7), "loc": f(0, 1), "scale": f(1, 2)}),
    ("Uniform", {"low": f(0, 1), "high": f(2, 3)}),
    ("VonMises", {"loc": f(0, 1), "concentration": f(1, 4)}),
    ("Weibull", {"scale": f(1, 2), "concentration": f(1.5, 3)}),
]


def build(library: Any, name: str, parameters: dict[str, Any], requires_grad: bool = False) -> Any:
    """The distribution of `library` (torch or taeda), and its tensor parameters."""
    tensors = {
        k: library.tensor(v) if isinstance(v, np.ndarray) else v for k, v in parameters.items()
    }
    if requires_grad:
        for t in tensors.values():
            if isinstance(t, library.Tensor):
                t.requires_grad_()
    return getattr(library.distributions, name)(**tensors), tensors


IDS = [f"{name}-{'-'.join(p)}" for name, p in CASES]
