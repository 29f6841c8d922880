"""Logarithms in float32, for targets that look numbers up in a register and have fma.

x = 2**e * m with m in [3/4, 3/2), and for the part of that range in which m is, the table has the reciprocal 1 / c of a
number there, and log(c). With r = m / c - 1, log(x) = e log(2) + log(c) + log(1 + r). Around 1 c is 1, so that nothing
cancels. The numbers c are such that log(c) is nearly a multiple of 2**-16: its sum with e log(2), cut there, is exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars.branch import rarely
from taeda.codegen.scalars.common import log_specials

# (log(1 + r) - r) / r**2 on [-1/16, 1/16], for 16 reciprocals, and on [-1/16, 1/8], for 8
_POLYNOMIAL = {16: (-0.16713515, 0.20080386, -0.2499997, 0.33333233, -0.5),
               8: (0.12576756, -0.16744365, 0.2001605, -0.24999915, 0.333333, -0.5)}


@dataclass(frozen=True)
class _Base:
    """`two` and `e` are their logarithms to the base, in two parts. `reciprocals` are those of numbers in the parts of
    [1, 3/2), then in those of [3/4, 1)."""

    number: float
    two: tuple[float, float]
    e: tuple[float, float]
    reciprocals: dict[int, Sequence[float]]

    def values(self, columns: int) -> list[float]:
        return [round(-math.log(r, self.number) * 2**16) / 2**16 for r in self.reciprocals[columns]]

    def polynomial(self, columns: int) -> list[float]:
        return [c / math.log(self.number) for c in _POLYNOMIAL[columns]]


_NATURAL = _Base(math.e, (0.693145751953125, 1.42860682030941723e-6), (1.0, 0.0), {
    16: (1.0, 0.91786164, 0.8701152, 0.8152427, 0.7845498, 0.74152845, 0.7168849, 0.6858854,
         1.3020586, 1.2427363, 1.2099724, 1.1691363, 1.1174376, 1.0768616, 1.0, 1.0),
    8: (1.0, 0.88066745, 0.7556463, 0.69387513, 1.2879696, 1.195365, 1.0768616, 1.0)})
_TWO = _Base(2, (1.0, 0.0), (1.442695, 1.92596299e-8), {
    16: (1.0, 0.9131231, 0.8698713, 0.8162984, 0.785328, 0.7399767, 0.7099244, 0.6776938,
         1.3189582, 1.2672805, 1.2124486, 1.1593636, 1.1355172, 1.071574, 1.0, 1.0),
    8: (1.0, 0.8828942, 0.7621539, 0.6991644, 1.287301, 1.1846877, 1.071574, 1.0)})
_TEN = _Base(10, (0.301025390625, 4.605038981195214e-6), (0.4342945, -1.01030501e-8), {
    16: (1.0, 0.92062086, 0.8647178, 0.8193749, 0.7764915, 0.7432318, 0.7098237, 0.6756821,
         1.3040993, 1.2608908, 1.2076886, 1.1592944, 1.1114718, 1.0881716, 1.0, 1.0),
    8: (1.0, 0.88463086, 0.7662203, 0.6888176, 1.281705, 1.1863245, 1.0881716, 1.0)})


def log(f: FunctionWriter, x: Value) -> Value:
    return _logarithm(f, x, _NATURAL)


def log2(f: FunctionWriter, x: Value) -> Value:
    return _logarithm(f, x, _TWO)


def log10(f: FunctionWriter, x: Value) -> Value:
    return _logarithm(f, x, _TEN)


def log1p(f: FunctionWriter, x: Value) -> Value:
    """log of u = 1 + x rounded, and the rounding error relative to u added."""
    u = x + 1.0
    lost = x.abs().compare("olt", 1.0).select(x - (u - 1.0), 1.0 - (u - x))
    ordinary = u.compare("ogt", 0.0) & u.compare("olt", float("inf"))
    result = _logarithm(f, u, _NATURAL, ordinary.select(lost / u, 0.0))
    return x.compare("oeq", 0.0).select(x, result)  # keeps the sign


def _logarithm(f: FunctionWriter, x: Value, base: _Base, correction: Value | None = None) -> Value:
    """With AVX-512 instructions take apart all numbers. Elsewhere bits do, for numbers that are normal and positive;
    for the rest there is a jump."""
    if x86.has_scaling(f.target):
        m = x86.mantissa(f, x)
        return _of_parts(f, x86.exponent(f, x) - x86.exponent(f, m), m, base, correction)

    def normal(x: Value, up: float = 0.0) -> Value:
        above = (x.bits - 0x3F400000) & -0x800000  # in the exponent's place, from 3/4 on
        e = above.ashr(23).convert("sitofp", "float")
        return _of_parts(f, e - up if up else e, (x.bits - above).as_float, base, correction)

    def any_number() -> Value:
        tiny = x.compare("olt", 1.17549435e-38)
        return log_specials(x, tiny.select(normal(x * 33554432.0, 25.0), normal(x)))

    other = (x.bits - 0x00800000).compare("uge", 0x7F000000)
    return rarely(f, other, normal(x), any_number)


def _of_parts(f: FunctionWriter, e: Value, m: Value, base: _Base, correction: Value | None) -> Value:
    """The logarithm of 2**e * m. If m is 1 and e is infinite it is e."""
    columns = 16 if f.target.vector_bytes == 64 else 8
    index = m.bits.lshr(19 if columns == 16 else 20)
    r = f.fma(m, x86.look_up(f, base.reciprocals[columns], index), -1.0)
    value = x86.look_up(f, base.values(columns), index)
    low = f.polynomial(r, base.polynomial(columns)) * (r * r)
    if correction is not None:
        low = low + correction
    if base is _NATURAL:
        return f.fma(e, base.two[0], value) + (low + f.fma(e, base.two[1], r))
    low = f.fma(r, base.e[1], low)
    if base is _TWO:
        return (e + value) + f.fma(r, base.e[0], low)
    return f.fma(e, base.two[0], value) + f.fma(r, base.e[0], f.fma(e, base.two[1], low))
