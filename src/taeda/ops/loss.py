"""Losses of scores against classes: `cross_entropy` and `nll_loss`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import product
from taeda.ir.geometry import Bound, Dimension
from taeda.ir.loop import Kernel, Operand, Reduce, Store, cast, const, load, reduced, scalar, select
from taeda.ops.creation import arange
from taeda.ops.dtypes import compute_dtype, is_float, torch_kernel_name
from taeda.ops.op import Result, Sample, SymInt, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import convert, where
from taeda.ops.reduction import compute, log_softmax, softmax


@kernel(public=False, differentiable=False)
def checked_targets(b: Any, target: Tensor, classes: SymInt, ignore_index: SymInt) -> Tensor:
    """`target` itself; IndexError if an element is neither ignore_index nor in [0, classes)."""
    t = load(0, target.dtype)
    wide = cast(t, "int64")
    bad = select(wide.eq(scalar(1, "int64")), const(False, "bool"), (wide < 0) | (wide >= scalar(0, "int64")))
    # The largest offending value, or -2^63: enough to name one in the message.
    worst = Kernel(
        (Operand(target.dtype, "input"), Operand("int64", "row"), Operand("int64", "row")),
        (
            Reduce("sum", cast(bad, "int64")),
            Reduce("max", select(bad, wide, const(-(2**63), "int64"))),
            Store(1, reduced(0, "int64")),
            Store(2, reduced(1, "int64")),
        ),
        "checked_targets",
    )
    count, value = b.loops(worst, [target], [0, 0], (classes, ignore_index), tuple(range(target.ndim)), False)
    b.check(count.item() == 0, IndexError, "Target {0} is out of bounds.", value.item())
    return b.alias(target)


@checked_targets.meta
def _(target: Any, classes: Any, ignore_index: Any) -> Result:
    return Result(target.dtype, target.shape)


@kernel(public=False)
def scores_of(b: Any, input: Tensor, target: Tensor, ignore_index: SymInt) -> Tensor:
    """The score of each row's class: input (*, C), target (*), result (*), 0 where the target is ignore_index.

    IndexError if another one is not in [0, C)."""
    out = b.full(input.dtype, target.shape, 0)
    _walk_targets(b, "read", out, input, target, ignore_index)
    return out


def _walk_targets(b: Any, mode: str, regular: Any, scores: Any, target: Any, ignore_index: Any) -> None:
    dimensions = [Dimension(target.size(d), regular.stride(d), scores.stride(d), (target.stride(d),))
                  for d in range(target.ndim)]
    bound = Bound(scores.size(-1), scores.stride(-1), "IndexError", "Target {0} is out of bounds.")
    b.method("indexing.walk", mode=mode, regular=regular, indexed=scores, indices=[target], dimensions=dimensions,
             bounds=[bound], wrap=False, skip=ignore_index)


@scores_of.meta
def _(input: Any, target: Any, ignore_index: Any) -> Result:
    return Result(input.dtype, target.shape)


@scores_of.gradient
def _(grad: Any, input: Any, target: Any, ignore_index: Any) -> Any:
    return at_classes(grad, target, input.shape[-1], ignore_index), None


@scores_of.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 7), make(5, dtype="int64", low=0, high=7), 2)
    yield sample(make(2, 3, 4), make(2, 3, dtype="int32", low=0, high=4), -100)


@kernel(public=False)
def at_classes(b: Any, input: Tensor, target: Tensor, classes: SymInt, ignore_index: SymInt) -> Tensor:
    """The transpose of `scores_of`: input (*) at the class of each row of zeros (*, classes)."""
    out = b.full(input.dtype, [*target.shape, classes], 0)
    _walk_targets(b, "write", input, out, target, ignore_index)
    return out


@at_classes.meta
def _(input: Any, target: Any, classes: Any, ignore_index: Any) -> Result:
    return Result(input.dtype, [*target.shape, classes])


@at_classes.gradient
def _(grad: Any, target: Any, ignore_index: Any) -> Any:
    return scores_of(grad, target, ignore_index), None


@at_classes.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5), make(5, dtype="int64", low=0, high=7), 7, 2)
    yield sample(make(2, 3), make(2, 3, dtype="int32", low=0, high=4), 4, -100)


def _hot(target: Any, classes: Any) -> Any:
    """(N, C) or (N, C, S) bool: whether this is the class of the target (N) or (N, S)."""
    return _along_classes(arange(0, 1, classes, "int64"), target).eq(target.unsqueeze(1))


def _along_classes(values: Any, target: Any) -> Any:
    """(C) as what broadcasts with the scores of such targets: as it is where it can be, since a view of what is
    computed here would be stored first."""
    return values if target.ndim == 1 else values.unsqueeze(-1)


@derived(public=False)
def cross_entropy_mean(input: Tensor, target: Tensor, ignore_index: SymInt) -> Tensor:
    """Mean over the targets that are not ignore_index of -log softmax(input)[target]: input (N, C) or (N, C, S), target
    (N) or (N, S), int64."""
    x = compute(input)
    target = checked_targets(target, input.shape[1], ignore_index)
    chosen = where(_hot(target, input.shape[1]), log_softmax(x, 1), 0.0).sum((1,), True)
    valid = target.unsqueeze(1).ne(ignore_index)
    losses = where(valid, -chosen, 0.0)
    return convert(losses.sum() / convert(valid, x.dtype).sum(), input.dtype)


@cross_entropy_mean.gradient
def _(grad: Any, input: Any, target: Any, ignore_index: Any) -> Any:
    x = compute(input)
    valid = target.unsqueeze(1).ne(ignore_index)
    scale = compute(grad) / convert(valid, x.dtype).sum()
    probability = softmax(x, 1)
    hot = convert(_hot(target, input.shape[1]), x.dtype)
    return convert(where(valid, (probability - hot) * scale, 0.0), input.dtype), None


@cross_entropy_mean.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 7), make(5, dtype="int64", low=0, high=7), -100)
    yield sample(make(3, 40), make(3, dtype="int64", low=0, high=40), 2)
    yield sample(make(3, 4, 5), make(3, 5, dtype="int64", low=0, high=4), 2)


def _with_classes(input: Any, target: Any) -> tuple[Any, Any]:
    """Scores as (N, C) or (N, C, S), targets as (N) or (N, S)."""
    if input.ndim == 1:
        return input.unsqueeze(0), target.reshape((1,))
    if input.ndim == 2:
        return input, target
    rest = product(input.shape[2:])
    return input.reshape((*input.shape[:2], rest)), target.reshape((target.shape[0], rest))


def _check_targets(input: Any, target: Any) -> None:
    """PyTorch's errors where scores and class numbers do not fit."""
    if input.ndim == 0:
        raise RuntimeError(
            "Expected floating point type for target with class probabilities"
            if target.ndim == 0
            else "input tensor should be 1D or 2D"
        )
    expected = 0 if input.ndim == 1 else input.ndim - 1
    if target.ndim != expected:
        raise ValueError(f"Expected target of {expected} dimensions for an input of {input.ndim}, got {target.ndim}")
    if target.dtype not in ("int64", "uint8"):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {torch_kernel_name(target.dtype)}")
    if input.ndim > 1:
        check(
            input.shape[0] == target.shape[0],
            ValueError,
            "Expected input batch_size ({0}) to match target batch_size ({1}).",
            input.shape[0],
            target.shape[0],
        )
        for d in range(1, target.ndim):
            check(
                input.shape[d + 1] == target.shape[d],
                RuntimeError,
                f"Expected target size {{0}} along dimension {d}, got {{1}}",
                input.shape[d + 1],
                target.shape[d],
            )


def _finish(losses: Any, weights: Any, target: Any, dtype: str, reduction: str) -> Any:
    """Losses per row (already weighted) to the result of the given reduction; `weights`: what a mean is divided by."""
    if reduction == "none":
        return convert(losses, dtype).reshape(target.shape)
    if reduction == "sum":
        return convert(losses.sum(), dtype)
    if reduction != "mean":
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return convert(losses.sum() / weights.sum(), dtype)


def _weights(target: Any, classes: Any, weight: Any, ignore_index: Any, dtype: str) -> Any:
    """The weight of each target's class, 0 where it is ignored."""
    if weight is None:
        return convert(target.ne(ignore_index), dtype)
    return scores_of(convert(weight, dtype).expand((*target.shape, classes)), target, ignore_index)


@derived(modules=("nn.functional",), method=False, autocast="float32")
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: SymInt = -100,
    reduction: str = "mean",
) -> Tensor:
    """-weight[target] * input[target], for log-probabilities (N, C, *) or (C) and class numbers (N, *) or ().

    A mean is divided by the sum of the weights. Raises IndexError for a target that is no class.
    """
    _check_targets(input, target)
    dtype, classes = compute_dtype(input.dtype), input.shape[input.ndim > 1]
    scores = input if input.ndim < 2 else input.permute((0, *range(2, input.ndim), 1))
    weights = _weights(target, classes, weight, ignore_index, dtype)
    losses = where(target.ne(ignore_index), -convert(scores_of(scores, target, ignore_index), dtype) * weights, 0.0)
    return _finish(losses, weights, target, input.dtype, reduction)


@nll_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 7), make(5, dtype="int64", low=0, high=7))
    yield sample(
        make(5, 7), make(5, dtype="int64", low=0, high=7), make(7, low=0.1, high=1), ignore_index=2, reduction="sum"
    )
    yield sample(make(2, 5, 3), make(2, 3, dtype="int64", low=0, high=5), reduction="none")
    yield sample(make(7), make(dtype="int64", low=0, high=7))


@derived(modules=("nn.functional",), method=False, autocast="float32")
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: SymInt = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log softmax(input)[target] over dimension 1, for class numbers; or -sum(target * log softmax(input)) for
    probabilities.

    Shapes: input (N, C, *) or (C); target (N, *) or () of classes, or of the shape of input.
    """
    if is_float(target.dtype):
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing)
    _check_targets(input, target)
    scores, targets = _with_classes(input, target)
    plain = weight is None and isinstance(label_smoothing, float) and label_smoothing == 0.0
    if plain and reduction == "mean":
        return cross_entropy_mean(scores, targets, ignore_index)
    x, classes = log_softmax(compute(scores), 1), scores.shape[1]
    targets = checked_targets(targets, classes, ignore_index)
    weights = _weights(targets, classes, weight, ignore_index, x.dtype)
    valid = targets.ne(ignore_index)
    losses = where(valid, -where(_hot(targets, classes), x, 0.0).sum((1,)) * weights, 0.0)
    if not (isinstance(label_smoothing, float) and label_smoothing == 0.0):
        every = -(x if weight is None else x * _along_classes(convert(weight, x.dtype), targets)).sum((1,))
        losses = losses * (1 - label_smoothing) + where(valid, every, 0.0) * (label_smoothing / classes)
    return _finish(losses, weights, target, input.dtype, reduction)


def _soft_cross_entropy(input: Any, target: Any, weight: Any, reduction: str, label_smoothing: Any) -> Any:
    if input.ndim != target.ndim:
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities of {input.ndim} dimensions, "
            f"got {target.ndim}"
        )
    dim = 0 if input.ndim == 1 else 1
    classes = input.shape[dim]
    probability = convert(target, compute(input).dtype)
    if not (isinstance(label_smoothing, float) and label_smoothing == 0.0):
        probability = probability * (1 - label_smoothing) + label_smoothing / classes
    terms = log_softmax(compute(input), dim) * probability
    if weight is not None:
        terms = terms * convert(weight, terms.dtype).reshape(tuple(-1 if d == dim else 1 for d in range(input.ndim)))
    losses = -terms.sum((dim,))
    if reduction == "none":
        return convert(losses, input.dtype)
    total = losses.sum()
    if reduction == "mean" and input.ndim > 1:
        total = total / product([n for d, n in enumerate(input.shape) if d != dim])
    elif reduction not in ("mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return convert(total, input.dtype)


@cross_entropy.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 7), make(5, dtype="int64", low=0, high=7))
    yield sample(
        make(5, 7), make(5, dtype="int64", low=0, high=7), make(7, low=0.1, high=1), ignore_index=3, label_smoothing=0.1
    )
    yield sample(make(2, 5, 3), make(2, 3, dtype="int64", low=0, high=5), reduction="none")
    yield sample(make(4, 6), make(4, 6, low=0, high=1), reduction="sum")
    yield sample(make(7), make(dtype="int64", low=0, high=7))
