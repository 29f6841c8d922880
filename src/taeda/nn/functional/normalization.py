"""Normalisations."""

from collections.abc import Sequence
from typing import Any

import taeda
from taeda.nn.functional._legacy import legacy, op
from taeda.overrides import has_torch_function_variadic, take_over

layer_norm = legacy("layer_norm", "input, normalized_shape, weight=None, bias=None, eps=1e-05")
group_norm, rms_norm, local_response_norm = op("group_norm"), op("rms_norm"), op("local_response_norm")
normalize = legacy("normalize", "input, p=2.0, dim=1, eps=1e-12, out=None")
_batch_norm_training, _batch_norm_inference = op("batch_norm_training"), op("batch_norm_inference")


def _verify_batch_size(size: Sequence[int]) -> None:
    values = size[0]
    for extent in size[2:]:
        values *= extent
    if values == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias for each channel of an input (N, C, *).

    In training mean and variance are those of the batch, and the running ones (if given) move towards them by
    `momentum`; the running variance is the unbiased one. Otherwise the running ones are used.
    """
    if has_torch_function_variadic(input, running_mean, running_var, weight, bias):
        return take_over(batch_norm, 3, locals())
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        if input.dim() < 2:  # no dimension of channels: there are none
            if running_mean.numel():
                raise RuntimeError(f"running_mean should contain 0 elements not {running_mean.numel()}")
            return input.clone()
        return _batch_norm_inference(input, weight, bias, running_mean, running_var, eps)
    _verify_batch_size(input.size())
    if input.dim() < 2 and not input.numel():
        return input.clone()
    output, mean, variance = _batch_norm_training(input, weight, bias, eps)
    if running_mean is not None or running_var is not None:
        with taeda.no_grad():
            if running_mean is not None:
                running_mean.mul_(1 - momentum).add_(mean.detach(), alpha=momentum)
            if running_var is not None:
                count = input.numel() / input.size(1)
                running_var.mul_(1 - momentum).add_(variance.detach(), alpha=momentum * (count / (count - 1)))
    return output


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Batch norm of each sample by itself: mean and variance over the positions of one channel of one sample."""
    if has_torch_function_variadic(input, running_mean, running_var, weight, bias):
        return take_over(instance_norm, 1, locals())
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    samples, channels, *positions = input.shape
    count = 1
    for extent in positions:
        count *= extent
    if count == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.size()}")
    folded = input.reshape(1, samples * channels, *positions)
    wide_weight = weight.repeat(samples) if weight is not None else None
    wide_bias = bias.repeat(samples) if bias is not None else None
    output, mean, variance = _batch_norm_training(folded, wide_weight, wide_bias, eps)
    with taeda.no_grad():
        if running_mean is not None:
            average = mean.detach().view(samples, channels).mean(0)
            running_mean.mul_(1 - momentum).add_(average, alpha=momentum)
        if running_var is not None:
            average = variance.detach().view(samples, channels).mean(0)
            running_var.mul_(1 - momentum).add_(average, alpha=momentum * (count / (count - 1)))
    return output.view(input.shape)
