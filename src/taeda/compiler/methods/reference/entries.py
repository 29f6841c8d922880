"""Matrices stored as rows of entries.

sparse_product, sampled_product
    pointers (rows + 1), columns (entries), and: values (entries), dense (inner, width), out (rows, width) | left (rows,
    width), right (inner, width), out (entries): products with and at the entries of a matrix of rows of entries
group_numbers, row_numbers
    keys (entries), bound, pointers (bound + 1), order (None: as they come), places (None) | pointers, rows, numbers
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from taeda.compiler.methods.reference.kernels import Array, Tensor, perform
from taeda.ir.dtype import COMPLEX


def sparse_product(b: Any, *, pointers: Any, columns: Any, values: Any, dense: Any, out: Any,
                   faults: list[tuple[str, str]]) -> None:
    perform(b, _sparse_product, [pointers, columns, values, dense, out], faults=faults)


def sampled_product(b: Any, *, pointers: Any, columns: Any, left: Any, right: Any, out: Any,
                   faults: list[tuple[str, str]]) -> None:
    perform(b, _sampled_product, [pointers, columns, left, right, out], faults=faults)


def group_numbers(b: Any, *, keys: Any, bound: Any, pointers: Any, order: Any, places: Any,
                  faults: list[tuple[str, str]]) -> None:
    perform(b, _group_numbers, [keys, pointers, order, places], [bound], faults=faults)


def row_numbers(b: Any, *, pointers: Any, rows: Any, numbers: Any, faults: list[tuple[str, str]]) -> None:
    perform(b, _row_numbers, [pointers, numbers], [rows], faults=faults)


def _wide(x: Tensor) -> Array:
    return x.values.astype(np.complex128) if x.dtype in COMPLEX else x.wide


def _rows(pointers: Array) -> Iterator[tuple[int, int, int]]:
    for row in range(len(pointers) - 1):
        yield row, int(pointers[row]), int(pointers[row + 1])


def _wrong(pointers: Array, columns: Array, inner: int) -> Any:
    entries = len(columns)
    for row, first, last in _rows(pointers):
        if not 0 <= first <= last <= entries:
            return 1, row, first, last, entries
        for entry in range(first, last):
            if not 0 <= columns[entry] < inner:
                return 2, entry, columns[entry], inner
    return None


def _sparse_product(pointers: Tensor, columns: Tensor, values: Tensor, dense: Tensor, out: Tensor) -> Any:
    if wrong := _wrong(pointers.array, columns.array, dense.shape[0]):
        return wrong
    x, y = _wide(values), _wide(dense)
    result = np.zeros(out.shape, np.result_type(x, y))
    for row, first, last in _rows(pointers.array):
        for entry in range(first, last):
            result[row] += x[entry] * y[columns.array[entry]]
    out.store(result)
    return None


def _sampled_product(pointers: Tensor, columns: Tensor, left: Tensor, right: Tensor, out: Tensor) -> Any:
    if wrong := _wrong(pointers.array, columns.array, right.shape[0]):
        return wrong
    x, y = _wide(left), _wide(right)
    result = np.zeros(out.shape, np.result_type(x, y))
    for row, first, last in _rows(pointers.array):
        result[first:last] = y[columns.array[first:last]] @ x[row]
    out.store(result)
    return None


def _group_numbers(keys: Tensor, pointers: Tensor, order: Tensor | None, places: Tensor, bound: int) -> Any:
    count = len(keys.array)
    given = np.arange(count) if order is None else order.array
    for k, place in enumerate(given):
        if not 0 <= place < count:
            return 2, k, place, count
        if not 0 <= keys.array[place] < bound:
            return 1, place, keys.array[place], bound
    numbers = keys.array[given]
    pointers.array[:] = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=bound))])
    places.array[:] = given[np.argsort(numbers, kind="stable")]
    return None


def _row_numbers(pointers: Tensor, numbers: Tensor, rows: int) -> Any:
    given, entries = pointers.array, numbers.shape[0]
    for row, first, last in _rows(given):
        if not 0 <= first <= last <= entries or row == 0 and first != 0 or row == rows - 1 and last != entries:
            return 1, row, first, last, entries
        numbers.array[first:last] = row
    return None
