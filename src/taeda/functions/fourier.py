"""Frequencies, shifts, windows, and transforms of short pieces of a signal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import taeda
from taeda._binding import modules
from taeda.functions.creation import dtype_of, finished
from taeda.functions.function import function
from taeda.ops.signature import Device, Dims, DType, Layout, Sample, Tensor, sample

# -- frequencies and their order ---------------------------------------------------------------------------------------


def _per_cycle(n: int, d: float) -> float:
    return 1.0 / (n * d) if n * d else math.copysign(math.inf, n * d)


@function(modules=("fft",))
def fftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: DType | None = None,
            layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False) -> Any:
    """The frequencies of fft's n results in cycles per unit, of samples `d` apart: 0, 1, .., -2, -1 over n d."""
    wanted = dtype_of(dtype, out)
    places = taeda.arange(n, dtype=wanted, layout=layout, device=device)
    places = taeda.cat([places[:(n + 1) // 2], places[(n + 1) // 2:] - n])
    return finished(places * _per_cycle(n, d), out, requires_grad)


@function(modules=("fft",))
def rfftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: DType | None = None,
             layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False) -> Any:
    """The frequencies of rfft's n / 2 + 1 results."""
    wanted = dtype_of(dtype, out)
    return finished(taeda.arange(n // 2 + 1, dtype=wanted, layout=layout, device=device) * _per_cycle(n, d), out,
                    requires_grad)


def _rolled(input: Any, dim: Any, share: Any) -> Any:
    dims = tuple(range(input.dim())) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    return taeda.roll(input, [share(input.shape[d]) for d in dims], dims) if dims else input.clone()


@function(modules=("fft",))
def fftshift(input: Tensor, dim: Dims | None = None) -> Any:
    """The elements along `dim` (all dimensions by default) exchanged so that the frequency 0 is in the middle."""
    return _rolled(input, dim, lambda n: n // 2)


@function(modules=("fft",))
def ifftshift(input: Tensor, dim: Dims | None = None) -> Any:
    """The opposite of fftshift."""
    return _rolled(input, dim, lambda n: (n + 1) // 2)


for _op in (fftfreq, rfftfreq):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(6)
        yield sample(5, 0.5)

for _op in (fftshift, ifftshift):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(5))
        yield sample(make(4, 3), dim=(0,))
        yield sample(make(4, 3))


# -- windows -----------------------------------------------------------------------------------------------------------


def _window(name: str, window_length: int, periodic: bool, shape: Any, dtype: Any, layout: Any, device: Any,
            requires_grad: bool) -> Any:
    """shape(x) for x from 0 to 1, the end not included where `periodic`."""
    wanted = dtype_of(dtype)
    if not wanted.is_floating_point:
        raise RuntimeError(f"{name}() expects floating point dtypes, got: {wanted}")
    if window_length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={window_length}")
    if window_length <= 1:
        return finished(taeda.ones(window_length, dtype=wanted, layout=layout, device=device), None, requires_grad)
    steps = window_length if periodic else window_length - 1
    places = taeda.arange(window_length, dtype=taeda.float64, layout=layout, device=device) / steps
    return finished(shape(places).to(wanted), None, requires_grad)


@function
def bartlett_window(window_length: int, periodic: bool = True, *, dtype: DType | None = None,
                    layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False) -> Any:
    """A triangle: 1 - |2x - 1|."""
    return _window("bartlett_window", window_length, periodic, lambda x: 1 - (2 * x - 1).abs(), dtype, layout, device,
                   requires_grad)


@function
def blackman_window(window_length: int, periodic: bool = True, *, dtype: DType | None = None,
                    layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False) -> Any:
    """0.42 - 0.5 cos(2πx) + 0.08 cos(4πx)."""
    return _window("blackman_window", window_length, periodic,
                   lambda x: 0.42 - 0.5 * (2 * math.pi * x).cos() + 0.08 * (4 * math.pi * x).cos(), dtype, layout,
                   device, requires_grad)


@function
def hann_window(window_length: int, periodic: bool = True, *, dtype: DType | None = None, layout: Layout | None = None,
                device: Device | None = None, requires_grad: bool = False) -> Any:
    """(1 - cos(2πx)) / 2."""
    return _window("hann_window", window_length, periodic, lambda x: 0.5 - 0.5 * (2 * math.pi * x).cos(), dtype, layout,
                   device, requires_grad)


@function
def hamming_window(window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *,
                   dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
                   requires_grad: bool = False) -> Any:
    """alpha - beta cos(2πx)."""
    return _window("hamming_window", window_length, periodic, lambda x: alpha - beta * (2 * math.pi * x).cos(), dtype,
                   layout, device, requires_grad)


@function
def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: DType | None = None,
                  layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False) -> Any:
    """I0(beta sqrt(1 - (2x - 1)²)) / I0(beta), I0 the Bessel function."""
    highest = taeda.tensor(float(beta), dtype=taeda.float64, device=device)
    return _window("kaiser_window", window_length, periodic,
                   lambda x: (beta * (1 - (2 * x - 1) ** 2).clamp_min(0).sqrt()).i0() / highest.i0(), dtype, layout,
                   device, requires_grad)


for _op in (bartlett_window, blackman_window, hann_window, hamming_window, kaiser_window):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(4)
        yield sample(5, False)
        yield sample(1)


# -- short pieces ------------------------------------------------------------------------------------------------------


def _checked_window(name: str, window: Any, win_length: int, n_fft: int, like: Any) -> Any:
    """The window, with zeros on both sides up to n_fft elements."""
    if not 0 < win_length <= n_fft:
        raise RuntimeError(f"{name}: expected 0 < win_length <= n_fft, but got win_length={win_length}")
    if window is not None and (window.dim() != 1 or window.shape[0] != win_length):
        raise RuntimeError(f"{name}: expected a 1D window tensor of size equal to win_length={win_length}, but got "
                           f"window with size {list(window.shape)}")
    if window is None:
        window = taeda.ones(win_length, dtype=like.real.dtype, device=like.device)
    left = (n_fft - win_length) // 2
    return window if win_length == n_fft else taeda.nn.functional.pad(window, (left, n_fft - win_length - left))


def _extended(signal: Any, width: int, mode: str) -> Any:
    """The signals with `width` elements more on both sides."""
    if mode == "reflect" and 0 < width < signal.shape[1]:  # as slices, which are copied at the speed of memory
        last = signal.shape[1] - 1
        return taeda.cat([signal[:, 1:width + 1].flip(1), signal, signal[:, last - width:last].flip(1)], 1)
    return taeda.nn.functional.pad(signal.unsqueeze(1), (width, width), mode=mode).squeeze(1)


@function(method=True)
def stft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
         window: Tensor | None = None, center: bool = True, pad_mode: str = "reflect", normalized: bool = False,
         onesided: bool | None = None, return_complex: bool | None = None, align_to_window: bool | None = None) -> Any:
    """The transforms of pieces of n_fft elements, `hop_length` (n_fft / 4) apart, each times the window:
    (samples) or (batch, samples) → (.., frequencies, pieces).

    `center` pads the signal, by `pad_mode`, so that piece t is around the element t * hop_length. Of real signals there
    are n_fft / 2 + 1 frequencies unless `onesided` is False. `normalized` divides by the root of n_fft. Without
    `return_complex` the result has a last dimension of real and imaginary parts.
    """
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    whole = input.is_complex() or window is not None and window.is_complex()
    one_side = not whole if onesided is None else onesided
    if return_complex is None and not whole:
        raise RuntimeError("stft requires the return_complex parameter be given for real inputs, and will further "
                           "require that return_complex=True in a future PyTorch release.")
    if not input.is_floating_point() and not input.is_complex():
        raise RuntimeError(f"stft({input.dtype}): expected a tensor of floating point or complex values")
    if not 1 <= input.dim() <= 2:
        raise RuntimeError("stft: expected a 1D or 2D tensor")
    if one_side and whole:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    if center and align_to_window is not None:
        raise RuntimeError("stft only supports align_to_window for center = False.")
    if hop <= 0:
        raise RuntimeError(f"stft: expected hop_length > 0, but got hop_length={hop}")
    signal = input if input.dim() == 2 else input.unsqueeze(0)
    if center:
        signal = _extended(signal, n_fft // 2, pad_mode)
    if not 0 < n_fft <= signal.shape[1]:
        raise RuntimeError(f"stft: expected 0 < n_fft < {signal.shape[1]}, but got n_fft={n_fft}")
    weights = _checked_window("stft", window, width, n_fft, input)
    pieces = signal.unfold(1, n_fft, hop) * weights
    norm = "ortho" if normalized else None
    found = modules["fft"]["rfft" if one_side else "fft"](pieces, norm=norm).transpose(1, 2)
    found = found if input.dim() == 2 else found.squeeze(0)
    return found if return_complex or return_complex is None else taeda.view_as_real(found.contiguous())


def _overlapped(pieces: Any, hop: int) -> Any:
    """The sum of pieces (batch, n, pieces) that start `hop` apart."""
    batch, n, count = pieces.shape
    length = n + hop * (count - 1)
    return taeda.nn.functional.fold(pieces, (1, length), (1, n), stride=(1, hop)).reshape(batch, length)


@function(method=True)
def istft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
          window: Tensor | None = None, center: bool = True, normalized: bool = False, onesided: bool | None = None,
          length: int | None = None, return_complex: bool = False) -> Any:
    """The signal whose stft, with the same arguments, is closest to `input`, of `length` elements if given:
    (.., frequencies, pieces) → (samples) or (batch, samples). Raises RuntimeError where the windows leave gaps."""
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    if not input.is_complex():
        raise RuntimeError("istft requires a complex-valued input tensor matching the output from stft with "
                           "return_complex=True.")
    if not input.numel():
        raise RuntimeError("istft: input tensor cannot be empty.")
    if input.dim() not in (2, 3):
        raise RuntimeError(f"istft: expected a tensor with 2 or 3 dimensions, but got {input.dim()}")
    spectra = input if input.dim() == 3 else input.unsqueeze(0)
    one_side = spectra.shape[1] != n_fft if onesided is None else onesided
    expected = n_fft // 2 + 1 if one_side else n_fft
    if spectra.shape[1] != expected:
        raise RuntimeError(f"istft: expected the frequency dimension (3rd to the last) of the input tensor to match "
                           f"{'n_fft / 2 + 1' if one_side else 'n_fft'}={expected}, but got {spectra.shape[1]}")
    if not 0 < hop <= width:
        raise RuntimeError(f"istft: expected 0 < hop_length <= win_length, but got hop_length={hop}")
    if return_complex and one_side:
        raise RuntimeError("istft: complex signals need all frequencies: onesided=False")
    weights = _checked_window("istft", window, width, n_fft, input)
    norm = "ortho" if normalized else None
    spectra = spectra.transpose(1, 2)
    fft = modules["fft"]
    if return_complex:
        pieces = fft["ifft"](spectra, norm=norm)
    else:
        pieces = fft["irfft"](spectra if one_side else spectra[..., :n_fft // 2 + 1], n=n_fft, norm=norm)
    pieces = (pieces * weights).transpose(1, 2)
    count = pieces.shape[2]
    if return_complex:
        signal = taeda.complex(_overlapped(pieces.real, hop), _overlapped(pieces.imag, hop))
    else:
        signal = _overlapped(pieces, hop)
    energy = _overlapped(weights.square().reshape(1, n_fft, 1).expand(1, n_fft, count), hop)
    start = n_fft // 2 if center else 0
    total = signal.shape[1]
    end = start + length if length is not None else total - n_fft // 2 if center else total
    stop = min(end, total)
    signal, energy = signal[:, start:stop], energy[:, start:stop]
    if energy.numel() and energy.detach().abs().min().item() <= 1e-11:
        raise RuntimeError("window overlap add min: 1")
    signal = signal / energy
    if end > total:
        signal = taeda.nn.functional.pad(signal, (0, end - total))
    return signal if input.dim() == 3 else signal.squeeze(0)


@stft.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(40), 8, return_complex=True)
    yield sample(make(2, 40), 10, 4, 6, make(6).detach(), False, normalized=True, onesided=False, return_complex=True)

