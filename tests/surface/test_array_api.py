"""The namespace of the array API standard, against NumPy's, which follows the standard too."""

from __future__ import annotations

import inspect
from typing import Any

import numpy
import pytest

import taeda
import taeda.array_api as xp

RANDOM = numpy.random.RandomState(0)
ARRAYS = {
    "f": RANDOM.randn(2, 3, 4).astype("float32"), "d": RANDOM.randn(3, 3), "c": RANDOM.randn(2, 3) + 1j,
    "i": RANDOM.randint(-9, 9, (2, 3)).astype("int32"), "u": RANDOM.randint(0, 9, (2, 3)).astype("uint8"),
    "b": RANDOM.rand(2, 3) > 0.5, "v": RANDOM.randn(4), "w": numpy.array([3, 1, 1, 2, 3, 3]),
    "zero": numpy.zeros((0, 3)),
    "number": numpy.array(2.5), "one": RANDOM.randn(1, 3, 1), "sorted": numpy.array([1.0, 2.0, 2.0, 5.0]),
    "nans": numpy.array([numpy.nan, 1.0, numpy.nan, 1.0]), "at": numpy.array([1, 0, 1]),
    "spd": numpy.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]]),
    "wide": RANDOM.randint(0, 9, 3).astype("uint64"),
    "narrow": RANDOM.randint(0, 9, 3).astype("uint16"),
    "large": numpy.array([2**63 + 5, 3, 2**64 - 1], dtype="uint64"),
}  # fmt: skip
CALLS = [
    # Element by element, with Python numbers too.
    "add(f, 1)", "subtract(2.0, f)", "multiply(i, u)", "divide(d, 3)", "pow(d, 2)", "maximum(v, 0.5)", "atan2(1.0, v)",
    "bitwise_and(i, 3)", "logical_xor(b, True)", "equal(i, u)", "remainder(i, 4)", "floor_divide(i, 4)", "sign(c)",
    "hypot(v, 2.0)", "copysign(v, -1.0)", "abs(c)", "round(c)", "round(v)", "floor(i)", "signbit(v)", "conj(c)",
    "real(c)",
    "imag(c)", "isnan(nans)", "clip(v, min=0)", "clip(i, min=-2, max=3)", "clip(v, max=sorted)", "add(wide, narrow)",
    "reciprocal(v)", "logaddexp(v, v)", "nextafter(v, 0.0)",
    # Over axes.
    "sum(f)", "sum(f, axis=(0, 2))", "sum(u)", "sum(i, axis=1, keepdims=True)", "sum(number, axis=())",
    "sum(zero, axis=0)",
    "prod(u)", "prod(d, axis=(0, 1))", "mean(f, axis=1)", "std(f)", "std(v, correction=1)", "var(f, axis=(0, 1))",
    "max(f, axis=(0, 2))", "min(i)", "argmax(f, axis=1)", "argmin(i)", "all(b, axis=0)", "any(i)", "count_nonzero(b)",
    "count_nonzero(f, axis=2)", "cumulative_sum(v)", "cumulative_sum(u, axis=1, include_initial=True)",
    "sum(large)", "sum(large, dtype=float64)", "sum(large, axis=(), dtype=float64)", "prod(large)",
    "prod(large, dtype=float64)", "cumulative_sum(large)", "cumulative_sum(large, dtype=float64)",
    "cumulative_prod(large)",
    "cumulative_prod(v, include_initial=True)", "diff(f, axis=1)", "diff(v, n=2)",
    # Shapes.
    "concat([i, u])", "concat([i, i], axis=None)", "concat([f, f], axis=-1)", "stack([v, v], axis=1)",
    "expand_dims(v, axis=1)", "squeeze(one, axis=(0, 2))", "flip(f)", "flip(f, axis=1)", "permute_dims(f, (2, 0, 1))",
    "moveaxis(f, 0, -1)", "reshape(f, (6, 4))", "roll(f, 2)", "roll(f, (1, 2), axis=(0, 2))", "tile(i, (2, 1, 2))",
    "repeat(i, 2)", "repeat(i, at[:2], axis=0)", "broadcast_to(v, (2, 4))", "unstack(i, axis=1)", "tril(d, k=1)",
    "triu(d, k=-1)", "meshgrid(v, sorted)", "meshgrid(v, sorted, indexing='ij')", "broadcast_arrays(at, one)",
    # Searching.
    "where(b, i, 7)", "where(b, 1.5, c)", "nonzero(b)", "isin(w, at)", "searchsorted(sorted, v)",
    "searchsorted(sorted, v, side='right')", "sort(f, axis=1)", "argsort(v)",
    "take(f, at, axis=1)", "take_along_axis(v, at)", "unique_all(w)", "unique_counts(w)", "unique_inverse(w)",
    "unique_all(nans)",
    # Matrices and transforms.
    "matmul(d, d)", "matmul(d, at * 0.5)", "vecdot(c, c)", "tensordot(d, d)", "tensordot(d, d, axes=1)",
    "matrix_transpose(f)", "linalg.det(d)", "linalg.slogdet(d)", "linalg.inv(d)", "linalg.cholesky(spd)",
    "linalg.eigvalsh(spd)", "linalg.solve(d, d)", "linalg.matrix_norm(f)", "linalg.vector_norm(f, axis=1)",
    "linalg.matrix_rank(d)", "linalg.trace(f)", "linalg.diagonal(f, offset=1)", "linalg.outer(v, at)", "linalg.pinv(d)",
    "linalg.svdvals(d)", "linalg.cross(d, d[0])", "fft.fft(v)", "fft.rfft(f, axis=1)", "fft.irfft(c)",
    "fft.fftn(c)", "fft.fftshift(i, axes=1)",
]  # fmt: skip


class Names(dict[str, Any]):
    """Arrays by name, else functions of the namespace."""

    def __init__(self, namespace: Any, arrays: dict[str, Any]):
        super().__init__(arrays)
        self.namespace = namespace

    def __missing__(self, name: str) -> Any:
        return getattr(self.namespace, name)


def close(found: Any, wanted: Any) -> None:
    if isinstance(wanted, (tuple, list)):
        assert len(found) == len(wanted)
        for f, w in zip(found, wanted, strict=True):
            close(f, w)
        return
    got, want = found.resolve_conj().numpy(), numpy.asarray(wanted)
    assert got.dtype == want.dtype and got.shape == want.shape
    numpy.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("call", CALLS)
def test_like_numpy(call: str) -> None:
    wanted = eval(call, {}, Names(numpy, {n: a.copy() for n, a in ARRAYS.items()}))
    close(eval(call, {}, Names(xp, {n: taeda.from_numpy(a.copy()) for n, a in ARRAYS.items()})), wanted)


def test_what_numpy_does_otherwise() -> None:
    w = taeda.from_numpy(ARRAYS["w"])
    assert xp.sort(w, descending=True).tolist() == [3, 3, 3, 2, 1, 1]
    assert xp.argsort(w, descending=True).tolist() == [0, 4, 5, 3, 1, 2]
    assert sorted(xp.unique_values(w).tolist()) == [1, 2, 3]
    assert xp.unique_all(taeda.tensor([1 + 2j, 1 + 1j, 1 + 2j])).inverse_indices.tolist() == [1, 0, 1]


def test_making_arrays() -> None:
    assert xp.arange(5, 2).shape == (0,) and xp.arange(0.0, 1.0, 0.25).tolist() == [0, 0.25, 0.5, 0.75]
    assert xp.linspace(0.0, 1.0, 4, endpoint=False).tolist() == [0, 0.25, 0.5, 0.75]
    assert xp.eye(2, 3, k=1).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert xp.full((2,), True).dtype is xp.bool and xp.asarray([1, 2]).dtype is xp.int64
    x = xp.zeros(3)
    assert xp.asarray(x, copy=True) is not x and xp.asarray(x) is x
    with pytest.raises(ValueError, match="copied"):
        xp.asarray([1, 2], copy=False)


def test_data_types() -> None:
    assert xp.result_type(xp.int8, xp.uint16) is xp.int32 and xp.result_type(xp.uint16, xp.uint64) is xp.uint64
    assert xp.result_type(xp.float32, 1.5) is xp.float32 and xp.result_type(xp.int32, 2) is xp.int32
    with pytest.raises(TypeError, match="no integer type holds both"):
        xp.result_type(xp.int8, xp.uint64)
    assert xp.can_cast(xp.float32, xp.float64) and not xp.can_cast(xp.float64, xp.float32)
    assert xp.isdtype(xp.uint8, "integral") and not xp.isdtype(xp.bool, ("numeric", xp.int8))
    with pytest.raises(ValueError, match="unrecognized data type kind"):
        xp.isdtype(xp.uint8, "whole")
    with pytest.raises(TypeError, match="imaginary"):
        xp.astype(xp.asarray([1j]), xp.float32)
    info = xp.__array_namespace_info__()
    assert set(info.dtypes(kind="real floating")) == {"float32", "float64"}
    assert info.default_dtypes()["integral"] is xp.int64 and taeda.device("cpu") in info.devices()


def test_namespace_of_an_array() -> None:
    x = taeda.ones(2)
    assert x.__array_namespace__() is xp and x.__array_namespace__(api_version="2024.12") is xp
    with pytest.raises(ValueError, match="not there"):
        x.__array_namespace__(api_version="1999.1")
    assert x.to_device("cpu") is x
    y = taeda.ones(3, requires_grad=True)
    xp.sum(xp.multiply(y, 2)).backward()
    assert y.grad.tolist() == [2, 2, 2]


def test_array_arguments_are_positional() -> None:
    for name in ("add", "sum", "concat", "reshape", "sort", "matmul", "full_like", "clip"):
        first = next(iter(inspect.signature(getattr(xp, name)).parameters.values()))
        assert first.kind is first.POSITIONAL_ONLY, name


@pytest.mark.parametrize("call, error", [
    ("max(zero, axis=0)", ValueError), ("squeeze(f, axis=0)", ValueError), ("nonzero(number)", ValueError),
    ("take(f, at)", ValueError), ("cumulative_sum(f)", ValueError), ("matrix_transpose(v)", ValueError),
    ("add(1, 2)", TypeError), ("sum(f, axis=3)", IndexError), ("linalg.cross(v, v)", ValueError),
    ("reshape(permute_dims(f, (2, 1, 0)), (24,), copy=False)", ValueError), ("vecdot(v, at)", ValueError),
])  # fmt: skip
def test_refused(call: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        eval(call, {}, Names(xp, {n: taeda.from_numpy(a.copy()) for n, a in ARRAYS.items()}))


# Data types of the standard's categories, and what each function is there for (2025.12).
REAL_FLOATS, COMPLEX, BOOL = ("float32", "float64"), ("complex64", "complex128"), ("bool",)
INTEGERS = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
FLOATS, REAL, NUMERIC = REAL_FLOATS + COMPLEX, INTEGERS + REAL_FLOATS, INTEGERS + REAL_FLOATS + COMPLEX
OF_ONE = {
    NUMERIC: "abs isfinite isinf isnan negative positive round square",
    FLOATS: "acos acosh asin asinh atan atanh cos cosh exp expm1 log log1p log2 log10 sin sinh sqrt tan tanh",
    REAL: "ceil floor sign trunc", REAL_FLOATS: "reciprocal signbit", COMPLEX: "conj imag real",
    INTEGERS + BOOL: "bitwise_invert", BOOL: "logical_not",
}  # fmt: skip
OF_TWO = {
    NUMERIC: "add multiply subtract", REAL_FLOATS: "atan2 copysign divide hypot logaddexp nextafter",
    INTEGERS + BOOL: "bitwise_and bitwise_or bitwise_xor", INTEGERS: "bitwise_left_shift bitwise_right_shift",
    NUMERIC + BOOL: "equal not_equal", BOOL: "logical_and logical_or logical_xor",
    REAL: "floor_divide greater greater_equal less less_equal maximum minimum pow remainder",
}  # fmt: skip


def special_values(dtype: str) -> Any:
    if dtype == "bool":
        return numpy.array([True, False])
    if dtype in INTEGERS:
        limits = numpy.iinfo(dtype)
        return numpy.array([0, 1, 2, 3, 7, limits.max, limits.min, limits.max - 1], dtype=dtype)
    inf, nan = numpy.inf, numpy.nan
    if dtype in REAL_FLOATS:
        return numpy.array([0, -0.0, 1, -1, 0.5, -0.5, 2, -3.7, 2.5, -2.5, inf, -inf, nan, 1e-30, -1e30], dtype=dtype)
    parts = [0, -0.0, 1, -1, 0.5, -2.3, inf, -inf, nan]
    return numpy.array([complex(a, b) for a in parts for b in parts], dtype=dtype)


def same_number(found: Any, wanted: Any) -> Any:
    """Where real numbers agree: the standard says the signs of zeros too."""
    if found.dtype.kind in "biu":
        return found == wanted
    tolerance = 1e-5 if found.dtype == "float32" else 1e-12
    near = numpy.isclose(found, wanted, rtol=tolerance, atol=0, equal_nan=True)
    return near & ((found != 0) | (numpy.signbit(found) == numpy.signbit(wanted)))


def agrees(found: Any, wanted: Any, name: str) -> None:
    got = found.resolve_conj().numpy()
    wanted = numpy.asarray(wanted)
    assert got.dtype == wanted.dtype and got.shape == wanted.shape
    if got.dtype.kind != "c":
        fine = same_number(got, wanted)
    else:
        # Of a number with a part that is NaN, or infinite, the sign of the other may be unspecified.
        parts = [same_number(g, w) | ((g == 0) & (w == 0) & numpy.isnan(v)) for g, w, v in (
            (got.real, wanted.real, wanted.imag), (got.imag, wanted.imag, wanted.real))]
        signless = numpy.isnan(wanted.real) & (numpy.abs(got.imag) == numpy.abs(wanted.imag))
        signless |= numpy.isnan(wanted.imag) & (numpy.abs(got.real) == numpy.abs(wanted.real))
        with numpy.errstate(all="ignore"):
            size = numpy.abs(got - wanted) <= (2e-6 if got.dtype == "complex64" else 1e-14) * numpy.abs(wanted)
        fine = (parts[0] & parts[1]) | signless | (size & numpy.isfinite(wanted))
        if name.startswith("log"):  # NumPy's have NaN where C's log, and PyTorch's of float64, say infinity, or not
            fine |= numpy.isnan(got.imag) & numpy.isnan(wanted.imag)
    assert fine.all(), (name, got[~fine][:4], wanted[~fine][:4])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name, dtype", [(name, d) for dtypes, names in OF_ONE.items() for name in names.split()
                                         for d in dtypes])
def test_special_values_of_one(name: str, dtype: str) -> None:
    x = special_values(dtype)
    agrees(getattr(xp, name)(taeda.from_numpy(x.copy())), getattr(numpy, name)(x), name)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name, dtype", [(name, d) for dtypes, names in OF_TWO.items() for name in names.split()
                                         for d in dtypes])
def test_special_values_of_two(name: str, dtype: str) -> None:
    x, y = special_values(dtype)[:, None], special_values(dtype)[None, :]
    if dtype in INTEGERS and "shift" in name or name == "pow":
        y = numpy.array([[0, 1, 2, 3]], dtype=dtype)  # others are not defined for integers
    if dtype in INTEGERS and name in ("floor_divide", "remainder"):
        y = y[:, y[0] != 0]
    if dtype in COMPLEX and name == "multiply":
        x, y = x[numpy.isfinite(x[:, 0])], y[:, numpy.isfinite(y[0])]
    wanted = getattr(numpy, name)(x, y)
    agrees(getattr(xp, name)(taeda.from_numpy(x.copy()), taeda.from_numpy(y.copy())), wanted, name)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", NUMERIC)
def test_data_types_of_reductions(dtype: str) -> None:
    x = numpy.array([[1, 2, 3], [3, 1, 2]]).astype(dtype)
    names = "sum prod cumulative_sum cumulative_prod diff any all count_nonzero"
    names += " max min argmax argmin sort argsort" if dtype not in COMPLEX else ""
    names += " mean" if dtype in FLOATS else ""
    names += " var std" if dtype in REAL_FLOATS else ""
    for name in names.split():
        axis = {"axis": 1}
        agrees(getattr(xp, name)(taeda.from_numpy(x.copy()), **axis), getattr(numpy, name)(x, **axis), name)


def test_what_the_standard_names_is_there() -> None:
    """The functions of version 2025.12, by the parts of its documentation."""
    there = {
        "": "abs acos acosh add all any arange argmax argmin argsort asarray asin asinh astype atan atan2 atanh "
            "bitwise_and bitwise_invert bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor "
            "broadcast_arrays broadcast_shapes broadcast_to can_cast ceil clip concat conj copysign cos cosh "
            "count_nonzero cumulative_prod cumulative_sum diff divide empty empty_like equal exp expand_dims "
            "expm1 eye finfo flip floor floor_divide from_dlpack full full_like greater greater_equal hypot iinfo "
            "imag isdtype isfinite isin isinf isnan less less_equal linspace log log10 log1p log2 logaddexp "
            "logical_and logical_not logical_or logical_xor matmul matrix_transpose max maximum mean meshgrid min "
            "minimum moveaxis multiply negative nextafter nonzero not_equal ones ones_like permute_dims positive "
            "pow prod real reciprocal remainder repeat reshape result_type roll round searchsorted sign signbit "
            "sin sinh sort sqrt square squeeze stack std subtract sum take take_along_axis tan tanh tensordot "
            "tile tril triu trunc unique_all unique_counts unique_inverse unique_values unstack var vecdot where "
            "zeros zeros_like e pi inf nan newaxis __array_namespace_info__ __array_api_version__ "
            + " ".join(NUMERIC + BOOL),
        "linalg": "cholesky cross det diagonal eigh eigvalsh inv matmul matrix_norm matrix_power matrix_rank "
                  "matrix_transpose outer pinv qr slogdet solve svd svdvals tensordot trace vecdot vector_norm",
        "fft": "fft fftfreq fftn fftshift hfft ifft ifftn ifftshift ihfft irfft irfftn rfft rfftfreq rfftn",
    }
    for part, names in there.items():
        module = getattr(xp, part) if part else xp
        assert [n for n in names.split() if not hasattr(module, n)] == []


def test_from_dlpack_says_where_and_whether_to_copy() -> None:
    array = numpy.ones(3)
    copied, shared = xp.from_dlpack(array, device="cpu", copy=True), xp.from_dlpack(array, copy=False)
    array[0] = 5
    assert copied.tolist() == [1, 1, 1] and shared.tolist() == [5, 1, 1]
    assert xp.from_dlpack(array, device="meta").device.type == "meta"
    with pytest.raises(ValueError, match="copy"):
        xp.from_dlpack(array, device="meta", copy=False)
