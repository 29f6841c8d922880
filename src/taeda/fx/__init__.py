"""Programs as graphs of calls: what a function or module does is recorded, changed and written back as Python.

`symbolic_trace` runs a module on stand-ins (`Proxy`) that note every call; the result is a `GraphModule`, whose `graph`
can be edited and whose `code` is Python made of the graph. Control flow that depends on values cannot be traced.

Example::

    >>> import taeda, taeda.fx
    >>> traced = taeda.fx.symbolic_trace(lambda x: taeda.sin(x) + 1)
    >>> print(traced.graph)
    graph():
        %x : [num_users=1] = placeholder[target=x]
        %sin : [num_users=1] = call_function[target=torch.sin](args = (%x,), kwargs = {})
        %add : [num_users=1] = call_function[target=operator.add](args = (%sin, 1), kwargs = {})
        return add
    >>> traced(taeda.zeros(2))
    tensor([1., 1.])
"""

from taeda._module_tree import open_package
from taeda.fx import tracer as _symbolic_trace
from taeda.fx.code_generation import CodeGen, PythonCode
from taeda.fx.graph import Graph
from taeda.fx.graph_module import GraphModule
from taeda.fx.interpreter import Interpreter, Transformer
from taeda.fx.node import Node, has_side_effect, map_arg
from taeda.fx.proxy import Proxy
from taeda.fx.subgraph_rewriter import replace_pattern
from taeda.fx.tracer import ProxyableClassMeta, Tracer, symbolic_trace, wrap

__all__ = [
    "CodeGen", "Graph", "GraphModule", "Interpreter", "Node", "Proxy", "ProxyableClassMeta", "PythonCode", "Tracer",
    "Transformer", "_symbolic_trace", "has_side_effect", "map_arg", "replace_pattern", "symbolic_trace", "wrap",
]  # fmt: skip

open_package(globals())
