"""Answers of the compiler that are kept in the cache on disk: Programs, and how recordings are run.

An answer is kept under a hash of the question, of the target, and of the names, sizes and times of the files that
gave it; what answers refer to by handles, kernels, is kept with them (runtime/kernel_content.py). Its entry says its
own key and is plain data: one that cannot be read, or belongs elsewhere, is as if it were not there. Importing this
file imports no compiler: where all that is asked has been answered before, none is needed.
"""

from __future__ import annotations

import functools
import io
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from taeda import _core, environment
from taeda.codegen.target import Target
from taeda.ops import homes
from taeda.runtime import cache, handles

_FORMAT = "answers 1"
_SOURCES = ("codegen", "compiler", "ir", "ops", "runtime")
enabled = True


def keeps(target: Target, *ops: str) -> bool:
    """Whether answers about these ops are kept: about Taeda's own, where nobody wants to see how they are found."""
    return (enabled and target.family == "cpu" and not environment.check() and environment.debug() == 0
            and environment.cache_folder() is not None and all(op in homes.ops for op in ops))


@functools.cache
def _sources() -> str:
    """Changes whenever what compiles, or what runs the answers, may have changed."""
    package = Path(_core.__file__).parent
    files = [package.joinpath(_core.__file__)]
    for folder in _SOURCES:
        files += _python_files(str(Path(__file__).parents[1] / folder))
    status = [(os.path.basename(f), os.stat(f)) for f in files]
    return cache.key_of(*sorted(f"{name} {s.st_size} {s.st_mtime_ns}" for name, s in status))


def _python_files(folder: str) -> Iterator[Any]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _python_files(entry.path)
        elif entry.name.endswith(".py"):
            yield entry.path


def key_of(target: Target, *question: Any) -> str:
    """The name of the entry that answers a question about a target: its parts are told apart by what they print."""
    return cache.key_of(_FORMAT, _sources(), repr(target), *map(repr, question))


def answer(target: Target, question: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """What `make` gives, from the cache where it was given before."""
    key = key_of(target, *question)
    entry = read(key)
    if entry is not None:
        try:
            return _unpacked(entry, target)
        except Exception:  # what nobody wrote: as if it were not there
            pass
    made = make()
    content = _packed(made)
    if content is not None:
        write(key, content)
    return made


def kernel(target: Target, question: tuple[Any, ...], make: Callable[[], int]) -> int:
    """The handle of a kernel that `make` gives."""
    if not keeps(target):
        return make()
    key = key_of(target, *question)
    entry = read(key)
    if entry is not None:
        try:
            return handles.register_kept(target, _kernel_unpacked(*entry))
        except Exception:  # what nobody wrote: as if it were not there
            pass
    handle = make()
    content = _kernel_packed(handle)
    if content is not None:
        write(key, content)
    return handle


def _kernel_packed(handle: int, whole: bool = True) -> tuple[Any, ...] | None:
    """A kernel as plain data; if `whole`, with those that do it in chunks."""
    from taeda.runtime.programs import kernel_split, kernel_traits

    content = handles.content_of(handle)
    if content is None:
        return None
    if not whole:
        return content, kernel_traits(handle)
    split = kernel_split(handle)
    parts = [_kernel_packed(h, whole=False) for h in split[:2]] if split else []
    if None in parts:
        return None
    return content, kernel_traits(handle), (*parts, split[2]) if split else None


def _kernel_unpacked(content: bytes, traits: int, split: Any = handles.UNKNOWN) -> handles.Kept:
    if isinstance(split, tuple):
        partial, combine, dtypes = split
        split = _kernel_unpacked(*partial), _kernel_unpacked(*combine), dtypes
    return handles.Kept(content, traits, split)


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} in an entry that holds plain data")


def read(key: str) -> Any:
    """The content of an entry, or None."""
    body = cache.load(key)
    if body is None:
        return None
    try:
        written, content = _Plain(io.BytesIO(body)).load()
    except Exception:  # pickle raises any
        return None
    return content if written == key else None


def write(key: str, content: Any) -> None:
    """Keep plain data."""
    cache.store(key, pickle.dumps((key, content), protocol=5))


def _packed(made: Any) -> Any:
    """An answer as plain data, with the kernels that its Programs run; None where one cannot be written down."""
    used: list[int] = []

    def pack(description: dict[str, Any]) -> dict[str, Any]:
        code, run = _core.encode_program(description)
        used.extend(h for h in run if h not in used)
        return {"code": code, "kernels": [used.index(h) for h in run], "origins": description["origins"]}

    answered = _with_programs(made, "instructions", pack)
    kernels = [_kernel_packed(h) for h in used]
    return None if None in kernels else (answered, kernels)


def _unpacked(entry: Any, target: Target) -> Any:
    answered, kernels = entry
    run = [handles.register_kept(target, _kernel_unpacked(*k)) for k in kernels]

    def unpack(packed: dict[str, Any]) -> dict[str, Any]:
        return {"kept": _core.decode_program(packed["code"], tuple(run[k] for k in packed["kernels"])),
                "origins": packed["origins"]}

    return _with_programs(answered, "code", unpack)


def _with_programs(o: Any, mark: str, change: Callable[[dict[str, Any]], Any]) -> Any:
    """`o` with every Program in it, a dict that has `mark`, changed."""
    if isinstance(o, dict):
        return change(o) if mark in o else {k: _with_programs(v, mark, change) for k, v in o.items()}
    if isinstance(o, (list, tuple)):
        return type(o)(_with_programs(v, mark, change) for v in o)
    return o
