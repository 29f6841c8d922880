"""`SymInt`, `SymFloat`, `SymBool`: numbers that are expressions while a program is traced.

Sizes of tensors are plain ints here, always: a recording does without symbols in Python (sizes are expressions of the
Program, ARCHITECTURE.md). The classes are there for who asks `isinstance(n, (int, SymInt))`, and hold any node that
computes with operators, for tools that bring symbols of their own. The functions take plain numbers and such objects.
"""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

__all__ = [
    "SymBool", "SymFloat", "SymInt", "sym_float", "sym_int", "sym_ite", "sym_max", "sym_min", "sym_not", "sym_sqrt",
    "sym_sum",
]  # fmt: skip


class _Symbolic:
    """A number whose arithmetic is that of its node."""

    def __init__(self, node: Any) -> None:
        self.node = node

    def __repr__(self) -> str:
        return str(self.node)

    def __hash__(self) -> int:
        return hash(self.node)

    def __bool__(self) -> bool:
        return bool(self.node)


def _node(value: Any) -> Any:
    return value.node if isinstance(value, _Symbolic) else value


def _wrapped(value: Any, like: type) -> Any:
    if isinstance(value, builtins.bool):
        return SymBool(value)
    return SymInt(value) if isinstance(value, int) else SymFloat(value) if isinstance(value, float) else like(value)


def _define(name: str, result: Any) -> None:
    function = getattr(operator, name)

    def forward(self: Any, other: Any) -> Any:
        return _wrapped(function(self.node, _node(other)), result or type(self))

    def reflected(self: Any, other: Any) -> Any:
        return _wrapped(function(_node(other), self.node), result or type(self))

    setattr(_Symbolic, f"__{name.strip('_')}__", forward)
    if result is None:
        setattr(_Symbolic, f"__r{name.strip('_')}__", reflected)


class SymInt(_Symbolic):
    """An integer that is an expression."""

    def __int__(self) -> int:
        return int(self.node)

    __index__ = __int__

    def __float__(self) -> float:
        return float(self.node)


class SymFloat(_Symbolic):
    """A real number that is an expression."""

    def __float__(self) -> float:
        return float(self.node)

    def __int__(self) -> int:
        return int(self.node)

    def is_integer(self) -> bool:
        """Whether it has no fraction."""
        return float(self.node).is_integer()


class SymBool(_Symbolic):
    """A truth value that is an expression."""

    def __int__(self) -> int:
        return int(bool(self.node))


for _name in ("add", "sub", "mul", "floordiv", "mod", "pow", "and_", "or_"):
    _define(_name, None)
_define("truediv", None)
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    _define(_name, SymBool)


def sym_int(a: Any) -> Any:
    """`a` as an integer, rounded towards zero."""
    return SymInt(int(a.node)) if isinstance(a, _Symbolic) else int(a)


def sym_float(a: Any) -> Any:
    """`a` as a real number."""
    return SymFloat(float(a.node)) if isinstance(a, _Symbolic) else float(a)


def sym_not(a: Any) -> Any:
    """Not `a`."""
    return SymBool(not a.node) if isinstance(a, _Symbolic) else not a


def sym_max(a: Any, b: Any) -> Any:
    """The larger one, a float where one of them is."""
    kind = float if isinstance(a, float | SymFloat) or isinstance(b, float | SymFloat) else None
    found = a if bool(a >= b) else b
    return found if kind is None else sym_float(found)


def sym_min(a: Any, b: Any) -> Any:
    """The smaller one, a float where one of them is."""
    kind = float if isinstance(a, float | SymFloat) or isinstance(b, float | SymFloat) else None
    found = a if bool(a <= b) else b
    return found if kind is None else sym_float(found)


def sym_ite(b: Any, t: Any, f: Any) -> Any:
    """`t` if `b`, else `f`, of the same type."""
    return t if bool(b) else f


def sym_sum(args: Any) -> Any:
    """The sum of all."""
    return sum(args)


def sym_sqrt(a: Any) -> Any:
    """The square root, a real number."""
    return SymFloat(math.sqrt(a.node)) if isinstance(a, _Symbolic) else math.sqrt(a)
