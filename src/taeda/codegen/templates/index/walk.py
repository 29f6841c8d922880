"""Reading and writing at indices: one engine for `x[i, j]`, index_select, gather, take, embedding, index_put,
index_add, scatter and scatter_reduce.

All of them walk an iteration space. A *regular* operand is walked with strides alone; an *indexed* operand is
walked with strides plus, for each index tensor, `index * stride`, where the index is looked up with strides of its
own. `read` copies indexed → regular and `collect` adds it to what is there, `check` only looks at the indices, every
other mode writes regular → indexed.

Every index is compared with its bound before it is used; the first bad one ends the kernel with fault code k + 1
for index tensor k and the words (index, bound, position in the index tensor).

**Order.** In writes the dimensions of the space are of two kinds. Different coordinates in a *safe* dimension never
meet in one element of what is written to; along the *collision* dimensions they may. Work items are made of safe
dimensions only, and one item walks its collision dimensions in order, so the result (the order of a sum, the last
write that stays) does not depend on how the work is split. A read and a check have safe dimensions only.
In `collect` it is the regular operand that is written to: its strides along the collision dimensions are 0.

Integers: `[block, sizes of safe dims, sizes of collision dims, strides of the regular operand, of the indexed operand,
of each index tensor, then per index tensor (bound, stride of the indexed operand)]`; strides in bytes, one per
dimension of the space. With `skip` one more: an index that is passed over, in bounds or not (padding_idx).
If the innermost loop is along a safe dimension (the last of them), that is cut into blocks of `block` points, and the
number of work items is the product of the other safe sizes times the number of blocks; else it is along the last
collision dimension, and the number of work items is the product of the safe sizes.

Operands: read and collect `[indexed, indices..., regular]`, check `[indices...]`, else `[regular, indices...,
indexed]`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from operator import and_, or_

from taeda.codegen.llvm import FunctionWriter, Value, bits_type, memory_type, vector
from taeda.codegen.scalars.convert import cast
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import (
    Reader,
    advance,
    as_number,
    combine,
    compute_type,
    copy_function,
    leave_if,
    load_wide,
    offset_of,
    positions,
    start_kernel,
)
from taeda.ir.dtype import NARROW, info, itemsize

MODES = ("read", "collect", "check", "write", "sum", "prod", "amax", "amin")
INDEX_DTYPES = ("int64", "int32", "uint8")
AHEAD = 8  # rows of a sum that are asked for before their turn: parts of rows defeat the processor's own prefetching
MOVES = ("read", "check", "write")  # modes that compute nothing
READS = ("read", "collect")  # modes from indexed to regular


def emit_index(target: Target, *, mode: str, regular: str, indexed: str, indices: Sequence[str], safe: int,
               collision: int = 0, inner_safe: bool = True, inner_indexed: bool, wrap: bool, skip: bool = False) -> str:
    """The kernel described above.

    `regular`, `indexed`: dtypes; they differ only in a reduction, where what is written to is accumulated in.
    `indices`: dtypes of the index tensors. `inner_safe`: the innermost loop is along the last safe dimension, not the
    last collision dimension. `inner_indexed`: some index depends on the innermost dimension.
    `wrap`: negative indices count from the end.
    """
    if mode not in MODES or (regular if mode in READS else indexed) in NARROW and mode not in MOVES:
        raise ValueError(f"mode {mode!r} on {indexed}")
    if mode in MOVES and regular != indexed:
        raise ValueError(f"{mode} from {regular} to {indexed}")
    if (safe if inner_safe else collision) < 1 or any(d not in INDEX_DTYPES for d in indices):
        raise ValueError("emit_index needs an innermost dimension and integer indices")
    module, f, arguments = start_kernel(target)
    writer = _IndexWriter(f, mode, regular, indexed, wrap)
    reader = Reader(f, arguments)
    block = reader.one()
    rank = safe + collision
    sizes = reader.many(rank)
    regular_strides, indexed_strides = reader.many(rank), reader.many(rank)
    index_strides = [reader.many(rank) for _ in indices]
    writer.bounds = [tuple(reader.many(2)) for _ in indices]
    writer.skip = reader.one() if skip else None
    writer.indices = list(indices)
    writer.fault = arguments.fault
    offset = 0 if mode == "check" else 1
    first, last = arguments.data(0), arguments.data(0 if mode == "check" else len(indices) + 1)
    regular_base, indexed_base = (last, first) if mode in READS else (first, last)
    index_bases = [arguments.data(k + offset) for k in range(len(indices))]
    bases = [regular_base, indexed_base, *index_bases]
    strides = [regular_strides, indexed_strides, *index_strides]

    # The dimensions that one work item is made of, the ones walked inside it, and the innermost.
    if inner_safe:
        inner = safe - 1
        item_dims, walked = list(range(safe - 1)), list(range(safe, rank))
        blocks = f.ceil_div(sizes[inner], block)
        item_sizes = [*(sizes[d] for d in item_dims), blocks]
    else:
        inner = rank - 1
        item_dims, walked = list(range(safe)), list(range(safe, rank - 1))
        item_sizes = [sizes[d] for d in item_dims]
    inner_strides = [s[inner] for s in strides]
    elements = [itemsize(regular), itemsize(indexed)]

    def item(_: Value, *at: Value) -> Sequence[Value]:
        starts = [offset_of(f, base, at[: len(item_dims)], [s[d] for d in item_dims])
                  for base, s in zip(bases, strides, strict=True)]
        count = sizes[inner]
        if inner_safe:
            begin = at[-1] * block
            starts = [f.at(start, begin * stride) for start, stride in zip(starts, inner_strides, strict=True)]
            count = f.minimum(block, count - begin)

        def row(here: list[Value]) -> None:
            pointers = [offset_of(f, start, here, [s[d] for d in walked])
                        for start, s in zip(starts, strides, strict=True)]
            def whole_row() -> None:
                ahead = regular_strides[walked[-1]] * AHEAD if walked and mode not in READS else None
                writer.row(pointers, inner_strides, count, index_bases, elements, ahead)
            if inner_indexed:  # as far as is known here: an index that was expanded has a stride of 0
                expanded = functools.reduce(and_, (stride.equals(0) for stride in inner_strides[2:]))
                f.branch(expanded, whole_row,
                         lambda: writer.points(pointers, inner_strides, count, index_bases))
            else:
                whole_row()

        def level(k: int, here: list[Value]) -> None:
            if k == len(walked):
                row(here)
            else:
                f.loop(0, sizes[walked[k]], lambda i: level(k + 1, [*here, i]))
        level(0, [])
        return advance(f, at, item_sizes) if at else ()

    f.loop(f["begin"], f["end"], item, carry=positions(f, f["begin"], item_sizes) if item_sizes else ())
    f.ret(0)
    return module.text()


def _as_int64(value: Value, dtype: str) -> Value:
    """Loaded indices of `dtype`."""
    return value.convert("sext" if info(dtype).is_signed else "zext", "i64")


class _IndexWriter:
    """What happens at a point or a row of the space once the pointers are known."""

    def __init__(self, f: FunctionWriter, mode: str, regular: str, indexed: str, wrap: bool) -> None:
        self.f, self.mode, self.regular, self.indexed, self.wrap = f, mode, regular, indexed, wrap
        self.bounds: list[tuple[Value, ...]] = []
        self.indices: list[str] = []
        self.skip: Value | None = None
        self.fault: Value = f["arguments"]

    def displacement(self, pointers: Sequence[Value], bases: Sequence[Value]) -> tuple[Value, Value | None]:
        """The bytes that the indices at `pointers` add to the indexed operand, checked, and whether to do it."""
        f = self.f
        total: Value | None = None
        wanted: Value | None = None
        for k, (pointer, dtype, (bound, stride)) in enumerate(zip(pointers, self.indices, self.bounds, strict=True)):
            raw = f.load(compute_type(dtype), pointer)
            at = self._wrapped(raw, dtype, bound)
            bad = at.compare("uge", bound)
            if self.skip is not None:
                wanted = _as_int64(raw, dtype).differs(self.skip)
                bad = bad & wanted
            leave_if(f, bad, k + 1, self.fault,
                     functools.partial(self._found, raw, bound, pointer, bases[k], dtype))
            total = at * stride if total is None else total + at * stride
        return (f.constant(0) if total is None else total), wanted

    def _found(self, raw: Value, bound: Value, pointer: Value, base: Value, dtype: str) -> list[Value]:
        """The words of a fault: the index, its bound, its position in the index tensor."""
        ends = [self.f.cast("ptrtoint", p, "i64") for p in (pointer, base)]
        return [_as_int64(raw, dtype), bound, (ends[0] - ends[1]) // itemsize(dtype)]

    def move(self, regular: Value, indexed: Value, lanes: int = 0) -> None:
        """One element, or `lanes` adjacent ones."""
        f = self.f
        if self.mode == "check":
            return
        if self.mode in MOVES:
            source, destination = (indexed, regular) if self.mode == "read" else (regular, indexed)
            f.store(f.load(bits_type(self.indexed), source), destination)
            return
        (origin, given), (target, kept) = (regular, self.regular), (indexed, self.indexed)
        if self.mode in READS:
            (origin, given), (target, kept) = (target, kept), (origin, given)
        new = cast(f, load_wide(f, origin, given, lanes), as_number(given), as_number(kept))
        old = load_wide(f, target, kept, lanes)
        f.store(combine(f, "sum" if self.mode == "collect" else self.mode, old, new, kept), target)

    def points(self, pointers: Sequence[Value], strides: Sequence[Value], count: Value, bases: Sequence[Value]) -> None:
        """Along an innermost dimension on which an index depends: an index look-up per element.

        That the others lie side by side and the indexed operand does not move is the usual case, with loops of its own:
        of few instructions, so that many look-ups are under way at once."""
        f = self.f
        steps = [0 if self.mode == "check" else itemsize(self.regular), 0, *(itemsize(d) for d in self.indices)]

        def walk(strides: Sequence[Value | int], begin: Value | int = 0, end: Value = count) -> None:
            def point(i: Value) -> None:
                here = [f.at(p, i * s) if isinstance(s, Value) or s else p
                        for p, s in zip(pointers, strides, strict=True)]
                displacement, wanted = self.displacement(here[2:], bases)
                def act() -> None:
                    self.move(here[0], f.at(here[1], displacement))
                act() if wanted is None else f.branch(wanted, act)
            f.loop(begin, end, point)

        def check() -> None:
            """Some indices at once; only where one of them is bad, one after the other."""
            lanes = f.module.target.lanes(8)
            whole = count - count % lanes

            def several(i: Value) -> None:
                bad = []
                for p, dtype, (bound, _) in zip(pointers[2:], self.indices, self.bounds, strict=True):
                    bounds = f.splat(bound, lanes)
                    found = f.load(vector(lanes, memory_type(dtype)), f.at(p, i * itemsize(dtype)), 1)
                    bad.append(self._wrapped(found, dtype, bounds).compare("uge", bounds))
                f.branch(f.any(functools.reduce(or_, bad)), lambda: walk(steps, i, i + lanes))
            f.loop(0, whole, several, step=lanes)
            walk(steps, whole)
        def are(steps: Sequence[int]) -> Value:
            return functools.reduce(and_, (s.equals(n) for s, n in zip(strides, steps, strict=True)))

        def others() -> None:
            one = [0, *steps[1:]]  # a single number that is added everywhere, as bincount does
            f.branch(are(one), lambda: walk(one), lambda: walk(strides)) if self.mode == "sum" else walk(strides)
        f.branch(are(steps), check if self.mode == "check" else lambda: walk(steps), others)

    def _wrapped(self, value: Value, dtype: str, bound: Value) -> Value:
        """Loaded indices as int64, counted from the front."""
        value = _as_int64(value, dtype)
        return (value < 0).select(value + bound, value) if self.wrap else value

    def row(self, pointers: Sequence[Value], strides: Sequence[Value], count: Value, bases: Sequence[Value],
            elements: Sequence[int], ahead: Value | None) -> None:
        """Along an innermost dimension that no index depends on: one look-up, then a row of elements."""
        f = self.f
        displacement, wanted = self.displacement(pointers[2:], bases)
        if self.mode == "check":
            return
        regular, indexed = pointers[0], f.at(pointers[1], displacement)
        adjacent = strides[0].equals(elements[0]) & strides[1].equals(elements[1])

        def strided() -> None:
            f.loop(0, count, lambda i: self.move(f.at(regular, i * strides[0]), f.at(indexed, i * strides[1])))

        def together() -> None:
            if self.mode in MOVES:
                source, destination = (indexed, regular) if self.mode == "read" else (regular, indexed)
                f.call(copy_function(f.module), destination, source, count * elements[0])
                return
            lanes = f.module.target.lanes(max(elements))
            def at(i: Value, lanes: int) -> None:
                if ahead is not None and lanes:
                    f.prefetch(f.at(f.at(regular, ahead), i * elements[0]), locality=3)
                self.move(f.at(regular, i * elements[0]), f.at(indexed, i * elements[1]), lanes)
            vectors = count - count % lanes
            f.loop(0, vectors, lambda i: at(i, lanes), step=lanes)
            f.loop(vectors, count, lambda i: at(i, 0))

        def backwards() -> None:
            """What flip does along the last dimension."""
            lanes = max(1, f.module.target.lanes(elements[0]))
            type = vector(lanes, bits_type(self.indexed))
            whole = count - count % lanes

            def several(i: Value) -> None:
                source = f.at(indexed, (1 - i - lanes) * elements[0])
                value = f.emit(type, f"load {type}, ptr {source.text}, align {elements[0]}")
                f.store(f.shuffle(value, value, range(lanes)[::-1]), f.at(regular, i * elements[0]))
            f.loop(0, whole, several, step=lanes)
            f.loop(whole, count, lambda i: self.move(f.at(regular, i * strides[0]), f.at(indexed, i * strides[1])))

        def act() -> None:
            if self.mode == "read":
                turned = strides[0].equals(elements[0]) & strides[1].equals(-elements[1])
                f.branch(adjacent, together, lambda: f.branch(turned, backwards, strided))
            else:
                f.branch(adjacent, together, strided)
        act() if wanted is None else f.branch(wanted, act)
