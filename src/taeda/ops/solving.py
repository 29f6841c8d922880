"""Systems of equations, inverses and determinants of square matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.dtype import COMPLEX, info
from taeda.ops.creation import arange
from taeda.ops.lu import ADJOINT, CONJUGATE, PLAIN, TRANSPOSED, by_matrix, invertible, solve_launch
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import (
    adjoint,
    batch_size,
    batch_words,
    broadcast_batches,
    check_equation,
    check_matrices,
    check_same_dtype,
    check_square_float,
    columnwise,
    identity_like,
)
from taeda.ops.op import Result, Sample, Tensor, derived, kernel, sample
from taeda.ops.pointwise import conj_physical, convert, imaginary_part, join_parts, where
from taeda.ops.views import diagonal, squeeze_dims, unsqueeze

# -- systems -----------------------------------------------------------------------------------------------------------


@kernel(public=False, conjugate=False, differentiable=(True, False, False, False))
def solved(b: Any, A: Tensor, B: Tensor, left: bool, raising: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """X with A X = B, or X A = B where not `left`; the LU factors of Aᵀ and their pivots; and for each matrix 0 or the
    first zero on the diagonal of U. Batches are the same."""
    n = A.shape[-1]
    out, factors = b.alloc(B.dtype, B.shape), b.alloc(A.dtype, A.shape)
    pivots, infos = b.alloc("int32", A.shape[:-1]), b.alloc("int32", A.shape[:-2])
    side = b.contiguous(B)
    other = B.shape[-1] if left else B.shape[-2]
    b.method("lapack", kernel="solve", dtype=A.dtype, operands=[b.contiguous(A), side, out, factors, pivots, infos],
             integers=[n, other, n * other, int(left), int(bool(raising))], batch=batch_size(A), side=n,
             fault=("LinAlgError", f"{raising}: {batch_words(A.ndim)}The solver failed because the input matrix is "
                    "singular.") if raising else None)
    return out, factors, pivots, infos


@solved.meta
def _(A: Any, B: Any, left: bool, raising: str) -> tuple[Result, Result, Result, Result]:
    return (Result(B.dtype, B.shape), Result(A.dtype, A.shape), Result("int32", A.shape[:-1]),
            Result("int32", A.shape[:-2]))


@solved.gradient
def _(grads: Any, outputs: Any, A: Any, left: Any) -> Any:
    solution, factors, pivots, _ = outputs
    by_side = solved_again(A, factors, pivots, grads[0], left, True)
    return by_matrix(by_side, solution, left, False), by_side


@kernel(public=False, conjugate=False)
def solved_again(b: Any, A: Tensor, factors: Tensor, pivots: Tensor, B: Tensor, left: bool, adjoint: bool) -> Tensor:
    """X with A X = B and so on, by the factors of Aᵀ that are known already: its gradient is that by A."""
    how = (CONJUGATE if adjoint else TRANSPOSED) if left else (ADJOINT if adjoint else PLAIN)
    return solve_launch(b, factors, pivots, B, how, left)


@solved_again.meta
def _(A: Any, factors: Any, pivots: Any, B: Any, left: bool, adjoint: bool) -> Result:
    return Result(B.dtype, B.shape)


@solved_again.gradient
def _(grad: Any, output: Any, A: Any, factors: Any, pivots: Any, left: Any, adjoint: Any) -> Any:
    by_side = solved_again(A, factors, pivots, grad, left, not adjoint)
    return by_matrix(by_side, output, left, adjoint), None, None, by_side


@derived(public=False, differentiable=(True, False))
def system_solution(A: Tensor, B: Tensor, left: bool, vector: bool, raising: str) -> tuple[Tensor, Tensor]:
    """X, and for each matrix 0 or the first zero on the diagonal of U. `vector` says that B is a batch of vectors."""
    name = "linalg.solve"
    check_same_dtype(A, B, name)
    check_square_float(A, name)
    if vector and not left:
        raise RuntimeError(f"{name}: Vector broadcasting of the left hand side is not supported for left=False. In this"
                           " case linalg.solve is equivalent to B / A.squeeze(-1)")
    if not vector:
        check_matrices(B, name, "B")
    side = unsqueeze(B, -1) if vector else B
    check_equation(A, side, left, name)
    matrix, side = broadcast_batches(A, side)
    found, _, _, infos = solved(matrix, side, left, raising)
    return (squeeze_dims(found, (found.ndim - 1,)) if vector else columnwise(found)), infos


# -- inverses ----------------------------------------------------------------------------------------------------------


@kernel(public=False, conjugate=False, differentiable=(True, False))
def inverted(b: Any, input: Tensor, raising: str) -> tuple[Tensor, Tensor]:
    """The inverse, and for each matrix 0 or the first zero on the diagonal of U."""
    out, infos = b.alloc(input.dtype, input.shape), b.alloc("int32", input.shape[:-2])
    n = input.shape[-1]
    b.method("lapack", kernel="invert", dtype=input.dtype, operands=[b.contiguous(input), out, infos],
             integers=[n, int(bool(raising))], batch=batch_size(input), side=n,
             fault=("LinAlgError", f"{raising}: {batch_words(input.ndim)}The diagonal element {{1}} is zero, the "
                    "inversion could not be completed because the input matrix is singular.") if raising else None)
    return out, infos


@inverted.meta
def _(input: Any, raising: str) -> tuple[Result, Result]:
    return Result(input.dtype, input.shape), Result("int32", input.shape[:-2])


@inverted.gradient
def _(grads: Any, outputs: Any) -> Any:
    inverse = adjoint(outputs[0])
    return -multiply_matrices(inverse, multiply_matrices(grads[0], inverse))


def _inverse(A: Any, name: str, raising: str) -> Any:
    inverse, infos = inverted(check_square_float(A, name), raising)
    return columnwise(inverse), infos


@derived(out=True)
def inverse(input: Tensor) -> Tensor:
    """The inverse of square matrices: linalg.inv."""
    return _inverse(input, "linalg.inv", "linalg.inv")[0]


@derived(modules=("linalg",), method=False, out=True)
def inv(A: Tensor) -> Tensor:
    """The inverse of square matrices: (*, n, n) → (*, n, n). Raises LinAlgError for a singular one."""
    return _inverse(A, "linalg.inv", "linalg.inv")[0]


@derived(modules=("linalg",), method=False, out=True, fields=("inverse", "info"), differentiable=(True, False))
def inv_ex(A: Tensor, *, check_errors: bool = False) -> tuple[Tensor, Tensor]:
    """linalg.inv, and for each matrix 0 or the first zero on the diagonal of U, from 1 (int32)."""
    return _inverse(A, "linalg.inv_ex", "linalg.inv_ex" if check_errors else "")


# -- determinants ------------------------------------------------------------------------------------------------------


@kernel(public=False, differentiable=False)
def factored(b: Any, input: Tensor) -> tuple[Tensor, Tensor]:
    """The LU factors of the transpose, row by row, and their pivots."""
    n = input.shape[-1]
    factors, pivots = b.alloc(input.dtype, input.shape), b.alloc("int32", input.shape[:-1])
    infos = b.alloc("int32", input.shape[:-2])
    b.method("lapack", kernel="lu", dtype=input.dtype, operands=[b.contiguous(input), factors, pivots, infos],
             integers=[n, n, 0, 0], batch=batch_size(input), side=n)
    return factors, pivots


@factored.meta
def _(input: Any) -> tuple[Result, Result]:
    return Result(input.dtype, input.shape), Result("int32", input.shape[:-1])


def _parity(pivots: Any, dtype: str) -> Any:
    """1, or -1 where the rows were exchanged an odd number of times."""
    numbers = arange(1, 1, pivots.shape[-1], "int32")
    return convert(1 - 2 * (pivots.ne(numbers).sum(-1) % 2), dtype)


def _diagonal(x: Any) -> Any:
    return diagonal(x, 0, x.ndim - 2, x.ndim - 1)


@derived(public=False, conjugate=False, differentiable=(True, False, False))
def determinant(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The determinants, and the LU factors they came from (of the transposes)."""
    factors, pivots = factored(A)
    return _diagonal(factors).prod(-1) * _parity(pivots, A.dtype), factors, pivots


@determinant.gradient
def _(grads: Any, outputs: Any, A: Any) -> Any:
    """det(A)* A⁻ᴴ; a zero on the diagonal of U counts as a tiny number, with which this is defined."""
    found, factors, pivots = outputs
    d = _diagonal(factors)
    tiny = convert(d.eq(0), A.dtype) * info(A.dtype).eps
    scaled = unsqueeze(unsqueeze(grads[0] * conj_physical(found), -1), -1) * identity_like(A)
    return solved_again(A, factors + tiny.diag_embed(), pivots, scaled, True, True)


@derived(modules=("linalg",), method=False, out=True)
def det(A: Tensor) -> Tensor:
    """The determinants of square matrices: (*, n, n) → (*)."""
    return determinant(check_square_float(A, "linalg.det"))[0]


@derived(public="det", overload="torch")
def torch_det(input: Tensor) -> Tensor:
    """The determinants of square matrices: linalg.det."""
    return det(input)


@derived(public=False, conjugate=False, differentiable=(True, True, False, False))
def log_determinant(A: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Sign and logarithm of the size of the determinants, and the LU factors they came from (of the transposes)."""
    factors, pivots = factored(A)
    d = _diagonal(factors)
    return d.sgn().prod(-1) * _parity(pivots, A.dtype), d.abs().log().sum(-1), factors, pivots


@log_determinant.gradient
def _(grads: Any, outputs: Any, A: Any) -> Any:
    """(G_log - i Im(conj(G_sign) sign)) A⁻ᴴ; the sign of a real determinant does not change."""
    by_sign, by_logarithm = grads[:2]
    if A.dtype in COMPLEX and by_sign is not None:
        turn = imaginary_part(by_sign * conj_physical(outputs[0]))
        by_logarithm = join_parts(turn * 0 if by_logarithm is None else by_logarithm, turn)
    if by_logarithm is None:
        return A * 0
    scaled = unsqueeze(unsqueeze(by_logarithm, -1), -1) * identity_like(A)
    return solved_again(A, outputs[2], outputs[3], scaled, True, True)


def _slogdet(A: Any, name: str) -> Any:
    return log_determinant(check_square_float(A, name))[:2]


@derived(modules=("linalg",), method=False, overload="linalg", public="slogdet", out=True,
         fields=("sign", "logabsdet"))
def linalg_slogdet(A: Tensor) -> tuple[Tensor, Tensor]:
    """Sign and logarithm of the absolute value of the determinants: (*, n, n) → (*), (*). A singular matrix has the
    sign 0 and the logarithm -inf."""
    return _slogdet(A, "linalg.slogdet")


@derived(out=True, fields=("sign", "logabsdet"))
def slogdet(input: Tensor) -> tuple[Tensor, Tensor]:
    """Sign and logarithm of the absolute value of the determinants: linalg.slogdet."""
    return _slogdet(input, "linalg.slogdet")


@derived
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinants, NaN where a real one is negative: (*, n, n) → (*)."""
    sign, logarithm = _slogdet(input, "linalg.det")
    if input.dtype in COMPLEX:
        return sign.log() + logarithm
    return where(sign.eq(-1), float("nan"), logarithm)


# -- samples -----------------------------------------------------------------------------------------------------------


for _op in (inverse, inv, inv_ex, det, torch_det, linalg_slogdet, slogdet):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(invertible(make, 3, 3))
        yield sample(invertible(make, 2, 4, 4))


@logdet.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(invertible(make, 3, 3))
    yield sample(invertible(make, 2, 3, 3))


