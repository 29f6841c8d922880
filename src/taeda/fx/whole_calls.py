"""How calls of PyTorch's Python functions stand in a graph: with every option by name, defaults included.

PyTorch's `F.relu` is a Python function that hands itself on to a stand-in as `relu(input, inplace=False)`: what has no
default by position, everything else by name. Graph rewriters and printed graphs count on it. Functions that are
compiled there (`F.gelu`, `torch.add`) hand on what they were given, and so does everything that is not named here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import taeda

__all__ = ["whole_call"]

_FUNCTIONAL = """
adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool1d_with_indices adaptive_max_pool2d
adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices affine_grid alpha_dropout
batch_norm binary_cross_entropy binary_cross_entropy_with_logits celu cosine_embedding_loss cross_entropy ctc_loss
dropout dropout1d dropout2d dropout3d elu embedding embedding_bag feature_alpha_dropout fold fractional_max_pool2d
fractional_max_pool2d_with_indices fractional_max_pool3d fractional_max_pool3d_with_indices gaussian_nll_loss glu
grid_sample group_norm gumbel_softmax hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss instance_norm
interpolate kl_div l1_loss layer_norm leaky_relu local_response_norm log_softmax lp_pool1d lp_pool2d lp_pool3d
margin_ranking_loss max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d
max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d mish mse_loss multi_margin_loss
multilabel_margin_loss multilabel_soft_margin_loss nll_loss normalize pad poisson_nll_loss relu relu6 rms_norm rrelu
selu silu smooth_l1_loss soft_margin_loss softmax softmin softsign tanhshrink threshold triplet_margin_loss
triplet_margin_with_distance_loss unfold
"""

# l1_loss leaves its `weight` out, where it is not given: it is newer than the rest.
_LEFT_OUT = {"l1_loss": {"weight"}}

# Functions of `torch` itself, and whether PyTorch's have an option `out`, which ours take like any op.
_PLAIN = {"cdist": False, "norm": True, "split": False, "stft": False, "tensordot": True}


@functools.cache
def _described() -> dict[int, tuple[list[str], dict[str, Any]]]:
    """By the identity of each function: its parameters without a default, and the others with theirs."""
    functional = taeda.nn.functional
    functions = {name: getattr(functional, name) for name in _FUNCTIONAL.split()}
    functions |= {name: getattr(taeda, name) for name in _PLAIN}
    found = {}
    for name, function in functions.items():
        parameters = inspect.signature(function).parameters.values()
        needed = [p.name for p in parameters if p.default is p.empty]
        options = {p.name: p.default for p in parameters if p.default is not p.empty}
        for option in _LEFT_OUT.get(name, ()):
            del options[option]
        if _PLAIN.get(name):
            options["out"] = None
        if name == "norm":  # there `dtype` comes after `out`
            options["dtype"] = options.pop("dtype")
        found[id(function)] = needed, options
    return found


def whole_call(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call as PyTorch's graphs show them."""
    described = _described().get(id(function))
    if described is None:
        return args, kwargs
    needed, options = described
    given = dict(zip([*needed, *options], args, strict=False)) | kwargs
    if len(args) > len(needed) + len(options) or any(name not in given for name in needed):
        return args, kwargs  # calls that fail, which the graph says when it runs
    positional = tuple(given.pop(name) for name in needed)
    return positional, {name: given.pop(name, default) for name, default in options.items()} | given
