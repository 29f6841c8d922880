"""The container of PyTorch's files: a zip archive of uncompressed entries, each starting at a multiple of 64 bytes.

Written and read here and not by `zipfile` for two reasons: tensors go from their memory to the file and back without
copies in between, and every number in the file is checked before it is used.
"""

import struct
import zlib
from typing import Any, NamedTuple

from taeda.serialization.errors import CheckpointError

ALIGNMENT = 64
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64, _LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_LIMIT = 0xFFFFFFFF
_UTF8_NAMES = 0x0800


class Entry(NamedTuple):
    """Where the bytes of an entry lie in the file."""

    name: str
    offset: int
    size: int
    crc: int


class ArchiveWriter:
    """Writes entries one after the other to an object with a `write` method."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._position = 0
        self._directory: list[tuple[bytes, int, int, int]] = []

    def _write(self, data: Any) -> None:
        self._file.write(data)
        self._position += len(data)

    def add(self, name: str, data: Any) -> None:
        """Add an entry that holds the bytes of `data`."""
        view = memoryview(data).cast("B")
        encoded = name.encode()
        size, start = view.nbytes, self._position
        crc = zlib.crc32(view)
        wide = struct.pack("<HHQQ", 1, 16, size, size) if size >= _LIMIT else b""
        # The data's alignment comes from a padding field of the header ("FB" as PyTorch calls it).
        fixed = start + 30 + len(encoded) + len(wide) + 4
        extra = wide + struct.pack("<2sH", b"FB", -fixed % ALIGNMENT) + b"Z" * (-fixed % ALIGNMENT)
        shown = _LIMIT if wide else size
        header = struct.pack(
            "<4sHHHHHIIIHH", _LOCAL, 45 if wide else 0, _UTF8_NAMES, 0, 0, 0, crc, shown, shown, len(encoded),
            len(extra),
        )  # fmt: skip
        self._write(header + encoded + extra)
        if size:
            self._write(view)
        self._directory.append((encoded, start, size, crc))

    def close(self) -> None:
        """Write the directory."""
        start = self._position
        for name, offset, size, crc in self._directory:
            wide = b""
            if size >= _LIMIT or offset >= _LIMIT:
                fields = [size, size] if size >= _LIMIT else []
                fields += [offset] if offset >= _LIMIT else []
                wide = struct.pack(f"<HH{len(fields)}Q", 1, 8 * len(fields), *fields)
            shown = min(size, _LIMIT)
            self._write(
                struct.pack(
                    "<4sHHHHHHIIIHHHHHII", _CENTRAL, 45 if wide else 0, 45 if wide else 0, _UTF8_NAMES, 0, 0, 0, crc,
                    shown, shown, len(name), len(wide), 0, 0, 0, 0, min(offset, _LIMIT),
                )  # fmt: skip
                + name
                + wide
            )
        count, length = len(self._directory), self._position - start
        if count >= 0xFFFF or length >= _LIMIT or start >= _LIMIT:
            end = self._position
            self._write(struct.pack("<4sQHHIIQQQQ", _END64, 44, 45, 45, 0, 0, count, count, length, start))
            self._write(struct.pack("<4sIQI", _LOCATOR64, 0, end, 1))
        shown_count = min(count, 0xFFFF)
        self._write(
            struct.pack(
                "<4sHHHHIIH", _END, 0, 0, shown_count, shown_count, min(length, _LIMIT), min(start, _LIMIT), 0
            )
        )


class ArchiveReader:
    """The entries of an archive in memory (bytes or a mapped file), all checked to lie within it."""

    def __init__(self, data: Any, name: str) -> None:
        self.name = name
        self.data = memoryview(data).cast("B")
        self.entries: dict[str, Entry] = {}
        self._read_directory()

    def _fail(self, reason: str) -> CheckpointError:
        return CheckpointError(f"failed reading zip archive {self.name}: {reason}")

    def _unpack(self, layout: str, offset: int) -> tuple[Any, ...]:
        size = struct.calcsize(layout)
        if offset < 0 or offset + size > len(self.data):
            raise self._fail(f"a record at byte {offset} would end outside the file of {len(self.data)} bytes")
        return struct.unpack_from(layout, self.data, offset)

    def _find_end(self) -> int:
        tail_start = max(0, len(self.data) - 22 - 0xFFFF)
        place = bytes(self.data[tail_start:]).rfind(_END)
        if place < 0:
            raise self._fail("failed finding central directory (the file is truncated, or no file of tensors)")
        return tail_start + place

    def _read_directory(self) -> None:
        end = self._find_end()
        *_, count, length, start, _ = self._unpack("<4sHHHHIIH", end)
        if count == 0xFFFF or length == _LIMIT or start == _LIMIT:
            if end >= 20 and bytes(self.data[end - 20 : end - 16]) == _LOCATOR64:
                _, _, end64, _ = self._unpack("<4sIQI", end - 20)
                signature, _, _, _, _, _, _, count, length, start = self._unpack("<4sQHHIIQQQQ", end64)
                if signature != _END64:
                    raise self._fail("the wide end record has a wrong signature")
        if start + length > end:
            raise self._fail(f"the central directory (byte {start}, {length} bytes) does not lie before its end record")
        if count * 46 > length:
            raise self._fail(f"a central directory of {length} bytes cannot hold {count} entries")
        place = start
        spans: list[tuple[int, int]] = []
        for _ in range(count):
            place = self._read_entry(place, start + length, start, spans)
        # Entries that overlap would let a small file claim much memory.
        spans.sort()
        for (_, before_end), (after_start, _) in zip(spans, spans[1:], strict=False):
            if after_start < before_end:
                raise self._fail(f"two entries overlap at byte {after_start}")

    def _read_entry(self, place: int, limit: int, data_limit: int, spans: list[tuple[int, int]]) -> int:
        record = self._unpack("<4sHHHHHHIIIHHHHHII", place)
        signature, flags, method, crc, packed, size = record[0], record[3], record[4], *record[7:10]
        name_length, extra_length, comment_length, offset = *record[10:13], record[16]
        if signature != _CENTRAL:
            raise self._fail(f"the directory entry at byte {place} has a wrong signature")
        after = place + 46 + name_length + extra_length + comment_length
        if after > limit:
            raise self._fail(f"the directory entry at byte {place} leaves the directory")
        try:
            name = bytes(self.data[place + 46 : place + 46 + name_length]).decode()
        except UnicodeDecodeError:
            raise self._fail(f"the name of the entry at byte {place} is not UTF-8") from None
        extra = self.data[place + 46 + name_length : place + 46 + name_length + extra_length]
        size, packed, offset = self._wide(extra, size, packed, offset)
        if method != 0 or flags & 1:
            kind = "encrypted" if flags & 1 else f"compressed (method {method})"
            raise self._fail(f"entry {name!r} is {kind}; files of tensors are plain")
        if packed != size:
            raise self._fail(f"entry {name!r} says {packed} bytes in the file for {size} bytes of content")
        if name in self.entries:
            raise self._fail(f"two entries are called {name!r}")
        local = self._unpack("<4sHHHHHIIIHH", offset)
        if local[0] != _LOCAL:
            raise self._fail(f"entry {name!r} has no header at byte {offset}")
        start = offset + 30 + local[9] + local[10]
        if start + size > data_limit:
            raise self._fail(f"entry {name!r} ({size} bytes from byte {start}) does not lie before the directory")
        if size:
            spans.append((start, start + size))
        self.entries[name] = Entry(name, start, size, crc)
        return after

    def _wide(self, extra: memoryview, size: int, packed: int, offset: int) -> tuple[int, int, int]:
        """The three numbers with those that do not fit in 32 bits taken from the zip64 field."""
        if _LIMIT not in (size, packed, offset):
            return size, packed, offset
        place = 0
        while place + 4 <= len(extra):
            kind, length = struct.unpack_from("<HH", extra, place)
            if kind == 1 and place + 4 + length <= len(extra):
                numbers = list(struct.unpack_from(f"<{length // 8}Q", extra, place + 4))
                try:
                    size = numbers.pop(0) if size == _LIMIT else size
                    packed = numbers.pop(0) if packed == _LIMIT else packed
                    offset = numbers.pop(0) if offset == _LIMIT else offset
                except IndexError:
                    raise self._fail("a zip64 field is too short") from None
                break
            place += 4 + length
        return size, packed, offset

    def content(self, name: str, check: bool = True) -> memoryview:
        """The bytes of an entry, compared with their checksum if asked."""
        entry = self.entries.get(name)
        if entry is None:
            raise self._fail(f"file not found: {name}")
        view = self.data[entry.offset : entry.offset + entry.size]
        if check and zlib.crc32(view) != entry.crc:
            raise self._fail(f"the checksum of entry {name!r} is wrong: the file is damaged")
        return view
