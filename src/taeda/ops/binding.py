"""Fitting the arguments of a call on Values to an op's parameters, while a graph is traced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taeda.ir.dtype import plain
from taeda.ir.expression import Symbol, is_number, make, unwrap, wrap
from taeda.ir.graph import LIST_KINDS, NUMBER_KINDS, TENSOR_KINDS, Value
from taeda.ops import dtypes
from taeda.ops.signature import Parameter


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
            return plain(dtypes.name_of(a))
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
