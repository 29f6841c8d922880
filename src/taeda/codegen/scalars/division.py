"""Remainders and floored division of floats."""

from __future__ import annotations

from taeda.codegen.scalars.branch import in_double, libm, rarely
from taeda.codegen.scalars.float32 import copysign
from taeda.codegen.text import Builder, Vec


def _fmod_by_quotient(b: Builder, x: Vec, y: Vec, ratio: Vec) -> Vec:
    """fmod in float64 where |ratio| < 2**52, ratio = x / y rounded: the quotient is one too large at most."""
    quotient = b.intrinsic("llvm.trunc", ratio)
    rest = b.fma(-quotient, y, x)
    # It was if the rest has the other sign than x.
    wrong = (rest.bits ^ x.bits).compare("slt", 0) & rest.compare("one", 0.0)
    rest = wrong.select(rest + copysign(b, y, x), rest)
    rest = (y.abs().compare("oeq", float("inf")) & x.abs().compare("olt", float("inf"))).select(x, rest)
    return copysign(b, rest, x)


def _fmod_double(b: Builder, x: Vec, y: Vec, limit: float) -> Vec:
    ratio = x / y
    size = ratio.abs()
    far = size.compare("oge", limit) & size.compare("olt", float("inf"))
    return rarely(b, far, _fmod_by_quotient(b, x, y, ratio), lambda: libm(b, "fmod", x, y))


def fmod(b: Builder, x: Vec, y: Vec) -> Vec:
    """The rest of x / y towards zero: exact. The C library does what has a quotient of too many bits."""
    if x.kind == "float":
        # Below 2**28 the quotient of float32 numbers in float64 truncates rightly, and its product with y is exact.
        return in_double(lambda b, x, y: _fmod_double(b, x, y, 2.0**28))(b, x, y)
    if not b.target.fma:
        return libm(b, "fmod", x, y)
    return _fmod_double(b, x, y, 2.0**52)


def remainder(b: Builder, x: Vec, y: Vec) -> Vec:
    """With the sign of y, as in Python and torch."""
    rest = fmod(b, x, y)
    return _differs(rest, y).select(rest + y, rest)


def _differs(rest: Vec, y: Vec) -> Vec:
    return rest.compare("une", 0.0) & (rest.compare("olt", 0.0) ^ y.compare("olt", 0.0))


def floordiv(b: Builder, x: Vec, y: Vec) -> Vec:
    """torch's: (x - fmod(x, y)) / y made integral, so that it agrees with the remainder; x / 0 as in division."""
    rest = fmod(b, x, y)
    quotient = (x - rest) / y
    quotient = _differs(rest, y).select(quotient - 1.0, quotient)
    floor = b.intrinsic("llvm.floor", quotient)
    floor = (quotient - floor).compare("ogt", 0.5).select(floor + 1.0, floor)
    floor = quotient.compare("oeq", 0.0).select(copysign(b, x.const(0.0), x / y), floor)
    return y.compare("oeq", 0.0).select(x / y, floor)
