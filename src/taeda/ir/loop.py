"""Loop IR: what one loop kernel computes.

A kernel has an iteration space of *outer* × *inner* points, operands that have a value at each of them, and
*stages* that are executed in order for each outer point:

* ``Reduce(combiner, value)`` combines `value` over all inner points. Later stages see the result as
  ``reduced(k)``, where k counts all stages from 0.
* ``Store(operand, value)`` writes `value` to an output: at every inner point if the operand's role is 'element',
  once for each outer point if it is 'row'.

Values are scalar expressions (`Expr`): a directed acyclic graph of the primitives in `scalars.py` over these leaves:

=============  =====================================================================================
load(k)        operand k at this point: an input, or an element output that an earlier stage has stored; in the
               Store of a row: an input at the first inner point
scalar(k)      run-time number k; read as a double for float dtypes, as an int64 for bool and integers
const(v)       a number
index()        int64, the number of this point in the whole iteration space
position()     int64, the number of this inner point (what argmax gives)
reduced(k)     result of stage k, a Reduce
state(k)       inside an `iterate`: what its k-th state is in this turn
=============  =====================================================================================

Combiners: sum, prod, max, min (NaN wins), any, all (bool), and argmax, argmin, whose result is the int64 position of
the first occurrence (of NaN, if there is one). A Reduce works in the dtype of its value: to add float16 in float32,
cast the value first. Over no points: 0, 1, the lowest and the highest value, false, true, and 0.

An output may be the same memory as an input if it has the same strides. An element output may be stored a second time,
from what was stored the first time.

Example, softmax over the inner points::

    x = load(0, "float32")
    top = reduced(0, "float32")
    Kernel((Operand("float32", "input"), Operand("float32", "element")),
           (Reduce("max", x), Reduce("sum", call("exp", x - top)),
            Store(1, call("exp", x - top) / reduced(1, "float32"))))
"""

from __future__ import annotations

import struct
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from taeda.ir.dtype import ARITHMETIC, BOOL, COMPLEX, FLOATS, holds, info
from taeda.ir.scalars import COMBINERS, LEAVES, PRIMITIVES, result_dtype

Number = bool | int | float | complex
_table: weakref.WeakValueDictionary[tuple[Any, ...], Expr] = weakref.WeakValueDictionary()


class Expr:
    """A scalar expression: immutable and hash-consed, so that equal expressions are the same object.

    `==` is therefore identity; the primitive `eq` is spelt ``x.eq(y)``. The other operators are overloaded; a Python
    number becomes a constant of the other operand's dtype.
    """

    __slots__ = ("__weakref__", "args", "attribute", "dtype", "op")
    op: str
    args: tuple[Expr, ...]
    dtype: str
    attribute: Any

    def __new__(cls, op: str, args: tuple[Expr, ...], dtype: str, attribute: Any = None) -> Expr:
        # The ids stay valid as long as the entry does, because the node keeps its arguments alive. Floats are
        # told apart by their bits: 0.0 and -0.0 are equal in Python.
        bits = struct.pack("<d", attribute) if isinstance(attribute, float) else (type(attribute), attribute)
        key = (op, tuple(map(id, args)), dtype, bits)
        node = _table.get(key)
        if node is None:
            node = object.__new__(cls)
            for name, value in (("op", op), ("args", args), ("dtype", dtype), ("attribute", attribute)):
                object.__setattr__(node, name, value)
            _table[key] = node
        return node

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("an Expr is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        return Expr, (self.op, self.args, self.dtype, self.attribute)

    def __bool__(self) -> bool:
        raise TypeError("a loop expression has no truth value while a kernel is being built; use select")

    def __repr__(self) -> str:
        return format_expression(self)

    def _lift(self, other: Expr | Number) -> Expr:
        return other if isinstance(other, Expr) else const(other, self.dtype)

    def __add__(self, other: Expr | Number) -> Expr:
        return call("add", self, self._lift(other))

    def __radd__(self, other: Number) -> Expr:
        return call("add", self._lift(other), self)

    def __sub__(self, other: Expr | Number) -> Expr:
        return call("sub", self, self._lift(other))

    def __rsub__(self, other: Number) -> Expr:
        return call("sub", self._lift(other), self)

    def __mul__(self, other: Expr | Number) -> Expr:
        return call("mul", self, self._lift(other))

    def __rmul__(self, other: Number) -> Expr:
        return call("mul", self._lift(other), self)

    def __truediv__(self, other: Expr | Number) -> Expr:
        return call("truediv", self, self._lift(other))

    def __rtruediv__(self, other: Number) -> Expr:
        return call("truediv", self._lift(other), self)

    def __floordiv__(self, other: Expr | Number) -> Expr:
        return call("floordiv", self, self._lift(other))

    def __rfloordiv__(self, other: Number) -> Expr:
        return call("floordiv", self._lift(other), self)

    def __mod__(self, other: Expr | Number) -> Expr:
        return call("remainder", self, self._lift(other))

    def __rmod__(self, other: Number) -> Expr:
        return call("remainder", self._lift(other), self)

    def __pow__(self, other: Expr | Number) -> Expr:
        return call("pow", self, self._lift(other))

    def __rpow__(self, other: Number) -> Expr:
        return call("pow", self._lift(other), self)

    def __and__(self, other: Expr | Number) -> Expr:
        return call("and", self, self._lift(other))

    def __rand__(self, other: Number) -> Expr:
        return call("and", self._lift(other), self)

    def __or__(self, other: Expr | Number) -> Expr:
        return call("or", self, self._lift(other))

    def __ror__(self, other: Number) -> Expr:
        return call("or", self._lift(other), self)

    def __xor__(self, other: Expr | Number) -> Expr:
        return call("xor", self, self._lift(other))

    def __rxor__(self, other: Number) -> Expr:
        return call("xor", self._lift(other), self)

    def __lshift__(self, other: Expr | Number) -> Expr:
        return call("shift_left", self, self._lift(other))

    def __rshift__(self, other: Expr | Number) -> Expr:
        return call("shift_right", self, self._lift(other))

    def __neg__(self) -> Expr:
        return call("neg", self)

    def __invert__(self) -> Expr:
        return call("not", self)

    def __abs__(self) -> Expr:
        return call("abs", self)

    def __lt__(self, other: Expr | Number) -> Expr:
        return call("lt", self, self._lift(other))

    def __le__(self, other: Expr | Number) -> Expr:
        return call("le", self, self._lift(other))

    def __gt__(self, other: Expr | Number) -> Expr:
        return call("gt", self, self._lift(other))

    def __ge__(self, other: Expr | Number) -> Expr:
        return call("ge", self, self._lift(other))

    def eq(self, other: Expr | Number) -> Expr:
        return call("eq", self, self._lift(other))

    def ne(self, other: Expr | Number) -> Expr:
        return call("ne", self, self._lift(other))

    def cast(self, dtype: str) -> Expr:
        return cast(self, dtype)


# Building expressions

def call(name: str, *args: Expr, dtype: str | None = None, attribute: Any = None) -> Expr:
    """Primitive `name` applied to `args`; `dtype` for cast, bitcast and iterate only. TypeError if they do not fit.

    On complex numbers the result is real arithmetic on their parts (`complex_numbers.py`).
    """
    if args[-1].dtype in COMPLEX or dtype in COMPLEX or name == "complex":
        if name in ("real", "imag"):
            return _part(name, args[0])
        if name != "complex":
            from taeda.ir.complex_numbers import expand

            return expand(name, args, dtype)
        whole = _whole(*args)
        if whole is not None:
            return whole
    result = result_dtype(name, tuple(a.dtype for a in args), dtype)
    if name == "philox" and attribute not in (0, 1, 2, 3):
        raise TypeError(f"philox gives word 0, 1, 2 or 3, not {attribute!r}")
    return Expr(name, args, result, attribute)


def _part(name: str, x: Expr) -> Expr:
    if x.op == "complex":
        return x.args[0 if name == "real" else 1]
    return Expr(name, (x,), result_dtype(name, (x.dtype,)))


def _whole(a: Expr, b: Expr) -> Expr | None:
    """The number whose parts these are: what is only moved stays whole."""
    return a.args[0] if a.op == "real" and b.op == "imag" and a.args == b.args else None


def cast(x: Expr, dtype: str) -> Expr:
    """`x` as `dtype`; nothing if it is one already, and a cast to a wider dtype and back is undone."""
    if x.dtype == dtype:
        return x
    if x.op == "cast" and x.args[0].dtype == dtype and holds(dtype, x.dtype):
        return x.args[0]
    return call("cast", x, dtype=dtype)


def select(condition: Expr, where_true: Expr | Number, where_false: Expr | Number) -> Expr:
    """`where_true` if `condition` else `where_false`; at most one of them a Python number."""
    if isinstance(where_true, Expr):
        return call("select", condition, where_true, where_true._lift(where_false))
    if isinstance(where_false, Expr):
        return call("select", condition, where_false._lift(where_true), where_false)
    raise TypeError("select between two Python numbers: give at least one of them a dtype with const")


def const(value: Number, dtype: str) -> Expr:
    """A constant. Raises TypeError for a fraction as an integer dtype or an unknown dtype."""
    if dtype not in ARITHMETIC:
        raise TypeError(f"unknown dtype {dtype!r}")
    if dtype in COMPLEX:
        value, part = complex(value), info(dtype).part
        return call("complex", const(value.real, part), const(value.imag, part))
    if isinstance(value, complex):
        raise TypeError(f"constant {value!r} is no {dtype}")
    if dtype == BOOL:
        return Expr("const", (), dtype, bool(value))
    if dtype in FLOATS:
        return Expr("const", (), dtype, float(value))
    if int(value) != value:
        raise TypeError(f"constant {value!r} is no {dtype}")
    return Expr("const", (), dtype, int(value))


@dataclass(frozen=True)
class Turn:
    """One turn of an `iterate`, over state(0), state(1), ..: `following` are the next values of the first states (the
    others stay as they are), while `condition` holds; `result` is the number of the state that is given."""

    condition: Expr
    following: tuple[Expr, ...]
    result: int

    def __str__(self) -> str:
        steps = ", ".join(format_expression(e) for e in self.following)
        return f"while {format_expression(self.condition)}: {steps}; {self.result}"


def iterate(states: Sequence[Expr], condition: Callable[..., Expr], body: Callable[..., Sequence[Expr]],
            result: int) -> Expr:
    """`while condition(*states): states[:n] = body(*states)`, and then states[result].

    Each point stops by itself: what its neighbours still do does not change its bits. `condition` must become false
    with NaN among the states. Float states are float32 or float64.
    """
    inside = [Expr("state", (), s.dtype, k) for k, s in enumerate(states)]
    following = tuple(body(*inside))
    for k, (old, new) in enumerate(zip(states, following, strict=False)):
        if old.dtype != new.dtype:
            raise TypeError(f"state {k} of iterate is {old.dtype}, its next value {new.dtype}")
    turn = Turn(condition(*inside), following, result)
    for node in walk((turn.condition, *turn.following)):
        if node.op in LEAVES and node.op not in ("const", "state"):
            raise TypeError(f"inside an iterate {node.op} has no meaning; make it a state")
    return call("iterate", *states, dtype=states[result].dtype, attribute=turn)


def load(operand: int, dtype: str) -> Expr:
    return Expr("load", (), dtype, operand)


def scalar(number: int, dtype: str) -> Expr:
    return Expr("scalar", (), dtype, number)


def index() -> Expr:
    return Expr("index", (), "int64", None)


def position() -> Expr:
    return Expr("position", (), "int64", None)


def reduced(stage: int, dtype: str) -> Expr:
    return Expr("reduced", (), dtype, stage)


def reduce(stages: list[Stage], combiner: str, value: Expr) -> Expr:
    """The result of one more Reduce, which is added to `stages`; of a sum of complex numbers two, of their parts."""
    if value.dtype in COMPLEX:
        if combiner != "sum":
            raise NotImplementedError(f'"{combiner}_cpu" not implemented for \'{info(value.dtype).word}\'')
        return call("complex", *(reduce(stages, combiner, call(part, value)) for part in ("real", "imag")))
    stages.append(stage := Reduce(combiner, value))
    return reduced(len(stages) - 1, stage.dtype)


# Kernels


@dataclass(frozen=True)
class Operand:
    """`role`: 'input', 'element' (an output with a value at every point) or 'row' (one for each outer point)."""

    dtype: str
    role: str


@dataclass(frozen=True)
class Reduce:
    combiner: str
    value: Expr

    @property
    def dtype(self) -> str:
        return "int64" if self.combiner in ("argmax", "argmin") else self.value.dtype


@dataclass(frozen=True)
class Store:
    operand: int
    value: Expr


Stage = Reduce | Store


@dataclass(frozen=True)
class Kernel:
    """`name` is for people: it does not take part in comparison."""

    operands: tuple[Operand, ...]
    stages: tuple[Stage, ...]
    name: str = field(default="loops", compare=False)

    @property
    def inputs(self) -> int:
        return sum(operand.role == "input" for operand in self.operands)

    @property
    def scalars(self) -> int:
        """How many run-time numbers the kernel reads."""
        used = [e.attribute for e in walk(stage.value for stage in self.stages) if e.op == "scalar"]
        return max(used, default=-1) + 1

    @property
    def pointwise(self) -> bool:
        """True if no stage looks at more than one point."""
        return all(isinstance(stage, Store) and self.operands[stage.operand].role == "element" for stage in self.stages)

    def __str__(self) -> str:
        return format_kernel(self)


def walk(roots: Iterable[Expr]) -> Iterator[Expr]:
    """Every expression under `roots` once, arguments before what uses them, without recursion."""
    seen: set[Expr] = set()
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((a, False) for a in reversed(node.args) if a not in seen)


def substitute(roots: Iterable[Expr], replacement: dict[Expr, Expr]) -> tuple[Expr, ...]:
    """`roots` with every expression that is a key of `replacement` exchanged for its value."""
    roots = tuple(roots)
    done = dict(replacement)
    for node in walk(roots):
        if node not in done:
            args = tuple(done[a] for a in node.args)
            done[node] = node if args == node.args else Expr(node.op, args, node.dtype, node.attribute)
    return tuple(done[root] for root in roots)


def check(kernel: Kernel) -> None:
    """Raises ValueError, naming the stage, if `kernel` is not legal loop IR."""
    roles = [operand.role for operand in kernel.operands]
    for k, operand in enumerate(kernel.operands):
        if operand.dtype not in ARITHMETIC or operand.role not in ("input", "element", "row"):
            raise ValueError(f"operand {k} of {kernel.name} is {operand}")
        if operand.role == "input" and k >= kernel.inputs:
            raise ValueError(f"operand {k} of {kernel.name}: inputs come before outputs")
    stored: set[int] = set()
    for k, stage in enumerate(kernel.stages):

        def where(k: int = k, stage: Stage = stage) -> str:  # written only for an error: shared parts are repeated
            return f"stage {k} of {kernel.name} ({_format_stage(k, stage, {}, kernel)})"

        for node in walk((stage.value,)):
            _check_node(kernel, k, stage, node, where, stored)
        if isinstance(stage, Store):
            if not 0 <= stage.operand < len(roles) or roles[stage.operand] == "input":
                raise ValueError(f"{where()}: operand {stage.operand} is no output")
            if stage.operand in stored and load(stage.operand, stage.value.dtype) not in walk((stage.value,)):
                raise ValueError(f"{where()}: operand {stage.operand} is stored twice")
            stored.add(stage.operand)
            if stage.value.dtype != kernel.operands[stage.operand].dtype:
                raise ValueError(f"{where()}: a {stage.value.dtype} stored to {kernel.operands[stage.operand].dtype}")
        elif stage.combiner not in COMBINERS:
            raise ValueError(f"{where()}: unknown combiner {stage.combiner!r}")
        elif (stage.combiner in ("any", "all")) != (stage.value.dtype == BOOL) and stage.combiner not in ("max", "min"):
            raise ValueError(f"{where()}: {stage.combiner} of {stage.value.dtype}; cast first")
    missing = {k for k, role in enumerate(roles) if role != "input"} - stored
    if missing:
        raise ValueError(f"operand {min(missing)} of {kernel.name} is never stored")


def _check_node(kernel: Kernel, k: int, stage: Stage, node: Expr, where: Callable[[], str], stored: set[int]) -> None:
    expected = node.dtype
    if node.op == "load":
        if not 0 <= node.attribute < kernel.inputs and (
                node.attribute not in stored or kernel.operands[node.attribute].role != "element"):
            raise ValueError(f"{where()}: load({node.attribute}) is no input")
        expected = kernel.operands[node.attribute].dtype
    elif node.op == "reduced":
        source = kernel.stages[node.attribute] if 0 <= node.attribute < k else None
        if not isinstance(source, Reduce):
            raise ValueError(f"{where()}: reduced({node.attribute}) is no earlier Reduce")
        expected = source.dtype
    elif node.op in ("index", "position"):
        expected = "int64"
        if isinstance(stage, Store) and kernel.operands[stage.operand].role == "row":
            raise ValueError(f"{where()}: {node.op} in the Store of a row")
    elif node.op not in LEAVES:
        try:
            given = node.dtype if PRIMITIVES[node.op].rule in ("given", "iterate") else None
            expected = result_dtype(node.op, tuple(a.dtype for a in node.args), given)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{where()}: {error}") from None
    if expected != node.dtype:
        raise ValueError(f"{where()}: {node.op} has dtype {node.dtype}, expected {expected}")


def split(kernel: Kernel) -> tuple[Kernel, Kernel] | None:
    """Two kernels that reduce in two steps: `partial` over chunks of the inner points, `combine` over the chunks.

    Possible (otherwise None) if the kernel only reduces: every Reduce has an order-free combiner and looks at points,
    not at earlier results, and every Store is to a row. The outputs of `partial` and the inputs of `combine` are the
    results of the Reduce stages, in order; the inputs of `partial` and the outputs and scalars of both are those of
    `kernel`.
    """
    inputs = kernel.inputs
    reduces = {k: stage for k, stage in enumerate(kernel.stages) if isinstance(stage, Reduce)}
    stores = [stage for stage in kernel.stages if isinstance(stage, Store)]
    for stage in reduces.values():
        if stage.combiner in ("argmax", "argmin") or any(e.op == "reduced" for e in walk((stage.value,))):
            return None
    if not reduces or any(kernel.operands[s.operand].role != "row" for s in stores):
        return None
    if any(e.op in ("load", "index", "position") for e in walk(s.value for s in stores)):
        return None
    dtypes = [stage.dtype for stage in reduces.values()]
    partial = Kernel(
        (*kernel.operands[:inputs], *(Operand(dtype, "row") for dtype in dtypes)),
        (*reduces.values(), *(Store(inputs + j, reduced(j, dtype)) for j, dtype in enumerate(dtypes))),
        kernel.name + "_partial")
    renumbered = {reduced(k, stage.dtype): reduced(j, stage.dtype) for j, (k, stage) in enumerate(reduces.items())}
    values = substitute((s.value for s in stores), renumbered)
    combine = Kernel(
        (*(Operand(dtype, "input") for dtype in dtypes), *kernel.operands[inputs:]),
        (*(Reduce(stage.combiner, load(j, stage.dtype)) for j, stage in enumerate(reduces.values())),
         *(Store(s.operand - inputs + len(dtypes), value) for s, value in zip(stores, values, strict=True))),
        kernel.name + "_combine")
    return partial, combine


# Printing

_INFIX = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "remainder": "%", "pow": "**",
          "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "and": "&", "or": "|", "xor": "^",
          "shift_left": "<<", "shift_right": ">>"}


def _format_node(node: Expr, args: list[str], top: bool) -> str:
    if node.op == "const":
        return repr(node.attribute)
    if node.op in ("index", "position"):
        return node.op
    if node.op in LEAVES:
        return {"load": "x", "scalar": "s", "reduced": "r", "state": "z"}[node.op] + str(node.attribute)
    if node.op in _INFIX:
        text = f"{args[0]} {_INFIX[node.op]} {args[1]}"
        return text if top else f"({text})"
    if node.op in ("cast", "bitcast"):
        return f"{node.dtype if node.op == 'cast' else 'bits_' + node.dtype}({args[0]})"
    word = "" if node.attribute is None else f"[{node.attribute}]"
    return f"{node.op}{word}({', '.join(args)})"


def format_expression(node: Expr, names: dict[Expr, str] | None = None) -> str:
    """`node` as one line of Python-like text; subexpressions in `names` are printed by name."""
    texts: dict[Expr, str] = dict(names or {})
    for e in walk((node,)):
        if e not in texts or e is node:
            texts[e] = _format_node(e, [texts[a] for a in e.args], e is node)
    return texts[node]


def _format_stage(k: int, stage: Stage, names: dict[Expr, str], kernel: Kernel) -> str:
    text = names.get(stage.value) or format_expression(stage.value, names)
    if isinstance(stage, Reduce):
        return f"r{k} = {stage.combiner}({text})"
    inside = 0 <= stage.operand < len(kernel.operands)
    point = "" if inside and kernel.operands[stage.operand].role == "row" else "[i]"
    return f"x{stage.operand}{point} = {text}"


def format_kernel(kernel: Kernel) -> str:
    """`kernel` as text that reads as Python: shared subexpressions get a name on the line where they first appear."""
    uses: dict[Expr, int] = {}
    for node in walk(stage.value for stage in kernel.stages):
        for a in node.args:
            uses[a] = uses.get(a, 0) + 1
    for stage in kernel.stages:
        uses[stage.value] = uses.get(stage.value, 0) + 1
    operands = ", ".join(f"x{k}: {o.dtype} {o.role}" for k, o in enumerate(kernel.operands))
    lines = [f"def {kernel.name}({operands}):"]
    names: dict[Expr, str] = {}
    for k, stage in enumerate(kernel.stages):
        for node in walk((stage.value,)):
            if node.args and uses[node] > 1 and node not in names:
                line = format_expression(node, names)
                names[node] = f"t{len(names)}"
                lines.append(f"    {names[node]} = {line}  # {node.dtype}")
        lines.append("    " + _format_stage(k, stage, names, kernel))
    return "\n".join(lines)


__all__ = ["Expr", "Kernel", "Operand", "Reduce", "Stage", "Store", "Turn", "call", "cast", "check", "const",
           "format_expression", "format_kernel", "index", "iterate", "load", "position", "reduce", "reduced", "scalar",
           "select", "split", "substitute", "walk"]
