"""Vector math in float64. It also serves float32 functions that are rarely hot.

Sources: the reductions of fdlibm (Sun Microsystems, 1993), with near-minimax polynomials fitted for the remainders
named above each.
"""

from __future__ import annotations

import math

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars.branch import libm, rarely
from taeda.codegen.scalars.common import Reduction, clamp, copysign, log_specials, power

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # the first ends in 21 zero bits
_ROUND = 6755399441055744.0  # 1.5 * 2**52

# (exp(r) - 1 - r) / r**2 on [-ln 2 / 2, ln 2 / 2]
_EXP = (2.5100375832561234e-8, 2.7620075879983367e-7, 2.7557268480310026e-6, 2.4801521322368693e-5,
        0.00019841269863040545, 0.0013888888917196719, 0.0083333333333300644, 0.041666666666624162,
        0.16666666666666667, 0.5)
# The same, close enough to subtract 1 from
_EXPM1 = (2.089256584767996e-09, 2.5108691807399115e-08, 2.755733313520951e-07, 2.7557245164273427e-06,
          2.4801587275907343e-05, 0.0001984126988531445, 0.0013888888888894512, 0.008333333333321806,
          0.041666666666666685, 0.16666666666666677, 0.5)
# (2**r - 1) / r on [-1/2, 1/2]
_EXP2 = (4.4558179083360645e-10, 7.074194297288521e-09, 1.0178057087733941e-07, 1.3215432535912375e-06,
         1.5252733841556773e-05, 0.00015403530463724353, 0.001333355814640647, 0.009618129107587256,
         0.055504108664821625, 0.24022650695910158, 0.6931471805599453)
# (2 atanh(s) / s - 2) / s**2 in s**2, up to s = (sqrt(2) - 1) / (sqrt(2) + 1)
_LOG = (0.14616449685043406, 0.15331721600556041, 0.18182889125261722, 0.2222221113479508, 0.28571428625975485,
        0.39999999999899504, 0.66666666666666697)
# (sin(r) - r) / r**3 and (cos(r) - 1 + r**2 / 2) / r**4 in r**2, up to pi / 4
_SIN = (1.5918129294866609e-10, -2.5051131845003624e-8, 2.755731610255244e-6, -0.00019841269836758574,
        0.0083333333333309485, -0.16666666666666665)
_COS = (-1.1382632425521718e-11, 2.0876146268403198e-9, -2.7557317271729793e-7, 2.4801587298765688e-5,
        -0.0013888888888887397, 0.041666666666666665)
# pi / 2 in three parts whose first two end in zero bits: products with n below 2**20 are exact
_PI_2 = (1.57079632673412561417e+00, 6.07710050630396597660e-11, 2.02226624879595063154e-21)
LARGE_ANGLE = 1.0e5
# (atan(r) / r - 1) / r**2 in r**2, up to tan(pi / 8)
_ATAN = (-0.019176887119062259, 0.039231658295587191, -0.050854497379402599, 0.058581489128022099,
         -0.06664511447381948, 0.076921831908260866, -0.090909045781239019, 0.11111111015256362,
         -0.14285714284666543, 0.19999999999995521, -0.3333333333333333)
# (tanh(x) / x - 1) / x**2 in x**2, up to x = 0.625
_TANH = (6.4851634827931131e-6, -3.12011014257974e-5, 9.2571161295567683e-5, -0.0002375906496055562,
         0.00058966065777570433, -0.0014557754120478055, 0.0035921217511549623, -0.0088632351032408779,
         0.021869488519008306, -0.053968253967896992, 0.13333333333333042, -0.33333333333333333)

# log2(e), log10(e) and log10(2) in two parts; the first end in zero bits
_LOG2_E_PARTS = (1.4426950216293335, 1.9259629911266175e-08)
_LOG10_E_PARTS = (0.4342944771051407, 4.798111141615973e-09)
_LOG10_2_PARTS = (0.3010299950838089, 5.801722962879576e-10)


def reduce_exp(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    """(n as double, n as i64, polynomial - 1) with exp(x) = polynomial * 2**n."""
    shifted = f.fma(x, _LOG2_E, _ROUND)
    n = shifted - _ROUND
    r = f.fma(n, -_LN2_HIGH, x)
    r = f.fma(n, -_LN2_LOW, r)
    return n, shifted.bits - 0x4338000000000000, f.fma(r * r, f.polynomial(r, _EXP), r)


def scale(f: FunctionWriter, x: Value, n: Value, n_integer: Value) -> Value:
    """x * 2**n for |n| <= 2044, in two steps, so that neither overflows before the result does."""
    if x86.has_scaling(f.target):
        return x86.scale_by_power(f, x, n)
    half = n_integer.convert("trunc", "i32").ashr(1).convert("sext", "i64")  # no 64-bit arithmetic shift before AVX-512
    rest = n_integer - half
    return x * (half + 1023).shl(52).as_float * (rest + 1023).shl(52).as_float


def _power(f: FunctionWriter, x: Value, reduce: Reduction, *limits: float) -> Value:
    return power(f, x, reduce, lambda f, n, n_integer, p: scale(f, p + 1.0, n, n_integer),
                 lambda n, n_integer, p: ((p + 1.0).bits + n_integer.shl(52)).as_float, limits)


def exp(f: FunctionWriter, x: Value) -> Value:
    return _power(f, x, reduce_exp, -750.0, 710.0, 705.0)


def _reduce_exp2(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    shifted = x + _ROUND
    n = shifted - _ROUND
    r = x - n
    return n, shifted.bits - 0x4338000000000000, f.polynomial(r, _EXP2) * r


def exp2(f: FunctionWriter, x: Value) -> Value:
    return _power(f, x, _reduce_exp2, -1080.0, 1025.0, 1020.0)


def exp2_nonpositive(f: FunctionWriter, x: Value) -> Value:
    """As in float32."""
    x = clamp(x, -1023.0, None)
    shifted = x + (_ROUND + 1023.0)
    r = x - (shifted - (_ROUND + 1023.0))
    return f.fma(f.polynomial(r, _EXP2), r, 1.0) * shifted.bits.shl(52).as_float


def split_log(f: FunctionWriter, x: Value) -> tuple[Value, Value]:
    """(e as double, t) with x = 2**e * (1 + t) and 1 + t in [sqrt(1/2), sqrt(2)), for positive finite x."""
    tiny = x.compare("olt", 2.2250738585072014e-308)
    bits = tiny.select(x * 18014398509481984.0, x).bits
    shifted = bits - 0x3FE6A09E667F3BCD  # bits of sqrt(1/2)
    biased = (shifted + (1023 << 52)).lshr(52)  # not negative, so that it converts by being put in a mantissa
    exponent = (biased | 0x4330000000000000).as_float - (4503599627370496.0 + 1023.0)
    mantissa = (bits - (shifted & -0x10000000000000)).as_float
    return tiny.select(exponent - 54.0, exponent), mantissa - 1.0


def log_parts(f: FunctionWriter, t: Value) -> tuple[Value, Value]:
    """(high, low) with log(1 + t) = high - low, high = t."""
    s = t / (t + 2.0)
    z = s * s
    r = f.polynomial(z, _LOG) * z
    half = t * t * 0.5
    return t, half - s * (half + r)


def log(f: FunctionWriter, x: Value) -> Value:
    e, t = split_log(f, x)
    _, low = log_parts(f, t)
    result = f.fma(e, _LN2_HIGH, t - (low - e * _LN2_LOW))
    return log_specials(x, result)


def half_expm1(f: FunctionWriter, x: Value) -> Value:
    """(exp(x) - 1) / 2 up to 709.9, from where on it is no more than what doubles to infinity."""
    x = clamp(x, -50.0, 709.99)
    shifted = f.fma(x, _LOG2_E, _ROUND)
    n = shifted - _ROUND
    first = f.fma(n, -_LN2_HIGH, x)
    r = f.fma(n, -_LN2_LOW, first)
    lost = f.fma(n, -_LN2_LOW, first - r)
    power = (shifted.bits + 1022).shl(52).as_float
    # power - 1/2 + power * r, of which the first is 0 or the greater, in two parts
    base = power - 0.5
    high = f.fma(power, r, base)
    low = f.fma(power, r, base - high)
    result = high + f.fma(power, f.fma(r * r, f.polynomial(r, _EXPM1), lost), low)
    return x.compare("oeq", 0.0).select(x, result)  # keeps the sign


def expm1(f: FunctionWriter, x: Value) -> Value:
    half = half_expm1(f, x)
    return half + half


def sinh(f: FunctionWriter, x: Value) -> Value:
    """(t + t / (t + 1)) / 2 with t = exp(|x|) - 1."""
    half = half_expm1(f, x.abs())
    value = copysign(f, half + half / (half + half + 1.0), x)
    return rarely(f, x.abs().compare("ogt", 709.7), value, lambda: libm(f, "sinh", x))


def cosh(f: FunctionWriter, x: Value) -> Value:
    """exp(|x|) / 2, which is scaled once, and its inverse."""
    x = clamp(x.abs(), None, 711.0)
    n, n_integer, p = reduce_exp(f, x)
    half = scale(f, p + 1.0, n - 1.0, n_integer - 1)
    return half + 0.25 / half


def log1p(f: FunctionWriter, x: Value) -> Value:
    """log of u = 1 + x rounded, and the rounding error relative to u added."""
    u = x + 1.0
    lost = x.abs().compare("olt", 1.0).select(x - (u - 1.0), 1.0 - (u - x))
    e, t = split_log(f, u)
    _, low = log_parts(f, t)
    result = f.fma(e, _LN2_HIGH, t - (low - f.fma(e, _LN2_LOW, lost / u)))
    return x.compare("oeq", 0.0).select(x, log_specials(u, result))


def _logarithm_to(f: FunctionWriter, x: Value, e_parts: tuple[float, float], two_parts: tuple[float, float]) -> Value:
    """log(x) to a base, of whose log(e) and log(2) the first parts end in zero bits."""
    e, t = split_log(f, x)
    _, low = log_parts(f, t)
    if f.target.fma:  # what t * t lost there
        low = f.fma(f.fma(t, t, -(t * t)), 0.5, low)
    top = (t.bits & -0x10000000).as_float  # a product with the first part is exact
    product = top * e_parts[0]
    rest = f.fma(t, e_parts[1], f.fma(t - top, e_parts[0], low * -(e_parts[0] + e_parts[1])))
    exponent = e * two_parts[0]
    sum = exponent + product  # the exponent's is 0 or the greater
    rest = f.fma(e, two_parts[1], rest) + ((exponent - sum) + product)
    return log_specials(x, sum + rest)


def log2(f: FunctionWriter, x: Value) -> Value:
    return _logarithm_to(f, x, _LOG2_E_PARTS, (1.0, 0.0))


def log10(f: FunctionWriter, x: Value) -> Value:
    return _logarithm_to(f, x, _LOG10_E_PARTS, _LOG10_2_PARTS)


def atanh(f: FunctionWriter, x: Value) -> Value:
    """Half of log(1 + |x|) - log(1 - |x|), which add."""
    t = x.abs()
    return copysign(f, (log1p(f, t) - log1p(f, -t)) * 0.5, x)


def tanh(f: FunctionWriter, x: Value) -> Value:
    magnitude = x.abs()
    bounded = clamp(magnitude, None, 22.0)
    _, n, p = reduce_exp(f, bounded + bounded)
    e = ((p + 1.0).bits + n.shl(52)).as_float
    large = 1.0 - 2.0 / (e + 1.0)
    z = x * x
    small = f.fma(f.polynomial(z, _TANH) * z, magnitude, magnitude)
    return copysign(f, magnitude.compare("oge", 0.625).select(large, small), x)


def sigmoid(f: FunctionWriter, x: Value) -> Value:
    return 1.0 / (exp(f, -x) + 1.0)


def reduce_angle(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    """(remainder in [-pi/4, pi/4], its low part, quadrant as i64), for |x| <= LARGE_ANGLE."""
    shifted = f.fma(x, 0.63661977236758134, _ROUND)
    n = shifted - _ROUND
    first = x - n * _PI_2[0]
    product = n * _PI_2[1]
    second = first - product
    low = (first - second) - product - n * _PI_2[2]
    high = second + low
    return high, (second - high) + low, shifted.bits


def sin_cos_parts(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    """(sine of the remainder, cosine of it, quadrant)."""
    r, low, quadrant = reduce_angle(f, x)
    z = r * r
    sine = r + f.fma(f.polynomial(z, _SIN) * z, r, low)
    half = z * 0.5
    base = 1.0 - half
    tail = (1.0 - base) - half
    cosine = base + f.fma(f.polynomial(z, _COS) * z, z, tail - r * low)
    return sine, cosine, quadrant


def sin_cos(f: FunctionWriter, x: Value, cosine: bool) -> Value:
    sine, cosine_value, quadrant = sin_cos_parts(f, x)
    if cosine:
        quadrant = quadrant + 1
    value = (quadrant & 1).compare("ne", 0).select(cosine_value, sine)
    result = (value.bits ^ (quadrant & 2).shl(62)).as_float
    return result if cosine else x.compare("oeq", 0.0).select(x, result)


def tan(f: FunctionWriter, x: Value) -> Value:
    sine, cosine, quadrant = sin_cos_parts(f, x)
    odd = (quadrant & 1).compare("ne", 0)
    return x.compare("oeq", 0.0).select(x, odd.select(-cosine, sine) / odd.select(sine, cosine))


def atan(f: FunctionWriter, x: Value) -> Value:
    """On [0, tan(pi/8)] a polynomial; above, atan(x) = pi/4 + atan((x - 1) / (x + 1)), or pi/2 - atan(1 / x)."""
    t = x.abs()
    big = t.compare("ogt", 2.414213562373095)
    middle = t.compare("ogt", 0.41421356237309503)
    numerator = big.select(-1.0, middle.select(t - 1.0, t))
    denominator = big.select(t, middle.select(t + 1.0, 1.0))
    r = numerator / denominator
    base = big.select(math.pi / 2, middle.select(x.const(math.pi / 4), 0.0))
    low = big.select(6.123233995736766e-17, middle.select(x.const(3.061616997868383e-17), 0.0))
    z = r * r
    result = base + (f.fma(f.polynomial(z, _ATAN) * z, r, low) + r)
    return copysign(f, result, x)


def atan2(f: FunctionWriter, y: Value, x: Value) -> Value:
    """atan2 with C's special cases, for arguments that are float32 numbers (no overflow in between)."""
    p, q = y.abs(), x.abs()
    both_infinite = p.compare("oeq", float("inf")) & q.compare("oeq", float("inf"))
    ratio = both_infinite.select(1.0, p / q)
    both_zero = p.compare("oeq", 0.0) & q.compare("oeq", 0.0)
    angle = atan(f, both_zero.select(0.0, ratio))
    negative = x.bits.compare("slt", 0)
    return copysign(f, negative.select(math.pi - angle, angle), y)
