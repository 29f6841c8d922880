"""Systems and eigenvalue problems beyond the smallest: panels, vectors over right-hand sides, reflectors in blocks."""

from __future__ import annotations

import numpy as np
import pytest

import taeda

EPSILON = {"float32": 1.2e-7, "float64": 2.3e-16}
DTYPES = sorted(EPSILON)


def matrix(n: int, columns: int, dtype: str, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed + n).standard_normal((n, columns)).astype(dtype)


def close(found: np.ndarray, wanted: np.ndarray, dtype: str, factor: float) -> None:
    assert np.abs(found - wanted).max() <= factor * EPSILON[dtype] * max(1.0, np.abs(wanted).max())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [33, 47, 64, 131])
def test_factors_and_solutions(n: int, dtype: str) -> None:
    a = matrix(n, n, dtype) + 4 * np.eye(n, dtype=dtype)
    t = taeda.tensor(a)
    p, lower, upper = taeda.linalg.lu(t)
    close((p @ lower @ upper).numpy(), a, dtype, 20 * n)
    assert lower.abs().max() <= 1
    factors, pivots = taeda.linalg.lu_factor(t)
    factor = 100 * np.linalg.cond(a)
    inverse = np.linalg.inv(a.astype("float64"))
    for other in (1, 7, 8, 45):
        b = matrix(n, other, dtype, 1)
        wide, turned = inverse @ b, inverse.T @ b
        close(taeda.linalg.solve(t, taeda.tensor(b)).numpy(), wide, dtype, factor)
        close(taeda.linalg.solve(t, taeda.tensor(b.T.copy()), left=False).numpy(), turned.T, dtype, factor)
        close(taeda.linalg.lu_solve(factors, pivots, taeda.tensor(b)).numpy(), wide, dtype, factor)
        close(taeda.linalg.lu_solve(factors, pivots, taeda.tensor(b), adjoint=True).numpy(), turned, dtype, factor)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 5, 40])
def test_triangles(n: int, dtype: str) -> None:
    a = matrix(n, n, dtype) / n + 2 * np.eye(n, dtype=dtype)
    for other in (8, 70):
        b = matrix(n, other, dtype, 1)
        for upper in (False, True):
            for unit in (False, True):
                triangle = np.triu(a) if upper else np.tril(a)
                if unit:
                    np.fill_diagonal(triangle, 1)
                found = taeda.linalg.solve_triangular(taeda.tensor(a), taeda.tensor(b), upper=upper, unitriangular=unit)
                close(triangle @ found.numpy(), b, dtype, 20 * n)
                back = taeda.linalg.solve_triangular(taeda.tensor(a).mT, taeda.tensor(b), upper=not upper,
                                                     unitriangular=unit)
                close(triangle.T @ back.numpy(), b, dtype, 20 * n)


def test_solutions_depend_neither_on_threads_nor_on_other_columns() -> None:
    a, b = taeda.tensor(matrix(200, 200, "float32")), taeda.tensor(matrix(200, 90, "float32", 1))
    threads = taeda.get_num_threads()
    found = taeda.linalg.solve(a, b)
    try:
        taeda.set_num_threads(1)
        assert taeda.equal(taeda.linalg.solve(a, b), found)
    finally:
        taeda.set_num_threads(threads)
    assert taeda.equal(taeda.linalg.solve(a, b[:, 20:60].contiguous()), found[:, 20:60])
    assert taeda.equal(taeda.linalg.solve(taeda.stack([a, a]), taeda.stack([b, b]))[1], found)


def test_singular_and_not_finite() -> None:
    a = taeda.eye(100)
    a[70, 70] = 0
    assert taeda.linalg.lu_factor_ex(a).info == 71
    with pytest.raises(taeda.linalg.LinAlgError, match="singular"):
        taeda.linalg.solve(a, taeda.ones(100, 16))
    for value in (np.nan, np.inf):
        b = taeda.tensor(matrix(100, 100, "float32"))
        b[3, 5] = value
        _, pivots = taeda.linalg.lu_factor(b)
        assert pivots.min() >= 1 and pivots.max() <= 100
        found = taeda.linalg.solve(b, taeda.ones(100, 16))
        assert found.shape == (100, 16) and (value == np.inf or found.isnan().any())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [128, 193])
def test_symmetric_eigenvalues(n: int, dtype: str) -> None:
    a = matrix(n, n, dtype)
    a = a + a.T
    for scale in (1.0, 1e-20 if dtype == "float32" else 1e-200):
        values, vectors = (x.numpy() for x in taeda.linalg.eigh(taeda.tensor(a * a.dtype.type(scale))))
        close(values / scale, np.linalg.eigvalsh(a.astype("float64")), dtype, 40)
        close(vectors.T @ vectors, np.eye(n), dtype, 40)
        close(a @ vectors, vectors * (values / scale), dtype, 40)
