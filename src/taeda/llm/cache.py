"""The key-value cache: what attention has to know of the tokens that were seen.

Each sequence has a cache of its own, which grows. A batch is a list of caches: attention runs over each sequence by
itself, everything else over the rows of all of them together, so that a sequence's numbers do not depend on its batch.
Pages, pieces of a fixed number of tokens, are kept by `PrefixStore` for prompts that begin alike.
"""

from __future__ import annotations

import hashlib
import struct
from collections import OrderedDict
from collections.abc import Sequence

import taeda

_FIRST = 256  # tokens that a cache has room for at first

# The keys and values of some tokens: for each layer its tensors (1, heads, tokens, features).
Page = list[tuple[taeda.Tensor, ...]]


class SequenceCache:
    """Keys and values of one sequence, per layer (1, heads, tokens, head size). `tokens` counts what is in it.

    `bits` 8 keeps them as int8 with a scale for each token and head, a third of the memory of float32 or less; what
    attention reads are the numbers that these mean, whether tokens come alone or many at once. `history` are the tokens
    themselves, kept for models whose rotary positions depend on the length of the text: `assumed` is the least length
    that they are told.
    """

    def __init__(self, layers: int, bits: int | None = None) -> None:
        if bits not in (None, 8):
            raise ValueError(f"a cache has 8 bits, or those of the weights (None), not {bits!r}")
        self.tokens = 0
        self.assumed = 0
        self.bits = bits
        self.history: list[int] = []
        self._rooms: list[list[taeda.Tensor]] = [[] for _ in range(layers)]

    def append(self, layer: int, keys: taeda.Tensor, values: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor]:
        """Add keys and values (new tokens, heads, head size) of a layer; returns those of all tokens.

        `tokens` does not change until `advance`, when all layers have added theirs.
        """
        total = self.tokens + keys.size(0)
        parts = [part.transpose(0, 1).unsqueeze(0) for new in (keys, values) for part in self._stored(new)]
        self._write(layer, parts, total)
        seen = [room[:, :, :total] for room in self._rooms[layer]]
        if self.bits is None:
            return seen[0], seen[1]
        return tuple((codes.to(taeda.float32) * scales).to(keys.dtype)
                     for codes, scales in (seen[:2], seen[2:]))

    def _stored(self, new: taeda.Tensor) -> tuple[taeda.Tensor, ...]:
        if self.bits is None:
            return (new,)
        wide = new.to(taeda.float32)
        scales = wide.abs().amax(-1, keepdim=True) / 127
        codes = taeda.where(scales == 0, 0.0, wide / scales).round().clamp(-127, 127)
        return codes.to(taeda.int8), scales

    def _write(self, layer: int, parts: Sequence[taeda.Tensor], total: int) -> None:
        rooms = self._rooms[layer]
        for k, new in enumerate(parts):
            if k == len(rooms):
                rooms.append(_grown(None, new, 0, total))
            elif rooms[k].size(2) < total:
                rooms[k] = _grown(rooms[k], new, self.tokens, total)
            rooms[k][:, :, self.tokens:total].copy_(new)

    def advance(self, tokens: int) -> None:
        self.tokens += tokens

    def shorten(self, tokens: int) -> None:
        """Forget all but the first `tokens` tokens."""
        if not 0 <= tokens <= self.tokens:
            raise ValueError(f"a cache of {self.tokens} tokens cannot be shortened to {tokens}")
        self.tokens = tokens
        del self.history[tokens:]

    def page(self, first: int, end: int) -> Page:
        """A copy of what is known of the tokens from `first` to `end`."""
        return [tuple(room[:, :, first:end].clone() for room in rooms) for rooms in self._rooms]

    def add_page(self, page: Page) -> None:
        """Add the tokens of a page, as if they had been read here."""
        count = page[0][0].size(2)
        for layer, parts in enumerate(page):
            self._write(layer, parts, self.tokens + count)
        self.tokens += count

    def fork(self, tokens: int | None = None) -> SequenceCache:
        """A copy of the first `tokens` tokens (all by default), for another continuation of the same beginning."""
        other = SequenceCache(len(self._rooms), self.bits)
        count = self.tokens if tokens is None else tokens
        if count:
            other.add_page(self.page(0, count))
        other.assumed, other.history = self.assumed, self.history[:count]
        return other

    def nbytes(self) -> int:
        """Bytes of memory, those for tokens to come included."""
        return sum(room.nbytes for rooms in self._rooms for room in rooms)


def _grown(old: taeda.Tensor | None, like: taeda.Tensor, used: int, needed: int) -> taeda.Tensor:
    """Room for `needed` tokens or more: twice as many as before, so that the copies cost no more than the tokens."""
    tokens = max(_FIRST, needed + needed // 4) if old is None else max(needed, 2 * used)
    room = taeda.empty((1, like.size(1), tokens, like.size(3)), dtype=like.dtype)
    if old is not None and used:
        room[:, :, :used].copy_(old[:, :, :used])
    return room


def page_names(tokens: Sequence[int], size: int) -> list[bytes]:
    """A name for each whole page of a prompt, by all tokens up to its end."""
    names, before = [], b""
    for first in range(0, len(tokens) - size + 1, size):
        some = struct.pack(f"<{size}q", *tokens[first:first + size])
        before = hashlib.blake2b(before + some, digest_size=24).digest()
        names.append(before)
    return names


class PrefixStore:
    """Pages of prompts that were read, so that those that begin alike do not read them again. Holds `limit` bytes; what
    was not used for longest is dropped. `reused` counts the tokens that did not have to be read."""

    def __init__(self, limit: int = 512 << 20) -> None:
        self.limit, self.size, self.reused = limit, 0, 0
        self._pages: OrderedDict[bytes, Page] = OrderedDict()

    def __contains__(self, name: bytes) -> bool:
        return name in self._pages

    def get(self, name: bytes) -> Page | None:
        found = self._pages.get(name)
        if found is not None:
            self._pages.move_to_end(name)
            self.reused += found[0][0].size(2)
        return found

    def add(self, name: bytes, page: Page) -> None:
        if name in self._pages:
            return
        self._pages[name] = page
        self.size += _bytes_of(page)
        while self.size > self.limit and self._pages:
            _, dropped = self._pages.popitem(last=False)
            self.size -= _bytes_of(dropped)


def _bytes_of(page: Page) -> int:
    return sum(part.nbytes for parts in page for part in parts)
