"""Conversions: to another dtype, device or type. A tensor that is already what is asked for is returned itself."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

from taeda import _core
from taeda._binding import internal, modules
from taeda.functions.function import Function, function
from taeda.ir.dtype import TENSORS, info
from taeda.ops.signature import Device, DType, MemoryFormat, Object, Sample, Tensor, sample


def _convert(x: Any, dtype: Any, copy: bool) -> Any:
    if dtype is None or dtype == x.dtype:
        return x.clone() if copy else x
    return internal.convert(x, dtype)


def _moved(x: Any, device: Any, dtype: Any, copy: bool) -> Any:
    """`x` on a device, and with a dtype."""
    if device is None or device.type == x.device.type:
        return _convert(x, dtype, copy)
    if x.is_meta:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")
    return _convert(_core.call_on(device, modules["torch"]["clone"], x), dtype, False)


def in_memory_format(x: Any, memory_format: Any, copy: bool = False) -> Any:
    """`x` laid out as a memory format says; itself where it is already and no copy is wanted."""
    if memory_format is None or memory_format is _core.preserve_format:
        return x.clone() if copy else x
    if x.is_contiguous(memory_format=memory_format):
        return x.clone() if copy else x
    if memory_format is _core.contiguous_format:
        return x.contiguous()
    last, first = _CHANNELS_LAST[memory_format]
    if x.ndim != len(last):
        name = str(memory_format).removeprefix("torch.")
        raise RuntimeError(f"required rank {len(last)} tensor to use {name} format")
    return x.permute(last).contiguous().permute(first)


# The order of dimensions in memory, and the way back.
_CHANNELS_LAST = {
    _core.channels_last: ((0, 2, 3, 1), (0, 3, 1, 2)),
    _core.channels_last_3d: ((0, 2, 3, 4, 1), (0, 4, 1, 2, 3)),
}


@function(public="clone", overload="memory_format", method=True)
def clone_in_format(input: Tensor, *, memory_format: MemoryFormat | None) -> Any:
    """A new tensor with the elements of `input`, laid out as the memory format says."""
    return in_memory_format(input, memory_format, copy=True)


@function(public="contiguous", overload="memory_format", modules=(), method=True)
def contiguous_in_format(input: Tensor, memory_format: MemoryFormat | None) -> Any:
    """`input` itself if it is laid out as the memory format says, else a copy that is."""
    return in_memory_format(input, memory_format)


@function(modules=(), method=True)
def to(input: Tensor, dtype: DType, non_blocking: bool = False, copy: bool = False, *,
       memory_format: MemoryFormat | None = None) -> Any:
    """This tensor with another dtype."""
    return in_memory_format(_convert(input, dtype, copy), memory_format)


@function(public="to", overload="device", modules=(), method=True)
def to_device(input: Tensor, device: Device | None = None, dtype: DType | None = None, non_blocking: bool = False,
              copy: bool = False, *, memory_format: MemoryFormat | None = None) -> Any:
    """This tensor on another device, and with another dtype."""
    return in_memory_format(_moved(input, device, dtype, copy), memory_format)


@function(public="to", overload="other", modules=(), method=True)
def to_other(input: Tensor, other: Tensor, non_blocking: bool = False, copy: bool = False, *,
             memory_format: MemoryFormat | None = None) -> Any:
    """This tensor with the dtype, and on the device, of another."""
    return in_memory_format(_moved(input, other.device, other.dtype, copy), memory_format)


@to.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, dtype="float64"), non_blocking=False, dtype=make(1, dtype="int32").dtype)
    yield sample(make(3), make(1, dtype="float64").dtype, copy=True)


@to_other.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3), make(1, dtype="float64"))


@function(modules=(), method=True)
def type(input: Tensor, dtype: Object = None, non_blocking: bool = False) -> Any:
    """The type as a string ('torch.FloatTensor'), or this tensor converted to `dtype`."""
    if dtype is None:
        return "torch." + info(input.dtype._name).word + "Tensor"
    if isinstance(dtype, str):
        names = {info(name).word + "Tensor": name for name in TENSORS}
        found = names.get(dtype.rpartition(".")[2]) or dtype.removeprefix("torch.")
        if found not in TENSORS:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = getattr(_core, found)
    elif dtype is _core.Tensor:
        dtype = _core.get_default_dtype()
    elif isinstance(dtype, builtins.type):
        dtype = vars(dtype).get("dtype")  # a legacy tensor type: x.type(torch.LongTensor)
    if not isinstance(dtype, _core.dtype):
        raise TypeError("dtype must be a type, str, or dtype object")
    return _convert(input, dtype, False)


def _conversion(method: str, name: str) -> Function:
    def convert(input: Tensor, memory_format: MemoryFormat | None = None) -> Any:
        return _convert(input, getattr(_core, name), False)

    convert.__name__ = method
    convert.__doc__ = f"This tensor as {name}."
    return function(convert, modules=(), method=True)


for _name in TENSORS:
    if _method := info(_name).method:
        _conversion(_method, _name)


@function(modules=(), method=True)
def type_as(input: Tensor, other: Tensor) -> Any:
    """This tensor with the dtype of `other`."""
    return _convert(input, other.dtype, False)


@type_as.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3), make(1, dtype="float64"))


@function(modules=(), method=True)
def cpu(input: Tensor, memory_format: MemoryFormat | None = None) -> Any:
    """This tensor in the memory of the CPU."""
    return _moved(input, _core.device("cpu"), None, False)


@function(modules=(), method=True)
def cuda(input: Tensor, device: Object = None, non_blocking: bool = False,
         memory_format: MemoryFormat | None = None) -> Any:
    """A tensor on a CUDA device, which there is none of: this build of Taeda computes on the CPU."""
    raise AssertionError("Torch not compiled with CUDA enabled\nTaeda has kernels for device 'cpu' only so far")


@function
def from_dlpack(ext_tensor: Object, *, device: Device | None = None, copy: bool | None = None) -> Any:
    """A tensor on the memory of an object of another library, or of a DLPack capsule, or a copy of it.

    `device`: where the tensor is to be. `copy`: True for memory of its own, False for a ValueError where the object's
    cannot be shared.
    """
    shared = _core.from_dlpack(ext_tensor)
    moves = device is not None and device.type != shared.device.type
    if copy is False and moves:
        raise ValueError(f"from_dlpack(): a tensor on {device} cannot share memory on {shared.device}; leave out "
                         "copy=False")
    return _moved(shared, device, None, bool(copy))
