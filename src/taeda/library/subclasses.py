"""What the core asks for a subclass of Tensor with `__torch_dispatch__` (csrc/python/subclass.h).

`prepare` and `run` are a call of an op: how the class is called, and its answer. `gradient` is a backward, as calls of
ops. The others are what the core does to tensors by itself: those are ops too for such a class.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import taeda
from taeda import _core
from taeda.library.dispatching import as_aten, taken_apart
from taeda.library.overloads import packet

__all__ = [
    "Prepared", "detach", "get_item", "gradient", "item", "ones", "pieces", "prepare", "run", "set_item", "types_among",
]  # fmt: skip

# Functions that are ops to such a class: their bodies would make plain tensors.
_FUNCTIONS = frozenset((
    "empty_like", "full_like", "new_empty", "new_empty_strided", "new_full", "new_ones", "new_tensor", "new_zeros",
    "ones_like", "rand_like", "randint_like", "randn_like", "zeros_like",
))  # fmt: skip

Prepared = tuple[Any, tuple[Any, ...], dict[str, Any], list[Any]]


def _tensors_in(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, _core.Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors_in(value)


def _asked(*values: Any) -> list[Any]:
    """The tensors whose classes are asked: one of each, as they come, but subclasses before their bases."""
    asked: list[Any] = []
    for x in _tensors_in(values):
        if not _core.is_dispatching(x) or any(type(x) is type(y) for y in asked):
            continue
        asked.insert(next((k for k, y in enumerate(asked) if isinstance(x, type(y))), len(asked)), x)
    return asked


def types_among(*values: Any) -> tuple[type, ...]:
    """The classes with `__torch_dispatch__` of the tensors in these values."""
    return tuple(type(x) for x in _asked(*values))


def prepare(op: Any, parameters: Any, values: tuple[Any, ...], out: Any, is_function: bool) -> Any:
    """How the classes among the arguments are to be called; or a tuple with the result, of an op that PyTorch makes of
    others; or NotImplemented, of a function whose body is to run."""
    name = op.__name__
    if is_function and name not in _FUNCTIONS:
        return NotImplemented
    if out is None:
        found = taken_apart(name, values, True)
        if found is not NotImplemented:
            return (found,)
    func, args, kwargs = as_aten(op, parameters, values, out)
    return func, args, kwargs, _asked(values, out)


def run(op: Any, prepared: Prepared) -> Any:
    """What the first class gives that does not give NotImplemented; autograd has the call already."""
    func, args, kwargs, asked = prepared
    types = tuple(type(x) for x in asked)
    with taeda.no_grad():
        for x in asked:
            found = type(x).__torch_dispatch__(func, types, args, kwargs)
            if found is not NotImplemented:
                return found
    raise TypeError(
        f"Multiple dispatch failed for '{func}'; all __torch_dispatch__ handlers returned NotImplemented:\n\n"
        + "\n".join(f"  - tensor subclass {cls}" for cls in types)
        + "\n\nFor more information, try re-running with TORCH_LOGS=not_implemented")


def gradient(name: str, key: tuple[Any, ...], tensors: tuple[Any, ...], attributes: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradients of a call with objects of such classes: by the ops that its backward consists of."""
    from taeda.library.replay import gradient_of, replay

    return replay(gradient_of(name, key), tensors, attributes)


def _ask(name: str, *args: Any) -> Any:
    return run(None, (packet("aten", name).default, args, {}, _asked(args)))


def detach(x: Any) -> Any:
    """The same elements without history."""
    found = _ask("detach", x)
    return _core.shallow_copy(found) if found is x else found


def item(x: Any) -> Any:
    """The value of a tensor of one element."""
    return _ask("_local_scalar_dense", x)


def ones(x: Any) -> Any:
    """The gradient that a backward from `x` starts with."""
    with taeda.no_grad():
        return taeda.ones_like(x)


def pieces(whole: Any, along: bool, dim: int, lengths: list[int]) -> tuple[Any, ...]:
    """What split() and unbind() give: pieces along `dim`, or slices without it."""
    from taeda.func.lifted import Lifted

    return Lifted.pieces(whole, along, dim, lengths)


def get_item(x: Any, key: Any) -> Any:
    """x[key], one index after the other."""
    from taeda.func.indexing import get_item

    return get_item(x, key)


def set_item(x: Any, key: Any, value: Any) -> None:
    """x[key] = value."""
    from taeda.func.indexing import set_item

    if taeda.is_grad_enabled() and any(t.requires_grad for t in _tensors_in((x, value))):
        raise NotImplementedError(f"assigning to elements of a {type(x).__name__} under gradients: its class has no "
                                  "views that autograd follows; use torch.where or index_put")
    set_item(x, key, value)
