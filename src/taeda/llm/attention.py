"""Attention over one sequence or equally long ones, and the layer that makes queries, keys and values."""

from __future__ import annotations

from dataclasses import dataclass, field

import taeda
import taeda.nn.functional as F
from taeda import nn
from taeda._binding import internal
from taeda.llm.alibi import Alibi
from taeda.llm.cache import PAGE, PagePool, SequenceCache, place_of, slots_of
from taeda.llm.config import DecoderConfig, LayerConfig
from taeda.llm.norms import make_head_norm
from taeda.llm.rotary import Rotary, rotate

ONE_BY_ONE = 4  # as many queries as the op takes one by one over the keys


@dataclass
class Group:
    """The sequences of a step whose caches are in one pool. `rows` and `slots`: their rows (None: all of the step), and
    where those lie in its memory. `few`: the sequences of which so few tokens come that each is attended to by itself;
    `table` has their pages."""

    pool: PagePool
    rows: taeda.Tensor | None
    slots: taeda.Tensor
    few: list[int]
    table: taeda.Tensor
    places: dict[int | None, taeda.Tensor] = field(default_factory=dict)


@dataclass
class Step:
    """What all layers share while tokens pass through them: `lengths[i]` rows belong to sequence i, in order.

    Without caches the sequences are whole and equally long. `turns` are cosines and sines of the rows by Rotary.
    """

    lengths: list[int]
    caches: list[SequenceCache] | None
    turns: dict[Rotary, tuple[taeda.Tensor, taeda.Tensor]] = field(default_factory=dict)
    masks: dict[tuple[int, int, int | None], taeda.Tensor] = field(default_factory=dict)
    biases: dict[tuple[int, int], taeda.Tensor] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    seen: dict[int, slice | taeda.Tensor] = field(default_factory=dict)  # the places of the tokens of a sequence

    def __post_init__(self) -> None:
        """Give the sequences pages for what comes, and group them by pool."""
        caches = self.caches or []
        self.starts = [sum(self.lengths[:k]) for k in range(len(self.lengths))]
        for cache, length in zip(caches, self.lengths, strict=bool(caches)):
            cache.extend(length)
        for pool in dict.fromkeys(cache.pool for cache in caches):
            members = [k for k, cache in enumerate(caches) if cache.pool is pool]
            few = [k for k in members if self.lengths[k] <= ONE_BY_ONE]
            most = max((len(caches[k].pages.numbers) for k in few), default=0)
            self.groups.append(Group(
                pool,
                None if len(members) == len(caches) else taeda.cat([
                    taeda.arange(self.starts[k], self.starts[k] + self.lengths[k]) for k in members]),
                taeda.cat([slots_of(caches[k].pages.numbers, caches[k].tokens, caches[k].tokens + self.lengths[k])
                           for k in members]),
                few,
                taeda.tensor([caches[k].pages.numbers + [-1] * (most - len(caches[k].pages.numbers)) for k in few])))

    def places(self, group: Group, window: int | None) -> taeda.Tensor:
        """Of each row of the group's few: its number among them, the first token that it sees, and the end of those."""
        found = group.places.get(window)
        if found is None:
            caches = self.caches or []
            ends = [(n, caches[k].tokens + row + 1) for n, k in enumerate(group.few) for row in range(self.lengths[k])]
            found = taeda.tensor([[n, 0 if window is None else max(0, end - window), end] for n, end in ends])
            group.places[window] = found
        return found

    def place(self, number: int) -> slice | taeda.Tensor:
        """The place of all tokens of a sequence, the new ones among them, in the memory of its pool."""
        if number not in self.seen:
            cache = (self.caches or [])[number]
            self.seen[number] = place_of(cache.pages.numbers, cache.tokens + self.lengths[number])
        return self.seen[number]

    def mask(self, queries: int, keys: int, window: int | None) -> taeda.Tensor:
        """(queries, keys), true where the query, one of the last tokens, sees the key."""
        found = self.masks.get((queries, keys, window))
        if found is None:
            own = taeda.arange(keys - queries, keys).unsqueeze(1)
            others = taeda.arange(keys)
            found = others <= own
            if window is not None:
                found = found & (others > own - window)
            self.masks[queries, keys, window] = found
        return found

    def bias(self, alibi: Alibi, queries: int, keys: int, dtype: taeda.dtype) -> taeda.Tensor:
        """(1, heads, queries, keys), what is added to scores; -inf where the query does not see the key."""
        found = self.biases.get((queries, keys))
        if found is None:
            found = alibi.biases(0, keys, dtype)
            if queries > 1:
                found = found.masked_fill(~self.mask(queries, keys, None), float("-inf"))
            found = self.biases[queries, keys] = found.unsqueeze(0)
        return found


def attend(query: taeda.Tensor, key: taeda.Tensor, value: taeda.Tensor, step: Step, *, scale: float,
           window: int | None = None, cap: float | None = None, alibi: Alibi | None = None) -> taeda.Tensor:
    """Causal attention of queries (B, H, L, E), the last L of S tokens, to keys and values (B, G, S, E).

    A token sees at most `window` tokens, itself included. `cap`: scores are cap * tanh(score / cap) (Gemma 2). `alibi`
    adds biases to scores; it goes with neither of both.
    """
    queries, keys = query.size(2), key.size(2)
    if window is not None and keys > window + queries - 1:
        key, value = key[:, :, 1 - queries - window:], value[:, :, 1 - queries - window:]
        keys = key.size(2)
    bounded = window is not None and keys > window
    if bounded and 1 < queries <= ONE_BY_ONE:
        # The bits of each are those that it has when it comes alone, as in generating.
        return taeda.cat([attend(query[:, :, k:k + 1], key[:, :, :keys - queries + k + 1],
                                 value[:, :, :keys - queries + k + 1], step, scale=scale, window=window, cap=cap)
                          for k in range(queries)], 2)
    if cap is not None:
        return _capped(query, key, value, step.mask(queries, keys, window), scale, cap)
    grouped = query.size(1) != key.size(1)
    if alibi is not None:
        bias = step.bias(alibi, queries, keys, query.dtype)
        return F.scaled_dot_product_attention(query, key, value, bias.expand(query.size(0), -1, -1, -1), scale=scale,
                                              enable_gqa=grouped)
    if queries == 1:
        return F.scaled_dot_product_attention(query, key, value, scale=scale, enable_gqa=grouped)
    if queries == keys and not bounded:
        return F.scaled_dot_product_attention(query, key, value, scale=scale, is_causal=True, enable_gqa=grouped)
    mask = step.mask(queries, keys, window if bounded else None)
    return F.scaled_dot_product_attention(query, key, value, mask, scale=scale, enable_gqa=grouped)


def _capped(query: taeda.Tensor, key: taeda.Tensor, value: taeda.Tensor, mask: taeda.Tensor, scale: float,
            cap: float) -> taeda.Tensor:
    batch, heads, queries, size = query.shape
    groups = key.size(1)
    grouped = query.reshape(batch, groups, heads // groups, queries, size)
    scores = taeda.matmul(grouped, key.unsqueeze(2).transpose(-1, -2)) * scale
    scores = (taeda.tanh(scores / cap) * cap).masked_fill(~mask, float("-inf"))
    weights = scores.softmax(-1, dtype=taeda.float32).to(query.dtype)
    return taeda.matmul(weights, value.unsqueeze(2)).reshape(batch, heads, queries, value.size(-1))


class Attention(nn.Module):
    """Multi-head attention with groups of heads that share keys and values; rows (tokens, features) in and out."""

    def __init__(self, config: DecoderConfig, layer: LayerConfig, number: int) -> None:
        super().__init__()
        self.number, self.rotary, self.window = number, layer.rotary, layer.window
        self.heads, self.kv_heads, self.head_size = config.heads, config.kv_heads, config.head_size
        self.scale = config.head_size ** -0.5 if config.attention_scale is None else config.attention_scale
        self.cap, self.alibi, self.clip = config.attention_cap, config.alibi, config.clip
        hidden, wide, narrow = config.hidden_size, config.heads * config.head_size, config.kv_heads * config.head_size
        self.q_proj = nn.Linear(hidden, wide, config.attention_bias)
        self.k_proj = nn.Linear(hidden, narrow, config.attention_bias)
        self.v_proj = nn.Linear(hidden, narrow, config.attention_bias)
        self.o_proj = nn.Linear(wide, hidden, config.output_bias)
        self.q_norm, self.k_norm = make_head_norm(config, config.heads), make_head_norm(config, config.kv_heads)
        self.norm_of_all = config.query_key_norm == "all"

    def forward(self, x: taeda.Tensor, step: Step) -> taeda.Tensor:
        query, key, value = self.q_proj(x), self.k_proj(x), self.v_proj(x)
        if self.clip is not None:
            query, key, value = (t.clamp(-self.clip, self.clip) for t in (query, key, value))
        if self.norm_of_all and self.q_norm is not None and self.k_norm is not None:
            query, key = self.q_norm(query), self.k_norm(key)
        query = query.view(-1, self.heads, self.head_size)
        key, value = (t.view(-1, self.kv_heads, self.head_size) for t in (key, value))
        if not self.norm_of_all and self.q_norm is not None and self.k_norm is not None:
            query, key = self.q_norm(query), self.k_norm(key)
        if self.rotary is not None:
            turns = (*step.turns[self.rotary], self.rotary.interleaved)
            query, key = rotate(query, *turns), rotate(key, *turns)
        if step.caches is None:
            return self.o_proj(self._whole(query, key, value, step))
        return self.o_proj(self._paged(query, key, value, step))

    def _paged(self, query: taeda.Tensor, key: taeda.Tensor, value: taeda.Tensor, step: Step) -> taeda.Tensor:
        """Rows (tokens, heads * size): each attends to the tokens of its own sequence."""
        parts: dict[int, taeda.Tensor] = {}
        for group in step.groups:
            group.pool.write(self.number, group.slots, *(
                new if group.rows is None else new[group.rows] for new in (key, value)))
            few = group.few if self.cap is None and self.alibi is None else []
            if few:
                alone = sum(step.lengths[k] for k in few) == query.size(0)
                rows = query if alone else taeda.cat([self._rows(query, step, k) for k in few])
                found = internal.paged_attention(rows, *group.pool.memory(self.number), group.table,
                                                 step.places(group, self.window), self.scale, PAGE).flatten(1)
                if alone:
                    return found
                parts |= zip(few, found.split([step.lengths[k] for k in few]), strict=True)
        for k, cache in enumerate(step.caches or ()):
            if k not in parts:
                keys, values = cache.pool.read(self.number, step.place(k), query.dtype)
                seen = attend(self._rows(query, step, k).transpose(0, 1).unsqueeze(0), keys, values, step,
                              scale=self.scale, window=self.window, cap=self.cap, alibi=self.alibi)
                parts[k] = seen[0].transpose(0, 1).flatten(1)
        return parts[0] if len(parts) == 1 else taeda.cat([parts[k] for k in range(len(parts))])

    @staticmethod
    def _rows(rows: taeda.Tensor, step: Step, number: int) -> taeda.Tensor:
        """The rows of a sequence."""
        return rows[step.starts[number]:step.starts[number] + step.lengths[number]]

    def _whole(self, query: taeda.Tensor, key: taeda.Tensor, value: taeda.Tensor, step: Step) -> taeda.Tensor:
        shape = (len(step.lengths), step.lengths[0])
        query, key, value = (t.view(*shape, t.size(1), t.size(2)).transpose(1, 2) for t in (query, key, value))
        seen = attend(query, key, value, step, scale=self.scale, window=self.window, cap=self.cap, alibi=self.alibi)
        return seen.transpose(1, 2).reshape(shape[0] * shape[1], -1)
