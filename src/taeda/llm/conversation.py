"""A conversation with a model: its messages, and the cache of what the model has read of them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import taeda
from taeda.llm.cache import SequenceCache
from taeda.llm.decoder import ContextError, Decoder
from taeda.llm.engine import Engine, Request
from taeda.llm.sampling import Sampling


class Conversation:
    """Messages to and from a model. Each answer reads only what is new since the last one.

    `system` is what the model is told about its part. A model without a chat template continues the text of the
    messages. `cache_bits` 8 keeps what was read in int8.
    When the context is full the oldest messages are forgotten, the system message is not.
    """

    def __init__(self, model: Decoder, system: str | None = None, cache_bits: int | None = None) -> None:
        if model.tokenizer is None:
            raise ValueError("a conversation needs a tokenizer, and this model has none (tokenizer.json)")
        self.model, self.system, self.cache_bits = model, system, cache_bits
        self.messages: list[dict[str, str]] = []
        self.last: Request | None = None
        self._cache: SequenceCache | None = None
        self._read: list[int] = []

    def reset(self) -> None:
        """Forget all messages but the system's."""
        self.messages = []

    def answer(self, text: str, **settings: Any) -> Generator[str, None, None]:
        """The answer to a message, piece by piece. Closing the iterator ends the answer; what was said stays.

        Raises `ContextError` for a message that does not fit the context by itself.
        """
        self.messages.append({"role": "user", "content": text})
        sampling = Sampling.with_defaults(self.model.defaults, **settings)
        said: list[str] = []
        try:
            tokens = self._fitting(sampling)
            engine = Engine(self.model, 1, cache_bits=self.cache_bits)
            request = self.last = engine.submit(tokens, sampling, self._common(tokens))
        except (ValueError, taeda.OutOfMemoryError):
            self.messages.pop()
            raise
        try:
            given = 0
            for _ in engine.run():
                if len(request.text) > given:
                    said.append(request.text[given:])
                    given = len(request.text)
                    yield said[-1]
        finally:
            request.cancel()
            self._cache, self._read = request.cache, [*tokens, *request.tokens][:request.cache.tokens]
            self.messages.append({"role": "assistant", "content": "".join(said)})

    def _tokens(self) -> list[int]:
        tokenizer = self.model.tokenizer
        assert tokenizer is not None
        if tokenizer.template is None:
            return tokenizer.encode("".join(message["content"] for message in self.messages))
        system = [] if self.system is None else [{"role": "system", "content": self.system}]
        return tokenizer.chat([*system, *self.messages])

    def _fitting(self, sampling: Sampling) -> list[int]:
        """The tokens of the messages, without the oldest where the answer would have no room."""
        context = self.model.config.context
        room = min(sampling.max_tokens, context // 4)
        tokens = self._tokens()
        while len(tokens) + room > context:
            if len(self.messages) <= 1:
                raise ContextError(0, len(tokens) + room, context)
            del self.messages[:2 if len(self.messages) > 2 else 1]
            tokens = self._tokens()
        return tokens

    def _common(self, tokens: list[int]) -> SequenceCache:
        """The cache, shortened to what the new tokens begin with too."""
        if self._cache is None:
            return self.model.caches(1, self.cache_bits)[0]
        same = 0
        for ours, theirs in zip(self._read, tokens, strict=False):
            if ours != theirs:
                break
            same += 1
        self._cache.shorten(min(same, self._cache.tokens))
        return self._cache
