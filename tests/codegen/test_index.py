"""The indexing engine against NumPy, on every instruction set that the machine has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from template_runner import TARGETS, Launch, strides

from taeda.codegen.target import Target
from taeda.codegen.templates.index.mask import CHUNK, emit_mask_count, emit_mask_offsets, emit_masked, emit_nonzero
from taeda.codegen.templates.index.walk import emit_index

targets = pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
random = np.random.default_rng(0)
DTYPES = ("bool", "uint8", "int32", "float32", "float64")


def values(shape: tuple[int, ...], dtype: str) -> Any:
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(bool)
    if dtype.startswith("float"):
        return random.standard_normal(shape).astype(dtype)
    return random.integers(0, 100, shape).astype(dtype)


def run(target: Target, mode: str, regular: Any, indexed: Any, indices: list[Any], shape: tuple[int, ...],
        regular_strides: list[int], indexed_strides: list[int], index_strides: list[list[int]],
        bounds: list[tuple[int, int]], safe: tuple[int, ...], collision: tuple[int, ...] = (), *, wrap: bool = False,
        skip: int | None = None, block: int = 5, grain: int | None = None) -> tuple[int, Launch]:
    """Launch with the dimensions of the space in the order safe, collision."""
    order = [*safe, *collision]
    inner = max(order)
    inner_safe = inner in safe
    inner_indexed = any(s[inner] for s in index_strides)
    text = emit_index(target, mode=mode, regular=str(regular.dtype), indexed=str(indexed.dtype),
                      indices=[str(i.dtype) for i in indices], safe=len(safe), collision=len(collision),
                      inner_safe=inner_safe,
                      inner_indexed=inner_indexed, wrap=wrap, skip=skip is not None)
    integers = [block, *(shape[d] for d in order)]
    for s in (regular_strides, indexed_strides, *index_strides):
        integers += [s[d] for d in order]
    for pair in bounds:
        integers += pair
    if skip is not None:
        integers.append(skip)
    first, last = (indexed, regular) if mode == "read" else (regular, indexed)
    launch = Launch(text, target, [first, *indices, last], integers)
    if not inner_safe:
        work = int(np.prod([shape[d] for d in safe]))
    else:
        work = int(np.prod([shape[d] for d in safe[:-1]])) * -(-shape[safe[-1]] // block)
    return launch(work, grain), launch


@targets
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("columns", [1, 3, 7, 16, 33, 150])
def test_rows(target: Target, dtype: str, columns: int) -> None:
    x = values((6, columns), dtype)
    index = np.array([[5, 0, -1], [2, -6, 2]])
    out = np.zeros((2, 3, columns), dtype)
    for block in (1000, 16):
        code, _ = run(target, "read", out, x, [index], (2, 3, columns), strides(out), [0, 0, x.strides[1]],
                      [[*strides(index), 0]], [(6, x.strides[0])], (0, 1, 2), wrap=True, block=block, grain=2)
        assert code == 0
        np.testing.assert_array_equal(out, x[index])


@targets
def test_several_indices_and_layouts(target: Target) -> None:
    x = values((7, 5, 9), "float32").transpose(2, 0, 1)[::2]
    i, j = np.array([[4], [-5]]), np.array([3, 0, 6, -1], dtype=np.int32)
    expected = x[i, j]
    out = np.zeros(expected.shape, "float32")
    code, _ = run(target, "read", out, x, [i, j], (2, 4, 5), strides(out), [0, 0, x.strides[2]],
                  [[i.strides[0], 0, 0], [0, j.strides[0], 0]], [(5, x.strides[0]), (7, x.strides[1])],
                  (0, 1, 2), wrap=True)
    assert code == 0
    np.testing.assert_array_equal(out, expected)


@targets
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_gather(target: Target, axis: int) -> None:
    x = values((4, 5, 6), "float64")
    shape = tuple(11 if d == axis else n - 1 for d, n in enumerate(x.shape))
    index = random.integers(0, x.shape[axis], shape)
    out = np.zeros(shape)
    xs = [0 if d == axis else s for d, s in enumerate(x.strides)]
    code, _ = run(target, "read", out, x, [index], shape, strides(out), xs, [strides(index)],
                  [(x.shape[axis], x.strides[axis])], (0, 1, 2), grain=3)
    assert code == 0
    small = x[tuple(slice(None) if d == axis else slice(0, shape[d]) for d in range(3))]
    np.testing.assert_array_equal(out, np.take_along_axis(small, index, axis))


@targets
@pytest.mark.parametrize("mode", ["write", "sum", "prod", "amax", "amin"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_scatter(target: Target, mode: str, dtype: str, axis: int) -> None:
    x = values((4, 5, 6), dtype)
    shape = tuple(9 if d == axis else n - 1 for d, n in enumerate(x.shape))
    index = random.integers(0, x.shape[axis], shape)
    source = values(shape, dtype)
    expected = x.copy()
    with np.errstate(over="ignore"):
        for at in np.ndindex(*shape):
            to = tuple(index[at] if d == axis else c for d, c in enumerate(at))
            a, b = expected[to], source[at]
            expected[to] = {"write": lambda a, b: b, "amax": max, "amin": min, "sum": lambda a, b: a + b,
                            "prod": lambda a, b: a * b}[mode](a, b)
    results = []
    for grain in (1, 100):
        out = x.copy()
        xs = [0 if d == axis else s for d, s in enumerate(x.strides)]
        safe = tuple(d for d in range(3) if d != axis)
        code, _ = run(target, mode, source, out, [index], shape, strides(source), xs, [strides(index)],
                      [(x.shape[axis], x.strides[axis])], safe, (axis,), grain=grain)
        assert code == 0
        np.testing.assert_array_equal(out, expected)
        results.append(out)


@targets
@pytest.mark.parametrize("columns", [1, 5, 40])
def test_rows_added(target: Target, columns: int) -> None:
    index = np.array([3, 0, 3, 2, 3, 0])
    grad = values((6, columns), "float32")
    expected = np.zeros((4, columns), "float32")
    for r, g in zip(index, grad, strict=True):
        if r != 2:
            expected[r] += g
    out = np.zeros((4, columns), "float32")
    code, _ = run(target, "sum", grad, out, [index], (6, columns), strides(grad), [0, out.strides[1]],
                  [[8, 0]], [(4, out.strides[0])], (1,), (0,), skip=2, block=16, grain=1)
    assert code == 0
    np.testing.assert_array_equal(out, expected)


@targets
@pytest.mark.parametrize("bad", [4, -5, 2 ** 62, -2 ** 63])
def test_bad_index(target: Target, bad: int) -> None:
    x = values((4, 3), "float32")
    index = np.array([0, 1, bad, 2])
    out = np.zeros((4, 3), "float32")
    code, launch = run(target, "read", out, x, [index], (4, 3), strides(out), [0, 4], [[8, 0]], [(4, 12)], (0, 1),
                       wrap=True)
    assert (code, list(launch.fault[:3])) == (1, [bad, 4, 2])
    code, launch = run(target, "sum", out, x, [np.array([0, -1, 2, 3])], (4, 3), strides(out), [0, 4], [[8, 0]], [(4,
                                                                                                                   12)],
                       (1,), (0,))
    assert (code, list(launch.fault[:3])) == (1, [-1, 4, 1])


@targets
def test_empty(target: Target) -> None:
    x = values((4, 0), "float32")
    index, out = np.array([0, 1]), np.zeros((2, 0), "float32")
    code, _ = run(target, "read", out, x, [index], (2, 0), strides(out), [0, 4], [[8, 0]], [(4, 4)], (0, 1))
    assert code == 0
    assert run(target, "read", x, x, [index], (0, 3), [4, 4], [0, 4], [[8, 0]], [(0, 4)], (0, 1))[0] == 0


def mask_offsets(target: Target, mask: Any) -> tuple[Any, int]:
    chunks = -(-mask.size // CHUNK)
    counts, offsets, total = np.zeros(chunks, np.int64), np.zeros(chunks, np.int64), np.zeros(1, np.int64)
    assert Launch(emit_mask_count(target, dtype=str(mask.dtype)), target, [mask, counts], [mask.size])(chunks, 1) == 0
    assert Launch(emit_mask_offsets(target), target, [counts, offsets, total], [chunks])(1) == 0
    return offsets, int(total[0])


@targets
@pytest.mark.parametrize("dtype", [*DTYPES, "float16"])
@pytest.mark.parametrize("shape", [(0,), (5,), (3, 7, 11), (2, 9000)])
def test_nonzero(target: Target, dtype: str, shape: tuple[int, ...]) -> None:
    mask = (values(shape, "float32") * values(shape, "bool")).astype(dtype)
    offsets, total = mask_offsets(target, mask)
    expected = np.argwhere(mask)
    result = np.zeros((len(shape), total), np.int64)
    assert result.T.shape == expected.shape
    text = emit_nonzero(target, dtype=dtype, rank=len(shape))
    assert Launch(text, target, [mask, offsets, result], [mask.size, total, *shape])(len(offsets), 1) == 0
    np.testing.assert_array_equal(result.T, expected)


@targets
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [0, 7, 20000])
def test_masked(target: Target, dtype: str, size: int) -> None:
    mask, x = values((size,), "bool"), values((size,), dtype)
    offsets, total = mask_offsets(target, mask)
    result = np.zeros(total, dtype)
    text = emit_masked(target, mode="select", dtype=dtype)
    assert Launch(text, target, [mask, offsets, x, result], [size])(len(offsets), 1) == 0
    np.testing.assert_array_equal(result, x[mask])
    expected, out, source = x.copy(), x.copy(), values((total,), dtype)
    expected[mask] = source
    text = emit_masked(target, mode="scatter", dtype=dtype)
    assert Launch(text, target, [mask, offsets, source, out], [size])(len(offsets), 1) == 0
    np.testing.assert_array_equal(out, expected)
