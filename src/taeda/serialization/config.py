"""Settings of saving and loading, storages by location, and what a file would have to be allowed."""

from __future__ import annotations

import contextlib
import enum
import io
import mmap
import pickletools
import zipfile
from typing import Any

import taeda

__all__ = [
    "LoadEndianness", "SourceChangeWarning", "check_module_version_greater_or_equal", "default_restore_location",
    "get_crc32_options", "get_default_load_endianness", "get_default_mmap_options", "get_unsafe_globals_in_checkpoint",
    "location_tag", "normalize_storage_type", "set_crc32_options", "set_default_load_endianness",
    "set_default_mmap_options", "storage_to_tensor_type", "validate_cuda_device", "validate_hpu_device",
]  # fmt: skip


class LoadEndianness(enum.Enum):
    """The order of bytes of files that do not say theirs."""

    NATIVE = 1
    LITTLE = 2
    BIG = 3


class SourceChangeWarning(Warning):
    """The source of a class is not what it was when an object of it was saved."""


_endianness: LoadEndianness | None = None


def get_default_load_endianness() -> LoadEndianness | None:
    """The order of bytes of files that do not say theirs: None, which means little."""
    return _endianness


def set_default_load_endianness(endianness: LoadEndianness | None) -> None:
    """Set it. NotImplementedError for BIG: such files are not read."""
    global _endianness
    if endianness is not None and not isinstance(endianness, LoadEndianness):
        raise TypeError("Invalid argument type in function set_default_load_endianness")
    if endianness is LoadEndianness.BIG:
        raise NotImplementedError("files with the bytes of numbers in big-endian order are not read")
    _endianness = endianness


def get_crc32_options() -> bool:
    """Whether `save` computes check sums of its entries: always True."""
    return True


def set_crc32_options(compute_crc32: bool) -> None:
    """NotImplementedError for False: files have check sums, and loading verifies them."""
    if not compute_crc32:
        raise NotImplementedError("files without check sums are not written")


def get_default_mmap_options() -> int:
    """How `load(mmap=True)` maps files: MAP_PRIVATE."""
    return mmap.MAP_PRIVATE


def set_default_mmap_options(flags: int) -> Any:
    """NotImplementedError for MAP_SHARED: writing to a loaded tensor does not change its file. Also a `with` block."""
    if flags not in (mmap.MAP_PRIVATE, mmap.MAP_SHARED):
        raise ValueError(f"Invalid argument in function set_default_mmap_options, expected mmap.MAP_PRIVATE or "
                         f"mmap.MAP_SHARED, but got {flags}")
    if flags == mmap.MAP_SHARED:
        raise NotImplementedError("loading with MAP_SHARED is not there yet")
    return contextlib.nullcontext()


def check_module_version_greater_or_equal(module: Any, req_version_tuple: tuple[int, ...],
                                          error_if_malformed: bool = True) -> bool:
    """Whether `module.__version__` is at least a version."""
    try:
        found = tuple(type(r)(x) for r, x in zip(req_version_tuple, module.__version__.split("."), strict=False))
    except Exception as error:
        if error_if_malformed:
            raise RuntimeError(f"'{module.__name__}' module version string is malformed '{module.__version__}' and "
                               f"cannot be compared with tuple {req_version_tuple}") from error
        return True
    return found >= req_version_tuple


# -- locations ---------------------------------------------------------------------------------------------------------

def location_tag(storage: Any) -> str:
    """The name of where a storage is: "cpu", "meta"."""
    return str(storage.device.type)


def default_restore_location(storage: Any, location: str) -> Any:
    """The storage at a location of that name."""
    if location == "cpu":
        return storage
    if location == "meta":
        return taeda.UntypedStorage(storage.nbytes(), device="meta")
    raise RuntimeError(f"don't know how to restore data location of {type(storage)} (tagged with {location})")


def validate_cuda_device(location: str) -> int:
    """RuntimeError: there is no CUDA device to load to."""
    raise RuntimeError("Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If "
                       "you are running on a CPU-only machine, please use torch.load with "
                       "map_location=torch.device('cpu') to map your storages to the CPU.")


def validate_hpu_device(location: str) -> int:
    """RuntimeError: there is no HPU to load to."""
    raise RuntimeError("Attempting to deserialize object on a HPU device but torch.hpu.is_available() is False. If "
                       "you are running on a CPU-only machine, please use torch.load with "
                       "map_location=torch.device('cpu') to map your storages to the CPU.")


def normalize_storage_type(storage_type: Any) -> Any:
    """The storage class of the CPU for one of any device."""
    return getattr(taeda, storage_type.__name__)


def storage_to_tensor_type(storage: Any) -> Any:
    """The old tensor type for a storage: FloatTensor for a FloatStorage."""
    kind = storage if isinstance(storage, type) else type(storage)
    return getattr(taeda, kind.__name__.replace("Storage", "Tensor"))


# -- what a file names -------------------------------------------------------------------------------------------------


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """The names in a file that `load` would refuse, unless `add_safe_globals` allows them. Nothing is loaded.

    Raises ValueError for a file that is no zip archive, as those of PyTorch before 1.6.
    """
    from taeda.serialization import _allowed
    from taeda.serialization.unpickling import TABLE

    data = f.read() if hasattr(f, "read") else None
    try:
        with zipfile.ZipFile(io.BytesIO(data) if data is not None else f) as archive:
            name = next(n for n in archive.namelist() if n.endswith("/data.pkl"))
            pickled = archive.read(name)
    except (zipfile.BadZipFile, StopIteration) as error:
        raise ValueError("Expected input to be a checkpoint returned by torch.save") from error
    found: list[str] = []
    strings: list[str] = []
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name == "GLOBAL":
            found.append(str(argument).replace(" ", "."))
        elif opcode.name == "STACK_GLOBAL":
            found.append(".".join(strings[-2:]))
        elif isinstance(argument, str):
            strings.append(argument)
    return list(dict.fromkeys(n for n in found if n not in TABLE and n not in _allowed))
