"""`torch.jit` for programs that only decorate with it: functions and modules go on being Python.

`script` and `trace` give back something that is called as before. Nothing is compiled by them (every op of Taeda is
compiled anyway), and saving a program without its source is not there yet.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, TypeVar

from taeda.nn.module import Module

__all__ = [
    "Attribute", "Error", "Final", "ScriptFunction", "ScriptModule", "annotate", "export", "ignore", "interface",
    "is_scripting", "is_tracing", "isinstance", "load", "save", "script", "script_if_tracing", "script_method",
    "strict_fusion", "trace", "trace_module", "unused",
]  # fmt: skip

_Function = TypeVar("_Function", bound=Callable[..., Any])
ScriptModule = Module


class Error(RuntimeError):
    """What PyTorch raises inside scripted code."""


class ScriptFunction:
    """A function that was given to `script` or `trace`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def save(self, f: Any, *args: Any, **kwargs: Any) -> None:
        """Not there yet."""
        save(self, f)


def is_scripting() -> bool:
    """Whether this code is being scripted: False, it is Python."""
    return False


def is_tracing() -> bool:
    """Whether this call is being traced: False."""
    return False


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None, example_inputs: Any = None) -> Any:
    """A function as a ScriptFunction; a module or a class as it is."""
    if isinstance_(obj, (Module, type, ScriptFunction)):
        return obj
    if not callable(obj):
        raise RuntimeError(f"Cannot script {obj!r}: it is no function, module or class")
    return ScriptFunction(obj)


def trace(func: Any, example_inputs: Any = None, *args: Any, **kwargs: Any) -> Any:
    """`func`, called once with the example inputs to see that it runs. It goes on being Python, so what depends on
    values goes on depending on them."""
    if example_inputs is not None:
        inputs = example_inputs if isinstance_(example_inputs, tuple) else (example_inputs,)
        func(*inputs)
    return func if isinstance_(func, (Module, ScriptFunction)) else ScriptFunction(func)


def trace_module(mod: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    """`mod`, of which the named methods are called once with their inputs."""
    for name, given in inputs.items():
        getattr(mod, name)(*(given if isinstance_(given, tuple) else (given,)))
    return mod


def script_if_tracing(fn: _Function) -> _Function:
    """`fn`."""
    return fn


def script_method(fn: _Function) -> _Function:
    """`fn`."""
    return fn


def export(fn: _Function) -> _Function:
    """`fn`, which PyTorch would compile with its module."""
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


def save(m: Any, f: Any, *args: Any, **kwargs: Any) -> None:
    """Not there yet."""
    raise NotImplementedError("saving a scripted program is not there yet; save its state_dict() and keep the source")


def load(f: Any, *args: Any, **kwargs: Any) -> Any:
    """Not there yet."""
    raise NotImplementedError("loading a TorchScript program is not there yet; load a state_dict() into its class")
