"""Gradients of scaled dot-product attention by query, key and value.

The scores are computed again, block by block, as in the forward kernel (`attention.py`), whose statistics turn them
into weights at once. A work item is one (batch, key head) with all its queries, so that every sum has one owner and one
order: grad_key and grad_value are summed over the blocks of queries in memory, grad_query in scratch.

    P = 2**(S - maximum) * inverse      dP = grad_output Vᵀ      dS = P (dP - Δ) scale,  Δ = sum(grad_output * output)
    grad_value = Pᵀ grad_output         grad_query = dS K        grad_key = dSᵀ Q

Operands `[query, key, value, (mask), grad_output, output, statistics, grad_query, grad_key, grad_value]`; output,
statistics and the gradients are contiguous. Integers: those of the forward kernel, then the strides of grad_output
(batch, head, row, feature) in bytes. Scalars: `[scale]`. Work: batch * key heads. Scratch: `scratch_bytes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.target import Target
from taeda.codegen.templates.attention.forward import MAXIMUM_QUERIES, Geometry, scale_of
from taeda.codegen.templates.attention.parts import (
    KEY_BLOCK,
    LOG2_E,
    Shape,
    accumulate,
    apply_causal,
    apply_mask,
    exp2,
    horizontal_sum,
    load_row,
    products,
    shape_of,
    spread,
    store_row,
    transpose_in,
    transpose_out,
)
from taeda.codegen.templates.rows import Reader, start_kernel
from taeda.ir.dtype import itemsize


def scratch_bytes(features: Any, value_features: Any, itemsize: int) -> Any:
    """What one work item needs, for any target."""
    rows = 3 * features + 2 * value_features + 2 * (KEY_BLOCK + 8) + 2 * 16 + 4
    return rows * (MAXIMUM_QUERIES * itemsize)


def emit_attention_backward(target: Target, *, dtype: str, causal: bool, mask: str | None) -> str:
    """The kernel described above; parameters as for the forward kernel."""
    module, f, arguments = start_kernel(target)
    shape = shape_of(target, dtype)
    size = itemsize(dtype)
    reader = Reader(f, arguments)
    g = Geometry(f, arguments, reader, mask is not None)
    out_strides = reader.many(4)
    operands = [arguments.data(k) for k in range(10 if mask else 9)]
    query, key, value = operands[:3]
    grad_output, output, statistics, grad_query, grad_key, grad_value = operands[-6:]
    scale = scale_of(f, arguments, shape)
    factor = scale * LOG2_E
    query_row, value_row = g.features * size, g.value_features * size

    scratch = [arguments.scratch]
    for rows in (g.features, g.value_features, g.features, f.constant(KEY_BLOCK + 8), f.constant(KEY_BLOCK + 8),
                 f.constant(4)):
        scratch.append(f.at(scratch[-1], rows * shape.row))
    transposed, transposed_grad, sums, weights, slopes, per_query, plain_query = scratch
    plain_grad = f.at(plain_query, query_row * shape.queries)

    def item(w: Value) -> None:
        key_heads = g.heads // g.group
        batch, key_head = w // key_heads, w % key_heads
        k = g.start(key, g.key, batch, key_head)
        v = g.start(value, g.value, batch, key_head)
        dk = f.at(grad_key, w * g.keys * query_row)
        dv = f.at(grad_value, w * g.keys * value_row)
        zero = f.constant(0.0, shape.type)
        f.loop(0, g.keys * g.features, lambda i: f.store(zero, f.at(dk, i * size)))
        f.loop(0, g.keys * g.value_features, lambda i: f.store(zero, f.at(dv, i * size)))
        blocks = f.ceil_div(g.queries, shape.queries)

        def one(n: Value) -> None:
            head = key_head * g.group + n // blocks
            first = (n % blocks) * shape.queries
            rows = f.minimum(f.constant(shape.queries), g.queries - first)
            number = batch * g.heads + head
            q = f.at(g.start(query, g.query, batch, head), first * g.query[2])
            do = f.at(g.start(grad_output, out_strides, batch, head), first * out_strides[2])
            o = f.at(output, (number * g.queries + first) * value_row)
            m = None
            if mask:
                m = f.at(g.start(operands[3], g.mask, batch, head), first * g.mask[2])
            transpose_in(f, shape, q, g.query[2], g.query[3], g.features, rows, factor, transposed)
            transpose_in(f, shape, do, out_strides[2], out_strides[3], g.value_features, rows, None, transposed_grad)
            _copy_in(f, shape, q, g.query[2], g.query[3], g.features, rows, plain_query)
            _copy_in(f, shape, do, out_strides[2], out_strides[3], g.value_features, rows, plain_grad)
            zeros = [f.constant(0.0, shape.vector)] * shape.vectors
            f.loop(0, g.features, lambda d: store_row(f, zeros, f.at(sums, d * shape.row), shape))
            for r in range(3):
                store_row(f, zeros, f.at(per_query, r * shape.row), shape)
            kept = f.at(statistics, (number * 2 * g.queries + first) * size)

            def per_row(i: Value) -> None:
                for s in range(2):
                    place = (i + s * g.queries) * size if s else i * size
                    f.store(f.load(shape.type, f.at(kept, place)), f.at(per_query, i * size + s * shape.row))
                delta = _dot(f, shape, f.at(plain_grad, i * value_row), f.at(o, i * value_row), g.value_features)
                f.store(delta, f.at(per_query, i * size + 2 * shape.row))
            f.loop(0, rows, per_row)
            maximum, inverse, delta = (load_row(f, f.at(per_query, r * shape.row), shape) for r in range(3))
            scales = f.splat(scale, shape.lanes)
            limit = f.minimum(g.keys, first + rows) if causal else g.keys

            def key_block(j: Value) -> None:
                count = f.minimum(f.constant(KEY_BLOCK), limit - j)
                here, there = f.at(k, j * g.key[2]), f.at(v, j * g.value[2])
                products(f, shape, transposed, g.features, here, g.key[2], g.key[3], count, weights)
                if m is not None:
                    apply_mask(f, shape, weights, count, f.at(m, j * g.mask[3]), mask or "", g.mask[2], g.mask[3],
                               rows)
                if causal:
                    f.branch(j + count > first + 1, lambda: apply_causal(f, shape, weights, count, j, first))
                products(f, shape, transposed_grad, g.value_features, there, g.value[2], g.value[3], count, slopes)

                def slope(i: Value) -> None:
                    place, other = f.at(weights, i * shape.row), f.at(slopes, i * shape.row)
                    p = [exp2(f, s - x) * y for s, x, y in zip(load_row(f, place, shape), maximum, inverse,
                                                               strict=True)]
                    store_row(f, p, place, shape)
                    store_row(f, [a * ((b - d) * scales) for a, b, d in zip(p, load_row(f, other, shape), delta,
                                                                            strict=True)], other, shape)
                f.loop(0, count, slope)
                accumulate(f, shape, sums, g.features, slopes, here, g.key[2], g.key[3], count)
                spread(f, shape, f.at(dv, j * value_row), g.value_features, weights, plain_grad, value_row, rows, count)
                spread(f, shape, f.at(dk, j * query_row), g.features, slopes, plain_query, query_row, rows, count)
            f.loop(0, limit, key_block, step=KEY_BLOCK)
            transpose_out(f, shape, sums, g.features, rows, f.at(grad_query, (number * g.queries + first) * query_row),
                          query_row)
        f.loop(0, g.group * blocks, one)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def _copy_in(f: FunctionWriter, shape: Shape, source: Value, row_stride: Value, feature_stride: Value, features: Value,
             rows: Value, result: Value) -> None:
    """result[q][d] = source[q][d], rows one after the other."""
    def one(q: Value) -> None:
        here, there = f.at(source, q * row_stride), f.at(result, q * features * shape.size)
        f.loop(0, features, lambda d: f.store(f.load(shape.type, f.at(here, d * feature_stride)),
                                              f.at(there, d * shape.size)))
    f.loop(0, rows, one)


def _dot(f: FunctionWriter, shape: Shape, a: Value, b: Value, count: Value) -> Value:
    """The dot product of two rows in memory: a vector of partial sums, then what is left over one by one."""
    whole = count - count % shape.lanes

    def several(type: str) -> Any:
        def step(i: Value, sum: Value) -> Sequence[Value]:
            return [f.fma(f.load(type, f.at(a, i * shape.size)), f.load(type, f.at(b, i * shape.size)), sum)]
        return step
    (sums,) = f.loop(0, whole, several(shape.vector), step=shape.lanes, carry=[f.constant(0.0, shape.vector)])
    (sum,) = f.loop(whole, count, several(shape.type), carry=[horizontal_sum(f, sums)])
    return sum
