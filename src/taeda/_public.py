"""Puts the public names in place: dtypes, ops and functions, constants, what the core itself offers."""

from __future__ import annotations

import importlib
import math
from typing import Any

from taeda import _binding, _core, _schemas
from taeda._binding import internal, modules
from taeda.functions import indexing
from taeda.ir.dtype import TENSORS, info


def install(names: dict[str, Any]) -> None:
    """Fill the namespace of the package."""
    _binding.bind(_schemas.load())
    for name in TENSORS:
        for n in (name, *info(name).aliases):
            names[n] = getattr(_core, name)
    names.update(modules["torch"])
    names.update(
        inf=math.inf,
        nan=math.nan,
        pi=math.pi,
        e=math.e,
        newaxis=None,
    )
    for name in (
        "tensor",
        "from_numpy",
        "frombuffer",
        "from_dlpack",
        "as_tensor",
        "asarray",
        "get_num_threads",
        "set_num_threads",
        "is_grad_enabled",
        "is_inference_mode_enabled",
        "is_anomaly_enabled",
        "set_anomaly_enabled",
        "is_anomaly_check_nan_enabled",
        "get_default_device",
        "get_default_dtype",
        "set_default_device",
        "strided",
        "contiguous_format",
        "preserve_format",
        "channels_last",
        "channels_last_3d",
        "default_generator",
        "OutOfMemoryError",
    ):
        names[name] = getattr(_core, name)
    names.update(layout=type(_core.strided), memory_format=type(_core.contiguous_format))
    _register_hooks()
    for name in ("detach", "detach_", "is_inference"):
        names[name] = getattr(_core.Tensor, name)


def _lazily(module: str, name: str) -> Any:
    """A function that is imported when it is first called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **kwargs)

    return call


def _register_hooks() -> None:
    """What the Tensor type calls for indexing, assignment, printing, pickling."""
    _core.set_indexing(indexing.get, indexing.put)
    tensor = _core.Tensor
    for name in ("copy_", "fill_", "unbind"):
        _core.set_operator(name, getattr(tensor, name))
    for name, module, function in (
        ("repr", "taeda.printing", "tensor_repr"),
        ("reduce_ex", "taeda.serialization", "reduce_tensor"),
        ("deepcopy", "taeda.serialization", "deepcopy_tensor"),
    ):
        _core.set_operator(name, _lazily(module, function))
    for name, op in (("T", internal.reversed_dims), ("mT", internal.matrix_transpose),
                     ("H", internal.reversed_adjoint), ("mH", internal.matrix_adjoint),
                     ("real", modules["torch"]["real"]), ("imag", modules["torch"]["imag"])):
        _core.set_operator(name, op)
