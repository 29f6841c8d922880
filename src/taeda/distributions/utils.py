"""Helpers of all distributions: arguments of one shape, probabilities and logits."""

from __future__ import annotations

import numbers
from typing import Any

import taeda

euler_constant = 0.57721566490153286060

__all__ = [
    "broadcast_all", "clamp_probs", "lazy_property", "logits_to_probs", "probs_to_logits", "tril_matrix_to_vec",
    "vec_to_tril_matrix",
]  # fmt: skip


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """The values as tensors of one shape; numbers take dtype and device of the first floating tensor."""
    if not all(isinstance(v, (taeda.Tensor, numbers.Number)) for v in values):
        raise ValueError("Input arguments must all be instances of Number, torch.Tensor or objects implementing "
                         "__torch_function__.")
    tensors = [v for v in values if isinstance(v, taeda.Tensor)]
    options: dict[str, Any] = {"dtype": taeda.get_default_dtype()}
    if tensors:
        options = {"dtype": tensors[0].dtype, "device": tensors[0].device}
    return taeda.broadcast_tensors(
        *(v if isinstance(v, taeda.Tensor) else taeda.tensor(v, **options) for v in values)
    )


def logits_to_probs(logits: Any, is_binary: bool = False) -> Any:
    """Probabilities of log-odds (`is_binary`) or of unnormalised log-probabilities along the last dimension."""
    return taeda.sigmoid(logits) if is_binary else taeda.softmax(logits, -1)


def clamp_probs(probs: Any) -> Any:
    """Probabilities kept away from 0 and 1, where their logarithms end."""
    eps = taeda.finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Any, is_binary: bool = False) -> Any:
    """Log-odds (`is_binary`) or log-probabilities."""
    inside = clamp_probs(probs)
    return taeda.log(inside) - taeda.log1p(-inside) if is_binary else taeda.log(inside)


class lazy_property:  # noqa: N801, PyTorch's name
    """A method that is a property, computed when it is first asked for (with gradients) and then kept."""

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped
        self.__doc__ = wrapped.__doc__
        self.__name__ = wrapped.__name__

    def __get__(self, instance: Any, kind: Any = None) -> Any:
        if instance is None:
            return self
        with taeda.enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.__name__, value)
        return value


def _sum_rightmost(value: Any, dim: int) -> Any:
    """The sum over the last `dim` dimensions."""
    return value if dim == 0 else value.reshape(*value.shape[:-dim], -1).sum(-1)


def tril_matrix_to_vec(mat: Any, diag: int = 0) -> Any:
    """The elements on and below diagonal `diag`, row by row, along one dimension."""
    n = mat.shape[-1]
    if diag < -n or diag >= n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    rows, columns = taeda.tril_indices(n, n, diag)
    return mat[..., rows, columns]


def vec_to_tril_matrix(vec: Any, diag: int = 0) -> Any:
    """The lower triangular matrix with these elements on and below diagonal `diag`."""
    count = vec.shape[-1]
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * count + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if abs(round(n) - n) > 1e-6:
        raise ValueError(f"The size of last dimension is {count} which cannot be expressed as the lower triangular "
                         "part of a square D x D matrix.")
    size = round(n)
    rows, columns = taeda.tril_indices(size, size, diag)
    matrix = vec.new_zeros((*vec.shape[:-1], size, size))
    matrix[..., rows, columns] = vec
    return matrix


def _standard_normal(shape: Any, dtype: Any, device: Any) -> Any:
    """A sample of the standard normal distribution."""
    return taeda.normal(taeda.zeros(shape, dtype=dtype, device=device), taeda.ones(shape, dtype=dtype, device=device))
