"""Scaled dot-product attention for few queries, as in generating text: bound by the reading of keys and values.

The same function, operands, integers, scalars and statistics as `attention.py`; here the vector lanes are features,
and a work item is one query. Features of key and value must be adjacent in memory. Work: batch * heads * queries.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import FunctionWriter, Value, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.attention.forward import Geometry, scale_of
from taeda.codegen.templates.attention.parts import KEY_BLOCK, LOG2_E, Shape, exp2, horizontal_sum, shape_of
from taeda.codegen.templates.finish import Finisher
from taeda.codegen.templates.rows import Reader, start_kernel
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr

KEYS = 4  # keys whose products with the query are summed side by side


def scratch_bytes(features: Any, value_features: Any, itemsize: int) -> Any:
    return (features + value_features + KEY_BLOCK + 16) * itemsize


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
    row = arguments.scratch
    scores = f.at(row, g.features * size)
    sums = f.at(scores, KEY_BLOCK * size)
    lowest = f.constant(float("-inf"), shape.type)
    if finish is not None:
        finish.start(f, arguments, 6 if mask else 5, g.integers, 4, 1)

    def item(w: Value) -> None:
        at = w % g.queries
        number = w // g.queries
        batch, head = number // g.heads, number % g.heads
        key_head = head // g.group
        q = f.at(g.start(query, g.query, batch, head), at * g.query[2])
        k = g.start(key, g.key, batch, key_head)
        v = g.start(value, g.value, batch, key_head)
        m = f.at(g.start(mask_base, g.mask, batch, head), at * g.mask[2]) if mask else None
        f.loop(0, g.features, lambda d: f.store(f.load(shape.type, f.at(q, d * g.query[3])) * factor,
                                                f.at(row, d * size)))
        f.loop(0, g.value_features, lambda d: f.store(f.constant(0.0, shape.type), f.at(sums, d * size)))
        limit = f.minimum(g.keys, at + 1) if causal else g.keys

        def key_block(j: Value, maximum: Value, total: Value) -> list[Value]:
            count = f.minimum(f.constant(KEY_BLOCK), limit - j)
            f.loop(0, f.constant(KEY_BLOCK),
                   lambda i: f.store(f.splat(lowest, lanes), f.at(scores, i * size)), step=lanes)
            _scores(f, shape, row, g.features, f.at(k, j * g.key[2]), g.key[2], count, scores)
            if m is not None:
                f.loop(0, count, lambda i: _mask(f, shape, mask or "", f.at(scores, i * size),
                                                 f.at(m, (j + i) * g.mask[3])))
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
            _add_values(f, shape, sums, g.value_features, scores, f.at(v, j * g.value[2]), g.value[2], count, shrink)
            return [new, total]
        maximum, totals = f.loop(0, limit, key_block, step=KEY_BLOCK,
                                 carry=[lowest, f.constant(0.0, shape.vector)])
        total = horizontal_sum(f, totals)
        safe = f.select(maximum.compare("oeq", float("-inf")), 0.0, maximum)
        inverse = f.select(total.compare("oeq", 0.0), 0.0, f.constant(1.0, shape.type) / total)
        out = f.at(result, w * (g.value_features * size)) if finish is None else sums
        f.loop(0, g.value_features, lambda d: f.store(f.load(shape.type, f.at(sums, d * size)) * inverse,
                                                      f.at(out, d * size)))
        if finish is not None:
            stored = g.value_features * finish.stored
            finish.rows(sums, g.value_features * size, f.at(result, w * stored), stored, (batch, head, at, 0),
                        f.constant(1), g.value_features)
        place = number * 2 * g.queries + at
        f.store(safe, f.at(statistics, place * size))
        f.store(inverse, f.at(statistics, (place + g.queries) * size))

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def _scores(f: FunctionWriter, shape: Shape, row: Value, features: Value, keys: Value, key_stride: Value, count: Value,
            scores: Value) -> None:
    """scores[j] = row · keys[j] for j < count."""
    whole = features - features % shape.lanes

    def several(j: Value, rows: int) -> None:
        places = [f.at(keys, (j + r) * key_stride) for r in range(rows)]

        def step(type: str) -> Any:
            def body(d: Value, *sums: Value) -> list[Value]:
                q = f.load(type, f.at(row, d * shape.size))
                return [f.fma(f.load(type, f.at(p, d * shape.size)), q, s) for p, s in zip(places, sums, strict=True)]
            return body
        sums = f.loop(0, whole, step(shape.vector), step=shape.lanes, carry=[f.constant(0.0, shape.vector)] * rows)
        sums = f.loop(whole, features, step(shape.type), carry=[horizontal_sum(f, s) for s in sums])
        for r, sum in enumerate(sums):
            f.store(sum, f.at(scores, (j + r) * shape.size))
    four = count - count % KEYS
    f.loop(0, four, lambda j: several(j, KEYS), step=KEYS)
    f.loop(four, count, lambda j: several(j, 1))


def _add_values(f: FunctionWriter, shape: Shape, sums: Value, features: Value, weights: Value, values: Value,
                stride: Value, count: Value, shrink: Value) -> None:
    """sums[d] = sums[d] * shrink + sum over j < count of weights[j] * values[j][d]."""
    def columns(d: Value, vectors: int, lanes: int) -> None:
        type = vector(lanes, shape.type) if lanes > 1 else shape.type
        width = lanes * shape.size

        def spread(x: Value) -> Value:
            return f.splat(x, lanes) if lanes > 1 else x
        here, there = f.at(sums, d * shape.size), f.at(values, d * shape.size)
        before = [f.load(type, f.at(here, n * width)) * spread(shrink) for n in range(vectors)]

        def step(j: Value, *sums: Value) -> list[Value]:
            x = spread(f.load(shape.type, f.at(weights, j * shape.size)))
            source = f.at(there, j * stride)
            return [f.fma(x, f.load(type, f.at(source, n * width)), s) for n, s in enumerate(sums)]
        for n, s in enumerate(f.loop(0, count, step, carry=before)):
            f.store(s, f.at(here, n * width))
    four = features - features % (4 * shape.lanes)
    one = features - features % shape.lanes
    f.loop(0, four, lambda d: columns(d, 4, shape.lanes), step=4 * shape.lanes)
    f.loop(four, one, lambda d: columns(d, 1, shape.lanes), step=shape.lanes)
    f.loop(one, features, lambda d: columns(d, 1, 1))


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
