"""Singular values, and what follows from them: pseudo-inverse, rank, condition."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from taeda.ir.dtype import info
from taeda.ir.expression import maximum, minimum
from taeda.ir.expression import where as where_number
from taeda.ops.creation import eye, zeros
from taeda.ops.dtypes import is_complex, real_dtype
from taeda.ops.eigenvalues import absolute_eigenvalues, eigh_factors
from taeda.ops.joining import cat
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import (
    adjoint,
    batch_size,
    batch_words,
    check_float,
    check_matrices,
    check_square,
    register_transposed,
)
from taeda.ops.norm import linalg_norm
from taeda.ops.op import Result, Sample, Tensor, TensorOrNumber, check, derived, kernel, sample
from taeda.ops.pointwise import imaginary_part, join_parts, where
from taeda.ops.pointwise import maximum as larger
from taeda.ops.solving import inverted
from taeda.ops.views import diagonal, narrow, unsqueeze

NONE, REDUCED, FULL = range(3)


def _launch(b: Any, A: Any, u: Any, s: Any, v: Any, vectors: int, name: str) -> None:
    words = f"{name}: {batch_words(A.ndim)}The algorithm failed to converge because the input matrix "
    b.method("lapack", kernel="svd", dtype=A.dtype, operands=[b.contiguous(A), u, v, s],
             integers=[*A.shape[-2:], vectors], batch=batch_size(A), side=maximum(A.shape[-2], A.shape[-1]),
             fault=("LinAlgError", words + "is ill-conditioned or has too many repeated singular values "
                    "(error code: {1})."), not_finite=("LinAlgError", words + "contained non-finite values."))


@kernel(public=False, conjugate=False)
def singular_factors(b: Any, A: Tensor, full: bool) -> tuple[Tensor, Tensor, Tensor]:
    """U, singular values, Vᴴ."""
    rows, columns = A.shape[-2:]
    k = minimum(rows, columns)
    batch = A.shape[:-2]
    u = b.alloc(A.dtype, (*batch, rows if full else k, rows))
    v = b.alloc(A.dtype, (*batch, columns, columns if full else k))
    s = b.alloc(real_dtype(A.dtype), (*batch, k))
    _launch(b, A, u, s, v, FULL if full else REDUCED, "linalg.svd")
    return register_transposed(b, u), s, register_transposed(b, v)


@singular_factors.meta
def _(A: Any, full: bool) -> tuple[Result, Result, Result]:
    batch, (rows, columns) = A.shape[:-2], A.shape[-2:]
    k = minimum(rows, columns)
    return (Result(A.dtype, (*batch, rows, rows if full else k)), Result(real_dtype(A.dtype), (*batch, k)),
            Result(A.dtype, (*batch, columns if full else k, columns)))


@singular_factors.gradient
def _(grads: Any, outputs: Any, A: Any, full: Any) -> Any:
    """U [(skew(Uᴴ G_U) / E) S + S (skew(Vᴴ G_V) / E) + diag(G_S)] Vᴴ, with skew(X) = X - Xᴴ and Eⱼₖ = Sₖ² - Sⱼ² off the
    diagonal, and what of G_U and G_V is orthogonal to U and V, divided by S."""
    u, s, vh = outputs
    by_u, by_s, by_vh = grads
    rows, columns = A.shape[-2:]
    k = minimum(rows, columns)
    if full:
        u, vh = narrow(u, -1, 0, k), narrow(vh, -2, 0, k)
        by_u = None if by_u is None else narrow(by_u, -1, 0, k)
        by_vh = None if by_vh is None else narrow(by_vh, -2, 0, k)
    row, column = unsqueeze(s, -2), unsqueeze(s, -1)
    if by_u is None and by_vh is None:
        return multiply_matrices(u * row * 0 + u * unsqueeze(by_s, -2), vh)
    one = eye(k, k, s.dtype)
    differences = where(one.ne(0), 1, (row - column) * (row + column))
    middle = 0 if by_s is None else one * unsqueeze(by_s, -1)
    outside = 0
    if by_u is not None:
        inner = multiply_matrices(adjoint(u), by_u)
        middle = middle + (inner - adjoint(inner)) / differences * row
        if is_complex(A.dtype):  # the phases of U, which those of V follow
            phases = imaginary_part(diagonal(inner, 0, A.ndim - 2, A.ndim - 1)) / s
            middle = middle + join_parts(phases * 0, phases).diag_embed()
        rest = (by_u - multiply_matrices(u, inner)) / row
        outside = multiply_matrices(rest, vh)
    if by_vh is not None:
        inner = multiply_matrices(vh, adjoint(by_vh))
        middle = middle + column * ((inner - adjoint(inner)) / differences)
        rest = (by_vh - multiply_matrices(adjoint(inner), vh)) / column
        outside = outside + multiply_matrices(u, rest)
    return multiply_matrices(u, multiply_matrices(middle, vh)) + outside


@kernel(public=False, conjugate=False)
def singular_values(b: Any, A: Tensor) -> Tensor:
    """Singular values alone; their gradient asks for the vectors."""
    none = b.alloc(A.dtype, (0,))
    s = b.alloc(real_dtype(A.dtype), (*A.shape[:-2], minimum(A.shape[-2], A.shape[-1])))
    _launch(b, A, none, s, none, NONE, "linalg.svd")
    return s


@singular_values.meta
def _(A: Any) -> Result:
    return Result(real_dtype(A.dtype), (*A.shape[:-2], minimum(A.shape[-2], A.shape[-1])))


@singular_values.gradient
def _(grad: Any, A: Any) -> Any:
    u, _, vh = singular_factors(A, False)
    return multiply_matrices(u * unsqueeze(grad, -2), vh)


def _checked(A: Any, name: str) -> Any:
    check_matrices(A, name)
    check_float(A, name)
    return A


def _no_driver(driver: Any, name: str) -> None:
    if driver is not None:
        raise RuntimeError(f"{name}: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER "
                           "backend.")


@derived(public="svd", overload="linalg", modules=("linalg",), method=False, out=True, fields=("U", "S", "Vh"))
def linalg_svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """U, S, Vᴴ with A = U diag(S) Vᴴ, S not negative and descending: (*, m, n) → (*, m, m), (*, k), (*, n, n),
    k = min(m, n). Without `full_matrices` U is (*, m, k) and Vᴴ (*, k, n).

    Raises LinAlgError for elements that are infinite or NaN.
    """
    _no_driver(driver, "torch.linalg.svd")
    return singular_factors(_checked(A, "linalg.svd"), full_matrices)


@derived(modules=("linalg",), method=False, out=True)
def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:
    """The singular values of matrices, descending: (*, m, n) → (*, min(m, n))."""
    _no_driver(driver, "torch.linalg.svdvals")
    return singular_values(_checked(A, "linalg.svd"))


@derived(out=True, fields=("U", "S", "V"))
def svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """U, S, V with input = U diag(S) Vᴴ; all of U and V where not `some`, zeros where not `compute_uv`."""
    check_matrices(input, "linalg.svd")
    check_float(input, "linalg.svd")
    if not compute_uv:
        rows, columns = input.shape[-2:]
        batch = input.shape[:-2]
        return (zeros((*batch, rows, rows), input.dtype), singular_values(input),
                zeros((*batch, columns, columns), input.dtype))
    u, s, vh = singular_factors(input, not some)
    return u, s, adjoint(vh)


# -- pseudo-inverse, rank, condition -----------------------------------------------------------------------------------


def _tolerance(A: Any, sizes: Any, atol: Any, rtol: Any) -> Any:
    """Below what the sizes (*, k) of singular values, of which the first need not be the largest, count as zero: the
    larger of atol and rtol times the largest. A tensor (*, 1)."""
    default = maximum(A.shape[-2], A.shape[-1]) * info(real_dtype(A.dtype)).eps
    if rtol is None:
        if atol is None:
            rtol = default
        else:
            rtol = (where(atol.gt(0), 0.0, atol * 0 + default) if _is_tensor(atol) else
                    where_number(atol > 0, 0.0, default))
    none = zeros((*sizes.shape[:-1], 1), sizes.dtype)  # so that there is one of matrices without elements too
    bound = cat([sizes, none], -1).amax((-1,), True) * _as_column(rtol)
    if atol is None:
        return bound
    return larger(bound, _as_column(atol)) if _is_tensor(atol) else bound.clamp_min(atol)


def _is_tensor(x: Any) -> bool:
    return hasattr(x, "dtype")


def _as_column(x: Any) -> Any:
    return unsqueeze(x, -1) if _is_tensor(x) and x.ndim else x


@derived(public=False, conjugate=False)
def pseudo_inverse(A: Tensor, atol: TensorOrNumber | None, rtol: TensorOrNumber | None, hermitian: bool) -> Tensor:
    """linalg.pinv."""
    if hermitian:
        values, vectors = eigh_factors(A, False)
        sizes = values.abs()
        inverse = where(sizes.le(_tolerance(A, sizes, atol, rtol)), 0, 1 / values)
        return multiply_matrices(vectors * unsqueeze(inverse, -2), adjoint(vectors))
    u, s, vh = singular_factors(A, False)
    inverse = where(s.le(_tolerance(A, s, atol, rtol)), 0, 1 / s)
    return multiply_matrices(adjoint(vh) * unsqueeze(inverse, -2), adjoint(u))


def pinv_gradient(grad: Any, pinv: Any, A: Any) -> Any:
    """-Pᴴ G Pᴴ + (I - A P) Gᴴ P Pᴴ + Pᴴ P Gᴴ (I - P A) for P = A⁺: Golub and Pereyra, "The differentiation of
    pseudo-inverses and nonlinear least squares problems whose variables separate", 1973."""
    pinv_h, grad_h = adjoint(pinv), adjoint(grad)
    inner = multiply_matrices(pinv_h, multiply_matrices(grad, pinv_h))
    first = multiply_matrices(multiply_matrices(grad_h, pinv), pinv_h)
    second = multiply_matrices(pinv_h, multiply_matrices(pinv, grad_h))
    return (first - multiply_matrices(A, multiply_matrices(pinv, first)) - inner
            + second - multiply_matrices(multiply_matrices(second, pinv), A))


@pseudo_inverse.gradient
def _(grad: Any, output: Any, A: Any) -> Any:
    return {"A": pinv_gradient(grad, output, A)}


def _pinv(A: Any, atol: Any, rtol: Any, hermitian: bool, name: str) -> Any:
    _checked(A, name)
    if hermitian:
        check_square(A, name)
    return pseudo_inverse(A, atol, rtol, hermitian)


@derived(modules=("linalg",), method=False, out=True)
def pinv(A: Tensor, *, atol: TensorOrNumber | None = None, rtol: TensorOrNumber | None = None,
         hermitian: bool = False) -> Tensor:
    """The pseudo-inverse of Moore and Penrose: (*, m, n) → (*, n, m).

    Singular values up to the larger of `atol` and `rtol` times the largest count as zero; by default rtol is
    max(m, n) times the precision of the dtype, or zero where atol is positive. `hermitian` says that A is, and only
    its lower triangle is read.
    """
    return _pinv(A, atol, rtol, hermitian, "linalg.pinv")


@derived(public="pinv", overload="rcond", modules=("linalg",), method=False, out=True)
def pinv_rcond(A: Tensor, rcond: TensorOrNumber, hermitian: bool = False) -> Tensor:
    """linalg.pinv with rtol = rcond."""
    return _pinv(A, None, rcond, hermitian, "linalg.pinv")


@derived
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudo-inverse: linalg.pinv."""
    return _pinv(input, None, rcond, False, "linalg.pinv")


def _rank(A: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    name = "linalg.matrix_rank"
    _checked(A, name)
    if hermitian:
        check_square(A, name)
    sizes = absolute_eigenvalues(A) if hermitian else singular_values(A)
    return sizes.gt(_tolerance(A, sizes, atol, rtol)).sum(-1)


@derived(modules=("linalg",), method=False, out=True, differentiable=False)
def matrix_rank(A: Tensor, *, atol: TensorOrNumber | None = None, rtol: TensorOrNumber | None = None,
                hermitian: bool = False) -> Tensor:
    """How many singular values are larger than the larger of `atol` and `rtol` times the largest: (*, m, n) → (*),
    int64. The defaults are those of linalg.pinv."""
    return _rank(A, atol, rtol, hermitian)


@derived(public="matrix_rank", overload="tol", modules=("linalg",), method=False, out=True, differentiable=False)
def matrix_rank_tol(A: Tensor, tol: TensorOrNumber, hermitian: bool = False) -> Tensor:
    """linalg.matrix_rank with atol = tol."""
    return _rank(A, tol, 0.0, hermitian)


@derived(modules=("linalg",), method=False, out=True)
def cond(A: Tensor, p: object = None) -> Tensor:
    """The condition number of matrices: the largest singular value over the smallest, or for another norm `p` (1, -1,
    2, -2, inf, -inf, 'fro', 'nuc') that of the matrix times that of its inverse: (*, m, n) → (*)."""
    _checked(A, "linalg.cond")
    if p in (None, 2, -2):
        s = singular_values(A)
        check(s.shape[-1] > 0, RuntimeError, "linalg.cond: matrices without elements have no condition number")
        first, last = s.select(-1, 0), s.select(-1, s.shape[-1] - 1)
        return last / first if p == -2 else first / last
    if p not in (1, -1, math.inf, -math.inf, "fro", "nuc"):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    check_square(A, "linalg.cond")
    inverse, infos = inverted(A, "")
    found = (linalg_norm(A, p, (A.ndim - 2, A.ndim - 1))
             * linalg_norm(inverse, p, (A.ndim - 2, A.ndim - 1)))
    return where(infos.ne(0), math.inf, found)


# -- samples -----------------------------------------------------------------------------------------------------------


def spread(make: Any, *shape: int) -> Any:
    """Matrices whose singular values are far apart."""
    x = make(*shape)
    wide = x.detach().new_zeros(shape[-2:])
    for k in range(min(shape[-2:])):
        wide[k, k] = 3 * (k + 1)
    return x + wide


@linalg_svd.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 3, 3))
    yield sample(spread(make, 2, 4, 3), False)
    yield sample(spread(make, 3, 5), False)


@svdvals.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 3, 4))
    yield sample(spread(make, 2, 4, 3))


@svd.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 4, 3))
    yield sample(spread(make, 3, 3), False)


@pinv.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 4, 3))
    yield sample(spread(make, 2, 3, 4), atol=0.1)
    yield sample(spread(make, 3, 4), rtol=0.1)


@pinv_rcond.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 3, 4), 1e-3)


@pinverse.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 4, 3))


@matrix_rank.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 4, 3))
    yield sample(spread(make, 2, 3, 3), atol=4.0)
    yield sample(spread(make, 3, 4), rtol=0.5)


@matrix_rank_tol.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 4, 3), 4.0)


@cond.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(spread(make, 4, 3))
    for p in (-2, 1, math.inf, "fro"):
        yield sample(spread(make, 2, 3, 3), p)
