"""What a loop kernel costs at each point: how long its vectors are, and how much work is worth a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from taeda.ir.loop import Expr, walk

_CHEAP = {"cast": 2, "truediv": 3, "sqrt": 4, "reciprocal": 3, "floor": 2, "ceil": 2, "trunc": 2, "round": 2,
          **dict.fromkeys(("bitcast add sub mul neg abs minimum maximum fmin fmax eq ne lt le gt ge and or xor not "
                           "real imag complex shift_left shift_right select isnan isinf isfinite signbit copysign "
                           "sign").split(), 1)}
HEAVY = 20


def cost_of(values: Iterable[Expr], varies: Callable[[int], bool] = lambda operand: True) -> int:
    """Roughly, instructions per vector; what is the same for all points of a row is free. `varies` says of an operand
    whether it has different values there."""
    moving: set[Expr] = set()
    total = 0
    for node in walk(values):
        if node.op in ("index", "position") or node.op == "load" and varies(node.attribute) or any(
                a in moving for a in node.args):
            moving.add(node)
            total += _CHEAP.get(node.op, HEAVY) if node.args else 0
    return total
