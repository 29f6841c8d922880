"""Settings of the whole library that PyTorch has as functions, and what they choose: warnings, default types."""

from __future__ import annotations

import enum
import importlib
from typing import Any

import taeda
from taeda import _core

__all__ = [
    "AcceleratorError", "Tag", "get_device_module", "is_warn_always_enabled", "set_default_tensor_type",
    "set_warn_always",
]  # fmt: skip


class AcceleratorError(RuntimeError):
    """A device reported an error of its own."""


Tag = enum.Enum(
    "Tag", "core cudagraph_unsafe data_dependent_output dynamic_output_shape flexible_layout generated inplace "
    "inplace_view maybe_aliasing_or_mutating needs_contiguous_strides needs_exact_strides needs_fixed_stride_order "
    "nondeterministic_bitwise nondeterministic_seeded out out_variant pointwise pt2_compliant_tag reduction view_copy",
    module=__name__)
Tag.__doc__ = "What is said of an op beside its schema (`library.define(tags=...)`)."


def set_warn_always(b: bool, /) -> None:
    """Whether warnings that come once in PyTorch are to come each time. All warnings of Taeda are Python's and come as
    its filters say, so the setting is only kept."""
    global _warn_always
    if not isinstance(b, bool):
        raise TypeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _warn_always = b


_warn_always = False


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` said last: False unless it was called."""
    return _warn_always


def set_default_tensor_type(t: Any, /) -> None:
    """The dtype of tensors made from Python floats, by an old tensor type or its name: "torch.DoubleTensor".

    Prefer `set_default_dtype` and `set_default_device`.
    """
    from taeda import legacy_types

    name = t if isinstance(t, str) else getattr(t, "__name__", None)
    module = "" if isinstance(t, str) else getattr(t, "__module__", "")
    if not isinstance(name, str):
        raise TypeError(f"invalid type object: expected a tensor type or its name, got {t!r}")
    place, _, short = (name if isinstance(t, str) else f"{module}.{name}").rpartition(".")
    if place.endswith("cuda"):
        raise TypeError(f"type torch.cuda.{short} not available. Torch not compiled with CUDA enabled.")
    kind = getattr(legacy_types, short, None) if short in legacy_types.__all__ else None
    if kind is None:
        raise ValueError(f"invalid type: '{name}'" if isinstance(t, str) else f"invalid type object {t!r}")
    if not kind.dtype.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    taeda.set_default_dtype(kind.dtype)


def get_device_module(device: Any = None) -> Any:
    """The module of a device: `torch.cpu` for "cpu" and for None, where there is no accelerator."""
    name = "cpu" if device is None else _core.device(device).type
    try:
        return importlib.import_module(f"taeda.{name}")
    except ModuleNotFoundError:
        raise RuntimeError(f"Invalid device '{device}'. Taeda has no module for it, as there is 'cpu'.") from None
