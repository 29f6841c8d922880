"""Eigenvalues of any square matrices: gradients of what depends neither on the order of values nor on phases."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

import taeda
from expected import agree
from taeda.testing.samples import from_array


def matrices(dtype: str, *shape: int) -> np.ndarray:
    random = np.random.default_rng(len(shape))
    found = random.standard_normal(shape)
    return found + 1j * random.standard_normal(shape) if dtype.startswith("complex") else found


def invariants(values: Any, vectors: Any) -> Any:
    weights = (vectors.abs() ** 2 * values.abs().unsqueeze(-2)).sum(-1)
    return [values.sum(-1), (values ** 3).sum(-1), weights]


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("shape", [(4, 4), (3, 5, 5), (2, 0, 0), (0, 3, 3)])
def test_invariants_and_their_gradients(dtype: str, shape: tuple[int, ...]) -> None:
    def program(library: Any) -> Any:
        A = from_array(matrices(dtype, *shape), dtype, library).requires_grad_()
        found = invariants(*library.linalg.eig(A))
        loss = sum(x.abs().sum() for x in found) + library.linalg.eigvals(A).abs().sum()
        first, = library.autograd.grad(loss, A, create_graph=True)
        second, = library.autograd.grad(first.abs().square().sum(), A)
        return found, first, second

    agree(program, 1e-6, 1e-6)  # complex numbers are recorded in single precision


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_vectors_belong_to_values(dtype: str) -> None:
    A = taeda.tensor(matrices(dtype, 3, 70, 70)).to(getattr(taeda, dtype))
    values, vectors = taeda.linalg.eig(A)
    assert taeda.allclose(A.to(vectors.dtype) @ vectors, vectors * values.unsqueeze(-2), atol=2e-4)
    assert taeda.allclose(vectors.abs().square().sum(-2), taeda.ones(3, 70))
    assert taeda.linalg.eigvals(A).shape == (3, 70)


@pytest.mark.parametrize("name", ["eig", "eigvals"])
def test_refusals(name: str) -> None:
    def program(library: Any) -> Any:
        found = []
        infinite = library.tensor([[1.0, float("inf")], [0.0, 1.0]])
        for A in (library.zeros(2, 3), library.zeros(3), *([infinite] if name == "eig" else [])):
            try:
                getattr(library.linalg, name)(A)
            except RuntimeError as error:
                found.append(str(error))
        return found

    agree(program)


def test_other_threads_run_during_a_large_decomposition() -> None:
    A, ticks, done = taeda.randn(400, 400), list[float](), threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.0005)

    other = threading.Thread(target=tick)
    other.start()
    try:
        for _ in range(5):
            begin = time.perf_counter()
            taeda.linalg.svdvals(A)
            took = time.perf_counter() - begin
            if any(begin + took / 4 < t < begin + 3 * took / 4 for t in list(ticks)):
                return
    finally:
        done.set()
        other.join()
    raise AssertionError("the thread never ran in the middle of a decomposition")
