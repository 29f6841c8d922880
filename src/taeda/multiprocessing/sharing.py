"""Memory that several processes have: files without a name, mapped by each of them.

`share` moves a storage's memory to such a file. `Tensor.share_memory_` and the reductions below call it, which pickle
tensors for other processes: what goes through a queue, a pipe or to a process that is started is the descriptor of the
file (`multiprocessing.reduction.DupFd`), which the receiver maps as well. So both have one memory, and nothing is
copied. The file is gone when the last mapping is.
"""

from __future__ import annotations

import mmap
import os
import weakref
from multiprocessing import reduction
from typing import Any

import taeda
from taeda import _core
from taeda.serialization.memory import pending_bits, with_bits
from taeda.shared_memory import new_file

__all__ = ["mapping_of", "reduce_storage", "reduce_tensor", "share"]


class Mapping(mmap.mmap):
    """The mapping of a file of shared memory."""

    descriptor: int
    before: Any = None  # the memory that a storage was in, where others still point to it

    @classmethod
    def of(cls, descriptor: int, size: int) -> Mapping:
        """The mapping of an open file, which it closes when it goes."""
        try:
            made = cls(descriptor, size)
        except (OSError, ValueError):
            os.close(descriptor)
            raise
        made.descriptor = descriptor
        weakref.finalize(made, os.close, descriptor).atexit = False
        return made


_known: weakref.WeakValueDictionary[tuple[int, int], Mapping] = weakref.WeakValueDictionary()  # by device and inode


def mapping_of(storage: Any) -> Mapping | None:
    """The mapping that a storage lies in; None if its memory is this process's alone."""
    owner = _core.storage_owner(storage)
    found = owner.obj if isinstance(owner, memoryview) else None
    return found if isinstance(found, Mapping) else None


def share(storage: Any) -> None:
    """Move the memory of a storage of the CPU to a file that other processes can map, unless it is in one. A storage
    of no bytes stays as it is."""
    if mapping_of(storage) is not None or storage.nbytes() == 0:
        return
    if storage.device.type != "cpu":
        raise NotImplementedError(f"share_memory_(): there is no memory to share on the device {storage.device}")
    exported = _core.storage_exported(storage)
    made = Mapping.of(new_file(storage.nbytes()), storage.nbytes())
    before = _core.move_storage(storage, memoryview(made))
    if exported:  # arrays of NumPy, say: they go on to show the memory that this was in
        made.before = before


# -- pickling for other processes --------------------------------------------------------------------------------------


def reduce_storage(storage: Any) -> tuple[Any, ...]:
    """How a storage goes to another process: as the file of its memory, into which it is moved."""
    size = storage.nbytes()
    if size == 0 or storage.device.type != "cpu":
        return _core.UntypedStorage, (size, str(storage.device))
    share(storage)
    mapping = mapping_of(storage)
    assert mapping is not None
    return _rebuild_storage, (reduction.DupFd(mapping.descriptor), size)


def _rebuild_storage(sent: Any, size: int) -> Any:
    descriptor = sent.detach()
    status = os.fstat(descriptor)
    if status.st_size < size:
        os.close(descriptor)
        raise RuntimeError(f"a storage of {size} bytes was sent with a file of {status.st_size}")
    key = status.st_dev, status.st_ino
    mapping = _known.get(key)
    if mapping is None:
        mapping = _known[key] = Mapping.of(descriptor, status.st_size)
    else:
        os.close(descriptor)
    return taeda.frombuffer(memoryview(mapping)[:size], dtype=taeda.uint8).untyped_storage()


def reduce_tensor(tensor: Any) -> tuple[Any, ...]:
    """How a tensor goes to another process: on the memory that it has, which both then share."""
    if tensor.requires_grad and not tensor.is_leaf:
        raise RuntimeError(
            "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support "
            "crossing process boundaries.  If you just want to transfer the data, call detach() on the tensor before "
            "serializing (e.g., putting it on the queue).")
    if tensor.layout is not _core.strided:
        by_value: tuple[Any, ...] = tensor.__reduce_ex__(2)
        return by_value
    described = str(tensor.dtype).removeprefix("torch."), tensor.storage_offset(), tuple(tensor.shape), tensor.stride()
    return _rebuild_tensor, (type(tensor), tensor.untyped_storage(), *described, tensor.requires_grad,
                             pending_bits(tensor))


def _rebuild_tensor(cls: type, storage: Any, dtype: str, offset: int, sizes: tuple[int, ...],
                    strides: tuple[int, ...], requires_grad: bool, bits: dict[str, bool]) -> Any:
    tensor = with_bits(_core.tensor_on_storage(storage, getattr(_core, dtype), offset, sizes, strides), bits)
    if cls is _core.Tensor:
        return tensor.requires_grad_(requires_grad)
    return _core.Tensor._make_subclass(cls, tensor, requires_grad)

