"""Attention whose scores and mask are functions of the user's: PyTorch's `flex_attention`.

A `score_mod(score, batch, head, query, key)` changes scores, a `mask_mod(batch, head, query, key)` says which pairs
take part. Both are called once, with index tensors that broadcast to (B, H, Q, K), so they are written for single
numbers and work on all of them: with operators, and by indexing tensors. The scores are held as one tensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import taeda

__all__ = [
    "AuxOutput", "AuxRequest", "BlockMask", "and_masks", "create_block_mask", "create_mask", "create_nested_block_mask",
    "flex_attention", "noop_mask", "or_masks",
]  # fmt: skip

_DEFAULT_SPARSE_BLOCK_SIZE = 128


class AuxRequest(NamedTuple):
    """What `flex_attention` is to give beside its output: the logarithm of each row's sum, its largest score."""

    lse: bool = False
    max_scores: bool = False


class AuxOutput(NamedTuple):
    """What was asked for by an AuxRequest."""

    lse: Any = None
    max_scores: Any = None


def noop_mask(batch: Any, head: Any, token_q: Any, token_kv: Any) -> Any:
    """All pairs take part."""
    return batch.new_ones((), dtype=taeda.bool)


def and_masks(*mask_mods: Callable[..., Any]) -> Callable[..., Any]:
    """Pairs that take part in all of these masks."""
    if not all(callable(mask) for mask in mask_mods):
        raise RuntimeError(f"All inputs should be callable mask_mods: {mask_mods}")

    def both(b: Any, h: Any, q: Any, kv: Any) -> Any:
        result = b.new_ones((), dtype=taeda.bool)
        for mask in mask_mods:
            result = result & mask(b, h, q, kv)
        return result

    return both


def or_masks(*mask_mods: Callable[..., Any]) -> Callable[..., Any]:
    """Pairs that take part in any of these masks."""
    if not all(callable(mask) for mask in mask_mods):
        raise RuntimeError(f"All inputs should be callable mask_mods: {mask_mods}")

    def either(b: Any, h: Any, q: Any, kv: Any) -> Any:
        result = b.new_zeros((), dtype=taeda.bool)
        for mask in mask_mods:
            result = result | mask(b, h, q, kv)
        return result

    return either


def _indices(sizes: tuple[int, int, int, int], device: Any) -> tuple[Any, ...]:
    """The index of each dimension as a tensor that broadcasts to all of them."""
    places = ((-1, 1, 1, 1), (1, -1, 1, 1), (1, 1, -1, 1), (1, 1, 1, -1))
    return tuple(taeda.arange(n, device=device).view(p) for n, p in zip(sizes, places, strict=True))


def create_mask(
    mod_fn: Callable[..., Any], B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None
) -> Any:
    """A mask function as a bool tensor (B, H, Q, K)."""
    sizes = (B or 1, H or 1, Q_LEN, KV_LEN)
    mask = mod_fn(*_indices(sizes, device))
    return taeda.as_tensor(mask).to(taeda.bool).broadcast_to(sizes)


def _pair(block_size: int | tuple[int, int]) -> tuple[int, int]:
    return (block_size, block_size) if isinstance(block_size, int) else block_size


class BlockMask:
    """A mask, with which blocks of it hold anything: (B, H, rows of blocks) counts and the columns in order."""

    def __init__(
        self, seq_lengths: tuple[int, int], kv_num_blocks: Any, kv_indices: Any, full_kv_num_blocks: Any,
        full_kv_indices: Any, BLOCK_SIZE: tuple[int, int], mask_mod: Callable[..., Any],
    ) -> None:
        self.seq_lengths = seq_lengths
        self.kv_num_blocks = kv_num_blocks
        self.kv_indices = kv_indices
        self.full_kv_num_blocks = full_kv_num_blocks
        self.full_kv_indices = full_kv_indices
        self.BLOCK_SIZE = BLOCK_SIZE
        self.mask_mod = mask_mod

    @classmethod
    def from_kv_blocks(
        cls, kv_num_blocks: Any, kv_indices: Any, full_kv_num_blocks: Any = None, full_kv_indices: Any = None,
        BLOCK_SIZE: int | tuple[int, int] = _DEFAULT_SPARSE_BLOCK_SIZE, mask_mod: Callable[..., Any] | None = None,
        seq_lengths: tuple[int, int] | None = None, compute_q_blocks: bool = True,
    ) -> BlockMask:
        """A mask from the blocks that it holds."""
        if kv_indices.dim() < 2:
            raise RuntimeError("BlockMask must have at least 2 dimensions")
        size = _pair(BLOCK_SIZE)
        lengths = seq_lengths or (kv_indices.shape[-2] * size[0], kv_indices.shape[-1] * size[1])
        return cls(lengths, kv_num_blocks, kv_indices, full_kv_num_blocks, full_kv_indices, size, mask_mod or noop_mask)

    @property
    def shape(self) -> tuple[int, ...]:
        """(B, H, Q, K)."""
        return (*self.kv_indices.shape[:-2], *self.seq_lengths)

    def _blocks(self, counts: Any, columns: Any) -> Any:
        taken = taeda.arange(columns.shape[-1], device=columns.device) < counts.unsqueeze(-1)
        blocks = taeda.zeros(*columns.shape, dtype=taeda.int32, device=columns.device)
        return blocks.scatter_reduce(-1, columns.long(), taken.to(taeda.int32), "amax")

    def to_dense(self) -> Any:
        """Which blocks hold anything: 1 where they do, (B, H, rows of blocks, columns of blocks)."""
        blocks = self._blocks(self.kv_num_blocks, self.kv_indices)
        if self.full_kv_num_blocks is not None:
            blocks = blocks | self._blocks(self.full_kv_num_blocks, self.full_kv_indices)
        return blocks

    def sparsity(self) -> float:
        """How many per cent of the blocks hold nothing."""
        return 100.0 * (1 - self.to_dense().float().mean().item())

    def numel(self) -> int:
        """Pairs in all."""
        return math.prod(self.shape)

    def to(self, device: Any) -> BlockMask:
        """The mask on a device."""

        def there(t: Any) -> Any:
            return None if t is None else t.to(device)

        return BlockMask(
            self.seq_lengths, there(self.kv_num_blocks), there(self.kv_indices), there(self.full_kv_num_blocks),
            there(self.full_kv_indices), self.BLOCK_SIZE, self.mask_mod,
        )

    def __repr__(self) -> str:
        return f"BlockMask(shape={self.shape}, sparsity={self.sparsity():.2f}%)"


def _listed(blocks: Any) -> tuple[Any, Any]:
    """Per row of blocks how many are set, and their columns first."""
    order = taeda.argsort(blocks.to(taeda.int32), dim=-1, descending=True, stable=True)
    return blocks.sum(-1).to(taeda.int32), order.to(taeda.int32)


def create_block_mask(
    mask_mod: Callable[..., Any], B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None,
    BLOCK_SIZE: int | tuple[int, int] = _DEFAULT_SPARSE_BLOCK_SIZE, _compile: bool = False,
) -> BlockMask:
    """The BlockMask of a mask function.

    Example::

        >>> from taeda.nn.attention.flex_attention import create_block_mask
        >>> mask = create_block_mask(lambda b, h, q, kv: q >= kv, None, None, 256, 256)
        >>> mask.to_dense()[0, 0].tolist()
        [[1, 0], [1, 1]]
    """
    rows, columns = _pair(BLOCK_SIZE)
    dense = create_mask(mask_mod, B, H, Q_LEN, KV_LEN, device)
    padded = taeda.nn.functional.pad(dense.to(taeda.int32), (0, -KV_LEN % columns, 0, -Q_LEN % rows))
    b, h, q, k = padded.shape
    counts = padded.view(b, h, q // rows, rows, k // columns, columns).sum((3, 5))
    full = counts == rows * columns
    partial = (counts > 0) & ~full
    return BlockMask((Q_LEN, KV_LEN), *_listed(partial), *_listed(full), (rows, columns), mask_mod)


def create_nested_block_mask(*args: Any, **kwargs: Any) -> BlockMask:
    """Not there yet."""
    raise NotImplementedError("create_nested_block_mask: nested tensors are not there yet")


def flex_attention(
    query: Any, key: Any, value: Any, score_mod: Callable[..., Any] | None = None, block_mask: BlockMask | None = None,
    scale: float | None = None, enable_gqa: bool = False, return_lse: bool = False, kernel_options: Any = None,
    *, return_aux: AuxRequest | None = None,
) -> Any:
    """softmax(score_mod(query @ key^T * scale)) @ value over the pairs of `block_mask`.

    Query (B, Hq, L, E), key (B, H, S, E), value (B, H, S, Ev): a tensor (B, Hq, L, Ev). Hq is a multiple of H with
    `enable_gqa`. Rows without any pair give 0. With `return_lse` also the logarithm of each row's sum, (B, Hq, L).
    """
    for name, t in (("query", query), ("key", key), ("value", value)):
        if t.dim() != 4:
            raise NotImplementedError(f"NYI: {name} must be a 4D tensor")
    if query.size(-1) != key.size(-1):
        raise ValueError(f"Expect query and key/value to have the same embedding dimension but got E={query.size(-1)} "
                         f"and E={key.size(-1)}.")
    heads = query.size(-3)
    if heads != key.size(-3):
        if not enable_gqa:
            raise ValueError(
                f"Expect query and key/value to have the same number of heads but got Hq={heads} and "
                f"Hkv={key.size(-3)}. Try setting enable_gqa=True for GQA."
            )
        key, value = (t.repeat_interleave(heads // key.size(-3), dim=-3) for t in (key, value))
    scale = 1 / math.sqrt(query.size(-1)) if scale is None else scale
    sizes = (query.size(0), heads, query.size(-2), key.size(-2))
    scores = (query.float() @ key.float().mT) * scale
    indices = _indices(sizes, query.device)
    if score_mod is not None:
        scores = score_mod(scores, *indices)
    if block_mask is not None:
        rows, columns = block_mask.BLOCK_SIZE
        blocks = block_mask.to_dense().bool().repeat_interleave(rows, -2).repeat_interleave(columns, -1)
        taken = taeda.as_tensor(block_mask.mask_mod(*indices)) & blocks[..., :sizes[2], :sizes[3]]
        scores = scores.masked_fill(~taken, -math.inf)
    weights = scores.softmax(-1).nan_to_num(0.0) if block_mask is not None else scores.softmax(-1)
    output = weights.to(query.dtype) @ value
    if return_aux is not None:
        return output, AuxOutput(
            scores.logsumexp(-1) if return_aux.lse else None, scores.amax(-1) if return_aux.max_scores else None
        )
    return (output, scores.logsumexp(-1)) if return_lse else output
