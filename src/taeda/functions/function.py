"""How a public function that is Python at run time is defined: the decorator `@function`.

Most of the public API are ops (ops/), which are compiled. What cannot be one, because its structure depends on sizes or
values, or because it computes nothing (conversions, random state), is a function: a Python body behind a schema::

    @function(method=True, out=True)
    def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
        \"\"\"The coordinates of the first `size` elements that are not zero.\"\"\"
        ...

The annotations are those of ops (the table in ARCHITECTURE.md), and the core fits the arguments of a call to them as it
does for ops: the errors are the same, lists become tuples, sizes tuples of ints, numbers in tensors Python numbers, and
what is left out takes its default.

The files of functions are imported when one of their functions is called for the first time. What users see is made
from the schemas, which are kept as data (_schemas.py).

Samples are those of ops: `@some_function.samples` decorates a generator of calls for the generated tests.

Options:

=======================  ============================================================================================
public="name"            the public name where it is not the body's own
overload="suffix"        one of several definitions under the public name; they are tried in order of definition
modules=("torch",)       where it is a function: "torch", "nn.functional", "linalg", ..; () for methods only
method=True              also a method of tensors
out=True                 accepts out=, which the core writes the results to. Functions that need to see it (those that
                         take their dtype from it) have a parameter of that name instead
spread="tensors"         the parameter that may be given as several positional arguments, einsum(equation, a, b), or
                         "" for none (default: the first of sizes or dimensions, zeros(2, 3))
autocast="float32"       as for ops (ops/op.py)
aliases=("trapz",)       further public names
fields=("values", ..)    names of the results: the body gives a tuple, and it comes as a named one
view=True                the result is a view of the first argument
overridable=False        other types do not take calls over: it says what a value is, whoever's it is
inplace=True             of a view: tensors have a method name_ that makes the tensor itself what the view is
=======================  ============================================================================================
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from taeda.ops.signature import Sample, parameters_of


class Function:
    """A definition. Calling it runs the body on arguments that are already plain."""

    def __init__(self, body: Callable[..., Any], *, public: str = "", overload: str = "",
                 modules: tuple[str, ...] = ("torch",), method: bool = False, out: bool = False,
                 spread: str | None = None, aliases: tuple[str, ...] = (), autocast: str = "",
                 fields: tuple[str, ...] | None = None, view: bool = False, inplace: bool = False,
                 overridable: bool = True):
        self.body = body
        if inplace and not (view and method):
            raise TypeError(f"{body.__name__}: of functions only methods that are views have an in-place form")
        self.public = public or body.__name__
        # Unique among functions and ops, whose names have no module.
        home = modules[0] if modules else "Tensor"
        self.name = f"{home}.{self.public}.{overload}" if overload else f"{home}.{self.public}"
        self.modules = modules
        self.method = method
        self.out = out
        self.spread = spread
        self.aliases = aliases
        self.autocast = autocast
        self.fields = fields
        self.overridable = overridable
        self.kind = "function"
        self.is_view, self.inplace = view, inplace
        self.operators = ()
        # from__ is `from` to users, which Python does not take as a name.
        self.parameters = [p._replace(name=p.name.removesuffix("__")) for p in parameters_of(body)]
        self.sample_function: Callable[..., Iterator[Sample]] | None = None
        self.__doc__ = body.__doc__
        self.__name__ = body.__name__
        if self.name in definitions:
            raise ValueError(f"there are two functions named {self.name!r}; give one of them overload= or public=")
        definitions[self.name] = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.body(*args, **kwargs)

    def samples(self, generator: Callable[..., Iterator[Sample]]) -> Function:
        """Decorator: sample inputs for the generated tests."""
        self.sample_function = generator
        return self

    def schema(self) -> dict[str, Any]:
        """This function as plain data: what Op.schema gives, and where the body is."""
        return {
            "name": self.name,
            "public": self.public,
            "aliases": self.aliases,
            "modules": self.modules,
            "kind": self.kind,
            "parameters": [
                (p.name, p.kind, p.default if p.has_default else ..., p.keyword_only, p.optional)
                for p in self.parameters
            ],
            "returns": 1,
            "differentiable": (True,),
            "method": self.method,
            "inplace": self.inplace,
            "out": self.out,
            "operators": (),
            "view": self.is_view,
            "mutates": (),
            "fields": self.fields,
            "spread": self.spread,
            "mixed_devices": False,
            "autocast": self.autocast,
            "overridable": self.overridable,
            "body": (self.body.__module__, self.name),
            "doc": inspect.getdoc(self.body) or "",
        }


definitions: dict[str, Function] = {}  # all of them, in order


def function(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define a public function. Options: those at the top of this file."""
    if body is not None:
        return Function(body, **options)
    return lambda given: Function(given, **options)


def body_of(module: str, name: str) -> Callable[..., Any]:
    """The body of a definition, imported now."""
    importlib.import_module(module)
    return definitions[name].body
