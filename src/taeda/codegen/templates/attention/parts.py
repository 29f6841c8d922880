"""Pieces of the attention kernels: tiles of products whose vector lanes are queries, exp2, blocks copied into scratch.

A block of queries is `lanes × vectors` wide. It is kept transposed in scratch, one row of queries per feature, so that
everything per query (running maximum, sum, scale) is a vector and the softmax needs no horizontal operation, and so
that keys and values are read as scalars, whatever their strides are: nothing of them is packed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from taeda.codegen.llvm import FunctionWriter, Value, vector
from taeda.codegen.scalars import float32, float64
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import compute_type
from taeda.ir.dtype import itemsize

KEY_BLOCK = 64
LOG2_E = 1.4426950408889634


@dataclass(frozen=True)
class Shape:
    """How a block is cut for a target: `lanes` per vector, `vectors` of queries, rows of a product tile.

    vectors * tile accumulators, a row of vectors and a broadcast fit in the registers."""

    type: str
    size: int
    lanes: int
    vectors: int
    tile: int

    @property
    def queries(self) -> int:
        return self.lanes * self.vectors

    @property
    def row(self) -> int:
        """Bytes of a row of queries."""
        return self.queries * self.size

    @property
    def vector(self) -> str:
        return vector(self.lanes, self.type)


def shape_of(target: Target, dtype: str) -> Shape:
    vectors, tile = (2, 8) if target.vector_registers >= 32 else (2, 6)
    return Shape(compute_type(dtype), itemsize(dtype), target.lanes(itemsize(dtype)), vectors, tile)


def padded(f: FunctionWriter, count: Value, shape: Shape) -> Value:
    """`count` rounded up to whole vectors."""
    return f.ceil_div(count, shape.lanes) * shape.lanes


def exp2(f: FunctionWriter, x: Value) -> Value:
    """2**x for x <= 0."""
    return (float64 if x.kind == "double" else float32).exp2_nonpositive(f, x)


def horizontal_sum(f: FunctionWriter, value: Value) -> Value:
    """The sum of the lanes, as a tree."""
    lanes = value.lanes
    while lanes > 1:
        lanes //= 2
        value = f.shuffle(value, value, range(lanes)) + f.shuffle(value, value, range(lanes, 2 * lanes))
    return f.extract(value, 0)


def load_row(f: FunctionWriter, pointer: Value, shape: Shape) -> list[Value]:
    """The vectors of one row of queries."""
    return [f.load(shape.vector, f.at(pointer, n * shape.lanes * shape.size)) for n in range(shape.vectors)]


def store_row(f: FunctionWriter, values: Sequence[Value], pointer: Value, shape: Shape) -> None:
    for n, value in enumerate(values):
        f.store(value, f.at(pointer, n * shape.lanes * shape.size))


def splat_load(f: FunctionWriter, pointer: Value, shape: Shape) -> Value:
    return f.splat(f.load(shape.type, pointer), shape.lanes)


def tiles(f: FunctionWriter, count: Value, tile: int, body: Callable[[Value, int], None]) -> None:
    """body(first, tile) for whole tiles of [0, count), then body(first, 1) for what is left."""
    whole = count - count % tile
    f.loop(0, whole, lambda i: body(i, tile), step=tile)
    if tile > 1:
        f.loop(whole, count, lambda i: body(i, 1))


def products(f: FunctionWriter, shape: Shape, transposed: Value, features: Value, rows: Value, row_stride: Value,
             feature_stride: Value, count: Value, result: Value) -> None:
    """result[k][q] = sum over d of rows[k][d] * transposed[d][q] for k < count (in scratch: rounded up to a tile).

    The sum is over d in order, one accumulator per element."""
    def tile(k: Value) -> None:
        last = count - 1
        pointers = [f.at(rows, (k if r == 0 else f.minimum(k + r, last)) * row_stride) for r in range(shape.tile)]
        zero = f.constant(0.0, shape.vector)

        def step(d: Value, offset: Value, *sums: Value) -> list[Value]:
            queries = load_row(f, f.at(transposed, d * shape.row), shape)
            new = []
            for r in range(shape.tile):
                x = splat_load(f, f.at(pointers[r], offset), shape)
                new += [f.fma(x, q, sums[r * shape.vectors + n]) for n, q in enumerate(queries)]
            return [offset + feature_stride, *new]
        _, *sums = f.loop(0, features, step, carry=[f.constant(0), *[zero] * (shape.tile * shape.vectors)])
        for r in range(shape.tile):
            store_row(f, sums[r * shape.vectors:(r + 1) * shape.vectors], f.at(result, (k + r) * shape.row), shape)
    f.loop(0, count, tile, step=shape.tile)


def accumulate(f: FunctionWriter, shape: Shape, result: Value, features: Value, weights: Value, rows: Value,
               row_stride: Value, feature_stride: Value, count: Value, factor: Sequence[Value] | None = None) -> None:
    """result[d][q] = result[d][q] * factor[q] + sum over k < count of rows[k][d] * weights[k][q], in the order of k."""
    def tile(d: Value, height: int) -> None:
        pointers = [f.at(rows, (d + r) * feature_stride) for r in range(height)]
        before: list[Value] = []
        for r in range(height):
            row = load_row(f, f.at(result, (d + r) * shape.row), shape)
            before += row if factor is None else [v * c for v, c in zip(row, factor, strict=True)]

        def step(k: Value, offset: Value, *sums: Value) -> list[Value]:
            queries = load_row(f, f.at(weights, k * shape.row), shape)
            new = []
            for r in range(height):
                x = splat_load(f, f.at(pointers[r], offset), shape)
                new += [f.fma(x, q, sums[r * shape.vectors + n]) for n, q in enumerate(queries)]
            return [offset + row_stride, *new]
        _, *sums = f.loop(0, count, step, carry=[f.constant(0), *before])
        for r in range(height):
            store_row(f, sums[r * shape.vectors:(r + 1) * shape.vectors], f.at(result, (d + r) * shape.row), shape)
    tiles(f, features, shape.tile, tile)


def spread(f: FunctionWriter, shape: Shape, result: Value, columns: Value, weights: Value, queries: Value,
           leading: Value, rows: Value, count: Value) -> None:
    """result[k][d] += sum over q < rows of weights[k][q] * queries[q][d]: the lanes are features here.

    `result` is a matrix of `columns` per row in memory; `queries` is in scratch with `leading` bytes a row."""
    height = shape.tile

    def block(k: Value, height: int) -> None:
        def column(d: Value, vectors: int, lanes: int) -> None:
            type = vector(lanes, shape.type) if lanes > 1 else shape.type
            width = lanes * shape.size
            places = [f.at(result, ((k + r) * columns + d) * shape.size) for r in range(height)]
            weight = [f.at(weights, (k + r) * shape.row) for r in range(height)]
            source = f.at(queries, d * shape.size)
            before = [f.load(type, f.at(p, n * width)) for p in places for n in range(vectors)]

            def step(q: Value, *sums: Value) -> list[Value]:
                here = f.at(source, q * leading)
                loaded = [f.load(type, f.at(here, n * width)) for n in range(vectors)]
                new = []
                for r in range(height):
                    x = f.load(shape.type, f.at(weight[r], q * shape.size))
                    x = f.splat(x, lanes) if lanes > 1 else x
                    new += [f.fma(x, v, sums[r * vectors + n]) for n, v in enumerate(loaded)]
                return new
            sums = f.loop(0, rows, step, carry=before)
            for r in range(height):
                for n in range(vectors):
                    f.store(sums[r * vectors + n], f.at(places[r], n * width))
        pair = columns - columns % (2 * shape.lanes)
        single = columns - columns % shape.lanes
        f.loop(0, pair, lambda d: column(d, 2, shape.lanes), step=2 * shape.lanes)
        f.loop(pair, single, lambda d: column(d, 1, shape.lanes), step=shape.lanes)
        f.loop(single, columns, lambda d: column(d, 1, 1))
    tiles(f, count, height, block)


def transpose_in(f: FunctionWriter, shape: Shape, source: Value, row_stride: Value, feature_stride: Value,
                 features: Value, rows: Value, factor: Value | None, result: Value) -> None:
    """result[d][q] = source[min(q, rows - 1)][d] * factor: the lanes after the last row repeat it."""
    last = rows - 1

    def one(q: Value) -> None:
        here = f.at(source, f.minimum(q, last) * row_stride)

        def element(d: Value) -> None:
            x = f.load(shape.type, f.at(here, d * feature_stride))
            f.store(x if factor is None else x * factor, f.at(result, d * shape.row + q * shape.size))
        f.loop(0, features, element)
    f.loop(0, f.constant(shape.queries), one)


def transpose_out(f: FunctionWriter, shape: Shape, source: Value, features: Value, rows: Value, result: Value,
                  row_stride: Value, factor: Sequence[Value] | None = None) -> None:
    """result[q][d] = source[d][q] * factor[q] for q < rows; features are adjacent in `result`. Overwrites `source`."""
    if factor is not None:
        def scale(d: Value) -> None:
            here = f.at(source, d * shape.row)
            store_row(f, [v * c for v, c in zip(load_row(f, here, shape), factor, strict=True)], here, shape)
        f.loop(0, features, scale)

    def one(q: Value) -> None:
        here = f.at(result, q * row_stride)

        def element(d: Value) -> None:
            f.store(f.load(shape.type, f.at(source, d * shape.row + q * shape.size)), f.at(here, d * shape.size))
        f.loop(0, features, element)
    f.loop(0, rows, one)


def lane_numbers(f: FunctionWriter, shape: Shape, first: Value) -> list[Value]:
    """The i64 numbers of the queries of a row: first, first + 1, ..."""
    start = f.splat(first, shape.lanes)
    def numbers(begin: int) -> Value:
        text = ", ".join(f"i64 {begin + i}" for i in range(shape.lanes))
        return Value(f, vector(shape.lanes, "i64"), f"<{text}>")
    return [start + numbers(n * shape.lanes) for n in range(shape.vectors)]


def apply_causal(f: FunctionWriter, shape: Shape, scores: Value, count: Value, first_key: Value,
                 first_query: Value) -> None:
    """scores[k][q] = -inf where key first_key + k is after query first_query + q."""
    numbers = lane_numbers(f, shape, first_query)

    def row(k: Value) -> None:
        here = f.at(scores, k * shape.row)
        key = f.splat(first_key + k, shape.lanes)
        store_row(f, [f.select(key.compare("sle", q), s, float("-inf"))
                      for q, s in zip(numbers, load_row(f, here, shape), strict=True)], here, shape)
    f.loop(0, count, row)


def apply_mask(f: FunctionWriter, shape: Shape, scores: Value, count: Value, mask: Value, kind: str,
               query_stride: Value, key_stride: Value, rows: Value) -> None:
    """Add a mask of the scores' type times log2(e) ('float'), or put -inf where a 'bool' mask is false.

    mask points at (first query, first key); strides in bytes. Queries at and after `rows` repeat the last."""
    last = rows - 1
    type = "i8" if kind == "bool" else shape.type

    def combine(score: Value, value: Value) -> Value:
        if kind == "bool":
            return f.select(value.compare("ne", 0), score, float("-inf"))
        return f.fma(value, f.coerce(LOG2_E, value.type), score)

    def one_per_key(k: Value) -> None:
        value = f.splat(f.load(type, f.at(mask, k * key_stride)), shape.lanes)
        here = f.at(scores, k * shape.row)
        store_row(f, [combine(s, value) for s in load_row(f, here, shape)], here, shape)

    def one_per_score(k: Value) -> None:
        column = f.at(mask, k * key_stride)
        here = f.at(scores, k * shape.row)

        def element(q: Value) -> None:
            place = f.at(here, q * shape.size)
            f.store(combine(f.load(shape.type, place), f.load(type, f.at(column, f.minimum(q, last) * query_stride))),
                    place)
        f.loop(0, f.constant(shape.queries), element)

    f.branch(query_stride.equals(0), lambda: f.loop(0, count, one_per_key), lambda: f.loop(0, count, one_per_score))
