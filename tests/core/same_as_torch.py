"""The same Python source, run with Taeda under the name `torch`: results or errors must be PyTorch's (expected.py)."""

from __future__ import annotations

import warnings
from typing import Any

import expected
import taeda

try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]


def plain(value: Any) -> Any:
    """A value without a trace of the library that it comes from."""
    kinds = (taeda.Tensor,) if torch is None else (taeda.Tensor, torch.Tensor)
    if isinstance(value, kinds):
        return ("tensor", str(value.dtype), tuple(value.shape), repr(value.tolist()))
    if isinstance(value, list | tuple):
        return [type(value).__name__, *map(plain, value)]
    if type(value).__name__ in ("dtype", "device", "layout", "memory_format", "Size"):
        return repr(value)
    if isinstance(value, float | complex):
        return repr(value)
    return value


def run(library: Any, source: str) -> tuple[str, Any]:
    """('value', what the last line of `source` is) or ('error', its class, first line)."""
    import numpy

    names: dict[str, Any] = {"torch": library, "np": numpy}
    *lines, last = source.strip().split("\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec("\n".join(lines), names)
            return "value", plain(eval(last.strip(), names))
    except Exception as error:
        kind = type(error)
        while kind.__module__ not in ("builtins",):
            kind = kind.__bases__[0]
        return "error", kind.__name__, (str(error).split("\n") or [""])[0].strip()


def agree(source: str, message: bool = True) -> None:
    """Assert that both libraries do the same; without `message` errors need only be of the same class."""

    def program(library: Any) -> Any:
        found = run(library, source)
        return found[:2] if found[0] == "error" and not message else found

    expected.agree(program, 0.0, 0.0)
