"""Values of the LLVM writer: typed SSA names (or constants) with operators, so that a polynomial reads as algebra.

A value is a scalar (`float`, `i64`, `ptr`) or a vector (`<8 x float>`); the same code works on both. A Python number
becomes a constant of the other operand's type. On integers `<` and its like are signed, `//` and `%` are for numbers
that are not negative, and what costs nothing (`x + 0`, `x * 1`, `x * 0`) is folded: strides and offsets of kernels
are often such constants. On floats nothing is folded, and comparisons are false with NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taeda.codegen.llvm.types import BITS, FLOAT_KINDS, literal, shape_of, vector

if TYPE_CHECKING:
    from taeda.codegen.llvm.function import FunctionWriter

_SPLAT = "splat ("


def constant(f: FunctionWriter, value: Any, type: str) -> Value:
    """A Python number as a constant of `type`, in every lane of a vector."""
    lanes, kind = shape_of(type)
    text = literal(value, kind)
    return Value(f, type, f"{_SPLAT}{kind} {text})" if lanes else text)


class Value:
    """`type text`, written by `f`; `kind` is the element type and `lanes` the width of a vector, 0 for a scalar."""

    __slots__ = ("f", "kind", "lanes", "text", "type")

    def __init__(self, f: FunctionWriter, type: str, text: str) -> None:
        self.f, self.type, self.text = f, type, text
        self.lanes, self.kind = shape_of(type)

    def __str__(self) -> str:
        return f"{self.type} {self.text}"

    __repr__ = __str__

    @property
    def is_float(self) -> bool:
        return self.kind in FLOAT_KINDS

    def like(self, kind: str) -> str:
        """The type with elements of `kind` and the shape of this one."""
        return vector(self.lanes, kind) if self.lanes else kind

    def const(self, value: Any) -> Value:
        """A constant of the type of `self`."""
        return constant(self.f, value, self.type)

    def lift(self, other: Any) -> Value:
        return other if isinstance(other, Value) else constant(self.f, other, self.type)

    def _is(self, number: int) -> bool:
        """Is this the integer constant `number`?"""
        return self.text == str(number) and not self.is_float

    def _binary(self, integer: str | None, floating: str | None, other: Any, swapped: bool = False) -> Value:
        x, y = self, self.lift(other)
        if swapped:
            x, y = y, x
        op = floating if self.kind in FLOAT_KINDS else integer
        if op is None:
            raise TypeError(f"no such operation on {self.type}")
        return self.f.emit(self.type, f"{op} {self.type} {x.text}, {y.text}")

    def __add__(self, other: Any) -> Value:
        if not self.is_float:
            if _number(other) == 0:
                return self
            if self._is(0):
                return self.lift(other)
        return self._binary("add", "fadd", other)

    def __radd__(self, other: Any) -> Value:
        return self + other

    def __sub__(self, other: Any) -> Value:
        if not self.is_float and _number(other) == 0:
            return self
        return self._binary("sub", "fsub", other)

    def __rsub__(self, other: Any) -> Value:
        return self._binary("sub", "fsub", other, swapped=True)

    def __mul__(self, other: Any) -> Value:
        if not self.is_float:
            number = _number(other)
            if number == 1:
                return self
            if number == 0 or self._is(0):
                return self.const(0)
            if self._is(1):
                return self.lift(other)
        return self._binary("mul", "fmul", other)

    def __rmul__(self, other: Any) -> Value:
        return self * other

    def __truediv__(self, other: Any) -> Value:
        return self._binary("sdiv", "fdiv", other)

    def __rtruediv__(self, other: Any) -> Value:
        return self._binary("sdiv", "fdiv", other, swapped=True)

    def __floordiv__(self, other: Any) -> Value:
        return self if _number(other) == 1 else self._binary("udiv", None, other)

    def __mod__(self, other: Any) -> Value:
        return self._binary("urem", None, other)

    def __and__(self, other: Any) -> Value:
        return self._binary("and", None, other)

    def __or__(self, other: Any) -> Value:
        return self._binary("or", None, other)

    def __xor__(self, other: Any) -> Value:
        return self._binary("xor", None, other)

    def __invert__(self) -> Value:
        return self._binary("xor", None, -1)

    def __neg__(self) -> Value:
        if self.is_float:
            return self.f.emit(self.type, f"fneg {self}")
        return self._binary("sub", None, 0, swapped=True)

    def shl(self, other: Any) -> Value:
        return self._binary("shl", None, other)

    def lshr(self, other: Any) -> Value:
        return self._binary("lshr", None, other)

    def ashr(self, other: Any) -> Value:
        return self._binary("ashr", None, other)

    def compare(self, predicate: str, other: Any) -> Value:
        """An i1 for each lane; `predicate` is LLVM's ('olt', 'une', ... or 'slt', 'ult', 'eq', ...)."""
        word = "fcmp" if self.is_float else "icmp"
        return self.f.emit(self.like("i1"), f"{word} {predicate} {self}, {self.lift(other).text}")

    def __lt__(self, other: Any) -> Value:
        return self.compare("olt" if self.is_float else "slt", other)

    def __le__(self, other: Any) -> Value:
        return self.compare("ole" if self.is_float else "sle", other)

    def __gt__(self, other: Any) -> Value:
        return self.compare("ogt" if self.is_float else "sgt", other)

    def __ge__(self, other: Any) -> Value:
        return self.compare("oge" if self.is_float else "sge", other)

    def equals(self, other: Any) -> Value:
        return self.compare("oeq" if self.is_float else "eq", other)

    def differs(self, other: Any) -> Value:
        return self.compare("une" if self.is_float else "ne", other)

    def isnan(self) -> Value:
        return self.compare("uno", self)

    def abs(self) -> Value:
        return self.f.intrinsic("llvm.fabs", self)

    def select(self, where_true: Any, where_false: Any) -> Value:
        """`self` is i1; at most one of the others a number."""
        return self.f.select(self, where_true, where_false)

    def convert(self, op: str, kind: str) -> Value:
        """LLVM's conversion `op` of every element to `kind`; nothing if it is of that kind."""
        if kind == self.kind:
            return self
        type = self.like(kind)
        return self.f.emit(type, f"{op} {self} to {type}")

    @property
    def bits(self) -> Value:
        """The same bits as integers."""
        return self.convert("bitcast", f"i{BITS[self.kind]}")

    @property
    def as_float(self) -> Value:
        """The same bits as float or double."""
        return self.convert("bitcast", {"i32": "float", "i64": "double", "i16": "half"}[self.kind])

    # Lanes

    @property
    def is_splat(self) -> bool:
        """Is this a constant that is the same in every lane?"""
        return self.text.startswith(_SPLAT)

    def broadcast(self, lanes: int) -> Value:
        """Lane 0 (or a scalar) in every one of `lanes` lanes."""
        if self.is_splat:
            return self if lanes == self.lanes else Value(self.f, vector(lanes, self.kind), self.text)
        if not self.lanes:
            return self.f.splat(self, lanes)
        return self.f.emit(vector(lanes, self.kind),
                           f"shufflevector {self}, {self.type} poison, <{lanes} x i32> zeroinitializer")

    def shuffled(self, indices: Sequence[int]) -> Value:
        """The lanes of these numbers."""
        mask = ", ".join(f"i32 {k}" for k in indices)
        return self.f.emit(vector(len(indices), self.kind),
                           f"shufflevector {self}, {self.type} poison, <{len(indices)} x i32> <{mask}>")

    def slice(self, start: int, lanes: int) -> Value:
        return self.shuffled(range(start, start + lanes))

    def lane(self, k: int = 0) -> Value:
        """Lane `k` as a scalar."""
        if self.is_splat:
            return Value(self.f, self.kind, self.text[len(_SPLAT) + len(self.kind) + 1:-1])
        return self.f.emit(self.kind, f"extractelement {self}, i32 {k}")


def _number(x: Any) -> int | None:
    """The integer that `x` is, or is a constant of."""
    if isinstance(x, Value):
        return int(x.text) if x.text.isdecimal() else None
    return x if isinstance(x, int) else None
