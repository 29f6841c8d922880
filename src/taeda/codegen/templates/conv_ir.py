"""A small structured writer of LLVM IR, shared by the convolution and pooling templates.

Values are typed SSA names with arithmetic; loops and conditions take Python functions for their bodies, so that
what is carried around a loop becomes phi nodes by construction. Nothing is optimised here: the text is
well-formed SSA with explicit vectors and goes to the code generator as it is (see `runtime/jit.py`).

    module = Module(target)
    f = module.function("kernel", [("ptr", "arguments"), ("i64", "begin"), ("i64", "end")], "i64")
    (total,) = f.loop(0, f["end"], lambda i, s: (s + i,), carry=(f.constant(0),))
    f.ret(total)
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

from taeda.codegen.target import Target

SIZES = {"float": 4, "double": 8, "half": 2, "bfloat": 2, "i8": 1, "i16": 2, "i32": 4, "i64": 8, "ptr": 8}
MAXIMUM_I64 = (1 << 63) - 1


def lanes_of(type: str) -> int:
    found = re.match(r"<(\d+) x ", type)
    return int(found[1]) if found else 1


def element_of(type: str) -> str:
    return type[1:-1].split(" x ")[1] if type.startswith("<") else type


def vector(lanes: int, type: str) -> str:
    return f"<{lanes} x {type}>"


def is_float(type: str) -> bool:
    return element_of(type) in ("float", "double", "half", "bfloat")


def float_text(value: float, type: str = "double") -> str:
    """A floating-point literal: LLVM reads the bits of a double for float and double; exact for every value."""
    if element_of(type) in ("half", "bfloat"):
        raise ValueError("write half and bfloat constants by conversion")
    if element_of(type) == "float" and value == value and abs(value) != float("inf"):
        value = struct.unpack("<f", struct.pack("<f", value))[0]
    return "0x" + struct.pack(">d", value).hex().upper()


class Value:
    """A typed SSA value (or a constant). Integer operators are signed; division is for non-negative numbers."""

    __slots__ = ("function", "type", "text")

    def __init__(self, function: Function, type: str, text: str) -> None:
        self.function, self.type, self.text = function, type, text

    def __repr__(self) -> str:
        return f"{self.type} {self.text}"

    def _binary(self, instruction: str, float_instruction: str | None, other: Any, swap: bool = False) -> Value:
        f = self.function
        right = f.coerce(other, self.type)
        left = self
        if swap:
            left, right = right, left
        name = float_instruction if is_float(self.type) else instruction
        if name is None:
            raise TypeError(f"{instruction} of {self.type}")
        return f.emit(self.type, f"{name} {self.type} {left.text}, {right.text}")

    def __add__(self, other: Any) -> Value:
        return self if other == 0 and isinstance(other, int) else self._binary("add", "fadd", other)

    def __radd__(self, other: Any) -> Value:
        return self + other

    def __sub__(self, other: Any) -> Value:
        return self if other == 0 and isinstance(other, int) else self._binary("sub", "fsub", other)

    def __rsub__(self, other: Any) -> Value:
        return self._binary("sub", "fsub", other, swap=True)

    def __mul__(self, other: Any) -> Value:
        return self if other == 1 and isinstance(other, int) else self._binary("mul", "fmul", other)

    def __rmul__(self, other: Any) -> Value:
        return self * other

    def __neg__(self) -> Value:
        return self.function.constant(0) - self

    def __floordiv__(self, other: Any) -> Value:
        return self if other == 1 and isinstance(other, int) else self._binary("udiv", None, other)

    def __mod__(self, other: Any) -> Value:
        return self._binary("urem", None, other)

    def __truediv__(self, other: Any) -> Value:
        return self._binary("sdiv", "fdiv", other)

    def __and__(self, other: Any) -> Value:
        return self._binary("and", None, other)

    def __or__(self, other: Any) -> Value:
        return self._binary("or", None, other)

    def _compare(self, predicate: str, other: Any) -> Value:
        right = self.function.coerce(other, self.type)
        lanes = lanes_of(self.type)
        result = "i1" if lanes == 1 and not self.type.startswith("<") else vector(lanes, "i1")
        return self.function.emit(result, f"icmp {predicate} {self.type} {self.text}, {right.text}")

    def __lt__(self, other: Any) -> Value:
        return self._compare("slt", other)

    def __le__(self, other: Any) -> Value:
        return self._compare("sle", other)

    def __gt__(self, other: Any) -> Value:
        return self._compare("sgt", other)

    def __ge__(self, other: Any) -> Value:
        return self._compare("sge", other)

    def equals(self, other: Any) -> Value:
        return self._compare("eq", other)

    def differs(self, other: Any) -> Value:
        return self._compare("ne", other)


class Function:
    """One function being written. `f["name"]` is a parameter."""

    def __init__(self, module: Module, name: str, parameters: Sequence[tuple[str, str]], result: str,
                 internal: bool) -> None:
        self.module, self.name, self.result, self.internal = module, name, result, internal
        self.parameters = {n: Value(self, t, f"%{n}") for t, n in parameters}
        self.lines: list[str] = []
        self.count = 0
        self.label = "entry"
        self.lines.append("entry:")

    def __getitem__(self, name: str) -> Value:
        return self.parameters[name]

    # -- plumbing

    def fresh(self) -> str:
        self.count += 1
        return f"%v{self.count}"

    def new_label(self, hint: str) -> str:
        self.count += 1
        return f"{hint}{self.count}"

    def emit(self, type: str, text: str) -> Value:
        name = self.fresh()
        self.lines.append(f"  {name} = {text}")
        return Value(self, type, name)

    def raw(self, text: str) -> None:
        self.lines.append(f"  {text}")

    def start(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.label = label

    def constant(self, value: int | float, type: str = "i64") -> Value:
        return self.coerce(value, type)

    def coerce(self, value: Any, type: str = "i64") -> Value:
        if isinstance(value, Value):
            return value
        if type.startswith("<"):
            lanes, element = lanes_of(type), element_of(type)
            if value == 0 and not (is_float(element) and str(float(value)).startswith("-")):
                return Value(self, type, "zeroinitializer")
            text = float_text(value, element) if is_float(element) else str(value)
            return Value(self, type, "<" + ", ".join(f"{element} {text}" for _ in range(lanes)) + ">")
        if is_float(type):
            return Value(self, type, float_text(float(value), type))
        return Value(self, type, str(int(value)))

    def iota(self, lanes: int, step: int = 1, type: str = "i32") -> Value:
        return Value(self, vector(lanes, type), "<" + ", ".join(f"{type} {i * step}" for i in range(lanes)) + ">")

    # -- control

    def loop(self, start: Any, stop: Any, body: Callable[..., Sequence[Value] | None], step: Any = 1,
             carry: Sequence[Value] = ()) -> list[Value]:
        """`for i in range(start, stop, step)` with `carry` as loop-carried values; `step` > 0. Body gets
        (i, *carried) and returns the new carried values. The result is what they are after the loop."""
        start, stop, step = self.coerce(start), self.coerce(stop), self.coerce(step)
        body_label, exit_label = self.new_label("loop"), self.new_label("done")
        before = self.label
        enter = start < stop
        self.raw(f"br i1 {enter.text}, label %{body_label}, label %{exit_label}")
        self.start(body_label)
        mark = len(self.lines)
        index = Value(self, "i64", self.fresh())
        carried = [Value(self, c.type, self.fresh()) for c in carry]
        new = list(body(index, *carried) or ())
        if len(new) != len(carried):
            raise ValueError(f"loop body returned {len(new)} values for {len(carried)} carried ones")
        following = index + step
        again = following < stop
        latch = self.label
        self.raw(f"br i1 {again.text}, label %{body_label}, label %{exit_label}")
        phis = [f"  {index.text} = phi i64 [ {start.text}, %{before} ], [ {following.text}, %{latch} ]"]
        for value, first, then in zip(carried, carry, new, strict=True):
            phis.append(f"  {value.text} = phi {value.type} [ {first.text}, %{before} ], [ {then.text}, %{latch} ]")
        self.lines[mark:mark] = phis
        self.start(exit_label)
        return [self.emit(first.type, f"phi {first.type} [ {first.text}, %{before} ], [ {then.text}, %{latch} ]")
                for first, then in zip(carry, new, strict=True)]

    def repeat(self, condition: Callable[..., Value], body: Callable[..., Sequence[Value]],
               carry: Sequence[Value]) -> list[Value]:
        """`while condition(*carried): carried = body(*carried)`."""
        head, body_label, exit_label = self.new_label("while"), self.new_label("loop"), self.new_label("done")
        before = self.label
        self.raw(f"br label %{head}")
        self.start(head)
        mark = len(self.lines)
        carried = [Value(self, c.type, self.fresh()) for c in carry]
        test = condition(*carried)
        self.raw(f"br i1 {test.text}, label %{body_label}, label %{exit_label}")
        self.start(body_label)
        new = list(body(*carried))
        latch = self.label
        self.raw(f"br label %{head}")
        self.lines[mark:mark] = [
            f"  {value.text} = phi {value.type} [ {first.text}, %{before} ], [ {then.text}, %{latch} ]"
            for value, first, then in zip(carried, carry, new, strict=True)]
        self.start(exit_label)
        return carried

    def branch(self, condition: Value, then: Callable[[], Sequence[Value] | Value | None],
               otherwise: Callable[[], Sequence[Value] | Value | None] | None = None) -> list[Value]:
        """if/else; both sides return as many values, of the same types."""
        yes, no, end = self.new_label("then"), self.new_label("else"), self.new_label("end")
        self.raw(f"br i1 {condition.text}, label %{yes}, label %{no}")
        self.start(yes)
        left = _listed(then())
        left_label = self.label
        self.raw(f"br label %{end}")
        self.start(no)
        right = _listed(otherwise()) if otherwise else []
        right_label = self.label
        self.raw(f"br label %{end}")
        self.start(end)
        return [self.emit(a.type, f"phi {a.type} [ {a.text}, %{left_label} ], [ {b.text}, %{right_label} ]")
                for a, b in zip(left, right, strict=True)]

    def switch(self, value: Value, cases: Sequence[Callable[[], None]]) -> None:
        """Case k for value k; the last one for any other."""
        labels = [self.new_label("case") for _ in cases]
        end = self.new_label("end")
        table = " ".join(f"i64 {k}, label %{label}" for k, label in enumerate(labels[:-1]))
        self.raw(f"switch i64 {value.text}, label %{labels[-1]} [ {table} ]")
        for label, case in zip(labels, cases, strict=True):
            self.start(label)
            case()
            self.raw(f"br label %{end}")
        self.start(end)

    def select(self, condition: Value, a: Any, b: Any) -> Value:
        if not isinstance(a, Value):
            a = self.coerce(a, b.type)
        b = self.coerce(b, a.type)
        return self.emit(a.type, f"select {condition.type} {condition.text}, {a.type} {a.text}, {b.type} {b.text}")

    def minimum(self, a: Any, b: Any) -> Value:
        return self._extreme("smin", a, b)

    def maximum(self, a: Any, b: Any) -> Value:
        return self._extreme("smax", a, b)

    def _extreme(self, name: str, a: Any, b: Any) -> Value:
        type = a.type if isinstance(a, Value) else b.type
        a, b = self.coerce(a, type), self.coerce(b, type)
        return self.call_intrinsic(f"llvm.{name}", type, [type, type], [a, b], suffix=True)

    def ceil_div(self, a: Value, b: Any) -> Value:
        return (a + (self.coerce(b) - 1)) // b

    def call_intrinsic(self, name: str, result: str, types: Sequence[str], values: Sequence[Value],
                       suffix: bool = False) -> Value:
        if suffix:
            name += "." + mangled(result)
        self.module.declare(f"declare {result} @{name}({', '.join(types)})")
        return self.emit(result, f"call {result} @{name}({', '.join(f'{v.type} {v.text}' for v in values)})")

    def call(self, function: Function, *values: Any) -> Value | None:
        arguments = ", ".join(f"{p.type} {self.coerce(v, p.type).text}"
                              for p, v in zip(function.parameters.values(), values, strict=True))
        text = f"call {function.result} @{function.name}({arguments})"
        if function.result == "void":
            self.raw(text)
            return None
        return self.emit(function.result, text)

    def ret(self, value: Any = None) -> None:
        self.raw("ret void" if value is None else f"ret {self.result} {self.coerce(value, self.result).text}")

    # -- memory

    def at(self, pointer: Value, offset: Any) -> Value:
        """`pointer` plus an offset in bytes."""
        if isinstance(offset, int) and offset == 0:
            return pointer
        return self.emit("ptr", f"getelementptr i8, ptr {pointer.text}, i64 {self.coerce(offset).text}")

    def index(self, pointer: Value, type: str, position: Any) -> Value:
        """Pointer to element `position` of an array of `type`."""
        return self.emit("ptr", f"getelementptr {type}, ptr {pointer.text}, i64 {self.coerce(position).text}")

    def load(self, type: str, pointer: Value) -> Value:
        return self.emit(type, f"load {type}, ptr {pointer.text}, align {SIZES[element_of(type)]}")

    def store(self, value: Value, pointer: Value) -> None:
        self.raw(f"store {value.type} {value.text}, ptr {pointer.text}, align {SIZES[element_of(value.type)]}")

    def masked_load(self, type: str, pointer: Value, mask: Value, otherwise: Value) -> Value:
        name = f"llvm.masked.load.{mangled(type)}.p0"
        self.module.declare(f"declare {type} @{name}(ptr, i32, {mask.type}, {type})")
        align = SIZES[element_of(type)]
        return self.emit(type, f"call {type} @{name}(ptr {pointer.text}, i32 {align}, "
                               f"{mask.type} {mask.text}, {type} {otherwise.text})")

    def masked_store(self, value: Value, pointer: Value, mask: Value) -> None:
        name = f"llvm.masked.store.{mangled(value.type)}.p0"
        self.module.declare(f"declare void @{name}({value.type}, ptr, i32, {mask.type})")
        align = SIZES[element_of(value.type)]
        self.raw(f"call void @{name}({value.type} {value.text}, ptr {pointer.text}, i32 {align}, "
                 f"{mask.type} {mask.text})")

    # -- vectors

    def splat(self, value: Value, lanes: int) -> Value:
        type = vector(lanes, value.type)
        one = self.emit(type, f"insertelement {type} poison, {value.type} {value.text}, i32 0")
        return self.shuffle(one, one, [0] * lanes)

    def shuffle(self, a: Value, b: Value, indices: Sequence[int]) -> Value:
        result = vector(len(indices), element_of(a.type))
        mask = "<" + ", ".join(f"i32 {i}" for i in indices) + ">"
        return self.emit(result, f"shufflevector {a.type} {a.text}, {b.type} {b.text}, <{len(indices)} x i32> {mask}")

    def extract(self, value: Value, lane: Any) -> Value:
        lane = self.coerce(lane, "i64")
        return self.emit(element_of(value.type), f"extractelement {value.type} {value.text}, i64 {lane.text}")

    def cast(self, instruction: str, value: Value, type: str) -> Value:
        if value.type == type:
            return value
        return self.emit(type, f"{instruction} {value.type} {value.text} to {type}")

    def splat_i32(self, value: Value, lanes: int) -> Value:
        return self.splat(self.cast("trunc", value, "i32"), lanes)

    def lane_range(self, lanes: int, first: Value, stop: Value, offset: int = 0) -> Value:
        """Mask of the lanes j with first <= j + offset < stop (both within the range of i32)."""
        iota = Value(self, vector(lanes, "i32"), "<" + ", ".join(f"i32 {i + offset}" for i in range(lanes)) + ">")
        low = self.splat_i32(first, lanes)
        high = self.splat_i32(stop, lanes)
        return self.emit(vector(lanes, "i1"), f"and {vector(lanes, 'i1')} {(iota >= low).text}, {(iota < high).text}")

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c, in one rounding where the target has it; also of integers."""
        if self.module.target.fma and is_float(a.type):
            return self.call_intrinsic("llvm.fma", a.type, [a.type] * 3, [a, b, c], suffix=True)
        return a * b + c

    def text(self) -> str:
        parameters = ", ".join(f"{p.type} {p.text}" for p in self.parameters.values())
        linkage = "internal " if self.internal else ""
        return "\n".join([f"define {linkage}{self.result} @{self.name}({parameters}) nounwind {{", *self.lines, "}"])


def _listed(value: Sequence[Value] | Value | None) -> list[Value]:
    if value is None:
        return []
    return [value] if isinstance(value, Value) else list(value)


def mangled(type: str) -> str:
    """The suffix of an overloaded intrinsic for a type."""
    names = {"float": "f32", "double": "f64", "half": "f16", "bfloat": "bf16"}
    element = names.get(element_of(type), element_of(type))
    return f"v{lanes_of(type)}{element}" if type.startswith("<") else element


class Module:
    """Functions and the declarations they need."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.functions: list[Function] = []
        self.declarations: dict[str, None] = {}

    def declare(self, text: str) -> None:
        self.declarations[text] = None

    def function(self, name: str, parameters: Sequence[tuple[str, str]], result: str = "void",
                 internal: bool = True) -> Function:
        made = Function(self, name, parameters, result, internal)
        self.functions.append(made)
        return made

    def kernel(self) -> Function:
        """The entry point, with the convention of csrc/kernel_abi.h."""
        return self.function("kernel", [("ptr", "arguments"), ("i64", "begin"), ("i64", "end")], "i64",
                             internal=False)

    def text(self) -> str:
        return "\n\n".join(["\n".join(self.declarations), *(f.text() for f in self.functions)]) + "\n"


class Arguments:
    """What the kernel was given: fields of `KernelArguments`."""

    def __init__(self, f: Function) -> None:
        self.f = f
        base = f["arguments"]
        self._data = f.load("ptr", base)
        self.integers = f.load("ptr", f.at(base, 8))
        self.scalars = f.load("ptr", f.at(base, 16))
        self.scratch = f.load("ptr", f.at(base, 24))
        self.fault = f.load("ptr", f.at(base, 32))

    def data(self, k: int) -> Value:
        return self.f.load("ptr", self.f.at(self._data, 8 * k))

    def integer(self, k: int) -> Value:
        return self.f.load("i64", self.f.at(self.integers, 8 * k))


def names_of(f: Function, integers: Value, names: Sequence[str]) -> dict[str, Value]:
    """Loads the integers called `names`, in order, from the array `integers`."""
    return {name: f.load("i64", f.at(integers, 8 * k)) for k, name in enumerate(names)}
