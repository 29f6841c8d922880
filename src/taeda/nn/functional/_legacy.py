"""Names of `nn.functional` whose signature in PyTorch has more than the op: `inplace` and deprecated arguments."""

import warnings
from collections.abc import Callable
from typing import Any

from taeda import _core
from taeda._binding import internal, modules

Adapter = Callable[[Any, dict[str, Any]], Any]


def op(name: str) -> Any:
    """The op of this name: of `nn.functional`, else of `torch`, else one without a public name."""
    for module in ("nn.functional", "torch"):
        if name in modules[module]:
            return modules[module][name]
    return getattr(internal, name)


def legacy(
    name: str, signature: str, adapt: Adapter | None = None, *, of: str = "", always: bool = False,
    same_sizes: bool = False,
) -> Any:
    """The op `name` with PyTorch's `signature`, as "input, alpha=1.0, inplace=False".

    Calls that the op itself takes go to it without a detour, and a true `inplace` means the op's in-place form. All
    other calls have their arguments bound to `signature` and handed to `adapt(op, arguments)`; without it
    `size_average` and `reduce`, if given, become `reduction`. With `always` it gets every call; with `same_sizes` also
    those whose first two tensors differ in size. `of`: the op of another name, to which `adapt` leads every call.
    """
    definition = op(of or name)
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
        return (adapt or with_reduction)(definition, given)

    needed = adapt is not None or "reduce" in known
    made = _core.Op(
        name,
        [] if always or of else definition,
        doc=definition.__doc__,
        inplace_form=op(name + "_") if "inplace" in known else None,
        otherwise=otherwise if needed else None,
        same_sizes=same_sizes,
    )
    made.__module__ = "taeda.nn.functional"
    made.__text_signature__ = f"({signature})"
    return made


def with_reduction(definition: Any, given: dict[str, Any]) -> Any:
    """The op called with `reduction` for the deprecated `size_average` and `reduce`."""
    size_average, reduce = given.pop("size_average", None), given.pop("reduce", None)
    if size_average is not None or reduce is not None:
        given["reduction"] = legacy_reduction(size_average, reduce, stacklevel=4)
    return definition(**given)


def legacy_reduction(
    size_average: bool | None, reduce: bool | None, reduction: str = "mean", stacklevel: int = 3
) -> str:
    """`reduction`, or what the two deprecated arguments say where one is given."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        result = "none"
    else:
        result = "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{result}' instead.",
        stacklevel=stacklevel,
    )
    return result
