"""Recorded graphs as plain data, and modules made of such data: what a saved program is.

A program holds the calls of each method, the layers of taeda.nn by their names and settings, and all tensors. Functions
are stored by name, and a name means something only if it is on the list of `_function`: ops of Taeda, operators of
Python, functions of `math`. So reading a file runs no code that stands in it, and needs none of the code it was
made with.
"""

from __future__ import annotations

import collections
import contextlib
import importlib
import math
import operator
from collections.abc import Callable
from typing import Any

import taeda
from taeda import _core
from taeda.assertions import check_type
from taeda.fx.graph import Graph
from taeda.fx.node import Node, public_name
from taeda.jit.recorder import check_same, is_plain_layer
from taeda.nn import Module

__all__ = ["ProgramError", "Runner", "build", "describe"]

FORMAT = 1
_OPERATORS = frozenset(
    "abs add and_ concat contains eq floordiv ge getitem gt iadd iand ifloordiv imod imul index inv invert ior ipow "
    "is_ is_not isub itruediv ixor le lshift lt matmul mod mul ne neg not_ or_ pos pow rshift setitem sub truediv "
    "truth xor".split())
_MATH = frozenset(name for name in vars(math) if not name.startswith("_") and callable(getattr(math, name)))
_FORBIDDEN = frozenset(("from_file", "load", "save"))  # public functions that reach for files
_HOMES = ("torch", "torch.nn.functional", "torch.linalg", "torch.special", "torch.fft", "internal", "torch.Tensor")
_CONTAINERS = (taeda.Tensor, tuple, list, dict, str)
_WITH_ATTRIBUTES = (*_CONTAINERS, taeda.dtype, taeda.device, taeda.finfo, taeda.iinfo)
_LAYOUTS = ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d", "strided")


class ProgramError(RuntimeError):
    """A saved program is damaged, or holds what this version does not know."""


# -- names of functions ------------------------------------------------------------------------------------------------


def _namespace(home: str) -> dict[str, Any]:
    """The functions under a name."""
    if home == "internal":
        return vars(taeda._binding.internal)
    if home == "torch.Tensor":
        return {name: getattr(_core.Tensor, name) for name in dir(_core.Tensor) if not name.startswith("_")}
    if home == "torch.nn.functional":
        return {name: getattr(taeda.nn.functional, name) for name in dir(taeda.nn.functional)}
    return taeda._binding.modules[home.removeprefix("torch.") if home != "torch" else "torch"]


def _name_of(function: Any) -> str:
    """The name under which `_function` finds it; NotImplementedError for one that is none of Taeda's."""
    name = getattr(function, "__name__", "")
    if function is check_same:
        return "check_same"
    if function is getattr:
        return "getattr"
    if getattr(operator, name, None) is function and name in _OPERATORS:
        return f"operator.{name}"
    if getattr(math, name, None) is function:
        return f"math.{name}"
    public = public_name(function)
    if public is not None and _found(public) is function:
        return public
    for home in _HOMES:
        if _namespace(home).get(name) is function and _found(f"{home}.{name}") is function:
            return f"{home}.{name}"
    if isinstance(function, type) and issubclass(function, tuple) and hasattr(function, "_fields"):
        return f"namedtuple:{function.__name__}({','.join(function._fields)})"
    raise NotImplementedError(
        f"a program that calls {getattr(function, '__module__', '')}.{name or function!r} cannot be saved: it is no "
        "op of Taeda. Write it with ops, so that the recording sees through it")


def _found(name: str) -> Any:
    home, _, short = name.rpartition(".")
    if home not in _HOMES or short in _FORBIDDEN or short.startswith("_"):
        return None
    function = _namespace(home).get(short)
    public = isinstance(function, _core.Op) or home == "torch.nn.functional" and short in taeda.nn.functional.__all__
    return function if public or home == "torch.Tensor" and callable(function) else None


def _function(name: str) -> Callable[..., Any]:
    """The function of this name. ProgramError for any other."""
    if name == "check_same":
        return check_same
    if name == "getattr":
        return getattr
    kind, _, short = name.partition(".")
    if kind == "operator" and short in _OPERATORS:
        return getattr(operator, short)
    if kind == "math" and short in _MATH:
        return getattr(math, short)
    if name.startswith("namedtuple:"):
        title, _, fields = name.removeprefix("namedtuple:").rstrip(")").partition("(")
        words = fields.split(",") if fields else []
        if all(w.isidentifier() and not w.startswith("_") for w in (title, *words)):
            return collections.namedtuple(title, words)
    function = _found(name)
    if function is None:
        raise ProgramError(f"the program calls {name!r}, which no saved program may, or this version does not have")
    return function


def _attribute(value: Any, name: str) -> Any:
    """`getattr` for properties of tensors and fields of named tuples."""
    if name.startswith("_") or not isinstance(value, _WITH_ATTRIBUTES):
        raise ProgramError(f"the program reads the attribute {name!r} of a {type(value).__name__}, which none may")
    found = getattr(value, name)
    if callable(found):
        raise ProgramError(f"the program reads the method {name!r} of a {type(value).__name__} without calling it")
    return found


# -- values ------------------------------------------------------------------------------------------------------------


def _encode(value: Any, places: dict[Node, int]) -> Any:
    """An argument as plain data: pairs of a kind and what it needs."""
    if isinstance(value, Node):
        return ["node", places[value]]
    if value is None or isinstance(value, bool | int | float | complex | str):
        return ["value", value]
    if value is ...:
        return ["ellipsis"]
    if isinstance(value, taeda.dtype):
        return ["dtype", str(value).removeprefix("torch.")]
    if isinstance(value, taeda.device):
        return ["device", str(value)]
    if isinstance(value, slice):
        return ["slice", *(_encode(x, places) for x in (value.start, value.stop, value.step))]
    if isinstance(value, tuple | list):
        return ["tuple" if isinstance(value, tuple) else "list", *(_encode(x, places) for x in value)]
    if isinstance(value, dict):
        return ["dict", *([_encode(k, places), _encode(x, places)] for k, x in value.items())]
    for name in _LAYOUTS:
        if value is getattr(taeda, name):
            return ["layout", name]
    if callable(value):
        return ["function", _name_of(value)]
    raise NotImplementedError(f"a {type(value).__name__} as an argument cannot be saved: {value!r}")


def _decode(data: Any, node: Callable[[int], Any]) -> Any:
    kind, *rest = data
    if kind == "node":
        return node(rest[0])
    if kind == "value":
        return rest[0]
    if kind in ("tuple", "list"):
        items = [_decode(x, node) for x in rest]
        return tuple(items) if kind == "tuple" else items
    if kind == "dict":
        return {_decode(k, node): _decode(x, node) for k, x in rest}
    if kind == "slice":
        return slice(*(_decode(x, node) for x in rest))
    if kind == "ellipsis":
        return ...
    if kind == "dtype":
        found = getattr(taeda, rest[0], None)
        if isinstance(found, taeda.dtype):
            return found
    if kind == "device":
        return taeda.device(rest[0])
    if kind == "layout" and rest[0] in _LAYOUTS:
        return getattr(taeda, rest[0])
    if kind == "function":
        return _function(rest[0])
    raise ProgramError(f"the program holds an argument of the unknown kind {data!r}")


# -- writing -----------------------------------------------------------------------------------------------------------


def _calls(graph: Graph, root: Module) -> list[Any]:
    places: dict[Node, int] = {}
    calls = []
    for node in graph.nodes:
        target = _name_of(node.target) if node.op == "call_function" else node.target
        if node.op == "call_module" and not is_plain_layer(root.get_submodule(target)):
            raise NotImplementedError(f"the module {target!r} cannot be saved: it is none of taeda.nn's own")
        if node.op == "call_method" and target.startswith("_"):
            raise NotImplementedError(f"a program that calls the method {target!r} of a value cannot be saved")
        calls.append([node.op, target, _encode(tuple(node.args), places), _encode(dict(node.kwargs), places)])
        places[node] = len(places)
    return calls


def _class_name(kind: type) -> str:
    """The name of a layer's class: short for the public ones, with its file for parts of others."""
    public = getattr(taeda.nn, kind.__name__, None) is kind
    return kind.__name__ if public else f"{kind.__module__}.{kind.__name__}"


def _class_of(name: str) -> Any:
    """The class of this name, if it is a layer of taeda.nn."""
    home, _, short = name.rpartition(".")
    parts = home.split(".") if home else ["taeda", "nn"]
    if parts[:2] == ["taeda", "nn"] and all(p.isidentifier() for p in (*parts, short)):
        with contextlib.suppress(ModuleNotFoundError):
            kind = getattr(importlib.import_module(".".join(parts)), short, None)
            if isinstance(kind, type) and issubclass(kind, Module) and kind.__module__.startswith("taeda.nn."):
                return kind
    raise ProgramError(f"the program has a layer {name!r}, which taeda.nn has not")


_OF_EVERY_MODULE = frozenset(vars(Module()))


def _layer(module: Module) -> dict[str, Any]:
    """A layer of taeda.nn: its class, its settings, its layers."""
    settings = {}
    for name, value in vars(module).items():
        if name in _OF_EVERY_MODULE:
            continue
        if isinstance(value, taeda.Tensor):
            raise NotImplementedError(f"the tensor {name!r} of a {type(module).__name__} is no parameter and no buffer")
        settings[name] = _encode(value, {})
    return {"class": _class_name(type(module)), "settings": settings, "training": module.training,
            "absent parameters": [name for name, p in module._parameters.items() if p is None],
            "absent buffers": [name for name, b in module._buffers.items() if b is None],
            "children": {name: _layer(child) for name, child in module.named_children()}}


def describe(root: Module, graphs: dict[str, Graph]) -> dict[str, Any]:
    """The plain data of a program: the graphs of its methods over the layers and tensors of `root`."""
    layers, containers = {}, []
    if not graphs:
        layers[""] = _layer(root)
    used = {node.target for graph in graphs.values() for node in graph.nodes if node.op == "call_module"}
    for path, module in root.named_modules():
        if any(not outer or path.startswith(f"{outer}.") for outer in layers):
            continue
        if path in used:
            layers[path] = _layer(module)
        elif path:
            containers.append([path, type(module).__name__, module.training])
    parameters = {name: p.requires_grad for name, p in root.named_parameters(remove_duplicate=False)}
    tensors = {name: p.detach() for name, p in root.named_parameters(remove_duplicate=False)}
    buffers = dict(root.named_buffers(remove_duplicate=False))
    kept = set(root.state_dict())
    constants = {
        node.target: operator.attrgetter(node.target)(root) for graph in graphs.values() for node in graph.nodes
        if node.op == "get_attr" and node.target not in tensors and node.target not in buffers
    }
    for name, value in constants.items():
        if not isinstance(value, taeda.Tensor):
            raise NotImplementedError(f"the attribute {name!r}, a {type(value).__name__}, cannot be saved in a program")
    return {
        "taeda program": FORMAT, "name": type(root).__name__, "training": root.training,
        "methods": {name: _calls(graph, root) for name, graph in graphs.items()},
        "layers": layers, "containers": containers, "parameters": parameters, "tensors": tensors,
        "buffers": {name: [value.detach(), name in kept] for name, value in buffers.items()},
        "constants": {name: value.detach() for name, value in constants.items()},
    }


# -- reading -----------------------------------------------------------------------------------------------------------


def _attach(root: Module, path: str, put: Callable[[Module, str], None]) -> None:
    *parents, name = path.split(".")
    place: Any = root
    for parent in parents:
        place = place._modules[parent]
    put(place, name)


def _make_layer(data: dict[str, Any]) -> Module:
    kind = _class_of(data["class"])
    made: Module = kind.__new__(kind)
    Module.__init__(made)
    for name, value in data["settings"].items():
        if not str(name).isidentifier() or name.startswith("__") or name in _OF_EVERY_MODULE:
            raise ProgramError(f"the program has a layer with a setting called {name!r}")
        vars(made)[name] = _decode(value, _no_node)
    for name in data["absent parameters"]:
        made.register_parameter(name, None)
    for name in data["absent buffers"]:
        made.register_buffer(name, None)
    for name, child in data["children"].items():
        made.add_module(name, _make_layer(child))
    vars(made)["training"] = bool(data["training"])
    return made


def _no_node(place: int) -> Any:
    raise ProgramError("a setting of a layer refers to a call")


def build(data: Any, make: Callable[[str], Module]) -> tuple[Module, dict[str, Graph]]:
    """(module, the graphs of its methods) of plain data; `make` gives modules that only hold others."""
    if not isinstance(data, dict) or "taeda program" not in data:
        raise ProgramError("this file holds no program of Taeda; load it with taeda.load")
    if data["taeda program"] != FORMAT:
        raise ProgramError(f"the program has format {data['taeda program']!r}; this version reads {FORMAT}")
    try:
        root = _make_layer(data["layers"].pop("")) if "" in data["layers"] else make(data["name"])
        for path, name, training in data["containers"]:
            holder = make(name)
            vars(holder)["training"] = bool(training)
            _attach(root, path, lambda place, at, m=holder: place.add_module(at, m))  # type: ignore[misc]
        for path, layer in data["layers"].items():
            made = _make_layer(layer)
            _attach(root, path, lambda place, at, m=made: place.add_module(at, m))  # type: ignore[misc]
        shared: dict[Any, Any] = {}
        for path, value in data["tensors"].items():
            key = (value.untyped_storage()._cdata, value.storage_offset(), value.shape, value.stride())
            p = shared.setdefault(key, taeda.nn.Parameter(value, data["parameters"][path]))
            _attach(root, path, lambda place, at, v=p: place.register_parameter(at, v))  # type: ignore[misc]
        for path, (value, kept) in data["buffers"].items():
            _attach(root, path, lambda place, at, v=value, k=kept: place.register_buffer(  # type: ignore[misc]
                at, v, persistent=bool(k)))
        for path, value in data["constants"].items():
            _attach(root, path, lambda place, at, v=value: setattr(place, at, v))  # type: ignore[misc]
        vars(root)["training"] = bool(data["training"])
        return root, {name: _graph(calls, root) for name, calls in data["methods"].items()}
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ProgramError(f"the program is damaged: {type(error).__name__}: {error}") from error


def _graph(calls: list[Any], root: Module) -> Graph:
    graph = Graph()
    nodes: list[Node] = []
    for op, target, args, kwargs in calls:
        if op not in ("placeholder", "get_attr", "call_function", "call_method", "call_module", "output"):
            raise ProgramError(f"the program has a call of the unknown kind {op!r}")
        plain = str(target).lstrip("*")
        if op != "call_function" and not all(part.isidentifier() or part.isdigit() for part in plain.split(".")):
            raise ProgramError(f"the program names {target!r}, which is no name")
        if op == "call_method" and target.startswith("_"):
            raise ProgramError(f"the program calls the method {target!r}, which none may")
        found = _function(target) if op == "call_function" else target
        if op in ("get_attr", "call_module") and plain.split(".")[-1].startswith("__"):
            raise ProgramError(f"the program reads {target!r}, which none may")
        nodes.append(graph.create_node(op, found, _decode(args, nodes.__getitem__), _decode(kwargs, nodes.__getitem__)))
        if op == "call_module" and not is_plain_layer(root.get_submodule(target)):
            raise ProgramError(f"the program calls {target!r}, which is no layer of it")
    return graph


class Runner:
    """Runs a graph over a module: what a method of a loaded program does."""

    def __init__(self, graph: Graph) -> None:
        check_type("Runner", "graph", graph, Graph)
        self.nodes = list(graph.nodes)
        places = {node: k for k, node in enumerate(self.nodes)}
        self.inputs = [node for node in self.nodes if node.op == "placeholder"]
        last: dict[int, int] = {}
        self.steps: list[tuple[str, Any, Any, Any]] = []
        for k, node in enumerate(self.nodes):
            for used in node.all_input_nodes:
                last[places[used]] = k
            target: Any = _attribute if node.target is getattr else node.target
            self.steps.append((node.op, target, _encode_places(node.args, places),
                               _encode_places(node.kwargs, places)))
        self.gone: list[list[int]] = [[] for _ in self.nodes]
        for place, k in last.items():
            self.gone[k].append(place)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """The values of the inputs, in order."""
        left, named = list(args), dict(kwargs)
        values: list[Any] = []
        for node in self.inputs:
            name = node.target
            if name.startswith("**"):
                values.append(named)
                named = {}
            elif name.startswith("*"):
                values.append(tuple(left))
                left = []
            elif left:
                values.append(left.pop(0))
                if name in named:
                    raise TypeError(f"forward() got multiple values for argument '{name}'")
            elif name in named:
                values.append(named.pop(name))
            elif node.args:
                values.append(node.args[0])
            else:
                raise TypeError(f"forward() is missing value for argument '{name}'")
        if left or named:
            extra = ", ".join(named) or f"{len(left)} more"
            raise TypeError(f"forward() takes {len(self.inputs)} arguments, and got {extra} that it does not know")
        return values

    def run(self, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        inputs = iter(self.bind(args, kwargs))
        values: list[Any] = [None] * len(self.steps)
        for k, (op, target, given, named) in enumerate(self.steps):
            if op == "placeholder":
                values[k] = next(inputs)
                continue
            a, b = _filled(given, values), _filled(named, values)
            if op == "call_function":
                values[k] = target(*a, **b)
            elif op == "call_method":
                if not isinstance(a[0], _CONTAINERS):
                    raise ProgramError(f"the program calls {target!r} of a {type(a[0]).__name__}, which none may")
                values[k] = getattr(a[0], target)(*a[1:], **b)
            elif op == "call_module":
                values[k] = module.get_submodule(target)(*a, **b)
            elif op == "get_attr":
                values[k] = operator.attrgetter(target)(module)
            else:
                return a[0]
            for place in self.gone[k]:
                values[place] = None
        return None


class _Place(int):
    """The number of a value among those of a run."""


def _encode_places(a: Any, places: dict[Node, int]) -> Any:
    if isinstance(a, Node):
        return _Place(places[a])
    if isinstance(a, tuple):
        return tuple(_encode_places(x, places) for x in a)
    if isinstance(a, list):
        return [_encode_places(x, places) for x in a]
    if isinstance(a, dict):
        return {k: _encode_places(x, places) for k, x in a.items()}
    if isinstance(a, slice):
        return slice(*(_encode_places(x, places) for x in (a.start, a.stop, a.step)))
    return a


def _filled(a: Any, values: list[Any]) -> Any:
    kind = type(a)
    if kind is _Place:
        return values[a]
    if kind is tuple:
        return tuple([_filled(x, values) for x in a])
    if kind is list:
        return [_filled(x, values) for x in a]
    if kind is dict:
        return {k: _filled(x, values) for k, x in a.items()}
    if kind is slice:
        return slice(_filled(a.start, values), _filled(a.stop, values), _filled(a.step, values))
    return a
