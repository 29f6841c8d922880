"""Stochastic gradient descent."""

from typing import Any

from taeda.optim import fused, sparse
from taeda.optim.collecting import State, zeros_like
from taeda.optim.functional_step import functional_step
from taeda.optim.optimizer import (
    GroupwiseOptimizer,
    check_learning_rate,
    check_option,
    number,
    refuse_differentiable,
)

__all__ = ["SGD", "sgd"]


class SGD(GroupwiseOptimizer):
    """p -= lr g, with momentum b = momentum b + (1 - dampening) g in place of g; Nesterov looks one step ahead.

    `foreach` and `fused` are accepted for compatibility: every step is one call for all parameters anyhow.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_learning_rate(lr)
        check_option(momentum >= 0.0, f"Invalid momentum value: {momentum}")
        check_option(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        refuse_differentiable(differentiable)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
                "foreach": foreach,
                "differentiable": differentiable,
                "fused": fused,
            },
        )

    missing_options = {"differentiable": False, "nesterov": False, "maximize": False, "foreach": None, "fused": None}

    def _step_group(self, group: dict[str, Any]) -> None:
        params, grads = [], []
        for parameter in group["params"]:
            grad = parameter.grad
            if sparse.is_sparse(grad):
                sparse.sgd_step(parameter, grad, self.state[parameter], group)
            elif grad is not None:
                params.append(parameter)
                grads.append(grad)
        if not params:
            return
        options = {
            "lr": number(group["lr"]),
            "momentum": group["momentum"],
            "weight_decay": number(group["weight_decay"]),
            "nesterov": group["nesterov"],
            "maximize": group["maximize"],
        }
        if group["momentum"] == 0:
            fused.sgd_step(params, grads, [], dampening=0.0, **options)
            return
        # A parameter's first step has no dampening: its buffer starts as the gradient.
        for is_first in (True, False):
            chosen: list[tuple[Any, Any, State]] = [
                (param, grad, self.state[param])
                for param, grad in zip(params, grads, strict=True)
                if (self.state[param].get("momentum_buffer") is None) is is_first
            ]
            if not chosen:
                continue
            if is_first:
                params = [param for param in params if self.state[param].get("momentum_buffer") is not None]
                grads = [param.grad for param in params]
                for param, _, state in chosen:
                    state["momentum_buffer"] = zeros_like(param)
            fused.sgd_step(
                [param for param, _, _ in chosen],
                [grad for _, grad, _ in chosen],
                [state["momentum_buffer"] for _, _, state in chosen],
                dampening=0.0 if is_first else group["dampening"],
                **options,
            )


def sgd(
    params: list[Any], d_p_list: list[Any], momentum_buffer_list: list[Any], has_sparse_grad: bool = False,
    foreach: bool | None = None, fused: bool | None = None, grad_scale: Any = None, found_inf: Any = None, *,
    weight_decay: float, momentum: float, lr: float, dampening: float, nesterov: bool, maximize: bool,
) -> None:
    """A step of SGD for lists of parameters, gradients and buffers of momentum. Buffers that are None are made, and
    put into the list."""
    states = {"momentum_buffer": momentum_buffer_list} if momentum else {}
    made = functional_step(SGD, params, d_p_list, states, grad_scale=grad_scale, found_inf=found_inf,
                           weight_decay=weight_decay, momentum=momentum, lr=lr, dampening=dampening, nesterov=nesterov,
                           maximize=maximize)
    for place, state in enumerate(made if momentum else ()):
        momentum_buffer_list[place] = state["momentum_buffer"]
