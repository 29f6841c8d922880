"""Type stubs: whole, legal Python, and right in the eyes of mypy about a program that uses Taeda as PyTorch."""

import ast
import importlib.util
import inspect
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import taeda
from taeda import stubs
from taeda._binding import modules

SOURCE = Path(taeda.__file__).parent

RIGHT = '''
import taeda as torch
import taeda.nn.functional as F
from taeda import Tensor, nn

def step(x: Tensor, n: int) -> Tensor:
    y = torch.zeros(3, n) + torch.randn((2, 3)).sum()
    y = y.view(-1).reshape(1, -1).permute(1, 0)
    values, places = torch.max(y, 1)
    first, second = y.chunk(2, dim=1)
    z = torch.cat([first, second], dim=-1) @ y.T
    z[0] = 1
    w = F.relu(x, inplace=True).mean(dim=0, keepdim=True)
    loss: Tensor = (2 * z + 1).pow(2).mean()
    loss.backward()
    k: int = x.shape[0] + x.size(0) + x.numel() + x.dim()
    s = torch.linalg.norm(x) + torch.fft.fft(x).real.sum(dtype=torch.float32) + torch.special.expit(x).max()
    with torch.no_grad():
        x.add_(1).mul_(2.0)
    m = torch.tensor([1.0], dtype=torch.float32, device="cpu", requires_grad=True)
    best = torch.topk(m, 1).values + torch.arange(3, device=x.device) + torch.ones(2, dtype=x.dtype)
    return torch.where(x > 0, x, -x).to(torch.float64) + s + w + k + m + values + places + best

class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.softmax(self.layer(x), dim=-1)

model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
optimizer.step()
torch.save(model.state_dict(), "model.pt")
'''
WRONG = {
    'torch.zeros("three")': "arg-type",
    "count: int = torch.ones(2).mean()": "assignment",
    'torch.sum(torch.ones(2), keepdim="no")': "call-overload",
    'torch.ones(2).reshape("a")': "arg-type",
    'torch.nn.Linear("a", 3)': "arg-type",
    "torch.cat(torch.ones(2), dim=None)": "arg-type",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return stubs.write(tmp_path_factory.mktemp("stubs"))


def names(path):
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            found.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            found.update(a.asname for a in node.names)
    return found


def test_every_name_is_there(package):
    for module, file in (("torch", "__init__"), ("linalg", "linalg"), ("special", "special"), ("fft", "fft")):
        there = names(package / f"{file}.pyi")
        missing = [n for n in modules[module] if n.isidentifier() and n not in there]
        assert not missing, (module, missing)
    assert set(taeda.nn.functional.__all__) - names(package / "nn/functional/__init__.pyi") == set()
    tensor = next(n for n in ast.parse((package / "_core.pyi").read_text()).body
                  if isinstance(n, ast.ClassDef) and n.name == "Tensor")
    there = {n.name if isinstance(n, ast.FunctionDef) else n.target.id for n in tensor.body}
    # In a process of its own: other tests define ops with methods.
    code = "import taeda; print(*(n for n in vars(taeda.Tensor) if not n.startswith('_')))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(found.stdout.split()) - there
    assert sum(f.stat().st_size for f in package.rglob("*.pyi")) < 400_000


def test_overloads_are_shown_by_help():
    assert taeda.max.__doc__.startswith("max(Tensor input)\nmax(Tensor input, Tensor other)\n")
    assert str(inspect.signature(taeda.softmax)) == "(input, dim, *, dtype=None)"
    assert all((getattr(f, "__doc__", None) or "").strip() for f in modules["torch"].values())


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="needs mypy")
def test_mypy(package, tmp_path):
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env/bin/python"
    site = Path(subprocess.run([python, "-c", "import site; print(site.getsitepackages()[0])"], capture_output=True,
                               text=True, check=True).stdout.strip())
    (site / "taeda").symlink_to(SOURCE)
    (site / "taeda-stubs").symlink_to(package)
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(RIGHT)
    wrong.write_text("import taeda as torch\n" + "\n".join(WRONG) + "\n")
    (tmp_path / "mypy.ini").write_text("[mypy]\ndisallow_untyped_defs = True\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--python-executable", str(python), "right.py",
         "wrong.py"], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "MYPYPATH": ""}, check=False)
    found = {}
    for line in done.stdout.splitlines():
        if ": error:" in line:
            place, _, text = line.partition(": error:")
            found.setdefault(place, []).append(text)
    assert not [place for place in found if place.startswith("right")], done.stdout
    for k, (call, code) in enumerate(WRONG.items(), 2):
        assert any(f"[{code}]" in text for text in found.get(f"wrong.py:{k}", [])), (call, done.stdout)
