"""The registry of all ops, and the public names that they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taeda.ir.graph import current

if TYPE_CHECKING:
    from taeda.ops.definition import Op


class Function:
    """A public name: one op, or several definitions that are tried in order until the arguments fit."""

    def __init__(self, name: str):
        self.name = name
        self.definitions: list[Op] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(self.definitions) == 1 or current() is None:
            return self.definitions[0](*args, **kwargs)  # the core knows the overloads
        errors = []
        for op in self.definitions:
            try:
                bound = op.bind(args, kwargs)
            except TypeError as error:
                errors.append(f"  {error}")
                continue
            return op.record(bound)
        raise TypeError(f"{self.name}() got an invalid combination of arguments:\n" + "\n".join(errors))

    def __repr__(self) -> str:
        return f"<function {self.name}: {', '.join(d.name for d in self.definitions)}>"


@dataclass
class Registry:
    """All ops by unique name, and all public names. `operators` and `methods` are what Values of a graph understand."""

    ops: dict[str, Op] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    methods: dict[str, Function | Op] = field(default_factory=dict)
    operators: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def add(self, op: Op) -> None:
        if op.library:
            self._add_to_library(op)
            return
        if op.name in self.ops:
            raise ValueError(f"there are two ops named {op.name!r}; give one of them overload= or public=")
        self.ops[op.name] = op
        for name in (op.public, *op.aliases) if op.public else ():
            public = self.functions.setdefault(name, Function(name))
            if op.modules:
                public.definitions.append(op)
            if op.method:
                method = self.methods.setdefault(name, Function(name))
                assert isinstance(method, Function)
                method.definitions.append(op)
        for name in op.operators:
            if name.startswith("__i") and name != "__invert__":
                continue  # in-place operators exist on tensors only
            if name in self.operators:
                continue
            function: Function | Op = self.functions[op.public] if op.public else op
            self.operators[name] = _swapped(function) if name in REFLECTED else function

    def _add_to_library(self, op: Op) -> None:
        """An op defined outside of Taeda: it takes no public name but that of a method, if it is to be one.

        Defined again (a notebook's cell run twice), it is another op: what holds the first one keeps it.
        """
        name, count = op.name, 1
        while op.name in self.ops:
            count += 1
            op.name = f"{name}#{count}"
        self.ops[op.name] = op
        if op.method:
            from taeda import _binding

            _binding.bind_method(op)
            self.methods[op.public] = op

    def schemas(self) -> list[dict[str, Any]]:
        """The schema of every op (see Op.schema), in order of definition."""
        return [op.schema() for op in self.ops.values()]


REFLECTED = frozenset(
    f"__r{n}__"
    for n in (
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
    )
)


def _swapped(op: Op | Function) -> Callable[..., Any]:
    return lambda a, b: op(b, a)


registry = Registry()


def find_public(name: str) -> Any:
    """The function `name` of any of the modules that ops are in (how pickle finds an op)."""
    from taeda._binding import internal, modules

    for functions in modules.values():
        if name in functions:
            return functions[name]
    return getattr(internal, name)
