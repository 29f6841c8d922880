"""Files of the safetensors format: a header in JSON and the bytes of the tensors, nothing that could run."""

import os
from typing import Any

import taeda
from taeda.ir.dtype import TENSORS, info
from taeda.serialization.errors import CheckpointError
from taeda.serialization.memory import bytes_of, dtype_name, storage_from, storage_of, tensor_on

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
    kept = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
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
