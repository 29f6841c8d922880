"""One step of connectionist temporal classification: Graves et al., "Connectionist Temporal Classification", 2006."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from taeda.ops.op import Sample, Tensor, derived, sample
from taeda.ops.padding import pad
from taeda.ops.pointwise import where


@derived(public=False)
def ctc_step(alpha: Tensor, emission: Tensor, skip: Tensor, active: Tensor) -> Tensor:
    """log(exp(alpha[s]) + exp(alpha[s - 1]) + exp(alpha[s - 2] if skip)) + emission where `active`, else alpha.

    alpha, emission (N, S), skip (N, S) and active (N, 1) bool: the logarithms of the probabilities of all paths that
    end at each of the S places of the blanks and labels. Impossible places are -inf, and have no gradient.
    """
    places = alpha.shape[1]
    longer = pad(alpha, (2, 0), "constant", -math.inf)
    before = longer.narrow(1, 1, places)
    second = where(skip, longer.narrow(1, 0, places), -math.inf)
    top = alpha.maximum(before).maximum(second)
    dead = top.eq(-math.inf)
    top = where(dead, 0.0, top)
    total = (alpha - top).exp() + (before - top).exp() + (second - top).exp()
    following = where(dead, -math.inf, where(dead, 1.0, total).log() + top + emission)
    return where(active, following, alpha)


@ctc_step.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 5), make(2, 5), make(2, 5, dtype="bool"), make(2, 1, dtype="bool"))
