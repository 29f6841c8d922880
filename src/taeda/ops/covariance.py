"""Covariances and correlations of variables, one per row of a matrix of observations."""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import maximum
from taeda.ops import dtypes
from taeda.ops.indexing import converted
from taeda.ops.matmul import matmul
from taeda.ops.matrices import adjoint
from taeda.ops.op import SymInt, Tensor, check, derived
from taeda.ops.pointwise import imaginary_part, join_parts, real_part
from taeda.ops.requiring import require
from taeda.ops.views import reshape, unsqueeze


def _checked(name: str, weights: Any, count: Any, whole: bool) -> None:
    if weights.ndim > 1:
        raise RuntimeError(f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
                           f"{weights.ndim} dimensions")
    if dtypes.is_integer(weights.dtype, including_bool=False) != whole:
        raise RuntimeError(f"cov(): expected {name} to have {'integral' if whole else 'floating point'} dtype but got "
                           f"{name} with {dtypes.torch_kernel_name(weights.dtype)} dtype")
    check(weights.numel() == count, RuntimeError, f"cov(): expected {name} to have the same numel as there are "
          "observations in the input but got {0} != {1}", weights.numel(), count)
    require(weights >= 0, RuntimeError, f"cov(): {name} cannot be negative")


@derived(public=False)
def covariance(rows: Tensor, correction: SymInt, fweights: Tensor | None, aweights: Tensor | None) -> Tensor:
    """The matrix of covariances of the rows, whose columns are observations: occurring `fweights` times, of importance
    `aweights`."""
    count = rows.shape[1]
    for name, w in (("fweights", fweights), ("aweights", aweights)):
        if w is not None:
            _checked(name, w, count, name == "fweights")
    x = converted(rows, dtypes.default_float() if dtypes.is_integer(rows.dtype) else rows.dtype)
    if fweights is None and aweights is None:
        mean = x.mean(1, True)
        centred = x - mean
        return matmul(centred, adjoint(centred)) * (1.0 / maximum(count - correction, 0))
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    weights = reshape(weights, (-1,))
    total = weights.sum()
    require(total.ne(0), RuntimeError,
            "cov(): weights sum to zero, can't be normalized")
    mean = (x * weights).sum(1, True) / total
    if aweights is None:
        divisor = total - correction
    else:
        divisor = total - correction * (weights * reshape(aweights, (-1,))).sum() / total
    centred = x - mean
    return matmul(centred, adjoint(centred * converted(weights, x.dtype))) / divisor.clamp_min(0)


@derived(public=False)
def correlation(rows: Tensor) -> Tensor:
    """The matrix of correlation coefficients of the rows, whose columns are observations."""
    c = covariance(rows, 1, None, None)
    deviation = real_part(c.diagonal()).sqrt()
    found = c / unsqueeze(deviation, 1) / unsqueeze(deviation, 0)
    if not dtypes.is_complex(found.dtype):
        return found.clamp(-1, 1)
    return join_parts(real_part(found).clamp(-1, 1), imaginary_part(found).clamp(-1, 1))
