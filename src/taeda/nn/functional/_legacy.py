"""Names of `nn.functional` whose signature in PyTorch has more than the op: `inplace` and deprecated arguments."""

import warnings
from collections.abc import Callable
from typing import Any

from taeda import _core
from taeda._binding import internal, modules


def op(name: str) -> Any:
    """The op of this name: of `nn.functional`, else of `torch`, else one without a public name."""
    for module in ("nn.functional", "torch"):
        if name in modules[module]:
            return modules[module][name]
    return getattr(internal, name)


def legacy(name: str, signature: str, adapt: Callable[[Any, dict[str, Any]], Any] | None = None) -> Any:
    """The op `name` with PyTorch's `signature`, as "input, alpha=1.0, inplace=False".

    Calls that the op itself takes go to it without a detour. A true `inplace` means the op's in-place form. All other
    calls have their arguments bound to `signature` and handed to `adapt(op, arguments)`; without it `size_average`
    and `reduce`, if given, become `reduction`.
    """
    definition = op(name)
    names, _, keyword_only = (part.strip(" ,") for part in signature.partition("*,"))
    positional = [part.partition("=")[0].strip() for part in names.split(",")]
    known = {*positional, *(part.partition("=")[0].strip() for part in keyword_only.split(",") if part)}

    def otherwise(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(positional):
            raise TypeError(f"{name}() takes {len(positional)} positional arguments but {len(args)} were given")
        given = dict(zip(positional, args, strict=False))
        for key, value in kwargs.items():
            if key not in known:
                raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
            if key in given:
                raise TypeError(f"{name}() got multiple values for argument '{key}'")
            given[key] = value
        return (adapt or _with_reduction)(definition, given)

    inplace_form = op(name + "_") if "inplace" in known else None
    plain = known - {"inplace"} == set(_names_of(definition))
    made = _core.Op(name, definition, doc=definition.__doc__, inplace_form=inplace_form,
                    otherwise=None if plain and adapt is None else otherwise)
    made.__text_signature__ = f"({signature})"
    return made


def _names_of(definition: Any) -> list[str]:
    text = (definition.__text_signature__ or "()")[1:-1]
    return [part.partition("=")[0].strip() for part in text.split(",") if part.strip() not in ("", "*")]


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str = "mean") -> str:
    """`reduction`, or what the two deprecated arguments say where one is given."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        result = "none"
    else:
        result = "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{result}' instead.", stacklevel=3
    )
    return result


def _with_reduction(definition: Any, given: dict[str, Any]) -> Any:
    size_average, reduce = given.pop("size_average", None), given.pop("reduce", None)
    if size_average is not None or reduce is not None:
        given["reduction"] = legacy_reduction(size_average, reduce)
    return definition(**given)
