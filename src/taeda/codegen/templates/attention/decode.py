"""Scaled dot-product attention for few queries, as in generating text: bound by the reading of keys and values.

The same function, operands, integers, scalars and statistics as `attention.py`; here the vector lanes are features,
and a work item is one query. Features of key and value must be adjacent in memory. Work: batch * heads * queries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from taeda.codegen.llvm import FunctionWriter, Value, vector
from taeda.codegen.scalars.convert import round_to
from taeda.codegen.target import Target
from taeda.codegen.templates.attention.forward import Geometry, scale_of
from taeda.codegen.templates.attention.parts import KEY_BLOCK, LOG2_E, Shape, exp2, horizontal_sum, shape_of
from taeda.codegen.templates.finish import Finisher
from taeda.codegen.templates.rows import Reader, load_wide, start_kernel
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr

KEYS = 4  # keys whose products with the query are summed side by side


def scratch_bytes(features: Any, value_features: Any, itemsize: int) -> Any:
    return (features + value_features + KEY_BLOCK + 16) * itemsize


@dataclass(frozen=True)
class Rows:
    """Keys or values in memory, `stride` bytes apart, whose features are neighbours of `dtype`; in int8 with a scale
    for each row, the number being code * scale rounded to the dtype `rounded`."""

    f: FunctionWriter
    dtype: str
    base: Value
    stride: Value
    scales: Value | None = None
    scale_stride: Value | None = None
    rounded: str = ""

    def starting(self, row: Value) -> Rows:
        """Those from a row on."""
        scales = None if self.scales is None else self.f.at(self.scales, row * self.scale_stride)
        return replace(self, base=self.f.at(self.base, row * self.stride), scales=scales)

    def columns(self, feature: Value) -> Rows:
        """The same rows from a feature on."""
        return replace(self, base=self.f.at(self.base, feature * itemsize(self.dtype)))

    def row(self, number: Value) -> Callable[[Value | int, int], Value]:
        """Gives a function that loads so many features (0: one, no vector) from a feature on, in the type of
        arithmetic."""
        f, size = self.f, itemsize(self.dtype)
        start = f.at(self.base, number * self.stride)
        if self.scales is None:
            return lambda feature, lanes: load_wide(f, f.at(start, feature * size), self.dtype, lanes)
        scale = f.load("float", f.at(self.scales, number * self.scale_stride))

        def load(feature: Value | int, lanes: int) -> Value:
            code = f.load(vector(lanes, "i8") if lanes else "i8", f.at(start, feature * size))
            number = code.convert("sext", "i32").convert("sitofp", "float")
            number = number * (f.splat(scale, lanes) if lanes else scale)
            return number.convert("fpext", "double") if self.rounded == "float64" else round_to(f, number, self.rounded)
        return load


# Calls body(place in the block, count, keys, values) for the parts of the block of keys first..first+count that lie
# side by side in memory.
Blocks = Callable[[Value, Value, Callable[[Value | int, Value, Rows, Rows], None]], None]


class Query:
    """Attention of one query at a time, in scratch: the query, the scores of a block of keys, the sums of values."""

    def __init__(self, f: FunctionWriter, shape: Shape, scratch: Value, features: Value, value_features: Value) -> None:
        self.f, self.shape, self.features, self.value_features = f, shape, features, value_features
        self.row = scratch
        self.scores = f.at(self.row, features * shape.size)
        self.sums = f.at(self.scores, KEY_BLOCK * shape.size)

    def attend(self, load: Callable[[Value], Value], first: Value | int, limit: Value, blocks: Blocks,
               mask: Callable[[Value, Value], None] | None = None) -> tuple[Value, Value]:
        """The sums of values of keys first..limit, their largest score in base 2, and one over the sum of weights.

        `load(d)` is the query, times the scale; `mask(j, count)` changes the scores of a block."""
        f, shape, scores = self.f, self.shape, self.scores
        size, lanes = shape.size, shape.lanes
        lowest = f.constant(float("-inf"), shape.type)
        f.loop(0, self.features, lambda d: f.store(load(d), f.at(self.row, d * size)))
        f.loop(0, self.value_features, lambda d: f.store(f.constant(0.0, shape.type), f.at(self.sums, d * size)))

        def key_block(j: Value, maximum: Value, total: Value) -> list[Value]:
            count = f.minimum(f.constant(KEY_BLOCK), limit - j)
            f.loop(0, f.constant(KEY_BLOCK),
                   lambda i: f.store(f.splat(lowest, lanes), f.at(scores, i * size)), step=lanes)
            blocks(j, count, lambda i, some, keys, values: _scores(
                f, shape, self.row, self.features, keys, some, f.at(scores, i * size)))
            if mask is not None:
                mask(j, count)
            (largest,) = f.loop(0, f.constant(KEY_BLOCK), lambda i, best: [_larger(
                f, f.load(shape.vector, f.at(scores, i * size)), best)], step=lanes, carry=[f.splat(maximum, lanes)])
            new = _horizontal_maximum(f, largest)
            safe = f.select(new.compare("oeq", float("-inf")), 0.0, new)
            shrink = exp2(f, maximum - safe)
            base = f.splat(safe, lanes)

            def weights(i: Value, sum: Value) -> list[Value]:
                p = exp2(f, f.load(shape.vector, f.at(scores, i * size)) - base)
                f.store(p, f.at(scores, i * size))
                return [sum + p]
            (total,) = f.loop(0, f.constant(KEY_BLOCK), weights, step=lanes, carry=[total * f.splat(shrink, lanes)])

            def add(i: Value | int, some: Value, keys: Rows, values: Rows) -> None:
                once = shrink if isinstance(i, int) else f.select(i.equals(0), shrink, 1.0)
                _add_values(f, shape, self.sums, self.value_features, f.at(scores, i * size), values, some, once)
            blocks(j, count, add)
            return [new, total]
        maximum, totals = f.loop(first, limit, key_block, step=KEY_BLOCK,
                                 carry=[lowest, f.constant(0.0, shape.vector)])
        total = horizontal_sum(f, totals)
        safe = f.select(maximum.compare("oeq", float("-inf")), 0.0, maximum)
        return safe, f.select(total.compare("oeq", 0.0), 0.0, f.constant(1.0, shape.type) / total)


def emit_attention_decode(target: Target, *, dtype: str, causal: bool, mask: str | None,
                          epilogue: Expr | None = None) -> str:
    """The kernel described above; parameters as for `emit_attention`."""
    module, f, arguments = start_kernel(target)
    shape = shape_of(target, dtype)
    size, lanes = itemsize(dtype), shape.lanes
    finish = None if epilogue is None else Finisher(module, epilogue, dtype, lanes)
    g = Geometry(f, arguments, Reader(f, arguments), mask is not None)
    query, key, value = (arguments.data(k) for k in range(3))
    mask_base = arguments.data(3) if mask else query
    result, statistics = (arguments.data(k + (4 if mask else 3)) for k in range(2))
    factor = scale_of(f, arguments, shape) * LOG2_E
    one = Query(f, shape, arguments.scratch, g.features, g.value_features)
    if finish is not None:
        finish.start(f, arguments, 6 if mask else 5, g.integers, 4, 1)

    def item(w: Value) -> None:
        at = w % g.queries
        number = w // g.queries
        batch, head = number // g.heads, number % g.heads
        key_head = head // g.group
        q = f.at(g.start(query, g.query, batch, head), at * g.query[2])
        k = Rows(f, dtype, g.start(key, g.key, batch, key_head), g.key[2])
        v = Rows(f, dtype, g.start(value, g.value, batch, key_head), g.value[2])
        m = f.at(g.start(mask_base, g.mask, batch, head), at * g.mask[2]) if mask else None

        def apply_mask(j: Value, count: Value) -> None:
            if m is not None:
                f.loop(0, count, lambda i: _mask(f, shape, mask or "", f.at(one.scores, i * size),
                                                 f.at(m, (j + i) * g.mask[3])))
        limit = f.minimum(g.keys, at + 1) if causal else g.keys
        safe, inverse = one.attend(
            lambda d: f.load(shape.type, f.at(q, d * g.query[3])) * factor, 0, limit,
            lambda j, count, body: body(0, count, k.starting(j), v.starting(j)), apply_mask if mask else None)
        out = f.at(result, w * (g.value_features * size)) if finish is None else one.sums
        f.loop(0, g.value_features, lambda d: f.store(f.load(shape.type, f.at(one.sums, d * size)) * inverse,
                                                      f.at(out, d * size)))
        if finish is not None:
            stored = g.value_features * finish.stored
            finish.rows(one.sums, g.value_features * size, f.at(result, w * stored), stored, (batch, head, at, 0),
                        f.constant(1), g.value_features)
        place = number * 2 * g.queries + at
        f.store(safe, f.at(statistics, place * size))
        f.store(inverse, f.at(statistics, (place + g.queries) * size))

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def _scores(f: FunctionWriter, shape: Shape, row: Value, features: Value, keys: Rows, count: Value,
            scores: Value) -> None:
    """scores[j] = row · keys[j] for j < count."""
    whole = features - features % shape.lanes

    def several(j: Value, rows: int) -> None:
        loads = [keys.row(j + r) for r in range(rows)]

        def step(lanes: int) -> Any:
            def body(d: Value, *sums: Value) -> list[Value]:
                q = f.load(shape.vector if lanes else shape.type, f.at(row, d * shape.size))
                return [f.fma(load(d, lanes), q, s) for load, s in zip(loads, sums, strict=True)]
            return body
        sums = f.loop(0, whole, step(shape.lanes), step=shape.lanes, carry=[f.constant(0.0, shape.vector)] * rows)
        sums = f.loop(whole, features, step(0), carry=[horizontal_sum(f, s) for s in sums])
        for r, sum in enumerate(sums):
            f.store(sum, f.at(scores, (j + r) * shape.size))
    four = count - count % KEYS
    f.loop(0, four, lambda j: several(j, KEYS), step=KEYS)
    f.loop(four, count, lambda j: several(j, 1))


def _add_values(f: FunctionWriter, shape: Shape, sums: Value, features: Value, weights: Value, values: Rows,
                count: Value, shrink: Value) -> None:
    """sums[d] = sums[d] * shrink + sum over j < count of weights[j] * values[j][d]."""
    def columns(d: Value, vectors: int, lanes: int) -> None:
        type = vector(lanes, shape.type) if lanes else shape.type
        step_of = max(lanes, 1)

        def spread(x: Value) -> Value:
            return f.splat(x, lanes) if lanes else x
        here, there = f.at(sums, d * shape.size), values.columns(d)
        places = [f.at(here, n * step_of * shape.size) for n in range(vectors)]

        def step(j: Value, *sums: Value) -> list[Value]:
            x = spread(f.load(shape.type, f.at(weights, j * shape.size)))
            load = there.row(j)
            return [f.fma(x, load(n * step_of, lanes), s) for n, s in enumerate(sums)]
        before = [f.load(type, place) * spread(shrink) for place in places]
        for s, place in zip(f.loop(0, count, step, carry=before), places, strict=True):
            f.store(s, place)
    four = features - features % (4 * shape.lanes)
    one = features - features % shape.lanes
    f.loop(0, four, lambda d: columns(d, 4, shape.lanes), step=4 * shape.lanes)
    f.loop(four, one, lambda d: columns(d, 1, shape.lanes), step=shape.lanes)
    f.loop(one, features, lambda d: columns(d, 1, 0))


def _mask(f: FunctionWriter, shape: Shape, kind: str, score: Value, mask: Value) -> None:
    old = f.load(shape.type, score)
    if kind == "bool":
        f.store(f.select(f.load("i8", mask).compare("ne", 0), old, float("-inf")), score)
    else:
        value = f.load(shape.type, mask)
        f.store(f.fma(value, f.coerce(LOG2_E, value.type), old), score)


def _larger(f: FunctionWriter, new: Value, best: Value) -> Value:
    return f.select(new.compare("ogt", best), new, best)


def _horizontal_maximum(f: FunctionWriter, value: Value) -> Value:
    lanes = int(value.type[1:].split(" x ")[0])
    while lanes > 1:
        lanes //= 2
        value = _larger(f, f.shuffle(value, value, range(lanes)), f.shuffle(value, value, range(lanes, 2 * lanes)))
    return f.extract(value, 0)
