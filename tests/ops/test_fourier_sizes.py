"""Fourier transforms of sizes of every way they are done: lanes, matrices, Rader's and Bluestein's convolutions."""

from __future__ import annotations

import numpy as np
import pytest

import taeda

SIZES = (1, 2, 7, 13, 17, 26, 31, 64, 96, 101, 143, 256, 257, 289, 360, 500, 512, 1000, 1009, 1031, 2018, 2187, 4096)


def numbers(n: int, rows: int, dtype: str) -> np.ndarray:
    random = np.random.default_rng(n)
    return (random.standard_normal((rows, n)) + 1j * random.standard_normal((rows, n))).astype(dtype)


def agree(found: taeda.Tensor, wanted: np.ndarray, dtype: str) -> None:
    assert found.shape == wanted.shape
    assert np.abs(found.numpy() - wanted).max() <= (2e-6 if dtype == "complex64" else 4e-15) * np.abs(wanted).max()


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("n", SIZES)
def test_rows_and_columns(n: int, dtype: str) -> None:
    x = numbers(n, 19, dtype)
    wide, real = x.astype("complex128"), x.real.astype("float64")
    t, r = taeda.tensor(x), taeda.tensor(x.real.copy())
    agree(taeda.fft.fft(t), np.fft.fft(wide), dtype)
    agree(taeda.fft.ifft(t), np.fft.ifft(wide), dtype)
    agree(taeda.fft.fft(r), np.fft.fft(real), dtype)
    agree(taeda.fft.ifft(r), np.fft.ifft(real), dtype)
    agree(taeda.fft.rfft(r), np.fft.rfft(real), dtype)
    agree(taeda.fft.ihfft(r), np.fft.ihfft(real), dtype)
    half = wide[:, :n // 2 + 1]
    agree(taeda.fft.irfft(t[:, :n // 2 + 1], n), np.fft.irfft(half, n), dtype)
    agree(taeda.fft.hfft(t[:, :n // 2 + 1], n), np.fft.hfft(half, n), dtype)
    agree(taeda.fft.fft2(t.T), np.fft.fft2(wide.T), dtype)
    agree(taeda.fft.irfft2(t.T, (n, 19)), np.fft.irfft2(wide.T, (n, 19)), dtype)


@pytest.mark.parametrize("n", SIZES)
def test_bits_of_a_row_do_not_depend_on_its_batch(n: int) -> None:
    x = taeda.tensor(numbers(n, 35, "complex64"))
    real = x.real.contiguous()
    for transform, rows in ((taeda.fft.fft, x), (taeda.fft.rfft, real), (taeda.fft.fft, real)):
        together = transform(rows)
        for k in (0, 17, 34):
            assert taeda.equal(transform(rows[k:k + 1]), together[k:k + 1])


def test_one_long_row_in_parallel() -> None:
    x = numbers(3 << 16, 1, "complex64")
    agree(taeda.fft.fft(taeda.tensor(x)), np.fft.fft(x.astype("complex128")), "complex64")


def test_stft_of_a_padded_signal() -> None:
    x = taeda.randn(2, 300, dtype=taeda.float64)
    wanted = taeda.stft(taeda.nn.functional.pad(x.unsqueeze(1), (32, 32), "reflect").squeeze(1), 64, 16, center=False,
                        return_complex=True)
    assert taeda.equal(taeda.stft(x, 64, 16, return_complex=True), wanted)
    with pytest.raises(RuntimeError, match="Padding size should be less"):
        taeda.stft(x[:, :20], 64, 16, return_complex=True)
