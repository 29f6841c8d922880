"""Packages from the index, unmodified, under `taeda run`: each trains or samples something small, and what it prints is
what PyTorch 2.13 prints for the same program (scenarios/use_NAME.txt), within the rounding of float32."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "scenarios"
NEEDED = {
    "einops": ("einops", "opt_einsum"),
    "ode": ("torchdiffeq", "torchsde"),
    "torchvision": ("torchvision", "PIL"),
    "timm": ("timm", "torchvision"),
    "vit_pytorch": ("vit_pytorch", "torchvision"),
    "peft": ("peft", "transformers"),
}
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")
SCENARIOS = sorted(path.stem.removeprefix("use_") for path in FOLDER.glob("*.txt"))


def close(ours: str, theirs: str) -> bool:
    """Whether two lines have the same words, and numbers that differ by no more than rounding."""
    if NUMBER.sub("#", ours) != NUMBER.sub("#", theirs):
        return False
    pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True)
    return all(abs(float(a) - float(b)) <= 2e-3 * abs(float(b)) + 2e-3 for a, b in pairs)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name):
    for package in NEEDED.get(name, (name,)):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run([sys.executable, "-m", "taeda", "run", str(FOLDER / f"use_{name}.py")], capture_output=True,
                          text=True, env=environment)
    assert done.returncode == 0, done.stderr
    lines, expected = done.stdout.splitlines(), (FOLDER / f"use_{name}.txt").read_text().splitlines()
    assert len(lines) == len(expected), done.stdout
    for ours, theirs in zip(lines, expected, strict=True):
        assert close(ours, theirs), f"{ours!r}, PyTorch: {theirs!r}"
