"""Loop kernels by the calling convention against the interpreter: layouts, sizes, reductions, rows, aliasing, order."""

from __future__ import annotations

import numpy as np
import pytest
from loop_driver import TARGETS, run, storage

from taeda.codegen import loops
from taeda.codegen.target import AVX512
from taeda.ir import dtype as dtypes
from taeda.ir import loop_interpreter as interpreter
from taeda.ir.dtype import FLOAT8, INTEGERS
from taeda.ir.loop import (
    Kernel,
    Operand,
    Reduce,
    Store,
    call,
    cast,
    index,
    load,
    position,
    reduce,
    reduced,
    scalar,
    select,
    split,
)

FLOATS = tuple(name for name in dtypes.FLOATS if name not in FLOAT8)
NARROW = tuple(name for name in dtypes.NARROW if name not in FLOAT8)

TARGET = pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
AXIS = pytest.mark.parametrize("axis", ["inner", "outer"])
F = "float32"
SIZES = (0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 130)


def sample(rng: np.random.Generator, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype in INTEGERS:
        return rng.integers(0 if dtype == "uint8" else -9, 9, shape).astype(dtype)
    return interpreter.to_storage(interpreter.round_to(rng.standard_normal(shape), dtype), dtype)


def add_kernel(dtype: str = F) -> Kernel:
    x, y = load(0, dtype), load(1, dtype)
    value = x | y if dtype == "bool" else x + y
    return Kernel((Operand(dtype, "input"), Operand(dtype, "input"), Operand(dtype, "element")), (Store(2, value),))


def softmax_kernel() -> Kernel:
    x, top = load(0, F), reduced(0, F)
    e = call("exp", x - top)
    return Kernel((Operand(F, "input"), Operand(F, "element")),
                  (Reduce("max", x), Reduce("sum", e), Store(1, e / reduced(1, F))), "softmax")


def layer_norm_kernel() -> Kernel:
    """Inputs: x, weight, bias, eps and 1/n; outputs: y, and mean and rstd as rows."""
    x, weight, bias = load(0, F), load(1, F), load(2, F)
    mean = reduced(0, F) * scalar(1, F)
    centred = x - mean
    rstd = call("rsqrt", reduced(1, F) * scalar(1, F) + scalar(0, F))
    return Kernel((Operand(F, "input"),) * 3 + (Operand(F, "element"), Operand(F, "row"), Operand(F, "row")),
                  (Reduce("sum", x), Reduce("sum", centred * centred), Store(3, centred * rstd * weight + bias),
                   Store(4, mean), Store(5, rstd)), "layer_norm")


def layouts(x: np.ndarray) -> dict[str, np.ndarray]:
    wide = np.zeros((x.shape[0] * 2, x.shape[1] * 3), x.dtype)
    wide[::2, ::3] = x
    return {"contiguous": np.array(x, order="C"), "transposed": np.array(x, order="F"), "strided": wide[::2, ::3],
            "reversed": np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1]}


@TARGET
@AXIS
@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, *FLOATS])
def test_pointwise_dtypes_and_sizes(dtype: str, axis: str, target) -> None:
    rng = np.random.default_rng(0)
    kernel = add_kernel(dtype)
    for n in SIZES:
        shape = (2, n) if axis == "inner" else (n, 2)
        order = "C" if axis == "inner" else "F"
        x, y = (np.asarray(sample(rng, dtype, shape), order=order) for _ in range(2))
        guard = np.full(2 * n + 64, 77, storage(dtype))
        out = np.ndarray(shape, guard.dtype, guard.data, 32 * guard.itemsize, order=order)
        run(kernel, [x, y], outputs=[out], axis=axis, target=target)
        np.testing.assert_array_equal(out, interpreter.run(kernel, [x, y])[0])
        assert (guard[:32] == guard[0]).all() and (guard[32 + 2 * n:] == guard[0]).all()


@TARGET
@AXIS
@pytest.mark.parametrize("shape", [(3, 5), (5, 70), (67, 3), (40, 1100)])
def test_pointwise_layouts(shape: tuple[int, int], axis: str, target) -> None:
    rng = np.random.default_rng(1)
    kernel = add_kernel()
    base = sample(rng, F, shape)
    others = {**layouts(sample(rng, F, shape)), "row": sample(rng, F, (1, shape[1])),
              "column": sample(rng, F, (shape[0], 1)), "one": sample(rng, F, (1, 1))}
    for x in layouts(base).values():
        for y in others.values():
            want = interpreter.run(kernel, [x, y])[0]
            np.testing.assert_array_equal(run(kernel, [x, y], axis=axis, target=target)[0], want)
    for out in layouts(np.zeros(shape, np.float32)).values():
        run(kernel, [base, base], outputs=[out], axis=axis, target=target)
        np.testing.assert_array_equal(out, base + base)


@TARGET
@AXIS
@pytest.mark.parametrize("layout", ["contiguous", "transposed", "strided", "reversed"])
def test_in_place(layout: str, axis: str, target) -> None:
    rng = np.random.default_rng(2)
    for shape in ((3, 7), (70, 40), (2, 1300)):
        x, y = sample(rng, F, shape), sample(rng, F, shape)
        place = layouts(x)[layout]
        run(add_kernel(), [place, y], outputs=[place], axis=axis, target=target)
        np.testing.assert_array_equal(place, x + y)
        place = layouts(x)[layout]
        want = run(softmax_kernel(), [x], axis=axis, target=target)[0]
        run(softmax_kernel(), [place], outputs=[place], axis=axis, target=target)
        np.testing.assert_array_equal(place, want)


@TARGET
def test_inner_of_two_dimensions(target) -> None:
    """inner_rank 2: the inner points are middle × inner."""
    rng = np.random.default_rng(3)
    x, y = sample(rng, F, (3, 5, 37)), sample(rng, F, (1, 5, 1))
    for kernel in (add_kernel(), softmax_kernel()):
        ins = [x, y][:kernel.inputs]
        flat = [np.broadcast_to(a, x.shape).reshape(3, -1) for a in ins]
        want = interpreter.run(kernel, flat, inner=37)[0]
        for axis in ("inner", "outer"):
            got = run(kernel, ins, middle=5, axis=axis, target=target)[0].reshape(3, -1)
            np.testing.assert_allclose(got, want, rtol=1e-6)
    total = Kernel((Operand(F, "input"), Operand(F, "row"), Operand("int64", "row")),
                   (Reduce("sum", load(0, F)), Reduce("argmax", load(0, F)), Store(1, reduced(0, F)),
                    Store(2, reduced(1, "int64"))))
    wide = sample(rng, F, (4, 6, 1200))
    want = interpreter.run(total, [wide.reshape(4, -1)], inner=1200)
    for axis in ("inner", "outer"):
        for a in (wide, np.asfortranarray(wide), np.ascontiguousarray(wide[:, ::-1])[:, ::-1]):
            got = run(total, [a], middle=6, axis=axis, target=target)
            np.testing.assert_array_equal(got[0], want[0])
            np.testing.assert_array_equal(got[1], want[1])


def reduction(combiner: str, dtype: str) -> Kernel:
    stage = Reduce(combiner, load(0, dtype))
    return Kernel((Operand(dtype, "input"), Operand(stage.dtype, "row")), (stage, Store(1, reduced(0, stage.dtype))))


@TARGET
@AXIS
@pytest.mark.parametrize("combiner,dtype", [
    *((c, d) for c in ("sum", "prod", "argmax", "argmin") for d in (*INTEGERS, *FLOATS)),
    *((c, d) for c in ("max", "min") for d in ("bool", *INTEGERS, *FLOATS)), ("any", "bool"), ("all", "bool")])
def test_reductions(combiner: str, dtype: str, axis: str, target) -> None:
    """To the bit: also the order of sums is the interpreter's."""
    rng = np.random.default_rng(4)
    kernel = reduction(combiner, dtype)
    for n in (0, 1, 2, 5, 16, 31, 33, 64, 100, 1025, 2500) if dtype in (F, "int64") else (0, 1, 5, 33, 100):
        x = sample(rng, dtype, (35, n))
        want = interpreter.run(kernel, [x], shape=(35, n))[0]
        for layout in layouts(x).values() if n in (5, 33, 1025) else (layouts(x)["contiguous" if axis == "inner"
                                                                                 else "transposed"],):
            got = run(kernel, [layout], axis=axis, target=target)[0]
            np.testing.assert_array_equal(interpreter.from_storage(got, kernel.operands[1].dtype),
                                          interpreter.from_storage(want, kernel.operands[1].dtype))


@TARGET
@AXIS
def test_nan_wins(axis: str, target) -> None:
    rng = np.random.default_rng(5)
    for dtype in (F, "float64", "float16", "bfloat16"):
        x = rng.standard_normal((40, 77))
        for row in range(40):
            x[row, rng.integers(0, 77, row % 4)] = np.nan
        x[5] = -np.inf
        x[6] = np.inf
        x = interpreter.to_storage(interpreter.round_to(x, dtype), dtype)
        for combiner in ("max", "min", "argmax", "argmin"):
            kernel = reduction(combiner, dtype)
            got, want = run(kernel, [x], axis=axis, target=target)[0], interpreter.run(kernel, [x])[0]
            np.testing.assert_array_equal(interpreter.from_storage(got, kernel.operands[1].dtype),
                                          interpreter.from_storage(want, kernel.operands[1].dtype))


@TARGET
@AXIS
def test_first_of_equal_values(axis: str, target) -> None:
    rng = np.random.default_rng(6)
    for dtype in ("int8", F):
        x = rng.integers(0, 2, (50, 90)).astype(dtype)
        x[3] = 0
        for combiner in ("argmax", "argmin"):
            got = run(reduction(combiner, dtype), [x], axis=axis, target=target)[0]
            np.testing.assert_array_equal(got, getattr(np, combiner)(x, axis=1))
    lowest = np.full((4, 50), np.iinfo("int32").min, "int32")
    assert (run(reduction("argmax", "int32"), [lowest], axis=axis, target=target)[0] == 0).all()


@TARGET
@AXIS
@pytest.mark.parametrize("shape", [(1, 1), (3, 10), (17, 100), (2, 3000), (130, 33)])
def test_softmax_and_layer_norm(shape: tuple[int, int], axis: str, target) -> None:
    rng = np.random.default_rng(8)
    for x in layouts(sample(rng, F, shape) * 3).values():
        got = run(softmax_kernel(), [x], axis=axis, target=target)[0]
        np.testing.assert_allclose(got, interpreter.run(softmax_kernel(), [x])[0], rtol=2e-6)
        weight, bias = sample(rng, F, (1, shape[1])), sample(rng, F, (1, shape[1]))
        numbers = (1e-5, 1 / shape[1])
        got = run(layer_norm_kernel(), [x, weight, bias], scalars=numbers, scalar_dtypes=(F, F), axis=axis,
                  target=target)
        want = interpreter.run(layer_norm_kernel(), [x, weight, bias], numbers)
        for g, w in zip(got, want, strict=True):
            np.testing.assert_allclose(g, w, rtol=3e-6, atol=3e-6)
        np.testing.assert_array_equal(got[1], want[1])


@TARGET
def test_bits_do_not_depend_on_axis_layout_batch_or_pieces(target) -> None:
    rng = np.random.default_rng(9)
    x = sample(rng, F, (70, 2100))
    weight, bias = sample(rng, F, (1, 2100)), sample(rng, F, (1, 2100))
    numbers = {"scalars": (1e-5, 1 / 2100), "scalar_dtypes": (F, F)}
    want = run(layer_norm_kernel(), [x, weight, bias], target=target, **numbers)
    for axis in ("inner", "outer"):
        for layout in layouts(x).values():
            got = run(layer_norm_kernel(), [layout, weight, bias], axis=axis, pieces=3, target=target, **numbers)
            for g, w in zip(got, want, strict=True):
                np.testing.assert_array_equal(g, w)
        one = run(layer_norm_kernel(), [x[5:6], weight, bias], axis=axis, target=target, **numbers)
        np.testing.assert_array_equal(one[0], want[0][5:6])


def test_sums_are_the_same_bits_on_every_target() -> None:
    rng = np.random.default_rng(10)
    x = sample(rng, F, (3, 5000))
    results = [run(reduction("sum", F), [x], target=target)[0] for target in TARGETS]
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


@TARGET
@AXIS
def test_index_position_and_scalars(axis: str, target) -> None:
    kernel = Kernel((Operand("int64", "element"), Operand("int64", "row"), Operand(F, "element"),
                     Operand("int64", "element"), Operand("bool", "element")),
                    (Reduce("sum", position() * position() + scalar(0, "int64")), Store(0, index() * 3),
                     Store(1, reduced(0, "int64")), Store(2, cast(index(), F) * scalar(1, F)),
                     Store(3, reduced(0, "int64") - index()), Store(4, scalar(2, "bool"))))
    for shape in ((3, 50), (90, 4)):
        numbers = (-7, 0.1, True)
        got = run(kernel, [], shape=shape, scalars=numbers, scalar_dtypes=("int64", F, "bool"), index_base=1000,
                  axis=axis, target=target)
        want = interpreter.run(kernel, [], numbers, 1000, shape)
        for g, w in zip(got, want, strict=True):
            np.testing.assert_array_equal(g, w)


@TARGET
@AXIS
@pytest.mark.parametrize("dtype", NARROW)
def test_half_sums_in_float32(dtype: str, axis: str, target) -> None:
    rng = np.random.default_rng(12)
    kernel = Kernel((Operand(dtype, "input"), Operand(dtype, "row")),
                    (Reduce("sum", load(0, dtype).cast(F)), Store(1, reduced(0, F).cast(dtype))))
    x = sample(rng, dtype, (40, 1500))
    np.testing.assert_array_equal(run(kernel, [x], axis=axis, target=target)[0], interpreter.run(kernel, [x])[0])


@TARGET
def test_split_adds_up(target) -> None:
    rng = np.random.default_rng(13)
    x = load(0, F)
    kernel = Kernel((Operand(F, "input"), Operand(F, "row"), Operand("bool", "row")),
                    (Reduce("sum", x * x), Reduce("any", x > 3), Store(1, call("sqrt", reduced(0, F) * scalar(0, F))),
                     Store(2, reduced(1, "bool"))))
    pair = split(kernel)
    assert pair is not None
    data = sample(rng, F, (8, 4096))
    partial = run(pair[0], [data], target=target)
    got = run(pair[1], [p[None, :] for p in partial], scalars=(0.5,), scalar_dtypes=(F,), target=target)
    np.testing.assert_allclose(got[0], np.sqrt((data.astype(np.float64) ** 2).sum() * 0.5), rtol=1e-6)
    assert got[1][0] == (data > 3).any()
    assert split(softmax_kernel()) is None and split(reduction("argmax", F)) is None and split(add_kernel()) is None


@TARGET
def test_row_store_reads_inputs_that_are_the_same_along_the_row(target) -> None:
    rng = np.random.default_rng(14)
    kernel = Kernel((Operand(F, "input"), Operand(F, "input"), Operand(F, "row")),
                    (Reduce("max", load(0, F)), Store(2, reduced(0, F) + load(1, F))))
    x, y = sample(rng, F, (70, 40)), sample(rng, F, (70, 1))
    for axis in ("inner", "outer"):
        np.testing.assert_array_equal(run(kernel, [x, y], axis=axis, target=target)[0], x.max(1) + y[:, 0])


@TARGET
@AXIS
def test_random_bits_depend_on_seed_and_index_alone(axis: str, target) -> None:
    words = [call("philox", scalar(0, "int64"), index(), attribute=w) for w in (0, 3)]
    kernel = Kernel((Operand("int32", "element"), Operand("int32", "element"), Operand("int32", "row")),
                    (Store(0, words[0]), Store(1, words[1]), Reduce("max", words[0]), Store(2, reduced(2, "int32"))))
    for shape in ((3, 50), (90, 4)):
        got = run(kernel, [], shape=shape, scalars=(-12345678901,), scalar_dtypes=("int64",), axis=axis, target=target)
        for g, w in zip(got, interpreter.run(kernel, [], (-12345678901,), 0, shape), strict=True):
            np.testing.assert_array_equal(g, w)
    by_input = Kernel((Operand("int64", "input"), Operand("int32", "element")),
                      (Store(1, call("philox", load(0, "int64"), index(), attribute=1)),))
    seeds = np.arange(40, dtype=np.int64)[:, None]
    got = run(by_input, [seeds], shape=(40, 70), axis=axis, target=target)[0]
    np.testing.assert_array_equal(got, interpreter.run(by_input, [seeds], shape=(40, 70))[0])


@TARGET
@AXIS
@pytest.mark.parametrize("seed", range(8))
def test_generated_kernels(seed: int, axis: str, target) -> None:
    """Random expressions of exact primitives over random operands, with reductions in between."""
    rng = np.random.default_rng(seed)
    inputs = int(rng.integers(1, 4))
    values = [load(k, F) for k in range(inputs)] + [scalar(0, F), cast(position(), F), cast(load(0, F) > 0, F)]
    stages: list[Reduce | Store] = []
    binary = ("add", "sub", "mul", "minimum", "maximum", "copysign")
    for _ in range(int(rng.integers(2, 5))):
        for _ in range(int(rng.integers(1, 5))):
            x, y = (values[k] for k in rng.integers(0, len(values), 2))
            made = call(binary[rng.integers(0, len(binary))], x, y)
            values.append(select(made > x, y, made) if rng.random() < 0.3 else made)
        combiner = ("sum", "max", "min", "argmax")[rng.integers(0, 4)]
        stages.append(Reduce(combiner, values[-1]))
        dtype = "int64" if combiner == "argmax" else F
        values.append(cast(reduced(len(stages) - 1, dtype), F) * 0.125)
    rows = [Store(inputs + 1, values[-1])]
    kernel = Kernel((Operand(F, "input"),) * inputs + (Operand(F, "element"), Operand(F, "row")),
                    (*stages, Store(inputs, values[-2] + values[-1]), *rows))
    shape = (int(rng.integers(1, 70)), int(rng.integers(1, 1400)))
    arrays = []
    for _ in range(inputs):
        x = sample(rng, F, shape) * 0.5
        choice = rng.integers(0, 6)
        arrays.append(x[:1] if choice == 4 else x[:, :1] if choice == 5 else list(layouts(x).values())[choice])
    got = run(kernel, arrays, shape=shape, scalars=(0.75,), scalar_dtypes=(F,), axis=axis, target=target)
    for g, w in zip(got, interpreter.run(kernel, arrays, (0.75,), 0, shape), strict=True):
        np.testing.assert_array_equal(g, w)


def test_wrong_variants() -> None:
    for variant in (("inner", 1, "cc"), ("sideways", 1, "ccc"), ("inner", 3, "ccc"), ("inner", 1, "ccx"),
                    ("inner", 1, "ncc"), ("outer", 1, "ccn")):
        with pytest.raises(ValueError, match="no variant"):
            loops.emit(add_kernel(), variant, AVX512)


@TARGET
def test_streaming_stores(target) -> None:
    """Class n writes past the cache, of the last vectors of a row their whole lines; nothing beyond it is written."""
    rng = np.random.default_rng(15)
    for shape in ((1, 5000), (3, 160), (2, 16), (1, 5), (1, 4099), (3, 112)):
        x, y = sample(rng, F, shape), sample(rng, F, shape)
        memory = np.zeros(shape[0] * shape[1] + 16, np.float32)
        start = -memory.ctypes.data % 64 // 4
        out = memory[start:start + shape[0] * shape[1]].reshape(shape)
        run(add_kernel(), [x, y], outputs=[out], target=target, letters={2: "n"})
        np.testing.assert_array_equal(out, x + y)
        assert not memory[:start].any() and not memory[start + out.size:].any()


@TARGET
@AXIS
@pytest.mark.parametrize("dtype", ["complex32", "complex64", "complex128"])
def test_complex_parts(dtype: str, axis: str, target) -> None:
    """Complex operands of every class are taken apart and joined; a sum is two sums."""
    rng = np.random.default_rng(4)
    shape = (5, 77)
    x, y = (interpreter.to_storage(
        (rng.integers(-9, 9, shape) + 1j * rng.integers(-9, 9, shape)).astype(interpreter.value_dtype(dtype)), dtype)
        for _ in range(2))
    a, b = load(0, dtype), load(1, dtype)
    stages: list = []
    total = reduce(stages, "sum", cast(a, "complex128") if dtype == "complex32" else a)
    kernel = Kernel((Operand(dtype, "input"),) * 2 + (Operand(dtype, "element"), Operand(total.dtype, "row")),
                    (*stages, Store(2, cast(a * b - 1j, dtype)), Store(3, total)))
    for inputs in ([x, y], [x[:, :1], y], [np.ascontiguousarray(x.T).T, y], [x[:, ::-1], y[:1]]):
        for got, want in zip(run(kernel, inputs, target=target, axis=axis), interpreter.run(kernel, inputs),
                             strict=True):
            np.testing.assert_array_equal(got, want)
