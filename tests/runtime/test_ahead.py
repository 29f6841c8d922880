"""Kernels of backwards are compiled by a thread of their own while the forward goes on; threads compile together."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from taeda.codegen.target import AVX2, current
from taeda.runtime import jit

CPU = current()
if CPU.family == "reference":
    pytest.skip("nothing is compiled", allow_module_level=True)

MODEL = """
import sys, time, taeda
from taeda.runtime import jit
taeda.set_num_threads(THREADS)
model = taeda.nn.Sequential(taeda.nn.Conv2d(3, 8, 3), taeda.nn.MaxPool2d(2), taeda.nn.Flatten(), taeda.nn.Linear(32, 4))
loss = model(taeda.ones(2, 3, 6, 6)).sum()
"""


def fresh(source: str, folder: Path, threads: int = 2) -> str:
    """What a process prints that finds no kernel anywhere."""
    environment = os.environ | {"TAEDA_PREBUILT": "0", "TAEDA_CACHE": str(folder)}
    command = [sys.executable, "-c", MODEL.replace("THREADS", str(threads)) + source]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


def test_the_backward_finds_its_kernels(tmp_path: Path) -> None:
    source = """
end, before = time.time() + 60, -1
while time.time() < end and (before != jit.statistics["compiled"] or jit._underway):
    before = jit.statistics["compiled"]
    time.sleep(0.3)
loss.backward()
print(jit.statistics["compiled"] - before)
"""
    alone = int(fresh(source, tmp_path / "alone", threads=1))
    assert int(fresh(source, tmp_path / "ahead")) <= alone - 2


def test_a_layer_says_that_it_will_multiply(tmp_path: Path) -> None:
    """The kernel of products is made before anything is multiplied; a layer without memory asks for nothing."""
    source = """
layer = taeda.nn.Linear(64, 64, dtype=taeda.float64)
end = time.time() + 60
while time.time() < end and (ahead._running or jit._underway):
    time.sleep(0.01)
x, before = taeda.ones(32, 64, dtype=taeda.float64), jit.statistics["compiled"]
layer(x)
print(jit.statistics["compiled"] - before)
"""
    source = "from taeda.runtime import ahead\n" + source
    assert int(fresh(source, tmp_path / "told")) == 0
    later = source.replace("float64)\nend", "float64, device='meta').to_empty(device='cpu')\nend")
    assert later != source and int(fresh(later, tmp_path / "later")) == 1


def test_a_process_may_end_and_fork_at_any_time(tmp_path: Path) -> None:
    fresh("", tmp_path / "ends")
    fork = """
import os
for _ in range(3):
    child = os.fork()
    if not child:
        (taeda.ones(3, 4) @ taeda.ones(4, 2, requires_grad=True)).sum().backward()
        loss.backward()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
loss.backward()
"""
    fresh(fork, tmp_path / "forks")


def test_a_process_may_fork_while_a_thread_is_about_to_compile(tmp_path: Path) -> None:
    """The child compiles itself what that thread is no longer there for."""
    assert fresh("""
import os, signal, threading
from taeda.codegen.target import current
text = "define i64 @kernel(ptr %a, i64 %b, i64 %c) { ret i64 4712 }"
thread = threading.Thread(target=lambda: jit.compile_kernel(text, current()))
jit._gate.close()
thread.start()
time.sleep(0.2)
child = os.fork()
if not child:
    signal.alarm(30)
    jit._gate.open()
    os._exit(not jit.compile_kernel(text, current()))
jit._gate.open()
thread.join()
print(os.waitpid(child, 0)[1])
""", tmp_path) == "0\n"


def test_errors_keep_nothing_of_llvm() -> None:
    """It would be disposed of at any time, also while the process forks."""
    from llvmlite.binding.context import ContextRef
    from llvmlite.binding.module import ModuleRef

    with pytest.raises(RuntimeError) as failure:
        jit.object_code("define broken", CPU)
    assert failure.value.__traceback__ is not None
    assert not [o for o in gc.get_objects() if type(o) in (ContextRef, ModuleRef)]


def test_threads_compile_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """LLVM works in several threads at once, without llvmlite's lock."""
    monkeypatch.setattr(jit.cache, "load", lambda key: None)
    monkeypatch.setattr(jit.cache, "store", lambda key, body: None)
    texts = []
    for path in sorted((Path(__file__).parent.parent / "golden").glob(f"*.{AVX2.name}.ll"))[-5:]:
        texts.append("\n".join(line for line in path.read_text().splitlines() if not line.startswith("target ")))
    assert texts
    alone = [jit.object_code(text, AVX2) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            assert list(pool.map(lambda text: jit.object_code(text, AVX2), texts)) == alone


def test_who_wants_what_another_thread_compiles_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "define i64 @kernel(ptr %a, i64 %b, i64 %c) {\n  ret i64 4711\n}\n"
    compiled = []

    def slowly(text: str, target: object) -> bytes:
        import time

        compiled.append(text)
        time.sleep(0.2)
        return made(text, target)

    made = jit.object_code
    monkeypatch.setattr(jit, "object_code", slowly)
    with ThreadPoolExecutor(4) as pool:
        addresses = set(pool.map(lambda _: jit.compile_kernel(text, CPU), range(4)))
    assert len(addresses) == len(compiled) == 1
    with pytest.raises(RuntimeError), ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: jit.compile_kernel("define broken", CPU), range(2)))
    assert not jit._underway
