"""A decoder out of a GGUF file: which keys describe it, and where its parameters are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import taeda
from taeda import nn
from taeda.llm.checkpoint import MismatchError
from taeda.llm.config import DecoderConfig
from taeda.llm.decoder import Decoder
from taeda.llm.gguf.blocks import BLOCKS, codes_of, numbers_of
from taeda.llm.gguf.file import Stored, read
from taeda.llm.gguf.tokenizer import tokenizer_of
from taeda.llm.tokenizer import Tokenizer
from taeda.quantization import QuantizedLinear, Scheme
from taeda.serialization import CheckpointError

# -- descriptions ------------------------------------------------------------------------------------------------------

# Architectures by their names in the format, and the families that config.json knows them as.
FAMILIES = {"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "qwen2moe": "qwen2_moe", "qwen3moe": "qwen3_moe",
             "gemma": "gemma", "gemma2": "gemma2", "gemma3": "gemma3_text", "phi3": "phi3", "gpt2": "gpt2",
             "gptneox": "gpt_neox", "smollm3": "smollm3"}
_LARGEST_GEMMA = {"gemma2": 46, "gemma3": 62}  # layers of those of 27 B, whose queries are scaled in another way


def config_of(metadata: dict[str, Any], tensors: dict[str, Stored]) -> DecoderConfig:
    """The description of the model. Raises `NotImplementedError` for an architecture that is not there."""
    kind = metadata.get("general.architecture")
    if not isinstance(kind, str) or kind not in FAMILIES:
        raise NotImplementedError(f"GGUF files of the architecture {kind!r} are not there yet; there are "
                                  f"{', '.join(FAMILIES)}")

    def key(name: str, default: Any = None) -> Any:
        value = metadata.get(f"{kind}.{name}")
        return default if value is None else value

    embeddings = tensors.get("token_embd.weight")
    content = {
        "model_type": FAMILIES[kind], "hidden_size": key("embedding_length"), "num_hidden_layers": key("block_count"),
        "intermediate_size": key("feed_forward_length"), "num_attention_heads": key("attention.head_count"),
        "num_key_value_heads": key("attention.head_count_kv"), "head_dim": key("attention.key_length"),
        "rms_norm_eps": key("attention.layer_norm_rms_epsilon"), "layer_norm_eps": key("attention.layer_norm_epsilon"),
        "max_position_embeddings": key("context_length"), "rope_theta": key("rope.freq_base", 10000.0),
        "tie_word_embeddings": "output.weight" not in tensors, "rope_scaling": _scaling(key, tensors),
        "vocab_size": None if embeddings is None else embeddings.shape[0],
        "eos_token_id": metadata.get("tokenizer.ggml.eos_token_id"),
        "bos_token_id": metadata.get("tokenizer.ggml.bos_token_id")}
    content |= _details(kind, key, content)
    return DecoderConfig.from_huggingface({name: value for name, value in content.items() if value is not None})


def _scaling(key: Callable[..., Any], tensors: dict[str, Stored]) -> dict[str, Any] | None:
    """How rotary positions are scaled."""
    divisors = {name: tensors[f"rope_{name}.weight"] for name in ("freqs", "factors_long", "factors_short")
                if f"rope_{name}.weight" in tensors}
    original = key("rope.scaling.original_context_length")
    if divisors:
        # Of Llama 3 they are the same for all lengths.
        either = divisors.get("freqs")
        lists = {side: numbers_of(divisors.get(f"factors_{side}", either or next(iter(divisors.values())))).tolist()
                 for side in ("short", "long")}
        return {"rope_type": "longrope", "short_factor": lists["short"], "long_factor": lists["long"],
                "original_max_position_embeddings": original or key("context_length"),
                "attention_factor": 1.0 if either else key("rope.scaling.attn_factor")}
    kind = key("rope.scaling.type", "none")
    if kind == "none":
        return None
    scaling = {"rope_type": kind, "factor": key("rope.scaling.factor"),
               "original_max_position_embeddings": original}
    return {name: value for name, value in scaling.items() if value is not None}


def _details(kind: str, key: Callable[..., Any], content: dict[str, Any]) -> dict[str, Any]:
    """What some architectures say, or leave unsaid because it is always so."""
    window = key("attention.sliding_window")
    layers, heads, hidden = content["num_hidden_layers"], content["num_attention_heads"], content["hidden_size"]
    if kind == "llama" and key("expert_count"):
        return {"model_type": "mixtral", "num_local_experts": key("expert_count"),
                "num_experts_per_tok": key("expert_used_count")}
    if kind in ("qwen2moe", "qwen3moe"):
        return {"num_experts": key("expert_count"), "num_experts_per_tok": key("expert_used_count"),
                "moe_intermediate_size": key("expert_feed_forward_length"),
                "shared_expert_intermediate_size": key("expert_shared_feed_forward_length"),
                "norm_topk_prob": kind == "qwen3moe", "intermediate_size": key("feed_forward_length", 1)}
    if kind in ("gemma2", "gemma3"):
        size = content["head_dim"]
        if layers == _LARGEST_GEMMA[kind] and isinstance(heads, int) and isinstance(hidden, int) and heads:
            size = hidden // heads
        found = {"sliding_window": window or 4096, "query_pre_attn_scalar": size,
                 "attn_logit_softcapping": key("attn_logit_softcapping"),
                 "final_logit_softcapping": key("final_logit_softcapping")}
        return found | ({"rope_local_base_freq": 10000.0} if kind == "gemma3" else {})
    if kind == "phi3":
        return {"sliding_window": window, "pad_token_id": 0, **_turning(key, content),
                "original_max_position_embeddings": key("rope.scaling.original_context_length")}
    if kind == "gptneox":
        return {"use_parallel_residual": key("use_parallel_residual", True), **_turning(key, content)}
    if kind == "gpt2":
        return {"n_embd": hidden, "n_head": heads, "n_layer": layers, "n_inner": content["intermediate_size"],
                "n_positions": content["max_position_embeddings"], "layer_norm_epsilon": content["layer_norm_eps"]}
    return {}


def _turning(key: Callable[..., Any], content: dict[str, Any]) -> dict[str, Any]:
    """The part of a head's features that positions turn."""
    features, heads, hidden = key("rope.dimension_count"), content["num_attention_heads"], content["hidden_size"]
    if not features or not isinstance(heads, int) or not isinstance(hidden, int) or not heads:
        return {}
    return {"partial_rotary_factor": features / (content["head_dim"] or hidden // heads)}


# -- parameters --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a parameter is: in a tensor, which holds `parts` one after the other, as part `number`."""

    tensor: str
    parts: tuple[str, ...]
    number: int = 0


_NAMES = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
          "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
          "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
          "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "mlp.gate": "ffn_gate_inp",
          "mlp.shared_expert.gate_proj": "ffn_gate_shexp", "mlp.shared_expert.up_proj": "ffn_up_shexp",
          "mlp.shared_expert.down_proj": "ffn_down_shexp", "mlp.shared_expert_gate": "ffn_gate_inp_shexp"}
_POST_NORMS = {"post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
               "post_feedforward_layernorm": "post_ffw_norm"}
_OUTER = {"model.embed_tokens": "token_embd", "model.embed_positions": "position_embd", "model.norm": "output_norm",
          "lm_head": "output"}
_JOINED = {"phi3": {"attn_qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
                    "ffn_up": ("mlp.gate_proj", "mlp.up_proj")}}
_JOINED |= dict.fromkeys(("gpt2", "gpt_neox"), {"attn_qkv": _JOINED["phi3"]["attn_qkv"]})
_EXPERT = "mlp.experts."


def place_of(config: DecoderConfig, parameter: str) -> Place:
    """'model.layers.3.mlp.up_proj.weight' is the tensor 'blk.3.ffn_up.weight', or a part of one."""
    module, _, kind = parameter.rpartition(".")
    if not module.startswith("model.layers."):
        return Place(f"{_OUTER[module]}.{kind}", (parameter,))
    _, _, layer, rest = module.split(".", 3)
    for joined, modules in _JOINED.get(config.family, {}).items():
        if rest in modules:
            return Place(f"blk.{layer}.{joined}.{kind}", tuple(f"model.layers.{layer}.{m}.{kind}" for m in modules),
                         modules.index(rest))
    if rest.startswith(_EXPERT):
        number, _, which = rest.removeprefix(_EXPERT).partition(".")
        experts = config.layers[int(layer)].experts
        assert experts is not None
        return Place(f"blk.{layer}.{_NAMES[f'mlp.{which}']}_exps.{kind}", tuple(
            f"model.layers.{layer}.{_EXPERT}{k}.{which}.{kind}" for k in range(experts.count)), int(number))
    name = _POST_NORMS.get(rest) if config.post_norms else None
    return Place(f"blk.{layer}.{name or _NAMES[rest]}.{kind}", (parameter,))


def _expected(place: Place, shapes: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of a tensor by those of its parts."""
    first = shapes[place.parts[0]]
    if len(place.parts) == 1:
        return first[1:] if place.tensor.endswith("ffn_gate_inp_shexp.weight") else first
    if "_exps." in place.tensor:
        return (len(place.parts), *first)
    return (sum(shapes[part][0] for part in place.parts), *first[1:])


def _part(place: Place, stored: Stored, shapes: dict[str, tuple[int, ...]]) -> Stored:
    shape = shapes[place.parts[place.number]]
    if len(place.parts) == 1:
        return Stored(shape, stored.kind, stored.bytes)
    if len(shape) == 1:  # a bias: one after the other in one row
        size = stored.kind.bytes
        first = sum(shapes[part][0] for part in place.parts[:place.number])
        return Stored(shape, stored.kind, stored.bytes[first * size:(first + shape[0]) * size])
    return stored.rows(sum(shapes[part][0] for part in place.parts[:place.number]), shape[0])


def load_gguf(path: Path) -> Decoder:
    """The model of a GGUF file, with its tokenizer, or that of a `tokenizer.json` beside it.

    Raises as `taeda.llm.load` does.
    """
    metadata, tensors = read(path)
    config = config_of(metadata, tensors)
    with taeda.device("meta"):
        model = Decoder(config)
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    places = {name: place_of(config, name) for name in shapes}
    expected = {place.tensor: _expected(place, shapes) for place in places.values()}
    given = {name for name in tensors if not name.startswith("rope_")}
    missing, extra = sorted(set(expected) - given), sorted(given - set(expected))
    misshapen = [(name, tensors[name].shape, expected[name]) for name in sorted(given & set(expected))
                 if tensors[name].shape != expected[name]]
    joined = [place for place in places.values() if len(place.parts) > 1 and place.tensor in given
              and len(expected[place.tensor]) == 1 and tensors[place.tensor].kind.elements > 1]
    if joined:
        raise CheckpointError(f"failed reading {path}: the biases {joined[0].tensor} are in blocks")
    if missing or extra or misshapen:
        raise MismatchError(str(path), missing, extra, misshapen)
    with taeda.no_grad():
        for name, place in places.items():
            stored = _part(place, tensors[place.tensor], shapes)
            _assign(model, name, stored, order_of(config, name))
    beside = path.parent / "tokenizer.json"
    model.tokenizer = Tokenizer.from_folder(path.parent) if beside.is_file() else tokenizer_of(metadata, path)
    template = metadata.get("tokenizer.chat_template")
    if model.tokenizer is not None and model.tokenizer.template is None and isinstance(template, str):
        model.tokenizer.template = template
    return model.eval()


def order_of(config: DecoderConfig, parameter: str) -> taeda.Tensor | None:
    """Llama's queries and keys are stored for pairs of features that are neighbours: the order of rows that undoes it.
    """
    heads = {"q_proj": config.heads, "k_proj": config.kv_heads}.get(parameter.rpartition(".")[0].rpartition(".")[2])
    if config.family not in ("llama", "mixtral", "smollm3") or heads is None:
        return None
    rows = taeda.arange(heads * config.head_size)
    return rows.view(heads, config.head_size // 2, 2).transpose(1, 2).flatten()


class StoredEmbedding(nn.Module):
    """An embedding whose rows stay in their blocks until they are looked up."""

    def __init__(self, stored: Stored) -> None:
        super().__init__()
        self.stored = stored
        self.register_buffer("blocks", stored.bytes.view(stored.shape[0], -1), persistent=False)
        self.register_buffer("like", taeda.empty(0), persistent=False)  # its dtype is that of what comes out

    @property
    def weight(self) -> taeda.Tensor:
        """The matrix (tokens, features), made anew each time."""
        return numbers_of(self.stored).to(self.like.dtype)

    def forward(self, tokens: taeda.Tensor) -> taeda.Tensor:
        rows = self.blocks[tokens.flatten()]
        some = Stored((rows.size(0), self.stored.shape[1]), self.stored.kind, rows.flatten())
        return numbers_of(some).view(*tokens.shape, -1).to(self.like.dtype)


def _assign(model: Decoder, parameter: str, stored: Stored, order: taeda.Tensor | None) -> None:
    path, _, kind = parameter.rpartition(".")
    layer = model.get_submodule(path)
    if path == "model.embed_tokens" and stored.kind.name in BLOCKS:
        model.model.embed_tokens = StoredEmbedding(stored)  # type: ignore[assignment]
        if model.config.tied:
            model.lm_head = _coded(stored, None, 8)
        return
    if stored.kind.name not in BLOCKS or not isinstance(layer, nn.Linear | QuantizedLinear) or kind == "bias":
        numbers = numbers_of(stored, order)
        if model.config.norm_offset and numbers.dim() == 1 and "norm" in path.rpartition(".")[2]:
            numbers = numbers - model.config.norm_offset  # Gemma's: the format stores what is multiplied
        setattr(layer, kind, nn.Parameter(numbers, requires_grad=False))
        return
    # What products read is rounded to 8 bits, as it is by the library that the format comes from; but for routers.
    found = _coded(stored, order, None if path.endswith("mlp.gate") else 8)
    found.bias = layer.bias
    model.set_submodule(path, found)


def _coded(stored: Stored, order: taeda.Tensor | None, inputs: int | None) -> QuantizedLinear:
    codes = codes_of(stored, order)
    scheme = Scheme(4 if codes.codes.dtype == taeda.uint8 else 8, codes.group, codes.offsets is None, inputs)
    with taeda.device("meta"):
        found = QuantizedLinear(stored.shape[1], stored.shape[0], False, scheme)
    found.take(codes)
    return found
