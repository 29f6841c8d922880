"""Modules made without initialising their parameters."""

from __future__ import annotations

import inspect
from typing import Any

import taeda
from taeda.nn.module import Module

__all__ = ["skip_init"]


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """`module_cls(*args, **kwargs)` whose parameters are uninitialised: made on "meta", then given memory.

    Example::

        >>> import taeda as torch
        >>> layer = torch.nn.utils.skip_init(torch.nn.Linear, 5, 1)
        >>> layer.weight.shape, layer.weight.device
        (torch.Size([1, 5]), device(type='cpu'))
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    place = kwargs.pop("device", taeda.get_default_device())
    return module_cls(*args, device="meta", **kwargs).to_empty(device=place)
