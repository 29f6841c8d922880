"""How elements are read and combined at indices: the walk of codegen/templates/index/walk.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taeda.codegen.templates.index.walk import READS, emit_index
from taeda.ir.dtype import itemsize
from taeda.ir.expression import ceildiv, make, maximum, minimum, product, unwrap, where
from taeda.ir.expression import wrap as wrap_expression
from taeda.ir.geometry import Bound, Dimension

if TYPE_CHECKING:
    from taeda.compiler.builder import Builder, Register

READ_BLOCK = 4096   # elements of a row that one work item copies
WRITE_BLOCK = 128   # columns of a sum that one work item owns: enough to split, and whole cache lines
PIECE = 32768       # elements that are worth a piece of their own


def walk(b: Builder, *, mode: str, regular: Register, indexed: Register, indices: Sequence[Register],
         dimensions: Sequence[Dimension], bounds: Sequence[Bound], wrap: bool, skip: Any = None) -> None:
    """`regular` and `indexed` are read or written as `mode` says. Elements with index `skip` are left out."""
    if b.only_checks:
        check_walk(b, indices=indices, dimensions=dimensions, bounds=bounds, wrap=wrap)
        return
    dims = list(dimensions) or [Dimension(1, 0, 0, (0,) * len(indices))]
    if all(d.collision for d in dims):
        dims = [Dimension(1, 0, 0, (0,) * len(indices)), *dims]
    dims = _merged(dims)
    if mode in READS and len(dims) > 1 and all(d.by_index and not d.collision for d in dims[-2:]):
        dims[-2:] = _longer_last(*dims[-2:])
    inner = dims[-1]
    ordered = [d for d in dims if not d.collision] + [d for d in dims if d.collision]
    safe = sum(not d.collision for d in dims)
    block = READ_BLOCK if mode == "read" else WRITE_BLOCK
    sizes = (itemsize(regular.dtype), itemsize(indexed.dtype))
    integers: list[Any] = [block, *(d.size for d in ordered), *(d.regular * sizes[0] for d in ordered),
                           *(d.indexed * sizes[1] for d in ordered)]
    for k, index in enumerate(indices):
        integers += [d.indices[k] * itemsize(index.dtype) for d in ordered]
    for bound in bounds:
        integers += [bound.size, bound.stride * sizes[1]]
    if skip is not None:
        integers.append(skip)
    inner_safe = not inner.collision
    items = product(d.size for d in ordered[: safe - inner_safe])
    if inner_safe:
        items = items * ceildiv(inner.size, block)
    walked = product(d.size for d in ordered[safe:]) * (minimum(block, inner.size) if inner_safe else 1)
    grain = maximum(1, PIECE // maximum(1, walked))
    first, last = (indexed, regular) if mode in READS else (regular, indexed)
    b.launch(emit_index,
             {"mode": mode, "regular": regular.dtype, "indexed": indexed.dtype,
              "indices": tuple(i.dtype for i in indices), "safe": safe, "collision": len(ordered) - safe,
              "inner_safe": inner_safe, "inner_indexed": inner.by_index, "wrap": wrap,
              "skip": skip is not None},
             [first, *indices, last], integers, work=items, grain=grain,
             faults=[(k + 1, bound.exception, bound.message) for k, bound in enumerate(bounds)])


def check_walk(b: Builder, *, indices: Sequence[Register], dimensions: Sequence[Dimension], bounds: Sequence[Bound],
               wrap: bool) -> None:
    """Raise for an index out of range before anything is written."""
    dims = [d for d in dimensions if d.by_index] or [Dimension(1, 0, 0, (0,) * len(indices))]
    integers: list[Any] = [READ_BLOCK, *(d.size for d in dims), *[0] * (2 * len(dims))]
    for k, index in enumerate(indices):
        integers += [d.indices[k] * itemsize(index.dtype) for d in dims]
    for bound in bounds:
        integers += [bound.size, 0]
    # Nothing is to be checked where nothing is written: an index into a tensor with an empty dimension, say.
    written = product(d.size for d in dimensions) > 0 if dimensions else None
    b.launch(emit_index,
             {"mode": "check", "regular": "bool", "indexed": "bool", "indices": tuple(i.dtype for i in indices),
              "safe": len(dims), "collision": 0, "inner_safe": True, "inner_indexed": dims[-1].by_index,
              "wrap": wrap, "skip": False},
             list(indices), integers, work=product(d.size for d in dims[:-1]) * ceildiv(dims[-1].size, READ_BLOCK),
             grain=maximum(1, PIECE // minimum(READ_BLOCK, maximum(1, dims[-1].size))),
             faults=[(k + 1, bound.exception, bound.message) for k, bound in enumerate(bounds)], when=written)


def _merged(dims: list[Dimension]) -> list[Dimension]:
    """The plain dimensions at the end as one row where, at run time, both operands hold them without gaps."""
    first = len(dims)
    while first > 0 and dims[first - 1].plain:
        first -= 1
    tail = dims[first:]
    if len(tail) < 2:
        return dims
    adjacent: Any = 1
    expected: Any = 1
    for d in reversed(tail):
        for stride in (d.regular, d.indexed):
            adjacent = wrap_expression(make("and", unwrap(adjacent), make("eq", unwrap(stride), unwrap(expected))))
        expected = expected * d.size
    result = [Dimension(where(adjacent, 1, d.size), d.regular, d.indexed, d.indices) for d in tail[:-1]]
    last = tail[-1]
    return [*dims[:first], *result, Dimension(where(adjacent, expected, last.size), last.regular, last.indexed,
                                              last.indices)]


def _longer_last(first: Dimension, last: Dimension) -> list[Dimension]:
    """The two in turn, so that a loop does not run along one element where there are more before it."""
    def either(a: Dimension, b: Dimension) -> Dimension:
        def chosen(x: Any, y: Any) -> Any:
            return where(last.size == 1, x, y)
        return Dimension(chosen(a.size, b.size), chosen(a.regular, b.regular), chosen(a.indexed, b.indexed),
                         [chosen(x, y) for x, y in zip(a.indices, b.indices, strict=True)])
    return [either(last, first), either(first, last)]
