"""What libraries write the ONNX form of their ops with: it can be defined, and is never called, as nothing exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["parse_args"]


def parse_args(*descriptors: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator that says of what kinds a form's arguments are."""

    def described(function: Callable[..., Any]) -> Callable[..., Any]:
        function._arg_descriptors = descriptors  # type: ignore[attr-defined]
        return function

    return described
