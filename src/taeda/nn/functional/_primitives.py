"""The operators that `nn.functional` takes from `taeda.ops`, in one table.

Everything here is meant to be a registered op: one kernel (or one fused kernel per direction) and its gradient. An op
has the signature of the function of the same name in `torch` or, where `torch` has none, in `torch.nn.functional`
without `inplace`, `size_average`, `reduce` and `_stacklevel`; losses take `reduction` as a string.

Two have no counterpart of the same signature in PyTorch:

    batch_norm_training(input, weight, bias, eps) -> (output, mean, biased variance)      input (N, C, *)
    batch_norm_inference(input, weight, bias, mean, variance, eps) -> output

Names for which a composite of other ops exists are looked up with it as the second choice (`otherwise`), so the
registered op is taken where there is one.
"""

from collections.abc import Callable
from typing import Any

from taeda._binding import internal, modules

REQUIRED = (
    # activations
    "relu", "gelu", "silu", "elu", "celu", "selu", "leaky_relu", "softplus", "hardtanh", "hardsigmoid", "hardswish",
    "mish", "logsigmoid", "hardshrink", "softshrink", "threshold", "prelu", "sigmoid", "tanh", "softmax",
    "log_softmax",
    # products and convolutions
    "linear", "conv2d", "conv_transpose2d",
    # pooling
    "max_pool2d", "max_pool2d_with_indices", "avg_pool2d",
    # normalisation and dropout
    "layer_norm", "rms_norm", "group_norm", "batch_norm_training", "batch_norm_inference", "dropout",
    # tables, losses, attention, padding
    "embedding", "nll_loss", "cross_entropy", "mse_loss", "scaled_dot_product_attention", "constant_pad_nd",
)  # fmt: skip

composites: dict[str, Callable[..., Any]] = {}


def op(name: str, otherwise: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The registered op `name`; else `otherwise`; else a function that raises `NotImplementedError` naming it."""
    for module in ("nn.functional", "torch", "special"):
        if name in modules.get(module, ()):
            return modules[module][name]
    if hasattr(internal, name):
        return getattr(internal, name)
    if otherwise is not None:
        composites[name] = otherwise
        return otherwise

    def missing(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(f"nn.functional needs the operator '{name}', which is not registered in taeda.ops")

    missing.__name__ = missing.__qualname__ = name
    composites[name] = missing
    return missing
