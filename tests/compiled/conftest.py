"""Whoever tests compiled functions: the compiler must not have fallen back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from taeda.runtime import recorded


@pytest.fixture(autouse=True)
def _no_failures() -> Iterator[None]:
    recorded.failures.clear()
    yield
    failures, recorded.failures[:] = list(recorded.failures), []
    assert not failures, failures[0]
