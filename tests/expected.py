"""What PyTorch gives for the programs of the tests: run beside Taeda where PyTorch is installed, and recorded as data.

A program is a function of a library (`taeda`, or `torch`) that returns a structure of tensors, numbers and texts, or
raises. `agree(program)` compares Taeda's outcome with the one recorded under the name of the running test, and with
PyTorch's own where it is installed. The records lie in `recorded/`, one file for each file of tests, and are written by
`python tests/record.py`; of a large tensor they hold evenly spaced elements.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

import taeda

try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]

FOLDER = Path(__file__).parent / "recorded"
KEPT = 48  # elements of a tensor that are recorded
recording = False  # set by `--record` (conftest.py)
_module, _test, _count = "", "", 0  # the running test
_files: dict[str, File] = {}


class Array:
    """A tensor's dtype, shape and numbers; bfloat16 as float32."""

    def __init__(self, dtype: str, shape: tuple[int, ...], numbers: numpy.ndarray):
        self.dtype, self.shape, self.numbers = dtype, tuple(shape), numbers

    @classmethod
    def of(cls, tensor: Any) -> Array:
        plain = tensor.detach()
        name = str(plain.dtype).removeprefix("torch.")
        numbers = (plain.float() if name == "bfloat16" else plain).contiguous().reshape(-1).numpy().copy()
        return cls(name, tuple(tensor.shape), numbers)

    def kept(self) -> numpy.ndarray:
        """The numbers that a record has."""
        if self.numbers.size <= KEPT:
            return self.numbers
        return self.numbers[numpy.linspace(0, self.numbers.size - 1, KEPT).astype(int)]

    def __repr__(self) -> str:
        return f"{self.dtype}{list(self.shape)} {self.numbers[:8]}"


class Raised:
    """The class and the first line of an exception. Classes of a library's own count as what they derive from, which
    may be several of Python's."""

    def __init__(self, kind: str, line: str, kinds: tuple[str, ...] = ()):
        self.kind, self.line = kind, line
        self.kinds = kinds or (kind,)

    def __repr__(self) -> str:
        return f"{self.kind}: {self.line}"


def plain(value: Any) -> Any:
    """A value of either library as lists, dicts, numbers, texts and Arrays."""
    if isinstance(value, taeda.Tensor) or torch is not None and isinstance(value, torch.Tensor):
        return Array.of(value)
    if isinstance(value, BaseException):
        return raised(value)
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, numpy.ndarray):
        return Array(str(value.dtype), value.shape, value.reshape(-1))
    if isinstance(value, numpy.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str, Raised, Array)):
        return value
    return str(value)


def raised(error: BaseException) -> Raised:
    """An exception, without its addresses."""
    own = [k for k in type(error).__mro__ if k.__module__ != "builtins"]
    bases = [b for k in own for b in k.__bases__ if b.__module__ == "builtins"] or [type(error)]
    line = (str(error).strip().split("\n") or [""])[0].strip()
    return Raised(bases[0].__name__, re.sub(r"0x[0-9a-f]+", "0x", line), tuple(b.__name__ for b in bases))


def outcome(program: Callable[[Any], Any], library: Any) -> Any:
    """What a program returns or raises, plain."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain(program(library))
        except Exception as error:
            return raised(error)


class Comparison:
    """Finds the first difference of two plain outcomes. Where the reference refuses, anything is accepted if
    `refusals` is false."""

    def __init__(self, rtol: float, atol: float, refusals: bool = True, messages: bool = True):
        self.rtol, self.atol, self.refusals, self.messages = rtol, atol, refusals, messages

    def difference(self, found: Any, wanted: Any, place: str = "") -> str | None:
        if isinstance(wanted, Raised):
            if not self.refusals:
                return None
            same = isinstance(found, Raised) and wanted.kind in found.kinds
            if same and (found.line == wanted.line or not self.messages):
                return None
        elif isinstance(wanted, Array) and isinstance(found, Array):
            return self.numbers(found, wanted, place)
        elif isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
            return self.first(((f, w, f"{place}[{k}]") for k, (f, w) in enumerate(zip(found, wanted, strict=True))))
        elif isinstance(wanted, dict) and isinstance(found, dict) and list(found) == list(wanted):
            return self.first((found[k], wanted[k], f"{place}[{k!r}]") for k in wanted)
        elif isinstance(wanted, float) and isinstance(found, float):
            if found == wanted or found != found and wanted != wanted:
                return None
            if abs(found - wanted) <= self.atol + self.rtol * abs(wanted):
                return None
        elif type(found) is type(wanted) and found == wanted:
            return None
        return f"{place or 'the outcome'} is {found!r}, expected {wanted!r}"

    def first(self, parts: Any) -> str | None:
        return next((d for f, w, p in parts if (d := self.difference(f, w, p))), None)

    def numbers(self, found: Array, wanted: Array, place: str) -> str | None:
        if (found.dtype, found.shape) != (wanted.dtype, wanted.shape):
            return f"{place} is {found.dtype}{list(found.shape)}, expected {wanted.dtype}{list(wanted.shape)}"
        a, b = found.numbers, wanted.numbers
        if a.size != b.size:
            a, b = (x if x.size == min(a.size, b.size) else found.kept() if x is a else wanted.kept() for x in (a, b))
        if a.dtype.kind not in "fc":
            same = a == b
        else:
            wide = numpy.complex128 if a.dtype.kind == "c" else numpy.float64
            x, y = a.astype(wide), b.astype(wide)
            with numpy.errstate(invalid="ignore"):
                # bounds within which a rounding to the largest number of the dtype and an infinity are the same
                near = numpy.abs(x - y) <= self.atol + self.rtol * numpy.abs(y)
            same = (x == y) | (numpy.isnan(x) & numpy.isnan(y)) | near
        if same.all():
            return None
        k = int(numpy.argmin(same))
        return f"{place}: element {k} of {list(found.shape)} is {a[k]!r}, expected {b[k]!r}"


class File:
    """The records of one file of tests."""

    def __init__(self, module: str):
        self.path = FOLDER / f"{module}.npz"
        self.entries: dict[str, Any] = {}
        self.floats: numpy.ndarray = numpy.empty(0, numpy.float32)
        self.integers: numpy.ndarray = numpy.empty(0, numpy.int64)
        self.new: dict[str, Any] = {}
        if self.path.exists() and not recording:
            with numpy.load(self.path) as data:
                self.entries = json.loads(data["index"].tobytes())
                self.floats, self.integers = data["floats"], data["integers"]

    def read(self, name: str) -> Any:
        """The outcome recorded under a name; KeyError if there is none."""
        return self.decode(self.entries[name])

    def decode(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.decode(v) for v in value]
        if not isinstance(value, dict):
            return value
        if "=array" in value:
            dtype, shape, start, count = value["=array"]
            numbers = (self.integers if "int" in dtype or dtype == "bool" else self.floats)[start : start + count]
            if "complex" in dtype:
                numbers = numbers.view(numpy.complex64)
            return Array(dtype, tuple(shape), numbers)
        if "=raised" in value:
            return Raised(*value["=raised"])
        return {k: self.decode(v) for k, v in value.items()}

    def write(self) -> None:
        """All that was recorded in this run."""
        floats: list[numpy.ndarray] = []
        integers: list[numpy.ndarray] = []
        ends = [0, 0]

        def encode(value: Any) -> Any:
            if isinstance(value, list):
                return [encode(v) for v in value]
            if isinstance(value, dict):
                return {k: encode(v) for k, v in value.items()}
            if isinstance(value, Raised):
                return {"=raised": [value.kind, value.line]}
            if not isinstance(value, Array):
                return value
            numbers, real = value.kept(), "int" not in value.dtype and value.dtype != "bool"
            if numbers.dtype.kind == "c":  # as pairs of floats
                numbers = numbers.astype(numpy.complex64).view(numpy.float32)
            with numpy.errstate(over="ignore"):
                (floats if real else integers).append(numbers.astype(numpy.float32 if real else numpy.int64))
            start = ends[not real]
            ends[not real] += numbers.size
            return {"=array": [value.dtype, list(value.shape), start, numbers.size]}

        index = json.dumps({name: encode(v) for name, v in self.new.items()}, separators=(",", ":"))
        FOLDER.mkdir(exist_ok=True)
        numpy.savez_compressed(
            self.path,
            index=numpy.frombuffer(index.encode(), numpy.uint8),
            floats=numpy.concatenate([numpy.empty(0, numpy.float32), *floats]),
            integers=numpy.concatenate([numpy.empty(0, numpy.int64), *integers]),
        )


def begin(module: str, test: str) -> None:
    """A test begins (conftest.py)."""
    global _module, _test, _count
    _module, _test, _count = module, test, 0


def finish() -> None:
    """Write the records of a recording run (conftest.py)."""
    for file in _files.values():
        if file.new:
            file.write()


def reference(program: Callable[[Any], Any]) -> list[tuple[str, Any]]:
    """The outcomes to compare with: the recorded one, and PyTorch's where it is installed."""
    global _count
    if _module not in _files:
        _files[_module] = File(_module)
    file = _files[_module]
    name = f"{_test} {_count}" if _count else _test
    _count += 1
    if recording:
        file.new[name] = outcome(program, torch)
        return []
    found: list[tuple[str, Any]] = []
    if torch is not None:
        found.append(("PyTorch", outcome(program, torch)))
    try:
        found.append(("the record of PyTorch", file.read(name)))
    except KeyError:
        assert torch is not None, f"PyTorch's outcome for {name!r} is not recorded; see tests/record.py"
    return found


def agree(
    program: Callable[[Any], Any],
    rtol: float = 1e-6,
    atol: float = 1e-6,
    *,
    refusals: bool = True,
    messages: bool = True,
) -> None:
    """Assert that Taeda does what PyTorch does. `refusals=False`: where PyTorch raises, anything is right;
    `messages=False`: the class of an exception is enough."""
    comparison = Comparison(rtol, atol, refusals, messages)
    wanted = reference(program)
    if not wanted:
        return
    found = outcome(program, taeda)
    for source, value in wanted:
        difference = comparison.difference(found, value)
        assert difference is None, f"{difference} ({source})"


def numbers(*shape: int, seed: int = 0, low: float | None = None, high: float | None = None) -> numpy.ndarray:
    """Random float32 numbers: normal, or uniform in [low, high)."""
    generator = numpy.random.default_rng([seed, *shape])
    if low is None and high is None:
        return generator.standard_normal(shape).astype(numpy.float32)
    return generator.uniform(low, high, shape).astype(numpy.float32)
