"""Systems of equations, whose right-hand sides are vectors or matrices by their sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import taeda
from taeda import _core
from taeda._binding import internal, modules
from taeda.functions.dims import wrap_dim
from taeda.functions.function import function
from taeda.ops.signature import Dims, Sample, Tensor, sample


def _vectors(A: Any, B: Any) -> bool:
    """Whether B is one vector, or a batch of vectors because it has the shape of A without the last dimension."""
    return B.dim() == 1 or B.dim() == A.dim() - 1 and B.shape == A.shape[:-1]


@function(modules=("linalg",), out=True)
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Any:
    """X with A X = B, or X A = B where not `left`: (*, n, n), (*, n, k) → (*, n, k).

    B may be a vector (n) or a batch of vectors of A's shape without its last dimension. Batch dimensions broadcast.
    Raises LinAlgError for a singular matrix.
    """
    return internal.system_solution(A, B, left, _vectors(A, B), "torch.linalg.solve")[0]


@function(modules=("linalg",), out=True, fields=("result", "info"))
def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Any:
    """linalg.solve, and for each matrix 0 or the first zero on the diagonal of U, from 1 (int32)."""
    return internal.system_solution(A, B, left, _vectors(A, B), "torch.linalg.solve_ex" if check_errors else "")


@function(modules=("linalg",), out=True)
def tensorsolve(A: Tensor, B: Tensor, dims: Dims | None = None) -> Any:
    """X with tensordot(A, X, X.dim()) = B: A of shape B.shape + X.shape, `dims` of which are moved to the end first."""
    if dims is not None:
        kept = [wrap_dim(d, A.dim()) for d in (dims if isinstance(dims, tuple) else (dims,))]
        A = A.permute([d for d in range(A.dim()) if d not in kept] + kept)
    result = A.shape[B.dim():]
    if math.prod(result) != math.prod(A.shape[:B.dim()]):
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
                           f"prod(self.shape[:other.ndim]), but got {math.prod(result)} != "
                           f"{math.prod(A.shape[:B.dim()])}")
    return solve(A.reshape(B.numel(), -1) if B.numel() else A.reshape(0, 0), B.flatten()).reshape(result)


@function(modules=("linalg",), out=True)
def tensorinv(A: Tensor, ind: int = 2) -> Any:
    """The inverse for tensordot: tensordot(tensorinv(A), A, ind) is an identity. A has the shape I + J, where I has
    `ind` dimensions and as many elements as J; the result J + I."""
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first, second = A.shape[:ind], A.shape[ind:]
    if math.prod(first) != math.prod(second):
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), "
                           f"but got {math.prod(second)} != {math.prod(first)}")
    inverse, info = modules["linalg"]["inv_ex"](A.reshape(math.prod(first), math.prod(second)))
    if info.item() > 0:
        raise _core.LinAlgError("Failed to invert the input tensor, because it is singular.")
    return inverse.reshape(*second, *first)


_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


@function(modules=("linalg",), out=True, fields=("solution", "residuals", "rank", "singular_values"))
def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> Any:
    """X that makes the norm of A X - B least: (*, m, n), (*, m, k) → (*, n, k); of several such X that of least norm.

    Also the sums of squares of A X - B (*, k), where m > n and A has full rank; the rank of A (*), except with driver
    'gels'; its singular values (*, min(m, n)), with 'gelsd' and 'gelss'; what is not computed is empty. `driver` is
    LAPACK's function: 'gelsy' (the default), 'gels' for A of full rank, 'gelsd', 'gelss'. Singular values below `rcond`
    times the largest count as zero; by default the precision of the dtype times max(m, n).
    """
    name = "torch.linalg.lstsq"
    if A.dim() < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if B.dim() < 1:
        raise RuntimeError(f"{name}: other must have at least 1 dimension.")
    if driver is not None and driver not in _DRIVERS:
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    if A.dtype != B.dtype:
        raise RuntimeError(f"{name}: input.dtype and other.dtype must be the same")
    if not A.dtype.is_floating_point and not A.dtype.is_complex:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {A.dtype}")
    driver = driver or "gelsy"
    vectors = A.dim() - 1 == B.dim() and A.shape[:-1] == B.shape
    side = B.unsqueeze(-1) if vectors else B
    if side.dim() < 2 or A.shape[-2] != side.shape[-2]:
        raise RuntimeError(f"{name}: input.size(-2) should match other.size(-{1 if vectors else 2})")
    rows, columns = A.shape[-2:]
    batch = taeda.broadcast_shapes(A.shape[:-2], side.shape[:-2])
    part = taeda.finfo(A.dtype).eps * max(rows, columns) if rcond is None else float(rcond)
    A, side = A.expand(*batch, rows, columns), side.expand(*batch, *side.shape[-2:])
    solution, rank, values = internal.least_squares(A, side, part, driver)
    solution = internal.columnwise(solution)
    empty = values.new_empty((0,))
    # PyTorch leaves the residuals out where a matrix has not full rank, and knows no rank for 'gels'.
    full = rows > columns and driver != "gelsy" and bool((rank == columns).all())
    none = solution.abs() if solution.is_complex() else solution
    residuals = (A @ solution - side).abs().square().sum(-2) if full else none.reshape(-1)[:0]
    return (solution.squeeze(-1) if vectors else solution, residuals,
            rank.new_empty((0,)) if driver == "gels" else rank, values if driver in ("gelsd", "gelss") else empty)


def _invertible(make: Any, *shape: int) -> Any:
    x = make(*shape)
    return x + 6 * x.detach().new_ones(shape[-1]).diag_embed()


@solve.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_invertible(make, 3, 3), make(3, 2))
    yield sample(_invertible(make, 3, 3), make(3))
    yield sample(_invertible(make, 2, 3, 3), make(2, 3))
    yield sample(_invertible(make, 2, 3, 3), make(3, 2))
    yield sample(_invertible(make, 3, 3), make(2, 4, 3), left=False)


@solve_ex.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_invertible(make, 3, 3), make(3, 2))
    yield sample(_invertible(make, 2, 3, 3), make(2, 3, 2), check_errors=True)


@tensorsolve.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_invertible(make, 6, 6).reshape(2, 3, 6), make(2, 3))
    yield sample(_invertible(make, 6, 6).reshape(2, 3, 2, 3), make(2, 3))


@tensorinv.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(_invertible(make, 6, 6).reshape(2, 3, 6))
    yield sample(_invertible(make, 4, 4).reshape(4, 2, 2), ind=1)


@lstsq.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 3), make(5, 2))
    yield sample(make(2, 3, 4), make(2, 3, 2))
    yield sample(make(2, 5, 3), make(2, 5), driver="gelsd")
    yield sample(make(5, 3), make(5, 2), driver="gels")
    yield sample(make(5, 3), make(2, 5, 2), driver="gelss")
