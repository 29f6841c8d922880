"""Graph IR: what an op computes, as a directed acyclic graph of op calls on tensors.

A `Graph` has inputs, nodes in an order in which each comes after what it uses, and outputs. A `Node` is one call of
an op: its arguments, one per parameter of the op's signature, are

* a `Value` (or None, or a tuple of Values) where the parameter takes tensors,
* an expression (ir/expression.py), or a tuple of them, where it takes run-time numbers or sizes,
* a plain Python value where it is static.

A `Value` is a tensor: a dtype and one size expression per dimension. Sizes are in terms of the graph's inputs
wherever an op's definition says how they come about, and `("size", value, d)` of the value itself where it does not (a
reshape to run-time sizes, say). Two values with equal expressions for all dimensions have the same shape for certain;
the converse does not hold. Values do not alias: a view is a value like any other, and nothing in a graph is written
to twice.

Values have the operators and methods of tensors (those of the registered ops), so that bodies and gradients of ops
are written once and run on Values, where they add nodes to the graph being traced, as well as on tensors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from taeda import _core
from taeda.ir.expression import Expression, broadcast_dims, product, wrap

if TYPE_CHECKING:
    from taeda.ops.op import Op

_KINDS = _core.PARAMETER_KINDS  # csrc/python/schema.h
TENSOR_KINDS = tuple(k for k, (holds, _) in _KINDS.items() if holds == "tensors")
NUMBER_KINDS = tuple(k for k, (holds, _) in _KINDS.items() if holds == "numbers")
LIST_KINDS = tuple(k for k in NUMBER_KINDS if _KINDS[k][1])  # those that are several numbers


class Vocabulary(Protocol):
    """What `x + y` and `x.exp()` do on the Values of a graph: functions by the names of operators and methods."""

    @property
    def operators(self) -> Mapping[str, Callable[..., Any]]: ...

    @property
    def methods(self) -> Mapping[str, Callable[..., Any]]: ...


class Value:
    """A tensor in a graph. `node` made it as its result `index`, or is None for an input of the graph."""

    __slots__ = ("dims", "dtype", "index", "label", "node", "number", "vocabulary")

    def __init__(self, vocabulary: Vocabulary, dtype: str, dims: Sequence[Expression | None], number: int,
                 node: Node | None = None, index: int = 0, label: str = ""):
        self.vocabulary = vocabulary
        self.dtype = dtype
        self.number = number
        self.node = node
        self.index = index
        self.label = label or f"v{number}"
        self.dims: tuple[Expression, ...] = tuple(
            ("size", self, d) if e is None else e for d, e in enumerate(dims))

    @property
    def shape(self) -> tuple[Any, ...]:
        """One Symbol (or int, where the size is known) per dimension."""
        return tuple(wrap(e) for e in self.dims)

    @property
    def ndim(self) -> int:
        return len(self.dims)

    def dim(self) -> int:
        return len(self.dims)

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]

    def stride(self, dim: int) -> Any:
        """In elements. Only of inputs of a graph: what an op makes may be laid out in any way."""
        if self.node is not None:
            raise TypeError(f"{self!r} is not an input of the op; its strides are not known")
        return wrap(("stride", self, dim % self.ndim))

    def storage_offset(self) -> Any:
        """In elements. Only of inputs of a graph, as stride()."""
        if self.node is not None:
            raise TypeError(f"{self!r} is not an input of the op; its storage offset is not known")
        return wrap(("offset", self))

    def numel(self) -> Any:
        if self.node is None and self.dims and all(e == ("size", self, d) for d, e in enumerate(self.dims)):
            return wrap(("numel", self))
        return product(self.dims)

    def __repr__(self) -> str:
        return f"Value({self.label}: {self.dtype}, {self.ndim} dimensions)"

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} has no truth value while an op is traced; use where(condition, a, b)")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("a Value cannot be iterated over while an op is traced; use unbind")

    def __getattr__(self, name: str) -> Any:
        if name == "vocabulary":  # not there before __init__ has run: copy and pickle ask such objects
            raise AttributeError(name)
        method = self.vocabulary.methods.get(name)
        if method is None:
            raise AttributeError(f"no op has a method {name!r} (while tracing {self!r})")
        return lambda *args, **kwargs: method(self, *args, **kwargs)

    __hash__ = object.__hash__


def _operator(name: str) -> Callable[..., Any]:
    def call(self: Value, *others: Any) -> Any:
        function = self.vocabulary.operators.get(name)
        return NotImplemented if function is None else function(self, *others)

    call.__name__ = name
    return call


for _name in (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
):
    setattr(Value, f"__{_name}__", _operator(f"__{_name}__"))
    setattr(Value, f"__r{_name}__", _operator(f"__r{_name}__"))
# Not == and !=: expressions hold Values and are compared by them. Bodies and gradients write x.eq(y).
for _name in ("lt", "le", "gt", "ge", "neg", "pos", "abs", "invert"):
    setattr(Value, f"__{_name}__", _operator(f"__{_name}__"))


class Node:
    """One call of `op`. `arguments` has one entry per parameter of the op; `outputs` are the resulting values; `origin`
    is what the graph had as its own when the call was made."""

    __slots__ = ("arguments", "number", "op", "origin", "outputs")

    def __init__(self, op: Op, arguments: tuple[Any, ...], number: int):
        self.op = op
        self.arguments = arguments
        self.number = number
        self.outputs: tuple[Value, ...] = ()
        self.origin = 0

    def tensors(self) -> list[Value]:
        """All tensor arguments, those included of which only the shape is read."""
        return [v for _, v in self.tensor_arguments()]

    def tensor_arguments(self) -> list[tuple[int, Value]]:
        """Pairs of parameter number and tensor argument."""
        found = []
        for k, (p, a) in enumerate(zip(self.op.parameters, self.arguments, strict=True)):
            if p.kind in TENSOR_KINDS:
                found += [
                    (k, v)
                    for v in (a if isinstance(a, tuple) and p.kind == "Tensors" else (a,))
                    if isinstance(v, Value)
                ]
        return found

    def data_tensors(self) -> list[Value]:
        """The tensor arguments whose elements are read."""
        shape_only = self.op.shape_only
        return [v for k, v in self.tensor_arguments() if self.op.parameters[k].name not in shape_only]

    def shape_tensors(self) -> list[Value]:
        """The tensor arguments of which only the shape is read."""
        shape_only = self.op.shape_only
        return [v for k, v in self.tensor_arguments() if self.op.parameters[k].name in shape_only]

    def expressions(self) -> Iterator[Expression]:
        """All run-time numbers and sizes among the arguments."""
        for p, a in zip(self.op.parameters, self.arguments, strict=True):
            if p.kind in LIST_KINDS and a is not None:
                yield from a
            elif a is not None and (p.kind in NUMBER_KINDS or p.kind == "TensorOrNumber" and not isinstance(a, Value)):
                yield a

    def map_arguments(
        self, value: Callable[[Value], Any], expression: Callable[[Expression], Expression]
    ) -> tuple[Any, ...]:
        """The arguments with each tensor and each expression replaced."""
        result: list[Any] = []
        for p, a in zip(self.op.parameters, self.arguments, strict=True):
            if a is None:
                result.append(None)
            elif p.kind == "Tensors":
                result.append(tuple(value(v) for v in a))
            elif p.kind in LIST_KINDS:
                result.append(tuple(expression(e) for e in a))
            elif isinstance(a, Value):
                result.append(value(a))
            elif p.kind in NUMBER_KINDS or p.kind == "TensorOrNumber":
                result.append(expression(a))
            else:
                result.append(a)
        return tuple(result)

    def __repr__(self) -> str:
        return f"{', '.join(v.label for v in self.outputs)} = {self.op.name}(...)"


class Graph:
    """See the top of this file. `attributes` counts the run-time attributes that expressions refer to."""

    def __init__(self, name: str, vocabulary: Vocabulary):
        self.name = name
        self.vocabulary = vocabulary
        self.inputs: list[Value] = []
        self.nodes: list[Node] = []
        self.outputs: list[Value | None] = []
        self.attributes = 0
        self.origin = 0  # of the nodes that are added: a number of whoever adds them, for explanations
        self.expand = False  # derived ops are inlined as they are called, even those with a gradient of their own
        self._calls: dict[tuple[Any, ...], Node] | None = None
        self._values = 0

    def share_calls(self) -> None:
        """From now on, a call that is already in the graph is not added again (common subexpressions)."""
        self._calls = {}

    def _number(self) -> int:
        self._values += 1
        return self._values - 1

    def input(self, dtype: str, dims: int | Sequence[Expression], label: str = "") -> Value:
        """A new input: `dims` is the number of its dimensions, or their sizes where they follow from other inputs."""
        sizes = [None] * dims if isinstance(dims, int) else dims
        value = Value(self.vocabulary, dtype, sizes, self._number(), label=label)
        self.inputs.append(value)
        return value

    def add(
        self, op: Op, arguments: tuple[Any, ...], results: Iterable[tuple[str, Sequence[Expression | None]]]
    ) -> Node:
        """Append a call; `results` are pairs of dtype and dimensions (None: a size that is known only afterwards)."""
        key = None
        if self._calls is not None and op.pure:
            key = (op.name, *map(_call_key, arguments))
            if key in self._calls:
                return self._calls[key]
        node = Node(op, arguments, self._number())
        node.origin = self.origin
        if key is not None and self._calls is not None:
            self._calls[key] = node
        node.outputs = tuple(Value(self.vocabulary, dtype, dims, self._number(), node, k)
                             for k, (dtype, dims) in enumerate(results))
        self.nodes.append(node)
        return node

    def __repr__(self) -> str:
        from taeda.ir.graph_printer import format_graph

        return format_graph(self)


def _call_key(a: Any) -> Any:
    """An argument for comparison: 1, 1.0 and True are equal in Python, 0.0 and -0.0 too."""
    if isinstance(a, tuple):
        return tuple(map(_call_key, a))
    return (type(a).__name__, repr(a)) if isinstance(a, (bool, int, float)) else a


def broadcast_of(values: Iterable[Value]) -> tuple[Expression, ...]:
    """The shape that tensors broadcast to."""
    return broadcast_dims(*(v.dims for v in values))


class _State(threading.local):
    graph: Graph | None = None


_state = _State()


def current() -> Graph | None:
    """The graph being traced on this thread, or None: then ops run at once."""
    return _state.graph


@contextmanager
def tracing(graph: Graph | None) -> Iterator[Graph | None]:
    """Calls of ops inside are recorded in `graph`."""
    previous, _state.graph = _state.graph, graph
    try:
        yield graph
    finally:
        _state.graph = previous
