"""lobpcg against full decompositions: dense and sparse, both ends, with B, preconditioners, batches and gradients."""

from __future__ import annotations

import numpy as np
import pytest

import taeda


def laplacian(m: int, dtype: str = "float64") -> np.ndarray:
    return (np.diag(np.linspace(2, 3, m)) - np.diag(np.ones(m - 1), 1) - np.diag(np.ones(m - 1), -1)).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("largest", [True, False, None])
@pytest.mark.parametrize("sparse", [False, True])
def test_both_ends(dtype: str, largest: bool | None, sparse: bool) -> None:
    a = laplacian(60, dtype)
    taeda.manual_seed(0)
    given = taeda.tensor(a).to_sparse_csr() if sparse else taeda.tensor(a)
    values, vectors = taeda.lobpcg(given, 3, n=5, largest=largest)
    wanted = np.linalg.eigvalsh(a)
    wanted = wanted[:3] if largest is False else wanted[::-1][:3]
    loose = 1e-3 if dtype == "float32" else 1e-7
    assert values.shape == (3,) and vectors.shape == (60, 3)
    assert np.abs(values.numpy() - wanted).max() < loose
    assert np.abs(a @ vectors.numpy() - vectors.numpy() * values.numpy()).max() < 3 * loose
    assert np.abs((vectors.mT @ vectors).numpy() - np.eye(3)).max() < loose


def test_generalised_with_a_preconditioner() -> None:
    a, b = laplacian(50), np.diag(np.linspace(1, 4, 50))
    taeda.manual_seed(0)
    steps = []
    values, vectors = taeda.lobpcg(taeda.tensor(a), 2, taeda.tensor(b), iK=taeda.tensor(np.linalg.inv(a)), n=4,
                                   largest=False, tol=1e-10, tracker=lambda s: steps.append(s.ivars["istep"]))
    wanted = np.linalg.eigvalsh(np.linalg.inv(np.linalg.cholesky(b)) @ a @ np.linalg.inv(np.linalg.cholesky(b)).T)
    assert np.abs(values.numpy() - wanted[:2]).max() < 1e-9
    assert np.abs((vectors.mT @ taeda.tensor(b) @ vectors).numpy() - np.eye(2)).max() < 1e-9
    assert steps == list(range(1, len(steps) + 1)) and len(steps) < 30


def test_batches_starts_and_steps() -> None:
    a = taeda.tensor(np.stack([laplacian(40), 2 * laplacian(40)]))
    start = taeda.tensor(np.random.default_rng(0).standard_normal((2, 40, 2)))
    values, vectors = taeda.lobpcg(a, X=start)
    assert values.shape == (2, 2) and vectors.shape == (2, 40, 2)
    assert taeda.allclose(values[1], 2 * values[0], atol=1e-6)
    assert taeda.lobpcg(a[:0], 2)[1].shape == (0, 40, 2)
    one, _ = taeda.lobpcg(a[0], X=start[0], niter=1)
    assert (one <= values[0]).all() and not taeda.allclose(one, values[0], atol=1e-3)

    def stop(search: object) -> None:
        search.bvars["force_stop"] = True

    assert taeda.equal(taeda.lobpcg(a[0], X=start[0], tracker=stop)[0], one)


def test_gradients_and_refusals() -> None:
    a = taeda.tensor(laplacian(20)).requires_grad_()
    values, vectors = taeda.lobpcg(a, 2)
    values.sum().backward()
    assert taeda.allclose(a.grad, vectors.detach() @ vectors.detach().mT, atol=1e-9)
    with pytest.raises(ValueError, match="smaller than 3 x"):
        taeda.lobpcg(taeda.eye(5), 2)
    with pytest.raises(ValueError, match="square"):
        taeda.lobpcg(taeda.ones(9, 5), 1)
    with pytest.raises(ValueError, match="method"):
        taeda.lobpcg(taeda.eye(9), 1, method="newton")
    with pytest.raises(NotImplementedError, match="without B"):
        taeda.lobpcg(a, 1, taeda.eye(20, dtype=taeda.float64))
