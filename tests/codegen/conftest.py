"""`pytest tests/codegen --update-golden` writes the golden files of generated code anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ from what is generated now")


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of ops that are given an epilogue."""
    from taeda.compiler import lower

    seen: list[str] = []
    finish = lower._Lowering.finish
    monkeypatch.setattr(lower._Lowering, "finish", lambda self, node, *rest: (
        seen.append(node.op.name), finish(self, node, *rest))[1])
    return seen
