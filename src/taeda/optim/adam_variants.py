"""Adamax and NAdam."""

from typing import Any

from taeda.optim import fused
from taeda.optim.adam import check_betas
from taeda.optim.collecting import (
    State,
    count_steps,
    multiply_number,
    new_number,
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

__all__ = ["Adamax", "NAdam", "adamax", "nadam"]


class Adamax(GroupwiseOptimizer):
    """Adam with the infinity norm in place of the 2-norm of past gradients (Kingma and Ba 2014)."""

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_learning_rate(lr)
        check_option(eps >= 0.0, f"Invalid epsilon value: {eps}")
        betas = check_betas(betas)
        check_option(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    missing_options = {"foreach": None, "maximize": False, "capturable": False, "differentiable": False}

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["exp_avg"] = zeros_like(parameter)
            state["exp_inf"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        beta1, beta2 = group["betas"]
        for step, places in count_steps(states):
            fused.adamax_step(
                take(params, places),
                take(grads, places),
                tensors(states, "exp_avg", places),
                tensors(states, "exp_inf", places),
                step_size=number(group["lr"]) / (1 - beta1**step),
                beta1=beta1,
                beta2=beta2,
                eps=group["eps"],
                weight_decay=group["weight_decay"],
                maximize=group["maximize"],
            )


class NAdam(GroupwiseOptimizer):
    """Adam with Nesterov momentum (Dozat 2016)."""

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_learning_rate(lr)
        check_option(eps >= 0.0, f"Invalid epsilon value: {eps}")
        betas = check_betas(betas)
        check_option(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        check_option(momentum_decay >= 0.0, f"Invalid momentum_decay value: {momentum_decay}")
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
            },
        )

    number_states = ("step", "mu_product")
    missing_options = {
        "foreach": None,
        "maximize": False,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
    }

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["mu_product"] = new_number(1.0)
            state["exp_avg"] = zeros_like(parameter)
            state["exp_avg_sq"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        beta1, beta2 = group["betas"]
        lr, decay, decoupled = number(group["lr"]), group["weight_decay"], group["decoupled_weight_decay"]
        for step, places in count_steps(states):
            mu = beta1 * (1.0 - 0.5 * (0.96 ** (step * group["momentum_decay"])))
            mu_next = beta1 * (1.0 - 0.5 * (0.96 ** ((step + 1) * group["momentum_decay"])))
            products: dict[float, list[int]] = {}
            for place in places:
                products.setdefault(multiply_number(states[place]["mu_product"], mu), []).append(place)
            for product, chosen in products.items():
                fused.nadam_step(
                    take(params, chosen),
                    take(grads, chosen),
                    tensors(states, "exp_avg", chosen),
                    tensors(states, "exp_avg_sq", chosen),
                    grad_size=lr * (1.0 - mu) / (1.0 - product),
                    mean_size=lr * mu_next / (1.0 - product * mu_next),
                    beta1=beta1,
                    beta2=beta2,
                    eps=group["eps"],
                    bias_correction2=1 - beta2**step,
                    weight_decay=0.0 if decoupled else decay,
                    decay_factor=1 - lr * decay if decoupled else 1.0,
                    maximize=group["maximize"],
                )


def adamax(
    params: list[Any], grads: list[Any], exp_avgs: list[Any], exp_infs: list[Any], state_steps: list[Any],
    foreach: bool | None = None, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    has_complex: bool = False, *, eps: float, beta1: float, beta2: float, lr: float, weight_decay: float,
) -> None:
    """A step of Adamax for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "exp_avg": exp_avgs, "exp_inf": exp_infs}
    functional_step(Adamax, params, grads, states, differentiable=differentiable, maximize=maximize, eps=eps,
                    betas=(beta1, beta2), lr=lr, weight_decay=weight_decay)


def nadam(
    params: list[Any], grads: list[Any], exp_avgs: list[Any], exp_avg_sqs: list[Any], mu_products: list[Any],
    state_steps: list[Any], decoupled_weight_decay: bool = False, foreach: bool | None = None,
    capturable: bool = False, differentiable: bool = False, has_complex: bool = False, maximize: bool = False, *,
    beta1: float, beta2: float, lr: float, weight_decay: float, momentum_decay: float, eps: float,
) -> None:
    """A step of NAdam for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "mu_product": mu_products, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs}
    functional_step(NAdam, params, grads, states, differentiable=differentiable, maximize=maximize,
                    betas=(beta1, beta2), lr=lr, weight_decay=weight_decay, momentum_decay=momentum_decay, eps=eps,
                    decoupled_weight_decay=decoupled_weight_decay)
