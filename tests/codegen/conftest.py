"""`pytest tests/codegen --update-golden` writes the golden files of generated code anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ from what is generated now")
