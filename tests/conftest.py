"""What all tests share: the checkers of the compiler's passes are on, and which test is running is known, for the
records of PyTorch's outcomes (expected.py)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

import expected

os.environ.setdefault("TAEDA_CHECK", "1")  # the checkers of both IRs run after every pass


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--record", action="store_true", help="record PyTorch's outcomes instead of comparing with them")
    parser.addoption("--calls", type=int, default=0, help="how many random calls to make at least")


def pytest_configure(config: Any) -> None:
    expected.recording = config.getoption("--record")


@pytest.fixture(autouse=True)
def _running_test(request: Any) -> Iterator[None]:
    """Names the running test for `expected.agree`, and fails where a recording is wanted that PyTorch cannot give."""
    module = request.path.relative_to(request.config.rootpath / "tests").with_suffix("")
    expected.begin(".".join(module.parts), request.node.name)
    yield


def pytest_sessionfinish(session: Any) -> None:
    if expected.recording:
        expected.finish()
