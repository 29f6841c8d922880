"""`GraphModule`: a module whose `forward` is made of a graph."""

from __future__ import annotations

import copy
import itertools
import linecache
import os
from typing import Any

import taeda
from taeda.fx.code_generation import PythonCode
from taeda.fx.graph import Graph
from taeda.nn import Module

__all__ = ["GraphModule"]

_numbers = itertools.count()


def _compiled(source: str, names: dict[str, Any]) -> dict[str, Any]:
    """The globals after running generated source, which tracebacks can show."""
    key = f"<eval_with_key>.{next(_numbers)}"
    linecache.cache[key] = (len(source), None, source.splitlines(True), key)
    names = dict(names)
    exec(compile(source, key, "exec", dont_inherit=True), names)
    return names


def _copy_attribute(source: Any, target: Module, path: str) -> None:
    """Give `target` the attribute of `source` at this path, making empty modules on the way."""
    *prefix, field = path.split(".")
    for part in prefix:
        step = getattr(source, part)
        if step is source:
            return
        if not hasattr(target, part):
            setattr(target, part, Module())
        source, target = step, getattr(target, part)
    _assign(getattr(source, field), target, field)


def _assign(value: Any, target: Module, field: str) -> None:
    if isinstance(value, taeda.Tensor) and not isinstance(value, taeda.nn.Parameter):
        target.register_buffer(field, value)
    else:
        setattr(target, field, value)


class GraphModule(Module):
    """A module made of a graph and of what the graph refers to.

    Args:
        root: a module whose attributes the graph names, or a dict from their paths to them.
        graph: what `forward` does. After editing it call `recompile()`.
    """

    _graph: Graph
    _code: str
    meta: dict[str, Any]

    def __new__(cls, *args: Any, **kwargs: Any) -> GraphModule:
        # Each has a class of its own, because `forward` is compiled for it.
        for base in cls.__mro__:
            if base is GraphModule or base.__qualname__ != "GraphModuleImpl":
                break
        own = type("GraphModuleImpl", (base,), {"__module__": base.__module__, "__qualname__": "GraphModuleImpl"})
        return object.__new__(own)

    def __init__(self, root: Any, graph: Graph, class_name: str = "GraphModule") -> None:
        super().__init__()
        type(self).__name__ = class_name
        if not isinstance(root, (Module, dict)):
            raise RuntimeError(f"Unsupported type {root} passed for root!")
        wanted = [n.target for n in graph.nodes if n.op in ("get_attr", "call_module")]
        if isinstance(root, Module):
            self.training = root.training
            for path in dict.fromkeys(wanted):
                _copy_attribute(root, self, path)
        else:
            missing = [path for path in wanted if path not in root]
            if missing:
                raise RuntimeError(
                    f"Node in graph referenced target {missing[0]} but that target was not provided in ``root``!"
                )
            for path in sorted(dict.fromkeys(wanted), key=lambda p: p.count(".")):
                self._put(path, root[path])
        self.meta = {}
        self.graph = graph

    def _put(self, path: str, value: Any) -> None:
        *prefix, field = path.split(".")
        target: Module = self
        for part in prefix:
            if not hasattr(target, part):
                setattr(target, part, Module())
            target = getattr(target, part)
        _assign(value, target, field)

    @property
    def graph(self) -> Graph:
        """What `forward` does; assigning one compiles it."""
        return self._graph

    @graph.setter
    def graph(self, g: Graph) -> None:
        if not isinstance(g, Graph):
            raise AssertionError(f"Expected a Graph instance, but got {type(g)}")
        self._graph = g
        g.owning_module = self
        self.recompile()

    @property
    def code(self) -> str:
        """The Python source of `forward`."""
        return self._code

    def recompile(self) -> PythonCode:
        """Make `forward` anew, after the graph was edited."""
        python = self._graph.python_code("self")
        self._code = python.src
        setattr(type(self), "forward", _compiled(python.src, python.globals)["forward"])  # noqa: B010, a method
        return python

    # -- submodules ------------------------------------------------------------------------------------------------

    def add_submodule(self, target: str, m: Module) -> bool:
        """Put a module at a path; False where something else stands on the way."""
        *prefix, field = target.split(".")
        place: Module = self
        for part in prefix:
            if not hasattr(place, part):
                setattr(place, part, Module())
            place = getattr(place, part)
            if not isinstance(place, Module):
                return False
        place.add_module(field, m)
        return True

    def delete_submodule(self, target: str) -> bool:
        """Take the module at a path away; whether there was one."""
        path, _, field = target.rpartition(".")
        try:
            place = self.get_submodule(path)
        except AttributeError:
            return False
        if not isinstance(getattr(place, field, None), Module):
            return False
        delattr(place, field)
        return True

    def delete_all_unused_submodules(self) -> None:
        """Take away all modules that the graph does not refer to."""
        used: set[str] = set()
        for node in self.graph.nodes:
            if node.op in ("call_module", "get_attr"):
                parts = node.target.split(".")
                used.update(".".join(parts[:k]) for k in range(1, len(parts) + 1))
                if node.op == "call_module":
                    try:
                        used.update(f"{node.target}.{n}" for n, _ in self.get_submodule(node.target).named_modules())
                    except AttributeError:
                        continue
        for name in [name for name, _ in self.named_modules() if name and name not in used]:
            self.delete_submodule(name)

    # -- copies and files ------------------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict[int, Any]) -> GraphModule:
        state = {k: v for k, v in self.__dict__.items() if k not in ("_graph", "_code")}
        plain = Module()
        plain.__dict__.update(copy.deepcopy(state, memo))
        made = GraphModule.__new__(type(self))
        memo[id(self)] = made
        made.__dict__.update(plain.__dict__)
        type(made).__name__ = type(self).__name__
        made.graph = copy.deepcopy(self._graph, memo)
        return made

    def __copy__(self) -> GraphModule:
        made = GraphModule(self, self.graph, type(self).__name__)
        made.meta = dict(self.meta)
        return made

    def __reduce__(self) -> Any:
        # The graph is traced again from the code.
        python = self._graph.python_code("self")
        state = {k: v for k, v in self.__dict__.items() if k not in ("_graph", "_code")}
        return _rebuild, (state, type(self).__name__, python.src, _importable(python.globals))

    def to_folder(self, folder: str | os.PathLike[str], module_name: str = "FxModule") -> None:
        """Write the code and the parameters to a folder, as a package with the class `module_name`."""
        place = os.fspath(folder)
        os.makedirs(place, exist_ok=True)
        taeda.save(self.state_dict(), os.path.join(place, "state_dict.pt"))
        lines = ["import torch", "from torch.nn import *", "from math import inf, nan", "NoneType = type(None)",
                 "from torch import device", "", f"class {module_name}(torch.nn.Module):", "    def __init__(self):",
                 "        super().__init__()"]
        for name, module in self.named_children():
            taeda.save(module, os.path.join(place, f"{name}.pt"))
            lines.append(f"        self.{name} = torch.load(r'{place}/{name}.pt', weights_only=False)")
        for kind, entries in (("Parameter", self._parameters), ("buffer", self._buffers)):
            for name, value in entries.items():
                if value is None:
                    continue
                empty = f"torch.empty({list(value.shape)}, dtype={value.dtype})"
                lines.append(
                    f"        self.{name} = torch.nn.Parameter({empty})" if kind == "Parameter"
                    else f"        self.register_buffer('{name}', {empty})"
                )
        lines.append(f"        self.load_state_dict(torch.load(r'{place}/state_dict.pt'))")
        lines.extend("    " + line if line.strip() else "" for line in self.code.strip().splitlines())
        with open(os.path.join(place, "module.py"), "w") as f:
            f.write("\n".join(lines) + "\n")
        with open(os.path.join(place, "__init__.py"), "w") as f:
            f.write("from .module import *\n")

    # -- as text ---------------------------------------------------------------------------------------------------

    def print_readable(self, print_output: bool = True, *args: Any, **options: Any) -> str:
        """The code as that of a class, with those of graphs below it."""
        lines = [f"class {type(self).__name__}(torch.nn.Module):"]
        lines += ["    " + line if line.strip() else "" for line in self.code.strip("\n").rstrip().splitlines()]
        text = "\n".join(lines) + "\n"
        for _, child in self.named_children():
            if isinstance(child, GraphModule):
                text += "\n" + "\n".join("    " + x if x else x for x in child.print_readable(False).splitlines())
        if print_output:
            print(text)
        return text

    def __str__(self) -> str:
        return (
            f"{super().__repr__()}\n{self._code}\n"
            "# To see more debug info, please use `graph_module.print_readable()`"
        )


def _importable(names: dict[str, Any]) -> dict[str, Any]:
    """The globals of code that a pickle has to name: those that are not the same for all code."""
    from taeda.fx.code_generation import _standard_globals

    standard = _standard_globals()
    return {name: value for name, value in names.items() if name not in standard}


def _rebuild(state: dict[str, Any], name: str, source: str, names: dict[str, Any]) -> GraphModule:
    """A GraphModule from its pickle: its code is traced, with all modules as leaves."""
    from taeda.fx.code_generation import _standard_globals
    from taeda.fx.tracer import Tracer

    class KeepModules(Tracer):
        def is_leaf_module(self, m: Module, module_qualified_name: str) -> bool:
            return True

    root = Module()
    root.__dict__.update(state)
    type_of_code = type("CodeOnlyModule", (Module,), {})
    plain = _compiled(_without_wrap(source), {**_standard_globals(), **names})
    type_of_code.forward = plain["forward"]  # type: ignore[attr-defined]
    root.__class__ = type_of_code
    graph = _RebuildTracer.make(KeepModules, names).trace(root)
    made = GraphModule(root, graph, name)
    for key, value in state.items():
        if key not in made.__dict__ and key not in ("_parameters", "_buffers", "_modules"):
            made.__dict__[key] = value
    return made


def _without_wrap(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.startswith("torch.fx._symbolic_trace.wrap"))


class _RebuildTracer:
    """The tracer of code that was generated: its global functions are leaves too."""

    @staticmethod
    def make(kind: Any, names: dict[str, Any]) -> Any:
        functions = tuple(value for value in names.values() if callable(value) and not isinstance(value, type))
        return kind(autowrap_functions=functions)
