"""One step of an optimizer as a function of lists of tensors, without an optimizer: `torch.optim.adam.adam`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import taeda
from taeda.optim.optimizer import GroupwiseOptimizer, refuse_differentiable

__all__ = ["functional_step"]


def functional_step(
    optimizer: type[GroupwiseOptimizer], params: Sequence[Any], grads: Sequence[Any],
    states: Mapping[str, Sequence[Any]], *, differentiable: bool = False, grad_scale: Any = None, found_inf: Any = None,
    **options: Any,
) -> list[dict[str, Any]]:
    """Change `params`, and the tensors of `states` (the name of each entry, and its value for each parameter), as a
    step of the `optimizer` with these gradients and `options` does.

    Step counts must be tensors, as they are in states; they are counted up. `grad_scale` divides the gradients, and
    where `found_inf` is not zero nothing happens, both as the optimizers' own steps take them from a GradScaler.
    Returns the states, one for each parameter.
    """
    refuse_differentiable(differentiable)
    if not all(isinstance(step, taeda.Tensor) for step in states.get("step", ())):
        raise RuntimeError("API has changed, `state_steps` argument must contain a list of singleton tensors")
    if found_inf is not None and bool(found_inf):
        return [{name: values[k] for name, values in states.items()} for k in range(len(params))]
    if grad_scale is not None:
        grads = [grad / grad_scale for grad in grads]
    stepper = object.__new__(optimizer)
    stepper.state = defaultdict(dict)
    before = [param.grad for param in params]
    try:
        for place, (param, grad) in enumerate(zip(params, grads, strict=True)):
            param.grad = grad
            stepper.state[param] = {name: values[place] for name, values in states.items()}
        with taeda.no_grad():
            stepper._step_group({"maximize": False} | optimizer.missing_options | options | {"params": list(params)})
    finally:
        for param, grad in zip(params, before, strict=True):
            param.grad = grad
    return [stepper.state[param] for param in params]
