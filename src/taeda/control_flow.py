"""Control flow as functions: `torch.cond`, `torch.while_loop`. They choose and repeat in Python, on the values at hand;
in a compiled function the condition is a value that is needed, so what it depends on runs then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda

__all__ = ["cond", "while_loop"]


def _truth(value: Any, what: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, taeda.Tensor):
        if value.numel() != 1 or value.dtype != taeda.bool:
            raise RuntimeError(f"{what} must be a bool or a tensor with one element of torch.bool, but got one of "
                               f"{value.dtype} with shape {tuple(value.shape)}")
        return bool(value)
    raise RuntimeError(f"{what} must be a bool or a tensor with one element, but got {type(value).__name__}")


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Any = ()) -> Any:
    """`true_fn(*operands)` if `pred`, else `false_fn(*operands)`.

    pred: a bool, or a tensor with one element of dtype bool.

    Example::

        >>> import taeda as torch
        >>> x = torch.tensor(3.0)
        >>> torch.cond(x > 0, lambda x: x.sqrt(), lambda x: -x, (x,))
        tensor(1.7321)
    """
    for name, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise RuntimeError(f"Expect both branches to be callable, got {name} {function!r}.")
    if not isinstance(operands, tuple | list):
        raise RuntimeError("Expect operands to be a tuple of possibly nested dict/list/tuple that only consists of "
                           f"tensor leaves, but got {operands!r}.")
    return (true_fn if _truth(pred, "pred") else false_fn)(*operands)


def while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Any) -> Any:
    """Call `body_fn(*values)` as long as `cond_fn(*values)`; the values are `carried_inputs`, then what it returned.

    body_fn returns as many values as it gets, of the same shapes and dtypes.

    Example::

        >>> import taeda as torch
        >>> double = lambda i, x: (i + 1, x * 2)
        >>> torch.while_loop(lambda i, x: i < 3, double, (torch.tensor(0), torch.tensor(1.0)))
        (tensor(3), tensor(8.))
    """
    if not callable(cond_fn) or not callable(body_fn):
        raise RuntimeError("Expect cond_fn and body_fn to be callable.")
    if not isinstance(carried_inputs, tuple | list):
        raise RuntimeError("Expect carried_inputs to be a tuple of possibly nested dict/list/tuple that only consists "
                           f"of tensor or int leaves, but got {carried_inputs!r}.")
    values = tuple(carried_inputs)
    while _truth(cond_fn(*values), "what cond_fn returns"):
        made = body_fn(*values)
        made = tuple(made) if isinstance(made, tuple | list) else (made,)
        if len(made) != len(values):
            raise RuntimeError(f"body_fn should return the same number of elements as carried_inputs, {len(values)}, "
                               f"but returned {len(made)}")
        for k, (before, after) in enumerate(zip(values, made, strict=True)):
            if isinstance(before, taeda.Tensor) and isinstance(after, taeda.Tensor) and (
                    before.shape != after.shape or before.dtype != after.dtype):
                raise RuntimeError(f"while_loop: element {k} was {before.dtype} of shape {tuple(before.shape)} and "
                                   f"became {after.dtype} of shape {tuple(after.shape)}")
        values = made
    return values
