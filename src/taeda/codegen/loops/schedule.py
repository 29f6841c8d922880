"""How many points a vector of a loop kernel has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taeda.codegen.llvm import BITS, register_type
from taeda.codegen.target import Target
from taeda.ir.cost import cost_of
from taeda.ir.dtype import FLOATS, itemsize
from taeda.ir.loop import Expr, Kernel, walk
from taeda.ir.scalars import DIVISIONS

UNIFORM = 4  # lanes of what is the same for all points of a vector: a whole register on every target


def lanes_for(values: Sequence[Expr], dtypes: Iterable[str], target: Target, order: int = 1) -> int:
    """W: points per vector, for a loop that computes `values` and whose operands have `dtypes`.

    More than one register of the widest kind if the loop does little with each. With ordered sums along the vector,
    `order` is their ORDER: W is that, or a divisor of it where the work makes one register enough.
    """
    nodes = list(walk(values))
    bits = [BITS[register_type(node.dtype)] for node in nodes if node.op != "position"]
    bits += [8 * itemsize(d) for d in dtypes]
    native = target.vector_bytes * 8 // max(bits, default=32)
    cost = cost_of(values)
    if order > 1 and cost <= 12:
        return order
    registers = 4 if cost <= 4 else 2  # two chains of heavy work overlap better than one
    return max(UNIFORM, min(64, order if order > 1 else 64, native * registers))


def needs_live_lanes(kernel: Kernel) -> bool:
    """Does it matter which lanes are points: to the report of a division by zero, to how long an `iterate` runs?"""
    return any(node.op == "iterate" or node.op in DIVISIONS and node.dtype not in FLOATS
               for node in walk(stage.value for stage in kernel.stages))
