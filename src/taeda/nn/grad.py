"""Gradients of convolutions by themselves, from sizes and what flows back."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.nn import functional

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]


def _gradient(dims: int, of: int, given: tuple[Any, Any], grad_output: Any, options: tuple[Any, ...]) -> Any:
    """The gradient of a convolution of `dims` dimensions for its input (0) or weight (1)."""
    convolution = getattr(functional, f"conv{dims}d")
    with taeda.enable_grad():
        # A convolution is linear in each of the two: where it is, the gradient for it is the same.
        parts = [taeda.zeros(size, dtype=grad_output.dtype) if isinstance(size, (tuple, list)) else size
                 for size in given]
        parts[of] = parts[of].detach().requires_grad_()
        result = convolution(parts[0], parts[1], None, *options)
    create = taeda.is_grad_enabled() and (grad_output.requires_grad or parts[1 - of].requires_grad)
    return taeda.autograd.grad(result, parts[of], grad_output, create_graph=create)[0]


def _function(dims: int, of: int) -> Any:
    what = "input" if of == 0 else "weight"

    def conv_input(input_size: Any, weight: Any, grad_output: Any, stride: Any = 1, padding: Any = 0,
                   dilation: Any = 1, groups: int = 1) -> Any:
        return _gradient(dims, of, (tuple(input_size), weight), grad_output, (stride, padding, dilation, groups))

    def conv_weight(input: Any, weight_size: Any, grad_output: Any, stride: Any = 1, padding: Any = 0,
                    dilation: Any = 1, groups: int = 1) -> Any:
        return _gradient(dims, of, (input, tuple(weight_size)), grad_output, (stride, padding, dilation, groups))

    made = conv_input if of == 0 else conv_weight
    made.__name__ = made.__qualname__ = f"conv{dims}d_{what}"
    made.__doc__ = f"The gradient of `conv{dims}d` with respect to its {what}, whose size is given."
    return made


conv1d_input, conv2d_input, conv3d_input = (_function(dims, 0) for dims in (1, 2, 3))
conv1d_weight, conv2d_weight, conv3d_weight = (_function(dims, 1) for dims in (1, 2, 3))
