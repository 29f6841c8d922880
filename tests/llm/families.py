"""Small models of every family, as `config.json` would describe them, and weights that follow from their names."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

_SIZES = dict(hidden_size=32, num_attention_heads=4, num_key_value_heads=2, num_hidden_layers=3, intermediate_size=48,
              vocab_size=97, max_position_embeddings=256)
_WIDE = dict(hidden_size=32, num_attention_heads=4, num_hidden_layers=3, vocab_size=97, max_position_embeddings=256)
_EXPERTS = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16)


def _rope(kind: str, **details: Any) -> dict[str, Any]:
    return dict(rope_type=kind, rope_theta=10000.0, **details)


MODELS: dict[str, dict[str, Any]] = {
    "llama2": dict(model_type="llama", **_SIZES | dict(num_key_value_heads=4)),
    "llama3": dict(model_type="llama", **_SIZES, rope_parameters=_rope(
        "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
    "llama_biases": dict(model_type="llama", **_SIZES, attention_bias=True, mlp_bias=True, head_dim=16,
                         tie_word_embeddings=True, rope_parameters=_rope("linear", factor=2.0)),
    "smollm3": dict(model_type="smollm3", **_SIZES | dict(num_hidden_layers=4), tie_word_embeddings=True,
                    pad_token_id=0),
    "mistral": dict(model_type="mistral", **_SIZES, sliding_window=8, head_dim=8),
    "mixtral": dict(model_type="mixtral", **_SIZES, num_local_experts=4, num_experts_per_tok=2, sliding_window=None),
    "qwen2": dict(model_type="qwen2", **_SIZES, tie_word_embeddings=True, use_sliding_window=True, sliding_window=6,
                  max_window_layers=1),
    "qwen2_yarn": dict(model_type="qwen2", **_SIZES, rope_parameters=_rope(
        "yarn", factor=4.0, original_max_position_embeddings=64)),
    "qwen2_moe": dict(model_type="qwen2_moe", **_SIZES, **_EXPERTS, shared_expert_intermediate_size=24,
                      mlp_only_layers=[1]),
    "qwen3": dict(model_type="qwen3", **_SIZES, head_dim=16),
    "qwen3_moe": dict(model_type="qwen3_moe", **_SIZES, **_EXPERTS, head_dim=8, norm_topk_prob=True),
    "gemma": dict(model_type="gemma", **_SIZES, head_dim=16),
    "gemma2": dict(model_type="gemma2", **_SIZES, head_dim=16, sliding_window=8, query_pre_attn_scalar=24),
    "gemma3": dict(model_type="gemma3_text", **_SIZES | dict(num_hidden_layers=7), head_dim=16, sliding_window=8,
                   query_pre_attn_scalar=24),
    "phi3": dict(model_type="phi3", **_SIZES, pad_token_id=0, original_max_position_embeddings=32,
                 rope_parameters=_rope("longrope", partial_rotary_factor=1.0, short_factor=[1.0, 1.1, 1.2, 1.3],
                                       long_factor=[1.0, 2.0, 3.0, 4.0], original_max_position_embeddings=32)),
    "phi3_partial": dict(model_type="phi3", **_SIZES, pad_token_id=0, sliding_window=12,
                         rope_parameters=_rope("default", partial_rotary_factor=0.5)),
    "gpt2": dict(model_type="gpt2", n_embd=32, n_head=4, n_layer=3, n_positions=256, vocab_size=97),
    "gpt_neox": dict(model_type="gpt_neox", **_SIZES, rope_parameters=_rope("default", partial_rotary_factor=0.5)),
    "granite": dict(model_type="granite", **_SIZES, embedding_multiplier=6.0, attention_multiplier=0.3,
                    residual_multiplier=0.4, logits_scaling=2.0, pad_token_id=0),
    "stablelm": dict(model_type="stablelm", **_SIZES, use_qkv_bias=True, rope_parameters=_rope(
        "default", partial_rotary_factor=0.25)),
    "starcoder2": dict(model_type="starcoder2", **_SIZES, sliding_window=8),
    "olmo2": dict(model_type="olmo2", **_SIZES),
    "cohere": dict(model_type="cohere", **_SIZES, logit_scale=0.5, pad_token_id=0),
    "cohere_norms": dict(model_type="cohere", **_SIZES, use_qk_norm=True, attention_bias=True, pad_token_id=0),
    "glm4": dict(model_type="glm4", **_SIZES, head_dim=16, pad_token_id=0),
    "falcon": dict(model_type="falcon", **_WIDE),
    "falcon_new": dict(model_type="falcon", **_WIDE, new_decoder_architecture=True, num_kv_heads=2, bias=True),
    "falcon_one_norm": dict(model_type="falcon", **_WIDE, new_decoder_architecture=True, num_kv_heads=2,
                            num_ln_in_parallel_attn=1),
    "falcon_alibi": dict(model_type="falcon", **_WIDE, alibi=True, multi_query=False, parallel_attn=False, bias=True),
    "bloom": dict(model_type="bloom", hidden_size=32, n_head=4, n_layer=3, vocab_size=97),
    "bloom_three_heads": dict(model_type="bloom", hidden_size=48, n_head=3, n_layer=2, vocab_size=97),
    "mpt": dict(model_type="mpt", d_model=32, n_heads=4, n_layers=3, vocab_size=97, max_seq_len=256),
    "mpt_clipped": dict(model_type="mpt", d_model=48, n_heads=3, n_layers=2, vocab_size=97, max_seq_len=256,
                        attn_config=dict(clip_qkv=1.5)),
    "opt": dict(model_type="opt", **_WIDE, ffn_dim=48, pad_token_id=0),
    "gpt_neox_serial": dict(model_type="gpt_neox", **_SIZES, use_parallel_residual=False),
}


def weight(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The weights of a tensor of a checkpoint: large enough for logits that differ, and norms near one."""
    values = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(shape).astype(np.float32)
    if len(shape) == 1:
        return values * np.float32(0.2) + np.float32(name.endswith("weight"))
    return values * np.float32(1.2 / shape[-1] ** 0.5)


def prompt(name: str) -> np.ndarray:
    return np.random.RandomState(zlib.crc32(name.encode())).randint(0, 97, (2, 40))
