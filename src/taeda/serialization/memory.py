"""Tensors and the bytes they lie in: the only place that knows how."""

from typing import Any

import taeda
from taeda import _core
from taeda._binding import internal

Storage = _core.UntypedStorage


def dtype_name(dtype: Any) -> str:
    """`"float32"` for `taeda.float32`."""
    return str(dtype).rpartition(".")[2]


def storage_of(tensor: Any) -> Any:
    """The memory that a tensor lies in; equal for tensors that share it. Supports the buffer protocol."""
    return tensor.untyped_storage()


def bytes_of(storage: Any) -> memoryview:
    """The bytes of a storage."""
    return memoryview(storage).cast("B")


def storage_from(data: Any) -> Any:
    """A new storage that holds a copy of the bytes of a buffer."""
    view = memoryview(data).cast("B")
    storage = Storage(view.nbytes)
    if view.nbytes:
        memoryview(storage).cast("B")[:] = view
    return storage


def copy_of(storage: Any) -> Any:
    """A new storage with the same bytes; on "meta", of as many."""
    if storage.device.type == "meta":
        return Storage(storage.nbytes(), storage.device)
    return storage_from(bytes_of(storage))


def meta_tensor(dtype: Any, size: tuple[int, ...], stride: tuple[int, ...], requires_grad: bool) -> Any:
    """A tensor without memory."""
    tensor = taeda.empty_strided(size, stride, dtype=dtype, device="meta")
    return tensor.requires_grad_() if requires_grad else tensor


def storage_on(buffer: Any, offset: int, count: int) -> Any:
    """A storage on the memory of a buffer, without a copy."""
    if count == 0:
        return Storage(0)
    return storage_of(taeda.frombuffer(buffer, dtype=taeda.uint8, count=count, offset=offset))


def tensor_on(storage: Any, dtype: Any, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    """A tensor in a storage; offset and strides in elements. `RuntimeError` if it would leave the storage."""
    return _core.tensor_on_storage(storage, dtype, offset, size, stride)


def pending_bits(tensor: Any) -> dict[str, bool]:
    """What files say of lazy conjugates and negatives, whose memory holds other numbers: {"conj": True}, say."""
    if not _core.is_mirrored(tensor):
        return {}
    return {"conj" if tensor.is_complex() else "neg": True}


def with_bits(tensor: Any, bits: Any) -> Any:
    """A tensor just made on a storage, as the bits of a file say that it is to be read."""
    if not isinstance(bits, dict) or not any(bits.get(k) is True for k in ("conj", "neg")):
        return tensor
    with taeda.no_grad():
        return internal.mirror(tensor).detach()
