"""How families store the weights of a decoder: by which names, and which of them joined in one tensor or turned.

A checkpoint tensor is `Stored`: the parameters that it holds, and the two ways between them. `layout` gives all of them
for a configuration. Splitting gives views wherever it can, so that what is mapped from a file stays there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import taeda
from taeda.llm.config import DecoderConfig

Tensors = list[taeda.Tensor]


@dataclass(frozen=True)
class Stored:
    """A tensor of a checkpoint that holds `parameters`; `split` and `join` go from it to them and back."""

    parameters: tuple[str, ...]
    split: Callable[[taeda.Tensor, list[int]], Tensors] = lambda x, sizes: [x]
    join: Callable[[Tensors], taeda.Tensor] = lambda parts: parts[0]


def split_rows(x: taeda.Tensor, sizes: list[int]) -> Tensors:
    return list(x.split(sizes, 0))


def _join_rows(parts: Tensors) -> taeda.Tensor:
    return taeda.cat(parts, 0)


def split_turned(x: taeda.Tensor, sizes: list[int]) -> Tensors:
    return [part.t() if x.dim() == 2 else part for part in x.split(sizes, -1)]


def _join_turned(parts: Tensors) -> taeda.Tensor:
    """(features in, features out), as GPT-2's layers store weights; biases lie one after the other."""
    return taeda.cat([part.t() if part.dim() == 2 else part for part in parts], -1)


def _by_head(heads: int) -> tuple[Callable[[taeda.Tensor, list[int]], Tensors], Callable[[Tensors], taeda.Tensor]]:
    """For each of the heads of keys the queries that use it, its key and its value, one after the other (GPT-NeoX)."""
    def split(x: taeda.Tensor, sizes: list[int]) -> Tensors:
        parts = x.view(heads, -1, *x.shape[1:]).split([size // heads for size in sizes], 1)
        return [part.reshape(-1, *x.shape[1:]) for part in parts]

    def join(parts: Tensors) -> taeda.Tensor:
        return taeda.cat([part.reshape(heads, -1, *part.shape[1:]) for part in parts], 1).flatten(0, 1)
    return split, join


# Names of checkpoints that hold nothing a decoder needs: masks, and frequencies that follow from the configuration.
IGNORED = (".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias", "rotary_emb.inv_freq",
           ".attention.rotary_emb.inv_freq")

_QKV = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
_GATED = ("mlp.gate_proj", "mlp.up_proj")
# Where layers lie, if not in "model.layers.".
_LAYERS = {"gpt2": "transformer.h.", "gpt_neox": "gpt_neox.layers.", "falcon": "transformer.h.",
           "bloom": "transformer.h.", "mpt": "transformer.blocks.", "opt": "model.decoder.layers."}
_GPT2 = {"model.embed_tokens": "transformer.wte", "model.embed_positions": "transformer.wpe",
         "model.norm": "transformer.ln_f", "input_layernorm": "ln_1", "post_attention_layernorm": "ln_2"}
_GPT_NEOX = {"model.embed_tokens": "gpt_neox.embed_in", "model.norm": "gpt_neox.final_layer_norm",
             "lm_head": "embed_out", "self_attn.o_proj": "attention.dense", "mlp.up_proj": "mlp.dense_h_to_4h",
             "mlp.down_proj": "mlp.dense_4h_to_h"}
_BLOOM = {"model.embed_tokens": "transformer.word_embeddings", "model.norm": "transformer.ln_f",
          "model.embed_norm": "transformer.word_embeddings_layernorm", "self_attn.o_proj": "self_attention.dense",
          "mlp.up_proj": "mlp.dense_h_to_4h", "mlp.down_proj": "mlp.dense_4h_to_h"}
_MPT = {"model.embed_tokens": "transformer.wte", "model.norm": "transformer.norm_f", "input_layernorm": "norm_1",
        "post_attention_layernorm": "norm_2", "self_attn.o_proj": "attn.out_proj", "mlp.up_proj": "ffn.up_proj",
        "mlp.down_proj": "ffn.down_proj"}
_OPT = {"model.embed_tokens": "model.decoder.embed_tokens", "model.norm": "model.decoder.final_layer_norm",
        "model.embed_positions": "model.decoder.embed_positions", "input_layernorm": "self_attn_layer_norm",
        "post_attention_layernorm": "final_layer_norm", "self_attn.o_proj": "self_attn.out_proj",
        "mlp.up_proj": "fc1", "mlp.down_proj": "fc2"}
_GLM4 = {"post_attention_layernorm": "post_self_attn_layernorm",
         "pre_feedforward_layernorm": "post_attention_layernorm",
         "post_feedforward_layernorm": "post_mlp_layernorm"}
_STARCODER2 = {"mlp.up_proj": "mlp.c_fc", "mlp.down_proj": "mlp.c_proj"}
_NAMES = {"gpt2": _GPT2, "gpt_neox": _GPT_NEOX, "bloom": _BLOOM, "falcon": _BLOOM, "mpt": _MPT, "opt": _OPT,
          "glm4": _GLM4, "starcoder2": _STARCODER2}
_MIXTRAL = {"gate_proj": "w1", "down_proj": "w2", "up_proj": "w3", "mlp.gate": "block_sparse_moe.gate"}


def prefix(config: DecoderConfig) -> str:
    """What the names of a checkpoint begin with, except where only the body was saved."""
    return _LAYERS.get(config.family, "model.").partition(".")[0] + "."


def layout(config: DecoderConfig, parameters: list[str]) -> dict[str, Stored]:
    """The tensors of a checkpoint by name, for the parameters of a decoder."""
    found: dict[str, Stored] = {}
    for name in parameters:
        place, _, module = _layer_of(name)
        module, _, kind = module.rpartition(".")
        stored = _stored(config, module, kind)
        found.setdefault(_layer_name(config, place, stored[0], kind), Stored(
            tuple(f"{place}{m}.{kind}" for m in stored[1]), *stored[2:]))
    return found


def _layer_of(name: str) -> tuple[str, str, str]:
    """'model.layers.3.mlp.up_proj.weight' → 'model.layers.3.', '3', 'mlp.up_proj.weight'; outside of layers '', ''."""
    parts = name.split(".", 3)
    if name.startswith("model.layers."):
        return f"model.layers.{parts[2]}.", parts[2], parts[3]
    return "", "", name


def _layer_name(config: DecoderConfig, place: str, module: str, kind: str) -> str:
    place = place.replace("model.layers.", _LAYERS.get(config.family, "model.layers."))
    return f"{place}{module}.{kind}"


def _stored(config: DecoderConfig, module: str, kind: str) -> tuple[Any, ...]:
    """For a module of a layer: its name in the checkpoint, the modules stored with it, and how they are joined."""
    if config.family == "phi3" and module in _QKV:
        return "self_attn.qkv_proj", _QKV, split_rows, _join_rows
    if config.family == "mpt" and module in _QKV:
        return "attn.Wqkv", _QKV, split_rows, _join_rows
    if config.family in ("phi3", "glm4") and module in _GATED:
        return "mlp.gate_up_proj", _GATED, split_rows, _join_rows
    if config.family == "gpt2":
        if module in _QKV:
            return "attn.c_attn", _QKV, split_turned, _join_turned
        turned = {"self_attn.o_proj": "attn.c_proj", "mlp.up_proj": "mlp.c_fc", "mlp.down_proj": "mlp.c_proj"}
        if module in turned:
            return turned[module], (module,), split_turned, _join_turned
    if config.family in ("gpt_neox", "bloom", "falcon") and module in _QKV:
        holder = "attention" if config.family == "gpt_neox" else "self_attention"
        return f"{holder}.query_key_value", _QKV, *_by_head(config.kv_heads)
    if config.family == "falcon" and config.parallel and not config.shared_norm and module.endswith("_layernorm"):
        return {"input_layernorm": "ln_attn", "post_attention_layernorm": "ln_mlp"}[module], (module,)
    if config.family == "mixtral" and module.startswith("mlp."):
        if module == "mlp.gate":
            return "block_sparse_moe.gate", (module,)
        before, _, last = module.rpartition(".")
        return f"{before.replace('mlp', 'block_sparse_moe')}.{_MIXTRAL[last]}", (module,)
    return _NAMES.get(config.family, {}).get(module, module), (module,)
