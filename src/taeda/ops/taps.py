"""Weighted sums of elements at places, alike for many rows: what interpolation and sampling at a grid are made of.

Rows are (b, rows, elements, inner). Places (int32) and weights are (b, taps, points), or (1, taps, points) for all b;
the weights have a gradient only where they are not those of all, and `inner` is 1. The three kernels are each other's
gradients.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.creation import zeros
from taeda.ops.op import Result, Sample, SymInt, Tensor, kernel, sample
from taeda.ops.scattering import gather_along, scatter_along


def _taken_shape(input: Any, places: Any) -> tuple[Any, ...]:
    return (*input.shape[:2], places.shape[2], input.shape[3])


@kernel(public=False)
def take_taps(b: Any, input: Tensor, places: Tensor, weights: Tensor, taps: int, shared: bool) -> Tensor:
    """The sum over the taps of weights times the elements of each row at the places: (b, rows, points, inner)."""
    out = b.alloc(input.dtype, _taken_shape(input, places))
    b.method("tapping.take", input=input, places=places, weights=weights, out=out, taps=taps)
    return out


@take_taps.meta
def _(input: Any, places: Any, weights: Any, taps: int, shared: bool) -> Result:
    return Result(input.dtype, _taken_shape(input, places))


@take_taps.gradient
def _(grad: Any, input: Any, places: Any, weights: Any, taps: int, shared: bool) -> Any:
    return {"input": spread_taps(grad, places, weights, input.shape[2], taps, shared),
            "weights": None if shared else weigh_taps(grad, input, places, taps)}


@take_taps.composition
def _(input: Any, places: Any, weights: Any, taps: int, shared: bool) -> Any:
    return ((_at_places(input, places) * _beside_rows(weights)).sum((2,)),)


@take_taps.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 5, 6, 1), make(2, 2, 7, dtype="int32", low=0, high=6), make(2, 2, 7), 2, False)


@kernel(public=False)
def spread_taps(b: Any, input: Tensor, places: Tensor, weights: Tensor, size: SymInt, taps: int,
                shared: bool) -> Tensor:
    """The transpose of `take_taps`: (b, rows, points, inner) to (b, rows, size, inner)."""
    out = b.alloc(input.dtype, (*input.shape[:2], size, input.shape[3]))
    b.method("tapping.spread", input=input, places=places, weights=weights, out=out, taps=taps)
    return out


@spread_taps.meta
def _(input: Any, places: Any, weights: Any, size: Any, taps: int, shared: bool) -> Result:
    return Result(input.dtype, (*input.shape[:2], size, input.shape[3]))


@spread_taps.gradient
def _(grad: Any, input: Any, places: Any, weights: Any, taps: int, shared: bool) -> Any:
    return {"input": take_taps(grad, places, weights, taps, shared),
            "weights": None if shared else weigh_taps(input, grad, places, taps)}


@spread_taps.composition
def _(input: Any, places: Any, weights: Any, size: Any, taps: int, shared: bool) -> Any:
    b, rows, points, inner = input.shape
    values = (input.unsqueeze(2) * _beside_rows(weights)).reshape((b, rows, taps * points, inner))
    start = zeros((b, rows, size, inner), input.dtype)
    return (scatter_along(start, 2, _for_rows(places, values), values, "sum", False, True),)


@kernel(public=False)
def weigh_taps(b: Any, upstream: Tensor, input: Tensor, places: Tensor, taps: int) -> Tensor:
    """The transpose of `take_taps` in the weights, for an inner of 1: (b, taps, points)."""
    out = b.alloc(input.dtype, (input.shape[0], *places.shape[1:]))
    b.method("tapping.weigh", upstream=upstream, input=input, places=places, out=out, taps=taps)
    return out


@weigh_taps.meta
def _(upstream: Any, input: Any, places: Any, taps: int) -> Result:
    return Result(input.dtype, (input.shape[0], *places.shape[1:]))


@weigh_taps.gradient
def _(grad: Any, upstream: Any, input: Any, places: Any, taps: int) -> Any:
    return {"upstream": take_taps(input, places, grad, taps, False),
            "input": spread_taps(upstream, places, grad, input.shape[2], taps, False)}


@weigh_taps.composition
def _(upstream: Any, input: Any, places: Any, taps: int) -> Any:
    return ((_at_places(input, places) * upstream.unsqueeze(2)).sum((1, 4)),)


def _for_rows(places: Any, like: Any) -> Any:
    """Places as an index of rows: (b, rows, taps * points, inner)."""
    shape = (places.shape[0], 1, places.shape[1] * places.shape[2], 1)
    return places.reshape(shape).expand((*like.shape[:2], shape[2], like.shape[3]))


def _at_places(input: Any, places: Any) -> Any:
    """(b, rows, taps, points, inner)"""
    found = gather_along(input, 2, _for_rows(places, input), False)
    return found.reshape((*input.shape[:2], *places.shape[1:], input.shape[3]))


def _beside_rows(weights: Any) -> Any:
    return weights.unsqueeze(1).unsqueeze(-1)
