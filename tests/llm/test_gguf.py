"""GGUF files: the numbers of blocks, models, and files that are damaged."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_generation import make

import taeda
from taeda.llm import MismatchError, load, save
from taeda.llm.checkpoint import shrink_
from taeda.llm.gguf.blocks import codes_of, numbers_of
from taeda.llm.gguf.file import KINDS, Stored, read
from taeda.llm.gguf.models import order_of, place_of
from taeda.llm.gguf.tokenizer import metadata_of, tokenizer_of
from taeda.llm.memory import weight_bytes
from taeda.quantization import decode, int4, int8, quantize_
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


def entry(value: Any) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    if isinstance(value, bool):
        return struct.pack("<IB", 7, value)
    if isinstance(value, list):
        kind = 8 if isinstance(value[0], str) else 6 if isinstance(value[0], float) else 5
        items = map(text, value) if kind == 8 else (struct.pack("<f" if kind == 6 else "<i", item) for item in value)
        return struct.pack("<IIQ", 9, kind, len(value)) + b"".join(items)
    return struct.pack("<If", 6, value) if isinstance(value, float) else struct.pack("<II", 4, value)


def write(path: Path, metadata: dict[str, Any], tensors: dict[str, tuple[str, tuple[int, ...], bytes]]) -> None:
    """A file of version 3."""
    out = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        out += text(key) + entry(value)
    offset = 0
    for name, (kind, shape, data) in tensors.items():
        out += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape[::-1])
        out += struct.pack("<IQ", NUMBER[kind], offset)
        offset += -(-len(data) // 32) * 32
    out += bytes(-len(out) % 32)
    for _, _, data in tensors.values():
        out += data + bytes(-len(data) % 32)
    path.write_bytes(bytes(out))


# What files of a family say beside the sizes, and how its model of families.py is made to be what they can say.
ARCHITECTURES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "llama2": ("llama", {}, {}), "qwen2": ("qwen2", {}, dict(use_sliding_window=False, layer_types=None)),
    "qwen3": ("qwen3", {}, {}),
    "qwen2_yarn": ("qwen2", {"rope.scaling.type": "yarn", "rope.scaling.factor": 4.0,
                             "rope.scaling.original_context_length": 64}, {}),
    "mixtral": ("llama", {"expert_count": 4, "expert_used_count": 2}, {}),
    "qwen2_moe": ("qwen2moe", {"expert_count": 4, "expert_used_count": 2, "expert_feed_forward_length": 16,
                               "expert_shared_feed_forward_length": 24}, dict(mlp_only_layers=[])),
    "qwen3_moe": ("qwen3moe", {"expert_count": 4, "expert_used_count": 2, "expert_feed_forward_length": 16}, {}),
    "gemma": ("gemma", {}, {}),
    "gemma2": ("gemma2", {"attention.sliding_window": 8, "attn_logit_softcapping": 50.0,
                          "final_logit_softcapping": 30.0},
               dict(query_pre_attn_scalar=16, attn_logit_softcapping=50.0, final_logit_softcapping=30.0)),
    "gemma3": ("gemma3", {"attention.sliding_window": 8, "rope.freq_base": 1e6}, dict(query_pre_attn_scalar=16)),
    "phi3_partial": ("phi3", {"attention.sliding_window": 12, "rope.dimension_count": 4}, {}),
    "gpt2": ("gpt2", {}, {}), "gpt_neox": ("gptneox", {"rope.dimension_count": 4, "use_parallel_residual": True}, {}),
    "smollm3": ("smollm3", {}, {}),
}


def write_model(path: Path, family: str, kind: str, more: dict[str, Any] | None = None) -> taeda.nn.Module:
    """A model in a file, matrices of layers in blocks."""
    arch, said, changed = ARCHITECTURES[family]
    model = make(0, family, **changed)
    config = model.config
    size = {"context_length": config.context, "embedding_length": config.hidden_size, "block_count": len(config.layers),
            "feed_forward_length": config.mlp_size, "attention.head_count": config.heads,
            "attention.head_count_kv": config.kv_heads, "attention.key_length": config.head_size,
            f"attention.layer_norm_{'rms_' if config.norm == 'rms' else ''}epsilon": config.norm_epsilon}
    metadata = {"general.architecture": arch, **{f"{arch}.{key}": value for key, value in (size | said).items()},
                "tokenizer.ggml.eos_token_id": 5} | (more or {})
    parameters = dict(model.named_parameters())
    tensors = {}
    for name in parameters:
        place = place_of(config, name)
        if place.tensor in tensors:
            continue
        parts = []
        for part in place.parts:
            value, order = parameters[part].detach(), order_of(config, part)
            value = value if order is None else value[taeda.argsort(order)]
            parts.append(value + config.norm_offset if "norm" in part else value)
        data = (np.stack if "_exps." in place.tensor else np.concatenate)([part.numpy() for part in parts])
        if "shexp" in place.tensor and "inp" in place.tensor:
            data = data[0]
        if kind == "Q8_0" and name != "lm_head.weight" and data.ndim > 1 and data.shape[-1] % 32 == 0:
            blocks = data.reshape(*data.shape[:-1], -1, 32)
            scale = (np.abs(blocks).max(-1, keepdims=True) / 127).astype(np.float16)
            codes = np.clip(np.round(blocks / scale.astype(np.float32)), -128, 127).astype(np.int8)
            blocks = np.concatenate([scale.view(np.uint8), codes.view(np.uint8)], -1)
            tensors[place.tensor] = ("Q8_0", data.shape, blocks.tobytes())
        else:
            tensors[place.tensor] = ("F32", data.shape, data.tobytes())
    write(path, metadata, tensors)
    return model


@pytest.mark.parametrize("family", ARCHITECTURES)
@pytest.mark.parametrize("kind", ["F32", "Q8_0"])
def test_models(family: str, kind: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "x.gguf", family, kind)
    found = load(tmp_path / "x.gguf")
    tokens = taeda.tensor([[1, 2, 3, 4, 5, 6, 7, 8] * 2])
    with taeda.no_grad():
        expected, logits = model(tokens), found(tokens)
    if kind == "F32":
        assert taeda.allclose(logits, expected, rtol=1e-4, atol=1e-5)
    else:
        # A token that another expert is chosen for has quite other logits.
        limit = 0.25 if any(layer.experts for layer in found.config.layers) else 0.08
        assert float((logits - expected).std() / expected.std()) < limit
        assert any("codes" in name for name in found.state_dict())
        assert found.dtype == taeda.float32 and found.model.embed_tokens.weight.shape == (97, 32)
        assert (found.lm_head is None) == (found.config.tied and not hasattr(found.model.embed_tokens, "blocks"))
        blocks = getattr(found.model.embed_tokens, "blocks", taeda.empty(0)).nbytes
        assert weight_bytes(found) == blocks + sum(x.nbytes for x in found.state_dict().values())
        assert found.to(taeda.bfloat16)(tokens).dtype == taeda.bfloat16
    assert found.config.stop_tokens == (5,)


@pytest.mark.parametrize("family", ARCHITECTURES)
def test_names_are_those_of_the_format(family: str) -> None:
    """As the gguf package lists them for the architecture."""
    constants = pytest.importorskip("gguf").constants
    arch = next(key for key, name in constants.MODEL_ARCH_NAMES.items() if name == ARCHITECTURES[family][0])
    known = {constants.TENSOR_NAMES[tensor].replace("{bid}", "0") for tensor in constants.MODEL_TENSORS[arch]}
    model = make(0, family, **ARCHITECTURES[family][2])
    names = {place_of(model.config, name).tensor for name, _ in model.named_parameters()}
    assert {name.rpartition(".")[0] for name in names if not name.startswith("blk.")
            or name.startswith("blk.0.")} <= known


def test_llama3_frequencies(tmp_path: Path) -> None:
    """A divisor for each frequency, as the file says."""
    write_model(tmp_path / "x.gguf", "llama2", "F32")
    plain = load(tmp_path / "x.gguf")
    _, tensors = read(tmp_path / "x.gguf")
    metadata, _ = read(tmp_path / "x.gguf")
    divisors = np.array([1, 2, 4, 8], np.float32)
    kept = {name: ("F32", stored.shape, stored.bytes.numpy().tobytes()) for name, stored in tensors.items()}
    write(tmp_path / "y.gguf", metadata, kept | {"rope_freqs.weight": ("F32", (4,), divisors.tobytes())})
    found = load(tmp_path / "y.gguf").config.layers[0].rotary
    rotary = plain.config.layers[0].rotary
    assert found is not None and rotary is not None and not found.depends_on_length() and found.amplitude == 1
    assert taeda.allclose(found.frequencies(1000), rotary.frequencies() / taeda.from_numpy(divisors))


TEXTS = ["the quick brown fox, it's 2024! naïve café 日本 😀\n\n  x", "What? What!  12345", "<|user|>hello<|end|>", ""]


def tokenizer_metadata(inner: Any, **more: Any) -> dict[str, Any]:
    content = json.loads(inner.to_str())
    vocab = inner.get_vocab(with_added_tokens=True)
    tokens = sorted(vocab, key=lambda token: vocab[token])
    special = {entry["id"] for entry in content["added_tokens"] if entry["special"]}
    return {"tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": [3 if k in special else 1
                                                                           for k in range(len(tokens))],
            **more}


@pytest.mark.parametrize("part", ["gpt-2", "llama-bpe", "qwen2", "smollm"])
def test_byte_level_tokenizers(part: str, tmp_path: Path) -> None:
    """The same tokens as the tokenizer that the file was written of."""
    library = pytest.importorskip("tokenizers")
    from taeda.llm.starter import make_tokenizer

    inner = make_tokenizer(TEXTS * 3, 330).inner
    merges = [" ".join(merge) for merge in json.loads(inner.to_str())["model"]["merges"]]
    write_model(tmp_path / "x.gguf", "llama2", "F32", tokenizer_metadata(inner, **{
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": part, "tokenizer.ggml.merges": merges,
        "tokenizer.chat_template": "{{ messages[0].content }}<|end|>"}))
    found = load(tmp_path / "x.gguf").tokenizer
    assert found is not None and found.special("eos_token") == inner.id_to_token(5)
    for some in TEXTS:
        assert found.decode(found.encode(some), True) == some
        if part == "gpt-2":
            assert found.encode(some) == inner.encode(some).ids
    digits = {"gpt-2": "12345", "llama-bpe": "123|45", "qwen2": "1|2|3|4|5", "smollm": "1|2|3|4|5"}[part]
    assert "|".join(word for word, _ in found.inner.pre_tokenizer.pre_tokenize_str("12345")) == digits
    assert found.render([{"role": "user", "content": "a"}]) == "a<|end|>"
    assert isinstance(found.inner, library.Tokenizer)
    again = tokenizer_of(metadata_of(found, found.size), tmp_path)
    assert again is not None and again.special("eos_token") == found.special("eos_token")
    assert all(again.encode(some) == found.encode(some) for some in TEXTS)


def test_sentencepiece_tokenizers(tmp_path: Path) -> None:
    """Pieces are merged by their scores, bytes stand for what has no piece."""
    library = pytest.importorskip("tokenizers")
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *"\u2581thequick", "th", "\u2581th",
              "\u2581the", "qu", "ick"]
    scores = [0.0] * 259 + [-100.0] * 9 + [-1.0, -2.0, -3.0, -4.0, -5.0]
    kinds = [2, 3, 3, *[6] * 256, *[1] * 14]
    write_model(tmp_path / "x.gguf", "llama2", "F32", {
        "tokenizer.ggml.model": "llama", "tokenizer.ggml.tokens": pieces, "tokenizer.ggml.scores": scores,
        "tokenizer.ggml.token_type": kinds, "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2})
    found = load(tmp_path / "x.gguf").tokenizer
    assert found is not None and isinstance(found.inner, library.Tokenizer) and found.stop_tokens == (2,)
    names = [found.inner.id_to_token(token) for token in found.encode("the quick é</s>")]
    assert names == ["<s>", "\u2581the", "\u2581", "qu", "i", "c", "k", "\u2581", "<0xC3>", "<0xA9>", "</s>"]
    assert found.decode(found.encode("the quick é")) == "the quick é"
    again = tokenizer_of(metadata_of(found, found.size), tmp_path)
    assert again is not None and again.stop_tokens == (2,)
    assert all(again.encode(some) == found.encode(some) for some in ("the quick é</s>", "a thequ", ""))


def test_tokenizers_that_are_damaged_or_unknown(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    for more in ({"tokenizer.ggml.model": "bert"}, {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "other"}):
        write_model(tmp_path / "x.gguf", "llama2", "F32", more | {"tokenizer.ggml.tokens": ["a"]})
        assert load(tmp_path / "x.gguf").tokenizer is None
    for more in ({"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.merges": ["a z"]},
                 {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.token_type": [1]},
                 {"tokenizer.ggml.model": "llama", "tokenizer.ggml.scores": [1.0]}):
        write_model(tmp_path / "x.gguf", "llama2", "F32", more | {"tokenizer.ggml.tokens": ["a", "b"]})
        with pytest.raises(CheckpointError, match="failed reading the tokenizer of"):
            load(tmp_path / "x.gguf")


def test_bits_are_those_of_the_file(tmp_path: Path) -> None:
    write_model(tmp_path / "x.gguf", "llama2", "F32")
    with pytest.raises(ValueError, match="keeps the bits it has"):
        load(tmp_path / "x.gguf", quantize="int8")


def test_codes_without_a_scheme_are_not_left_out(tmp_path: Path) -> None:
    model = make(0, "llama2")
    quantize_(model, int8())
    with pytest.raises(NotImplementedError, match="have no layout of their own"):
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


# -- writing -----------------------------------------------------------------------------------------------------------

_TOKENS = taeda.tensor([[1, 2, 3, 4, 5, 6, 7, 8] * 2])
# Families of families.py, changed to what files can say.
WRITTEN: dict[str, dict[str, Any]] = {name: changed for name, (_, _, changed) in ARCHITECTURES.items()} | {
    "mistral": dict(sliding_window=None), "llama3": {}, "phi3": {}}


@pytest.mark.parametrize("kind, family", [("int4", family) for family in WRITTEN] + [
    ("float32", "llama2"), ("float32", "gpt2"), ("int8", "phi3")])
def test_saved_files_give_the_model(kind: str, family: str, tmp_path: Path) -> None:
    model = make(0, family, **WRITTEN[family] | dict(intermediate_size=64, moe_intermediate_size=32,
                                                     shared_expert_intermediate_size=32, n_inner=64))
    if kind != "float32":
        # What products read is rounded when the file is read, as its library does it; but for routers.
        shrink_(model, (int8 if kind == "int8" else int4)(32, inputs=8))
    save(model, tmp_path / "x.gguf", format="gguf")
    found = load(tmp_path / "x.gguf")
    kinds = {stored.kind.name for stored in read(tmp_path / "x.gguf")[1].values()}
    assert ({"int8": "Q8_0", "int4": "Q4_0"}.get(kind, "F32")) in kinds
    with taeda.no_grad():
        assert taeda.allclose(found(_TOKENS), model(_TOKENS), rtol=1e-4, atol=1e-4)
    save(found, tmp_path / "y.gguf", format="gguf")
    with taeda.no_grad():
        assert taeda.equal(load(tmp_path / "y.gguf")(_TOKENS), found(_TOKENS))


def test_saved_files_are_read_by_the_gguf_package(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    model = make(0, "qwen2_yarn", intermediate_size=64)
    shrink_(model, int4(32))
    save(model, tmp_path / "x.gguf", format="gguf")
    reader = gguf.GGUFReader(tmp_path / "x.gguf")
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    for name, kind, layer in (("blk.1.ffn_down.weight", "Q4_0", model.model.layers[1].mlp.down_proj),
                              ("output.weight", "Q8_0", model.lm_head)):
        assert tensors[name].tensor_type.name == kind
        numbers = gguf.quants.dequantize(tensors[name].data, tensors[name].tensor_type)
        assert np.allclose(numbers, layer.weight.numpy(), rtol=1e-6, atol=1e-7)
    assert reader.get_field("general.architecture").contents() == "qwen2"
    assert reader.get_field("qwen2.block_count").contents() == 3


@pytest.mark.parametrize("scheme, family, changed, reason", [
    (int8(16), "llama2", {}, "groups of 16 are not divided in blocks of 32"),
    (int4(32, symmetric=False), "llama2", {}, "has offsets|have offsets"),
    (None, "mistral", {}, "cannot say this model's layer 0"),
    (None, "qwen2", {}, "cannot say this model's layer"),
])
def test_what_files_cannot_say(scheme: Any, family: str, changed: dict[str, Any], reason: str, tmp_path: Path) -> None:
    model = make(0, family, **changed)
    if scheme is not None:
        shrink_(model, scheme)
    with pytest.raises(NotImplementedError, match=reason):
        save(model, tmp_path / "x.gguf", format="gguf")
    assert not list(tmp_path.iterdir())


def test_formats_of_saving(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'gptq' or 'awq', not 'ggml'"):
        save(make(), tmp_path, format="ggml")
