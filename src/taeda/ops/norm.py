"""Norms of vectors and matrices."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from taeda.ops import dtypes
from taeda.ops.matrices import check_matrices
from taeda.ops.op import Dims, DType, Sample, Tensor, check, derived, sample
from taeda.ops.pointwise import compute, convert, where
from taeda.ops.power import power
from taeda.ops.reduction import (
    check_not_empty,
    reduce_max,
    reduce_min,
    reduce_sum,
    restore,
)
from taeda.ops.views import as_tuple, permute, slice_along, unsqueeze, wrap_dim, wrap_dims


@derived(public=False)
def p_norm(input: Tensor, dims: tuple[int, ...], order: object) -> Tensor:
    """sum(|input|**order)**(1/order) with the dimensions kept; `order` is not 0 or infinite."""
    x = compute(input)
    if not dims:
        return convert(x.abs(), input.dtype)
    if order == 2:
        return convert(reduce_sum(x * x, dims).sqrt(), input.dtype)
    if order == 1:
        return convert(reduce_sum(x.abs(), dims), input.dtype)
    p: Any = order
    return convert(power(reduce_sum(power(x.abs(), float(p)), dims), 1 / float(p)), input.dtype)


@p_norm.gradient
def _(grad: Any, input: Any, order: Any, output: Any) -> Any:
    if order == 1:
        return grad * input.sign()
    if order == 2:
        return where(output.eq(0), 0, grad * (input / output))
    slope = input.sign() * power(input.abs() / output, float(order) - 1)
    return where(output.eq(0), 0, where(input.eq(0), 0, grad * slope) if order < 1 else grad * slope)


@derived(modules=("linalg",), method=False, out=True)
def vector_norm(input: Tensor, ord: object = 2, dim: Dims | None = None, keepdim: bool = False, *,
                dtype: DType | None = None) -> Tensor:
    """The norm of order `ord` over `dim` (all dimensions by default): a number, or plus or minus infinity.

    Order 0 counts the elements that are not 0. Raises RuntimeError for integers.
    """
    x = convert(input, dtype or input.dtype)
    if dtypes.is_integer(x.dtype):
        raise RuntimeError("linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
                           f"{dtypes.torch_kernel_name(x.dtype)}")
    dims = wrap_dims(dim, x.ndim)
    x = x.abs() if x.dtype in dtypes.COMPLEX else x
    if ord == 0:
        return restore(
            convert(x.ne(0), x.dtype) if not dims else reduce_sum(convert(x.ne(0), x.dtype), dims), dims, keepdim
        )
    if ord in (math.inf, -math.inf):
        check_not_empty(x, dim, dims, "linalg.vector_norm")
        return restore((reduce_max if ord > 0 else reduce_min)(x.abs(), dims) if dims else x.abs(), dims, keepdim)
    return restore(p_norm(x, dims, ord), dims, keepdim)


@vector_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    for order in (1, 3, 0.5, math.inf, -math.inf, 0):
        yield sample(make(3, 4), order, 1)
    yield sample(make(3, 4, 2), 2, (0, 2), True)


@derived(modules=("linalg",), method=False, out=True)
def matrix_norm(input: Tensor, ord: object = "fro", dim: Dims = (-2, -1), keepdim: bool = False, *,
                dtype: DType | None = None) -> Tensor:
    """The norm of matrices: 'fro'; 1, -1, inf, -inf, the extreme sums of columns or rows; 2, -2, the extreme singular
    values, and 'nuc', the sum of all."""
    x = convert(input, dtype or input.dtype)
    check_matrices(x, "linalg.matrix_norm")
    if dtypes.is_integer(x.dtype):
        raise RuntimeError("linalg.matrix_norm: Expected a floating point or complex tensor as input. Got "
                           f"{dtypes.torch_kernel_name(x.dtype)}")
    rows, columns = (wrap_dim(d, x.ndim) for d in as_tuple(dim))
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({', '.join(map(str, as_tuple(dim)))})")
    both = tuple(sorted((rows, columns)))
    size = x.abs() if x.dtype in dtypes.COMPLEX else x
    if ord == "fro":
        return restore(p_norm(size, both, 2), both, keepdim)
    if ord in (1, -1, math.inf, -math.inf):
        summed, other = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = reduce_sum(size.abs(), (summed,))
        return restore((reduce_max if ord > 0 else reduce_min)(sums, (other,)), both, keepdim)
    if ord not in (2, -2, "nuc"):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    from taeda.ops.svd import singular_values  # which knows norms

    values = singular_values(permute(x, (*(d for d in range(x.ndim) if d not in both), rows, columns)))
    last = values.ndim - 1
    if ord == "nuc":
        found = reduce_sum(values, (last,))
    else:
        check(values.shape[last] > 0, IndexError,
              "linalg.matrix_norm: Expected reduction dim to be specified for matrices without elements")
        found = slice_along(values, last, 0 if ord == 2 else values.shape[last] - 1,
                            1 if ord == 2 else values.shape[last], 1)
    found = restore(found, (last,), False)
    for d in both if keepdim else ():
        found = unsqueeze(found, d)
    return found


@matrix_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(2, 3, 4), 1)
    yield sample(make(2, 3, 4), -math.inf, (0, 2), True)
    yield sample(make(2, 3, 4), "nuc")
    yield sample(make(2, 3, 4), 2, (2, 0))
    yield sample(make(2, 3, 4), -2, (0, 1), True)


@derived
def norm(
    input: Tensor, p: object = "fro", dim: Dims | None = None, keepdim: bool = False, dtype: DType | None = None
) -> Tensor:
    """The norm of order `p` ('fro': 2) over `dim`, all dimensions by default."""
    if p == "nuc":
        if dim is None and input.ndim != 2:
            raise RuntimeError("matrix_norm(): input must be 2-D for the nuclear norm of all dimensions, got "
                               f"{input.ndim}-D")
        return matrix_norm(input, "nuc", (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"unsupported norm: {p!r}")
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


@norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 3, 1)
    yield sample(make(3, 4), 1, 0, True)


@derived(modules=("nn.functional",), method=False, out=True)
def normalize(input: Tensor, p: object = 2.0, dim: Dims = 1, eps: float = 1e-12) -> Tensor:
    """`input` divided by its norm over `dim`, which is taken as eps where it is smaller."""
    size = vector_norm(input, p, dim, True)
    return input / size.clamp_min(eps).expand(input.shape)


@normalize.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 1.0, 0)


@derived(public="norm", overload="linalg", modules=("linalg",), method=False, out=True)
def linalg_norm(A: Tensor, ord: object = None, dim: Dims | None = None, keepdim: bool = False, *,
                dtype: DType | None = None) -> Tensor:
    """The norm of a vector or matrix: vector_norm for one dimension (or when neither `ord` nor `dim` is given),
    matrix_norm for two."""
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if dim is None:
        if A.ndim not in (1, 2):
            raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
                               f"{A.ndim}D.")
        dim = (0,) if A.ndim == 1 else (0, 1)
    dims = as_tuple(dim)
    if len(dims) == 1:
        if isinstance(ord, str):
            raise RuntimeError(f"linalg.vector_norm of order {ord!r}: a number was expected")
        return vector_norm(A, ord, dims, keepdim, dtype=dtype)
    return matrix_norm(A, ord, dims, keepdim, dtype=dtype)


@linalg_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 1)
    yield sample(make(2, 3, 4), 3, 1)
    yield sample(make(2, 3, 4), "fro", (0, 2), True)
