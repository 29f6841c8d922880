"""What PyTorch's optimizers share and optimizers of programs import from `torch.optim.optimizer`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import taeda

ParamsT: TypeAlias = Iterable[Any]

_params_doc = "params (iterable): iterable of parameters or named_parameters to optimize, or of dicts of groups"
_foreach_doc = "foreach (bool, optional): whether many tensors are treated at once; the results are the same"
_fused_doc = "fused (bool, optional): whether a step is one kernel per parameter; the results are the same"
_capturable_doc = "capturable (bool, optional): whether a step may be recorded in a CUDA graph"
_differentiable_doc = "differentiable (bool, optional): whether autograd goes through the step"
_maximize_doc = "maximize (bool, optional): go along the gradient instead of against it"


def _use_grad_for_differentiable(step: Callable[..., Any]) -> Callable[..., Any]:
    """A `step` that records for autograd only where the optimizer's option `differentiable` says so."""

    @functools.wraps(step)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        with taeda.set_grad_enabled(bool(self.defaults.get("differentiable", False))):
            return step(self, *args, **kwargs)

    return wrapped


def _get_value(x: Any) -> Any:
    """The number in a tensor of one element; numbers as they are."""
    return x.item() if isinstance(x, taeda.Tensor) else x


_to_scalar = _get_value


def _stack_if_compiling(x: Any) -> Any:
    """The same: nothing is traced here."""
    return x


def _dispatch_sqrt(x: Any) -> Any:
    """The square root of a number or tensor."""
    return x.sqrt() if isinstance(x, taeda.Tensor) else x**0.5


def _view_as_real(params: list[Any], *state_and_grads: list[Any]) -> None:
    """Put views as pairs of real numbers in the place of complex tensors, in all lists."""
    for place, parameter in enumerate(params):
        if parameter.is_complex():
            for tensors in (params, *state_and_grads):
                tensors[place] = taeda.view_as_real(tensors[place])


def _default_to_fused_or_foreach(
    params: Sequence[Any], differentiable: bool, use_fused: bool = False
) -> tuple[bool, bool]:
    """Whether to use (fused, foreach) where the program does not say: neither, on a CPU."""
    return False, False


def _get_scalar_dtype(is_fused: bool | None = None) -> Any:
    """The dtype of counts of steps."""
    if is_fused:
        return taeda.float32
    return taeda.float64 if taeda.get_default_dtype() == taeda.float64 else taeda.float32


def _get_capturable_supported_devices(supports_xla: bool = True) -> list[str]:
    """Devices on which steps can be recorded in graphs of the device."""
    return ["cuda", "xpu", "hpu", *(["xla"] if supports_xla else [])]


def _disable_dynamo_if_unsupported(single_tensor_fn: Any = None) -> Callable[..., Any]:
    """A decorator that changes nothing: nothing is traced here."""
    return lambda function: function
