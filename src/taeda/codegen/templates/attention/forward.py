"""Scaled dot-product attention, forward, in one pass over the keys (FlashAttention, Dao et al. 2022).

For a block of queries the keys are taken in blocks of `KEY_BLOCK`; a running maximum and sum per query make the
softmax exact without the matrix of scores ever being in memory. Scores are kept in base 2: scale and log2(e) go into
the queries once. With `causal`, blocks of keys after the last query of the block are not looked at.

Operands `[query, key, value, (mask), result, statistics, (extra operands of the epilogue)]`. result is contiguous
(batch, heads, queries, value features); statistics is (batch, heads, 2, queries): the maximum of the scores in base 2,
and one over the sum of 2**(score - maximum), 0 for a query without any key. Other strides are free.

Integers: `[heads, group, queries, keys, features, value_features, query strides (batch, head, row, feature),
key strides, value strides, (mask strides (batch, head, query, key)), (strides of each extra operand (batch, head,
query, feature))]`, strides in bytes. Head h uses key and value head h // group. Scalars: `[scale, (those of the
epilogue)]`, doubles. Work: batch * heads * blocks of queries (`query_blocks`). Scratch: `scratch_bytes`.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import Arguments, FunctionWriter, Value
from taeda.codegen.target import Target
from taeda.codegen.templates.attention.parts import (
    KEY_BLOCK,
    LOG2_E,
    Shape,
    accumulate,
    apply_causal,
    apply_mask,
    exp2,
    load_row,
    products,
    shape_of,
    store_row,
    transpose_in,
    transpose_out,
)
from taeda.codegen.templates.finish import Finisher
from taeda.codegen.templates.rows import Reader, start_kernel
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr

MAXIMUM_QUERIES = 64  # no target has larger blocks: enough for the size of scratch


def query_block(target: Target, dtype: str) -> int:
    return shape_of(target, dtype).queries


def scratch_bytes(features: Any, value_features: Any, itemsize: int) -> Any:
    """What one work item needs, for any target, with an epilogue or not."""
    return (features + 2 * value_features + KEY_BLOCK + 2 * 8) * (MAXIMUM_QUERIES * itemsize)


class Geometry:
    """The integers that forward and backward have in common, and the pointers of one (batch, head)."""

    def __init__(self, f: FunctionWriter, arguments: Arguments, reader: Reader, mask: bool) -> None:
        self.f = f
        self.heads, self.group, self.queries, self.keys, self.features, self.value_features = reader.many(6)
        self.query, self.key, self.value = reader.many(4), reader.many(4), reader.many(4)
        self.mask = reader.many(4) if mask else []
        self.integers = reader.position

    def start(self, base: Value, strides: list[Value], batch: Value, head: Value) -> Value:
        return self.f.at(base, batch * strides[0] + head * strides[1])


def scale_of(f: FunctionWriter, arguments: Arguments, shape: Shape) -> Value:
    """The scale, in the type of arithmetic."""
    scale = f.load("double", arguments.scalars)
    return f.cast("fptrunc", scale, "float") if shape.type == "float" else scale


def emit_attention(target: Target, *, dtype: str, causal: bool, mask: str | None, epilogue: Expr | None = None) -> str:
    """The kernel described above. dtype 'float32' or 'float64'; mask None, 'bool' or 'float' (of the same dtype)."""
    module, f, arguments = start_kernel(target)
    shape = shape_of(target, dtype)
    size = itemsize(dtype)
    finish = None if epilogue is None else Finisher(module, epilogue, dtype, shape.lanes)
    g = Geometry(f, arguments, Reader(f, arguments), mask is not None)
    query, key, value = (arguments.data(k) for k in range(3))
    mask_base = arguments.data(3) if mask else query
    result, statistics = (arguments.data(k + (4 if mask else 3)) for k in range(2))
    factor = scale_of(f, arguments, shape) * LOG2_E
    transposed = arguments.scratch
    sums = f.at(transposed, g.features * shape.row)
    scores = f.at(sums, g.value_features * shape.row)
    spare = f.at(scores, (KEY_BLOCK + 8) * shape.row)
    kept = f.at(spare, 8 * shape.row)
    blocks = f.ceil_div(g.queries, shape.queries)
    if finish is not None:
        finish.start(f, arguments, 6 if mask else 5, g.integers, 4, 1)

    def item(w: Value) -> None:
        # The last blocks of queries have the most keys under a causal mask: they go first.
        block = blocks - 1 - w % blocks if causal else w % blocks
        head_number = w // blocks
        batch, head = head_number // g.heads, head_number % g.heads
        first = block * shape.queries
        rows = f.minimum(f.constant(shape.queries), g.queries - first)
        key_head = head // g.group
        q = f.at(g.start(query, g.query, batch, head), first * g.query[2])
        k = g.start(key, g.key, batch, key_head)
        v = g.start(value, g.value, batch, key_head)
        m = f.at(g.start(mask_base, g.mask, batch, head), first * g.mask[2]) if mask else None
        transpose_in(f, shape, q, g.query[2], g.query[3], g.features, rows, factor, transposed)
        zeros = [f.constant(0.0, shape.vector)] * shape.vectors
        f.loop(0, g.value_features, lambda d: store_row(f, zeros, f.at(sums, d * shape.row), shape))
        limit = f.minimum(g.keys, first + rows) if causal else g.keys

        def key_block(j: Value, *state: Value) -> list[Value]:
            maximum, total = state[:shape.vectors], state[shape.vectors:]
            count = f.minimum(f.constant(KEY_BLOCK), limit - j)
            products(f, shape, transposed, g.features, f.at(k, j * g.key[2]), g.key[2], g.key[3], count, scores)
            if m is not None:
                apply_mask(f, shape, scores, count, f.at(m, j * g.mask[3]), mask or "", g.mask[2], g.mask[3], rows)
            if causal:
                f.branch(j + count > first + 1,
                         lambda: apply_causal(f, shape, scores, count, j, first))
            largest = f.loop(0, count, lambda i, *best: _maxima(f, shape, f.at(scores, i * shape.row), best),
                             carry=maximum)
            safe = [f.select(x.compare("oeq", float("-inf")), 0.0, x) for x in largest]
            shrink = [exp2(f, old - new) for old, new in zip(maximum, safe, strict=True)]
            kept = [t * s for t, s in zip(total, shrink, strict=True)]

            def weights(i: Value, *sums: Value) -> list[Value]:
                here = f.at(scores, i * shape.row)
                p = [exp2(f, s - x) for s, x in zip(load_row(f, here, shape), safe, strict=True)]
                store_row(f, p, here, shape)
                return [t + x for t, x in zip(sums, p, strict=True)]
            sum_of_weights = f.loop(0, count, weights, carry=kept)
            accumulate(f, shape, sums, g.value_features, scores, f.at(v, j * g.value[2]), g.value[2], g.value[3],
                       count, shrink)
            return [*largest, *sum_of_weights]

        lowest = [f.constant(float("-inf"), shape.vector)] * shape.vectors
        state = f.loop(0, limit, key_block, step=KEY_BLOCK, carry=[*lowest, *zeros])
        maximum, total = state[:shape.vectors], state[shape.vectors:]
        safe = [f.select(x.compare("oeq", float("-inf")), 0.0, x) for x in maximum]
        empty = [t.compare("oeq", 0.0) for t in total]
        one = f.constant(1.0, shape.vector)
        inverse = [f.select(e, 0.0, one / t) for e, t in zip(empty, total, strict=True)]
        row_bytes = g.value_features * size
        number = (head_number * g.queries + first) * g.value_features
        if finish is None:
            transpose_out(f, shape, sums, g.value_features, rows, f.at(result, number * size), row_bytes, inverse)
        else:
            transpose_out(f, shape, sums, g.value_features, rows, kept, row_bytes, inverse)
            finish.rows(kept, row_bytes, f.at(result, number * finish.stored), g.value_features * finish.stored,
                        (batch, head, first, 0), rows, g.value_features)
        store_row(f, safe, spare, shape)
        store_row(f, inverse, f.at(spare, shape.row), shape)
        place = f.at(statistics, (head_number * 2 * g.queries + first) * size)

        def keep(i: Value) -> None:
            for s in range(2):
                f.store(f.load(shape.type, f.at(spare, i * size + s * shape.row)),
                        f.at(place, (i + s * g.queries) * size if s else i * size))
        f.loop(0, rows, keep)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def _maxima(f: FunctionWriter, shape: Shape, row: Value, best: tuple[Value, ...]) -> list[Value]:
    """The larger of each; a NaN score becomes a NaN weight whatever the maximum is."""
    return [f.select(s.compare("ogt", b), s, b) for b, s in zip(best, load_row(f, row, shape), strict=True)]
