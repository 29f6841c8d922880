"""Losses: the ops of `taeda.ops.loss`, `elementwise_loss` and `margin_loss`. `reduction` is `none`, `mean` or `sum`;
`size_average` and `reduce` are PyTorch's deprecated form of it."""

import warnings
from collections.abc import Callable
from typing import Any

import taeda
from taeda.assertions import check_type
from taeda.nn.functional._legacy import legacy, op, with_reduction
from taeda.nn.functional.distance import pairwise_distance


def _broadcast(definition: Any, given: dict[str, Any]) -> Any:
    """Losses that broadcast say so, because it is rarely meant."""
    input, target = given.get("input"), given.get("target")
    if isinstance(input, taeda.Tensor) and isinstance(target, taeda.Tensor) and target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). "
            "This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=3,
        )
        given["input"], given["target"] = taeda.broadcast_tensors(input, target)
    return with_reduction(definition, given)


def _mean_is_not_batchmean(definition: Any, given: dict[str, Any]) -> Any:
    if given.get("size_average") is None and given.get("reduce") is None and given.get("reduction", "mean") == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=3,
        )
    return with_reduction(definition, given)


_DEPRECATED = "size_average=None, reduce=None, reduction='mean'"

mse_loss = legacy("mse_loss", f"input, target, {_DEPRECATED}, weight=None", _broadcast, same_sizes=True)
l1_loss = legacy("l1_loss", f"input, target, {_DEPRECATED}, weight=None", _broadcast, same_sizes=True)
smooth_l1_loss = legacy("smooth_l1_loss", f"input, target, {_DEPRECATED}, beta=1.0", _broadcast, same_sizes=True)
huber_loss = legacy(
    "huber_loss", "input, target, reduction='mean', delta=1.0, weight=None", _broadcast, same_sizes=True
)
nll_loss = legacy(
    "nll_loss", "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"
)
cross_entropy = legacy(
    "cross_entropy",
    "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', "
    "label_smoothing=0.0",
)
binary_cross_entropy = legacy("binary_cross_entropy", f"input, target, weight=None, {_DEPRECATED}")
binary_cross_entropy_with_logits = legacy(
    "binary_cross_entropy_with_logits", f"input, target, weight=None, {_DEPRECATED}, pos_weight=None"
)
kl_div = legacy("kl_div", f"input, target, {_DEPRECATED}, log_target=False", _mean_is_not_batchmean, always=True)
poisson_nll_loss = legacy(
    "poisson_nll_loss",
    "input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'",
)
gaussian_nll_loss = op("gaussian_nll_loss")
hinge_embedding_loss = legacy("hinge_embedding_loss", f"input, target, margin=1.0, {_DEPRECATED}")
margin_ranking_loss = legacy("margin_ranking_loss", f"input1, input2, target, margin=0, {_DEPRECATED}")
cosine_embedding_loss = legacy("cosine_embedding_loss", f"input1, input2, target, margin=0, {_DEPRECATED}")
triplet_margin_loss = legacy(
    "triplet_margin_loss", f"anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, {_DEPRECATED}"
)
soft_margin_loss = legacy("soft_margin_loss", f"input, target, {_DEPRECATED}")
multilabel_soft_margin_loss = legacy("multilabel_soft_margin_loss", f"input, target, weight=None, {_DEPRECATED}")
multi_margin_loss = legacy("multi_margin_loss", f"input, target, p=1, margin=1.0, weight=None, {_DEPRECATED}")
multilabel_margin_loss = legacy("multilabel_margin_loss", f"input, target, {_DEPRECATED}")


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
    for name, value in (("anchor", anchor), ("positive", positive), ("negative", negative)):
        check_type("triplet_margin_with_distance_loss", name, value, taeda.Tensor)
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs"
        )
    distance = distance_function or pairwise_distance
    far = distance(anchor, negative)
    if swap:
        far = taeda.minimum(far, distance(positive, negative))
    losses = (margin + distance(anchor, positive) - far).clamp_min(0)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()
