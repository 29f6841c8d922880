"""Graph IR as text that reads as Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taeda.ir.expression import text

if TYPE_CHECKING:
    from taeda.ir.graph import Graph, Node, Value


def format_graph(graph: Graph) -> str:
    """For example::

        def softmax(input: float32[input.shape[0], input.shape[1]]):
            v1 = reduce_max(input, dim=(1,))  # float32[input.shape[0], 1]
            ...
            return v9
    """
    head = ", ".join(f"{v.label}: {_type(v)}" for v in graph.inputs)
    lines = [f"def {graph.name}({head}):"]
    lines += [f"    {format_node(n)}" for n in graph.nodes]
    lines.append(f"    return {', '.join('None' if v is None else v.label for v in graph.outputs)}")
    return "\n".join(lines)


def format_node(node: Node) -> str:
    arguments = []
    for k, (p, a) in enumerate(zip(node.op.parameters, node.arguments, strict=True)):
        if a is None and p.optional or p.has_default and a == p.default and not isinstance(a, tuple):
            continue
        arguments.append(
            _argument(a) if k < 2 and p.kind in ("Tensor", "TensorOrNumber") else f"{p.name}={_argument(a)}"
        )
    types = ", ".join(_type(v) for v in node.outputs)
    return f"{', '.join(v.label for v in node.outputs)} = {node.op.name}({', '.join(arguments)})  # {types}"


def _argument(a: Any) -> str:
    if isinstance(a, tuple) and a and isinstance(a[0], str):
        return text(a)
    if isinstance(a, tuple):
        return "(" + "".join(_argument(x) + ", " for x in a).rstrip(" ") + ")" if len(a) != 0 else "()"
    return getattr(a, "label", None) or repr(a)


def _type(v: Value) -> str:
    def size(d: int, e: Any) -> str:
        return "?" if isinstance(e, tuple) and e[0] == "size" and e[1] is v and v.node is not None else text(e)

    return f"{v.dtype}[{', '.join(size(d, e) for d, e in enumerate(v.dims))}]"
