"""QR factors, and products of the Householder reflectors they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum, minimum
from taeda.ops.arranging import tril, triu
from taeda.ops.creation import eye, zeros
from taeda.ops.joining import cat
from taeda.ops.matmul import multiply_matrices
from taeda.ops.matrices import adjoint, batch_size, check_float, check_matrices, columnwise, register_transposed
from taeda.ops.op import Result, Sample, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import real_part
from taeda.ops.triangular import solved_triangular
from taeda.ops.views import diagonal, narrow, unsqueeze


@kernel(public=False, conjugate=False)
def qr_factors(b: Any, A: Tensor, mode: str) -> tuple[Tensor, Tensor]:
    """Q and R; `mode` is 'reduced', 'complete', or 'r', where Q is empty."""
    rows, columns = A.shape[-2:]
    inner = rows if mode == "complete" else minimum(rows, columns)
    r = b.alloc(A.dtype, (*A.shape[:-2], inner, columns))
    columnwise = b.alloc(A.dtype, (0,) if mode == "r" else (*A.shape[:-2], inner, rows))
    b.method("lapack", kernel="qr", dtype=A.dtype, operands=[b.contiguous(A), columnwise, r],
             integers=[rows, columns, inner, int(mode != "r")], batch=batch_size(A), side=maximum(rows, columns))
    return columnwise if mode == "r" else register_transposed(b, columnwise), r


@qr_factors.meta
def _(A: Any, mode: str) -> tuple[Result, Result]:
    batch, (rows, columns) = A.shape[:-2], A.shape[-2:]
    inner = rows if mode == "complete" else minimum(rows, columns)
    return (Result(A.dtype, (0,) if mode == "r" else (*batch, rows, inner)), Result(A.dtype, (*batch, inner, columns)))


@qr_factors.gradient
def _(grads: Any, outputs: Any, A: Any, mode: Any) -> Any:
    """With A = Q [R₁, R₂], R₁ square: R₂ = Qᴴ A₂ adds Q R₂ G₂ᴴ to the gradient of Q, and that of A₁ is
    (G_Q + Q sym(triu(G₁ R₁ᴴ - Qᴴ G_Q))) R₁⁻ᴴ, where sym adds the adjoint and halves the diagonal."""
    if mode == "r":
        raise RuntimeError("The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
                           "linalg.qr(A, mode='reduced') if you are going to require gradients in addition to R")
    q, r = outputs
    rows, columns = A.shape[-2:]
    if mode == "complete":
        check(rows <= columns, RuntimeError,
              "The QR decomposition is not differentiable when mode='complete' and nrows > ncols")
    k = minimum(rows, columns)
    by_q = grads[0] if grads[0] is not None else zeros(q.shape, q.dtype)
    by_r = grads[1] if grads[1] is not None else zeros(r.shape, r.dtype)
    first, rest = narrow(r, -1, 0, k), narrow(r, -1, k, columns - k)
    by_first, by_rest = narrow(by_r, -1, 0, k), narrow(by_r, -1, k, columns - k)
    by_q = by_q + multiply_matrices(q, multiply_matrices(rest, adjoint(by_rest)))
    middle = triu(multiply_matrices(by_first, adjoint(first)) - multiply_matrices(adjoint(q), by_q))
    above = triu(middle, 1)
    # Its diagonal is real, as that of R is.
    middle = above + adjoint(above) + real_part(diagonal(middle, 0, A.ndim - 2, A.ndim - 1)).diag_embed()
    left = solved_triangular(first, by_q + multiply_matrices(q, middle), True, False, False, True)
    return cat([left, multiply_matrices(q, by_rest)], -1)


def _factors(A: Any, mode: str) -> Any:
    check_matrices(A, "linalg.qr")
    check_float(A, "linalg.geqrf")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or "
                           "'complete'")
    q, r = qr_factors(A, mode)
    return q, columnwise(r)


@derived(public="qr", overload="linalg", modules=("linalg",), method=False, out=True, fields=("Q", "R"))
def linalg_qr(A: Tensor, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """Q with orthonormal columns and upper triangular R, A = Q R: (*, m, n) → (*, m, k), (*, k, n), k = min(m, n).

    With mode 'complete', Q is (*, m, m) and R (*, m, n); with 'r', Q is empty.
    """
    return _factors(A, mode)


@derived(out=True, fields=("Q", "R"))
def qr(input: Tensor, some: bool = True) -> tuple[Tensor, Tensor]:
    """Q and R: linalg.qr, in mode 'complete' where not `some`."""
    return _factors(input, "reduced" if some else "complete")


# -- reflectors --------------------------------------------------------------------------------------------------------


@kernel(out=True, fields=("a", "tau"), differentiable=False)
def geqrf(b: Any, input: Tensor) -> tuple[Tensor, Tensor]:
    """R, and below it the Householder reflectors whose product is Q, with their factors tau."""
    rows, columns = input.shape[-2:]
    columnwise = b.alloc(input.dtype, (*input.shape[:-2], columns, rows))
    tau = b.alloc(input.dtype, (*input.shape[:-2], minimum(rows, columns)))
    b.method("lapack", kernel="geqrf", dtype=input.dtype, operands=[b.contiguous(input), columnwise, tau],
             integers=[rows, columns], batch=batch_size(input), side=maximum(rows, columns))
    return register_transposed(b, columnwise), tau


@geqrf.meta
def _(input: Any) -> tuple[Result, Result]:
    if input.ndim < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    check_float(input, "geqrf")
    return (Result(input.dtype, input.shape),
            Result(input.dtype, (*input.shape[:-2], minimum(input.shape[-2], input.shape[-1]))))


def _check_reflectors(name: str, input: Any, tau: Any) -> None:
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    check(input.shape[-2] >= input.shape[-1], RuntimeError,
          f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    check(input.shape[-1] >= tau.shape[-1], RuntimeError,
          f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if input.ndim - tau.ndim != 1:
        raise RuntimeError(f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to "
                           f"{tau.ndim} and input.ndim is equal to {input.ndim}")
    for d in range(input.ndim - 2):
        check(input.shape[d] == tau.shape[d], RuntimeError,
              f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2]")
    if input.dtype != tau.dtype:
        raise RuntimeError(f"{name}: tau dtype {tau.dtype} does not match input dtype {input.dtype}")
    check_float(input, "orgqr")


def _block_form(input: Any, tau: Any) -> tuple[Any, Any]:
    """V and T of the product I - V T Vᴴ of the reflectors I - tauᵢ vᵢ vᵢᴴ: T⁻¹ has 1 / tau on its diagonal and Vᴴ V
    above it, so that T = (I + diag(tau) triu(Vᴴ V, 1))⁻¹ diag(tau), also where a tau is zero."""
    rows, count = input.shape[-2], tau.shape[-1]
    v = tril(narrow(input, -1, 0, count), -1) + eye(rows, count, input.dtype)
    factors = unsqueeze(tau, -1)
    above = triu(multiply_matrices(adjoint(v), v), 1) * factors
    return v, solved_triangular(above, eye(count, count, input.dtype) * factors, True, True, True, False)


def _first_columns(name: str, input: Any, tau: Any) -> Any:
    _check_reflectors(name, input, tau)
    rows, columns = input.shape[-2:]
    v, t = _block_form(input, tau)
    top = adjoint(narrow(v, -2, 0, columns))
    return columnwise(eye(rows, columns, input.dtype) - multiply_matrices(v, multiply_matrices(t, top)))


@derived(modules=("linalg",), method=False, out=True)
def householder_product(A: Tensor, tau: Tensor) -> Tensor:
    """The first n columns of the product of the Householder reflectors I - tauᵢ vᵢ vᵢᴴ, where vᵢ has one at i and below
    it what column i of A has: (*, m, n), (*, k) → (*, m, n)."""
    return _first_columns("torch.linalg.householder_product", A, tau)


@derived(out=True)
def orgqr(input: Tensor, input2: Tensor) -> Tensor:
    """The first columns of a product of reflectors: linalg.householder_product."""
    return _first_columns("torch.linalg.householder_product", input, input2)


@derived(out=True)
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False) -> Tensor:
    """The whole product Q of the reflectors of `input` (see linalg.householder_product) times `other`, or other times Q
    where not `left`; with Qᴴ where `transpose`."""
    name = "torch.ormqr"
    check_matrices(input, name, "input")
    check_matrices(other, name, "other")
    check_float(input, "ormqr")
    side = other.shape[-2] if left else other.shape[-1]
    check(side >= tau.shape[-1], RuntimeError,
          f"{name}: other.shape[{-2 if left else -1}] must be greater than or equal to tau.shape[-1]")
    check(side == input.shape[-2], RuntimeError,
          f"{name}: other.shape[{-2 if left else -1}] must be equal to input.shape[-2]")
    v, t = _block_form(input, tau)
    t = adjoint(t) if transpose else t
    if left:
        found = other - multiply_matrices(v, multiply_matrices(t, multiply_matrices(adjoint(v), other)))
    else:
        found = other - multiply_matrices(multiply_matrices(multiply_matrices(other, v), t), adjoint(v))
    return columnwise(found)


# -- samples -----------------------------------------------------------------------------------------------------------


@linalg_qr.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 3))
    yield sample(make(2, 5, 3))
    yield sample(make(3, 5))
    yield sample(make(3, 4), "complete")
    yield sample(make(2, 3, 3), "complete")


@qr.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3))
    yield sample(make(3, 4), False)


@geqrf.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3))
    yield sample(make(2, 3, 4))



for _op in (householder_product, orgqr):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(4, 3), make(3))
        yield sample(make(2, 4, 4), make(2, 2))


@ormqr.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3), make(3), make(4, 2))
    yield sample(make(4, 2), make(2), make(3, 4), False, True)
    yield sample(make(2, 4, 3), make(2, 3), make(2, 4, 2), True, True)
