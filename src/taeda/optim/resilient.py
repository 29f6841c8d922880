"""ASGD, RAdam and Rprop."""

import math
from typing import Any

import taeda
from taeda.optim import fused
from taeda.optim.adam import check_betas
from taeda.optim.collecting import (
    State,
    count_steps,
    full_like,
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

__all__ = ["ASGD", "RAdam", "Rprop", "asgd", "radam", "rprop"]

_MISSING = {"foreach": None, "maximize": False, "capturable": False, "differentiable": False}


class ASGD(GroupwiseOptimizer):
    """Gradient descent that also keeps the average of the parameters, `ax` of their state (Polyak and Juditsky)."""

    missing_options = _MISSING
    number_states = ("step", "eta", "mu")

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_learning_rate(lr)
        check_option(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        refuse_differentiable(differentiable)
        options = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, options)

    def _step_group(self, group: dict[str, Any]) -> None:
        lr, lambd = number(group["lr"]), group["lambd"]

        def eta_after(step: float) -> float:
            return lr / ((1 + lambd * lr * step) ** group["alpha"]) if step else lr

        def mu_after(step: float) -> float:
            return 1 / max(1.0, step - group["t0"]) if step else 1.0

        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["eta"] = taeda.tensor(float(lr), dtype=taeda.float32)
            state["mu"] = taeda.ones((), dtype=taeda.float32)
            state["ax"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        for step, places in count_steps(states):
            eta = eta_after(step - 1)
            fused.asgd_step(
                take(params, places),
                take(grads, places),
                tensors(states, "ax", places),
                eta=eta,
                decay=1 - lambd * eta,
                average_weight=mu_after(step - 1),
                weight_decay=group["weight_decay"],
                maximize=group["maximize"],
            )
            for place in places:
                states[place]["eta"].fill_(eta_after(step))
                states[place]["mu"].fill_(mu_after(step))


class RAdam(GroupwiseOptimizer):
    """Adam whose steps are plain momentum until the running variance can be trusted (Liu et al. 2019)."""

    missing_options = {**_MISSING, "decoupled_weight_decay": False}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
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
        refuse_differentiable(differentiable)
        options = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, options)

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["exp_avg"] = zeros_like(parameter)
            state["exp_avg_sq"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        beta1, beta2 = group["betas"]
        lr, decay, decoupled = number(group["lr"]), group["weight_decay"], group["decoupled_weight_decay"]
        longest = 2 / (1 - beta2) - 1
        for step, places in count_steps(states):
            correction2 = 1 - beta2**step
            length = longest - 2 * step * (beta2**step) / correction2
            rectification = 0.0
            if length > 5.0:
                part = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
                rectification = math.sqrt(part) * math.sqrt(correction2)
            fused.radam_step(
                take(params, places),
                take(grads, places),
                tensors(states, "exp_avg", places),
                tensors(states, "exp_avg_sq", places),
                step_size=lr / (1 - beta1**step),
                beta1=beta1,
                beta2=beta2,
                eps=group["eps"],
                rectification=rectification,
                weight_decay=0.0 if decoupled else decay,
                decay_factor=1 - lr * decay if decoupled else 1.0,
                maximize=group["maximize"],
            )


class Rprop(GroupwiseOptimizer):
    """Steps of a size of their own for each element, by the sign of the gradient alone (Riedmiller and Braun 1993)."""

    missing_options = _MISSING

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_learning_rate(lr)
        check_option(0.0 < etas[0] < 1.0 < etas[1], f"Invalid eta values: {etas[0]}, {etas[1]}")
        refuse_differentiable(differentiable)
        options = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, options)

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["prev"] = zeros_like(parameter)
            state["step_size"] = full_like(parameter, number(group["lr"]))

        params, grads, states = with_gradients(self, group, initialise)
        shrink, grow = group["etas"]
        smallest, largest = group["step_sizes"]
        for _, places in count_steps(states):
            fused.rprop_step(
                take(params, places),
                take(grads, places),
                tensors(states, "prev", places),
                tensors(states, "step_size", places),
                shrink=shrink,
                grow=grow,
                smallest=smallest,
                largest=largest,
                maximize=group["maximize"],
            )


def asgd(
    params: list[Any], grads: list[Any], axs: list[Any], mus: list[Any], etas: list[Any], state_steps: list[Any],
    foreach: bool | None = None, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    has_complex: bool = False, *, lambd: float, lr: float, t0: float, alpha: float, weight_decay: float,
) -> None:
    """A step of ASGD for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "eta": etas, "mu": mus, "ax": axs}
    functional_step(ASGD, params, grads, states, differentiable=differentiable, maximize=maximize, lambd=lambd, lr=lr,
                    t0=t0, alpha=alpha, weight_decay=weight_decay)


def radam(
    params: list[Any], grads: list[Any], exp_avgs: list[Any], exp_avg_sqs: list[Any], state_steps: list[Any],
    decoupled_weight_decay: bool = False, foreach: bool | None = None, differentiable: bool = False,
    capturable: bool = False, has_complex: bool = False, maximize: bool = False, *, beta1: float, beta2: float,
    lr: float, weight_decay: float, eps: float,
) -> None:
    """A step of RAdam for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs}
    functional_step(RAdam, params, grads, states, differentiable=differentiable, maximize=maximize,
                    betas=(beta1, beta2), lr=lr, weight_decay=weight_decay, eps=eps,
                    decoupled_weight_decay=decoupled_weight_decay)


def rprop(
    params: list[Any], grads: list[Any], prevs: list[Any], step_sizes: list[Any], state_steps: list[Any],
    foreach: bool | None = None, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    has_complex: bool = False, *, step_size_min: float, step_size_max: float, etaminus: float, etaplus: float,
) -> None:
    """A step of Rprop for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "prev": prevs, "step_size": step_sizes}
    functional_step(Rprop, params, grads, states, differentiable=differentiable, maximize=maximize,
                    etas=(etaminus, etaplus), step_sizes=(step_size_min, step_size_max))
