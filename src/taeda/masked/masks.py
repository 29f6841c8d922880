"""What masked functions share: masks of a tensor's shape, neutral elements for where they are false, dimensions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import taeda
from taeda.assertions import check_type

Dims = int | Sequence[int] | None


def mask_of(input: Any, mask: Any) -> Any:
    """`mask` as bools of the shape of `input`. IndexError if it has more dimensions."""
    check_type("masked", "mask", mask, taeda.Tensor)
    if mask.ndim > input.ndim:
        raise IndexError(
            "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)"
        )
    return mask.broadcast_to(input.shape).to(taeda.bool)


def filled(input: Any, mask: Any, neutral: float | bool) -> Any:
    """`input` with `neutral` where the mask is false."""
    if mask is None:
        return input
    return taeda.where(mask_of(input, mask), input, taeda.tensor(neutral, dtype=input.dtype, device=input.device))


def lowest(input: Any, name: str) -> Any:
    """What the greatest of others and it never is."""
    return -math.inf if input.is_floating_point() else _limits(input, name).min


def log_of_zero(input: Any, name: str) -> Any:
    """What adds nothing where exponentials are summed; of complex numbers it is the real part that says so."""
    return -math.inf if input.is_complex() else lowest(input, name)


def highest(input: Any, name: str) -> Any:
    return math.inf if input.is_floating_point() else _limits(input, name).max


def _limits(input: Any, name: str) -> Any:
    if input.dtype == taeda.bool or input.is_complex():
        raise NotImplementedError(f"identity of {name} on {str(input.dtype).replace('taeda', 'torch')} input")
    return taeda.iinfo(input.dtype)


def dims_of(dim: Dims, ndim: int) -> tuple[int, ...]:
    """`dim` as ascending numbers; all for None and ()."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    limit = max(ndim, 1)
    found: list[int] = []
    for d in (dim,) if isinstance(dim, int) else dim:
        if d in found:
            raise RuntimeError(f"dim={d} appears multiple times in the list of dims")
        if not -limit <= d < limit:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {d})"
            )
        found.append(d % limit)
    return tuple(sorted(found))
