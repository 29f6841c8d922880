"""Calling a module with other parameters and buffers than its own."""

import contextlib
from collections.abc import Iterator
from typing import Any

from taeda.assertions import check_type
from taeda.nn.module import Module

__all__ = ["functional_call", "swapped"]


@contextlib.contextmanager
def swapped(module: Module, tensors: dict[str, Any], tie_weights: bool = True, strict: bool = False) -> Iterator[None]:
    """`tensors`, by dotted name, in place of the module's parameters and buffers for the time of a `with` block.

    `tie_weights`: a tensor that the module has under several names is replaced under all of them. `strict`: the names
    must be exactly the module's; otherwise others are ignored, as PyTorch does.
    """
    check_type("functional_call", "module", module, Module)
    own = dict(module.named_parameters(remove_duplicate=False))
    own.update(module.named_buffers(remove_duplicate=False))
    if strict:
        unexpected = [name for name in tensors if name not in own]
        missing = [name for name in own if name not in tensors]
        if unexpected or missing:
            parts = [
                f"\n\t{title} key(s): {', '.join(map(repr, names))}."
                for title, names in (("Unexpected", unexpected), ("Missing", missing))
                if names
            ]
            raise RuntimeError(f"Error(s) in reparametrizing for {type(module).__name__}:{''.join(parts)}")
    wanted = {name: tensor for name, tensor in tensors.items() if name in own}
    if tie_weights:
        chosen = {id(own[name]): tensor for name, tensor in wanted.items()}
        for name, tensor in own.items():
            if id(tensor) in chosen:
                wanted.setdefault(name, chosen[id(tensor)])
    places = []
    for name, tensor in wanted.items():
        path, _, last = name.rpartition(".")
        owner = module.get_submodule(path)
        table = owner._parameters if last in owner._parameters else owner._buffers
        places.append((table, last, table[last]))
        table[last] = tensor
    try:
        yield
    finally:
        for table, last, tensor in places:
            table[last] = tensor


def functional_call(
    module: Module,
    parameters_and_buffers: Any,
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """`module(*args, **kwargs)` with the given tensors, by dotted name, in place of its own (see `swapped`)."""
    given = parameters_and_buffers
    tensors: dict[str, Any] = {}
    for part in given if isinstance(given, (list, tuple)) else [given]:
        tensors.update(part)
    positional = () if args is None else args if isinstance(args, tuple) else (args,)
    with swapped(module, tensors, tie_weights, strict):
        return module(*positional, **(kwargs or {}))
