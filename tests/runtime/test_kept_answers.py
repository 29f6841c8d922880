"""A process that asks the compiler what another one asked before compiles nothing: Programs and plans of recordings are
on disk as well as kernels. An entry that is damaged, or is not what was asked, counts for nothing."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import taeda
from taeda.runtime import cache, kept, programs
from taeda.runtime.devices import target_of
from taeda.runtime.kernel_content import decode, encode

STEP = """
import os, sys
import taeda
from taeda import nn
from taeda.runtime import jit

taeda.manual_seed(int(os.environ.get("SEED", 0)))
rows = int(os.environ.get("ROWS", 8))
model = nn.Sequential(nn.Embedding(20, 16), nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True),
                      nn.LayerNorm(16), nn.Linear(16, 20))
optimizer = taeda.optim.AdamW(model.parameters(), lr=1e-2)
x = taeda.arange(rows * 6).reshape(rows, 6) % 20

@taeda.compile
def step():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x).reshape(-1, 20), x.reshape(-1))
    loss.backward()
    optimizer.step()
    return loss

losses = [step().item().hex() for _ in range(3)]
import taeda.runtime.recorded as recorded
assert not recorded.failures, recorded.failures
print(*losses, jit.statistics["compiled"], "taeda.compiler.pipeline" in sys.modules)
"""


def run(folder: Path, **variables: str) -> tuple[list[str], int, bool]:
    """The losses in a new process, how many kernels it compiled, and whether it imported the compiler."""
    environment = {**os.environ, "TAEDA_CACHE": str(folder), "TAEDA_PREBUILT": "0", "TAEDA_CHECK": "0",
                   "TAEDA_DEBUG": "0", **variables}
    done = subprocess.run([sys.executable, "-c", STEP], capture_output=True, text=True, env=environment, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    *losses, compiled, compiler = done.stdout.split()
    return losses, int(compiled), compiler == "True"


def answers(folder: Path) -> list[Path]:
    """The entries that are not machine code."""
    return [p for p in folder.glob("??/*") if p.read_bytes()[:200].find(b"\x80\x05") > 0]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("cache")
    losses, compiled, compiler = run(folder)
    assert compiled > 5 and compiler
    return folder, losses


def test_next_process_needs_no_compiler(filled: tuple[Path, list[str]]) -> None:
    folder, losses = filled
    assert run(folder) == (losses, 0, False)
    elsewhere = folder.rename(folder.parent / "elsewhere")
    assert run(elsewhere) == (losses, 0, False)
    elsewhere.rename(folder)


def test_places_in_random_streams_are_not_asked(filled: tuple[Path, list[str]]) -> None:
    folder, losses = filled
    others, compiled, compiler = run(folder, SEED="5")
    assert others != losses and not compiled and not compiler


def test_other_sizes_and_targets_are_other_questions(filled: tuple[Path, list[str]]) -> None:
    folder, losses = filled
    assert run(folder, ROWS="1")[2]
    other = "baseline" if target_of("cpu").name != "baseline" else "avx2"
    assert run(folder, TAEDA_CPU=other)[1] > 0
    assert run(folder) == (losses, 0, False)


DTYPES = """
import sys, taeda
taeda.set_default_dtype(getattr(taeda, sys.argv[1]))
x = taeda.arange(3)
print((x * 1j).dtype, (x / 2).dtype, x.exp().dtype)
"""


def test_another_default_dtype_is_another_question(tmp_path: Path) -> None:
    environment = {**os.environ, "TAEDA_CACHE": str(tmp_path), "TAEDA_CHECK": "0", "TAEDA_DEBUG": "0"}
    for default, wide in (("float32", "complex64"), ("float64", "complex128"), ("float32", "complex64")):
        done = subprocess.run([sys.executable, "-c", DTYPES, default], capture_output=True, text=True, env=environment)
        assert done.stdout.split() == [f"torch.{wide}", *[f"torch.{default}"] * 2], done.stderr


def test_damaged_answers_are_given_anew(filled: tuple[Path, list[str]]) -> None:
    folder, losses = filled
    entries = answers(folder)
    assert len(entries) > 20
    for k, path in enumerate(entries):
        content = bytearray(path.read_bytes())
        content[-1 - k % 100] ^= 0xFF
        path.write_bytes(content[: len(content) // 2] if k % 3 == 0 else content)
    again, compiled, compiler = run(folder)
    assert again == losses and not compiled and compiler
    assert run(folder) == (losses, 0, False)


def test_answers_to_other_questions_are_not_taken(filled: tuple[Path, list[str]]) -> None:
    folder, losses = filled
    entries = answers(folder)
    contents = [p.read_bytes() for p in entries]
    for path, content in zip(entries, contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    assert run(folder) == (losses, 0, True)
    assert run(folder) == (losses, 0, False)


def test_entries_of_another_kind_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain data that is whole and says the right key, but holds no answer."""
    monkeypatch.setenv("TAEDA_CACHE", str(tmp_path))
    monkeypatch.setenv("TAEDA_CHECK", "0")
    target = target_of("cpu")
    question = ("forward", "relu", (("tensor", "float32", 2),))
    description = programs.compile_forward(*question[1:])
    for wrong in (None, 5, (b"", [], []), (b"N.", [(b"\0" * 40, [], [])], []), (b"Q.", [], []),
                  (pickle.dumps(print), [], [])):
        kept.write(kept.key_of(target, *question), wrong)
        assert kept.answer(target, question, lambda: description) is description
    assert "kept" in kept.answer(target, question, lambda: pytest.fail("it is there now"))


def test_nothing_but_plain_data_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAEDA_CACHE", str(tmp_path))
    key = kept.key_of(target_of("cpu"), "anything")
    cache.store(key, pickle.dumps((key, print)))
    assert kept.read(key) is None
    cache.store(key, b"no pickle")
    assert kept.read(key) is None
    kept.write(key, (1, "text"))
    assert kept.read(key) == (1, "text")


def test_kernels_are_written_whole() -> None:
    """Deep expressions, loops inside of expressions, what is done to results of products, names and numbers."""
    from taeda.runtime.handles import kernel_of, kernels

    x = taeda.rand(4, 4)

    @taeda.compile
    def function() -> taeda.Tensor:
        y = x
        for _ in range(300):
            y = y * 1.5 - 1
        return taeda.nn.functional.gelu(x @ y + 1) - -0.0

    function()
    taeda.special.gammainc(x, x), x.var(), x.softmax(-1), x.topk(2), x.double().sin(), (x + 1j).abs(), x.argmax()
    made = [kernel_of(handle) for handle in range(len(kernels))]
    for kernel in made:
        content = encode(kernel)
        assert content is not None
        again = decode(content)
        assert again == kernel and str(again) == str(kernel)


def test_what_is_no_part_of_a_kernel_is_not_written() -> None:
    from taeda.compiler.builder import TemplateSpec

    assert encode(TemplateSpec("module", "name", (("parameter", print),))) is None
