"""`Graph`: nodes in the order they run, and how it is built and edited."""

from __future__ import annotations

import builtins
import importlib
import keyword
import re
from collections.abc import Callable, Iterator
from typing import Any

import taeda
from taeda.fx.code_generation import CodeGen, PythonCode
from taeda.fx.node import Node, map_arg

__all__ = ["Graph"]

_MISSING: Any = object()
_snake = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Namespace:
    """Names that nothing else has: of nodes, and of what generated code refers to."""

    _taken = frozenset((*keyword.kwlist, "inf", "nan", "NoneType", "torch", "device", "fx_pytree", "pytree"))

    def __init__(self) -> None:
        self._objects: dict[Any, str] = {}
        self._used: set[str] = set()
        self._counts: dict[str, int] = {}

    def create_name(self, candidate: str, obj: Any) -> str:
        """A name like `candidate`; the same again for the same object."""
        if obj is not None and id(obj) in self._objects:
            return self._objects[id(obj)]
        candidate = re.sub("[^0-9a-zA-Z_]+", "_", candidate) or "_unnamed"
        if candidate[0].isdigit():
            candidate = f"_{candidate}"
        match = re.match(r"(.*)_(\d+)$", candidate)
        base, number = (match.group(1), int(match.group(2))) if match else (candidate, 0)
        if candidate in self._used or not match:
            number = max(number, self._counts.get(base, 0))
        while candidate in self._used or self._is_illegal(candidate, obj):
            number += 1
            candidate = f"{base}_{number}"
        self._used.add(candidate)
        self._counts[base] = number
        if obj is not None:
            self._objects[id(obj)] = candidate
        return candidate

    def _is_illegal(self, name: str, obj: Any) -> bool:
        if name in builtins.__dict__:
            return obj is not builtins.__dict__[name]
        return name in self._taken

    def rename(self, obj: Any, name: str) -> None:
        """Note that `obj` has this name from now on."""
        self._used.add(name)
        self._objects[id(obj)] = name


class _NodeList:
    """The nodes of a graph in order; erasing the current one while walking is allowed."""

    def __init__(self, graph: Graph, backwards: bool = False) -> None:
        self.graph = graph
        self.backwards = backwards

    def __len__(self) -> int:
        return self.graph._length

    def __iter__(self) -> Iterator[Node]:
        root = self.graph._root
        node = root._prev if self.backwards else root._next
        while node is not root:
            if not node._erased:
                yield node
            node = node._prev if self.backwards else node._next

    def __reversed__(self) -> _NodeList:
        return _NodeList(self.graph, not self.backwards)


class _InsertPoint:
    """As a context it sets the place back where new nodes went before."""

    def __init__(self, graph: Graph, insert: Callable[[Node], None]) -> None:
        self.graph = graph
        self.before, graph._insert = graph._insert, insert

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        self.graph._insert = self.before


class Graph:
    """Nodes in the order they run: placeholders, calls, one output.

    Example::

        >>> import taeda, taeda.fx
        >>> graph = taeda.fx.Graph()
        >>> x = graph.placeholder("x")
        >>> y = graph.call_function(taeda.neg, (x,))
        >>> _ = graph.output(y)
        >>> taeda.fx.GraphModule({}, graph)(taeda.ones(2))
        tensor([-1., -1.])
    """

    def __init__(self, owning_module: Any = None, tracer_cls: Any = None, tracer_extras: Any = None) -> None:
        self._root = Node(self, "", "root", "", (), {})
        self._length = 0
        self._insert: Callable[[Node], None] = self._root.prepend
        self._namespace = Namespace()
        self._owning_module = owning_module
        self._tracer_cls = tracer_cls
        self._tracer_extras = tracer_extras
        self._codegen = CodeGen()

    @property
    def owning_module(self) -> Any:
        """The module that the graph belongs to."""
        return self._owning_module

    @owning_module.setter
    def owning_module(self, module: Any) -> None:
        self._owning_module = module

    @property
    def nodes(self) -> _NodeList:
        """The nodes, in order; the order of this list is the order they run in."""
        return _NodeList(self)

    def find_nodes(self, *, op: str, target: Any = None, sort: bool = True) -> list[Node]:
        """The nodes of this kind, with this target if one is given."""
        if op == "call_function" and target is None:
            return [node for node in self.nodes if node.op == op]
        return [node for node in self.nodes if node.op == op and (target is None or node.target == target)]

    def output_node(self) -> Node:
        """The node whose argument is the result."""
        last = self._root._prev
        if last.op != "output":
            raise AssertionError("the graph has no output")
        return last

    # -- building --------------------------------------------------------------------------------------------------

    def create_node(
        self, op: str, target: Any, args: tuple[Any, ...] | None = None, kwargs: dict[str, Any] | None = None,
        name: str | None = None, type_expr: Any = None,
    ) -> Node:
        """A new node at the insertion point, named after what it calls."""
        args, kwargs = () if args is None else args, {} if kwargs is None else kwargs
        if not isinstance(args, tuple):
            raise AssertionError("args must be a tuple")
        if not isinstance(kwargs, dict):
            raise AssertionError("kwargs must be a dict")
        name = self._namespace.create_name(name if name is not None else self._target_to_str(target), None)
        node = Node(self, name, op, target, args, kwargs, type_expr)
        self._namespace.rename(node, name)
        self._insert(node)
        self._length += 1
        for hook in getattr(self.owning_module, "_create_node_hooks", ()):
            hook(node)
        return node

    def _target_to_str(self, target: Any) -> str:
        if callable(target):
            name: str = target.__name__
        else:
            name = target
            if name.startswith("__") and name.endswith("__"):
                name = name[2:-2]
        return _snake.sub(r"_\1", name.replace(".", "_")).lower()

    def placeholder(self, name: str, type_expr: Any = None, default_value: Any = _MISSING) -> Node:
        """An input; "*args" and "**kwargs" take what is left."""
        args = () if default_value is _MISSING else (default_value,)
        return self.create_node("placeholder", name, args=args, type_expr=type_expr)

    def get_attr(self, qualified_name: str, type_expr: Any = None) -> Node:
        """A parameter, buffer or other attribute of the module, by its path."""
        return self.create_node("get_attr", qualified_name, type_expr=type_expr)

    def call_module(
        self, module_name: str, args: tuple[Any, ...] | None = None, kwargs: dict[str, Any] | None = None,
        type_expr: Any = None,
    ) -> Node:
        """A call of the submodule of this path."""
        return self.create_node("call_module", module_name, args, kwargs, type_expr=type_expr)

    def call_method(
        self, method_name: str, args: tuple[Any, ...] | None = None, kwargs: dict[str, Any] | None = None,
        type_expr: Any = None,
    ) -> Node:
        """A call of this method of the first argument."""
        return self.create_node("call_method", method_name, args, kwargs, type_expr=type_expr)

    def call_function(
        self, the_function: Callable[..., Any], args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None, type_expr: Any = None, name: str | None = None,
    ) -> Node:
        """A call of a function."""
        return self.create_node("call_function", the_function, args, kwargs, name=name, type_expr=type_expr)

    def output(self, result: Any, type_expr: Any = None) -> Node:
        """The result of the whole."""
        return self.create_node("output", "output", args=(result,), type_expr=type_expr)

    def inserting_before(self, n: Node | None = None) -> _InsertPoint:
        """`with graph.inserting_before(n):` new nodes go before `n`; without one, to the beginning."""
        if n is None:
            return self.inserting_after(self._root)
        if n.graph is not self:
            raise AssertionError("Node to insert before is not in graph.")
        return _InsertPoint(self, n.prepend)

    def inserting_after(self, n: Node | None = None) -> _InsertPoint:
        """`with graph.inserting_after(n):` new nodes go after `n`, in the order they are made; else to the end."""
        if n is None:
            return self.inserting_before(self._root)
        if n.graph is not self:
            raise AssertionError("Node to insert after is not in graph.")
        at = n

        def insert(node: Node) -> None:
            nonlocal at
            at.append(node)
            at = node

        return _InsertPoint(self, insert)

    # -- copying ---------------------------------------------------------------------------------------------------

    def node_copy(self, node: Node, arg_transform: Callable[[Node], Any] = lambda x: x) -> Node:
        """A copy of a node of another graph; `arg_transform` says which node here stands for which there."""
        args, kwargs = map_arg(node.args, arg_transform), map_arg(node.kwargs, arg_transform)
        copied = self.create_node(node.op, node.target, args, kwargs, node.name, node.type)
        copied.meta = dict(node.meta)
        return copied

    def graph_copy(self, g: Graph, val_map: dict[Node, Node], return_output_node: bool = False) -> Any:
        """Copies of all nodes of `g` but its output, whose argument (in terms of the copies) is given back."""
        for node in g.nodes:
            if node in val_map:
                continue
            if node.op == "output":
                result = map_arg(node.args[0], lambda n: val_map[n])
                return (result, node) if return_output_node else result
            val_map[node] = self.node_copy(node, lambda n: val_map[n])
        return None

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Graph:
        memo = {} if memo is None else memo
        copied = Graph(tracer_cls=self._tracer_cls)
        memo[id(self)] = copied
        values: dict[Node, Node] = {}
        result = copied.graph_copy(self, values)
        copied._codegen = self._codegen
        if self._length and self._root._prev.op == "output":
            node = copied.output(result, self._root._prev.type)
            node.meta = dict(self._root._prev.meta)
        return copied

    # -- editing ---------------------------------------------------------------------------------------------------

    def erase_node(self, to_erase: Node) -> None:
        """Take a node out that nobody uses."""
        if to_erase.users:
            raise RuntimeError(
                f"Tried to erase Node {to_erase} but it still had {len(to_erase.users)} users in the graph: "
                f"{to_erase.users}!"
            )
        if to_erase.graph is not self:
            raise RuntimeError(f"Attempting to remove {to_erase} from wrong graph!")
        if to_erase._erased:
            import warnings

            warnings.warn(f"erase_node({to_erase}) on an already erased node", stacklevel=2)
            return
        for hook in getattr(self.owning_module, "_erase_node_hooks", ()):
            hook(to_erase)
        to_erase._remove_from_list()
        to_erase._erased = True
        self._length -= 1
        to_erase.args, to_erase.kwargs = (), {}

    def eliminate_dead_code(self, is_impure_node: Callable[[Node], bool] | None = None) -> bool:
        """Take out what nobody uses and nothing else notices; whether there was any."""
        self.lint()
        impure = is_impure_node or (lambda node: node.is_impure())
        before = self._length
        for node in reversed(self.nodes):
            if not node.users and not impure(node):
                self.erase_node(node)
        return self._length < before

    def lint(self) -> None:
        """Raise RuntimeError for what cannot run: values used before they are made, names twice, missing modules."""
        seen_names: set[str] = set()
        seen: set[Node] = set()
        for node in self.nodes:
            if node.graph is not self:
                raise RuntimeError(f"Node '{node}' does not belong to this Graph!")
            for argument in node.all_input_nodes:
                if argument.graph is not self:
                    raise RuntimeError(
                        f"Argument '{argument}' of Node '{node}' does not belong to this Graph, but was used as an "
                        "argument! If you are copying nodes from another graph, make sure to use ``arg_transform`` on "
                        "node_copy() to remap values\n" + str(self)
                    )
                if argument not in seen:
                    raise RuntimeError(
                        f"Argument '{argument}' of Node '{node}' was used before it has been defined! Please check "
                        "that Nodes in the graph are topologically ordered\n" + str(self)
                    )
            seen.add(node)
            if node.name in seen_names:
                raise RuntimeError(f"Node redefined name {node.name}!")
            seen_names.add(node.name)
            if node.op in ("get_attr", "call_module") and self.owning_module is not None:
                self._check_target(node)

    def _check_target(self, node: Node) -> None:
        place = self.owning_module
        for part in node.target.split("."):
            if not hasattr(place, part):
                raise RuntimeError(
                    f"Node {node} target {node.target} references nonexistent attribute {part} of {place}"
                )
            place = getattr(place, part)
        if node.op == "call_module" and not isinstance(place, taeda.nn.Module):
            raise RuntimeError(
                f"Node {node} target {node.target} {node.target} does not reference an nn.Module"
            )

    # -- as text ---------------------------------------------------------------------------------------------------

    def set_codegen(self, codegen: CodeGen) -> None:
        """Let `codegen` write the code of this graph."""
        self._codegen = codegen

    def process_inputs(self, *args: Any) -> Any:
        """The arguments of a call as the placeholders take them."""
        return self._codegen.process_inputs(*args)

    def process_outputs(self, out: Any) -> Any:
        """The value of the output as the call returns it."""
        return self._codegen.process_outputs(out)

    def python_code(self, root_module: str, *, verbose: bool = False, **options: Any) -> PythonCode:
        """The graph as the source of a function; `root_module` is the name of the module in it, "self"."""
        return self._codegen.generate(self, root_module, Namespace())

    def on_generate_code(self, make_transformer: Callable[..., Any]) -> Any:
        """Not there yet: give the graph a CodeGen of its own with `set_codegen`."""
        raise NotImplementedError("Graph.on_generate_code: use Graph.set_codegen with a subclass of CodeGen")

    def print_tabular(self) -> None:
        """The nodes as a table; needs the package `tabulate`."""
        try:
            tabulate = importlib.import_module("tabulate").tabulate
        except ImportError:
            print(
                "`print_tabular` relies on the library `tabulate`, which could not be found on this machine. Run `pip "
                "install tabulate` to install the library."
            )
            raise
        rows = [[node.op, node.name, node.target, node.args, node.kwargs] for node in self.nodes]
        print(tabulate(rows, headers=["opcode", "name", "target", "args", "kwargs"]))

    def __str__(self) -> str:
        return "\n    ".join(["graph():", *(node.format_node() or "" for node in self.nodes)])
