"""Writing one LLVM function: instructions, structured control, memory.

Loops and conditions take Python functions for their bodies, so that what is carried around a loop becomes phi nodes by
construction. Nothing is optimised afterwards (`runtime/jit.py` runs no IR pass): what is written here is what runs,
without loads and stores in place of phis and without repeated subexpressions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from taeda.codegen.llvm.types import SIZES, element_of, is_float, mangled, vector
from taeda.codegen.llvm.value import Value, constant

if TYPE_CHECKING:
    from taeda.codegen.llvm.module import ModuleWriter
    from taeda.codegen.target import Target

Results = Sequence[Value] | Value | None


class FunctionWriter:
    """One function being written. `f["name"]` is a parameter.

    `lines` is where instructions go now: the body, or, inside `at_entry`, the entry block, which is for what is
    computed once, before everything else.
    """

    def __init__(self, module: ModuleWriter, name: str, parameters: Sequence[tuple[str, str]], result: str,
                 internal: bool) -> None:
        self.module, self.name, self.result, self.internal = module, name, result, internal
        self.parameters = {n: Value(self, t, f"%{n}") for t, n in parameters}
        self.allocas: list[str] = []
        self.entry: list[str] = []
        self._entry_label = "entry"
        self.body: list[str] = []
        self.lines = self.body
        self.label = "main"
        self._count = 0
        self.live: Value | None = None  # the lanes that count where others hold anything; None if it does not matter
        self.on_fault: Callable[[Value], None] | None = None  # told of the lanes that divide an integer by 0

    def __getitem__(self, name: str) -> Value:
        return self.parameters[name]

    @property
    def target(self) -> Target:
        return self.module.target

    # -- instructions and blocks

    def fresh(self) -> str:
        self._count += 1
        return f"%v{self._count}"

    def new_label(self, hint: str) -> str:
        self._count += 1
        return f"{hint}{self._count}"

    def emit(self, type: str, text: str) -> Value:
        """An instruction that gives a value of `type`."""
        name = self.fresh()
        self.lines.append(f"  {name} = {text}")
        return Value(self, type, name)

    def raw(self, text: str) -> None:
        """An instruction without a value."""
        self.lines.append("  " + text)

    def start(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.label = label

    def jump(self, label: str) -> None:
        self.raw(f"br label %{label}")

    def jump_if(self, condition: Value, if_true: str, if_false: str, likely: bool | None = None) -> None:
        weights = "" if likely is None else f", !prof !{0 if likely else 1}"
        self.raw(f"br i1 {condition.text}, label %{if_true}, label %{if_false}{weights}")

    @contextlib.contextmanager
    def at_entry(self) -> Iterator[None]:
        """What is written inside goes to the entry block."""
        if self.lines is self.entry:
            yield
            return
        lines, label = self.lines, self.label
        self.lines, self.label = self.entry, self._entry_label
        yield
        self._entry_label = self.label
        self.lines, self.label = lines, label

    # -- constants

    def constant(self, value: int | float, type: str = "i64") -> Value:
        return constant(self, value, type)

    def coerce(self, value: Any, type: str = "i64") -> Value:
        return value if isinstance(value, Value) else constant(self, value, type)

    def iota(self, lanes: int, step: int = 1, type: str = "i32") -> Value:
        return Value(self, vector(lanes, type), "<" + ", ".join(f"{type} {i * step}" for i in range(lanes)) + ">")

    # -- control

    def open_loop(self, start: Any, stop: Any, step: Any = 1, carry: Sequence[Value] = ()) -> Loop:
        """`loop` in two halves: what is written until its `end` is the body."""
        return Loop(self, self.coerce(start), self.coerce(stop), self.coerce(step), carry)

    def loop(self, start: Any, stop: Any, body: Callable[..., Results], step: Any = 1,
             carry: Sequence[Value] = ()) -> list[Value]:
        """`for i in range(start, stop, step)` with `carry` as loop-carried values; `step` > 0. Body gets
        (i, *carried) and returns the new carried values. The result is what they are after the loop."""
        loop = self.open_loop(start, stop, step, carry)
        return loop.end(_listed(body(loop.index, *loop.carried)))

    def repeat(self, condition: Callable[..., Value], body: Callable[..., Results],
               carry: Sequence[Value]) -> list[Value]:
        """`while condition(*carried): carried = body(*carried)`."""
        head, inside, after = self.new_label("while"), self.new_label("loop"), self.new_label("done")
        before = self.label
        self.jump(head)
        self.start(head)
        phis = _Phis(self, before, carry)
        self.jump_if(condition(*phis.values), inside, after)
        self.start(inside)
        new = _listed(body(*phis.values))
        phis.close(self.label, new)
        self.jump(head)
        self.start(after)
        return phis.values

    def branch(self, condition: Value, then: Callable[[], Results], otherwise: Callable[[], Results] | None = None,
               likely: bool | None = None) -> list[Value]:
        """if/else; both sides return as many values, of the same types."""
        yes, no, end = self.new_label("then"), self.new_label("else"), self.new_label("end")
        self.jump_if(condition, yes, no, likely)
        self.start(yes)
        left = _listed(then())
        left_label = self.label
        self.jump(end)
        self.start(no)
        right = _listed(otherwise()) if otherwise else []
        right_label = self.label
        self.jump(end)
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
            self.jump(end)
        self.start(end)

    # -- calls

    def intrinsic(self, name: str, *values: Value, extra: str = "") -> Value:
        """An intrinsic overloaded on the type of its first argument, which it also returns; `extra` is a constant
        argument at the end, 'i1 false'."""
        type = values[0].type
        return self.call_external(f"{name}.{mangled(type)}", type, *values, extra=extra)

    def call_external(self, name: str, result: str, *values: Value, extra: str = "") -> Value:
        """An intrinsic or a function of the C library, by its full name."""
        self._declare(name, result, values, extra)
        return self.emit(result, f"call {result} @{name}({_arguments(values, extra)})")

    def do_external(self, name: str, *values: Value, extra: str = "") -> None:
        """The same for one that gives nothing."""
        self._declare(name, "void", values, extra)
        self.raw(f"call void @{name}({_arguments(values, extra)})")

    def _declare(self, name: str, result: str, values: Sequence[Value], extra: str) -> None:
        types = [v.type for v in values] + [part.split()[0] for part in extra.split(", ") if part]
        self.module.declare(f"declare {result} @{name}({', '.join(types)})")

    def call(self, function: FunctionWriter, *values: Any) -> Value | None:
        arguments = ", ".join(f"{p.type} {self.coerce(v, p.type).text}"
                              for p, v in zip(function.parameters.values(), values, strict=True))
        text = f"call {function.result} @{function.name}({arguments})"
        if function.result == "void":
            self.raw(text)
            return None
        return self.emit(function.result, text)

    def ret(self, value: Any = None) -> None:
        self.raw("ret void" if value is None else f"ret {self.coerce(value, self.result)}")

    # -- arithmetic

    def select(self, condition: Value, a: Any, b: Any) -> Value:
        if not isinstance(a, Value):
            a = b.lift(a)
        b = a.lift(b)
        return self.emit(a.type, f"select {condition}, {a}, {b}")

    def minimum(self, a: Any, b: Any) -> Value:
        """Of signed integers."""
        return self._extreme("llvm.smin", a, b)

    def maximum(self, a: Any, b: Any) -> Value:
        return self._extreme("llvm.smax", a, b)

    def _extreme(self, name: str, a: Any, b: Any) -> Value:
        if not isinstance(a, Value):
            a = b.lift(a)
        return self.intrinsic(name, a, a.lift(b))

    def ceil_div(self, a: Value, b: Any) -> Value:
        return (a + (self.coerce(b) - 1)) // b

    def fma(self, a: Value, b: Any, c: Any) -> Value:
        """a * b + c, in one rounding where the target has it; also of integers."""
        b, c = a.lift(b), a.lift(c)
        if self.target.fma and is_float(a.type):
            return self.intrinsic("llvm.fma", a, b, c)
        return a * b + c

    def polynomial(self, x: Value, coefficients: Sequence[float]) -> Value:
        """Horner's rule; `coefficients` from the highest power down."""
        result = x.const(coefficients[0])
        for c in coefficients[1:]:
            result = self.fma(result, x, c)
        return result

    def cast(self, instruction: str, value: Value, type: str) -> Value:
        """`value` as `type`, a whole type; nothing if it is of that type."""
        if value.type == type:
            return value
        return self.emit(type, f"{instruction} {value} to {type}")

    # -- memory

    def at(self, pointer: Value, offset: Any) -> Value:
        """`pointer` plus an offset in bytes."""
        offset = self.coerce(offset)
        if offset.text == "0":
            return pointer
        return self.emit("ptr", f"getelementptr i8, {pointer}, {offset}")

    def index(self, pointer: Value, type: str, position: Any) -> Value:
        """Pointer to element `position` of an array of `type`."""
        return self.emit("ptr", f"getelementptr {type}, {pointer}, {self.coerce(position)}")

    def alloca(self, bytes: int) -> Value:
        """A buffer on the stack, 64-byte aligned, for the whole call."""
        name = f"%{self.new_label('buffer')}"
        self.allocas.append(f"  {name} = alloca [{bytes} x i8], align 64")
        return Value(self, "ptr", name)

    def load(self, type: str, pointer: Value, align: int = 0) -> Value:
        """`align` in bytes; by default that of an element."""
        return self.emit(type, f"load {type}, {pointer}, align {align or SIZES[element_of(type)]}")

    def store(self, value: Value, pointer: Value, align: int = 0, streaming: bool = False) -> None:
        """`streaming` writes past the caches."""
        self.raw(f"store {value}, {pointer}, align {align or SIZES[value.kind]}"
                 + (", !nontemporal !2" if streaming else ""))

    def masked_load(self, type: str, pointer: Value, mask: Value, otherwise: Value | None = None,
                    align: int = 0) -> Value:
        """`otherwise`, or zero, in the lanes outside the mask, of which nothing is read."""
        name = f"llvm.masked.load.{mangled(type)}.p0"
        self.module.declare(f"declare {type} @{name}(ptr, i32, {mask.type}, {type})")
        outside = "zeroinitializer" if otherwise is None else otherwise.text
        return self.emit(type, f"call {type} @{name}({pointer}, i32 {align or SIZES[element_of(type)]}, {mask}, "
                               f"{type} {outside})")

    def masked_store(self, value: Value, pointer: Value, mask: Value, align: int = 0) -> None:
        name = f"llvm.masked.store.{mangled(value.type)}.p0"
        self.module.declare(f"declare void @{name}({value.type}, ptr, i32, {mask.type})")
        self.raw(f"call void @{name}({value}, {pointer}, i32 {align or SIZES[value.kind]}, {mask})")

    def prefetch(self, pointer: Value, locality: int = 2) -> None:
        """Asks for the line at `pointer`, which need not exist: into the second cache, or the first for locality 3."""
        self.do_external("llvm.prefetch.p0", pointer, extra=f"i32 0, i32 {locality}, i32 1")

    # -- vectors

    def splat(self, value: Value, lanes: int) -> Value:
        """A scalar in every lane."""
        type = vector(lanes, value.type)
        one = self.emit(type, f"insertelement {type} poison, {value}, i32 0")
        return self.emit(type, f"shufflevector {one}, {type} poison, <{lanes} x i32> zeroinitializer")

    def splat_i32(self, value: Value, lanes: int) -> Value:
        return self.splat(self.cast("trunc", value, "i32"), lanes)

    def shuffle(self, a: Value, b: Value, indices: Sequence[int]) -> Value:
        """Lanes of `a` and, numbered after them, of `b`."""
        mask = ", ".join(f"i32 {i}" for i in indices)
        return self.emit(vector(len(indices), a.kind), f"shufflevector {a}, {b}, <{len(indices)} x i32> <{mask}>")

    def concatenate(self, parts: Sequence[Value]) -> Value:
        """Vectors of equal width, a power of two of them, one after the other."""
        while len(parts) > 1:
            parts = [self.shuffle(x, y, range(2 * x.lanes)) for x, y in zip(parts[::2], parts[1::2], strict=True)]
        return parts[0]

    def extract(self, value: Value, lane: Any) -> Value:
        return self.emit(value.kind, f"extractelement {value}, {self.coerce(lane)}")

    def lane_range(self, lanes: int, first: Value, stop: Value, offset: int = 0) -> Value:
        """Mask of the lanes j with first <= j + offset < stop (both within the range of i32)."""
        iota = Value(self, vector(lanes, "i32"), "<" + ", ".join(f"i32 {i + offset}" for i in range(lanes)) + ">")
        return (iota >= self.splat_i32(first, lanes)) & (iota < self.splat_i32(stop, lanes))

    def any(self, mask: Value) -> Value:
        """All lanes joined by or: is some lane of an i1 true?"""
        if not mask.lanes:
            return mask
        return self.call_external(f"llvm.vector.reduce.or.{mangled(mask.type)}", mask.kind, mask)

    # -- the end

    def text(self) -> str:
        parameters = ", ".join(map(str, self.parameters.values()))
        linkage = "internal " if self.internal else ""
        return "\n".join([f"define {linkage}{self.result} @{self.name}({parameters}) nounwind {{", "entry:",
                          *self.allocas, *self.entry, "  br label %main", "main:", *self.body, "}"])


class _Phis:
    """Values carried around a loop, written at its head; where they come from at its end is filled in by `close`."""

    def __init__(self, f: FunctionWriter, before: str, carry: Sequence[Value]) -> None:
        self.lines, self.at = f.lines, len(f.lines)
        self.values = [f.emit(v.type, f"phi {v.type} [ {v.text}, %{before} ]") for v in carry]

    def close(self, latch: str, new: Sequence[Value]) -> None:
        if len(new) != len(self.values):
            raise ValueError(f"the body of a loop returned {len(new)} values for {len(self.values)} carried ones")
        for k, value in enumerate(new):
            self.lines[self.at + k] += f", [ {value.text}, %{latch} ]"


class Loop:
    """A loop whose body is being written: `index` and `carried` are its values of this turn."""

    def __init__(self, f: FunctionWriter, start: Value, stop: Value, step: Value, carry: Sequence[Value]) -> None:
        self.f, self.stop, self.step, self.carry = f, stop, step, list(carry)
        self._inside, self._after = f.new_label("loop"), f.new_label("done")
        self._before = f.label
        f.jump_if(start < stop, self._inside, self._after)
        f.start(self._inside)
        self._phis = _Phis(f, self._before, [start, *carry])
        self.index, *self.carried = self._phis.values

    def end(self, new: Sequence[Value] = ()) -> list[Value]:
        """Closes the loop; `new` is what the next turn gets. The result is what was carried after the last turn."""
        f = self.f
        following = self.index + self.step
        again = following < self.stop
        latch = f.label
        f.jump_if(again, self._inside, self._after)
        self._phis.close(latch, [following, *new])
        f.start(self._after)
        return [f.emit(first.type, f"phi {first.type} [ {first.text}, %{self._before} ], [ {then.text}, %{latch} ]")
                for first, then in zip(self.carry, new, strict=True)]


def _listed(values: Results) -> list[Value]:
    if values is None:
        return []
    return [values] if isinstance(values, Value) else list(values)


def _arguments(values: Sequence[Value], extra: str) -> str:
    return ", ".join([*map(str, values), *([extra] if extra else [])])
