"""What nested tensors do with ops element by element, and with those that work along a dimension.

Which ops compute each element from those at the same place is known from their definitions: so they need no rule.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import taeda
from taeda.composed import Composed, is_elementwise, op, written
from taeda.nested.padding import padded, unpadded
from taeda.nested.tensors import NestedTensor, compact, nested, wrapped

# Element by element -------------------------------------------------------------------------------------------------


@functools.cache
def rule_of_kind(name: str) -> Callable[..., Any] | None:
    """The rule of ops that compute each element from those at the same place."""
    return functools.partial(_elementwise, op(name), name) if is_elementwise(name) else None


@functools.cache
def in_place_rule_of_kind(name: str) -> Callable[..., Any] | None:
    """The same for in-place forms, which write to the values."""
    return functools.partial(_elementwise_in_place, name) if is_elementwise(name) else None


def _elementwise_in_place(name: str, target: Any, *rest: Any) -> Any:
    if not isinstance(target, NestedTensor):
        return written(target, _elementwise(op(name), name, target, *rest))
    _elementwise(op(name, True), name, target, *rest)
    target.history = ""
    return target


def _elementwise(function: Callable[..., Any], name: str, *arguments: Any) -> Any:
    given = [a for a in arguments if isinstance(a, NestedTensor)]
    like = given[0]
    for other in given[1:]:
        if other.raggedness is not like.raggedness or other.ragged != like.ragged:
            raise RuntimeError(f"cannot call binary pointwise function {name} with inputs of shapes {like._sizes()} "
                               f"and {other._sizes()}: they fit if they have the same offsets, as tensors do that are "
                               "computed from each other or made by nested_tensor_from_jagged(values, x.offsets())")
    rank = max(g.values_part.dim() for g in given)
    result = function(*(_part(a, like, rank, name) for a in arguments))
    return wrapped_like(like, result)


def wrapped_like(like: NestedTensor, result: Any) -> Any:
    """Nested tensors of the results that are values."""
    if isinstance(result, tuple):
        return tuple(like.like_this(r) for r in result)
    return like.like_this(result)


def _part(argument: Any, like: NestedTensor, rank: int, name: str) -> Any:
    """What stands for an argument where the values are computed with."""
    if isinstance(argument, NestedTensor):
        if argument.values_part.dim() != rank and argument.values_part.dim() < like.ragged:
            raise RuntimeError(f"{name}: nested tensors of {argument.values_part.dim() + 1} and {rank + 1} dimensions")
        return argument.values_part
    if not isinstance(argument, taeda.Tensor) or argument.dim() == 0:
        return argument
    if isinstance(argument, Composed):
        raise RuntimeError(f"{name}() of a nested tensor and one of layout {argument.layout}")
    return spread(argument, like, rank, name)


def spread(x: Any, like: NestedTensor, rank: int, name: str) -> Any:
    """A plain tensor in a form that broadcasts against the values of a nested one (which have `rank` dimensions)."""
    from_end = rank + 1 - like.ragged  # how many dimensions there are from the ragged one on
    if x.dim() < from_end:
        return x
    at = x.dim() - from_end
    if x.dim() > rank + 1 or x.shape[at] != 1 and like.raggedness.shortest != like.raggedness.longest:
        raise RuntimeError(f"{name}(): a tensor of shape {list(x.shape)} does not fit a nested one of shape "
                           f"{like._sizes()}: along the ragged dimension its size must be 1")
    if x.dim() <= rank:
        if x.shape[at] == 1:
            return x
        x = x.unsqueeze(0)
        at += 1
        while x.dim() <= rank:
            x, at = x.unsqueeze(0), at + 1
    raggedness = like.raggedness
    if x.shape[0] not in (1, raggedness.components):
        raise RuntimeError(f"{name}(): a tensor of shape {list(x.shape)} does not fit a nested one of "
                           f"{raggedness.components} components")
    if x.shape[at] == 1 and x.shape[0] == 1:
        return x.squeeze(0)
    if raggedness.lengths is not None:
        raise NotImplementedError(f"{name}() of a strided tensor and a nested one with rows that belong to no "
                                  "component: make it contiguous()")
    if x.shape[at] == 1:
        rows = x.squeeze(at).index_select(0, raggedness.rows)
        return rows.movedim(0, at - 1)
    if x.shape[at] != raggedness.longest:
        raise RuntimeError(f"{name}(): a tensor of shape {list(x.shape)} does not fit a nested one of shape "
                           f"{like._sizes()} with components of {raggedness.longest} rows")
    return x.expand(raggedness.components, *x.shape[1:]).movedim(at, 1).flatten(0, 1).movedim(0, at - 1)


# Copies and comparisons ---------------------------------------------------------------------------------------------


@NestedTensor.rule("contiguous")
def _contiguous(input: Any) -> Any:
    if input.is_contiguous():
        return input
    packed = compact(input)
    return packed.like_this(packed.values_part.contiguous())


@NestedTensor.rule("copy")
def _copy(input: Any, source: Any, *rest: Any) -> Any:
    if not isinstance(source, NestedTensor) or source.raggedness is not input.raggedness:
        raise RuntimeError("copy_ only supports Nested tensors that have same size and offsets")
    return source.to(input.dtype)


@NestedTensor.in_place_rule("copy")
def _copy_in_place(input: Any, source: Any, *rest: Any) -> Any:
    _copy(input, source)
    input.values_part.copy_(source.values_part)
    return input


@NestedTensor.rule("torch.equal")
def _equal(input: Any, other: Any) -> bool:
    if not isinstance(input, NestedTensor) or not isinstance(other, NestedTensor):
        raise RuntimeError("equal() of a nested tensor and one that is not")
    x, y = compact(input), compact(other)
    return (x.ragged == y.ragged and x.raggedness.sizes == y.raggedness.sizes
            and bool(taeda.equal(x.values_part, y.values_part)))


@NestedTensor.rule("torch.allclose")
def _allclose(input: Any, other: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
    if not isinstance(input, NestedTensor) or not isinstance(other, NestedTensor):
        raise RuntimeError("allclose() of a nested tensor and one that is not")
    x, y = compact(input), compact(other)
    if x.raggedness.sizes != y.raggedness.sizes or x.ragged != y.ragged:
        raise RuntimeError(f"allclose(): the components differ in size: {x.raggedness.sizes} and {y.raggedness.sizes}")
    return bool(taeda.allclose(x.values_part, y.values_part, rtol, atol, equal_nan))


# Along a dimension --------------------------------------------------------------------------------------------------


def _along(name: str, neutral: float | None) -> None:
    """An op that computes along one dimension. `neutral`: what padding must be there for the rest to be right."""

    def rule(input: Any, dim: int, *rest: Any) -> Any:
        dim = wrapped(input, dim)
        if dim == 0:
            raise RuntimeError(f"{name}(): not supported for NestedTensor on dim=0")
        if dim != input.ragged:
            return wrapped_like(input, op(name)(input.values_part, dim - 1, *rest))
        if neutral is None:
            raise RuntimeError(f"{name}(): not supported for NestedTensor on ragged dim")
        x = compact(input)
        return unpadded(op(name)(padded(x, neutral), dim, *rest), x)

    NestedTensor.rule(name)(rule)


for _name, _neutral in {
    "softmax": -taeda.inf, "log_softmax": -taeda.inf, "softmin": taeda.inf, "cumsum": 0, "cumprod": 1,
    "logcumsumexp": -taeda.inf, "cummax": None, "cummin": None, "sort": None, "glu": None,
}.items():  # fmt: skip
    _along(_name, _neutral)


@NestedTensor.rule("flip")
def _flip(input: Any, dims: Any) -> Any:
    dims = [wrapped(input, d) for d in ((dims,) if isinstance(dims, int) else dims)]
    if 0 in dims or input.ragged in dims:
        raise RuntimeError("flip(): not supported for NestedTensor on batch or ragged dim")
    return input.like_this(input.values_part.flip([d - 1 for d in dims]))


@NestedTensor.rule("cat")
def _cat(tensors: Any, dim: int) -> Any:
    like = next(t for t in tensors if isinstance(t, NestedTensor))
    dim = wrapped(like, dim)
    if any(not isinstance(t, NestedTensor) for t in tensors):
        raise RuntimeError("cat(): expected all tensors to be nested, or none")
    if dim == 0:
        if any(t.ragged != like.ragged or t.layout is not like.layout for t in tensors):
            raise RuntimeError("cat(): nested tensors of different ragged dimensions")
        packed = [compact(t) for t in tensors]
        counts = taeda.cat([t.raggedness.counts.long() for t in packed])
        offsets = taeda.cat([counts.new_zeros(1), counts.cumsum(0)])
        from taeda.nested.raggedness import Raggedness

        values = taeda.cat([t.values_part for t in packed], like.ragged - 1)
        return nested(values, Raggedness(offsets), like.ragged, like.layout)
    if dim == like.ragged:
        raise RuntimeError("cat(): not supported for NestedTensor on ragged dim")
    if any(t.raggedness is not like.raggedness or t.ragged != like.ragged for t in tensors):
        raise RuntimeError("cat(): expected all nested tensors to have the same offsets")
    return like.like_this(taeda.cat([t.values_part for t in tensors], dim - 1))


@NestedTensor.rule("stack")
def _stack(tensors: Any, dim: int) -> Any:
    like = next(t for t in tensors if isinstance(t, NestedTensor))
    dim = wrapped(like, dim, 1)
    if dim == 0:
        raise RuntimeError("stack(): not supported for NestedTensor on dim=0")
    if any(not isinstance(t, NestedTensor) or t.raggedness is not like.raggedness or t.ragged != like.ragged
           for t in tensors):
        raise RuntimeError("stack(): expected all tensors to be nested and to have the same offsets")
    values = taeda.stack([t.values_part for t in tensors], dim - 1)
    return nested(values, like.raggedness, like.ragged + (dim <= like.ragged), like.layout)

