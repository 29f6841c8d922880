"""Attention to keys and values in pages: the bits of attention to the same ones side by side, wherever pages lie."""

from __future__ import annotations

import os
from typing import Any

import pytest

import taeda
import taeda.nn.functional as F
from taeda._binding import internal

PAGE = 16


def stored(tokens: int, heads: int, features: int, dtype: taeda.dtype) -> taeda.Tensor:
    return taeda.randn(tokens, heads, features).to(dtype)


def tables(lengths: list[int], pages: int) -> taeda.Tensor:
    """Pages in any order for sequences of these lengths."""
    most = max(-(-length // PAGE) for length in lengths)
    numbers = taeda.randperm(pages).tolist()
    return taeda.tensor([[numbers.pop() if k * PAGE < length else -1 for k in range(most)] for length in lengths])


def gathered(memory: taeda.Tensor, table: taeda.Tensor, first: int, end: int) -> taeda.Tensor:
    rows = taeda.tensor([int(table[t // PAGE]) * PAGE + t % PAGE for t in range(first, end)])
    return memory[rows].transpose(0, 1).unsqueeze(0)


@pytest.mark.parametrize("dtype", [taeda.float32, taeda.bfloat16, taeda.float16, taeda.float64])
@pytest.mark.parametrize(("features", "width"), [(64, 64), (20, 37)])
@pytest.mark.parametrize("bits", [None, 8])
def test_the_bits_of_side_by_side(dtype: taeda.dtype, features: int, width: int, bits: int | None) -> None:
    taeda.manual_seed(0)
    lengths, heads, groups, pages = [5, 200, 64, 131], 6, 2, 40
    table = tables(lengths, pages)
    places = [(0, 0, 5), (1, 0, 200), (1, 77, 199), (2, 0, 64), (3, 16, 131), (3, 130, 131), (0, 2, 2)]
    query = stored(len(places), heads, features, dtype)
    keys, values = stored(pages * PAGE, groups, features, dtype), stored(pages * PAGE, groups, width, dtype)
    scales: list[Any] = [None, None]
    given, seen = [keys, values], [keys, values]
    if bits is not None:
        scales = [taeda.rand(pages * PAGE, groups) / 50 for _ in given]
        given = [taeda.randint(-127, 128, x.shape, dtype=taeda.int8) for x in given]
        seen = [(x.float() * s.unsqueeze(-1)).to(dtype) for x, s in zip(given, scales, strict=True)]
    found = internal.paged_attention(query, *given, *scales, table, taeda.tensor(places), 0.3, PAGE)
    assert found.shape == (len(places), heads, width) and found.dtype == dtype
    for row, (sequence, first, end) in enumerate(places):
        k, v = (gathered(x, table[sequence], first, end) for x in seen) if end > first else (
            taeda.zeros(1, groups, 0, n, dtype=dtype) for n in (features, width))
        expected = F.scaled_dot_product_attention(query[row].view(1, heads, 1, -1), k, v, scale=0.3, enable_gqa=True)
        if os.environ.get("TAEDA_CPU") == "reference":  # its sums are in float64
            assert taeda.allclose(found[row].float(), expected[0, :, 0].float(), 2e-2, 1e-3)
        else:
            assert taeda.equal(found[row], expected[0, :, 0])


@pytest.mark.parametrize(("places", "page", "message"), [
    ((2, 0, 3), 0, "query 1 is to see tokens 0 to 3 of sequence 2"),
    ((0, -1, 3), 0, "tokens -1 to 3"), ((0, 4, 3), 0, "tokens 4 to 3"), ((1, 0, 33), 0, "tokens 0 to 33"),
    ((1, 0, 3), 3, "page 0 of sequence 1 is said to be 3"), ((1, 0, 3), -1, "page 0 of sequence 1 is said to be -1"),
])
def test_tokens_that_are_not_there(places: tuple[int, int, int], page: int, message: str) -> None:
    memory = taeda.zeros(3 * PAGE, 1, 8)
    pages = taeda.tensor([[0, 1], [page, 1]])
    with pytest.raises(IndexError, match=message):
        internal.paged_attention(taeda.zeros(2, 2, 8), memory, memory, None, None, pages,
                                 taeda.tensor([(0, 0, 1), places]), 1.0, PAGE)


def test_misfits() -> None:
    memory, pages, places = taeda.zeros(3 * PAGE, 2, 8), taeda.tensor([[0]]), taeda.tensor([(0, 0, 1)])

    def call(query: taeda.Tensor, keys: taeda.Tensor = memory, places: taeda.Tensor = places) -> taeda.Tensor:
        return internal.paged_attention(query, keys, memory, None, None, pages, places, 1.0, PAGE)

    for query, keys in ((taeda.zeros(1, 3, 8), memory), (taeda.zeros(1, 2, 7), memory), (taeda.zeros(2, 2, 8), memory),
                        (taeda.zeros(1, 2, 8), memory[:PAGE]), (taeda.zeros(1, 2, 8), memory.transpose(1, 2))):
        with pytest.raises(RuntimeError, match="do not fit"):
            call(query, keys)
    with pytest.raises(RuntimeError, match="expected keys and values of the dtype"):
        call(taeda.zeros(1, 2, 8, dtype=taeda.float64))
    nothing = [x.to("meta") for x in (taeda.zeros(1, 2, 8), memory, memory[:, :, :5], pages, places)]
    assert internal.paged_attention(*nothing[:3], None, None, *nothing[3:], 1.0, PAGE).shape == (1, 2, 5)
