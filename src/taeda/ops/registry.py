"""The registry of all ops, and the public names that they give."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from taeda.ir.graph import current
from taeda.ops import homes
from taeda.ops.homes import REFLECTED

if TYPE_CHECKING:
    from taeda.ops.definition import Op

T = TypeVar("T")


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


class _Defined(dict[str, T]):
    """What definitions give, by name.

    Asked for a name, it imports the file that defines it (homes.py); asked for all, it imports all files. `dict`'s
    own methods ask what is there already. A name that is there is no sign that its file was imported to the end: while
    one thread imports it, another must wait for the gradients that follow their ops, which the import does.
    """

    def __init__(self, files: homes.Homes):
        super().__init__()
        self._homes = files

    def __getitem__(self, name: str) -> T:
        home = self._homes.get(name)
        if home is not None:
            importlib.import_module(home)
        return dict.__getitem__(self, name)

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in self._homes

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def keys(self) -> Any:
        return self._all().keys()

    def values(self) -> Any:
        return self._all().values()

    def items(self) -> Any:
        return self._all().items()

    def _all(self) -> dict[str, T]:
        from taeda.ops import load_all

        load_all()
        return {name: dict.__getitem__(self, name) for name in dict.__iter__(self)}


class Registry:
    """All ops by unique name, and the public names of those that are imported.

    `operators` and `methods` are what Values of a graph understand; all definitions of one are in one file.
    """

    def __init__(self) -> None:
        self.ops: _Defined[Op] = _Defined(homes.ops)
        self.functions: dict[str, Function] = {}
        self.methods: _Defined[Function | Op] = _Defined(homes.methods)
        self.operators: _Defined[Callable[..., Any]] = _Defined(homes.operators)

    def add(self, op: Op) -> None:
        if op.library:
            self._add_to_library(op)
            return
        if dict.__contains__(self.ops, op.name):
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
            if dict.__contains__(self.operators, name):
                continue
            function: Function | Op = self.functions[op.public] if op.public else op  # defined just now
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
