"""Places in sorted rows, counts of equal elements: searchsorted, bucketize, bincount, histc, and the kernel of
unique."""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import maximum, product
from taeda.ir.expression import where as choose
from taeda.ir.geometry import Bound, Dimension
from taeda.ir.graph import Value
from taeda.ir.loop import Kernel, Operand, Reduce, Store, load, reduced
from taeda.ops.creation import full
from taeda.ops.dtypes import is_float, is_integer, promote, torch_kernel_name
from taeda.ops.indexing import converted, index_write, same_size, value_like, zeros_of
from taeda.ops.joining import constant_pad_nd
from taeda.ops.op import Number, Result, SymInt, Tensor, TensorOrNumber, check, derived, kernel, sample
from taeda.ops.pointwise import where
from taeda.ops.reduction import reduce_max, reduce_min


@kernel(public=False, differentiable=False)
def search_rows(b: Any, rows: Tensor, values: Tensor, sorter: Tensor | None, right: bool, dtype: str) -> Tensor:
    """For each of `values` (..., n) the place in the sorted `rows` (..., m) or (m) where it would be inserted."""
    out = b.alloc(dtype, values.shape)
    b.method("searching.search_rows", rows=rows, values=values, sorter=sorter, out=out, right=right,
             fault=("RuntimeError", "torch.searchsorted(): sorter index out of range: {0} for rows of {1} elements"))
    return out


@search_rows.meta
def _(rows: Any, values: Any, sorter: Any, right: bool, dtype: str) -> Result:
    return Result(dtype, values.shape)


@search_rows.batch
def _(batch: Any, rows: Any, values: Any, sorter: Any, right: bool, dtype: str) -> Any:
    shared = rows.ndim - batch.carries(rows) == 1  # one row for all values of an example
    if shared and not batch.carries(rows) and (sorter is None or not batch.carries(sorter)):
        return search_rows(rows, values, sorter, right, dtype)
    values = batch.whole(values)
    flat = values.reshape((batch.size, product(values.shape[1:]))) if shared else values
    found = search_rows(batch.whole(rows), flat, batch.whole(sorter), right, dtype)
    return found.reshape(values.shape) if shared else found


def _search(rows: Any, values: Any, sorter: Any, right: bool, int32: bool) -> Any:
    common = rows.dtype if rows.dtype == values.dtype else promote(rows.dtype, values.dtype)
    found = search_rows(converted(rows, common), converted(values, common), sorter, right,
                        "int32" if int32 else "int64")
    return found


@derived(differentiable=False, method=False)
def searchsorted(sorted_sequence: Tensor, input: TensorOrNumber, *, out_int32: bool = False, right: bool = False,
                 side: str | None = None, sorter: Tensor | None = None) -> Tensor:
    """Where each of `input` (..., n) would be inserted in the sorted rows `sorted_sequence` (..., m) or (m): before
    equal elements, or after them if `right` (or side='right')."""
    if side is not None and side not in ("left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError("torch.searchsorted(): side and right can't be set to opposites, got side of left while "
                           "right was True")
    number = not isinstance(input, Value)
    values = value_like(input, sorted_sequence.dtype if number else "")
    if sorted_sequence.ndim == 0:
        raise RuntimeError("torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension "
                           "is 1, "
                           "but we got boundaries tensor dim(0)")
    if sorted_sequence.ndim > 1:
        if values.ndim != sorted_sequence.ndim:
            raise RuntimeError("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
                               "dimensions of "
                               "boundaries tensor and input value tensor must match")
        for d in range(values.ndim - 1):
            check(same_size(values.shape[d], sorted_sequence.shape[d]), RuntimeError,
                  "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
                  "boundaries "
                  "tensor and input value tensor must match: {0} and {1}", sorted_sequence.shape[d], values.shape[d])
    if sorter is not None:
        if sorter.dtype != "int64":
            raise RuntimeError("torch.searchsorted(): sorter must be a tensor of long dtype but got dtype "
                               + sorter.dtype)
        if sorter.ndim != sorted_sequence.ndim:
            raise RuntimeError("torch.searchsorted(): boundary and sorter must have the same size")
        for d in range(sorter.ndim):
            check(same_size(sorter.shape[d], sorted_sequence.shape[d]), RuntimeError,
                  "torch.searchsorted(): boundary and sorter must have the same size")
    return _search(sorted_sequence, values, sorter, right or side == "right", out_int32)


@searchsorted.samples
def _(make: Any) -> Any:
    yield sample(make(9).sort()[0], make(3, 4))


@derived(differentiable=False, method=False)
def bucketize(input: TensorOrNumber, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The number of the bucket of each element, between the sorted `boundaries` (a vector)."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return _search(boundaries, value_like(input, boundaries.dtype), None, right, out_int32)


# -- counts ------------------------------------------------------------------------------------------------------------


@kernel(public=False, differentiable=False, batch=False)
def count_numbers(b: Any, input: Tensor, weights: Tensor | None, minlength: SymInt) -> Tensor:
    """counts[n] = how often n is in `input` (int64, 1-d), or the sum of its weights, in order."""
    x, element = b.contiguous(input), load(0, "int64")
    message = "bincount only supports 1-d non-negative integral inputs."
    extremes = Kernel(
        (Operand("int64", "input"), Operand("int64", "row"), Operand("int64", "row")),
        (Reduce("min", element), Reduce("max", element), Store(1, reduced(0, "int64")), Store(2, reduced(1, "int64"))),
        "count_numbers",
    )
    lowest, highest = b.loops(extremes, [x], [0, 0], (), (0,), False)
    b.check(lowest.item() >= 0, RuntimeError, message)  # of nothing the lowest is the largest number there is
    size = maximum(choose(x.numel() == 0, 0, highest.item() + 1), minlength)
    dtype = "int64" if weights is None else weights.dtype
    out = b.full(dtype, [size], 0)
    source = b.full("int64", [1], 1) if weights is None else weights
    stride = 0 if weights is None else weights.stride(0)
    b.method("indexing.walk", mode="sum", regular=source, indexed=out, indices=[x],
             dimensions=[Dimension(x.numel(), stride, 0, (1,), collision=True)],
             bounds=[Bound(size, 1, "RuntimeError", message)], wrap=False)
    return out


@count_numbers.meta
def _(input: Any, weights: Any, minlength: Any) -> Result:
    return Result("int64" if weights is None else weights.dtype, [None])


@derived(differentiable=False)
def bincount(input: Tensor, weights: Tensor | None = None, minlength: SymInt = 0) -> Tensor:
    """How often each of 0, 1, ... is in `input`, or the sums of `weights`; at least `minlength` counts."""
    if input.ndim != 1 or not is_integer(input.dtype):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    check(minlength >= 0, RuntimeError, "minlength should be >= 0")
    if weights is not None:
        if weights.ndim != 1:
            raise RuntimeError("weights should be 1-d and have the same length as input")
        check(same_size(weights.shape[0], input.shape[0]), RuntimeError, "weights should be 1-d and have the same "
                                                                         "length as input")
        weights = converted(weights, "float32" if weights.dtype == "float32" else "float64")
    return count_numbers(converted(input, "int64"), weights, minlength)


@bincount.samples
def _(make: Any) -> Any:
    yield sample(make(30, dtype="int64", low=0, high=7))


@derived(differentiable=False)
def histc(input: Tensor, bins: SymInt = 100, min: Number = 0, max: Number = 0) -> Tensor:
    """Counts of the elements in `bins` equal parts of [min, max], as a tensor of the input's dtype; with min == max the
    extremes of `input` are taken. Elements outside count nowhere."""
    if not is_float(input.dtype):
        raise NotImplementedError(f'"histogram_cpu" not implemented for \'{torch_kernel_name(input.dtype)}\'')
    check(bins > 0, RuntimeError, "bins must be > 0")
    check(max >= min, RuntimeError, "max must be larger than min")
    flat = input.reshape((-1,))
    given = full((), max - min, "float64").ne(0)
    some = constant_pad_nd(flat, (0, maximum(1 - flat.shape[0], 0)), 0)  # the extremes of nothing are 0
    low = where(given, full((), min, input.dtype), reduce_min(some, (0,)).reshape(()))
    high = where(given, full((), max, input.dtype), reduce_max(some, (0,)).reshape(()))
    level = low.eq(high)
    low, high = where(level, low - 1, low), where(level, high + 1, high)
    inside = (flat >= low).logical_and(flat <= high)
    part = ((flat - low) * (full((), bins, input.dtype) / (high - low))).floor()
    place = converted(where(inside, part, full((), 0, input.dtype)), "int64").minimum(full((), bins - 1, "int64"))
    return index_write(zeros_of((bins,), input.dtype), (place,), (0,), converted(inside, input.dtype), "sum", "index")


# -- runs --------------------------------------------------------------------------------------------------------------


@kernel(public=False, differentiable=False, batch=False)
def equal_runs(b: Any, input: Tensor, places: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Runs of equal neighbours in a vector: the element of each run, the number of the run of each element (at
    `places`, a permutation, if given), and how long each run is."""
    x = b.contiguous(input)
    starts = b.alloc("bool", x.shape)
    b.method("masking.run_starts", input=x, starts=starts)
    marks, count = b.method("masking.mark_true", mask=starts)
    values, inverse = b.alloc(x.dtype, [count]), b.alloc("int64", x.shape)
    firsts = b.alloc("int64", [count + 1])
    b.method("masking.pick_true", mask=starts, marks=marks, input=x, out=values)
    b.method("masking.number_runs", starts=starts, marks=marks, count=count, permutation=places, inverse=inverse,
             firsts=firsts)
    return values, inverse, firsts


@equal_runs.meta
def _(input: Any, places: Any) -> tuple[Result, Result, Result]:
    return Result(input.dtype, [None]), Result("int64", input.shape), Result("int64", [None])


@derived(public=False, differentiable=False)
def unique_of(input: Tensor, ordered: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The distinct elements (of the sorted tensor, or of neighbours if not `ordered`), for each element which of
    them it is, and how often each occurs. What unique and unique_consecutive choose from."""
    flat = input.reshape((-1,))
    places = None
    if ordered:
        from taeda.ops.sorting import sort_along

        flat, places = sort_along(flat, 0, False)
    values, inverse, firsts = equal_runs(flat, places)
    runs = values.shape[0]
    counts = firsts.narrow(0, 1, runs) - firsts.narrow(0, 0, runs)
    return values, inverse.reshape(tuple(input.shape)), counts


