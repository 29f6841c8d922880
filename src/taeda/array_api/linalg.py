"""Products, norms and decompositions of matrices: the extension `linalg`, and what of it the namespace has itself."""

from __future__ import annotations

from typing import Any, NamedTuple

import taeda
from taeda.array_api.elementwise import both

__all__ = ["cholesky", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh", "inv", "matmul", "matrix_norm",
           "matrix_power", "matrix_rank", "matrix_transpose", "outer", "pinv", "qr", "slogdet", "solve", "svd",
           "svdvals", "tensordot", "trace", "vecdot", "vector_norm"]


class Eigh(NamedTuple):
    """Eigenvalues and eigenvectors."""

    eigenvalues: Any
    eigenvectors: Any


class QR(NamedTuple):
    """An orthogonal and an upper triangular factor."""

    Q: Any
    R: Any


class Slogdet(NamedTuple):
    """Sign and logarithm of the magnitude of a determinant."""

    sign: Any
    logabsdet: Any


class SVD(NamedTuple):
    """Left singular vectors, singular values, adjoint of the right singular vectors."""

    U: Any
    S: Any
    Vh: Any


def matmul(x1: Any, x2: Any, /) -> Any:
    """The product of matrices, or of a vector and a matrix."""
    if not x1.ndim or not x2.ndim:
        raise ValueError("matmul of an array without axes")
    return taeda.matmul(*both("matmul", x1, x2))


def matrix_transpose(x: Any, /) -> Any:
    """The last two axes exchanged."""
    if x.ndim < 2:
        raise ValueError(f"matrix_transpose of an array of {x.ndim} dimensions; at least 2 are needed")
    return x.transpose(-2, -1)


def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """The sum of products over axes: so many of the last and first ones, or those that two lists name."""
    return taeda.tensordot(*both("tensordot", x1, x2), dims=axes if isinstance(axes, int) else [list(a) for a in axes])


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """The sum over an axis of products of the first's conjugates with the second."""
    if x1.shape[axis] != x2.shape[axis]:
        raise ValueError(f"vecdot: axis {axis} has sizes {x1.shape[axis]} and {x2.shape[axis]}")
    a, b = both("vecdot", x1, x2)
    return (a.conj() * b).sum(axis, dtype=a.dtype)


def outer(x1: Any, x2: Any, /) -> Any:
    """The products of all elements of two vectors."""
    return taeda.outer(*both("outer", x1, x2))


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """The cross products of vectors of three elements."""
    a, b = both("cross", x1, x2)
    if a.shape[axis] != 3 or b.shape[axis] != 3:
        raise ValueError(f"cross: axis {axis} must have size 3, but has {a.shape[axis]} and {b.shape[axis]}")
    return taeda.linalg.cross(*taeda.broadcast_tensors(a, b), dim=axis)


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """A diagonal of each matrix."""
    return taeda.diagonal(x, offset, -2, -1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """The sum of a diagonal of each matrix."""
    from taeda.array_api.statistics import sum

    return sum(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def cholesky(x: Any, /, *, upper: Any = False) -> Any:
    """The triangular factor of Hermitian positive definite matrices."""
    return taeda.linalg.cholesky(x, upper=upper)


def det(x: Any, /) -> Any:
    """The determinant of each matrix."""
    return taeda.linalg.det(x)


def slogdet(x: Any, /) -> Slogdet:
    """Sign and logarithm of the magnitude of each determinant."""
    return Slogdet(*taeda.linalg.slogdet(x))


def eig(x: Any, /) -> Eigh:
    """Eigenvalues and eigenvectors of square matrices: complex."""
    return Eigh(*taeda.linalg.eig(x))


def eigvals(x: Any, /) -> Any:
    """Eigenvalues of square matrices: complex."""
    return taeda.linalg.eigvals(x)


def eigh(x: Any, /) -> Eigh:
    """Eigenvalues and eigenvectors of Hermitian matrices."""
    return Eigh(*taeda.linalg.eigh(x))


def eigvalsh(x: Any, /) -> Any:
    """Eigenvalues of Hermitian matrices."""
    return taeda.linalg.eigvalsh(x)


def inv(x: Any, /) -> Any:
    """The inverse of each matrix."""
    return taeda.linalg.inv(x)


def solve(x1: Any, x2: Any, /) -> Any:
    """x with x1 @ x = x2; x2 is a vector if it has one axis."""
    a, b = both("solve", x1, x2)
    if b.ndim == 1:
        return taeda.linalg.solve(a, b.unsqueeze(1).expand(*a.shape[:-2], -1, 1)).squeeze(-1)
    batch = taeda.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return taeda.linalg.solve(a.expand(*batch, *a.shape[-2:]), b.expand(*batch, *b.shape[-2:]))


def matrix_norm(x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    """A norm of each matrix."""
    return taeda.linalg.matrix_norm(x, "fro" if ord is None else ord, (-2, -1), keepdims)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    """A norm over axes, by default all."""
    if isinstance(axis, tuple) and not axis:
        return taeda.abs(x) if ord != 0 else (x != 0).to(x.real.dtype)
    return taeda.linalg.vector_norm(x, ord, axis, keepdims)


def matrix_power(x: Any, n: int, /) -> Any:
    """Square matrices multiplied by themselves."""
    return taeda.linalg.matrix_power(x, n)


def matrix_rank(x: Any, /, *, rtol: Any = None) -> Any:
    """How many singular values are above a tolerance, relative to the greatest."""
    return taeda.linalg.matrix_rank(x, rtol=rtol)


def pinv(x: Any, /, *, rtol: Any = None) -> Any:
    """The Moore-Penrose inverse of each matrix."""
    return taeda.linalg.pinv(x, rtol=rtol)


def qr(x: Any, /, *, mode: str = "reduced") -> QR:
    """An orthogonal and an upper triangular factor of each matrix."""
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode must be 'reduced' or 'complete', but got {mode!r}")
    return QR(*taeda.linalg.qr(x, mode))


def svd(x: Any, /, *, full_matrices: Any = True) -> SVD:
    """The singular value decomposition of each matrix."""
    return SVD(*taeda.linalg.svd(x, full_matrices))


def svdvals(x: Any, /) -> Any:
    """The singular values of each matrix."""
    return taeda.linalg.svdvals(x)


