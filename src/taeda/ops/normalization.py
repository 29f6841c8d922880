"""Normalisations: statistics over some dimensions, then a scale and a shift. All arithmetic of 16-bit floats is in
float32 and rounded once, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import product
from taeda.ops.dtypes import is_float
from taeda.ops.joining import constant_pad_nd
from taeda.ops.op import Number, Sample, Sizes, Tensor, check, derived, sample
from taeda.ops.pointwise import convert
from taeda.ops.reduction import compute, standardize, standardize_groups


def _trailing_dims(input: Any, normalized_shape: Any, name: str) -> tuple[int, ...]:
    """The dimensions that `normalized_shape` covers; they must be the last ones of `input`."""
    count = len(normalized_shape)
    if count < 1 or count > input.ndim:
        raise RuntimeError(
            f"Given normalized_shape of {count} dimensions, expected input of at least as many, "
            f"but got input of {input.ndim} dimensions"
        )
    for k, n in enumerate(normalized_shape):
        check(
            input.shape[input.ndim - count + k] == n,
            RuntimeError,
            f"Given normalized_shape, expected input with the same last {count} sizes for {name}, but dimension "
            f"{input.ndim - count + k} has size {{0}} where normalized_shape says {{1}}",
            input.shape[input.ndim - count + k],
            n,
        )
    return tuple(range(input.ndim - count, input.ndim))


def _scale_and_shift(y: Any, weight: Any, bias: Any) -> Any:
    """`weight` and `bias` are expanded first: then it is certain that the shape stays that of y, and all is one
    kernel."""
    if weight is not None:
        y = y * compute(weight).expand(y.shape[y.ndim - weight.ndim :])
    if bias is not None:
        y = y + compute(bias).expand(y.shape[y.ndim - bias.ndim :])
    return y


@derived(modules=("torch", "nn.functional"), method=False)
def layer_norm(
    input: Tensor,
    normalized_shape: Sizes,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """(input - mean) / sqrt(variance + eps) * weight + bias over the last dimensions, those of `normalized_shape`.

    Shapes: input (*, *normalized_shape), weight and bias normalized_shape; the result is like input.
    Source: Ba, Kiros, Hinton, "Layer Normalization", 2016.
    """
    dims = _trailing_dims(input, normalized_shape, "layer_norm")
    return convert(_scale_and_shift(standardize(input, dims, eps), weight, bias), input.dtype)


@layer_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 8), (8,))
    yield sample(make(2, 3, 20), (20,), make(20), make(20))
    yield sample(make(2, 3, 5), (3, 5), make(3, 5), make(3, 5), eps=1e-3)
    yield sample(make(4, 70), (70,), make(70))


@derived(modules=("torch", "nn.functional"), method=False)
def rms_norm(input: Tensor, normalized_shape: Sizes, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """input / sqrt(mean(input^2) + eps) * weight over the last dimensions; eps is the dtype's epsilon where it is None.

    Source: Zhang, Sennrich, "Root Mean Square Layer Normalization", 2019.
    """
    dims = _trailing_dims(input, normalized_shape, "rms_norm")
    x = compute(input)
    if eps is None:
        eps = {"float64": 2.220446049250313e-16}.get(x.dtype, 1.1920928955078125e-07)
    y = x * ((x * x).mean(dims, True) + eps).rsqrt()
    return convert(_scale_and_shift(y, weight, None), input.dtype)


@rms_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 8), (8,))
    yield sample(make(2, 3, 20), (20,), make(20))
    yield sample(make(2, 3, 5), (3, 5), make(3, 5), eps=1e-3)


def _per_channel(values: Any, ndim: int) -> Any:
    """A vector over the channels (dimension 1) made to broadcast with a tensor of `ndim` dimensions."""
    return values if values is None else values.reshape((1, values.shape[0]) + (1,) * (ndim - 2))


@derived(public=False)
def batch_norm_training(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Batch normalisation with the statistics of the batch: the result, the mean and the biased variance per channel.

    input (N, C, *). Source: Ioffe, Szegedy, "Batch Normalization", 2015.
    """
    dims = (0, *range(2, input.ndim))
    x = compute(input)
    mean = x.mean(dims, True)
    centred = x - mean
    variance = (centred * centred).mean(dims, True)
    # standardize computes the same mean and variance; the compiler sees that.
    y = _scale_and_shift(
        standardize(input, dims, eps), _per_channel(weight, input.ndim), _per_channel(bias, input.ndim)
    )
    return convert(y, input.dtype), mean.reshape((-1,)), variance.reshape((-1,))


@derived(public=False)
def batch_norm_inference(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor, variance: Tensor, eps: float
) -> Tensor:
    """Batch normalisation with given statistics per channel."""
    x = compute(input)
    scale = (compute(variance) + eps).rsqrt()
    # Expanded, as in _scale_and_shift.
    mean, scale = (_per_channel(v, input.ndim).expand(x.shape) for v in (compute(mean), scale))
    y = (x - mean) * scale
    y = _scale_and_shift(y, _per_channel(weight, input.ndim), _per_channel(bias, input.ndim))
    return convert(y, input.dtype)


@derived(public="group_norm", modules=("torch", "nn.functional"), method=False)
def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Normalisation over groups of channels of each sample. input (N, C, *), C divisible by num_groups.

    Source: Wu, He, "Group Normalization", 2018.
    """
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    n, channels = input.shape[0], input.shape[1]
    values = n * channels // num_groups
    for extent in input.shape[2:]:
        values = values * extent
    places = ", ".join(f"{{{k}}}" for k in range(min(input.ndim, 10)))
    check(
        (values != 1) + (channels % num_groups != 0) > 0,
        ValueError,
        f"Expected more than 1 value per channel when training, got input size [{places}]",
        n * channels // num_groups,
        num_groups,
        *input.shape[2:10],
    )
    check(
        channels % num_groups == 0,
        RuntimeError,
        "Expected number of channels in input to be divisible by num_groups, but got input with {0} channels and "
        f"num_groups={num_groups}",
        channels,
    )
    for name, vector in (("weight", weight), ("bias", bias)):
        if vector is not None:
            expected = (
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of"
            )
            if vector.ndim != 1:
                raise RuntimeError(f"{expected} {vector.ndim} dimensions")
            shape = ", ".join(f"{{{k + 1}}}" for k in range(min(input.ndim, 7)))
            check(vector.shape[0] == channels, RuntimeError, f"{expected} shape [{{0}}] and input of shape [{shape}]",
                  vector.shape[0], *input.shape[:7])
    size = product(input.shape[2:])
    if weight is None and bias is None:  # a group is a row, of which all can be one kernel
        y = standardize(input.reshape((n, num_groups, channels // num_groups * size)), (2,), eps)
    else:
        y = standardize_groups(input.reshape((n, channels, size)), num_groups, eps)
        y = _scale_and_shift(y, _per_channel(weight, 3), _per_channel(bias, 3))
    y = y.reshape(input.shape)
    return convert(y, input.dtype)


@group_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 6, 5), 3)
    yield sample(make(2, 4, 3, 3), 2, make(4), make(4), eps=1e-3)


@derived(modules=("nn.functional",), method=False)
def local_response_norm(
    input: Tensor, size: int, alpha: Number = 1e-4, beta: Number = 0.75, k: Number = 1.0
) -> Tensor:
    """input / (k + alpha * mean of input^2 over `size` neighbouring channels)^beta; input (N, C, *).

    Source: Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012.
    """
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    channels = input.shape[1]
    around = (0, 0) * (input.ndim - 2) + (size // 2, (size - 1) // 2)
    padded = constant_pad_nd(input * input, around, 0)
    total = padded.narrow(1, 0, channels)
    for offset in range(1, size):
        total = total + padded.narrow(1, offset, channels)
    mean = total / size if is_float(input.dtype) else total.floor_divide(size)
    return input / (mean * alpha + k).pow(beta)


@local_response_norm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 5, 3), 4)
    yield sample(make(2, 4, 2, 3), 3, 0.3, 0.5, 2.0)
