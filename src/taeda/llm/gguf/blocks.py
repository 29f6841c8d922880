"""Weights in blocks of few bits, as codes with the very numbers that they mean. Layout: ggml's `ggml-common.h`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import taeda
from taeda.llm.gguf.file import Stored
from taeda.quantization.codes import PANEL, Codes, decode, pack


def _half(bytes: taeda.Tensor) -> taeda.Tensor:
    return bytes.contiguous().view(taeda.float16)


def _bytes(scales: taeda.Tensor) -> taeda.Tensor:
    return scales.to(taeda.float16).unsqueeze(-1).contiguous().view(taeda.uint8)


def _q8_0(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    return blocks[..., 2:].contiguous().view(taeda.int8), _half(blocks[..., :2]), None, 32


def _to_q8_0(codes: taeda.Tensor, scales: taeda.Tensor) -> taeda.Tensor:
    return taeda.cat([_bytes(scales), codes.contiguous().view(taeda.uint8)], -1)


def _q4_0(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    pairs = blocks[..., 2:]
    return taeda.cat([pairs & 15, pairs >> 4], -1), _half(blocks[..., :2]), None, 32


def _to_q4_0(codes: taeda.Tensor, scales: taeda.Tensor) -> taeda.Tensor:
    return taeda.cat([_bytes(scales), codes[..., :16] | (codes[..., 16:] << 4)], -1)


def _q4_k(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    size, least = (_half(blocks[..., k:k + 2]).float() for k in (0, 2))
    packed, pairs = blocks[..., 4:16], blocks[..., 16:].unflatten(-1, (4, 32))
    first, second, third = packed[..., :4], packed[..., 4:8], packed[..., 8:]
    scales = taeda.cat([first & 63, (third & 15) | ((first >> 6) << 4)], -1).float() * size
    offsets = taeda.cat([second & 63, (third >> 4) | ((second >> 6) << 4)], -1).float() * -least
    return taeda.stack([pairs & 15, pairs >> 4], -2).flatten(-3), scales, offsets, 32


def _q6_k(blocks: taeda.Tensor) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]:
    low, high = blocks[..., :128].unflatten(-1, (2, 64)), blocks[..., 128:192].unflatten(-1, (2, 32))
    first, second = low[..., :32], low[..., 32:]
    parts = [(first & 15) | ((high & 3) << 4), (second & 15) | (((high >> 2) & 3) << 4),
             (first >> 4) | (((high >> 4) & 3) << 4), (second >> 4) | ((high >> 6) << 4)]
    codes = taeda.stack(parts, -2).flatten(-3).to(taeda.int8) - 32
    scales = blocks[..., 192:208].contiguous().view(taeda.int8).float() * _half(blocks[..., 208:]).float()
    return codes, scales, None, 16


@dataclass(frozen=True)
class Block:
    """A way to store codes: `read` gives those of blocks, with scales, offsets and the size of a group; `write` makes
    blocks of codes (rows, blocks, elements) and a scale for each block, where there is a way to."""

    read: Callable[[taeda.Tensor], tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None, int]]
    write: Callable[[taeda.Tensor, taeda.Tensor], taeda.Tensor] | None = None


BLOCKS = {"Q8_0": Block(_q8_0, _to_q8_0), "Q4_0": Block(_q4_0, _to_q4_0), "Q4_K": Block(_q4_k), "Q6_K": Block(_q6_k)}


def codes_of(stored: Stored, rows_order: taeda.Tensor | None = None) -> Codes:
    """A matrix of blocks as codes; `rows_order`: its rows in another order."""
    rows, k = stored.shape
    blocks = stored.bytes.view(rows, -1, stored.kind.bytes)
    if rows_order is not None:
        blocks = blocks[rows_order]
    codes, scales, offsets, group = BLOCKS[stored.kind.name].read(blocks)
    missing = -rows % PANEL

    def padded(x: taeda.Tensor) -> taeda.Tensor:
        x = x.reshape(rows, -1)
        return taeda.cat([x, taeda.zeros(missing, x.size(1), dtype=x.dtype)]) if missing else x
    return pack(padded(codes), padded(scales), None if offsets is None else padded(offsets), rows, group)


def numbers_of(stored: Stored, rows_order: taeda.Tensor | None = None) -> taeda.Tensor:
    """A tensor of any type in float32."""
    if stored.kind.name in BLOCKS:
        flat = Stored((stored.bytes.numel() // stored.kind.bytes * stored.kind.elements // stored.shape[-1],
                       stored.shape[-1]), stored.kind, stored.bytes)
        return decode(codes_of(flat, rows_order)).view(stored.shape)
    dtype = {"F32": taeda.float32, "F16": taeda.float16, "BF16": taeda.bfloat16}[stored.kind.name]
    found = stored.bytes.view(dtype).view(stored.shape).to(taeda.float32)
    return found if rows_order is None else found[rows_order]
