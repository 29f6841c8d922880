"""Tensors of one shape: broadcasting to a common shape, grids of coordinates, and copies that repeat a tensor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.expression import broadcast, unwrap, wrap
from taeda.ops.joining import stack
from taeda.ops.op import Result, Sample, Sizes, Tensor, Tensors, check, derived, kernel, sample
from taeda.ops.views import expand, reshape


def broadcast_shape(tensors: Sequence[Any]) -> tuple[Any, ...]:
    """The shape that the tensors broadcast to; that they do is checked when the op runs."""
    shape: list[Any] = []
    for t in tensors:
        ndim = max(len(shape), t.ndim)
        sizes = [1] * (ndim - len(shape)) + shape
        for d, n in enumerate(t.shape, ndim - t.ndim):
            m = sizes[d]
            if unwrap(m) not in (unwrap(n), 1) and unwrap(n) != 1:
                check((m == n) | (m == 1) | (n == 1), RuntimeError,
                      f"The size of tensor a ({{0}}) must match the size of tensor b ({{1}}) at non-singleton "
                      f"dimension {d}", m, n)
            sizes[d] = wrap(broadcast(unwrap(m), unwrap(n)))
        shape = sizes
    return tuple(shape)


@derived(method=False, view=True, spread="tensors")
def broadcast_tensors(tensors: Tensors) -> Tensors:
    """The tensors expanded to their common shape: views."""
    shape = broadcast_shape(tensors)
    return tuple(expand(t, shape) for t in tensors)


@broadcast_tensors.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 1), make(4))
    yield sample(make(2, 3), make(()), make(1, 3))


@derived(view=True)
def broadcast_to(input: Tensor, size: Sizes) -> Tensor:
    """`input` expanded to `size`: a view."""
    return expand(input, size)


@broadcast_to.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 1), (2, 3, 4))


def _vectors(tensors: Sequence[Any], indexing: str) -> None:
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for t in tensors:
        if t.ndim > 1:
            raise RuntimeError("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: "
                               f"{t.ndim}D")
        if t.dtype != tensors[0].dtype:
            raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")


@derived(method=False, view=True, spread="tensors")
def meshgrid(tensors: Tensors, *, indexing: str = "ij") -> Tensors:
    """Grids of coordinates from vectors: result k varies along dimension k ("ij"), or along the other one of the first
    two ("xy")."""
    _vectors(tensors, indexing)
    count = len(tensors)
    order = [1, 0, *range(2, count)] if indexing == "xy" and count >= 2 else list(range(count))
    shape = tuple(tensors[k].numel() for k in order)
    grids: list[Any] = [None] * count
    for d, k in enumerate(order):
        grids[k] = expand(reshape(tensors[k], tuple(shape[d] if e == d else 1 for e in range(count))), shape)
    return tuple(grids)


@meshgrid.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3), make(4), indexing="ij")
    yield sample(make(3), make(4), make(()), indexing="xy")


@derived(method=False, spread="tensors")
def cartesian_prod(tensors: Tensors) -> Tensor:
    """All combinations of the elements of vectors, one per row."""
    for t in tensors:
        if t.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape [{', '.join('?' * t.ndim)}]")
    if len(tensors) == 1:
        return reshape(tensors[0], tensors[0].shape)
    return stack([reshape(g, (-1,)) for g in meshgrid(tensors)], 1)


@cartesian_prod.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3), make(2))
    yield sample(make(3), make(2), make(2))


# -- copies ------------------------------------------------------------------------------------------------------------


def _counts(input: Any, repeats: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """The shape of the result, that with a dimension for the repetitions before each dimension, and the shape of the
    input with sizes of 1 there."""
    if len(repeats) < input.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    sizes = [1] * (len(repeats) - input.ndim) + list(input.shape)
    pairs = list(zip(repeats, sizes, strict=True))
    return [r * n for r, n in pairs], [m for pair in pairs for m in pair], [m for _, n in pairs for m in (1, n)]


@kernel(modules=(), method=True)
def repeat(b: Any, input: Tensor, repeats: Sizes) -> Tensor:
    """A copy of `input` side by side with itself, so many times along each dimension; more counts than dimensions add
    leading ones."""
    shape, wide, single = _counts(input, repeats)
    for r in repeats:
        b.check(r >= 0, RuntimeError, "Trying to create tensor with negative dimension {0}", r)
    out = b.alloc(input.dtype, shape)
    b.copy(b.view("view", out, wide, len(wide)), b.view("reshape", input, single, len(single)))
    return out


@repeat.meta
def _(input: Any, repeats: Any) -> Result:
    return Result(input.dtype, _counts(input, repeats)[0])


@repeat.batch
def _(batch: Any, input: Any, repeats: Any) -> Any:
    return repeat(batch.aligned(input, len(repeats)), (1, *repeats))


@repeat.gradient
def _(grad: Any, input: Any, repeats: Any) -> Any:
    wide = reshape(grad, tuple(_counts(input, repeats)[1]))
    return reshape(wide.sum(tuple(range(0, wide.ndim, 2))), input.shape) if wide.ndim else grad


@repeat.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), (2, 2))
    yield sample(make(3), (2, 1, 2))
    yield sample(make(2, 3), (1, 1))
    yield sample(make(()), (3,))
    yield sample(make(()), ())


@derived
def tile(input: Tensor, dims: Sizes) -> Tensor:
    """`input` repeated as by repeat(); missing leading counts are 1."""
    return repeat(input, (1,) * (input.ndim - len(dims)) + tuple(dims))


@tile.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), (2,))
    yield sample(make(3), (2, 2))
