"""One function for each update rule: all parameters of a group in one call.

Each function changes `params` and its state lists in place. The lists have the same length, all tensors of one place
have the same shape, and no autograd happens (the caller holds `no_grad`). Numbers that depend on the step count come in
as Python floats, computed as PyTorch computes them. Where `taeda.ops` has an op of the same name (`adam_step`, …) it is
taken instead of the loops below: one Program over all parameters, of the same signature.
"""

from collections.abc import Sequence
from typing import Any

from taeda.nn.functional._primitives import op

__all__ = ["adadelta_step", "adagrad_step", "adam_step", "adamax_step", "nadam_step", "rmsprop_step", "sgd_step"]

Tensors = Sequence[Any]


def _gradient(grad: Any, param: Any, weight_decay: float, maximize: bool) -> Any:
    """The gradient of what is minimised, with the decay's part."""
    if maximize:
        grad = -grad
    return grad.add(param, alpha=weight_decay) if weight_decay != 0 else grad


def _sgd_step(
    params: Tensors,
    grads: Tensors,
    momentum_buffers: Tensors,
    *,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    """g = grad + weight_decay p; b = momentum b + (1 - dampening) g; p -= lr (g + momentum b, or b, or g).

    `momentum_buffers` is empty without momentum. On a parameter's first step its buffer is the gradient: the caller
    gives zeros and dampening 0.
    """
    for place, (param, grad) in enumerate(zip(params, grads, strict=True)):
        grad = _gradient(grad, param, weight_decay, maximize)
        if momentum != 0:
            buffer = momentum_buffers[place]
            buffer.mul_(momentum).add_(grad, alpha=1 - dampening)
            grad = grad.add(buffer, alpha=momentum) if nesterov else buffer
        param.add_(grad, alpha=-lr)


def _adam_step(
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
    weight_decay: float,
    decay_factor: float,
    maximize: bool,
) -> None:
    """m += (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g²; p -= step_size m / (sqrt(v) / correction + eps).

    `step_size` is lr / (1 - beta1^t), `bias_correction2_sqrt` is sqrt(1 - beta2^t). `weight_decay` adds to the
    gradient; `decay_factor`, 1 - lr * decay of AdamW or 1, multiplies the parameter first. `max_exp_avg_sqs` is empty
    without amsgrad.
    """
    for place, (param, grad) in enumerate(zip(params, grads, strict=True)):
        if decay_factor != 1.0:
            param.mul_(decay_factor)
        grad = _gradient(grad, param, weight_decay, maximize)
        exp_avgs[place].lerp_(grad, 1 - beta1)
        square = exp_avg_sqs[place]
        square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        if max_exp_avg_sqs:
            largest = max_exp_avg_sqs[place]
            largest.copy_(largest.maximum(square))
            square = largest
        denominator = square.sqrt().div_(bias_correction2_sqrt).add_(eps)
        param.addcdiv_(exp_avgs[place], denominator, value=-step_size)


def _rmsprop_step(
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    grad_avgs: Tensors,
    momentum_buffers: Tensors,
    *,
    lr: float,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    maximize: bool,
) -> None:
    """v = alpha v + (1 - alpha) g²; p -= lr g / (sqrt(v) + eps), through a momentum buffer if there is one.

    `grad_avgs` is empty unless centred (v minus the squared mean gradient), `momentum_buffers` without momentum.
    """
    for place, (param, grad) in enumerate(zip(params, grads, strict=True)):
        grad = _gradient(grad, param, weight_decay, maximize)
        square = square_avgs[place]
        square.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if grad_avgs:
            mean = grad_avgs[place]
            mean.lerp_(grad, 1 - alpha)
            average = square.addcmul(mean, mean, value=-1).sqrt_().add_(eps)
        else:
            average = square.sqrt().add_(eps)
        if momentum_buffers:
            buffer = momentum_buffers[place]
            buffer.mul_(momentum).addcdiv_(grad, average)
            param.add_(buffer, alpha=-lr)
        else:
            param.addcdiv_(grad, average, value=-lr)


def _adagrad_step(
    params: Tensors,
    grads: Tensors,
    state_sums: Tensors,
    *,
    lr: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    """s += g²; p -= lr g / (sqrt(s) + eps), with `lr` already decayed."""
    for param, grad, total in zip(params, grads, state_sums, strict=True):
        grad = _gradient(grad, param, weight_decay, maximize)
        total.addcmul_(grad, grad, value=1)
        param.addcdiv_(grad, total.sqrt().add_(eps), value=-lr)


def _adadelta_step(
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    acc_deltas: Tensors,
    *,
    lr: float,
    rho: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    """v = rho v + (1 - rho) g²; d = sqrt(u + eps) / sqrt(v + eps) g; u = rho u + (1 - rho) d²; p -= lr d."""
    for param, grad, square, accumulated in zip(params, grads, square_avgs, acc_deltas, strict=True):
        grad = _gradient(grad, param, weight_decay, maximize)
        square.mul_(rho).addcmul_(grad, grad, value=1 - rho)
        delta = accumulated.add(eps).sqrt_().div_(square.add(eps).sqrt_()).mul_(grad)
        accumulated.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        param.add_(delta, alpha=-lr)


def _adamax_step(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_infs: Tensors,
    *,
    step_size: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    """m as in Adam; u = max(beta2 u, |g| + eps); p -= step_size m / u."""
    for param, grad, mean, largest in zip(params, grads, exp_avgs, exp_infs, strict=True):
        grad = _gradient(grad, param, weight_decay, maximize)
        mean.lerp_(grad, 1 - beta1)
        largest.copy_(largest.mul_(beta2).maximum(grad.abs().add_(eps)))
        param.addcdiv_(mean, largest, value=-step_size)


def _nadam_step(
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
    weight_decay: float,
    decay_factor: float,
    maximize: bool,
) -> None:
    """Adam with Nesterov momentum: p -= (grad_size g + mean_size m) / (sqrt(v / bias_correction2) + eps)."""
    for param, grad, mean, square in zip(params, grads, exp_avgs, exp_avg_sqs, strict=True):
        if decay_factor != 1.0:
            param.mul_(decay_factor)
        grad = _gradient(grad, param, weight_decay, maximize)
        mean.lerp_(grad, 1 - beta1)
        square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        denominator = square.div(bias_correction2).sqrt_().add_(eps)
        param.addcdiv_(grad, denominator, value=-grad_size)
        param.addcdiv_(mean, denominator, value=-mean_size)


sgd_step = op("sgd_step", otherwise=_sgd_step)
adam_step = op("adam_step", otherwise=_adam_step)
rmsprop_step = op("rmsprop_step", otherwise=_rmsprop_step)
adagrad_step = op("adagrad_step", otherwise=_adagrad_step)
adadelta_step = op("adadelta_step", otherwise=_adadelta_step)
adamax_step = op("adamax_step", otherwise=_adamax_step)
nadam_step = op("nadam_step", otherwise=_nadam_step)
