"""Vector math in float32, most of it within 1 unit in the last place, all within 2.5 (tests/codegen/test_math.py).

Polynomials are near-minimax fits (Chebyshev) of the remainder that the formula above each names. The same
instructions run for every lane count, so that tails and bodies give the same bits. Functions that are rarely hot
are computed in float64 (`float64`) and rounded once.
"""

from __future__ import annotations

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars import float64, tables
from taeda.codegen.scalars.branch import in_double, rarely
from taeda.codegen.scalars.common import Reduction, clamp, copysign, power, without_underflow

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440054690583e-4  # the first has 10 bits: a product with n is exact
_ROUND = 12582912.0  # 1.5 * 2**23: adding it leaves the nearest integer in the low bits

# exp(r) on [-ln 2 / 2, ln 2 / 2]
_EXP = (0.0013839118, 0.008369203, 0.041668102, 0.16666517, 0.49999994, 1.0, 1.0)
# 2**r on [-1/2, 1/2]
_EXP2 = (0.00015813422, 0.0013418448, 0.009617064, 0.055502724, 0.24022655, 0.69314724, 1.0)
# (tanh(x) / x - 1) / x**2 in x**2, up to x = 1
_TANH = (-0.00035804888, 0.0023001777, -0.007944807, 0.021486023, -0.053879682, 0.13332345, -0.33333296)
# (tan(r) / r - 1) / r**2 in r**2, up to pi / 4
_TAN = (0.0043763784, 9.127593e-05, 0.010832461, 0.021284513, 0.054059178, 0.13332674, 0.3333335)
# (atan(r) / r - 1) / r**2 in r**2, up to 1; pi / 2 in two parts
_ATAN = (-0.0015739686, 0.009927498, -0.02933347, 0.056105644, -0.082956955, 0.10915726, -0.14257443, 0.1999794,
         -0.3333328)
_HALF_PI = (1.57079637050628662109375, -4.37113900018624283e-8)
# (sin(r) - r) / r**3 and (cos(r) - 1 + r**2 / 2) / r**4 in r**2, up to pi / 4
_SIN = (-0.00019587890880412386, 0.0083327482706297495, -0.16666664662314379)
_COS = (2.4547942085071573e-5, -0.0013888303035894866, 0.041666664659502207)
# pi / 2 in three parts for use with fma: exact enough up to LARGE_ANGLE
_PI_2 = (1.57079637050628662109375, -4.37113900018624283e-8, -1.71512451804862131e-15)
LARGE_ANGLE = 71476.0


def reduce_exp(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    """(n as float, a number whose low bits are n, polynomial) with exp(x) = polynomial * 2**n."""
    shifted = f.fma(x, _LOG2_E, _ROUND)
    n = shifted - _ROUND
    r = f.fma(n, -_LN2_HIGH, x)
    r = f.fma(n, -_LN2_LOW, r)
    return n, shifted.bits, f.polynomial(r, _EXP)


def scale(f: FunctionWriter, x: Value, n: Value, n_integer: Value) -> Value:
    """x * 2**n for |n| <= 252, in two steps, so that neither overflows before the result does."""
    if x86.has_scaling(f.target):
        return x86.scale_by_power(f, x, n)
    half = n_integer.ashr(1)
    rest = n_integer - half
    return x * (half + 127).shl(23).as_float * (rest + 127).shl(23).as_float


def scale_near(x: Value, n: Value) -> Value:
    """x * 2**n where that is a normal number, for x near 1 and n in the low bits of an integer."""
    return (x.bits + n.shl(23)).as_float


def _power(f: FunctionWriter, x: Value, reduce: Reduction, *limits: float) -> Value:
    return power(f, x, reduce, lambda f, n, bits, p: scale(f, p, n, bits - 0x4B400000),
                 lambda n, bits, p: scale_near(p, bits), limits)


def exp(f: FunctionWriter, x: Value) -> Value:
    return _power(f, x, reduce_exp, -105.0, 89.0, 87.0)


def _reduce_exp2(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    shifted = x + _ROUND
    n = shifted - _ROUND
    return n, shifted.bits, f.polynomial(x - n, _EXP2)


def exp2(f: FunctionWriter, x: Value) -> Value:
    return _power(f, x, _reduce_exp2, -151.0, 129.0, 125.0)


def exp2_nonpositive(f: FunctionWriter, x: Value) -> Value:
    """2**x for x <= 0 (and slightly above): 0 from the underflow limit down, NaN for NaN.

    Adding the constant puts round(x) plus the exponent's bias into the low bits of the sum."""
    x = clamp(x, -127.0, None)
    shifted = x + (_ROUND + 127.0)
    r = x - (shifted - (_ROUND + 127.0))
    return f.polynomial(r, _EXP2) * shifted.bits.shl(23).as_float


def tanh(f: FunctionWriter, x: Value) -> Value:
    """An odd polynomial up to 1, then 1 - 2 / (exp(2 x) + 1)."""
    if tables.has_wide(f):
        return tables.tanh(f, x)
    magnitude = x.abs()
    bounded = clamp(magnitude, None, 9.5)
    _, n, p = reduce_exp(f, bounded + bounded)
    large = 1.0 - 2.0 / (scale_near(p, n) + 1.0)
    z = x * x
    small = f.fma(f.polynomial(z, _TANH) * z, magnitude, magnitude)
    return copysign(f, magnitude.compare("oge", 1.0).select(large, small), x)


def exp_nonpositive(f: FunctionWriter, x: Value) -> Value:
    """exp for x <= 0 or NaN: nothing to clamp, and scaling up by a number that is always in range, and down by one."""
    zero, x = without_underflow(x, -105.0)
    n, bits, p = reduce_exp(f, x)
    if x86.has_scaling(f.target):
        return zero.select(0.0, x86.scale_by_power(f, p, n))
    return zero.select(0.0, p * (bits + (127 + 64)).shl(23).as_float * 2.0**-64)


def sigmoid(f: FunctionWriter, x: Value) -> Value:
    """1 or exp(-|x|), by the sign, over 1 + exp(-|x|)."""
    e = exp_nonpositive(f, -x.abs())
    return x.compare("olt", 0.0).select(e, 1.0) / (e + 1.0)


def erf(f: FunctionWriter, x: Value) -> Value:
    """An odd polynomial up to 0.92, then 1 - exp(polynomial); coefficients by N. Juffa (2015)."""
    t = x.abs()
    s = x * x
    p = f.fma(t, -1.72853470e-5, 3.83197126e-4)
    q = f.fma(t, -3.88396438e-3, 2.42546219e-2)
    p = f.fma(p, s, q)
    for c in (-1.06777877e-1, -6.34846687e-1, -1.28717512e-1):
        p = f.fma(p, t, c)
    p = clamp(f.fma(p, t, -t), -80.0, None)  # from there on the result is 1
    _, n, e = reduce_exp(f, p)
    large = copysign(f, 1.0 - scale_near(e, n), x)
    small = f.polynomial(s, (-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1,
                             1.28379166e-1))
    small = f.fma(small, x, x)
    return t.compare("ogt", 0.921875).select(large, small)


def reduce_angle(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    """(remainder in [-pi/4, pi/4], what it lost in rounding, quadrant as i32), for |x| <= LARGE_ANGLE."""
    if f.target.fma:
        shifted = f.fma(x, 0.63661977236758134, _ROUND)
        n = shifted - _ROUND
        first = f.fma(n, -_PI_2[0], x)
        r = f.fma(n, -_PI_2[1], first)
        moved = first - r
        low = f.fma(n, -_PI_2[1], moved) + ((first - moved) - r)  # the last is what `moved` lost, where r is small
        return r, f.fma(n, -_PI_2[2], low), shifted.bits
    wide = x.convert("fpext", "double")
    shifted = wide * 0.63661977236758134 + 6755399441055744.0
    n = shifted - 6755399441055744.0
    exact = wide - n * 1.5707963267341256 - n * 6.077100506506192e-11
    r = exact.convert("fptrunc", "float")
    low = (exact - r.convert("fpext", "double")).convert("fptrunc", "float")
    return r, low, shifted.bits.convert("trunc", "i32")


def sin_cos(f: FunctionWriter, x: Value, cosine: bool) -> Value:
    r, low, quadrant = reduce_angle(f, x)
    if cosine:
        quadrant = quadrant + 1
    z = r * r
    sine = r + f.fma(f.polynomial(z, _SIN) * z, r, low)
    base = f.fma(z, -0.5, 1.0)
    cosine_value = base + f.fma(f.polynomial(z, _COS) * z, z, f.fma(-low, r, f.fma(z, -0.5, 1.0 - base)))
    value = (quadrant & 1).compare("ne", 0).select(cosine_value, sine)
    result = (value.bits ^ (quadrant & 2).shl(30)).as_float
    return result if cosine else x.compare("oeq", 0.0).select(x, result)  # r + r**3 * p loses the sign of zero


def tan(f: FunctionWriter, x: Value) -> Value:
    """The tangent t + u of the remainder, u small; in every other quadrant -1 / (t + u), by one step of division."""
    r, low, quadrant = reduce_angle(f, x)
    z = r * r
    rest = f.fma(f.polynomial(z, _TAN) * z, r, f.fma(z, low, low))
    t = r + rest
    u = (r - t) + rest
    q = -1.0 / t
    inverse = f.fma(q, f.fma(q, u, f.fma(q, t, 1.0)), q)
    result = (quadrant & 1).compare("ne", 0).select(inverse, t)
    return x.compare("oeq", 0.0).select(x, result)


def _atan_from(f: FunctionWriter, base: list[Value], r: Value, lost: Value) -> Value:
    """base + atan(r + lost), for a base in two parts that is 0 or greater than |r| <= 1; `lost` is far below r."""
    z = r * r
    sum = base[0] + r
    low = f.fma(lost, f.polynomial(z, (0.32, -0.82, 1.0)), base[1])  # the factor is nearly 1 / (1 + z)
    return sum + f.fma(f.polynomial(z, _ATAN) * z, r, low + ((base[0] - sum) + r))


def atan(f: FunctionWriter, x: Value) -> Value:
    """A polynomial up to 1; above, pi / 2 + atan(-1 / x)."""
    t = clamp(x.abs(), None, 1e15)
    above = t.compare("ogt", 1.0)
    inverse = -1.0 / t
    lost = above.select(inverse * f.fma(inverse, t, 1.0), 0.0)
    base = [above.select(part, t.const(0.0)) for part in _HALF_PI]
    return copysign(f, _atan_from(f, base, above.select(inverse, t), lost), x)


def atan2(f: FunctionWriter, y: Value, x: Value) -> Value:
    """The angle of the lesser to the greater, put where it belongs; numbers whose quotient needs care, and those of
    which C has special cases, in float64."""
    p, q = y.abs(), x.abs()
    steep, left = p.compare("ogt", q), x.bits.compare("slt", 0)
    low, high = steep.select(q, p), steep.select(p, q)
    inverse = 1.0 / high
    ratio = low * inverse
    lost = f.fma(-ratio, high, low) * inverse
    base = [steep.select(part, left.select(2.0 * part, low.const(0.0))) for part in _HALF_PI]
    sign = (left ^ steep).select(x.bits.const(-0x80000000), 0)
    angle = _atan_from(f, base, (ratio.bits ^ sign).as_float, (lost.bits ^ sign).as_float)
    ordinary = high.compare("ogt", 2.0**-100) & high.compare("olt", 2.0**100)
    return rarely(f, ~ordinary, copysign(f, angle, y), lambda: in_double(float64.atan2)(f, y, x))
