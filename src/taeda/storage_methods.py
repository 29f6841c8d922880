"""The methods of `UntypedStorage` beside those of the core, each made of the tensor of bytes that lies on the memory.

`_public.py` puts them on the type by name; they are imported when one is first called.
"""

from __future__ import annotations

import os
from typing import Any

import taeda
from taeda import _core

# What a storage converts itself to by a method of that name.
CONVERSIONS = {
    "bfloat16": "bfloat16", "bool": "bool", "byte": "uint8", "char": "int8", "complex_double": "complex128",
    "complex_float": "complex64", "double": "float64", "float": "float32", "float8_e4m3fn": "float8_e4m3fn",
    "float8_e4m3fnuz": "float8_e4m3fnuz", "float8_e5m2": "float8_e5m2", "float8_e5m2fnuz": "float8_e5m2fnuz",
    "half": "float16", "int": "int32", "long": "int64", "short": "int16",
}  # fmt: skip


def as_bytes(storage: Any) -> Any:
    """The tensor of bytes (uint8) on all of the memory."""
    return _core.tensor_on_storage(storage, _core.uint8, 0, (storage.nbytes(),), (1,))


def get_item(self: Any, index: Any) -> Any:
    """A byte; or by a slice the storage of some bytes, in the same memory."""
    if not isinstance(index, slice):
        return as_bytes(self)[index].item()
    start, stop, step = index.indices(self.nbytes())
    if step != 1:
        raise RuntimeError(f"Trying to slice with a step of {step}, but only a step of 1 is supported")
    if stop <= start:
        return _core.UntypedStorage(0)
    return taeda.frombuffer(memoryview(self)[start:stop], dtype=taeda.uint8).untyped_storage()


def element_size(self: Any) -> int:
    """Bytes of an element: 1."""
    return 1


def clone(self: Any) -> Any:
    """The same bytes in memory of their own."""
    return as_bytes(self).clone().untyped_storage()


def copy_(self: Any, source: Any, non_blocking: Any = None) -> Any:
    """Take the bytes of another storage of the same size."""
    source = source.untyped() if hasattr(source, "untyped") else source
    if source.nbytes() != self.nbytes():
        raise RuntimeError(f"size does not match, self was {self.nbytes()} bytes but src was {source.nbytes()} bytes")
    as_bytes(self).copy_(as_bytes(source))
    return self


def fill_(self: Any, value: int) -> Any:
    """Set all bytes."""
    as_bytes(self).fill_(value)
    return self


def cpu(self: Any) -> Any:
    """This storage, or a copy of it in the memory of the CPU."""
    if self.device.type == "cpu":
        return self
    raise NotImplementedError("Cannot copy out of meta tensor; no data!")


def cuda(self: Any, device: Any = None, non_blocking: bool = False) -> Any:
    """A copy on a CUDA device. AssertionError: there is none."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def to(self: Any, *, device: Any, non_blocking: bool = False) -> Any:
    """This storage on a device."""
    place = _core.device(device)
    if place == self.device:
        return self
    return cuda(self) if place.type == "cuda" else as_bytes(self).to(place).untyped_storage()


def type(self: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of this kind of storage; or, with a dtype, the bytes as numbers of that dtype, one for each."""
    return "torch.UntypedStorage" if dtype is None else _as(self, dtype)


def _as(self: Any, dtype: Any) -> Any:
    from taeda.storage import storage_class

    return storage_class(dtype)(wrap_storage=as_bytes(self).to(dtype).untyped_storage(), dtype=dtype)


def conversion(name: str) -> Any:
    """The method `name`: the bytes as numbers of the dtype, one for each."""
    dtype = getattr(_core, CONVERSIONS[name])

    def convert(self: Any) -> Any:
        return _as(self, dtype)

    convert.__name__ = name
    convert.__doc__ = f"The bytes as numbers of {dtype}, one for each."
    return convert


def untyped(self: Any) -> Any:
    """This storage."""
    return self


def new(self: Any) -> Any:
    """A storage without memory on the same device."""
    return _core.UntypedStorage(0, device=self.device)


def get_device(self: Any) -> int:
    """The number of the device; -1 on the CPU."""
    return -1 if self.device.index is None else int(self.device.index)


def resizable(self: Any) -> bool:
    """Whether resize_() may be called: True."""
    return True


def is_shared(self: Any) -> bool:
    """Whether other processes may have the memory too."""
    from taeda.multiprocessing.sharing import mapping_of

    return mapping_of(self) is not None


def share_memory_(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Move the memory to where other processes can have it too."""
    from taeda.multiprocessing.sharing import share

    share(self)
    return self


def is_pinned(self: Any, device: Any = "cuda") -> bool:
    """Whether an accelerator reads the memory by itself: False."""
    return False


def pin_memory(self: Any, device: Any = "cuda") -> Any:
    """Memory that an accelerator reads by itself. RuntimeError: there is no accelerator."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


def byteswap(self: Any, dtype: Any) -> None:
    """Turn the order of the bytes round in each element of this dtype."""
    size = dtype.itemsize if not dtype.is_complex else dtype.itemsize // 2
    if self.nbytes() % size:
        raise RuntimeError(f"the {self.nbytes()} bytes of the storage are not a multiple of the {size} of {dtype}")
    data = as_bytes(self)
    data.copy_(data.reshape(-1, size).flip(1).reshape(-1))


def set_item(self: Any, index: Any, value: Any) -> None:
    """Set a byte, or those of a slice."""
    as_bytes(self)[index] = value


def from_buffer(buffer: Any, byte_order: str | None = None, count: int = -1, offset: int = 0,
                dtype: Any = None) -> Any:
    """A storage with a copy of the bytes of `buffer`, as they are for elements of `dtype` in this byte order."""
    raw = memoryview(buffer).cast("B")[offset:]
    size = 1 if dtype is None else dtype.itemsize
    if size > 1 and byte_order not in ("little", "big", "native"):
        raise ValueError(f"invalid byte_order '{byte_order}' (expected 'big', 'little', or 'native')")
    wanted = len(raw) if count < 0 else count * size
    if wanted > len(raw):
        raise ValueError(f"buffer has only {len(raw)} bytes after offset {offset}, but specified a count of {count}")
    storage = (taeda.frombuffer(bytearray(raw[:wanted]), dtype=_core.uint8) if wanted else
               taeda.empty(0, dtype=_core.uint8)).untyped_storage()
    if byte_order == "big" and size > 1:
        byteswap(storage, dtype)
    return storage


def from_file(filename: str | os.PathLike[str], shared: bool = False, nbytes: int = 0) -> Any:
    """A storage of the first bytes of a file, mapped and not read; with shared=True writes go to the file."""
    return taeda.from_file(os.fspath(filename), shared, nbytes, dtype=_core.uint8).untyped_storage()
