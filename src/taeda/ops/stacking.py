"""Tensors joined with dimensions added first: hstack and its relatives, blocks on a diagonal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ops.joining import cat, constant_pad_nd
from taeda.ops.op import Sample, Tensor, Tensors, derived, sample
from taeda.ops.views import reshape, unsqueeze


def _one(x: Any) -> Any:
    return x if x.ndim else reshape(x, (1,))


def _two(x: Any) -> Any:
    return x if x.ndim > 1 else unsqueeze(_one(x), 0)


def _three(x: Any) -> Any:
    return x if x.ndim > 2 else unsqueeze(_two(x), -1)


def _alike(f: Any, x: Any) -> Any:
    """f(x), as a view of its own where nothing has to be done."""
    made = f(x)
    return reshape(x, x.shape) if made is x else made


@derived(method=False, view=True)
def atleast_1d(input: Tensor) -> Tensor:
    """The tensor, with one dimension if it had none."""
    return _alike(_one, input)


@derived(public="atleast_1d", overload="several", method=False, view=True, spread="tensors")
def atleast_1d_several(tensors: Tensors) -> Tensors:
    """Each of the tensors, with one dimension if it had none."""
    return tuple(_alike(_one, x) for x in tensors)


@derived(method=False, view=True)
def atleast_2d(input: Tensor) -> Tensor:
    """The tensor with at least two dimensions; new ones come first."""
    return _alike(_two, input)


@derived(public="atleast_2d", overload="several", method=False, view=True, spread="tensors")
def atleast_2d_several(tensors: Tensors) -> Tensors:
    """Each of the tensors with at least two dimensions; new ones come first."""
    return tuple(_alike(_two, x) for x in tensors)


@derived(method=False, view=True)
def atleast_3d(input: Tensor) -> Tensor:
    """The tensor with at least three dimensions; the third comes last, the others first."""
    return _alike(_three, input)


@derived(public="atleast_3d", overload="several", method=False, view=True, spread="tensors")
def atleast_3d_several(tensors: Tensors) -> Tensors:
    """Each of the tensors with at least three dimensions; the third comes last, the others first."""
    return tuple(_alike(_three, x) for x in tensors)


for _op in (atleast_1d, atleast_2d, atleast_3d):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(()))
        yield sample(make(3))
        yield sample(make(2, 3))
        yield sample(make(2, 3, 1, 2))

for _op in (atleast_1d_several, atleast_2d_several, atleast_3d_several):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(()), make(2))
        yield sample([make(3, 2), make(())])


def _some(name: str, tensors: Sequence[Any]) -> None:
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")


@derived(method=False, out=True)
def hstack(tensors: Tensors) -> Tensor:
    """The tensors joined along dimension 1 (0 for vectors)."""
    _some("hstack", tensors)
    parts = [_one(x) for x in tensors]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


@derived(method=False, out=True, aliases=("row_stack",))
def vstack(tensors: Tensors) -> Tensor:
    """The tensors, of two dimensions at least, joined along dimension 0."""
    _some("vstack", tensors)
    return cat([_two(x) for x in tensors], 0)


@derived(method=False, out=True)
def dstack(tensors: Tensors) -> Tensor:
    """The tensors, of three dimensions at least, joined along dimension 2."""
    _some("dstack", tensors)
    return cat([_three(x) for x in tensors], 2)


@derived(method=False, out=True)
def column_stack(tensors: Tensors) -> Tensor:
    """hstack in which vectors are columns."""
    _some("column_stack", tensors)
    return hstack([x if x.ndim > 1 else reshape(x, (-1, 1)) for x in tensors])


@hstack.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample([make(3), make(2)])
    yield sample([make(2, 3), make(2, 1)])
    yield sample([make(()), make(2)])


for _op in (vstack, dstack, column_stack):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample([make(3), make(3)])
        yield sample([make(2, 3), make(2, 3)])


@derived(method=False, spread="tensors")
def block_diag(tensors: Tensors) -> Tensor:
    """A matrix with the given matrices on its diagonal; vectors are rows."""
    _some("block_diag", tensors)
    for k, x in enumerate(tensors):
        if x.ndim > 2:
            raise RuntimeError(f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {k} has "
                               f"{x.ndim} dimensions")
    parts = [_two(x) for x in tensors]
    columns: Any = 0
    for p in parts:
        columns = columns + p.shape[1]
    rows, start = [], 0
    for p in parts:
        end = start + p.shape[1]
        rows.append(constant_pad_nd(p, (start, columns - end), 0))
        start = end
    return cat(rows, 0)


@block_diag.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), make(1, 2), make(3))
    yield sample(make(()), make(2, 2))
