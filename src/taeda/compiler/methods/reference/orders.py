"""Sorting, running sums, places in sorted rows.

sort, topk, select_rank
    input, values, places, dim, and: descending (stable) | largest | mode ('kth', 'median', 'nanmedian', 'mode'), k
shuffle
    numbers, out, int64: in each row of the last dimension out[i] = out[j], out[j] = i for i = 0, 1, ..., where j is
    (i + 1) numbers[i] / 2**64, of unsigned numbers
scan, scan_extremes
    input, dim, and: out, operation ('sum', 'prod', 'logsumexp'), reverse | values, places, largest
search_rows
    rows, values, sorter (None), out, right, fault ({0} the sorter's number, {1} elements of a row)
total, repeat_numbers
    counts, total (1), fault | counts, out: each i, counts[i] times. int64 and contiguous; the fault is for negative
    numbers
"""

from __future__ import annotations

from typing import Any

import numpy as np

from taeda.compiler.methods.reference.kernels import Array, Tensor, perform


def sort(b: Any, *, input: Any, values: Any, places: Any, dim: int, descending: bool) -> None:
    perform(b, _sort, [input, values, places], dim=dim, descending=descending)


def topk(b: Any, *, input: Any, values: Any, places: Any, dim: int, largest: bool) -> None:
    perform(b, _sort, [input, values, places], dim=dim, descending=largest)


def select_rank(b: Any, *, input: Any, values: Any, places: Any, dim: int, mode: str, k: Any) -> None:
    perform(b, _select_rank, [input, values, places], [k], dim=dim, mode=mode)


def shuffle(b: Any, *, numbers: Any, out: Any) -> None:
    perform(b, _shuffle, [numbers, out])


def scan(b: Any, *, input: Any, out: Any, dim: int, operation: str, reverse: bool) -> None:
    perform(b, _scan, [input, out], dim=dim, operation=operation, reverse=reverse)


def scan_extremes(b: Any, *, input: Any, values: Any, places: Any, dim: int, largest: bool) -> None:
    perform(b, _scan_extremes, [input, values, places], dim=dim, largest=largest)


def search_rows(b: Any, *, rows: Any, values: Any, sorter: Any, out: Any, right: bool, fault: tuple[str, str]) -> None:
    perform(b, _search_rows, [rows, values, sorter, out], faults=[fault], right=right)


def total(b: Any, *, counts: Any, total: Any, fault: tuple[str, str]) -> None:
    perform(b, _total, [counts, total], faults=[fault])


def repeat_numbers(b: Any, *, counts: Any, out: Any) -> None:
    perform(b, _repeat_numbers, [counts, out])


def _rows(x: Array, dim: int) -> Array:
    """With `dim` last; a number is a row of one."""
    return np.moveaxis(x, dim, -1) if x.ndim else x.reshape(1)


def _order(x: Array, descending: bool) -> Array:
    """The places of the elements of rows in order, of equal ones the first first; NaN is the largest."""
    if not descending:
        return np.argsort(x, -1, kind="stable")
    return x.shape[-1] - 1 - np.argsort(x[..., ::-1], -1, kind="stable")[..., ::-1]


def _sort(input: Tensor, values: Tensor, places: Tensor, dim: int, descending: bool) -> None:
    x = _rows(input.values, dim)
    at = _order(x, descending)[..., :_rows(values.array, dim).shape[-1]]
    _write(input, values, places, dim, at)


def _write(input: Tensor, values: Tensor, places: Tensor, dim: int, at: Array) -> None:
    """The elements at places of each row, and the places."""
    found = np.take_along_axis(_rows(input.array, dim), at, -1)
    _rows(values.array, dim)[...] = found
    _rows(places.array, dim)[...] = at


def _shuffle(numbers: Tensor, out: Tensor) -> None:
    for at in np.ndindex(numbers.shape[:-1]):
        row = out.array[at]
        for i, number in enumerate(numbers.array[at].view(np.uint64).tolist()):
            j = (i + 1) * number >> 64
            row[i] = row[j]
            row[j] = i


def _select_rank(input: Tensor, values: Tensor, places: Tensor, k: int, dim: int, mode: str) -> None:
    rows = _rows(input.values, dim)
    result = np.zeros((*rows.shape[:-1], 1), np.int64)
    for at in np.ndindex(rows.shape[:-1]):
        result[at] = _place(rows[at], k, mode)
    if values.ndim < input.ndim:
        values, places = (Tensor(np.expand_dims(t.array, dim), t.dtype) for t in (values, places))
    _write(input, values, places, dim, result)


def _place(row: Array, k: int, mode: str) -> int:
    order = _order(row, False)
    if mode == "mode":
        distinct, counts = np.unique(row, return_counts=True)
        wanted = distinct[counts.argmax()]
        return int(np.flatnonzero((row == wanted) | ((row != row) & (wanted != wanted)))[-1])
    if mode == "kth":
        return int(order[k - 1])
    nan = row != row
    numbers = len(row) - int(nan.sum())
    if mode == "median" and nan.any() or not numbers:
        return int(nan.argmax())
    return int(order[(numbers - 1) // 2])


def _scan(input: Tensor, out: Tensor, dim: int, operation: str, reverse: bool) -> None:
    x = _rows(input.wide, dim)
    x = x[..., ::-1] if reverse else x
    result = {"sum": np.add, "prod": np.multiply, "logsumexp": np.logaddexp}[operation].accumulate(x, -1)
    result = result[..., ::-1] if reverse else result
    out.store(np.moveaxis(result, -1, dim) if out.ndim else result.reshape(()))


def _scan_extremes(input: Tensor, values: Tensor, places: Tensor, dim: int, largest: bool) -> None:
    x = _rows(input.values, dim)
    at = np.zeros(x.shape, np.int64)
    best = x[..., :1].copy()
    for k in range(1, x.shape[-1]):
        y = x[..., k:k + 1]
        better = (y != y) | ((best == best) & ((y >= best) if largest else (y <= best)))
        best = np.where(better, y, best)
        at[..., k:k + 1] = np.where(better, k, at[..., k - 1:k])
    _write(input, values, places, dim, at)


def _search_rows(rows: Tensor, values: Tensor, sorter: Tensor | None, out: Tensor, right: bool) -> Any:
    size = rows.shape[-1]
    if sorter is not None:
        bad = sorter.array[(sorter.array < 0) | (sorter.array >= size)]
        if bad.size:
            return 1, bad.reshape(-1)[0], size
    x = rows.values if sorter is None else np.take_along_axis(rows.values, sorter.array, -1)
    side: Any = "right" if right else "left"
    if rows.ndim == 1:
        out.store(np.searchsorted(x, values.values, side))
    else:
        for at in np.ndindex(rows.shape[:-1]):
            out.array[at] = np.searchsorted(x[at], values.values[at], side)
    return None


def _total(counts: Tensor, total: Tensor) -> Any:
    if (counts.array < 0).any():
        return (1,)
    total.array[0] = counts.array.sum()
    return None


def _repeat_numbers(counts: Tensor, out: Tensor) -> None:
    out.array[...] = np.repeat(np.arange(len(counts.array)), counts.array)
