"""The passes from an op and a key to a Program, in order.

Forward::

    trace           the op is called on Values made from the key                          (graph IR)
    expand          derived ops become primitives; calls are shared; dead nodes go        (expand.py)
    fuse            pointwise and reduction nodes are grouped into kernels                (fuse.py)
    lower           groups become kernels of loop IR, everything becomes instructions     (lower.py)

Backward::

    trace           as above: its values are what gradients refer to
    differentiate   gradient functions are called from the outputs to the inputs          (differentiate.py)
    expand          with inputs and outputs of the forward op as given values: what is not an input or output of the op
                    is computed again, what no gradient needs is not there
    fuse
    save            which inputs and outputs are read, and of which only the shape
    lower

Keys are described in runtime/programs.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from taeda import environment
from taeda.compiler.differentiate import gradients
from taeda.compiler.expand import expand
from taeda.compiler.fuse import fuse
from taeda.compiler.lower import inputs_needed, lower
from taeda.ir.expression import evaluate, without_broadcast
from taeda.ir.graph import Graph, Value, tracing
from taeda.ir.graph_checker import check
from taeda.ops.dtypes import category
from taeda.ops.op import Op

Key = tuple[Any, ...]


@dataclass
class Traced:
    """A call of an op in graph IR: the tensors it was given (None: absent), flattened, and its results."""

    graph: Graph
    tensors: list[Value | None]
    outputs: tuple[Value, ...]


def trace(op: Op, key: Key) -> Traced:
    """Call `op` on Values made from `key`."""
    if len(key) != len(op.parameters):
        raise ValueError(f"the key of {op.name} has {len(key)} entries for {len(op.parameters)} parameters")
    graph = Graph(op.name)
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
            e = ("attribute", attribute(), entry[1])
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
    return Traced(graph, tensors, outputs)


def compile_forward(op: Op, key: Key, register_kernel: Callable[[Any], int]) -> dict[str, Any]:
    """The Program description of a call."""
    traced = trace(op, key)
    _checked(traced.graph, "trace")
    given = [v for v in traced.tensors if v is not None]
    graph = expand(traced.graph, traced.outputs, [(v, v.label) for v in given])
    _checked(graph, "expand")
    new = iter(graph.inputs)
    tensors = [None if v is None else next(new) for v in traced.tensors]
    items = fuse(graph)
    return _logged(graph, lower(graph, tensors, items, register_kernel))


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
        has = op.output_differentiable(k if op.results != -1 else 0) and category(v.dtype) >= 2 and (
            given is None or given[k])
        grads.append(graph.input(v.dtype, v.dims, f"grad{k}" if len(traced.outputs) > 1 else "grad") if has else None)
    numbers = [k for k, v in enumerate(traced.tensors) if v is not None and needs >> min(k, 63) & 1]
    found = gradients(graph, traced.outputs, grads, [traced.tensors[k] for k in numbers])  # type: ignore[misc]
    return TracedGradient(traced, grads, [(k, g) for k, g in zip(numbers, found, strict=True) if g is not None])


@dataclass
class ExpandedGradient:
    """The gradients of a call as a graph of primitives.

    Its inputs are the tensor inputs of the call that are there, the outputs that are not inputs handed through, and the
    gradients that came; `inputs` and `outputs` are the numbers of the former two.
    """

    graph: Graph
    inputs: list[int]
    outputs: list[int]


def expand_gradient(d: TracedGradient) -> ExpandedGradient:
    """What both ways of computing gradients run, so that what one of them saves is what the other reads."""
    inputs = [k for k, v in enumerate(d.traced.tensors) if v is not None]
    known = {v for v in d.traced.tensors if v is not None}
    outputs = []
    for k, v in enumerate(d.traced.outputs):
        if v not in known:  # an op may return an input as it is
            outputs.append(k)
            known.add(v)
    leaves = [(v, v.label) for v in d.traced.tensors if v is not None]
    leaves += [(d.traced.outputs[k], f"output{k}") for k in outputs]
    leaves += [(g, g.label) for g in d.grads if g is not None]
    graph = expand(d.traced.graph, [g for _, g in d.wanted], leaves, effects=False)
    _checked(graph, "expand")
    return ExpandedGradient(graph, inputs, outputs)


def compile_backward(op: Op, key: Key, needs: int, register_kernel: Callable[[Any], int],
                     given: Sequence[bool] | None = None) -> dict[str, Any]:
    """See runtime/programs.py."""
    d = differentiate(op, key, needs, given)
    e = expand_gradient(d)
    sources = [*(("input", k) for k in e.inputs), *(("output", k) for k in e.outputs)]
    source: dict[Value, tuple[str, int]] = dict(zip(e.graph.inputs, sources, strict=False))
    new_grads = e.graph.inputs[len(sources):]
    items = fuse(e.graph)
    data, shapes = inputs_needed(e.graph, items, new_grads)
    saved = [(v, source[v]) for v in data]
    for v in shapes:
        if source[v][0] == "output":
            raise NotImplementedError(
                f"the gradient of {op.name} needs the shape of output {source[v][1]}, whose sizes are not "
                "known from its inputs; use the sizes of its gradient instead"
            )
        saved.append((v, ("shape", source[v][1])))
    program = lower(e.graph, [*new_grads, *(v for v, _ in saved)], items, register_kernel)
    return {"saved": [s for _, s in saved], "program": _logged(e.graph, program), "grads": [k for k, _ in d.wanted]}


def run_gradient(op: Op, key: Key, needs: int, grads: Sequence[Any], inputs: Sequence[Any], outputs: Sequence[Any],
                 attributes: Sequence[Any]) -> list[Any]:
    """Compute the gradients of a call on tensors, one recorded op after the other, so that they can be differentiated.

    `inputs` and `outputs` are the tensors of the call; where an element is not needed any tensor of the right shape
    will do. `grads` has one entry per output (None: no gradient came). The result has one entry per wanted input.
    """
    d = differentiate(op, key, needs, [g is not None for g in grads])
    expanded = expand_gradient(d)
    given = [*(inputs[k] for k in expanded.inputs), *(outputs[k] for k in expanded.outputs)]
    given += [g for v, g in zip(d.grads, grads, strict=True) if v is not None]
    values: dict[Value, Any] = dict(zip(expanded.graph.inputs, given, strict=True))

    def number(e: Any) -> Any:
        if not isinstance(e, tuple):
            return e
        if e[0] == "size":
            return values[e[1]].shape[e[2]]
        if e[0] == "stride":
            return values[e[1]].stride(e[2])
        if e[0] in ("numel", "offset"):
            return values[e[1]].numel() if e[0] == "numel" else values[e[1]].storage_offset()
        if e[0] == "attribute":
            return attributes[e[1]]
        if e[0] == "item":
            return attributes[e[1]][e[2]]
        return evaluate(e[0], [number(o) for o in e[1:]])

    with tracing(None):
        for node in expanded.graph.nodes:
            arguments = node.map_arguments(values.__getitem__, lambda e: number(without_broadcast(e)))
            arguments = tuple(_dtype_object(a) if p.kind == "DType" and a is not None else a
                              for a, p in zip(arguments, node.op.parameters, strict=True))
            args = [a for a, p in zip(arguments, node.op.parameters, strict=True) if not p.keyword_only]
            kwargs = {p.name: a for a, p in zip(arguments, node.op.parameters, strict=True) if p.keyword_only}
            found = node.op(*args, **kwargs)
            for v, t in zip(node.outputs, found if isinstance(found, (tuple, list)) else (found,), strict=True):
                values.setdefault(v, t)
    return [values[v] for v in expanded.graph.outputs if v is not None]


def _dtype_object(name: str) -> Any:
    import taeda

    return getattr(taeda, name)


def _checked(graph: Graph, after: str) -> None:
    if environment.check():
        check(graph, after)


def _logged(graph: Graph, program: dict[str, Any]) -> dict[str, Any]:
    if environment.debug() >= 1:
        from taeda.ir.program_printer import format_program

        print(graph, format_program(program, graph.name), sep="\n", file=sys.stderr)
    return program
