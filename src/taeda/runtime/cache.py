"""The compile cache on disk: object code, and what else is made from sources, by content hash.

An entry is one file: a magic line, the SHA-256 of the rest, the content. It is written beside its
place and renamed into it, so readers see all of it or nothing, whoever else is writing. An entry that
does not hold what its hash says is deleted and counts as a miss. The folder is kept under a size by
deleting what was used longest ago.

Beside that folder there is one that came with the package, whose entries are those that the usual layers ask for
(`taeda/prebuild.py`). It is only read, and its entries are checked as well.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from taeda import _core, environment

_MAGIC = b"taeda-object-1\n"
PREBUILT = Path(_core.__file__).parent / "prebuilt"


def key_of(*parts: str) -> str:
    """A file name for what determines the object code: IR, target, versions."""
    h = hashlib.sha256()
    for part in parts:
        h.update(part.encode())
        h.update(b"\0")
    return h.hexdigest()


def load(key: str, prebuilt: bool | None = None) -> bytes | None:
    """The object code stored under `key`, or None (absent, unreadable, damaged). Whether the package's own entries are
    looked at says the environment, if `prebuilt` does not."""
    if environment.prebuilt() if prebuilt is None else prebuilt:
        body = _content(PREBUILT / key[:2] / key)
        if body:
            return body
    folder = environment.cache_folder()
    if folder is None:
        return None
    path = folder / key[:2] / key
    body = _content(path)
    if body is None:
        return None
    if not body:
        _quietly(path.unlink)
        return None
    _quietly(lambda: os.utime(path))  # used now: _bound deletes what was not for longest
    return body


def _content(path: Path) -> bytes | None:
    """What an entry holds: None where there is no such file, nothing where it is damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    head = len(_MAGIC) + 32
    body = content[head:]
    if content[: len(_MAGIC)] != _MAGIC or hashlib.sha256(body).digest() != content[len(_MAGIC) : head]:
        return b""
    return body


def _quietly(action: Callable[[], None]) -> None:
    """A folder of somebody else's may be read but not changed."""
    try:
        action()
    except OSError:
        return


def store(key: str, body: bytes) -> None:
    """Keep `body` under `key`. A folder that cannot be written is no error: the next process compiles again."""
    folder = environment.cache_folder()
    if folder is None:
        return
    import tempfile  # not at the start of every process: it is slow to import

    path = folder / key[:2] / key
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as f:
                f.write(_MAGIC + hashlib.sha256(body).digest() + body)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        if key.startswith("00"):  # one store in 256, whatever the number of processes
            _bound(folder)
    except OSError:
        return


def _bound(folder: Path) -> None:
    """Delete the entries that were used longest ago, beyond the allowed size."""
    entries = []
    for path in folder.glob("??/*"):
        try:
            status = path.stat()
        except OSError:
            continue
        entries.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= environment.cache_megabytes() << 20:
            return
        path.unlink(missing_ok=True)
        total -= size
