"""Choosing the next token from its logits."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import taeda

if TYPE_CHECKING:
    from taeda.llm.constraints import Matcher


@dataclass(frozen=True)
class Sampling:
    """How text is generated.

    `max_tokens`: new tokens at most. `temperature` 0 takes the likeliest token; else logits are divided by it and a
    token is drawn from the `top_k` likeliest, of these the likeliest that together reach `top_p`, and of these those
    with at least `min_p` times the probability of the likeliest. `repetition_penalty` divides (negative ones:
    multiplies) the logits of tokens that have occurred; `presence_penalty` and `frequency_penalty` are subtracted from
    those of generated tokens, once or for each time. `stop`: texts before which the answer ends; `stop_tokens`: tokens
    that end it (None: the model's). `seed` makes draws repeatable. `logprobs`: so many likeliest tokens are reported
    with their log-probabilities. `regex`: the answer matches this regular expression as a whole; `json_schema`: it is
    JSON that fits this schema (true: any JSON object; see `taeda.llm.constraints.schema` for what can be followed).
    Raises `ValueError` for what makes no sense.
    """

    max_tokens: int = 256
    temperature: float = 0.0
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    stop: tuple[str, ...] = ()
    stop_tokens: tuple[int, ...] | None = None
    seed: int | None = None
    logprobs: int | None = None
    regex: str | None = None
    json_schema: dict[str, Any] | bool | None = None

    def __post_init__(self) -> None:
        def check(name: str, wanted: str, good: Any) -> None:
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if value is not None and not (number and good(value)):
                raise ValueError(f"{name} has to be {wanted}, got {value!r}")

        check("max_tokens", "a positive integer", lambda v: isinstance(v, int) and v > 0)
        check("temperature", "a number from 0 to 100", lambda v: 0 <= v <= 100)
        check("top_k", "a positive integer", lambda v: isinstance(v, int) and v > 0)
        check("top_p", "above 0 and at most 1", lambda v: 0 < v <= 1)
        check("min_p", "from 0 to 1", lambda v: 0 <= v <= 1)
        check("repetition_penalty", "a positive number", lambda v: v > 0)
        for name in ("presence_penalty", "frequency_penalty"):
            check(name, "from -2 to 2", lambda v: -2 <= v <= 2)
        check("seed", "an integer", lambda v: isinstance(v, int))
        check("logprobs", "an integer from 0 to 100", lambda v: isinstance(v, int) and 0 <= v <= 100)
        if not isinstance(self.stop, tuple) or not all(isinstance(s, str) and s for s in self.stop):
            raise ValueError(f"stop has to be a tuple of texts that are not empty, got {self.stop!r}")
        if self.regex is not None and not isinstance(self.regex, str):
            raise ValueError(f"regex has to be a text, got {self.regex!r}")
        if self.json_schema is not None and self.json_schema is not True and not isinstance(self.json_schema, dict):
            raise ValueError(f"json_schema has to be a schema (a dict) or True, got {self.json_schema!r}")
        if self.regex is not None and self.json_schema is not None:
            raise ValueError("the answer has one form: give regex or json_schema, not both")

    @staticmethod
    def with_defaults(defaults: dict[str, Any], **given: Any) -> Sampling:
        """What is `given`, and for the rest what a `generation_config.json` says."""
        names = {f.name for f in fields(Sampling)}
        unknown = sorted(set(given) - names)
        if unknown:
            raise TypeError(f"there are no settings {', '.join(unknown)} of generation; there are "
                            f"{', '.join(sorted(names))}")
        found = {key: defaults[key] for key in ("temperature", "top_k", "top_p", "min_p", "repetition_penalty")
                 if defaults.get(key) is not None}
        found["top_k"] = found.get("top_k") or None
        if not defaults.get("do_sample", False):
            found["temperature"] = 0.0
        elif "temperature" not in found:
            found["temperature"] = 1.0
        if isinstance(given.get("stop"), str):
            given["stop"] = (given["stop"],)
        if isinstance(given.get("stop"), list):
            given["stop"] = tuple(given["stop"])
        return Sampling(**found | given)


@dataclass(frozen=True)
class TokenChoice:
    """A token that was chosen, its log-probability, and the likeliest ones (None where they were not asked for)."""

    token: int
    logprob: float | None = None
    likeliest: tuple[tuple[int, float], ...] = ()


class Sampler:
    """Chooses the tokens of one sequence, one after the other. One draw from the generator for each token."""

    def __init__(self, sampling: Sampling, prompt: list[int], vocab_size: int, matcher: Matcher | None = None) -> None:
        self.sampling, self.matcher = sampling, matcher
        self._generator = taeda.Generator()
        if sampling.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(sampling.seed % (1 << 63))
        self._counts: dict[int, int] = {}
        self._seen = dict.fromkeys(token for token in prompt if 0 <= token < vocab_size)

    def choose(self, logits: taeda.Tensor) -> TokenChoice:
        """The next token, by its logits (vocabulary)."""
        logits = logits.to(taeda.float32)
        s = self.sampling
        adjusted = self._penalised(logits)
        if self.matcher is not None:
            adjusted = self.matcher.limit(adjusted)
        token = int(adjusted.argmax().item()) if s.temperature == 0 else self._draw(adjusted / s.temperature)
        self._counts[token] = self._counts.get(token, 0) + 1
        self._seen[token] = None
        if self.matcher is not None:
            self.matcher.take(token)
        if s.logprobs is None:
            return TokenChoice(token)
        logarithms = logits.log_softmax(-1)
        values, tokens = logarithms.topk(min(s.logprobs, logits.numel()))
        return TokenChoice(token, float(logarithms[token].item()),
                           tuple(zip(tokens.tolist(), values.tolist(), strict=True)))

    def _penalised(self, logits: taeda.Tensor) -> taeda.Tensor:
        s = self.sampling
        if s.repetition_penalty != 1.0 and self._seen:
            places = taeda.tensor(list(self._seen))
            values = logits[places]
            penalty = s.repetition_penalty
            logits = logits.index_copy(0, places, taeda.where(values < 0, values * penalty, values / penalty))
        if (s.presence_penalty or s.frequency_penalty) and self._counts:
            places = taeda.tensor(list(self._counts))
            times = taeda.tensor(list(self._counts.values()), dtype=taeda.float32)
            logits = logits.index_add(0, places, -(s.presence_penalty + s.frequency_penalty * times))
        return logits

    def _draw(self, logits: taeda.Tensor) -> int:
        s = self.sampling
        count = logits.numel()
        # In descending order, so that each filter keeps a beginning.
        if s.top_k is not None and s.top_k < count:
            values, tokens = logits.topk(s.top_k)
        elif s.top_p is not None and s.top_p < 1:
            values, tokens = logits.sort(descending=True)
        else:
            values, tokens = logits, None
        weights = values.softmax(-1)
        if s.top_p is not None and s.top_p < 1:
            before = weights.cumsum(-1) - weights
            weights = weights.masked_fill(before >= s.top_p, 0.0)
        if s.min_p is not None:
            weights = weights.masked_fill(weights < s.min_p * weights.max(), 0.0)
        place = int(taeda.multinomial(weights, 1, generator=self._generator).item())
        return place if tokens is None else int(tokens[place].item())
