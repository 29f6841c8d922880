"""The cross entropy of a linear layer in chunks of rows: one chunk's logits at a time.

Beside linear_cross_entropy.py, since it needs checkpoints and Function, which most programs never import.
"""

from __future__ import annotations

from typing import Any

import taeda
from taeda.autograd import Function
from taeda.nn.functional.attention import linear
from taeda.nn.functional.loss import cross_entropy
from taeda.utils.checkpoint import checkpoint


def chunked_cross_entropy(input: Any, linear_weight: Any, linear_bias: Any, target: Any, rows: int, reduction: str,
                          **options: Any) -> Any:
    """`rows` rows of `input` (rows, features) at a time; `options` are cross_entropy's."""
    weight, ignored = options["weight"], options["ignore_index"]
    if reduction == "none" or target.requires_grad:
        def losses(x: Any, w: Any, b: Any, t: Any) -> Any:
            return cross_entropy(linear(x, w, b), t, reduction="none", **options)

        parts = [checkpoint(losses, input[start : start + rows], linear_weight, linear_bias,
                            target[start : start + rows], use_reentrant=False)
                 for start in range(0, input.shape[0], rows)]
        each = taeda.cat(parts) if parts else losses(input, linear_weight, linear_bias, target)
        if reduction == "none":
            return each
        return each.sum() if reduction == "sum" else each.sum() / _divisor(target, weight, ignored)
    total = _ChunkedSum.apply(input, linear_weight, linear_bias, target, rows, options)
    return total if reduction == "sum" else total / _divisor(target, weight, ignored)


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
