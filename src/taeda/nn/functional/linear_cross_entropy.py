"""The cross entropy of a linear layer: for large vocabularies without ever holding all logits."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda.assertions import check_type
from taeda.nn.functional.attention import linear
from taeda.nn.functional.loss import cross_entropy


def linear_cross_entropy(
    input: Any, linear_weight: Any, target: Any, *, linear_bias: Any = None, weight: Any = None,
    reduction: str = "mean", ignore_index: int | None = None, label_smoothing: float = 0.0, options: Any = None,
) -> Any:
    """cross_entropy(linear(input, linear_weight, linear_bias), target, ...).

    input (N, D) or (D), linear_weight (C, D) or (C, d1, .., D) for losses of more dimensions, target as for
    `cross_entropy`. With `options`, an `nn.LinearCrossEntropyOptions`, the rows are done in chunks, of which one has
    logits at a time; sums and means then compute their gradients together with the loss, so that nothing is done twice.
    """
    for name, value in (("input", input), ("linear_weight", linear_weight), ("target", target)):
        check_type("linear_cross_entropy", name, value, taeda.Tensor)
    ignored = -100 if ignore_index is None else ignore_index
    if linear_weight.dim() < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.dim()}")
    if ignore_index is not None and target.is_floating_point():
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    classes, *more, features = linear_weight.shape
    if more and input.dim() == 1:
        raise RuntimeError(f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires "
                           f"batched input, (N, {features}), got unbatched input with shape {tuple(input.shape)}")
    if input.dim() not in (1, 2):
        raise RuntimeError(f"linear_cross_entropy: expected input of 1 or 2 dimensions, got {input.dim()}")
    if input.shape[-1] != features:
        raise RuntimeError(f"linear_cross_entropy: input has {input.shape[-1]} features, linear_weight {features}")
    chunked = options is not None and not more and input.dim() == 2 and reduction in ("none", "sum", "mean")
    if not chunked:
        if more:
            linear_weight = linear_weight.reshape(-1, features)
            linear_bias = None if linear_bias is None else linear_bias.reshape(math.prod((classes, *more)))
        logits = linear(input, linear_weight, linear_bias)
        logits = logits.reshape(*input.shape[:-1], classes, *more)
        return cross_entropy(logits, target, weight=weight, reduction=reduction, ignore_index=ignored,
                             label_smoothing=label_smoothing)
    if target.shape[:1] != input.shape[:1]:
        raise ValueError(
            f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({target.numel()}).")
    from taeda.nn.functional.chunked_cross_entropy import chunked_cross_entropy  # needs checkpoints and Function

    rows = options.rows(input.shape[0], features, classes)
    return chunked_cross_entropy(input, linear_weight, linear_bias, target, rows, reduction,
                                 weight=weight, ignore_index=ignored, label_smoothing=label_smoothing)
