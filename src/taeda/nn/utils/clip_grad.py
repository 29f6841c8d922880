"""Limiting gradients."""

from typing import Any

import taeda
from taeda._binding import internal
from taeda.assertions import check_type

_ORDINARY = {taeda.Tensor, taeda.nn.Parameter}

__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]


def _gradients(parameters: Any) -> list[Any]:
    if isinstance(parameters, taeda.Tensor):
        parameters = [parameters]
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def _together(tensors: list[Any]) -> bool:
    """Whether one kernel can go over all of them: ordinary tensors of one real dtype on one device."""
    kinds = {(t.dtype, t.device, t.layout) for t in tensors}
    return (len(kinds) == 1 and tensors[0].is_floating_point() and tensors[0].layout == taeda.strided
            and _ORDINARY.issuperset(map(type, tensors)))


def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Any:
    """The p-norm of all elements of all tensors: the norm of their norms."""
    tensors = [tensors] if isinstance(tensors, taeda.Tensor) else list(tensors)
    for tensor in tensors:
        check_type("get_total_norm", "tensors", tensor, taeda.Tensor)
    return _total_norm(tensors, float(norm_type), error_if_nonfinite,
                       bool(tensors) and not taeda.is_grad_enabled() and _together(tensors))


def _total_norm(tensors: list[Any], norm_type: float, error_if_nonfinite: bool, together: bool) -> Any:
    if not tensors:
        return taeda.tensor(0.0)
    if norm_type == 2.0 and together:
        total = internal.total_norm(tensors)
    else:
        norms = [tensor.norm(norm_type) for tensor in tensors]
        total = taeda.stack(norms).norm(norm_type)
    if error_if_nonfinite and not bool(taeda.isfinite(total)):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Any, foreach: bool | None = None) -> None:
    """Scale gradients by max_norm / total_norm where that is below 1."""
    with taeda.no_grad():
        gradients = _gradients(parameters)
        _scale(gradients, max_norm, total_norm, bool(gradients) and _together(gradients))


def _scale(gradients: list[Any], max_norm: float, total_norm: Any, together: bool) -> None:
    # The limit at 1 is a clamp and not a branch, so that nobody waits for the value.
    factor = taeda.clamp(float(max_norm) / (total_norm + 1e-6), max=1.0)
    if together and type(factor) is taeda.Tensor and factor.device == gradients[0].device:
        internal.scale_all(gradients, factor)
        return
    for gradient in gradients:
        gradient.mul_(factor)


def clip_grad_norm_(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Any:
    """Scale all gradients together so that their norm is at most `max_norm`; returns the norm before."""
    if not isinstance(parameters, taeda.Tensor):
        parameters = list(parameters)
    with taeda.no_grad():
        gradients = _gradients(parameters)
        together = bool(gradients) and _together(gradients)
        total = _total_norm(gradients, float(norm_type), error_if_nonfinite, together)
        _scale(gradients, max_norm, total, together)
    return total


def clip_grad_norm(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Any:
    """Deprecated name of `clip_grad_norm_`."""
    import warnings

    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def clip_grad_value_(parameters: Any, clip_value: float, foreach: bool | None = None) -> None:
    """Limit each element of each gradient to [-clip_value, clip_value]."""
    clip_value = float(clip_value)
    with taeda.no_grad():
        for gradient in _gradients(parameters):
            gradient.clamp_(min=-clip_value, max=clip_value)
