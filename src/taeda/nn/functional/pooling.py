"""Pooling: the ops of `taeda.ops.pooling` with the signatures of `torch.nn.functional`, and what is made of them."""

from collections.abc import Sequence
from typing import Any

from taeda.nn.functional._legacy import op

avg_pool1d, avg_pool2d, avg_pool3d = op("avg_pool1d"), op("avg_pool2d"), op("avg_pool3d")
_max_pool = [op(f"max_pool{dims}d") for dims in (1, 2, 3)]
_max_pool_with_indices = [op(f"max_pool{dims}d_with_indices") for dims in (1, 2, 3)]
_adaptive_avg_pool = [op(f"adaptive_avg_pool{dims}d") for dims in (1, 2, 3)]
_adaptive_max_pool = [op(f"adaptive_max_pool{dims}d_with_indices") for dims in (1, 2, 3)]

_unpool = op("max_unpool")


def _tuple(value: Any, count: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,) * count
    values = tuple(value)
    return values * count if len(values) == 1 else values


def _max(dims: int, input: Any, options: tuple[Any, ...], return_indices: bool) -> Any:
    if options[1] in ((), []):
        options = (options[0], None, *options[2:])
    return (_max_pool_with_indices if return_indices else _max_pool)[dims - 1](input, *options)


def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Maxima over windows of (N, C, L) or (C, L); with their places (z, y, x in one number) if asked."""
    return _max(1, input, (kernel_size, stride, padding, dilation, ceil_mode), return_indices)


def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Maxima over windows of (N, C, H, W) or (C, H, W); with their places (z, y, x in one number) if asked."""
    return _max(2, input, (kernel_size, stride, padding, dilation, ceil_mode), return_indices)


def max_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Maxima over windows of (N, C, D, H, W) or (C, D, H, W); with their places (z, y, x in one number) if asked."""
    return _max(3, input, (kernel_size, stride, padding, dilation, ceil_mode), return_indices)


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
    return _max(1, input, (kernel_size, stride, padding, dilation, ceil_mode), True)


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
    return _max(2, input, (kernel_size, stride, padding, dilation, ceil_mode), True)


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
    return _max(3, input, (kernel_size, stride, padding, dilation, ceil_mode), True)


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
    """One size for each of the last `dims` dimensions; None keeps the input's."""
    if isinstance(output_size, int):
        return [output_size] * dims
    sizes: Sequence[int | None] = list(output_size)
    if dims > 1 and input.dim() <= len(sizes):
        raise ValueError(f"Input dimension should be at least {len(sizes) + 1}")
    if len(sizes) != dims:
        raise RuntimeError(f"adaptive pooling: output_size must be {dims}, but got {len(sizes)}")
    return [input.size(axis - dims) if size is None else size for axis, size in enumerate(sizes)]


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """Means over `output_size` windows that cover the last dimension evenly."""
    return _adaptive_avg_pool[0](input, _adaptive_sizes(input, output_size, 1))


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """Means over windows that cover the last two dimensions evenly; None keeps a dimension's size."""
    return _adaptive_avg_pool[1](input, _adaptive_sizes(input, output_size, 2))


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """Means over windows that cover the last three dimensions evenly."""
    return _adaptive_avg_pool[2](input, _adaptive_sizes(input, output_size, 3))


def _adaptive_max(input: Any, output_size: Any, dims: int, return_indices: bool) -> Any:
    values, indices = _adaptive_max_pool[dims - 1](input, _adaptive_sizes(input, output_size, dims))
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
    return _unpool(input, indices, size)


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
