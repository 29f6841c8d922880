"""Singular values of large matrices by random projections: Halko, Martinsson and Tropp, "Finding structure with
randomness", 2011."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.functions.function import function
from taeda.ops.signature import Tensor


def _basis(A: Any, q: int, niter: int) -> Any:
    """Q with q orthonormal columns and A close to Q Qᴴ A: algorithm 4.4."""
    start = taeda.randn(A.shape[-1], q, dtype=A.dtype, device=A.device)
    basis = taeda.linalg.qr(A @ start).Q
    for _ in range(niter):
        basis = taeda.linalg.qr(A.mH @ basis).Q
        basis = taeda.linalg.qr(A @ basis).Q
    return basis


def _low_rank(A: Any, q: int, niter: int) -> Any:
    """U, S, V of the projection: algorithm 5.1, on whichever side is shorter."""
    if A.shape[-2] < A.shape[-1]:
        u, s, v = _low_rank(A.mH, q, niter)
        return v, s, u
    basis = _basis(A, q, niter)
    u, s, vh = taeda.linalg.svd(basis.mH @ A, full_matrices=False)
    return basis @ u, s, vh.mH


@function()
def svd_lowrank(A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None) -> Any:
    """About the q largest singular values of A (less M, which broadcasts) and their vectors, U (*, m, q), S (*, q),
    V (*, n, q): A ≈ U diag(S) Vᴴ. `niter` iterations make it more exact."""
    wanted = 6 if q is None else q
    if M is not None:
        A = A - M.broadcast_to(A.shape)
    if not 0 <= wanted <= min(A.shape[-2:]):
        raise ValueError(f"q(={wanted}) must be non-negative integer and not greater than min(m, n)="
                         f"{min(A.shape[-2:])}")
    return _low_rank(A, wanted, 2 if niter is None else niter)


@function()
def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> Any:
    """Principal components of the rows of A: svd_lowrank of A without the mean of its columns, unless `center` is
    False. q is min(6, m, n) by default."""
    rows, columns = A.shape[-2:]
    wanted = min(6, rows, columns) if q is None else q
    if not 0 <= wanted <= min(rows, columns):
        raise ValueError(f"q(={wanted}) must be non-negative integer and not greater than min(m, n)="
                         f"{min(rows, columns)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return _low_rank(A - A.mean(-2, keepdim=True) if center else A, wanted, niter)
