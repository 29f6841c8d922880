"""Files of the safetensors format: a header in JSON and the bytes of the tensors, nothing that could run."""

import json
import math
import mmap
import os
from typing import Any

import taeda
from taeda.ir.dtype import TENSORS, info, itemsize
from taeda.serialization.errors import CheckpointError
from taeda.serialization.memory import bytes_of, dtype_name, storage_from, storage_of, storage_on, tensor_on

_NAMES = {name: info(name).safetensors for name in TENSORS if info(name).safetensors}
_DTYPES = {short: name for name, short in _NAMES.items()}


def _content(name: str, tensor: Any) -> Any:
    """A contiguous tensor as the library wants it: an address since its version 0.8, bytes before."""
    import safetensors

    kind = dtype_name(tensor.dtype)
    size = tensor.numel() * tensor.element_size()
    if hasattr(safetensors, "TensorSpec"):
        address = tensor.data_ptr() if size else 0
        return safetensors.TensorSpec(dtype=kind, shape=list(tensor.shape), data_ptr=address, data_len=size)
    start = tensor.storage_offset() * tensor.element_size()
    data = bytes(bytes_of(storage_of(tensor))[start : start + size]) if size else b""
    return {"dtype": kind, "shape": list(tensor.shape), "data": data}


def _check_tensors(tensors: Any) -> None:
    if not isinstance(tensors, dict):
        raise ValueError(f"safetensors: expected a dict of [str, Tensor] but received {type(tensors)}")
    for name, tensor in tensors.items():
        if not isinstance(tensor, taeda.Tensor):
            raise ValueError(f"Key `{name}` is invalid, expected a Tensor but received {type(tensor)}")
        if dtype_name(tensor.dtype) not in _NAMES:
            raise ValueError(f"safetensors: tensor {name!r} has dtype {tensor.dtype}, which the format does not have")


def to_bytes(tensors: dict[str, Any], metadata: dict[str, str] | None = None) -> bytes:
    """The tensors as the bytes of a safetensors file. Tensors that share memory are written each for itself."""
    import safetensors

    _check_tensors(tensors)
    # Kept until the library has read them: it gets addresses.
    kept = {name: tensor.detach().resolve_conj().resolve_neg().contiguous() for name, tensor in tensors.items()}
    return safetensors.serialize({name: _content(name, tensor) for name, tensor in kept.items()}, metadata=metadata)


def save_safetensors(tensors: dict[str, Any], filename: Any, metadata: dict[str, str] | None = None) -> None:
    """Write a dictionary of names and tensors to a safetensors file.

    `metadata`: a dictionary of strings for the header. Raises `ValueError` for values that are not tensors.
    """
    data = to_bytes(tensors, metadata)
    with open(filename, "wb") as file:
        file.write(data)


def from_bytes(data: bytes, name: str = "safetensors data") -> dict[str, Any]:
    """The tensors of the bytes of a safetensors file."""
    import safetensors

    try:
        contents = safetensors.deserialize(data)
    except Exception as error:
        raise CheckpointError(f"failed reading {name}: {error}") from None
    result = {}
    for key, content in contents:
        kind = _DTYPES.get(content["dtype"])
        if kind is None:
            raise CheckpointError(f"failed reading {name}: tensor {key!r} has the unknown dtype {content['dtype']}")
        size = tuple(content["shape"])
        stride = []
        step = 1
        for extent in reversed(size):
            stride.append(step)
            step *= max(extent, 1)
        storage = storage_from(content["data"])
        result[key] = tensor_on(storage, getattr(taeda, kind), 0, size, tuple(reversed(stride)))
    return result


def load_safetensors(filename: Any, device: Any = "cpu") -> dict[str, Any]:
    """The tensors of a safetensors file by name.

    Raises `CheckpointError` for a damaged file, `FileNotFoundError` if there is none.
    """
    if str(device) != "cpu":
        raise NotImplementedError(f"load_safetensors: device {device} is not there yet")
    with open(filename, "rb") as file:
        data = file.read()
    return from_bytes(data, os.fspath(filename))


_LARGEST_HEADER = 100_000_000  # the limit of the format


def map_safetensors(filename: Any) -> dict[str, Any]:
    """The tensors of a safetensors file by name, in the file itself, which is mapped to memory: what is not used is not
    read, and what is written stays in this process.

    Raises `CheckpointError` for a damaged file, `FileNotFoundError` if there is none.
    """
    name = os.fspath(filename)
    with open(filename, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < 8:
            raise CheckpointError(f"failed reading {name}: {size} bytes are no safetensors file")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    length = int.from_bytes(mapped[:8], "little")
    if length > min(size - 8, _LARGEST_HEADER):
        raise CheckpointError(f"failed reading {name}: a header of {length} bytes in a file of {size}")
    try:
        header = json.loads(mapped[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"failed reading {name}: {error}") from None
    if not isinstance(header, dict):
        raise CheckpointError(f"failed reading {name}: the header is no object")
    header.pop("__metadata__", None)
    return {key: _mapped_tensor(mapped, 8 + length, size, key, entry, name) for key, entry in header.items()}


def _mapped_tensor(mapped: Any, start: int, size: int, key: str, entry: Any, name: str) -> Any:
    def whole(numbers: Any) -> bool:
        return isinstance(numbers, list) and all(type(n) is int and 0 <= n < 1 << 62 for n in numbers)

    if not isinstance(entry, dict) or not whole(entry.get("shape")) or not whole(entry.get("data_offsets")) or (
            len(entry["data_offsets"]) != 2):
        raise CheckpointError(f"failed reading {name}: the entry of tensor {key!r} is {entry!r}")
    kind = _DTYPES.get(entry.get("dtype")) if isinstance(entry.get("dtype"), str) else None
    if kind is None:
        raise CheckpointError(f"failed reading {name}: tensor {key!r} has the unknown dtype {entry.get('dtype')}")
    shape, (begin, end) = tuple(entry["shape"]), entry["data_offsets"]
    count = math.prod(shape)
    if end - begin != count * itemsize(kind) or start + end > size:
        raise CheckpointError(f"failed reading {name}: tensor {key!r} of shape {shape} and dtype {entry['dtype']} at "
                              f"bytes {begin} to {end} of {size - start}"
                              + (", so that it is cut short or damaged" if end > size - start else ""))
    strides = tuple(math.prod(shape[k + 1 :]) for k in range(len(shape)))
    if (start + begin) % itemsize(kind):  # elements that lie across their places are not used where they are
        storage = storage_from(memoryview(mapped)[start + begin : start + end])
    else:
        storage = storage_on(mapped, start + begin, end - begin)
    return tensor_on(storage, getattr(taeda, kind), 0, shape, strides)
