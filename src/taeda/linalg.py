"""Linear algebra: norms and products. Decompositions are not there yet."""

from __future__ import annotations

from typing import Any

import taeda
from taeda._binding import modules

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


def multi_dot(tensors: Any) -> Any:
    """The product of several matrices; the first and the last may be vectors."""
    result = tensors[0]
    for t in tensors[1:]:
        result = taeda.matmul(result, t)
    return result


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'taeda.linalg' has no attribute {name!r}: this decomposition is not there yet")
