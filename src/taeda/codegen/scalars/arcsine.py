"""asin and acos in float32 and float64.

Up to 1/2, asin(x) = x + x**3 * polynomial(x**2). Above, asin(x) = pi / 2 - 2 asin(r) with r = sqrt((1 - x) / 2), where
what the root lost in rounding counts too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars.common import copysign


@dataclass(frozen=True)
class _Constants:
    """(asin(r) / r - 1) / r**2 in r**2, up to 1/2; pi / 2 in two parts."""

    polynomial: Sequence[float]
    half_pi: tuple[float, float]


_OF = {
    "float": _Constants((0.04216642, 0.024180772, 0.045469772, 0.074953064, 0.16666752),
                        (1.57079637050628662109375, -4.37113900018624283e-8)),
    "double": _Constants((0.03198372995010525, -0.016329569328941817, 0.01959610556323815, 0.006502902082643551,
                          0.012175078955697086, 0.013884330564479488, 0.01735979757374289, 0.022371751813998735,
                          0.0303819594005198, 0.044642856821855245, 0.07500000000344946, 0.16666666666665375),
                         (math.pi / 2, 6.123233995736766e-17)),
}


def _root(f: FunctionWriter, z: Value) -> tuple[Value, Value]:
    """The square root of z and what its rounding lost."""
    zero = z.compare("oeq", 0.0)
    if x86.has_scaling(f.target):  # there, from an inverse to 14 bits: quicker than a root and a division
        y = x86.reciprocal_root(f, zero.select(1.0, z))
        if z.kind == "double":
            y = y * f.fma(z * y * -0.5, y, 1.5)
        guess, half = z * y, y * 0.5
        root = f.fma(f.fma(-guess, guess, z), half, guess)
        return root, f.fma(-root, root, z) * half
    root = f.intrinsic("llvm.sqrt", z)
    if f.target.fma:
        rest = f.fma(-root, root, z)
    else:  # in float64
        top = (root.bits & -0x8000000).as_float
        rest = (z - top * top) - (root - top) * (root + top)
    return root, zero.select(0.0, rest / (root + root))


def _parts(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value, Value]:
    """(is |x| below 1/2, r, asin(r) - r, what r lost), where r is |x| or the root."""
    t = x.abs()
    below = t.compare("olt", 0.5)
    z = below.select(t * t, (1.0 - t) * 0.5)
    root, lost = _root(f, z)
    r = below.select(t, root)
    return below, r, f.polynomial(z, _OF[x.kind].polynomial) * z * r, lost


def asin(f: FunctionWriter, x: Value) -> Value:
    half_pi = _OF[x.kind].half_pi
    below, r, rest, lost = _parts(f, x)
    twice = r + r
    high = half_pi[0] - twice
    low = ((half_pi[0] - high) - twice) + (half_pi[1] - 2.0 * (rest + lost))
    return copysign(f, below.select(r + rest, high + low), x)


def acos(f: FunctionWriter, x: Value) -> Value:
    """pi / 2 - asin(x) up to 1/2, 2 asin(r) above, pi less that below -1/2."""
    below, r, rest, lost = _parts(f, x)
    lost = below.select(0.0, lost)
    negative = x.compare("olt", 0.0)
    # base + factor * (r + rest + lost), each r being that of |x|
    scale = below.select(x.const(1.0), 2.0)
    factor = (below ^ negative).select(-scale, scale)
    base = [below.select(part, negative.select(2.0 * part, x.const(0.0))) for part in _OF[x.kind].half_pi]
    moved = r * factor
    high = base[0] + moved
    return high + (((base[0] - high) + moved) + f.fma(rest + lost, factor, base[1]))
