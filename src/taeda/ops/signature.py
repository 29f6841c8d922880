"""What an op or a public function takes and returns: the annotations of its definition as parameters.

The core parses calls on tensors by them (csrc/python/schema.h), ops/binding.py calls on Values. This file imports
the core alone: what merely describes itself, at `import taeda`, loads no definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from taeda import _core

# What annotations are called. They are names for the reader and for `Parameter.kind`; bodies get what the table in
# ARCHITECTURE.md says, so for the type checker all but the static ones are Any.
if TYPE_CHECKING:
    Tensor: TypeAlias = Any
    TensorOrNumber: TypeAlias = Any
    Tensors: TypeAlias = Any
    Number: TypeAlias = Any
    SymInt: TypeAlias = Any
    Sizes: TypeAlias = Any
    Dims: TypeAlias = Any
    DType: TypeAlias = Any
    Device: TypeAlias = Any
    Layout: TypeAlias = Any
    MemoryFormat: TypeAlias = Any
    Generator: TypeAlias = Any
    Object: TypeAlias = Any
else:

    class Annotation(str):
        """An annotation that is its own name, evaluated (`Tensor | None`) or not."""

        __slots__ = ()

        def __or__(self, other: Any) -> Annotation:
            return Annotation(f"{self} | {other}")

        def __repr__(self) -> str:
            return str(self)

    Tensor = Annotation("Tensor")
    TensorOrNumber = Annotation("TensorOrNumber")
    Tensors = Annotation("Tensors")
    Number = Annotation("Number")
    SymInt = Annotation("SymInt")
    Sizes = Annotation("Sizes")
    Dims = Annotation("Dims")
    DType = Annotation("DType")
    Device = Annotation("Device")
    Layout = Annotation("Layout")
    MemoryFormat = Annotation("MemoryFormat")
    Generator = Annotation("Generator")
    Object = Annotation("Object")

_ANNOTATIONS = {k: k for k in _core.PARAMETER_KINDS} | {"tuple[int, ...]": "IntTuple", "object": "Object"}


class Parameter(NamedTuple):
    """One parameter of an op. `kind` is the name of its annotation; `optional` says that None is allowed."""

    name: str
    kind: str
    default: Any
    has_default: bool
    keyword_only: bool
    optional: bool


class Result(NamedTuple):
    """dtype and shape of a result, for `meta`. `shape` holds ints, Symbols, and None for sizes known only
    afterwards."""

    dtype: str
    shape: Sequence[Any]


class View(NamedTuple):
    """What the body of a view op returns: the kind of the "view" instruction (csrc/core/views.cpp), its arguments, and
    the shape of the result (None for sizes known only afterwards). `dims` are the places of those arguments that are
    dimensions, not negative: then the op of the kind's name takes the same arguments, one further back under vmap."""

    kind: str
    arguments: Sequence[Any]
    shape: Sequence[Any]
    dims: Sequence[int] = ()


class Sample(NamedTuple):
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def sample(*args: Any, **kwargs: Any) -> Sample:
    """One call for the generated tests: `yield sample(make(3, 4), dim=1)`."""
    return Sample(args, kwargs)


def names_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters (inspect.signature costs half of the time of `import taeda`)."""
    code = function.__code__
    return code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]


def parameters_of(body: Callable[..., Any], skip: int = 0) -> list[Parameter]:
    """The parameters of a definition, from its annotations; the first `skip` are none of them."""
    names, count = names_of(body), body.__code__.co_argcount
    defaults = dict(zip(names[count - len(body.__defaults__ or ()):count], body.__defaults__ or (), strict=True))
    defaults.update(body.__kwdefaults__ or {})
    annotations = _annotations(body)
    parameters = []
    for k, name in enumerate(names[skip:], skip):
        kind, _, optional = annotations.get(name, "nothing").partition(" | ")
        if kind not in _ANNOTATIONS or optional not in ("", "None"):
            raise TypeError(f"{body.__name__}: parameter {name!r} has annotation {annotations.get(name)!r}; "
                            f"expected one of {', '.join(_ANNOTATIONS)}, optionally with ' | None'")
        parameters.append(
            Parameter(name, _ANNOTATIONS[kind], defaults.get(name), name in defaults, k >= count, bool(optional))
        )
    return parameters


def _annotations(body: Callable[..., Any]) -> dict[str, str]:
    return {n: a.__name__ if isinstance(a, type) else str(a) for n, a in body.__annotations__.items()}


def signature_of(body: Callable[..., Any], skip: int) -> tuple[list[Parameter], int]:
    """Parameters and number of results (-1: a list) from the annotations of a definition."""
    parameters, returns = parameters_of(body, skip), _annotations(body).get("return", "nothing")
    if returns in ("Tensor", "None"):
        return parameters, int(returns == "Tensor")
    if returns == "Tensors":
        return parameters, -1
    if returns.startswith("tuple[") and returns.endswith("]"):
        return parameters, returns.count("Tensor")
    raise TypeError(f"{body.__name__} returns {returns!r}; expected Tensor, tuple[Tensor, ...] or Tensors")
