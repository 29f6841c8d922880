"""Linear algebra: norms and products. Decompositions are not there yet."""

from __future__ import annotations

from typing import Any

import taeda
from taeda._binding import modules
from taeda.functions.matrices import linalg_cross as _linalg_cross

globals().update(modules["linalg"])


def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, out: Any = None, dtype: Any = None) -> Any:
    """The norm of a vector or matrix: vector_norm for one dimension (or when neither `ord` nor `dim` is given),
    matrix_norm for two."""
    options = {"dtype": dtype} | ({"out": out} if out is not None else {})
    if ord is None:
        if dim is None:
            return modules["linalg"]["vector_norm"](A, 2, None, keepdim, **options)
        return modules["linalg"]["vector_norm"](A, 2, dim, keepdim, **options)
    if dim is None:
        if A.dim() not in (1, 2):
            raise RuntimeError(
                f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.dim()}D."
            )
        dim = (0,) if A.dim() == 1 else (0, 1)
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    if len(dims) == 1:
        return modules["linalg"]["vector_norm"](
            A, float(ord) if not isinstance(ord, str) else ord, dims, keepdim, **options
        )
    return modules["linalg"]["matrix_norm"](A, ord, dims, keepdim, **options)


def matmul(input: Any, other: Any, *, out: Any = None) -> Any:
    """taeda.matmul."""
    return taeda.matmul(input, other) if out is None else taeda.matmul(input, other, out=out)


def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """The sum of x * y along `dim`."""
    return (x * y).sum(dim)


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The diagonals of matrices."""
    return taeda.diagonal(A, offset, dim1, dim2)


cross = _linalg_cross


def matrix_power(A: Any, n: int, *, out: Any = None) -> Any:
    """The n-th power of square matrices, n not negative, by repeated squaring."""
    if A.dim() < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError("linalg.matrix_power: A must be batches of square matrices, but they are "
                           f"{' by '.join(str(k) for k in A.shape[-2:])} matrices")
    if n < 0:
        raise NotImplementedError("linalg.matrix_power: a negative power needs the inverse, which is not there yet")
    result: Any = taeda.eye(A.shape[-1], dtype=A.dtype).expand(A.shape).clone() if n == 0 else None
    square = A
    while n:
        if n & 1:
            result = square if result is None else result @ square
        n >>= 1
        square = square @ square if n else square
    if result is A:
        result = A.clone()
    return result if out is None else out.copy_(result)


def vander(x: Any, *, N: int | None = None) -> Any:
    """Vandermonde matrices: the powers 0 to N - 1 of each element, along a new last dimension."""
    count = (x.shape[-1] if x.dim() else 1) if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    x = x.reshape(1) if x.dim() == 0 else x
    powers = x.unsqueeze(-1).expand((*x.shape, count - 1))
    return taeda.cat([taeda.ones_like(powers[..., :1]), powers.cumprod(-1)], -1)


def multi_dot(tensors: Any) -> Any:
    """The product of several matrices; the first and the last may be vectors."""
    result = tensors[0]
    for t in tensors[1:]:
        result = taeda.matmul(result, t)
    return result


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'taeda.linalg' has no attribute {name!r}: this decomposition is not there yet")
