"""LU factors of matrices with pivoting of rows, and systems solved with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import minimum
from taeda.ops.arranging import tril, triu
from taeda.ops.creation import arange, eye, zeros
from taeda.ops.joining import cat
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import (
    adjoint,
    batch_size,
    batch_words,
    broadcast_batches,
    check_equation,
    check_float,
    check_matrices,
    check_same_dtype,
    check_square,
    columnwise,
    register_transposed,
    transposed,
)
from taeda.ops.op import Result, Sample, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import contiguous, convert
from taeda.ops.triangular import by_matrix, solved_triangular
from taeda.ops.views import expand, narrow, unsqueeze

_FAILED = ("U[{1},{1}] is zero and using it on lu_solve would result in a division by zero. If you still want to "
           "perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)")
_PIVOTS = ("RuntimeError", "Pivots given to {name} must all be greater or equal to 1. Did you properly pass the result "
           "of lu_factor? (they name a row below the last, {{1}}, or no row)")


@kernel(public=False, conjugate=False, differentiable=(True, False, False))
def lu_factors(b: Any, input: Tensor, raising: str) -> tuple[Tensor, Tensor, Tensor]:
    """L (below the diagonal, which is one) and U (above) of the matrix with exchanged rows, the exchanges, and for each
    matrix 0 or the first zero on the diagonal of U."""
    rows, columns = input.shape[-2:]
    columnwise = b.alloc(input.dtype, (*input.shape[:-2], columns, rows))
    pivots = b.alloc("int32", (*input.shape[:-2], minimum(rows, columns)))
    infos = b.alloc("int32", input.shape[:-2])
    b.method("lapack", kernel="lu", dtype=input.dtype, operands=[b.contiguous(input), columnwise, pivots, infos],
             integers=[rows, columns, 1, int(bool(raising))], batch=batch_size(input), side=_longer(rows, columns),
             fault=("RuntimeError", f"{raising}: {batch_words(input.ndim)}{_FAILED}") if raising else None)
    return register_transposed(b, columnwise), pivots, infos


def _longer(rows: Any, columns: Any) -> Any:
    return rows + columns - minimum(rows, columns)


@lu_factors.meta
def _(input: Any, raising: str) -> tuple[Result, Result, Result]:
    batch, (rows, columns) = input.shape[:-2], input.shape[-2:]
    return (Result(input.dtype, input.shape), Result("int32", (*batch, minimum(rows, columns))),
            Result("int32", batch))


def _block(x: Any, row: Any, rows: Any, column: Any, columns: Any) -> Any:
    return narrow(narrow(x, -2, row, rows), -1, column, columns)


@lu_factors.gradient
def _(grads: Any, outputs: Any, input: Any) -> Any:
    """With P A = [L₁; L₂] [U₁, U₂], L₁ and U₁ square: the square block of the gradient of P A is
    L₁⁻ᴴ (tril(L₁ᴴ G_L₁ - G_U₂ U₂ᴴ, -1) + triu(G_U₁ U₁ᴴ - L₂ᴴ G_L₂)) U₁⁻ᴴ; the blocks beside it are L₁⁻ᴴ G_U₂ and
    G_L₂ U₁⁻ᴴ."""
    factors, pivots, grad = outputs[0], outputs[1], grads[0]
    rows, columns = input.shape[-2:]
    k = minimum(rows, columns)
    below, beside = rows - k, columns - k
    square, by_square = _block(factors, 0, k, 0, k), _block(grad, 0, k, 0, k)
    lower, upper = _unit_lower(square), triu(square)
    lower_rest, by_lower_rest = _block(factors, k, below, 0, k), _block(grad, k, below, 0, k)
    upper_rest, by_upper_rest = _block(factors, 0, k, k, beside), _block(grad, 0, k, k, beside)
    from_lower = (multiply_matrices(adjoint(lower), tril(by_square, -1))
                  - multiply_matrices(by_upper_rest, adjoint(upper_rest)))
    from_upper = (multiply_matrices(triu(by_square), adjoint(upper))
                  - multiply_matrices(adjoint(lower_rest), by_lower_rest))
    middle = tril(from_lower, -1) + triu(from_upper)
    middle = solved_triangular(upper, middle, True, False, False, True)
    middle = solved_triangular(lower, middle, False, True, True, True)
    left = cat([middle, solved_triangular(upper, by_lower_rest, True, False, False, True)], -2)
    corner = zeros((*input.shape[:-2], below, beside), input.dtype)
    right = cat([solved_triangular(lower, by_upper_rest, False, True, True, True), corner], -2)
    return multiply_matrices(permutation_matrix(pivots, rows, input.dtype), cat([left, right], -1))


def _unit_lower(square: Any) -> Any:
    n = square.shape[-1]
    return tril(square, -1) + eye(n, n, square.dtype)


# -- exchanges of rows -------------------------------------------------------------------------------------------------


@kernel(public=False, differentiable=False)
def permutation_of(b: Any, pivots: Tensor, like: Tensor) -> Tensor:
    """The rows, int64, in the order that exchanging row k with row pivots[k] (from 1) gives, one after the other; as
    many as `like` (*, rows, ...) has."""
    out = b.alloc("int64", (*pivots.shape[:-1], like.shape[-2]))
    b.method("lapack", kernel="permutation", dtype="float32", operands=[b.contiguous(pivots), out],
             integers=[pivots.shape[-1], like.shape[-2]], batch=batch_size_of_vectors(pivots), side=1,
             fault=(_PIVOTS[0], _PIVOTS[1].format(name="lu_unpack")))
    return out


def batch_size_of_vectors(x: Any) -> Any:
    from taeda.ir.expression import product

    return product(x.shape[:-1])


@permutation_of.meta
def _(pivots: Any, like: Any) -> Result:
    return Result("int64", (*pivots.shape[:-1], like.shape[-2]))


def permutation_matrix(pivots: Any, rows: Any, dtype: str) -> Any:
    """P with A = P L U."""
    like = zeros((rows, 1), "bool")
    order = permutation_of(pivots, like)
    numbers = unsqueeze(arange(0, 1, rows, "int64"), -1)
    return convert(numbers.eq(unsqueeze(order, -2)), dtype)


@derived(out=True, fields=("P", "L", "U"), differentiable=(False, True, True))
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True,
              unpack_pivots: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """P, L, U with A = P L U, of what lu_factor gives: (*, m, n) → (*, m, m), (*, m, k), (*, k, n), k = min(m, n).
    What is not unpacked is empty."""
    if LU_pivots.dtype != "int32" and unpack_pivots:
        raise RuntimeError("torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
                           "Note: this function is intended to be used with the output produced by "
                           "torch.linalg.lu_factor")
    check_matrices(LU_data, "torch.lu_unpack", "LU_data")
    rows = LU_data.shape[-2]
    empty = zeros((0,), LU_data.dtype)
    lower, upper = _triangles(LU_data) if unpack_data else (empty, empty)
    return (permutation_matrix(LU_pivots, rows, LU_data.dtype) if unpack_pivots else empty), lower, upper


def _triangles(factors: Any) -> tuple[Any, Any]:
    rows, columns = factors.shape[-2:]
    k = minimum(rows, columns)
    lower, upper = tril(narrow(factors, -1, 0, k), -1) + eye(rows, k, factors.dtype), triu(narrow(factors, -2, 0, k))
    return contiguous(lower), contiguous(upper)


# -- factors -----------------------------------------------------------------------------------------------------------


def _factored(A: Any, pivot: bool, name: str, raising: str) -> Any:
    check_matrices(A, name)
    check_float(A, name)
    if not pivot:
        raise RuntimeError(f"{name}: LU without pivoting is not implemented on the CPU")
    return lu_factors(A, raising)


@derived(modules=("linalg",), method=False, out=True, fields=("LU", "pivots", "info"),
         differentiable=(True, False, False))
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    """linalg.lu_factor, and for each matrix 0 or the first zero on the diagonal of U, from 1 (int32)."""
    return _factored(A, pivot, "torch.linalg.lu_factor_ex", "torch.linalg.lu_factor_ex" if check_errors else "")


@derived(modules=("linalg",), method=False, out=True, fields=("LU", "pivots"), differentiable=(True, False))
def lu_factor(A: Tensor, *, pivot: bool = True) -> tuple[Tensor, Tensor]:
    """L and U in one matrix, with A = P L U, and the exchanges of rows that make P: (*, m, n) → (*, m, n), (*, k).

    Raises RuntimeError for a zero on the diagonal of U.
    """
    return _factored(A, pivot, "torch.linalg.lu_factor", "torch.linalg.lu_factor")[:2]


@derived(modules=("linalg",), method=False, out=True, fields=("P", "L", "U"), differentiable=(False, True, True))
def lu(A: Tensor, *, pivot: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """P, L, U with A = P L U: a permutation, unit lower and upper triangular: (*, m, n) → (*, m, m), (*, m, k),
    (*, k, n), k = min(m, n)."""
    factors, pivots, _ = _factored(A, pivot, "linalg.lu", "")
    return permutation_matrix(pivots, A.shape[-2], A.dtype), *_triangles(factors)


# -- systems -----------------------------------------------------------------------------------------------------------

PLAIN, TRANSPOSED, ADJOINT, CONJUGATE = range(4)  # how, in csrc/core/lapack_small.h


def solve_launch(b: Any, columnwise: Any, pivots: Any, side: Any, how: int, columns: bool) -> Any:
    n = columnwise.shape[-1]
    out = b.alloc(side.dtype, side.shape)
    b.method("lapack", kernel="lu_solve", dtype=side.dtype,
             operands=[b.contiguous(columnwise), b.contiguous(pivots), b.contiguous(side), out],
             integers=[n, side.shape[-1] if columns else side.shape[-2], how, int(columns)], batch=batch_size(side),
             side=n, fault=(_PIVOTS[0], _PIVOTS[1].format(name="lu_solve")))
    return out


@kernel(public=False, conjugate=False)
def solved_with_lu(b: Any, LU: Tensor, pivots: Tensor, B: Tensor, left: bool, adjoint: bool) -> Tensor:
    """X with A X = B (X A = B where not `left`, Aᴴ instead of A where `adjoint`), A = P L U. Batches are the same."""
    how = (ADJOINT if adjoint else PLAIN) if left else (CONJUGATE if adjoint else TRANSPOSED)
    return solve_launch(b, register_transposed(b, LU), pivots, B, how, left)


@solved_with_lu.meta
def _(LU: Any, pivots: Any, B: Any, left: bool, adjoint: bool) -> Result:
    return Result(B.dtype, B.shape)


@solved_with_lu.gradient
def _(grad: Any, output: Any, LU: Any, pivots: Any, left: Any, adjoint: Any) -> Any:
    by_side = solved_with_lu(LU, pivots, grad, left, not adjoint)
    order = permutation_matrix(pivots, LU.shape[-2], LU.dtype)
    product = multiply_matrices(transposed(order), by_matrix(by_side, output, left, adjoint))  # of the gradient of L U
    lower, upper = _triangles(LU)
    by_factors = (tril(multiply_matrices(product, _adjoint(upper)), -1)
                  + triu(multiply_matrices(_adjoint(lower), product)))
    return by_factors, None, by_side


_adjoint = adjoint


def _check_solve(name: str, LU: Any, pivots: Any, B: Any, left: bool) -> None:
    check_same_dtype(LU, B, name, "LU")
    if pivots.dtype != "int32":
        raise RuntimeError(f"{name}: pivots should be a Tensor of scalar type torch.int32")
    check_square(LU, name, "LU")
    check_matrices(B, name, "B")
    check_float(LU, name)
    check_equation(LU, B, left, name)
    check(pivots.shape[-1] == LU.shape[-1], RuntimeError,
          f"{name}: Number of pivots per batch should be same as the dimension of the matrix")


def _solve(name: str, LU: Any, pivots: Any, B: Any, left: bool, adjoined: bool) -> Any:
    _check_solve(name, LU, pivots, B, left)
    factors, side = broadcast_batches(LU, B)
    return columnwise(
        solved_with_lu(factors, expand(pivots, (*side.shape[:-2], pivots.shape[-1])), side, left, adjoined))


@derived(public="lu_solve", modules=("linalg",), overload="linalg", method=False, out=True)
def linalg_lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """X with A X = B, or X A = B where not `left`, from the factors of A; with Aᴴ instead of A where `adjoint`."""
    return _solve("linalg.lu_solve", LU, pivots, B, left, adjoint)


@derived(out=True)
def lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """X with A X = input, from the factors of A: linalg.lu_solve."""
    return _solve("lu_solve", LU_data, LU_pivots, input, True, False)


# -- samples -----------------------------------------------------------------------------------------------------------


def invertible(make: Any, *shape: int) -> Any:
    """Matrices far from singular, whose rows want exchanging."""
    x = make(*shape)
    n = min(shape[-2:])
    two = x.detach().new_zeros(shape[-2:])
    for k in range(n):
        two[(k + 1) % n, k] = 6 + k
    return x + two


def _factors_of(make: Any, *shape: int) -> tuple[Any, Any]:
    x = make(*shape)
    n = shape[-1]
    factors = x + (x.diagonal(dim1=-2, dim2=-1).sign() * 3).detach().diag_embed()
    pivots = make(*shape[:-1], dtype="int32", low=n, high=n + 1)
    return factors, pivots.detach()


@lu_factor_ex.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(invertible(make, 3, 3))
    yield sample(invertible(make, 2, 3, 5))
    yield sample(invertible(make, 5, 3))


@lu_factor.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(invertible(make, 4, 4))


@lu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(invertible(make, 3, 3))
    yield sample(invertible(make, 2, 3, 4))
    yield sample(invertible(make, 4, 3))


@lu_unpack.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(*_factors_of(make, 3, 3))
    yield sample(*_factors_of(make, 2, 3, 3), unpack_pivots=False)


@linalg_lu_solve.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(*_factors_of(make, 3, 3), make(3, 2))
    yield sample(*_factors_of(make, 3, 3), make(2, 4, 3), left=False)
    yield sample(*_factors_of(make, 2, 3, 3), make(2, 3, 2), adjoint=True)
    yield sample(*_factors_of(make, 3, 3), make(2, 3), left=False, adjoint=True)


@lu_solve.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 2), *_factors_of(make, 3, 3))
