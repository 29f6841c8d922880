"""Combining values in reductions, in an order that is a function of the reduced extent alone.

Floating-point sums and products are ordered. The extent is cut in blocks of BLOCK values; value i of a block is added
to partial result i mod ORDER of the block, those are added to ORDER partial results of the whole, and at the end
partial results l and l + 16, then l and l + 8, and so on, are added. That order is the same for every target, for
contiguous and strided values, and whether the lanes of a vector are the values of one sum (axis 'inner') or belong to
neighbouring sums (axis 'outer'). It is also more accurate than adding one by one. The identity of a sum is -0.0,
which changes nothing when added; the end result is normalised by adding 0.0.

All other combiners give the same result in any order; maxima of floats are normalised in the same way, because which
zero is the larger of -0.0 and 0.0 would depend on the order.
"""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen import scalars as scalar_math
from taeda.codegen.llvm import MAXIMUM_I64, FunctionWriter, Value, register_type, vector
from taeda.codegen.scalars.convert import round_to
from taeda.ir.dtype import BOOL, FLOATS, NARROW, info
from taeda.ir.loop import Reduce

ORDER = 32
BLOCK = 1024


def _tree(x: Value, combine: Callable[[Value, Value], Value]) -> Value:
    while x.lanes > 1:
        half = x.lanes // 2
        x = combine(x.slice(0, half), x.slice(half, half))
    return x


class Combiner:
    """How one Reduce combines; the state is a list of vectors (two of them for argmax and argmin)."""

    def __init__(self, f: FunctionWriter, reduce: Reduce) -> None:
        self.f = f
        self.name = reduce.combiner
        self.value = reduce.value
        self.source = reduce.value.dtype
        self.dtype = reduce.dtype
        self.kind = "i8" if self.source == BOOL else register_type(self.source)
        self.is_float = self.source in FLOATS
        self.ordered = self.is_float and self.name in ("sum", "prod")
        self.indexed = self.name in ("argmax", "argmin")

    def identity(self) -> float | int:
        if self.name == "sum":
            return -0.0 if self.is_float else 0
        if self.name == "prod":
            return 1
        if self.name in ("any", "all") or self.source == BOOL:
            return 0 if self.name in ("any", "max", "argmax") else 1
        highest = self.name in ("min", "argmin")
        if self.is_float:
            return float("inf") if highest else float("-inf")
        return info(self.source).highest if highest else info(self.source).lowest

    def start(self, lanes: int, positions: Value | None = None) -> list[Value]:
        state = [self.f.constant(self.identity(), vector(lanes, self.kind))]
        if self.indexed:
            # Lane l has seen nothing yet, as if it had seen the worst value at its own first position.
            state.append(positions if positions is not None else self.f.constant(0, vector(lanes, "i64")))
        return state

    def prepare(self, value: Value) -> Value:
        return value.convert("zext", "i8") if self.source == BOOL else value

    def combine(self, x: Value, y: Value) -> Value:
        """One value from two, elementwise. For ordered combiners `x` is what came first."""
        if self.name in ("sum", "prod"):
            result = x + y if self.name == "sum" else x * y
            return round_to(self.f, result, self.source) if self.source in NARROW else result
        largest = self.name in ("max", "argmax", "any")
        if self.source == BOOL:
            return x | y if largest else x & y
        if self.is_float:
            return scalar_math.minimum_maximum(y, x, largest)
        prefix = "s" if info(self.source).is_signed else "u"
        return x.compare(prefix + ("gt" if largest else "lt"), y).select(x, y)

    def update(self, state: list[Value], value: Value, position: Value | None,
               mask: Value | None = None) -> list[Value]:
        """`state` after `value`, which has passed `prepare`, at `position`; only the lanes of `mask` count."""
        if self.name in ("sum", "prod"):
            result = self.combine(state[0], value)
            return [result if mask is None else mask.select(result, state[0])]
        if mask is not None:  # rather the value than the state, from which the next turn waits for the result
            value = mask.select(value, self.identity())
        if not self.indexed:
            return [self.combine(state[0], value)]
        assert position is not None
        better = self._better(value, state[0])
        return [better.select(value, state[0]), better.select(position, state[1])]

    def _better(self, value: Value, best: Value) -> Value:
        """Strictly better than `best`; a NaN is better than any number."""
        largest = self.name == "argmax"
        if self.is_float:
            return value.compare("ugt" if largest else "ult", best) & best.compare("ord", best)
        prefix = "s" if info(self.source).is_signed else "u"
        return value.compare(prefix + ("gt" if largest else "lt"), best)

    def across(self, state: list[Value]) -> list[Value]:
        """All lanes combined into one: a state of one lane."""
        best = _tree(state[0], self.combine)
        if not self.indexed:
            return [best]
        # The earliest of the positions at which the best value stands.
        everywhere = best.broadcast(state[0].lanes)
        here = state[0].compare("oeq" if self.is_float else "eq", everywhere)
        if self.is_float:
            here = here | (state[0].isnan() & everywhere.isnan())
        return [best, _tree(here.select(state[1], MAXIMUM_I64), lambda x, y: x.compare("slt", y).select(x, y))]

    def result(self, state: list[Value]) -> Value:
        """The value that `reduced` stands for."""
        if self.indexed:
            return state[1]
        value = state[0]
        if self.source == BOOL:
            return value.compare("ne", 0)
        return value + 0.0 if self.is_float and self.name != "prod" else value
