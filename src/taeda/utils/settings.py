"""Modules whose variables are settings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def patch_of(module: str) -> Callable[..., Any]:
    """The function patch(name=value, ..) or patch({name: value}) or patch(name, value): a context manager and decorator
    in which settings of the module have other values. AttributeError for a setting that there is not."""

    @contextmanager
    def changed(values: dict[str, Any]) -> Iterator[None]:
        settings = sys.modules[module]
        before = {name: getattr(settings, name) for name in values}
        for name, value in values.items():
            setattr(settings, name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(settings, name, value)

    def patch(first: Any = None, value: Any = None, **named: Any) -> Any:
        """Settings with other values, for a `with` or as a decorator."""
        given = {first: value} if isinstance(first, str) else dict(first or {})
        return changed({**given, **named})

    return patch
