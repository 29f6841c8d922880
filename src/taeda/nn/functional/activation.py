"""Activation functions. With `inplace` the input's memory is overwritten with the result."""

import warnings
from collections.abc import Callable
from typing import Any

import taeda
from taeda.nn.functional._primitives import op

_relu, _elu, _celu, _selu = op("relu"), op("elu"), op("celu"), op("selu")
_silu, _mish, _leaky_relu, _hardtanh = op("silu"), op("mish"), op("leaky_relu"), op("hardtanh")
_hardsigmoid, _hardswish, _threshold = op("hardsigmoid"), op("hardswish"), op("threshold")
_softmax, _log_softmax = op("softmax"), op("log_softmax")
gelu, softplus, logsigmoid = op("gelu"), op("softplus"), op("logsigmoid")
hardshrink, softshrink, prelu = op("hardshrink"), op("softshrink"), op("prelu")
sigmoid, tanh = op("sigmoid"), op("tanh")


def _in_place(function: Callable[..., Any], input: Any, *arguments: Any) -> Any:
    """`input` overwritten with `function(input, ...)`; autograd sees a function of what `input` was."""
    recorded = input.requires_grad and taeda.is_grad_enabled()
    return input.copy_(function(input.clone() if recorded else input, *arguments))


def relu(input: Any, inplace: bool = False) -> Any:
    """max(x, 0)."""
    return taeda.relu_(input) if inplace else _relu(input)


def relu_(input: Any) -> Any:
    """In-place `relu`."""
    return taeda.relu_(input)


def relu6(input: Any, inplace: bool = False) -> Any:
    """min(max(x, 0), 6)."""
    return hardtanh(input, 0.0, 6.0, inplace)


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """x where x > 0, else alpha (exp(x) - 1)."""
    return _in_place(_elu, input, alpha) if inplace else _elu(input, alpha)


def elu_(input: Any, alpha: float = 1.0) -> Any:
    """In-place `elu`."""
    return elu(input, alpha, True)


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """max(x, 0) + min(0, alpha (exp(x / alpha) - 1))."""
    return _in_place(_celu, input, alpha) if inplace else _celu(input, alpha)


def celu_(input: Any, alpha: float = 1.0) -> Any:
    """In-place `celu`."""
    return celu(input, alpha, True)


def selu(input: Any, inplace: bool = False) -> Any:
    """scale (max(x, 0) + min(0, alpha (exp(x) - 1))) with the constants of Klambauer et al. 2017."""
    return _in_place(_selu, input) if inplace else _selu(input)


def selu_(input: Any) -> Any:
    """In-place `selu`."""
    return selu(input, True)


def silu(input: Any, inplace: bool = False) -> Any:
    """x sigmoid(x)."""
    return _in_place(_silu, input) if inplace else _silu(input)


def mish(input: Any, inplace: bool = False) -> Any:
    """x tanh(softplus(x))."""
    return _in_place(_mish, input) if inplace else _mish(input)


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """x where x > 0, else negative_slope x."""
    return _in_place(_leaky_relu, input, negative_slope) if inplace else _leaky_relu(input, negative_slope)


def leaky_relu_(input: Any, negative_slope: float = 0.01) -> Any:
    """In-place `leaky_relu`."""
    return leaky_relu(input, negative_slope, True)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """x limited to [min_val, max_val]."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _in_place(_hardtanh, input, min_val, max_val) if inplace else _hardtanh(input, min_val, max_val)


def hardtanh_(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """In-place `hardtanh`."""
    return hardtanh(input, min_val, max_val, True)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """x / 6 + 1 / 2, limited to [0, 1]."""
    return _in_place(_hardsigmoid, input) if inplace else _hardsigmoid(input)


def hardswish(input: Any, inplace: bool = False) -> Any:
    """x hardsigmoid(x)."""
    return _in_place(_hardswish, input) if inplace else _hardswish(input)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """x where x > threshold, else value."""
    return _in_place(_threshold, input, threshold, value) if inplace else _threshold(input, threshold, value)


def threshold_(input: Any, threshold: float, value: float) -> Any:
    """In-place `threshold`."""
    return _in_place(_threshold, input, threshold, value)


def _random_slopes(input: Any, lower: float, upper: float) -> Any:
    slopes = taeda.empty_like(input).uniform_(lower, upper)
    return taeda.where(input >= 0, input, input * slopes)


def rrelu(
    input: Any, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Any:
    """Leaky ReLU; in training each negative element has its own random slope, else the mean of the two limits."""
    if training:
        return _in_place(_random_slopes, input, lower, upper) if inplace else _random_slopes(input, lower, upper)
    return leaky_relu(input, (lower + upper) / 2, inplace)


def rrelu_(input: Any, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Any:
    """In-place `rrelu`."""
    return rrelu(input, lower, upper, training, True)


def glu(input: Any, dim: int = -1) -> Any:
    """a sigmoid(b), where a and b are the halves of the input along `dim`."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    if input.size(dim) % 2 != 0:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {input.size(dim)}")
    a, b = input.chunk(2, dim)
    return a * b.sigmoid()


def softsign(input: Any) -> Any:
    """x / (1 + |x|)."""
    return input / (input.abs() + 1)


def tanhshrink(input: Any) -> Any:
    """x - tanh(x)."""
    return input - input.tanh()


def _implicit_dim(name: str, dimensions: int, stacklevel: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if dimensions in (0, 1, 3) else 1


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """exp(x) / sum(exp(x)) along `dim`; computed in `dtype` if given."""
    if dim is None:
        dim = _implicit_dim("softmax", input.dim(), _stacklevel)
    return _softmax(input, dim) if dtype is None else _softmax(input, dim, dtype=dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """softmax(-x)."""
    if dim is None:
        dim = _implicit_dim("softmin", input.dim(), _stacklevel)
    return softmax(-input, dim, dtype=dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """x - log(sum(exp(x))) along `dim`."""
    if dim is None:
        dim = _implicit_dim("log_softmax", input.dim(), _stacklevel)
    return _log_softmax(input, dim) if dtype is None else _log_softmax(input, dim, dtype=dtype)


def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """A sample of the Gumbel-softmax distribution (Jang et al. 2016); `hard`: one-hot, with the soft gradient."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    gumbels = -taeda.empty_like(logits).exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one_hot = taeda.zeros_like(logits).scatter_(dim, index, 1.0)
    return one_hot - soft.detach() + soft
