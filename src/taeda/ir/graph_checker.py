"""The rules of graph IR, checked after every pass in tests (and with TAEDA_CHECK=1)."""

from __future__ import annotations

from taeda.ir.expression import tensors_of
from taeda.ir.graph import Graph, Value


def check(graph: Graph, after: str = "") -> None:
    """Raises ValueError, naming the node, if a value is used before it is made or a node does not fit its op."""
    where = f"graph {graph.name}" + (f" after {after}" if after else "")
    known: set[Value] = set(graph.inputs)
    if len(known) != len(graph.inputs):
        raise ValueError(f"{where}: an input appears twice")
    for value in graph.inputs:
        if value.node is not None:
            raise ValueError(f"{where}: input {value.label} is made by {value.node!r}")
    for node in graph.nodes:
        if len(node.arguments) != len(node.op.parameters):
            raise ValueError(
                f"{where}: {node!r} has {len(node.arguments)} arguments for {len(node.op.parameters)} parameters"
            )
        for value in node.tensors():
            if value not in known:
                raise ValueError(f"{where}: {node!r} uses {value.label}, which is not made before it")
        for e in node.expressions():
            for kind, tensor in tensors_of(e):
                if tensor not in known:
                    raise ValueError(
                        f"{where}: {node!r} uses the {kind} of {tensor.label}, which is not made before it"
                    )
        if node.op.check_results is not None:
            expected = [(dtype, len(dims)) for dtype, dims in node.op.results_of(node.arguments)]
            got = [(v.dtype, v.ndim) for v in node.outputs]
            if expected != got:
                raise ValueError(f"{where}: {node!r} has results {got}, its op says {expected}")
        for k, value in enumerate(node.outputs):
            if value in known or value.node is not node or value.index != k:
                raise ValueError(f"{where}: result {k} of {node!r} belongs to another node")
            known.add(value)
    for output in graph.outputs:
        if output is not None and output not in known:
            raise ValueError(f"{where}: output {output.label} is not made by any node")
