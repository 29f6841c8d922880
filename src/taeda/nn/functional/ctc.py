"""The loss of connectionist temporal classification."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda._binding import internal
from taeda.assertions import check_type

_WHERE = "(while checking arguments for ctc_loss_allocate_outputs)"


def _lengths(given: Any, batch: int, name: str) -> Any:
    lengths = given if isinstance(given, taeda.Tensor) else taeda.tensor(list(given), dtype=taeda.int64)
    if lengths.is_floating_point():
        raise RuntimeError(f"{name} must be integral")
    lengths = lengths.to(taeda.int64).reshape(-1)
    if lengths.numel() != batch:
        raise RuntimeError(f"{name} must be of size batch_size")
    return lengths


def _padded(targets: Any, lengths: Any, batch: int) -> Any:
    """Targets one after the other as rows of equal length."""
    sizes = lengths.tolist()
    if sum(sizes) != targets.numel():
        raise RuntimeError(f"Expected targets of {sum(sizes)} labels, the sum of target_lengths, got {targets.numel()}")
    longest = max(sizes, default=0)
    ends = lengths.cumsum(0)
    places = (ends - lengths).unsqueeze(1) + taeda.arange(longest)
    inside = taeda.arange(longest) < lengths.unsqueeze(1)
    return targets[taeda.where(inside, places, 0)] if targets.numel() else targets.new_zeros(batch, longest)


def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    """-log of the probability that the network spells the target, over all alignments with blanks between the labels.

    log_probs (T, N, C) or (T, C): logarithms of probabilities, results of `log_softmax` (like PyTorch's, the gradient
    is that by its input); targets (N, S), or all of them one after the other; lengths (N), tensors or lists. A mean is
    over the losses divided by the lengths of their targets. Impossible targets are infinite, or 0 with `zero_infinity`.
    """
    check_type("ctc_loss", "log_probs", log_probs, taeda.Tensor)
    check_type("ctc_loss", "targets", targets, taeda.Tensor)
    if log_probs.dim() not in (2, 3):
        raise RuntimeError(f"ctc_loss: log_probs must have 2 or 3 dimensions, got {log_probs.dim()}")
    if not log_probs.is_floating_point():
        raise RuntimeError("log_probs tensor must be floating point")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    single = log_probs.dim() == 2
    probabilities = log_probs.unsqueeze(1) if single else log_probs
    steps, batch, classes = probabilities.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    times = _lengths(input_lengths, batch, "input_lengths")
    counts = _lengths(target_lengths, batch, "target_lengths")
    if batch and bool(((times < 0) | (times > steps)).any()):
        raise RuntimeError(f"Expected input_lengths to have value at most {steps}, but got value {int(times.max())} "
                           f"{_WHERE}")
    if batch and int(counts.min()) < 0:
        raise RuntimeError(f"Expected target_lengths to have value at least 0, but got value {int(counts.min())} "
                           f"{_WHERE}")
    labels = (targets.unsqueeze(0) if single and targets.dim() == 1 else targets).to(taeda.int64)
    if labels.dim() == 1:
        labels = _padded(labels, counts, batch)
    if labels.shape[0] != batch:
        raise RuntimeError(f"Expected tensor to have size {batch} at dimension 0, but got size {labels.shape[0]}")
    longest = int(counts.max()) if batch else 0
    if labels.shape[1] < longest:
        raise RuntimeError(f"Expected tensor to have size at least {longest} at dimension 1, but got size "
                           f"{labels.shape[1]} for argument #2 'targets' {_WHERE}")
    labels = labels[:, :longest]
    within = taeda.arange(longest) < counts.unsqueeze(1)
    labels = taeda.where(within, labels, blank)
    if longest and bool(((labels < 0) | (labels >= classes)).any()):
        raise RuntimeError(f"Expected targets to have values in [0, {classes}), got {int(labels.min())} to "
                           f"{int(labels.max())}")
    losses = _negative_logarithms(probabilities, labels, times, counts, blank)
    finite = losses != math.inf
    # By the input of log_softmax the gradient has this too. Its value is 0.
    weights = taeda.where((taeda.arange(steps).unsqueeze(1) < times).unsqueeze(2), probabilities.exp(), 0.0)
    losses = losses + taeda.where(finite, (weights - weights.detach()).sum((0, 2)), 0.0)
    if zero_infinity:
        losses = taeda.where(finite, losses, 0.0)
    if reduction == "none":
        return losses.squeeze(0) if single else losses
    return losses.sum() if reduction == "sum" else (losses / counts.clamp(min=1)).mean()


def _negative_logarithms(probabilities: Any, labels: Any, times: Any, counts: Any, blank: int) -> Any:
    """The losses (N) by the forward recursion, one step of all samples at a time."""
    steps, batch, _ = probabilities.shape
    places = 2 * labels.shape[1] + 1
    extended = taeda.full((batch, places), blank, dtype=taeda.int64)
    extended[:, 1::2] = labels
    skip = taeda.zeros(batch, places, dtype=taeda.bool)
    if labels.shape[1] > 1:
        skip[:, 3::2] = labels[:, 1:] != labels[:, :-1]
    end = 2 * counts.unsqueeze(1)
    impossible = probabilities.new_full((), -math.inf)
    start = taeda.arange(places) == 0
    if steps == 0:
        return taeda.where(counts == 0, 0.0, math.inf).to(probabilities.dtype)
    emissions = probabilities.gather(2, extended.unsqueeze(0).expand(steps, batch, places)).unbind(0)
    at_start = taeda.arange(places) < 2
    alpha = taeda.where(at_start & (taeda.arange(places) <= end), emissions[0], impossible)
    alpha = taeda.where(times.unsqueeze(1) > 0, alpha, taeda.where(start, 0.0, impossible))
    for t in range(1, steps):
        alpha = internal.ctc_step(alpha, emissions[t], skip, times.unsqueeze(1) > t)
    last = alpha.gather(1, end).squeeze(1)
    if places == 1:
        return -last
    before = taeda.where(counts > 0, alpha.gather(1, (end - 1).clamp(min=0)).squeeze(1), impossible)
    top = taeda.maximum(last, before)
    dead = top == -math.inf
    top = taeda.where(dead, 0.0, top)
    total = taeda.where(dead, 1.0, (last - top).exp() + (before - top).exp())
    return taeda.where(dead, math.inf, -(total.log() + top))
