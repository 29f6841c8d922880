"""RMSprop."""

from typing import Any

from taeda.optim import fused
from taeda.optim.collecting import (
    State,
    count_steps,
    new_step_count,
    take,
    tensors,
    with_gradients,
    zeros_like,
)
from taeda.optim.functional_step import functional_step
from taeda.optim.optimizer import (
    GroupwiseOptimizer,
    check_learning_rate,
    check_option,
    number,
    refuse_differentiable,
)

__all__ = ["RMSprop", "rmsprop"]


class RMSprop(GroupwiseOptimizer):
    """p -= lr g / (sqrt(v) + eps) with the running mean v of g² (Tieleman and Hinton 2012).

    `centered` takes the running mean of g out of v; `momentum` sums up the steps.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_learning_rate(lr)
        check_option(eps >= 0.0, f"Invalid epsilon value: {eps}")
        check_option(momentum >= 0.0, f"Invalid momentum value: {momentum}")
        check_option(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        check_option(alpha >= 0.0, f"Invalid alpha value: {alpha}")
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "alpha": alpha,
                "eps": eps,
                "centered": centered,
                "weight_decay": weight_decay,
                "capturable": capturable,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
            },
        )

    missing_options = {
        "momentum": 0,
        "foreach": None,
        "centered": False,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }

    def _step_group(self, group: dict[str, Any]) -> None:
        momentum, centered = group["momentum"], group["centered"]

        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["square_avg"] = zeros_like(parameter)
            if momentum > 0:
                state["momentum_buffer"] = zeros_like(parameter)
            if centered:
                state["grad_avg"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        for _, places in count_steps(states):
            fused.rmsprop_step(
                take(params, places),
                take(grads, places),
                tensors(states, "square_avg", places),
                tensors(states, "grad_avg", places) if centered else [],
                tensors(states, "momentum_buffer", places) if momentum > 0 else [],
                lr=number(group["lr"]),
                alpha=group["alpha"],
                eps=group["eps"],
                weight_decay=group["weight_decay"],
                momentum=momentum,
                maximize=group["maximize"],
            )


def rmsprop(
    params: list[Any], grads: list[Any], square_avgs: list[Any], grad_avgs: list[Any], momentum_buffer_list: list[Any],
    state_steps: list[Any], foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
    capturable: bool = False, has_complex: bool = False, *, lr: float, alpha: float, eps: float, weight_decay: float,
    momentum: float, centered: bool,
) -> None:
    """A step of RMSprop for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "square_avg": square_avgs}
    if centered:
        states["grad_avg"] = grad_avgs
    if momentum > 0:
        states["momentum_buffer"] = momentum_buffer_list
    functional_step(RMSprop, params, grads, states, differentiable=differentiable, maximize=maximize, lr=lr,
                    alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum, centered=centered)
