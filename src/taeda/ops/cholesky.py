"""Cholesky factors of positive-definite matrices, and what is computed from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.arranging import tril
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import (
    adjoint,
    batch_size,
    batch_words,
    broadcast_batches,
    check_float,
    check_square_float,
    columnwise,
)
from taeda.ops.op import Result, Sample, Tensor, check, derived, kernel, sample
from taeda.ops.triangular import solved_triangular


@kernel(public=False, conjugate=False, differentiable=(True, False))
def cholesky_factor(b: Any, input: Tensor, upper: bool, raising: str) -> tuple[Tensor, Tensor]:
    """L with L Lᴴ = input, of which the lower triangle is read (or U, UᴴU, the upper one), and for each matrix 0 or the
    order of the leading minor that is not positive; with `raising`, a name for the message, that is an error."""
    out, infos = b.alloc(input.dtype, input.shape), b.alloc("int32", input.shape[:-2])
    n = input.shape[-1]
    b.method("lapack", kernel="cholesky", dtype=input.dtype, operands=[b.contiguous(input), out, infos],
             integers=[n, int(upper), int(bool(raising))], batch=batch_size(input), side=n,
             fault=("LinAlgError", f"{raising}: {batch_words(input.ndim)}The factorization could not be completed "
                    "because the input is not positive-definite (the leading minor of order {1} is not "
                    "positive-definite).") if raising else None)
    return out, infos


@cholesky_factor.meta
def _(input: Any, upper: bool, raising: str) -> tuple[Result, Result]:
    return Result(input.dtype, input.shape), Result("int32", input.shape[:-2])


@cholesky_factor.gradient
def _(grads: Any, outputs: Any, input: Any, upper: Any) -> Any:
    """With L Lᴴ = A: the gradient is symmetric, L⁻ᴴ Φ(Lᴴ G) L⁻¹, where Φ takes the lower triangle and half the
    diagonal."""
    lower, grad = (adjoint(outputs[0]), adjoint(grads[0])) if upper else (outputs[0], grads[0])
    middle = tril(multiply_matrices(adjoint(lower), grad))
    both = (middle + adjoint(tril(middle, -1))) * 0.5
    left = solved_triangular(lower, both, False, True, False, True)
    return solved_triangular(lower, left, False, False, False, False)


def _factored(input: Any, upper: bool, name: str, raising: str) -> Any:
    factor, infos = cholesky_factor(check_square_float(input, name), upper, raising)
    return columnwise(factor), infos


@derived(public="cholesky", modules=("linalg",), overload="linalg", method=False, out=True)
def linalg_cholesky(input: Tensor, *, upper: bool = False) -> Tensor:
    """The Cholesky factor L of symmetric (Hermitian) positive-definite matrices, L Lᴴ = input: (*, n, n) → (*, n, n).

    Only the lower triangle is read. With `upper`, the upper one, and the result is U with UᴴU = input. Raises
    LinAlgError for a matrix that is not positive-definite.
    """
    return _factored(input, upper, "linalg.cholesky", "linalg.cholesky")[0]


@derived(modules=("linalg",), method=False, out=True, fields=("L", "info"), differentiable=(True, False))
def cholesky_ex(input: Tensor, *, upper: bool = False, check_errors: bool = False) -> tuple[Tensor, Tensor]:
    """linalg.cholesky, and for each matrix 0 or the order of the first leading minor that is not positive (int32).

    Such a matrix is an error only with `check_errors`.
    """
    name = "linalg.cholesky_ex"
    return _factored(input, upper, name, name if check_errors else "")


@derived(out=True)
def cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """The Cholesky factor of symmetric positive-definite matrices: linalg.cholesky."""
    return _factored(input, upper, "cholesky", "cholesky")[0]


@derived(out=True)
def cholesky_solve(input: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """X with A X = input, where A has the Cholesky factor L: (*, n, k), (*, n, n) → (*, n, k)."""
    for x, letter in ((input, "b"), (L, "u")):
        if x.ndim < 2:
            raise RuntimeError(f"{letter} should have at least 2 dimensions, but has {x.ndim} dimensions instead")
    if input.dtype != L.dtype:
        raise RuntimeError("Expected b and A to have the same dtype")
    check_float(L, "cholesky_solve")
    check(L.shape[-1] == L.shape[-2], RuntimeError,
          "A must be batches of square matrices, but they are {0} by {1} matrices", L.shape[-2], L.shape[-1])
    check(L.shape[-1] == input.shape[-2], RuntimeError,
          "Incompatible matrix sizes for cholesky_solve: each A matrix is {0} by {0} but each b matrix is {1} by {2}",
          L.shape[-1], input.shape[-2], input.shape[-1])
    side, factor = broadcast_batches(input, L)
    return solved_with_cholesky(side, factor, upper)


@derived(public=False, conjugate=False)
def solved_with_cholesky(input: Tensor, L: Tensor, upper: bool) -> Tensor:
    """cholesky_solve where batches are the same."""
    half = solved_triangular(L, input, upper, True, False, upper)
    return solved_triangular(L, half, upper, True, False, not upper)


@solved_with_cholesky.gradient
def _(grad: Any, output: Any, L: Any, upper: Any) -> Any:
    """As in PyTorch the gradient by L is that of a matrix that is triangular by itself, not only where it is read."""
    by_side = solved_with_cholesky(grad, L, upper)
    both = multiply_matrices(by_side, adjoint(output))
    both = both + adjoint(both)
    return by_side, -(multiply_matrices(L, both) if upper else multiply_matrices(both, L))


@kernel(public=False, conjugate=False)
def inverse_from_cholesky(b: Any, input: Tensor, upper: bool) -> Tensor:
    """The inverse of A from its Cholesky factor."""
    out = b.alloc(input.dtype, input.shape)
    n = input.shape[-1]
    b.method("lapack", kernel="cholesky_inverse", dtype=input.dtype, operands=[b.contiguous(input), out],
             integers=[n, int(upper)], batch=batch_size(input), side=n,
             fault=("LinAlgError", f"cholesky_inverse: {batch_words(input.ndim)}The diagonal element {{1}} is zero, "
                    "the inversion could not be completed because the input matrix is singular."))
    return out


@inverse_from_cholesky.meta
def _(input: Any, upper: bool) -> Result:
    return Result(input.dtype, input.shape)


@inverse_from_cholesky.gradient
def _(grad: Any, output: Any, input: Any, upper: Any) -> Any:
    middle = multiply_matrices(output, multiply_matrices(grad + adjoint(grad), output))
    return -(multiply_matrices(input, middle) if upper else multiply_matrices(middle, input))


@derived(out=True)
def cholesky_inverse(input: Tensor, upper: bool = False) -> Tensor:
    """The inverse of the matrix A whose Cholesky factor is `input`: (*, n, n) → (*, n, n)."""
    return inverse_from_cholesky(check_square_float(input, "cholesky_inverse"), upper)


# -- samples -----------------------------------------------------------------------------------------------------------


def positive(make: Any, *shape: int) -> Any:
    """Positive-definite matrices."""
    x = make(*shape)
    one = x.detach().new_ones(shape[-1]).diag_embed()
    return x @ x.mT + one


def _factor(make: Any, *shape: int) -> Any:
    x = make(*shape)
    return x.tril(-1) + (x.diagonal(dim1=-2, dim2=-1).abs() + 1).diag_embed()


@linalg_cholesky.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(positive(make, 4, 4))
    yield sample(positive(make, 2, 3, 3), upper=True)


@cholesky_ex.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(positive(make, 2, 3, 3))
    yield sample(positive(make, 3, 3), upper=True, check_errors=True)


@cholesky.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(positive(make, 3, 3))
    yield sample(positive(make, 2, 3, 3), True)


@cholesky_solve.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 2), _factor(make, 3, 3))
    yield sample(make(3, 2), _factor(make, 2, 3, 3).mT, True)


@cholesky_inverse.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_factor(make, 3, 3))
    yield sample(_factor(make, 2, 3, 3).mT, True)


