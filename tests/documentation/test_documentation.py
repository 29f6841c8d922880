"""The examples of the documentation run, and so do those of docstrings."""

import doctest
import importlib
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs").glob("*.md"))
MODULES = ["taeda.checking", "taeda.compilation", "taeda.library", "taeda.testing.comparison"]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_page(page):
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert found.attempted and not found.failed


@pytest.mark.parametrize("module", MODULES)
def test_docstrings(module):
    found = doctest.testmod(importlib.import_module(module), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert found.attempted and not found.failed
