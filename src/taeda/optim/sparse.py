"""Steps for sparse gradients: only the rows that a gradient has are read and written."""

from typing import Any

from taeda.optim.collecting import State, zeros_like
from taeda.optim.optimizer import GroupwiseOptimizer, check_option, number

__all__ = ["SparseAdam"]


def is_sparse(gradient: Any) -> bool:
    """Whether a gradient is a COO tensor."""
    return gradient is not None and bool(gradient.is_sparse)


def _rows(gradient: Any) -> tuple[Any, Any]:
    """The rows that a gradient of one sparse dimension has, each once, and their values."""
    gradient = gradient.coalesce()
    if gradient.sparse_dim() != 1:
        raise NotImplementedError(f"a step with a gradient of {gradient.sparse_dim()} sparse dimensions; those of "
                                  "embeddings have one")
    return gradient.indices()[0], gradient.values().detach()


def sgd_step(parameter: Any, gradient: Any, state: State, group: dict[str, Any]) -> None:
    """SGD's step; the momentum buffer is sparse too, and has the rows that ever had a gradient."""
    if number(group["weight_decay"]) != 0:
        raise RuntimeError("weight_decay option is not compatible with sparse gradients")
    if group["maximize"]:
        gradient = -gradient
    momentum = group["momentum"]
    if momentum:
        before = state.get("momentum_buffer")
        if before is None:
            buffer = gradient.detach().clone()
        else:
            buffer = before * momentum + gradient * (1 - group["dampening"])
        state["momentum_buffer"] = buffer
        gradient = gradient + buffer * momentum if group["nesterov"] else buffer
    parameter.add_(gradient, alpha=-number(group["lr"]))


def adagrad_step(parameter: Any, gradient: Any, sum: Any, rate: float, group: dict[str, Any]) -> None:
    """Adagrad's step with the learning rate `rate`."""
    if number(group["weight_decay"]) != 0:
        raise RuntimeError("weight_decay option is not compatible with sparse gradients")
    rows, values = _rows(-gradient if group["maximize"] else gradient)
    sum.index_add_(0, rows, values.square())
    scale = sum.index_select(0, rows).sqrt_().add_(group["eps"])
    parameter.index_add_(0, rows, values / scale, alpha=-rate)


class SparseAdam(GroupwiseOptimizer):
    """Adam for sparse gradients (`Embedding(sparse=True)`): the averages of a row move when it has a gradient, and only
    then is it written.

    >>> import taeda
    >>> table = taeda.nn.Embedding(10, 3, sparse=True)
    >>> optimizer = taeda.optim.SparseAdam(table.parameters())
    >>> table(taeda.tensor([1, 7])).sum().backward()
    >>> optimizer.step()
    """

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 maximize: bool = False) -> None:
        check_option(number(lr) > 0.0, f"Invalid learning rate: {lr}")
        check_option(eps > 0.0, f"Invalid epsilon value: {eps}")
        for k, beta in enumerate(betas):
            check_option(0.0 <= beta < 1.0, f"Invalid beta parameter at index {k}: {beta}")
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        sparse = [k for group in self.param_groups for k, p in enumerate(group["params"]) if is_sparse(p)]
        if sparse:
            raise ValueError(f"Sparse params at indices {sparse}: SparseAdam requires dense parameter tensors")

    missing_options = {"maximize": False}

    def _step_group(self, group: dict[str, Any]) -> None:
        for parameter in group["params"]:
            gradient = parameter.grad
            if gradient is None:
                continue
            if not is_sparse(gradient):
                raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
            state = self.state[parameter]
            if not state:
                state["step"] = 0
                state["exp_avg"], state["exp_avg_sq"] = zeros_like(parameter), zeros_like(parameter)
            state["step"] += 1
            _adam_step(parameter, -gradient if group["maximize"] else gradient, state, group)


def _adam_step(parameter: Any, gradient: Any, state: State, group: dict[str, Any]) -> None:
    rows, values = _rows(gradient)
    if not values.numel():
        return
    beta1, beta2 = group["betas"]
    mean = state["exp_avg"].index_select(0, rows)
    mean += (values - mean) * (1 - beta1)
    square = state["exp_avg_sq"].index_select(0, rows)
    square += (values.square() - square) * (1 - beta2)
    state["exp_avg"].index_copy_(0, rows, mean)
    state["exp_avg_sq"].index_copy_(0, rows, square)
    step = int(state["step"])
    rate = number(group["lr"]) * (1 - beta2**step) ** 0.5 / (1 - beta1**step)
    parameter.index_add_(0, rows, mean / square.sqrt().add_(group["eps"]), alpha=-rate)
