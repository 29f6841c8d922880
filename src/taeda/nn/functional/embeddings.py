"""Look-up tables."""

from typing import Any

import taeda
from taeda._binding import internal
from taeda.assertions import check_type
from taeda.nn.functional._legacy import op
from taeda.overrides import has_torch_function_variadic, take_over

_embedding, one_hot = op("embedding"), op("one_hot")


def _renormalise(weight: Any, indices: Any, max_norm: float, norm_type: float) -> None:
    """Shrink, in place, the rows that `indices` names to a p-norm of at most `max_norm`."""
    with taeda.no_grad():
        used = indices.detach().reshape(-1)  # a row that is named twice is written twice with the same values
        rows = weight.detach().index_select(0, used)
        norms = rows.norm(norm_type, dim=1, keepdim=True)
        scales = taeda.where(norms > max_norm, max_norm / (norms + 1e-7), taeda.ones_like(norms))
        weight.detach().index_copy_(0, used, rows * scales)


def _positive_padding(padding_idx: int | None, rows: int) -> int:
    if padding_idx is None:
        return -1
    if padding_idx >= rows or padding_idx < -rows:
        raise AssertionError("Padding_idx must be within num_embeddings")
    return padding_idx if padding_idx >= 0 else rows + padding_idx


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """Rows of `weight` (V, D) at the indices `input` (*): a tensor (*, D). Row `padding_idx` gets no gradient. With
    `sparse` the gradient of `weight` is a sparse tensor of the rows that were read.

    Raises `IndexError` for an index outside the table.
    """
    if has_torch_function_variadic(input, weight):
        return take_over(embedding, 2, locals())
    check_type("embedding", "weight", weight, taeda.Tensor)
    padding = -1 if padding_idx is None else _positive_padding(padding_idx, weight.size(0))
    if max_norm is not None:
        input = input.contiguous()
        _renormalise(weight, input, max_norm, norm_type)
    if sparse and weight.requires_grad:
        from taeda.sparse.embedding import sparse_embedding

        return sparse_embedding(weight, input, padding, scale_grad_by_freq)
    if scale_grad_by_freq:
        return _embedding(weight, input, padding, scale_grad_by_freq=True)
    return _embedding(weight, input, padding)


def _bags_of_one_length(input: Any, weight: Any, mode: str, padding_idx: int | None) -> Any:
    padding = _positive_padding(padding_idx, weight.size(0))
    sums = internal.bag_sums(weight, input, padding, padding_idx is not None)
    if mode == "mean":
        counts = input.size(1) if padding_idx is None else (input != padding).sum(1, keepdim=True)
        sums = sums / (max(counts, 1) if padding_idx is None else counts.clamp_min(1))
    return sums.to(weight.dtype)


def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    """Sums, means or maxima of rows of `weight` (V, D) over bags of indices: a tensor (bags, D).

    `input` (bags, length), or (total,) with `offsets` (bags,) where each bag starts. Indices equal to `padding_idx`
    do not count. An empty bag gives zeros.
    """
    if has_torch_function_variadic(input, weight, offsets, per_sample_weights):
        return take_over(embedding_bag, 3, locals())
    for name, x in (("input", input), ("weight", weight)):
        check_type("embedding_bag", name, x, taeda.Tensor)
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the "
            f"same shape as the input ({input.shape})"
        )
    if not weight.dim() == 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}")
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {type(offsets)}"
            )
        plain = per_sample_weights is None and max_norm is None and not scale_grad_by_freq and not sparse
        if plain and mode in ("sum", "mean"):
            return _bags_of_one_length(input, weight, mode, padding_idx)
        bags, length = input.shape
        bag_of = taeda.arange(bags).unsqueeze(1).expand(bags, length).reshape(-1)
        flat = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    elif input.dim() == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
        starts = offsets[:-1] if include_last_offset else offsets
        bags = starts.size(0)
        bag_of = internal.bag_numbers(starts, input.size(0)) if bags else starts.new_empty(0)
        flat = input
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            f"embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' "
            f"(got mode='{mode}'). Please open a feature request on GitHub."
        )
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if max_norm is not None:
        _renormalise(weight, flat, max_norm, norm_type)
    if padding_idx is not None:
        kept = flat != _positive_padding(padding_idx, weight.size(0))
        flat, bag_of = flat[kept], bag_of[kept]
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights[kept]
    rows = embedding(flat, weight, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(1)
    width = weight.size(1)
    if input.dim() == 2 and padding_idx is None and mode != "max":  # bags of one length
        rows = rows.reshape(*input.shape, width)
        return rows.sum(1) / max(input.size(1), 1) if mode == "mean" else rows.sum(1)
    if mode == "max":
        index = bag_of.unsqueeze(1).expand(-1, width)
        return rows.new_zeros((bags, width)).scatter_reduce(0, index, rows, "amax", include_self=False)
    sums = rows.new_zeros((bags, width)).index_add(0, bag_of, rows)
    if mode == "sum":
        return sums
    counts = rows.new_zeros((bags,)).index_add(0, bag_of, taeda.ones_like(flat, dtype=rows.dtype))
    return sums / counts.clamp_min(1).unsqueeze(1)
