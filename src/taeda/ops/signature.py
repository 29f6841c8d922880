"""What an op takes and returns: the annotations of a definition, and fitting the arguments of a call to them.

The core parses calls on tensors by the same parameters (csrc/python/schema.h); what is here serves calls on Values,
while a graph is traced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from taeda import _core
from taeda.ir.expression import Symbol, is_number, make, unwrap, wrap
from taeda.ir.graph import LIST_KINDS, NUMBER_KINDS, TENSOR_KINDS, Value
from taeda.ops import dtypes

# What annotations are called. They are names for the reader and for `Parameter.kind`; bodies get what the table in
# ARCHITECTURE.md says, so for the type checker all but the static ones are Any.
Tensor: TypeAlias = Any
TensorOrNumber: TypeAlias = Any
Tensors: TypeAlias = Any
Number: TypeAlias = Any
SymInt: TypeAlias = Any
Sizes: TypeAlias = Any
Dims: TypeAlias = Any
DType: TypeAlias = Any
Device: TypeAlias = Any
Generator: TypeAlias = Any
Object: TypeAlias = Any

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
    """What the body of a view op returns: the kind of the "view" instruction (csrc/views.h), its arguments, and the
    shape of the result (None for sizes known only afterwards). `like` is the tensor that expand_as and reshape_as
    refer to."""

    kind: str
    arguments: Sequence[Any]
    shape: Sequence[Any]
    like: Any = None


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
    return {n: a if isinstance(a, str) else getattr(a, "__name__", str(a)) for n, a in body.__annotations__.items()}


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


def bind(name: str, parameters: Sequence[Parameter], args: tuple[Any, ...],
         kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments of a call of `name` in the form that nodes keep (ir/graph.py), or TypeError if they do not fit."""
    given: list[Any] = []
    positional = [p for p in parameters if not p.keyword_only]
    rest = list(args)
    for k, p in enumerate(positional):
        if not rest:
            break
        spread = p.kind in ("Sizes", "Dims", "IntTuple") and is_number(rest[0]) and (
            len(rest) > len(positional) - k or p.kind == "Sizes")
        if spread:  # x.view(2, 3)
            count = len(rest) - sum(not q.has_default for q in positional[k + 1:])
            given.append(tuple(rest[:count]))
            del rest[:count]
        else:
            given.append(rest.pop(0))
    if rest:
        raise TypeError(
            f"{name}() takes {len(positional)} positional arguments, got {len(args)}"
        )
    bound = []
    for k, p in enumerate(parameters):
        if k < len(given):
            if p.name in kwargs:
                raise TypeError(f"{name}() got multiple values for argument '{p.name}'")
            a = given[k]
        elif p.name in kwargs:
            a = kwargs[p.name]
        elif p.has_default:
            a = p.default
        else:
            raise TypeError(f"{name}() missing argument '{p.name}'")
        bound.append(convert(name, p, a))
    unknown = set(kwargs) - {p.name for p in parameters}
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument '{min(unknown)}'")
    return tuple(bound)


def convert(name: str, p: Parameter, a: Any) -> Any:
    """One argument of a call of `name` in the form that nodes keep."""
    if p.kind == "Generator":
        if not isinstance(a, tuple) or len(a) != 2:
            raise TypeError(
                f"{name}() draws random numbers: an op that calls it has to pass on the "
                "`generator` it was given"
            )
        return tuple(unwrap(x) for x in a)
    if a is None:
        if not (p.optional or p.has_default and p.default is None):
            raise TypeError(f"{name}(): argument '{p.name}' must be {p.kind}, not None")
        return None
    if p.kind == "Tensor" and isinstance(a, Value):
        return a
    if p.kind == "TensorOrNumber" and (isinstance(a, Value) or is_number(a)):
        return a if isinstance(a, Value) else unwrap(a)
    if p.kind == "Tensors" and isinstance(a, (tuple, list)) and all(isinstance(x, Value) for x in a):
        return tuple(a)
    if p.kind in ("Number", "SymInt") and is_number(a):
        return unwrap(a)
    if p.kind == "float" and is_number(a):
        return make("float", unwrap(a))
    if p.kind == "Sizes":
        a = (a,) if is_number(a) else a
        if isinstance(a, (tuple, list)) and all(is_number(x) for x in a):
            return tuple(unwrap(x) for x in a)
    if p.kind not in TENSOR_KINDS and p.kind not in NUMBER_KINDS and not isinstance(a, Value):
        if isinstance(a, Symbol):
            raise TypeError(
                f"{name}(): argument '{p.name}' is static ({p.kind}), so it cannot be "
                f"{a!r}, which is known only at run time"
            )
        if p.kind == "DType":
            return dtypes.name_of(a)
        if p.kind in ("Dims", "IntTuple"):
            if isinstance(a, (bool, str)):
                raise TypeError(
                    f"{name}(): argument '{p.name}' must be {p.kind}, not {type(a).__name__}"
                )
            return a if isinstance(a, int) and p.kind == "Dims" else tuple([a] if isinstance(a, int) else a)
        if p.kind == "int" and (not isinstance(a, int) or isinstance(a, bool)) or (
                p.kind == "str" and not isinstance(a, str)) or p.kind == "bool" and not isinstance(a, bool):
            raise TypeError(
                f"{name}(): argument '{p.name}' must be {p.kind}, not {type(a).__name__}"
            )
        return a
    raise TypeError(f"{name}(): argument '{p.name}' must be {p.kind}, not {type(a).__name__}")


def for_body(parameters: Sequence[Parameter], arguments: tuple[Any, ...]) -> list[Any]:
    """Bound arguments as bodies and gradients see them: expressions become Symbols or plain numbers."""
    result: list[Any] = []
    for p, a in zip(parameters, arguments, strict=True):
        if a is None or isinstance(a, Value):
            result.append(a)
        elif p.kind in LIST_KINDS:
            result.append(tuple(wrap(e) for e in a))
        elif p.kind in NUMBER_KINDS or p.kind == "TensorOrNumber":
            result.append(wrap(a))
        else:
            result.append(a)
    return result
