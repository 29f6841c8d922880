"""Products, normalisation, embedding and attention of nested tensors.

What works on rows runs once over the rows of all components; so a component's bits are those it has alone.
"""

from __future__ import annotations

from typing import Any

import taeda
from taeda.composed import Composed, op
from taeda.nested.padding import padded, unpadded
from taeda.nested.tensors import NestedTensor, compact, nested
from taeda.nested.views import inner_dim

functional = taeda.nn.functional


def _rows_last(x: NestedTensor, name: str) -> None:
    if x.ragged == x.values_part.dim():
        raise RuntimeError(f"{name}(): not supported for a nested tensor of shape {x._sizes()}, whose last dimension "
                           "is ragged; transpose it")


@NestedTensor.rule("linear")
def _linear(input: Any, weight: Any, bias: Any) -> Any:
    if not isinstance(input, NestedTensor):
        return NestedTensor.missing("linear with a nested weight", ())
    _rows_last(input, "linear")
    return input.like_this(functional.linear(input.values_part, weight, bias))


@NestedTensor.rule("matmul", "bmm")
def _matmul(input: Any, other: Any) -> Any:
    if not isinstance(input, NestedTensor) or isinstance(other, Composed):
        shapes = " and ".join(str(x._sizes() if isinstance(x, NestedTensor) else tuple(x.shape))
                              for x in (input, other))
        raise RuntimeError(f"matmul(): not supported between inputs of shapes {shapes}: the first may be nested. For "
                           "attention use scaled_dot_product_attention")
    _rows_last(input, "matmul")
    if other.dim() <= 2:
        return input.like_this(input.values_part.matmul(other))
    x = compact(input)
    if other.dim() != x.values_part.dim() + 1 or other.shape[0] not in (1, x.raggedness.components):
        raise RuntimeError(f"matmul(): not supported between inputs of shapes {x._sizes()} and {tuple(other.shape)}")
    return unpadded(padded(x, 0).matmul(other), x)


def _checked_normalized(input: Any, normalized_shape: Any, name: str) -> None:
    if len(normalized_shape) > input.values_part.dim() - input.ragged:
        raise RuntimeError(f"{name}(): normalizing over the ragged dimension not supported for nested tensors")


@NestedTensor.rule("layer_norm")
def _layer_norm(input: Any, normalized_shape: Any, weight: Any, bias: Any, eps: float, *rest: Any) -> Any:
    _checked_normalized(input, normalized_shape, "layer_norm")
    return input.like_this(functional.layer_norm(input.values_part, normalized_shape, weight, bias, eps))


@NestedTensor.rule("rms_norm")
def _rms_norm(input: Any, normalized_shape: Any, weight: Any, eps: Any) -> Any:
    _checked_normalized(input, normalized_shape, "rms_norm")
    return input.like_this(functional.rms_norm(input.values_part, normalized_shape, weight, eps))


@NestedTensor.rule("normalize")
def _normalize(input: Any, p: float, dim: int, eps: float) -> Any:
    return input.like_this(functional.normalize(input.values_part, p, inner_dim(input, "normalize", dim), eps))


@NestedTensor.rule("embedding")
def _embedding(weight: Any, indices: Any, *rest: Any) -> Any:
    return indices.like_this(op("embedding")(weight, indices.values_part, *rest))


@NestedTensor.rule("scaled_dot_product_attention")
def _attention(query: Any, key: Any, value: Any, attn_mask: Any, dropout_p: float, is_causal: bool, *rest: Any) -> Any:
    """Each component attends to its own rows: one call a component, on views of the values."""
    three = (query, key, value)
    if not all(isinstance(x, NestedTensor) for x in three):
        raise RuntimeError("scaled_dot_product_attention(): query, key and value must all be nested, or none")
    if attn_mask is not None:
        raise RuntimeError("scaled_dot_product_attention(): attn_mask is not supported for nested tensors; "
                           "is_causal=True is")
    if any(x.values_part.dim() != 3 or x.ragged != 2 for x in three):
        got = ", ".join(str(x._sizes()) for x in three)
        raise RuntimeError("scaled_dot_product_attention(): expected nested tensors of shape (batch, heads, ragged, "
                           f"head_dim), but got {got}; transpose(1, 2) makes them of (batch, ragged, heads, head_dim)")
    if key.raggedness is not value.raggedness or key.raggedness.components != query.raggedness.components:
        raise RuntimeError("scaled_dot_product_attention(): key and value must have the same offsets, and query "
                           "as many components")
    pieces = [compact(x).unbind() for x in three]
    rows = [op("scaled_dot_product_attention")(q.unsqueeze(0), k.unsqueeze(0), v.unsqueeze(0), None, dropout_p,
                                               is_causal, *rest).squeeze(0) for q, k, v in zip(*pieces, strict=True)]
    like = compact(query)
    if not rows:
        return like.like_this(value.values_part[:, :0])
    return nested(taeda.cat(rows, 1), like.raggedness, 2, like.layout)
