"""The key-value cache: what attention has to know of the tokens that were seen.

Each sequence has a cache of its own, which grows. A batch is a list of caches: attention runs over each sequence by
itself, everything else over the rows of all of them together, so that a sequence's numbers do not depend on its batch.
"""

from __future__ import annotations

import taeda

_FIRST = 256  # tokens that a cache has room for at first


class SequenceCache:
    """Keys and values of one sequence, per layer (1, heads, tokens, head size). `tokens` counts what is in it.

    `history` are the tokens themselves, kept for models whose rotary positions depend on the length of the text:
    `assumed` is the least length that they are told.
    """

    def __init__(self, layers: int) -> None:
        self.tokens = 0
        self.assumed = 0
        self.history: list[int] = []
        self._keys: list[taeda.Tensor | None] = [None] * layers
        self._values: list[taeda.Tensor | None] = [None] * layers

    def append(self, layer: int, keys: taeda.Tensor, values: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor]:
        """Add keys and values (new tokens, heads, head size) of a layer; returns those of all tokens as views.

        `tokens` does not change until `advance`, when all layers have added theirs.
        """
        total = self.tokens + keys.size(0)
        found = []
        for store, new in ((self._keys, keys), (self._values, values)):
            room = store[layer]
            if room is None or room.size(2) < total:
                room = store[layer] = _grown(room, new, self.tokens, total)
            room[0, :, self.tokens:total].copy_(new.transpose(0, 1))
            found.append(room[:, :, :total])
        return found[0], found[1]

    def advance(self, tokens: int) -> None:
        self.tokens += tokens

    def shorten(self, tokens: int) -> None:
        """Forget all but the first `tokens` tokens."""
        if not 0 <= tokens <= self.tokens:
            raise ValueError(f"a cache of {self.tokens} tokens cannot be shortened to {tokens}")
        self.tokens = tokens
        del self.history[tokens:]

    def fork(self, tokens: int | None = None) -> SequenceCache:
        """A copy of the first `tokens` tokens (all by default), for another continuation of the same beginning."""
        other = SequenceCache(len(self._keys))
        other.tokens = self.tokens if tokens is None else tokens
        other.assumed, other.history = self.assumed, self.history[:other.tokens]
        for mine, theirs in ((self._keys, other._keys), (self._values, other._values)):
            for k, room in enumerate(mine):
                if room is not None:
                    theirs[k] = _grown(room, room.transpose(1, 2)[0], other.tokens, other.tokens)
        return other

    def nbytes(self) -> int:
        """Bytes of memory, those for tokens to come included."""
        return sum(x.nbytes for x in (*self._keys, *self._values) if x is not None)


def _grown(old: taeda.Tensor | None, like: taeda.Tensor, used: int, needed: int) -> taeda.Tensor:
    """Room for `needed` tokens or more: twice as many as before, so that the copies cost no more than the tokens."""
    tokens = max(_FIRST, needed + needed // 4) if old is None else max(needed, 2 * used)
    room = taeda.empty((1, like.size(1), tokens, like.size(2)), dtype=like.dtype)
    if old is not None and used:
        room[:, :, :used].copy_(old[:, :, :used])
    return room
