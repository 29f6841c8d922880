"""Python source made of a graph."""

from __future__ import annotations

import builtins
import math
import operator
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import taeda
from taeda.fx.node import Node, map_arg, public_name, qualified_name

if TYPE_CHECKING:
    from taeda.fx.graph import Graph, Namespace

__all__ = ["CodeGen", "PythonCode", "type_repr"]

# How calls of Python's operators are written.
_BINARY = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/", operator.floordiv: "//",
    operator.mod: "%", operator.pow: "**", operator.matmul: "@", operator.and_: "&", operator.or_: "|",
    operator.xor: "^", operator.lshift: "<<", operator.rshift: ">>", operator.eq: "==", operator.ne: "!=",
    operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=",
}  # fmt: skip
_UNARY = {operator.neg: "-", operator.pos: "+", operator.invert: "~"}
_AUGMENTED = {
    operator.iadd: "+=", operator.isub: "-=", operator.imul: "*=", operator.itruediv: "/=", operator.ifloordiv: "//=",
    operator.imod: "%=", operator.ipow: "**=", operator.imatmul: "@=", operator.iand: "&=", operator.ior: "|=",
    operator.ixor: "^=", operator.ilshift: "<<=", operator.irshift: ">>=",
}  # fmt: skip
WRAP_STATEMENT = 'torch.fx._symbolic_trace.wrap("{}")'


class PythonCode(NamedTuple):
    """Source of a function `forward`, and the objects that its global names stand for."""

    src: str
    globals: dict[str, Any]


def type_repr(kind: Any) -> str:
    """A type as annotations write it: `int`, `torch.Tensor`, `typing.List[int]`."""
    if isinstance(kind, type) and not typing.get_args(kind):
        if kind.__module__ == "builtins":
            return kind.__qualname__
        return f"{_module_name(kind.__module__)}.{kind.__qualname__}"
    if kind is ...:
        return "..."
    return kind.__name__ if callable(kind) and hasattr(kind, "__qualname__") and not typing.get_args(kind) \
        else repr(kind)


def _module_name(name: str) -> str:
    return "torch" + name[len("taeda"):] if name.split(".")[0] == "taeda" else name


def _standard_globals() -> dict[str, Any]:
    from taeda.utils import _pytree

    return {
        "inf": math.inf, "nan": math.nan, "NoneType": type(None), "torch": taeda, "device": taeda.device,
        "pytree": _pytree,
    }  # fmt: skip


class _Writer:
    """The text of one function while it is written."""

    def __init__(self, graph: Graph, root: str, names: Namespace):
        self.graph = graph
        self.root = root
        self.names = names
        self.globals: dict[str, Any] = {}
        self.wrapped: dict[str, None] = {}
        for name, value in _standard_globals().items():
            names.create_name(name, value)
            self.globals[name] = value

    def global_name(self, hint: str, value: Any) -> str:
        """What the code calls an object of this program or of a library."""
        if value is not taeda.device:
            public = public_name(value) if callable(value) else None
            if public is not None:
                return public
            if value is taeda.Tensor:
                return "torch.Tensor"
            if getattr(builtins, hint, None) is value:
                self.globals[hint] = value
                return hint
        hint = hint.replace(".", "_").replace("<", "_").replace(">", "_")
        if self.globals.get(hint, self) is value:
            return hint
        name = self.names.create_name(hint, value)
        self.globals[name] = value
        return name

    def annotation(self, kind: Any) -> str:
        """A type, whose parts become global names."""
        if kind == () or isinstance(kind, str):
            return repr(kind)
        arguments = typing.get_args(kind)
        if not arguments:
            return self.global_name(type_repr(kind), kind)
        origin = typing.get_origin(kind)
        generic = getattr(typing, {list: "List", dict: "Dict", tuple: "Tuple", set: "Set"}.get(origin, ""), origin)
        name = self.global_name(type_repr(generic).replace("typing.", "typing_"), generic)
        return f"{name}[{','.join(self.annotation(a) for a in arguments)}]"

    def argument(self, value: Any) -> str:
        """An argument of a call."""
        if isinstance(value, Node):
            return repr(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return f"{self.global_name(type(value).__name__, type(value))}{tuple(value)!r}"
        if isinstance(value, tuple):
            items = ", ".join(self.argument(item) for item in value)
            return f"({items},)" if len(value) == 1 else f"({items})"
        if isinstance(value, list):
            return "[" + ", ".join(self.argument(item) for item in value) + "]"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{k!r}: {self.argument(v)}" for k, v in value.items()) + "}"
        if isinstance(value, slice):
            return f"slice({', '.join(self.argument(v) for v in (value.start, value.stop, value.step))})"
        if isinstance(value, taeda.dtype):
            return str(value)
        if isinstance(value, type) or callable(value) and hasattr(value, "__name__"):
            return self.global_name(qualified_name(value).replace(".", "_"), value)
        return repr(value)

    def arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """All arguments of a call."""
        return ", ".join([*map(self.argument, args), *(f"{k} = {self.argument(v)}" for k, v in kwargs.items())])

    def path(self, base: str, target: str) -> str:
        """An attribute of an attribute .."""
        for part in target.split("."):
            base = f"{base}.{part}" if part.isidentifier() else f'getattr({base}, "{part}")'
        return base

    def call(self, node: Node) -> str:
        """The call of a function, as an expression."""
        target, args = node.target, node.args
        if target in _BINARY and len(args) == 2 and not node.kwargs:
            return f"{self.argument(args[0])} {_BINARY[target]} {self.argument(args[1])}"
        if target in _UNARY and len(args) == 1 and not node.kwargs:
            return f"{_UNARY[target]}{self.argument(args[0])}"
        if target is operator.getitem and len(args) == 2:
            return f"{self.argument(args[0])}[{self.argument(args[1])}]"
        if target is getattr and len(args) == 2 and isinstance(args[1], str) and args[1].isidentifier():
            return f"{self.argument(args[0])}.{args[1]}"
        name = self.global_name(qualified_name(target), target)
        if name in self.globals and _is_wrapped(target):
            self.wrapped.setdefault(name)
        return f"{name}({self.arguments(args, node.kwargs)})"

    def statement(self, node: Node) -> str:
        """The line of a node that is neither input nor output."""
        kind = f" : {self.annotation(node.type)}" if node.type is not None else ""
        if node.op == "call_function" and node.target in _AUGMENTED and len(node.args) == 2:
            left, right = (self.argument(a) for a in node.args)
            return f"{left} {_AUGMENTED[node.target]} {right};  {node!r}{kind} = {left}"
        if node.op == "call_function":
            value = self.call(node)
        elif node.op == "call_method":
            method = self.path(self.argument(node.args[0]), node.target)
            value = f"{method}({self.arguments(node.args[1:], node.kwargs)})"
        elif node.op == "call_module":
            value = f"{self.path(self.root, node.target)}({self.arguments(node.args, node.kwargs)})"
        else:
            value = self.path(self.root, node.target)
        return f"{node!r}{kind} = {value}"


def _is_wrapped(target: Any) -> bool:
    from taeda.fx.tracer import is_wrapped

    return is_wrapped(target)


def _last_uses(graph: Graph) -> dict[Node, list[Node]]:
    """For each node the values that nobody needs after it."""
    seen: set[Node] = set()
    ends: dict[Node, list[Node]] = {}
    for node in reversed(graph.nodes):

        def note(argument: Node, user: Node = node) -> Node:
            if argument not in seen:
                seen.add(argument)
                ends.setdefault(user, []).append(argument)
            return argument

        map_arg(node.args, note)
        map_arg(node.kwargs, note)
    return ends


class CodeGen:
    """Writes the function of a graph; a subclass changes its head, its result, or how inputs are spread."""

    def gen_fn_def(self, free_vars: list[str], maybe_return_annotation: str) -> str:
        """The head of the function: `def forward(self, x):`."""
        if not free_vars or free_vars[0] != "self":
            free_vars.insert(0, "self")
        return f"def forward({', '.join(free_vars)}){maybe_return_annotation}:"

    def generate_output(self, output_args: Any, *, descs: Any = None, repr_fn: Callable[[Any], str] = repr) -> str:
        """The return statement."""
        return f"return {repr_fn(output_args)}"

    def process_inputs(self, *args: Any) -> Any:
        """The arguments of a call as the placeholders take them."""
        return args

    def process_outputs(self, outputs: Any) -> Any:
        """The value of the output as the call returns it."""
        return outputs

    def additional_globals(self) -> list[tuple[str, Any]]:
        """Further global names of the code."""
        return []

    def generate(self, graph: Graph, root: str, names: Namespace) -> PythonCode:
        """The source of the whole graph."""
        writer = _Writer(graph, root, names)
        for name, value in self.additional_globals():
            writer.global_name(name, value)
        for node in graph.nodes:  # nodes keep their names, whatever the globals are called
            names.rename(node, node.name)
        ends = _last_uses(graph)
        parameters: list[str] = []
        body: list[str] = []
        returns = ""
        for node in graph.nodes:
            if node.op == "placeholder":
                kind = f" : {writer.annotation(node.type)}" if node.type is not None else ""
                default = f" = {writer.argument(node.args[0])}" if node.args else ""
                parameters.append(f"{node.target}{kind}{default}")
                bare = node.target.replace("*", "")
                if bare != repr(node):
                    body.append(f"{node!r} = {bare}\n")
                continue
            if node.op == "output":
                if node.type is not None:
                    returns = f" -> {writer.annotation(node.type)}"
                body.append(self.generate_output(node.args[0], repr_fn=writer.argument) + "\n")
                continue
            gone = [*ends.get(node, ()), *(() if node.users else (node,))]
            free = ";  " + " = ".join([*map(repr, gone), "None"]) if gone else ""
            body.append(f"{writer.statement(node)}{free}\n")
        if not body:
            body.append("pass\n")
        head = self.gen_fn_def(parameters, returns)
        wrapped = "\n" + "\n".join(WRAP_STATEMENT.format(name) for name in writer.wrapped) if writer.wrapped else ""
        code = "".join("    " + line for line in body) + "    "
        return PythonCode(f"\n{wrapped}\n\n{head}\n{code}", writer.globals)
