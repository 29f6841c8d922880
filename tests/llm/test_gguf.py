"""GGUF files: the numbers of blocks, models, and files that are damaged."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from families import MODELS
from test_generation import make

import taeda
from taeda.llm import MismatchError, load, save
from taeda.llm.gguf import KINDS, Stored, _name, _order, codes_of, numbers_of
from taeda.quantization import decode, int8, quantize_
from taeda.serialization import CheckpointError

NUMBER = {kind.name: number for number, kind in KINDS.items()}


def random_blocks(name: str, rows: int, k: int) -> np.ndarray:
    """Blocks of any bits, with sizes that are numbers."""
    kind = KINDS[NUMBER[name]]
    rng = np.random.RandomState(0)
    blocks = rng.randint(0, 256, (rows, k // kind.elements, kind.bytes)).astype(np.uint8)
    for place in {"Q4_K": (0, 2), "Q6_K": (208,)}.get(name, (0,)):
        sizes = (rng.rand(*blocks.shape[:2], 1) * 0.1).astype(np.float16)
        blocks[..., place:place + 2] = sizes.view(np.uint8)
    return blocks.reshape(rows, -1)


@pytest.mark.parametrize("name", ["Q8_0", "Q4_0", "Q4_K", "Q6_K"])
def test_numbers_of_blocks(name: str) -> None:
    """As the gguf package makes them, where it is installed; and the same by codes and directly."""
    data = random_blocks(name, 5, 512)
    stored = Stored((5, 512), KINDS[NUMBER[name]], taeda.from_numpy(data.reshape(-1)))
    found = numbers_of(stored)
    assert found.shape == (5, 512) and taeda.equal(found, decode(codes_of(stored)))
    gguf = pytest.importorskip("gguf")
    expected = gguf.quants.dequantize(data, gguf.GGMLQuantizationType[name])
    assert np.allclose(found.numpy(), expected, rtol=1e-6, atol=1e-7)


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def write(path: Path, metadata: dict[str, Any], tensors: dict[str, tuple[str, tuple[int, ...], bytes]]) -> None:
    """A file of version 3."""
    out = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        out += text(key)
        if isinstance(value, str):
            out += struct.pack("<I", 8) + text(value)
        elif isinstance(value, list):
            out += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
        else:
            out += struct.pack("<If", 6, value) if isinstance(value, float) else struct.pack("<II", 4, value)
    offset = 0
    for name, (kind, shape, data) in tensors.items():
        out += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape[::-1])
        out += struct.pack("<IQ", NUMBER[kind], offset)
        offset += -(-len(data) // 32) * 32
    out += bytes(-len(out) % 32)
    for _, _, data in tensors.values():
        out += data + bytes(-len(data) % 32)
    path.write_bytes(bytes(out))


def write_model(path: Path, family: str, kind: str) -> taeda.nn.Module:
    """A model in a file, matrices of layers in blocks."""
    model = make(0, family, num_hidden_layers=2, use_sliding_window=False, layer_types=None, attention_bias=False)
    config, arch = model.config, MODELS[family]["model_type"]
    metadata = {"general.architecture": arch, f"{arch}.embedding_length": 32, f"{arch}.block_count": 2,
                f"{arch}.feed_forward_length": 48, f"{arch}.attention.head_count": config.heads,
                f"{arch}.attention.head_count_kv": config.kv_heads, f"{arch}.attention.key_length": config.head_size,
                f"{arch}.attention.layer_norm_rms_epsilon": 1e-6, f"{arch}.context_length": 256,
                "tokenizer.ggml.tokens": ["a", "b"], "tokenizer.ggml.eos_token_id": 5}
    tensors = {}
    for name, parameter in model.named_parameters():
        order = _order(config, name)
        value = parameter.detach()
        if order is not None:
            value = value[taeda.argsort(order)]
        data = value.numpy()
        if kind == "Q8_0" and name.startswith("model.layers") and value.dim() == 2 and value.size(1) % 32 == 0:
            parts = data.reshape(value.size(0), -1, 32)
            size = (np.abs(parts).max(-1, keepdims=True) / 127).astype(np.float16)
            codes = np.clip(np.round(parts / size.astype(np.float32)), -128, 127).astype(np.int8)
            blocks = np.concatenate([size.view(np.uint8), codes.view(np.uint8)], -1)
            tensors[_name(name)] = ("Q8_0", tuple(value.shape), blocks.tobytes())
        else:
            tensors[_name(name)] = ("F32", tuple(value.shape), data.tobytes())
    write(path, metadata, tensors)
    return model


@pytest.mark.parametrize("family", ["llama2", "qwen2", "qwen3"])
@pytest.mark.parametrize("kind", ["F32", "Q8_0"])
def test_models(family: str, kind: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "x.gguf", family, kind)
    found = load(tmp_path / "x.gguf")
    tokens = taeda.tensor([[1, 2, 3, 4, 5, 6, 7, 8]])
    with taeda.no_grad():
        expected, logits = model(tokens), found(tokens)
    if kind == "F32":
        assert taeda.equal(logits, expected)
    else:
        assert float((logits - expected).std() / expected.std()) < 0.05
        assert any("codes" in name for name in found.state_dict())
    assert found.config.stop_tokens == (5,)


def test_bits_are_those_of_the_file(tmp_path: Path) -> None:
    write_model(tmp_path / "x.gguf", "llama2", "F32")
    with pytest.raises(ValueError, match="keeps the bits it has"):
        load(tmp_path / "x.gguf", quantize="int8")


def test_codes_without_a_scheme_are_not_left_out(tmp_path: Path) -> None:
    model = make(0, "llama2")
    quantize_(model, int8())
    with pytest.raises(NotImplementedError, match="not written yet"):
        save(model, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_misfits(tmp_path: Path) -> None:
    write(tmp_path / "x.gguf", {
        "general.architecture": "llama", "llama.embedding_length": 32, "llama.block_count": 1,
        "llama.feed_forward_length": 48, "llama.attention.head_count": 4},
        {"token_embd.weight": ("F32", (9, 32), bytes(9 * 32 * 4)), "more": ("F32", (2,), bytes(8))})
    with pytest.raises(MismatchError, match="missing: blk.0.attn_q.weight") as raised:
        load(tmp_path / "x.gguf")
    assert raised.value.extra == ["more"]
    write(tmp_path / "x.gguf", {"general.architecture": "falcon"}, {})
    with pytest.raises(NotImplementedError, match="'falcon'"):
        load(tmp_path / "x.gguf")


def test_random_damage(tmp_path: Path) -> None:
    write_model(tmp_path / "x.gguf", "llama2", "Q8_0")
    whole = (tmp_path / "x.gguf").read_bytes()
    rng = random.Random(0)
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            damaged[rng.randrange(2000)] = rng.randrange(256)
        (tmp_path / "y.gguf").write_bytes(bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])]))
        try:
            load(tmp_path / "y.gguf")
        except (CheckpointError, ValueError, NotImplementedError):
            pass
