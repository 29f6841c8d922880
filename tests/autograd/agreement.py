"""Runs the same small program on torch and on Taeda and compares what comes out: values, None, texts, exceptions."""

import re
import warnings
from collections.abc import Callable
from typing import Any

import expected
import taeda


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
        # Basic views are one op here: a view whose base was written to is called as when it was made.
        return re.sub(r"\b(AsStrided|Select|Slice|Unsqueeze)Backward", "ViewBackward", value)
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


def agree(program: Callable[[Any], Any]) -> Any:
    """Assert that both libraries give the same; returns it."""
    expected.agree(lambda library: outcome(program, library), 1e-5, 1e-5)
    return outcome(program, taeda)
