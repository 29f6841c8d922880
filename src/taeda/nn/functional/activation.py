"""Activation functions: the ops of `taeda.ops.activations`. With `inplace` the input's memory gets the result."""

import warnings
from typing import Any

import taeda
from taeda.nn.functional._legacy import legacy, op
from taeda.overrides import has_torch_function_variadic, take_over

relu = legacy("relu", "input, inplace=False")
relu6 = legacy("relu6", "input, inplace=False")
elu = legacy("elu", "input, alpha=1.0, inplace=False")
celu = legacy("celu", "input, alpha=1.0, inplace=False")
selu = legacy("selu", "input, inplace=False")
silu = legacy("silu", "input, inplace=False")
mish = legacy("mish", "input, inplace=False")
leaky_relu = legacy("leaky_relu", "input, negative_slope=0.01, inplace=False")
hardtanh = legacy("hardtanh", "input, min_val=-1.0, max_val=1.0, inplace=False")
hardsigmoid = legacy("hardsigmoid", "input, inplace=False")
hardswish = legacy("hardswish", "input, inplace=False")
threshold = legacy("threshold", "input, threshold, value, inplace=False")
rrelu = legacy("rrelu", "input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False")
relu_, elu_, celu_, selu_ = op("relu_"), op("elu_"), op("celu_"), op("selu_")
leaky_relu_, hardtanh_, threshold_, rrelu_ = op("leaky_relu_"), op("hardtanh_"), op("threshold_"), op("rrelu_")
gelu, softplus, logsigmoid, prelu, glu = op("gelu"), op("softplus"), op("logsigmoid"), op("prelu"), op("glu")
hardshrink, softshrink, tanhshrink, softsign = op("hardshrink"), op("softshrink"), op("tanhshrink"), op("softsign")
sigmoid, tanh = op("sigmoid"), op("tanh")


def _implicit_dim(definition: Any, given: dict[str, Any]) -> Any:
    """softmax without `dim`: 0 for inputs of no, one or three dimensions, else 1."""
    stacklevel = given.pop("_stacklevel", 3)
    if given.get("dim") is None and hasattr(given.get("input"), "dim"):
        warnings.warn(
            f"Implicit dimension choice for {definition.__name__} has been deprecated. Change the call to include "
            "dim=X as an argument.",
            stacklevel=stacklevel,
        )
        given["dim"] = 0 if given["input"].dim() in (0, 1, 3) else 1
    return definition(**given)


softmax = legacy("softmax", "input, dim=None, _stacklevel=3, dtype=None", _implicit_dim)
softmin = legacy("softmin", "input, dim=None, _stacklevel=3, dtype=None", _implicit_dim)
log_softmax = legacy("log_softmax", "input, dim=None, _stacklevel=3, dtype=None", _implicit_dim)


def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """A sample of the Gumbel-softmax distribution (Jang et al. 2016); `hard`: one-hot, with the soft gradient."""
    if has_torch_function_variadic(logits):
        return take_over(gumbel_softmax, 1, locals())
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    gumbels = -taeda.empty_like(logits).exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one_hot = taeda.zeros_like(logits).scatter_(dim, index, 1.0)
    return one_hot - soft.detach() + soft
