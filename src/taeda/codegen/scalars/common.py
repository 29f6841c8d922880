"""What every family of functions uses: limits and signs."""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value

# Of an exponent: (n as a float, n as an integer, what is near exp(x) / 2**n)
Reduction = Callable[[FunctionWriter, Value], tuple[Value, Value, Value]]


def clamp(x: Value, low: float | None, high: float | None) -> Value:
    """NaN stays NaN."""
    if high is not None:
        x = x.compare("ogt", high).select(high, x)
    if low is not None:
        x = x.compare("olt", low).select(low, x)
    return x


def without_underflow(x: Value, low: float) -> tuple[Value, Value]:
    """(is x below `low`, x or 0 there): for functions that are 0 from there on. Scaling down to 0 takes processors a
    hundred times as long as other arithmetic, and what is masked (scores of -1e9 or -inf) is often most of a row."""
    below = x.compare("olt", low)
    return below, below.select(0.0, x)


def power(f: FunctionWriter, x: Value, reduce: Reduction, scaled: Callable[..., Value], near: Callable[..., Value],
          limits: tuple[float, ...]) -> Value:
    """An exponential; `limits` (low, high, usual): it is 0 below `low`, infinite from `high` on, and a normal number
    where |x| < `usual`. scaled(f, *reduction) gives it from a reduction, near(*reduction) where it is a normal number.

    With AVX-512 one instruction scales all numbers. Elsewhere a jump takes those apart that need more than a sum of
    exponents."""
    low, high, usual = limits

    def any_number() -> Value:
        zero, y = without_underflow(clamp(x, None, high), low)
        return zero.select(0.0, scaled(f, *reduce(f, y)))

    if x86.has_scaling(f.target):
        return any_number()
    other = f.any(x.abs().compare("uge", usual))
    return f.branch(other, any_number, lambda: near(*reduce(f, x)), likely=False)[0]


def copysign(f: FunctionWriter, x: Value, sign: Value) -> Value:
    return f.intrinsic("llvm.copysign", x, sign)


def log_specials(x: Value, result: Value) -> Value:
    """Right at 0, infinity, below 0 and at NaN."""
    special = x.compare("oeq", 0.0).select(float("-inf"), x.const(float("nan")))
    special = x.compare("oeq", float("inf")).select(x, special)
    ordinary = x.compare("ogt", 0.0) & x.compare("olt", float("inf"))
    return ordinary.select(result, special)
