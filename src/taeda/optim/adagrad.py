"""Adagrad and Adadelta."""

from typing import Any

from taeda.optim import fused, sparse
from taeda.optim.collecting import (
    State,
    count_step,
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

__all__ = ["Adadelta", "Adagrad", "adadelta", "adagrad"]


class Adagrad(GroupwiseOptimizer):
    """p -= lr / (1 + (t - 1) lr_decay) g / (sqrt(sum of all g²) + eps) (Duchi et al. 2011)."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_learning_rate(lr)
        check_option(lr_decay >= 0.0, f"Invalid lr_decay value: {lr_decay}")
        check_option(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        check_option(
            initial_accumulator_value >= 0.0, f"Invalid initial_accumulator_value value: {initial_accumulator_value}"
        )
        check_option(eps >= 0.0, f"Invalid epsilon value: {eps}")
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "eps": eps,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "fused": fused,
            },
        )
        for group in self.param_groups:
            for parameter in group["params"]:
                self._initialise(parameter, self.state[parameter], group)

    def _initialise(self, parameter: Any, state: State, group: dict[str, Any]) -> None:
        state["step"] = new_step_count()
        state["sum"] = full_like(parameter, group["initial_accumulator_value"])

    def share_memory(self) -> None:
        """Put the sums into memory that other processes can share."""
        for state in self.state.values():
            state["sum"].share_memory_()

    missing_options = {"foreach": None, "fused": None, "maximize": False, "differentiable": False}

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            self._initialise(parameter, state, group)

        for parameter in group["params"]:
            if sparse.is_sparse(parameter.grad):
                state = self.state[parameter]
                if not state:
                    initialise(parameter, state)
                decay = 1 + (count_step(state["step"]) - 1) * group["lr_decay"]
                sparse.adagrad_step(parameter, parameter.grad, state["sum"], number(group["lr"]) / decay, group)
        params, grads, states = with_gradients(self, group, initialise, sparse_done=True)
        for step, places in count_steps(states):
            fused.adagrad_step(
                take(params, places),
                take(grads, places),
                tensors(states, "sum", places),
                lr=number(group["lr"]) / (1 + (step - 1) * group["lr_decay"]),
                eps=group["eps"],
                weight_decay=group["weight_decay"],
                maximize=group["maximize"],
            )


class Adadelta(GroupwiseOptimizer):
    """Steps in the ratio of the running root mean squares of past steps and of gradients (Zeiler 2012)."""

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_learning_rate(lr)
        check_option(0.0 <= rho <= 1.0, f"Invalid rho value: {rho}")
        check_option(eps >= 0.0, f"Invalid epsilon value: {eps}")
        check_option(weight_decay >= 0.0, f"Invalid weight_decay value: {weight_decay}")
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "rho": rho,
                "eps": eps,
                "weight_decay": weight_decay,
                "maximize": maximize,
                "capturable": capturable,
                "foreach": foreach,
                "differentiable": differentiable,
            },
        )

    missing_options = {"foreach": None, "maximize": False, "capturable": False, "differentiable": False}

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            state["square_avg"] = zeros_like(parameter)
            state["acc_delta"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        for _, places in count_steps(states):
            fused.adadelta_step(
                take(params, places),
                take(grads, places),
                tensors(states, "square_avg", places),
                tensors(states, "acc_delta", places),
                lr=number(group["lr"]),
                rho=group["rho"],
                eps=group["eps"],
                weight_decay=group["weight_decay"],
                maximize=group["maximize"],
            )


def adagrad(
    params: list[Any], grads: list[Any], state_sums: list[Any], state_steps: list[Any], fused: bool | None = None,
    grad_scale: Any = None, found_inf: Any = None, has_sparse_grad: bool = False, foreach: bool | None = None,
    differentiable: bool = False, has_complex: bool = False, *, lr: float, weight_decay: float, lr_decay: float,
    eps: float, maximize: bool,
) -> None:
    """A step of Adagrad for lists of parameters, gradients and the tensors of its state, which are changed."""
    functional_step(Adagrad, params, grads, {"step": state_steps, "sum": state_sums}, differentiable=differentiable,
                    grad_scale=grad_scale, found_inf=found_inf, lr=lr, weight_decay=weight_decay, lr_decay=lr_decay,
                    eps=eps, maximize=maximize)


def adadelta(
    params: list[Any], grads: list[Any], square_avgs: list[Any], acc_deltas: list[Any], state_steps: list[Any],
    capturable: bool = False, foreach: bool | None = None, differentiable: bool = False, has_complex: bool = False, *,
    lr: float, rho: float, eps: float, weight_decay: float, maximize: bool,
) -> None:
    """A step of Adadelta for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "square_avg": square_avgs, "acc_delta": acc_deltas}
    functional_step(Adadelta, params, grads, states, differentiable=differentiable, lr=lr, rho=rho, eps=eps,
                    weight_decay=weight_decay, maximize=maximize)
