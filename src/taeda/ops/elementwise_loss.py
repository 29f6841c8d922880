"""Losses that compare two tensors element by element. `reduction` is 'none', 'mean' or 'sum'.

Parameters that PyTorch's signatures have behind its deprecated ones are keyword-only here (nn/functional/loss.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import unwrap, wrap
from taeda.ir.loop import Kernel, Operand, Reduce, Store, call, cast, const, load, reduced, scalar, select
from taeda.ops.activations import logsigmoid
from taeda.ops.creation import _as, full
from taeda.ops.dtypes import default_float, is_float
from taeda.ops.op import Number, Sample, Tensor, TensorOrNumber, check, derived, kernel, pointwise, sample
from taeda.ops.pointwise import where, xlogy

_FUNCTIONAL = ("nn.functional",)


# -- what they share -------------------------------------------------------------------------------------------------


def check_reduction(reduction: str) -> None:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")


def reduced_loss(losses: Any, reduction: str) -> Any:
    check_reduction(reduction)
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


def size_text(tensor: Any, first: int = 0) -> str:
    """How the size of a tensor reads in the message of a `check` whose numbers have it from `first` on."""
    return "torch.Size([" + ", ".join(f"{{{first + d}}}" for d in range(tensor.ndim)) + "])"


def check_same_size(one: Any, other: Any, exception: type[Exception], message: str) -> None:
    """`message` has {one} and {other} where the two sizes stand."""
    numbers = (*one.shape, *other.shape)
    if len(numbers) > 10:  # more than a check's message can say
        text, numbers = message.format(one=f"{one.ndim} dimensions", other=f"{other.ndim} dimensions"), numbers[:1]
    else:
        text = message.replace("{one}", size_text(one)).replace("{other}", size_text(other, one.ndim))
    if one.ndim != other.ndim:
        check(_never(numbers), exception, text, *numbers)
    for a, b in zip(one.shape, other.shape, strict=False):
        check(a == b, exception, text, *numbers)


def _never(numbers: tuple[Any, ...]) -> Any:
    """False; found out at run time, where there are sizes to be said in the message."""
    return numbers[0] < 0


def _weighted(losses: Any, weight: Any, reduction: str) -> Any:
    if weight is None:
        return reduced_loss(losses, reduction)
    check_same_size(weight, losses, ValueError, "Weights and input must have the same size.")
    if reduction == "mean":
        return (losses * weight).sum() / weight.sum()
    return reduced_loss(losses * weight, reduction)


@kernel(public=False, pure=False)
def require_between(b: Any, input: Tensor, low: Number, high: Number, exception: str, message: str) -> None:
    """Raise the named exception if an element is not in [low, high]; NaN is in no range."""
    wide = "float64" if input.dtype == "float64" else "float32"
    x = cast(load(0, input.dtype), wide)
    inside = (x >= scalar(0, wide)) & (x <= scalar(1, wide))
    count = Kernel(
        (Operand(input.dtype, "input"), Operand("int64", "row")),
        (Reduce("sum", cast(select(inside, const(False, "bool"), const(True, "bool")), "int64")),
         Store(1, reduced(0, "int64"))),
        "require_between",
    )
    [outside] = b.loops(count, [input], [0], (low, high), tuple(range(input.ndim)), False)
    b.check(outside.item() == 0, exception, message)


@require_between.meta
def _(input: Any, low: Any, high: Any, exception: str, message: str) -> tuple[()]:
    return ()


def _pairs(make: Any) -> Iterator[Sample]:
    for reduction in ("mean", "sum", "none"):
        yield sample(make(3, 4), make(3, 4), reduction=reduction)


def _weighted_pairs(make: Any) -> Iterator[Sample]:
    yield from _pairs(make)
    yield sample(make(3, 4), make(3, 4), weight=make(3, 4, low=0.1, high=1.0))


# -- distances -------------------------------------------------------------------------------------------------------


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """(input - target)^2. A mean with weights is divided by their sum."""
    check_reduction(reduction)
    difference = input - target
    return _weighted(difference * difference, weight, reduction)


mse_loss.samples(_weighted_pairs)


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """|input - target|."""
    check_reduction(reduction)
    return _weighted((input - target).abs(), weight, reduction)


l1_loss.samples(_weighted_pairs)


def _nonzero(number: Any) -> Any:
    """`number` as a float, and 1 for 0."""
    e = unwrap(number)
    return wrap(("where", ("eq", e, 0), 1.0, ("float", e))) if isinstance(e, tuple) else float(e or 1.0)


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def smooth_l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", beta: Number = 1.0) -> Tensor:
    """d^2 / (2 beta) where d = |input - target| < beta, else d - beta / 2.

    Source: Girshick, "Fast R-CNN", 2015.
    """
    check(beta >= 0, RuntimeError, "smooth_l1_loss does not support negative values for beta.")
    difference = input - target
    distance = difference.abs()
    near = 0.5 * difference * difference / _nonzero(beta)
    return reduced_loss(where(distance < beta, near, distance - 0.5 * beta), reduction)


@smooth_l1_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield from _pairs(make)
    yield sample(make(3, 4), make(3, 4), beta=0.3)
    yield sample(make(3, 4), make(3, 4), beta=0.0)


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: Number = 1.0, weight: Tensor | None = None
) -> Tensor:
    """d^2 / 2 where d = |input - target| < delta, else delta (d - delta / 2). A mean counts weights as any factor."""
    check_reduction(reduction)
    check(delta > 0, RuntimeError, "huber_loss does not support non-positive values for delta.")
    difference = input - target
    distance = difference.abs()
    losses = where(distance < delta, 0.5 * difference * difference, delta * (distance - 0.5 * delta))
    if weight is not None:
        check_same_size(weight, losses, ValueError, "Weights and input must have the same size.")
        losses = losses * weight
    return reduced_loss(losses, reduction)


@huber_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield from _weighted_pairs(make)
    yield sample(make(3, 4), make(3, 4), delta=0.3)


# -- probabilities -----------------------------------------------------------------------------------------------------


@pointwise(public=False)
def bit_entropy(input: Tensor, target: Tensor) -> Tensor:
    """-(y log x + (1 - y) log(1 - x)), the logarithms not below -100."""
    low = const(-100.0, input.dtype)
    zero = call("maximum", call("log1p", -input), low)
    one = call("maximum", call("log", input), low)
    return (target - 1) * zero - target * one


@bit_entropy.gradient
def _(grad: Any, input: Any, target: Any) -> Any:
    slope = (input - target) / ((1 - input) * input).clamp_min(1e-12)
    return grad * slope, grad * ((-input).log1p().clamp_min(-100) - input.log().clamp_min(-100))


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """-(y log x + (1 - y) log(1 - x)); logarithms are not below -100. Raises RuntimeError for x outside of [0, 1]."""
    check_reduction(reduction)
    check_same_size(target, input, ValueError, "Using a target size ({one}) that is different to the input size "
                    "({other}) is deprecated. Please ensure they have the same size.")
    require_between(input, 0.0, 1.0, "RuntimeError", "all elements of input should be between 0 and 1")
    losses = bit_entropy(input, target)
    return reduced_loss(losses if weight is None else losses * weight, reduction)


@binary_cross_entropy.samples
def _(make: Any) -> Iterator[Sample]:
    for reduction in ("mean", "sum", "none"):
        yield sample(make(3, 4, low=0.05, high=0.95), make(3, 4, low=0.0, high=1.0), reduction=reduction)
    yield sample(make(3, 4, low=0.05, high=0.95), make(3, 4, low=0.0, high=1.0), make(4, low=0.1, high=1.0))


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """binary_cross_entropy(sigmoid(input)) without its loss of digits; `pos_weight` scales the positive term."""
    check_same_size(target, input, ValueError, "Target size ({one}) must be the same as input size ({other})")
    log_probability = logsigmoid(input)
    if pos_weight is not None:
        log_probability = ((pos_weight - 1) * target + 1) * log_probability
    losses = (1 - target) * input - log_probability
    return reduced_loss(losses if weight is None else losses * weight, reduction)


@binary_cross_entropy_with_logits.samples
def _(make: Any) -> Iterator[Sample]:
    yield from _pairs(make)
    yield sample(make(3, 4), make(3, 4, low=0.0, high=1.0), make(4, low=0.1, high=1.0))
    yield sample(make(3, 4), make(3, 4, low=0.0, high=1.0), pos_weight=make(4, low=0.1, high=1.0))


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def kl_div(input: Tensor, target: Tensor, *, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """target (log target - input), 0 where the target is; 'batchmean' divides the sum by the first dimension."""
    losses = target.exp() * (target - input) if log_target else xlogy(target, target) - target * input
    if reduction != "batchmean":
        return reduced_loss(losses, reduction)
    return losses.sum() / input.shape[0] if input.ndim else losses.sum()


@kl_div.samples
def _(make: Any) -> Iterator[Sample]:
    for reduction in ("mean", "sum", "none", "batchmean"):
        yield sample(make(3, 4), make(3, 4, low=0.1, high=1.0), reduction=reduction)
    yield sample(make(3, 4), make(3, 4), reduction="sum", log_target=True)


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    *,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    """exp(x) - y x, or x - y log(x + eps); `full` adds Stirling's approximation of log(y!) where y > 1."""
    check_reduction(reduction)
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + where(target <= 1, 0.0, stirling)
    return reduced_loss(losses, reduction)


@poisson_nll_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4, low=0.5, high=4.0))
    yield sample(make(3, 4, low=0.5, high=2.0), make(3, 4, low=0.5, high=4.0), False, True, reduction="none")


@pointwise(public=False)
def raised_to(input: Tensor, low: Number) -> Tensor:
    """max(input, low), with the gradient of `input` itself."""
    return call("maximum", input, low)


@raised_to.gradient
def _(grad: Any) -> Any:
    return grad


@derived(modules=_FUNCTIONAL, method=False)
def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: TensorOrNumber,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(log var + (x - y)^2 / var) / 2 with var at least eps (its limit has no gradient); `full` adds log(2 pi) / 2.

    Raises ValueError for a negative variance.
    """
    negative = "var has negative entry/entries"
    if hasattr(var, "ndim"):
        require_between(var, 0.0, math.inf, "ValueError", negative)
        if var.ndim == input.ndim - 1:
            var = var.unsqueeze(-1)
        elif var.ndim != input.ndim:
            raise ValueError("var is of incorrect size")
        for d in range(input.ndim):
            fits = var.shape[d] == input.shape[d]
            if d == input.ndim - 1:
                fits = fits + (var.shape[d] == 1) > 0
            check(fits, ValueError, "var is of incorrect size")
    else:
        check(var >= 0, ValueError, negative)
        var = _full(input.shape, var, input.dtype if is_float(input.dtype) else default_float())
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    var = raised_to(var, eps)
    difference = input - target
    losses = 0.5 * (var.log() + difference * difference / var)
    return reduced_loss(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


_full = full  # the loss has a parameter of this name


@gaussian_nll_loss.samples
def _(make: Any) -> Iterator[Sample]:
    for reduction in ("mean", "sum", "none"):
        yield sample(make(3, 4), make(3, 4), make(3, 4, low=0.2, high=2.0), reduction=reduction)
    yield sample(make(3, 4), make(3, 4), make(3, low=0.2, high=2.0), True)
    yield sample(make(3, 4), make(3, 4), 0.5)


# -- signs -----------------------------------------------------------------------------------------------------------


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: Number = 1.0, *, reduction: str = "mean"
) -> Tensor:
    """x where the target is 1, max(0, margin - x) where it is -1."""
    margin = _as(margin, input.dtype)  # as PyTorch: integers have an integer margin
    other = where(target.ne(1), (margin - input).clamp_min(0), 0)
    return reduced_loss(other + where(target.ne(-1), input, 0), reduction)


@hinge_embedding_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4).detach().sign())
    yield sample(make(3, 4), make(3, 4).detach().sign(), 0.3, reduction="none")


@derived(modules=_FUNCTIONAL, method=False, autocast="float32")
def soft_margin_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """log(1 + exp(-target input))."""
    return reduced_loss((-target * input).exp().log1p(), reduction)


@soft_margin_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4).detach())
    yield sample(make(3, 4), make(3, 4).detach().sign(), reduction="none")


@derived(modules=_FUNCTIONAL, method=False)
def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """The mean over classes, the last dimension, of binary cross-entropy with logits."""
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    return reduced_loss(losses.sum((-1,)) / input.shape[-1], reduction)


@multilabel_soft_margin_loss.samples
def _(make: Any) -> Iterator[Sample]:
    yield from _pairs(make)
    yield sample(make(3, 4), make(3, 4), make(4, low=0.1, high=1.0))
