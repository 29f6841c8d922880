"""The core loads machine code: in processes of any layout, with forks, and without LLVM if nothing is compiled."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def run(code: list[str], cache: Path, timeout: int = 240) -> str:
    environment = dict(os.environ, TAEDA_CACHE=str(cache), TAEDA_PREBUILT="0")
    done = subprocess.run([sys.executable, *code], capture_output=True, text=True, timeout=timeout, env=environment)
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return done.stdout


def test_fragmented_address_space(tmp_path: Path) -> None:
    assert int(run([str(HERE / "fragmented_process.py")], tmp_path)) >= 300


WORK = """
import sys
import taeda
x = taeda.arange(12.0).reshape(3, 4).requires_grad_()
y = (x @ x.T).softmax(-1).fmod(0.25).sum() + x[:, 1:].sin().cumsum(0).sum()
y.backward()
print(y.item(), x.grad.tolist(), "llvmlite" in sys.modules)
"""


def test_a_filled_cache_needs_no_compiler(tmp_path: Path) -> None:
    first, second = (run(["-c", WORK], tmp_path).split() for _ in range(2))
    assert first[-1] == "True" and second[-1] == "False"
    assert first[:-1] == second[:-1]


MAPPINGS = """
import taeda
def mappings():
    with open("/proc/self/maps") as f:
        return [line.split()[:2] for line in f if len(line.split()) == 5]
assert not any("x" in kind for _, kind in mappings())
for dtype in (taeda.float32, taeda.float64, taeda.int32):
    for name in ("neg", "square", "sum", "amax", "argmax", "sin", "exp", "log1p"):
        getattr(taeda.ones(5, dtype=dtype), name)()
print(*(kind for _, kind in mappings() if "x" in kind))
"""


def test_pages_are_writable_or_executable(tmp_path: Path) -> None:
    """And all kernels are in one mapping. (Of the second run, in which no library of the compiler has mappings.)"""
    run(["-c", MAPPINGS], tmp_path)
    assert run(["-c", MAPPINGS], tmp_path).split() == ["r-xp"]


FORKS = """
import os, threading, warnings
import taeda
warnings.simplefilter("ignore")  # Python 3.12 warns about forks of processes with threads
x = taeda.arange(1000.0)
expected = x.sin().sum().item()
names = ["cos", "exp", "sigmoid", "tanh", "sqrt", "neg", "abs", "square", "log1p", "expm1", "floor", "ceil", "sign"]
def load():
    for name in names:
        getattr(x.double(), name)()
thread = threading.Thread(target=load)
thread.start()
for name in names:
    child = os.fork()
    if child == 0:  # what was loaded is there, and more can be loaded
        getattr(x, name)()
        os._exit(x.sin().sum().item() != expected)
    assert os.waitpid(child, 0)[1] == 0
thread.join()
"""


def test_forks(tmp_path: Path) -> None:
    run(["-c", FORKS], tmp_path)
