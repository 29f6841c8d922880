"""Tensors of modules put in place of others, as libraries do that call a module with other parameters."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import nn

__all__ = ["set_tensor", "swap_tensor"]

_MISSING: Any = object()


def _check(module: Any, name: str, tensor: Any) -> None:
    if not isinstance(module, nn.Module):
        raise TypeError(f"{module} is not an instance of torch.nn.Module")
    if tensor is not None and tensor is not _MISSING and not isinstance(tensor, taeda.Tensor):
        raise TypeError(f"{tensor} is not an instance of torch.Tensor")
    if "." in name or not name:
        raise KeyError('tensor name can\'t contain "."' if name else 'tensor name can\'t be empty string ""')


def set_tensor(module: Any, name: str, tensor: Any) -> None:
    """Put a tensor in the place of the parameter, buffer or attribute `name`."""
    _check(module, name, tensor)
    for home in (module._parameters, module._buffers):
        if name in home:
            home[name] = tensor
            return
    setattr(module, name, tensor)


def swap_tensor(module: Any, name: str, tensor: Any, allow_missing: bool = False) -> Any:
    """Put a tensor in the place of the parameter, buffer or attribute `name`, and return what was there.

    `allow_missing`: there may be nothing. Raises AttributeError where there is nothing otherwise.
    """
    _check(module, name, tensor)
    for home in (module._parameters, module._buffers):
        if name in home:
            before = home[name]
            if tensor is _MISSING:
                del home[name]
            else:
                home[name] = tensor
            return before
    before = getattr(module, name, _MISSING)
    if before is _MISSING and not allow_missing:
        raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
    if before is not None and before is not _MISSING and not isinstance(before, taeda.Tensor):
        raise TypeError(f"attribute `{name}`: {before} is not an instance of torch.Tensor")
    if tensor is not _MISSING:
        setattr(module, name, tensor)
    elif before is not _MISSING:
        delattr(module, name)
    return before
