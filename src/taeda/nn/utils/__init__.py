"""Helpers around modules: limits on gradients, parameters as a vector, batches of sequences, parametrisations."""

import importlib
from typing import Any

from taeda.nn.utils import rnn
from taeda.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from taeda.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters

__all__ = [
    "convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format", "remove_spectral_norm", "skip_init",
    "clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "fuse_conv_bn_eval",
    "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights", "get_total_norm", "parameters_to_vector",
    "parametrizations", "parametrize", "remove_weight_norm", "rnn", "spectral_norm", "stateless",
    "vector_to_parameters", "weight_norm",
]  # fmt: skip

# Imported when used: these stand on modules, which stand on this package.
_MODULES = ("fusion", "init", "memory_format", "parametrizations", "parametrize", "prune", "stateless")
_FUNCTIONS = {
    "weight_norm": "weight_norm_hook",
    "remove_weight_norm": "weight_norm_hook",
    "convert_conv2d_weight_memory_format": "memory_format",
    "convert_conv3d_weight_memory_format": "memory_format",
    "remove_spectral_norm": "spectral_norm_hook",
    "skip_init": "init",
    "spectral_norm": "spectral_norm_hook",
    "fuse_conv_bn_eval": "fusion",
    "fuse_conv_bn_weights": "fusion",
    "fuse_linear_bn_eval": "fusion",
    "fuse_linear_bn_weights": "fusion",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"taeda.nn.utils.{name}")
    if name in _FUNCTIONS:
        value = getattr(importlib.import_module(f"taeda.nn.utils.{_FUNCTIONS[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'taeda.nn.utils' has no attribute {name!r}")
