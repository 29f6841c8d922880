"""Writing LLVM IR as text: values with operators, blocks, sections, helper functions.

A `Vec` is an SSA value `<lanes x kind>`; `kind` is the LLVM name of the element type ('i1' ... 'i64', 'float',
'double'). Operators write instructions, so that a polynomial reads as algebra. Python numbers become splats.

Nothing is optimised afterwards (the JIT runs no IR pass), so what is written here is what runs: no loads and
stores in place of phis, no repeated subexpressions.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from taeda.codegen.target import Target

BITS = {"i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "half": 16, "float": 32, "double": 64}
FLOAT_KINDS = ("half", "float", "double")
SHORT = {"i1": "i1", "i8": "i8", "i16": "i16", "i32": "i32", "i64": "i64",
         "half": "f16", "float": "f32", "double": "f64"}


def literal(value: Any, kind: str) -> str:
    """`value` as an LLVM constant of element type `kind`."""
    if kind == "i1":
        return "true" if value else "false"
    if kind in ("float", "double"):
        value = float(value)
        if kind == "float":
            try:
                value = struct.unpack("<f", struct.pack("<f", value))[0]
            except OverflowError:
                value = float("inf") if value > 0 else float("-inf")
        return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
    bits = BITS[kind]
    value = int(value) & ((1 << bits) - 1)
    return str(value - (1 << bits) if value >> (bits - 1) else value)


class Vec:
    """`<lanes x kind>`, named `name`, written by builder `b`."""

    __slots__ = ("b", "kind", "lanes", "name")

    def __init__(self, b: Builder, kind: str, lanes: int, name: str) -> None:
        self.b, self.kind, self.lanes, self.name = b, kind, lanes, name

    @property
    def type(self) -> str:
        return f"<{self.lanes} x {self.kind}>"

    @property
    def is_float(self) -> bool:
        return self.kind in FLOAT_KINDS

    def __str__(self) -> str:
        return f"{self.type} {self.name}"

    def const(self, value: Any) -> Vec:
        """A splat of the type of `self`."""
        return self.b.splat(value, self.kind, self.lanes)

    def _lift(self, other: Vec | float) -> Vec:
        return other if isinstance(other, Vec) else self.const(other)

    def _binary(self, integer: str, floating: str, other: Vec | float, swapped: bool = False) -> Vec:
        x, y = self, self._lift(other)
        if swapped:
            x, y = y, x
        op = floating if self.is_float else integer
        return self.b.vec(self.kind, self.lanes, f"{op} {x.type} {x.name}, {y.name}")

    def __add__(self, other: Vec | float) -> Vec:
        return self._binary("add", "fadd", other)

    def __radd__(self, other: float) -> Vec:
        return self._binary("add", "fadd", other, True)

    def __sub__(self, other: Vec | float) -> Vec:
        return self._binary("sub", "fsub", other)

    def __rsub__(self, other: float) -> Vec:
        return self._binary("sub", "fsub", other, True)

    def __mul__(self, other: Vec | float) -> Vec:
        return self._binary("mul", "fmul", other)

    def __rmul__(self, other: float) -> Vec:
        return self._binary("mul", "fmul", other, True)

    def __truediv__(self, other: Vec | float) -> Vec:
        return self._binary("", "fdiv", other)

    def __rtruediv__(self, other: float) -> Vec:
        return self._binary("", "fdiv", other, True)

    def __and__(self, other: Vec | float) -> Vec:
        return self._binary("and", "", other)

    def __or__(self, other: Vec | float) -> Vec:
        return self._binary("or", "", other)

    def __xor__(self, other: Vec | float) -> Vec:
        return self._binary("xor", "", other)

    def __invert__(self) -> Vec:
        return self._binary("xor", "", -1)

    def __neg__(self) -> Vec:
        if self.is_float:
            return self.b.vec(self.kind, self.lanes, f"fneg {self}")
        return self._binary("sub", "", 0, True)

    def shl(self, other: Vec | int) -> Vec:
        return self._binary("shl", "", other)

    def lshr(self, other: Vec | int) -> Vec:
        return self._binary("lshr", "", other)

    def ashr(self, other: Vec | int) -> Vec:
        return self._binary("ashr", "", other)

    def compare(self, predicate: str, other: Vec | float) -> Vec:
        """An i1 for each lane; `predicate` is LLVM's ('olt', 'une', ... or 'slt', 'ult', 'eq', ...)."""
        word = "fcmp" if self.is_float else "icmp"
        return self.b.vec("i1", self.lanes, f"{word} {predicate} {self}, {self._lift(other).name}")

    def convert(self, op: str, kind: str) -> Vec:
        return self.b.vec(kind, self.lanes, f"{op} {self} to <{self.lanes} x {kind}>")

    @property
    def bits(self) -> Vec:
        """The same bits as integers."""
        return self.convert("bitcast", f"i{BITS[self.kind]}")

    @property
    def as_float(self) -> Vec:
        """The same bits as float or double."""
        return self.convert("bitcast", {"i32": "float", "i64": "double", "i16": "half"}[self.kind])

    def select(self, where_true: Vec | float, where_false: Vec | float) -> Vec:
        """`self` is i1; at most one of the others a number."""
        like = where_true if isinstance(where_true, Vec) else where_false
        assert isinstance(like, Vec)
        x, y = like._lift(where_true), like._lift(where_false)
        return self.b.vec(like.kind, self.lanes, f"select {self}, {x}, {y}")

    def isnan(self) -> Vec:
        return self.compare("uno", self)

    def abs(self) -> Vec:
        return self.b.intrinsic("llvm.fabs", self)

    def broadcast(self, lanes: int) -> Vec:
        """Lane 0 in every one of `lanes` lanes."""
        if lanes == self.lanes and self.name.startswith("splat"):
            return self
        if self.name.startswith("splat"):
            return Vec(self.b, self.kind, lanes, self.name)
        return self.b.vec(self.kind, lanes,
                          f"shufflevector {self}, {self.type} poison, <{lanes} x i32> zeroinitializer")

    def slice(self, start: int, lanes: int) -> Vec:
        mask = ", ".join(f"i32 {k}" for k in range(start, start + lanes))
        return self.b.vec(self.kind, lanes, f"shufflevector {self}, {self.type} poison, <{lanes} x i32> <{mask}>")

    def lane(self, k: int = 0) -> str:
        """The name of lane `k` as a scalar."""
        return self.b.op(f"extractelement {self}, i32 {k}")


class Builder:
    """The text of one function `@kernel` and of what it calls.

    `entry` collects what is computed once, before everything else; `lines` is where the text goes now.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.allocas: list[str] = []
        self.entry: list[str] = []
        self._entry_block = "entry"
        self.body: list[str] = []
        self.lines = self.body
        self.block = "start"
        self._count = 0
        self._declared: dict[str, str] = {}
        self._helpers: dict[str, str] = {}
        self.on_fault: Callable[[Vec], None] | None = None  # told of the lanes that divide an integer by 0

    # Names and lines

    def name(self, hint: str = "v") -> str:
        self._count += 1
        return f"{hint}{self._count}"

    def op(self, text: str) -> str:
        name = "%" + self.name()
        self.lines.append(f"  {name} = {text}")
        return name

    def vec(self, kind: str, lanes: int, text: str) -> Vec:
        return Vec(self, kind, lanes, self.op(text))

    def do(self, text: str) -> None:
        self.lines.append("  " + text)

    def label(self, name: str) -> None:
        self.lines.append(f"{name}:")
        self.block = name

    def jump(self, label: str) -> None:
        self.do(f"br label %{label}")

    def branch(self, condition: str, if_true: str, if_false: str, likely: bool | None = None) -> None:
        weights = "" if likely is None else f", !prof !{0 if likely else 1}"
        self.do(f"br i1 {condition}, label %{if_true}, label %{if_false}{weights}")

    def phi(self, type: str, *incoming: tuple[str, str]) -> str:
        """A phi of (value, block) pairs; a value may be written later: see `late`."""
        return self.op(f"phi {type} " + ", ".join(f"[ {value}, %{block} ]" for value, block in incoming))

    def late_phi(self, type: str, *incoming: tuple[str, str]) -> tuple[str, Callable[[str, str], None]]:
        """A phi that gets one more incoming pair by calling the function that is returned."""
        lines, at = self.lines, len(self.lines)
        name = self.phi(type, *incoming)

        def close(value: str, block: str) -> None:
            lines[at] += f", [ {value}, %{block} ]"

        return name, close

    @contextlib.contextmanager
    def at_entry(self) -> Iterator[None]:
        """What is written inside goes to the entry block."""
        if self.lines is self.entry:
            yield
            return
        lines, block = self.lines, self.block
        self.lines, self.block = self.entry, self._entry_block
        yield
        self._entry_block = self.block
        self.lines, self.block = lines, block

    # Values

    def splat(self, value: Any, kind: str, lanes: int) -> Vec:
        return Vec(self, kind, lanes, f"splat ({kind} {literal(value, kind)})")

    def iota(self, kind: str, lanes: int) -> Vec:
        return Vec(self, kind, lanes, "<" + ", ".join(f"{kind} {k}" for k in range(lanes)) + ">")

    def spread(self, scalar: str, kind: str, lanes: int) -> Vec:
        """A scalar value in every lane."""
        one = self.op(f"insertelement <{lanes} x {kind}> poison, {kind} {scalar}, i32 0")
        return self.vec(kind, lanes, f"shufflevector <{lanes} x {kind}> {one}, <{lanes} x {kind}> poison, "
                                     f"<{lanes} x i32> zeroinitializer")

    def declare(self, name: str, result: str, arguments: Sequence[str]) -> None:
        self._declared[name] = f"declare {result} @{name}({', '.join(arguments)})"

    def intrinsic(self, name: str, *args: Vec, kind: str | None = None, extra: str = "") -> Vec:
        """An intrinsic whose name is overloaded on the type of its first argument only (which it returns)."""
        x = args[0]
        full = f"{name}.v{x.lanes}{SHORT[x.kind]}"
        types = [a.type for a in args] + ([extra.split()[0]] if extra else [])
        self.declare(full, x.type, types)
        text = ", ".join([str(a) for a in args] + ([extra] if extra else []))
        return self.vec(kind or x.kind, x.lanes, f"call {x.type} @{full}({text})")

    def fma(self, x: Vec, y: Vec | float, z: Vec | float) -> Vec:
        """`x * y + z`, rounded once if the target can."""
        y, z = x._lift(y), x._lift(z)
        if self.target.fma:
            return self.intrinsic("llvm.fma", x, y, z)
        return x * y + z

    def polynomial(self, x: Vec, coefficients: Sequence[float]) -> Vec:
        """Horner's rule; `coefficients` from the highest power down."""
        result = x.const(coefficients[0])
        for c in coefficients[1:]:
            result = self.fma(result, x, c)
        return result

    # Integers (scalar i64), pointers and memory

    def i64(self, op: str, x: str | int, y: str | int) -> str:
        """`op x, y` on i64, folding what costs nothing to fold."""
        if op == "mul" and 1 in (x, y):
            return str(y if x == 1 else x)
        if op == "mul" and 0 in (x, y):
            return "0"
        if op in ("add", "sub") and y in (0, "0"):
            return str(x)
        if op == "add" and x in (0, "0"):
            return str(y)
        return self.op(f"{op} i64 {x}, {y}")

    def offset(self, pointer: str, bytes: str | int) -> str:
        if bytes in (0, "0"):
            return pointer
        return self.op(f"getelementptr i8, ptr {pointer}, i64 {bytes}")

    def alloca(self, bytes: int) -> str:
        """A buffer on the stack, 64-byte aligned, for the whole call."""
        name = "%" + self.name("buffer")
        self.allocas.append(f"  {name} = alloca [{bytes} x i8], align 64")
        return name

    def load(self, kind: str, lanes: int, pointer: str, align: int = 1) -> Vec:
        return self.vec(kind, lanes, f"load <{lanes} x {kind}>, ptr {pointer}, align {align}")

    def store(self, value: Vec, pointer: str, align: int = 1, streaming: bool = False) -> None:
        self.do(f"store {value}, ptr {pointer}, align {align}" + (", !nontemporal !2" if streaming else ""))

    def helper(self, name: str, text: str) -> None:
        """A function that the kernel calls, written once."""
        self._helpers[name] = text

    def finish(self) -> str:
        """The module."""
        return "\n".join([
            *self._declared.values(),
            *self._helpers.values(),
            "define i64 @kernel(ptr %arguments, i64 %begin, i64 %end) nounwind {",
            "entry:",
            *self.allocas,
            *self.entry,
            "  br label %start",
            "start:",
            *self.body,
            "}",
            '!0 = !{!"branch_weights", i32 1000, i32 1}',
            '!1 = !{!"branch_weights", i32 1, i32 1000}',
            "!2 = !{i32 1}",
            ""])
