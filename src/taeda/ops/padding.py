"""Padding of the last dimensions, in all modes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum
from taeda.ir.geometry import Bound, Dimension
from taeda.ops.creation import arange
from taeda.ops.joining import constant_pad_nd
from taeda.ops.op import Number, Result, Sample, Sizes, Tensor, Tensors, check, derived, kernel, sample


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


@kernel(public=False)
def continued(b: Any, input: Tensor, places: Tensors, pad: Sizes) -> Tensor:
    """`input` with `pad` as in `pad`, where places[k] (int64) are the elements that stand along dimension -1 - k.

    Rows get their margins while they are copied; those of other dimensions are read at `places`."""
    dims = [input.ndim - 1 - k for k in range(len(places))]
    input = b.contiguous(input)
    out = b.alloc(input.dtype, [*input.shape[: dims[-1]], *(p.size(0) for p in reversed(places))])

    def part(x: Any, dim: int, start: Any, length: Any) -> Any:
        return b.view("slice", x, (dim, start, start + length, 1))

    # Of each dimension: where the block begins in the result and in the input, its length, and that of the end.
    blocks = {}
    for k, dim in enumerate(dims):
        before, after = pad[2 * k], pad[2 * k + 1]
        cut = maximum(-before, 0)
        length = maximum(input.size(dim) - cut - maximum(-after, 0), 0)
        blocks[dim] = (maximum(before, 0), cut, length, maximum(after, 0))
    for k, dim in enumerate(dims):
        # Later dimensions are taken whole, at their places; of earlier ones the block, whose margins come after this.
        region, read, at = out, input, list(places[: k + 1])
        for other in dims[k + 1 :]:
            begin, cut, length, _ = blocks[other]
            region, read = part(region, other, begin, length), part(read, other, cut, length)
        begin, cut, length, end = blocks[dim]
        if k == 0:
            b.method("margins.copy_rows", input=read, places=places[0], out=region, begin=begin, cut=cut, length=length,
                     fault=_nothing_there(dim))
            continue
        for start, count in ((0, begin), (begin + length, end)):
            margin = part(region, dim, start, count)
            _read(b, margin, read, {dims[j]: part(x, 0, start, count) if j == k else x for j, x in enumerate(at)})
    return out


def _nothing_there(dim: int) -> tuple[str, str]:
    return "IndexError", f"dimension {dim}, of size {{1}}, has no element {{0}} to pad with"


def _read(b: Any, out: Any, input: Any, places: dict[int, Any]) -> None:
    """out[i, j] = input[places[0][i], j] for places of dimension 0, and so on."""
    thin = min(places)  # the dimension of the margin, too short to walk along
    dimensions = [Dimension(out.size(d), out.stride(d), 0 if d in places else input.stride(d),
                            tuple(p.stride(0) if d == along else 0 for along, p in places.items()))
                  for d in (thin, *(d for d in range(out.ndim) if d != thin))]
    bounds = [Bound(input.size(d), input.stride(d), *_nothing_there(d)) for d in places]
    b.method("indexing.walk", mode="read", regular=out, indexed=input, indices=list(places.values()),
             dimensions=dimensions, bounds=bounds, wrap=False)


@continued.meta
def _(input: Any, places: Any, pad: Any) -> Result:
    return Result(input.dtype, [*input.shape[: input.ndim - len(places)], *(p.shape[0] for p in reversed(places))])


@continued.composition
def _(input: Any, places: Any, pad: Any) -> Any:
    for k, at in enumerate(places):
        input = input.index_select(input.ndim - 1 - k, at)
    return (input,)


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
    places = []
    for pair in range(len(pad) // 2):
        before, after = pad[2 * pair], pad[2 * pair + 1]
        dim = input.ndim - 1 - pair
        size = input.shape[dim]
        every = arange(-before, 1, size + after + before, "int64")
        places.append(_source(mode, every, size, before, after, dim))
    return continued(input, tuple(places), pad)


@pad.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), (1, 2))
    yield sample(make(3, 4), (1, -1, 0, 2), "constant", 2.5)
    for mode in ("reflect", "replicate", "circular"):
        yield sample(make(2, 3, 4), (2, 1), mode)
        yield sample(make(2, 3, 4, 5), (2, 0, 1, 3), mode)
    yield sample(make(2, 3, 5), (-1, 2), "circular")
