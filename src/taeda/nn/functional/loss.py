"""Losses. `reduction` is `none`, `mean` or `sum`; `size_average` and `reduce` are PyTorch's deprecated form of it."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import taeda
from taeda.nn.functional._legacy import legacy_reduction, op
from taeda.nn.functional.activation import logsigmoid
from taeda.nn.functional.distance import cosine_similarity, pairwise_distance

_nll_loss, _cross_entropy, _mse_loss = op("nll_loss"), op("cross_entropy"), op("mse_loss")


def _reduced(loss: Any, reduction: str) -> Any:
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"{reduction} is not a valid value for reduction")


def _check_reduction(reduction: str) -> None:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")


def _same_size(input: Any, target: Any) -> tuple[Any, Any]:
    if target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). "
            "This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=4,
        )
        return taeda.broadcast_tensors(input, target)
    return input, target


def _weighted(loss: Any, weight: Any, reduction: str) -> Any:
    if weight.size() != loss.size():
        raise ValueError("Weights and input must have the same size.")
    if reduction == "mean":
        return (loss * weight).sum() / weight.sum()
    return _reduced(loss * weight, reduction)


def mse_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Any = None,
) -> Any:
    """(input - target)²."""
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    _check_reduction(reduction)
    if target.shape != input.shape:
        input, target = _same_size(input, target)
    if weight is not None:
        return _weighted(_mse_loss(input, target, reduction="none"), weight, reduction)
    return _mse_loss(input, target, reduction=reduction)


def l1_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Any = None,
) -> Any:
    """|input - target|."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    input, target = _same_size(input, target)
    loss = (input - target).abs()
    return _reduced(loss, reduction) if weight is None else _weighted(loss, weight, reduction)


def smooth_l1_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Any:
    """d² / (2 beta) where d = |input - target| < beta, else d - beta / 2."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    input, target = _same_size(input, target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    distance = (input - target).abs()
    if beta == 0:
        return _reduced(distance, reduction)
    loss = taeda.where(distance < beta, 0.5 * distance * distance / beta, distance - 0.5 * beta)
    return _reduced(loss, reduction)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """d² / 2 where d = |input - target| < delta, else delta (d - delta / 2)."""
    input, target = _same_size(input, target)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    distance = (input - target).abs()
    loss = taeda.where(distance < delta, 0.5 * distance * distance, delta * (distance - 0.5 * delta))
    return _reduced(loss, reduction) if weight is None else _weighted(loss, weight, reduction)


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """-input at the target's class, for log-probabilities (N, C, *) or (C,) and classes (N, *) or ().

    `mean` divides by the sum of the weights of the targets that are not `ignore_index`.
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    _check_reduction(reduction)
    return _nll_loss(input, target, weight=weight, ignore_index=ignore_index, reduction=reduction)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """`nll_loss(log_softmax(input))`; the target is a class for each position or a distribution over classes."""
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    _check_reduction(reduction)
    return _cross_entropy(
        input,
        target,
        weight=weight,
        ignore_index=ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


def binary_cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """-(y log x + (1 - y) log(1 - x)); logarithms are not below -100. Raises `RuntimeError` for x outside [0, 1]."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is "
            "deprecated. Please ensure they have the same size."
        )
    if input.numel() and not bool(((input >= 0) & (input <= 1)).all()):
        raise RuntimeError("all elements of input should be between 0 and 1")
    loss = (target - 1) * taeda.clamp((1 - input).log(), min=-100) - target * taeda.clamp(input.log(), min=-100)
    if weight is not None:
        loss = loss * weight
    return _reduced(loss, reduction)


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """`binary_cross_entropy(sigmoid(input))` without its loss of digits; `pos_weight` scales the positive term."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not (target.size() == input.size()):
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    if pos_weight is not None:
        factor = (pos_weight - 1) * target + 1
        loss = (1 - target) * input - factor * logsigmoid(input)
    else:
        loss = (1 - target) * input - logsigmoid(input)
    if weight is not None:
        loss = loss * weight
    return _reduced(loss, reduction)


def kl_div(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Any:
    """target (log target - input), 0 where the target is; `batchmean` divides the sum by the first dimension."""
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    elif reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    loss = target.exp() * (target - input) if log_target else taeda.xlogy(target, target) - target * input
    if reduction == "batchmean":
        total = loss.sum()
        return total / input.size(0) if input.dim() else total
    return _reduced(loss, reduction)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """exp(x) - y x, or x - y log(x + eps); `full` adds Stirling's approximation of log(y!) where y > 1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _check_reduction(reduction)
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + taeda.where(target <= 1, taeda.zeros_like(stirling), stirling)
    return _reduced(loss, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """(log var + (x - y)² / var) / 2 with var at least eps (its limit has no gradient); `full` adds log(2 pi) / 2."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * taeda.ones_like(input)
    elif bool((var < 0).any()):
        raise ValueError("var has negative entry/entries")
    if var.size() != input.size():
        if tuple(input.size()[:-1]) == tuple(var.size()):
            var = var.unsqueeze(-1)
        elif not (tuple(input.size()[:-1]) == tuple(var.size()[:-1]) and var.size(-1) == 1):
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    with taeda.no_grad():
        lift = var.clamp(min=eps) - var
    var = var + lift
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return _reduced(loss, reduction)


def hinge_embedding_loss(
    input: Any,
    target: Any,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """x where the target is 1, max(0, margin - x) where it is -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    zero = taeda.zeros_like(input)
    loss = taeda.where(target != 1, (margin - input).clamp_min(0), zero) + taeda.where(target != -1, input, zero)
    return _reduced(loss, reduction)


def margin_ranking_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """max(0, -target (input1 - input2) + margin)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not (input1.dim() == input2.dim() == target.dim()):
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return _reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def cosine_embedding_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """1 - cos where the target is 1, max(0, cos - margin) where it is -1; inputs (N, D) or (D,)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not (target.dim() == 0 and input1.dim() == 1 or target.dim() == 1 and input1.dim() == 2) or (
        input1.dim() != input2.dim()
    ):
        expected = "1D" if target.dim() == 0 else "2D"
        raise RuntimeError(
            f"{target.dim()}D target tensor expects {expected} input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    cosine = cosine_similarity(input1, input2, -1)
    zero = taeda.zeros_like(cosine)
    loss = taeda.where(target == 1, 1 - cosine, zero) + taeda.where(target == -1, (cosine - margin).clamp_min(0), zero)
    return _reduced(loss, reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin) with p-norm distances of the last dimension."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")

    def distance(x: Any, y: Any) -> Any:
        return pairwise_distance(x, y, p, eps)

    return _triplet(anchor, positive, negative, distance, margin, swap, reduction)


def _triplet(
    anchor: Any, positive: Any, negative: Any, distance: Callable[..., Any], margin: float, swap: bool, reduction: str
) -> Any:
    far = distance(anchor, negative)
    if swap:
        far = taeda.minimum(far, distance(positive, negative))
    return _reduced((margin + distance(anchor, positive) - far).clamp_min(0), reduction)


def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """`triplet_margin_loss` with any distance."""
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs"
        )
    return _triplet(anchor, positive, negative, distance_function or pairwise_distance, margin, swap, reduction)


def soft_margin_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """log(1 + exp(-target input))."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _reduced(taeda.log1p((-target * input).exp()), reduction)


def multilabel_soft_margin_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """The mean over classes of binary cross-entropy with logits."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return _reduced(loss.sum(-1) / input.size(-1), reduction)


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """sum over classes i other than y of max(0, margin - x[y] + x[i])^p / C, times weight[y]; x (N, C) or (C,)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    scores = input if input.dim() == 2 else input.reshape(1, -1)
    classes = target.reshape(-1, 1)
    chosen = scores.gather(1, classes)
    violation = (margin - chosen + scores).clamp_min(0)
    if p == 2:
        violation = violation * violation
    if weight is not None:
        violation = violation * weight.index_select(0, classes.reshape(-1)).unsqueeze(1)
    others = taeda.arange(scores.size(1)) != classes
    loss = taeda.where(others, violation, taeda.zeros_like(violation)).sum(1) / scores.size(1)
    return _reduced(loss if input.dim() == 2 else loss.reshape(target.shape), reduction)


def multilabel_margin_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """sum over true j and false i of max(0, 1 - (x[j] - x[i])) / C; the true classes stand before the first -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    scores = input if input.dim() == 2 else input.reshape(1, -1)
    classes = target if target.dim() == 2 else target.reshape(1, -1)
    if scores.shape != classes.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    # How many negative entries stand at or before each place: a product with a triangle of ones.
    width = classes.size(1)
    listed = (classes < 0).to(taeda.float32) @ taeda.ones(width, width).triu() == 0
    places = taeda.where(listed, classes, taeda.zeros_like(classes))
    is_true = taeda.zeros_like(classes).scatter_add(1, places, listed.to(taeda.int64)) > 0
    true_scores = scores.gather(1, places)
    violation = (1 - true_scores.unsqueeze(2) + scores.unsqueeze(1)).clamp_min(0)
    counted = listed.unsqueeze(2) & ~is_true.unsqueeze(1)
    loss = taeda.where(counted, violation, taeda.zeros_like(violation)).sum((1, 2)) / scores.size(1)
    return _reduced(loss if input.dim() == 2 else loss.squeeze(0), reduction)
