"""The examples of the documentation run, and so do those of docstrings."""

import ast
import doctest
import importlib
import re
from pathlib import Path

import pytest

import taeda

PACKAGE = Path(taeda.__file__).resolve().parent
PAGES = sorted((Path(__file__).resolve().parents[2] / "docs").glob("*.md"))
# What pages need beside the package.
NEEDED = {"language_models.md": ("tokenizers", "jinja2")}
# All modules with examples. taeda.as_torch takes the name of PyTorch, which other tests import.
MODULES = sorted(
    {
        ".".join(["taeda", *file.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
        for file in PACKAGE.rglob("*.py")
        if re.search(r"^ *>>> ", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    - {"taeda.as_torch"}
)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_page(page):
    for module in NEEDED.get(page.name, ()):
        pytest.importorskip(module)
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert found.attempted and not found.failed


@pytest.mark.parametrize("module", MODULES)
def test_docstrings(module):
    # Read from the source, for a decorator may put something that is no function in the place of one.
    names = vars(importlib.import_module(module)).copy()
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    tree = ast.parse(Path(names["__file__"]).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            where = getattr(node, "name", module)
            runner.run(doctest.DocTestParser().get_doctest(text, names.copy(), where, names["__file__"], 0))
    assert runner.summarize(verbose=False) == (0, runner.tries) and runner.tries
