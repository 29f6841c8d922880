"""What `script`, `trace` and `load` give: modules and functions that are called as before, and can be saved."""

from __future__ import annotations

import copy
import functools
import os
import zipfile
from collections.abc import Callable
from typing import Any

import taeda
from taeda.fx.graph import Graph
from taeda.jit.program import Runner, build, describe
from taeda.jit.recorder import copied, is_plain_layer, record
from taeda.nn import Module

__all__ = [
    "RecursiveScriptModule", "ScriptFunction", "ScriptModule", "TopLevelTracedModule", "TracedModule",
    "TracingCheckError", "load", "save",
]  # fmt: skip


class TracingCheckError(RuntimeError):
    """A recorded program does not give what its function gives."""


class ScriptModule(Module):
    """A module whose methods are recorded when it is saved. Subclass it as one does Module."""

    def _recorded(self) -> tuple[Module, dict[str, Graph]]:
        return _record_module(self, _examples_of(self))

    def save(self, f: Any, _extra_files: dict[str, Any] | None = None) -> None:
        """Write the program and its tensors to a file, which `torch.jit.load` reads without this class."""
        save(self, f, _extra_files)

    @property
    def graph(self) -> Graph:
        """The calls of `forward`, as an fx graph."""
        return self._recorded()[1]["forward"]

    @property
    def code(self) -> str:
        """The calls of `forward`, as Python."""
        return str(self.graph.python_code("self").src)

    @property
    def original_name(self) -> str:
        """The name of the class that was recorded."""
        return type(self).__name__


class RecursiveScriptModule(ScriptModule):
    """A module that `script` or `load` gave."""


class TracedModule(ScriptModule):
    """A module that `trace` gave."""


class TopLevelTracedModule(TracedModule):
    """A module that `trace` gave."""


def as_script(module: Module, kind: type[ScriptModule], examples: Any = None) -> Any:
    """`module` as a module of this kind: of the same class, with the same parameters and attributes.

    What is assigned to the one is assigned to the other; only the class is one of its own.
    """
    original = type(module)
    if isinstance(module, ScriptModule):
        bases: tuple[type, ...] = (original,) if issubclass(original, kind) else (kind, original)
    else:
        bases = (kind, original)
    made_class = type(original.__name__, bases, {
        "__module__": original.__module__, "__qualname__": original.__qualname__, "_examples": examples,
        "_original": getattr(original, "_original", original), "__doc__": original.__doc__,
    })
    made: Any = object.__new__(made_class)
    made.__dict__ = vars(module)
    return made


def _plain(module: Any) -> Any:
    """`module` as an object of the class that it was before it became a script."""
    original = getattr(type(module), "_original", None)
    if original is None or isinstance(module, _Loaded):
        return module
    made = object.__new__(original)
    made.__dict__ = vars(module)
    return made


def _examples_of(module: Any) -> Any:
    return getattr(type(module), "_examples", None)


class ScriptFunction:
    """A function that was given to `script` or `trace`."""

    def __init__(self, function: Callable[..., Any], examples: Any = None) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._examples = examples

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def save(self, f: Any, _extra_files: dict[str, Any] | None = None) -> None:
        """Write the program to a file, which `torch.jit.load` reads without the function."""
        save(self, f, _extra_files)

    @property
    def graph(self) -> Graph:
        """The calls of the function, as an fx graph."""
        return _record_function(self)[1]["forward"]

    @property
    def code(self) -> str:
        """The calls of the function, as Python."""
        return str(self.graph.python_code("self").src)


# -- recording ---------------------------------------------------------------------------------------------------------


def _check(function: Callable[..., Any], root: Module, graph: Graph, args: Any, kwargs: Any, name: str) -> None:
    """Assert that the program gives the bits that the function gives."""
    leaves = taeda.utils._pytree.tree_leaves
    args, kwargs = tuple(args), dict(kwargs)
    with taeda.random.fork_rng():
        state = taeda.get_rng_state()
        wanted = leaves(function(*copied(args), **copied(kwargs)))
        taeda.set_rng_state(state)
        found = leaves(Runner(graph).run(root, copied(args), copied(kwargs)))
    same = len(found) == len(wanted) and all(
        (a.shape == b.shape and a.dtype == b.dtype and bool(((a == b) | ((a != a) & (b != b))).all()))
        if isinstance(a, taeda.Tensor) and isinstance(b, taeda.Tensor) else a == b
        for a, b in zip(found, wanted, strict=True))
    if not same:
        raise TracingCheckError(
            f"the recorded program of {name} does not give what {name} gives for the example inputs: something in it "
            "is no op of Taeda, or depends on what is outside of it")


def _record_module(module: Module, examples: Any) -> tuple[Module, dict[str, Graph]]:
    """The module and the graphs of `forward` and of exported methods."""
    exported = [name for name in dir(type(module))
                if getattr(getattr(type(module), name, None), "_exported", False) and name != "forward"]
    graphs: dict[str, Graph] = {}
    chosen = examples or {}
    root: Any = None
    for name in ("forward", *exported):
        given = chosen.get(name)
        if name == "forward" and given is None and type(module).forward is Module.forward:
            continue
        args, kwargs = given if given is not None else (None, None)
        made, graphs[name] = record(module, args, kwargs, name)
        if root is None:
            root = made
        else:
            _take_constants(root, made, graphs[name])
        if given is not None:
            _check(getattr(copy.deepcopy(module), name), copy.deepcopy(made), graphs[name], args, kwargs,
                   f"{type(module).__name__}.{name}")
    if root is None:
        raise RuntimeError(f"{type(module).__name__} has no forward to record")
    return root, graphs


def _take_constants(root: Any, made: Any, graph: Graph) -> None:
    """Let constants of a further graph be attributes of the first module too."""
    for node in graph.nodes:
        if node.op == "get_attr" and node.target.startswith("_tensor_constant"):
            name = node.target
            if hasattr(root, name):
                fresh = f"{name}_{len(vars(root))}"
                setattr(root, fresh, getattr(made, name))
                node.target = fresh
            else:
                setattr(root, name, getattr(made, name))


def _record_function(function: ScriptFunction) -> tuple[Module, dict[str, Graph]]:
    args, kwargs = function._examples or (None, None)
    root, graph = record(function._function, args, kwargs)
    if args is not None:
        _check(function._function, root, graph, args, kwargs, function.__name__)  # type: ignore[attr-defined]
    return root, {"forward": graph}


# -- files -------------------------------------------------------------------------------------------------------------


class _Loaded(RecursiveScriptModule):
    """A program from a file: a module with its layers and tensors, whose methods are the recorded ones."""

    def __init__(self, name: str) -> None:
        super().__init__()
        vars(self)["_original_name"] = name
        vars(self)["_graphs"] = {}
        vars(self)["_runners"] = {}

    @property
    def original_name(self) -> str:
        return str(self._original_name)

    def _get_name(self) -> str:
        return f"RecursiveScriptModule[{self._original_name}]"

    def _take(self, graphs: dict[str, Graph]) -> None:
        vars(self)["_graphs"] = graphs
        vars(self)["_runners"] = {name: Runner(graph) for name, graph in graphs.items()}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        if "forward" not in self._runners:
            raise NotImplementedError(f"{self._original_name} has no forward of its own in the program")
        return self._runners["forward"].run(self, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        runner = vars(self).get("_runners", {}).get(name)
        if runner is not None:
            return lambda *args, **kwargs: runner.run(self, args, kwargs)
        return super().__getattr__(name)

    def _recorded(self) -> tuple[Module, dict[str, Graph]]:
        return self, self._graphs

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied, graphs = build(copy.deepcopy(describe(self, self._graphs)), _Loaded)
        copied._take(graphs)
        return copied


def save(m: Any, f: Any, _extra_files: dict[str, Any] | None = None) -> None:
    """Write the program of a scripted or traced module or function, and its tensors, to a file.

    The calls are recorded now. After `trace` with its example inputs: the program is checked to give the same bits, and
    may depend on them, which it checks when it runs. After `script` without: what the program does must not depend on
    its inputs, as `if x.sum() > 0` does. Dropout and batch norm go on to follow `train()` and `eval()`.

    _extra_files: texts or bytes by name, which go into the file.

    Raises NotImplementedError, naming it, for what cannot be recorded; TracingCheckError where results differ.

    Example::

        >>> import io
        >>> import taeda as torch
        >>> model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
        >>> file = io.BytesIO()
        >>> torch.jit.save(torch.jit.trace(model, torch.ones(1, 3)), file)
        >>> _ = file.seek(0)
        >>> loaded = torch.jit.load(file)
        >>> x = torch.randn(5, 3)
        >>> torch.equal(loaded(x), model(x))
        True
    """
    if isinstance(m, ScriptFunction):
        root, graphs = _record_function(m)
        name = getattr(m, "__name__", "function")
    elif isinstance(m, _Loaded):
        root, graphs = m._recorded()
        name = m._original_name
    elif isinstance(m, Module) and is_plain_layer(_plain(m)):  # a layer of taeda.nn needs no recording
        root, graphs = _plain(m), {}
        name = type(m).__name__
    elif isinstance(m, Module):
        root, graphs = _record_module(m, _examples_of(m))
        name = type(m).__name__
    else:
        raise TypeError(f"torch.jit.save: expected a module or function of torch.jit.script or trace, got {type(m)}")
    data = describe(root, graphs)
    data["name"] = str(name)
    data["extra files"] = {str(k): v if isinstance(v, bytes) else str(v) for k, v in (_extra_files or {}).items()}
    taeda.save(data, f)


def load(f: Any, map_location: Any = None, _extra_files: dict[str, Any] | None = None,
         _restore_shapes: bool = False) -> Any:
    """A program from a file that `save` wrote: a module, called as the one that was saved. No code is run to read it.

    map_location: as for `taeda.load`. _extra_files: a dict whose keys name texts of the file; they become its values.

    Raises NotImplementedError for a TorchScript program that PyTorch wrote, ProgramError for a damaged one.
    """
    if isinstance(f, str | os.PathLike) and not os.path.exists(f):
        raise ValueError(f"The provided filename {f} does not exist")
    if _is_torchscript(f):
        raise NotImplementedError("this is a TorchScript program that PyTorch wrote, whose code Taeda does not read; "
                                  "load its state_dict() into the class that it was made of, and trace that")
    data = taeda.load(f, map_location)
    module, graphs = build(data, _Loaded)
    if isinstance(module, _Loaded):
        module._take(graphs)
    else:
        module = as_script(module, RecursiveScriptModule)
    if _extra_files is not None:
        for name in _extra_files:
            if name in data.get("extra files", {}):
                _extra_files[name] = data["extra files"][name]
    return module


def _is_torchscript(f: Any) -> bool:
    start = f.tell() if hasattr(f, "tell") else None
    try:
        with zipfile.ZipFile(f) as archive:
            return any("/code/" in name for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, AttributeError):
        return False
    finally:
        if start is not None:
            f.seek(start)
