"""Adafactor and Muon: optimizers of matrices, with less state than Adam."""

import math
from typing import Any

import taeda
from taeda.optim.collecting import State, count_step, new_step_count, with_gradients, zeros_like
from taeda.optim.functional_step import functional_step
from taeda.optim.optimizer import GroupwiseOptimizer, check_option, number

__all__ = ["Adafactor", "Muon", "adafactor"]


class Adafactor(GroupwiseOptimizer):
    """Adam whose second moments of a matrix are kept as one row and one column (Shazeer and Stern 2018)."""

    missing_options = {"foreach": None}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, taeda.Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        check_option(0.0 <= lr, f"Learning rate should be >= 0 but is: {lr}")
        check_option(0.0 >= beta2_decay, f"beta2_decay should be <= 0 but is: {beta2_decay}")
        check_option(eps[0] is None or 0.0 <= eps[0], f"epsilon1 should be >= 0 but is: {eps[0]}")
        check_option(0.0 <= eps[1], f"epsilon2 should be >= 0 but is: {eps[1]}")
        check_option(1.0 <= d, f"Clipping threshold d should be >= 1 but is: {d}")
        check_option(0.0 <= weight_decay, f"weight_decay should be >= 0 but is: {weight_decay}")
        options = {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, options)

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            state["step"] = new_step_count()
            if parameter.dim() > 1:
                rows, columns = list(parameter.shape), list(parameter.shape)
                rows[-1] = columns[-2] = 1
                state["row_var"] = parameter.new_zeros(rows)
                state["col_var"] = parameter.new_zeros(columns)
            else:
                state["variance"] = zeros_like(parameter)

        params, grads, states = with_gradients(self, group, initialise)
        eps1, eps2 = group["eps"]
        lr = number(group["lr"])
        for p, g, state in zip(params, grads, states, strict=True):
            step = count_step(state["step"])
            g = -g if group["maximize"] else g
            small = taeda.finfo(p.dtype).eps if eps1 is None else eps1
            weight = step ** group["beta2_decay"]
            alpha = (p.norm(2) / math.sqrt(p.numel())).clamp(min=eps2) * min(lr, 1 / math.sqrt(step))
            if group["weight_decay"] != 0:
                p.mul_(1 - lr * group["weight_decay"])
            if g.dim() > 1:
                rows, columns = state["row_var"], state["col_var"]
                rows.lerp_(g.square().mean(-1, keepdim=True), weight)
                columns.lerp_(g.square().mean(-2, keepdim=True), weight)
                variance = rows @ columns / rows.mean(-2, keepdim=True).clamp(min=small)
            else:
                variance = state["variance"].lerp_(g.square(), weight)
            update = variance.clamp(min=small * small).rsqrt() * g
            shrink = (update.norm(2) / (math.sqrt(update.numel()) * group["d"])).clamp(min=1.0)
            p.sub_(update * (alpha / shrink))


def _orthogonalised(matrix: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """The nearest matrix of orthonormal rows or columns, about, by Newton and Schulz's iteration in bfloat16."""
    if steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if matrix.dim() != 2:
        raise ValueError("Input tensor gradient must be a 2D matrix")
    if len(coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    a, b, c = coefficients
    x = matrix.bfloat16()
    tall = x.size(0) > x.size(1)
    x = x.T if tall else x
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = taeda.addmm(x, taeda.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


def _adjusted(lr: float, how: str | None, shape: Any) -> float:
    rows, columns = shape[:2]
    if how is None or how == "original":
        return lr * math.sqrt(max(1, rows / columns))
    if how == "match_rms_adamw":
        return lr * 0.2 * math.sqrt(max(rows, columns))
    return lr


class Muon(GroupwiseOptimizer):
    """Momentum whose matrices are made orthogonal before the step (Jordan 2024). For matrices only."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        if isinstance(lr, taeda.Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        check_option(0.0 <= lr, f"Learning rate should be >= 0 but is: {lr}")
        check_option(0.0 <= momentum, f"momentum should be >= 0 but is: {momentum}")
        check_option(0.0 <= weight_decay, f"weight decay should be >= 0 but is: {weight_decay}")
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        options = {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
        }  # fmt: skip
        super().__init__(params, options)
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim != 2:
                    raise ValueError(f"Muon only supports 2D parameters whereas we found a parameter with size: "
                                     f"{p.size()}")

    def _step_group(self, group: dict[str, Any]) -> None:
        def initialise(parameter: Any, state: State) -> None:
            state["momentum_buffer"] = zeros_like(parameter)

        lr = number(group["lr"])
        for p, g, state in zip(*with_gradients(self, group, initialise), strict=True):
            if g.ndim != 2:
                raise ValueError("Param gradient must be a 2D matrix")
            buffer = state["momentum_buffer"].lerp_(g, 1 - group["momentum"])
            update = g.lerp(buffer, group["momentum"]) if group["nesterov"] else buffer
            update = _orthogonalised(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
            p.mul_(1 - lr * group["weight_decay"])
            p.add_(update, alpha=-_adjusted(lr, group["adjust_lr_fn"], p.shape))


def adafactor(
    params: list[Any], grads: list[Any], row_vars: list[Any], col_vars: list[Any], variances: list[Any],
    state_steps: list[Any], foreach: bool | None = None, grad_scale: Any = None, found_inf: Any = None,
    has_complex: bool = False, *, d: float, lr: Any, beta2_decay: float, weight_decay: float, eps1: float | None,
    eps2: float, maximize: bool,
) -> None:
    """A step of Adafactor for lists of parameters, gradients and the tensors of its state, which are changed."""
    states = {"step": state_steps, "row_var": row_vars, "col_var": col_vars, "variance": variances}
    functional_step(Adafactor, params, grads, states, grad_scale=grad_scale, found_inf=found_inf, d=d, lr=lr,
                    beta2_decay=beta2_decay, weight_decay=weight_decay, eps=(eps1, eps2), maximize=maximize)
