"""Writing Program descriptions: what the bodies of @kernel ops use, and lowering itself.

A `Register` is a tensor of the Program: it knows its dtype and number of dimensions, and its sizes are Symbols. All
numbers given to a Builder may be ints, floats or Symbols.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from taeda.compiler import methods
from taeda.ir.dtype import COMPLEX, info, plain
from taeda.ir.epilogue import Epilogue, Prologue
from taeda.ir.expression import Expression, kind_of, make, parts_of, product, unwrap, without_broadcast, wrap
from taeda.ir.loop import Kernel, Operand, Store, call, scalar
from taeda.ops import dtypes

if TYPE_CHECKING:
    from taeda.codegen.target import Target


class Register:
    """A tensor in a Program. `shape[i]` is a Symbol; `number` the register."""

    __slots__ = ("dtype", "ndim", "number")

    def __init__(self, number: int, dtype: str, ndim: int):
        self.number = number
        self.dtype = dtype
        self.ndim = ndim

    @property
    def shape(self) -> tuple[Any, ...]:
        return tuple(wrap(("size", self.number, d)) for d in range(self.ndim))

    def size(self, dim: int) -> Any:
        return wrap(("size", self.number, dim % self.ndim))

    def stride(self, dim: int) -> Any:
        """In elements."""
        return wrap(("stride", self.number, dim % self.ndim))

    def storage_offset(self) -> Any:
        """In elements."""
        return wrap(("offset", self.number))

    def numel(self) -> Any:
        return wrap(("numel", self.number)) if self.ndim else 1

    def item(self) -> Any:
        """The value of a one-element int64 tensor, read when the Program gets there."""
        return wrap(("read", self.number))

    def __repr__(self) -> str:
        return f"Register({self.number}: {self.dtype}, {self.ndim} dimensions)"


class Builder:
    """Collects instructions. The methods are the instructions of ARCHITECTURE.md ("Program description")."""

    def __init__(self, target: Target, register_kernel: Callable[[Any], int]):
        self.target = target  # for methods only: what a body writes is the same for all
        self._register_kernel = register_kernel
        self.registers = 0
        self.instructions: list[tuple[Any, ...]] = []
        self.resolve: Callable[[Expression], Expression] = lambda e: e  # Values in expressions → registers
        self.epilogue: Epilogue | None = None  # given to the next method
        self.only_checks = False  # methods may leave out what they do besides raising errors
        self.prologues: dict[Register, Prologue] = {}  # of registers that only have a shape
        self._pointwise: dict[tuple[Any, ...], tuple[Kernel, list[int], list[Expression]]] = {}
        self._viewed: dict[Register, tuple[Register, str, Sequence[Any]]] = {}  # views: of what, and which

    def _new(self, dtype: str, ndim: int) -> Register:
        register = Register(self.registers, dtypes.name_of(dtype), ndim)
        self.registers += 1
        return register

    def _number(self, n: Any) -> Expression:
        return without_broadcast(self.resolve(unwrap(n)))

    def _when(self, when: Any) -> Expression | None:
        return None if when is None else self._number(when)

    # -- buffers -----------------------------------------------------------------------------------------------------

    def alloc(self, dtype: str, shape: Sequence[Any], when: Any = None) -> Register:
        """A contiguous uninitialised tensor."""
        register = self._new(plain(dtypes.name_of(dtype)), len(shape))
        self.instructions.append(("alloc", register.number, register.dtype, [self._number(n) for n in shape],
                                  self._when(when)))
        return register

    def alloc_like(self, dtype: str, shape: Sequence[Any], like: Sequence[Register]) -> Register:
        """The same, laid out as the result of a pointwise op on `like`, in that order, and then contiguous tensors."""
        if not like:
            return self.alloc(dtype, shape)
        register = self._new(dtype, len(shape))
        self.instructions.append(("alloc_like", register.number, register.dtype, [self._number(n) for n in shape],
                                  [r.number for r in like]))
        return register

    def fill(self, register: Register, number: Any) -> None:
        """Set all elements of `register` to `number`."""
        e = unwrap(number)
        if register.dtype in COMPLEX and kind_of(e) == "complex":
            part = info(register.dtype).part
            value = call("complex", scalar(0, part), scalar(1, part))
            kernel = Kernel((Operand(register.dtype, "element"),), (Store(0, value),), "fill")
            self.loops(kernel, [], [register], [wrap(make("float", p)) for p in parts_of(e)])
            return
        self.instructions.append(("fill", register.number, self._number(number)))

    def full(self, dtype: str, shape: Sequence[Any], number: Any) -> Register:
        """A new tensor filled with `number`."""
        register = self.alloc(dtype, shape)
        self.fill(register, number)
        return register

    def copy(self, destination: Register, source: Register) -> None:
        """Write `source` (broadcast, converted) to `destination`, which must be a register made in this body."""
        self.instructions.append(("copy", destination.number, source.number))

    def join(self, destination: Register, sources: Sequence[Register], dim: int) -> None:
        """Fill `destination`, made by `alloc` in this body, with `sources` one after the other along `dim`, converted.
        They have its dimensions, or all but `dim`; check before that their sizes fit."""
        self.instructions.append(("join", destination.number, [r.number for r in sources], dim))

    def contiguous(self, source: Register) -> Register:
        """`source` itself if it is contiguous, else a contiguous copy."""
        register = self._new(source.dtype, source.ndim)
        self.instructions.append(("contiguous", register.number, source.number))
        return register

    def update(self, source: Register) -> Register:
        """A tensor to be written to that starts as `source`: `source` itself in an in-place call, or where this body
        made it and does not use it again; else a contiguous copy. Check what can go wrong before, so that a call that
        fails changes nothing."""
        register = self._new(source.dtype, source.ndim)
        self.instructions.append(("update", register.number, source.number))
        return register

    def alias(self, source: Register) -> Register:
        register = self._new(source.dtype, source.ndim)
        self.instructions.append(("alias", register.number, source.number))
        return register

    def view_dtype(self, source: Register, dtype: str) -> Register:
        """The bits of `source` as another dtype."""
        register = self._new(dtype, source.ndim)
        self.instructions.append(("view_dtype", register.number, source.number, register.dtype))
        return register

    def view(self, kind: str, source: Register, arguments: Sequence[Any] = (), ndim: int | None = None,
             when: Any = None) -> Register:
        """A view of `source` (csrc/core/views.cpp names the kinds and their arguments), of `ndim` dimensions: as many
        as the kind determines, where it does."""
        if ndim is None:
            ndim = _view_ndim(kind, source, arguments)
        register = self._new(source.dtype, ndim)
        self._viewed[register] = source, kind, arguments
        if source in self.prologues:
            p = self.prologues[source]
            operands = tuple(self.view(kind, t, arguments, ndim, when) for t in p.operands)
            self.prologues[register] = dataclasses.replace(p, operands=operands)
        given = [
            [self._number(m) for m in n] if isinstance(n, (list, tuple)) else self._number(n) for n in arguments]
        self.instructions.append(("view", kind, register.number, source.number, given, self._when(when)))
        return register

    def sum_to(self, source: Register, like: Register) -> Register:
        """`source` summed to the shape of `like`, undoing broadcasting; `source` itself if the shapes are equal."""
        register = self._new(source.dtype, like.ndim)
        self.instructions.append(("sum_to", register.number, source.number, like.number))
        return register

    def check(self, condition: Any, exception: type[Exception] | str, message: str, *numbers: Any) -> None:
        """Raise `exception` unless `condition`; {0}, {1}.. in the message are `numbers`."""
        name = exception if isinstance(exception, str) else exception.__name__
        holds = self._number(condition)
        holds = int(holds) if isinstance(holds, bool) else holds
        if not isinstance(holds, tuple) and holds:  # known already
            return
        self.instructions.append(("check", holds, name, message, [self._number(n) for n in numbers]))

    def later(self, prologue: Prologue, shape: Sequence[Any]) -> Register:
        """A register of `shape` for an operand that a method makes as it reads it. It may be viewed, and given to a
        method that takes a prologue."""
        operands = tuple(self.view("expand", t, shape) for t in prologue.operands)
        register = self.alias(operands[0])
        register.dtype = prologue.value.dtype
        self.prologues[register] = dataclasses.replace(prologue, operands=operands)
        return register

    def made(self, register: Register, when: Any = None) -> Register:
        """In memory after all what has a prologue."""
        if register in self._viewed:
            source, kind, arguments = self._viewed[register]
            return self.view(kind, self.made(source, when), arguments, register.ndim, when)
        prologue = self.prologues[register]
        value = prologue.value
        inputs = tuple(Operand(t.dtype, "input") for t in prologue.operands)
        kernel = Kernel((*inputs, Operand(value.dtype, "element")), (Store(len(inputs), value),), "make")
        made = self.alloc(value.dtype, register.shape, when)
        self.loops(kernel, prologue.operands, [made], prologue.numbers, when=when)
        return made

    def flatten_epilogue(self, out: Register) -> None:
        """The method's result is a matrix, whose rows are those of `out` one after the other: so are the operands of
        the epilogue then."""
        if self.epilogue is not None:
            rows = product(out.shape[:-1])
            flat = [t if t.ndim < 2 else self.view("reshape", self.view("expand", t, out.shape), (rows, out.shape[-1]))
                    for t in self.epilogue.operands]
            self.epilogue = dataclasses.replace(self.epilogue, operands=tuple(flat))

    def _store_as(self, out: Register, dtype: str) -> None:
        """What was allocated for `out` (a view of it, perhaps) and is not used yet gets another dtype."""
        if out.dtype == dtype:
            return
        if out in self._viewed:
            self._store_as(self._viewed[out][0], dtype)
        else:
            place = next(k for k, i in enumerate(self.instructions) if i[:2] == ("alloc", out.number))
            self.instructions[place] = (*self.instructions[place][:2], dtype, *self.instructions[place][3:])
        out.dtype = dtype

    # -- kernels -------------------------------------------------------------------------------------------------------

    def method(self, name: str, **arguments: Any) -> Any:
        """What the method `name` says, done in the way of the target: the files of compiler/methods/reference list the
        methods and their arguments. Returns what is listed there, if anything."""
        if self.epilogue is not None:
            arguments["epilogue"], self.epilogue = self.epilogue, None
            self._store_as(arguments["out"], arguments["epilogue"].value.dtype)
        for given in [*arguments.values()]:
            if isinstance(given, Register) and given in self.prologues:
                arguments["prologue"] = self.prologues[given]
        return methods.find(self.target.family, name)(self, **arguments)

    def loops(
        self,
        kernel: Kernel,
        inputs: Sequence[Register],
        outputs: Sequence[Register | int],
        scalars: Sequence[Any] = (),
        reduced: tuple[int, ...] | None = None,
        keepdim: bool = True,
        when: Any = None,
        alternative: bool = False,
    ) -> list[Register]:
        """Run a loop kernel over the broadcast shape of `inputs`. Each entry of `outputs` is a register to write to,
        or the number of dimensions of a new one. Returns the output registers.

        With `alternative`, registers in `outputs` are made anew: for launches of which exactly one runs (see `when`).
        """
        condition = None if when is None else self._number(when)
        registers, described = [], []
        for output, operand in zip(outputs, kernel.operands[kernel.inputs:], strict=True):
            new = alternative or not isinstance(output, Register)
            register = output if isinstance(output, Register) else self._new(operand.dtype, output)
            registers.append(register)
            described.append(("new", register.number, operand.dtype, operand.role) if new
                             else ("into", register.number, operand.role))
        if condition is None or isinstance(condition, tuple) or condition:
            self.instructions.append(
                (
                    "loops",
                    self._register_kernel(kernel),
                    [r.number for r in inputs],
                    described,
                    [self._number(s) for s in scalars],
                    reduced,
                    keepdim,
                    condition if isinstance(condition, tuple) else None,
                )
            )
        return registers

    def pointwise(self, op: Any, inputs: Sequence[Register | None], outputs: Sequence[Register]) -> None:
        """Run an op that is pointwise throughout as one kernel, on registers of one shape (None: absent), into others.
        An output may be an input."""
        key = (op, *(None if r is None else (r.dtype, r.ndim) for r in inputs))
        if key not in self._pointwise:
            from taeda.compiler.lower import pointwise_kernel

            self._pointwise[key] = pointwise_kernel(op, key[1:])
        kernel, reads, scalars = self._pointwise[key]
        self.loops(kernel, [r for r in (inputs[k] for k in reads) if r is not None], outputs, scalars)

    def launch(
        self,
        template: Callable[..., str] | tuple[str, str],
        params: dict[str, Any],
        operands: Sequence[Register],
        integers: Sequence[Any] = (),
        scalars: Sequence[Any] = (),
        work: Any = 1,
        grain: Any = 1,
        scratch: Any = 0,
        faults: Sequence[tuple[int, str, str]] = (),
        when: Any = None,
    ) -> None:
        """Launch the kernel that `template(target, **params)` gives as LLVM text (csrc/kernel_abi.h is its convention).

        `template` is a function of an importable module, or its (module, name). `params` must be hashable constants:
        they are what the machine code is specialised on. Outputs among `operands` must be registers of this body.
        """
        handle = self._register_kernel(TemplateSpec.of(template, params))
        self.instructions.append((
            "launch", handle, [r.number for r in operands], [self._number(n) for n in integers],
            [self._number(n) for n in scalars], self._number(work), self._number(grain), self._number(scratch),
            tuple((code, e if isinstance(e, str) else e.__name__, m) for code, e, m in faults), self._when(when)))


class TemplateSpec(tuple[Any, ...]):
    """A kernel from a template: (module, name of the emitter, sorted parameters)."""

    __slots__ = ()

    def __new__(cls, module: str, name: str, params: tuple[tuple[str, Any], ...]) -> TemplateSpec:
        return super().__new__(cls, (module, name, params))

    def __reduce__(self) -> tuple[Any, ...]:
        return TemplateSpec, tuple(self)

    @classmethod
    def of(cls, template: Callable[..., str] | tuple[str, str], params: dict[str, Any]) -> TemplateSpec:
        """The kernel that `template(target, **params)` gives: a function of an importable module, or (module, name)."""
        module, name = template if isinstance(template, tuple) else (template.__module__, template.__name__)
        return cls(module, name, tuple(sorted(params.items())))


def _view_ndim(kind: str, source: Register, arguments: Sequence[Any]) -> int:
    if kind in ("permute", "slice", "alias"):
        return source.ndim
    if kind in ("expand", "reshape", "view"):
        return len(arguments)
    if kind in ("select", "diagonal"):
        return source.ndim - 1
    if kind == "unsqueeze":
        return source.ndim + 1
    if kind == "squeeze" and arguments:
        return source.ndim - len(arguments)
    raise TypeError(f"say ndim= of a view of kind {kind!r}")


def numel(shape: Sequence[Any]) -> Any:
    """The number of elements of a shape."""
    return product(shape)
