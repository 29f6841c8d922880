"""The families of models: what the keys of their `config.json` mean. One function a family, in the table at the end."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from taeda.llm.alibi import Alibi, slopes, spread_slopes
from taeda.llm.config import ConfigError, DecoderConfig, Experts, Keys, LayerConfig
from taeda.llm.rotary import Rotary


def read_config(content: dict[str, Any]) -> DecoderConfig:
    """See `DecoderConfig.from_huggingface`."""
    keys = Keys(content)
    family = keys.text("model_type", default="")
    if family not in FAMILIES:
        raise NotImplementedError(f"taeda.llm has no models of the family {family!r} (model_type of config.json); "
                                  f"there are {', '.join(sorted(FAMILIES))}")
    fields = FAMILIES[family](keys)
    fields.setdefault("stop_tokens", keys.tokens("eos_token_id"))
    config = DecoderConfig(family=family, source=dict(content), **fields)
    if config.heads % config.kv_heads:
        raise ConfigError(f"config.json: {config.heads} attention heads are not a multiple of the {config.kv_heads} "
                          "key and value heads")
    return config


def _sizes(keys: Keys) -> dict[str, Any]:
    """The fields that all families but GPT-2 call alike."""
    heads, hidden = keys.size("num_attention_heads"), keys.size("hidden_size")
    if keys.content.get("head_dim") is None and hidden % heads:
        raise ConfigError(f"config.json: 'hidden_size' {hidden} is not a multiple of 'num_attention_heads' {heads}")
    return dict(vocab_size=keys.size("vocab_size"), hidden_size=hidden, mlp_size=keys.size("intermediate_size"),
                heads=heads, kv_heads=keys.size("num_key_value_heads", default=heads),
                head_size=keys.size("head_dim", default=max(hidden // heads, 1)),
                context=keys.size("max_position_embeddings", default=2048),
                norm_epsilon=keys.number("rms_norm_eps", "layer_norm_eps", default=1e-6),
                activation=keys.text("hidden_activation", "hidden_act", default="silu"),
                tied=keys.flag("tie_word_embeddings"))


def _rotary(keys: Keys, head_size: int, kind: str | None = None, default_base: float = 10000.0,
            default_part: float = 1.0) -> Rotary:
    """Rotary positions, from `rope_parameters` (for one kind of layers where they differ) or the older `rope_theta`
    and `rope_scaling`."""
    given: Any = keys.content.get("rope_parameters")
    if isinstance(given, dict) and kind is not None and isinstance(given.get(kind), dict):
        given = given[kind]
    if given is None:
        given = dict(keys.content.get("rope_scaling") or {})
        given.setdefault("rope_theta", keys.number("rope_theta", "rotary_emb_base", default=default_base))
        given.setdefault("partial_rotary_factor", keys.number("partial_rotary_factor", "rotary_pct",
                                                              default=default_part))
    if not isinstance(given, dict):
        raise ConfigError(f"config.json: the parameters of rotary positions are {given!r}, expected an object")
    rope = Keys(given)
    features = int(head_size * rope.number("partial_rotary_factor", default=1.0))
    base = rope.number("rope_theta", default=default_base)
    scaling = rope.text("rope_type", "type", default="default")
    if features < 2 or features > head_size or features % 2 or base <= 0:
        raise ConfigError(f"config.json: rotary positions of {features} of {head_size} features and base {base}")
    if scaling == "default":
        return Rotary(features, base)
    original = rope.size("original_max_position_embeddings", default=keys.size(
        "original_max_position_embeddings", "max_position_embeddings", default=2048))
    if scaling == "linear":
        return Rotary(features, base, scaling, rope.number("factor"))
    if scaling == "llama3":
        details = {"low": rope.number("low_freq_factor"), "high": rope.number("high_freq_factor")}
        return Rotary(features, base, scaling, rope.number("factor"), original, details=details)
    if scaling == "yarn":
        factor = rope.number("factor", default=keys.size("max_position_embeddings", default=original) / original)
        amplitude = rope.maybe("attention_factor")
        if amplitude is None:
            amplitude = _yarn_amplitude(factor, 1.0)
            if rope.maybe("mscale") and rope.maybe("mscale_all_dim"):
                amplitude = _yarn_amplitude(factor, rope.number("mscale")) / _yarn_amplitude(
                    factor, rope.number("mscale_all_dim"))
        details = {"fast": rope.number("beta_fast", default=32), "slow": rope.number("beta_slow", default=1),
                   "truncate": rope.flag("truncate", True)}
        return Rotary(features, base, scaling, factor, original, amplitude, details)
    if scaling in ("longrope", "su"):
        lists = {name: given.get(f"{name}_factor") for name in ("short", "long")}
        for name, values in lists.items():
            if not isinstance(values, list) or len(values) != features // 2:
                raise ConfigError(f"config.json: {name}_factor of rotary positions has to be {features // 2} numbers")
        factor = rope.maybe("factor") or keys.size("max_position_embeddings", default=original) / original
        amplitude = rope.maybe("attention_factor")
        if amplitude is None:
            amplitude = 1.0 if factor <= 1 else math.sqrt(1 + math.log(factor) / math.log(original))
        return Rotary(features, base, "longrope", factor, original, amplitude, lists)
    raise NotImplementedError(f"taeda.llm has no rotary positions with the scaling {scaling!r} (config.json)")


def _yarn_amplitude(factor: float, scale: float) -> float:
    return 1.0 if factor <= 1 else 0.1 * scale * math.log(factor) + 1.0


def _layers(keys: Keys, head_size: int, window: int | None, experts: Callable[[int], Experts | None] = lambda k: None,
            sliding: Callable[[int], bool] = lambda k: False, *, base: float = 10000.0,
            part: float = 1.0) -> tuple[LayerConfig, ...]:
    """The layers: which of them see only `window` tokens is said by `layer_types`, or else by `sliding`."""
    count = keys.size("num_hidden_layers")
    kinds = keys.per_layer("layer_types", count)
    rotary = _rotary(keys, head_size, None, base, part)
    return tuple(LayerConfig(rotary, window if (kinds[k] == "sliding_attention" if kinds else sliding(k)) else None,
                             experts(k)) for k in range(count))


def _window(keys: Keys) -> int | None:
    return None if keys.content.get("sliding_window") is None else keys.size("sliding_window")


def llama(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    bias = keys.flag("attention_bias")
    return fields | dict(layers=_layers(keys, fields["head_size"], None), attention_bias=bias, output_bias=bias,
                         mlp_bias=keys.flag("mlp_bias"))


def granite(keys: Keys) -> dict[str, Any]:
    """Llama with four factors."""
    divisor = keys.number("logits_scaling", default=1.0)
    if not divisor:
        raise ConfigError("config.json: 'logits_scaling' is 0, by which logits are divided")
    return llama(keys) | dict(embedding_scale=keys.number("embedding_multiplier", default=1.0),
                              attention_scale=keys.number("attention_multiplier", default=1.0),
                              residual_scale=keys.number("residual_multiplier", default=1.0), logit_scale=1 / divisor)


def stablelm(keys: Keys) -> dict[str, Any]:
    for name in ("qk_layernorm", "use_parallel_residual"):
        if keys.flag(name):
            raise NotImplementedError(f"taeda.llm has no StableLM with {name} (config.json)")
    fields = _sizes(keys)
    return fields | dict(layers=_layers(keys, fields["head_size"], None), norm="layer",
                         norm_epsilon=keys.number("layer_norm_eps", default=1e-5),
                         attention_bias=keys.flag("use_qkv_bias"))


def starcoder2(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    bias = keys.flag("use_bias", True)
    return fields | dict(layers=_layers(keys, fields["head_size"], _window(keys), sliding=lambda k: True),
                         norm="layer", norm_epsilon=keys.number("norm_epsilon", default=1e-5), attention_bias=bias,
                         output_bias=bias, mlp="plain", mlp_bias=bias, tied=keys.flag("tie_word_embeddings", True),
                         activation=keys.text("hidden_act", default="gelu_pytorch_tanh"))


def smollm3(keys: Keys) -> dict[str, Any]:
    fields = llama(keys)
    count = len(fields["layers"])
    turned = keys.per_layer("no_rope_layers", count)
    every = keys.size("no_rope_layer_interval", default=4)
    window = _window(keys) if keys.flag("use_sliding_window") else None
    kinds = keys.per_layer("layer_types", count) or []
    layers = tuple(LayerConfig(layer.rotary if (turned[k] if turned else (k + 1) % every) else None,
                               window if kinds[k:k + 1] == ["sliding_attention"] else None)
                   for k, layer in enumerate(fields["layers"]))
    return fields | dict(layers=layers, tied=keys.flag("tie_word_embeddings", True))


def mistral(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    return fields | dict(layers=_layers(keys, fields["head_size"], _window(keys), sliding=lambda k: True))


def mixtral(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    experts = _experts(keys, keys.size("num_local_experts", default=8), fields["mlp_size"], True)
    return fields | dict(layers=_layers(keys, fields["head_size"], _window(keys), lambda k: experts, lambda k: True))


def _experts(keys: Keys, count: int, size: int, normalized: bool, shared: int = 0) -> Experts:
    active = keys.size("num_experts_per_tok", default=2)
    if active > count:
        raise ConfigError(f"config.json: 'num_experts_per_tok' is {active}, but there are {count} experts")
    return Experts(count, active, size, normalized, shared)


def qwen2(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    return fields | dict(layers=_layers(keys, fields["head_size"], *_qwen_window(keys)), attention_bias=True)


def _qwen_window(keys: Keys) -> tuple[int | None, Any, Any]:
    window = _window(keys) if keys.flag("use_sliding_window") else None
    first = keys.content.get("max_window_layers", 28)
    return window, lambda k: None, lambda k: window is not None and k >= first


def _qwen_experts(keys: Keys, count: int, shared: int, normalized: bool) -> Callable[[int], Experts | None]:
    dense = set(keys.content.get("mlp_only_layers") or ())
    step = keys.size("decoder_sparse_step", default=1)
    experts = _experts(keys, count, keys.size("moe_intermediate_size"), normalized, shared)
    return lambda k: experts if k not in dense and (k + 1) % step == 0 else None


def qwen2_moe(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    experts = _qwen_experts(keys, keys.size("num_experts", "num_local_experts", default=60),
                            keys.size("shared_expert_intermediate_size"), keys.flag("norm_topk_prob"))
    window, _, _ = _qwen_window(keys)
    return fields | dict(layers=_layers(keys, fields["head_size"], window, experts),
                         attention_bias=keys.flag("qkv_bias", True))


def qwen3(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    bias = keys.flag("attention_bias")
    return fields | dict(layers=_layers(keys, fields["head_size"], *_qwen_window(keys)), query_key_norm="head",
                         attention_bias=bias, output_bias=bias)


def qwen3_moe(keys: Keys) -> dict[str, Any]:
    fields = qwen3(keys)
    experts = _qwen_experts(keys, keys.size("num_experts", "num_local_experts", default=128), 0,
                            keys.flag("norm_topk_prob"))
    # Of this family every layer has the window, where it is in use.
    window = _qwen_window(keys)[0]
    layers = _layers(keys, fields["head_size"], window, experts, lambda k: window is not None)
    return fields | dict(layers=layers)


def gemma(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    bias = keys.flag("attention_bias")
    return fields | dict(layers=_layers(keys, fields["head_size"], None), norm_offset=1.0, attention_bias=bias,
                         output_bias=bias, activation=keys.text("hidden_activation", default="gelu_pytorch_tanh"),
                         embedding_scale=fields["hidden_size"] ** 0.5, tied=keys.flag("tie_word_embeddings", True))


def gemma2(keys: Keys) -> dict[str, Any]:
    fields = gemma(keys)
    layers = _layers(keys, fields["head_size"], _window(keys), sliding=lambda k: k % 2 == 0)
    return fields | dict(layers=layers, post_norms=True, attention_cap=keys.maybe("attn_logit_softcapping"),
                         logit_cap=keys.maybe("final_logit_softcapping"),
                         attention_scale=keys.number("query_pre_attn_scalar", default=256) ** -0.5)


def gemma3(keys: Keys) -> dict[str, Any]:
    fields = gemma2(keys)
    count, head_size = len(fields["layers"]), fields["head_size"]
    every = keys.size("_sliding_window_pattern", "sliding_window_pattern", default=6)
    kinds = keys.per_layer("layer_types", count) or [
        "sliding_attention" if (k + 1) % every else "full_attention" for k in range(count)]
    local = _rotary(keys, head_size, "sliding_attention", keys.number("rope_local_base_freq", default=10000.0))
    if "rope_parameters" not in keys.content:
        local = Rotary(head_size, keys.number("rope_local_base_freq", default=10000.0))
    by_kind = {"sliding_attention": LayerConfig(local, _window(keys)),
               "full_attention": LayerConfig(_rotary(keys, head_size, "full_attention", 1e6))}
    if not set(kinds) <= set(by_kind):
        raise ConfigError(f"config.json: 'layer_types' are {sorted(set(map(str, kinds)))}, expected {sorted(by_kind)}")
    return fields | dict(layers=tuple(by_kind[kind] for kind in kinds), query_key_norm="head")


def phi3(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    return fields | dict(layers=_layers(keys, fields["head_size"], _window(keys), sliding=lambda k: True))


def _interleaved(layers: tuple[LayerConfig, ...]) -> tuple[LayerConfig, ...]:
    return tuple(layer if layer.rotary is None else dataclasses.replace(
        layer, rotary=dataclasses.replace(layer.rotary, interleaved=True)) for layer in layers)


def olmo2(keys: Keys) -> dict[str, Any]:
    """Llama with norms after attention and MLP in place of those before."""
    return llama(keys) | dict(norm_epsilon=keys.number("rms_norm_eps", default=1e-5), pre_norms=False, post_norms=True,
                              query_key_norm="all", mlp_bias=False)


def cohere(keys: Keys) -> dict[str, Any]:
    fields = llama(keys)
    return fields | dict(norm="layer", norm_bias=False, norm_epsilon=keys.number("layer_norm_eps", default=1e-5),
                         layers=_interleaved(_layers(keys, fields["head_size"], None, base=500000.0)), parallel=True,
                         shared_norm=True, query_key_norm="heads" if keys.flag("use_qk_norm") else "", mlp_bias=False,
                         logit_scale=keys.number("logit_scale", default=0.0625),
                         tied=keys.flag("tie_word_embeddings", True))


def glm4(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    layers = _interleaved(_layers(keys, fields["head_size"], None, part=0.5))
    return fields | dict(layers=layers, post_norms=True, attention_bias=keys.flag("attention_bias", True))


def falcon(keys: Keys) -> dict[str, Any]:
    hidden, heads = _heads(keys, "hidden_size", "n_embed")
    new = keys.flag("new_decoder_architecture")
    parallel, bias = new or keys.flag("parallel_attn", True), keys.flag("bias")
    several = keys.size("num_kv_heads", default=heads) if new or not keys.flag("multi_query", True) else 1
    norms = keys.size("num_ln_in_parallel_attn", default=2 if new else 1)
    if parallel and not new and norms == 2:
        raise NotImplementedError("taeda.llm has no Falcon with num_ln_in_parallel_attn 2 in the first architecture "
                                  "(config.json)")
    size, count = hidden // heads, keys.size("num_hidden_layers", "n_layer")
    alibi = keys.flag("alibi")
    # Biases are added before scores are scaled.
    biases = Alibi(slopes(heads), size ** -0.5, True) if alibi else None
    return dict(vocab_size=keys.size("vocab_size"), hidden_size=hidden, heads=heads, kv_heads=several, head_size=size,
                mlp_size=keys.size("ffn_hidden_size", default=4 * hidden), alibi=biases, norm="layer",
                layers=(LayerConfig(None if alibi else _rotary(keys, size)),) * count,
                context=keys.size("max_position_embeddings", default=2048), parallel=parallel,
                shared_norm=parallel and norms == 1, norm_epsilon=keys.number("layer_norm_epsilon", default=1e-5),
                attention_bias=bias, output_bias=bias, mlp="plain", mlp_bias=bias,
                activation=keys.text("activation", default="gelu"), tied=keys.flag("tie_word_embeddings", True))


def bloom(keys: Keys) -> dict[str, Any]:
    hidden, heads = _heads(keys, "hidden_size", "n_embed")
    _refuse(keys, "BLOOM", apply_residual_connection_post_layernorm=False)
    return dict(vocab_size=keys.size("vocab_size"), hidden_size=hidden, heads=heads, kv_heads=heads,
                head_size=hidden // heads, mlp_size=4 * hidden, context=keys.size("seq_length", default=2048),
                layers=(LayerConfig(),) * keys.size("n_layer", "num_hidden_layers"), alibi=Alibi(slopes(heads)),
                norm="layer", norm_epsilon=keys.number("layer_norm_epsilon", default=1e-5), embedding_norm=True,
                attention_bias=True, output_bias=True, mlp="plain", mlp_bias=True, activation="gelu_new",
                tied=keys.flag("tie_word_embeddings", True))


def mpt(keys: Keys) -> dict[str, Any]:
    hidden, heads = _heads(keys, "d_model", "hidden_size")
    _refuse(keys, "MPT", no_bias=True, expansion_ratio=4, logit_scale=None)
    given = keys.content.get("attn_config")
    attention = Keys({} if given is None else given)
    _refuse(attention, "MPT", alibi=True, qk_ln=False, prefix_lm=False, attn_type="multihead_attention",
            attn_uses_sequence_id=False, alibi_bias_max=8)  # transformers takes any other for 8
    return dict(vocab_size=keys.size("vocab_size"), hidden_size=hidden, heads=heads, kv_heads=heads,
                head_size=hidden // heads, mlp_size=4 * hidden, context=keys.size("max_seq_len", default=2048),
                layers=(LayerConfig(),) * keys.size("n_layers", "num_hidden_layers"),
                alibi=Alibi(spread_slopes(heads)), norm="layer", norm_bias=False,
                norm_epsilon=keys.number("layer_norm_epsilon", default=1e-5), clip=attention.maybe("clip_qkv"),
                attention_scale=attention.maybe("softmax_scale"), mlp="plain", activation="gelu",
                tied=keys.flag("tie_word_embeddings", True))


def opt(keys: Keys) -> dict[str, Any]:
    hidden, heads = _heads(keys, "hidden_size")
    _refuse(keys, "OPT", do_layer_norm_before=True, _remove_final_layer_norm=False, word_embed_proj_dim=hidden,
            layer_norm_elementwise_affine=True)
    bias = keys.flag("enable_bias", True)
    return dict(vocab_size=keys.size("vocab_size"), hidden_size=hidden, heads=heads, kv_heads=heads,
                head_size=hidden // heads, mlp_size=keys.size("ffn_dim"),
                context=keys.size("max_position_embeddings", default=2048), norm="layer", norm_epsilon=1e-5,
                layers=(LayerConfig(),) * keys.size("num_hidden_layers"), learned_positions=True, position_offset=2,
                attention_bias=bias, output_bias=bias, mlp="plain", mlp_bias=bias,
                activation=keys.text("activation_function", default="relu"),
                tied=keys.flag("tie_word_embeddings", True))


def _heads(keys: Keys, *names: str) -> tuple[int, int]:
    """The hidden size, under the first of these names that is there, and the number of heads."""
    hidden, heads = keys.size(*names), keys.size("num_attention_heads", "n_head", "n_heads")
    if hidden % heads:
        raise ConfigError(f"config.json: {names[0]!r} {hidden} is not a multiple of the {heads} heads")
    return hidden, heads


def _refuse(keys: Keys, family: str, **expected: Any) -> None:
    """Raise `NotImplementedError` for keys that are there with another value than the one that is."""
    for name, value in expected.items():
        found = keys.content.get(name)
        if found is not None and found != value:
            raise NotImplementedError(f"taeda.llm has no {family} with {name} {found!r} (config.json)")


def gpt2(keys: Keys) -> dict[str, Any]:
    hidden, heads = _heads(keys, "n_embd", "hidden_size")
    for name in ("scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn", "add_cross_attention"):
        if keys.flag(name):
            raise NotImplementedError(f"taeda.llm has no GPT-2 with {name} (config.json)")
    layers = (LayerConfig(),) * keys.size("n_layer", "num_hidden_layers")
    return dict(vocab_size=keys.size("vocab_size"), hidden_size=hidden, heads=heads, kv_heads=heads,
                mlp_size=keys.size("n_inner", default=4 * hidden), head_size=hidden // heads, layers=layers,
                context=keys.size("n_positions", "max_position_embeddings", default=1024), norm="layer",
                norm_epsilon=keys.number("layer_norm_epsilon", default=1e-5), learned_positions=True,
                attention_bias=True, output_bias=True, mlp="plain", mlp_bias=True,
                attention_scale=None if keys.flag("scale_attn_weights", True) else 1.0,
                activation=keys.text("activation_function", default="gelu_new"),
                tied=keys.flag("tie_word_embeddings", True))


def gpt_neox(keys: Keys) -> dict[str, Any]:
    fields = _sizes(keys)
    bias = keys.flag("attention_bias", True)
    return fields | dict(layers=_layers(keys, fields["head_size"], None), norm="layer", kv_heads=fields["heads"],
                         norm_epsilon=keys.number("layer_norm_eps", default=1e-5),
                         parallel=keys.flag("use_parallel_residual", True), attention_bias=bias, output_bias=bias,
                         mlp="plain", mlp_bias=True, activation=keys.text("hidden_act", default="gelu"))


FAMILIES: dict[str, Callable[[Keys], dict[str, Any]]] = {
    "llama": llama, "smollm3": smollm3, "mistral": mistral, "mixtral": mixtral, "qwen2": qwen2,
    "qwen2_moe": qwen2_moe, "qwen3": qwen3, "qwen3_moe": qwen3_moe, "gemma": gemma, "gemma2": gemma2,
    "gemma3_text": gemma3, "phi3": phi3, "gpt2": gpt2, "gpt_neox": gpt_neox, "granite": granite, "stablelm": stablelm,
    "starcoder2": starcoder2, "olmo2": olmo2, "cohere": cohere, "glm4": glm4, "falcon": falcon, "bloom": bloom,
    "mpt": mpt, "opt": opt,
}
