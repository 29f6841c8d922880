"""Random numbers that are compositions: choices by weights, and the distributions of in-place methods."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda._binding import internal
from taeda.functions.creation import _finish


def multinomial(input: Any, num_samples: int, replacement: bool = False, *, generator: Any = None,
                out: Any = None) -> Any:
    """`num_samples` places per row of `input`, each with a probability proportional to the weight there.

    With replacement by searching the running sum of the weights; without, the places of the largest weight/E, E
    exponential, which have the same distribution as drawing one after the other.
    """
    if input.dim() not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {str(input.dtype)[6:]}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    weights = input.detach()
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not weights.is_meta and not bool((weights.isfinite() & (weights >= 0)).all().item()):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if weights.numel() and not weights.is_meta and bool((weights.sum(-1) == 0).any().item()):
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    wide = weights.to(taeda.float64 if weights.dtype == taeda.float64 else taeda.float32)
    if replacement:
        sums = wide.cumsum(-1)
        shape = (*wide.shape[:-1], num_samples)
        points = internal.uniform(shape, 0.0, 1.0, wide.dtype, generator) * sums[..., -1:]
        # `right`: a point on an edge belongs to the weight after it, so that a weight of 0 is never chosen.
        last = ((wide > 0).to(taeda.int64) * taeda.arange(wide.shape[-1])).amax(-1, keepdim=True)
        found = taeda.searchsorted(sums, points, right=True).minimum(last)
    else:
        rates = internal.exponential(wide.shape, 1.0, wide.dtype, generator)
        found = (wide / rates).topk(num_samples, -1)[1]
    return _finish(found, out, False)


def _floating(name: str, x: Any) -> None:
    if not x.dtype.is_floating_point:
        raise NotImplementedError(f"{name} is not defined for {x.dtype}")


def _draw(x: Any, generator: Any) -> Any:
    dtype = x.dtype if x.dtype == taeda.float64 else taeda.float32
    return internal.uniform(x.shape, 0.0, 1.0, dtype, generator)


def cauchy_(self: Any, median: float = 0, sigma: float = 1, *, generator: Any = None) -> Any:
    """Fill with numbers of the Cauchy distribution."""
    _floating("cauchy_", self)
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    return self.copy_(((_draw(self, generator) - 0.5) * math.pi).tan() * sigma + median)


def geometric_(self: Any, p: float, *, generator: Any = None) -> Any:
    """Fill with the number of the first success of trials that succeed with probability p."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    return self.copy_((taeda.log1p(-_draw(self, generator)) / math.log1p(-p)).ceil().clamp_min(1))


def log_normal_(self: Any, mean: float = 1, std: float = 2, *, generator: Any = None) -> Any:
    """Fill with exp of normal numbers of the given mean and deviation."""
    _floating("log_normal_", self)
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    dtype = self.dtype if self.dtype == taeda.float64 else taeda.float32
    return self.copy_(internal.normal(self.shape, float(mean), float(std), dtype, generator).exp())
