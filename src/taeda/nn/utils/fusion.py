"""Batch norm folded into the layer before it, for models that are no longer trained."""

import copy
from typing import Any

import taeda
from taeda.assertions import check_type
from taeda.nn.parameter import Parameter

__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]


def _scale(mean: Any, variance: Any, eps: float, weight: Any, bias: Any) -> tuple[Any, Any]:
    """Scale and shift of a batch norm in evaluation mode."""
    for name, given in (("bn_rm", mean), ("bn_rv", variance)):
        check_type("fuse_conv_bn_weights", name, given, taeda.Tensor)
    scale = (taeda.ones_like(mean) if weight is None else weight) / (variance + eps).sqrt()
    return scale, (taeda.zeros_like(mean) if bias is None else bias) - mean * scale


def _fused(weight: Any, bias: Any, norm: tuple[Any, Any], along: int) -> tuple[Any, Any]:
    scale, shift = norm
    check_type("fuse_conv_bn_weights", "conv_w", weight, taeda.Tensor)
    shape = [1] * weight.dim()
    shape[along] = -1
    # `along` may hold the channels of one group only; each group then has its part of the scale.
    if weight.size(along) and weight.size(along) != scale.numel():
        groups = scale.numel() // weight.size(along)
        parts = zip(weight.chunk(groups, 0), scale.chunk(groups), strict=True)
        fused = taeda.cat([part * own.view(shape) for part, own in parts], 0)
    else:
        fused = weight * scale.view(shape)
    return fused, shift if bias is None else bias * scale + shift


def _parameters(weight: Any, bias: Any, like: Any) -> tuple[Any, Any]:
    return Parameter(weight, like.requires_grad), Parameter(bias, like.requires_grad)


def fuse_conv_bn_weights(
    conv_w: Any,
    conv_b: Any,
    bn_rm: Any,
    bn_rv: Any,
    bn_eps: float,
    bn_w: Any,
    bn_b: Any,
    transpose: bool = False,
) -> tuple[Any, Any]:
    """Weight and bias of a convolution (`transpose`: a transposed one) that does what it and the batch norm did."""
    with taeda.no_grad():
        norm = _scale(bn_rm, bn_rv, bn_eps, bn_w, bn_b)
        return _parameters(*_fused(conv_w, conv_b, norm, 1 if transpose else 0), conv_w)


def fuse_linear_bn_weights(
    linear_w: Any, linear_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any
) -> tuple[Any, Any]:
    """Weight and bias of a linear layer that does what it and the batch norm did."""
    with taeda.no_grad():
        return _parameters(*_fused(linear_w, linear_b, _scale(bn_rm, bn_rv, bn_eps, bn_w, bn_b), 0), linear_w)


def _check(layer: Any, bn: Any) -> None:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("the batch norm has no running mean and variance to fold in")


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A copy of a convolution that does what `bn(conv(x))` did; both in evaluation mode."""
    _check(conv, bn)
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        conv.weight, conv.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A copy of a linear layer that does what `bn(linear(x))` did; both in evaluation mode."""
    _check(linear, bn)
    if linear.out_features != bn.num_features and bn.num_features != 1:
        raise AssertionError("To fuse, linear.out_features == bn.num_features or bn.num_features == 1")
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(
        linear.weight, linear.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    return fused
