"""Functions written to files for C++ programs: what is recorded, what is refused, files that are damaged."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import pytest

import taeda
from taeda import _core, native
from taeda.nn import functional as F


def saved(tmp_path: Path, function: Any, state: Any = None, **inputs: taeda.Tensor) -> bytes:
    path = tmp_path / "file.taeda"
    native.save(path, {"f": (function, inputs)}, state)
    assert [p.name for p in tmp_path.iterdir()] == ["file.taeda"]
    return path.read_bytes()


def test_description(tmp_path: Path) -> None:
    weight = taeda.randn(4, 3, requires_grad=True)
    unused = taeda.zeros(1)

    def f(x: taeda.Tensor, y: taeda.Tensor) -> dict[str, taeda.Tensor]:
        return {"a": (x @ weight).softmax(-1)[:, 1:], "b": (y + x.sum()).to(taeda.float64)}

    saved(tmp_path, f, {"weight": weight, "unused": unused}, x=taeda.randn(5, 4), y=taeda.tensor(2))
    description = native.describe(tmp_path / "file.taeda")
    assert description.pop("kernels") > 0
    assert description.pop("processor") in ("baseline", "avx2", "avx512", "avx512_vnni", "avx512_dot")
    assert description == {
        "functions": {
            "f": {
                "inputs": {"x": (taeda.float32, (5, 4)), "y": (taeda.int64, ())},
                "outputs": {"a": (taeda.float32, (5, 2)), "b": (taeda.float64, ())},
            }
        },
        "state": {"weight": (taeda.float32, (4, 3))},
    }


def test_gradients_views_and_writes_are_recorded(tmp_path: Path) -> None:
    """`save` runs what it recorded again and compares the bits: that it returns is the test."""
    taeda.manual_seed(3)
    total = taeda.zeros(3)
    mask = taeda.rand(6, 3) > 0.5

    def f(x: taeda.Tensor) -> dict[str, taeda.Tensor]:
        y = x[1:, ::2].t() * 2
        y.add_(1).clamp_(max=3)
        z = taeda.empty(3, 5)
        z.copy_(y[:, :1].expand(3, 5))
        z[1] = 7
        total.add_(z.sum(1))
        noise = F.dropout(x, 0.3) + taeda.randn(6, 5)
        loss = (x.exp() * noise).sum() + x[:, :3].masked_select(mask).prod() + x.cumsum(0).sort(1).values[2].sum()
        loss = loss + x[taeda.tensor([0, 2, 2])].pow(3).mean() + F.max_pool2d(x[None], 2).sum()
        (gradient,) = taeda.autograd.grad(loss, x)
        return {"y": y, "z": z, "gradient": gradient, "total": total, "same": x}

    saved(tmp_path, f, x=taeda.randn(6, 5, requires_grad=True))
    saved(tmp_path, lambda x: taeda.arange(50000.0).reshape(50, 1000).sum(1) + x, x=taeda.ones(50))


def test_training_step_with_every_kind_of_state(tmp_path: Path) -> None:
    model = taeda.nn.Sequential(taeda.nn.Linear(4, 8), taeda.nn.BatchNorm1d(8), taeda.nn.GELU(), taeda.nn.Linear(8, 2))
    for make in (taeda.optim.SGD, taeda.optim.AdamW):
        optimizer = make(model.parameters(), lr=0.1, weight_decay=0.1)

        def step(x: taeda.Tensor, y: taeda.Tensor, optimizer: Any = optimizer) -> taeda.Tensor:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            taeda.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            return loss

        x, y = taeda.randn(16, 4), taeda.randint(0, 2, (16,))
        batch = {"x": x, "y": y}
        functions = {"first": (step, batch), "second": (step, batch), "infer": (model, {"input": x})}
        native.save(tmp_path / "step", functions, model.state_dict())
        assert set(native.describe(tmp_path / "step")["state"]) == set(model.state_dict())


def test_wrong_arguments(tmp_path: Path) -> None:
    x = taeda.ones(3)
    with pytest.raises(TypeError, match="f must return a tensor or a dict of tensors, not list"):
        saved(tmp_path, lambda x: [x], x=x)
    with pytest.raises(TypeError, match="'output' must be a tensor, not float"):
        saved(tmp_path, lambda x: {"output": 1.0}, x=x)
    with pytest.raises(ValueError, match="'output' is no tensor with memory"):
        saved(tmp_path, lambda x: taeda.tensor([1.0], device="meta"), x=x)
    with pytest.raises(ZeroDivisionError):
        saved(tmp_path, lambda x: x / (1 // 0), x=x)
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        native.save(tmp_path / "no" / "folder", {"f": (lambda x: x, {"x": x})})
    with pytest.raises(RuntimeError, match="nothing is recorded"):
        _core.end_recording({})


def test_what_is_no_op_is_refused(tmp_path: Path) -> None:
    def f(x: taeda.Tensor) -> taeda.Tensor:
        y = x + 1
        y.numpy()[0] = 5
        return y * 2

    with pytest.raises(RuntimeError, match="output 'output' of 'f' is not the same when what was recorded runs again"):
        saved(tmp_path, f, x=taeda.ones(3))


def hash_of(body: bytes) -> int:
    h, mask = 0x9E3779B97F4A7C15 ^ len(body), 2**64 - 1
    for (word,) in struct.iter_unpack("<Q", body + bytes(-len(body) % 8)):
        h = (h ^ word) * 0xD6E8FEB86659FD93 & mask
        h ^= h >> 32
    return h


def with_hash(content: bytes) -> bytes:
    return content[:12] + struct.pack("<Q", hash_of(content[20:])) + content[20:]


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    weight = taeda.randn(4, 3)
    return saved(tmp_path, lambda x: ((x @ weight).relu() + 1).sum(), {"weight": weight}, x=taeda.randn(2, 4))


def test_other_files(content: bytes) -> None:
    assert with_hash(content) == content
    for text, message in (
        (b"", "no Program file"),
        (b"x" * 100, "no Program file"),
        (content[:15], "damaged"),
        (content[:8] + struct.pack("<I", 99) + content[12:], "of version 99, but this is version 4"),
        (content[:-1], "damaged"),
        (content + b"x", "damaged"),
    ):
        with pytest.raises(ValueError, match=message):
            _core.describe_program_file(text)
    start = 20 + 8
    length = struct.unpack_from("<Q", content, 20)[0]
    other = content[:20] + struct.pack("<Q", 5) + b"riscv" + content[start + length :]
    with pytest.raises(ValueError, match="for processors with 'riscv', which this one is not"):
        _core.describe_program_file(with_hash(other))
    with pytest.raises(TypeError):
        _core.describe_program_file("text")


def test_any_damage_is_found(content: bytes) -> None:
    generator = random.Random(1)
    for _ in range(2000):
        changed = bytearray(content)
        changed[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
        with pytest.raises(ValueError):
            _core.describe_program_file(bytes(changed))
        with pytest.raises(ValueError):
            _core.describe_program_file(content[: generator.randrange(len(content))])


def test_contradictions_are_errors(content: bytes) -> None:
    """Files with a right hash and wrong content: reading them may fail or not, but nothing worse."""
    generator = random.Random(2)
    # Objects of machine code take most of the file; what is before them is the structure.
    end = content.index(b"\x7fELF")
    refused = 0
    for _ in range(1500):
        changed = bytearray(content)
        for _ in range(generator.choice((1, 1, 2, 4))):
            where = generator.randrange(20, end if generator.random() < 0.9 else len(content))
            changed[where] = generator.choice((0, 1, 2, 127, 128, 255, generator.randrange(256)))
        try:
            _core.describe_program_file(with_hash(bytes(changed)))
        except (ValueError, NotImplementedError, MemoryError, RuntimeError):
            refused += 1
    assert refused > 300
