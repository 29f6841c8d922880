"""How matrix products are written into Programs."""

from __future__ import annotations

import math
from typing import Any

from taeda.codegen.target import current
from taeda.codegen.templates import gemm
from taeda.codegen.templates.gemm_kind import kind_of
from taeda.ir.expression import make, unwrap, wrap


def ceil_div(a: Any, b: Any) -> Any:
    return wrap(make("ceildiv", unwrap(a), unwrap(b)))


def larger(a: Any, b: Any) -> Any:
    return wrap(make("max", unwrap(a), unwrap(b)))


def where(condition: Any, a: Any, b: Any) -> Any:
    return wrap(make("where", unwrap(condition), unwrap(a), unwrap(b)))


def equal(a: Any, b: Any) -> Any:
    return wrap(make("eq", unwrap(a), unwrap(b)))


def product(sizes: Any) -> Any:
    return math.prod(sizes[1:], start=sizes[0]) if len(sizes) else 1


def batch_stride(tensor: Any, dim: int, rank: int) -> Any:
    """The stride of `tensor` along dimension `dim` of `rank` batch dimensions that it is broadcast to."""
    own = dim - (rank - (tensor.ndim - 2))
    if own < 0:
        return 0
    return where(equal(tensor.size(own), 1), 0, tensor.stride(own))


def plan_matmul(b: Any, left: Any, right: Any, out: Any, *, bias: Any = None, accumulate: bool = False) -> None:
    """Launches out[..., M, N] = left[..., M, K] @ right[..., K, N] (+ bias), with batch dimensions broadcast.

    `left`, `right` and `out` are registers of the same dtype (`out` may differ for integers: int8 products
    in int32) with two dimensions or more; `out` has the broadcast batch dimensions, and its last one is contiguous.
    Strides of the others are arbitrary, so transposed and broadcast views need no copy. `bias`, of the dtype of `out`,
    has one dimension (over columns) or is broadcast to `out` in all of its dimensions but no more; it is
    added to the finished sum before that is rounded to the dtype. With `accumulate` the product is added to
    what `out` holds: the sum starts from there.

    An empty K gives zeros (or the bias). The result of each row and column is independent of all others and of the shape.
    """
    kind = kind_of(current(), left.dtype, out.dtype)
    rank = out.ndim - 2
    M, N, K = left.size(-2), right.size(-1), left.size(-1)
    integers = [M, N, K, left.stride(-2), left.stride(-1), right.stride(-2), right.stride(-1), out.stride(-2)]
    if bias is None:
        integers += [0, 0]
    else:
        integers += [_bias_stride(bias, 1), _bias_stride(bias, 0)]
    integers += [int(accumulate), int(bias is not None), rank]
    for dim in range(rank):
        bias_stride = 0 if bias is None or bias.ndim < 2 else batch_stride(bias, dim, rank)
        integers += [out.size(dim), batch_stride(left, dim, rank), batch_stride(right, dim, rank), out.stride(dim),
                     bias_stride]
    column_block = kind.column_blocks[-1][1]
    for largest, columns in reversed(kind.column_blocks[:-1]):
        column_block = where(M * N <= largest, columns, column_block)
    work = product([*(out.size(dim) for dim in range(rank)), ceil_div(M, kind.row_block) * ceil_div(N, column_block)])
    # Pieces of at least some ten microseconds; only small matrices of a batch are put together.
    grain = larger(65536 // larger(M * N * K, 1), 1) if rank else 1
    b.launch(gemm.emit_gemm, {"dtype": left.dtype, "out_dtype": out.dtype},
             [left, right, out] if bias is None else [left, right, bias, out], integers, work=work, grain=grain,
             scratch=gemm.scratch_bytes(kind))


def _bias_stride(bias: Any, from_last: int) -> Any:
    if from_last >= bias.ndim:
        return 0
    dim = bias.ndim - 1 - from_last
    return where(equal(bias.size(dim), 1), 0, bias.stride(dim))
