"""Kernels that come with the package are used before anything is compiled, and are checked like what the cache has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taeda.runtime import cache

STEP = """
import sys
from pathlib import Path
import taeda
from taeda import nn
from taeda.runtime import cache, jit
if sys.argv[1]:
    cache.PREBUILT = Path(sys.argv[1])
model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = taeda.optim.Adam(model.parameters())
loss = nn.functional.cross_entropy(model(taeda.ones(64, 784) / 784), taeda.arange(64) % 10)
loss.backward()
optimizer.step()
print(jit.statistics["compiled"], jit.statistics["loaded"], "llvmlite" in sys.modules)
"""


def step(prebuilt: object, kept: Path, **variables: str) -> tuple[int, int, bool]:
    """Kernels compiled and loaded in a new process, and whether LLVM was."""
    environment = {**os.environ, "TAEDA_CACHE": str(kept), "TAEDA_PREBUILT": "1", "TAEDA_CHECK": "0", **variables}
    done = subprocess.run([sys.executable, "-c", STEP, str(prebuilt)], capture_output=True, text=True, env=environment,
                          timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    compiled, loaded, llvm = done.stdout.split()
    return int(compiled), int(loaded), llvm == "True"


def test_read_before_the_cache_and_checked(tmp_path: Path) -> None:
    prebuilt = tmp_path / "prebuilt"
    compiled, loaded, _ = step("", prebuilt, TAEDA_PREBUILT="0")  # a cache is a folder of the same form
    assert compiled > 5 and loaded == 0
    assert step(prebuilt, tmp_path / "a") == (0, compiled, False)
    assert step(prebuilt, tmp_path / "b", TAEDA_PREBUILT="0")[:2] == (compiled, 0)
    damaged = max((p for p in prebuilt.glob("??/*")), key=lambda p: p.read_bytes().count(b"ELF"))
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    assert step(prebuilt, tmp_path / "c")[:2] == (1, compiled - 1)
    assert damaged.read_bytes() == content  # only read


@pytest.mark.skipif(not cache.PREBUILT.is_dir(), reason="this is no installed package")
def test_installed_package_compiles_nothing_for_a_first_step(tmp_path: Path) -> None:
    for kind in ("avx2", os.environ.get("TAEDA_CPU", "")):
        compiled, loaded, llvm = step("", tmp_path / f"cache{kind}", TAEDA_CPU=kind)
        assert compiled == 0 and loaded > 5 and not llvm
