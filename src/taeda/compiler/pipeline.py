"""The passes from an op and a key to a Program, in order.

Forward::

    trace           the op is called on Values made from the key                          (graph IR)
    expand          derived ops become primitives; calls are shared; dead nodes go        (expand.py)
    fuse            pointwise and reduction nodes are grouped into kernels                (fuse.py)
    lower           groups become kernels of loop IR, everything becomes instructions     (lower.py); the methods that
                    bodies name become launches of the target                             (methods/)

Backward::

    trace           as above: its values are what gradients refer to
    differentiate   gradient functions are called from the outputs to the inputs          (differentiate.py)
    expand          with inputs and outputs of the forward op as given values: what is not an input or output of the op
                    is computed again, what no gradient needs is not there
    fuse
    save            which inputs and outputs are read, and of which only the shape
    lower

The gradient of a call is a call as well, whose key says of what it is the gradient: what it computes is the fused
backward, seen as a function of the gradients that come in and of what was saved. Its own backward goes the same way
from there (`trace_gradient`), to any order: that is what runs under create_graph.

Keys are described in runtime/programs.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taeda import environment
from taeda.compiler.batch import BATCHED, REPEATED, SHARED, batch
from taeda.compiler.differentiate import gradients
from taeda.compiler.expand import expand
from taeda.compiler.fuse import Item, fuse
from taeda.compiler.lower import SizeTable, inputs_needed, lower
from taeda.ir.dtype import plain
from taeda.ir.expression import Expression
from taeda.ir.graph import Graph, Value, tracing
from taeda.ir.graph_checker import check
from taeda.ir.program_checker import check_program
from taeda.ops.dtypes import category
from taeda.ops.indexing import zeros_of
from taeda.ops.op import Op, registry

if TYPE_CHECKING:
    from taeda.codegen.target import Target

Key = tuple[Any, ...]


@dataclass
class Traced:
    """A call of an op in graph IR: the tensors it was given (None: absent), flattened, and its results."""

    graph: Graph
    tensors: list[Value | None]
    outputs: tuple[Value, ...]
    differentiable: tuple[bool, ...]  # one per output


def trace(op: Op, key: Key) -> Traced:
    """Call `op` on Values made from `key`."""
    if key and key[0] == "gradient":
        return trace_gradient(op, *key[1:])
    if key and key[0] == "transformed":
        return _trace_transformed(op, key)
    if len(key) != len(op.parameters):
        raise ValueError(f"the key of {op.name} has {len(key)} entries for {len(op.parameters)} parameters")
    graph = Graph(op.name, registry)
    tensors: list[Value | None] = []
    arguments: list[Any] = []

    def attribute() -> int:
        graph.attributes += 1
        return graph.attributes - 1

    for p, entry in zip(op.parameters, key, strict=True):
        if entry is None:
            arguments.append(None)
            if p.kind == "Tensor" or p.kind == "TensorOrNumber":
                tensors.append(None)
        elif entry[0] == "tensor":
            tensors.append(graph.input(entry[1], entry[2], p.name))
            arguments.append(tensors[-1])
        elif entry[0] == "tensors":
            values = [graph.input(dtype, ndim, f"{p.name}{k}") for k, (dtype, ndim) in enumerate(entry[1])]
            tensors += values
            arguments.append(tuple(values))
        elif entry[0] == "number":
            if p.kind == "TensorOrNumber":
                tensors.append(None)
            e: tuple[Any, ...] = ("attribute", attribute(), "float" if entry[1] == "complex" else entry[1])
            if entry[1] == "complex":
                e = ("complex", e, ("attribute", attribute(), "float"))
            arguments.append(("float", e) if p.kind == "float" and entry[1] != "float" else e)
        elif entry[0] == "int":
            arguments.append(("attribute", attribute(), "int"))
        elif entry[0] == "sizes":
            k = attribute()
            arguments.append(tuple(("item", k, j) for j in range(entry[1])))
        elif entry[0] == "default":
            if p.kind == "TensorOrNumber":
                tensors.append(None)
            arguments.append(op.convert(p, p.default))
        elif entry[0] == "generator":
            arguments.append((("attribute", attribute(), "int"), ("attribute", attribute(), "int")))
        elif entry[0] == "static":
            arguments.append(op.convert(p, entry[1]))
        else:
            raise ValueError(f"the key of {op.name} has an entry {entry!r}")
    with tracing(graph):
        found = op.record(tuple(arguments))
    outputs = found if isinstance(found, tuple) else () if found is None else (found,)
    differentiable = tuple(op.output_differentiable(k if op.results != -1 else 0) for k in range(len(outputs)))
    return Traced(graph, tensors, outputs, differentiable)


def expanded(traced: Traced) -> tuple[Graph, list[Value | None]]:
    """The graph of a trace in primitives, and its tensors there."""
    graph = expand(traced.graph, traced.outputs, [(v, v.label) for v in traced.tensors if v is not None])
    new = iter(graph.inputs)
    return graph, [None if v is None else next(new) for v in traced.tensors]


def compile_forward(op: Op, key: Key, target: Target, register_kernel: Callable[[Any], int]) -> dict[str, Any]:
    """The Program description of a call, for `target`."""
    traced = trace(op, key)
    _checked(traced.graph, "trace")
    graph, tensors = expanded(traced)
    _checked(graph, "expand")
    items = fuse(graph)
    return finished(graph, lower(graph, tensors, items, target, register_kernel))


@dataclass
class TracedGradient:
    """The gradients of a call in graph IR, before expansion."""

    traced: Traced
    grads: list[Value | None]        # one per output; None where none is given
    wanted: list[tuple[int, Value]]  # number of a tensor input, and its gradient


def differentiate(op: Op, key: Key, needs: int, given: Sequence[bool] | None = None) -> TracedGradient:
    """Trace a call and its gradients. `needs` is a mask over the tensor inputs, `given` says which outputs have
    gradients.

    Bit 63 of `needs` stands for all inputs from 63 on.
    """
    traced = trace(op, key)
    graph = traced.graph
    grads: list[Value | None] = []
    for k, v in enumerate(traced.outputs):
        has = traced.differentiable[k] and category(v.dtype) >= 2 and (given is None or given[k])
        label = f"grad{k}" if len(traced.outputs) > 1 else "grad"
        grads.append(graph.input(plain(v.dtype), v.dims, label) if has else None)
    numbers = [k for k, v in enumerate(traced.tensors) if v is not None and needs >> min(k, 63) & 1]
    found = gradients(graph, traced.outputs, grads, [traced.tensors[k] for k in numbers])  # type: ignore[misc]
    _checked(graph, "differentiate")
    return TracedGradient(traced, grads, [(k, g) for k, g in zip(numbers, found, strict=True) if g is not None])


@dataclass
class Gradient:
    """The gradients of a call as a graph of primitives, whose outputs they are."""

    graph: Graph
    items: list[Item]                              # what fuse.py made of it
    grads: list[Value]                             # inputs: the gradients that come
    saved: list[tuple[Value, tuple[str, int]]]     # inputs: what the call has to save for it, and where that is from
    numbers: list[int]                             # for each output the number of the tensor input it is for
    outputs: list[int]                             # for each of `grads` the number of the output it is of

    @property
    def tensors(self) -> list[Value]:
        """What the Program is given, in order."""
        return [*self.grads, *(v for v, _ in self.saved)]

    def sizes(self) -> dict[Expression, tuple[Value, int]]:
        """In which of them, and along which dimension, sizes are found."""
        table = SizeTable()
        for v in self.tensors:
            table.add(v)
        return table.sizes


def gradient(op: Op, key: Key, needs: int, given: Sequence[bool] | None = None) -> Gradient:
    """The gradients of a call; see `differentiate` for the arguments."""
    call = batched_call(op, key)
    if call is not None:
        return _batched_gradient(op, call, needs, given)
    d = differentiate(op, key, needs, given)
    sources = [(v, ("input", k)) for k, v in enumerate(d.traced.tensors) if v is not None]
    known = {v for v, _ in sources}
    for k, v in enumerate(d.traced.outputs):
        if v not in known:  # an op may return an input as it is
            sources.append((v, ("output", k)))
            known.add(v)
    leaves = [(v, v.label if source[0] == "input" else f"output{source[1]}") for v, source in sources]
    leaves += [(g, g.label) for g in d.grads if g is not None]
    graph = expand(d.traced.graph, [g for _, g in d.wanted], leaves, effects=False)
    _checked(graph, "expand")
    items = fuse(graph)
    source_of = {v: source for v, (_, source) in zip(graph.inputs, sources, strict=False)}
    grads = graph.inputs[len(sources):]
    data, shapes = inputs_needed(graph, items, grads)
    saved = [(v, source_of[v]) for v in data]
    for v in shapes:
        kind, k = source_of[v]
        if kind == "output":
            raise NotImplementedError(
                f"the gradient of {op.name} needs the shape of output {k}, whose sizes are not known from its inputs; "
                "use the sizes of its gradient instead"
            )
        saved.append((v, ("shape", k)))
    given_outputs = [k for k, v in enumerate(d.grads) if v is not None]
    return Gradient(graph, items, grads, saved, [k for k, _ in d.wanted], given_outputs)


def trace_gradient(op: Op, key: Key, needs: int, given: Sequence[bool] | None) -> Traced:
    """The gradients of a call as a call on what its backward Program is given."""
    g = gradient(op, key, needs, given)
    graph = expand(g.graph, g.graph.outputs, [(v, v.label) for v in g.tensors], effects=False)
    _checked(graph, "expand")
    outputs = tuple(v for v in graph.outputs if v is not None)
    return Traced(graph, list(graph.inputs), outputs, (True,) * len(outputs))


# -- calls that transforms of functions make of calls (taeda.func) ----------------------------------------------------


@dataclass
class BatchedCall:
    """The call with the key `key` for every example of a batch."""

    key: Key
    states: str              # how each tensor takes part (batch.py)
    sums: tuple[bool, ...]   # which results are summed over the examples; empty: none
    randomness: str


_RANDOMNESS = {"e": "error", "s": "same", "d": "different"}


def split_key(key: Key) -> tuple[Key, str]:
    """The key that the last transform was applied to, and that transform."""
    _, inner, chain = key
    before, _, last = chain.rpartition("|")
    return ("transformed", inner, before) if before else inner, last


def batched_call(op: Op, key: Key) -> BatchedCall | None:
    """Of which call this is the batched one, if that is what was done to it last.

    The gradient of a batched call is the batched gradient: sums over the examples are then part of the call.
    """
    if key and key[0] == "transformed":
        inner, last = split_key(key)
        if last[0] == "b":
            states, _, sums = last[2:].partition(":")
            return BatchedCall(inner, states, tuple(s == "1" for s in sums), _RANDOMNESS[last[1]])
        call = batched_call(op, inner)
        if call is None:
            return None
        # The tangent of a batched call is the batched tangent: tangents are batched as what they belong to.
        wanted = [s for s, m in zip(call.states, last[1:], strict=True) if m == "1"]
        more = "".join(BATCHED if s == REPEATED else s for s in wanted)
        tensors = call.states[:len(last) - 1]
        return BatchedCall(_with_transform(call.key, "t" + last[1:]), tensors + more + call.states[len(tensors):],
                           call.sums, call.randomness)
    if key and key[0] == "gradient":
        _, inner, needs, given = key
        call = batched_call(op, inner)
        if call is None:
            return None
        found = gradient(op, call.key, needs, given)
        return BatchedCall(("gradient", call.key, needs, given), _states_of_gradient(found, call),
                           _sums_of_gradient(found, call), call.randomness)
    return None


def _with_transform(key: Key, transform: str) -> Key:
    if key and key[0] == "transformed":
        return ("transformed", key[1], f"{key[2]}|{transform}")
    return ("transformed", key, transform)


def _states_of_gradient(g: Gradient, call: BatchedCall) -> str:
    """How what the gradient of a batched call is given takes part: the gradients that come, then what was saved."""
    def of_output(k: int) -> str:
        return SHARED if call.sums and call.sums[k] else BATCHED

    saved = (of_output(k) if kind == "output" else call.states[k] for _, (kind, k) in g.saved)
    return "".join((*(of_output(k) for k in g.outputs), *saved))


def _sums_of_gradient(g: Gradient, call: BatchedCall) -> tuple[bool, ...]:
    return tuple(call.states[k] == SHARED for k in g.numbers)


def _batched_gradient(op: Op, call: BatchedCall, needs: int, given: Sequence[bool] | None) -> Gradient:
    g = gradient(op, call.key, needs, given)
    outputs = [v for v in g.graph.outputs if v is not None]
    graph, made, _ = batch(g.graph, g.tensors, _states_of_gradient(g, call), outputs, _sums_of_gradient(g, call),
                           call.randomness)
    _checked(graph, "batch")
    tensors = [v for v in made if v is not None]
    count = len(g.grads)
    saved = [(v, source) for v, (_, source) in zip(tensors[count:], g.saved, strict=True)]
    return Gradient(graph, fuse(graph), tensors[:count], saved, g.numbers, g.outputs)


def _trace_transformed(op: Op, key: Key) -> Traced:
    """Trace what transforms made of a call."""
    call = batched_call(op, key)
    if call is None:
        inner, last = split_key(key)
        return _trace_tangent(op, inner, last[1:])
    traced = trace(op, call.key)
    graph, tensors = expanded(traced)
    outputs = [v for v in graph.outputs if v is not None]
    graph, made, found = batch(graph, tensors, call.states, outputs, call.sums or (False,) * len(outputs),
                               call.randomness)
    return Traced(graph, made, tuple(found), traced.differentiable)


def _trace_tangent(op: Op, key: Key, mask: str) -> Traced:
    """The tangents of a call's results, from its tensors and the tangents of those in the mask.

    The derivative is linear in the tangents, so it is the gradient of the gradient by what the first one was given,
    which then is nowhere read. Results without a derivative have a tangent of zero.
    """
    traced = trace(op, key)
    graph = traced.graph
    wanted = [v for v, m in zip(traced.tensors, mask, strict=True) if m == "1" and v is not None]
    tangents = [graph.input(plain(v.dtype), v.dims, f"tangent_{v.label}") for v in wanted]
    outputs = [v for v, d in zip(traced.outputs, traced.differentiable, strict=True) if d and category(v.dtype) >= 2]
    with tracing(graph):
        dummies = [zeros_of(v.shape, v.dtype) for v in outputs]
    pulled = gradients(graph, outputs, dummies, wanted)
    pairs = [(p, t) for p, t in zip(pulled, tangents, strict=True) if p is not None]
    found = gradients(graph, [p for p, _ in pairs], [t for _, t in pairs], dummies)
    with tracing(graph):
        results = tuple(zeros_of(v.shape, v.dtype) if f is None else f for v, f in zip(outputs, found, strict=True))
    return Traced(graph, [*traced.tensors, *tangents], results, (True,) * len(results))


def compile_backward(op: Op, key: Key, needs: int, target: Target, register_kernel: Callable[[Any], int],
                     given: Sequence[bool] | None = None) -> dict[str, Any]:
    """See runtime/programs.py."""
    g = gradient(op, key, needs, given)
    program = lower(g.graph, g.tensors, g.items, target, register_kernel)
    return {"saved": [source for _, source in g.saved], "program": finished(g.graph, program), "grads": g.numbers}


def _checked(graph: Graph, after: str) -> None:
    if environment.check():
        check(graph, after)


def finished(graph: Graph, program: dict[str, Any]) -> dict[str, Any]:
    if environment.check():
        check_program(program, graph.name)
    if environment.debug() >= 1:
        from taeda.ir.program_printer import format_program

        print(graph, format_program(program, graph.name), sep="\n", file=sys.stderr)
    return program
