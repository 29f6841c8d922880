"""Modules as functions of their parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import taeda
from taeda import nn
from taeda.nn.utils import stateless

__all__ = ["functional_call", "replace_all_batch_norm_modules_", "stack_module_state"]


def functional_call(module: nn.Module, parameter_and_buffer_dicts: Any, args: Any = None,
                    kwargs: dict[str, Any] | None = None, *, tie_weights: bool = True, strict: bool = False) -> Any:
    """`module(*args, **kwargs)` with the given tensors, by dotted name, in place of its parameters and buffers.

    Several dicts may be given, which must not share names. `tie_weights`: what the module has under several names is
    replaced under all of them. `strict`: the names must be exactly the module's.

    >>> import taeda
    >>> from taeda.func import functional_call
    >>> functional_call(taeda.nn.Linear(2, 1, bias=False), {"weight": taeda.ones(1, 2)}, taeda.ones(2))
    tensor([2.])
    """
    if isinstance(parameter_and_buffer_dicts, dict):
        tensors = parameter_and_buffer_dicts
    elif isinstance(parameter_and_buffer_dicts, Sequence):
        if not all(isinstance(d, dict) for d in parameter_and_buffer_dicts):
            raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
        count = Counter(name for d in parameter_and_buffer_dicts for name in d)
        repeated = [name for name, n in count.items() if n > 1]
        if repeated:
            raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
        tensors = {name: tensor for d in parameter_and_buffer_dicts for name, tensor in d.items()}
    else:
        raise ValueError("Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
                         f"{type(parameter_and_buffer_dicts)}")
    return stateless.functional_call(module, tensors, args, kwargs, tie_weights=tie_weights, strict=strict)


def stack_module_state(models: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of modules of one class, each stacked along a new first dimension: what vmap runs
    an ensemble with.

    >>> import taeda
    >>> from taeda.func import functional_call, stack_module_state, vmap
    >>> models = [taeda.nn.Linear(2, 3) for _ in range(4)]
    >>> parameters, buffers = stack_module_state(models)
    >>> vmap(lambda p, x: functional_call(models[0], p, x), in_dims=(0, None))(parameters, taeda.ones(5, 2)).shape
    torch.Size([4, 5, 3])
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({m.training for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if any(type(m) is not type(models[0]) for m in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = [dict(m.named_parameters()) for m in models]
    buffers = [dict(m.named_buffers()) for m in models]
    return ({name: _stacked([p[name] for p in parameters], name) for name in parameters[0]},
            {name: _stacked([b[name] for b in buffers], name) for name in buffers[0]})


def _stacked(tensors: list[Any], name: str) -> Any:
    requires_grad = tensors[0].requires_grad
    if any(t.requires_grad != requires_grad for t in tensors):
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    result = taeda.stack(tensors)
    return result.detach().requires_grad_() if requires_grad else result


def replace_all_batch_norm_modules_(root: nn.Module) -> nn.Module:
    """Let the batch norms in `root` use the statistics of each batch alone, in place: running ones cannot be written to
    under vmap, where each example would have its own. Returns `root`.

    >>> import taeda
    >>> from taeda.func import replace_all_batch_norm_modules_
    >>> net = replace_all_batch_norm_modules_(taeda.nn.Sequential(taeda.nn.BatchNorm1d(3)))
    >>> net[0].running_mean is None
    True
    """
    for module in root.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root


def functionalize(func: Any, *, remove: str = "mutations") -> Any:
    """`func`, whose writes in place nobody else sees but through its arguments: it gives the same results.

    PyTorch takes writes out of a trace by it. A recording here keeps them, in order, with the aliases that they
    have, so there is nothing to take out: the function is called as it is.
    """
    import functools

    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(f"functionalize(f, remove='mutations'): Valid options for inner arg `remove` are: "
                           f"'mutations' or 'mutations_and_views', got {remove}")

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return wrapped
