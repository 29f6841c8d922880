"""Rows of a table whose gradient is a sparse tensor."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.autograd import Function
from taeda.sparse.tensors import coo


class Embedding(Function):
    """weight[input], with a gradient that has a row for each index, in the order of the indices."""

    @staticmethod
    def forward(ctx: Any, weight: Any, input: Any, padding: int) -> Any:
        ctx.save_for_backward(input)
        ctx.size, ctx.padding = tuple(weight.shape), padding
        return taeda.embedding(weight, input, padding)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (input,) = ctx.saved_tensors
        index = input.reshape(-1).long()
        rows = gradients[0].reshape(index.numel(), *ctx.size[1:])
        if ctx.padding >= 0:
            kept = (index != ctx.padding).nonzero().squeeze(1)
            index, rows = index.index_select(0, kept), rows.index_select(0, kept)
        return coo(index.unsqueeze(0), rows, ctx.size), None, None


def sparse_embedding(weight: Any, input: Any, padding: int, by_frequency: bool) -> Any:
    """`nn.functional.embedding` with a sparse gradient."""
    if by_frequency:
        raise RuntimeError("embedding_backward: scale_grad_by_freq not supported with sparse gradients")
    return Embedding.apply(weight, input, padding)
