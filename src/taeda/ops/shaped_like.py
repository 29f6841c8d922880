"""Methods that give a tensor the shape of another: views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.op import Sample, Tensor, derived, sample
from taeda.ops.views import expand, reshape, view_


@derived(modules=(), method=True, view=True, shape_only=("other",))
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """This tensor expanded to the shape of `other`."""
    return expand(input, other.shape)


@derived(modules=(), method=True, view=True, shape_only=("other",))
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """This tensor viewed with the shape of `other`."""
    return view_(input, other.shape)


@derived(modules=(), method=True, view=True, shape_only=("other",))
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """This tensor reshaped to the shape of `other`."""
    return reshape(input, other.shape)


@expand_as.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 1), make(2, 3, 4))


for _op in (view_as, reshape_as):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 4), make(2, 6))
