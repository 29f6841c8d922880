"""Eigenvalues and eigenvectors of symmetric (Hermitian) matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.creation import eye
from taeda.ops.dtypes import real_dtype
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import adjoint, batch_size, batch_words, check_square_float, register_transposed
from taeda.ops.op import Result, Sample, Tensor, derived, kernel, sample
from taeda.ops.pointwise import where
from taeda.ops.views import unsqueeze


def _launch(b: Any, A: Any, values: Any, columnwise: Any, upper: bool, vectors: bool, name: str) -> None:
    n = A.shape[-1]
    b.method("lapack", kernel="eigh", dtype=A.dtype, operands=[b.contiguous(A), values, columnwise],
             integers=[n, int(upper), int(vectors)], batch=batch_size(A), side=n,
             fault=("LinAlgError", f"{name}: {batch_words(A.ndim)}The algorithm failed to converge because the input "
                    "matrix is ill-conditioned or has too many repeated eigenvalues (error code: {1})."))


@kernel(public=False, conjugate=False)
def eigh_factors(b: Any, A: Tensor, upper: bool) -> tuple[Tensor, Tensor]:
    """Eigenvalues, ascending, and eigenvectors as columns, of the matrix that has this triangle."""
    values = b.alloc(real_dtype(A.dtype), A.shape[:-1])
    columnwise = b.alloc(A.dtype, A.shape)
    _launch(b, A, values, columnwise, upper, True, "linalg.eigh")
    return values, register_transposed(b, columnwise)


@eigh_factors.meta
def _(A: Any, upper: bool) -> tuple[Result, Result]:
    return Result(real_dtype(A.dtype), A.shape[:-1]), Result(A.dtype, A.shape)


@eigh_factors.gradient
def _(grads: Any, outputs: Any, A: Any) -> Any:
    """V (diag(G_L) + skew(Vᴴ G_V) / E) Vᴴ with skew(X) = (X - Xᴴ) / 2 and Eⱼₖ = Lₖ - Lⱼ off the diagonal."""
    values, vectors = outputs
    by_values, by_vectors = grads
    if by_vectors is None:
        return multiply_matrices(vectors * unsqueeze(by_values, -2), adjoint(vectors))
    n = A.shape[-1]
    one = eye(n, n, values.dtype).ne(0)
    differences = where(one, 1, unsqueeze(values, -2) - unsqueeze(values, -1))
    diagonal = 0 if by_values is None else unsqueeze(by_values, -1)
    inner = multiply_matrices(adjoint(vectors), by_vectors)
    middle = where(one, diagonal, (inner - adjoint(inner)) * 0.5 / differences)
    return multiply_matrices(vectors, multiply_matrices(middle, adjoint(vectors)))


@kernel(public=False, conjugate=False)
def eigh_values(b: Any, A: Tensor, upper: bool) -> Tensor:
    """Eigenvalues alone; their gradient asks for the vectors."""
    values = b.alloc(real_dtype(A.dtype), A.shape[:-1])
    _launch(b, A, values, b.alloc(A.dtype, (0,)), upper, False, "linalg.eigvalsh")
    return values


@eigh_values.meta
def _(A: Any, upper: bool) -> Result:
    return Result(real_dtype(A.dtype), A.shape[:-1])


@eigh_values.gradient
def _(grad: Any, A: Any, upper: Any) -> Any:
    vectors = eigh_factors(A, upper)[1]
    return multiply_matrices(vectors * unsqueeze(grad, -2), adjoint(vectors))


def absolute_eigenvalues(A: Any) -> Any:
    """Of a Hermitian matrix: its singular values, in another order."""
    return eigh_values(A, False).abs()


def _upper(A: Any, UPLO: str, name: str) -> bool:
    check_square_float(A, name)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return UPLO.upper() == "U"


@derived(modules=("linalg",), method=False, out=True, fields=("eigenvalues", "eigenvectors"))
def eigh(A: Tensor, UPLO: str = "L") -> tuple[Tensor, Tensor]:
    """Eigenvalues, ascending, and eigenvectors, as columns, of symmetric (Hermitian) matrices: (*, n, n) → (*, n),
    (*, n, n). Only the triangle that `UPLO` names is read, 'L' or 'U'."""
    return eigh_factors(A, _upper(A, UPLO, "linalg.eigh"))


@derived(modules=("linalg",), method=False, out=True)
def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric (Hermitian) matrices, ascending: (*, n, n) → (*, n). See linalg.eigh."""
    return eigh_values(A, _upper(A, UPLO, "linalg.eigvalsh"))


def _symmetric(make: Any, *shape: int) -> Any:
    """Whose eigenvalues are far apart."""
    x = make(*shape)
    wide = x.detach().new_zeros(shape[-2:])
    for k in range(shape[-1]):
        wide[k, k] = 4 * k - 5
    return x + x.mT + wide


@eigh.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_symmetric(make, 3, 3))
    yield sample(_symmetric(make, 2, 4, 4), "U")


@eigvalsh.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_symmetric(make, 3, 3))
    yield sample(_symmetric(make, 2, 3, 3), "U")
