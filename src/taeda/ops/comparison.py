"""Comparisons, logic, bits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.dtype import UNSIGNED
from taeda.ir.loop import Expr, call, const
from taeda.ops import dtypes
from taeda.ops.dtypes import bool_result, bool_to_bool, integers_only, integers_without_bool
from taeda.ops.op import Sample, Tensor, TensorOrNumber, derived, pointwise, sample
from taeda.ops.pointwise import imaginary_part, where


def _pairs(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))
    yield sample(make(3, 4, dtype="int64"), make(3, 4, dtype="int64"))
    yield sample(make(3, 4), 0.5)


# Operators == and != are set on tensors by name; on Values they stay identity, so bodies write x.eq(y).
@pointwise(dtype=bool_result, differentiable=False, float8=True, operators=("__eq__",))
def eq(input: Tensor, other: TensorOrNumber) -> Tensor:
    """input == other, element-wise."""
    return input.eq(other)


@pointwise(dtype=bool_result, differentiable=False, float8=True, operators=("__ne__",), aliases=("not_equal",))
def ne(input: Tensor, other: TensorOrNumber) -> Tensor:
    """input != other, element-wise."""
    return input.ne(other)


@pointwise(dtype=bool_result, differentiable=False, operators=("__lt__",), aliases=("less",))
def lt(input: Tensor, other: TensorOrNumber) -> Tensor:
    """input < other, element-wise."""
    return input < other


@pointwise(dtype=bool_result, differentiable=False, operators=("__le__",), aliases=("less_equal",))
def le(input: Tensor, other: TensorOrNumber) -> Tensor:
    """input <= other, element-wise."""
    return input <= other


@pointwise(dtype=bool_result, differentiable=False, operators=("__gt__",), aliases=("greater",))
def gt(input: Tensor, other: TensorOrNumber) -> Tensor:
    """input > other, element-wise."""
    return input > other


@pointwise(dtype=bool_result, differentiable=False, operators=("__ge__",), aliases=("greater_equal",))
def ge(input: Tensor, other: TensorOrNumber) -> Tensor:
    """input >= other, element-wise."""
    return input >= other


for _op in (eq, ne, lt, le, gt, ge):
    _op.samples(_pairs)


# -- tests of one number -------------------------------------------------------------------------------------


def _test(name: str, x: Expr, otherwise: bool = False) -> Expr:
    """A test of floating-point numbers; integers always give `otherwise`."""
    return call(name, x) if dtypes.category(x.dtype) >= 2 else const(otherwise, "bool")


def _unary(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4) / 0)


@pointwise(dtype=bool_result, differentiable=False, float8=True, inplace=False, out=False)
def isnan(input: Tensor) -> Tensor:
    """Whether each element is NaN."""
    return _test("isnan", input)


@pointwise(dtype=bool_result, differentiable=False, float8=True, inplace=False, out=False)
def isinf(input: Tensor) -> Tensor:
    """Whether each element is infinite."""
    return _test("isinf", input)


@pointwise(dtype=bool_result, differentiable=False, float8=True, inplace=False, out=False)
def isfinite(input: Tensor) -> Tensor:
    """Whether each element is neither NaN nor infinite."""
    return _test("isfinite", input, True)


@pointwise(dtype=bool_result, differentiable=False, inplace=False)
def isposinf(input: Tensor) -> Tensor:
    """Whether each element is plus infinity."""
    return input.eq(float("inf")) if dtypes.is_float(input.dtype) else const(False, "bool")


@pointwise(dtype=bool_result, differentiable=False, inplace=False)
def isneginf(input: Tensor) -> Tensor:
    """Whether each element is minus infinity."""
    return input.eq(float("-inf")) if dtypes.is_float(input.dtype) else const(False, "bool")


@pointwise(dtype=bool_result, differentiable=False, inplace=False)
def signbit(input: Tensor) -> Tensor:
    """Whether the sign bit of each element is set (true for -0.0)."""
    if input.dtype == "bool" or input.dtype in UNSIGNED:
        return const(False, "bool")
    return call("signbit", input) if dtypes.is_float(input.dtype) else input < 0


@derived(differentiable=False, method=True, elementwise=True)
def isreal(input: Tensor) -> Tensor:
    """Whether the imaginary part of each element is 0: true for real dtypes."""
    if input.dtype in dtypes.COMPLEX:
        return eq(imaginary_part(input), 0)
    return input.eq(input) if not dtypes.is_float(input.dtype) else where(isnan(input), True, input.eq(input))


for _op in (isnan, isinf, isfinite, isposinf, isneginf, signbit):
    _op.samples(_unary)


# -- logic ---------------------------------------------------------------------------------------------------


@pointwise(dtype=bool_to_bool, differentiable=False)
def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both are non-zero."""
    return input & other


@pointwise(dtype=bool_to_bool, differentiable=False)
def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether either is non-zero."""
    return input | other


@pointwise(dtype=bool_to_bool, differentiable=False)
def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether exactly one is non-zero."""
    return input ^ other


@pointwise(dtype=bool_to_bool, differentiable=False)
def logical_not(input: Tensor) -> Tensor:
    """Whether each element is zero."""
    return ~input


def _logic_samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="bool"), make(4, dtype="bool"))
    yield sample(make(3, 4, dtype="int64"), make(4))


for _op in (logical_and, logical_or, logical_xor):
    _op.samples(_logic_samples)


@logical_not.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="bool"))
    yield sample(make(3, 4, dtype="int64"))


# -- bits ----------------------------------------------------------------------------------------------------


@pointwise(dtype=integers_only, differentiable=False, operators=("__and__", "__rand__", "__iand__"))
def bitwise_and(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """Bits set in both; `and` of bools."""
    return input & other


@pointwise(dtype=integers_only, differentiable=False, operators=("__or__", "__ror__", "__ior__"))
def bitwise_or(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """Bits set in either; `or` of bools."""
    return input | other


@pointwise(dtype=integers_only, differentiable=False, operators=("__xor__", "__rxor__", "__ixor__"))
def bitwise_xor(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """Bits set in exactly one; `xor` of bools."""
    return input ^ other


@pointwise(dtype=integers_only, differentiable=False, operators=("__invert__",))
def bitwise_not(input: Tensor) -> Tensor:
    """All bits inverted; `not` of bools."""
    return ~input


@pointwise(dtype=integers_without_bool, differentiable=False, operators=("__lshift__", "__rlshift__", "__ilshift__"))
def bitwise_left_shift(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input * 2**other on the bits."""
    return input << other


@pointwise(dtype=integers_without_bool, differentiable=False, operators=("__rshift__", "__rrshift__", "__irshift__"))
def bitwise_right_shift(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """input / 2**other rounded down: the sign is kept."""
    return input >> other


def _bit_samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64"), make(4, dtype="int64"))
    yield sample(make(3, 4, dtype="int32"), 5)


for _op in (bitwise_and, bitwise_or, bitwise_xor):
    _op.samples(_bit_samples)


@bitwise_left_shift.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64"), 2)


@bitwise_right_shift.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64"), 2)


@bitwise_not.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="int64"))
    yield sample(make(3, 4, dtype="bool"))
