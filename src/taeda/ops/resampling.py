"""Images at other resolutions and places: along one dimension at a time, at a grid, and shuffles of pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum as larger
from taeda.ir.expression import product
from taeda.ir.expression import where as choose
from taeda.ops.creation import arange, linspace, zeros
from taeda.ops.dtypes import is_float
from taeda.ops.joining import stack
from taeda.ops.op import Sample, Sizes, SymInt, Tensor, check, derived, sample
from taeda.ops.pointwise import compute, convert, where
from taeda.ops.taps import take_taps

_BOTH = ("torch", "nn.functional")
MOST_TAPS = 16  # for which kernels are written out


# -- along one dimension ---------------------------------------------------------------------------------------------


def _position_dtype(input: Any) -> str:
    return "float64" if input.dtype == "float64" else "float32"


def _along(values: Any, ndim: int, dim: int) -> Any:
    return values.reshape(tuple(-1 if d == dim else 1 for d in range(ndim)))


@derived(public=False)
def resample_nearest(input: Tensor, dim: int, size: SymInt, step: float, exact: bool) -> Tensor:
    """`size` elements along `dim`, `step` apart in the input's coordinates; `exact`: the middles of pixels."""
    places = convert(arange(0, 1, size, "int64"), "float32")
    if exact:
        places = places + 0.5
    last = input.shape[dim] - 1
    index = convert((places * step).floor(), "int64").clamp_max(last)
    if input.dtype in ("float32", "float64"):
        return _weighted(input, dim, [index], [places * 0 + 1])
    return input.index_select(dim, index)


def _positions(input: Any, dim: int, size: Any, step: Any, align_corners: bool) -> Any:
    """Where each of the new elements lies in the input's coordinates."""
    places = convert(arange(0, 1, size, "int64"), _position_dtype(input))
    if align_corners:
        return places * ((input.shape[dim] - 1) / larger(size - 1, 1) * choose(size > 1, 1.0, 0.0))
    return (places + 0.5) * step - 0.5


def _weighted(input: Any, dim: int, places: list[Any], weights: list[Any]) -> Any:
    """The sum of weights times the elements along `dim` at places, each a vector of as many as there will be."""
    before, extent, after = product(input.shape[:dim]), input.shape[dim], product(input.shape[dim + 1:])
    x = compute(input).reshape((1, before, extent, after))
    at = stack([convert(place, "int32") for place in places]).unsqueeze(0)
    shares = convert(stack(weights), x.dtype).unsqueeze(0)
    found = take_taps(x, at, shares, len(places), True)
    return convert(found, input.dtype).reshape((*input.shape[:dim], places[0].shape[0], *input.shape[dim + 1:]))


@derived(public=False)
def resample_linear(input: Tensor, dim: int, size: SymInt, step: float, align_corners: bool) -> Tensor:
    """`size` elements along `dim`, between the two nearest ones of the input."""
    places = _positions(input, dim, size, step, align_corners).clamp_min(0)
    last = input.shape[dim] - 1
    lower = convert(places.floor(), "int64").clamp_max(last)
    upper = (lower + 1).clamp_max(last)
    share = (places - convert(lower, places.dtype)).clamp(0, 1)
    if is_float(input.dtype):
        return _weighted(input, dim, [lower, upper], [1 - share, share])
    share = _along(convert(share, input.dtype), input.ndim, dim)
    return input.index_select(dim, lower) * (1 - share) + input.index_select(dim, upper) * share


def cubic_weights(share: Any) -> list[Any]:
    """Weights of the four neighbours (Keys 1981, a = -0.75)."""
    a = -0.75

    def near(x: Any) -> Any:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [far(share + 1), near(share), near(1 - share), far(2 - share)]


@derived(public=False)
def resample_cubic(input: Tensor, dim: int, size: SymInt, step: float, align_corners: bool) -> Tensor:
    """`size` elements along `dim`, by cubic interpolation of four neighbours."""
    places = _positions(input, dim, size, step, align_corners)
    base = places.floor()
    first = convert(base, "int64")
    result = None
    indices = [(first + offset).clamp(0, input.shape[dim] - 1) for offset in (-1, 0, 1, 2)]
    if is_float(input.dtype):
        return _weighted(input, dim, indices, cubic_weights(places - base))
    for index, weight in zip(indices, cubic_weights(places - base), strict=True):
        term = input.index_select(dim, index) * convert(_along(weight, input.ndim, dim), input.dtype)
        result = term if result is None else result + term
    return result


# -- along one dimension, smoothed by as much as it shrinks ----------------------------------------------------------


def _filtered(x: Any, mode: str) -> Any:
    """The weight at the distance x from the middle of a filter."""
    x = x.abs()
    if mode == "bilinear":
        return (1 - x).clamp_min(0)
    if mode == "lanczos":
        return where(x < 3, x.sinc() * (x / 3).sinc(), x * 0)
    a = -0.5  # (Keys 1981), as in Pillow; bicubic without antialiasing has -0.75
    near, far = ((a + 2) * x - (a + 3)) * x * x + 1, ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return where(x < 1, near, where(x < 2, far, x * 0))


@derived(public=False)
def resample_antialiased(input: Tensor, dim: int, size: SymInt, step: float, support: int, taps: int,
                         mode: str) -> Tensor:
    """`size` elements along `dim`, each the average of those of the input under a filter that reaches `support` steps
    to both sides, or pixels where the result is finer. `taps`: how many elements that are at most.

    Bytes are computed as PyTorch and Pillow do it: with weights of 16 bits, rounded once along each dimension.
    """
    bytes_ = input.dtype == "uint8"
    wide = "float64" if bytes_ else _position_dtype(input)
    width, extent = larger(step, 1.0), input.shape[dim]
    middles = (arange(0, 1, size, wide) + 0.5) * step
    reach = support * width
    first = convert((middles - reach + 0.5).trunc().clamp_min(0), "int64").unsqueeze(1)
    behind = convert((middles + reach + 0.5).trunc(), "int64").clamp_max(extent).unsqueeze(1)
    places = first + arange(0, 1, taps, "int64")
    weights = _filtered((convert(places, wide) - middles.unsqueeze(1) + 0.5) / width, mode)
    weights = where(places < behind, weights, weights * 0)
    weights = weights / weights.sum((1,), True)
    if not bytes_ and taps <= MOST_TAPS:
        along = [places.clamp_max(extent - 1).select(1, k) for k in range(taps)]
        return _weighted(input, dim, along, [weights.select(1, k) for k in range(taps)])
    shape = (*input.shape[:dim], size, taps, *input.shape[dim + 1:])
    found = input.index_select(dim, places.clamp_max(extent - 1).reshape((size * taps,))).reshape(shape)
    if not bytes_:
        return (found * convert(_weights_along(weights, input.ndim, dim), input.dtype)).sum((dim + 1,))
    # As many bits behind the point as the largest weight leaves of 16 with a sign.
    powers = convert(arange(1, 1, 22, "int64"), wide).exp2()
    bits = convert((weights.amax() * powers + 0.5).floor() < 2.0**15, wide).sum()
    scaled = weights * bits.exp2()
    whole = convert((scaled.abs() + 0.5).floor() * scaled.sign(), "int64")
    total = (convert(found, "int64") * _weights_along(whole, input.ndim, dim)).sum((dim + 1,))
    half = convert((bits - 1).exp2(), "int64")
    return convert((total + half).div(half * 2, rounding_mode="floor").clamp(0, 255), "uint8")


def _weights_along(weights: Any, ndim: int, dim: int) -> Any:
    """(size, taps) as dimensions `dim` and `dim + 1` of what is multiplied with them."""
    return weights.reshape((*(1,) * dim, *weights.shape, *(1,) * (ndim - dim - 1)))


# -- at a grid -------------------------------------------------------------------------------------------------------


@derived(modules=_BOTH, method=False)
def affine_grid(theta: Tensor, size: Sizes, align_corners: bool) -> Tensor:
    """Sampling grid of affine maps: theta (N, 2, 3) and size (N, C, H, W) to (N, H, W, 2); or one dimension more."""
    if not is_float(theta.dtype):
        raise ValueError(f"Expected theta to have floating point type, but got torch.{theta.dtype}")
    dims = len(size) - 2
    text = f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size "
    text += "[" + ", ".join(f"{{{k}}}" for k in range(len(size))) + "]."
    text += " Got [" + ", ".join(f"{{{len(size) + k}}}" for k in range(theta.ndim)) + "]."
    numbers = (*size, *theta.shape)
    if dims not in (2, 3) or theta.ndim != 3:
        check(numbers[0] < numbers[0], ValueError, text, *numbers)
        raise ValueError("affine_grid needs two or three spatial dimensions")
    check((theta.shape[1] == dims) * (theta.shape[2] == dims + 1), ValueError, text, *numbers)
    extents = size[2:]
    result = None
    for k, axis in enumerate(reversed(range(dims))):  # x first
        extent = extents[axis]
        line = linspace(-1.0, 1.0, 2.0 / larger(extent - 1, 1), extent, theta.dtype) * choose(extent > 1, 1.0, 0.0)
        if not align_corners:
            line = line * ((extent - 1) / extent)
        term = _along(line, dims + 2, axis + 1) * _of_batch(theta.select(2, k), dims)
        result = term if result is None else result + term
    return (result + _of_batch(theta.select(2, dims), dims)).expand((size[0], *extents, dims))


def _of_batch(column: Any, dims: int) -> Any:
    """(N, dims) beside points of `dims` dimensions."""
    return column.reshape((column.shape[0], *(1,) * dims, dims))


@affine_grid.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 2, 3), (2, 1, 3, 4), False)
    yield sample(make(2, 3, 4), (2, 1, 2, 3, 1), True)


def _unnormalised(coordinate: Any, size: Any, padding_mode: str, align_corners: bool) -> Any:
    """Grid coordinates (-1 to 1) as positions in pixels, brought into the image by the padding mode."""
    if align_corners:
        position = (coordinate + 1) / 2 * (size - 1)
    else:
        position = ((coordinate + 1) * size - 1) / 2
    return _into_image(position, size, padding_mode, align_corners)


def _into_image(position: Any, size: Any, padding_mode: str, align_corners: bool) -> Any:
    if padding_mode == "border":
        return position.clamp(0, size - 1)
    if padding_mode == "reflection":
        start = 0 if align_corners else -0.5
        span = size - 1 if align_corners else size
        some = choose(span > 0, span, 1)  # of one pixel there is nothing to reflect
        distance = (position - start).abs()
        extra = distance.fmod(some)
        flips = convert((distance / some).floor(), "int64")
        reflected = where(flips.remainder(2).eq(0), extra + start, span - extra + start)
        return reflected.clamp(0, size - 1)
    return position


@derived(modules=("nn.functional",), method=False, autocast="float32")
def grid_sample(input: Tensor, grid: Tensor, mode: str, padding_mode: str, align_corners: bool) -> Tensor:
    """Input (N, C, H, W) at the points of grid (N, H', W', 2), x first, from -1 to 1; or with a depth dimension.

    Modes: 'bilinear', 'nearest', and 'bicubic' for images. Padding: 'zeros', 'border', 'reflection'.
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    dims = input.ndim - 2
    if dims not in (2, 3) or grid.ndim != input.ndim:
        raise RuntimeError(
            "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with "
            f"{input.ndim} and grid with {grid.ndim} dimensions"
        )
    check(grid.shape[-1] == dims, RuntimeError, "grid_sampler(): expected grid to have size {0} in last dimension, "
          "but got grid with {1} there", dims, grid.shape[-1])
    check(grid.shape[0] == input.shape[0], RuntimeError, "grid_sampler(): expected grid and input to have same batch "
          "size, but got input with {0} and grid with {1}", input.shape[0], grid.shape[0])
    if mode == "bicubic" and dims != 2:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    sizes, outputs = input.shape[2:], grid.shape[1:-1]
    samples, channels = input.shape[:2]
    flat = compute(input).reshape((samples, channels, product(sizes), 1))
    points = grid.reshape((samples, product(outputs), dims))
    # For each axis of the input (outermost first; the grid has x, the innermost, first): the taps of each point, their
    # places and weights, as (N, taps, points).
    count = product(outputs)
    places, weights = [], []
    each = {"nearest": 1, "bilinear": 2, "bicubic": 4}[mode]
    for axis in range(dims):
        place, weight = _taps(points.select(-1, dims - 1 - axis), sizes[axis], mode, padding_mode, align_corners)
        inside = (place >= 0).logical_and(place < sizes[axis])
        shape = (samples, *(each if a == axis else 1 for a in range(dims)), count)
        places.append(place.clamp(0, sizes[axis] - 1).reshape(shape))
        weights.append((weight * convert(inside, weight.dtype)).reshape(shape))
    place, weight = places[0], weights[0]
    for axis in range(1, dims):
        place, weight = place * sizes[axis] + places[axis], weight * weights[axis]
    taps = each**dims
    place = convert(place, "int32").reshape((samples, taps, count))
    weight = convert(weight, flat.dtype).reshape((samples, taps, count))
    result = take_taps(flat, place, weight, taps, False)
    return convert(result, input.dtype).reshape((samples, channels, *outputs))


def _taps(coordinate: Any, size: Any, mode: str, padding_mode: str, align_corners: bool) -> tuple[Any, Any]:
    """Places (int64, maybe outside of the image) and weights of the pixels around the points (N, points)."""
    if mode == "bicubic":
        position = _unnormalised(coordinate, size, "zeros", align_corners)
        base = position.floor()
        around = base.unsqueeze(1) + convert(arange(-1, 1, 4, "int64").unsqueeze(-1), base.dtype)
        places = convert(_into_image(around, size, padding_mode, align_corners), "int64")
        return places, stack(cubic_weights(position - base), 1)
    position = _unnormalised(coordinate, size, padding_mode, align_corners)
    if mode == "nearest":  # the points have a gradient, which is zero
        weight = where(zeros((), "bool"), position, 1.0)
        return convert(position.round(), "int64").unsqueeze(1), weight.unsqueeze(1)
    base = position.floor()
    share = position - base
    places = convert(base, "int64").unsqueeze(1) + arange(0, 1, 2, "int64").unsqueeze(-1)
    return places, stack([1 - share, share], 1)


@grid_sample.samples
def _(make: Any) -> Iterator[Sample]:
    for mode, padding, corners in (
        ("bilinear", "zeros", False), ("bilinear", "border", True), ("bilinear", "reflection", False),
        ("nearest", "reflection", True), ("bicubic", "zeros", False), ("bicubic", "border", True),
    ):  # fmt: skip
        yield sample(make(2, 3, 4, 5), make(2, 3, 3, 2, low=-1.2, high=1.2), mode, padding, corners)
    yield sample(make(2, 2, 3, 4, 5), make(2, 3, 2, 3, 3, low=-1.2, high=1.2), "bilinear", "zeros", True)


# -- shuffles --------------------------------------------------------------------------------------------------------


@derived(modules=_BOTH, method=False)
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(*, C r^2, H, W) to (*, C, H r, W r)."""
    if input.ndim < 3:
        raise RuntimeError(
            f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)"
        )
    r = upscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    *lead, channels, height, width = input.shape
    check(
        channels % (r * r) == 0,
        RuntimeError,
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
        f"but input.size(-3)={{0}} is not divisible by {r * r}",
        channels,
    )
    parts = input.reshape((product(lead), channels // (r * r), r, r, height, width)).permute((0, 1, 4, 2, 5, 3))
    return parts.reshape((*lead, channels // (r * r), height * r, width * r))


@pixel_shuffle.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 8, 2, 3), 2)
    yield sample(make(9, 2, 3), 3)


@derived(modules=_BOTH, method=False)
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(*, C, H r, W r) to (*, C r^2, H, W)."""
    if input.ndim < 3:
        raise RuntimeError(
            "pixel_unshuffle expects input to have at least 3 dimensions, but got input with "
            f"{input.ndim} dimension(s)"
        )
    r = downscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    *lead, channels, height, width = input.shape
    for name, place, extent in (("height", -2, height), ("width", -1, width)):
        check(
            extent % r == 0,
            RuntimeError,
            f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({place})={{0}} is "
            f"not divisible by {r}",
            extent,
        )
    parts = input.reshape((product(lead), channels, height // r, r, width // r, r)).permute((0, 1, 3, 5, 2, 4))
    return parts.reshape((*lead, channels * r * r, height // r, width // r))


@pixel_unshuffle.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 2, 4, 6), 2)
    yield sample(make(1, 3, 6), 3)


@derived(modules=_BOTH, method=False)
def channel_shuffle(input: Tensor, groups: SymInt) -> Tensor:
    """(N, g c, *) to (N, c g, *): channels dealt out over the groups."""
    if input.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with {input.ndim} dims")
    check(groups > 0, RuntimeError, "Number of groups to divide channels in must be positive. Value of groups:{0}",
          groups)
    channels = input.shape[1]
    check(channels % groups == 0, RuntimeError, "Number of channels must be divisible by groups. Got {0} channels and "
          "{1} groups.", channels, groups)
    parts = input.reshape((input.shape[0], groups, channels // groups, *input.shape[2:]))
    return parts.transpose(1, 2).reshape(input.shape)


@channel_shuffle.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 6, 3), 2)
    yield sample(make(2, 6, 2, 3), 3)
