"""The schemas of all ops as plain data, without importing their definitions.

The definitions are needed only when something has to be compiled. What the public names need to know of them is kept in
the cache folder, under a key made of the definitions' file names, sizes and times: importing Taeda then reads one file.
Where there is no such entry (or none can be trusted) the definitions are imported and asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from taeda import environment

_FORMAT = 3


def _stamp() -> str:
    """Changes whenever a definition may have changed."""
    folder = os.path.join(os.path.dirname(__file__), "ops")
    h = hashlib.sha256(f"{_FORMAT} {folder}".encode())
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.endswith(".py"):
            status = entry.stat()
            h.update(f"{entry.name} {status.st_size} {status.st_mtime_ns}".encode())
    return h.hexdigest()


def load() -> list[dict[str, Any]]:
    """The schema of every op (Op.schema in ops/op.py), in order of definition."""
    folder = environment.cache_folder()
    stamp = _stamp()
    path = None if folder is None else folder / f"schemas-{stamp[:16]}.json"
    if path is not None:
        try:
            content = json.loads(path.read_bytes())
            if content["stamp"] == stamp and content["check"] == _check(content["schemas"]):
                return content["schemas"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # absent or damaged: made again below
    from taeda import ops
    from taeda.ops.op import registry

    ops.load_all()
    schemas = json.loads(json.dumps([_plain(s) for s in registry.schemas()]))
    if path is not None:
        _store(path, {"stamp": stamp, "check": _check(schemas), "schemas": schemas})
    return schemas


def _check(schemas: Any) -> str:
    return hashlib.sha256(json.dumps(schemas).encode()).hexdigest()


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that JSON can hold: a missing default is the text '...', which no parameter has as its default."""
    parameters = [
        (name, kind, "..." if default is ... else default, keyword_only, optional)
        for name, kind, default, keyword_only, optional in schema["parameters"]
    ]
    return {**schema, "parameters": parameters}


def _store(path: Any, content: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(content))
        os.replace(temporary, path)
    except OSError:
        return  # a folder that cannot be written costs time, nothing else
