"""L-BFGS, with a line search for the strong Wolfe conditions."""

from collections.abc import Callable
from typing import Any

import taeda
from taeda.optim.optimizer import Optimizer, check_option, number

__all__ = ["LBFGS"]

# A point of the line search: step length, loss, gradient (flat), slope along the direction.
_Point = tuple[float, float, Any, float]


def _cubic_minimum(a: _Point, b: _Point, low: float | None = None, high: float | None = None) -> float:
    """Where the cubic through two points and their slopes is least, within bounds (Nocedal and Wright, eq. 3.59)."""
    (x1, f1, _, g1), (x2, f2, _, g2) = a, b
    if low is None or high is None:
        low, high = min(x1, x2), max(x1, x2)
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 * d1 - g1 * g2
    if square < 0:
        return (low + high) / 2.0
    d2 = square**0.5
    if x1 <= x2:
        at = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        at = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(at, low), high)


def _strong_wolfe(
    evaluate: Callable[[float], tuple[float, Any]], direction: Any, t: float, start: _Point, tolerance: float,
    c1: float = 1e-4, c2: float = 0.9, max_ls: int = 25,
) -> tuple[float, Any, float, int]:
    """A step length that lowers the loss enough and flattens its slope enough: loss, gradient, length, evaluations."""
    size = float(direction.abs().max())
    _, f0, _, g0 = start

    def point(at: float) -> _Point:
        loss, gradient = evaluate(at)
        return at, loss, gradient, float(gradient.dot(direction))

    now, evaluations = point(t), 1
    before, tries, done = start, 0, False
    bracket: list[_Point] = []
    while tries < max_ls:  # widen until a minimum is enclosed
        if now[1] > f0 + c1 * now[0] * g0 or (tries > 1 and now[1] >= before[1]):
            bracket = [before, now]
            break
        if abs(now[3]) <= -c2 * g0:
            bracket, done = [now], True
            break
        if now[3] >= 0:
            bracket = [before, now]
            break
        low, high = now[0] + 0.01 * (now[0] - before[0]), now[0] * 10
        t = _cubic_minimum(before, now, low, high)
        before, now = now, point(t)
        evaluations += 1
        tries += 1
    if tries == max_ls:
        bracket = [start, now]

    stuck = False
    best, worst = (0, 1) if len(bracket) == 1 or bracket[0][1] <= bracket[-1][1] else (1, 0)
    while not done and tries < max_ls:  # narrow
        width = abs(bracket[1][0] - bracket[0][0])
        if width * size < tolerance:
            break
        t = _cubic_minimum(bracket[0], bracket[1])
        ends = [p[0] for p in bracket]
        eps = 0.1 * (max(ends) - min(ends))
        if min(max(ends) - t, t - min(ends)) < eps:
            if stuck or t >= max(ends) or t <= min(ends):
                t = max(ends) - eps if abs(t - max(ends)) < abs(t - min(ends)) else min(ends) + eps
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        now = point(t)
        evaluations += 1
        tries += 1
        if now[1] > f0 + c1 * now[0] * g0 or now[1] >= bracket[best][1]:
            bracket[worst] = now
            best, worst = (0, 1) if bracket[0][1] <= bracket[1][1] else (1, 0)
        else:
            if abs(now[3]) <= -c2 * g0:
                done = True
            elif now[3] * (bracket[worst][0] - bracket[best][0]) >= 0:
                bracket[worst] = bracket[best]
            bracket[best] = now
    chosen = bracket[0 if len(bracket) == 1 else best]
    return chosen[1], chosen[2], chosen[0], evaluations


class LBFGS(Optimizer):
    """Newton's method with an inverse Hessian from the last `history_size` steps. `step` needs a closure that clears
    the gradients, computes the loss and its gradients, and returns the loss.

    `line_search_fn` is None (steps of length `lr`) or "strong_wolfe". One group of parameters only.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if isinstance(lr, taeda.Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        check_option(0.0 <= lr, f"Invalid learning rate: {lr}")
        options = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def _flat_gradient(self) -> Any:
        return taeda.cat([
            (taeda.zeros_like(_real(p)) if p.grad is None else _real(p.grad)).reshape(-1) for p in self._params
        ])  # fmt: skip

    def _move(self, length: float, direction: Any) -> None:
        params = [_real(p) for p in self._params]
        for p, part in zip(params, direction.split([p.numel() for p in params]), strict=True):
            p.add_(part.view_as(p), alpha=length)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Up to `max_iter` steps. Returns the loss before them."""
        if closure is None:
            raise TypeError("LBFGS.step() missing 1 required positional argument: 'closure'")
        with taeda.no_grad():
            return self._steps(taeda.enable_grad()(closure))

    def _steps(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        lr, change = number(group["lr"]), group["tolerance_change"]
        search = group["line_search_fn"]
        if search not in (None, "strong_wolfe"):
            raise RuntimeError("only 'strong_wolfe' is supported")
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        loss = float(first_loss)
        evaluations = 1
        state["func_evals"] += 1
        gradient = self._flat_gradient()
        if float(gradient.abs().max()) <= group["tolerance_grad"]:
            return first_loss
        direction, length = state.get("d"), state.get("t")
        old_dirs, old_stps, ro = state.get("old_dirs"), state.get("old_stps"), state.get("ro")
        scale, before, loss_before = state.get("H_diag"), state.get("prev_flat_grad"), state.get("prev_loss")
        iteration = 0
        while iteration < group["max_iter"]:
            iteration += 1
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                direction, old_dirs, old_stps, ro, scale = gradient.neg(), [], [], [], 1
            else:
                y, s = gradient.sub(before), direction.mul(length)
                ys = float(y.dot(s))
                if ys > 1e-10:
                    if len(old_dirs) == group["history_size"]:
                        for history in (old_dirs, old_stps, ro):
                            history.pop(0)
                    old_dirs.append(y)
                    old_stps.append(s)
                    ro.append(1.0 / ys)
                    scale = ys / float(y.dot(y))
                direction = _two_loops(gradient, old_dirs, old_stps, ro, scale)
            before, loss_before = gradient, loss
            if state["n_iter"] == 1:
                length = min(1.0, 1.0 / float(gradient.abs().sum())) * lr
            else:
                length = lr
            slope = float(gradient.dot(direction))
            if slope > -change:
                break
            if search is not None:
                start = [p.clone() for p in self._params]

                def evaluate(at: float, start: Any = start, along: Any = direction) -> tuple[float, Any]:
                    self._move(at, along)
                    value = float(closure())
                    found = self._flat_gradient()
                    for p, kept in zip(self._params, start, strict=True):
                        p.copy_(kept)
                    return value, found

                loss, gradient, length, count = _strong_wolfe(
                    evaluate, direction, length, (0.0, loss, gradient, slope), change
                )
                self._move(length, direction)
            else:
                self._move(length, direction)
                count = 0
                if iteration != group["max_iter"]:
                    loss = float(taeda.enable_grad()(closure)())
                    gradient = self._flat_gradient()
                    count = 1
            evaluations += count
            state["func_evals"] += count
            if (
                evaluations >= group["max_eval"]
                or float(gradient.abs().max()) <= group["tolerance_grad"]
                or float(direction.mul(length).abs().max()) <= change
                or abs(loss - loss_before) < change
            ):
                break
        state.update(
            d=direction, t=length, old_dirs=old_dirs, old_stps=old_stps, ro=ro, H_diag=scale, prev_flat_grad=before,
            prev_loss=loss_before,
        )  # fmt: skip
        return first_loss


def _real(tensor: Any) -> Any:
    """A tensor, or the parts of a complex one."""
    return taeda.view_as_real(tensor) if tensor.is_complex() else tensor


def _two_loops(gradient: Any, old_dirs: list[Any], old_stps: list[Any], ro: list[float], scale: Any) -> Any:
    """Minus the inverse Hessian times the gradient (Nocedal and Wright, algorithm 7.4)."""
    q = gradient.neg()
    weights = [0.0] * len(old_dirs)
    for k in reversed(range(len(old_dirs))):
        weights[k] = float(old_stps[k].dot(q)) * ro[k]
        q = q.add(old_dirs[k], alpha=-weights[k])
    r = q.mul(scale)
    for k in range(len(old_dirs)):
        r = r.add(old_stps[k], alpha=weights[k] - float(old_dirs[k].dot(r)) * ro[k])
    return r
