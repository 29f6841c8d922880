"""Vector math in float32, most of it within 1.5 units in the last place, all within 2.5 (tests/codegen/test_math.py).

Polynomials are near-minimax fits (Chebyshev) of the remainder that the formula above each names. The same
instructions run for every lane count, so that tails and bodies give the same bits. Functions that are rarely hot
are computed in float64 (`float64`) and rounded once.
"""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars.branch import rarely

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440054690583e-4  # the first has 10 bits: a product with n is exact
_LOG_2_PARTS = (0.693145751953125, 1.42860682030941723e-6)  # the first has 15 bits; both are positive, for infinite n
_ROUND = 12582912.0  # 1.5 * 2**23: adding it leaves the nearest integer in the low bits

# (exp(r) - 1 - r) / r**2 on [-ln 2 / 2, ln 2 / 2]
_EXP = (0.0013926176119935579, 0.0083631730745137109, 0.041666554662050534, 0.16666577025597988, 0.5)
# (2**r - 1) / r on [-1/2, 1/2]
_EXP2 = (0.0001545316294512069, 0.0013390863364671234, 0.0096180825572778515, 0.055503571142190778,
         0.24022650760568127, 0.69314718802622878)
# (log(1 + t) - t + t**2 / 2) / t**3 on [sqrt(1/2) - 1, sqrt(2) - 1]
_LOG = (-0.07634374842404326, 0.12763474938129624, -0.13161105568646206, 0.14201567997513717, -0.1662325014202505,
        0.20001231158942673, -0.2500082391904568, 0.33333331696905444)
# (log2(1 + t) - t log2(e)) / t**2 there, and log2(e) in two parts, the first of which times t is exact
_LOG2 = (-0.10997738398940236, 0.18621735841117135, -0.191070677207564, 0.2045942725340562, -0.2396159859704379,
         0.288567742296947, -0.3606967043524453, 0.4808982334275862, -0.7213473510881775)
_LOG2_E_PARTS = (1.5, -0.05730495911103659264)
# The same to base 10. Of log10(2) the first part has 14 bits.
_LOG10 = (-0.033106491343103214, 0.05605701056439675, -0.05751800514724047, 0.06158901297886641, -0.07213159921657508,
          0.08686754621217137, -0.1085805273472621, 0.14476479312352597, -0.2171471899702977)
_LOG10_E_PARTS = (0.375, 0.05929448190325182765)
_LOG10_2_PARTS = (0.301025390625, 4.605038981195214e-6)
# (tanh(x) / x - 1) / x**2 in x**2, up to x = 0.625
_TANH = (-0.0060967141659081976, 0.020997178999074751, -0.053850909578513581, 0.13332769736976328,
         -0.33333328944134255)
# (tan(r) / r - 1) / r**2 in r**2, up to pi / 4
_TAN = (0.004387067376873815, 6.822180178206244e-05, 0.010852165569303808, 0.021276063056858946, 0.054061065494978244,
        0.13332653536702468, 0.3333335002952639)
# (atan(r) / r - 1) / r**2 in r**2, up to 1; pi / 2 in two parts
_ATAN = (-0.0017935938871327405, 0.010914480994605449, -0.0311776129854903, 0.05795735950735457, -0.08403436648801796,
         0.10952181098487407, -0.14264240789954272, 0.19998548201333644, -0.333332990864155)
_HALF_PI = (1.57079637050628662109375, -4.37113900018624283e-8)
# (sin(r) - r) / r**3 and (cos(r) - 1 + r**2 / 2) / r**4 in r**2, up to pi / 4
_SIN = (-0.00019587890880412386, 0.0083327482706297495, -0.16666664662314379)
_COS = (2.4547942085071573e-5, -0.0013888303035894866, 0.041666664659502207)
# pi / 2 in three parts for use with fma: exact enough up to LARGE_ANGLE
_PI_2 = (1.57079637050628662109375, -4.37113900018624283e-8, -1.71512451804862131e-15)
LARGE_ANGLE = 71476.0


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


def reduce_exp(f: FunctionWriter, x: Value) -> tuple[Value, Value, Value]:
    """(n as float, n as i32, polynomial) with exp(x) = polynomial * 2**n."""
    shifted = f.fma(x, _LOG2_E, _ROUND)
    n = shifted - _ROUND
    r = f.fma(n, -_LN2_HIGH, x)
    r = f.fma(n, -_LN2_LOW, r)
    tail = f.polynomial(r, _EXP)
    return n, shifted.bits - 0x4B400000, f.fma(r * r, tail, r) + 1.0


def scale(f: FunctionWriter, x: Value, n: Value, n_integer: Value) -> Value:
    """x * 2**n for |n| <= 252, in two steps, so that neither overflows before the result does."""
    if x86.has_scaling(f, x):
        return x86.scale_by_power(f, x, n)
    half = n_integer.ashr(1)
    rest = n_integer - half
    scaled = (x.bits + half.shl(23)).as_float
    return scaled * (rest + 127).shl(23).as_float


def exp(f: FunctionWriter, x: Value) -> Value:
    zero, x = without_underflow(clamp(x, None, 89.0), -105.0)
    n, n_integer, p = reduce_exp(f, x)
    return zero.select(0.0, scale(f, p, n, n_integer))


def exp2(f: FunctionWriter, x: Value) -> Value:
    zero, x = without_underflow(clamp(x, None, 129.0), -151.0)
    shifted = x + _ROUND
    n = shifted - _ROUND
    r = x - n
    p = f.polynomial(r, _EXP2) * r + 1.0
    return zero.select(0.0, scale(f, p, n, shifted.bits - 0x4B400000))


def exp2_nonpositive(f: FunctionWriter, x: Value) -> Value:
    """2**x for x <= 0 (and slightly above): 0 from the underflow limit down, NaN for NaN.

    Adding the constant puts round(x) plus the exponent's bias into the low bits of the sum."""
    x = clamp(x, -127.0, None)
    shifted = x + (_ROUND + 127.0)
    r = x - (shifted - (_ROUND + 127.0))
    return f.fma(f.polynomial(r, _EXP2), r, 1.0) * shifted.bits.shl(23).as_float


Logarithm = Callable[[Value, Value], Value]  # of e and t


def logarithm(f: FunctionWriter, x: Value, of: Logarithm) -> Value:
    """of(e as float, t) with x = 2**e * (1 + t) and 1 + t in [sqrt(1/2), sqrt(2)).

    Right too at 0, infinity, below 0 and at NaN, if of(e, 0) is e for an infinite e. With AVX-512 instructions take
    apart all numbers so. Elsewhere bits do, for numbers that are normal and positive; for the rest there is a jump."""
    if x86.has_scaling(f, x):
        exponent, mantissa = x86.split(f, x)
        upper = mantissa.compare("oge", 1.41421354)
        return of(upper.select(exponent + 1.0, exponent), upper.select(mantissa * 0.5, mantissa) - 1.0)

    def normal(x: Value) -> tuple[Value, Value]:
        shifted = x.bits - 0x3F3504F3  # bits of sqrt(1/2)
        mantissa = (x.bits - (shifted & -0x800000)).as_float
        return shifted.ashr(23).convert("sitofp", "float"), mantissa - 1.0

    def any_number() -> Value:
        tiny = x.compare("olt", 1.17549435e-38)
        e, t = normal(tiny.select(x * 33554432.0, x))
        return log_specials(x, of(tiny.select(e - 25.0, e), t))

    other = (x.bits - 0x00800000).compare("uge", 0x7F000000)
    return rarely(f, other, of(*normal(x)), any_number)


def log_specials(x: Value, result: Value) -> Value:
    """Right at 0, infinity, below 0 and at NaN."""
    special = x.compare("oeq", 0.0).select(float("-inf"), x.const(float("nan")))
    special = x.compare("oeq", float("inf")).select(x, special)
    ordinary = x.compare("ogt", 0.0) & x.compare("olt", float("inf"))
    return ordinary.select(result, special)


def _log(f: FunctionWriter, e: Value, t: Value, correction: Value | None = None) -> Value:
    z = t * t
    y = f.polynomial(t, _LOG) * (t * z)
    y = f.fma(e, _LOG_2_PARTS[1], y)
    y = f.fma(z, -0.5, y)
    if correction is not None:
        y = y + correction
    return f.fma(e, _LOG_2_PARTS[0], t + y)


def log(f: FunctionWriter, x: Value) -> Value:
    return logarithm(f, x, lambda e, t: _log(f, e, t))


def log2(f: FunctionWriter, x: Value) -> Value:
    def of(e: Value, t: Value) -> Value:
        y = f.fma(t, _LOG2_E_PARTS[1], f.polynomial(t, _LOG2) * (t * t))
        return e + f.fma(t, _LOG2_E_PARTS[0], y)
    return logarithm(f, x, of)


def log10(f: FunctionWriter, x: Value) -> Value:
    def of(e: Value, t: Value) -> Value:
        y = f.fma(t, _LOG10_E_PARTS[1], f.polynomial(t, _LOG10) * (t * t))
        return f.fma(e, _LOG10_2_PARTS[0], f.fma(t, _LOG10_E_PARTS[0], f.fma(e, _LOG10_2_PARTS[1], y)))
    return logarithm(f, x, of)


def log1p(f: FunctionWriter, x: Value) -> Value:
    """log of u = 1 + x rounded, and the rounding error relative to u added."""
    u = x + 1.0
    lost = f.intrinsic("llvm.fabs", x).compare("olt", 1.0).select(x - (u - 1.0), 1.0 - (u - x))

    def of(e: Value, t: Value) -> Value:
        return _log(f, e, t, e.abs().compare("olt", float("inf")).select(lost / u, 0.0))
    result = logarithm(f, u, of)
    return x.compare("oeq", 0.0).select(x, result)  # keeps the sign


def exp_positive(f: FunctionWriter, x: Value) -> Value:
    """exp for 0 <= x <= 88: no clamping and one step of scaling."""
    _, n, p = reduce_exp(f, x)
    return (p.bits + n.shl(23)).as_float


def tanh(f: FunctionWriter, x: Value) -> Value:
    """An odd polynomial up to 0.625, then 1 - 2 / (exp(2 x) + 1)."""
    magnitude = x.abs()
    bounded = clamp(magnitude, None, 9.5)
    e = exp_positive(f, bounded + bounded)
    large = 1.0 - 2.0 / (e + 1.0)
    z = x * x
    small = f.fma(f.polynomial(z, _TANH) * z, magnitude, magnitude)
    return copysign(f, magnitude.compare("olt", 0.625).select(small, large), x)


def copysign(f: FunctionWriter, x: Value, sign: Value) -> Value:
    return f.intrinsic("llvm.copysign", x, sign)


def exp_nonpositive(f: FunctionWriter, x: Value) -> Value:
    """exp for x <= 0 or NaN: nothing to clamp, and scaling up by a number that is always in range, and down by one."""
    zero, x = without_underflow(x, -105.0)
    n, n_integer, p = reduce_exp(f, x)
    if x86.has_scaling(f, x):
        return zero.select(0.0, x86.scale_by_power(f, p, n))
    return zero.select(0.0, p * (n_integer + (127 + 64)).shl(23).as_float * 2.0**-64)


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
    large = copysign(f, 1.0 - (e.bits + n.shl(23)).as_float, x)
    small = f.polynomial(s, (-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1,
                             1.28379166e-1))
    small = f.fma(small, x, x)
    return t.compare("ogt", 0.921875).select(large, small)


def reduce_angle(f: FunctionWriter, x: Value) -> tuple[Value, Value]:
    """(remainder in [-pi/4, pi/4], quadrant as i32), for |x| <= LARGE_ANGLE."""
    if f.target.fma:
        shifted = f.fma(x, 0.63661977236758134, _ROUND)
        n = shifted - _ROUND
        r = x
        for part in _PI_2:
            r = f.fma(n, -part, r)
        return r, shifted.bits
    wide = x.convert("fpext", "double")
    shifted = wide * 0.63661977236758134 + 6755399441055744.0
    n = shifted - 6755399441055744.0
    r = wide - n * 1.5707963267341256 - n * 6.077100506506192e-11
    return r.convert("fptrunc", "float"), shifted.bits.convert("trunc", "i32")


def sin_cos(f: FunctionWriter, x: Value, cosine: bool) -> Value:
    r, quadrant = reduce_angle(f, x)
    if cosine:
        quadrant = quadrant + 1
    z = r * r
    sine = f.fma(f.polynomial(z, _SIN) * z, r, r)
    cosine_value = f.fma(f.polynomial(z, _COS) * z, z, z * -0.5) + 1.0
    value = (quadrant & 1).compare("ne", 0).select(cosine_value, sine)
    result = (value.bits ^ (quadrant & 2).shl(30)).as_float
    return result if cosine else x.compare("oeq", 0.0).select(x, result)  # r + r**3 * p loses the sign of zero


def tan(f: FunctionWriter, x: Value) -> Value:
    r, quadrant = reduce_angle(f, x)
    z = r * r
    value = f.fma(f.polynomial(z, _TAN) * z, r, r)
    result = (quadrant & 1).compare("ne", 0).select(-1.0 / value, value)
    return x.compare("oeq", 0.0).select(x, result)


def _atan(f: FunctionWriter, r: Value) -> Value:
    z = r * r
    return f.fma(f.polynomial(z, _ATAN) * z, r, r)


def atan(f: FunctionWriter, x: Value) -> Value:
    """A polynomial up to 1; above, pi / 2 - atan(1 / x)."""
    t = x.abs()
    above = t.compare("ogt", 1.0)
    angle = _atan(f, above.select(-1.0 / t, t))
    return copysign(f, above.select((angle + _HALF_PI[1]) + _HALF_PI[0], angle), x)


def atan2(f: FunctionWriter, y: Value, x: Value) -> Value:
    """The angle of the lesser to the greater, put where it belongs; with C's special cases."""
    p, q = y.abs(), x.abs()
    steep = p.compare("ogt", q)
    low, high = steep.select(q, p), steep.select(p, q)
    same = low.compare("oeq", 0.0).select(low, 1.0)  # also of two infinities
    angle = _atan(f, low.compare("oeq", high).select(same, low / high))
    angle = steep.select((_HALF_PI[1] - angle) + _HALF_PI[0], angle)
    left = x.bits.compare("slt", 0)
    return copysign(f, left.select((2.0 * _HALF_PI[1] - angle) + 2.0 * _HALF_PI[0], angle), y)
