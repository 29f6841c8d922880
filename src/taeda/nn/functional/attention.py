"""Attention: the op, and multi-head attention around it."""

import math
from typing import Any

import taeda
from taeda.nn.functional._legacy import op
from taeda.nn.functional.activation import softmax
from taeda.nn.functional.dropouts import dropout
from taeda.nn.functional.padding import pad
from taeda.overrides import has_torch_function_variadic, take_over

linear, bilinear, grouped_mm = op("linear"), op("bilinear"), op("grouped_mm")
scaled_dot_product_attention = op("scaled_dot_product_attention")


def canonical_mask(
    mask: Any, name: str, other: Any, other_name: str, target_type: Any, check_other: bool = True
) -> Any:
    """A mask as numbers to add to the scores: a boolean one becomes 0 where false and -inf where true."""
    if mask is None:
        return None
    is_bool = mask.dtype == taeda.bool
    if not is_bool and not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if check_other and other is not None and mask.dtype != other:
        import warnings

        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=2,
        )
    if is_bool:
        return taeda.zeros_like(mask, dtype=target_type).masked_fill_(mask, float("-inf"))
    return mask


def _check_shapes(query: Any, key: Any, value: Any, key_padding_mask: Any, attn_mask: Any, heads: int) -> bool:
    """Whether the inputs have a batch dimension; raises on ranks that do not fit together."""
    if query.dim() not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query tensor"
        )
    batched = query.dim() == 3
    kind, rank = ("batched", 3) if batched else ("unbatched", 2)
    if key.dim() != rank or value.dim() != rank:
        raise AssertionError(
            f"For {kind} ({rank}-D) `query`, expected `key` and `value` to be {rank}-D but found {key.dim()}-D and "
            f"{value.dim()}-D tensors respectively"
        )
    if key_padding_mask is not None and key_padding_mask.dim() != rank - 1:
        raise AssertionError(
            f"For {kind} ({rank}-D) `query`, expected `key_padding_mask` to be `None` or {rank - 1}-D but found "
            f"{key_padding_mask.dim()}-D tensor instead"
        )
    if attn_mask is not None:
        if attn_mask.dim() not in (2, 3):
            raise AssertionError(
                f"For {kind} ({rank}-D) `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found "
                f"{attn_mask.dim()}-D tensor instead"
            )
        if not batched and attn_mask.dim() == 3:
            expected = (heads, query.shape[0], key.shape[0])
            if tuple(attn_mask.shape) != expected:
                raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}")
    return batched


def _in_projection_packed(q: Any, k: Any, v: Any, w: Any, b: Any = None) -> list[Any]:
    """The three projections from one weight (3E, E); one product where the inputs are the same tensor."""
    width = q.size(-1)
    if k is v:
        if q is k:
            return list(linear(q, w, b).split(width, -1))
        biases: Any = (None, None) if b is None else b.split([width, 2 * width])
        weights = w.split([width, 2 * width])
        return [linear(q, weights[0], biases[0]), *linear(k, weights[1], biases[1]).split(width, -1)]
    biases = (None, None, None) if b is None else b.split(width)
    return [linear(x, part, part_bias) for x, part, part_bias in zip((q, k, v), w.split(width), biases, strict=True)]


def _in_projection(q: Any, k: Any, v: Any, w_q: Any, w_k: Any, w_v: Any, b_q: Any = None, b_k: Any = None,
                   b_v: Any = None) -> tuple[Any, Any, Any]:
    """The three projections, each from a weight of its own."""
    return linear(q, w_q, b_q), linear(k, w_k, b_k), linear(v, w_v, b_v)


def multi_head_attention_forward(
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    static_k: Any = None,
    static_v: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Any, Any]:
    """Query (L, N, E), key and value (S, N, *): output (L, N, E) and weights (N, L, S), (N, heads, L, S) or None.

    Without N if the query is (L, E). See `nn.MultiheadAttention` for the masks.
    """
    if has_torch_function_variadic(query, key, value, in_proj_weight, in_proj_bias, out_proj_weight, out_proj_bias):
        return take_over(multi_head_attention_forward, 13, locals())
    batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        # A tensor given twice must stay one tensor, or the packed projection would not see it.
        same_query, same_key = query is key, key is value
        query = query.unsqueeze(1)
        key = query if same_query else key.unsqueeze(1)
        value = key if same_key else value.unsqueeze(1)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    target_length, batch, width = query.shape
    source_length = key.shape[0]
    key_padding_mask = canonical_mask(
        key_padding_mask,
        "key_padding_mask",
        attn_mask.dtype if attn_mask is not None else None,
        "attn_mask",
        query.dtype,
    )
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None  # the op makes the causal mask itself
    else:
        attn_mask = canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, check_other=False)
        is_causal = is_causal and key_padding_mask is None
    if width != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    head_width = width // num_heads
    if head_width * num_heads != width:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if tuple(key.shape[:2]) != tuple(value.shape[:2]):
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )
    elif key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")

    if use_separate_proj_weight:
        biases: Any = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
        q = linear(query, q_proj_weight, biases[0])
        k = linear(key, k_proj_weight, biases[1])
        v = linear(value, v_proj_weight, biases[2])
    else:
        q, k, v = _in_projection_packed(query, key, value, in_proj_weight, in_proj_bias)

    if attn_mask is not None:
        expected: tuple[int, ...] = (target_length, source_length)
        if attn_mask.dim() == 3:
            expected = (batch * num_heads, target_length, source_length)
        elif attn_mask.dim() != 2:
            raise RuntimeError(f"attn_mask's dimension {attn_mask.dim()} is not supported")
        if tuple(attn_mask.shape) != expected:
            raise RuntimeError(
                f"The shape of the {attn_mask.dim()}D attn_mask is {attn_mask.shape}, but should be {expected}."
            )
        if attn_mask.dim() == 2:
            attn_mask = attn_mask.unsqueeze(0)

    if (bias_k is None) != (bias_v is None):
        raise AssertionError("bias_k and bias_v must both be set or both be None")
    if bias_k is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError("bias cannot be added to static key or value.")
        k = taeda.cat([k, bias_k.repeat(1, batch, 1)])
        v = taeda.cat([v, bias_v.repeat(1, batch, 1)])
        attn_mask, key_padding_mask = _wider(attn_mask), _wider(key_padding_mask)

    rows = batch * num_heads
    q = q.reshape(target_length, rows, head_width).transpose(0, 1)
    k = k.reshape(k.shape[0], rows, head_width).transpose(0, 1) if static_k is None else static_k
    v = v.reshape(v.shape[0], rows, head_width).transpose(0, 1) if static_v is None else static_v
    for name, tensor in (("static_k", static_k), ("static_v", static_v)):
        if tensor is not None and (tensor.size(0) != rows or tensor.size(2) != head_width):
            raise AssertionError(
                f"expecting {name} of size ({rows}, *, {head_width}), but got {tuple(tensor.shape)}"
            )
    if add_zero_attn:
        k = taeda.cat([k, k.new_zeros((rows, 1, head_width))], 1)
        v = taeda.cat([v, v.new_zeros((rows, 1, head_width))], 1)
        attn_mask, key_padding_mask = _wider(attn_mask), _wider(key_padding_mask)
    source_length = k.size(1)

    if key_padding_mask is not None:
        if tuple(key_padding_mask.shape) != (batch, source_length):
            raise AssertionError(
                f"expecting key_padding_mask shape of {(batch, source_length)}, but got {key_padding_mask.shape}"
            )
        by_row = key_padding_mask.view(batch, 1, 1, source_length).expand(-1, num_heads, -1, -1)
        by_row = by_row.reshape(rows, 1, source_length)
        attn_mask = by_row if attn_mask is None else attn_mask + by_row
    if not training:
        dropout_p = 0.0

    weights = None
    if need_weights:
        scores = taeda.bmm(q * math.sqrt(1.0 / head_width), k.transpose(-2, -1))
        if attn_mask is not None:
            scores = scores + attn_mask
        weights = softmax(scores, -1)
        if dropout_p > 0.0:
            weights = dropout(weights, dropout_p)
        output = taeda.bmm(weights, v)
        output = output.transpose(0, 1).reshape(target_length * batch, width)
        weights = weights.view(batch, num_heads, target_length, source_length)
        if average_attn_weights:
            weights = weights.mean(1)
    else:
        if attn_mask is not None:
            if attn_mask.size(0) == 1 and attn_mask.dim() == 3:
                attn_mask = attn_mask.unsqueeze(0)
            else:
                attn_mask = attn_mask.view(batch, num_heads, -1, source_length)
        output = scaled_dot_product_attention(
            q.reshape(batch, num_heads, target_length, head_width),
            k.reshape(batch, num_heads, source_length, head_width),
            v.reshape(batch, num_heads, source_length, head_width),
            attn_mask,
            dropout_p,
            is_causal,
        )
        output = output.permute(2, 0, 1, 3).reshape(batch * target_length, width)
    output = linear(output, out_proj_weight, out_proj_bias).view(target_length, batch, -1)
    if not batched:
        output = output.squeeze(1)
        weights = weights.squeeze(0) if weights is not None else None
    return output, weights


def _wider(mask: Any) -> Any:
    """The mask with one more source position, which is not masked."""
    return mask if mask is None else pad(mask, (0, 1))
