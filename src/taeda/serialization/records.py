"""The records of a checkpoint file, one by one: PyTorch's `PyTorchFileReader`, by which programs load parts of it."""

from __future__ import annotations

import os
from typing import Any

import taeda
from taeda.serialization.archive import ArchiveReader
from taeda.serialization.errors import CheckpointError

__all__ = ["PyTorchFileReader"]


class PyTorchFileReader:
    """Reads records of a file that `save` wrote: a path, or a file object opened in binary mode.

    Example::

        >>> import io
        >>> import taeda
        >>> file = io.BytesIO()
        >>> taeda.save({"weight": taeda.arange(3.0)}, file)
        >>> reader = PyTorchFileReader(file)
        >>> reader.get_all_records()
        ['data.pkl', '.format_version', '.storage_alignment', 'byteorder', 'data/0', 'version']
        >>> reader.get_storage_from_record("data/0", 3, taeda.float32)
        tensor([0., 1., 2.])
    """

    def __init__(self, file: Any) -> None:
        if isinstance(file, (str, os.PathLike)):
            name = os.fspath(file)
            try:
                with open(file, "rb") as opened:
                    data = opened.read()
            except OSError as error:
                raise RuntimeError(f"open file failed because of errno {error.errno} on fopen: {error.strerror}, "
                                   f"file path: {name}") from error
        elif hasattr(file, "read"):
            name = str(getattr(file, "name", None) or f"<{type(file).__name__}>")
            file.seek(0)
            data = file.read()
        else:
            raise TypeError(f"PyTorchFileReader takes a path or a file object opened in binary mode, not {type(file)}")
        self._archive = ArchiveReader(data, name)
        # All records lie in one folder, named after the file.
        self._root = next(iter(self._archive.entries), "archive/").partition("/")[0]

    def get_all_records(self) -> list[str]:
        """The names of all records, in the order of the file."""
        return [name.partition("/")[2] for name in self._archive.entries]

    def has_record(self, name: str) -> bool:
        """Whether the file has a record of this name."""
        return f"{self._root}/{name}" in self._archive.entries

    def get_record(self, name: str) -> bytes:
        """The bytes of a record; CheckpointError (a RuntimeError) if there is none, or it is damaged."""
        return bytes(self._archive.content(f"{self._root}/{name}"))

    def get_record_offset(self, name: str) -> int:
        """Where the bytes of a record begin in the file."""
        if not self.has_record(name):
            raise CheckpointError(f"failed reading zip archive {self._archive.name}: file not found: {name}")
        return self._archive.entries[f"{self._root}/{name}"].offset

    def get_storage_from_record(self, name: str, numel: int, dtype: Any) -> Any:
        """A tensor of `numel` elements on the bytes of a record."""
        content = bytearray(self.get_record(name))
        if numel < 0 or numel * dtype.itemsize > len(content):
            raise CheckpointError(f"record {name!r} of {self._archive.name} has {len(content)} bytes; {numel} elements "
                                  f"of {dtype} need {numel * dtype.itemsize}")
        return taeda.frombuffer(content, dtype=dtype, count=numel) if numel else taeda.empty(0, dtype=dtype)

    def serialization_id(self) -> str:
        """What tells this file from others, if the program that wrote it said so."""
        return self.get_record(".data/serialization_id").decode() if self.has_record(".data/serialization_id") else ""
