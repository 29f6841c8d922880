"""Activation functions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import wrap
from taeda.ir.loop import Expr, call, const, select
from taeda.ops.dtypes import floats_only, torch_kernel_name
from taeda.ops.elementary import sigmoid, tanh
from taeda.ops.op import Generator, Number, Sample, Tensor, check, derived, pointwise, sample
from taeda.ops.pointwise import compute, convert, where
from taeda.ops.random import uniform

_FUNCTIONAL = ("nn.functional",)


def _samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(5) * 4)


@pointwise(modules=("torch", "nn.functional"))
def relu(input: Tensor) -> Tensor:
    """max(input, 0)."""
    if input.dtype == "bool":
        raise RuntimeError("Boolean inputs not supported for relu")
    return call("maximum", input, const(0, input.dtype))


@relu.gradient
def _(grad: Any, output: Any) -> Any:
    return where(output > 0, grad, 0)


relu.samples(_samples)


@pointwise(modules=_FUNCTIONAL, inplace=True)
def relu6(input: Tensor) -> Tensor:
    """min(max(input, 0), 6)."""
    return call("minimum", call("maximum", input, const(0, input.dtype)), const(6, input.dtype))


@relu6.gradient
def _(grad: Any, output: Any) -> Any:
    return where(output > 0, where(output < 6, grad, 0), 0)


relu6.samples(_samples)


@pointwise(public=False)
def hard_tanh(input: Tensor, min_val: Number, max_val: Number) -> Tensor:
    """`input` clamped to [min_val, max_val]."""
    return call("minimum", call("maximum", input, min_val), max_val)


@hard_tanh.gradient
def _(grad: Any, input: Any, min_val: Any, max_val: Any) -> Any:
    return where(input > min_val, where(input < max_val, grad, 0), 0)


@derived(modules=_FUNCTIONAL, inplace=True, elementwise=True)
def hardtanh(input: Tensor, min_val: Number = -1.0, max_val: Number = 1.0) -> Tensor:
    """`input` clamped to [min_val, max_val]. Raises ValueError where min_val is above max_val."""
    check(min_val <= max_val, ValueError, "min_val cannot be greater than max_val")
    return hard_tanh(input, min_val, max_val)


@hardtanh.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4) * 2)
    yield sample(make(3, 4) * 2, -0.5, 0.25)


@pointwise(dtype=floats_only, modules=_FUNCTIONAL, method=False, inplace=True)
def leaky_relu(input: Tensor, negative_slope: Number = 0.01) -> Tensor:
    """`input` where positive, else negative_slope * input."""
    return select(input > 0, input, input * negative_slope)


@leaky_relu.gradient
def _(grad: Any, input: Any, negative_slope: Any) -> Any:
    return where(input > 0, grad, grad * negative_slope)


@leaky_relu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 0.3)


@derived(modules=("torch", "nn.functional"), method=False, inplace=True, elementwise=True)
def rrelu(
    input: Tensor,
    lower: Number = 1 / 8,
    upper: Number = 1 / 3,
    training: bool = False,
    generator: Generator = None,
) -> Tensor:
    """`input` where positive, else a slope times it: the mean of the two limits, or one drawn for each in training."""
    check(lower <= upper, RuntimeError, "Lower bound should be less than or equal to the upper bound")
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    return where(input > 0, input, input * uniform(input.shape, lower, upper, input.dtype, generator))


@rrelu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 0.1, 0.3)


@pointwise(dtype=floats_only, modules=_FUNCTIONAL, method=False, inplace=True)
def elu(input: Tensor, alpha: Number = 1.0) -> Tensor:
    """`input` where positive, else alpha * (exp(input) - 1)."""
    return select(input > 0, input, alpha * call("expm1", input))


@elu.gradient
def _(grad: Any, input: Any, alpha: Any) -> Any:
    return where(input > 0, grad, grad * (alpha * input.exp()))


@elu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 0.3)


_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


@pointwise(dtype=floats_only, modules=("torch", "nn.functional"), method=False, inplace=True)
def selu(input: Tensor) -> Tensor:
    """The scaled elu whose activations keep mean 0 and variance 1 (Klambauer et al., 2017)."""
    return select(input > 0, input * _SELU_SCALE, call("expm1", input) * (_SELU_SCALE * _SELU_ALPHA))


@selu.gradient
def _(grad: Any, input: Any) -> Any:
    return where(input > 0, grad * _SELU_SCALE, grad * (_SELU_SCALE * _SELU_ALPHA * input.exp()))


selu.samples(_samples)


@pointwise(dtype=floats_only, modules=("torch", "nn.functional"), method=False, inplace=True)
def celu(input: Tensor, alpha: Number = 1.0) -> Tensor:
    """max(0, input) + min(0, alpha * (exp(input / alpha) - 1))."""
    return select(input > 0, input, alpha * call("expm1", input / alpha))


@celu.gradient
def _(grad: Any, input: Any, alpha: Any) -> Any:
    return where(input > 0, grad, grad * (input / alpha).exp())


@celu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 0.7)


@pointwise(public=False, dtype=floats_only)
def gelu_erf(input: Tensor) -> Tensor:
    """input times the normal distribution function of input."""
    return input * (0.5 * (1.0 + call("erf", input * math.sqrt(0.5))))


@pointwise(public=False, dtype=floats_only)
def gelu_erf_slope(input: Tensor) -> Tensor:
    """The derivative of gelu_erf."""
    distribution = 0.5 * (1.0 + call("erf", input * math.sqrt(0.5)))
    return distribution + input * (call("exp", input * input * -0.5) * (1 / math.sqrt(2 * math.pi)))


@gelu_erf.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * gelu_erf_slope(input)


@gelu_erf_slope.gradient
def _(grad: Any, input: Any) -> Any:
    x2 = input * input
    return grad * ((2 - x2) * ((x2 * -0.5).exp() * (1 / math.sqrt(2 * math.pi))))


_K = math.sqrt(2 / math.pi)


@pointwise(public=False, dtype=floats_only)
def gelu_tanh(input: Tensor) -> Tensor:
    """gelu with the distribution function approximated by tanh."""
    inner = _K * (input + 0.044715 * (input * input * input))
    return 0.5 * input * (1.0 + call("tanh", inner))


@gelu_tanh.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * gelu_tanh_slope(input)


@pointwise(public=False, dtype=floats_only)
def gelu_tanh_slope(input: Tensor) -> Tensor:
    """The derivative of gelu_tanh."""
    square = input * input
    t = call("tanh", _K * (input + 0.044715 * (square * input)))
    return 0.5 * (1.0 + t) + 0.5 * input * ((1.0 - t * t) * (_K * (1.0 + 0.134145 * square)))


@gelu_tanh_slope.gradient
def _(grad: Any, input: Any) -> Any:
    square = input * input
    t = tanh(_K * (input + 0.044715 * square * input))
    inner = _K * (1.0 + 0.134145 * square)
    sech2 = 1.0 - t * t
    return grad * (sech2 * inner + 0.5 * input * sech2 * (0.26829 * _K * input - 2.0 * t * inner * inner))


@derived(modules=_FUNCTIONAL, elementwise=True)
def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """input times the probability that a standard normal number is below it; `approximate` is 'none' or 'tanh'."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return gelu_tanh(input) if approximate == "tanh" else gelu_erf(input)


@gelu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4) * 2)
    yield sample(make(3, 4) * 2, approximate="tanh")


@pointwise(dtype=floats_only, modules=_FUNCTIONAL, method=False, inplace=True)
def silu(input: Tensor) -> Tensor:
    """input * sigmoid(input)."""
    return input * call("sigmoid", input)


@silu.gradient
def _(grad: Any, input: Any) -> Any:
    s = sigmoid(compute(input))
    return convert(compute(grad) * (s * (1 + compute(input) * (1 - s))), grad.dtype)


silu.samples(_samples)


@pointwise(dtype=floats_only, modules=_FUNCTIONAL, method=False, inplace=True)
def mish(input: Tensor) -> Tensor:
    """input * tanh(softplus(input))."""
    return input * call("tanh", _softplus(input))


def _softplus(x: Expr) -> Expr:
    return call("log1p", call("exp", -abs(x))) + call("maximum", x, const(0, x.dtype))


@mish.gradient
def _(grad: Any, input: Any) -> Any:
    x = compute(input)
    t = tanh(softplus(x))
    return convert(compute(grad) * (t + x * sigmoid(x) * (1 - t * t)), grad.dtype)


mish.samples(_samples)


@pointwise(dtype=floats_only, modules=_FUNCTIONAL)
def softplus(input: Tensor, beta: Number = 1.0, threshold: Number = 20.0) -> Tensor:
    """log(1 + exp(beta * input)) / beta; input itself where beta * input > threshold."""
    x = input * beta
    return select(x > threshold, input, call("log1p", call("exp", x)) / beta)


@softplus.gradient
def _(grad: Any, input: Any, beta: Any, threshold: Any) -> Any:
    x = input * beta
    return where(x > threshold, grad, grad * sigmoid(x))


@softplus.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4) * 4)
    yield sample(make(3, 4) * 4, 2.0, 3.0)


@pointwise(dtype=floats_only, modules=_FUNCTIONAL)
def logsigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(input)), without overflow."""
    return call("minimum", input, const(0, input.dtype)) - call("log1p", call("exp", -abs(input)))


@logsigmoid.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * sigmoid(-input)


logsigmoid.samples(_samples)


@pointwise(dtype=floats_only, modules=_FUNCTIONAL, method=False, inplace=True)
def hardsigmoid(input: Tensor) -> Tensor:
    """min(max(input + 3, 0), 6) / 6."""
    return call("minimum", call("maximum", input + 3, const(0, input.dtype)), const(6, input.dtype)) / 6


@hardsigmoid.gradient
def _(grad: Any, input: Any) -> Any:
    return where(input > -3, where(input < 3, grad * (1 / 6), 0), 0)


hardsigmoid.samples(_samples)


@pointwise(dtype=floats_only, modules=_FUNCTIONAL, method=False, inplace=True)
def hardswish(input: Tensor) -> Tensor:
    """input * min(max(input + 3, 0), 6) / 6."""
    return input * call("minimum", call("maximum", input + 3, const(0, input.dtype)), const(6, input.dtype)) / 6


@hardswish.gradient
def _(grad: Any, input: Any) -> Any:
    return where(input <= -3, 0, where(input < 3, grad * (input / 3 + 0.5), grad))


hardswish.samples(_samples)


@pointwise(dtype=floats_only, modules=("torch", *_FUNCTIONAL), method=True)
def hardshrink(input: Tensor, lambd: Number = 0.5) -> Tensor:
    """0 where |input| <= lambd, else input."""
    return select(abs(input) <= lambd, const(0, input.dtype), input)


@hardshrink.gradient
def _(grad: Any, input: Any, lambd: Any) -> Any:
    return where(input.abs() <= lambd, 0, grad)


@hardshrink.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 0.2)


@pointwise(public=False, dtype=floats_only)
def soft_shrink(input: Tensor, lambd: Number) -> Tensor:
    """`input` moved towards 0 by lambd, and 0 where |input| <= lambd."""
    return select(input > lambd, input - lambd, select(input < -lambd, input + lambd, input * 0))


@soft_shrink.gradient
def _(grad: Any, input: Any, lambd: Any) -> Any:
    return where(input.abs() <= lambd, 0, grad)


@derived(modules=_FUNCTIONAL, elementwise=True)
def softshrink(input: Tensor, lambd: Number = 0.5) -> Tensor:
    """`input` moved towards 0 by lambd, and 0 where |input| <= lambd. Raises RuntimeError for a negative lambd."""
    check(lambd >= 0, RuntimeError, "lambda must be in range [0, 3.40282e+38] for input dtype "
                                    f"{torch_kernel_name(input.dtype)}, but found {{0}}", lambd)
    return soft_shrink(input, lambd)


@softshrink.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 0.2)


@derived(modules=_FUNCTIONAL, elementwise=True)
def tanhshrink(input: Tensor) -> Tensor:
    """input - tanh(input)."""
    return input - tanh(input)


tanhshrink.samples(_samples)


@derived(modules=_FUNCTIONAL, elementwise=True)
def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|)."""
    return input / (input.abs() + 1)


softsign.samples(_samples)


@pointwise(modules=("torch", "nn.functional"), method=False, inplace=True)
def threshold(input: Tensor, threshold: Number, value: Number) -> Tensor:
    """`input` where it is greater than `threshold`, else `value`."""
    return select(input <= threshold, value, input)


@threshold.gradient
def _(grad: Any, input: Any, threshold: Any) -> Any:
    return where(input <= threshold, 0, grad)


@threshold.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 0.1, 5.0)


@derived(modules=("torch", "nn.functional"), autocast="lower")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`input` where positive, else weight * input; a weight of several numbers belongs to dimension 1 of `input`."""
    if weight.ndim not in (0, 1):
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if weight.ndim == 1 and input.ndim == 0:
        weight = weight.reshape(())
    if weight.ndim == 1 and input.ndim:
        channels, numbers = input.shape[1] if input.ndim > 1 else wrap(1), weight.shape[0]
        check(
            (numbers == 1) + (numbers == channels) > 0,
            RuntimeError,
            "Mismatch of parameter numbers and input channel size. Found parameter numbers = {0} and channel size = "
            "{1}.",
            numbers,
            channels,
        )
        # Expanded, so that it is certain that the shape stays that of input, and all is one kernel.
        weight = weight.reshape((-1, *(1,) * max(input.ndim - 2, 0))).expand(input.shape)
    return where(input > 0, input, input * weight)


@prelu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, 2), make(4))
    yield sample(make(3, 4), make(1))
    yield sample(make(), make(1))


@derived(modules=_FUNCTIONAL)
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along `dim` times the sigmoid of the second half."""
    from taeda.ops.views import narrow, wrap_dim

    if input.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    d = wrap_dim(dim, input.ndim)
    size = input.shape[d]
    check(size % 2 == 0, RuntimeError, f"Halving dimension must be even, but dimension {d} is size {{0}}", size)
    half = size // 2
    return narrow(input, d, 0, half) * sigmoid(narrow(input, d, half, half))


@glu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(4, 3), 0)
