"""Reductions of runs of elements, given by their lengths or by where they begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.comparison import ge
from taeda.ops.creation import arange, full
from taeda.ops.dtypes import is_float, torch_kernel_name
from taeda.ops.indexing import INDEX_DTYPES, converted, identity_of, normal_dim, same_size
from taeda.ops.op import Number, Sample, Tensor, check, derived, sample
from taeda.ops.pointwise import where
from taeda.ops.requiring import require
from taeda.ops.scattering import scatter_along
from taeda.ops.searching import searchsorted

_MODES = {"sum": "sum", "mean": "sum", "prod": "prod", "max": "amax", "min": "amin", "amax": "amax", "amin": "amin"}


@derived(method=False)
def segment_reduce(data: Tensor, reduce: str, *, lengths: Tensor | None = None, indices: Tensor | None = None,
                   offsets: Tensor | None = None, axis: int = 0, unsafe: bool = False,
                   initial: Number | None = None) -> Tensor:
    """Each segment of `data` along `axis` reduced to one element: 'sum', 'mean', 'max', 'min' or 'prod'.

    `lengths` (..., s) says how long the s segments are, or `offsets` (..., s + 1) where each begins and the last ends;
    their dimensions before the last are those of `data` before `axis`. The result is `data` with s elements along
    `axis`. `initial` is reduced with every segment; without it empty ones give 0, 1, NaN (mean), inf or -inf.
    RuntimeError where lengths do not add up to the size of `data`, unless `unsafe`: then elements that belong to no
    segment do not count.
    """
    if reduce not in _MODES:
        raise RuntimeError(f"unsupported reduction given! {reduce}")
    d = normal_dim(axis, data.ndim)
    if data.ndim == 0:
        raise RuntimeError("segment_reduce(): Expected data to have at least one dimension, but it has none.")
    if not is_float(data.dtype):
        raise NotImplementedError(f"\"_segment_reduce_cpu\" not implemented for '{torch_kernel_name(data.dtype)}'")
    if lengths is None and offsets is None:
        if indices is not None:
            raise RuntimeError("segment_reduce(): indices based reduction is not supported yet.")
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    counts, ends = _counted(data, d, lengths, offsets, unsafe)
    segments, size = counts.shape[d], data.shape[d]
    before = tuple(data.shape[k] for k in range(d))
    # Which segment each element belongs to, from 1 on: 0 is before the first, `segments` + 1 after the last.
    numbers = searchsorted(ends, arange(0, 1, size, "int64").expand((*before, size)).contiguous(), right=True)
    if lengths is not None:
        numbers = numbers + 1
    mode, behind = _MODES[reduce], (1,) * (data.ndim - d - 1)
    index = numbers.reshape((*before, size, *behind)).expand(tuple(data.shape))
    shape = [segments + 2 if k == d else data.shape[k] for k in range(data.ndim)]
    result = scatter_along(full(tuple(shape), identity_of(mode, data.dtype), data.dtype), d, index, data, mode, False,
                           True).narrow(d, 1, segments)
    counts = converted(counts.reshape((*before, segments, *behind)), data.dtype)
    if initial is not None:
        first = full((), initial, data.dtype)
        if mode == "sum":
            result = result + first
        elif mode == "prod":
            result = result * first
        else:  # among equals the gradient goes to the elements
            better = ge(result, first) if mode == "amax" else result.le(first)
            result = where(better.logical_or(result.isnan()), result, first)
    if reduce != "mean":
        return result
    empty = counts.eq(0)
    nothing = full((), float("nan") if initial is None else initial, data.dtype)
    return where(empty, nothing, result / where(empty, full((), 1, data.dtype), counts))


def _counted(data: Any, d: int, lengths: Any, offsets: Any, unsafe: bool) -> tuple[Any, Any]:
    """How long each segment is, and where each ends (with offsets: also where the first one begins), in int64."""
    name, given = ("offsets", offsets) if lengths is None else ("lengths", lengths)
    if given.dtype not in INDEX_DTYPES:
        raise NotImplementedError("\"_segment_reduce_lengths_cpu_kernel1\" not implemented for "
                                  f"'{torch_kernel_name(given.dtype)}'")
    if d != given.ndim - 1:
        raise RuntimeError(f"segment_reduce(): Expected axis to be the last dimension of {name} but got {d}.")
    for k in range(d):
        check(same_size(given.shape[k], data.shape[k]), RuntimeError,
              f"segment_reduce(): {name} and data must have the same size at dimension {k}, but have {{0}} and {{1}}",
              given.shape[k], data.shape[k])
    given = converted(given, "int64").contiguous()
    if lengths is None:
        check(given.shape[d] > 0, RuntimeError, "segment_reduce(): offsets must hold at least where the end is")
        count = given.shape[d] - 1
        counts = given.narrow(d, 1, count) - given.narrow(d, 0, count)
        if not unsafe:
            require(ge(counts, 0), RuntimeError, "segment_reduce(): offsets must not decrease")
            require(ge(given, 0).logical_and(given.le(data.shape[d])), RuntimeError,
                    "segment_reduce(): offsets must be between 0 and the size of data along axis")
        return counts, given
    if not unsafe:
        require(ge(given, 0), RuntimeError, "lengths contains negative value!")
        require(given.sum((d,)).eq(data.shape[d]), RuntimeError,
                "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when "
                "!unsafe.")
    return given, given.cumsum(d)


@segment_reduce.samples
def _(make: Any) -> Iterator[Sample]:
    lengths = make(5, dtype="int64", low=1, high=4)
    for reduce in ("sum", "mean", "prod", "max", "min"):
        yield sample(make(int(lengths.sum()), 3), reduce, lengths=lengths)
        yield sample(make(int(lengths.sum())), reduce, lengths=lengths, initial=0.5)
    offsets = make(2, 3, dtype="int64", low=0, high=3).cumsum(1)
    yield sample(make(2, 7, 3), "sum", offsets=offsets, axis=1, unsafe=True)
    yield sample(make(4, 7), "mean", lengths=make(4, 2, dtype="int32", low=1, high=4), axis=1, unsafe=True)
