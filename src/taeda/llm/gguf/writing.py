"""Models as GGUF files: what `models.py` reads, written.

Matrices of layers whose weights are codes go as they are, int8 as Q8_0 and int4 as Q4_0, where their groups are made of
whole blocks of 32; those with rows of other lengths as float32; all others in their dtype, vectors in float32. The
description is read back before anything is written, and has to be that of the model: what the format cannot say is an
error and no other model.
"""

from __future__ import annotations

import dataclasses
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import taeda
from taeda.llm.config import DecoderConfig, LayerConfig
from taeda.llm.decoder import Decoder
from taeda.llm.gguf.blocks import BLOCKS
from taeda.llm.gguf.file import KINDS, LIST, SCALARS, TEXT, Kind, Stored
from taeda.llm.gguf.models import (
    FAMILIES,
    Place,
    StoredEmbedding,
    config_of,
    order_of,
    place_of,
)
from taeda.llm.gguf.tokenizer import metadata_of
from taeda.llm.rotary import Rotary
from taeda.quantization import QuantizedLinear
from taeda.quantization.codes import Codes, unpack
from taeda.serialization.memory import bytes_of

BLOCK = 32  # elements that share a scale in Q8_0 and Q4_0
_ALIGNMENT = 32
_NUMBERS = {kind.name: number for number, kind in KINDS.items()}
_DTYPES = {taeda.float32: "F32", taeda.float16: "F16", taeda.bfloat16: "BF16"}
_ARCHITECTURES = {family: name for name, family in FAMILIES.items()} | {"mistral": "llama", "mixtral": "llama"}
# Of files as a whole, by the type of most matrices.
_FILE_TYPES = {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 7, "BF16": 32}


def save_gguf(model: Decoder, path: str | os.PathLike[str]) -> None:
    """Write a model and its tokenizer to one file.

    Raises `NotImplementedError`, before anything is written, for a model that the format cannot describe, and for codes
    that are not those of its blocks.
    """
    where = Path(path)
    tensors, places = {}, {}
    said, metadata = _described(model)
    with taeda.no_grad():
        more = _scaling_tensors(model.config)
        for name in _parameters(model):
            place = place_of(said, name)
            if place.tensor not in tensors:
                places[place.tensor] = place
                tensors[place.tensor] = _tensor(model, said, place)
    tensors |= more
    kinds = [kind.name for kind, shape, _ in tensors.values() if len(shape) > 1]
    metadata["general.file_type"] = _FILE_TYPES[max(sorted(_FILE_TYPES), key=kinds.count)]
    metadata["general.quantization_version"] = 2
    if model.tokenizer is not None:
        metadata |= metadata_of(model.tokenizer, model.config.vocab_size)
    _write(where, metadata, tensors)


# -- the description ---------------------------------------------------------------------------------------------------


def _described(model: Decoder) -> tuple[DecoderConfig, dict[str, Any]]:
    """The metadata that say what the model is, and the description that they give when they are read."""
    config = model.config
    kind = _ARCHITECTURES.get(config.family)
    if kind is None:
        raise NotImplementedError(f"models of the family {config.family!r} are not written as GGUF files yet; there "
                                  f"are {', '.join(sorted(_ARCHITECTURES))}")
    rotaries = [layer.rotary for layer in config.layers if layer.rotary is not None]
    said: dict[str, Any] = {
        "context_length": config.context, "embedding_length": config.hidden_size, "block_count": len(config.layers),
        "feed_forward_length": config.mlp_size, "attention.head_count": config.heads,
        "attention.head_count_kv": config.kv_heads, "attention.key_length": config.head_size,
        "attention.value_length": config.head_size, "vocab_size": config.vocab_size,
        f"attention.layer_norm_{'rms_' if config.norm == 'rms' else ''}epsilon": float(config.norm_epsilon)}
    if rotaries:
        # Where there are two, the first is that of layers with a window, which the architecture knows.
        said |= _positions(rotaries[-1] if kind != "gemma3" else max(rotaries, key=lambda r: r.base))
    windows = {layer.window for layer in config.layers} - {None}
    if len(windows) == 1:
        said["attention.sliding_window"] = windows.pop()
    if config.attention_cap is not None:
        said["attn_logit_softcapping"] = config.attention_cap
    if config.logit_cap is not None:
        said["final_logit_softcapping"] = config.logit_cap
    if kind == "gptneox":
        said["use_parallel_residual"] = config.parallel
    experts = next((layer.experts for layer in config.layers if layer.experts is not None), None)
    if experts is not None:
        said |= {"expert_count": experts.count, "expert_used_count": experts.active,
                 "expert_feed_forward_length": experts.size}
        if experts.shared_size:
            said["expert_shared_feed_forward_length"] = experts.shared_size
    metadata: dict[str, Any] = {"general.architecture": kind, "general.name": _name(model)}
    metadata |= {f"{kind}.{key}": value for key, value in said.items()}
    if config.stop_tokens:
        metadata["tokenizer.ggml.eos_token_id"] = config.stop_tokens[0]
    shape = (config.vocab_size, config.hidden_size)
    seen = {"token_embd.weight": Stored(shape, KINDS[0], taeda.empty(0))}
    seen |= {name: Stored(size, of, data.flatten().view(taeda.uint8))
             for name, (of, size, data) in _scaling_tensors(config).items()}
    if not config.tied:
        seen["output.weight"] = seen["token_embd.weight"]
    found = config_of(metadata, seen)
    _compare(config, found, kind)
    return found, metadata


def _name(model: Decoder) -> str:
    return Path(model.folder).name if model.folder else model.config.family


def _positions(rotary: Rotary) -> dict[str, Any]:
    said: dict[str, Any] = {"rope.freq_base": float(rotary.base), "rope.dimension_count": rotary.features}
    if rotary.scaling in ("linear", "yarn"):
        said |= {"rope.scaling.type": rotary.scaling, "rope.scaling.factor": float(rotary.factor)}
    if rotary.scaling in ("yarn", "longrope"):
        said["rope.scaling.original_context_length"] = rotary.original
    if rotary.scaling == "longrope":
        said["rope.scaling.attn_factor"] = float(rotary.amplitude)
    return said


def _scaling_tensors(config: DecoderConfig) -> dict[str, tuple[Kind, tuple[int, ...], taeda.Tensor]]:
    """The divisors of frequencies that some ways of scaling positions are said by."""
    rotary = next((layer.rotary for layer in config.layers if layer.rotary is not None), None)
    lists: dict[str, taeda.Tensor] = {}
    if rotary is not None and rotary.scaling == "llama3":
        lists["freqs"] = Rotary(rotary.features, rotary.base).frequencies() / rotary.frequencies()
    if rotary is not None and rotary.scaling == "longrope":
        lists |= {f"factors_{side}": taeda.tensor(rotary.details[side], dtype=taeda.float32)
                  for side in ("long", "short")}
    return {f"rope_{name}.weight": (KINDS[0], tuple(x.shape), x) for name, x in lists.items()}


def _compare(config: DecoderConfig, found: DecoderConfig, kind: str) -> None:
    """Raises `NotImplementedError` where the description that is read back is another one."""
    ignored = ("family", "source", "layers", "stop_tokens", "tied", "norm_epsilon", "attention_scale")
    for field in dataclasses.fields(DecoderConfig):
        mine, theirs = (getattr(c, field.name) for c in (config, found))
        if field.name not in ignored and mine != theirs:
            raise _cannot(kind, field.name, mine, theirs)
    for name in ("norm_epsilon", "attention_scale"):  # of 32 bits there
        mine, theirs = (getattr(c, name) for c in (config, found))
        default = config.head_size ** -0.5
        if abs((default if mine is None else mine) - (default if theirs is None else theirs)) > 1e-6 * default:
            raise _cannot(kind, name, mine, theirs)
    for number, (own, other) in enumerate(zip(config.layers, found.layers, strict=True)):
        if (own.window, own.experts) != (other.window, other.experts) or not _same_positions(own, other):
            raise _cannot(kind, f"layer {number}", own, other)


def _cannot(kind: str, what: str, mine: object, theirs: object) -> NotImplementedError:
    return NotImplementedError(f"a GGUF file of the architecture {kind!r} cannot say this model's {what}, {mine}: it "
                               f"would be read as {theirs}. Save it as a folder (format=None)")


def _same_positions(own: LayerConfig, other: LayerConfig) -> bool:
    a, b = own.rotary, other.rotary
    if a is None or b is None:
        return a is b
    return a.features == b.features and abs(a.amplitude - b.amplitude) < 1e-5 and all(
        bool(taeda.allclose(a.frequencies(tokens), b.frequencies(tokens), rtol=1e-5)) for tokens in (1, 1 << 30)) and (
        a.original == b.original or not a.depends_on_length())


# -- tensors -----------------------------------------------------------------------------------------------------------

Written = tuple[Kind, tuple[int, ...], taeda.Tensor]


def _parameters(model: Decoder) -> Iterator[str]:
    """The names of parameters as they would be without codes."""
    with taeda.device("meta"):
        plain = Decoder(model.config)
    yield from (name for name, _ in plain.named_parameters())
    if model.config.tied and model.lm_head is not None and not _is_embedding(model):
        yield "lm_head.weight"


def _is_embedding(model: Decoder) -> bool:
    """The head is the embedding, in the blocks that it has in a file."""
    return isinstance(model.model.embed_tokens, StoredEmbedding)


def _tensor(model: Decoder, said: DecoderConfig, place: Place) -> Written:
    """A tensor of the file: what is stored for its parts, one after the other."""
    parts = [_part(model, said, name) for name in place.parts]
    kinds = {kind.name for kind, _, _ in parts}
    if len(kinds) > 1:
        raise NotImplementedError(f"the parts {', '.join(place.parts)} of {place.tensor} are of the types "
                                  f"{', '.join(sorted(kinds))}: in a file they are one tensor of one type")
    kind, shape, _ = parts[0]
    data = taeda.cat([data.reshape(-1) for _, _, data in parts]) if len(parts) > 1 else parts[0][2]
    if "_exps." in place.tensor:
        shape = (len(parts), *shape)
    elif len(parts) > 1:
        shape = (sum(size[0] for _, size, _ in parts), *shape[1:])
    elif place.tensor.endswith("ffn_gate_inp_shexp.weight"):
        shape = shape[1:]
    return kind, shape, data


def _part(model: Decoder, said: DecoderConfig, name: str) -> Written:
    path, _, kind = name.rpartition(".")
    layer = model.get_submodule(path)
    order = order_of(said, name)
    # The order in which the rows are stored: the inverse of that in which they are read.
    rows = None if order is None else order.argsort()
    if isinstance(layer, StoredEmbedding):
        return layer.stored.kind, layer.stored.shape, layer.stored.bytes
    if isinstance(layer, QuantizedLinear) and kind == "weight" and layer.in_features % BLOCK == 0:
        return _blocks(layer, path, rows)
    value = getattr(layer, kind).detach()  # of rows that are no whole blocks: the numbers
    if value.dim() == 1:
        value = value.to(taeda.float32)
        if said.norm_offset and "norm" in path.rpartition(".")[2]:
            value = value + said.norm_offset
    if value.dtype not in _DTYPES:
        raise NotImplementedError(f"{name} is of {value.dtype}, of which there are none in GGUF files")
    value = value if rows is None else value[rows]
    return KINDS[_NUMBERS[_DTYPES[value.dtype]]], tuple(value.shape), value


def _blocks(layer: QuantizedLinear, path: str, rows: taeda.Tensor | None) -> Written:
    """The codes of a layer in blocks. Raises `NotImplementedError` where they do not fit in blocks."""
    k, group = layer.in_features, layer.group
    reason = None
    if group % BLOCK or k % group:
        reason = f"its {k} inputs in groups of {group} are not divided in blocks of {BLOCK}"
    elif layer.offsets is not None:
        reason = "its codes have offsets (symmetric=False)"
    elif layer.factors is not None:
        reason = "its inputs are multiplied by factors first (AWQ)"
    elif layer.order is not None:
        reason = "its inputs are in another order (GPTQ's desc_act)"
    elif layer.scales.dtype != taeda.float16 and not bool((layer.scales == layer.scales.to(taeda.float16)).all()):
        reason = "its scales do not fit in 16 bits"
    if reason is not None:
        raise NotImplementedError(f"the codes of {path} are not those of GGUF's Q8_0 or Q4_0: {reason}. Round the "
                                  "model with int8(32) or int4(32), or multiples of 32")
    codes, scales, _ = unpack(Codes(layer.codes, layer.scales, None, layer.out_features, group))
    if rows is not None:
        codes, scales = codes[rows], scales[rows]
    kind = "Q4_0" if codes.dtype == taeda.uint8 else "Q8_0"
    write = BLOCKS[kind].write
    assert write is not None
    blocks = write(codes.unflatten(-1, (-1, BLOCK)), scales.repeat_interleave(group // BLOCK, 1))
    return KINDS[_NUMBERS[kind]], (layer.out_features, k), blocks


# -- the file ----------------------------------------------------------------------------------------------------------


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "replace")
    return struct.pack("<Q", len(data)) + data


# By the type of the value: its number in the format.
_VALUES: list[tuple[type, int]] = [(bool, 7), (int, 4), (float, 6), (str, TEXT)]


def _value(value: Any, signed: bool = False) -> tuple[int, bytes]:
    if isinstance(value, list):
        items = [_value(item, signed=True) for item in value]
        kind = items[0][0] if items else TEXT
        return LIST, struct.pack("<IQ", kind, len(items)) + b"".join(data for _, data in items)
    number = next(number for kind, number in _VALUES if isinstance(value, kind))
    if number == TEXT:
        return number, _text(value)
    if number == 4 and signed:
        number = 5
    return number, struct.pack(SCALARS[number], value)


def _bytes(numbers: taeda.Tensor) -> memoryview:
    own = numbers.contiguous()
    start = own.storage_offset() * own.itemsize
    return bytes_of(own.untyped_storage())[start:start + own.nbytes]


def _write(path: Path, metadata: dict[str, Any], tensors: dict[str, Written]) -> None:
    """Written beside what is there, and put in its place at the end."""
    head = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        number, data = _value(value)
        head += _text(key) + struct.pack("<I", number) + data
    offset = 0
    for name, (kind, shape, numbers) in tensors.items():
        head += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape[::-1], _NUMBERS[kind.name], offset)
        offset += -(-numbers.nbytes // _ALIGNMENT) * _ALIGNMENT
    beside = path.with_name(path.name + ".part")
    with open(beside, "wb") as file:
        file.write(head + bytes(-len(head) % _ALIGNMENT))
        for _, _, numbers in tensors.values():
            file.write(_bytes(numbers))
            file.write(bytes(-numbers.nbytes % _ALIGNMENT))
    beside.rename(path)
