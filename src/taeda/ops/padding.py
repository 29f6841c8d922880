"""Padding of the last dimensions, in all modes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum
from taeda.ops.creation import arange
from taeda.ops.joining import constant_pad_nd
from taeda.ops.op import Number, Sample, Sizes, Tensor, check, derived, sample


def _check_reflect(size: Any, before: Any, after: Any, dim: int) -> None:
    fits = (before < maximum(size, 1)) * (after < maximum(size, 1))
    check(fits, RuntimeError, "Padding size should be less than the corresponding input dimension, but got: padding "
          f"({{0}}, {{1}}) at dimension {dim} of input of size {{2}}", before, after, size)


def _source(mode: str, places: Any, size: Any, before: Any, after: Any, dim: int) -> Any:
    """The elements along a dimension of `size` that stand at `places`, which start at -before."""
    if mode == "replicate":
        return places.clamp(0, size - 1)
    if mode == "reflect":
        _check_reflect(size, before, after, dim)
        return (size - 1) - ((size - 1) - places.abs()).abs()
    check((before <= size) * (after <= size), RuntimeError,
          "Padding value causes wrapping around more than once.")
    start = maximum(-before, 0)  # negative sizes cut first; what is left repeats
    return start + (places - start).remainder(size - start - maximum(-after, 0))


@derived(modules=("nn.functional",), method=False)
def pad(input: Tensor, pad: Sizes, mode: str = "constant", value: Number | None = None) -> Tensor:
    """`input` with elements around it: pad is (before, after) of the last dimension, then of the one before it, and
    so on. Negative numbers cut off.

    Modes: 'constant' puts `value` there (0 if None); 'reflect', 'replicate' and 'circular' continue the last one, two
    or three dimensions of a tensor that has a channel dimension (and maybe a batch) before them.
    """
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) // 2 > input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.ndim}"
        )
    if mode == "constant":
        return constant_pad_nd(input, pad, 0.0 if value is None else value)
    if value is not None:
        check(value == 0, RuntimeError, f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if input.ndim not in (len(pad) // 2 + 1, len(pad) // 2 + 2):
        raise NotImplementedError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now")
    for pair in range(len(pad) // 2):
        before, after = pad[2 * pair], pad[2 * pair + 1]
        dim = input.ndim - 1 - pair
        size = input.shape[dim]
        places = arange(-before, 1, size + after + before, "int64")
        input = input.index_select(dim, _source(mode, places, size, before, after, dim))
    return input


@pad.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), (1, 2))
    yield sample(make(3, 4), (1, -1, 0, 2), "constant", 2.5)
    for mode in ("reflect", "replicate", "circular"):
        yield sample(make(2, 3, 4), (2, 1), mode)
        yield sample(make(2, 3, 4, 5), (2, 0, 1, 3), mode)
    yield sample(make(2, 3, 5), (-1, 2), "circular")
