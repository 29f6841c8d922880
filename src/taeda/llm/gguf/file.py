"""The layout of GGUF files: metadata, and tensors that stay where they are in the file, which is mapped to memory."""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import taeda
from taeda.serialization import CheckpointError

# Values of the metadata by their number in the format.
TEXT, LIST = 8, 9
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_LONGEST_LIST = 1 << 24


@dataclass(frozen=True)
class Kind:
    """A type of weights: so many elements in so many bytes."""

    name: str
    elements: int
    bytes: int


KINDS = {0: Kind("F32", 1, 4), 1: Kind("F16", 1, 2), 30: Kind("BF16", 1, 2), 2: Kind("Q4_0", 32, 18),
         8: Kind("Q8_0", 32, 34), 12: Kind("Q4_K", 256, 144), 14: Kind("Q6_K", 256, 210)}


class Reader:
    """The bytes of a file, read one after the other, none past the end."""

    def __init__(self, path: Path) -> None:
        self.path, self.at = path, 0
        with open(path, "rb") as file:
            self.size = os.fstat(file.fileno()).st_size
            if self.size < 24:
                raise CheckpointError(f"failed reading {path}: {self.size} bytes are no GGUF file")
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)

    def fail(self, reason: str) -> CheckpointError:
        return CheckpointError(f"failed reading {self.path}: {reason}")

    def scalar(self, form: str) -> Any:
        size = struct.calcsize(form)
        if self.at + size > self.size:
            raise self.fail(f"it ends at byte {self.size}, in the middle of the header")
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return value

    def text(self) -> str:
        length = self.scalar("<Q")
        if length > self.size - self.at:
            raise self.fail(f"a text of {length} bytes at byte {self.at} of {self.size}")
        self.at += length
        return self.data[self.at - length:self.at].decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == LIST:
            inner, count = self.scalar("<I"), self.scalar("<Q")
            if count > min(self.size - self.at, _LONGEST_LIST) or depth:
                raise self.fail(f"a list of {count} values at byte {self.at}")
            return [self.value(inner, depth + 1) for _ in range(count)]
        if kind not in SCALARS:
            raise self.fail(f"the unknown type {kind} of metadata at byte {self.at}")
        return self.scalar(SCALARS[kind])


@dataclass(frozen=True)
class Stored:
    """A tensor of the file: its shape as Taeda says it (last dimension fastest), and the bytes of it."""

    shape: tuple[int, ...]
    kind: Kind
    bytes: taeda.Tensor

    def rows(self, first: int, count: int) -> Stored:
        """Some rows of it, as a matrix: dimensions before the last one are taken together."""
        size = self.shape[-1] // self.kind.elements * self.kind.bytes
        return Stored((count, self.shape[-1]), self.kind, self.bytes[first * size:(first + count) * size])


def read(path: Path) -> tuple[dict[str, Any], dict[str, Stored]]:
    """The metadata and the tensors of a file. Raises `CheckpointError` for damaged files and types that are not there.
    """
    reader = Reader(path)
    if reader.data[:4] != b"GGUF":
        raise reader.fail("it is no GGUF file")
    reader.at = 4
    version, count, pairs = reader.scalar("<I"), reader.scalar("<Q"), reader.scalar("<Q")
    if version not in (2, 3):
        raise reader.fail(f"version {version} of the format, expected 2 or 3")
    if count > reader.size or pairs > reader.size:
        raise reader.fail(f"{count} tensors and {pairs} entries in {reader.size} bytes")
    metadata = {}
    for _ in range(pairs):
        key = reader.text()
        metadata[key] = reader.value(reader.scalar("<I"))
    entries = []
    for _ in range(count):
        name, dims = reader.text(), reader.scalar("<I")
        if dims > 8:
            raise reader.fail(f"tensor {name!r} of {dims} dimensions")
        shape = tuple(reader.scalar("<Q") for _ in range(dims))[::-1]
        entries.append((name, shape, reader.scalar("<I"), reader.scalar("<Q")))
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20:
        raise reader.fail(f"an alignment of {alignment!r}")
    start = -(-reader.at // alignment) * alignment
    return metadata, {name: _stored(reader, name, shape, kind, start + offset)
                      for name, shape, kind, offset in entries}


def _stored(reader: Reader, name: str, shape: tuple[int, ...], number: int, start: int) -> Stored:
    kind = KINDS.get(number)
    if kind is None:
        raise NotImplementedError(f"failed reading {reader.path}: tensor {name!r} is of type {number}; there are "
                                  f"{', '.join(k.name for k in KINDS.values())}")
    elements = 1
    for size in shape:
        elements *= size
    if not elements or shape[-1] % kind.elements:
        raise reader.fail(f"tensor {name!r} of shape {shape} in blocks of {kind.elements}")
    count = elements // kind.elements * kind.bytes
    if start + count > reader.size:
        raise reader.fail(f"tensor {name!r} at bytes {start} to {start + count} of {reader.size}")
    data = taeda.frombuffer(reader.data, dtype=taeda.uint8, count=count, offset=start)
    return Stored(shape, kind, data)
