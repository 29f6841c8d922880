"""What an op costs: two for each multiplication with an addition, of products, convolutions and attention.

Element-wise work is not counted, as is usual: beside the products it is nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any


def _numel(result: Any) -> int:
    return (result[0] if isinstance(result, tuple) else result).numel()


def _by_last(result: Any, a: Any, *_: Any) -> int:
    return 2 * _numel(result) * a.shape[-1]


def _vectors(result: Any, a: Any, *_: Any) -> int:
    return 2 * a.numel()


def _with_addend(result: Any, _: Any, a: Any, *__: Any) -> int:
    return 2 * _numel(result) * a.shape[-1]


def _batches_added(result: Any, _: Any, a: Any, *__: Any) -> int:
    return 2 * _numel(result) * a.shape[0] * a.shape[-1]


def _convolution(result: Any, input: Any, weight: Any, *_: Any) -> int:
    return 2 * _numel(result) * prod(weight.shape[1:])


def _transposed_convolution(result: Any, input: Any, weight: Any, *_: Any) -> int:
    return 2 * input.numel() * prod(weight.shape[1:])


def _attention(result: Any, query: Any, key: Any, value: Any, *_: Any) -> int:
    return 2 * prod(query.shape[:-1]) * key.shape[-2] * (query.shape[-1] + value.shape[-1])


def _bilinear(result: Any, input1: Any, input2: Any, weight: Any, *_: Any) -> int:
    return 2 * _numel(result) * (weight.shape[1] * weight.shape[2] + weight.shape[2])


def _steps(result: Any, projected: Any, *_: Any) -> int:
    return 2 * projected.numel() * (projected.shape[-1] // 4)


FORWARD: dict[str, Callable[..., int]] = {
    "matmul": _by_last, "mm": _by_last, "bmm": _by_last, "mv": _by_last, "linear": _by_last, "inner": _by_last,
    "dot": _vectors, "addmm": _with_addend, "baddbmm": _with_addend, "addmv": _with_addend, "addbmm": _batches_added,
    "conv1d": _convolution, "conv2d": _convolution, "conv3d": _convolution,
    "conv_transpose1d": _transposed_convolution, "conv_transpose2d": _transposed_convolution,
    "conv_transpose3d": _transposed_convolution, "scaled_dot_product_attention": _attention, "bilinear": _bilinear,
    "lstm_steps": _steps,
}  # fmt: skip


def forward_flops(name: str, arguments: tuple[Any, ...], result: Any) -> int:
    count = FORWARD.get(name.partition(".")[0])
    return count(result, *arguments) if count else 0


def backward_flops(name: str, arguments: tuple[Any, ...], flops: int) -> int:
    """A product for each operand that has a gradient; attention computes its weights again."""
    if not flops:
        return 0
    if name == "scaled_dot_product_attention":
        return flops * 5 // 2 if any(x.requires_grad for x in arguments[:3]) else 0
    products = [x for x in arguments[:4] if getattr(x, "requires_grad", False) and x.dim() > 1]
    return flops * min(len(products), 2)
