"""Convolutions, and the patches they see (`unfold`, `fold`).

One-dimensional ones are two-dimensional ones of height 1 unless there is an op of their own.
"""

from collections.abc import Sequence
from typing import Any

import taeda
from taeda.nn.functional._primitives import op

conv2d, conv_transpose2d = op("conv2d"), op("conv_transpose2d")


def _tuple(value: int | Sequence[int], count: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,) * count
    values = tuple(value)
    return values * count if len(values) == 1 else values


def _flat(value: Any) -> tuple[int, int] | str:
    """A parameter along one dimension as that along (a dimension of size 1, the dimension)."""
    if isinstance(value, str):
        return value
    return (1, *_tuple(value, 1))  # type: ignore[return-value]


def _flat_padding(value: Any) -> tuple[int, int] | str:
    return value if isinstance(value, str) else (0, *_tuple(value, 1))  # type: ignore[return-value]


def _conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Input (N, C, L) or (C, L), weight (O, C / groups, K): output (N, O, L') or (O, L')."""
    if weight.dim() != 3 or input.dim() not in (2, 3):
        raise RuntimeError(
            f"Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: {list(input.shape)}"
        )
    output = conv2d(
        input.unsqueeze(-2), weight.unsqueeze(-2), bias, _flat(stride), _flat_padding(padding), _flat(dilation), groups
    )
    return output.squeeze(-2)


def _conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """Input (N, C, L) or (C, L), weight (C, O / groups, K): output (N, O, L') or (O, L')."""
    if weight.dim() != 3 or input.dim() not in (2, 3):
        raise RuntimeError(
            "Expected 2D (unbatched) or 3D (batched) input to conv_transpose1d, but got input of size: "
            f"{list(input.shape)}"
        )
    output = conv_transpose2d(
        input.unsqueeze(-2),
        weight.unsqueeze(-2),
        bias,
        _flat(stride),
        _flat_padding(padding),
        _flat_padding(output_padding),
        groups,
        _flat(dilation),
    )
    return output.squeeze(-2)


conv1d = op("conv1d", otherwise=_conv1d)
conv_transpose1d = op("conv_transpose1d", otherwise=_conv_transpose1d)


def _conv3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Input (N, C, D, H, W) or (C, D, H, W): the sum, over the kernel's depth, of two-dimensional convolutions."""
    from taeda.nn.functional.padding import pad

    if input.dim() == 4:
        return _conv3d(input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
    if input.dim() != 5 or weight.dim() != 5:
        raise RuntimeError(
            f"Expected 4D (unbatched) or 5D (batched) input to conv3d, but got input of size: {list(input.shape)}"
        )
    strides, dilations = _tuple(stride, 3), _tuple(dilation, 3)
    kernel = weight.shape[2:]
    if padding == "valid":
        padding = 0
    elif padding == "same":
        total = [dilations[axis] * (kernel[axis] - 1) for axis in range(3)]
        sides = [side for axis in (2, 1, 0) for side in (total[axis] // 2, total[axis] - total[axis] // 2)]
        input, padding = pad(input, sides), 0
    paddings = _tuple(padding, 3)
    if paddings[0]:
        input = pad(input, (0, 0, 0, 0, paddings[0], paddings[0]))
    samples, channels, depth, height, width = input.shape
    out_depth = (depth - dilations[0] * (kernel[0] - 1) - 1) // strides[0] + 1
    if out_depth <= 0:
        raise RuntimeError(
            "Calculated padded input size per channel: "
            f"({depth} x {height + 2 * paddings[1]} x {width + 2 * paddings[2]}). "
            f"Kernel size: ({kernel[0]} x {kernel[1]} x {kernel[2]}). Kernel size can't be greater than actual input "
            "size"
        )
    total_output = None
    for tap in range(kernel[0]):
        first = tap * dilations[0]
        planes = input[:, :, first : first + (out_depth - 1) * strides[0] + 1 : strides[0]]
        planes = planes.transpose(1, 2).reshape(samples * out_depth, channels, height, width)
        part = conv2d(planes, weight[:, :, tap], None, strides[1:], paddings[1:], dilations[1:], groups)
        total_output = part if total_output is None else total_output + part
    assert total_output is not None
    output = total_output.view(samples, out_depth, *total_output.shape[1:]).transpose(1, 2)
    return output if bias is None else output + bias.view(-1, 1, 1, 1)


def _conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """Input (N, C, D, H, W): every depth of the kernel adds a two-dimensional transposed convolution."""
    if input.dim() == 4:
        return _conv_transpose3d(
            input.unsqueeze(0), weight, bias, stride, padding, output_padding, groups, dilation
        ).squeeze(0)
    strides, dilations, paddings = _tuple(stride, 3), _tuple(dilation, 3), _tuple(padding, 3)
    extra = _tuple(output_padding, 3)
    samples, channels, depth, height, width = input.shape
    taps = weight.shape[2]
    full_depth = (depth - 1) * strides[0] + dilations[0] * (taps - 1) + 1 + extra[0]
    planes = input.transpose(1, 2).reshape(samples * depth, channels, height, width)
    output = None
    for tap in range(taps):
        part = conv_transpose2d(
            planes, weight[:, :, tap], None, strides[1:], paddings[1:], extra[1:], groups, dilations[1:]
        )
        part = part.view(samples, depth, *part.shape[1:])
        if output is None:
            output = part.new_zeros((samples, full_depth, *part.shape[2:]))
        at = taeda.arange(depth) * strides[0] + tap * dilations[0]
        output = output.index_add(1, at, part)
    assert output is not None
    output = output[:, paddings[0] : full_depth - paddings[0]].transpose(1, 2)
    return output if bias is None else output + bias.view(-1, 1, 1, 1)


conv3d = op("conv3d", otherwise=_conv3d)
conv_transpose3d = op("conv_transpose3d", otherwise=_conv_transpose3d)


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


_unfold_op, _fold_op = op("im2col", otherwise=_unfold), op("col2im", otherwise=_fold)


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
