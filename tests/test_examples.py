"""The examples run, with little work to do."""

import gzip
import struct
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]


def run(name, *options):
    command = [sys.executable, str(EXAMPLES / name), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_gpt(tmp_path):
    pytest.importorskip("matplotlib")
    text = tmp_path / "text.txt"
    text.write_text("the quick brown fox jumps over the lazy dog\n" * 200)
    curve, weights = tmp_path / "curve.png", tmp_path / "weights.pt"
    output = run(
        "train_gpt.py", "--text", text, "--steps", 12, "--batch", 4, "--context", 16, "--width", 32, "--layers", 1,
        "--sample", 20, "--curve", curve, "--save", weights, "--prompt", "the",
    )  # fmt: skip
    assert "loss on unseen text" in output and output.rstrip().rpartition("---\n")[2].startswith("the")
    assert curve.read_bytes().startswith(b"\x89PNG") and weights.stat().st_size > 1000


def test_gpt_reads_the_standard_library(tmp_path):
    output = run(
        "train_gpt.py", "--steps", 1, "--limit", 50_000, "--batch", 2, "--context", 8, "--width", 16, "--layers", 1,
        "--sample", 5, "--curve", tmp_path / "curve.png",
    )  # fmt: skip
    assert output.startswith("50,000 bytes of")


def test_mnist(tmp_path):
    """Images of one bright row each, whose number is the label."""
    count = 200
    images, labels = bytearray(count * 784), bytearray(count)
    for place in range(count):
        labels[place] = place % 10
        start = place * 784 + (4 + 2 * labels[place]) * 28
        images[start : start + 28] = b"\xff" * 28
    for name, header, content in (
        ("t10k-images-idx3-ubyte.gz", struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28), images),
        ("t10k-labels-idx1-ubyte.gz", struct.pack(">4BI", 0, 0, 8, 1, count), labels),
    ):
        with gzip.open(tmp_path / name, "wb") as file:
            file.write(header + content)
    output = run("train_mnist.py", tmp_path, "--test", 40, "--epochs", 1, "--batch", 20, "--workers", 1)
    assert "160 images trained on, 40 tested" in output


def test_lstm(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("the quick brown fox jumps over the lazy dog\n" * 100)
    output = run(
        "train_lstm.py", text, "--steps", 6, "--batch", 4, "--length", 16, "--width", 24, "--layers", 2, "--dropout",
        0.1, "--sample", 20,
    )  # fmt: skip
    assert "characters per second" in output


@pytest.mark.parametrize("name", ["train_gpt.py", "train_mnist.py", "train_lstm.py"])
def test_help(name):
    assert "--seed" in run(name, "--help")
