"""csrc/core knows no Python: its files include nothing of it, and its library names no symbol of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "csrc" / "core").iterdir() if path.suffix in (".h", ".cpp"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_files(file: Path) -> None:
    text = file.read_text()
    for included in re.findall(r'#include\s+[<"]([^>"]+)', text):
        assert not included.startswith(("Python", "python/", "tape/")), included
    assert not re.search(r"\bPy_|\bPy[A-Z]\w+_\w+|\bPyObject\b", text)


def test_library() -> None:
    libraries = list(ROOT.glob("build/**/libtaeda_core.a"))
    if not libraries or not shutil.which("nm"):
        pytest.skip("the library is not there to be looked at (a build tree), or no nm")
    newest = max(libraries, key=lambda path: path.stat().st_mtime)
    symbols = subprocess.run(["nm", "-A", newest], capture_output=True, text=True, check=True).stdout
    assert "run_loops" in symbols
    assert [line for line in symbols.splitlines() if re.search(r" _?Py[A-Z_]", line)] == []
