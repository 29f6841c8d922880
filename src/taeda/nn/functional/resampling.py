"""Changing the resolution of images and signals: `interpolate`, sampling at a grid, pixel shuffles."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import taeda
from taeda.nn.functional.pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

_LINEAR_MODES = {"linear": 3, "bilinear": 4, "trilinear": 5}


def _nearest_positions(size: int, output: int, scale: float | None, exact: bool) -> Any:
    step = 1.0 / scale if scale is not None else size / output
    places = taeda.arange(output, dtype=taeda.float32)
    if exact:
        places = places + 0.5
    return (places * step).floor().to(taeda.int64).clamp(max=size - 1)


def _source_positions(size: int, output: int, scale: float | None, align_corners: bool, dtype: Any) -> Any:
    """Where each output element lies in the input's coordinates."""
    places = taeda.arange(output, dtype=dtype)
    if align_corners:
        return places * ((size - 1) / (output - 1) if output > 1 else 0.0)
    step = 1.0 / scale if scale is not None else size / output
    return (places + 0.5) * step - 0.5


def _linear_along(
    input: Any, dimension: int, output: int, scale: float | None, align_corners: bool
) -> Any:
    size = input.size(dimension)
    if output == size:
        return input
    dtype = taeda.float64 if input.dtype == taeda.float64 else taeda.float32
    places = _source_positions(size, output, scale, align_corners, dtype).clamp(min=0)
    lower = places.floor().to(taeda.int64).clamp(max=size - 1)
    upper = (lower + 1).clamp(max=size - 1)
    share = (places - lower.to(dtype)).clamp(0, 1).to(input.dtype)
    shape = [1] * input.dim()
    shape[dimension] = output
    share = share.view(shape)
    low, high = input.index_select(dimension, lower), input.index_select(dimension, upper)
    return low * (1 - share) + high * share


def _cubic_weights(share: Any) -> list[Any]:
    """Weights of the four neighbours (Keys 1981, a = -0.75)."""
    a = -0.75

    def near(x: Any) -> Any:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [far(share + 1), near(share), near(1 - share), far(2 - share)]


def _cubic_along(input: Any, dimension: int, output: int, scale: float | None, align_corners: bool) -> Any:
    size = input.size(dimension)
    dtype = taeda.float64 if input.dtype == taeda.float64 else taeda.float32
    places = _source_positions(size, output, scale, align_corners, dtype)
    base = places.floor()
    shape = [1] * input.dim()
    shape[dimension] = output
    first = base.to(taeda.int64)
    result = None
    for offset, weight in enumerate(_cubic_weights(places - base)):
        index = (first + (offset - 1)).clamp(0, size - 1)
        term = input.index_select(dimension, index) * weight.view(shape).to(input.dtype)
        result = term if result is None else result + term
    return result


def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Any:
    """Resample (N, C, *) to `size` or by `scale_factor`.

    Modes: `nearest`, `nearest-exact`, `linear` (3D input), `bilinear` (4D), `trilinear` (5D), `bicubic` (4D), `area`.
    """
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: "
                "linear | bilinear | bicubic | trilinear"
            )
    dims = input.dim() - 2
    scales: list[float | None] = [None] * dims
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is not None:
        if isinstance(size, (list, tuple)):
            if len(size) != dims:
                raise ValueError(
                    "Input and output must have the same number of spatial dimensions, but got input with spatial "
                    f"dimensions of {list(input.shape[2:])} and output size of {size}. Please provide input tensor in "
                    "(N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format."
                )
            output = list(size)
        else:
            output = [size] * dims
    elif scale_factor is not None:
        if isinstance(scale_factor, (list, tuple)):
            if len(scale_factor) != dims:
                raise ValueError(
                    "Input and scale_factor must have the same number of spatial dimensions, but got input with "
                    f"spatial dimensions of {list(input.shape[2:])} and scale_factor of shape {scale_factor}. Please "
                    "provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
                )
            factors = [float(factor) for factor in scale_factor]
        else:
            factors = [float(scale_factor)] * dims
        output = [math.floor(input.size(axis + 2) * factors[axis]) for axis in range(dims)]
        if not recompute_scale_factor and mode != "area":
            scales = list(factors)
    else:
        raise ValueError("either size or scale_factor should be defined")
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if antialias:
        if not (mode in ("bilinear", "bicubic", "lanczos") and input.dim() == 4):
            raise ValueError(
                "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor "
                "as input"
            )
        raise NotImplementedError("interpolate: antialias=True is not there yet")
    if any(extent <= 0 for extent in (*input.shape[2:], *output)):
        raise RuntimeError(
            "Input and output sizes should be greater than 0, but got input "
            f"({', '.join(map(str, input.shape[2:]))}) output ({', '.join(map(str, output))})"
        )
    return _resample(input, output, scales, mode, bool(align_corners))


def _resample(input: Any, output: list[int], scales: list[float | None], mode: str, align_corners: bool) -> Any:
    if input.dim() in (3, 4, 5):
        if mode in ("nearest", "nearest-exact"):
            for axis, extent in enumerate(output):
                positions = _nearest_positions(input.size(axis + 2), extent, scales[axis], mode == "nearest-exact")
                input = input.index_select(axis + 2, positions)
            return input
        if mode == "area":
            pool = {3: adaptive_avg_pool1d, 4: adaptive_avg_pool2d, 5: adaptive_avg_pool3d}[input.dim()]
            return pool(input, output)
        if mode in _LINEAR_MODES:
            if input.dim() != _LINEAR_MODES[mode]:
                raise NotImplementedError(
                    f"Got {input.dim()}D input, but {mode} mode needs {_LINEAR_MODES[mode]}D input"
                )
            for axis, extent in enumerate(output):
                input = _linear_along(input, axis + 2, extent, scales[axis], align_corners)
            return input
        if mode == "bicubic" and input.dim() == 4:
            for axis, extent in enumerate(output):
                input = _cubic_along(input, axis + 2, extent, scales[axis], align_corners)
            return input
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.dim()}D) for the modes: nearest | linear "
        f"| bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
    )


def upsample(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Any:
    """Deprecated name of `interpolate`."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """Deprecated: `interpolate` with mode nearest."""
    warnings.warn(
        "`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """Deprecated: `interpolate` with mode bilinear and aligned corners."""
    warnings.warn(
        "`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """(*, C r², H, W) to (*, C, H r, W r)."""
    if input.dim() < 3:
        raise RuntimeError(
            f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {input.dim()} dimension(s)"
        )
    *lead, channels, height, width = input.shape
    r = upscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r * r}"
        )
    parts = input.reshape(math.prod(lead), channels // (r * r), r, r, height, width).permute(0, 1, 4, 2, 5, 3)
    return parts.reshape(*lead, channels // (r * r), height * r, width * r)


def _pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """(*, C, H r, W r) to (*, C r², H, W)."""
    if input.dim() < 3:
        raise RuntimeError(
            "pixel_unshuffle expects input to have at least 3 dimensions, but got input with "
            f"{input.dim()} dimension(s)"
        )
    *lead, channels, height, width = input.shape
    r = downscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    for name, extent in (("height", height), ("width", width)):
        if extent % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size("
                f"{-2 if name == 'height' else -1})={extent} is not divisible by {r}"
            )
    parts = input.reshape(math.prod(lead), channels, height // r, r, width // r, r).permute(0, 1, 3, 5, 2, 4)
    return parts.reshape(*lead, channels * r * r, height // r, width // r)


def _channel_shuffle(input: Any, groups: int) -> Any:
    """(N, g c, *) to (N, c g, *): channels dealt out over the groups."""
    channels = input.size(1)
    if groups <= 0 or channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        )
    return input.unflatten(1, (groups, channels // groups)).transpose(1, 2).reshape(input.shape)


pixel_shuffle = _pixel_shuffle
pixel_unshuffle = _pixel_unshuffle
channel_shuffle = _channel_shuffle


def affine_grid(theta: Any, size: Sequence[int], align_corners: bool | None = None) -> Any:
    """Sampling grid of affine maps: theta (N, 2, 3) and size (N, C, H, W) to (N, H, W, 2); or one dimension more."""
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
            "details.",
            stacklevel=2,
        )
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    dims = len(size) - 2
    if dims not in (2, 3) or theta.dim() != 3 or tuple(theta.shape[1:]) != (dims, dims + 1):
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {list(size)}. "
            f"Got {list(theta.shape)}."
        )
    extents = list(size)[2:]
    axes = []
    for axis in reversed(range(dims)):  # x first
        extent = extents[axis]
        line = taeda.linspace(-1, 1, extent, dtype=theta.dtype) if extent > 1 else taeda.zeros(1, dtype=theta.dtype)
        if not align_corners:
            line = line * ((extent - 1) / extent)
        shape = [1] * dims
        shape[axis] = extent
        axes.append(line.view(shape).expand(extents))
    points = taeda.stack([*axes, taeda.ones(extents, dtype=theta.dtype)], -1).view(1, -1, dims + 1)
    return (points @ theta.transpose(1, 2)).view(size[0], *extents, dims)


def _unnormalised(coordinate: Any, size: int, padding_mode: str, align_corners: bool) -> Any:
    """Grid coordinates (-1 to 1) as positions in pixels, brought into the image by the padding mode."""
    if align_corners:
        position = (coordinate + 1) / 2 * (size - 1)
    else:
        position = ((coordinate + 1) * size - 1) / 2
    return _into_image(position, size, padding_mode, align_corners)


def _into_image(position: Any, size: int, padding_mode: str, align_corners: bool) -> Any:
    if padding_mode == "border":
        return position.clamp(0, size - 1)
    if padding_mode == "reflection":
        low, high = (0, 2 * (size - 1)) if align_corners else (-1, 2 * size - 1)
        if low == high:
            return taeda.zeros_like(position)
        start, span = low / 2, (high - low) / 2
        distance = (position - start).abs()
        extra = distance.fmod(span)
        flips = (distance / span).floor().to(taeda.int64)
        reflected = taeda.where(flips % 2 == 0, extra + start, span - extra + start)
        return reflected.clamp(0, size - 1)
    return position


def grid_sample(
    input: Any,
    grid: Any,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Any:
    """Input (N, C, H, W) at the points of grid (N, H', W', 2), x first, from -1 to 1; or with a depth dimension.

    Modes: `bilinear`, `nearest`, and `bicubic` for images.
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
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
            "details.",
            stacklevel=2,
        )
        align_corners = False
    dims = input.dim() - 2
    if dims not in (2, 3) or grid.dim() != input.dim() or grid.size(-1) != dims or grid.size(0) != input.size(0):
        raise RuntimeError(
            "grid_sampler(): expected grid to have size 2 or 3 in its last dimension and the batch of the input, but "
            f"got input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
        )
    sizes = list(input.shape[2:])
    outputs = list(grid.shape[1:-1])
    flat = input.flatten(2)
    points = grid.flatten(1, -2)
    # Position along each axis of the input, outermost first; the grid has x (the innermost) first.
    raw = [points[..., dims - 1 - axis] for axis in range(dims)]

    def gathered(indices: list[Any]) -> Any:
        inside: Any = None
        place: Any = None
        for axis, index in enumerate(indices):
            ok = (index >= 0) & (index < sizes[axis])
            inside = ok if inside is None else inside & ok
            index = index.clamp(0, sizes[axis] - 1)
            place = index if place is None else place * sizes[axis] + index
        values = flat.gather(2, place.unsqueeze(1).expand(-1, input.size(1), -1))
        return values * inside.unsqueeze(1).to(values.dtype)

    if mode == "bicubic":
        if dims != 2:
            raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
        positions = [_unnormalised(raw[axis], sizes[axis], "zeros", align_corners) for axis in range(dims)]
        bases = [position.floor() for position in positions]
        weights = [_cubic_weights(position - base) for position, base in zip(positions, bases, strict=True)]
        result = None
        for i in range(4):
            for j in range(4):
                corner = [
                    _into_image(bases[0] + (i - 1), sizes[0], padding_mode, align_corners).to(taeda.int64),
                    _into_image(bases[1] + (j - 1), sizes[1], padding_mode, align_corners).to(taeda.int64),
                ]
                term = gathered(corner) * (weights[0][i] * weights[1][j]).unsqueeze(1)
                result = term if result is None else result + term
    else:
        positions = [_unnormalised(raw[axis], sizes[axis], padding_mode, align_corners) for axis in range(dims)]
        if mode == "nearest":
            result = gathered([position.round().to(taeda.int64) for position in positions])
            if points.requires_grad:  # its gradient is zero, but there
                never = taeda.zeros((), dtype=taeda.bool)
                result = result + taeda.where(never, points.sum(-1), 0.0).unsqueeze(1)
        else:
            bases = [position.floor() for position in positions]
            result = None
            for corner_number in range(2**dims):
                indices, weight = [], None
                for axis in range(dims):
                    upper = corner_number >> (dims - 1 - axis) & 1
                    share = positions[axis] - bases[axis]
                    factor = share if upper else 1 - share
                    weight = factor if weight is None else weight * factor
                    indices.append(bases[axis].to(taeda.int64) + upper)
                assert weight is not None
                term = gathered(indices) * weight.unsqueeze(1)
                result = term if result is None else result + term
    assert result is not None
    return result.view(input.size(0), input.size(1), *outputs)
