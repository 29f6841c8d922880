"""The thread pool: the same result for any number of threads, forks, and data races (under the thread sanitizer)."""

import os
import pathlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from same_as_torch import taeda

from taeda import _core

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def restored_threads() -> Iterator[None]:
    before = _core.get_num_threads()
    yield
    _core.set_num_threads(before)


@pytest.mark.parametrize("bad", [0, -1, 10**6, 2**70])
def test_wrong_numbers(bad: int) -> None:
    with pytest.raises(RuntimeError):
        _core.set_num_threads(bad)


@pytest.mark.parametrize("bad", [1.5, "2", None, True])
def test_wrong_types(bad: object) -> None:
    with pytest.raises(TypeError):
        _core.set_num_threads(bad)


def work() -> list[float]:
    x = taeda.arange(300000.0).reshape(300, 1000) / 7
    return [x.sum().item(), (x * 1.5 + 2).sum(0)[17].item(), (x * x).sum(1)[3].item()]


def test_same_bits() -> None:
    results = []
    for threads in (1, 2, 3, 7, 1):
        _core.set_num_threads(threads)
        assert _core.get_num_threads() == threads
        results.append([work() for _ in range(5)])
    assert all(r == results[0][0] for row in results for r in row)


def test_many_python_threads_at_once() -> None:
    _core.set_num_threads(3)
    expected, got = work(), []
    threads = [threading.Thread(target=lambda: got.extend(work() for _ in range(10))) for _ in range(4)]
    for t in threads:
        t.start()
    for _ in range(20):
        _core.set_num_threads(2 + _ % 3)
    for t in threads:
        t.join()
    assert len(got) == 40 and all(g == expected for g in got)


FORK = """
import os, sys, warnings
import taeda
from taeda import _core
warnings.simplefilter("ignore")  # Python 3.12 warns about forks of processes with threads
_core.set_num_threads(3)
x = taeda.arange(300000.0)
expected = (x * 2).sum().item()
for _ in range(3):
    child = os.fork()
    if child == 0:
        ok = _core.get_num_threads() == 3 and (x * 2).sum().item() == expected
        grandchild = os.fork()
        if grandchild == 0:
            os._exit(not ((x * 2).sum().item() == expected))
        _, status = os.waitpid(grandchild, 0)
        os._exit(not (ok and status == 0))
    _, status = os.waitpid(child, 0)
    assert status == 0, status
    assert (x * 2).sum().item() == expected
"""


def test_fork() -> None:
    subprocess.run([sys.executable, "-c", FORK], check=True, timeout=60)


@pytest.mark.parametrize("sanitizer", ["thread", "address,undefined"])
def test_native(sanitizer: str, tmp_path: pathlib.Path) -> None:
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    program = tmp_path / "pool"
    sources = [str(pathlib.Path(__file__).with_name("thread_pool_stress.cpp")), str(ROOT / "csrc/core/thread_pool.cpp")]
    build = subprocess.run(
        [
            compiler,
            "-std=c++20",
            "-O1",
            "-g",
            f"-fsanitize={sanitizer}",
            f"-I{ROOT / 'csrc'}",
            *sources,
            "-o",
            str(program),
            "-lpthread",
        ],
        capture_output=True,
        text=True,
    )
    if build.returncode and "cannot find" in build.stderr:
        pytest.skip(f"no runtime library for -fsanitize={sanitizer}")
    assert build.returncode == 0, build.stderr
    environment = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    run = subprocess.run([str(program)], capture_output=True, text=True, timeout=240, env=environment)
    if "unexpected memory mapping" in run.stderr:
        pytest.skip("this kernel's address layout is not one that the thread sanitizer knows")
    assert run.returncode == 0, run.stderr[-4000:]
