"""Eigenvalues and eigenvectors: of symmetric (Hermitian) matrices, and of any square ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.dtype import COMPLEX, COMPLEX_OF
from taeda.ops.creation import eye
from taeda.ops.dtypes import real_dtype
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import adjoint, batch_size, batch_words, check_square_float, register_transposed
from taeda.ops.op import Result, Sample, Tensor, derived, kernel, sample
from taeda.ops.pointwise import conj_physical, real_part, where
from taeda.ops.solving import solved
from taeda.ops.views import diagonal, unsqueeze

_DIVERGED = ("The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated "
             "eigenvalues (error code: {1}).")

# -- symmetric ---------------------------------------------------------------------------------------------------------


def _launch(b: Any, A: Any, values: Any, columnwise: Any, upper: bool, vectors: bool, name: str) -> None:
    n = A.shape[-1]
    b.method("lapack", kernel="eigh", dtype=A.dtype, operands=[b.contiguous(A), values, columnwise],
             integers=[n, int(upper), int(vectors)], batch=batch_size(A), side=n,
             fault=("LinAlgError", f"{name}: {batch_words(A.ndim)}{_DIVERGED}"))


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


# -- any square matrices -----------------------------------------------------------------------------------------------


def _launch_general(b: Any, A: Any, values: Any, columnwise: Any, vectors: bool, name: str) -> None:
    n = A.shape[-1]
    b.method("lapack", kernel="eig", dtype=A.dtype, operands=[b.contiguous(A), values, columnwise],
             integers=[n, int(vectors)], batch=batch_size(A), side=n,
             fault=("LinAlgError", f"{name}: {batch_words(A.ndim)}{_DIVERGED}"),
             not_finite=("RuntimeError", f"torch.{name}: input tensor should not contain infs or NaNs."))


def _complex(A: Any) -> str:
    return A.dtype if A.dtype in COMPLEX else COMPLEX_OF[A.dtype]


@kernel(public=False, conjugate=False)
def eig_factors(b: Any, A: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues, in LAPACK's order, and eigenvectors of length 1 as columns; complex."""
    values = b.alloc(_complex(A), A.shape[:-1])
    columnwise = b.alloc(_complex(A), A.shape)
    _launch_general(b, A, values, columnwise, True, "linalg.eig")
    return values, register_transposed(b, columnwise)


@eig_factors.meta
def _(A: Any) -> tuple[Result, Result]:
    return Result(_complex(A), A.shape[:-1]), Result(_complex(A), A.shape)


@eig_factors.gradient
def _(grads: Any, outputs: Any, A: Any) -> Any:
    """V⁻ᴴ (diag(G_L) + (Vᴴ G_V - VᴴV Re diag(Vᴴ G_V)) / E) Vᴴ with Eⱼₖ = conj(Lₖ - Lⱼ) off the diagonal.

    The second term of the numerator takes out what would change the length of a vector; that a loss does not depend on
    its phase, which is arbitrary, is the caller's affair.
    """
    values, vectors = outputs
    by_values, by_vectors = grads
    if by_vectors is None:
        return _from_eigenbasis(A, vectors, by_values, True)
    n = A.shape[-1]
    one = eye(n, n, real_dtype(values.dtype)).ne(0)
    differences = where(one, 1, conj_physical(unsqueeze(values, -2) - unsqueeze(values, -1)))
    inner = multiply_matrices(adjoint(vectors), by_vectors)
    lengths = unsqueeze(real_part(diagonal(inner, 0, -2, -1)), -2)
    turned = (inner - multiply_matrices(adjoint(vectors), vectors) * lengths) / differences
    on_diagonal = 0 if by_values is None else unsqueeze(by_values, -1)
    return _from_eigenbasis(A, vectors, where(one, on_diagonal, turned), False)


def _from_eigenbasis(A: Any, vectors: Any, middle: Any, diagonal: bool) -> Any:
    """V⁻ᴴ middle Vᴴ, a gradient by A: its real part where A is real."""
    rows = adjoint(vectors)
    product = unsqueeze(middle, -1) * rows if diagonal else multiply_matrices(middle, rows)
    found = solved(rows, product, True, "linalg.eig_backward")[0]
    return found if A.dtype in COMPLEX else real_part(found)


@kernel(public=False, conjugate=False)
def eig_values(b: Any, A: Tensor) -> Tensor:
    """Eigenvalues alone; their gradient asks for the vectors."""
    values = b.alloc(_complex(A), A.shape[:-1])
    _launch_general(b, A, values, b.alloc(_complex(A), (0,)), False, "linalg.eigvals")
    return values


@eig_values.meta
def _(A: Any) -> Result:
    return Result(_complex(A), A.shape[:-1])


@eig_values.gradient
def _(grad: Any, A: Any) -> Any:
    return _from_eigenbasis(A, eig_factors(A)[1], grad, True)


@derived(modules=("linalg",), method=False, out=True, fields=("eigenvalues", "eigenvectors"))
def eig(A: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues, in no certain order, and eigenvectors, as columns of length 1, of square matrices:
    (*, n, n) → (*, n), (*, n, n), complex. A gradient through vectors is defined only where the loss does not depend
    on their phases, and where no two eigenvalues are equal. For symmetric matrices see linalg.eigh."""
    return eig_factors(check_square_float(A, "linalg.eig"))


@derived(modules=("linalg",), method=False, out=True)
def eigvals(A: Tensor) -> Tensor:
    """The eigenvalues of square matrices, complex and in no certain order: (*, n, n) → (*, n)."""
    return eig_values(check_square_float(A, "linalg.eigvals"))


# -- samples -----------------------------------------------------------------------------------------------------------


def _diagonal(x: Any) -> Any:
    """A diagonal matrix whose elements are far apart."""
    wide = x.detach().new_zeros(x.shape[-2:])
    for k in range(x.shape[-1]):
        wide[k, k] = 4 * k - 5
    return wide


def _symmetric(make: Any, *shape: int) -> Any:
    """Whose eigenvalues are far apart."""
    x = make(*shape)
    return x + x.mT + _diagonal(x)


@eigh.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_symmetric(make, 3, 3))
    yield sample(_symmetric(make, 2, 4, 4), "U")


@eigvalsh.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_symmetric(make, 3, 3))
    yield sample(_symmetric(make, 2, 3, 3), "U")


def _far_apart(make: Any, *shape: int) -> Any:
    """Whose eigenvalues are real and far apart."""
    x = make(*shape)
    return x * 0.5 + _diagonal(x)


@eig.samples
def _(make: Any) -> Iterator[Sample]:
    # Arbitrary weights of vectors, as tests use them, have no gradient: see the tests of eigenvalues.
    yield sample(_far_apart(make, 3, 3).detach())
    yield sample(_far_apart(make, 2, 4, 4).detach())


@eigvals.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_far_apart(make, 3, 3))
    yield sample(_far_apart(make, 2, 3, 3))
