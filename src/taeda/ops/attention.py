"""Scaled dot-product attention: softmax(query keyᵀ scale + mask) value, without the matrix of scores in memory."""

from __future__ import annotations

from typing import Any

from taeda.ir.dtype import FLOATS, info
from taeda.ir.expression import broadcast_dims, maximum, same, square_root, to_float, wrap
from taeda.ir.expression import where as choose
from taeda.ops.creation import arange, full
from taeda.ops.indexing import converted, same_size
from taeda.ops.op import Generator, Number, Result, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import where
from taeda.ops.random import native_dropout


@kernel(public=False, differentiable=(True, False), epilogue=lambda *arguments: True)
def attention_forward(b: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scale: Number,
                      causal: bool) -> tuple[Tensor, Tensor]:
    """query (B, H, L, E), key (B, G, S, E), value (B, G, S, F), H a multiple of G; mask (B, H, L, S) bool or of the
    dtype.

    The result (B, H, L, F), and per query the largest score in base 2 and one over the sum of weights: (B, H, 2, L)."""
    batch, heads, queries, _ = query.shape
    out = b.alloc(query.dtype, [batch, heads, queries, value.size(3)])
    statistics = b.alloc(query.dtype, [batch, heads, 2, queries])
    b.method("attention", query=query, key=key, value=value, mask=mask, out=out, statistics=statistics, scale=scale,
             causal=causal)
    return out, statistics


@attention_forward.meta
def _(query: Any, key: Any, value: Any, mask: Any, scale: Any, causal: bool) -> tuple[Result, Result]:
    batch, heads, queries, _ = query.shape
    return (Result(query.dtype, [batch, heads, queries, value.shape[3]]),
            Result(query.dtype, [batch, heads, 2, queries]))


@attention_forward.batch
def _(batch: Any, query: Any, key: Any, value: Any, mask: Any, scale: Any, causal: bool) -> Any:
    tensors = (batch.merged(t) for t in (query, key, value, mask))
    return tuple(batch.parted(t) for t in attention_forward(*tensors, scale, causal))


@attention_forward.gradient
def _(grads: Any, outputs: Any, query: Any, key: Any, value: Any, mask: Any, scale: Any, causal: bool) -> Any:
    grad = grads[0]
    dq, dk, dv = attention_backward(grad, query, key, value, mask, outputs[0], outputs[1], scale, causal)
    found = {"query": dq, "key": dk, "value": dv}
    if mask is not None and mask.dtype != "bool":
        weights = _weights(query, key, mask, scale, causal)
        slopes = grad.matmul(_repeated(value, query).transpose(-1, -2))
        found["mask"] = weights * (slopes - (weights * slopes).sum(-1, True))
    return found


@kernel(public=False)
def attention_backward(b: Any, grad_output: Tensor, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None,
                       output: Tensor, statistics: Tensor, scale: Number, causal: bool) -> tuple[Tensor, Tensor,
                                                                                                 Tensor]:
    """The gradients of query, key and value."""
    by_query, by_key, by_value = (b.alloc(query.dtype, x.shape) for x in (query, key, value))
    b.method("attention.attention_gradient", upstream=grad_output, query=query, key=key, value=value, mask=mask,
             out=output, statistics=statistics, by_query=by_query, by_key=by_key, by_value=by_value, scale=scale,
             causal=causal)
    return by_query, by_key, by_value


@attention_backward.meta
def _(grad_output: Any, query: Any, key: Any, value: Any, mask: Any, output: Any, statistics: Any, scale: Any,
      causal: bool) -> tuple[Result, Result, Result]:
    return Result(query.dtype, query.shape), Result(key.dtype, key.shape), Result(value.dtype, value.shape)


@attention_backward.batch
def _(batch: Any, grad_output: Any, query: Any, key: Any, value: Any, mask: Any, output: Any, statistics: Any,
      scale: Any, causal: bool) -> Any:
    tensors = (batch.merged(t) for t in (grad_output, query, key, value, mask, output, statistics))
    return tuple(batch.parted(t) for t in attention_backward(*tensors, scale, causal))


@attention_backward.gradient
def _(grads: Any, grad_output: Any, query: Any, key: Any, value: Any, mask: Any, scale: Any, causal: bool) -> Any:
    """Written with matrices: with W the weights, D = grad_output valueᵀ and T = W (D - rowsum(W D)), the op computes
    dQ = scale T K, dK = scale Tᵀ Q, dV = Wᵀ grad_output. Output and statistics are functions of the rest: no
    gradient."""
    k, v = _repeated(key, query), _repeated(value, query)
    weights = _weights(query, key, mask, scale, causal)
    slopes = grad_output.matmul(v.transpose(-1, -2))
    delta = (weights * slopes).sum(-1, True)
    steps = weights * (slopes - delta)
    gq, gk, gv = grads
    gk = None if gk is None else _repeated(gk, query)
    gv = None if gv is None else _repeated(gv, query)
    by_steps = None
    to_grad = to_query = to_key = None
    if gq is not None:
        by_steps = gq.matmul(k.transpose(-1, -2)) * scale
        to_key = steps.transpose(-1, -2).matmul(gq) * scale
    if gk is not None:
        by_steps = _sum(by_steps, query.matmul(gk.transpose(-1, -2)) * scale)
        to_query = steps.matmul(gk) * scale
    by_weights = None
    to_value = None
    if gv is not None:
        by_weights = grad_output.matmul(gv.transpose(-1, -2))
        to_grad = weights.matmul(gv)
    if by_steps is not None:
        mean = (weights * by_steps).sum(-1, True)
        by_slopes = weights * (by_steps - mean)
        by_weights = _sum(by_weights, by_steps * (slopes - delta) - slopes * mean)
        to_grad = _sum(to_grad, by_slopes.matmul(v))
        to_value = by_slopes.transpose(-1, -2).matmul(grad_output)
    by_scores = weights * (by_weights - (weights * by_weights).sum(-1, True))
    to_query = _sum(to_query, by_scores.matmul(k) * scale)
    to_key = _sum(to_key, by_scores.transpose(-1, -2).matmul(query) * scale)
    found = {"grad_output": to_grad, "query": to_query, "key": _folded(to_key, key),
             "value": None if to_value is None else _folded(to_value, value)}
    if mask is not None and mask.dtype != "bool":
        found["mask"] = by_scores
    return found


# -- keys and values in pages ------------------------------------------------------------------------------------------


@kernel(public=False)
def paged_attention(b: Any, query: Tensor, keys: Tensor, values: Tensor, key_scales: Tensor | None,
                    value_scales: Tensor | None, pages: Tensor, places: Tensor, scale: Number, page: int) -> Tensor:
    """Attention of the queries (R, H, E) to keys (T, G, E) and values (T, G, F) of their sequences: (R, H, F).

    The T tokens are memory of pages of `page` tokens. `pages` (S, P) in int64: those of each sequence, in order.
    `places` (R, 3) in int64: of each query its sequence, the first token that it sees, and the end of those. Keys and
    values have the dtype of the queries, or are int8 with scales (T, G) in float32, one for each token and head: the
    numbers are code * scale, rounded to the dtype of the queries. A query has the bits that
    `scaled_dot_product_attention` gives it on its keys and values alone. Raises IndexError for tokens that are not
    there. Without gradients."""
    _check_paged(query, keys, values, key_scales, value_scales, pages, places, page)
    scales = [] if key_scales is None else [key_scales, value_scales]
    rows, heads, features = query.shape
    tokens, groups, width = keys.shape
    good = (width == features) * (values.shape[0] == tokens) * (values.shape[1] == groups) * (places.shape[0] == rows)
    good = good * (places.shape[1] == 3) * (groups >= 1) * (heads % maximum(groups, 1) == 0)
    good = good * (keys.stride(2) == 1) * (values.stride(2) == 1)
    for x in scales:
        good = good * (x.shape[0] == tokens) * (x.shape[1] == groups)
    b.check(good, RuntimeError, "keys ({3}, {4}, {5}) do not fit {0} queries of {1} heads of {2} features, or values "
            "or scales do not fit the keys, or features are not neighbours in memory", rows, heads, features, tokens,
            groups, width)
    out = b.alloc(query.dtype, [rows, heads, values.size(2)])
    b.method("attention.paged_attention", query=query, keys=keys, values=values, scales=scales, pages=pages,
             places=places, out=out, scale=scale, page=page, faults=[
                 ("IndexError", "query {3} is to see tokens {1} to {2} of sequence {0}, which are not all there"),
                 ("IndexError", "page {2} of sequence {1} is said to be {0}, which there is not")])
    return out


def _check_paged(query: Any, keys: Any, values: Any, key_scales: Any, value_scales: Any, pages: Any, places: Any,
                 page: int) -> None:
    given = [(x.dtype, x.ndim) for x in (pages, places)]
    if given != [("int64", 2)] * 2 or [x.ndim for x in (query, keys, values)] != [3] * 3 or page < 1:
        raise RuntimeError(f"expected three dimensions of queries, keys and values, and matrices of int64, got {given}")
    scales = [None if x is None else (x.dtype, x.ndim) for x in (key_scales, value_scales)]
    stored = query.dtype if key_scales is None else "int8"
    if query.dtype not in FLOATS or {keys.dtype, values.dtype} != {stored} or scales not in (
            [None, None], [("float32", 2)] * 2):
        raise RuntimeError("expected keys and values of the dtype of the queries, or int8 with two matrices of scales "
                           f"in float32, got {query.dtype}, {keys.dtype}, {values.dtype} and scales {scales}")


@paged_attention.meta
def _(query: Any, keys: Any, values: Any, key_scales: Any, value_scales: Any, pages: Any, places: Any, scale: Any,
      page: int) -> Result:
    _check_paged(query, keys, values, key_scales, value_scales, pages, places, page)
    return Result(query.dtype, [query.shape[0], query.shape[1], values.shape[2]])


def _sum(a: Any, b: Any) -> Any:
    return b if a is None else a + b


def _group(query: Any, key: Any) -> Any:
    return query.shape[1] // maximum(key.shape[1], 1)


def _repeated(x: Any, query: Any) -> Any:
    """Each key head once for each query head that uses it."""
    if same(x.shape[1], query.shape[1]):
        return x
    batch, heads, rows, features = x.shape
    group = _group(query, x)
    return x.unsqueeze(2).expand((batch, heads, group, rows, features)).reshape((batch, heads * group, rows, features))


def _folded(x: Any, like: Any) -> Any:
    """The sum over the query heads of each key head."""
    if x.dims[1] == like.dims[1]:
        return x
    batch, heads, rows, features = like.shape
    return x.reshape((batch, heads, x.shape[1] // maximum(heads, 1), rows, features)).sum(2)


def _weights(query: Any, key: Any, mask: Any, scale: Any, causal: bool) -> Any:
    """softmax(query keyᵀ scale + mask), zero in rows that are masked throughout."""
    scores = query.matmul(_repeated(key, query).transpose(-1, -2)) * scale
    lowest = full((), float("-inf"), query.dtype)
    if causal:
        rows, columns = (arange(0, 1, x.shape[2], "int64") for x in (query, key))
        scores = where(columns <= rows.unsqueeze(1), scores, lowest)
    if mask is not None:
        scores = where(mask, scores, lowest) if mask.dtype == "bool" else scores + mask
    if mask is None:
        return scores.softmax(-1)
    none = scores.eq(float("-inf")).all(-1, True)
    return where(none, full((), 0, query.dtype), scores.softmax(-1))


@derived(modules=("nn.functional",), autocast="lower")
def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
                                 dropout_p: float = 0.0, is_causal: bool = False, *, scale: Number | None = None,
                                 enable_gqa: bool = False, generator: Generator | None = None) -> Tensor:
    """softmax(query keyᵀ scale + mask) value over the last two dimensions: (..., L, E), (..., S, E), (..., S, F) →
    (..., L, F).

    `attn_mask`, broadcast to (..., L, S): bool, true where a key takes part, or added to the scores. `is_causal`:
    query i sees keys 0 to i. `scale` is 1 / sqrt(E) if not given. `enable_gqa`: key and value may have fewer heads
    (dimension -3), each for a group of query heads. A query without any key gives zeros. Method: FlashAttention, Dao
    et al. 2022. Each weight is dropped with probability `dropout_p`; the weights are a matrix in memory then."""
    q, k, v, mask, scale, shape = _prepared(query, key, value, attn_mask, is_causal, scale, enable_gqa)
    if not (isinstance(dropout_p, float) and dropout_p == 0.0):
        weights = native_dropout(_weights(q, k, mask, scale, is_causal), dropout_p, True, generator)[0]
        return weights.matmul(_repeated(v, q)).reshape(shape)
    wide = info(query.dtype).compute
    if mask is not None and mask.dtype != "bool":
        mask = converted(mask, wide)
    result = attention_forward(converted(q, wide), converted(k, wide), converted(v, wide), mask, scale, is_causal)[0]
    result = converted(result, query.dtype)
    return result if len(shape) == 4 else result.reshape(shape)


def _prepared(query: Any, key: Any, value: Any, attn_mask: Any, is_causal: bool, scale: Any,
              enable_gqa: bool) -> tuple[Any, ...]:
    """Query, key, value and mask with four dimensions, the scale, and the shape of the result. Raises PyTorch's
    errors."""
    if query.dtype != key.dtype or query.dtype != value.dtype:
        raise RuntimeError("Expected query, key, and value to have the same dtype, but got query.dtype: "
                           f"{query.dtype}, key.dtype: {key.dtype}, and value.dtype: {value.dtype} instead.")
    if query.ndim < 2 or key.ndim < 2 or value.ndim < 2:
        raise RuntimeError("Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
                           f"{query.ndim}, key.dim: {key.ndim} and value.dim: {value.ndim} instead.")
    if attn_mask is not None and is_causal:
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if query.dtype not in FLOATS:
        raise RuntimeError(f"scaled_dot_product_attention: expected floating tensors, got {query.dtype}")
    ndim = max(query.ndim, key.ndim, value.ndim, 3)
    q, k, v = (_lifted(x, ndim) for x in (query, key, value))
    check(same_size(q.shape[-1], k.shape[-1]), RuntimeError,
          "scaled_dot_product_attention: query has {0} features and key {1}; they must be equal", q.shape[-1],
          k.shape[-1])
    check(same_size(k.shape[-2], v.shape[-2]), RuntimeError,
          "scaled_dot_product_attention: there are {0} keys and {1} values", k.shape[-2], v.shape[-2])
    if scale is None:
        scale = 1.0 / square_root(to_float(q.shape[-1]))
    outer = [wrap(e) for e in broadcast_dims(q.dims[:-3], k.dims[:-3], v.dims[:-3])]
    if enable_gqa:
        for name, x in (("key", k), ("value", v)):
            check(same_size(q.shape[-3] % maximum(x.shape[-3], 1), 0), RuntimeError,
                  "Number of heads in key and value must divide the number of heads in query: "
                  f"scaled_dot_product_attention got {{0}} heads of query and {{1}} of {name}", q.shape[-3],
                  x.shape[-3])
        # Keys and values with different numbers of heads: each once for every query head.
        common = choose(same_size(k.shape[-3], v.shape[-3]), k.shape[-3], q.shape[-3])
        k, v = (_spread_heads(x, common) for x in (k, v))
        heads = [q.shape[-3], common, common]
    else:
        common = wrap(broadcast_dims(q.dims[-3:-2], k.dims[-3:-2], v.dims[-3:-2])[0])
        heads = [common] * 3
    shape = (*outer, heads[0], q.shape[-2], v.shape[-1])
    mask = None
    if attn_mask is not None:
        if attn_mask.dtype not in ("bool", query.dtype):
            raise RuntimeError("Expected attn_mask dtype to be bool or float or to match query dtype, but got "
                               "attn_mask.dtype: "
                               f"{attn_mask.dtype} and  query.dtype: {query.dtype} instead.")
        mask = _four(attn_mask.expand((*outer, heads[0], q.shape[-2], k.shape[-2])))
    q, k, v = (_four(x.expand((*outer, h, *x.shape[-2:]))) for x, h in zip((q, k, v), heads, strict=True))
    return q, k, v, mask, scale, shape if max(query.ndim, key.ndim, value.ndim) >= 3 else shape[1:]


def _spread_heads(x: Any, heads: Any) -> Any:
    """(..., H, S, E) with each head repeated until there are `heads` of them; a view where there are as many."""
    count = x.shape[-3]
    spread = (*x.shape[:-2], heads // maximum(count, 1), *x.shape[-2:])
    return x.unsqueeze(-3).expand(spread).reshape((*x.shape[:-3], heads, *x.shape[-2:]))


def _lifted(x: Any, ndim: int) -> Any:
    for _ in range(ndim - x.ndim):
        x = x.unsqueeze(0)
    return x


def _four(x: Any) -> Any:
    """All dimensions before the last three as one."""
    if x.ndim == 3:
        return x.unsqueeze(0)
    if x.ndim == 4:
        return x
    rows: Any = 1
    for n in x.shape[:-3]:
        rows = rows * n
    return x.reshape((rows, *x.shape[-3:]))


@scaled_dot_product_attention.samples
def _(make_tensor: Any) -> Any:
    yield sample(make_tensor(2, 3, 4, 8), make_tensor(2, 3, 5, 8), make_tensor(2, 3, 5, 6))
    yield sample(make_tensor(2, 6, 8), make_tensor(2, 6, 8), make_tensor(2, 6, 8), is_causal=True)
    yield sample(make_tensor(2, 3, 4, 8), make_tensor(2, 3, 5, 8), make_tensor(2, 3, 5, 6), make_tensor(4, 5))
    yield sample(make_tensor(2, 4, 3, 8), make_tensor(2, 2, 5, 8), make_tensor(2, 2, 5, 8), enable_gqa=True)
    yield sample(make_tensor(2, 4, 3, 8), make_tensor(2, 2, 5, 8), make_tensor(2, 4, 5, 8), enable_gqa=True)
