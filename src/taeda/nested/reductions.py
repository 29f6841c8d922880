"""Sums and their relatives over dimensions of nested tensors.

Over dimensions of the components' own: those of the values. Over the ragged one: a strided tensor with a row per
component, by sums over segments or over padded components. Over everything: over the values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda
from taeda.composed import op
from taeda.nested.padding import padded
from taeda.nested.tensors import NestedTensor, compact, nested, wrapped


def _dims(x: NestedTensor, dim: Any) -> tuple[int, ...] | None:
    """Dimensions as ascending numbers; None for all of them."""
    if dim is None:
        return None
    given = sorted({wrapped(x, d) for d in ((dim,) if isinstance(dim, int) else dim)})
    return None if not given or len(given) == x.values_part.dim() + 1 else tuple(given)


def _over_inner(x: NestedTensor, dims: tuple[int, ...], keepdim: bool, call: Callable[..., Any]) -> Any:
    result = call(x.values_part, [d - 1 for d in dims], keepdim)
    moved = 0 if keepdim else sum(d < x.ragged for d in dims)

    def again(values: Any) -> Any:
        return nested(values, x.raggedness, x.ragged - moved, x.layout)

    return tuple(map(again, result)) if isinstance(result, tuple) else again(result)


def _reduced(name: str, input: Any, dim: Any, keepdim: bool, call: Callable[..., Any],
             over_rows: Callable[[NestedTensor, bool], Any] | None) -> Any:
    """`call(values, dims or None, keepdim)` is the op; `over_rows(x, keepdim)` the same for each component."""
    x = input
    dims = _dims(x, dim)
    if dims is None:
        result = call(compact(x).values_part, None, False)
        return result.reshape([1] * (x.values_part.dim() + 1)) if keepdim else result
    if x.ragged not in dims and 0 not in dims:
        return _over_inner(x, dims, keepdim, call)
    if x.ragged not in dims:
        raise RuntimeError(f"{name}(): reducing along the batch dimension but not the ragged dimension is not "
                           "supported for nested tensors")
    x = compact(x)
    if 0 in dims:
        result = call(x.values_part, [d - 1 for d in dims[1:]], keepdim)
        return result.unsqueeze(0) if keepdim else result
    if len(dims) > 1:
        raise RuntimeError(f"{name}(): reducing along a ragged and non-batch dimension is not supported for nested "
                           "tensors: reduce along one after the other")
    if over_rows is None:
        raise RuntimeError(f"{name}(): not supported for NestedTensor on ragged dim")
    return over_rows(x, keepdim)


def sums(x: NestedTensor, keepdim: bool, dtype: Any = None) -> Any:
    """The sum of each component over its rows."""
    values = x.values_part if dtype is None else x.values_part.to(dtype)
    if not values.is_floating_point() and not values.is_complex() and dtype is None:
        values = values.long()
    rows = values.movedim(x.ragged - 1, 0)
    zeros = rows.detach().new_zeros((x.raggedness.components, *rows.shape[1:]))
    result = zeros.index_add(0, x.raggedness.rows, rows)
    return result.unsqueeze(x.ragged) if keepdim else result


@NestedTensor.rule("sum")
def _sum(input: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    def call(values: Any, dims: Any, keep: bool) -> Any:
        return op("sum")(values, dims, keep, dtype=dtype)

    return _reduced("sum", input, dim, keepdim, call, lambda x, keep: sums(x, keep, dtype))


@NestedTensor.rule("mean")
def _mean(input: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    def call(values: Any, dims: Any, keep: bool) -> Any:
        return op("mean")(values, dims, keep, dtype=dtype)

    def over_rows(x: NestedTensor, keep: bool) -> Any:
        total = sums(x, keep, dtype)
        return total / x.raggedness.counts.reshape(-1, *[1] * (total.dim() - 1))

    return _reduced("mean", input, dim, keepdim, call, over_rows)


def _infinity(x: NestedTensor, sign: int) -> Any:
    if x.dtype is taeda.bool:
        return sign > 0
    if x.is_floating_point():
        return sign * taeda.inf
    return taeda.iinfo(x.dtype).max if sign > 0 else taeda.iinfo(x.dtype).min


def _with_dims(name: str, neutral: Callable[[NestedTensor], Any]) -> None:
    """A reduction `name(input, dim, keepdim)` for which padding with `neutral` changes nothing."""

    def rule(input: Any, dim: Any, keepdim: bool) -> Any:
        def call(values: Any, dims: Any, keep: bool) -> Any:
            if dims is not None and len(dims) == 1 and name in ("argmax", "argmin"):
                dims = dims[0]
            return op(name)(values, dims, keep)

        def over_rows(x: NestedTensor, keep: bool) -> Any:
            if x.raggedness.shortest == 0 and name not in ("any", "all"):
                raise IndexError(f"{name}(): a component without rows has no extreme")
            return op(name)(padded(x, neutral(x)), x.ragged, keep)

        return _reduced(name, input, dim, keepdim, call, over_rows)

    NestedTensor.rule(name)(rule)


_with_dims("amax", lambda x: _infinity(x, -1))
_with_dims("amin", lambda x: _infinity(x, 1))
_with_dims("argmax", lambda x: _infinity(x, -1))
_with_dims("argmin", lambda x: _infinity(x, 1))
_with_dims("any", lambda x: 0)
_with_dims("all", lambda x: 1)


def _with_indices(name: str, sign: int) -> None:
    """max and min along a dimension, with the places."""

    def rule(input: Any, dim: int, keepdim: bool) -> Any:
        def call(values: Any, dims: Any, keep: bool) -> Any:
            return op(f"{name}.dim")(values, dims[0], keep)

        return _reduced(name, input, (dim,), keepdim, call, lambda x, keep: op(f"{name}.dim")(
            padded(x, _infinity(x, sign)), x.ragged, keep))

    NestedTensor.rule(f"{name}.dim")(rule)

    def whole(input: Any) -> Any:
        return op(name)(compact(input).values_part)

    NestedTensor.rule(name)(whole)


_with_indices("max", -1)
_with_indices("min", 1)


@NestedTensor.rule("prod")
def _prod(input: Any, dtype: Any) -> Any:
    return op("prod")(compact(input).values_part, dtype=dtype)


@NestedTensor.rule("norm")
def _norm(input: Any, p: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    def call(values: Any, dims: Any, keep: bool) -> Any:
        return op("norm")(values, p, dims, keep, dtype=dtype)

    return _reduced("norm", input, dim, keepdim, call, None)


@NestedTensor.rule("std", "std.unbiased", "std.all", "var", "var.unbiased", "var.all")
def _spread(*arguments: Any) -> Any:
    return NestedTensor.missing("var and std", ())

