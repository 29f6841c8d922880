"""What a decoder is made of, as data: `DecoderConfig`, read from the `config.json` of a Hugging Face folder.

A family of models (Llama, Gemma 2, GPT-2, ...) is a function in `llm/families.py` from the keys of its `config.json` to
these fields; nothing else in this package asks which family a model is of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from taeda.llm.alibi import Alibi
from taeda.llm.rotary import Rotary


class ConfigError(ValueError):
    """A `config.json` that describes no model: the message names the key, its value and what was expected."""


@dataclass(frozen=True)
class Experts:
    """A mixture of experts: `active` of `count` MLPs of `size` features for each token, and one for all tokens.

    `normalized`: the weights of the active experts sum to one. `shared_size` is 0 if there is no shared expert.
    """

    count: int
    active: int
    size: int
    normalized: bool = True
    shared_size: int = 0


@dataclass(frozen=True)
class LayerConfig:
    """What may differ from layer to layer: rotary positions (None: no positions), the number of tokens that a token
    sees counting itself (None: all before it), and the mixture of experts in place of the MLP."""

    rotary: Rotary | None = None
    window: int | None = None
    experts: Experts | None = None


@dataclass(frozen=True)
class DecoderConfig:
    """The description of a decoder. Sizes count features, heads or tokens; `source` is the `config.json` it came from.

    `norm` is "rms" or "layer", the latter with a bias or without (`norm_bias`); `norm_offset` is added to the weights
    of norms (Gemma stores them minus one). What attention and MLP read is normalised (`pre_norms`), and what they give
    (`post_norms`). `parallel`: both read the same input, by the same norm if `shared_norm`. `embedding_norm`: what
    embeddings give is normalised too. `query_key_norm` is "" (none), "head" (each head by itself, with the same
    weights), "heads" (with weights of its own) or "all" (all heads together).
    Learned positions begin at row `position_offset` of their table; `alibi`: positions are told by biases of scores.
    Queries, keys and values are held to at most `clip`.
    What attention and MLP give is multiplied by `residual_scale` before it is added, logits by `logit_scale`.
    `mlp` is "gated" (down(act(gate(x)) * up(x))) or "plain" (down(act(up(x)))).
    """

    family: str
    vocab_size: int
    hidden_size: int
    mlp_size: int
    heads: int
    kv_heads: int
    head_size: int
    context: int
    layers: tuple[LayerConfig, ...]
    norm: str = "rms"
    norm_epsilon: float = 1e-6
    norm_offset: float = 0.0
    norm_bias: bool = True
    pre_norms: bool = True
    post_norms: bool = False
    parallel: bool = False
    shared_norm: bool = False
    embedding_norm: bool = False
    learned_positions: bool = False
    position_offset: int = 0
    alibi: Alibi | None = None
    query_key_norm: str = ""
    clip: float | None = None
    attention_bias: bool = False
    output_bias: bool = False
    mlp: str = "gated"
    mlp_bias: bool = False
    activation: str = "silu"
    tied: bool = False
    embedding_scale: float = 1.0
    attention_scale: float | None = None
    attention_cap: float | None = None
    logit_cap: float | None = None
    residual_scale: float = 1.0
    logit_scale: float = 1.0
    stop_tokens: tuple[int, ...] = ()
    source: dict[str, Any] = field(default_factory=dict, compare=False)

    @staticmethod
    def from_huggingface(content: dict[str, Any]) -> DecoderConfig:
        """The description of the model that a `config.json` describes.

        Raises `ConfigError` for keys that are missing or make no sense, `NotImplementedError` for other families.
        """
        from taeda.llm.families import read_config

        return read_config(content)


class Keys:
    """The keys of a `config.json`, checked as they are read."""

    def __init__(self, content: dict[str, Any]) -> None:
        if not isinstance(content, dict):
            raise ConfigError(f"config.json: expected an object, got {type(content).__name__}")
        self.content = content

    def size(self, *names: str, default: int | None = None) -> int:
        """A positive integer under the first of these names that is there."""
        for name in names:
            value = self.content.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 31:
                raise ConfigError(f"config.json: {name!r} is {value!r}, expected a positive integer")
            return value
        if default is None:
            raise ConfigError(f"config.json: {names[0]!r} is missing")
        return default

    def number(self, *names: str, default: float | None = None) -> float:
        """A finite number under the first of these names that is there."""
        for name in names:
            value = self.content.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e30 or value != value:
                raise ConfigError(f"config.json: {name!r} is {value!r}, expected a finite number")
            return float(value)
        if default is None:
            raise ConfigError(f"config.json: {names[0]!r} is missing")
        return default

    def maybe(self, name: str) -> float | None:
        """A finite number, or None where the key is missing or null."""
        return None if self.content.get(name) is None else self.number(name)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.content.get(name, default)
        if not isinstance(value, bool):
            raise ConfigError(f"config.json: {name!r} is {value!r}, expected true or false")
        return value

    def text(self, *names: str, default: str) -> str:
        for name in names:
            value = self.content.get(name)
            if isinstance(value, str):
                return value
            if value is not None:
                raise ConfigError(f"config.json: {name!r} is {value!r}, expected a string")
        return default

    def per_layer(self, name: str, layers: int) -> list[Any] | None:
        """A list with one item for each layer, or None where the key is missing or null."""
        value = self.content.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) < layers:
            raise ConfigError(f"config.json: {name!r} has to be a list of an item for each of the {layers} layers, "
                              f"got {value!r}")
        return value[:layers]

    def tokens(self, name: str) -> tuple[int, ...]:
        """Numbers of tokens: one, a list, or none."""
        value = self.content.get(name)
        found = [] if value is None else value if isinstance(value, list) else [value]
        if any(isinstance(token, bool) or not isinstance(token, int) for token in found):
            raise ConfigError(f"config.json: {name!r} is {value!r}, expected the number of a token or a list of them")
        return tuple(found)
