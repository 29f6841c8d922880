"""Convolutions, and the patches they see (`unfold`, `fold`)."""

from collections.abc import Sequence
from typing import Any

import taeda
from taeda.nn.functional._legacy import op

conv1d, conv2d, conv3d = op("conv1d"), op("conv2d"), op("conv3d")
conv_transpose1d, conv_transpose2d, conv_transpose3d = (op(f"conv_transpose{dims}d") for dims in (1, 2, 3))


def _tuple(value: int | Sequence[int], count: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,) * count
    values = tuple(value)
    return values * count if len(values) == 1 else values


def _patch_index(size: int, kernel: int, dilation: int, padding: int, stride: int) -> Any:
    """Positions in the padded extent: (kernel, number of patches)."""
    count = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    return taeda.arange(kernel).unsqueeze(1) * dilation + taeda.arange(count).unsqueeze(0) * stride


def _unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    from taeda.nn.functional.padding import pad

    if input.dim() == 3:
        return _unfold(input.unsqueeze(0), kernel_size, dilation, padding, stride).squeeze(0)
    if input.dim() != 4:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
            f"input, but got: {list(input.shape)}"
        )
    kernel, dilations, paddings, strides = (_tuple(value, 2) for value in (kernel_size, dilation, padding, stride))
    samples, channels, height, width = input.shape
    rows = _patch_index(height, kernel[0], dilations[0], paddings[0], strides[0])
    columns = _patch_index(width, kernel[1], dilations[1], paddings[1], strides[1])
    if rows.shape[1] <= 0 or columns.shape[1] <= 0:
        raise RuntimeError(
            f"Given input with spatial size ({height}, {width}), kernel_size={kernel}, dilation={dilations}, "
            f"padding={paddings}, calculated shape of the array of sliding blocks as "
            f"({rows.shape[1]}, {columns.shape[1]}), but its components must be at least one."
        )
    padded = pad(input, (paddings[1], paddings[1], paddings[0], paddings[0]))
    patches = padded.index_select(2, rows.reshape(-1)).index_select(3, columns.reshape(-1))
    patches = patches.view(samples, channels, *rows.shape, *columns.shape)
    patches = patches.permute(0, 1, 2, 4, 3, 5)
    return patches.reshape(samples, channels * kernel[0] * kernel[1], rows.shape[1] * columns.shape[1])


def _fold(
    input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    if input.dim() == 2:
        return _fold(input.unsqueeze(0), output_size, kernel_size, dilation, padding, stride).squeeze(0)
    if input.dim() != 3:
        raise RuntimeError(
            f"Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(input.shape)}"
        )
    size, kernel, dilations, paddings, strides = (
        _tuple(value, 2) for value in (output_size, kernel_size, dilation, padding, stride)
    )
    samples, values, blocks = input.shape
    if values % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={values} and kernel_size=({kernel[0]}, {kernel[1]})."
        )
    channels = values // (kernel[0] * kernel[1])
    rows = _patch_index(size[0], kernel[0], dilations[0], paddings[0], strides[0])
    columns = _patch_index(size[1], kernel[1], dilations[1], paddings[1], strides[1])
    if rows.shape[1] * columns.shape[1] != blocks:
        raise RuntimeError(
            f"Given output_size=({size[0]}, {size[1]}), kernel_size=({kernel[0]}, {kernel[1]}), "
            f"dilation=({dilations[0]}, {dilations[1]}), padding=({paddings[0]}, {paddings[1]}), "
            f"stride=({strides[0]}, {strides[1]}), expected size of input's dimension 2 to match the calculated number "
            f"of sliding blocks {rows.shape[1]} * {columns.shape[1]} = {rows.shape[1] * columns.shape[1]}, but got "
            f"input.size(2)={blocks}."
        )
    patches = input.view(samples, channels, kernel[0], kernel[1], rows.shape[1], columns.shape[1])
    patches = patches.permute(0, 1, 2, 4, 3, 5)
    height, width = size[0] + 2 * paddings[0], size[1] + 2 * paddings[1]
    flat = patches.reshape(samples, channels, rows.numel(), columns.numel())
    wide = flat.new_zeros((samples, channels, height, columns.numel())).index_add(2, rows.reshape(-1), flat)
    full = flat.new_zeros((samples, channels, height, width)).index_add(3, columns.reshape(-1), wide)
    return full[:, :, paddings[0] : height - paddings[0], paddings[1] : width - paddings[1]]


_unfold_op, _fold_op = _unfold, _fold


def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The patches that a convolution sees: (N, C, H, W) to (N, C * kernel numel, number of patches)."""
    return _unfold_op(
        input, _tuple(kernel_size, 2), _tuple(dilation, 2), _tuple(padding, 2), _tuple(stride, 2)
    )


def fold(
    input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """The sum of overlapping patches, (N, C * kernel numel, number of patches) to (N, C, H, W)."""
    return _fold_op(
        input,
        _tuple(output_size, 2),
        _tuple(kernel_size, 2),
        _tuple(dilation, 2),
        _tuple(padding, 2),
        _tuple(stride, 2),
    )
