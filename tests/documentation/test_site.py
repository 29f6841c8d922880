"""The documentation site: its pages are there, the reference names everything, and it builds where mkdocs is
installed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import taeda
from taeda._binding import modules

ROOT = Path(__file__).resolve().parents[2]


def reference():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs/reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_of_the_site_is_there():
    made = reference().pages()
    named = [line.partition(": ")[2].strip() for line in (ROOT / "mkdocs.yml").read_text().splitlines()
             if line.strip().startswith("- ") and line.rstrip().endswith(".md")]
    assert len(named) > 10 and all((ROOT / "docs" / name).exists() or name in made for name in named)


def test_the_reference_names_every_function():
    made = reference().pages()
    for page, module in reference().FUNCTIONS.items():
        for name in modules[module]:
            if not name.startswith("_"):
                assert f"## {name}\n" in made[f"reference/{page}.md"]
    assert "max(Tensor input, int dim" in made["reference/torch.md"] and "## backward" in made["reference/tensor.md"]


def test_the_parts_of_the_reference_can_be_imported():
    for names in reference().MODULES.values():
        for name in names:
            module, _, last = name.rpartition(".")
            found = importlib.util.find_spec(name) if not last[0].isupper() else importlib.import_module(module)
            assert found is not None and (not last[0].isupper() or hasattr(found, last)), name


@pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="needs the extra docs")
def test_the_site_builds(tmp_path):
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(tmp_path)], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "softmax" in (tmp_path / "reference/torch/index.html").read_text() and taeda.__version__
