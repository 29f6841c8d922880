"""The tensors of samples: random numbers from NumPy, so that they are the same in every run and in every library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

import taeda
from taeda.ir.dtype import COMPLEX, FLOAT8, INTEGERS, UNSIGNED


def from_array(array: Any, dtype: str, library: Any = taeda) -> Any:
    """A tensor of `library` (Taeda, or one with its names) with the numbers of an array."""
    if dtype in FLOAT8:
        return library.from_numpy(numpy.array(array, numpy.float32)).to(getattr(library, dtype))
    if dtype != "bfloat16":
        kind = {"bool": numpy.bool_}.get(dtype) or getattr(numpy, dtype)
        return library.from_numpy(numpy.array(array, kind))
    bits = numpy.array(array, numpy.float32).view(numpy.uint32).astype(numpy.uint64)
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16  # to the nearest, ties to even; samples have no NaN
    return library.from_numpy(rounded.astype(numpy.uint16).view(numpy.int16)).view(library.bfloat16)


class Make:
    """What an op's samples are given: `make(3, 4)` is a tensor of `dtype`, `make(3, dtype="int64", low=0, high=4)` one
    whose dtype the sample fixes.

    Floating-point tensors require gradients and are normally distributed, or uniform in [low, high) where a bound is
    given (a span of 2 where only one is). Integers are uniform in [-9, 10). `library` is what makes the tensors.
    """

    def __init__(self, dtype: str = "float32", seed: int = 7, library: Any = taeda):
        self.dtype = dtype
        self.library = library
        self.generator = numpy.random.default_rng(seed)

    def __call__(
        self, *shape: Any, dtype: str | None = None, low: float | None = None, high: float | None = None
    ) -> Any:
        sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        kind = dtype or self.dtype
        numbers: Any
        if kind == "bool":
            return from_array(self.generator.random(sizes) < 0.5, kind, self.library)
        if kind in INTEGERS:
            first = -9 if low is None else int(low)
            last = 10 if high is None else max(int(high), int(low or 0) + 1)
            numbers = self.generator.integers(max(first, 0) if kind in UNSIGNED else first, last, sizes)
            return from_array(numbers, kind, self.library)
        if low is None and high is None:
            numbers = self.generator.standard_normal(sizes)
        else:
            bottom = 0.0 if low is None else low
            numbers = self.generator.random(sizes) * ((bottom + 2.0 if high is None else high) - bottom) + bottom
        if kind in COMPLEX:
            numbers = numbers + 1j * self.generator.standard_normal(sizes)
        return from_array(numbers, kind, self.library).requires_grad_()


def map_tensors(function: Callable[[Any], Any], value: Any, kind: type | None = None) -> Any:
    """A structure of lists, tuples and dicts with `function` applied to its tensors (instances of `kind`)."""
    kind = kind or taeda.Tensor
    if isinstance(value, kind):
        return function(value)
    if isinstance(value, dict):
        return {key: map_tensors(function, part, kind) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [map_tensors(function, part, kind) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return value


def tensors_of(value: Any, kind: type | None = None) -> list[Any]:
    """The tensors of a structure, in order."""
    found: list[Any] = []
    map_tensors(found.append, value, kind)
    return found
