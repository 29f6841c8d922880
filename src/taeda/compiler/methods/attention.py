"""How attention is carried out: by blocks of queries, or for few queries (decoding) one by one over the keys."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.attention import backward, decode, forward, paged
from taeda.ir.dtype import info, itemsize
from taeda.ir.epilogue import Epilogue
from taeda.ir.expression import all_of, ceildiv, maximum, negated, to_float

DECODE_QUERIES = 4  # up to here the kernel for few queries is used


def _geometry(query: Any, key: Any, value: Any, mask: Any) -> list[Any]:
    """The integers of the kernels (codegen/templates/attention/forward.py)."""
    size = itemsize(query.dtype)
    integers = [query.size(1), query.size(1) // maximum(key.size(1), 1), query.size(2), key.size(2), query.size(3),
                value.size(3)]
    for x in (query, key, value):
        integers += [x.stride(d) * size for d in range(4)]
    if mask is not None:
        integers += [mask.stride(d) * itemsize(mask.dtype) for d in range(4)]
    return integers


def _kind(mask: Any) -> str | None:
    return None if mask is None else "bool" if mask.dtype == "bool" else "float"


def attention(b: Any, *, query: Any, key: Any, value: Any, mask: Any, out: Any, statistics: Any, scale: Any,
              causal: bool, epilogue: Epilogue | None = None) -> None:
    """See attention_forward in ops/attention.py, which says the shapes. `epilogue` is what is done to the result before
    it is stored."""
    batch, heads, queries, features = query.shape
    operands = [query, key, value, *([] if mask is None else [mask]), out, statistics]
    integers = _geometry(query, key, value, mask)
    params = {"dtype": query.dtype, "causal": causal, "mask": _kind(mask)}
    numbers = [to_float(scale)]
    if epilogue is not None:
        numbers += epilogue.numbers
        extras = [b.view("expand", t, out.shape) for t in epilogue.operands]
        params["epilogue"], operands = epilogue.value, [*operands, *extras]
        integers += [t.stride(d) * itemsize(t.dtype) for t in extras for d in range(4)]
    few = all_of(queries <= DECODE_QUERIES, key.stride(3) == 1, value.stride(3) == 1)
    size = itemsize(query.dtype)
    b.launch(decode.emit_attention_decode, params, operands, integers, numbers,
             work=batch * heads * queries, scratch=decode.scratch_bytes(features, value.size(3), size), when=few)
    rows = forward.query_block(b.target, query.dtype)
    b.launch(forward.emit_attention, params, operands, integers, numbers,
             work=batch * heads * ceildiv(queries, rows),
             scratch=forward.scratch_bytes(features, value.size(3), size), when=negated(few))


def attention_gradient(b: Any, *, upstream: Any, query: Any, key: Any, value: Any, mask: Any, out: Any,
                       statistics: Any, by_query: Any, by_key: Any, by_value: Any, scale: Any, causal: bool) -> None:
    """See attention_backward in ops/attention.py."""
    size = itemsize(query.dtype)
    operands = [query, key, value, *([] if mask is None else [mask]), upstream, b.contiguous(out),
                b.contiguous(statistics), by_query, by_key, by_value]
    integers = [*_geometry(query, key, value, mask), *(upstream.stride(d) * size for d in range(4))]
    b.launch(backward.emit_attention_backward, {"dtype": query.dtype, "causal": causal, "mask": _kind(mask)}, operands,
             integers, [to_float(scale)], work=query.size(0) * key.size(1),
             scratch=backward.scratch_bytes(query.size(3), value.size(3), size))


def paged_attention(b: Any, *, query: Any, keys: Any, values: Any, scales: Any, pages: Any, places: Any, out: Any,
                    scale: Any, page: int, faults: list[tuple[str, str]]) -> None:
    """See paged_attention in ops/attention.py."""
    rows, heads, features = query.shape
    size = itemsize(keys.dtype)
    integers = [heads, heads // maximum(keys.size(1), 1), features, values.size(2), keys.size(0) // page, *pages.shape]
    integers += [query.stride(d) * itemsize(query.dtype) for d in range(3)]
    integers += [x.stride(d) * size for x in (keys, values) for d in range(2)]
    integers += [x.stride(d) * itemsize(x.dtype) for x in scales for d in range(2)]
    wide = itemsize(info(query.dtype).compute)
    b.launch(paged.emit_paged_attention, {"dtype": query.dtype, "stored": keys.dtype, "page": page},
             [query, keys, values, *scales, b.contiguous(pages), b.contiguous(places), out], integers,
             [to_float(scale)], work=rows * heads, scratch=decode.scratch_bytes(features, values.size(2), wide),
             faults=[(k + 1, *fault) for k, fault in enumerate(faults)])
