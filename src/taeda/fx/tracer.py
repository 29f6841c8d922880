"""Tracing: a module or function is run on stand-ins, and the graph of its calls is what they noted."""

from __future__ import annotations

import inspect
import math
import types
import warnings
from collections.abc import Callable
from typing import Any

import taeda
from taeda.fx.graph import Graph
from taeda.fx.graph_module import GraphModule
from taeda.fx.proxy import Proxy, TracerBase
from taeda.nn import Module, Sequential

__all__ = ["PH", "ProxyableClassMeta", "Tracer", "is_fx_tracing", "symbolic_trace", "wrap"]

_wrapped: dict[tuple[int, str], dict[str, Any]] = {}  # the namespaces whose names are replaced while tracing
_wrapped_functions: set[int] = set()
_tracing = 0


class PHBase:
    """As an entry of `concrete_args`: an input after all."""

    def __repr__(self) -> str:
        return "PH"


PH = PHBase()


def is_fx_tracing() -> bool:
    """Whether this code is being traced."""
    return _tracing > 0


def wrap(fn_or_name: Any) -> Any:
    """Let calls of a function be one node each instead of being traced through.

    Called at module level with the name of a global or built-in function, or as a decorator of a function there.
    """
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    if callable(fn_or_name):
        name = fn_or_name.__name__
        _wrapped_functions.add(id(fn_or_name))
    else:
        name = fn_or_name
    frame = inspect.currentframe()
    caller = frame.f_back if frame is not None else None
    if caller is None or caller.f_code.co_name != "<module>":
        raise NotImplementedError("wrap must be called at the top level of a module")
    _wrapped[id(caller.f_globals), name] = caller.f_globals
    return fn_or_name


def is_wrapped(function: Any) -> bool:
    """Whether `wrap` was told of this function."""
    return id(function) in _wrapped_functions or any(names.get(n) is function for (_, n), names in _wrapped.items())


def _first_proxy(arguments: Any) -> Proxy | None:
    found: list[Proxy] = []

    def look(a: Any) -> None:
        if isinstance(a, Proxy):
            found.append(a)
        elif isinstance(a, tuple | list):
            for item in a:
                look(item)
        elif isinstance(a, dict):
            for item in a.values():
                look(item)

    look(arguments)
    return found[0] if found else None


def _noted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that becomes a node where an argument is a proxy."""

    def call(*args: Any, **kwargs: Any) -> Any:
        proxy = _first_proxy((args, kwargs))
        if proxy is None:
            return function(*args, **kwargs)
        return proxy.tracer.create_proxy("call_function", function, args, kwargs)

    return call


class ProxyableClassMeta(type):
    """Metaclass of a class whose construction from proxies becomes a node."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        proxy = _first_proxy((args, kwargs))
        if proxy is None:
            return super().__call__(*args, **kwargs)
        return proxy.tracer.create_proxy("call_function", cls, args, kwargs)


class _Replaced:
    """Names and attributes that are other ones for a while."""

    def __init__(self) -> None:
        self.undo: list[Callable[[], Any]] = []

    def item(self, names: dict[str, Any], name: str, value: Any) -> None:
        if name in names:
            old = names[name]
            self.undo.append(lambda: names.__setitem__(name, old))
        else:
            self.undo.append(lambda: names.pop(name, None))
        names[name] = value

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        old = owner.__dict__[name]
        self.undo.append(lambda: setattr(owner, name, old))
        setattr(owner, name, value)

    def __enter__(self) -> _Replaced:
        return self

    def __exit__(self, *error: Any) -> None:
        for step in reversed(self.undo):
            step()


class Tracer(TracerBase):
    """Runs a module on proxies. A subclass says what is a leaf (`is_leaf_module`), or sees each call.

    Example::

        >>> import taeda, taeda.fx
        >>> class Whole(taeda.fx.Tracer):
        ...     def is_leaf_module(self, m, path):
        ...         return False
        >>> graph = Whole().trace(taeda.nn.Sequential(taeda.nn.ReLU()))
        >>> [node.op for node in graph.nodes]
        ['placeholder', 'call_function', 'output']
    """

    def __init__(
        self, autowrap_modules: tuple[types.ModuleType, ...] = (math,),
        autowrap_functions: tuple[Callable[..., Any], ...] = (), param_shapes_constant: bool = False,
    ) -> None:
        super().__init__()
        self._autowrap_functions = {
            id(f): f for module in autowrap_modules for n, f in vars(module).items()
            if not n.startswith("_") and callable(f)
        }
        self._autowrap_functions.update((id(f), f) for f in autowrap_functions)
        self.param_shapes_constant = param_shapes_constant
        self.submodule_paths: dict[Module, str] | None = None
        self.root: Any = None
        self.tensor_attrs: dict[int, str] = {}
        self._proxies: dict[str, Proxy] = {}

    # -- what a subclass may change ------------------------------------------------------------------------------------

    def is_leaf_module(self, m: Module, module_qualified_name: str) -> bool:
        """Whether calls of this module are one node each: PyTorch's own are, but Sequential."""
        home = m.__module__
        return home.startswith(("torch.nn", "torch.ao.nn", "taeda.nn")) and not isinstance(m, Sequential)

    def path_of_module(self, mod: Module) -> str:
        """The path of a module below the root; NameError if it is none of its."""
        if self.submodule_paths is not None:
            path = self.submodule_paths.get(mod)
            if path is None:
                raise NameError("module is not installed as a submodule")
            return path
        for name, module in self.root.named_modules():
            if module is mod:
                return str(name)
        raise NameError("module is not installed as a submodule")

    def call_module(
        self, m: Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """What a call of a submodule means: a node for a leaf, else its `forward` is traced too."""
        path = self.path_of_module(m)
        if self.is_leaf_module(m, path):
            return self.create_proxy("call_module", path, args, kwargs)
        return forward(*args, **kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """What reading an attribute of a module means: parameters become nodes (buffers if wanted)."""
        kinds: list[Any] = []
        if isinstance(attr_val, taeda.nn.Parameter):
            kinds.append(self.root.named_parameters())
        elif self.proxy_buffer_attributes and isinstance(attr_val, taeda.Tensor):
            kinds.append(self.root.named_buffers())
        for name, value in (pair for kind in kinds for pair in kind):
            if attr_val is value:
                if name not in parameter_proxy_cache:
                    parameter_proxy_cache[name] = self.create_proxy("get_attr", name, (), {})
                return parameter_proxy_cache[name]
        return attr_val

    # -- values --------------------------------------------------------------------------------------------------------

    def get_fresh_qualname(self, prefix: str) -> str:
        """The first of `prefix`0, `prefix`1, .. that the root has no attribute for."""
        k = 0
        while hasattr(self.root, f"{prefix}{k}"):
            k += 1
        return f"{prefix}{k}"

    def create_arg(self, a: Any) -> Any:
        """A value as an argument of a node; tensors become attributes of the root."""
        if isinstance(a, taeda.nn.Parameter):
            for name, parameter in self.root.named_parameters():
                if a is parameter:
                    return self.create_node("get_attr", name, (), {})
            raise NameError("parameter is not a member of this module")
        if isinstance(a, taeda.Tensor):
            for name, buffer in self.root.named_buffers():
                if a is buffer:
                    return self.create_node("get_attr", name, (), {})
            path = self.tensor_attrs.get(id(a))
            if path is None:
                path = self.get_fresh_qualname("_tensor_constant")
                self.tensor_attrs[id(a)] = path
                setattr(self.root, path, a)
            return self.create_node("get_attr", path, (), {})
        if isinstance(a, Module):
            return self.create_node("get_attr", self.path_of_module(a), (), {})
        return super().create_arg(a)

    # -- tracing -------------------------------------------------------------------------------------------------------

    def create_args_for_root(
        self, root_fn: Any, is_module: bool, concrete_args: dict[str, Any] | None = None
    ) -> tuple[Any, list[Any]]:
        """Placeholders for the parameters of a function, and the arguments to call it with."""
        function = inspect.unwrap(root_fn)
        if not hasattr(function, "__code__"):
            raise TypeError(f"symbolic_trace takes a module or a Python function, not {type(function).__name__}")
        code = function.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        names = list(code.co_varnames)
        args: list[Any] = [self.root] if is_module else []
        if is_module and not names:
            raise RuntimeError("``self`` argument cannot be part of *args expansion!")
        if concrete_args and any(isinstance(v, tuple | list | dict) for v in concrete_args.values()):
            raise NotImplementedError("concrete_args that are containers: give the values one by one")
        signature = inspect.signature(function)
        self._made = 0
        for name in names[len(args):count]:
            args.append(self._placeholder(name, signature.parameters.get(name), function, concrete_args or {}))
        if code.co_flags & inspect.CO_VARARGS:
            args.append(self._placeholder("*" + names[count], None, function, {}))
            count += 1
        if code.co_flags & inspect.CO_VARKEYWORDS:
            args.append(self._placeholder("**" + names[count], None, function, {}))
        return function, args

    def _placeholder(self, name: str, parameter: Any, function: Any, concrete: dict[str, Any]) -> Any:
        if name in concrete and concrete[name] is not PH:
            self._made += 1
            value = concrete[name]
            proxy = self.create_proxy("placeholder", f"{name}_{self._made}", _default_of(parameter), {})
            if value is None:
                message = f"{name} has been specialized to have value None but got another value"
                self.create_proxy("call_function", _assert_is_none, (proxy, message), {})
            elif isinstance(value, bool | int | float | str):
                self.create_proxy(
                    "call_function", taeda._assert,
                    (proxy == value, f"{name} has been specialized to have value {value} but got another value"), {},
                )
            else:
                warnings.warn(
                    f"Was not able to add assertion to guarantee correct input {name} to specialized function. It is "
                    "up to the user to make sure that your inputs match the inputs you specialized the function with.",
                    stacklevel=2,
                )
            return value
        kind = function.__annotations__.get(name.lstrip("*")) if not name.startswith("*") else None
        return self.create_proxy("placeholder", name, _default_of(parameter), {}, type_expr=kind)

    def trace(self, root: Any, concrete_args: dict[str, Any] | None = None) -> Graph:
        """The graph of a module, or of a function."""
        global _tracing
        if isinstance(root, Module):
            self.root = root
            function = getattr(type(root), self.traced_func_name)
            self.submodule_paths = {module: name for name, module in root.named_modules()}
            self.root_module_name = type(root).__name__
        else:
            self.root = Module()
            function = root
        self.graph = Graph(tracer_cls=type(self))
        self.tensor_attrs = _tensor_attributes(self.root)
        self._proxies = {}
        body, args = self.create_args_for_root(function, isinstance(root, Module), concrete_args)
        _tracing += 1
        try:
            with _Replaced() as replaced:
                self._replace_names(replaced, body)
                result = self.create_arg(_call_spread(body, args))
                self.create_node(
                    "output", "output", (result,), {}, type_expr=body.__annotations__.get("return")
                )
        finally:
            _tracing -= 1
            self.submodule_paths = None
        return self.graph

    def _replace_names(self, replaced: _Replaced, function: Any) -> None:
        """Until `replaced` ends: modules ask this tracer, and wrapped functions note their calls."""
        plain_call, plain_getattr = Module.__call__, Module.__getattr__
        tracer = self

        def call(module: Module, *args: Any, **kwargs: Any) -> Any:
            def forward(*args: Any, **kwargs: Any) -> Any:
                return plain_call(module, *args, **kwargs)

            tracer._wrap_globals(replaced, getattr(module.forward, "__globals__", {}))
            return tracer.call_module(module, forward, args, kwargs)

        def get(module: Module, name: str) -> Any:
            return tracer.getattr(name, plain_getattr(module, name), tracer._proxies)

        replaced.attribute(Module, "__call__", call)
        replaced.attribute(Module, "__getattr__", get)
        self._wrap_globals(replaced, function.__globals__)
        for (_, name), names in _wrapped.items():
            found = names[name] if name in names else _builtin(name)
            if found is not None:
                replaced.item(names, name, _noted(found))

    def _wrap_globals(self, replaced: _Replaced, names: dict[str, Any]) -> None:
        for name, value in list(names.items()):
            if not name.startswith("_") and callable(value) and id(value) in self._autowrap_functions:
                replaced.item(names, name, _noted(value))
            elif value is math and any(f is math.sqrt for f in self._autowrap_functions.values()):
                replaced.item(names, name, _noted_math(self._autowrap_functions))


def _noted_math(functions: dict[int, Any]) -> types.SimpleNamespace:
    """`math` with functions that note calls of proxies."""
    return types.SimpleNamespace(
        **{n: _noted(f) if id(f) in functions else f for n, f in vars(math).items() if not n.startswith("__")}
    )


def _builtin(name: str) -> Any:
    import builtins

    return getattr(builtins, name, None)


def _call_spread(function: Any, args: list[Any]) -> Any:
    """Call with one value for each parameter: those after `*` by name, those of *args and **kwargs as they are."""
    code = function.__code__
    positional, named = code.co_argcount, code.co_kwonlyargcount
    spread = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
    if spread:  # proxies cannot be spread: the function is called as one that has plain parameters in their place
        flags = code.co_flags & ~(inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
        code = code.replace(co_flags=flags, co_argcount=len(args), co_kwonlyargcount=0, co_posonlyargcount=0)
        plain = types.FunctionType(code, function.__globals__, function.__name__, None, function.__closure__)
        return plain(*args)
    names = code.co_varnames[positional:positional + named]
    return function(*args[:positional], **dict(zip(names, args[positional:], strict=True)))


def _assert_is_none(value: Any, msg: str) -> None:
    assert value is None, msg


def _tensor_attributes(root: Module) -> dict[int, str]:
    """The tensors that modules below `root` hold as plain attributes, by identity."""
    found: dict[int, str] = {}
    for path, module in root.named_modules():
        for name, value in vars(module).items():
            if isinstance(value, taeda.Tensor):
                found[id(value)] = f"{path}.{name}" if path else name
    return found


def _default_of(parameter: Any) -> tuple[Any, ...]:
    """The arguments of the placeholder for a parameter: its default, where it has one."""
    return () if parameter is None or parameter.default is inspect.Parameter.empty else (parameter.default,)


def symbolic_trace(root: Any, concrete_args: dict[str, Any] | None = None) -> GraphModule:
    """A module or function as a `GraphModule`.

    `concrete_args`: values of parameters that the trace is to be made for; a call with other values fails.
    """
    tracer = Tracer()
    graph = tracer.trace(root, concrete_args)
    name = type(root).__name__ if isinstance(root, Module) else root.__name__
    return GraphModule(tracer.root, graph, name)
