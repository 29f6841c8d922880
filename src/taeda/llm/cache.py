"""The key-value cache: what attention has to know of the tokens that were seen.

The memory of a `PagePool` is cut in pages of `PAGE` tokens. A sequence has a list of pages and grows by a page at a
time; sequences that begin alike, and what `PrefixStore` keeps for later ones, have the same pages, which are counted
and not copied. A page that others have too is copied before it is written to.

Everything but attention runs over the rows of all sequences of a batch together, and attention looks at the pages of
each row's own sequence, so that a sequence's numbers do not depend on its batch or on where its pages lie.
"""

from __future__ import annotations

import hashlib
import heapq
import struct
import threading
from collections import OrderedDict
from collections.abc import Sequence

import taeda

PAGE = 16  # tokens; divides the pieces in which prompts are read


class PagePool:
    """Keys and values of many sequences: for each layer tensors (tokens, heads, head size).

    `bits` 8 keeps them as int8 with a scale for each token and head (tokens, heads), a third of the memory of float32
    or less; what attention reads are the numbers that these mean. Where memory runs out it is taken for twice as many
    pages, or for as many as `reserve` was told of.
    """

    def __init__(self, layers: int, bits: int | None = None) -> None:
        if bits not in (None, 8):
            raise ValueError(f"a cache has 8 bits, or those of the weights (None), not {bits!r}")
        self.bits = bits
        self._rooms: list[list[taeda.Tensor]] = [[] for _ in range(layers)]
        self._uses: list[int] = []  # of each page, by how many it is held
        self._free: list[int] = []  # a heap: the lowest first, so that a sequence by itself has its pages side by side
        self._reserved = 0  # pages for which there shall be memory
        self._lock = threading.RLock()  # pages are given back where the last user of a sequence lets go of it

    # -- pages ---------------------------------------------------------------------------------------------------------

    def take(self, count: int) -> list[int]:
        """So many pages, of which the caller is the only holder."""
        with self._lock:
            while len(self._free) < count:
                heapq.heappush(self._free, len(self._uses))
                self._uses.append(0)
            found = [heapq.heappop(self._free) for _ in range(count)]
            for page in found:
                self._uses[page] = 1
        return found

    def hold(self, pages: Sequence[int]) -> list[int]:
        """Become one more holder of these pages."""
        with self._lock:
            for page in pages:
                self._uses[page] += 1
        return list(pages)

    def release(self, pages: Sequence[int]) -> None:
        with self._lock:
            for page in pages:
                self._uses[page] -= 1
                if not self._uses[page]:
                    heapq.heappush(self._free, page)

    def is_shared(self, page: int) -> bool:
        return self._uses[page] > 1

    @property
    def used(self) -> int:
        """Pages that somebody holds."""
        return len(self._uses) - len(self._free)

    def reserve(self, pages: int) -> None:
        """Take memory for so many pages more than are held when the next tokens are written."""
        self._reserved = self.used + pages

    # -- numbers -------------------------------------------------------------------------------------------------------

    def write(self, layer: int, slots: taeda.Tensor, keys: taeda.Tensor, values: taeda.Tensor) -> None:
        """Put keys and values (new tokens, heads, head size) of a layer at these places of its memory."""
        self._put(layer, slots, [part for new in (keys, values) for part in self._stored(new)])

    def _stored(self, new: taeda.Tensor) -> tuple[taeda.Tensor, ...]:
        if self.bits is None:
            return (new,)
        wide = new.to(taeda.float32)
        scales = wide.abs().amax(-1, keepdim=True) / 127
        codes = taeda.where(scales == 0, 0.0, wide / scales).round().clamp(-127, 127)
        return codes.to(taeda.int8), scales.squeeze(-1)

    def _put(self, layer: int, slots: taeda.Tensor, parts: Sequence[taeda.Tensor]) -> None:
        rooms = self._rooms[layer]
        if not rooms or rooms[0].size(0) < len(self._uses) * PAGE:
            rooms = self._rooms[layer] = self._grown(rooms, parts)
        for room, new in zip(rooms, parts, strict=True):
            room.index_copy_(0, slots, new)

    def _grown(self, rooms: list[taeda.Tensor], parts: Sequence[taeda.Tensor]) -> list[taeda.Tensor]:
        """Memory of a layer for all pages that are held, with what is in `rooms`; these are as before where there is
        not as much. Its tokens are like those of `parts`."""
        needed = max((page + 1 for page, uses in enumerate(self._uses) if uses), default=0)
        there = rooms[0].size(0) if rooms else 0
        if rooms and needed * PAGE <= there:  # a request for which there was not enough had more
            return rooms
        tokens = max(needed * PAGE, 2 * there, self._reserved * PAGE)
        found = [taeda.empty((tokens, *part.shape[1:]), dtype=part.dtype) for part in parts]
        for old, new in zip(rooms, found, strict=bool(rooms)):
            new[:there].copy_(old)
        return found

    def memory(self, layer: int) -> list[taeda.Tensor | None]:
        """Keys, values, and their scales: all tokens of a layer, as the op `paged_attention` takes them."""
        rooms = self._rooms[layer]
        return [*rooms, None, None] if self.bits is None else [rooms[0], rooms[2], rooms[1], rooms[3]]

    def read(self, layer: int, place: slice | taeda.Tensor, dtype: taeda.dtype) -> list[taeda.Tensor]:
        """Keys and values (1, heads, tokens, head size) of the tokens at a place that `place_of` gave."""
        found = [room[place] if isinstance(place, slice) else room.index_select(0, place)
                 for room in self._rooms[layer]]
        if self.bits is not None:
            found = [(codes.to(taeda.float32) * scales.unsqueeze(-1)).to(dtype)
                     for codes, scales in (found[:2], found[2:])]
        return [numbers.transpose(0, 1).unsqueeze(0) for numbers in found]

    def copy(self, source: PagePool, pages: Sequence[int]) -> list[int]:
        """New pages with the numbers of pages of a pool of the same model and bits, which may be this one."""
        found = self.take(len(pages))
        try:
            there, here = (slots_of(some, 0, len(pages) * PAGE) for some in (pages, found))
            for layer, rooms in enumerate(source._rooms):
                if rooms:
                    self._put(layer, here, [room.index_select(0, there) for room in rooms])
        except BaseException:
            self.release(found)
            raise
        return found

    @property
    def page_bytes(self) -> int:
        """Bytes of a page in all layers."""
        return sum(room[:PAGE].nbytes for rooms in self._rooms for room in rooms)


def slots_of(pages: Sequence[int], first: int, end: int) -> taeda.Tensor:
    """Where the tokens first..end of a sequence with these pages lie in the memory of a pool."""
    skipped = first // PAGE
    starts = taeda.tensor(pages[skipped:-(-end // PAGE)], dtype=taeda.int64) * PAGE
    slots = (starts.unsqueeze(1) + taeda.arange(PAGE)).flatten()
    return slots[first - skipped * PAGE:end - skipped * PAGE]


def place_of(pages: Sequence[int], end: int) -> slice | taeda.Tensor:
    """The place of the first `end` tokens: a slice where the pages lie side by side."""
    used = pages[:-(-end // PAGE)]
    if all(page == used[0] + k for k, page in enumerate(used)):
        return slice(used[0] * PAGE, used[0] * PAGE + end)
    return slots_of(pages, 0, end)


class Pages:
    """Some pages of a pool, held for as long as this object lives."""

    def __init__(self, pool: PagePool, numbers: list[int]) -> None:
        self.pool, self.numbers = pool, numbers

    def __del__(self) -> None:
        self.pool.release(self.numbers)

    @property
    def tokens(self) -> int:
        return len(self.numbers) * PAGE

    @property
    def nbytes(self) -> int:
        return len(self.numbers) * self.pool.page_bytes


class SequenceCache:
    """Keys and values of one sequence, in pages of a pool. `tokens` counts what is in it.

    `history` are the tokens themselves, kept for models whose rotary positions depend on the length of the text:
    `assumed` is the least length that they are told.
    """

    def __init__(self, pool: PagePool) -> None:
        self.tokens = 0
        self.assumed = 0
        self.history: list[int] = []
        self.pages = Pages(pool, [])

    @property
    def pool(self) -> PagePool:
        return self.pages.pool

    @property
    def bits(self) -> int | None:
        return self.pool.bits

    def extend(self, count: int) -> None:
        """Have pages for so many tokens more, into which nobody else looks."""
        pages, pool = self.pages.numbers, self.pool
        if count and self.tokens % PAGE and pool.is_shared(pages[-1]):
            pages[-1:], shared = pool.copy(pool, pages[-1:]), pages[-1:]
            pool.release(shared)
        pages += pool.take(-(-(self.tokens + count) // PAGE) - len(pages))

    def advance(self, tokens: int) -> None:
        """Count tokens that all layers have written."""
        self.tokens += tokens

    def shorten(self, tokens: int) -> None:
        """Forget all but the first `tokens` tokens."""
        if not 0 <= tokens <= self.tokens:
            raise ValueError(f"a cache of {self.tokens} tokens cannot be shortened to {tokens}")
        self.tokens = tokens
        keep = -(-tokens // PAGE)
        self.pool.release(self.pages.numbers[keep:])
        del self.pages.numbers[keep:], self.history[tokens:]

    def page(self, first: int, end: int) -> Pages:
        """The pages of the tokens from `first` to `end`, multiples of PAGE, to be held by somebody else too."""
        return Pages(self.pool, self.pool.hold(self.pages.numbers[first // PAGE:end // PAGE]))

    def add_page(self, pages: Pages) -> None:
        """Add the tokens of pages, as if they had been read here, after a multiple of PAGE: the pages themselves, or
        copies where they are of another pool."""
        self.shorten(self.tokens)  # of a step that failed there are pages without tokens
        same = pages.pool is self.pool
        self.pages.numbers += self.pool.hold(pages.numbers) if same else self.pool.copy(pages.pool, pages.numbers)
        self.tokens += pages.tokens

    def fork(self, tokens: int | None = None) -> SequenceCache:
        """The first `tokens` tokens (all by default), for another continuation of the same beginning, in the same
        pages."""
        count = self.tokens if tokens is None else tokens
        other = SequenceCache(self.pool)
        other.pages.numbers += self.pool.hold(self.pages.numbers[:-(-count // PAGE)])
        other.tokens, other.assumed, other.history = count, self.assumed, self.history[:count]
        return other

    def nbytes(self) -> int:
        """Bytes of its pages, those that others have too among them."""
        return self.pages.nbytes


def page_names(tokens: Sequence[int], size: int) -> list[bytes]:
    """A name for each whole piece of `size` tokens of a prompt, by all tokens up to its end."""
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
        self._pages: OrderedDict[bytes, Pages] = OrderedDict()

    def __contains__(self, name: bytes) -> bool:
        return name in self._pages

    def get(self, name: bytes) -> Pages | None:
        found = self._pages.get(name)
        if found is not None:
            self._pages.move_to_end(name)
            self.reused += found.tokens
        return found

    def add(self, name: bytes, pages: Pages) -> None:
        if name in self._pages:
            return
        self._pages[name] = pages
        self.size += pages.nbytes
        while self.size > self.limit and self._pages:
            _, dropped = self._pages.popitem(last=False)
            self.size -= dropped.nbytes
