"""GGUF files: a model, its description and its weights in blocks of few bits, in one file that is mapped to memory.

Weights of layers stay as few bits as they are (`taeda.quantization`), with the very numbers that they mean; of
everything else numbers are made. Layout of the blocks: ggml's `ggml-common.h`.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import taeda
from taeda import nn
from taeda.llm.checkpoint import MismatchError
from taeda.llm.config import DecoderConfig
from taeda.llm.decoder import Decoder
from taeda.llm.tokenizer import Tokenizer
from taeda.quantization import QuantizedLinear, Scheme
from taeda.quantization.codes import PANEL, Codes, decode, pack
from taeda.serialization import CheckpointError

# Scalars of the metadata by their number in the format; 8 is a text, 9 a list.
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_LONGEST_LIST = 1 << 24


@dataclass(frozen=True)
class Kind:
    """A type of weights: so many elements in so many bytes."""

    name: str
    elements: int
    bytes: int


KINDS = {0: Kind("F32", 1, 4), 1: Kind("F16", 1, 2), 30: Kind("BF16", 1, 2), 2: Kind("Q4_0", 32, 18),
         8: Kind("Q8_0", 32, 34), 12: Kind("Q4_K", 256, 144), 14: Kind("Q6_K", 256, 210)}


class Reader:
    """The bytes of a file, read one after the other, none past the end."""

    def __init__(self, path: Path) -> None:
        self.path, self.at = path, 0
        with open(path, "rb") as file:
            self.size = os.fstat(file.fileno()).st_size
            if self.size < 24:
                raise CheckpointError(f"failed reading {path}: {self.size} bytes are no GGUF file")
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)

    def fail(self, reason: str) -> CheckpointError:
        return CheckpointError(f"failed reading {self.path}: {reason}")

    def scalar(self, form: str) -> Any:
        size = struct.calcsize(form)
        if self.at + size > self.size:
            raise self.fail(f"it ends at byte {self.size}, in the middle of the header")
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return value

    def text(self) -> str:
        length = self.scalar("<Q")
        if length > self.size - self.at:
            raise self.fail(f"a text of {length} bytes at byte {self.at} of {self.size}")
        self.at += length
        return self.data[self.at - length:self.at].decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind == 8:
            return self.text()
        if kind == 9:
            inner, count = self.scalar("<I"), self.scalar("<Q")
            if count > min(self.size - self.at, _LONGEST_LIST) or depth:
                raise self.fail(f"a list of {count} values at byte {self.at}")
            return [self.value(inner, depth + 1) for _ in range(count)]
        if kind not in _SCALARS:
            raise self.fail(f"the unknown type {kind} of metadata at byte {self.at}")
        return self.scalar(_SCALARS[kind])


@dataclass(frozen=True)
class Stored:
    """A tensor of the file: its shape as Taeda says it (last dimension fastest), and the bytes of it."""

    shape: tuple[int, ...]
    kind: Kind
    bytes: taeda.Tensor


def read(path: Path) -> tuple[dict[str, Any], dict[str, Stored]]:
    """The metadata and the tensors of a file. Raises `CheckpointError` for damaged files and types that are not there.
    """
    reader = Reader(path)
    if reader.data[:4] != b"GGUF":
        raise reader.fail("it is no GGUF file")
    reader.at = 4
    version, count, pairs = reader.scalar("<I"), reader.scalar("<Q"), reader.scalar("<Q")
    if version not in (2, 3):
        raise reader.fail(f"version {version} of the format, expected 2 or 3")
    if count > reader.size or pairs > reader.size:
        raise reader.fail(f"{count} tensors and {pairs} entries in {reader.size} bytes")
    metadata = {}
    for _ in range(pairs):
        key = reader.text()
        metadata[key] = reader.value(reader.scalar("<I"))
    entries = []
    for _ in range(count):
        name, dims = reader.text(), reader.scalar("<I")
        if dims > 8:
            raise reader.fail(f"tensor {name!r} of {dims} dimensions")
        shape = tuple(reader.scalar("<Q") for _ in range(dims))[::-1]
        entries.append((name, shape, reader.scalar("<I"), reader.scalar("<Q")))
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20:
        raise reader.fail(f"an alignment of {alignment!r}")
    start = -(-reader.at // alignment) * alignment
    return metadata, {name: _stored(reader, name, shape, kind, start + offset)
                      for name, shape, kind, offset in entries}


def _stored(reader: Reader, name: str, shape: tuple[int, ...], number: int, start: int) -> Stored:
    kind = KINDS.get(number)
    if kind is None:
        raise NotImplementedError(f"failed reading {reader.path}: tensor {name!r} is of type {number}; there are "
                                  f"{', '.join(k.name for k in KINDS.values())}")
    elements = 1
    for size in shape:
        elements *= size
    if not elements or shape[-1] % kind.elements:
        raise reader.fail(f"tensor {name!r} of shape {shape} in blocks of {kind.elements}")
    count = elements // kind.elements * kind.bytes
    if start + count > reader.size:
        raise reader.fail(f"tensor {name!r} at bytes {start} to {start + count} of {reader.size}")
    data = taeda.frombuffer(reader.data, dtype=taeda.uint8, count=count, offset=start)
    return Stored(shape, kind, data)


# -- blocks ------------------------------------------------------------------------------------------------------------


def _half(bytes: taeda.Tensor) -> taeda.Tensor:
    return bytes.contiguous().view(taeda.float16)


def _q8_0(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    return blocks[..., 2:].contiguous().view(taeda.int8), _half(blocks[..., :2]), None, 32


def _q4_0(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    pairs = blocks[..., 2:]
    return taeda.cat([pairs & 15, pairs >> 4], -1), _half(blocks[..., :2]), None, 32


def _q4_k(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    size, least = (_half(blocks[..., k:k + 2]).float() for k in (0, 2))
    packed, pairs = blocks[..., 4:16], blocks[..., 16:].unflatten(-1, (4, 32))
    first, second, third = packed[..., :4], packed[..., 4:8], packed[..., 8:]
    scales = taeda.cat([first & 63, (third & 15) | ((first >> 6) << 4)], -1).float() * size
    offsets = taeda.cat([second & 63, (third >> 4) | ((second >> 6) << 4)], -1).float() * -least
    return taeda.stack([pairs & 15, pairs >> 4], -2).flatten(-3), scales, offsets, 32


def _q6_k(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    low, high = blocks[..., :128].unflatten(-1, (2, 64)), blocks[..., 128:192].unflatten(-1, (2, 32))
    first, second = low[..., :32], low[..., 32:]
    parts = [(first & 15) | ((high & 3) << 4), (second & 15) | (((high >> 2) & 3) << 4),
             (first >> 4) | (((high >> 4) & 3) << 4), (second >> 4) | ((high >> 6) << 4)]
    codes = taeda.stack(parts, -2).flatten(-3).to(taeda.int8) - 32
    scales = blocks[..., 192:208].contiguous().view(taeda.int8).float() * _half(blocks[..., 208:]).float()
    return codes, scales, None, 16


_BLOCKS: dict[str, Callable[..., Any]] = {"Q8_0": _q8_0, "Q4_0": _q4_0, "Q4_K": _q4_k, "Q6_K": _q6_k}


def codes_of(stored: Stored, rows_order: taeda.Tensor | None = None) -> Codes:
    """A matrix of blocks as codes; `rows_order`: its rows in another order."""
    rows, k = stored.shape
    blocks = stored.bytes.view(rows, -1, stored.kind.bytes)
    if rows_order is not None:
        blocks = blocks[rows_order]
    codes, scales, offsets, group = _BLOCKS[stored.kind.name](blocks)
    missing = -rows % PANEL

    def padded(x: taeda.Tensor) -> taeda.Tensor:
        x = x.reshape(rows, -1)
        return taeda.cat([x, taeda.zeros(missing, x.size(1), dtype=x.dtype)]) if missing else x
    return pack(padded(codes), padded(scales), None if offsets is None else padded(offsets), rows, group)


def numbers_of(stored: Stored, rows_order: taeda.Tensor | None = None) -> taeda.Tensor:
    """A tensor of any type in float32."""
    if stored.kind.name in _BLOCKS:
        flat = Stored((stored.bytes.numel() // stored.kind.bytes * stored.kind.elements // stored.shape[-1],
                       stored.shape[-1]), stored.kind, stored.bytes)
        return decode(codes_of(flat, rows_order)).view(stored.shape)
    dtype = {"F32": taeda.float32, "F16": taeda.float16, "BF16": taeda.bfloat16}[stored.kind.name]
    found = stored.bytes.view(dtype).view(stored.shape).to(taeda.float32)
    return found if rows_order is None else found[rows_order]


# -- models ------------------------------------------------------------------------------------------------------------

_NAMES = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
          "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
          "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
          "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
_OUTER = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def config_of(metadata: dict[str, Any], tensors: dict[str, Stored]) -> DecoderConfig:
    """The description of the model. Raises `NotImplementedError` for an architecture that is not there."""
    family = metadata.get("general.architecture")
    if family not in ("llama", "qwen2", "qwen3"):
        raise NotImplementedError(f"GGUF files of the architecture {family!r} are not there yet; there are llama, "
                                  "qwen2 and qwen3")
    if any("_exps" in name for name in tensors) or any(".rope_freqs" in name or name == "rope_freqs.weight"
                                                        for name in tensors):
        raise NotImplementedError("GGUF files with mixtures of experts or scaled rotary positions are not there yet")

    def key(name: str) -> Any:
        return metadata.get(f"{family}.{name}")
    embeddings = tensors.get("token_embd.weight")
    content = {
        "model_type": family, "hidden_size": key("embedding_length"), "num_hidden_layers": key("block_count"),
        "intermediate_size": key("feed_forward_length"), "num_attention_heads": key("attention.head_count"),
        "num_key_value_heads": key("attention.head_count_kv"), "head_dim": key("attention.key_length"),
        "rms_norm_eps": key("attention.layer_norm_rms_epsilon"), "max_position_embeddings": key("context_length"),
        "rope_theta": key("rope.freq_base") or 10000.0, "tie_word_embeddings": "output.weight" not in tensors,
        "vocab_size": None if embeddings is None else embeddings.shape[0],
        "eos_token_id": metadata.get("tokenizer.ggml.eos_token_id"),
        "bos_token_id": metadata.get("tokenizer.ggml.bos_token_id")}
    return DecoderConfig.from_huggingface({name: value for name, value in content.items() if value is not None})


def load_gguf(path: Path) -> Decoder:
    """The model of a GGUF file, with the tokenizer of a `tokenizer.json` beside it.

    Raises as `taeda.llm.load` does.
    """
    metadata, tensors = read(path)
    config = config_of(metadata, tensors)
    with taeda.device("meta"):
        model = Decoder(config)
    names = {_name(name): name for name, _ in model.named_parameters()}
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    missing, extra = sorted(set(names) - set(tensors)), sorted(set(tensors) - set(names))
    misshapen = [(name, tensors[name].shape, shapes[names[name]]) for name in sorted(set(names) & set(tensors))
                 if tensors[name].shape != shapes[names[name]]]
    if missing or extra or misshapen:
        raise MismatchError(str(path), missing, extra, misshapen)
    with taeda.no_grad():
        for name, parameter in names.items():
            _assign(model, parameter, tensors[name], _order(config, parameter))
    if (path.parent / "tokenizer.json").is_file():
        model.tokenizer = Tokenizer.from_folder(path.parent)
    template = metadata.get("tokenizer.chat_template")
    if model.tokenizer is not None and model.tokenizer.template is None and isinstance(template, str):
        model.tokenizer.template = template
    return model.eval()


def _name(parameter: str) -> str:
    """'model.layers.3.mlp.up_proj.weight' → 'blk.3.ffn_up.weight'."""
    module, _, kind = parameter.rpartition(".")
    if module.startswith("model.layers."):
        _, _, layer, rest = module.split(".", 3)
        return f"blk.{layer}.{_NAMES[rest]}.{kind}"
    return f"{_OUTER[module]}.{kind}"


def _order(config: DecoderConfig, parameter: str) -> taeda.Tensor | None:
    """Llama's queries and keys are stored for pairs of features that are neighbours: the order of rows that undoes it.
    """
    heads = {"q_proj": config.heads, "k_proj": config.kv_heads}.get(parameter.rpartition(".")[0].rpartition(".")[2])
    if config.family != "llama" or heads is None:
        return None
    rows = taeda.arange(heads * config.head_size)
    return rows.view(heads, config.head_size // 2, 2).transpose(1, 2).flatten()


def _assign(model: Decoder, parameter: str, stored: Stored, order: taeda.Tensor | None) -> None:
    path, _, kind = parameter.rpartition(".")
    layer = model.get_submodule(path)
    if stored.kind.name not in _BLOCKS or not isinstance(layer, nn.Linear | QuantizedLinear) or kind == "bias":
        setattr(layer, kind, nn.Parameter(numbers_of(stored, order), requires_grad=False))
        return
    assert isinstance(layer, nn.Linear)
    codes = codes_of(stored, order)
    scheme = Scheme(4 if codes.codes.dtype == taeda.uint8 else 8, codes.group, codes.offsets is None)
    with taeda.device("meta"):
        found = QuantizedLinear(layer.in_features, layer.out_features, False, scheme)
    found.take(codes)
    found.bias = layer.bias
    model.set_submodule(path, found)
