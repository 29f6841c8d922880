"""Pooling. Two-dimensional max and average pooling are ops; the rest is made of them or of gathers of windows."""

from collections.abc import Sequence
from typing import Any

import taeda
from taeda.nn.functional._primitives import op

_max_pool2d, _max_pool2d_with_indices = op("max_pool2d"), op("max_pool2d_with_indices")
avg_pool2d = op("avg_pool2d")


def _tuple(value: Any, count: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,) * count
    values = tuple(value)
    return values * count if len(values) == 1 else values


def _pooled_size(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (-(-span // stride) if ceil_mode else span // stride) + 1
    # With ceil_mode the last window must start inside the input or the left padding.
    if ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    return count


def _windows(input: Any, sizes: list[tuple[int, ...]], ceil_mode: bool, fill: float) -> Any:
    """The windows of the last len(sizes) dimensions: (..., out dims, kernel dims).

    `sizes` has (kernel, stride, padding, dilation) for each dimension; `fill` stands where a window leaves the input.
    """
    from taeda.nn.functional.padding import pad

    dims = len(sizes)
    first = input.dim() - dims
    for axis, (kernel, stride, padding, dilation) in enumerate(sizes):
        dimension = first + axis
        size = input.size(dimension)
        count = _pooled_size(size, kernel, stride, padding, dilation, ceil_mode)
        if count <= 0:
            raise RuntimeError(f"Given input size: {list(input.shape)}. Calculated output size is too small")
        after = max(0, (count - 1) * stride + dilation * (kernel - 1) + 1 - size - padding)
        behind = input.dim() - 1 - dimension
        input = pad(input, [0, 0] * behind + [padding, after], "constant", fill)
        index = taeda.arange(count).unsqueeze(1) * stride + taeda.arange(kernel) * dilation
        input = input.index_select(dimension, index.reshape(-1)).unflatten(dimension, (count, kernel))
        input = input.movedim(dimension + 1, -1)
    return input


def _max_windows(input: Any, sizes: list[tuple[int, ...]], ceil_mode: bool) -> tuple[Any, Any]:
    """Maxima over windows and their places in the flattened input dimensions."""
    dims = len(sizes)
    extents = list(input.shape[-dims:])
    lowest = float("-inf") if input.is_floating_point() else taeda.iinfo(input.dtype).min
    values, flat = _windows(input, sizes, ceil_mode, lowest).flatten(-dims).max(-1)
    outputs = values.shape[-dims:]
    place: Any = None
    within = flat
    locals_of_axis = []
    for kernel, _, _, _ in reversed(sizes):
        locals_of_axis.append(within % kernel)
        within = within // kernel
    for axis, (_, stride, padding, dilation) in enumerate(sizes):
        shape = [1] * dims
        shape[axis] = outputs[axis]
        starts = (taeda.arange(outputs[axis]) * stride - padding).view(shape)
        position = starts + locals_of_axis[dims - 1 - axis] * dilation
        place = position if place is None else place * extents[axis] + position
    return values, place


def _sizes(dims: int, kernel: Any, stride: Any, padding: Any, dilation: Any) -> list[tuple[int, ...]]:
    kernels = _tuple(kernel, dims)
    strides = kernels if stride is None or stride == () or stride == [] else _tuple(stride, dims)
    paddings = _tuple(padding, dims)
    for kernel_extent, padding_extent in zip(kernels, paddings, strict=True):
        if padding_extent * 2 > kernel_extent:
            raise RuntimeError(
                "pad should be at most half of effective kernel size, but got "
                f"pad={padding_extent}, kernel_size={kernel_extent} and dilation=1"
            )
    return list(zip(kernels, strides, paddings, _tuple(dilation, dims), strict=True))


def _check_dims(name: str, input: Any, dims: int) -> None:
    if input.dim() not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"{name}() Expected {dims + 1}D or {dims + 2}D input tensor, but got {list(input.shape)}"
        )


def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Maxima over windows of (N, C, L) or (C, L)."""
    _check_dims("max_pool1d", input, 1)
    kernel, gap = _tuple(kernel_size, 1), _tuple(dilation, 1)
    step = kernel if stride is None or stride == () or stride == [] else _tuple(stride, 1)
    options = ((1, *kernel), (1, *step), (0, *_tuple(padding, 1)), (1, *gap), ceil_mode)
    if return_indices:
        values, indices = _max_pool2d_with_indices(input.unsqueeze(-2), *options)
        return values.squeeze(-2), indices.squeeze(-2)
    return _max_pool2d(input.unsqueeze(-2), *options).squeeze(-2)


def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Maxima over windows of (N, C, H, W) or (C, H, W); with indices of the maxima in the plane if asked."""
    if stride is None:
        stride = kernel_size
    if return_indices:
        return _max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return _max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Maxima over windows of (N, C, D, H, W) or (C, D, H, W)."""
    _check_dims("max_pool3d", input, 3)
    values, indices = _max_windows(input, _sizes(3, kernel_size, stride, padding, dilation), ceil_mode)
    return (values, indices) if return_indices else values


def max_pool1d_with_indices(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """`max_pool1d` and the places of the maxima."""
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool2d_with_indices(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """`max_pool2d` and the places of the maxima."""
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool3d_with_indices(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """`max_pool3d` and the places of the maxima."""
    return max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def _avg_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """Means over windows of (N, C, L) or (C, L)."""
    _check_dims("avg_pool1d", input, 1)
    kernel = _tuple(kernel_size, 1)
    step = kernel if stride is None or stride == () or stride == [] else _tuple(stride, 1)
    paddings = (0, *_tuple(padding, 1))
    result = avg_pool2d(input.unsqueeze(-2), (1, *kernel), (1, *step), paddings, ceil_mode, count_include_pad)
    return result.squeeze(-2)


def _avg_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Means over windows of (N, C, D, H, W) or (C, D, H, W)."""
    _check_dims("avg_pool3d", input, 3)
    sizes = _sizes(3, kernel_size, stride, padding, 1)
    sums = _windows(input, sizes, ceil_mode, 0.0).flatten(-3).sum(-1)
    if divisor_override is not None:
        return sums / divisor_override
    divisor: Any = 1
    for axis, (kernel, stride_extent, padding_extent, _) in enumerate(sizes):
        size = input.size(axis - 3)
        begin = taeda.arange(sums.size(axis - 3)) * stride_extent - padding_extent
        end = (begin + kernel).clamp(max=size + padding_extent)
        if not count_include_pad:
            begin, end = begin.clamp(min=0), end.clamp(max=size)
        shape = [1, 1, 1]
        shape[axis] = -1
        divisor = divisor * (end - begin).view(shape)
    return sums / divisor.to(sums.dtype)


avg_pool1d, avg_pool3d = op("avg_pool1d", otherwise=_avg_pool1d), op("avg_pool3d", otherwise=_avg_pool3d)


def lp_pool1d(input: Any, norm_type: float, kernel_size: int, stride: Any = None, ceil_mode: bool = False) -> Any:
    """p-norms over windows, of values whose sum is negative zero (as PyTorch does)."""
    sums = avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode) * _tuple(kernel_size, 1)[0]
    return _root(sums, norm_type)


def lp_pool2d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """p-norms over windows of two dimensions."""
    height, width = _tuple(kernel_size, 2)
    kernel = (height, width)
    means = avg_pool2d(input.pow(norm_type), kernel, kernel if stride is None else stride, 0, ceil_mode)
    return _root(means * (height * width), norm_type)


def lp_pool3d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """p-norms over windows of three dimensions."""
    depth, height, width = _tuple(kernel_size, 3)
    means = avg_pool3d(input.pow(norm_type), (depth, height, width), stride, 0, ceil_mode)
    return _root(means * (depth * height * width), norm_type)


def _root(sums: Any, norm_type: float) -> Any:
    return (sums.sign() * sums.abs().relu()).pow(1.0 / norm_type)


def _adaptive_sizes(input: Any, output_size: Any, dims: int) -> list[int]:
    if isinstance(output_size, int):
        sizes: Sequence[int | None] = [output_size] * dims
    else:
        sizes = list(output_size)
        if len(sizes) != dims:
            raise RuntimeError(f"adaptive pooling: output_size must be {dims}, but got {len(sizes)}")
    if input.dim() not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"adaptive pooling: Expected {dims + 1}D or {dims + 2}D tensor, but got {list(input.shape)}"
        )
    return [input.size(axis - dims) if size is None else size for axis, size in enumerate(sizes)]


def _adaptive_bounds(size: int, output: int) -> tuple[list[int], list[int]]:
    begins = [index * size // output for index in range(output)]
    ends = [-(-(index + 1) * size // output) for index in range(output)]
    return begins, ends


def _adaptive_avg_pool(input: Any, sizes: list[int]) -> Any:
    for axis, output in enumerate(sizes):
        dimension = input.dim() - len(sizes) + axis
        size = input.size(dimension)
        if output == size:
            continue
        if output and size % output == 0:
            input = input.unflatten(dimension, (output, size // output)).mean(dimension + 1)
            continue
        begins, ends = _adaptive_bounds(size, output)
        rows = [
            [1.0 / (end - begin) if begin <= place < end else 0.0 for place in range(size)]
            for begin, end in zip(begins, ends, strict=True)
        ]
        means = taeda.tensor(rows, dtype=input.dtype).view(output, size)
        input = (input.movedim(dimension, -1) @ means.t()).movedim(-1, dimension)
    return input


def _adaptive_max_pool(input: Any, sizes: list[int]) -> tuple[Any, Any]:
    dims = len(sizes)
    extents = list(input.shape[-dims:])
    tables = []
    windows = input
    for axis, output in enumerate(sizes):
        dimension = input.dim() - dims + axis
        begins, ends = _adaptive_bounds(extents[axis], output)
        widest = max((end - begin for begin, end in zip(begins, ends, strict=True)), default=1)
        # Windows shorter than the widest repeat their last element, which the first maximum never picks.
        table = taeda.tensor(
            [[min(begin + step, end - 1) for step in range(widest)] for begin, end in zip(begins, ends, strict=True)],
            dtype=taeda.int64,
        ).view(output, widest)
        windows = windows.index_select(dimension, table.reshape(-1)).unflatten(dimension, (output, widest))
        windows = windows.movedim(dimension + 1, -1)
        tables.append(table)
    values, flat = windows.flatten(-dims).max(-1)
    within, chosen = flat, []
    for table in reversed(tables):
        chosen.append(within % table.shape[1])
        within = within // table.shape[1]
    place: Any = None
    for axis, table in enumerate(tables):
        shape = [1] * dims
        shape[axis] = sizes[axis]
        rows = taeda.arange(sizes[axis]).view(shape) * table.shape[1] + chosen[dims - 1 - axis]
        position = table.reshape(-1)[rows]
        place = position if place is None else place * extents[axis] + position
    return values, place


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """Means over `output_size` windows that cover the last dimension evenly."""
    return _adaptive_avg_pool(input, _adaptive_sizes(input, output_size, 1))


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """Means over windows that cover the last two dimensions evenly; None keeps a dimension's size."""
    return _adaptive_avg_pool(input, _adaptive_sizes(input, output_size, 2))


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """Means over windows that cover the last three dimensions evenly."""
    return _adaptive_avg_pool(input, _adaptive_sizes(input, output_size, 3))


def _adaptive_max(input: Any, output_size: Any, dims: int, return_indices: bool) -> Any:
    values, indices = _adaptive_max_pool(input, _adaptive_sizes(input, output_size, dims))
    return (values, indices) if return_indices else values


def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over `output_size` windows that cover the last dimension evenly."""
    return _adaptive_max(input, output_size, 1, return_indices)


def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over windows that cover the last two dimensions evenly."""
    return _adaptive_max(input, output_size, 2, return_indices)


def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over windows that cover the last three dimensions evenly."""
    return _adaptive_max(input, output_size, 3, return_indices)


def adaptive_max_pool1d_with_indices(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool1d` and the places of the maxima."""
    return _adaptive_max(input, output_size, 1, True)


def adaptive_max_pool2d_with_indices(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool2d` and the places of the maxima."""
    return _adaptive_max(input, output_size, 2, True)


def adaptive_max_pool3d_with_indices(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool3d` and the places of the maxima."""
    return _adaptive_max(input, output_size, 3, True)


def _max_unpool(
    dims: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Any:
    kernels, paddings = _tuple(kernel_size, dims), _tuple(padding, dims)
    strides = kernels if stride is None else _tuple(stride, dims)
    default = [
        (input.size(axis - dims) - 1) * strides[axis] + kernels[axis] - 2 * paddings[axis] for axis in range(dims)
    ]
    size = default
    if output_size is not None:
        size = list(output_size)
        if len(size) == dims + 2:
            size = size[2:]
        if len(size) != dims:
            raise ValueError(
                f"output_size should be a sequence containing {dims} or {dims + 2} elements, but it has a length of "
                f"'{len(size)}'"
            )
        for axis in range(dims):
            lowest, highest = default[axis] - strides[axis], default[axis] + strides[axis]
            if not lowest < size[axis] < highest:
                raise ValueError(
                    f"invalid output_size {size} (dim {axis} must be between {lowest} and {highest})"
                )
    if input.shape != indices.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(input.shape)}) but got indices "
            f"tensor with shape: {list(indices.shape)}"
        )
    count = 1
    for extent in size:
        count *= extent
    lead = input.shape[: input.dim() - dims]
    flat = input.new_zeros((*lead, count)).scatter(-1, indices.flatten(-dims), input.flatten(-dims))
    return flat.view(*lead, *size)


def max_unpool1d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Maxima put back at their places, zeros elsewhere."""
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Maxima put back at their places, zeros elsewhere."""
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Maxima put back at their places, zeros elsewhere."""
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
