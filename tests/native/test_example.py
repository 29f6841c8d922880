"""examples/native: a C++ program without Python infers and trains with the same bits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import taeda

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "native"
sys.path.append(str(EXAMPLE))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("native")
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    environment = dict(os.environ)
    if shutil.which("ccache"):
        environment.setdefault("CMAKE_CXX_COMPILER_LAUNCHER", "ccache")
    try:
        subprocess.run(["cmake", "-S", EXAMPLE, "-B", folder], check=True, capture_output=True, env=environment)
    except (OSError, subprocess.CalledProcessError):
        sources = [*(ROOT / "csrc/core").glob("*.cpp"), EXAMPLE / "mnist.cpp"]
        command = [compiler, "-std=c++20", "-O2", f"-I{ROOT / 'csrc'}", *map(str, sources), "-o", str(folder / "mnist")]
        built = subprocess.run([*command, "-lpthread"], capture_output=True, text=True)
    else:
        command = ["cmake", "--build", str(folder), "-j", "2"]
        built = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    return folder / "mnist"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The files that the program reads, and its output as Python computes it."""
    save_mnist = pytest.importorskip("save_mnist")
    folder = tmp_path_factory.mktemp("files")
    taeda.manual_seed(5)
    model = save_mnist.make_model()
    infer = save_mnist.inference(model)
    train = save_mnist.training_step(model, taeda.optim.AdamW(model.parameters(), lr=3e-3))
    images, labels = taeda.randn(20, 1, 28, 28), taeda.randint(0, 10, (20,))
    train(images, labels)  # makes the state of the optimizer, so that the step recorded is one like those after it
    functions = {"infer": (infer, {"images": images}), "train": (train, {"images": images, "labels": labels})}
    results = taeda.native.save(folder / "model", functions, model.state_dict())
    (folder / "images").write_bytes(images.numpy().tobytes())
    (folder / "labels").write_bytes(labels.numpy().tobytes())

    def lines(result: dict[str, taeda.Tensor]) -> list[tuple[int, float]]:
        return list(zip(result["digits"].tolist(), result["scores"][:, 0].tolist(), strict=True))

    return {
        "arguments": [str(folder / name) for name in ("model", "images", "labels")],
        "before": lines(results["infer"]),
        "loss": results["train"]["loss"].item(),
        "after": lines(infer(images)),
    }


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=60)


def test_same_bits(program: Path, saved: dict[str, Any]) -> None:
    done = run(program, *saved["arguments"])
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    numbers = [(int(first), float.fromhex(second)) for first, second in lines if first != "loss"]
    assert numbers == saved["before"] + saved["after"]
    assert [float.fromhex(second) for first, second in lines if first == "loss"] == [saved["loss"]]


def test_steps_go_on(program: Path, saved: dict[str, Any]) -> None:
    """What is kept is kept: the loss of one batch goes down from step to step."""
    output = run(program, *saved["arguments"], "30").stdout.splitlines()
    losses = [float.fromhex(line.split()[1]) for line in output if line.startswith("loss")]
    assert len(losses) == 30 and losses[-1] < losses[0] / 3


def test_no_python_in_the_program(program: Path, tmp_path: Path) -> None:
    symbols = subprocess.run(["nm", "-C", str(program)], capture_output=True, text=True, check=True).stdout
    assert "taeda::Program::run" in symbols
    assert not [line for line in symbols.splitlines() if " Py" in line or " _Py" in line]
    stripped = tmp_path / "stripped"
    subprocess.run(["strip", "-o", str(stripped), str(program)], check=True)
    assert stripped.stat().st_size < 1 << 20
    libraries = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
    assert "python" not in libraries


def test_wrong_files(program: Path, saved: dict[str, Any], tmp_path: Path) -> None:
    model, images, labels = saved["arguments"]
    content = bytearray(Path(model).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "damaged").write_bytes(content)
    for arguments, message in (
        ([str(tmp_path / "none"), images, labels], "cannot open"),
        ([str(tmp_path / "damaged"), images, labels], "damaged Program file: its content is not what was written"),
        ([images, images, labels], "this is no Program file"),
        ([model, labels, labels], "input 'images' has 62720 bytes, but 160 were given"),
    ):
        done = run(program, *arguments)
        assert done.returncode == 1 and message in done.stderr and done.stdout == "", done
