"""Continuing texts: `generate`, `stream` and beam search, which a `Decoder` has as methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import taeda
from taeda.llm.cache import PrefixStore
from taeda.llm.decoder import ContextError
from taeda.llm.engine import Engine, Request, default_stop_tokens
from taeda.llm.sampling import Sampling, TokenChoice

if TYPE_CHECKING:
    from taeda.llm.decoder import Decoder

Prompt = Any  # a text, a list of tokens or a tensor of them


@dataclass(frozen=True)
class Completion:
    """What a prompt was continued with. `finish`: "stop" (a stop token or text) or "length"; `choices`: the tokens with
    log-probabilities where they were asked for; `text` is empty without a tokenizer."""

    tokens: list[int]
    text: str
    finish: str
    choices: list[TokenChoice]
    score: float | None = None


def tokens_of(model: Decoder, prompt: Prompt) -> list[int]:
    """The tokens of a prompt: a text, a list of tokens or a tensor of them."""
    if isinstance(prompt, str):
        if model.tokenizer is None:
            raise ValueError("this model has no tokenizer (tokenizer.json): give the tokens of the prompt")
        return model.tokenizer.encode(prompt)
    return [int(token) for token in (prompt.flatten().tolist() if isinstance(prompt, taeda.Tensor) else prompt)]


def _completion(request: Request) -> Completion:
    if request.error is not None:
        raise request.error
    return Completion(request.tokens, request.text, request.finish or "", request.choices)


def _is_single(prompt: Any) -> bool:
    if isinstance(prompt, str) or (isinstance(prompt, taeda.Tensor) and prompt.dim() < 2):
        return True
    return not isinstance(prompt, taeda.Tensor) and all(isinstance(p, int) for p in prompt)


def generate(model: Decoder, prompt: Any, *, draft: Decoder | None = None, beams: int = 1, batch: int = 8,
             cache_bits: int | None = None, **settings: Any) -> Any:
    """Continue a prompt, or each of a list of prompts; see `Decoder.generate`."""
    prompts = [prompt] if _is_single(prompt) else list(prompt)
    sampling = Sampling.with_defaults(model.defaults, **settings)
    if isinstance(beams, bool) or not isinstance(beams, int) or beams < 1:
        raise ValueError(f"beams has to be a positive integer, got {beams!r}")
    if beams > 1:
        if draft is not None or cache_bits is not None:
            raise ValueError("beam search takes no draft model, and no cache of other bits")
        found = [beam_search(model, tokens_of(model, p), sampling, beams) for p in prompts]
    else:
        engine = Engine(model, batch, draft, cache_bits, PrefixStore() if len(prompts) > 1 else None)
        requests = [engine.submit(tokens_of(model, p), sampling) for p in prompts]
        for _ in engine.run():
            pass
        found = [_completion(request) for request in requests]
    return found[0] if _is_single(prompt) else found


def stream(model: Decoder, prompt: Prompt, *, draft: Decoder | None = None, cache_bits: int | None = None,
           **settings: Any) -> Iterator[str]:
    """The text of a continuation, as it comes."""
    if model.tokenizer is None:
        raise ValueError("this model has no tokenizer (tokenizer.json) and gives no text: use model.generate of tokens")
    engine = Engine(model, 1, draft, cache_bits)
    request = engine.submit(tokens_of(model, prompt), Sampling.with_defaults(model.defaults, **settings))
    given = 0
    for _ in engine.run():
        if len(request.text) > given:
            yield request.text[given:]
            given = len(request.text)


def beam_search(model: Decoder, prompt: list[int], sampling: Sampling, beams: int) -> Completion:
    """The continuation with the largest mean log-probability of its tokens that a search of so many beams finds.

    Of the settings, max_tokens and stop_tokens count; penalties are not applied. Raises `ValueError` where a
    temperature, stop texts or log-probabilities are asked for, `ContextError` for a prompt that fills the context.
    """
    if sampling.temperature or sampling.stop or any(x is not None for x in (sampling.logprobs, sampling.regex,
                                                                            sampling.json_schema)):
        raise ValueError("beam search takes max_tokens and stop_tokens, not temperature, stop, logprobs, regex or "
                         "json_schema")
    if len(prompt) >= model.config.context:
        raise ContextError(0, len(prompt) + 1, model.config.context)
    limit = min(sampling.max_tokens, model.config.context - len(prompt))
    stops = set(default_stop_tokens(model) if sampling.stop_tokens is None else sampling.stop_tokens)
    caches = model.caches()
    alive: list[tuple[float, list[int]]] = [(0.0, [])]
    ended: list[tuple[float, list[int], str]] = []
    rows = taeda.tensor([prompt])
    with taeda.no_grad():
        for _ in range(limit):
            scores = model(rows, caches, [rows.numel() // len(caches)] * len(caches), last_only=True)
            scores = scores.to(taeda.float32).log_softmax(-1)
            scores = scores + taeda.tensor([score for score, _ in alive]).unsqueeze(1)
            # Twice as many as needed: of each beam at most one may end, for each stop token.
            count = min(beams * (1 + len(stops)), scores.numel())
            values, places = scores.flatten().topk(count)
            following: list[tuple[float, list[int], int]] = []
            for value, place in zip(values.tolist(), places.tolist(), strict=True):
                parent, token = divmod(place, model.config.vocab_size)
                tokens = [*alive[parent][1], token]
                if token in stops:
                    ended.append((value / len(tokens), tokens[:-1], "stop"))
                elif len(following) < beams:
                    following.append((value, tokens, parent))
            alive = [(value, tokens) for value, tokens, _ in following]
            if not alive or len(ended) >= beams:
                break
            uses = [parent for _, _, parent in following]
            caches = [caches[p] if uses.index(p) == k else caches[p].fork() for k, p in enumerate(uses)]
            rows = taeda.tensor([[tokens[-1] for _, tokens in alive]])
    ended += [(score / max(len(tokens), 1), tokens, "length") for score, tokens in alive]
    score, tokens, finish = max(ended, key=lambda found: found[0])
    text = "" if model.tokenizer is None else model.tokenizer.decode(tokens)
    return Completion(tokens, text, finish, [TokenChoice(token) for token in tokens], score)
