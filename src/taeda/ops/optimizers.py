"""Optimizer steps: each is one Program over all parameters, one kernel per parameter, writing in place.

The formulas and their order are PyTorch's single-tensor implementations. 16-bit parameters are updated in float32 and
rounded once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taeda.ir.loop import Expr, Kernel, Operand, Store, call, cast, load, scalar
from taeda.ops import dtypes
from taeda.ops.op import Tensors, kernel


def _update(b: Any, name: str, lists: Sequence[Sequence[Any]], written: Sequence[int], numbers: Sequence[Any],
            formula: Callable[..., Sequence[Expr]]) -> None:
    """For each parameter: `formula(*loads, *numbers)` gives the new values of the lists whose indices are `written`."""
    for tensors in zip(*lists, strict=True):
        wide = dtypes.compute_dtype(tensors[0].dtype)
        values = [cast(load(k, t.dtype), wide) for k, t in enumerate(tensors)]
        new = formula(*values, *(scalar(k, wide) for k in range(len(numbers))))
        count = len(tensors)
        made = Kernel(
            (*(Operand(t.dtype, "input") for t in tensors), *(Operand(tensors[w].dtype, "element") for w in written)),
            tuple(Store(count + k, cast(value, tensors[w].dtype)) for k, (w, value) in enumerate(zip(written, new, strict=True))),
            name)
        b.loops(made, tensors, [tensors[w] for w in written], numbers)


@kernel(public=False, mutates=("params", "momenta"), differentiable=False)
def sgd_step(b: Any, params: Tensors, grads: Tensors, momenta: Tensors | None, lr: float, weight_decay: float,
             momentum: float, dampening: float, nesterov: bool, decays: bool, maximize: bool, first: bool) -> None:
    """Stochastic gradient descent; `first`: the momenta are to be initialised with the gradients."""
    def direction(p: Expr, g: Expr, decay: Expr) -> Expr:
        g = -g if maximize else g
        return g + decay * p if decays else g

    if momenta is None:
        def plain(p: Expr, g: Expr, lr: Expr, decay: Expr) -> Sequence[Expr]:
            return (p - lr * direction(p, g, decay),)

        _update(b, "sgd", (params, grads), (0,), (lr, weight_decay), plain)
        return

    def with_momentum(p: Expr, g: Expr, m: Expr, lr: Expr, decay: Expr, momentum: Expr, kept: Expr) -> Sequence[Expr]:
        g = direction(p, g, decay)
        m = g if first else m * momentum + kept * g
        return p - lr * (g + momentum * m if nesterov else m), m

    _update(b, "sgd_momentum", (params, grads, momenta), (0, 2), (lr, weight_decay, momentum, 1.0 - dampening), with_momentum)


@kernel(public=False, mutates=("params", "exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs"), differentiable=False)
def adam_step(b: Any, params: Tensors, grads: Tensors, exp_avgs: Tensors, exp_avg_sqs: Tensors, max_exp_avg_sqs: Tensors | None,
              lr: float, beta1: float, beta2: float, eps: float, weight_decay: float, step_size: float,
              bias_correction2_sqrt: float, decoupled: bool, decays: bool, maximize: bool) -> None:
    """Adam, and AdamW where `decoupled`. step_size is lr / (1 - beta1^t), bias_correction2_sqrt is sqrt(1 - beta2^t)."""
    numbers = (1.0 - beta1, beta2, 1.0 - beta2, eps, weight_decay, step_size, bias_correction2_sqrt, 1.0 - lr * weight_decay)

    def formula(p: Expr, g: Expr, m: Expr, v: Expr, *rest: Expr) -> Sequence[Expr]:
        largest, rest = (rest[0], rest[1:]) if max_exp_avg_sqs is not None else (None, rest)
        weight1, beta2, weight2, eps, decay, step_size, correction, kept = rest
        g = -g if maximize else g
        if decays and decoupled:
            p = p * kept
        elif decays:
            g = g + decay * p
        m = m + (g - m) * weight1
        v = v * beta2 + weight2 * g * g
        used = v
        if largest is not None:
            used = largest = call("maximum", largest, v)
        p = p - step_size * (m / (call("sqrt", used) / correction + eps))
        return (p, m, v) if largest is None else (p, m, v, largest)

    lists = [params, grads, exp_avgs, exp_avg_sqs]
    written = [0, 2, 3]
    if max_exp_avg_sqs is not None:
        lists.append(max_exp_avg_sqs)
        written.append(4)
    _update(b, "adam", lists, written, numbers, formula)


@kernel(public=False, mutates=("params", "square_avgs", "grad_avgs", "momenta"), differentiable=False)
def rmsprop_step(b: Any, params: Tensors, grads: Tensors, square_avgs: Tensors, grad_avgs: Tensors | None, momenta: Tensors | None,
                 lr: float, alpha: float, eps: float, weight_decay: float, momentum: float, decays: bool, maximize: bool) -> None:
    """RMSprop; with grad_avgs centred, with momenta with momentum."""
    lists = [params, grads, square_avgs, *(x for x in (grad_avgs, momenta) if x is not None)]
    written = [0, *range(2, len(lists))]

    def formula(p: Expr, g: Expr, square: Expr, *rest: Expr) -> Sequence[Expr]:
        given = list(rest)
        mean = given.pop(0) if grad_avgs is not None else None
        buffer = given.pop(0) if momenta is not None else None
        lr, alpha, kept, eps, decay, momentum = given
        g = -g if maximize else g
        if decays:
            g = g + decay * p
        square = square * alpha + kept * g * g
        spread = square
        result = [square]
        if mean is not None:
            mean = mean + (g - mean) * kept
            spread = square - mean * mean
            result.append(mean)
        ratio = g / (call("sqrt", spread) + eps)
        if buffer is None:
            return p - lr * ratio, *result
        buffer = buffer * momentum + ratio
        return p - lr * buffer, *result, buffer

    _update(b, "rmsprop", lists, written, (lr, alpha, 1.0 - alpha, eps, weight_decay, momentum), formula)


@kernel(public=False, mutates=("params", "state_sums"), differentiable=False)
def adagrad_step(b: Any, params: Tensors, grads: Tensors, state_sums: Tensors, lr: float, weight_decay: float, eps: float,
                 decays: bool, maximize: bool) -> None:
    """Adagrad; lr is already decayed."""
    def formula(p: Expr, g: Expr, total: Expr, lr: Expr, decay: Expr, eps: Expr) -> Sequence[Expr]:
        g = -g if maximize else g
        if decays:
            g = g + decay * p
        total = total + g * g
        return p - lr * (g / (call("sqrt", total) + eps)), total

    _update(b, "adagrad", (params, grads, state_sums), (0, 2), (lr, weight_decay, eps), formula)


def _no_results(*_: Any, **__: Any) -> tuple[()]:
    return ()


for step in (sgd_step, adam_step, rmsprop_step, adagrad_step):
    step.meta(_no_results)
