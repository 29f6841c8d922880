"""Matrix products, convolutions and attention, in float64 or int64.

matmul
    left (*, M, K), right (*, K, N), out (*, M, N), bias (None, or broadcast to out), accumulate (False),
    epilogue (None, or an ir.epilogue.Epilogue, which lowering gives to ops that say so), prologue
    (None, or an ir.epilogue.Prologue: then right is not in memory, but Builder.made puts it there)
coded_matmul
    left (M, K), codes, scales, offsets, bias (both None), group, out (M, N), epilogue: the weight is stored as
    ops/quantized.py says
rounded_matmul
    input, input_scales, sums, codes, scales, offsets (None), out, step, group: inputs are of 8 bits too
convolve, convolve_transposed
    input (N, C, *), weight (M, C / groups, *) or for the transpose (C, M / groups, *), bias (None or (M)), out, stride,
    padding (that in front), dilation, groups, epilogue (of the transpose: where all strides are 1)
convolve_weight
    input, upstream, out (the gradient of the weight), stride, padding, dilation, groups
attention, attention_gradient
    query, key, value, mask (None), out, statistics, scale, causal, epilogue; for the gradient not that, but upstream,
    by_query, by_key, by_value (filled). ops/attention.py says the shapes
paged_attention
    query, keys, values, scales (of both, or none), pages, places, out, scale, page, faults (places that are none: {0}
    sequence, {1} first, {2} end, {3} query; a page that is none: {0} page, {1} sequence, {2} place in it)
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from taeda.compiler.methods.reference.kernels import Array, Tensor, perform
from taeda.ir.epilogue import Epilogue, Prologue
from taeda.ir.expression import to_float
from taeda.ir.loop import Kernel, Operand, Store
from taeda.ir.loop_interpreter import round_to


def matmul(b: Any, *, left: Any, right: Any, out: Any, bias: Any = None, accumulate: bool = False,
           epilogue: Epilogue | None = None, prologue: Prologue | None = None, squares: bool = False) -> None:
    if left.dtype == "bool":
        raise NotImplementedError("matrix product of dtype bool")
    right = right if prologue is None else b.made(right)
    with _finished(b, out, epilogue) as product:
        perform(b, _matmul, [left, right, bias, product], accumulate=accumulate, squares=squares)


@contextlib.contextmanager
def _finished(b: Any, out: Any, epilogue: Epilogue | None) -> Iterator[Any]:
    """Where a method writes its result; after that, a kernel that does the epilogue."""
    if epilogue is None:
        yield out
        return
    product = b.alloc(epilogue.dtype, out.shape)
    yield product
    operands = [Operand(t.dtype, "input") for t in (product, *epilogue.operands)]
    kernel = Kernel((*operands, Operand(out.dtype, "element")), (Store(len(operands), epilogue.value),), "epilogue")
    b.loops(kernel, [product, *epilogue.operands], [out], epilogue.numbers)


def _matmul(left: Tensor, right: Tensor, bias: Tensor | None, out: Tensor, accumulate: bool, squares: bool) -> None:
    if squares:
        result = ((left.wide[..., :, :, None] - right.wide[..., None, :, :]) ** 2).sum(-2)
    else:
        result = left.wide @ right.wide
    if bias is not None:
        result = result + bias.wide
    out.store(result + out.wide if accumulate else result)


def coded_matmul(b: Any, *, left: Any, codes: Any, scales: Any, offsets: Any, out: Any, group: int, bias: Any = None,
                 epilogue: Epilogue | None = None) -> None:
    with _finished(b, out, epilogue) as product:
        perform(b, _coded_matmul, [left, codes, scales, offsets, bias, product], group=group)


def rounded_matmul(b: Any, *, input: Any, input_scales: Any, sums: Any, codes: Any, scales: Any, offsets: Any, out: Any,
                   step: int, group: int) -> None:
    perform(b, _rounded_matmul, [input, input_scales, codes, scales, offsets, out], step=step, group=group)


def _rounded_matmul(input: Tensor, input_scales: Tensor, codes: Tensor, scales: Tensor, offsets: Tensor | None,
                    out: Tensor, step: int, group: int) -> None:
    left = input.values.astype(np.float64) * np.repeat(input_scales.wide, step, 1)
    out.store(left @ _weight(codes, scales, offsets, group).reshape(-1, left.shape[1]).T.astype(np.float64))


def _coded_matmul(left: Tensor, codes: Tensor, scales: Tensor, offsets: Tensor | None, bias: Tensor | None,
                  out: Tensor, group: int) -> None:
    matrix = _weight(codes, scales, offsets, group).reshape(-1, left.shape[1])[:out.shape[1]]
    result = left.wide @ matrix.T.astype(left.wide.dtype)
    out.store(result if bias is None else result + bias.wide)


def _weight(codes: Tensor, scales: Tensor, offsets: Tensor | None, group: int) -> Array:
    """The numbers of a coded weight, (panels, 32, K)."""
    numbers = codes.values
    if codes.dtype == "uint8":
        numbers = np.concatenate([numbers & 15, numbers >> 4], 2).astype(np.float32) - (8 if offsets is None else 0)
    of_row = np.arange(numbers.shape[1]) // group
    weight = numbers.astype(np.float32) * scales.wide.astype(np.float32)[:, of_row]
    if offsets is not None:
        weight = weight + offsets.wide.astype(np.float32)[:, of_row]
    return weight.swapaxes(1, 2)


# -- convolutions ------------------------------------------------------------------------------------------------------


def convolve(b: Any, *, input: Any, weight: Any, bias: Any, out: Any, stride: Sequence[int], padding: Sequence[Any],
             dilation: Sequence[int], groups: int, epilogue: Epilogue | None = None) -> None:
    with _finished(b, out, epilogue) as result:
        perform(b, _convolve, [input, weight, bias, result], padding, stride=tuple(stride), dilation=tuple(dilation),
                groups=groups)


def convolve_transposed(b: Any, *, input: Any, weight: Any, bias: Any, out: Any, stride: Sequence[int],
                        padding: Sequence[Any], dilation: Sequence[int], groups: int,
                        epilogue: Epilogue | None = None) -> None:
    with _finished(b, out, epilogue) as result:
        perform(b, _convolve_transposed, [input, weight, bias, result], padding, stride=tuple(stride),
                dilation=tuple(dilation), groups=groups)


def convolve_weight(b: Any, *, input: Any, upstream: Any, out: Any, stride: Sequence[int], padding: Sequence[Any],
                    dilation: Sequence[int], groups: int) -> None:
    perform(b, _convolve_weight, [input, upstream, out], padding, stride=tuple(stride), dilation=tuple(dilation),
            groups=groups)


def _meetings(kernel: Sequence[int], many: Sequence[int], size: Sequence[int], padding: Sequence[int],
              stride: Sequence[int], dilation: Sequence[int]) -> Iterator[tuple[Any, Any, Any]]:
    """For each tap: the tap, the pixels of the result, and the pixels of the image that it pairs with them."""
    for tap in itertools.product(*(range(k) for k in kernel)):
        pixels, places = [], []
        for t, q, n, p, s, d in zip(tap, many, size, padding, stride, dilation, strict=True):
            at = np.arange(q) * s - p + t * d
            inside = (at >= 0) & (at < n)
            pixels.append(np.flatnonzero(inside))
            places.append(at[inside])
        yield tap, np.ix_(*pixels), np.ix_(*places)


def _grouped(x: Array, groups: int, dim: int) -> Array:
    return x.reshape((*x.shape[:dim], groups, x.shape[dim] // groups, *x.shape[dim + 1:]))


def _at(x: Array, places: tuple[Array, ...]) -> Array:
    """Elements of the last dimensions."""
    index: tuple[Any, ...] = (..., *places)
    return x[index]


def _convolve(input: Tensor, weight: Tensor, bias: Tensor | None, out: Tensor, *padding: int,
              stride: tuple[int, ...], dilation: tuple[int, ...], groups: int) -> None:
    x, w = _grouped(input.wide, groups, 1), _grouped(weight.wide, groups, 0)
    result = np.zeros((out.shape[0], *w.shape[:2], *out.shape[2:]), x.dtype)
    for tap, pixels, places in _meetings(weight.shape[2:], out.shape[2:], input.shape[2:], padding, stride, dilation):
        result[(..., *pixels)] += np.einsum("ngc...,gmc->ngm...", _at(x, places), w[(..., *tap)])
    _finish(result, bias, out)


def _convolve_transposed(input: Tensor, weight: Tensor, bias: Tensor | None, out: Tensor, *padding: int,
                         stride: tuple[int, ...], dilation: tuple[int, ...], groups: int) -> None:
    x, w = _grouped(input.wide, groups, 1), _grouped(weight.wide, groups, 0)
    result = np.zeros((out.shape[0], groups, w.shape[2], *out.shape[2:]), x.dtype)
    for tap, pixels, places in _meetings(weight.shape[2:], input.shape[2:], out.shape[2:], padding, stride, dilation):
        result[(..., *places)] += np.einsum("ngm...,gmc->ngc...", _at(x, pixels), w[(..., *tap)])
    _finish(result, bias, out)


def _finish(result: Array, bias: Tensor | None, out: Tensor) -> None:
    result = result.reshape(out.shape)
    out.store(result if bias is None else result + bias.wide.reshape((-1, *[1] * (out.ndim - 2))))


def _convolve_weight(input: Tensor, upstream: Tensor, out: Tensor, *padding: int, stride: tuple[int, ...],
                     dilation: tuple[int, ...], groups: int) -> None:
    x, u = _grouped(input.wide, groups, 1), _grouped(upstream.wide, groups, 1)
    result = np.zeros((groups, u.shape[2], *out.shape[1:]), x.dtype)
    kernel, many = out.shape[2:], upstream.shape[2:]
    for tap, pixels, places in _meetings(kernel, many, input.shape[2:], padding, stride, dilation):
        met = [_at(u, pixels), _at(x, places)]
        flat = [a.reshape((*a.shape[:3], math.prod(a.shape[3:]))) for a in met]
        result[(..., *tap)] = np.einsum("ngmq,ngcq->gmc", *flat)
    out.store(result.reshape(out.shape))


# -- attention ---------------------------------------------------------------------------------------------------------


def attention(b: Any, *, query: Any, key: Any, value: Any, mask: Any, out: Any, statistics: Any, scale: Any,
              causal: bool, epilogue: Epilogue | None = None) -> None:
    with _finished(b, out, epilogue) as result:
        perform(b, _attention, [query, key, value, mask, result, statistics], (), [to_float(scale)], causal=causal)


def attention_gradient(b: Any, *, upstream: Any, query: Any, key: Any, value: Any, mask: Any, out: Any,
                       statistics: Any, by_query: Any, by_key: Any, by_value: Any, scale: Any, causal: bool) -> None:
    perform(b, _attention_gradient, [upstream, query, key, value, mask, by_query, by_key, by_value], (),
            [to_float(scale)], causal=causal)


def _scores(query: Tensor, key: Tensor, mask: Tensor | None, scale: float, causal: bool) -> Array:
    keys = np.repeat(key.wide, query.shape[1] // max(key.shape[1], 1), 1)
    scores = query.wide @ keys.swapaxes(-1, -2) * scale
    if causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=np.bool_), scores, -np.inf)
    if mask is None:
        return scores
    return np.where(mask.values, scores, -np.inf) if mask.dtype == "bool" else scores + mask.wide


def _weights(scores: Array) -> tuple[Array, Array, Array]:
    """softmax of each row, which is zero where every score is -inf; the largest score and the sum of a row."""
    largest = scores.max(-1, keepdims=True, initial=-np.inf)
    weights = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = weights.sum(-1, keepdims=True)
    return weights / np.where(total == 0, 1, total), largest, total


def _attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, out: Tensor, statistics: Tensor,
               scale: float, causal: bool) -> None:
    weights, largest, total = _weights(_scores(query, key, mask, scale, causal))
    out.store(weights @ np.repeat(value.wide, query.shape[1] // max(value.shape[1], 1), 1))
    statistics.store(np.stack([largest[..., 0] * np.log2(np.e), 1 / total[..., 0]], 2))


def paged_attention(b: Any, *, query: Any, keys: Any, values: Any, scales: Any, pages: Any, places: Any, out: Any,
                    scale: Any, page: int, faults: list[tuple[str, str]]) -> None:
    perform(b, _paged_attention, [query, keys, values, *(scales or (None, None)), pages, places, out], (),
            [to_float(scale)], faults, page=page)


def _paged_attention(query: Tensor, keys: Tensor, values: Tensor, key_scales: Tensor | None,
                     value_scales: Tensor | None, pages: Tensor, places: Tensor, out: Tensor, scale: float,
                     page: int) -> tuple[int, ...] | None:
    found = np.zeros(out.shape)
    share = query.shape[1] // max(keys.shape[1], 1)
    sequences, most = pages.shape
    for row, (sequence, first, end) in enumerate(places.values.tolist()):
        if not (0 <= sequence < sequences and 0 <= first <= end <= most * page):
            return 1, sequence, first, end, row
        table = pages.values[sequence].tolist()
        for number in range(first // page, -(-end // page)):
            if not 0 <= table[number] < keys.shape[0] // page:
                return 2, table[number], sequence, number
        at = [table[t // page] * page + t % page for t in range(first, end)]
        k, v = (x.wide[at] if s is None else round_to(x.values[at] * s.values[at][..., None], query.dtype)
                for x, s in ((keys, key_scales), (values, value_scales)))
        scores = np.einsum("he,the->ht", query.wide[row], np.repeat(k, share, 1)) * scale
        found[row] = np.einsum("ht,thf->hf", _weights(scores)[0], np.repeat(v, share, 1))
    out.store(found)
    return None


def _attention_gradient(upstream: Tensor, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None,
                        by_query: Tensor, by_key: Tensor, by_value: Tensor, scale: float, causal: bool) -> None:
    share = query.shape[1] // max(key.shape[1], 1)
    weights = _weights(_scores(query, key, mask, scale, causal))[0]
    keys, values, grad = np.repeat(key.wide, share, 1), np.repeat(value.wide, share, 1), upstream.wide
    slopes = grad @ values.swapaxes(-1, -2)
    steps = weights * (slopes - (weights * slopes).sum(-1, keepdims=True)) * scale
    by_query.store(steps @ keys)

    def folded(x: Array) -> Array:  # the query heads of each key head together
        batch, heads, rows, features = x.shape
        return x.reshape(batch, heads // share, share, rows, features).sum(2) if heads else x

    by_key.store(folded(steps.swapaxes(-1, -2) @ query.wide))
    by_value.store(folded(weights.swapaxes(-1, -2) @ grad))
