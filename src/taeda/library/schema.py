"""Schemas of ops as PyTorch writes them: "clip(Tensor x, float low, *, float? high=None) -> Tensor"."""

from __future__ import annotations

import ast
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import taeda


class Argument(NamedTuple):
    """`type` as Tensor, Tensor[], SymInt, float?, without the marks of what is written to."""

    name: str
    type: str
    default: Any
    has_default: bool
    keyword_only: bool
    mutated: bool


class Schema(NamedTuple):
    name: str
    arguments: tuple[Argument, ...]
    returns: tuple[str, ...]
    text: str  # "(Tensor x) -> Tensor"

    @property
    def mutates(self) -> bool:
        return any(a.mutated for a in self.arguments)


_TYPES = {
    "Tensor", "SymInt", "int", "float", "bool", "str", "Scalar", "ScalarType", "Device", "Layout", "MemoryFormat",
    "Generator",
}  # fmt: skip


def _annotations() -> list[tuple[Any, str]]:
    number = int | float | bool
    return [(taeda.Tensor, "Tensor"), (int, "SymInt"), (float, "float"), (bool, "bool"), (str, "str"),
            (number, "Scalar"), (taeda.dtype, "ScalarType"), (taeda.device, "Device")]  # fmt: skip


def infer_schema(
    prototype_function: Callable[..., Any], /, *, mutates_args: str | Iterable[str], op_name: str | None = None,
    tags: Any = (),
) -> str:
    """The schema that a function's annotations say, as "(Tensor x, float low) -> Tensor"."""
    signature = inspect.signature(prototype_function)

    def refuse(what: str) -> typing.NoReturn:
        raise ValueError(f"infer_schema(func): {what} Got func with signature {signature})")

    try:
        hints = typing.get_type_hints(prototype_function)
    except NameError as error:
        refuse(f"Unsupported type annotation: {error}.")
    mutated = list(signature.parameters) if mutates_args == "unknown" else (
        [mutates_args] if isinstance(mutates_args, str) else list(mutates_args))  # fmt: skip
    if unknown := set(mutated) - set(signature.parameters):
        raise ValueError(f"{sorted(unknown)} in mutates_args were not found in the parameters of the function")
    parts, keyword_only, marks = [], False, 0
    for parameter in signature.parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            refuse("We do not support positional-only args, varargs, or varkwargs.")
        if parameter.kind == parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            parts.append("*")
        if parameter.annotation is parameter.empty:
            refuse(f"Parameter {parameter.name} must have a type annotation.")
        kind = _type_of(hints[parameter.name])
        if kind is None:
            refuse(f"Parameter {parameter.name} has unsupported type {hints[parameter.name]}.")
        if parameter.name in mutated and kind.startswith("Tensor"):
            kind = f"Tensor(a{marks}!){kind[6:]}"
            marks += 1
        elif parameter.name in mutated and mutates_args != "unknown":
            refuse(f"Parameter {parameter.name} is in mutates_args but only Tensors or collections of Tensors can be "
                   "mutated.")
        default = "" if parameter.default is parameter.empty else f"={_default_text(parameter.default)}"
        parts.append(f"{kind} {parameter.name}{default}")
    if signature.return_annotation is signature.empty:
        refuse("No return type annotation was provided. Please add one.")
    text = f"({', '.join(parts)}) -> {_returns_of(hints.get('return'), refuse)}"
    return text if op_name is None else op_name + text


def _default_text(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (taeda.dtype, taeda.device)):
        return str(value).removeprefix("torch.")
    return repr(value)


def _type_of(hint: Any) -> str | None:
    for annotation, name in _annotations():
        if hint == annotation:
            return name
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType) and type(None) in inner:
        rest = [a for a in inner if a is not type(None)]
        kind = _type_of(rest[0]) if len(rest) == 1 else _type_of(_union(rest))
        return None if kind is None else kind + "?"
    if origin in (list, Sequence, typing.Sequence) and len(inner) == 1:
        kind = _type_of(inner[0])
        return None if kind is None else kind + "[]"
    return None


def _union(parts: list[Any]) -> Any:
    found = parts[0]
    for part in parts[1:]:
        found = found | part
    return found


def _returns_of(hint: Any, refuse: Callable[[str], typing.NoReturn]) -> str:
    if hint is None or hint is type(None):
        return "()"
    if typing.get_origin(hint) is tuple:
        parts = [_type_of(a) for a in typing.get_args(hint)]
        if None in parts:
            refuse(f"Return has unsupported type {hint}.")
        return "(" + ", ".join(typing.cast(list[str], parts)) + ")"
    kind = _type_of(hint)
    if kind not in ("Tensor", "Tensor[]", "SymInt", "float", "bool", "Scalar"):
        refuse(f"Return has unsupported type {hint}.")
    return kind


_ARGUMENT = re.compile(
    r"(?P<type>\w+)(?P<alias>\([^)]*\))?(?P<rest>[\[\]\d?]*)\s+(?P<name>\w+)(\s*=\s*(?P<default>.*))?$"
)


def parse_schema(text: str) -> Schema:
    """A schema from its text, with the op's name before the arguments."""
    name, _, rest = text.partition("(")
    inside, arrow, returns = rest.rpartition("->")
    inside = inside.strip()
    if not arrow or not inside.endswith(")"):
        raise RuntimeError(f"{text!r} is no schema; write it as name(Tensor x, float low=0.0) -> Tensor")
    arguments, keyword_only = [], False
    for part in _parts(inside[:-1]):
        if part == "*":
            keyword_only = True
            continue
        found = _ARGUMENT.match(part)
        if found is None or found["type"] not in _TYPES:
            raise RuntimeError(f"{part!r} in the schema {text!r} is no argument")
        default = found["default"]
        kind = found["type"] + re.sub(r"\d", "", found["rest"] or "")
        arguments.append(Argument(found["name"], kind, _default_of(default) if default is not None else None,
                                  default is not None, keyword_only, "!" in (found["alias"] or "")))
    returns = returns.strip()
    results = _parts(returns[1:-1]) if returns.startswith("(") else [returns]
    kinds = tuple(re.sub(r"\([^)]*\)", "", r).split()[0] for r in results)
    return Schema(name.strip(), tuple(arguments), kinds, text[len(name):].strip())


def _parts(text: str) -> list[str]:
    """Split at commas outside of brackets."""
    parts, depth, last = [], 0, 0
    for k, c in enumerate(text):
        depth += c in "([" or -(c in ")]")
        if c == "," and not depth:
            parts.append(text[last:k].strip())
            last = k + 1
    parts.append(text[last:].strip())
    return [p for p in parts if p]


def _default_of(text: str) -> Any:
    known = getattr(taeda, text, None)
    if isinstance(known, taeda.dtype):
        return known
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


_PYTHON: dict[str, tuple[type, ...]] = {
    "SymInt": (int,), "int": (int,), "float": (float, int), "bool": (bool,), "str": (str,),
    "Scalar": (int, float, bool, complex),
}  # fmt: skip


def fits(kind: str, value: Any) -> bool:
    """Does a value fit the type of an argument?"""
    if kind.endswith("?"):
        return value is None or fits(kind[:-1], value)
    if kind.endswith("[]"):
        return isinstance(value, (list, tuple)) and all(fits(kind[:-2], v) for v in value)
    if kind == "Tensor":
        return isinstance(value, taeda.Tensor)
    if kind in _PYTHON:
        return isinstance(value, _PYTHON[kind]) and (kind in ("bool", "Scalar") or not isinstance(value, bool))
    return True
