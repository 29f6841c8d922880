"""Programs in the style of public repositories under `taeda run`: they print what PyTorch 2.13 printed for them
(programs/NAME.txt), within the rounding of float32 over a few steps of training."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "programs"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.txt"))
NUMBER = re.compile(r"(?<![A-Za-z_])-?\d+\.?\d*(?:e[+-]?\d+)?")


def close(ours: str, theirs: str) -> bool:
    """Whether two lines have the same words, and numbers that differ by no more than rounding."""
    if NUMBER.sub("#", ours).split() != NUMBER.sub("#", theirs).split():
        return False
    pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True)
    return all(abs(float(a) - float(b)) <= 1e-3 * abs(float(b)) + 1e-3 for a, b in pairs)


def test_lines_are_compared_as_numbers_and_words():
    assert close("loss 0.5000 x_1", "loss 0.5004 x_1") and not close("loss 0.50", "loss 0.60")
    assert not close("loss 1", "lost 1") and not close("a 1", "a 1 2")


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    done = subprocess.run([sys.executable, "-m", "taeda", "run", str(FOLDER / f"{name}.py")], capture_output=True,
                          text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    lines, expected = done.stdout.splitlines(), (FOLDER / f"{name}.txt").read_text().splitlines()
    assert len(lines) == len(expected), done.stdout
    for ours, theirs in zip(lines, expected, strict=True):
        assert close(ours, theirs), f"{ours!r}, PyTorch: {theirs!r}"
