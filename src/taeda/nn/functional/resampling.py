"""Changing the resolution of images and signals: `interpolate`, sampling at a grid, pixel shuffles."""

import math
import warnings
from typing import Any

from taeda.nn.functional._legacy import legacy, op
from taeda.nn.functional.pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from taeda.overrides import has_torch_function_variadic, take_over

_nearest, _linear, _cubic = op("resample_nearest"), op("resample_linear"), op("resample_cubic")
_antialiased = op("resample_antialiased")
_SUPPORT = {"bilinear": 1, "bicubic": 2, "lanczos": 3}  # how far a filter against aliasing reaches, in steps
_LINEAR_MODES = {"linear": 3, "bilinear": 4, "trilinear": 5}


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
    With `antialias`, `bilinear`, `bicubic` or `lanczos` average over as much as the image shrinks.
    """
    if has_torch_function_variadic(input):
        return take_over(interpolate, 1, locals())
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
    elif mode == "lanczos":
        raise ValueError("Lanczos mode requires antialias=True")
    if any(extent <= 0 for extent in (*input.shape[2:], *output)):
        raise RuntimeError(
            "Input and output sizes should be greater than 0, but got input "
            f"({', '.join(map(str, input.shape[2:]))}) output ({', '.join(map(str, output))})"
        )
    if antialias:
        return _smoothed(input, output, scales, mode, bool(align_corners))
    return _resample(input, output, scales, mode, bool(align_corners))


def _smoothed(input: Any, output: list[int], scales: list[float | None], mode: str, align_corners: bool) -> Any:
    for axis in (1, 0):  # rows first
        size, extent = input.size(axis + 2), output[axis]
        step = _step(size, extent, scales[axis])
        if align_corners:
            step = (size - 1) / (extent - 1) if extent > 1 else 0.0
        taps = 2 * math.ceil(_SUPPORT[mode] * max(step, 1.0)) + 1
        input = _antialiased(input, axis + 2, extent, step, _SUPPORT[mode], min(taps, size), mode)
    return input


def _step(size: int, output: int, scale: float | None) -> float:
    return 1.0 / scale if scale is not None else size / output


def _resample(input: Any, output: list[int], scales: list[float | None], mode: str, align_corners: bool) -> Any:
    dims = input.dim()
    if mode == "area" and dims in (3, 4, 5):
        pool = {3: adaptive_avg_pool1d, 4: adaptive_avg_pool2d, 5: adaptive_avg_pool3d}[dims]
        return pool(input, output)
    if mode in _LINEAR_MODES and dims in (3, 4, 5) and dims != _LINEAR_MODES[mode]:
        raise NotImplementedError(f"Got {dims}D input, but {mode} mode needs {_LINEAR_MODES[mode]}D input")
    if dims not in (3, 4, 5) or mode not in ("nearest", "nearest-exact", *_LINEAR_MODES) and (mode, dims) != (
        "bicubic", 4
    ):
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {dims}D) for the modes: nearest | linear "
            f"| bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
        )
    # What shrinks comes first; of what grows, the last dimension, whose elements are found one by one.
    def growth(axis: int) -> tuple[float, int]:
        ratio = output[axis] / input.size(axis + 2)
        return ratio, axis if ratio < 1 else -axis
    for axis in sorted(range(len(output)), key=growth):
        size, extent = input.size(axis + 2), output[axis]
        step = _step(size, extent, scales[axis])
        if mode in ("nearest", "nearest-exact"):
            input = _nearest(input, axis + 2, extent, step, mode == "nearest-exact")
        elif mode == "bicubic":
            input = _cubic(input, axis + 2, extent, step, align_corners)
        elif size != extent:
            input = _linear(input, axis + 2, extent, step, align_corners)
    return input


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


def _not_aligned(definition: Any, given: dict[str, Any]) -> Any:
    """`align_corners` that was not given is False, with a warning."""
    if given.get("align_corners") is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
            "details.",
            stacklevel=3,
        )
        given["align_corners"] = False
    given.update({name: value for name, value in _DEFAULTS.items() if name not in given and "grid" in given})
    return definition(**given)


_DEFAULTS = {"mode": "bilinear", "padding_mode": "zeros"}

affine_grid = legacy("affine_grid", "theta, size, align_corners=None", _not_aligned)
grid_sample = legacy(
    "grid_sample", "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None", _not_aligned
)
pixel_shuffle, pixel_unshuffle, channel_shuffle = op("pixel_shuffle"), op("pixel_unshuffle"), op("channel_shuffle")
