"""`assert_close`: are two results equal, but for rounding? With PyTorch's messages."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import taeda
from taeda.assertions import check_type

_TOLERANCES = {
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7),
}  # fmt: skip


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise AssertionError unless |actual - expected| <= atol + rtol |expected| everywhere, and dtypes, shapes and
    devices are the same. Takes tensors, numbers, arrays, and sequences and mappings of them.

    Without tolerances they follow from the dtype (float32: rtol 1.3e-6, atol 1e-5; float64: 1e-7 both; float16: 1e-3,
    1e-5; bfloat16: 1.6e-2, 1e-5); give both or none.

    >>> import taeda
    >>> assert_close(taeda.tensor([1.0, 2.0]), taeda.tensor([1.0, 2.0 + 1e-7]))
    >>> assert_close(1.0, 1.5)
    Traceback (most recent call last):
    AssertionError: Scalars are not close!
    <BLANKLINE>
    Expected 1.5 but got 1.0.
    Absolute difference: 0.5 (up to 1e-07 allowed)
    Relative difference: 0.3333333333333333 (up to 1e-07 allowed)
    """
    if (rtol is None) != (atol is None):
        raise ValueError(
            "Both 'rtol' and 'atol' must be either specified or omitted, but got no "
            f"{'rtol' if rtol is None else 'atol'}."
        )
    options = {"rtol": rtol, "atol": atol, "equal_nan": equal_nan, "device": check_device, "dtype": check_dtype,
               "layout": check_layout, "stride": check_stride, "subclasses": allow_subclasses}  # fmt: skip
    found = _difference(actual, expected, options, ())
    if found is not None:
        raise AssertionError(found if msg is None else msg(found) if callable(msg) else msg)


def _at(path: tuple[Any, ...]) -> str:
    return f"\n\nThe failure occurred for item {''.join(f'[{p!r}]' for p in path)}" if path else ""


def _difference(actual: Any, expected: Any, options: dict[str, Any], path: tuple[Any, ...]) -> str | None:
    """What differs, or None."""
    if actual is None or expected is None:
        return None if actual is expected else f"None mismatch: {actual} is not {expected}" + _at(path)
    if isinstance(actual, str) or isinstance(expected, str):
        _refuse(actual, expected, path)
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if actual.keys() != expected.keys():
            missing, more = (sorted(a.keys() - b.keys(), key=str) for a, b in ((expected, actual), (actual, expected)))
            return (f"The keys of the mappings do not match:\nMissing keys in the actual mapping: {missing}\n"
                    f"Additional keys in the actual mapping: {more}") + _at(path)
        pairs: Any = [(key, actual[key], expected[key]) for key in actual]
    elif isinstance(actual, Sequence) and isinstance(expected, Sequence):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}" + _at(path)
        pairs = [(k, a, b) for k, (a, b) in enumerate(zip(actual, expected, strict=True))]
    else:
        found = _leaf(actual, expected, options, path)
        return None if found is None else found + _at(path)
    for key, a, b in pairs:
        found = _difference(a, b, options, (*path, key))
        if found is not None:
            return found
    return None


def _refuse(actual: Any, expected: Any, path: tuple[Any, ...]) -> None:
    raise TypeError(f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}."
                    + _at(path))


def _leaf(actual: Any, expected: Any, options: dict[str, Any], path: tuple[Any, ...]) -> str | None:
    numbers = (bool, int, float, complex)
    if isinstance(actual, numbers) and isinstance(expected, numbers):
        return _numbers(actual, expected, options)

    def tensor(value: Any) -> Any:
        if not isinstance(value, taeda.Tensor) and type(value).__module__ != "numpy":
            _refuse(actual, expected, path)
        return taeda.as_tensor(value)

    return _tensors(tensor(actual), tensor(expected), options)


def _numbers(actual: Any, expected: Any, options: dict[str, Any]) -> str | None:
    kinds = (bool, int, float, complex)
    if type(actual) is not type(expected) and options["dtype"]:
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    if isinstance(actual, bool) and isinstance(expected, bool):
        return None if actual is expected else f"Booleans mismatch: {actual} is not {expected}"
    kind = max(kinds.index(next(k for k in kinds if isinstance(v, k))) for v in (actual, expected))
    rtol, atol = options["rtol"], options["atol"]
    if rtol is None:
        rtol, atol = (0.0, 0.0) if kind < 2 else (1e-7, 1e-7)
    if actual == expected or options["equal_nan"] and cmath.isnan(actual) and cmath.isnan(expected):
        return None
    difference = abs(actual - expected)
    if cmath.isfinite(expected) and difference <= atol + rtol * abs(expected):
        return None
    relative = difference / abs(expected) if expected else math.inf
    return _scalar_text(actual, expected, difference, relative, rtol, atol)


def _scalar_text(actual: Any, expected: Any, difference: float, relative: float, rtol: float, atol: float) -> str:
    exact = rtol == 0 and atol == 0
    lines = [f"Scalars are not {'equal' if exact else 'close'}!", "", f"Expected {expected} but got {actual}."]
    for word, number, limit in (("Absolute", difference, atol), ("Relative", relative, rtol)):
        lines.append(f"{word} difference: {number}" + ("" if exact else f" (up to {limit} allowed)"))
    return "\n".join(lines)


def _tensors(actual: Any, expected: Any, options: dict[str, Any]) -> str | None:
    def mismatch(attribute: str, a: Any, b: Any) -> str:
        return f"The values for attribute '{attribute}' do not match: {a} != {b}."

    if not options["subclasses"] and type(actual) is not type(expected):
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.")
    if actual.shape != expected.shape:
        return mismatch("shape", actual.shape, expected.shape)
    if options["layout"] and actual.layout != expected.layout:
        return mismatch("layout", actual.layout, expected.layout)
    if options["device"] and actual.device != expected.device:
        return mismatch("device", actual.device, expected.device)
    if options["dtype"] and actual.dtype != expected.dtype:
        return mismatch("dtype", actual.dtype, expected.dtype)
    if options["stride"] and actual.stride() != expected.stride():
        return mismatch("stride()", actual.stride(), expected.stride())
    if actual.device.type == "meta" or expected.device.type == "meta":
        return None
    rtol, atol = options["rtol"], options["atol"]
    if rtol is None:
        both = [_TOLERANCES.get(str(t.dtype).removeprefix("torch."), (0.0, 0.0)) for t in (actual, expected)]
        rtol, atol = (max(pair) for pair in zip(*both, strict=True))
    return _values(actual.detach(), expected.detach(), rtol, atol, options["equal_nan"])


def _values(actual: Any, expected: Any, rtol: float, atol: float, equal_nan: bool) -> str | None:
    exact = rtol == 0 and atol == 0
    dtype = taeda.promote_types(actual.dtype, expected.dtype)
    actual, expected = actual.to(dtype), expected.to(dtype)
    a, b = (t.to(taeda.int64 if dtype == taeda.bool else dtype) for t in (actual, expected))
    same = a == b
    if dtype.is_floating_point or dtype.is_complex:
        same = same | (b.isfinite() & ((a - b).abs() <= atol + rtol * b.abs()))
        if equal_nan:
            same = same | (a.isnan() & b.isnan())
    if bool(same.all()):
        return None
    difference = (a - b).abs()
    relative = difference / b.abs()
    if actual.dim() == 0:
        return _scalar_text(actual.item(), expected.item(), difference.item(), relative.item(), rtol, atol)
    wrong = same.numel() - int(same.sum())
    difference = taeda.where(same, taeda.zeros_like(difference), difference)
    relative = taeda.where(same, taeda.zeros_like(relative), relative)
    lines = [
        f"Tensor-likes are not {'equal' if exact else 'close'}!", "",
        f"Mismatched elements: {wrong} / {same.numel()} ({wrong / same.numel():.1%})",
    ]  # fmt: skip
    for word, values, limit in (("absolute", difference, atol), ("relative", relative, rtol)):
        place = int(values.argmax())
        index = tuple(int(n) for n in _unravelled(place, tuple(values.shape)))
        number = values.reshape(-1)[place].item()
        lines.append(f"Greatest {word} difference: {number} at index {index}"
                     + ("" if exact else f" (up to {limit} allowed)"))
    return "\n".join(lines)


def _unravelled(place: int, shape: tuple[int, ...]) -> list[int]:
    index = []
    for n in reversed(shape):
        place, remainder = divmod(place, n)
        index.append(remainder)
    return index[::-1]


def make_tensor(
    *shape: Any,
    dtype: Any,
    device: Any = None,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Any:
    """Random numbers, uniform in [low, high): by default [-9, 9) for floats, [-9, 10) for integers ([0, 10) if
    unsigned), False and True for bools. `noncontiguous`: every other element of its memory. `exclude_zero`: zeros
    become the smallest step (1 for integers)."""
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    check_type("make_tensor", "dtype", dtype, taeda.dtype)
    if dtype.is_floating_point:
        bottom, top = -9.0 if low is None else low, 9.0 if high is None else high
    elif dtype == taeda.bool:
        bottom, top = 0 if low is None else low, 2 if high is None else high
    else:
        unsigned = dtype == taeda.uint8
        bottom, top = (0 if unsigned else -9) if low is None else low, 10 if high is None else high
    if bottom > top or bottom == top and not dtype.is_floating_point:
        raise ValueError(f"`low` must be less than `high`, but got {low=} >= {high=}")
    if noncontiguous and memory_format is not None:
        raise ValueError(f"The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got "
                         f"{noncontiguous=} and {memory_format=}")
    stored = (*sizes[:-1], 2 * sizes[-1]) if noncontiguous and sizes else sizes
    if dtype.is_floating_point:
        wide = taeda.float64 if dtype == taeda.float64 else taeda.float32
        made = taeda.empty(stored, dtype=wide, device=device).uniform_(bottom, top).to(dtype)
    else:
        made = taeda.randint(math.floor(bottom), math.ceil(top), stored, device=device).to(dtype)
    if noncontiguous and sizes:
        made = made[..., ::2]
    if memory_format is not None:
        made = made.clone(memory_format=memory_format)
    if exclude_zero:
        made[made == 0] = taeda.finfo(dtype).tiny if dtype.is_floating_point else 1
    return made.requires_grad_(requires_grad)


def assert_allclose(actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None,
                    equal_nan: bool = True, msg: str = "") -> None:
    """Old name of assert_close, which takes other tolerances and lets NaN equal NaN."""
    import warnings

    warnings.warn("`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. "
                  "Please use `torch.testing.assert_close()` instead.", FutureWarning, stacklevel=2)
    if not isinstance(actual, taeda.Tensor):
        actual = taeda.tensor(actual)
    if not isinstance(expected, taeda.Tensor):
        expected = taeda.tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        loose = {taeda.float16: 1e-3, taeda.bfloat16: 1.6e-2, taeda.float32: 1e-4, taeda.float64: 1e-5}
        rtol = max(loose.get(x.dtype, 0.0) for x in (actual, expected))
        atol = max({taeda.float32: 1e-5, taeda.float64: 1e-8}.get(x.dtype, 1e-5 if x.is_floating_point() else 0.0)
                   for x in (actual, expected))
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_device=True, check_dtype=False,
                 check_stride=False, msg=msg or None)
