"""Discrete Fourier transforms along one dimension and along several, in PyTorch's forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.dtype import COMPLEX_OF, NARROW
from taeda.ir.expression import minimum, square_root, to_float, unwrap
from taeda.ir.expression import where as where_number
from taeda.ops import dtypes
from taeda.ops.creation import arange, zeros
from taeda.ops.joining import cat
from taeda.ops.op import Dims, Number, Result, Sample, Sizes, SymInt, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import convert, real_part, where
from taeda.ops.views import narrow, permute, wrap_dim

FULL, TO_HALF, FROM_HALF, REAL_TO_FULL = range(4)  # the kinds of csrc/core/fourier.h


@kernel(public=False, conjugate=False)
def fourier_rows(b: Any, input: Tensor, n: SymInt, kind: int, inverse: bool, scale: Number,
                 trailing: int = 0) -> Tensor:
    """scale * Σ_k x[k] exp(∓2πi jk / n), + for `inverse`, along the last dimension: of n complex numbers, or of n real
    ones to the half of the spectrum that determines it or to all of it, or from such a half to real numbers. FULL ones
    may be along a dimension that has `trailing` others behind it."""
    dtype, shape = _result(input, n, kind)
    out = b.alloc(dtype, shape)
    b.method("fourier", input=input, out=out, n=n, kind=kind, inverse=inverse, scale=scale, trailing=trailing)
    return out


@kernel(public=False, conjugate=False)
def fourier_planes(b: Any, input: Tensor, inverse: bool, scale: Number, column_scale: Number) -> Tensor:
    """The transforms of the rows of the last two dimensions and then of their columns, with a factor for each."""
    out = b.alloc(input.dtype, input.shape)
    b.method("fourier", input=input, out=out, n=input.shape[-1], kind=FULL, inverse=inverse, scale=scale, trailing=0,
             height=input.shape[-2], column_scale=column_scale)
    return out


@fourier_planes.meta
def _(input: Any, inverse: bool, scale: Any, column_scale: Any) -> Result:
    return Result(input.dtype, input.shape)


@fourier_planes.gradient
def _(grad: Any, inverse: Any, scale: Any, column_scale: Any) -> Any:
    return fourier_planes(grad, not inverse, scale, column_scale)


def _result(input: Any, n: Any, kind: int) -> tuple[str, tuple[Any, ...]]:
    if kind == FULL:
        return input.dtype, input.shape
    dtype = dtypes.real_dtype(input.dtype)
    dtype = dtype if kind == FROM_HALF else COMPLEX_OF[dtype]
    return dtype, (*input.shape[:-1], n // 2 + 1 if kind == TO_HALF else n)


@fourier_rows.meta
def _(input: Any, n: Any, kind: int, inverse: bool, scale: Any, trailing: int) -> Result:
    return Result(*_result(input, n, kind))


@fourier_rows.gradient
def _(grad: Any, n: Any, kind: Any, inverse: Any, scale: Any, trailing: Any) -> Any:
    """The conjugate transpose. An inner element of a half spectrum stands for two of the whole one."""
    if kind == FULL:
        return fourier_rows(grad, n, FULL, not inverse, scale, trailing)
    if kind == REAL_TO_FULL:
        return real_part(fourier_rows(grad, n, FULL, not inverse, scale))
    if kind == TO_HALF:
        return fourier_rows(grad * _weights(n, 0.5, dtypes.real_dtype(grad.dtype)), n, FROM_HALF, not inverse, scale)
    return fourier_rows(grad, n, TO_HALF, not inverse, scale) * _weights(n, 2.0, grad.dtype)


def _weights(n: Any, inner: float, dtype: str) -> Any:
    """One for the first element of a half spectrum and the middle of an even one, `inner` for all others."""
    places = arange(0, 1, n // 2 + 1, "int64")
    return convert(where(places.eq(0).logical_or((places * 2).eq(n)), 1.0, inner), dtype)


# -- one dimension -----------------------------------------------------------------------------------------------------


def _scale(n: Any, norm: str | None, inverse: bool) -> Any:
    if norm not in (None, "backward", "forward", "ortho"):
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    if norm == "ortho":
        return 1.0 / square_root(to_float(n))
    return 1.0 / to_float(n) if inverse == (norm != "forward") else 1.0


def _swapped(norm: str | None) -> str | None:
    return {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, norm)


def _wide(x: Any, name: str, kind: int) -> Any:
    """A float or complex tensor of what PyTorch takes here; complex where half a spectrum is read."""
    if x.dtype in NARROW or x.dtype == "complex32":
        raise RuntimeError(f"Unsupported dtype {dtypes.torch_kernel_name(x.dtype)}")
    if dtypes.is_complex(x.dtype):
        if kind == TO_HALF:
            raise RuntimeError(f"{name} expects a real input tensor, but got {dtypes.torch_kernel_name(x.dtype)}")
        return x
    floating = x if dtypes.is_float(x.dtype) else convert(x, dtypes.default_float())
    return convert(floating, COMPLEX_OF[floating.dtype]) if kind == FROM_HALF else floating


def _fitted(x: Any, n: Any, dim: int) -> Any:
    """`x` with n elements along `dim`: the first ones, or zeros after all of them."""
    size = x.shape[dim]
    if unwrap(n) == unwrap(size):
        return x
    kept = minimum(size, n)
    shape = [n - kept if d == dim else m for d, m in enumerate(x.shape)]
    return cat([narrow(x, dim, 0, kept), zeros(tuple(shape), x.dtype)], dim)


def _along(x: Any, n: Any, trailing: int, kind: int, inverse: bool, norm: str | None) -> Any:
    """The transform along a dimension that has the right size already, and so many others behind it."""
    if kind == FULL and not dtypes.is_complex(x.dtype):
        if trailing == 0:
            return fourier_rows(x, n, REAL_TO_FULL, inverse, _scale(n, norm, inverse))
        x = convert(x, COMPLEX_OF[x.dtype])
    return fourier_rows(x, n, kind, inverse, _scale(n, norm, inverse), trailing)


def _innermost(x: Any, dims: list[int]) -> tuple[Any, tuple[int, ...]]:
    """`x` with these dimensions last, in this order, which is how results lie, and the permutation back."""
    order = (*(d for d in range(x.ndim) if d not in dims), *dims)
    back = tuple(order.index(d) for d in range(x.ndim))
    return (x if order == tuple(range(x.ndim)) else permute(x, order)), back


def _outermost(x: Any, back: tuple[int, ...]) -> Any:
    return x if back == tuple(range(x.ndim)) else permute(x, back)


def _one(input: Any, n: Any, dim: int, norm: str | None, kind: int, inverse: bool, name: str) -> Any:
    x = _wide(input, name, kind)
    if not x.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    d = wrap_dim(dim, x.ndim)
    if n is None:
        n = (x.shape[d] - 1) * 2 if kind == FROM_HALF else x.shape[d]
    check(n >= 1, RuntimeError, "Invalid number of data points ({0}) specified", n)
    x, back = _innermost(_fitted(x, n // 2 + 1 if kind == FROM_HALF else n, d), [d])
    return _outermost(_along(x, n, 0, kind, inverse, norm), back)


@derived(modules=("fft",), method=False, out=True)
def fft(input: Tensor, n: SymInt | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Σ_k x[k] exp(-2πi jk / n) along `dim`, of the first n elements, or with zeros after fewer.

    `norm` says what is divided: 'backward' (the default) the inverse transform by n, 'forward' this one, 'ortho' both
    by the root of n.
    """
    return _one(input, n, dim, norm, FULL, False, "fft")


@derived(modules=("fft",), method=False, out=True)
def ifft(input: Tensor, n: SymInt | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of fft: Σ_k x[k] exp(2πi jk / n) / n along `dim`."""
    return _one(input, n, dim, norm, FULL, True, "ifft")


@derived(modules=("fft",), method=False, out=True)
def rfft(input: Tensor, n: SymInt | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The first n / 2 + 1 elements of the fft of a real tensor, which determine the others."""
    return _one(input, n, dim, norm, TO_HALF, False, "rfft")


@derived(modules=("fft",), method=False, out=True)
def irfft(input: Tensor, n: SymInt | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of rfft: a real tensor of n elements along `dim`, by default 2 (m - 1) from m."""
    return _one(input, n, dim, norm, FROM_HALF, True, "irfft")


@derived(modules=("fft",), method=False, out=True)
def hfft(input: Tensor, n: SymInt | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The fft, which is real, of a Hermitian signal that is given by its half."""
    return _one(input, n, dim, norm, FROM_HALF, False, "hfft")


@derived(modules=("fft",), method=False, out=True)
def ihfft(input: Tensor, n: SymInt | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of hfft: half of the ifft of a real tensor."""
    return _one(input, n, dim, norm, TO_HALF, True, "ihfft")


# -- several dimensions ------------------------------------------------------------------------------------------------


def _dims_and_sizes(x: Any, s: Any, dim: Any, half: bool) -> tuple[list[int], list[Any]]:
    """The dimensions, and the logical size of each; of `half` spectra the last one has 2 (m - 1) by default."""
    given = dim if dim is None or isinstance(dim, (tuple, list)) else (dim,)
    if given is None:
        count = x.ndim if s is None else len(s)
        if count > x.ndim:
            raise RuntimeError(f"Got shape with {count} values but input tensor only has {x.ndim} dimensions.")
        dims = list(range(x.ndim - count, x.ndim))
    else:
        dims = [wrap_dim(d, x.ndim) for d in given]
        if len(set(dims)) != len(dims):
            raise RuntimeError("FFT dims must be unique")
        if s is not None and len(s) != len(dims):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
    own = [x.shape[d] for d in dims]
    if half and own:
        own[-1] = (own[-1] - 1) * 2
    sizes = own if s is None else [where_number(n == -1, m, n) for n, m in zip(s, own, strict=True)]
    for n in sizes:
        check(n >= 1, RuntimeError, "Invalid number of data points ({0}) specified", n)
    return dims, sizes


def _several(input: Any, s: Any, dim: Any, norm: str | None, inverse: bool, name: str) -> Any:
    x = _wide(input, name, FULL)
    dims, sizes = _dims_and_sizes(x, s, dim, False)
    for d, n in zip(dims, sizes, strict=True):
        x = _fitted(x, n, d)
    if not dims:
        return x if dtypes.is_complex(x.dtype) else convert(x, COMPLEX_OF[x.dtype])
    by_dim = dict(zip(dims, sizes, strict=True))
    x, back = _innermost(x, sorted(dims))
    order = sorted(dims, reverse=True)
    planes = len(order) > 1 and dtypes.is_complex(x.dtype)
    if planes:
        x = fourier_planes(x, inverse, *(_scale(by_dim[d], norm, inverse) for d in order[:2]))
    for trailing, d in enumerate(order):
        if trailing > 1 or not planes:
            x = _along(x, by_dim[d], trailing, FULL, inverse, norm)
    return _outermost(x, back)


def _to_half(input: Any, s: Any, dim: Any, norm: str | None, inverse: bool, name: str) -> Any:
    x = _wide(input, name, TO_HALF)
    dims, sizes = _dims_and_sizes(x, s, dim, False)
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")
    for d, n in zip(dims, sizes, strict=True):
        x = _fitted(x, n, d)
    x, back = _innermost(x, dims)
    x = _along(x, sizes[-1], 0, TO_HALF, inverse, norm)
    for k in range(1, len(dims)):
        x = _along(x, sizes[-1 - k], k, FULL, inverse, norm)
    return _outermost(x, back)


def _from_half(input: Any, s: Any, dim: Any, norm: str | None, inverse: bool, name: str) -> Any:
    x = _wide(input, name, FROM_HALF)
    dims, sizes = _dims_and_sizes(x, s, dim, True)
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")
    for d, n in zip(dims, [*sizes[:-1], sizes[-1] // 2 + 1], strict=True):
        x = _fitted(x, n, d)
    x, back = _innermost(x, dims)
    for k in range(len(dims) - 1, 0, -1):
        x = _along(x, sizes[-1 - k], k, FULL, inverse, norm)
    return _outermost(_along(x, sizes[-1], 0, FROM_HALF, inverse, norm), back)


_WAYS = {"fft": (_several, False), "ifft": (_several, True), "rfft": (_to_half, False), "irfft": (_from_half, True),
         "hfft": (_from_half, False), "ihfft": (_to_half, True)}


def _forms(name: str) -> None:
    way, inverse = _WAYS[name]

    @derived(public=f"{name}n", modules=("fft",), method=False, out=True)
    def over_all(input: Tensor, s: Sizes | None = None, dim: Dims | None = None, norm: str | None = None) -> Tensor:
        return way(input, s, dim, norm, inverse, f"{name}n")

    @derived(public=f"{name}2", modules=("fft",), method=False, out=True)
    def over_two(input: Tensor, s: Sizes | None = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
        return way(input, s, dim, norm, inverse, f"{name}2")

    over_all.__doc__ = f"{name} along each of several dimensions, all by default; s says their sizes."
    over_two.__doc__ = f"{name} along two dimensions, the last ones by default; s says their sizes."

    @over_all.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 4))
        yield sample(make(2, 3, 4), dim=(0, 2), norm="ortho")
        yield sample(make(2, 3, 4), (4, 3))
        yield sample(make(2, 3, 4), (-1, 5), (0, 1), "forward")

    @over_two.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(2, 3, 4))
        yield sample(make(3, 4), (2, 6), norm="ortho")


for _name in _WAYS:
    _forms(_name)

for _op in (fft, ifft, rfft, irfft, hfft, ihfft):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(6))
        yield sample(make(2, 5))
        yield sample(make(2, 5), 4, norm="ortho")
        yield sample(make(3, 4), 7, 0, "forward")
        yield sample(make(0, 4))
