"""A few eigenvalues of large symmetric matrices: Knyazev, "Toward the optimal preconditioned eigensolver: locally
optimal block preconditioned conjugate gradient method", 2001, with bases kept orthonormal as by Duersch and others, "A
robust and efficient implementation of LOBPCG", 2018."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.functions.function import function
from taeda.ops.signature import Object, Tensor


class Search:
    """What lobpcg knows of its one matrix between steps; a tracker is called with it after each.

    E and X are the eigenvalues and vectors found so far, best first; R the residuals A X - B X diag(E), `fvars["rerr"]`
    their sizes beside those of the terms; `ivars` counts: istep, and converged_count of the first ones that are small
    enough. A tracker that sets `bvars["force_stop"]` ends the search.
    """

    def __init__(self, A: Any, B: Any, X: Any, preconditioner: Any, k: int, tol: float, largest: bool):
        self.A, self.B, self.X, self.iK = A, B, X, preconditioner
        self.E = self.R = self.S = X
        self.tol, self.largest = tol, largest
        self.iparams = {"m": A.shape[-2], "n": X.shape[-1], "k": k}
        self.ivars = {"istep": 0, "converged_count": 0}
        self.fvars: dict[str, Any] = {"rerr": None}
        self.bvars = {"force_stop": False}
        self._conjugate: Any = None
        self._sizes = [_norm_estimate(A, X), 1.0 if B is None else _norm_estimate(B, X)]
        self._choose(self._orthonormal(X))

    @property
    def found(self) -> bool:
        return self.ivars["converged_count"] >= self.iparams["k"]

    def _by_b(self, vectors: Any) -> Any:
        return vectors if self.B is None else self.B @ vectors

    def _orthonormal(self, vectors: Any, to: Any = None) -> Any:
        """A basis of what `vectors` span beside that of `to`, orthonormal by B; what is hardly there is left out."""
        least = 10 * taeda.finfo(vectors.dtype).eps
        for _ in range(2):  # the second time makes of rounding what the first has of cancellation
            if to is not None:
                vectors = vectors - to @ (to.mT @ self._by_b(vectors))
            sizes = vectors.norm(dim=0)
            vectors = vectors[:, sizes > 0] / sizes[sizes > 0]
            if not vectors.shape[1]:
                return vectors
            values, turns = taeda.linalg.eigh(vectors.mT @ self._by_b(vectors))
            kept = values > least * values[-1]
            vectors = vectors @ (turns[:, kept] / values[kept].sqrt())
        return vectors

    def _choose(self, basis: Any) -> None:
        """The best n vectors in the span of an orthonormal basis (Rayleigh and Ritz), and their residuals."""
        n = self.iparams["n"]
        product = self.A @ basis
        small = basis.mT @ product
        values, turns = taeda.linalg.eigh((small + small.mT) / 2)
        if self.largest:
            values, turns = values.flip(0), turns.flip(1)
        turns = turns[:, :n]
        old = self.X.shape[1] if basis.shape[1] > n else 0
        self.E, self.X = values[:n], basis @ turns
        self._conjugate = basis[:, old:] @ turns[old:] if old else None  # what is new in them
        self.R = product @ turns - self._by_b(self.X) * self.E
        of_vectors = self.X.norm(dim=0)
        error = self.R.norm(dim=0) / (of_vectors * (self._sizes[0] + self.E.abs() * self._sizes[1]))
        self.fvars["rerr"] = error
        self.ivars["converged_count"] = int((error < self.tol).to(taeda.int64).cumprod(0).sum())

    def step(self) -> None:
        """Search in the span of the vectors, of their residuals and of the last steps."""
        ahead = self.R if self.iK is None else self.iK @ self.R
        if self._conjugate is not None:
            ahead = taeda.cat([ahead, self._conjugate], 1)
        self.S = taeda.cat([self.X, self._orthonormal(ahead, self.X)], 1)
        self._choose(self.S)
        self.ivars["istep"] += 1


def _norm_estimate(matrix: Any, vectors: Any) -> float:
    return float((matrix @ vectors).norm() / vectors.norm())


def _search(A: Any, B: Any, X: Any, preconditioner: Any, k: int, niter: int, tol: float, largest: bool,
            tracker: Any) -> tuple[Any, Any]:
    search = Search(A, B, X, preconditioner, k, tol, largest)
    while not search.found and search.ivars["istep"] != niter:
        search.step()
        if tracker is not None:
            tracker(search)
        if search.bvars["force_stop"]:
            break
    return search.E[:k], search.X[:, :k]


def _matrices(batch: Any, shape: Any) -> list[Any]:
    """The matrices of a batch that has, or is broadcast to, this shape; None for each where there is none."""
    if batch is None:
        return [None] * shape.numel()
    return list(batch.expand(*shape, *batch.shape[-2:]).reshape(-1, *batch.shape[-2:]))


@function()
def lobpcg(A: Tensor, k: int | None = None, B: Tensor | None = None, X: Tensor | None = None, n: int | None = None,
           iK: Tensor | None = None, niter: int | None = None, tol: float | None = None, largest: bool | None = None,
           method: str | None = None, tracker: Object | None = None, ortho_iparams: Object | None = None,
           ortho_fparams: Object | None = None, ortho_bparams: Object | None = None) -> Any:
    """The k largest (or with `largest=False` smallest) eigenvalues of symmetric A (*, m, m), dense or sparse, and their
    vectors: E (*, k) and X (*, m, k) with A X = X diag(E), or with B, symmetric and positive definite, A X = B X
    diag(E).

    X and n are the vectors to begin with or, where there are none, how many random ones; iK is a preconditioner, close
    to the inverse of A; a search ends when its residuals are below `tol`, by default the root of the dtype's epsilon,
    or after `niter` steps (1000, or with -1 without an end). Both methods, 'basic' and 'ortho', are the latter, whose
    bases stay orthonormal, by its own tolerances: `ortho_*` are not used. For gradients, dense A without B is
    decomposed in full.

    >>> import taeda
    >>> strings = [taeda.diag(taeda.ones(30 - k), k) for k in (0, 1)]
    >>> values, vectors = taeda.lobpcg(2 * strings[0] - strings[1] - strings[1].mT, 2, tol=1e-6)
    >>> values
    tensor([3.9897, 3.9591])
    """
    if A.shape[-2] != A.shape[-1]:
        raise ValueError(f"lobpcg: expected square matrices, got shape {tuple(A.shape)}")
    if A.dtype not in (taeda.float32, taeda.float64):
        raise NotImplementedError(f"lobpcg: float32 and float64 matrices are there, got {A.dtype}")
    if method not in (None, "basic", "ortho"):
        raise ValueError(f"lobpcg: expected method 'basic' or 'ortho', got {method!r}")
    m = A.shape[-1]
    wanted = (1 if X is None else X.shape[-1]) if k is None else k
    block = (wanted if n is None else n) if X is None else X.shape[-1]
    if m < 3 * block:
        raise ValueError(f"LPBPCG algorithm is not applicable when the number of A rows (={m}) is smaller than 3 x the"
                         f" number of requested eigenpairs (={block})")
    if not 0 < wanted <= block:
        raise ValueError(f"lobpcg: expected 0 < k <= n, got k={wanted}, n={block}")
    biggest = largest is None or largest
    if taeda.is_grad_enabled() and any(t is not None and t.requires_grad for t in (A, B)):
        if B is not None or A.layout != taeda.strided:
            raise NotImplementedError("lobpcg: gradients are there for dense A without B")
        values, vectors = taeda.linalg.eigh((A + A.mT) / 2)
        if biggest:
            values, vectors = values.flip(-1), vectors.flip(-1)
        return values[..., :wanted], vectors[..., :wanted]
    start = taeda.randn(*A.shape[:-1], block, dtype=A.dtype, device=A.device) if X is None else X
    steps = 1000 if niter is None else niter
    small = taeda.finfo(A.dtype).eps ** 0.5 if tol is None else tol
    with taeda.no_grad():
        if A.ndim == 2:
            return _search(A, B, start, iK, wanted, steps, small, biggest, tracker)
        shape = A.shape[:-2]
        if not shape.numel():
            return A.new_empty(*shape, wanted), A.new_empty(*shape, m, wanted)
        parts = (_matrices(t, shape) for t in (A, B, start, iK))
        found = [_search(a, b, x, p, wanted, steps, small, biggest, tracker)
                 for a, b, x, p in zip(*parts, strict=True)]
        values, vectors = (taeda.stack(part) for part in zip(*found, strict=True))
        return values.reshape(*shape, wanted), vectors.reshape(*shape, m, wanted)
