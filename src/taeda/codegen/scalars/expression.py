"""Loop-IR expressions inside other kernels: prologues and epilogues of templates."""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen import scalars
from taeda.codegen.llvm import FunctionWriter, Value, register_type, vector
from taeda.codegen.scalars.convert import round_to
from taeda.ir.dtype import FLOATS, NARROW
from taeda.ir.loop import Expr, walk
from taeda.ir.scalars import round_narrow

_NARROW = 4  # lanes in which a single value is computed: all lanes give the same bits, whatever their number


def evaluate(f: FunctionWriter, root: Expr, lanes: int, leaf: Callable[[Expr], Value]) -> Value:
    """`root` in `lanes` lanes (0: a scalar), in the register form of its dtype.

    `leaf` gives the values of load, scalar, index and position, as vectors of as many lanes, or as scalars that are the
    same for all of them.
    """
    width = lanes or _NARROW
    values: dict[Expr, Value] = {}
    for node in walk((root,)):
        if node.op == "const":
            number = round_narrow(node.attribute, node.dtype) if node.dtype in NARROW else node.attribute
            values[node] = f.constant(number, vector(width, register_type(node.dtype)))
        elif node.args:
            values[node] = scalars.lower(f, node, [values[a] for a in node.args])
        else:
            value = leaf(node)
            values[node] = value if value.lanes else f.splat(value, width)
    return values[root] if lanes else values[root].lane()


def read_number(f: FunctionWriter, numbers: Value, node: Expr) -> Value:
    """The run-time number of a `scalar`, from the array `numbers` of doubles and int64."""
    place = f.at(numbers, 8 * node.attribute)
    kind = register_type(node.dtype)
    if node.dtype in FLOATS:
        return round_to(f, f.load("double", place).convert("fptrunc", kind), node.dtype)
    number = f.load("i64", place)
    return number.differs(0) if node.dtype == "bool" else number.convert("trunc", kind)
