"""Remainders and floored division of floats."""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars.branch import in_double, libm, rarely
from taeda.codegen.scalars.common import copysign


def _fmod_by_quotient(f: FunctionWriter, x: Value, y: Value, ratio: Value) -> Value:
    """fmod in float64 where |ratio| < 2**52, ratio = x / y rounded: the quotient is one too large at most."""
    quotient = f.intrinsic("llvm.trunc", ratio)
    rest = f.fma(-quotient, y, x)
    # It was if the rest has the other sign than x.
    wrong = (rest.bits ^ x.bits).compare("slt", 0) & rest.compare("one", 0.0)
    rest = wrong.select(rest + copysign(f, y, x), rest)
    rest = (y.abs().compare("oeq", float("inf")) & x.abs().compare("olt", float("inf"))).select(x, rest)
    return copysign(f, rest, x)


def _fmod_double(f: FunctionWriter, x: Value, y: Value, limit: float) -> Value:
    ratio = x / y
    size = ratio.abs()
    far = size.compare("oge", limit) & size.compare("olt", float("inf"))
    return rarely(f, far, _fmod_by_quotient(f, x, y, ratio), lambda: libm(f, "fmod", x, y))


def fmod(f: FunctionWriter, x: Value, y: Value) -> Value:
    """The rest of x / y towards zero: exact. The C library does what has a quotient of too many bits."""
    if x.kind == "float":
        # Below 2**28 the quotient of float32 numbers in float64 truncates rightly, and its product with y is exact.
        return in_double(lambda f, x, y: _fmod_double(f, x, y, 2.0**28))(f, x, y)
    if not f.target.fma:
        return libm(f, "fmod", x, y)
    return _fmod_double(f, x, y, 2.0**52)


def remainder(f: FunctionWriter, x: Value, y: Value) -> Value:
    """With the sign of y, as in Python and torch."""
    rest = fmod(f, x, y)
    return _differs(rest, y).select(rest + y, rest)


def _differs(rest: Value, y: Value) -> Value:
    return rest.compare("une", 0.0) & (rest.compare("olt", 0.0) ^ y.compare("olt", 0.0))


def floordiv(f: FunctionWriter, x: Value, y: Value) -> Value:
    """torch's: (x - fmod(x, y)) / y made integral, so that it agrees with the remainder; x / 0 as in division."""
    rest = fmod(f, x, y)
    quotient = (x - rest) / y
    quotient = _differs(rest, y).select(quotient - 1.0, quotient)
    floor = f.intrinsic("llvm.floor", quotient)
    floor = (quotient - floor).compare("ogt", 0.5).select(floor + 1.0, floor)
    floor = quotient.compare("oeq", 0.0).select(copysign(f, x.const(0.0), x / y), floor)
    return y.compare("oeq", 0.0).select(x / y, floor)
