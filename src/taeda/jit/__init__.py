"""`torch.jit`: functions and modules go on being Python, and can be saved as programs that load without their source.

`script` and `trace` give back something that is called as before; every op of Taeda is compiled anyway. `save` records
what they call (recorder.py), as a graph whose ops, layers of taeda.nn and tensors are plain data (program.py),
checks that it gives the same bits, and writes it; `load` makes a module of it (scripted.py).
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from taeda._module_tree import open_package
from taeda.assertions import check_type
from taeda.futures import Future
from taeda.jit.program import ProgramError
from taeda.jit.recorder import TracerWarning
from taeda.jit.scripted import (
    RecursiveScriptModule,
    ScriptFunction,
    ScriptModule,
    TopLevelTracedModule,
    TracedModule,
    TracingCheckError,
    as_script,
    load,
    save,
)
from taeda.nn.module import Module
from taeda.utils.small import set_module

__all__ = [
    "Attribute", "CompilationUnit", "Error", "Final", "Future", "ProgramError", "RecursiveScriptModule",
    "ScriptFunction", "ScriptModule", "ScriptWarning", "TopLevelTracedModule", "TracedModule", "TracerWarning",
    "TracingCheckError", "annotate", "enable_onednn_fusion", "export", "export_opnames", "fork", "freeze", "fuser",
    "ignore", "interface", "is_scripting", "is_tracing", "isinstance", "load", "onednn_fusion_enabled",
    "optimize_for_inference", "optimized_execution", "run_frozen_optimizations", "save", "script",
    "script_if_tracing", "script_method", "set_fusion_strategy", "set_module", "strict_fusion", "trace",
    "trace_module", "unused", "wait",
]  # fmt: skip

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Error(RuntimeError):
    """What PyTorch raises inside scripted code."""


class ScriptWarning(Warning):
    """What scripting has to say about code."""


def is_scripting() -> bool:
    """Whether this code is being scripted: False, it is Python."""
    return False


def is_tracing() -> bool:
    """Whether this call is being traced: False."""
    return False


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None, example_inputs: Any = None) -> Any:
    """A function as a ScriptFunction, a module as a ScriptModule of the same class: called as before, and with `save`.

    Classes and other kinds of script are given back. example_inputs: a tuple of arguments (or a list of such tuples, of
    which the first counts), with which the program may go ways that depend on its inputs (see `save`).
    """
    if isinstance_(obj, ScriptModule | ScriptFunction | type):
        return obj
    examples: Any = None
    if example_inputs is not None:
        if isinstance_(example_inputs, dict):  # by module
            example_inputs = next(iter(example_inputs.values()))
        first = example_inputs[0] if isinstance_(example_inputs, list) else example_inputs
        examples = (first if isinstance_(first, tuple) else (first,), {})
    if isinstance_(obj, Module):
        return as_script(obj, RecursiveScriptModule, {"forward": examples} if examples else None)
    if not callable(obj):
        raise RuntimeError(f"Cannot script {obj!r}: it is no function, module or class")
    return ScriptFunction(obj, examples)


def trace(
    func: Any, example_inputs: Any = None, optimize: Any = None, check_trace: bool = True, check_inputs: Any = None,
    check_tolerance: float = 1e-5, strict: bool = True, _force_outplace: bool = False, _module_class: Any = None,
    _compilation_unit: Any = None, example_kwarg_inputs: dict[str, Any] | None = None, _store_inputs: bool = True,
) -> Any:
    """`func`, a function or module, called once with the example inputs to see that it runs, with `save`.

    It goes on being Python, so what depends on values goes on depending on them. What is saved is recorded with the
    example inputs; the checks and tolerances of PyTorch are not needed, since saving compares bits.

    Example::

        >>> import taeda as torch
        >>> double = torch.jit.trace(lambda x: x * 2, torch.ones(2))
        >>> print(double.code.strip())
        def forward(self, x):
            mul = x * 2;  x = None
            return mul
    """
    if example_inputs is None and example_kwarg_inputs is None:
        raise RuntimeError("example_kwarg_inputs should be a dict, or give example_inputs")
    inputs = () if example_inputs is None else example_inputs
    if isinstance_(inputs, list):
        inputs = tuple(inputs)
    inputs = inputs if isinstance_(inputs, tuple) else (inputs,)
    named = dict(example_kwarg_inputs or {})
    if inspect.ismethod(func) and isinstance_(func.__self__, Module):
        return trace_module(func.__self__, {func.__name__: inputs})
    if not callable(func):
        raise RuntimeError(f"Could not get name of python class object\ncannot trace {func!r}: it is no function and "
                           "no module")
    func(*inputs, **named)
    if isinstance_(func, Module):
        return as_script(func, TopLevelTracedModule, {"forward": (inputs, named)})
    return ScriptFunction(func._function if isinstance_(func, ScriptFunction) else func, (inputs, named))


def trace_module(
    mod: Any, inputs: dict[str, Any], optimize: Any = None, check_trace: bool = True, check_inputs: Any = None,
    check_tolerance: float = 1e-5, strict: bool = True, *rest: Any, **options: Any,
) -> Any:
    """`mod`, of which the named methods are called once with their inputs, with `save`."""
    if not isinstance_(mod, Module):
        raise AttributeError("expected torch.nn.Module as the first argument")
    if not isinstance_(inputs, dict):
        raise AttributeError("expected a dictionary of (method_name, input) pairs")
    examples: dict[str, Any] = {}
    for name, given in inputs.items():
        args = given if isinstance_(given, tuple) else (given,)
        getattr(mod, name)(*args)
        examples[name] = (args, {})
    made = as_script(mod, TopLevelTracedModule, examples)
    for name in inputs:
        if name != "forward":
            setattr(type(made), name, export(_renamed(getattr(type(made), name))))
    return made


def _renamed(method: Any) -> Any:
    """A method of its own, that can be marked."""
    import functools

    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, *args, **kwargs)

    return call


def script_if_tracing(fn: _Function) -> _Function:
    """`fn`."""
    return fn


def script_method(fn: _Function) -> _Function:
    """`fn`."""
    return fn


def export(fn: _Function) -> _Function:
    """`fn`, a method that is saved with its module, beside `forward`."""
    fn._exported = True  # type: ignore[attr-defined]
    return fn


def unused(fn: _Function) -> _Function:
    """`fn`, which PyTorch would leave out."""
    return fn


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """A function that PyTorch would leave to Python, as it is. Also called with options first."""
    return drop if callable(drop) else lambda fn: fn


def interface(obj: Any) -> Any:
    """The class `obj`."""
    return obj


def annotate(the_type: Any, the_value: Any) -> Any:
    """`the_value`."""
    return the_value


class Attribute:
    """A value with the type that PyTorch's compiler is to give it."""

    def __init__(self, value: Any, type: Any) -> None:
        self.value = value
        self.type = type


class strict_fusion:  # noqa: N801, PyTorch's name
    """A block in which PyTorch would insist on fusing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        return None


isinstance_ = isinstance


def isinstance(obj: Any, target_type: Any) -> bool:  # noqa: A001, PyTorch's name
    """Whether `obj` is of this type, which may have parameters (List[int])."""
    import typing

    origin = typing.get_origin(target_type)
    if isinstance_(target_type, tuple):
        return any(isinstance(obj, t) for t in target_type)
    if origin is None:
        return isinstance_(obj, target_type)
    arguments = typing.get_args(target_type)
    if origin is typing.Union:
        return any(isinstance(obj, t) for t in arguments)
    if not isinstance_(obj, origin):
        return False
    if origin is dict:
        return all(isinstance(k, arguments[0]) and isinstance(v, arguments[1]) for k, v in obj.items())
    if origin is tuple:
        return len(obj) == len(arguments) and all(isinstance(v, t) for v, t in zip(obj, arguments, strict=True))
    return all(isinstance(v, arguments[0]) for v in obj)


# -- what PyTorch's compiler of scripts can be told --------------------------------------------------------------------


def freeze(mod: Any, preserved_attrs: list[str] | None = None, optimize_numerics: bool = True) -> Any:
    """A module in evaluation mode, whose parameters are not trained any more: a copy of `mod`.

    Raises RuntimeError for a module that is training.
    """
    import copy

    if not isinstance_(mod, ScriptModule):
        raise RuntimeError("Freezing expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace "
                           "to script your 'nn.Module'.")
    if mod.training:
        raise RuntimeError("Freezing is currently only implemented for modules in eval mode. Please call .eval() on "
                           "your module before freezing.")
    return copy.deepcopy(mod).requires_grad_(False)


def optimize_for_inference(mod: Any, other_methods: list[str] | None = None) -> Any:
    """`mod` frozen, unless it is."""
    if not isinstance_(mod, ScriptModule):
        raise RuntimeError("optimize_for_inference expects a ScriptModule, which torch.jit.script or torch.jit.trace "
                           f"makes, not {type(mod).__name__}")
    return freeze(mod.eval()) if any(p.requires_grad for p in mod.parameters()) else mod


def run_frozen_optimizations(mod: Any, optimize_numerics: bool = True, preserved_methods: Any = None) -> None:
    """Nothing: programs are compiled op by op, frozen or not."""


def export_opnames(m: Any) -> list[str]:
    """The names of the ops that the program of a script calls, sorted."""
    from taeda.jit.program import _name_of

    names = {_name_of(n.target) for n in m.graph.nodes if n.op == "call_function"}
    return sorted(names | {f"torch.Tensor.{n.target}" for n in m.graph.nodes if n.op == "call_method"})


class CompilationUnit:
    """Functions from a text of Python, as attributes.

    Example::

        >>> import taeda as torch
        >>> unit = torch.jit.CompilationUnit("def double(x): return x * 2")
        >>> unit.double(torch.ones(1))
        tensor([2.])
    """

    def __init__(self, lang: str | None = None, _frames_up: int = 0) -> None:
        if lang is not None:
            self.define(lang)

    def define(self, lang: str, rcb: Any = None, _frames_up: int = 0) -> None:
        """Add the functions of a text, which can call `torch`."""
        import math
        import textwrap

        import taeda

        names: dict[str, Any] = {"torch": taeda, "math": math, "Tensor": taeda.Tensor}
        known = set(names)
        exec(compile(textwrap.dedent(lang), "<CompilationUnit>", "exec"), names)
        for name, value in names.items():
            if name not in known and inspect.isfunction(value):
                setattr(self, name, ScriptFunction(value))


def set_fusion_strategy(strategy: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Which sizes PyTorch would compile for; gives what was set before. Eager kernels here are for all sizes."""
    global _strategy
    before, _strategy = _strategy, strategy
    return before


_strategy: list[tuple[str, int]] = [("STATIC", 2), ("DYNAMIC", 10)]
_onednn = False


def enable_onednn_fusion(enabled: bool) -> None:
    """Whether PyTorch would use oneDNN in scripts: kept, and without effect, as there is none."""
    global _onednn
    _onednn = bool(enabled)


def onednn_fusion_enabled() -> bool:
    """What enable_onednn_fusion said."""
    return _onednn


@contextlib.contextmanager
def fuser(name: str) -> Iterator[None]:
    """A block in which PyTorch would fuse with "fuser0" to "fuser3": checked, and without effect."""
    if name not in ("fuser0", "fuser1", "fuser2", "fuser3"):
        raise Exception(f"unrecognized fuser option (name: {name})")
    yield


@contextlib.contextmanager
def optimized_execution(should_optimize: bool) -> Iterator[None]:
    """A block in which PyTorch would optimise scripts, or not: without effect."""
    yield


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future:
    """A future with what `func` returns, which is called at once."""
    made = Future()
    try:
        made.set_result(func(*args, **kwargs))
    except Exception as error:
        made.set_exception(error)
    return made


def wait(future: Any) -> Any:
    """The result of a future."""
    check_type("wait", "future", future, Future)
    return future.wait()


_script_if_tracing = script_if_tracing


def _overload(function: Any) -> Any:
    """A signature among several of TorchScript: the last definition is what Python calls."""
    return function


_overload_method = _overload

open_package(globals())
