"""Splitting batches over devices, running copies of a module on them, and putting the results together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import taeda

__all__ = ["gather", "parallel_apply", "replicate", "scatter", "scatter_kwargs"]


def scatter(inputs: Any, target_gpus: Sequence[Any], dim: int = 0) -> list[Any]:
    """One structure like `inputs` per device, with the tensors split along `dim`; everything else is repeated."""
    devices = [taeda.device("cuda", d) if isinstance(d, int) else taeda.device(d) for d in target_gpus]

    def split(value: Any) -> list[Any]:
        if isinstance(value, taeda.Tensor):
            return [part.to(d) for part, d in zip(value.chunk(len(devices), dim), devices, strict=False)]
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return [type(value)(*items) for items in zip(*map(split, value), strict=False)]
        if isinstance(value, tuple | list) and len(value) > 0:
            return [type(value)(items) for items in zip(*map(split, value), strict=False)]
        if isinstance(value, dict) and value:
            columns = zip(*map(split, value.values()), strict=False)
            return [type(value)(zip(value, items, strict=True)) for items in columns]
        return [value for _ in devices]

    return split(inputs)


def scatter_kwargs(
    inputs: Any, kwargs: dict[str, Any] | None, target_gpus: Sequence[Any], dim: int = 0
) -> tuple[tuple[Any, ...], tuple[dict[str, Any], ...]]:
    """Arguments by position and by name, split over the devices; as many of the ones as of the others."""
    positional = scatter(inputs, target_gpus, dim) if inputs else []
    named = scatter(kwargs, target_gpus, dim) if kwargs else []
    count = max(len(positional), len(named))
    positional += [() for _ in range(count - len(positional))]
    named += [{} for _ in range(count - len(named))]
    return tuple(positional), tuple(named)


def gather(outputs: Sequence[Any], target_device: Any, dim: int = 0) -> Any:
    """The results of all devices as one structure on `target_device`, tensors joined along `dim`."""
    device = taeda.device("cpu" if target_device == -1 else target_device)
    first = outputs[0]
    if isinstance(first, taeda.Tensor):
        return taeda.cat([o.unsqueeze(0).to(device) if o.ndim == 0 else o.to(device) for o in outputs], dim)
    if first is None:
        return None
    if isinstance(first, dict):
        if any(len(first) != len(o) for o in outputs):
            raise ValueError("All dicts must have the same number of keys")
        return type(first)((k, gather([o[k] for o in outputs], target_device, dim)) for k in first)
    items = [gather(column, target_device, dim) for column in zip(*outputs, strict=True)]
    return type(first)(*items) if hasattr(first, "_fields") else type(first)(items)


def replicate(network: Any, devices: Sequence[Any], detach: bool = False) -> list[Any]:
    """A copy of a module on each device, whose parameters are those of the original, moved."""
    import copy

    copies = []
    for d in devices:
        device = taeda.device("cuda", d) if isinstance(d, int) else taeda.device(d)
        memo: dict[int, Any] = {}
        for p in (*network.parameters(), *network.buffers()):
            moved = p.to(device)
            memo[id(p)] = moved.detach() if detach else moved.view_as(moved)
        made = copy.deepcopy(network, {})
        for (_, module), (_, source) in zip(made.named_modules(), network.named_modules(), strict=True):
            for name, p in source._parameters.items():
                if p is not None:
                    del module._parameters[name]
                    module.__dict__[name] = memo[id(p)]
            for name, b in source._buffers.items():
                if b is not None:
                    module._buffers[name] = memo[id(b)]
        copies.append(made)
    return copies


def parallel_apply(
    modules: Sequence[Any], inputs: Sequence[Any], kwargs_tup: Sequence[dict[str, Any]] | None = None,
    devices: Sequence[Any] | None = None,
) -> list[Any]:
    """Each module's result for its inputs. They run one after the other: the processor's threads are busy with each."""
    if len(modules) != len(inputs):
        raise AssertionError(f"The number of modules {len(modules)} is not equal to the number of inputs {len(inputs)}")
    named = kwargs_tup if kwargs_tup is not None else [{} for _ in modules]
    return [
        module(*(given if isinstance(given, tuple | list) else (given,)), **more)
        for module, given, more in zip(modules, inputs, named, strict=True)
    ]
