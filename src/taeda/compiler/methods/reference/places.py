"""Walks over indices, and what masks select.

walk
    mode, regular, indexed, indices, dimensions, bounds, wrap, skip (None): elements of `indexed` are 'read' into
    `regular` or added to it ('collect'), or those of `regular` combined into `indexed` ('write', 'sum', 'prod', 'amax',
    'amin'), in the order of the dimensions; where an index is `skip`, nothing. Faults of bounds: {0} the index, {1} the
    size, {2} the number of the element in its index tensor
check_walk
    indices, dimensions, bounds, wrap: nothing but the faults of a walk, before anything is written
take, spread, weigh
    input (b, rows, elements, inner), places (b or 1, taps, points; int32), weights (the same), out, taps: in each row
    the sum over the taps of weights times elements at places (the last one for those beyond); its transpose in input,
    and in the weights, where input has an inner of 1 and `upstream` (b, rows, points, 1) is the other factor
copy_rows
    input, places (int64), out, begin, cut, length, fault ({0} the place, {1} the size): rows along the last dimension,
    whose elements are adjacent. `length` elements from `cut` on come to `begin`; what is before and behind them is
    what stands at the places of those elements of out
mark_true
    mask (contiguous); returns a register that the next four want (`marks`), and how many elements are true (a Symbol)
coordinates, pick_true, put_true
    mask, marks, and: count, out (dimensions, count) | input, out (count) | source, out (of the mask's shape).
    All are contiguous
run_starts, number_runs
    input (a vector), starts (bool: the element differs from the one before) | starts, marks, count, permutation (None),
    inverse (at permutation[i] the number of the run of i), firsts (where each run starts, then the end)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from taeda.compiler.methods.reference.kernels import Array, Tensor, elements, perform
from taeda.ir.geometry import Bound, Dimension
from taeda.ir.loop_interpreter import from_storage, round_to, to_storage


def walk(b: Any, *, mode: str, regular: Any, indexed: Any, indices: Sequence[Any], dimensions: Sequence[Dimension],
         bounds: Sequence[Bound], wrap: bool, skip: Any = None) -> None:
    perform(b, _walk, [regular, indexed, *indices], _numbers(dimensions, bounds, skip),
            faults=[(bound.exception, bound.message) for bound in bounds], mode=mode, rank=len(dimensions),
            count=len(indices), by_index=tuple(d.by_index for d in dimensions), wrap=wrap, skips=skip is not None)


def check_walk(b: Any, *, indices: Sequence[Any], dimensions: Sequence[Dimension], bounds: Sequence[Bound],
               wrap: bool) -> None:
    perform(b, _walk, [None, None, *indices], _numbers(dimensions, bounds, None),
            faults=[(bound.exception, bound.message) for bound in bounds], mode="check", rank=len(dimensions),
            count=len(indices), by_index=tuple(d.by_index for d in dimensions), wrap=wrap, skips=False)


def take(b: Any, *, input: Any, places: Any, weights: Any, out: Any, taps: int) -> None:
    perform(b, _take, [input, places, weights, out])


def spread(b: Any, *, input: Any, places: Any, weights: Any, out: Any, taps: int) -> None:
    perform(b, _spread, [input, places, weights, out])


def weigh(b: Any, *, upstream: Any, input: Any, places: Any, out: Any, taps: int) -> None:
    perform(b, _weigh, [upstream, input, places, out])


def _found(input: Tensor, places: Tensor) -> Array:
    """(b, rows, taps, points, inner): the elements at places."""
    at = _of_rows(places, len(input.array), input.shape[2])
    return np.stack([x[:, where] for x, where in zip(input.array, at, strict=True)]) if len(at) else np.empty(0)


def _of_rows(places: Tensor, count: int, size: int) -> Array:
    """The places of each of `count`; beyond the row they are its last one."""
    return np.broadcast_to(np.minimum(places.array.view(np.uint32), size - 1), (count, *places.shape[1:]))


def _take(input: Tensor, places: Tensor, weights: Tensor, out: Tensor) -> None:
    if out.array.size:
        out.array[...] = (_found(input, places) * weights.array[:, None, :, :, None]).sum(2)


def _spread(input: Tensor, places: Tensor, weights: Tensor, out: Tensor) -> None:
    out.array[...] = 0
    values = input.array[:, :, None] * weights.array[:, None, :, :, None]
    at = _of_rows(places, len(input.array), out.shape[2])
    for target, x, where in zip(out.array, values, at, strict=True):
        rows: Any = (slice(None), where)
        np.add.at(target, rows, x)


def _weigh(upstream: Tensor, input: Tensor, places: Tensor, out: Tensor) -> None:
    if out.array.size:
        out.array[...] = (_found(input, places) * upstream.array[:, :, None]).sum((1, 4))


def copy_rows(b: Any, *, input: Any, places: Any, out: Any, begin: Any, cut: Any, length: Any,
              fault: tuple[str, str]) -> None:
    perform(b, _copy_rows, [input, places, out], [begin, cut, length], faults=[fault])


def _copy_rows(input: Tensor, places: Tensor, out: Tensor, begin: int, cut: int, length: int) -> Any:
    at = places.array.copy()
    at[begin:begin + length] = np.arange(cut, cut + length)
    bad = at[(at < 0) | (at >= input.shape[-1])]
    if out.array.size and bad.size:
        return 1, bad[0], input.shape[-1]
    if out.array.size:
        out.array[...] = input.array[..., at]
    return None


def _numbers(dimensions: Sequence[Dimension], bounds: Sequence[Bound], skip: Any) -> list[Any]:
    found = [n for d in dimensions for n in (d.size, d.regular, d.indexed, *d.indices)]
    found += [n for bound in bounds for n in (bound.size, bound.stride)]
    return found if skip is None else [*found, skip]


_COMBINE = {"sum": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def _walk(regular: Tensor | None, indexed: Tensor | None, *rest: Any, mode: str, rank: int, count: int,
          by_index: tuple[bool, ...], wrap: bool, skips: bool) -> Any:
    indices, numbers = rest[:count], list(rest[count:])
    table = [[numbers.pop(0) for _ in range(3 + count)] for _ in range(rank)]
    bounds = [(numbers.pop(0), numbers.pop(0)) for _ in range(count)]
    sizes = [row[0] for row in table]
    if 0 in sizes:
        return None
    coordinates = np.indices(sizes).reshape(rank, -1) if rank else np.zeros((0, 1), np.int64)

    def offsets(strides: list[int]) -> Array:
        return np.array(strides, np.int64) @ coordinates if rank else np.zeros(1, np.int64)

    number = np.zeros(coordinates.shape[1], np.int64)  # of the element in the index tensors
    for d in range(rank):
        if by_index[d]:
            number = number * sizes[d] + coordinates[d]
    at, taken = offsets([row[2] for row in table]), np.ones(coordinates.shape[1], bool)
    for k, (index, (size, stride)) in enumerate(zip(indices, bounds, strict=True)):
        places = offsets([row[3 + k] for row in table])
        chosen = elements(index, places)[places - places.min()].astype(np.int64)
        if skips:
            taken = chosen != numbers[0]
        wrapped = np.where(wrap & (chosen < 0), chosen + size, chosen)
        bad = np.flatnonzero(taken & ((wrapped < 0) | (wrapped >= size)))
        if bad.size:
            first = bad[number[bad].argmin()]
            return k + 1, chosen[first], size, number[first]
        at = at + wrapped * stride
    if mode == "check" or not taken.any():
        return None
    assert regular is not None and indexed is not None
    near, far = offsets([row[1] for row in table])[taken], at[taken]
    plain, table_memory = elements(regular, near), elements(indexed, far)
    near, far = near - near.min(), far - far.min()
    if mode == "read":
        plain[near] = table_memory[far]
        return None
    if mode == "collect":
        totals = from_storage(plain, regular.dtype).copy()
        np.add.at(totals, near, from_storage(table_memory, indexed.dtype)[far].astype(totals.dtype))
        plain[near] = to_storage(totals, regular.dtype)[near]
        return None
    values = from_storage(plain, regular.dtype)[near]
    if mode == "write":
        table_memory[far] = to_storage(round_to(values, indexed.dtype) if values.dtype.kind == "f" else values,
                                       indexed.dtype)
        return None
    sums = from_storage(table_memory, indexed.dtype).copy()
    _COMBINE[mode].at(sums, far, values.astype(sums.dtype))
    table_memory[far] = to_storage(round_to(sums, indexed.dtype) if sums.dtype.kind == "f" else sums,
                                   indexed.dtype)[far]
    return None


# -- masks -------------------------------------------------------------------------------------------------------------


def mark_true(b: Any, *, mask: Any) -> tuple[Any, Any]:
    total = b.alloc("int64", [1])
    perform(b, _count_true, [mask, total])
    return total, total.item()


def coordinates(b: Any, *, mask: Any, marks: Any, count: Any, out: Any) -> None:
    perform(b, _coordinates, [mask, out])


def pick_true(b: Any, *, mask: Any, marks: Any, input: Any, out: Any) -> None:
    perform(b, _pick_true, [mask, input, out])


def put_true(b: Any, *, mask: Any, marks: Any, source: Any, out: Any) -> None:
    perform(b, _put_true, [mask, source, out])


def run_starts(b: Any, *, input: Any, starts: Any) -> None:
    perform(b, _run_starts, [input, starts])


def number_runs(b: Any, *, starts: Any, marks: Any, count: Any, permutation: Any, inverse: Any, firsts: Any) -> None:
    perform(b, _number_runs, [starts, permutation, inverse, firsts])


def _count_true(mask: Tensor, total: Tensor) -> None:
    total.array[0] = np.count_nonzero(mask.values)


def _coordinates(mask: Tensor, out: Tensor) -> None:
    out.array[...] = np.argwhere(mask.values != 0).T


def _pick_true(mask: Tensor, input: Tensor, out: Tensor) -> None:
    found = input.array[mask.array]
    out.array.reshape(-1)[:len(found)] = found


def _put_true(mask: Tensor, source: Tensor, out: Tensor) -> None:
    out.array[mask.array] = source.array.reshape(-1)[:np.count_nonzero(mask.array)]


def _run_starts(input: Tensor, starts: Tensor) -> None:
    x = input.values
    starts.array[:1] = True
    starts.array[1:] = x[1:] != x[:-1]


def _number_runs(starts: Tensor, permutation: Tensor | None, inverse: Tensor, firsts: Tensor) -> None:
    places = np.arange(len(starts.array)) if permutation is None else permutation.array
    inverse.array[places] = np.cumsum(starts.array) - 1
    firsts.array[...] = [*np.flatnonzero(starts.array), len(starts.array)]
