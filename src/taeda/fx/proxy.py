"""`Proxy`: what a traced function computes with; every use of it becomes a node of the graph."""

from __future__ import annotations

import dis
import inspect
import math
import operator
import types
from collections.abc import Callable, Iterator
from typing import Any

import taeda
from taeda.fx.graph import Graph
from taeda.fx.node import Node, is_tensor_method, map_aggregate
from taeda.fx.whole_calls import whole_call

__all__ = ["Attribute", "GraphAppendingTracer", "Proxy", "TraceError", "TracerBase"]

_SIMPLE = (str, int, float, bool, complex, taeda.dtype, taeda.Tensor, taeda.device, type(None), type(...))


class TraceError(ValueError):
    """What cannot be traced: control flow or iteration that depends on values."""


class TracerBase:
    """What makes nodes of calls. `Tracer` adds the tracing of modules."""

    graph: Graph
    record_stack_traces: bool = False
    check_mutable_operations: bool = False
    trace_asserts: bool = False
    proxy_buffer_attributes: bool = False
    traced_func_name: str = "forward"

    def create_node(
        self, kind: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str | None = None,
        type_expr: Any = None,
    ) -> Node:
        """A node of the graph; override it to see or change each."""
        return self.graph.create_node(kind, target, args, kwargs, name, type_expr)

    def proxy(self, node: Node) -> Proxy:
        """The stand-in for the result of a node."""
        return Proxy(node, self)

    def create_proxy(
        self, kind: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str | None = None,
        type_expr: Any = None, proxy_factory_fn: Callable[[Node], Proxy] | None = None,
    ) -> Proxy:
        """A node for the call, and the stand-in for its result."""
        args_, kwargs_ = self.create_arg(args), self.create_arg(kwargs)
        node = self.create_node(kind, target, args_, kwargs_, name, type_expr)
        if self.record_stack_traces and node.stack_trace is None:
            node.stack_trace = _user_stack()
        return proxy_factory_fn(node) if proxy_factory_fn else self.proxy(node)

    def create_arg(self, a: Any) -> Any:
        """A value as an argument of a node: stand-ins become their nodes."""
        if isinstance(a, Proxy):
            return a.node
        if hasattr(a, "__fx_create_arg__"):
            return a.__fx_create_arg__(self)
        if isinstance(a, tuple) and hasattr(a, "_fields"):
            items = tuple(self.create_arg(item) for item in a)
            return self.create_node("call_function", type(a), items, {})
        if isinstance(a, tuple | list):
            return type(a)(self.create_arg(item) for item in a)
        if isinstance(a, dict):
            for key in a:
                map_aggregate(key, self._refuse_key)
            return {key: self.create_arg(value) for key, value in a.items()}
        if isinstance(a, slice):
            return slice(self.create_arg(a.start), self.create_arg(a.stop), self.create_arg(a.step))
        if isinstance(a, range):
            return range(self.create_arg(a.start), self.create_arg(a.stop), self.create_arg(a.step))
        if isinstance(a, _SIMPLE) or callable(a) and hasattr(a, "__name__"):
            return a
        if type(a).__module__ == "taeda" or isinstance(a, taeda.Size):
            return a
        raise NotImplementedError(f"argument of type: {type(a)}")

    @staticmethod
    def _refuse_key(key: Any) -> Any:
        if isinstance(key, Proxy):
            raise RuntimeError(f"Keys for dictionaries used as an argument cannot contain a Node. Got key: {key}")
        return key

    def to_bool(self, obj: Proxy) -> bool:
        """What `if proxy:` means."""
        raise TraceError("symbolically traced variables cannot be used as inputs to control flow")

    def iter(self, obj: Proxy) -> Iterator[Any]:
        """What `for item in proxy` means; `a, b = proxy` is known without it."""
        raise TraceError(
            "Proxy object cannot be iterated. This can be attempted when the Proxy is used in a loop or as a *args or "
            "**kwargs function argument. See the torch.fx docs on pytorch.org for a more detailed explanation of what "
            "types of control flow can be traced, and check out the Proxy docstring for help troubleshooting Proxy "
            "iteration errors"
        )

    def keys(self, obj: Proxy) -> Any:
        """What `**proxy` asks."""
        return Attribute(obj, "keys")()


def _user_stack() -> str:
    import traceback

    frames = [f for f in traceback.extract_stack() if "/taeda/" not in f.filename.replace("\\", "/")]
    return "".join(traceback.format_list(frames))


class GraphAppendingTracer(TracerBase):
    """Appends to a graph that is there already."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph


class Proxy:
    """Stands for a value of the traced program. It has the methods and operators of whatever it stands for."""

    def __init__(self, node: Node, tracer: TracerBase | None = None) -> None:
        self.tracer = GraphAppendingTracer(node.graph) if tracer is None else tracer
        self.node = node

    def __repr__(self) -> str:
        return f"Proxy({self.node.name})"

    def __getattr__(self, k: str) -> Any:
        if k.startswith("__") and k.endswith("__"):  # copy, pickle and NumPy ask for what is not there
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{k}'")
        return Attribute(self, k)

    def __deepcopy__(self, memo: dict[int, Any]) -> Proxy:
        return type(self)(self.node, self.tracer)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.create_proxy("call_method", "__call__", (self, *args), kwargs)

    def __iter__(self) -> Iterator[Any]:
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        count = _unpacked_into(caller) if caller is not None else None
        if count is None:
            return self.tracer.iter(self)
        return iter([self.tracer.create_proxy("call_function", operator.getitem, (self, i), {}) for i in range(count)])

    def __abs__(self) -> Any:
        return self.tracer.create_proxy("call_function", operator.abs, (self,), {})

    def __bool__(self) -> bool:
        return self.tracer.to_bool(self)

    def keys(self) -> Any:
        """What `**proxy` asks."""
        return self.tracer.keys(self)

    def __len__(self) -> int:
        raise RuntimeError(
            "'len' is not supported in symbolic tracing by default. If you want this call to be recorded, please call "
            "torch.fx.wrap('len') at module scope"
        )

    def __index__(self) -> int:
        raise TypeError("a traced value has no number while it is traced")

    def __hash__(self) -> int:
        return id(self)

    @classmethod
    def __torch_function__(
        cls, orig_method: Any, types: Any, args: tuple[Any, ...] | None = None, kwargs: dict[str, Any] | None = None
    ) -> Any:
        args, kwargs = args or (), kwargs or {}
        tracers: dict[Any, None] = {}

        def note(a: Any) -> Any:
            if isinstance(a, cls):
                tracers[a.tracer] = None
            return a

        map_aggregate(args, note)
        map_aggregate(kwargs, note)
        if len(tracers) > 1:
            raise RuntimeError(f"Found multiple different tracers {list(tracers)} while trying to trace operations")
        tracer = next(iter(tracers))
        if is_tensor_method(orig_method):
            return tracer.create_proxy("call_method", orig_method.__name__, args, kwargs)
        name = tracer.graph._target_to_str(orig_method.__name__)
        args, kwargs = whole_call(orig_method, args, kwargs)
        return tracer.create_proxy("call_function", orig_method, args, kwargs, name=name)


def _unpacked_into(frame: types.FrameType) -> int | None:
    """How many names `a, b = proxy` has, if that is what the caller does."""
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti:
            return instruction.arg if instruction.opname == "UNPACK_SEQUENCE" else None
    return None


class Attribute(Proxy):
    """An attribute of what a proxy stands for; a node only if it is not called as a method."""

    def __init__(self, root: Proxy, attr: str) -> None:
        self.root = root
        self.attr = attr
        self.tracer = root.tracer
        self._node: Node | None = None

    @property
    def node(self) -> Node:  # type: ignore[override]
        """The node of the attribute as a value, made when it is first used as one."""
        if self._node is None:
            self._node = self.tracer.create_proxy("call_function", getattr, (self.root, self.attr), {}).node
        return self._node

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.create_proxy("call_method", self.attr, (self.root, *args), kwargs)


def _operator_method(function: Callable[..., Any], reflected: bool = False) -> Callable[..., Any]:
    def method(self: Proxy, *args: Any) -> Any:
        operands = (args[0], self) if reflected else (self, *args)
        return self.tracer.create_proxy("call_function", function, operands, {})

    return method


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lshift", "rshift", "and", "or", "xor")
for _name in _BINARY:
    _function = getattr(operator, f"{_name}_" if _name in ("and", "or") else _name)
    setattr(Proxy, f"__{_name}__", _operator_method(_function))
    setattr(Proxy, f"__r{_name}__", _operator_method(_function, reflected=True))
for _name in ("eq", "ne", "lt", "le", "gt", "ge", "getitem", "neg", "pos", "invert"):
    setattr(Proxy, f"__{_name}__", _operator_method(getattr(operator, _name)))
for _name in ("ceil", "floor", "trunc"):
    setattr(Proxy, f"__{_name}__", _operator_method(getattr(math, _name)))
for _name in ("float", "int"):

    def _refuse(self: Proxy, name: str = _name) -> Any:
        raise TypeError(f"__{name}__ returned non-{name} (type Proxy)")

    setattr(Proxy, f"__{_name}__", _refuse)
