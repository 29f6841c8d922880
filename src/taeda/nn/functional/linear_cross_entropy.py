"""The cross entropy of a linear layer: for large vocabularies without ever holding all logits."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda.assertions import check_type
from taeda.autograd import Function
from taeda.nn.functional.attention import linear
from taeda.nn.functional.loss import cross_entropy
from taeda.utils.checkpoint import checkpoint


class _ChunkedSum(Function):
    """The sum of the losses of chunks of rows, and, since a sum's gradient is known but for a factor, their gradients
    in the same walk: one chunk's logits at a time."""

    @staticmethod
    def forward(ctx: Any, input: Any, linear_weight: Any, linear_bias: Any, target: Any, rows: int,
                options: dict[str, Any]) -> Any:
        asked = ctx.needs_input_grad[:3]
        by_input: list[Any] = []
        by_weight = taeda.zeros_like(linear_weight) if asked[1] else None
        by_bias = taeda.zeros_like(linear_bias) if asked[2] else None
        total = input.new_zeros(())
        for start in range(0, input.shape[0], rows):
            with taeda.enable_grad():
                leaves = [None if x is None else x.detach().requires_grad_(wanted) for x, wanted in
                          zip((input[start : start + rows], linear_weight, linear_bias), asked, strict=True)]
                loss = cross_entropy(linear(*leaves), target[start : start + rows], reduction="sum", **options)
            total = total + loss.detach()
            used = [leaf for leaf, wanted in zip(leaves, asked, strict=True) if wanted]
            found = iter(taeda.autograd.grad(loss, used) if used else ())
            if asked[0]:
                by_input.append(next(found))
            if by_weight is not None:
                by_weight += next(found)
            if by_bias is not None:
                by_bias += next(found)
        ctx.gradients = taeda.cat(by_input) if by_input else None, by_weight, by_bias
        return total

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return (*(None if g is None else g * grad.to(g.dtype) for g in ctx.gradients), None, None, None)


def _divisor(target: Any, weight: Any, ignore_index: int) -> Any:
    """What the mean divides the sum by: the weights of the targets that count."""
    if target.is_floating_point():
        return target.shape[0]
    counts = target != ignore_index
    if weight is None:
        return counts.sum()
    return taeda.where(counts, weight[taeda.where(counts, target, 0)], 0.0).sum()


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
    rows = options.rows(input.shape[0], features, classes)
    given = {"weight": weight, "ignore_index": ignored, "label_smoothing": label_smoothing}
    if reduction == "none" or target.requires_grad:
        def losses(x: Any, w: Any, b: Any, t: Any) -> Any:
            return cross_entropy(linear(x, w, b), t, reduction="none", **given)

        parts = [checkpoint(losses, input[start : start + rows], linear_weight, linear_bias,
                            target[start : start + rows], use_reentrant=False)
                 for start in range(0, input.shape[0], rows)]
        each = taeda.cat(parts) if parts else losses(input, linear_weight, linear_bias, target)
        if reduction == "none":
            return each
        return each.sum() if reduction == "sum" else each.sum() / _divisor(target, weight, ignored)
    total = _ChunkedSum.apply(input, linear_weight, linear_bias, target, rows, given)
    return total if reduction == "sum" else total / _divisor(target, weight, ignored)
