"""Dropout: elements, channels, and the variant that keeps the mean and variance of SELU networks."""

from typing import Any

import taeda
from taeda.nn.functional._legacy import op

_dropout = op("dropout")


def _check(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _give(input: Any, result: Any, inplace: bool) -> Any:
    return input.copy_(result) if inplace and result is not input else result


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zero each element with probability `p` and scale the others by 1 / (1 - p), in training only."""
    _check(p)
    if inplace:
        return _give(input, _dropout(input, p, training), True) if training and p > 0.0 else input
    return _dropout(input, p, training)


def _channel_mask(input: Any, p: float) -> Any:
    """1 with probability 1 - p, one number for each sample and channel."""
    return input.new_empty((*input.shape[:2], *(1,) * (input.dim() - 2))).bernoulli_(1 - p)


def _feature_dropout(input: Any, p: float, training: bool, inplace: bool) -> Any:
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return _give(input, input * 0.0, inplace)
    return _give(input, input * (_channel_mask(input, p) / (1 - p)), inplace)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zero whole channels of an input (N, C, L) or (C, L)."""
    _check(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    return _dropout_channels(input, p, training, inplace, batched=input.dim() == 3)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zero whole channels of an input (N, C, H, W) or (N, C, L)."""
    _check(p)
    return _dropout_channels(input, p, training, inplace, batched=True)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zero whole channels of an input (N, C, D, H, W) or (C, D, H, W)."""
    _check(p)
    return _dropout_channels(input, p, training, inplace, batched=input.dim() != 4)


def _dropout_channels(input: Any, p: float, training: bool, inplace: bool, batched: bool) -> Any:
    if batched:
        return _feature_dropout(input, p, training, inplace)
    result = _feature_dropout(input.unsqueeze(0), p, training, False).squeeze(0)
    return _give(input, result, inplace)


def _alpha_dropout(input: Any, p: float, mask: Any) -> Any:
    # Dropped elements get the negative saturation value of SELU; an affine map restores mean 0 and variance 1.
    saturation = 1.7580993408473766
    scale = 1.0 / ((saturation * saturation * p + 1) * (1 - p)) ** 0.5
    shift = (mask - 1) * (saturation * scale) + saturation * scale * p
    return input * (mask * scale) + shift


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout that keeps mean 0 and variance 1 of an input that has them (Klambauer et al. 2017)."""
    _check(p)
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return _give(input, input * 0.0, inplace)
    return _give(input, _alpha_dropout(input, p, taeda.empty_like(input).bernoulli_(1 - p)), inplace)


def feature_alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """`alpha_dropout` of whole channels."""
    _check(p)
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return _give(input, input * 0.0, inplace)
    return _give(input, _alpha_dropout(input, p, _channel_mask(input, p)), inplace)
