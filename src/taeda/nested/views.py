"""Views of nested tensors and of their components: dimensions in another order, parts, other shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taeda.nested.tensors import NestedTensor, compact, nested, wrapped


def inner_dim(x: NestedTensor, name: str, dim: int) -> int:
    """The dimension of the values for one of the nested tensor that is neither its first nor the ragged one."""
    dim = wrapped(x, dim)
    if dim == 0:
        raise RuntimeError(f"{name}(): not supported for NestedTensor on dim=0")
    if dim == x.ragged:
        raise RuntimeError(f"{name}(): not supported for NestedTensor on ragged dim")
    return dim - 1


def _moved(x: NestedTensor, values: Any, ragged: int) -> NestedTensor:
    return nested(values, x.raggedness, ragged, x.layout)


@NestedTensor.rule("torch.unbind")
def _unbind(input: Any, dim: int) -> Any:
    if wrapped(input, dim) != 0:
        raise RuntimeError(f"unbind(): only supported for NestedTensor on dim=0, but got dim={dim}")
    x = compact(input)
    if not x.raggedness.components:
        return ()
    return x.values_part.split(x.raggedness.sizes, x.ragged - 1)


def component(x: NestedTensor, index: int) -> Any:
    """One component."""
    count = x.raggedness.components
    if not -count <= index < count:
        raise IndexError(f"index {index} is out of bounds for dimension 0 with size {count}")
    index %= count
    begin = int(x.raggedness.offsets[index])
    return x.values_part.narrow(x.ragged - 1, begin, x.raggedness.sizes[index])


@NestedTensor.rule("select")
def _select(input: Any, dim: int, index: int) -> Any:
    if wrapped(input, dim) == 0:
        return component(input, index)
    at = inner_dim(input, "select", dim)
    return _moved(input, input.values_part.select(at, index), input.ragged - (at < input.ragged - 1))


@NestedTensor.rule("narrow")
def _narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    return input.like_this(input.values_part.narrow(inner_dim(input, "narrow", dim), start, length))


@NestedTensor.rule("index_select")
def _index_select(input: Any, dim: int, index: Any) -> Any:
    return input.like_this(input.values_part.index_select(inner_dim(input, "index_select", dim), index))


def get_item(x: NestedTensor, key: Any) -> Any:
    """x[key]: a component, or parts of all of them along dimensions that do not differ."""
    keys = list(key) if isinstance(key, tuple) else [key]
    rank = x.values_part.dim() + 1
    named = sum(k is not None and k is not Ellipsis for k in keys)
    if Ellipsis in keys:
        at = keys.index(Ellipsis)
        keys[at:at + 1] = [slice(None)] * (rank - named)
    keys += [slice(None)] * (rank - sum(k is not None for k in keys))
    if isinstance(keys[0], int) and not isinstance(keys[0], bool):
        return component(x, keys[0])[tuple(keys[1:])]
    for k, what in ((0, "dim=0"), (x.ragged, "ragged dim")):
        if not (isinstance(keys[k], slice) and keys[k] == slice(None)):
            raise RuntimeError(f"slice(): not supported for NestedTensor on {what}: take components with x[i] or "
                               "unbind()")
    inner = keys[1:]
    if not all(isinstance(k, (int, slice)) or k is None for k in inner):
        raise RuntimeError("index(): nested tensors are indexed by numbers and slices")
    before = inner[:x.ragged - 1]
    ragged = x.ragged - sum(isinstance(k, int) for k in before) + sum(k is None for k in before)
    return _moved(x, x.values_part[tuple(inner)], ragged)


@NestedTensor.rule("transpose")
def _transpose(input: Any, dim0: int, dim1: int) -> Any:
    a, b = wrapped(input, dim0), wrapped(input, dim1)
    if a == b:
        return input
    if 0 in (a, b):
        raise ValueError("Transpose is not supported on the batch dimension for jagged NT")
    ragged = {a: b, b: a}.get(input.ragged, input.ragged)
    return _moved(input, input.values_part.transpose(a - 1, b - 1), ragged)


@NestedTensor.rule("permute")
def _permute(input: Any, dims: Any) -> Any:
    order = [wrapped(input, d) for d in dims]
    if sorted(order) != list(range(input.values_part.dim() + 1)):
        raise RuntimeError(f"permute(dims): {list(dims)} is no order of the {input.values_part.dim() + 1} dimensions")
    if order[0] != 0:
        raise ValueError("Permute is not supported on the batch dimension for jagged NT")
    return _moved(input, input.values_part.permute([d - 1 for d in order[1:]]), order.index(input.ragged))


@NestedTensor.rule("unsqueeze")
def _unsqueeze(input: Any, dim: int) -> Any:
    dim = wrapped(input, dim, 1)
    if dim == 0:
        raise RuntimeError("unsqueeze(): not supported for NestedTensor on dim=0")
    return _moved(input, input.values_part.unsqueeze(dim - 1), input.ragged + (dim <= input.ragged))


@NestedTensor.rule("torch.squeeze.dim")
def _squeeze(input: Any, dim: Any) -> Any:
    made = input
    for d in sorted(((dim,) if isinstance(dim, int) else dim), key=lambda d: -wrapped(input, d)):
        at = inner_dim(made, "squeeze", d)
        if made.values_part.shape[at] == 1:
            made = _moved(made, made.values_part.squeeze(at), made.ragged - (at < made.ragged - 1))
    return made


@NestedTensor.rule("torch.squeeze")
def _squeeze_all(input: Any) -> Any:
    ones = [d for d in range(1, input.values_part.dim() + 1)
            if d != input.ragged and input.values_part.shape[d - 1] == 1]
    return _squeeze(input, ones)


def _components_of(x: NestedTensor, size: Sequence[int], name: str) -> tuple[list[int], int]:
    """Sizes asked for, as sizes of values, and which of the dimensions is the ragged one."""
    wanted = list(size)
    if wanted and wanted[0] == -1 and any(isinstance(n, int) and n == x.raggedness.size for n in wanted):
        wanted[0] = x.raggedness.components
    if not wanted or wanted[0] != x.raggedness.components:
        raise RuntimeError(f"{name}(): cannot view shape {x._sizes()} as {tuple(wanted)}: the first size must be "
                           f"{x.raggedness.components}")
    inner = wanted[1:]
    code = int(x.raggedness.size)
    at = [k for k, n in enumerate(inner) if n == code]
    if not at:
        # -1 stands for the ragged dimension if nothing else does.
        place = x.ragged - 1
        if place < len(inner) and inner[place] == -1:
            at = [place]
    if len(at) != 1:
        raise RuntimeError(f"{name}(): cannot view shape {x._sizes()} as {tuple(wanted)}: the ragged dimension must "
                           "be kept; write x.size(dim), or -1, in its place")
    inner[at[0]] = x.values_part.shape[x.ragged - 1]
    return inner, at[0]


def _reshaped(name: str) -> None:
    def rule(input: Any, size: Any) -> Any:
        x = compact(input) if name == "reshape" else input
        inner, at = _components_of(x, size, name)
        before = 1
        for n in inner[:at]:
            before *= n
        kept = 1
        for n in x.values_part.shape[:x.ragged - 1]:
            kept *= n
        if before != kept and -1 not in inner[:at]:
            raise RuntimeError(f"{name}(): cannot view shape {x._sizes()} as {tuple(size)}: sizes before the ragged "
                               "dimension would mix with those behind it")
        return _moved(x, getattr(x.values_part, name)(inner), at + 1)

    NestedTensor.rule(name)(rule)


_reshaped("view")
_reshaped("reshape")


@NestedTensor.rule("flatten")
def _flatten(input: Any, start_dim: int, end_dim: int) -> Any:
    first, last = wrapped(input, start_dim), wrapped(input, end_dim)
    if first == last:
        return input
    if first <= 0:
        raise RuntimeError("flatten(): not supported for NestedTensor on dim=0")
    if first <= input.ragged <= last:
        raise RuntimeError("flatten(): not supported for NestedTensor on ragged dim")
    ragged = input.ragged - (last - first if last < input.ragged else 0)
    return _moved(input, input.values_part.flatten(first - 1, last - 1), ragged)


@NestedTensor.rule("unflatten")
def _unflatten(input: Any, dim: int, sizes: Any) -> Any:
    at = inner_dim(input, "unflatten", dim)
    ragged = input.ragged + (len(sizes) - 1 if at < input.ragged - 1 else 0)
    return _moved(input, input.values_part.unflatten(at, sizes), ragged)


@NestedTensor.rule("expand")
def _expand(input: Any, size: Any) -> Any:
    x = input
    if len(size) != x.values_part.dim() + 1:
        raise RuntimeError(f"expand(): {tuple(size)} has {len(size)} sizes for a nested tensor of "
                           f"{x.values_part.dim() + 1} dimensions")
    wanted = [-1 if n == int(x.raggedness.size) else n for n in size]
    if wanted[0] not in (-1, x.raggedness.components) or wanted[x.ragged] != -1:
        raise RuntimeError(f"expand(): cannot expand shape {x._sizes()} to {tuple(size)}")
    return x.like_this(x.values_part.expand(wanted[1:]))


# Pieces -------------------------------------------------------------------------------------------------------------


def _along_batch(x: NestedTensor, counts: Sequence[int]) -> tuple[NestedTensor, ...]:
    from taeda.nested.raggedness import Raggedness

    x = compact(x)
    rows = x.raggedness.sizes
    offsets = x.raggedness.offsets
    lengths, at = [], 0
    for n in counts:
        lengths.append(sum(rows[at:at + n]))
        at += n
    pieces = x.values_part.split(lengths, x.ragged - 1)
    made, at = [], 0
    for n, values in zip(counts, pieces, strict=True):
        made.append(nested(values, Raggedness(offsets[at:at + n + 1] - offsets[at]), x.ragged, x.layout))
        at += n
    return tuple(made)


def _pieces(name: str, x: NestedTensor, dim: int, of_values: Any, counts: Any) -> Any:
    if wrapped(x, dim) == 0:
        return _along_batch(x, counts(x.raggedness.components))
    return tuple(map(x.like_this, of_values(x.values_part, inner_dim(x, name, dim))))


def _equal_parts(total: int, size: int) -> list[int]:
    return [min(size, total - at) for at in range(0, total, max(size, 1))]


@NestedTensor.rule("torch.chunk")
def _chunk(input: Any, chunks: int, dim: int) -> Any:
    return _pieces("chunk", input, dim, lambda v, d: v.chunk(chunks, d),
                   lambda total: _equal_parts(total, -(-total // chunks)))


@NestedTensor.rule("torch.split", "Tensor.split.method")
def _split(input: Any, size: Any, dim: int) -> Any:
    return _pieces("split", input, dim, lambda v, d: v.split(size, d),
                   lambda total: _equal_parts(total, size) if isinstance(size, int) else _checked(size, total))


@NestedTensor.rule("torch.split_with_sizes")
def _split_with_sizes(input: Any, split_sizes: Any, dim: int) -> Any:
    return _split(input, list(split_sizes), dim)


def _checked(sizes: Sequence[int], total: int) -> list[int]:
    if sum(sizes) != total or any(n < 0 for n in sizes):
        raise RuntimeError(f"split_with_sizes expects split_sizes to sum exactly to {total} (input tensor's size at "
                           f"dimension 0), but got split_sizes={list(sizes)}")
    return list(sizes)

