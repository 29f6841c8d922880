"""LU factors and systems on both sides of the size from which LAPACK does them, and products of complex matrices."""

from __future__ import annotations

import numpy as np
import pytest

import taeda

DTYPES = ("float32", "float64", "complex64", "complex128")
TOLERANCE = {"float32": 2e-4, "complex64": 2e-4, "float64": 1e-11, "complex128": 1e-11}


def matrices(dtype: str, *shape: int) -> np.ndarray:
    random = np.random.default_rng(sum(shape))
    x = random.standard_normal(shape)
    return (x + 1j * random.standard_normal(shape) if "complex" in dtype else x).astype(dtype)


def agree(found: taeda.Tensor, wanted: np.ndarray, dtype: str) -> None:
    assert found.shape == wanted.shape
    assert np.abs(found.numpy() - wanted).max(initial=0) <= TOLERANCE[dtype] * max(1, np.abs(wanted).max(initial=0))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [0, 1, 3, 16, 32, 33])
def test_systems(n: int, dtype: str) -> None:
    a = matrices(dtype, 3, n, n) + 4 * np.eye(n, dtype=dtype)
    a[0] = a[0, ::-1]  # rows have to be exchanged
    A = taeda.tensor(a)
    factors, pivots = taeda.linalg.lu_factor(A)
    for columns in (0, 1, 5):
        b = matrices(dtype, 3, n, columns)
        for left in (True, False):
            B = taeda.tensor(b if left else b.swapaxes(1, 2).copy())
            x = taeda.linalg.solve(A, B, left=left).numpy()
            agree(taeda.tensor(a @ x if left else x @ a), B.numpy(), dtype)
            for adjoint in (False, True):
                h = a.conj().swapaxes(1, 2) if adjoint else a
                x = taeda.linalg.lu_solve(factors, pivots, B, left=left, adjoint=adjoint).numpy()
                agree(taeda.tensor(h @ x if left else x @ h), B.numpy(), dtype)
    agree(taeda.tensor(a @ taeda.linalg.inv(A).numpy()), np.broadcast_to(np.eye(n), a.shape), dtype)
    p, lower, upper = taeda.lu_unpack(factors, pivots)
    agree(taeda.tensor((p @ lower @ upper).numpy()), a, dtype)
    assert all((taeda.linalg.solve(A[k], A[0]) == taeda.linalg.solve(A, A[:1])[k]).all() for k in range(3))


@pytest.mark.parametrize("n", [4, 40])
def test_singular_matrices_are_named(n: int) -> None:
    a = taeda.eye(n).repeat(3, 1, 1)
    a[1, 2] = a[1, 1]
    with pytest.raises(taeda.linalg.LinAlgError, match=r"\(Batch element 1\).*singular"):
        taeda.linalg.solve(a, a)
    with pytest.raises(taeda.linalg.LinAlgError, match=r"\(Batch element 1\).*diagonal element 3 is zero"):
        taeda.linalg.inv(a)
    assert taeda.linalg.lu_factor_ex(a).info.tolist() == [0, 3, 0]


@pytest.mark.parametrize("dtype", DTYPES[2:])
@pytest.mark.parametrize("size", [(0, 2, 3), (2, 0, 3), (1, 1, 1), (1, 5, 7), (6, 4, 1), (33, 17, 35)])
def test_complex_products(size: tuple[int, int, int], dtype: str) -> None:
    m, k, n = size
    a, b, c = matrices(dtype, m, k), matrices(dtype, k, n), matrices(dtype, m, n)
    for A in (taeda.tensor(a), taeda.tensor(a.T.copy()).T):
        for B in (taeda.tensor(b), taeda.tensor(b.T.copy()).T):
            agree(A @ B, a @ b, dtype)
            agree(taeda.addmm(taeda.tensor(c[:, :1]), A, B, beta=2), 2 * c[:, :1] + a @ b, dtype)
            agree(taeda.nn.functional.linear(A, B.T, taeda.tensor(c[0] if m else b[0])),
                  a @ b + (c[0] if m else b[0]), dtype)


def test_rows_reduced_otherwise_than_by_sums() -> None:
    dense = taeda.tensor([[0.0, 2.0, -1.0], [0.0, 0.0, 0.0], [3.0, 4.0, 0.5]])
    right = taeda.tensor(matrices("float32", 3, 4)).requires_grad_()
    matrix = dense.to_sparse_csr()
    products = dense.unsqueeze(2) * right
    counts = (dense != 0).sum(1).clamp(min=1)
    wanted = {
        "mean": products.sum(1) / counts.unsqueeze(1),
        "amax": taeda.where(dense.unsqueeze(2) != 0, products, -1e9).amax(1) * (counts > 1).unsqueeze(1),
        "amin": taeda.where(dense.unsqueeze(2) != 0, products, 1e9).amin(1) * (counts > 1).unsqueeze(1),
    }
    for reduce, want in wanted.items():
        found = taeda.sparse.mm(matrix, right, reduce)
        assert taeda.allclose(found, want)
        by_found, by_want = (taeda.autograd.grad(x.square().sum(), right, retain_graph=True)[0] for x in (found, want))
        assert taeda.allclose(by_found, by_want)
