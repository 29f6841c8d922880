"""Damaged and hostile files of weights: an error of its own class, nothing read outside."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import taeda
from taeda.serialization import CheckpointError, map_safetensors


def test_mapped_is_loaded(tmp_path: Path) -> None:
    tensors = {"a": taeda.randn(3, 4), "b": taeda.arange(5), "c": taeda.zeros(0, 2), "d": taeda.tensor(True),
               "e": taeda.randn(7).to(taeda.bfloat16)}
    taeda.save_safetensors(tensors, tmp_path / "x.safetensors", {"format": "pt"})
    mapped = map_safetensors(tmp_path / "x.safetensors")
    assert {name: x.dtype for name, x in mapped.items()} == {name: x.dtype for name, x in tensors.items()}
    assert all(taeda.equal(mapped[name], x) for name, x in tensors.items())
    mapped["a"].zero_()  # stays in this process
    assert taeda.equal(map_safetensors(tmp_path / "x.safetensors")["a"], tensors["a"])


def _file(path: Path, header: object, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


@pytest.mark.parametrize("entry", [
    {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},
    {"dtype": "F32", "shape": [2], "data_offsets": [0, 800]},
    {"dtype": "F32", "shape": [200], "data_offsets": [0, 800]},
    {"dtype": "F32", "shape": [-1], "data_offsets": [8, 4]},
    {"dtype": "F32", "shape": [1 << 61, 1 << 61], "data_offsets": [0, 0]},
    {"dtype": "F32", "shape": "2", "data_offsets": [0, 8]},
    {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]},
    {"dtype": "XX", "shape": [2], "data_offsets": [0, 8]},
    {"dtype": ["F32"], "shape": [2], "data_offsets": [0, 8]},
    {"dtype": "F32", "shape": [2], "data_offsets": [0]},
    {"shape": [2]}, [], None,
])
def test_entries(tmp_path: Path, entry: object) -> None:
    with pytest.raises(CheckpointError, match="tensor 'a'"):
        map_safetensors(_file(tmp_path / "x", {"a": entry}, bytes(8)))


@pytest.mark.parametrize("content", [b"", b"1234567", bytes(8), b"\xff" * 16, b"\x02" + bytes(7) + b"[]"])
def test_headers(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(CheckpointError, match="failed reading"):
        map_safetensors(tmp_path / "x")


def test_random_damage(tmp_path: Path) -> None:
    taeda.save_safetensors({"a": taeda.randn(3, 4), "b": taeda.arange(5)}, tmp_path / "x")
    whole = (tmp_path / "x").read_bytes()
    rng = random.Random(0)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged) // 2)] = rng.randrange(256)
        (tmp_path / "y").write_bytes(bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])]))
        try:
            for tensor in map_safetensors(tmp_path / "y").values():
                bytes(memoryview(tensor.untyped_storage()))
        except CheckpointError:
            pass
