"""Rotary positions: pairs of features turned by the angle of their position."""

from __future__ import annotations

from typing import Any

from taeda.ops.joining import cat
from taeda.ops.op import Tensor, check, derived
from taeda.ops.views import narrow, slice_along


@derived(public=False)
def rotary(input: Tensor, cosines: Tensor, sines: Tensor, interleaved: bool = False) -> Tensor:
    """input (rows, heads, size), of which features i and i + n / 2 of the first n are turned by the angle i of the row:
    cosines and sines (rows, 1, n / 2). Source: Su et al., "RoFormer", 2021.

    `interleaved`: the pairs are features 2 i and 2 i + 1. The result has them at i and i + n / 2 all the same, which
    changes no product of a query with a key."""
    half: Any = cosines.shape[-1]
    size = input.shape[-1]
    check(2 * half <= size, RuntimeError, "rotary positions turn {0} features, but a head has {1}", 2 * half, size)
    if interleaved:
        last = input.ndim - 1
        first, second = (slice_along(input, last, start, 2 * half, 2) for start in (0, 1))
    else:
        first, second = narrow(input, -1, 0, half), narrow(input, -1, half, half)
    rest = narrow(input, -1, 2 * half, size - 2 * half)
    return cat((first * cosines - second * sines, second * cosines + first * sines, rest), -1)
