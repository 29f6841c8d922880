"""The schemas of all ops and functions as plain data, without importing their definitions.

The definitions are needed only when something has to be compiled. What the public names need to know of them is kept in
the compile cache, under a key made of the definitions' file names, sizes and times: importing Taeda then reads one
file.
Where there is no such entry (or none can be trusted) the definitions are imported and asked. An installed package
comes with that entry.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from taeda.runtime import cache

_FORMAT = "schemas 9"


def _key(times: bool = True) -> str:
    """Changes whenever a definition may have changed; without the times of files, between releases."""
    parts = []
    for folder in (os.path.join(os.path.dirname(__file__), name) for name in ("ops", "functions")):
        files = (entry for entry in os.scandir(folder) if entry.name.endswith(".py"))
        parts += [folder if times else "", *(
            f"{e.name} {e.stat().st_size} {e.stat().st_mtime_ns if times else ''}"
            for e in sorted(files, key=lambda e: e.name))]
    return cache.key_of(_FORMAT, *parts)


def load() -> list[dict[str, Any]]:
    """The schema of every op (Op.schema in ops/definition.py) and function (functions/function.py), in order of
    definition."""
    # What came with the package belongs to the definitions beside it, which nobody edits.
    installed = cache.PREBUILT.parent == Path(__file__).parent and cache.PREBUILT.is_dir()
    key = _key(times=not installed)
    body = cache.load(key, prebuilt=installed)
    if body is None:
        body = _asked()
        cache.store(key, body)
    return json.loads(body)


def store_for_installation() -> None:
    """Put the schemas where an installed package looks for them."""
    cache.store(_key(times=False), _asked())


def _asked() -> bytes:
    """The schemas as the definitions say them."""
    from taeda import functions, ops
    from taeda.functions.function import definitions
    from taeda.ops.op import registry

    ops.load_all()
    functions.load_all()
    schemas = [*registry.schemas(), *(f.schema() for f in definitions.values())]
    return json.dumps([_plain(s) for s in schemas]).encode()


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that JSON can hold: a missing default is the text '...', which no parameter has as its default."""
    parameters = [
        (name, kind, "..." if default is ... else default, keyword_only, optional)
        for name, kind, default, keyword_only, optional in schema["parameters"]
    ]
    return {**schema, "parameters": parameters}
