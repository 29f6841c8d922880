"""Concatenation and stacking: one allocation, filled by one instruction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum, minimum, product, total
from taeda.ops.dtypes import Operand, result_type
from taeda.ops.op import Number, Result, Sample, Sizes, Tensor, Tensors, kernel, sample
from taeda.ops.views import wrap_dim


def _dtype(tensors: Any) -> str:
    return result_type([Operand(t.dtype, t.ndim) for t in tensors])


def _joined(tensors: Any, dim: int) -> tuple[int, Any]:
    """The wrapped dimension and the shape of the result. Operands of one dimension may have any size where the others
    have more only if they are empty (an old habit of PyTorch's); that is checked when the op runs."""
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for k, t in enumerate(tensors):
        if t.ndim == 0:
            raise RuntimeError(f"zero-dimensional tensor (at position {k}) cannot be concatenated")
    ndim = max(t.ndim for t in tensors)
    proper = [t for t in tensors if t.ndim == ndim]
    for k, t in enumerate(tensors):
        if t.ndim not in (ndim, 1):
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {ndim} and {t.ndim} (tensor number {k})"
            )
    dim = wrap_dim(dim, ndim)
    shape = list(proper[0].shape)
    shape[dim] = total(t.shape[dim] for t in proper)
    return dim, shape


@kernel(public="cat", aliases=("concat", "concatenate"), method=False, out=True, role="cat", autocast="promote")
def cat(b: Any, tensors: Tensors, dim: int = 0) -> Tensor:
    """The tensors one after the other along `dim`; their other sizes must agree, dtypes are promoted."""
    dim, shape = _joined(tensors, dim)
    ndim = len(shape)
    first = next(t for t in tensors if t.ndim == ndim)
    for k, t in enumerate(tensors):
        if t.ndim != ndim:
            b.check(
                t.shape[0] == 0,
                RuntimeError,
                f"Tensors must have same number of dimensions: got {ndim} and 1 (tensor number {k})",
            )
            continue
        for d in range(ndim):
            if d != dim and t is not first:
                b.check(
                    t.shape[d] == first.shape[d],
                    RuntimeError,
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {{0}} but got size "
                    f"{{1}} for tensor number "
                    f"{k} in the list.",
                    first.shape[d],
                    t.shape[d],
                )
    out = b.alloc(_dtype(tensors), shape)
    b.join(out, [t for t in tensors if t.ndim == ndim], dim)
    return out


@cat.meta
def _(tensors: Any, dim: int = 0) -> Result:
    _, shape = _joined(tensors, dim)
    return Result(_dtype(tensors), shape)


@cat.gradient
def _(grad: Any, tensors: Any, dim: Any) -> Any:
    from taeda.ops.pointwise import convert, zero

    dim, shape = _joined(tensors, dim)
    pieces = iter(apart(grad, tuple(t.shape[dim] for t in tensors if t.ndim == len(shape)), dim))
    parts: list[Any] = []
    for t in tensors:
        if t.ndim != len(shape):
            parts.append(zero(t))  # the empty tensor of one dimension that goes with everything
            continue
        part = next(pieces)
        parts.append(part if t.dtype == grad.dtype else convert(part, t.dtype))
    return (parts,)


@kernel(public=False)
def apart(b: Any, joined: Tensor, sizes: Sizes, dim: int) -> Tensors:
    """The pieces of these sizes along `dim`: views. Each is cut off from what is left, so that no start is a sum of
    thousands of sizes."""
    pieces: list[Any] = []
    for size in sizes:
        pieces.append(b.view("slice", joined, (dim, 0, size, 1)))
        joined = b.view("slice", joined, (dim, size, joined.shape[dim], 1))
    return tuple(pieces)


@apart.meta
def _(joined: Any, sizes: Any, dim: int) -> tuple[Result, ...]:
    return tuple(Result(joined.dtype, (*joined.shape[:dim], size, *joined.shape[dim + 1:])) for size in sizes)


@apart.gradient
def _(grads: Any, outputs: Any, dim: int) -> Any:
    from taeda.ops.pointwise import zero

    return cat([zero(piece) if g is None else g for g, piece in zip(grads, outputs, strict=True)], dim)


@apart.composition
def _(joined: Any, sizes: Any, dim: int) -> tuple[Any, ...]:
    from taeda.ops.views import narrow

    return tuple(narrow(joined, dim, total(sizes[:k]), size) for k, size in enumerate(sizes))


@apart.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 6), (1, 3, 2), 1)
    yield sample(make(4, 2), (4, 0), 0)


@kernel(public=False, differentiable=False)
def joined_pieces(b: Any, tensors: Tensors, like: Tensors, dim: int) -> Tensor:
    """The tensors, of one dtype, one after the other along `dim`, laid out as the result of a pointwise op on `like`,
    and then contiguous tensors: what compiler/pieces.py puts together again."""
    _, shape = _joined(tensors, dim)
    out = b.alloc_like(tensors[0].dtype, shape, like)
    b.join(out, tensors, dim)
    return out


@joined_pieces.meta
def _(tensors: Any, like: Any, dim: int) -> Result:
    _, shape = _joined(tensors, dim)
    return Result(tensors[0].dtype, shape)


@cat.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample([make(3, 4), make(2, 4)])
    yield sample([make(3, 4), make(3, 1), make(3, 2)], 1)
    yield sample([make(3, 4)], dim=-1)
    yield sample([make(0), make(2, 3)], 0)


def _stacked(tensors: Any, dim: int) -> tuple[int, Any]:
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    ndim = tensors[0].ndim
    dim = wrap_dim(dim, ndim + 1)
    shape = list(tensors[0].shape)
    shape.insert(dim, len(tensors))
    return dim, shape


@kernel(public="stack", method=False, out=True, role="stack", autocast="promote")
def stack(b: Any, tensors: Tensors, dim: int = 0) -> Tensor:
    """The tensors, all of one shape, side by side along a new dimension."""
    dim, shape = _stacked(tensors, dim)
    first = tensors[0]
    for k, t in enumerate(tensors[1:], 1):
        if t.ndim != first.ndim:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {first.ndim} dimensions at entry 0 and {t.ndim} "
                f"at entry {k}"
            )
        if first.ndim:
            equal = product([t.shape[d] == first.shape[d] for d in range(first.ndim)])
            shown = min(first.ndim, 5)  # a message has ten numbers at most
            sizes = [", ".join(f"{{{start + d}}}" for d in range(shown)) for start in (0, shown)]
            b.check(
                equal,
                RuntimeError,
                f"stack expects each tensor to be equal size, but got [{sizes[0]}] at entry 0 and "
                f"[{sizes[1]}] at entry {k}",
                *first.shape[:shown],
                *t.shape[:shown],
            )
    out = b.alloc(_dtype(tensors), shape)
    b.join(out, tensors, dim)
    return out


@stack.meta
def _(tensors: Any, dim: int = 0) -> Result:
    _, shape = _stacked(tensors, dim)
    return Result(_dtype(tensors), shape)


@stack.gradient
def _(grad: Any, tensors: Any, dim: Any) -> Any:
    from taeda.ops.pointwise import convert
    from taeda.ops.views import select

    dim, _ = _stacked(tensors, dim)
    parts = [select(grad, dim, k) for k in range(len(tensors))]
    return ([p if t.dtype == grad.dtype else convert(p, t.dtype) for p, t in zip(parts, tensors, strict=True)],)


@stack.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample([make(3, 4), make(3, 4)])
    yield sample([make(3, 4), make(3, 4), make(3, 4)], 1)
    yield sample([make(()), make(())], -1)


def _padded_shape(input: Any, pad: Any) -> list[Any]:
    if len(pad) % 2 or len(pad) // 2 > input.ndim:
        raise RuntimeError(
            f"Length of pad must be even and no more than twice the {input.ndim} dimensions of the input, but the pad "
            f"has {len(pad)} numbers"
        )
    shape = list(input.shape)
    for k in range(len(pad) // 2):
        d = input.ndim - 1 - k
        shape[d] = shape[d] + pad[2 * k] + pad[2 * k + 1]
    return shape


@kernel(public="constant_pad_nd", method=False)
def constant_pad_nd(b: Any, input: Tensor, pad: Sizes, value: Number = 0) -> Tensor:
    """`input` with `value` around it: pad is (before, after) of the last dimension, then of the one before it, and so
    on. Negative numbers cut off."""
    shape = _padded_shape(input, pad)
    for d, n in enumerate(shape):
        b.check(
            n >= 0,
            RuntimeError,
            f"The input size {{0}}, plus negative padding, resulted in a negative output size along dimension {d}",
            input.shape[d],
        )
    out = b.full(input.dtype, shape, value)
    source, destination = input, out
    for k in range(len(pad) // 2):
        d = input.ndim - 1 - k
        before, after, n = pad[2 * k], pad[2 * k + 1], input.shape[d]
        source = b.view("slice", source, (d, maximum(-before, 0), n + minimum(after, 0), 1))
        destination = b.view("slice", destination, (d, maximum(before, 0), shape[d] - maximum(after, 0), 1))
    b.copy(destination, source)
    return out


@constant_pad_nd.meta
def _(input: Any, pad: Any, value: Any = 0) -> Result:
    return Result(input.dtype, _padded_shape(input, pad))


@constant_pad_nd.gradient
def _(grad: Any, pad: Any) -> Any:
    return constant_pad_nd(grad, tuple(-n for n in pad), 0)


@constant_pad_nd.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), (1, 2))
    yield sample(make(2, 3, 4), (1, 0, 2, 1), 0.5)
    yield sample(make(3, 4), (-1, 1, 0, -1))
