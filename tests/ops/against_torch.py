"""The same calls in both libraries on the same numbers: values, gradients, second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from expected import agree
from taeda.testing.samples import from_array

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")
Numbers = tuple[np.ndarray, str]  # an array and the dtype it is to have


def integers(shape: tuple[int, ...], low: int, high: int, dtype: str = "int64") -> Numbers:
    return np.random.default_rng(7).integers(low, high, shape), dtype


def floats(*shape: int, dtype: str = "float64") -> Numbers:
    return np.asarray(np.random.default_rng(sum(shape) + 1).standard_normal(shape) * 3), dtype


def places(values: list[Any]) -> Numbers:
    return np.array(values), "int64"


def tensor(numbers: Numbers, library: Any) -> Any:
    array, dtype = numbers
    if np.dtype(array.dtype).kind == "f" and dtype not in ("float16", "bfloat16", "float32", "float64"):
        array = array.astype(np.int64) % 256 if dtype == "uint8" else array.astype(np.int64)
    return from_array(array != 0 if dtype == "bool" else array, dtype, library)


def check_case(function: Callable[..., Any], given: list[Numbers]) -> None:
    """function(library, tensors...) gives one floating tensor: compare it, its gradients, and theirs."""

    def program(library: Any) -> Any:
        tensors = [tensor(x, library) for x in given]
        wanted = [t.requires_grad_() for t in tensors if t.is_floating_point()]
        found = function(library, *tensors)
        weights = tensor(floats(*found.shape), library)
        first = library.autograd.grad(found, wanted, weights, create_graph=True)
        total = sum((y * y).sum() for y in first)
        second = []
        if total.requires_grad:
            given_back = library.autograd.grad(total, wanted, allow_unused=True)
            second = [t.detach() * 0 if g is None else g for t, g in zip(wanted, given_back, strict=True)]
        return found, first, second

    def with_plain_attention(library: Any) -> Any:
        if library.__name__ == "taeda":
            return program(library)
        with library.nn.attention.sdpa_kernel(library.nn.attention.SDPBackend.MATH):  # the others have no second order
            return program(library)

    agree(with_plain_attention)
