"""Optimizer steps: each is one Program over all parameters, one kernel per parameter, writing in place.

Each op changes `params` and its state lists; a state list that is empty is one the variant does not have. Numbers that
depend on the count of steps come in as floats, computed as PyTorch computes them. The formulas and their order are
those of PyTorch's single-tensor implementations; 16-bit parameters are updated in float32 and rounded once.

A number that has its default (no weight decay, no momentum) is a constant of the Program, so what it would do is left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taeda.ir.loop import Expr, Kernel, Operand, Store, call, cast, const, load, scalar, select
from taeda.ops import dtypes
from taeda.ops.complex_parts import as_real
from taeda.ops.op import Tensors, kernel

Formula = Callable[[list[Expr], dict[str, Any]], Sequence[Expr]]


def _update(
    b: Any, name: str, lists: Sequence[Sequence[Any]], written: Sequence[int], numbers: dict[str, Any], formula: Formula
) -> None:
    """For each parameter: `formula` gives the new values of the lists whose indices are `written`, from the present
    values of all lists and the numbers, which are floats where they are constants. Complex tensors are their real and
    imaginary parts, each updated by itself."""
    symbols = {n: v for n, v in numbers.items() if not isinstance(v, (int, float))}
    for row in zip(*lists, strict=True):
        tensors = [as_real(b, t) for t in row]
        wide = dtypes.compute_dtype(tensors[0].dtype)
        values = [cast(load(k, t.dtype), wide) for k, t in enumerate(tensors)]
        places = {n: scalar(k, wide) for k, n in enumerate(symbols)}
        new = formula(values, {n: places.get(n, v) for n, v in numbers.items()})
        operands = (
            *(Operand(t.dtype, "input") for t in tensors),
            *(Operand(tensors[w].dtype, "element") for w in written),
        )
        stores = [
            Store(len(tensors) + k, cast(value, tensors[w].dtype))
            for k, (w, value) in enumerate(zip(written, new, strict=True))
        ]
        b.loops(Kernel(operands, tuple(stores), name), tensors, [tensors[w] for w in written], list(symbols.values()))


def _is(number: Any, value: float) -> bool:
    """Whether a number is this constant."""
    return isinstance(number, (int, float)) and number == value


def _gradient(p: Expr, g: Expr, weight_decay: Any, maximize: bool) -> Expr:
    """The gradient of what is minimised, with the decay's part."""
    g = -g if maximize else g
    return g if _is(weight_decay, 0) else g + p * weight_decay


def _shrunk(p: Expr, decay_factor: Any) -> Expr:
    """The parameter after decoupled weight decay."""
    return p if _is(decay_factor, 1) else p * decay_factor


def _square(v: Expr, g: Expr, n: dict[str, Any], decay: str, rest: str) -> Expr:
    """The running mean of squared gradients."""
    return v * n[decay] + g * g * n[rest]


@kernel(public=False, mutates=("steps",), differentiable=False)
def count_up(b: Any, steps: Tensors) -> None:
    """steps += 1, for all step counts of a group at once."""
    _update(b, "count_up", (steps,), (0,), {}, lambda x, n: (x[0] + 1,))


@kernel(public=False, mutates=("params", "momentum_buffers"), differentiable=False)
def sgd_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    momentum_buffers: Tensors,
    *,
    lr: float,
    momentum: float = 0.0,
    dampening: float = 0.0,
    weight_decay: float = 0.0,
    nesterov: bool = False,
    maximize: bool = False,
) -> None:
    """g = grad + weight_decay p; b = momentum b + (1 - dampening) g; p -= lr (g + momentum b, or b, or g)."""
    numbers = {"lr": lr, "momentum": momentum, "kept": 1.0 - dampening, "weight_decay": weight_decay}

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g = x[:2]
        g = _gradient(p, g, n["weight_decay"], maximize)
        if len(x) == 2:
            return (p - g * n["lr"],)
        buffer = x[2] * n["momentum"] + (g if _is(n["kept"], 1) else g * n["kept"])
        return p - (g + buffer * n["momentum"] if nesterov else buffer) * n["lr"], buffer

    if momentum_buffers:
        _update(b, "sgd_momentum", (params, grads, momentum_buffers), (0, 2), numbers, formula)
    else:
        _update(b, "sgd", (params, grads), (0,), numbers, formula)


@kernel(public=False, mutates=("params", "exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs"), differentiable=False)
def adam_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    max_exp_avg_sqs: Tensors,
    *,
    step_size: float,
    beta1: float,
    beta2: float,
    eps: float,
    bias_correction2_sqrt: float,
    weight_decay: float = 0.0,
    decay_factor: float = 1.0,
    maximize: bool = False,
) -> None:
    """m += (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g^2; p -= step_size m / (sqrt(v) / correction + eps).

    `step_size` is lr / (1 - beta1^t), `bias_correction2_sqrt` is sqrt(1 - beta2^t); `decay_factor`, 1 - lr * decay of
    AdamW, multiplies the parameter first.
    """
    numbers = {
        "weight1": 1.0 - beta1,
        "beta2": beta2,
        "weight2": 1.0 - beta2,
        "eps": eps,
        "weight_decay": weight_decay,
        "step_size": step_size,
        "correction": bias_correction2_sqrt,
        "decay_factor": decay_factor,
    }

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, m, v = x[:4]
        p = _shrunk(p, n["decay_factor"])
        g = _gradient(p, g, n["weight_decay"], maximize)
        m = m + (g - m) * n["weight1"]
        v = _square(v, g, n, "beta2", "weight2")
        largest = [call("maximum", x[4], v)] if len(x) > 4 else []
        used = largest[0] if largest else v
        p = p - m / (call("sqrt", used) / n["correction"] + n["eps"]) * n["step_size"]
        return p, m, v, *largest

    lists = [params, grads, exp_avgs, exp_avg_sqs, *([max_exp_avg_sqs] if max_exp_avg_sqs else [])]
    _update(b, "adam", lists, (0, *range(2, len(lists))), numbers, formula)


@kernel(public=False, mutates=("params", "square_avgs", "grad_avgs", "momentum_buffers"), differentiable=False)
def rmsprop_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    grad_avgs: Tensors,
    momentum_buffers: Tensors,
    *,
    lr: float,
    alpha: float,
    eps: float,
    weight_decay: float = 0.0,
    momentum: float = 0.0,
    maximize: bool = False,
) -> None:
    """v = alpha v + (1 - alpha) g^2; p -= lr g / (sqrt(v) + eps), through a momentum buffer if there is one.

    `grad_avgs` is empty unless centred: then the squared mean gradient is taken from v.
    """
    numbers = {
        "lr": lr,
        "alpha": alpha,
        "kept": 1.0 - alpha,
        "eps": eps,
        "weight_decay": weight_decay,
        "momentum": momentum,
    }

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, square, *rest = x
        g = _gradient(p, g, n["weight_decay"], maximize)
        square = spread = _square(square, g, n, "alpha", "kept")
        new = [square]
        if grad_avgs:
            mean = rest.pop(0)
            mean = mean + (g - mean) * n["kept"]
            spread = square - mean * mean
            new.append(mean)
        change = g / (call("sqrt", spread) + n["eps"])
        if rest:
            change = rest[0] * n["momentum"] + change
            new.append(change)
        return p - change * n["lr"], *new

    lists = [params, grads, square_avgs, *(x for x in (grad_avgs, momentum_buffers) if x)]
    _update(b, "rmsprop", lists, (0, *range(2, len(lists))), numbers, formula)


@kernel(public=False, mutates=("params", "state_sums"), differentiable=False)
def adagrad_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    state_sums: Tensors,
    *,
    lr: float,
    eps: float,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> None:
    """s += g^2; p -= lr g / (sqrt(s) + eps), with `lr` already decayed."""

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, total = x
        g = _gradient(p, g, n["weight_decay"], maximize)
        total = total + g * g
        return p - g / (call("sqrt", total) + n["eps"]) * n["lr"], total

    _update(
        b, "adagrad", (params, grads, state_sums), (0, 2), {"lr": lr, "eps": eps, "weight_decay": weight_decay}, formula
    )


@kernel(public=False, mutates=("params", "square_avgs", "acc_deltas"), differentiable=False)
def adadelta_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    acc_deltas: Tensors,
    *,
    lr: float,
    rho: float,
    eps: float,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> None:
    """v = rho v + (1 - rho) g^2; d = sqrt(u + eps) / sqrt(v + eps) g; u = rho u + (1 - rho) d^2; p -= lr d."""

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, square, accumulated = x
        g = _gradient(p, g, n["weight_decay"], maximize)
        square = _square(square, g, n, "rho", "kept")
        delta = call("sqrt", accumulated + n["eps"]) / call("sqrt", square + n["eps"]) * g
        return p - delta * n["lr"], square, _square(accumulated, delta, n, "rho", "kept")

    numbers = {"lr": lr, "rho": rho, "kept": 1.0 - rho, "eps": eps, "weight_decay": weight_decay}
    _update(b, "adadelta", (params, grads, square_avgs, acc_deltas), (0, 2, 3), numbers, formula)


@kernel(public=False, mutates=("params", "exp_avgs", "exp_infs"), differentiable=False)
def adamax_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_infs: Tensors,
    *,
    step_size: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> None:
    """m as in Adam; u = max(beta2 u, |g| + eps); p -= step_size m / u."""

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, m, largest = x
        g = _gradient(p, g, n["weight_decay"], maximize)
        m = m + (g - m) * n["weight1"]
        largest = call("maximum", largest * n["beta2"], abs(g) + n["eps"])
        return p - m / largest * n["step_size"], m, largest

    numbers = {"weight1": 1.0 - beta1, "beta2": beta2, "eps": eps, "step_size": step_size, "weight_decay": weight_decay}
    _update(b, "adamax", (params, grads, exp_avgs, exp_infs), (0, 2, 3), numbers, formula)


@kernel(public=False, mutates=("params", "exp_avgs", "exp_avg_sqs"), differentiable=False)
def nadam_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    *,
    grad_size: float,
    mean_size: float,
    beta1: float,
    beta2: float,
    eps: float,
    bias_correction2: float,
    weight_decay: float = 0.0,
    decay_factor: float = 1.0,
    maximize: bool = False,
) -> None:
    """Adam with Nesterov momentum: p -= (grad_size g + mean_size m) / (sqrt(v / bias_correction2) + eps)."""

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, m, v = x
        p = _shrunk(p, n["decay_factor"])
        g = _gradient(p, g, n["weight_decay"], maximize)
        m = m + (g - m) * n["weight1"]
        v = _square(v, g, n, "beta2", "weight2")
        below = call("sqrt", v / n["correction"]) + n["eps"]
        return p - g / below * n["grad_size"] - m / below * n["mean_size"], m, v

    numbers = {
        "weight1": 1.0 - beta1,
        "beta2": beta2,
        "weight2": 1.0 - beta2,
        "eps": eps,
        "grad_size": grad_size,
        "mean_size": mean_size,
        "correction": bias_correction2,
        "weight_decay": weight_decay,
        "decay_factor": decay_factor,
    }
    _update(b, "nadam", (params, grads, exp_avgs, exp_avg_sqs), (0, 2, 3), numbers, formula)


@kernel(public=False, mutates=("params", "averages"), differentiable=False)
def asgd_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    averages: Tensors,
    *,
    eta: float,
    decay: float,
    average_weight: float,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> None:
    """p = decay p - eta g; a += average_weight (p - a)."""

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, average = x
        g = _gradient(p, g, n["weight_decay"], maximize)
        p = p * n["decay"] - g * n["eta"]
        return p, p if _is(average_weight, 1) else average + (p - average) * n["average_weight"]

    numbers = {"eta": eta, "decay": decay, "weight_decay": weight_decay, "average_weight": average_weight}
    _update(b, "asgd", (params, grads, averages), (0, 2), numbers, formula)


@kernel(public=False, mutates=("params", "exp_avgs", "exp_avg_sqs"), differentiable=False)
def radam_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    *,
    step_size: float,
    beta1: float,
    beta2: float,
    eps: float,
    rectification: float = 0.0,
    weight_decay: float = 0.0,
    decay_factor: float = 1.0,
    maximize: bool = False,
) -> None:
    """Adam's means; p -= step_size m, times rectification / (sqrt(v) + eps) once the variance of v is bounded."""

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, m, v = x
        p = _shrunk(p, n["decay_factor"])
        g = _gradient(p, g, n["weight_decay"], maximize)
        m = m + (g - m) * n["weight1"]
        v = _square(v, g, n, "beta2", "weight2")
        change = m * n["step_size"]
        if not _is(rectification, 0):
            change = change * (n["rectification"] / (call("sqrt", v) + n["eps"]))
        return p - change, m, v

    numbers = {
        "weight1": 1.0 - beta1,
        "beta2": beta2,
        "weight2": 1.0 - beta2,
        "eps": eps,
        "step_size": step_size,
        "rectification": rectification,
        "weight_decay": weight_decay,
        "decay_factor": decay_factor,
    }
    _update(b, "radam", (params, grads, exp_avgs, exp_avg_sqs), (0, 2, 3), numbers, formula)


@kernel(public=False, mutates=("params", "previous", "step_sizes"), differentiable=False)
def rprop_step(
    b: Any,
    params: Tensors,
    grads: Tensors,
    previous: Tensors,
    step_sizes: Tensors,
    *,
    shrink: float,
    grow: float,
    smallest: float,
    largest: float,
    maximize: bool = False,
) -> None:
    """Step sizes grow where the sign of the gradient stayed, and shrink, without a step, where it changed."""

    def formula(x: list[Expr], n: dict[str, Any]) -> Sequence[Expr]:
        p, g, before, size = x
        g = -g if maximize else g
        agree = g * before
        size = select(agree > 0, size * n["grow"], select(agree < 0, size * n["shrink"], size))
        size = call("minimum", call("maximum", size, _as(n["smallest"], size)), _as(n["largest"], size))
        g = select(agree < 0, const(0, g.dtype), g)
        return p - call("sign", g) * size, g, size

    numbers = {"shrink": shrink, "grow": grow, "smallest": smallest, "largest": largest}
    _update(b, "rprop", (params, grads, previous, step_sizes), (0, 2, 3), numbers, formula)


def _as(number: Any, like: Expr) -> Expr:
    """A number of a formula as an expression."""
    return number if isinstance(number, Expr) else const(number, like.dtype)


def _no_results(*_: Any, **__: Any) -> tuple[()]:
    return ()


for step in (
    count_up, sgd_step, adam_step, rmsprop_step, adagrad_step, adadelta_step, adamax_step, nadam_step, asgd_step,
    radam_step, rprop_step,
):  # fmt: skip
    step.meta(_no_results)

__all__ = [
    "adadelta_step", "adagrad_step", "adam_step", "adamax_step", "asgd_step", "count_up", "nadam_step",
    "radam_step", "rmsprop_step", "rprop_step", "sgd_step",
]  # fmt: skip
