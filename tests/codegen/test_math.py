"""Every scalar primitive on every target, against the interpreter; accuracy in units in the last place."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from loop_driver import TARGETS, run, storage

from taeda.codegen import scalars as scalar_math
from taeda.ir import dtype as dtypes
from taeda.ir import loop_interpreter as interpreter
from taeda.ir.dtype import COMPLEX_OF, FLOAT8, INTEGERS, UNSIGNED, itemsize
from taeda.ir.loop import Kernel, Operand, Store, call, const, iterate, load, select
from taeda.ir.scalars import DOMAINS, PRIMITIVES

# Of the 8-bit floats it is enough to test conversions: else they are float32 that is rounded.
FLOATS = tuple(name for name in dtypes.FLOATS if name not in FLOAT8)
NARROW = tuple(name for name in dtypes.NARROW if name not in FLOAT8)

TARGET = pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)

# Largest error against float64 in units in the last place: (float32, float64).
EXACT = (0.5001, 0.5001)
ULP = {
    "exp": (1.15, 1.0), "exp2": (1.1, 1.15), "expm1": (0.51, 1.2), "log": (1.0, 1.0), "log1p": (1.0, 1.0),
    "log2": (1.0, 1.05), "log10": (1.0, 1.0), "rsqrt": (1.5, 1.5), "sin": (1.0, 1.0), "cos": (1.0, 1.0),
    "tan": (1.1, 2.0), "asin": (1.0, 1.0), "acos": (1.0, 1.0), "atan": (1.0, 1.0), "atan2": (1.05, 1.0),
    "sinh": (0.51, 2.0), "cosh": (0.51, 2.0), "tanh": (1.0, 2.0), "asinh": (0.51, 2.0), "acosh": (0.51, 2.5),
    "atanh": (0.51, 2.0), "sigmoid": (2.5, 2.5), "erf": (1.2, 2.0), "erfc": (0.51, 4.5), "erfinv": (0.51, 4.0),
    "lgamma": (1.5, 8.0), "digamma": (2.0, 40.0), "pow": (0.51, 1.0), "hypot": (0.51, 1.0),
}
WITH_FMA = {"exp": 0.9, "exp2": 1.0}  # in float32, less than above
# Where a function is tested, apart from special values: (lowest, highest).
RANGE = {
    "exp": (-104, 89), "exp2": (-150, 128), "expm1": (-20, 88), "log1p": (-0.999, 1e6), "asin": (-1, 1),
    "acos": (-1, 1),
    "sinh": (-88, 88), "cosh": (-88, 88), "tanh": (-10, 10), "acosh": (1, 1e4), "atanh": (-0.9999, 0.9999),
    "sigmoid": (-80, 80), "erf": (-4.5, 4.5), "erfc": (-4, 9), "erfinv": (-0.9999, 0.9999), "lgamma": (0.05, 60),
    "digamma": (2.0, 60), "sin": (-300, 300), "cos": (-300, 300), "tan": (-100, 100), "log": (1e-30, 1e30),
    "log2": (1e-30, 1e30), "log10": (1e-30, 1e30),
}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 1e-40, -1e-40, 1e-20, 3e38, -3e38, 65504.0, 1e5, -1e6,
           1e15, np.inf, -np.inf, np.nan]


def names(arity: int, *domains: str) -> list[str]:
    return sorted(p.name for p in PRIMITIVES.values()
                  if p.arity == arity and p.domain in domains and p.rule not in ("given", "philox", "iterate"))


def rows(operators: list[str], dtypes: tuple[str, ...]) -> list[tuple[str, str]]:
    """(op, dtype) for each dtype that the op takes."""
    return [(op, dtype) for op in operators for dtype in dtypes if dtype in DOMAINS[PRIMITIVES[op].domain]]


def unary_kernel(op: str, dtype: str, result: str | None = None) -> Kernel:
    value = call(op, load(0, dtype), dtype=result if op in ("cast", "bitcast") else None)
    return Kernel((Operand(dtype, "input"), Operand(value.dtype, "element")), (Store(1, value),))


def binary_kernel(op: str, dtype: str) -> Kernel:
    value = call(op, load(0, dtype), load(1, dtype))
    return Kernel((Operand(dtype, "input"),) * 2 + (Operand(value.dtype, "element"),), (Store(2, value),))


def values_of(x: np.ndarray, dtype: str) -> np.ndarray:
    return interpreter.to_storage(interpreter.round_to(np.asarray(x, np.float64), dtype), dtype)


def same(got: np.ndarray, want: np.ndarray, dtype: str) -> None:
    """Equal to the bit, but for the payload of NaN."""
    got, want = interpreter.from_storage(got, dtype), interpreter.from_storage(want, dtype)
    bad = ~((got == want) | ((got != got) & (want != want)))
    if dtype in FLOATS:
        bad |= (np.signbit(got) != np.signbit(want)) & (got == got)
    assert not bad.any(), (got[bad][:5], want[bad][:5], np.argwhere(bad)[:5])


def ulp_error(got: np.ndarray, exact: np.ndarray) -> float:
    """Of finite results; infinities and NaN must agree."""
    with np.errstate(all="ignore"):
        rounded = exact.astype(got.dtype)
        agree = np.isfinite(got) & np.isfinite(rounded)
        wrong = ~agree & ~((got == rounded) | (np.isnan(got) & np.isnan(rounded)))
        # One step between the largest number and infinity is rounding.
        near = wrong & ((np.abs(got) > 3e38) | (np.abs(rounded) > 3e38)) & ~np.isnan(got) & ~np.isnan(rounded)
        assert not (wrong & ~near).any(), (got[wrong][:5], rounded[wrong][:5])
        got64, scale = got[agree].astype(np.longdouble), np.spacing(np.abs(rounded[agree])).astype(np.longdouble)
        return float(np.max(np.abs(got64 - exact[agree].astype(np.longdouble)) / scale, initial=0))


def reference(op: str, x: np.ndarray) -> np.ndarray:
    """`op` of x to more digits than float64, where that can be had."""
    if x.dtype == np.float64 and op in ("erf", "erfc", "erfinv", "lgamma", "digamma"):
        mpmath = pytest.importorskip("mpmath")
        function = {"lgamma": mpmath.loggamma}.get(op) or getattr(mpmath, op)
        with mpmath.workdps(30):
            exact = [function(mpmath.mpf(float(v))) for v in x[0]]
            high = np.array([float(v) for v in exact])
            low = np.array([float(v - float(v)) for v in exact])
        return (high.astype(np.longdouble) + low.astype(np.longdouble))[None, :]
    wide = x.astype(np.longdouble)
    with np.errstate(all="ignore"):
        if op == "sigmoid":
            return 1 / (1 + np.exp(-wide))
        if op in ("erf", "erfc", "erfinv", "lgamma", "digamma"):
            wide = x.astype(np.float64)
        return np.asarray((interpreter.WIDE.get(op) or interpreter.EXACT[op])(wide))


def test_every_primitive_has_a_meaning_and_a_code_generator() -> None:
    assert set(PRIMITIVES) - interpreter.MEANINGS == set()
    for name, primitive in PRIMITIVES.items():
        if name in scalar_math.STRUCTURAL:
            continue
        missing = [dtype for dtype in DOMAINS[primitive.domain] if name not in scalar_math.TABLES[dtype]]
        assert not missing, f"{name} has no code generator for {missing}"


@TARGET
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("op", names(1, "float"))
def test_float_unary(op: str, dtype: str, target) -> None:
    rng = np.random.default_rng(7)
    low, high = RANGE.get(op, (-50, 50))
    x = np.concatenate([rng.uniform(low, high, 1500), rng.uniform(max(low, -2), max(min(high, 2), low), 1500),
                        rng.uniform(low, high, 500) * 1e-3 if low <= 0 else np.ones(1)])
    if op in ("log", "log2", "log10"):
        x = np.exp(rng.uniform(-85, 85, 3000))
        x = np.concatenate([x, rng.uniform(0.5, 2, 3000)])  # where nothing but the polynomial counts
    if op in ("erf", "erfc", "erfinv", "lgamma", "digamma") and dtype == "float64":
        x = x[::10]  # the reference is slow
    x = x.astype(dtype)[None, :]
    kernel = unary_kernel(op, dtype)
    got = run(kernel, [x], target=target)[0]
    want = interpreter.run(kernel, [x])[0]
    if got.dtype == bool:
        same(got, want, "bool")
        return
    exact = reference(op, x)
    limit = ULP.get(op, EXACT)[dtype == "float64"]
    if target.fma and dtype == "float32":
        limit = WITH_FMA.get(op, limit)
    assert ulp_error(got, exact) <= limit


@TARGET
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("op", names(1, "float"))
def test_every_nan_is_one(op: str, dtype: str, target) -> None:
    """Whatever its bits are, which arithmetic on bits could take for a number."""
    kernel = unary_kernel(op, dtype)
    if kernel.operands[1].dtype != dtype:
        return
    kind, infinity, sign = ("u4", 0x7F800000, 31) if dtype == "float32" else ("u8", 0x7FF << 52, 63)
    rng = np.random.default_rng(7)
    bits = rng.integers(infinity + 1, 1 << sign, 3000).astype(kind) | rng.integers(0, 2, 3000).astype(kind) << sign
    assert np.isnan(run(kernel, [bits.view(dtype)[None, :]], target=target)[0]).all()


@TARGET
def test_atan2_of_all_quadrants_and_sizes(target) -> None:
    rng = np.random.default_rng(2)
    y, x = (np.exp2(rng.uniform(-90, 127, (1, 40000))) * rng.choice([-1, 1], 40000) for _ in range(2))
    near = rng.uniform(-2, 2, (2, 1, 40000))
    y, x = (np.concatenate(v, 1).astype(np.float32) for v in ((y, near[0]), (x, near[1])))
    got = run(binary_kernel("atan2", "float32"), [y, x], target=target)[0]
    exact = np.arctan2(y.astype(np.longdouble), x.astype(np.longdouble))
    normal = np.abs(exact) > 2.0**-100  # below, the quotient's rounding counts for more
    assert ulp_error(got[normal], exact[normal]) <= ULP["atan2"][0]


@TARGET
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("op", names(1, "float", "number"))
def test_special_values(op: str, dtype: str, target) -> None:
    x = values_of(SPECIAL, dtype)[None, :]
    kernel = unary_kernel(op, dtype)
    got, want = (interpreter.from_storage(r[0], kernel.operands[1].dtype)
                 for r in (run(kernel, [x], target=target), interpreter.run(kernel, [x])))
    if op == "lgamma":  # scipy's gammaln differs from C at -infinity
        numbers = interpreter.from_storage(x, dtype) > -np.inf
        got, want = got[numbers], want[numbers]
    if op == "digamma":  # scipy at infinity and at huge numbers
        got, want = got[:, :11], want[:, :11]
    if got.dtype == bool:
        same(got, want, "bool")
        return
    tolerance = {"float32": 1e-6, "float64": 1e-13, "float16": 1e-3, "bfloat16": 8e-3}[dtype]
    finite = np.isfinite(want) & (np.abs(want.astype(np.float64)) < 3e38)
    np.testing.assert_allclose(got[finite], want[finite], rtol=tolerance, atol=1e-38 if dtype == "float32" else 0)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    infinite = np.isinf(want)
    np.testing.assert_array_equal(got[infinite], want[infinite])
    zero = want == 0
    if op not in ("sin", "cos", "tan", "erfinv"):  # their multiples of pi; scipy's erfinv(-0.0) is 0.0
        np.testing.assert_array_equal(np.signbit(got[zero]), np.signbit(want[zero]))


@TARGET
@pytest.mark.parametrize("op,dtype", [row for row in rows(names(2, "float", "number", "any"), FLOATS)
                                      if (row[0] != "nextafter" or row[1] not in NARROW)
                                      and (row[0] != "complex" or row[1] in COMPLEX_OF)])
def test_float_binary(op: str, dtype: str, target) -> None:
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(SPECIAL, SPECIAL)
    x = np.concatenate([x.ravel(), rng.standard_normal(500) * 3, np.abs(rng.standard_normal(300))])
    y = np.concatenate([y.ravel(), rng.standard_normal(500) * 3, rng.standard_normal(300) * 5])
    x, y = values_of(x, dtype)[None, :], values_of(y, dtype)[None, :]
    kernel = binary_kernel(op, dtype)
    got, want = run(kernel, [x, y], target=target)[0], interpreter.run(kernel, [x, y])[0]
    result = kernel.operands[2].dtype
    if result == "bool" or op not in (*ULP, "floordiv", "minimum", "maximum", "fmin", "fmax"):
        same(got, want, result)
        return
    got, want = interpreter.from_storage(got, result), interpreter.from_storage(want, result)
    if op in ("floordiv",):
        np.testing.assert_array_equal(got, want)
        return
    if op in ("minimum", "maximum", "fmin", "fmax"):  # which zero is the larger is left open
        np.testing.assert_array_equal(got, want)
        return
    tolerance = {"float32": 1.3e-7, "float64": 4e-16, "float16": 1e-3, "bfloat16": 8e-3}[dtype]
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=2e-45 if dtype == "float32" else 0)


@TARGET
@pytest.mark.parametrize("op,dtype", rows(names(1, "number", "integral") + names(
    2, "number", "integer", "integral", "any"), ("bool", *INTEGERS)))
def test_integers(op: str, dtype: str, target) -> None:
    primitive = PRIMITIVES[op]
    rng = np.random.default_rng(5)
    if dtype == "bool":
        x, y = rng.integers(0, 2, (2, 1, 200)).astype(bool)
    else:
        info = np.iinfo(dtype)
        edges = [info.min, info.min + 1, info.max, info.max - 1, 0, 1, 2, 3, 7] + [-1, -2, -7] * (info.min < 0)
        a, c = np.meshgrid(np.array(edges, dtype), np.array(edges, dtype))
        x = np.concatenate([a.ravel(), rng.integers(info.min, info.max, 300, dtype, True)])[None, :]
        y = np.concatenate([c.ravel(), rng.integers(-20 if info.min else 0, 20, 300).astype(dtype)])[None, :]
        if op in ("floordiv", "truncdiv", "remainder", "fmod"):
            y = np.where(y == 0, 1, y).astype(dtype)
            if info.min < 0 and op != "remainder":
                x, y = x[(y != -1) | (x != info.min)][None, :], y[(y != -1) | (x != info.min)][None, :]
    kernel = unary_kernel(op, dtype) if primitive.arity == 1 else binary_kernel(op, dtype)
    inputs = [x, y][:primitive.arity]
    same(run(kernel, inputs, target=target)[0], interpreter.run(kernel, inputs)[0], kernel.operands[-1].dtype)


@TARGET
@pytest.mark.parametrize("dtype", INTEGERS)
def test_division_by_zero_is_a_fault_and_not_a_trap(dtype: str, target) -> None:
    x, y = np.arange(1, 38).astype(dtype)[None, :], np.ones((1, 37), dtype)
    for op in ("floordiv", "remainder", "truncdiv", "fmod"):
        run(binary_kernel(op, dtype), [x, y], target=target)
        bad = y.copy()
        bad[0, 36] = 0
        run(binary_kernel(op, dtype), [x, bad], target=target, returns=1)
    if np.iinfo(dtype).min < 0:
        lowest = np.full((1, 37), np.iinfo(dtype).min, dtype)
        got = run(binary_kernel("floordiv", dtype), [lowest, np.full_like(lowest, -1)], target=target)[0]
        np.testing.assert_array_equal(got, lowest)


@TARGET
@pytest.mark.parametrize("source,target_dtype", [
    *itertools.product(("bool", *INTEGERS, *FLOATS), repeat=2),
    *itertools.product(("bool", "int32", "float16", "float32", "float64"), FLOAT8),
    *itertools.product(FLOAT8, ("bool", "int32", "float16", "float32", "float64"))])
def test_cast(source: str, target_dtype: str, target) -> None:
    rng = np.random.default_rng(11)
    if source == "bool":
        x = rng.integers(0, 2, (1, 50)).astype(bool)
    elif source in INTEGERS:
        info = np.iinfo(source)
        x = np.concatenate([rng.integers(info.min, info.max, 60, source, True), np.arange(0, 40).astype(source),
                            np.array([info.min, info.max], source)])[None, :]
    else:
        numbers = list(rng.uniform(-100, 100, 60)) + [0.0, -0.0, 0.5, 1.5, 126.9, -127.5]
        if target_dtype in UNSIGNED:
            numbers = [abs(v) for v in numbers]
        if target_dtype in ("bool", *FLOATS):
            numbers += [np.nan, np.inf, -np.inf, 1e-40, 6e-8, 3e-8, 65519.0, 65520.0, 1e30, -1e-7,
                        1.0009765625 + 2**-11, 3.4e38, 1e-5, 2.0**-25, 2.0**-24 * 1.5,
                        0.75, 0.375, 464.0, 465.0, 248.0, 61440.0, 2.0**-9, 2.0**-10, 2.0**-127]
        x = values_of(numbers, source)[None, :]
    if source == target_dtype:
        value = load(0, source)
        kernel = Kernel((Operand(source, "input"), Operand(source, "element")), (Store(1, value),))
    else:
        kernel = unary_kernel("cast", source, target_dtype)
    same(run(kernel, [x], target=target)[0], interpreter.run(kernel, [x])[0], target_dtype)


@TARGET
@pytest.mark.parametrize("source,target_dtype", [("float32", "int32"), ("int32", "float32"), ("float64", "int64"),
                                                 ("float16", "int16"), ("int16", "bfloat16"), ("bfloat16", "float16"),
                                                 ("int8", "uint8")])
def test_bitcast(source: str, target_dtype: str, target) -> None:
    rng = np.random.default_rng(2)
    bits = 8 * itemsize(source)
    x = rng.integers(0, 2 ** (bits - 3), (1, 70)).astype(f"uint{bits}").view(storage(source))
    kernel = unary_kernel("bitcast", source, target_dtype)
    same(run(kernel, [x], target=target)[0], interpreter.run(kernel, [x])[0], target_dtype)


@TARGET
def test_philox_is_the_published_generator(target) -> None:
    """Known answer of Salmon et al.: key and counter all ones; and agreement with the interpreter."""
    words = [call("philox", load(0, "int64"), load(1, "int64"), attribute=w) for w in range(4)]
    kernel = Kernel((Operand("int64", "input"),) * 2 + (Operand("int32", "element"),) * 4,
                    tuple(Store(2 + w, word) for w, word in enumerate(words)))
    zero = run(kernel, [np.zeros((1, 3), np.int64)] * 2, target=target)
    assert [int(w.view(np.uint32)[0, 0]) for w in zero] == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    rng = np.random.default_rng(0)
    seed, counter = rng.integers(-2**62, 2**62, (2, 1, 100))
    for got, want in zip(run(kernel, [seed, counter], target=target), interpreter.run(kernel, [seed, counter]),
                         strict=True):
        np.testing.assert_array_equal(got, want)


@TARGET
@pytest.mark.parametrize("dtype", NARROW)
def test_halves_round_after_every_primitive(dtype: str, target) -> None:
    """x * y + z in one kernel has the bits of two kernels, and what a cast to float32 encloses is rounded once."""
    rng = np.random.default_rng(1)
    x, y, z = (values_of(rng.standard_normal((1, 333)), dtype) for _ in range(3))
    a, b, c = (load(k, dtype) for k in range(3))
    fused = Kernel((Operand(dtype, "input"),) * 3 + (Operand(dtype, "element"),), (Store(3, a * b + c),))
    got = run(fused, [x, y, z], target=target)[0]
    product = run(binary_kernel("mul", dtype), [x, y], target=target)[0]
    np.testing.assert_array_equal(got, run(binary_kernel("add", dtype), [product, z], target=target)[0])
    np.testing.assert_array_equal(got, interpreter.run(fused, [x, y, z])[0])
    wide = (a.cast("float32") * b.cast("float32") + c.cast("float32")).cast(dtype)
    once = Kernel(fused.operands, (Store(3, wide),))
    np.testing.assert_array_equal(run(once, [x, y, z], target=target)[0], interpreter.run(once, [x, y, z])[0])


@TARGET
def test_no_contraction(target) -> None:
    """x * y - z stays two roundings."""
    x = np.full((1, 16), 1 + 2.0**-12, np.float32)
    a, c = load(0, "float32"), load(1, "float32")
    kernel = Kernel((Operand("float32", "input"),) * 2 + (Operand("float32", "element"),), (Store(2, a * a - c),))
    product = (x * x).astype(np.float32)
    assert (run(kernel, [x, product], target=target)[0] == 0).all()


@TARGET
def test_select_and_constants(target) -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((2, 77)).astype(np.float32)
    a = load(0, "float32")
    kernel = Kernel((Operand("float32", "input"), Operand("float32", "element")),
                    (Store(1, select((a > 0) & (a < 1), a * 2, const(-1, "float32"))),))
    np.testing.assert_array_equal(run(kernel, [x], target=target)[0], interpreter.run(kernel, [x])[0])


@TARGET
@pytest.mark.parametrize("axis", ["inner", "outer"])
def test_iterate_runs_for_each_point_as_long_as_it_asks(axis: str, target) -> None:
    """And not for what lies behind the last point: 37 of them are no whole number of vectors."""
    n, x = load(0, "float32"), load(1, "float32")
    zero = const(0, "float32")
    value = iterate([zero, const(1, "float32"), n, x], lambda k, power, n, x: k < n,
                    lambda k, power, n, x: (k + 1, power * x), 1)
    kernel = Kernel((Operand("float32", "input"),) * 2 + (Operand("float32", "element"),), (Store(2, value),))
    turns = (np.arange(37 * 3) % 7).astype(np.float32).reshape(3, 37)
    turns[:, -1] = np.nan
    points = np.full((3, 40), np.float32(1e30))
    points[:, :37] = turns
    base = np.random.default_rng(1).uniform(0.5, 2, (3, 37)).astype(np.float32)
    got = run(kernel, [points[:, :37], base], target=target, axis=axis)[0]
    np.testing.assert_array_equal(got, interpreter.run(kernel, [points[:, :37], base])[0])
    np.testing.assert_allclose(got, base ** np.nan_to_num(turns), rtol=1e-5)


def test_iterate_takes_states_of_their_own_dtypes_only() -> None:
    x = load(0, "float32")
    with pytest.raises(TypeError, match="make it a state"):
        iterate([x], lambda z: z < load(1, "float32"), lambda z: (z + 1,), 0)
    with pytest.raises(TypeError, match="state 0 of iterate is float32, its next value float64"):
        iterate([x], lambda z: z < 1, lambda z: (z.cast("float64"),), 0)
