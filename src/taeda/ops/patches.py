"""The patches of an image that a convolution sees, and their sum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.creation import arange, zeros
from taeda.ops.joining import constant_pad_nd
from taeda.ops.op import Dims, Sample, Sizes, Tensor, check, derived, sample


def _pair(value: Any) -> tuple[int, ...]:
    values = (value,) if isinstance(value, int) else tuple(value)
    return values * 2 if len(values) == 1 else values


def _count(size: Any, kernel: int, dilation: int, padding: int, stride: int) -> Any:
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _settings(kernel: Any, dilation: Any, padding: Any, stride: Any) -> tuple[tuple[int, ...], ...]:
    """The four as pairs. RuntimeError where one is out of range."""
    found = tuple(_pair(value) for value in (kernel, dilation, padding, stride))
    for (name, word, least), (high, wide) in zip(
            (("kernel size", "kernel", 1), ("dilation", "dilation", 1), ("padding", "pad", 0), ("stride", "stride", 1)),
            found, strict=True):
        if min(high, wide) < least:
            wanted = "greater than zero" if least else "non-negative"
            raise RuntimeError(f"{name} should be {wanted}, but got {word}_height: {high} {word}_width: {wide}")
    return found


def _positions(count: Any, kernel: int, dilation: int, stride: int) -> Any:
    """Places of the patches in the padded extent: (kernel * count)."""
    taps, starts = arange(0, dilation, kernel, "int64"), arange(0, stride, count, "int64")
    return (taps.unsqueeze(1) + starts.unsqueeze(0)).reshape((-1,))


@derived(public="unfold", overload="patches", modules=("nn.functional",), method=False)
def unfold_patches(
    input: Tensor, kernel_size: Dims, dilation: Dims = 1, padding: Dims = 0, stride: Dims = 1
) -> Tensor:
    """The patches that a convolution sees: (N, C, H, W) to (N, C * kernel elements, number of patches)."""
    if input.ndim == 3:
        return unfold_patches(input.unsqueeze(0), kernel_size, dilation, padding, stride).select(0, 0)
    if input.ndim != 4:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
            f"input, but got: one of {input.ndim} dimensions"
        )
    kernel, dilation, padding, stride = _settings(kernel_size, dilation, padding, stride)
    samples, channels, height, width = input.shape
    rows, columns = (
        _count(n, kernel[d], dilation[d], padding[d], stride[d]) for d, n in enumerate((height, width))
    )
    check(
        (rows > 0) * (columns > 0),
        RuntimeError,
        f"Given input with spatial size ({{0}}, {{1}}), kernel_size={kernel}, dilation={dilation}, padding={padding}, "
        "calculated shape of the array of sliding blocks as ({2}, {3}), but its components must be at least one.",
        height,
        width,
        rows,
        columns,
    )
    padded = constant_pad_nd(input, (padding[1], padding[1], padding[0], padding[0]), 0)
    tall = padded.index_select(2, _positions(rows, kernel[0], dilation[0], stride[0]))
    patches = tall.index_select(3, _positions(columns, kernel[1], dilation[1], stride[1]))
    patches = patches.reshape((samples, channels, kernel[0], rows, kernel[1], columns)).permute((0, 1, 2, 4, 3, 5))
    return patches.reshape((samples, channels * kernel[0] * kernel[1], rows * columns))


@unfold_patches.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4, 5), 2)
    yield sample(make(3, 5, 6), (2, 3), (1, 2), (1, 0), 2)


@derived(modules=("nn.functional",), method=False)
def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Dims,
    dilation: Dims = 1,
    padding: Dims = 0,
    stride: Dims = 1,
) -> Tensor:
    """The sum of overlapping patches: (N, C * kernel elements, number of patches) to (N, C, H, W)."""
    if input.ndim == 2:
        return fold(input.unsqueeze(0), output_size, kernel_size, dilation, padding, stride).select(0, 0)
    if input.ndim != 3:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: one of {input.ndim} dimensions"
        )
    size = tuple(output_size) * 2 if len(output_size) == 1 else tuple(output_size)
    kernel, dilation, padding, stride = _settings(kernel_size, dilation, padding, stride)
    samples, values, blocks = input.shape
    taps = kernel[0] * kernel[1]
    check(
        values % taps == 0,
        RuntimeError,
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
        f"input.size(1)={{0}} and kernel_size=({kernel[0]}, {kernel[1]}).",
        values,
    )
    channels = values // taps
    rows, columns = (_count(size[d], kernel[d], dilation[d], padding[d], stride[d]) for d in range(2))
    check(
        rows * columns == blocks,
        RuntimeError,
        f"Given output_size=({{0}}, {{1}}), kernel_size={kernel}, dilation={dilation}, padding={padding}, "
        f"stride={stride}, expected size of input's dimension 2 to match the calculated number of sliding blocks "
        "{2} * {3} = {4}, but got input.size(2)={5}.",
        size[0],
        size[1],
        rows,
        columns,
        rows * columns,
        blocks,
    )
    patches = input.reshape((samples, channels, kernel[0], kernel[1], rows, columns)).permute((0, 1, 2, 4, 3, 5))
    flat = patches.reshape((samples, channels, kernel[0] * rows, kernel[1] * columns))
    height, width = size[0] + 2 * padding[0], size[1] + 2 * padding[1]
    tall = zeros((samples, channels, height, kernel[1] * columns), input.dtype)
    tall = tall.index_add(2, _positions(rows, kernel[0], dilation[0], stride[0]), flat)
    full = zeros((samples, channels, height, width), input.dtype)
    full = full.index_add(3, _positions(columns, kernel[1], dilation[1], stride[1]), tall)
    inner = full.narrow(2, padding[0], size[0]).narrow(3, padding[1], size[1])
    return inner.clone() if any(padding) else inner


@fold.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 12, 12), (4, 5), 2)
    yield sample(make(12, 3), (5, 6), (2, 3), (1, 2), (1, 0), 2)
