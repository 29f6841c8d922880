"""The decoder: one definition, which is Llama, Qwen, Gemma, GPT-2, Falcon, BLOOM or another by its configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import taeda
import taeda.nn.functional as F
from taeda import nn
from taeda.assertions import check_type
from taeda.llm.attention import Attention, Step
from taeda.llm.cache import PagePool, SequenceCache
from taeda.llm.config import DecoderConfig, LayerConfig
from taeda.llm.mlp import MLP, Mixture
from taeda.llm.norms import make_norm
from taeda.llm.rotary import Rotary

if TYPE_CHECKING:
    from taeda.llm.tokenizer import Tokenizer


class Layer(nn.Module):
    """Attention and MLP, each added to what passes by."""

    def __init__(self, config: DecoderConfig, layer: LayerConfig, number: int) -> None:
        super().__init__()
        self.parallel, self.scale = config.parallel, config.residual_scale
        self.input_layernorm = make_norm(config, config.hidden_size) if config.pre_norms else None
        self.self_attn = Attention(config, layer, number)
        self.post_attention_layernorm = None if config.shared_norm else make_norm(config, config.hidden_size)
        self.mlp = MLP(config, config.mlp_size) if layer.experts is None else Mixture(config, layer.experts)
        self.pre_feedforward_layernorm = (make_norm(config, config.hidden_size)
                                          if config.post_norms and config.pre_norms else None)
        self.post_feedforward_layernorm = make_norm(config, config.hidden_size) if config.post_norms else None

    def forward(self, x: taeda.Tensor, step: Step) -> taeda.Tensor:
        read = x if self.input_layernorm is None else self.input_layernorm(x)
        seen = self.self_attn(read, step)
        if self.post_attention_layernorm is None:
            return self.mlp(read) + seen + x
        if self.post_feedforward_layernorm is not None:
            x = x + self.post_attention_layernorm(seen)
            read = x if self.pre_feedforward_layernorm is None else self.pre_feedforward_layernorm(x)
            return x + self.post_feedforward_layernorm(self.mlp(read))
        if self.parallel:
            return self.mlp(self.post_attention_layernorm(x)) + seen + x
        if self.scale != 1.0:
            x = x + seen * self.scale
            return x + self.mlp(self.post_attention_layernorm(x)) * self.scale
        x = x + seen
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    """Embeddings, layers and the last norm: tokens in, features out."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.embed_positions = (nn.Embedding(config.context + config.position_offset, config.hidden_size)
                                if config.learned_positions else None)
        self.embed_norm = make_norm(config, config.hidden_size) if config.embedding_norm else None
        self.layers = nn.ModuleList(Layer(config, layer, k) for k, layer in enumerate(config.layers))
        self.norm = make_norm(config, config.hidden_size)
        self.scale, self.offset = config.embedding_scale, config.position_offset
        self.rotaries = sorted({layer.rotary for layer in config.layers if layer.rotary is not None}, key=repr)

    def forward(self, tokens: taeda.Tensor, positions: taeda.Tensor, step: Step) -> taeda.Tensor:
        x = self.embed_tokens(tokens)
        if self.scale != 1.0:
            # Rounded to the dtype of the weights, as it was in training.
            x = x * taeda.tensor(self.scale, dtype=x.dtype)
        if self.embed_positions is not None:
            x = x + self.embed_positions(positions + self.offset if self.offset else positions)
        if self.embed_norm is not None:
            x = self.embed_norm(x)
        for rotary in self.rotaries:
            step.turns[rotary] = _turns(rotary, positions, step, x.dtype)
        for layer in self.layers:
            x = layer(x, step)
        return self.norm(x)


def _turns(rotary: Rotary, positions: taeda.Tensor, step: Step, dtype: taeda.dtype) -> tuple[taeda.Tensor,
                                                                                             taeda.Tensor]:
    if not rotary.depends_on_length():
        return rotary.turns(positions, 0, dtype)
    parts, first = [], 0
    for k, length in enumerate(step.lengths):
        total = length
        if step.caches is not None:
            total = max(step.caches[k].tokens + length, step.caches[k].assumed)
        parts.append(rotary.turns(positions[first:first + length], total, dtype))
        first += length
    return taeda.cat([cosines for cosines, _ in parts]), taeda.cat([sines for _, sines in parts])


class Decoder(nn.Module):
    """A language model: tokens in, logits of the next token out. Made by `taeda.llm.load`, or of a `DecoderConfig`.

    `tokenizer` (None where there is none) turns text into tokens; `defaults` are what `generation_config.json` says.
    """

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        check_type("Decoder", "config", config, DecoderConfig)
        self.config = config
        self.model = Body(config)
        # A linear layer, or where weights have fewer bits a QuantizedLinear; None: the embeddings.
        self.lm_head: Any = None if config.tied else nn.Linear(config.hidden_size, config.vocab_size, False)
        self.tokenizer: Tokenizer | None = None
        self.defaults: dict[str, Any] = {}
        self.folder: str | None = None

    @property
    def dtype(self) -> taeda.dtype:
        """The dtype in which features are computed."""
        return self.model.norm.weight.dtype

    def caches(self, count: int = 1, bits: int | None = None) -> list[SequenceCache]:
        """Empty caches for `count` sequences, in pages of the same memory; `bits` 8: in int8, with less memory."""
        pool = self.pool(bits)
        return [SequenceCache(pool) for _ in range(count)]

    def pool(self, bits: int | None = None) -> PagePool:
        """Memory for the caches of any number of sequences (`SequenceCache(pool)`)."""
        return PagePool(len(self.config.layers), bits)

    def features(self, input_ids: taeda.Tensor, caches: Sequence[SequenceCache] | None = None,
                 lengths: Sequence[int] | None = None) -> taeda.Tensor:
        """The last layer's features (rows, hidden size), normalised; arguments as for the call."""
        if caches is None:
            if input_ids.dim() != 2 or lengths is not None:
                raise ValueError(f"without caches input_ids has the shape (batch, tokens), got {tuple(input_ids.shape)}"
                                 + ("" if lengths is None else " and lengths"))
            rows = [input_ids.size(1)] * input_ids.size(0)
        else:
            rows = [input_ids.size(-1)] * len(caches) if lengths is None else list(lengths)
            if sum(rows) != input_ids.numel() or len(rows) != len(caches) or min(rows, default=0) < 1:
                raise ValueError(f"{len(caches)} caches for tokens {tuple(input_ids.shape)} of lengths {rows}")
        starts = [0] * len(rows) if caches is None else [cache.tokens for cache in caches]
        for start, length in zip(starts, rows, strict=True):
            if start + length > self.config.context:
                raise ContextError(start, length, self.config.context)
        if not input_ids.numel():
            return taeda.empty(0, self.config.hidden_size, dtype=self.dtype)
        if caches is not None and any(rotary.depends_on_length() for rotary in self.model.rotaries):
            self._keep_history(input_ids, caches, rows)
        step = Step(rows, None if caches is None else list(caches))
        if caches is None:
            positions = taeda.arange(rows[0]).repeat(len(rows))
        else:
            positions = taeda.cat([taeda.arange(s, s + n) for s, n in zip(starts, rows, strict=True)])
        x = self.model(input_ids.reshape(-1), positions, step)
        for length, cache in zip(rows, caches or (), strict=bool(caches)):
            cache.advance(length)
        return x

    def _keep_history(self, input_ids: taeda.Tensor, caches: Sequence[SequenceCache], lengths: list[int]) -> None:
        """Note the tokens, and read again what came before where the text grows past the length at which the positions
        change."""
        new, first = input_ids.flatten().tolist(), 0
        limit = min(rotary.original for rotary in self.model.rotaries if rotary.depends_on_length())
        for cache, length in zip(caches, lengths, strict=True):
            del cache.history[cache.tokens:]  # what a step that failed noted
            if max(cache.tokens, cache.assumed) <= limit < cache.tokens + length:
                before = cache.history[:]
                cache.shorten(0)
                cache.assumed = len(before) + length
                if before:
                    self.features(taeda.tensor([before]), [cache])
            cache.history += new[first:first + length]
            first += length

    def logits(self, features: taeda.Tensor) -> taeda.Tensor:
        """The logits (rows, vocabulary) of features (rows, hidden size)."""
        head = self.lm_head
        found = F.linear(features, self.model.embed_tokens.weight) if head is None else head(features)
        if self.config.logit_scale != 1.0:
            found = found * self.config.logit_scale
        cap = self.config.logit_cap
        return found if cap is None else taeda.tanh(found / cap) * cap

    def forward(self, input_ids: taeda.Tensor, caches: Sequence[SequenceCache] | None = None,
                lengths: Sequence[int] | None = None, last_only: bool = False) -> taeda.Tensor:
        """Logits of the next token after each token.

        `input_ids` (batch, tokens) are whole sequences: the result is (batch, tokens, vocabulary), and differentiable.
        With `caches`, one for each sequence, they continue what the caches hold; sequences of different lengths lie
        one after the other in one row of tokens, `lengths` says how long each is, and the result is (1, tokens,
        vocabulary). `last_only`: the logits after the last token of each sequence alone, (sequences, vocabulary).

        Raises `ContextError` for more tokens than the model's context, `IndexError` for no token of the vocabulary.
        """
        x = self.features(input_ids, caches, lengths)
        if last_only:
            rows = [input_ids.size(-1)] * (input_ids.size(0) if caches is None else len(caches))
            ends = taeda.tensor(lengths if lengths is not None else rows).cumsum(0) - 1
            return self.logits(x[ends])
        shape = input_ids.shape if input_ids.dim() == 2 else (1, input_ids.numel())
        return self.logits(x).view(*shape, self.config.vocab_size)

    def generate(self, prompt: Any, *, draft: Decoder | None = None, beams: int = 1, cache_bits: int | None = None,
                 **settings: Any) -> Any:
        """Continue a prompt: a text, or its tokens as a list or a tensor; or a list of such prompts, all at once.

        `settings` are the fields of `Sampling`: `max_tokens`, `temperature`, `top_k`, `top_p`, `min_p`,
        `repetition_penalty`, `stop`, `seed`, `logprobs`, `regex`, `json_schema`, ... What is not given
        is as `generation_config.json` says. `draft`: a smaller model that proposes tokens, for speed; the result is the
        same. `beams` above 1: beam search. `cache_bits` 8 keeps what was read in int8, with less memory.
        Gives a `Completion` (tokens, text, finish) for each prompt; each is the same alone and with others.

        Raises `ContextError` for a prompt that leaves no room in the context, `ValueError` for settings that make no
        sense, `taeda.OutOfMemoryError` saying what is needed and what would make it fit.
        """
        from taeda.llm.generation import generate

        return generate(self, prompt, draft=draft, beams=beams, cache_bits=cache_bits, **settings)

    def stream(self, prompt: Any, *, draft: Decoder | None = None, cache_bits: int | None = None,
               **settings: Any) -> Iterator[str]:
        """The text of `generate(prompt, ...)` piece by piece, as it comes."""
        from taeda.llm.generation import stream

        return stream(self, prompt, draft=draft, cache_bits=cache_bits, **settings)


class ContextError(ValueError):
    """More tokens than the model was made for."""

    def __init__(self, before: int, tokens: int, context: int) -> None:
        known = f" after {before} that are in the cache" if before else ""
        super().__init__(f"{tokens} tokens{known} do not fit the model's context of {context} tokens: shorten the "
                         "prompt, or ask for fewer new tokens (max_tokens)")
