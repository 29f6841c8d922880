"""What steps of Programs compute: kept from run to run, and never stale.

Programs are those of ops; sizes change between calls, on other devices, in other threads and where calls fail.
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import threading

import numpy
import pytest
from same_as_torch import taeda

CORE = pathlib.Path(__file__).parents[2] / "csrc" / "core"


def test_as_one_by_one(tmp_path: pathlib.Path) -> None:
    compiler = shutil.which("c++") or shutil.which("g++")
    if not compiler:
        pytest.skip("no C++ compiler")
    program = tmp_path / "calculation_random"
    sources = [pathlib.Path(__file__).with_name("calculation_random.cpp"), CORE / "calculation.cpp",
               *(CORE / f"{name}.cpp" for name in ("expression", "error", "dtype"))]
    subprocess.run([compiler, "-std=c++20", "-O1", "-ffunction-sections", "-Wl,--gc-sections", f"-I{CORE.parent}",
                    *sources, "-o", program], check=True)
    subprocess.run([program], check=True, timeout=60)


def matrix(rows: int, columns: int) -> numpy.ndarray:
    return numpy.arange(rows * columns, dtype="float64").reshape(rows, columns) % 7 - 3


SIZES = [(3, 4, 5), (3, 4, 5), (1, 4, 5), (3, 0, 5), (3, 4, 1), (0, 4, 5), (3, 4, 5), (64, 32, 96), (3, 5, 4),
         (9, 1, 1)]


def product(m: int, k: int, n: int) -> bool:
    a, b = matrix(m, k), matrix(k, n)
    return numpy.array_equal((taeda.tensor(a) @ taeda.tensor(b)).numpy(), a @ b)


def test_sizes_that_change() -> None:
    assert all(product(*sizes) for sizes in SIZES + SIZES[::-1])


def test_strides_that_change() -> None:
    a = matrix(6, 6)
    x = taeda.tensor(a)
    for _ in range(2):
        assert numpy.array_equal((x @ x).numpy(), a @ a)
        assert numpy.array_equal((x.T @ x).numpy(), a.T @ a)
        assert numpy.array_equal((x @ x[:, ::3]).numpy(), a @ a[:, ::3])
        assert numpy.array_equal((x[::2] @ x.T).numpy(), a[::2] @ a.T)


def test_after_a_failure() -> None:
    x = taeda.arange(12.0).reshape(3, 4)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            x @ x
        with pytest.raises(RuntimeError):
            taeda.empty(2**40, 2**40)
        with pytest.raises((RuntimeError, IndexError)):
            x.narrow(0, 2, 9)
        assert x.narrow(0, 2, 1).shape == (1, 4)
        assert taeda.empty(2, 3).shape == (2, 3)
        assert (x @ x.T).shape == (3, 3)


def test_described_between() -> None:
    a, b = taeda.ones(4, 8), taeda.ones(8, 2)
    for rows in (2, 4, 7):
        assert (a @ b).tolist() == [[8.0, 8.0]] * 4
        assert (taeda.empty(rows, 8, device="meta") @ taeda.empty(8, rows, device="meta")).shape == (rows, rows)


def test_other_threads_between() -> None:
    failures: list[tuple[int, int, int]] = []

    def work(start: int) -> None:
        for k in range(150):
            sizes = SIZES[(start + k) % len(SIZES)]
            if not product(*sizes):
                failures.append(sizes)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failures == []


def test_pending_calls_between() -> None:
    """Reading an operand has other calls run, of the same Program with other sizes."""

    @taeda.compile
    def step(x: object, n: int) -> object:
        return (x @ x.T)[:n] + 1  # type: ignore[operator, attr-defined]

    for n in (2, 5, 3):
        x = taeda.ones(n + 2, 3)
        put_off = step(x, n)
        assert (put_off @ taeda.ones(n + 2, 2)).tolist() == [[4.0 * (n + 2)] * 2] * n
