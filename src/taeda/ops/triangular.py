"""Systems of equations with triangular matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.arranging import tril, triu
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import (
    adjoint,
    batch_size,
    broadcast_batches,
    check_equation,
    check_float,
    check_matrices,
    check_same_dtype,
    check_square,
    check_square_float,
    columnwise,
)
from taeda.ops.op import Result, Sample, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import conj_physical


def by_matrix(by_side: Any, solution: Any, left: bool, adjoined: bool) -> Any:
    """The gradient by the matrix of a system, from that by its right-hand side."""
    found = -(multiply_matrices(by_side, adjoint(solution)) if left else
              multiply_matrices(adjoint(solution), by_side))
    return adjoint(found) if adjoined else found


@kernel(public=False, conjugate=False)
def solved_triangular(b: Any, A: Tensor, B: Tensor, upper: bool, left: bool, unitriangular: bool,
                      adjoint: bool) -> Tensor:
    """X with A X = B, or X A = B where not `left`; with Aᴴ instead of A where `adjoint`. Batches are the same."""
    n, other = A.shape[-1], B.shape[-1] if left else B.shape[-2]
    out = b.update(B)
    b.method("lapack", kernel="solve_triangular", dtype=A.dtype, operands=[b.contiguous(A), out],
             integers=[n, other, n * n, int(upper), int(left), int(unitriangular), int(adjoint)],
             batch=batch_size(B), side=n)
    return out


@solved_triangular.meta
def _(A: Any, B: Any, upper: bool, left: bool, unitriangular: bool, adjoint: bool) -> Result:
    return Result(B.dtype, B.shape)


@solved_triangular.gradient
def _(grad: Any, output: Any, A: Any, upper: Any, left: Any, unitriangular: Any, adjoint: Any) -> Any:
    by_side = solved_triangular(A, grad, upper, left, unitriangular, not adjoint)
    found = by_matrix(by_side, output, left, adjoint)
    return (triu(found, int(unitriangular)) if upper else tril(found, -int(unitriangular))), by_side


@derived(modules=("linalg",), method=False, out=True)
def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """X with A X = B, or X A = B where not `left`, for triangular A: (*, n, n), (*, n, k) → (*, n, k).

    Only the triangle that `upper` names is read, and not its diagonal where `unitriangular`, which is then one. A zero
    on the diagonal gives infinite or NaN elements. Batch dimensions broadcast.
    """
    name = "linalg.solve_triangular"
    check_same_dtype(A, B, name)
    check_square(A, name)
    check_matrices(B, name, "B")
    check_float(A, name)
    check_equation(A, B, left, name)
    matrix, side = broadcast_batches(A, B)
    return columnwise(solved_triangular(matrix, side, upper, left, unitriangular, False))


@derived(out=True, fields=("solution", "cloned_coefficient"))
def triangular_solve(input: Tensor, A: Tensor, upper: bool = True, transpose: bool = False,
                     unitriangular: bool = False) -> tuple[Tensor, Tensor]:
    """X with A X = input (or Aᵀ X = input where `transpose`) for triangular A, and a copy of A. See
    linalg.solve_triangular."""
    for x, letter in ((input, "b"), (A, "A")):
        if x.ndim < 2:
            raise RuntimeError("torch.triangular_solve: Expected "
                               f"{letter} to have at least 2 dimensions, but it has {x.ndim} dimensions instead")
    check_square_float(A, "triangular_solve")
    check(A.shape[-1] == input.shape[-2], RuntimeError,
          "Incompatible matrix sizes for triangular_solve: each A matrix is {0} by {0} but each b matrix is {1} by {2}",
          A.shape[-1], input.shape[-2], input.shape[-1])
    matrix, side = broadcast_batches(A, input)
    given = conj_physical(matrix) if transpose else matrix
    return columnwise(solved_triangular(given, side, upper, True, unitriangular, transpose)), columnwise(matrix)


def _triangle(make: Any, *shape: int) -> Any:
    x = make(*shape)
    return x + (x.diagonal(dim1=-2, dim2=-1).sign() * 2).detach().diag_embed()


@solve_triangular.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_triangle(make, 3, 3), make(3, 2), upper=True)
    yield sample(_triangle(make, 2, 3, 3), make(3, 1), upper=False)
    yield sample(_triangle(make, 3, 3), make(2, 4, 3), upper=False, left=False)
    yield sample(make(3, 3), make(3, 2), upper=True, unitriangular=True)
    yield sample(_triangle(make, 2, 3, 3).mT, make(2, 2, 3), upper=True, left=False)
    yield sample(_triangle(make, 3, 3), make(3, 0), upper=True)


@triangular_solve.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 2), _triangle(make, 3, 3))
    yield sample(make(2, 3, 2), _triangle(make, 3, 3), False, True)
    yield sample(make(3, 2), make(3, 3), True, False, True)


