"""Arrays in other shapes and orders, joined and repeated."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import broadcast_shapes
from taeda.array_api.data_types import result_type

__all__ = ["broadcast_arrays", "broadcast_shapes", "broadcast_to", "concat", "expand_dims", "flip", "moveaxis",
           "permute_dims", "repeat", "reshape", "roll", "squeeze", "stack", "tile", "unstack"]


def broadcast_arrays(*arrays: Any) -> Any:
    """The arrays in the shape that they broadcast to."""
    return tuple(taeda.broadcast_tensors(*arrays)) if arrays else ()


def broadcast_to(x: Any, /, shape: Any) -> Any:
    """The array in a shape that it broadcasts to."""
    return taeda.broadcast_to(x, shape)


def _alike(arrays: Any) -> list[Any]:
    dtype = result_type(*arrays)
    return [a.to(dtype) for a in arrays]


def concat(arrays: Any, /, *, axis: int | None = 0) -> Any:
    """The arrays one after the other along an axis; None: all elements in one vector."""
    parts = _alike(arrays)
    return taeda.cat([p.reshape(-1) for p in parts]) if axis is None else taeda.cat(parts, axis)


def stack(arrays: Any, /, *, axis: int = 0) -> Any:
    """The arrays side by side along a new axis."""
    return taeda.stack(_alike(arrays), axis)


def unstack(x: Any, /, *, axis: int = 0) -> Any:
    """The parts of an array along an axis."""
    return tuple(taeda.unbind(x, axis))


def expand_dims(x: Any, /, axis: Any) -> Any:
    """The array with new axes of size 1 where the result has them."""
    rank = x.ndim + (1 if isinstance(axis, int) else len(axis))
    places = [axis] if isinstance(axis, int) else list(axis)
    for a in places:
        if not -rank <= a < rank:
            raise IndexError(f"expand_dims: axis {a} is out of range for a result of {rank} dimensions")
    found = sorted(a % rank for a in places)
    if len(set(found)) < len(found):
        raise ValueError(f"expand_dims: axis {tuple(places)} names a place twice")
    for a in found:
        x = taeda.unsqueeze(x, a)
    return x


def squeeze(x: Any, /, axis: Any) -> Any:
    """The array without axes of size 1. ValueError where one has another size."""
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for a in axes:
        if -x.ndim <= a < x.ndim and x.shape[a] != 1:
            raise ValueError(f"squeeze: axis {a} has size {x.shape[a]}, not 1")
    return taeda.squeeze(x, axes)


def flip(x: Any, /, *, axis: Any = None) -> Any:
    """The elements in reverse order along axes, by default all."""
    return taeda.flip(x, tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else axis)


def moveaxis(x: Any, source: Any, destination: Any, /) -> Any:
    """Axes at other places."""
    return taeda.moveaxis(x, source, destination)


def permute_dims(x: Any, /, axes: Any) -> Any:
    """The axes in another order."""
    return taeda.permute(x, axes)


def reshape(x: Any, /, shape: Any, *, copy: Any = None) -> Any:
    """The elements in another shape; `copy=False`: ValueError where that needs a copy."""
    if copy is False:
        try:
            return x.view(shape)
        except RuntimeError as error:
            raise ValueError(f"reshape(copy=False): {error}") from None
    made = taeda.reshape(x, shape)
    return made.clone() if copy else made


def roll(x: Any, /, shift: Any, *, axis: Any = None) -> Any:
    """The elements moved along axes; what leaves at one end comes in at the other."""
    return taeda.roll(x, shift) if axis is None else taeda.roll(x, shift, axis)


def tile(x: Any, repetitions: Any, /) -> Any:
    """The array several times along each axis."""
    return taeda.tile(x, tuple(repetitions))


def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Any:
    """Each element several times; None: of all elements in one vector."""
    if axis is None:
        x, axis = x.reshape(-1), 0
    if isinstance(repeats, taeda.Tensor) and repeats.numel() == 1:
        repeats = int(repeats)
    return taeda.repeat_interleave(x, repeats, axis)
