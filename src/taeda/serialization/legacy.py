"""PyTorch's format before 1.6, which `_use_new_zipfile_serialization=False` still writes: no archive, but pickles one
after the other (a magic number, the format's version, sizes of C's integers, the object, the keys of its storages), and
after them for each storage the number of its elements and its bytes.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from typing import Any

from taeda.ir.dtype import itemsize
from taeda.serialization.errors import CheckpointError
from taeda.serialization.globals import STORAGE_OF_DTYPE, dtype_called
from taeda.serialization.memory import Storage, bytes_of
from taeda.serialization.pickling import TorchPickler
from taeda.serialization.unpickling import TypedStorage, Unpickler

_MAGIC_NUMBER, _VERSION = 0x1950A86A20F9469CFC6C, 1001
MAGIC = pickle.dumps(_MAGIC_NUMBER, 2)
_SYSTEM = {"protocol_version": _VERSION, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}


def write(file: Any, pickled: Any, pickler: TorchPickler) -> None:
    """Write the object that `pickler` has pickled."""
    for value in (_MAGIC_NUMBER, _VERSION, _SYSTEM):
        file.write(pickle.dumps(value, 2))
    file.write(pickled)
    keys = sorted(str(k) for k in range(len(pickler.storages)))
    file.write(pickle.dumps(keys, 2))
    kinds = pickler.kinds()
    for key in keys:
        content = bytes_of(pickler.storages[int(key)])
        # Storages whose dtype has no class of its own stand as bytes.
        width = itemsize(kinds[key]) if kinds[key] in STORAGE_OF_DTYPE else 1
        file.write(struct.pack("<q", content.nbytes // width))
        file.write(content)


def read(view: memoryview, move: Callable[[Any, str], Any], allowed: dict[str, Any], with_objects: bool) -> Any:
    """The object in a file that begins with `MAGIC`. `move` brings a storage from where it was to where it goes."""
    place = 0
    waiting: dict[str, tuple[Any, str, int]] = {}  # storages whose bytes come after the object

    def refused(*_: Any) -> Any:
        raise CheckpointError("the head of the file refers to a storage")

    def value(load_storage: Callable[..., Any] = refused, allowed: Any = None, with_objects: bool = False) -> Any:
        nonlocal place
        unpickler = Unpickler(view[place:], load_storage, allowed or {}, with_objects)
        found = unpickler.load()
        place += unpickler.place
        return found

    def load_storage(dtype: str, key: str, location: str, count: int) -> Any:
        kind = dtype_called(dtype)
        if kind is None:
            raise CheckpointError(f"storage {key} has dtype {dtype}, which is not there yet")
        if key not in waiting:
            if not 0 <= count * itemsize(dtype) <= len(view):
                raise CheckpointError(f"storage {key} should hold {count} elements of {dtype}, more than the file has")
            waiting[key] = move(Storage(count * itemsize(dtype)), location), dtype, count
        storage, known, length = waiting[key]
        if (known, length) != (dtype, count):
            raise CheckpointError(f"storage {key} is {length} elements of {known} and {count} of {dtype}")
        return TypedStorage(storage, kind)

    if value() != _MAGIC_NUMBER:
        raise CheckpointError("the magic number is another one")
    if (version := value()) != _VERSION:
        raise CheckpointError(f"version {version!r} of the format before 1.6 is unknown")
    system = value()
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise CheckpointError("only files of little-endian machines are read")
    result = value(load_storage, allowed, with_objects)
    keys = value()
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(waiting):
        raise CheckpointError("the storages that the object refers to are not those in the file")
    for key in keys:
        storage, dtype, count = waiting[key]
        end = place + 8 + count * itemsize(dtype)
        if end > len(view):
            raise CheckpointError(f"the file ends at byte {len(view)} in the middle of storage {key}")
        (length,) = struct.unpack("<q", view[place:place + 8])
        if length != count:
            raise CheckpointError(f"storage {key} should hold {count} elements of {dtype}, but has {length}")
        if count and storage.device.type != "meta":
            bytes_of(storage)[:] = view[place + 8:end]
        place = end
    return result
