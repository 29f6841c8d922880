"""Adam and AdamW."""

from typing import Any

import taeda
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

__all__ = ["Adam", "AdamW", "adam", "adamw"]


def check_betas(betas: Any) -> tuple[float, float]:
    """Both betas as numbers; `ValueError` outside [0, 1)."""
    for place, beta in enumerate(betas):
        check_option(0.0 <= beta < 1.0, f"Invalid beta parameter at index {place}: {beta}")
    return number(betas[0]), number(betas[1])


class Adam(GroupwiseOptimizer):
    """p -= lr m̂ / (sqrt(v̂) + eps), with running means m of g and v of g² (Kingma and Ba 2014).

    `weight_decay` adds to the gradient, or with `decoupled_weight_decay` shrinks the parameter (AdamW). `amsgrad`
    divides by the largest v so far. `foreach`, `fused` and `capturable` are accepted for compatibility.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_learning_rate(lr)
        if isinstance(lr, taeda.Tensor) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
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
                "amsgrad": amsgrad,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
                "fused": fused,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )

    missing_options = {
        "foreach": None,
        "fused": None,
        "amsgrad": False,
        "maximize": False,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
    }

    def _step_group(self, group: dict[str, Any]) -> None:
        amsgrad = group["amsgrad"]

        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["exp_avg"] = zeros_like(parameter)
            state["exp_avg_sq"] = zeros_like(parameter)
            if amsgrad:
                state["max_exp_avg_sq"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        lr, decay = number(group["lr"]), group["weight_decay"]
        beta1, beta2 = group["betas"]
        decoupled = group["decoupled_weight_decay"]
        for step, places in count_steps(states):
            fused.adam_step(
                take(params, places),
                take(grads, places),
                tensors(states, "exp_avg", places),
                tensors(states, "exp_avg_sq", places),
                tensors(states, "max_exp_avg_sq", places) if amsgrad else [],
                step_size=lr / (1 - beta1**step),
                beta1=beta1,
                beta2=beta2,
                eps=group["eps"],
                bias_correction2_sqrt=(1 - beta2**step) ** 0.5,
                weight_decay=0.0 if decoupled else decay,
                decay_factor=1 - lr * decay if decoupled else 1.0,
                maximize=group["maximize"],
            )


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly (Loshchilov and Hutter 2017)."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def adam(
    params: list[Any], grads: list[Any], exp_avgs: list[Any], exp_avg_sqs: list[Any], max_exp_avg_sqs: list[Any],
    state_steps: list[Any], foreach: bool | None = None, capturable: bool = False, differentiable: bool = False,
    fused: bool | None = None, grad_scale: Any = None, found_inf: Any = None, has_complex: bool = False,
    decoupled_weight_decay: bool = False, *, amsgrad: bool, beta1: Any, beta2: Any, lr: Any, weight_decay: float,
    eps: float, maximize: bool,
) -> None:
    """A step of Adam for lists of parameters, gradients and the tensors of its state, which are changed.

    Example::

        >>> import taeda as torch
        >>> p, m, v, count = torch.ones(2), torch.zeros(2), torch.zeros(2), torch.tensor(0.0)
        >>> adam([p], [torch.ones(2)], [m], [v], [], [count], amsgrad=False, beta1=0.9, beta2=0.999, lr=0.1,
        ...      weight_decay=0.0, eps=1e-8, maximize=False)
        >>> p, count
        (tensor([0.9000, 0.9000]), tensor(1.))
    """
    states = {"step": state_steps, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs}
    if amsgrad:
        states["max_exp_avg_sq"] = max_exp_avg_sqs
    functional_step(Adam, params, grads, states, differentiable=differentiable, grad_scale=grad_scale,
                    found_inf=found_inf, amsgrad=amsgrad, betas=(number(beta1), number(beta2)), lr=lr,
                    weight_decay=weight_decay, eps=eps, maximize=maximize,
                    decoupled_weight_decay=decoupled_weight_decay)


def adamw(
    params: list[Any], grads: list[Any], exp_avgs: list[Any], exp_avg_sqs: list[Any], max_exp_avg_sqs: list[Any],
    state_steps: list[Any], foreach: bool | None = None, capturable: bool = False, differentiable: bool = False,
    fused: bool | None = None, grad_scale: Any = None, found_inf: Any = None, has_complex: bool = False, *,
    amsgrad: bool, beta1: Any, beta2: Any, lr: Any, weight_decay: float, eps: float, maximize: bool,
) -> None:
    """A step of AdamW for lists of tensors; see `adam`."""
    adam(params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps, foreach, capturable, differentiable,
         fused, grad_scale, found_inf, has_complex, True, amsgrad=amsgrad, beta1=beta1, beta2=beta2, lr=lr,
         weight_decay=weight_decay, eps=eps, maximize=maximize)
