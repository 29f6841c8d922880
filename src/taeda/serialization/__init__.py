"""Saving and loading. Files are PyTorch's, both ways, and loading never runs code that stands in a file."""

import contextlib
import io
import mmap as memory_mapping
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import taeda
from taeda.ir.dtype import itemsize
from taeda.serialization import legacy
from taeda.serialization.archive import ArchiveReader, ArchiveWriter
from taeda.serialization.errors import CheckpointError, UnsafePickleError
from taeda.serialization.globals import dtype_called
from taeda.serialization.memory import bytes_of, storage_from, storage_on
from taeda.serialization.pickling import (
    TorchPickler,
    _rebuild_meta_tensor_no_storage,
    _rebuild_parameter,
    _rebuild_storage,
    _rebuild_subclass,
    _rebuild_tensor_v2,
    deepcopy_tensor,
    reduce_tensor,
)
from taeda.serialization.safetensors import load_safetensors, map_safetensors, save_safetensors
from taeda.serialization.unpickling import TypedStorage, Unpickler

__all__ = [
    "DEFAULT_PROTOCOL", "MAP_LOCATION", "CheckpointError", "UnsafePickleError", "_rebuild_meta_tensor_no_storage",
    "_rebuild_parameter",
    "_rebuild_storage", "_rebuild_subclass", "_rebuild_tensor_v2", "add_safe_globals", "clear_safe_globals",
    "deepcopy_tensor", "get_safe_globals", "load", "load_safetensors", "map_safetensors", "reduce_tensor",
    "safe_globals", "save", "save_safetensors",
]  # fmt: skip

# What `map_location` may be, and the protocol of pickles that `save` writes by default.
MAP_LOCATION = Callable[[Any, str], Any] | taeda.device | str | dict[str, str] | None
DEFAULT_PROTOCOL = 2

_allowed: dict[str, Any] = {}
_allowed_lock = threading.Lock()


def _full_name(item: Any) -> tuple[str, Any]:
    if isinstance(item, tuple):
        if len(item) != 2 or type(item[1]) is not str:
            raise ValueError(f"Expected a tuple (global, str of callable full path), but got {item}")
        return item[1], item[0]
    return f"{item.__module__}.{item.__qualname__}", item


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let files name these classes and functions, which then are called when such a file is loaded.

    Each is the object itself, or a pair of it and the full name that files use for it.
    """
    with _allowed_lock:
        _allowed.update(_full_name(item) for item in safe_globals)


def get_safe_globals() -> list[Any]:
    """What `add_safe_globals` has added."""
    return list(_allowed.values())


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` has added."""
    with _allowed_lock:
        _allowed.clear()


@contextlib.contextmanager
def safe_globals(safe_globals: list[Any]) -> Iterator[None]:
    """`add_safe_globals` for the time of a `with` block."""
    before = dict(_allowed)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        with _allowed_lock:
            _allowed.clear()
            _allowed.update(before)


def save(
    obj: Any,
    f: Any,
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Save an object to a file, in the format of `torch.save`.

    `f`: a path, or an object with `write`. Tensors are written with all of the memory they lie in, once for all tensors
    that share it. `_use_new_zipfile_serialization=False` writes the format that PyTorch had before 1.6. `pickle_module`
    and `pickle_protocol` are accepted for compatibility and not used.
    """
    pickled = io.BytesIO()
    pickler = TorchPickler(pickled, legacy=not _use_new_zipfile_serialization)
    try:
        pickler.dump(obj)
    except RecursionError:
        raise RecursionError("save: the object is nested too deeply to be pickled") from None

    def write(file: Any, root: str) -> None:
        if _use_new_zipfile_serialization:
            _write(file, root, pickled.getbuffer(), pickler.storages)
        else:
            legacy.write(file, pickled.getbuffer(), pickler)

    if isinstance(f, (str, os.PathLike)):
        with open(f, "wb") as file:
            write(file, os.path.splitext(os.path.basename(os.fspath(f)))[0] or "archive")
    elif hasattr(f, "write"):
        write(f, "archive")
        if hasattr(f, "flush"):  # who opens the file by its name reads all of it
            f.flush()
    else:
        raise AttributeError(f"expected 'f' to be string, path, or a file-like object with a 'write' attribute, "
                             f"but got {type(f)}")  # fmt: skip


def _write(file: Any, root: str, pickled: Any, storages: list[Any]) -> None:
    writer = ArchiveWriter(file)
    writer.add(f"{root}/data.pkl", pickled)
    writer.add(f"{root}/.format_version", b"1")
    writer.add(f"{root}/.storage_alignment", b"64")
    writer.add(f"{root}/byteorder", b"little")
    for key, storage in enumerate(storages):
        writer.add(f"{root}/data/{key}", bytes_of(storage))
    writer.add(f"{root}/version", b"3\n")
    writer.close()


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Load an object saved by `save` or by `torch.save`.

    `f`: a path, or a file object opened in binary mode. Plain values and tensors are built; other classes and functions
    must be named first (`add_safe_globals`). `weights_only=False` builds NumPy's arrays too, and instances of classes
    that the program has imported already (modules, records), of whose code only the `__setstate__` of a module runs;
    nothing is imported.
    `map_location`: where tensors go, as a device, a dictionary from saved to wanted devices, or a function. `mmap`:
    tensors lie in the mapped file (a path) and are read when they are used; writing to them does not change the file.

    Raises `CheckpointError` for a damaged file, and its subclass `UnsafePickleError` (also a
    `pickle.UnpicklingError`) for one that names what is not on the list.
    """
    with_objects = weights_only is False
    if isinstance(f, (str, os.PathLike)):
        name = os.fspath(f)
        with open(f, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                raise CheckpointError(f"failed reading {name}: the file is empty")
            # Copy on write: what is done to a tensor on the mapping never reaches the file.
            with_access = memory_mapping.ACCESS_COPY if mmap else memory_mapping.ACCESS_READ
            data = memory_mapping.mmap(file.fileno(), 0, access=with_access)
        if mmap:
            return _load(data, name, map_location, with_objects, mapped=True)
        try:
            return _load(data, name, map_location, with_objects)
        finally:
            with contextlib.suppress(BufferError):  # an exception's traceback may still hold views of it
                data.close()
    if mmap:
        raise ValueError("f must be a string or PathLike object in order to use mmap argument")
    if not hasattr(f, "read"):
        raise AttributeError(
            f"expected 'f' to be string, path, or a file-like object with a 'read' attribute, but got {type(f)}"
        )
    name = str(getattr(f, "name", None) or f"<{type(f).__name__}>")
    if isinstance(f, io.BytesIO):
        position = f.tell()
        view = f.getbuffer()
        try:
            return _load(view[position:], name, map_location, with_objects)
        finally:
            f.seek(len(view))
    content = f.read()
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise TypeError("load: the file must be opened in binary mode")
    return _load(content, name, map_location, with_objects)


def _load(data: Any, name: str, map_location: Any, with_objects: bool = False, mapped: bool = False) -> Any:
    view = memoryview(data).cast("B")
    if bytes(view[: len(legacy.MAGIC)]) == legacy.MAGIC:
        if mapped:
            raise RuntimeError(
                "mmap can only be used with files saved with `torch.save(_use_new_zipfile_serialization=True), please "
                f"torch.save your checkpoint with this option in order to use mmap. {name}")
        with _named(name):
            return legacy.read(view, _mover(map_location), dict(_allowed), with_objects)
    archive = ArchiveReader(view, name)
    pickles = [entry for entry in archive.entries if entry.rpartition("/")[2] == "data.pkl"]
    if len(pickles) != 1:
        raise CheckpointError(f"failed reading {name}: expected one entry 'data.pkl', found {len(pickles)}")
    root = pickles[0].rpartition("/")[0]
    if f"{root}/byteorder" in archive.entries:
        order = bytes(archive.content(f"{root}/byteorder"))
        if order != b"little":
            raise CheckpointError(f"failed reading {name}: byte order {order!r} is not supported")
    loaded: dict[str, tuple[Any, int]] = {}
    move = _mover(map_location)

    def load_storage(dtype: str, key: str, location: str, count: int) -> Any:
        if key not in loaded:
            entry_name = f"{root}/data/{key}"
            content = archive.content(entry_name, check=not mapped)
            if mapped:
                storage = storage_on(data, archive.entries[entry_name].offset, content.nbytes)
            else:
                storage = storage_from(content)
            loaded[key] = move(storage, location), content.nbytes
        storage, size = loaded[key]
        kind = dtype_called(dtype)
        if kind is None:
            raise CheckpointError(f"storage {key} has dtype {dtype}, which is not there yet")
        if count < 0 or count * itemsize(dtype) != size:
            raise CheckpointError(f"storage {key} should hold {count} elements of {dtype}, but has {size} bytes")
        return TypedStorage(storage, kind)

    pickled = bytes(archive.content(pickles[0]))
    with _named(name):
        return Unpickler(pickled, load_storage, dict(_allowed), with_objects).load()


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """What is wrong in a file is said with its name."""
    try:
        yield
    except CheckpointError as error:
        raise type(error)(f"failed reading {name}: {error}") from None
    except (UnicodeDecodeError, OverflowError, KeyError, IndexError) as error:
        raise CheckpointError(f"failed reading {name}: {type(error).__name__}: {error}") from None


def _mover(map_location: Any) -> Callable[[Any, str], Any]:
    """What brings a storage from where it was saved to where it is wanted. Everything here is on the CPU."""

    def to(storage: Any, location: str) -> Any:
        if location.partition(":")[0] == "cpu":
            return storage
        if location.startswith("cuda"):
            raise RuntimeError(
                "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are "
                "running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map "
                "your storages to the CPU."
            )
        raise RuntimeError(f"don't know how to restore data location of a storage (tagged with {location})")

    if map_location is None:
        return to
    if isinstance(map_location, dict):
        return lambda storage, location: to(storage, str(map_location.get(location, location)))
    if isinstance(map_location, (str, taeda.device)):
        return lambda storage, location: to(storage, str(map_location))
    if not callable(map_location):
        raise TypeError(f"map_location must be a device, a dictionary or a function, but got {type(map_location)}")

    def moved(storage: Any, location: str) -> Any:
        result = map_location(storage, location)
        return to(storage, location) if result is None else result

    return moved


def __getattr__(name: str) -> Any:
    if not name.startswith("_") and name != "config":
        import importlib

        config = importlib.import_module("taeda.serialization.config")
        if name in config.__all__:
            return getattr(config, name)
    if name in ("Storage", "StorageType"):
        from taeda.storage import TypedStorage as kind

        return kind
    raise AttributeError(f"module 'taeda.serialization' has no attribute {name!r}")
