"""Dropout of elements, of whole channels, and the kind that keeps mean and variance. `native_dropout` and `dropout`,
which the others do not need, are in ops/random.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import square_root
from taeda.ir.expression import where as choose
from taeda.ops.dtypes import is_float
from taeda.ops.op import Generator, Sample, Tensor, check, derived, sample
from taeda.ops.pointwise import convert
from taeda.ops.random import _reciprocal, uniform

_FUNCTIONAL = ("nn.functional",)
# The value of a SELU far below zero, negated: what alpha dropout puts where it drops.
_SATURATION = 1.7580993408473766


def check_probability(p: Any) -> None:
    check((p >= 0) * (p <= 1), ValueError, "dropout probability has to be between 0 and 1, but got {0!r}", p)


def _kept(input: Any, shape: Any, p: Any, generator: Any) -> Any:
    """1 with probability 1 - p, else 0."""
    kept = uniform(shape, 0.0, 1.0, "float32", generator) < 1 - p
    return convert(kept, input.dtype if is_float(input.dtype) else "float32")


def _channels(input: Any) -> tuple[Any, ...]:
    return (*input.shape[:2], *(1,) * (input.ndim - 2))


def _drop_channels(input: Any, p: Any, training: bool, generator: Any, batched: bool) -> Any:
    check_probability(p)
    if not training:
        return input
    x = input if batched else input.unsqueeze(0)
    result = convert(x * (_kept(x, _channels(x), p, generator) * _reciprocal(1 - p)), input.dtype)
    return result if batched else result.select(0, 0)


@derived(modules=("torch",), method=False, inplace=True)
def feature_dropout(input: Tensor, p: float, train: bool, generator: Generator = None) -> Tensor:
    """Zero whole channels (dimension 1), each with probability p, and divide the others by 1 - p, while training."""
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return _drop_channels(input, p, train, generator, True)


@derived(modules=_FUNCTIONAL, method=False, inplace=True)
def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, generator: Generator = None) -> Tensor:
    """Zero whole channels of an input (N, C, L) or (C, L)."""
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    return _drop_channels(input, p, training, generator, input.ndim == 3)


@derived(modules=_FUNCTIONAL, method=False, inplace=True)
def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, generator: Generator = None) -> Tensor:
    """Zero whole channels of an input (N, C, H, W) or (N, C, L)."""
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return _drop_channels(input, p, training, generator, True)


@derived(modules=_FUNCTIONAL, method=False, inplace=True)
def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, generator: Generator = None) -> Tensor:
    """Zero whole channels of an input (N, C, D, H, W) or (C, D, H, W)."""
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return _drop_channels(input, p, training, generator, input.ndim != 4)


def _keep_moments(input: Any, p: Any, kept: Any) -> Any:
    """Dropped elements get the negative saturation of SELU; an affine map restores mean 0 and variance 1."""
    some = choose(p < 1, 1 - p, 1.0)  # with p = 1 all is zero
    scale = choose(p < 1, 1.0, 0.0) / square_root((_SATURATION * _SATURATION * p + 1) * some)
    shift = (kept - 1) * (_SATURATION * scale) + _SATURATION * scale * p
    return convert(input * (kept * scale) + shift, input.dtype)


@derived(modules=("torch", "nn.functional"), method=False, inplace=True, elementwise=True)
def alpha_dropout(input: Tensor, p: float = 0.5, train: bool = False, generator: Generator = None) -> Tensor:
    """Dropout that keeps mean 0 and variance 1 of an input that has them. Source: Klambauer et al. 2017."""
    check_probability(p)
    return _keep_moments(input, p, _kept(input, input.shape, p, generator)) if train else input


@derived(modules=("torch", "nn.functional"), method=False, inplace=True)
def feature_alpha_dropout(input: Tensor, p: float = 0.5, train: bool = False, generator: Generator = None) -> Tensor:
    """`alpha_dropout` of whole channels (dimension 1)."""
    check_probability(p)
    return _keep_moments(input, p, _kept(input, _channels(input), p, generator)) if train else input


def _certain(shape: tuple[int, ...]) -> Any:
    """Samples whose result does not depend on what is drawn."""

    def samples(make: Any) -> Iterator[Sample]:
        yield sample(make(*shape), 0.3, False)
        yield sample(make(*shape), 0.0, True)

    return samples


for _op, _shape in ((feature_dropout, (2, 3)), (dropout1d, (2, 3)), (dropout2d, (2, 3, 4)), (dropout3d, (2, 3, 4, 2)),
                    (alpha_dropout, (3, 4)), (feature_alpha_dropout, (2, 3, 2))):  # fmt: skip
    _op.samples(_certain(_shape))
