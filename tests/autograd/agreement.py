"""Runs the same small program on torch and on Taeda and compares what comes out: values, None, texts, exceptions."""

import re
import warnings
from collections.abc import Callable
from typing import Any

import taeda

try:
    import torch
except ImportError:  # then the programs run on Taeda alone: no crash, no internal error
    torch = None


def plain(value: Any, library: Any) -> Any:
    """Something that compares across libraries: tensors as nested lists with dtype and shape."""
    if isinstance(value, library.Tensor):
        detached = value.detach()
        return ("tensor", str(value.dtype), tuple(value.shape), detached.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(part, library) for part in value]
    if isinstance(value, dict):
        return {key: plain(part, library) for key, part in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value.replace("StridedViewBackward", "AsStridedBackward")
    if isinstance(value, library.Size):
        return list(value)
    return str(value)


def outcome(program: Callable[[Any], Any], library: Any) -> Any:
    """What the program returns, or the class and first line of what it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain(program(library), library)
        except Exception as error:
            first = str(error).split("\n")[0]
            return ("raised", type(error).__name__, _same_names(first))


def _same_names(text: str) -> str:
    """Node names where the graph is made of other ops than torch's: all basic views are one op here."""
    return re.sub(
        r"0x[0-9a-f]+", "0x", re.sub(r"\b(StridedView|AsStrided|Slice|Select|Narrow|Unbind|Split)\b", "View", text)
    )


def close(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b) or abs(a - b) <= 1e-5 * max(1.0, abs(a), abs(b))
    return type(a) is type(b) and a == b


def agree(program: Callable[[Any], Any]) -> Any:
    """Assert that both libraries give the same; returns it."""
    found = outcome(program, taeda)
    if torch is None:
        assert not (isinstance(found, tuple) and found[:2] == ("raised", "SystemError")), found
        return found
    expected = outcome(program, torch)
    assert close(expected, found), f"\ntorch: {expected}\ntaeda: {found}"
    return found
