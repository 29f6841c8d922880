"""What a Program means, slowly and obviously, on NumPy arrays.

Tensors are pairs of array and dtype name; bfloat16 is held as the uint16 of its bits, as in ir/loop_interpreter.py.
Views are NumPy views, so writing to one is seen by the others. Kernels from templates have no meaning in terms of IR:
a Program that launches one raises NotImplementedError.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from taeda import _core
from taeda.ir import loop_interpreter
from taeda.ir.dtype import info
from taeda.ir.expression import evaluate
from taeda.ir.loop import Kernel, Operand, Reduce, Store, cast, load, reduced

Array = np.ndarray[Any, Any]


class Tensor(NamedTuple):
    array: Array
    dtype: str


def run(program: dict[str, Any], tensors: Sequence[Tensor | None], attributes: Sequence[Any],
        kernels: Sequence[Any]) -> list[Tensor]:
    """The outputs of a Program description. `kernels` is what its handles index."""
    if len(tensors) != program["tensors"] or len(attributes) != program["attributes"]:
        raise ValueError(f"a Program of {program['tensors']} tensors and {program['attributes']} attributes was given "
                         f"{len(tensors)} and {len(attributes)}")
    registers: list[Tensor | None] = [*tensors, *([None] * (program["registers"] - len(tensors)))]
    machine = _Machine(registers, attributes, kernels)
    for instruction in program["instructions"]:
        machine.step(instruction)
    return [machine.at(r) for r in program["outputs"]]


class _Machine:
    def __init__(self, registers: list[Tensor | None], attributes: Sequence[Any], kernels: Sequence[Any]):
        self.registers = registers
        self.attributes = attributes
        self.kernels = kernels

    def at(self, register: int) -> Tensor:
        tensor = self.registers[register]
        if tensor is None:
            raise ValueError(f"a Program reads register {register}, which is empty")
        return tensor

    def value(self, e: Any) -> Any:
        """The number that an expression stands for."""
        if not isinstance(e, tuple):
            return e
        kind = e[0]
        if kind in ("size", "stride", "numel", "offset", "read"):
            array = self.at(e[1]).array
            if kind == "size":
                return array.shape[e[2]]
            if kind == "stride":
                return array.strides[e[2]] // array.itemsize
            if kind == "offset":
                return (array.ctypes.data - _base(array).ctypes.data) // array.itemsize
            return array.size if kind == "numel" else int(array.reshape(-1)[0])
        if kind == "attribute":
            return self.attributes[e[1]]
        if kind == "item":
            return self.attributes[e[1]][e[2]]
        return evaluate(kind, [self.value(o) for o in e[1:]])

    def step(self, i: tuple[Any, ...]) -> None:
        kind = i[0]
        when = {"alloc": 4, "loops": 7, "launch": 9, "view": 5}.get(kind)
        if when is not None and i[when] is not None and not self.value(i[when]):
            return
        if kind in ("alloc", "alloc_like"):
            shape = [self.value(n) for n in i[3]]
            # Uninitialised memory: a pattern that is unlikely to look right.
            array = np.frombuffer(b"\xa5" * (int(np.prod(shape)) * _numpy(i[2]).itemsize), _numpy(i[2])).reshape(shape)
            self.registers[i[1]] = Tensor(array.copy(), i[2])
        elif kind == "loops":
            self.loops(*i[1:7])
        elif kind == "launch":
            raise NotImplementedError(
                f"kernel {self.kernels[i[1]]} comes from a template; the interpreter knows loop IR only"
            )
        elif kind == "view":
            source = self.at(i[3])
            arguments = [[self.value(x) for x in a] if isinstance(a, list) else self.value(a) for a in i[4]]
            self.registers[i[2]] = Tensor(view(source.array, i[1], arguments), source.dtype)
        elif kind in ("contiguous", "alias"):
            source = self.at(i[2])
            self.registers[i[1]] = Tensor(np.ascontiguousarray(source.array).reshape(source.array.shape), source.dtype)
        elif kind == "update":  # whether the source itself may be written to is for the executor to know
            source = self.at(i[2])
            self.registers[i[1]] = Tensor(source.array.copy(order="C"), source.dtype)
        elif kind == "view_dtype":
            source = self.at(i[2])
            self.registers[i[1]] = Tensor(source.array.view(_numpy(i[3])), i[3])
        elif kind == "copy":
            self.copy(self.at(i[1]), self.at(i[2]))
        elif kind == "join":
            self.join(self.at(i[1]), [self.at(r) for r in i[2]], i[3])
        elif kind == "fill":
            to = self.at(i[1])
            number = np.array(self.value(i[2]))
            value = loop_interpreter.round_to(number, to.dtype) if to.dtype != "bool" else number != 0
            to.array[...] = loop_interpreter.to_storage(np.asarray(value), to.dtype)
        elif kind == "sum_to":
            self.registers[i[1]] = self.sum_to(self.at(i[2]), self.at(i[3]).array.shape)
        elif kind == "check":
            if not self.value(i[1]):
                raise getattr(builtins, i[2])(i[3].format(*(self.value(n) for n in i[4])))
        else:
            raise ValueError(f"no such instruction: {i!r}")

    def loops(self, handle: int, inputs: Sequence[int], outputs: Sequence[tuple[Any, ...]], scalars: Sequence[Any],
              reduced_dims: tuple[int, ...] | None, keepdim: bool) -> None:
        kernel = self.kernels[handle]
        sources = [self.at(r).array for r in inputs]
        shape = np.broadcast_shapes(*(a.shape for a in sources)) if sources else self.at(outputs[0][1]).array.shape
        results = run_loops(kernel, sources, [self.value(s) for s in scalars], shape, reduced_dims, keepdim)
        for output, result, operand in zip(outputs, results, kernel.operands[kernel.inputs:], strict=True):
            if output[0] == "new":
                self.registers[output[1]] = Tensor(result, output[2])
            else:
                to = self.at(output[1])
                if to.array.shape != result.shape or to.dtype != operand.dtype:
                    raise ValueError(
                        f"output {to.dtype}{to.array.shape} of a kernel that gives {operand.dtype}{result.shape}"
                    )
                to.array[...] = result

    def join(self, to: Tensor, sources: Sequence[Tensor], dim: int) -> None:
        start = 0
        for source in sources:
            whole = source.array.ndim == to.array.ndim
            length = source.array.shape[dim] if whole else 1
            place = to.array[(slice(None),) * dim + (slice(start, start + length),)]
            self.copy(Tensor(place if whole else np.squeeze(place, dim), to.dtype), source)
            start += length

    def copy(self, to: Tensor, source: Tensor) -> None:
        kernel = Kernel((Operand(source.dtype, "input"), Operand(to.dtype, "element")),
                        (Store(1, cast(load(0, source.dtype), to.dtype)),))
        array = np.broadcast_to(source.array, to.array.shape)
        to.array[...] = run_loops(kernel, [array], [], array.shape, None, True)[0]

    def sum_to(self, source: Tensor, shape: tuple[int, ...]) -> Tensor:
        if source.array.shape == shape:
            return source
        lead = source.array.ndim - len(shape)
        dims = tuple(d for d, n in enumerate(source.array.shape) if d < lead or shape[d - lead] == 1 and n != 1)
        wide = info(source.dtype).compute
        kernel = Kernel((Operand(source.dtype, "input"), Operand(source.dtype, "row")), (
            Reduce("sum", cast(load(0, source.dtype), wide)), Store(1, cast(reduced(0, wide), source.dtype))))
        (result,) = run_loops(kernel, [source.array], [], source.array.shape, dims, True)
        return Tensor(result.reshape(shape), source.dtype)


def run_loops(kernel: Kernel, inputs: Sequence[Array], scalars: Sequence[Any], shape: tuple[int, ...],
              dims: tuple[int, ...] | None, keepdim: bool) -> list[Array]:
    """A loop kernel over `shape`: the reduced dimensions become the inner space, in order."""
    inner = sorted(dims) if dims is not None else list(range(len(shape)))[-1:]
    outer = [d for d in range(len(shape)) if d not in inner]
    sizes = [int(np.prod([shape[d] for d in group], dtype=np.int64)) for group in (outer, inner)]
    arranged = [np.broadcast_to(a, shape).transpose(outer + inner).reshape(sizes) for a in inputs]
    numbers = [float(s) if isinstance(s, float) else int(s) for s in scalars]
    last = shape[inner[-1]] if inner else 1
    results = loop_interpreter.run(kernel, arranged, numbers, 0, (sizes[0], sizes[1]), last)
    found = []
    for result, operand in zip(results, kernel.operands[kernel.inputs:], strict=True):
        if operand.role == "row":
            kept = [1 if d in inner else n for d, n in enumerate(shape) if keepdim or d not in inner]
            found.append(result.reshape(kept))
        else:
            back = np.argsort(outer + inner)
            found.append(np.ascontiguousarray(
                result.reshape([shape[d] for d in outer + inner]).transpose(back)).reshape(shape))
    return found


def view(a: Array, kind: str, arguments: Sequence[Any]) -> Array:
    """A view of an array, as the core's table of kinds (csrc/core/views.cpp) says; a copy only for a reshape where no
    view is possible."""
    if kind == "as_strided":  # of the whole memory
        a = _base(a).reshape(-1)
        arguments = [len(arguments[0]), *arguments[0], *arguments[1], arguments[2]]
    itemsize = a.itemsize
    sizes, strides, offset = _core.view_geometry(kind, a.shape, [s // itemsize for s in a.strides], arguments)
    if strides is None:
        return a.reshape(sizes)
    start = np.lib.stride_tricks.as_strided(a, (offset + 1,), (itemsize,))[offset:]
    return np.lib.stride_tricks.as_strided(start, sizes, [s * itemsize for s in strides])


def _base(a: Array) -> Array:
    """The array that owns the memory (between it and one with other strides stands an object of NumPy's)."""
    owner: Any = a
    while getattr(owner, "base", None) is not None:
        owner = owner.base
    return owner


def _numpy(dtype: str) -> Any:
    return np.dtype(loop_interpreter.storage_dtype(dtype))
