"""Equality up to a tolerance, membership in a set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.dtypes import is_integer, promote, torch_kernel_name
from taeda.ops.indexing import converted
from taeda.ops.joining import constant_pad_nd
from taeda.ops.op import Sample, Tensor, TensorOrNumber, check, derived, sample
from taeda.ops.searching import searchsorted
from taeda.ops.views import reshape


def _near(input: Any, other: Any, rtol: Any, atol: Any, equal_nan: bool) -> Any:
    if input.dtype != other.dtype:
        raise RuntimeError(f"{torch_kernel_name(input.dtype)} did not match {torch_kernel_name(other.dtype)}")
    check(rtol >= 0, RuntimeError, "rtol must be greater than or equal to zero, but got {0}", rtol)
    check(atol >= 0, RuntimeError, "atol must be greater than or equal to zero, but got {0}", atol)
    found = input.eq(other)
    if is_integer(input.dtype):
        input, other = converted(input, "float64"), converted(other, "float64")
    elif equal_nan:
        found = found.logical_or(input.isnan().logical_and(other.isnan()))
    difference = (input - other).abs()
    return found.logical_or(difference.isfinite().logical_and(difference <= (other * rtol).abs() + atol))


@derived(differentiable=False, elementwise=True)
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """|input - other| <= atol + rtol * |other|, element-wise; equal infinities are close."""
    return _near(input, other, rtol, atol, equal_nan)


@derived(public=False, differentiable=False)
def all_close(input: Tensor, other: Tensor, rtol: float, atol: float, equal_nan: bool) -> Tensor:
    """Whether all elements are close: what allclose reads."""
    return _near(input, other, rtol, atol, equal_nan).all()


@derived(public=False, differentiable=False)
def all_equal(input: Tensor, other: Tensor) -> Tensor:
    """Whether all elements of two tensors of one shape are equal: what equal reads."""
    return input.eq(other).all()


@isclose.samples
def _(make: Any) -> Iterator[Sample]:
    x = make(3, 4)
    yield sample(x, x)
    yield sample(make(3, 4), make(4), 0.5, 0.25)
    yield sample(make(3, 4), make(3, 4), rtol=1.0, equal_nan=True)


@derived(differentiable=False, method=False, out=True, elementwise=True)
def isin(elements: TensorOrNumber, test_elements: TensorOrNumber, *, assume_unique: bool = False,
         invert: bool = False) -> Tensor:
    """For each of `elements` whether it is among `test_elements`, or is not if `invert`. Either may be a number.

    Each element is looked up in the sorted test elements: n log m comparisons.
    """
    several = [hasattr(x, "dims") for x in (elements, test_elements)]
    if not any(several):
        raise TypeError("isin(): argument 'elements' (position 1) must be Tensor")
    if not all(several):
        found = elements.eq(test_elements) if several[0] else test_elements.eq(elements).any()
    else:
        common = promote(elements.dtype, test_elements.dtype)
        common = "uint8" if common == "bool" else common
        known, x = reshape(converted(test_elements, common), (-1,)).sort(0)[0], converted(elements, common)
        place = searchsorted(known, reshape(x, (-1,)))
        there = constant_pad_nd(known, (0, 1), 0).index_select(0, place)
        found = reshape(there.eq(reshape(x, (-1,))).logical_and(place < known.shape[0]), x.shape)
    return found.logical_not() if invert else found


@isin.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64"), make(5, dtype="int64"))
    yield sample(make(3, 4), make(0))
    yield sample(make(3, 4, dtype="int64"), 2, invert=True)
    yield sample(3, make(9, dtype="int64"))
