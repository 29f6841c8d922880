"""Symbols: sizes and numbers that are known only when a Program runs.

An expression is plain data, the form that ARCHITECTURE.md gives for Program descriptions: an int, a float, or a tuple
`(operator, operands...)`. While an op is traced, the tensor in a leaf such as `("size", x, 1)` is a graph Value;
lowering replaces it by a register number. A `Symbol` wraps an expression and gives it Python's operators.

Two operators exist only here. `("complex", a, b)` is a complex number, which is no operand of others; kernels take its
parts. The other is `("broadcast", a, b, ...)`, the size that dimensions of sizes a, b, ... broadcast to. Its
operands are distinct and sorted, so that two shapes are provably equal exactly when their expressions are equal.
Lowering writes it as nested `where`.

`("extent", x, 1)` is the size of a tensor where "size" may stand for the size of another that was found to be equal: in
the check that they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Expression: TypeAlias = Any  # int | float | tuple

# Leaves: what an expression reads from a tensor, and from the numbers of a call.
TENSOR_LEAVES = frozenset({"size", "extent", "stride", "numel", "offset", "read"})
LEAVES = TENSOR_LEAVES | {"attribute", "item"}
_FLOAT_OPERATORS = frozenset({"truediv", "sqrt", "float"})
_BOOL_OPERATORS = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not"})

_EVALUATE: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b, "ceildiv": lambda a, b: -(-a // b), "mod": lambda a, b: a % b,
    "truediv": lambda a, b: a / b, "min": min, "max": max, "pow": lambda a, b: a ** b,
    "eq": lambda a, b: int(a == b), "ne": lambda a, b: int(a != b), "lt": lambda a, b: int(a < b),
    "le": lambda a, b: int(a <= b), "gt": lambda a, b: int(a > b), "ge": lambda a, b: int(a >= b),
    "and": lambda a, b: int(bool(a) and bool(b)), "or": lambda a, b: int(bool(a) or bool(b)),
    "not": lambda a: int(not a), "neg": lambda a: -a, "sqrt": math.sqrt, "float": float, "int": int,
    "where": lambda c, a, b: a if c else b,
}


OPERATORS = frozenset(_EVALUATE)  # what the executor evaluates


def evaluate(operator: str, operands: list[Any]) -> Any:
    """The value of an operator on Python numbers; division by zero gives what floating point gives."""
    try:
        return _EVALUATE[operator](*operands)
    except ZeroDivisionError:
        if operator == "truediv":
            return math.nan if operands[0] == 0 or operands[0] != operands[0] else math.copysign(math.inf, operands[0])
        if operator == "pow":
            return math.inf
        raise


def make(operator: str, *operands: Expression) -> Expression:
    """`(operator, *operands)`, simplified: constants are folded, neutral elements dropped."""
    if operator == "complex":
        return (operator, *operands)
    if any(isinstance(o, tuple) and o[0] == "complex" for o in operands):
        raise NotImplementedError(f"{operator} of a complex number that a call was given")
    if all(not isinstance(o, tuple) for o in operands):
        try:
            return evaluate(operator, list(operands))
        except (ZeroDivisionError, ValueError, OverflowError):
            return (operator, *operands)
    if len(operands) == 2:
        a, b = operands
        # Neutral elements are ints: with a float the result's kind would change.
        if operator in ("add", "sub") and _is_int(b, 0) or operator in ("mul", "floordiv", "ceildiv") and _is_int(b, 1):
            return a
        if operator == "add" and _is_int(a, 0) or operator == "mul" and _is_int(a, 1):
            return b
        if operator in ("min", "max") and a == b:
            return a
    if operator == "where":
        condition, a, b = operands
        if not isinstance(condition, tuple):
            return a if condition else b
        if a == b:
            return a
    if operator == "float" and kind_of(operands[0]) == "float" or operator == "int" and kind_of(operands[0]) == "int":
        return operands[0]
    return (operator, *operands)


def _is_int(e: Expression, value: int) -> bool:
    return type(e) is int and e == value


def kind_of(e: Expression) -> str:
    """'bool', 'int', 'float' or 'complex': what Python type the value of an expression has."""
    if not isinstance(e, tuple):
        return type(e).__name__ if isinstance(e, (bool, int, complex)) else "float"
    operator = e[0]
    if operator == "complex":
        return "complex"
    if operator == "attribute":
        return e[2] if len(e) > 2 else "int"
    if operator in _FLOAT_OPERATORS:
        return "float"
    if operator in _BOOL_OPERATORS:
        return "bool"
    if operator in LEAVES or operator in ("int", "broadcast"):
        return "int"
    operands = e[2:] if operator == "where" else e[1:]
    return "float" if any(kind_of(o) == "float" for o in operands) else "int"


def parts_of(e: Expression) -> tuple[Expression, Expression]:
    """The real and the imaginary part of a complex number."""
    if isinstance(e, complex):
        return e.real, e.imag
    if e[0] != "complex":
        raise NotImplementedError(f"arithmetic on complex numbers of a call: {text(e)}")
    return e[1], e[2]


def broadcast(*sizes: Expression) -> Expression:
    """The size that dimensions of the given sizes broadcast to; literal sizes of 1 do not matter."""
    distinct: dict[Expression, None] = {}
    for e in sizes:
        parts = e[1:] if isinstance(e, tuple) and e[0] == "broadcast" else (e,)
        distinct.update((p, None) for p in parts if not _is_int(p, 1))
    literals = [e for e in distinct if not isinstance(e, tuple)]
    if len(literals) > 1:
        raise RuntimeError(f"The size of tensor a ({literals[0]}) must match the size of tensor b ({literals[1]})")
    if not distinct:
        return 1
    if len(distinct) == 1:
        return next(iter(distinct))
    if literals:  # a literal size other than 1 is the result, whatever is broadcast to it
        return literals[0]
    return ("broadcast", *sorted(distinct, key=_order))


def broadcast_dims(*shapes: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """The shape that tensors of the given shapes broadcast to, dimension by dimension from the right."""
    ndim = max((len(s) for s in shapes), default=0)
    return tuple(broadcast(*(s[len(s) - ndim + d] for s in shapes if len(s) - ndim + d >= 0)) for d in range(ndim))


def _order(e: Expression) -> str:
    """A key that sorts expressions the same way in every run, as long as the expression is."""
    if not isinstance(e, tuple):
        return f"0{e!r}"
    parts = []
    for o in e[1:]:
        number = getattr(o, "number", None)
        parts.append(_order(o) if isinstance(o, tuple) else f"{number:09d}" if number is not None else str(o))
    return f"1{e[0]}({','.join(parts)})"


def rewrite(e: Expression, leaf: Callable[[tuple[Any, ...]], Expression | None]) -> Expression:
    """`e` with each sub-expression s replaced by `leaf(s)` where that is not None."""
    if not isinstance(e, tuple):
        return e
    replaced = leaf(e)
    if replaced is not None:
        return replaced
    if e[0] in LEAVES:
        return e
    operands = [rewrite(o, leaf) for o in e[1:]]
    return broadcast(*operands) if e[0] == "broadcast" else make(e[0], *operands)


def tensors_of(e: Expression) -> Iterator[tuple[str, Any]]:
    """The tensors whose size, stride, count or value an expression reads: pairs of operator and tensor."""
    if isinstance(e, tuple):
        if e[0] in TENSOR_LEAVES:
            yield e[0], e[1]
        elif e[0] not in LEAVES:
            for o in e[1:]:
                yield from tensors_of(o)


def without_broadcast(e: Expression) -> Expression:
    """`e` in the executor's operators: the broadcast of a, b, ... is a unless a is 1, then b unless ..."""
    if not isinstance(e, tuple) or e[0] in LEAVES:
        return e[:2] if isinstance(e, tuple) and e[0] == "attribute" else e
    operands = [without_broadcast(o) for o in e[1:]]
    if e[0] != "broadcast":
        return (e[0], *operands)
    result = operands[-1]
    for o in reversed(operands[:-1]):
        result = ("where", ("eq", o, 1), result, o)
    return result


class Symbol:
    """A size or number with Python's operators. What it stands for is known only at run time, so it has no truth
    value."""

    __slots__ = ("expression",)

    def __init__(self, expression: Expression):
        self.expression = expression

    @property
    def kind(self) -> str:
        return kind_of(self.expression)

    def __repr__(self) -> str:
        return f"Symbol({text(self.expression)})"

    def __bool__(self) -> bool:
        raise TypeError(
            f"the value of {text(self.expression)} is not known while an op is compiled, so Python cannot branch on "
            "it; use expression.where(condition, a, b), a `when` of an instruction, or make the argument static (int)"
        )

    def __index__(self) -> int:
        raise TypeError(
            f"the value of {text(self.expression)} is not known while an op is compiled: not usable as an index"
        )

    def __hash__(self) -> int:
        return hash(self.expression)

    def same(self, other: Any) -> bool:
        """Whether both are provably equal (the same expression)."""
        return self.expression == unwrap(other)

    def __neg__(self) -> Any:
        return wrap(make("neg", self.expression))

    def __eq__(self, other: object) -> Any:
        return NotImplemented if not is_number(other) else wrap(make("eq", self.expression, unwrap(other)))

    def __ne__(self, other: object) -> Any:
        return NotImplemented if not is_number(other) else wrap(make("ne", self.expression, unwrap(other)))


def _install() -> None:
    def forward(operator: str) -> Callable[[Symbol, Any], Any]:
        return lambda a, b: wrap(make(operator, a.expression, unwrap(b))) if is_number(b) else NotImplemented

    def reverse(operator: str) -> Callable[[Symbol, Any], Any]:
        return lambda a, b: wrap(make(operator, unwrap(b), a.expression)) if is_number(b) else NotImplemented

    for operator in ("add", "sub", "mul", "floordiv", "mod", "truediv", "pow"):
        setattr(Symbol, f"__{operator}__", forward(operator))
        setattr(Symbol, f"__r{operator}__", reverse(operator))
    for operator in ("lt", "le", "gt", "ge", "and", "or"):
        setattr(Symbol, f"__{operator}__", forward(operator))


_install()


def is_number(x: Any) -> bool:
    return isinstance(x, (int, float, complex, Symbol))


def unwrap(x: Any) -> Expression:
    """The expression of a Symbol, or the number itself."""
    return x.expression if isinstance(x, Symbol) else x


def wrap(e: Expression) -> Any:
    """A Symbol, or the plain number if the expression is a literal."""
    return Symbol(e) if isinstance(e, tuple) else e


def where(condition: Any, a: Any, b: Any) -> Any:
    """a if the condition holds, else b."""
    return wrap(make("where", unwrap(condition), unwrap(a), unwrap(b)))


def minimum(a: Any, b: Any) -> Any:
    return wrap(make("min", unwrap(a), unwrap(b)))


def maximum(a: Any, b: Any) -> Any:
    return wrap(make("max", unwrap(a), unwrap(b)))


def ceildiv(a: Any, b: Any) -> Any:
    return wrap(make("ceildiv", unwrap(a), unwrap(b)))


def square_root(a: Any) -> Any:
    return wrap(make("sqrt", unwrap(a)))


def logical_not(a: Any) -> Any:
    return wrap(make("not", unwrap(a)))


def all_of(*conditions: Any) -> Any:
    """The conjunction of conditions, each known or a Symbol: True, False or a Symbol."""
    result: Any = True
    for c in conditions:
        if not isinstance(c, Symbol):
            if not c:
                return False
        else:
            result = c if result is True else result & c
    return result


def any_of(*conditions: Any) -> Any:
    """The disjunction of such conditions."""
    return negated(all_of(*(negated(c) for c in conditions)))


def negated(condition: Any) -> Any:
    """The opposite of such a condition."""
    return logical_not(condition) if isinstance(condition, Symbol) else not condition


def to_float(a: Any) -> Any:
    return wrap(make("float", unwrap(a)))


def to_int(a: Any) -> Any:
    return wrap(make("int", unwrap(a)))


def product(numbers: Any) -> Any:
    """The product of sizes; 1 for none."""
    result: Expression = 1
    for n in numbers:
        result = make("mul", result, unwrap(n))
    return wrap(result)


def total(numbers: Any) -> Any:
    """The sum of sizes; 0 for none. Thousands may be added: it is a sum of halves, of quarters, and so on, no deeper
    than their logarithm."""
    parts = [unwrap(n) for n in numbers]
    while len(parts) > 1:
        pairs = [make("add", left, right) for left, right in zip(parts[::2], parts[1::2], strict=False)]
        parts = pairs + parts[len(parts) - len(parts) % 2:]
    return wrap(parts[0]) if parts else 0


def lines(shape: Any, dim: int) -> tuple[Any, Any, Any]:
    """A shape as (outer, row, inner) around `dim`; without dimensions (1, 1, 1)."""
    if not shape:
        return 1, 1, 1
    return product(shape[:dim]), shape[dim], product(shape[dim + 1:])


def same(a: Any, b: Any) -> bool:
    """Whether two sizes are equal for certain."""
    return unwrap(a) == unwrap(b)


_INFIX = {"add": "+", "sub": "-", "mul": "*", "floordiv": "//", "mod": "%", "truediv": "/", "pow": "**", "eq": "==",
          "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "and": "and", "or": "or"}


def text(e: Expression) -> str:
    """An expression as a reader would write it: `x.shape[0] * 2`."""
    if not isinstance(e, tuple):
        return repr(e)

    def tensor(t: Any) -> str:
        return f"r{t}" if isinstance(t, int) else str(getattr(t, "label", t))

    operator = e[0]
    if operator in ("size", "extent", "stride"):
        return f"{tensor(e[1])}.{'stride' if operator == 'stride' else 'shape'}[{e[2]}]"
    if operator in ("numel", "offset", "read"):
        return f"{tensor(e[1])}.{ {'numel': 'numel()', 'offset': 'storage_offset()', 'read': 'item()'}[operator] }"
    if operator == "attribute":
        return f"a{e[1]}"
    if operator == "item":
        return f"a{e[1]}[{e[2]}]"
    operands = [text(o) for o in e[1:]]
    if operator in _INFIX:
        return f"({operands[0]} {_INFIX[operator]} {operands[1]})"
    return f"{operator}({', '.join(operands)})"
