"""How the indexing engine (`index.py`) and the mask kernels (`index_mask.py`) are launched from the body of a kernel
op."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taeda.codegen.templates.index.mask import CHUNK, emit_mask_count, emit_mask_offsets
from taeda.codegen.templates.index.walk import emit_index
from taeda.ir.dtype import info, itemsize
from taeda.ir.expression import ceildiv, make, maximum, minimum, product, unwrap, where
from taeda.ir.expression import wrap as wrap_expression

if TYPE_CHECKING:
    from taeda.compiler.builder import Builder, Register

READ_BLOCK = 4096   # elements of a row that one work item copies
WRITE_BLOCK = 128   # columns of a sum that one work item owns: enough to split, and whole cache lines
PIECE = 32768       # elements of a read that are worth a piece of their own


@dataclass
class Dimension:
    """One dimension of the walk: its size and the strides, in elements, of the regular and the indexed operand and of
    each index tensor. `collision`: different coordinates may meet in one element of the indexed operand."""

    size: Any
    regular: Any
    indexed: Any
    indices: Sequence[Any]
    collision: bool = False

    @property
    def plain(self) -> bool:
        return not self.collision and all(isinstance(s, int) and s == 0 for s in self.indices)


@dataclass
class Bound:
    """What one index tensor indexes: a dimension of this size and stride (elements), and the fault if it goes
    beyond."""

    size: Any
    stride: Any
    exception: str
    message: str


def out_of_bounds(dim: int, wrap: bool, exception: str = "IndexError", prefix: str = "") -> tuple[str, str]:
    """PyTorch's first line, then where the index stood and what would have been right."""
    valid = "-{1} <= index < {1}" if wrap else "0 <= index < {1}"
    return exception, (f"{prefix}index {{0}} is out of bounds for dimension {dim} with size {{1}}\n"
                       f"It is element {{2}} of the index tensor; valid is {valid}.")


def walk(b: Builder, mode: str, regular: Register, indexed: Register, indices: Sequence[Register],
         dimensions: Sequence[Dimension], bounds: Sequence[Bound], *, wrap: bool, skip: Any = None) -> None:
    """Launch the engine. `regular` and `indexed` are read or written as `mode` says (see `index.py`)."""
    dims = list(dimensions) or [Dimension(1, 0, 0, (0,) * len(indices))]
    if all(d.collision for d in dims):
        dims = [Dimension(1, 0, 0, (0,) * len(indices)), *dims]
    dims = _merged(dims)
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
    grain = maximum(1, PIECE // minimum(block, maximum(1, inner.size))) if safe == len(ordered) else 1
    first, last = (indexed, regular) if mode == "read" else (regular, indexed)
    b.launch(emit_index,
             {"mode": mode, "regular": regular.dtype, "indexed": indexed.dtype,
              "indices": tuple(i.dtype for i in indices), "safe": safe, "collision": len(ordered) - safe,
              "inner_safe": inner_safe, "inner_indexed": not _zero(inner.indices), "wrap": wrap,
              "skip": skip is not None},
             [first, *indices, last], integers, work=items, grain=grain,
             faults=[(k + 1, bound.exception, bound.message) for k, bound in enumerate(bounds)])


def check_indices(b: Builder, indices: Sequence[Register], dimensions: Sequence[Dimension], bounds: Sequence[Bound], *,
                  wrap: bool) -> None:
    """Raise for an index out of range before anything is written."""
    dims = [d for d in dimensions if not _zero(d.indices)] or [Dimension(1, 0, 0, (0,) * len(indices))]
    integers: list[Any] = [READ_BLOCK, *(d.size for d in dims), *[0] * (2 * len(dims))]
    for k, index in enumerate(indices):
        integers += [d.indices[k] * itemsize(index.dtype) for d in dims]
    for bound in bounds:
        integers += [bound.size, 0]
    # Nothing is to be checked where nothing is written: an index into a tensor with an empty dimension, say.
    written = product(d.size for d in dimensions) > 0 if dimensions else None
    b.launch(emit_index,
             {"mode": "check", "regular": "bool", "indexed": "bool", "indices": tuple(i.dtype for i in indices),
              "safe": len(dims), "collision": 0, "inner_safe": True, "inner_indexed": not _zero(dims[-1].indices),
              "wrap": wrap, "skip": False},
             list(indices), integers, work=product(d.size for d in dims[:-1]) * ceildiv(dims[-1].size, READ_BLOCK),
             grain=maximum(1, PIECE // minimum(READ_BLOCK, maximum(1, dims[-1].size))),
             faults=[(k + 1, bound.exception, bound.message) for k, bound in enumerate(bounds)], when=written)


def _zero(strides: Sequence[Any]) -> bool:
    return all(isinstance(s, int) and s == 0 for s in strides)


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


# -- masks -------------------------------------------------------------------------------------------------------------


def mask_places(b: Builder, mask: Register) -> tuple[Register, Any, Any]:
    """For a contiguous `mask`: the register of chunk offsets, the number of true elements (a Symbol read from memory
    when the Program gets there), and the number of chunks."""
    chunks = ceildiv(mask.numel(), CHUNK)
    counts, offsets, total = b.alloc("int64", [chunks]), b.alloc("int64", [chunks]), b.alloc("int64", [1])
    b.launch(emit_mask_count, {"dtype": mask.dtype}, [mask, counts], [mask.numel()], work=chunks, grain=4)
    b.launch(emit_mask_offsets, {}, [counts, offsets, total], [chunks])
    return offsets, total.item(), chunks


def accumulator(dtype: str) -> str:
    """What sums of a dtype are kept in."""
    return info(dtype).compute
