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
        legacy_contiguous_format=_core.contiguous_format,
    )
    for name in (
        "tensor",
        "from_numpy",
        "frombuffer",
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
        "sparse_coo",
        "sparse_csr",
        "sparse_csc",
        "sparse_bsr",
        "sparse_bsc",
        "jagged",
        "contiguous_format",
        "preserve_format",
        "channels_last",
        "channels_last_3d",
        "default_generator",
        "OutOfMemoryError",
    ):
        names[name] = getattr(_core, name)
    names["_grouped_mm"] = modules["nn.functional"]["grouped_mm"]
    names.update(layout=type(_core.strided), memory_format=type(_core.contiguous_format))
    _register_hooks()
    for name in ("detach", "detach_", "is_inference"):
        names[name] = getattr(_core.Tensor, name)


def _lazily(module: str, name: str) -> Any:
    """A function that is imported when it is first called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    return call


# Methods of UntypedStorage in storage_methods.py, and the dtypes by whose methods it converts itself.
_STORAGE_METHODS = (
    "byteswap clone copy_ cpu cuda element_size fill_ get_device is_pinned is_shared new pin_memory resizable "
    "share_memory_ to type untyped"
).split()
_STORAGE_CONVERSIONS = (
    "bfloat16 bool byte char complex_double complex_float double float float8_e4m3fn float8_e4m3fnuz float8_e5m2 "
    "float8_e5m2fnuz half int long short"
).split()


def _complete_storage() -> None:
    """Give UntypedStorage the methods that are made of others."""
    storage = _core.UntypedStorage
    home = "taeda.storage_methods"
    for name in _STORAGE_METHODS:
        setattr(storage, name, _lazily(home, name))
    for name in _STORAGE_CONVERSIONS:
        setattr(storage, name, _lazy_conversion(name))
    for name in ("from_buffer", "from_file"):
        setattr(storage, name, staticmethod(_lazily(home, name)))
    storage.__getitem__ = _lazily(home, "get_item")
    storage.__setitem__ = _lazily(home, "set_item")
    storage.filename = property(lambda self: None, doc="The file that the memory is shared through: None.")
    for name in ("is_cuda", "is_hpu", "is_sparse", "is_sparse_csr"):
        setattr(storage, name, property(lambda self: False, doc="False."))


def _lazy_conversion(name: str) -> Any:
    def convert(self: Any) -> Any:
        from taeda.storage_methods import conversion

        return conversion(name)(self)

    convert.__name__ = name
    return convert


def _complete_tensor() -> None:
    """Methods and properties of tensors that are there for old programs, and for the array API standard."""
    tensor, home = _core.Tensor, "taeda.tensor_methods"
    for name in ("__array_namespace__", "__array_wrap__", "__reversed__", "__setstate__", "is_shared", "module_load",
                 "record_stream", "share_memory_", "to_device"):
        setattr(tensor, name, _lazily(home, name.removeprefix("__").removesuffix("__")))
    tensor._make_wrapper_subclass = staticmethod(_lazily(home, "make_wrapper_subclass"))
    tensor.__div__ = tensor.__truediv__
    tensor.__rdiv__ = tensor.__rtruediv__
    tensor.__idiv__ = tensor.__itruediv__
    tensor.__long__ = tensor.__int__
    tensor.__nonzero__ = tensor.__bool__
    for name in ("grad_dtype", "volatile", "__cuda_array_interface__"):
        plain = name.strip("_")
        setattr(tensor, name, property(_lazily(home, plain), _lazily(home, "set_" + plain)))


def _register_hooks() -> None:
    """What the Tensor type calls for indexing, assignment, printing, pickling."""
    _complete_storage()
    _complete_tensor()
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
