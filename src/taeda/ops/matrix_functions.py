"""LDL factors of symmetric matrices that need not be positive-definite, least squares, exponentials of matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum, minimum
from taeda.ops.creation import zeros
from taeda.ops.dtypes import real_dtype
from taeda.ops.joining import cat
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import (
    adjoint,
    batch_size,
    batch_words,
    broadcast_batches,
    check_float,
    check_matrices,
    check_square,
    check_square_float,
    columnwise,
    register_transposed,
)
from taeda.ops.op import Number, Result, Sample, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import compute, convert
from taeda.ops.svd import pinv_gradient, pseudo_inverse
from taeda.ops.views import expand, narrow

# -- LDL ---------------------------------------------------------------------------------------------------------------


@kernel(public=False, differentiable=False)
def ldl_factors(b: Any, A: Tensor, hermitian: bool, raising: str) -> tuple[Tensor, Tensor, Tensor]:
    """L and D in one matrix, pivots, and for each matrix 0 or the first zero in D."""
    n = A.shape[-1]
    columnwise, pivots = b.alloc(A.dtype, A.shape), b.alloc("int32", A.shape[:-1])
    infos = b.alloc("int32", A.shape[:-2])
    b.method("lapack", kernel="ldl", dtype=A.dtype, operands=[b.contiguous(A), columnwise, pivots, infos],
             integers=[n, int(hermitian and A.dtype.startswith("complex")), int(bool(raising))], batch=batch_size(A),
             side=n, fault=("LinAlgError", f"{raising}: {batch_words(A.ndim)}The factorization could not be completed "
                            "because the element {1} of the diagonal block D is zero.") if raising else None)
    return register_transposed(b, columnwise), pivots, infos


@ldl_factors.meta
def _(A: Any, hermitian: bool, raising: str) -> tuple[Result, Result, Result]:
    return Result(A.dtype, A.shape), Result("int32", A.shape[:-1]), Result("int32", A.shape[:-2])


@derived(modules=("linalg",), method=False, out=True, fields=("LD", "pivots", "info"), differentiable=False)
def ldl_factor_ex(A: Tensor, *, hermitian: bool = False, check_errors: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    """linalg.ldl_factor, and for each matrix 0 or the first zero in D, from 1 (int32)."""
    name = "torch.linalg.ldl_factor_ex"
    return ldl_factors(check_square_float(A, name), hermitian, name if check_errors else "")


@derived(modules=("linalg",), method=False, out=True, fields=("LD", "pivots"), differentiable=False)
def ldl_factor(A: Tensor, *, hermitian: bool = False) -> tuple[Tensor, Tensor]:
    """L and D in one matrix, of symmetric (`hermitian`: Hermitian) matrices A = L D Lᵀ, and the exchanges of rows, as
    LAPACK gives them: (*, n, n) → (*, n, n), (*, n). Only the lower triangle is read."""
    name = "torch.linalg.ldl_factor_ex"
    return ldl_factors(check_square_float(A, name), hermitian, name)[:2]


@kernel(public=False)
def solved_with_ldl(b: Any, LD: Tensor, pivots: Tensor, B: Tensor, hermitian: bool) -> Tensor:
    """X with L D Lᵀ X = B. Batches are the same."""
    out = b.alloc(B.dtype, B.shape)
    n, other = B.shape[-2:]
    b.method("lapack", kernel="ldl_solve", dtype=B.dtype,
             operands=[b.contiguous(register_transposed(b, LD)), b.contiguous(pivots), b.contiguous(B), out],
             integers=[n, other, int(hermitian and B.dtype.startswith("complex"))], batch=batch_size(B), side=n,
             fault=("RuntimeError", "linalg.ldl_solve: the pivots are not those of ldl_factor"))
    return out


@solved_with_ldl.meta
def _(LD: Any, pivots: Any, B: Any, hermitian: bool) -> Result:
    return Result(B.dtype, B.shape)


@derived(modules=("linalg",), method=False, out=True, differentiable=False)
def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False) -> Tensor:
    """X with A X = B from the LDL factors of A: (*, n, n), (*, n), (*, n, k) → (*, n, k)."""
    name = "torch.linalg.ldl_solve"
    check_square(LD, name, "LD")
    check_float(LD, name)
    check_matrices(B, name, "B")
    if pivots.dtype != "int32":
        raise RuntimeError(f"{name}: Expected pivots to be integers (int32). Got {pivots.dtype}")
    if LD.dtype != B.dtype:
        raise RuntimeError(f"{name}: LD dtype {LD.dtype} does not match b dtype {B.dtype}")
    check(LD.shape[-2] == B.shape[-2], RuntimeError,
          "linalg.ldl_solve: Incompatible shapes of A and B for the equation AX = B ({0}x{1} and {2}x{3})",
          LD.shape[-2], LD.shape[-1], B.shape[-2], B.shape[-1])
    check(pivots.shape[-1] == LD.shape[-1], RuntimeError,
          f"{name}: Expected LD.shape[:-1] and pivots.shape to be the same")
    factors, side = broadcast_batches(LD, B)
    return columnwise(
        solved_with_ldl(factors, expand(pivots, (*side.shape[:-2], pivots.shape[-1])), side, hermitian))


# -- least squares -----------------------------------------------------------------------------------------------------

DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


@kernel(public=False, conjugate=False, differentiable=(True, False, False))
def least_squares(b: Any, A: Tensor, B: Tensor, rcond: Number, driver: str) -> tuple[Tensor, Tensor, Tensor]:
    """The solution, ranks and singular values. Batches are the same."""
    rows, columns, other = A.shape[-2], A.shape[-1], B.shape[-1]
    batch, k = A.shape[:-2], minimum(A.shape[-2], A.shape[-1])
    solution = b.alloc(A.dtype, (*batch, columns, other))
    ranks = b.alloc("int64", batch)
    values = b.alloc(real_dtype(A.dtype), (*batch, k))
    b.fill(values, 0)
    b.method("lapack", kernel="lstsq", dtype=A.dtype,
             operands=[b.contiguous(A), b.contiguous(B), solution, ranks, values],
             integers=[rows, columns, other, DRIVERS.index(driver)], scalars=[rcond], batch=batch_size(A),
             side=maximum(maximum(rows, columns), other),
             fault=("LinAlgError", f"torch.linalg.lstsq: {batch_words(A.ndim)}The least squares solution could not be "
                    "computed because the input matrix does not have full rank (error code: {1})."))
    return solution, ranks, values


@least_squares.meta
def _(A: Any, B: Any, rcond: Any, driver: str) -> tuple[Result, ...]:
    batch, k = A.shape[:-2], minimum(A.shape[-2], A.shape[-1])
    return (Result(A.dtype, (*batch, A.shape[-1], B.shape[-1])),
            Result("int64", batch), Result(real_dtype(A.dtype), (*batch, k)))


@least_squares.gradient
def _(grads: Any, A: Any, B: Any) -> Any:
    """That of A⁺ B."""
    pinv = pseudo_inverse(A, None, None, False)
    by_pinv = multiply_matrices(grads[0], adjoint(B))
    return pinv_gradient(by_pinv, pinv, A), multiply_matrices(adjoint(pinv), grads[0])


# -- the exponential ---------------------------------------------------------------------------------------------------


@kernel(public=False, conjugate=False)
def matrix_exponential(b: Any, input: Tensor) -> Tensor:
    """The exponential of square matrices."""
    out, n = b.alloc(input.dtype, input.shape), input.shape[-1]
    b.method("lapack", kernel="matrix_exp", dtype=input.dtype, operands=[b.contiguous(input), out], integers=[n],
             batch=batch_size(input), side=n)
    return out


@matrix_exponential.meta
def _(input: Any) -> Result:
    return Result(input.dtype, input.shape)


@matrix_exponential.gradient
def _(grad: Any, input: Any) -> Any:
    """The upper right block of the exponential of [[Aᴴ, G], [0, Aᴴ]]: Mathias, "A chain rule for matrix functions",
    1996."""
    a = adjoint(input)
    n = input.shape[-1]
    block = cat([cat([a, grad], -1), cat([zeros(input.shape, input.dtype), a], -1)], -2)
    return narrow(narrow(matrix_exponential(block), -2, 0, n), -1, n, n)


def _exponential(A: Any) -> Any:
    check_square(A, "linalg.matrix_exp")
    wide = compute(A)  # PyTorch has 16-bit floats here
    check_float(wide, "linalg.matrix_exp")
    return convert(matrix_exponential(wide), A.dtype)


@derived(modules=("linalg",), overload="linalg", public="matrix_exp", method=False)
def linalg_matrix_exp(A: Tensor) -> Tensor:
    """The exponential of square matrices, I + A + A² / 2 + ...: (*, n, n) → (*, n, n)."""
    return _exponential(A)


@derived
def matrix_exp(input: Tensor) -> Tensor:
    """The exponential of square matrices: linalg.matrix_exp."""
    return _exponential(input)


# -- samples -----------------------------------------------------------------------------------------------------------


def _symmetric(make: Any, *shape: int) -> Any:
    x = make(*shape).detach()
    return x + x.mT


for _op in (ldl_factor, ldl_factor_ex):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(_symmetric(make, 4, 4))
        yield sample(_symmetric(make, 2, 3, 3))


@ldl_solve.samples
def _(make: Any) -> Iterator[Sample]:
    factors = make(3, 3).detach().tril()
    yield sample(factors + 3 * factors.new_ones(3).diag_embed(),
                 make(3, dtype="int32", low=3, high=4).detach(), make(3, 2).detach())


for _op in (matrix_exp, linalg_matrix_exp):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 3))
        yield sample(make(2, 3, 3) * 2)
