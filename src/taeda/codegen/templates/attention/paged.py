"""Attention of single queries to keys and values in pages, for many sequences at once: what generating text runs.

Memory for T tokens is cut in pages of `page` tokens; `pages` says for each sequence which it has, in order. The sums
are those of `decode.py` on the same keys side by side, so a query has the same bits wherever its pages lie.

    operands   query (R, H, E), keys (T, G, E), values (T, G, F), [scales of keys, of values (T, G) in float32],
               pages int64 (S, P), places int64 (R, 3): sequence, first key, end; result (R, H, F). The last three are
               contiguous, features of keys and values are neighbours
    integers   H, H / G, E, F, T / page, S, P, strides in bytes: query (row, head, feature), keys and values (token,
               head), [scales (token, head) twice]
    scalars    scale
    work       R * H
    fault 1    places that are none: sequence, first, end, number of the query; 2 a page that is none: its number, the
               sequence, its place in it
"""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen.llvm import Value
from taeda.codegen.target import Target
from taeda.codegen.templates.attention.decode import Query, Rows
from taeda.codegen.templates.attention.forward import scale_of
from taeda.codegen.templates.attention.parts import LOG2_E, shape_of
from taeda.codegen.templates.rows import Reader, leave_if, load_wide, start_kernel, store_narrow
from taeda.ir.dtype import info, itemsize


def emit_paged_attention(target: Target, *, dtype: str, stored: str, page: int) -> str:
    """The kernel described above: queries of `dtype`, keys and values `stored` as it or as int8 with scales."""
    module, f, arguments = start_kernel(target)
    shape = shape_of(target, info(dtype).compute)
    read = Reader(f, arguments)
    coded = stored == "int8"
    query, keys, values = (arguments.data(k) for k in range(3))
    scales = [arguments.data(k) for k in (3, 4)] if coded else []
    pages, places, result = (arguments.data(k + len(scales)) for k in (3, 4, 5))
    heads, group, features, value_features, all_pages, sequences, most = read.many(7)
    query_strides, key_strides, value_strides = read.many(3), read.many(2), read.many(2)
    scale_strides = [read.many(2) for _ in scales]
    factor = scale_of(f, arguments, shape) * LOG2_E
    one = Query(f, shape, arguments.scratch, features, value_features)

    def rows_of(base: Value, strides: list[Value], head: Value, which: int) -> Rows:
        start = f.at(base, head * strides[1])
        if not coded:
            return Rows(f, stored, start, strides[0])
        by_token, by_head = scale_strides[which]
        return Rows(f, stored, start, strides[0], f.at(scales[which], head * by_head), by_token, dtype)

    def item(w: Value) -> None:
        number, head = w // heads, w % heads
        sequence, first, end = (f.load("i64", f.at(places, (number * 3 + k) * 8)) for k in range(3))
        good = (sequence >= 0) & (sequence < sequences) & (first >= 0) & (first <= end) & (end <= most * page)
        leave_if(f, good.equals(0), 1, arguments.fault, lambda: [sequence, first, end, number])
        table = f.at(pages, sequence * most * 8)
        k = rows_of(keys, key_strides, head // group, 0)
        v = rows_of(values, value_strides, head // group, 1)

        def blocks(j: Value, count: Value, body: Callable[[Value | int, Value, Rows, Rows], None]) -> None:
            def part(i: Value) -> list[Value]:
                at, inside = (j + i) // page, (j + i) % page
                found = f.load("i64", f.at(table, at * 8))
                leave_if(f, ((found >= 0) & (found < all_pages)).equals(0), 2, arguments.fault,
                         lambda: [found, sequence, at])
                some = f.minimum(count - i, page - inside)
                start = found * page + inside
                body(i, some, k.starting(start), v.starting(start))
                return [i + some]
            f.repeat(lambda i: i < count, part, carry=[f.constant(0)])

        q = f.at(query, number * query_strides[0] + head * query_strides[1])
        _, inverse = one.attend(lambda d: load_wide(f, f.at(q, d * query_strides[2]), dtype) * factor, first, end,
                                blocks)
        out = f.at(result, w * (value_features * itemsize(dtype)))
        f.loop(0, value_features, lambda d: store_narrow(
            f, f.load(shape.type, f.at(one.sums, d * shape.size)) * inverse, f.at(out, d * itemsize(dtype)), dtype))

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()
