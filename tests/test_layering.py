"""The direction of imports: who stands on whom (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from taeda.compiler import methods

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "taeda"
CORE = ROOT / "csrc"

# What the files of a folder may import of the package. The longest name that fits a file counts.
MAY_IMPORT = {
    "ir": {"ir", "_core"},  # of the core, the table of kinds of parameters
    "ops": {"ops", "ir", "_core"},
    "compiler": {"compiler", "ops", "ir", "environment"},
    "compiler/methods": {"compiler", "codegen", "ir"},
    "codegen": {"codegen", "ir", "environment"},
    "runtime": {"runtime", "compiler", "codegen", "ops", "ir", "environment", "_core"},
}
INNER = {"ops", "compiler", "codegen", "runtime"}  # what everything else, the public side, has no business with

# A definition that is called on tensors asks for the function that the core made of it, when it is called.
WHEN_CALLED = {("ops/definition.py", "_binding"), ("ops/registry.py", "_binding"), ("ops/__init__.py", "library")}
# Between the public side and the definitions: what binds them and describes them (of ops, functions/ has only what
# test_definitions_stay_unloaded allows), what is for authors of ops, what writes Programs to files, and the
# question which instruction set is used, what makes the calls of a backward one by one, what fills the folder of
# kernels that comes with the package, and a layer that says early which kernel it will want.
DOORS = {("functions", "ops"), ("_binding.py", "ops"), ("_schemas.py", "ops"), ("_schemas.py", "runtime"),
         ("library", "ops"), ("testing", "ops"), ("backends/cpu.py", "runtime"), ("native.py", "runtime"),
         ("compilation.py", "runtime"), ("prebuild.py", "runtime"), ("library/replay.py", "runtime"),
         ("nn/linear.py", "runtime")}


def imports(file: Path) -> Iterator[str]:
    """The modules of the package that a file imports, whenever it does; not those for type checkers alone."""
    tree = ast.parse(file.read_text())
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            skipped.update(ast.walk(node))
        elif node not in skipped and isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif node not in skipped and isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{a.name}" for a in node.names)


def parts(file: Path) -> Iterator[str]:
    """The parts of the package that a file imports: first names below it."""
    for name in imports(file):
        if name.startswith("taeda."):
            yield name.split(".")[1]


def files(folder: str) -> list[Path]:
    deeper = [f for f in MAY_IMPORT if f.startswith(f"{folder}/")]
    return [f for f in sorted((PACKAGE / folder).rglob("*.py"))
            if not any(f.is_relative_to(PACKAGE / d) for d in deeper)]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_inner_folders(folder: str) -> None:
    wrong = sorted({f"{f.relative_to(PACKAGE)} imports taeda.{part}" for f in files(folder) for part in parts(f)
                    if part not in MAY_IMPORT[folder] and (str(f.relative_to(PACKAGE)), part) not in WHEN_CALLED})
    assert not wrong, wrong


def _is_door(path: str, part: str) -> bool:
    return any((path == file or path.startswith(f"{file}/")) and part == to for file, to in DOORS)


def test_public_side() -> None:
    """nn, optim, functions, utils and the rest know ops by their public names."""
    wrong = sorted({f"{f.relative_to(PACKAGE)} imports taeda.{part}" for f in sorted(PACKAGE.rglob("*.py"))
                    if f.relative_to(PACKAGE).parts[0] not in {d.split("/")[0] for d in MAY_IMPORT}
                    for part in parts(f) if part in INNER and not _is_door(str(f.relative_to(PACKAGE)), part)})
    assert not wrong, wrong


def test_one_place_asks_what_machine_this_is() -> None:
    """The target is an argument everywhere else."""
    asking = {str(f.relative_to(PACKAGE)) for f in PACKAGE.rglob("*.py")
              if re.search(r"\btarget\.current\(|codegen\.target import .*\bcurrent\b", f.read_text())}
    assert asking == {"runtime/devices.py"}, asking


def test_definitions_stay_unloaded() -> None:
    """`import taeda` loads neither definitions nor compiler."""
    code = ("import sys, taeda\n"
            "print([m for m in sys.modules if m.startswith(('taeda.ops.', 'taeda.compiler.', 'taeda.codegen.'))])")
    subprocess.run([sys.executable, "-c", code], check=True)  # writes the cache of schemas
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    # How functions describe themselves, which file defines what, and the rules of promotion, which result_type gives.
    assert set(ast.literal_eval(found)) <= {"taeda.ops.signature", "taeda.ops.homes", "taeda.ops.dtypes"}


def test_compiling_imports_what_it_needs() -> None:
    """The first product of a process imports the definition of products, and not those of convolutions."""
    code = ("import sys, taeda\n"
            "x = taeda.ones(3, 3)\n"
            "assert (x @ x).sum().item() == 27\n"
            "print([m for m in sys.modules if m.startswith('taeda.ops.')])")
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    loaded = set(ast.literal_eval(found))
    assert "taeda.ops.matmul" in loaded
    assert not loaded & {"taeda.ops.convolution", "taeda.ops.fourier", "taeda.ops.attention", "taeda.ops.recurrent"}


def test_one_file_defines_all_that_a_method_may_mean() -> None:
    """Definitions are imported file by file: a method or operator of two files would mean what came first."""
    from taeda.ops.registry import registry

    homes: dict[str, set[str]] = {}
    for op in registry.ops.values():
        if op.library:
            continue
        for name in (*op.operators, *((op.public, *op.aliases) if op.public and op.method else ())):
            homes.setdefault(name, set()).add(op.body.__module__)
    assert len(homes) > 300
    assert not {name: files for name, files in homes.items() if len(files) > 1}


def included(folder: str) -> dict[str, list[str]]:
    return {str(f.relative_to(CORE)): re.findall(r'#include [<"]([^>"]+)[>"]', f.read_text())
            for f in sorted((CORE / folder).iterdir()) if f.suffix in (".h", ".cpp")}


def test_core_stands_on_nothing() -> None:
    """csrc/core includes no header of Python, and nothing of csrc/tape and csrc/python."""
    wrong = [f"{f} includes {i}" for f, found in included("core").items() for i in found
             if i in ("Python.h", "structmember.h") or i.startswith(("tape/", "python/"))]
    assert not wrong


def test_methods_that_bodies_name_are_there_for_every_target() -> None:
    """The reference target's functions say what methods take; those of other families take the same."""
    bodies = "".join(f.read_text() for f in sorted((PACKAGE / "ops").rglob("*.py")))
    names = sorted(set(re.findall(r'\bb\.method\(\s*"([\w.]+)"', bodies)))
    assert len(names) > 35
    for name in names:
        taken = {family: inspect.signature(methods.find(family, name)).parameters.keys() for family in methods.SUBJECTS}
        assert all(p - {"prologue"} == taken["reference"] - {"prologue"} for p in taken.values()), name
    for missing in ("sorting.merge", "juggling.sort", "nothing"):
        with pytest.raises(NotImplementedError, match=f"'cpu' have no method '{missing}'"):
            methods.find("cpu", missing)
