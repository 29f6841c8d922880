"""Event files: records with checksums, each a message of TensorFlow's `Event` in the wire format of protocol buffers.

A message is a sequence of fields. A field is a key, its number and the kind of its content, and the content: a whole
number in groups of 7 bits, 8 or 4 bytes of a float, or a length and that many bytes (text, another message).
"""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Iterable
from typing import Any

_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
_files = 0


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative numbers are written as their complement
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def whole(number: int, value: int) -> bytes:
    """A field with a whole number or truth value."""
    return _varint(number << 3 | _VARINT) + _varint(int(value))


def double(number: int, value: float) -> bytes:
    """A field with a float of 64 bits."""
    return _varint(number << 3 | _DOUBLE) + struct.pack("<d", value)


def single(number: int, value: float) -> bytes:
    """A field with a float of 32 bits; what is too large for one is infinite."""
    try:
        content = struct.pack("<f", value)
    except OverflowError:
        content = struct.pack("<f", float("inf") if value > 0 else float("-inf"))
    return _varint(number << 3 | _FLOAT) + content


def text(number: int, value: str | bytes) -> bytes:
    """A field with text, bytes or a message."""
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


message = text


def doubles(number: int, values: Iterable[float]) -> bytes:
    """A field with a list of floats of 64 bits."""
    return text(number, b"".join(struct.pack("<d", value) for value in values))


def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _table()


def checksum(content: bytes) -> bytes:
    """The CRC-32C of the content, rotated and shifted as records have it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


class RecordWriter:
    """Writes records to a file: a length and its checksum, the content and its checksum."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "ab")  # noqa: SIM115, closed by close()
        self._lock = threading.Lock()

    def write(self, content: bytes) -> None:
        """Append a record."""
        length = struct.pack("<Q", len(content))
        with self._lock:
            self._file.write(length + checksum(length) + content + checksum(content))

    def flush(self) -> None:
        """Bring to the file what was written."""
        with self._lock:
            self._file.flush()

    def close(self) -> None:
        """Flush and close."""
        with self._lock:
            self._file.close()


class EventFile:
    """A file of events in a folder, named as TensorBoard looks for it."""

    def __init__(self, log_dir: Any, max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = "") -> None:
        global _files
        self._folder = str(log_dir)
        os.makedirs(self._folder, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{_files}"
        _files += 1
        self.path = os.path.join(self._folder, name + filename_suffix)
        self._records = RecordWriter(self.path)
        self._max_queue, self._flush_seconds = max_queue, flush_secs
        self._waiting, self._flushed = 0, time.monotonic()
        self.add_event(text(3, "brain.Event:2"))
        self.flush()

    def get_logdir(self) -> str:
        """The folder."""
        return self._folder

    def add_event(self, event: bytes, step: int | None = None, walltime: float | None = None) -> None:
        """Write an event, given by its field."""
        head = double(1, time.time() if walltime is None else walltime)
        self._records.write(head + (b"" if step is None else whole(2, int(step))) + event)
        self._waiting += 1
        if self._waiting >= self._max_queue or time.monotonic() - self._flushed >= self._flush_seconds:
            self.flush()

    def add_summary(self, values: bytes, global_step: int | None = None, walltime: float | None = None) -> None:
        """Write values (summaries.py)."""
        self.add_event(message(5, values), global_step, walltime)

    def flush(self) -> None:
        """Bring to the file what was written."""
        self._records.flush()
        self._waiting, self._flushed = 0, time.monotonic()

    def close(self) -> None:
        """Flush and close."""
        self._records.close()
