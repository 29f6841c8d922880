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

_FORMAT = "answers 2"
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
    """The name of the entry that answers a question about a target: its parts are told apart by what they print. The
    default dtype is part of every question, since results of integers and numbers have it."""
    return cache.key_of(_FORMAT, _sources(), repr(target), repr(_core.get_default_dtype()), *map(repr, question))


def answer(target: Target, question: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """What `make` gives, from the cache where it was given before."""
    return _kept(target, question, make, _packed, lambda entry: _unpacked(entry, target))


def kernel(target: Target, question: tuple[Any, ...], make: Callable[[], int]) -> int:
    """The handle of a kernel that `make` gives."""
    if not keeps(target):
        return make()
    handle: int = _kept(target, question, make, _kernel_packed,
                        lambda entry: handles.register_kept(target, _kernel_unpacked(*entry)))
    return handle


def _kept(target: Target, question: tuple[Any, ...], make: Callable[[], Any], pack: Callable[[Any], Any],
          unpack: Callable[[Any], Any]) -> Any:
    key = key_of(target, *question)
    entry = read(key)
    if entry is not None:
        try:
            return unpack(entry)
        except Exception:  # what nobody wrote: as if it were not there
            pass
    made = make()
    content = pack(made)
    if content is not None:
        write(key, content)
    return made


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


class _Packer(pickle.Pickler):
    """Writes answers, and for each Program in them its place among `programs`."""

    def __init__(self, file: io.BytesIO):
        super().__init__(file, protocol=5)
        self.programs: list[dict[str, Any]] = []

    def persistent_id(self, o: Any) -> int | None:
        if not isinstance(o, dict) or "instructions" not in o:
            return None
        self.programs.append(o)
        return len(self.programs) - 1


class _Unpacker(_Plain):
    def __init__(self, content: bytes, programs: list[dict[str, Any]]):
        super().__init__(io.BytesIO(content))
        self._programs = programs

    def persistent_load(self, place: int) -> dict[str, Any]:
        return self._programs[place]


def _packed(made: Any) -> Any:
    """An answer as plain data, with its Programs and their kernels; None where one cannot be written down."""
    file = io.BytesIO()
    packer = _Packer(file)
    packer.dump(made)
    used: dict[int, int] = {}
    programs = []
    for description in packer.programs:
        code, run = _core.encode_program(description)
        programs.append((code, [used.setdefault(h, len(used)) for h in run], description["origins"]))
    kernels = [_kernel_packed(h) for h in used]
    return None if None in kernels else (file.getvalue(), programs, kernels)


def _unpacked(entry: Any, target: Target) -> Any:
    content, programs, kernels = entry
    run = [handles.register_kept(target, _kernel_unpacked(*k)) for k in kernels]
    return _Unpacker(content, [{"kept": _core.decode_program(code, tuple(run[k] for k in used)), "origins": origins}
                               for code, used, origins in programs]).load()
