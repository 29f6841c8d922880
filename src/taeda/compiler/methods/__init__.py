"""What each target does for the methods that the bodies of ops name.

An op knows what is to be computed, not how: its body writes `b.method("matmul", left=x, right=y, out=z)`. While it is
lowered, the table below gives the function that writes this method's launches for the target of the Program. The choice
by shape, by width of vectors and by sizes of caches is there and nowhere else. Each function takes the Builder and, by
name,

* operands: registers. `out`, `values`, `places`, ... were made by the body and are filled, others are read. They may
  have any strides unless something else is said;
* sizes, strides and run-time numbers: ints or Symbols;
* what machine code may be specialised on: plain Python values, and the descriptions of ir/geometry.py;
* a fault: the name of an exception and a message, in which {0}, {1}, ... are what is said here.

matmul
    left (*, M, K), right (*, K, N), out (*, M, N), bias (None, or broadcast to out), accumulate (False),
    epilogue (None, or an ir.epilogue.Epilogue, which lowering gives to ops that say so), prologue
    (None, or an ir.epilogue.Prologue: then right is not in memory, but Builder.made puts it there)
coded_matmul
    left (M, K), codes, scales, offsets, bias (both None), group, out (M, N), epilogue: the weight is stored as
    ops/quantized.py says
rounded_matmul
    input, input_scales, sums, codes, scales, offsets (None), out, step, group: inputs are of 8 bits too
convolve, convolve_transposed
    input (N, C, *), weight (M, C / groups, *) or for the transpose (C, M / groups, *), bias (None or (M)), out, stride,
    padding (that in front), dilation, groups, epilogue (of the transpose: where all strides are 1)
convolve_weight
    input, upstream, out (the gradient of the weight), stride, padding, dilation, groups
max_pool, max_pool_gradient
    input, out, places (None, or int64 and filled too), windows; upstream, input, out, windows: upstream is added up at
    the first maximum of each window of the input
mean_pool, mean_pool_gradient
    input or upstream, out, windows, include_padding, divisor (0: by the size of the window)
adaptive_mean_pool, adaptive_mean_pool_gradient, adaptive_max_pool
    input or upstream, out, places (of the last one), rank: windows that cover the last `rank` dimensions evenly
take_places, put_places
    input, places, out, rank, add (of put: False lets the last one stay), fault ({0} the place, {1} elements of a plane)
walk
    mode, regular, indexed, indices, dimensions, bounds, wrap, skip (None): elements of `indexed` are 'read' into
    `regular`, or those of `regular` combined into `indexed` ('write', 'sum', 'prod', 'amax', 'amin'), in the order of
    the dimensions. Faults of bounds: {0} the index, {1} the size, {2} the number of the element in its index tensor
check_walk
    indices, dimensions, bounds, wrap: nothing but the faults of a walk, before anything is written
mark_true
    mask (contiguous); returns a register that the next four want (`marks`), and how many elements are true (a Symbol)
coordinates, pick_true, put_true
    mask, marks, and: count, out (dimensions, count) | input, out (count) | source, out (of the mask's shape).
    All are contiguous
run_starts, number_runs
    input (a vector), starts (bool: the element differs from the one before) | starts, marks, count, permutation (None),
    inverse (at permutation[i] the number of the run of i), firsts (where each run starts, then the end)
sort, topk, select_rank
    input, values, places, dim, and: descending (stable) | largest | mode ('kth', 'median', 'nanmedian', 'mode'), k
scan, scan_extremes
    input, dim, and: out, operation ('sum', 'prod', 'logsumexp'), reverse | values, places, largest
search_rows
    rows, values, sorter (None), out, right, fault ({0} the sorter's number, {1} elements of a row)
bound_numbers, total, repeat_numbers
    input, bound (1) = largest + 1, fault | counts, total (1), fault | counts, out: each i, counts[i] times. int64 and
    contiguous; the faults are for negative numbers
sparse_product, sampled_product
    pointers (rows + 1), columns (entries), and: values (entries), dense (inner, width), out (rows, width) | left (rows,
    width), right (inner, width), out (entries): products with and at the entries of a matrix of rows of entries
group_numbers, row_numbers
    keys (entries), bound, pointers (bound + 1), order (None: as they come), places (None) | pointers, rows, numbers
attention, attention_gradient
    query, key, value, mask (None), out, statistics, scale, causal, epilogue; for the gradient not that, but upstream,
    by_query, by_key, by_value (filled). ops/attention.py says the shapes
paged_attention
    query, keys, values, scales (of both, or none), pages, places, out, scale, page, faults (places that are none: {0}
    sequence, {1} first, {2} end, {3} query; a page that is none: {0} page, {1} sequence, {2} place in it)
lapack
    kernel, dtype, operands (contiguous), integers, batch (matrices), side (the longest of each), fault (None; {0} the
    number of the matrix, {1} what LAPACK says of it): a kernel of csrc/core/lapack.h, which says what it takes
fourier
    input, out (contiguous), n, kind, inverse, scale, trailing: transforms along the dimension that has so many behind
    it, csrc/core/fourier.h says which

Another target is another family here, a row in runtime/devices.py that says who makes kernels for it, and a folder with
both.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

# Stand in a launch for the module of a template: kernels of the core, the same for all targets.
LAPACK, FOURIER = "lapack", "fourier"

# For each family of targets (Target.family), the modules of this folder and the methods in them. They are imported when
# first asked for: a program of products and sums loads no convolution.
METHODS: dict[str, dict[str, tuple[str, ...]]] = {
    "cpu": {
        "matmul": ("matmul",),
        "coded": ("coded_matmul", "rounded_matmul"),
        "convolution": ("convolve", "convolve_transposed", "convolve_weight"),
        "pooling": (
            "max_pool", "max_pool_gradient", "mean_pool", "mean_pool_gradient", "adaptive_mean_pool",
            "adaptive_mean_pool_gradient", "adaptive_max_pool", "take_places", "put_places",
        ),
        "indexing": ("walk", "check_walk"),
        "masking": ("mark_true", "coordinates", "pick_true", "put_true", "number_runs", "run_starts"),
        "sorting": ("sort", "topk", "select_rank"),
        "scanning": ("scan", "scan_extremes"),
        "searching": ("search_rows", "bound_numbers", "total", "repeat_numbers"),
        "attention": ("attention", "attention_gradient", "paged_attention"),
        "sparse": ("sparse_product", "sampled_product", "group_numbers", "row_numbers"),
        "lapack": ("lapack",),
        "fourier": ("fourier",),
    },
    "reference": {
        "reference.products": (
            "matmul", "coded_matmul", "rounded_matmul", "convolve", "convolve_transposed", "convolve_weight",
            "attention", "attention_gradient", "paged_attention",
        ),
        "reference.windows": (
            "max_pool", "max_pool_gradient", "mean_pool", "mean_pool_gradient", "adaptive_mean_pool",
            "adaptive_mean_pool_gradient", "adaptive_max_pool", "take_places", "put_places",
        ),
        "reference.places": (
            "walk", "check_walk", "mark_true", "coordinates", "pick_true", "put_true", "run_starts", "number_runs",
        ),
        "reference.orders": (
            "sort", "topk", "select_rank", "scan", "scan_extremes", "search_rows", "bound_numbers", "total",
            "repeat_numbers",
        ),
        "reference.entries": ("sparse_product", "sampled_product", "group_numbers", "row_numbers"),
        "lapack": ("lapack",),
        "fourier": ("fourier",),
    },
}


@functools.cache
def find(family: str, name: str) -> Callable[..., Any]:
    """The function that carries out method `name` on targets of a family."""
    for module, names in METHODS[family].items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise NotImplementedError(f"targets of the family {family!r} have no method {name!r}")
