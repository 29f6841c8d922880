"""Losses that want scores or distances apart by a margin. `reduction` is 'none', 'mean' or 'sum'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.creation import arange
from taeda.ops.distance import pairwise_distance
from taeda.ops.elementwise_loss import check_reduction, reduced_loss
from taeda.ops.op import Number, Sample, Tensor, check, derived, sample
from taeda.ops.pointwise import convert, minimum, where

_FUNCTIONAL = ("nn.functional",)


def _listed(tensor: Any, first: int) -> str:
    if first + tensor.ndim > 10:  # more than a check's message can say
        return f"{tensor.ndim} dimensions"
    return "[" + ", ".join(f"{{{first + d}}}" for d in range(tensor.ndim)) + "]"


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: Number = 0.0, *, reduction: str = "mean"
) -> Tensor:
    """max(0, -target (input1 - input2) + margin)."""
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: of "
            f"{input1.ndim}, {input2.ndim} and {target.ndim} dimensions"
        )
    return reduced_loss((-target * (input1 - input2) + margin).clamp_min(0), reduction)


@margin_ranking_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(6), make(6), make(6).detach().sign())
    yield sample(make(3, 4), make(3, 4), make(3, 4).detach().sign(), 0.4, reduction="none")


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: Number = 0.0, *, reduction: str = "mean"
) -> Tensor:
    """1 - cos where the target is 1, max(0, cos - margin) where it is -1; inputs (N, D) or (D,)."""
    if (target.ndim, input1.ndim) not in ((0, 1), (1, 2)) or input1.ndim != input2.ndim:
        expected = "1D" if target.ndim == 0 else "2D"
        text = f"{target.ndim}D target tensor expects {expected} input tensors, but found inputs with sizes "
        sizes = (*input1.shape, *input2.shape)
        text += f"{_listed(input1, 0)} and {_listed(input2, input1.ndim)}."
        check(sizes[0] < 0 if sizes else False, RuntimeError, text, *sizes[:10])
    dot, length1, length2 = (
        (a * b).sum((-1,)) for a, b in ((input1, input2), (input1, input1), (input2, input2))
    )
    cosine = dot / ((length1 + 1e-12) * (length2 + 1e-12)).sqrt()
    losses = where(target.eq(1), 1 - cosine, 0.0) + where(target.eq(-1), (cosine - margin).clamp_min(0), 0.0)
    return reduced_loss(losses, reduction)


@cosine_embedding_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(6, 3), make(6, 3), make(6).detach().sign())
    yield sample(make(6, 3), make(6, 3), make(6).detach().sign(), 0.3, reduction="sum")
    yield sample(make(3), make(3), make().detach().sign())


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: Number = 1.0,
    p: object = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin) with p-norm distances of the last dimension.

    `swap`: the distance of positive and negative where it is smaller. Source: Balntas et al. 2016.
    """
    check(margin > 0, ValueError, "margin must be greater than 0, got {0!r}", margin)
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced_loss((margin + pairwise_distance(anchor, positive, p, eps) - far).clamp_min(0), reduction)


@triplet_margin_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 3), make(5, 3), make(5, 3))
    yield sample(make(5, 3), make(5, 3), make(5, 3), 0.5, 3.0, swap=True, reduction="none")


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: object = 1,
    margin: Number = 1.0,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
) -> Tensor:
    """sum over classes i other than y of max(0, margin - x[y] + x[i])^p / C, times weight[y]; x (N, C) or (C,).

    Raises IndexError for a target that is no class.
    """
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    scores = input if input.ndim == 2 else input.reshape((1, -1))
    classes = target.reshape((-1, 1))
    violation = (margin - scores.gather(1, classes) + scores).clamp_min(0)
    if p == 2:
        violation = violation * violation
    if weight is not None:
        violation = violation * weight.index_select(0, target.reshape((-1,))).unsqueeze(1)
    others = arange(0, 1, scores.shape[1], "int64").ne(classes)
    losses = where(others, violation, 0.0).sum((1,)) / scores.shape[1]
    return reduced_loss(losses if input.ndim == 2 else losses.reshape(target.shape), reduction)


@multi_margin_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, dtype="int64", low=0, high=4))
    yield sample(make(3, 4), make(3, dtype="int64", low=0, high=4), 2, 0.5, make(4, low=0.1, high=1.0), reduction="sum")
    yield sample(make(4), make(dtype="int64", low=0, high=4))


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def multilabel_margin_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """sum over true j and false i of max(0, 1 - (x[j] - x[i])) / C; the true classes stand before the first -1."""
    check_reduction(reduction)
    text = f"inconsistent target size: {_listed(target, 0)} for input of size: {_listed(input, target.ndim)}"
    sizes = (*target.shape, *input.shape)
    scores = input if input.ndim == 2 else input.reshape((1, -1))
    classes = target if target.ndim == 2 else target.reshape((1, -1))
    for a, b in zip(scores.shape, classes.shape, strict=True):
        check(a == b, RuntimeError, text, *sizes[:10])
    # Listed are the places with no negative entry at or before them.
    listed = convert(classes < 0, "int64").cumsum(1).eq(0)
    places = where(listed, classes, 0)
    is_true = (classes * 0).scatter_add(1, places, convert(listed, "int64")) > 0
    true_scores = scores.gather(1, places)
    violation = (1 - true_scores.unsqueeze(2) + scores.unsqueeze(1)).clamp_min(0)
    counted = listed.unsqueeze(2).logical_and(is_true.unsqueeze(1).logical_not())
    losses = where(counted, violation, 0.0).sum((1, 2)) / scores.shape[1]
    return reduced_loss(losses if input.ndim == 2 else losses.reshape(()), reduction)


@multilabel_margin_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4, dtype="int64", low=0, high=4))
    yield sample(make(4), make(4, dtype="int64", low=0, high=4))
