"""The error function, its complement and its inverse, and the gamma functions, as vector math in float64.

erfc(a) = p(t) / (1 + 2 a) * exp(-a**2) with t = (a - 4) / (a + 4), as in M. Shepherd and J. Laframboise (1981), with
a polynomial p fitted for a in [0, 28]. erfinv starts from M. Giles (2010) and is made exact by Newton's method. lgamma
and digamma go up by recurrence to where their asymptotic series hold, and reflect at 0.
"""

from __future__ import annotations

import math

from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars import float64 as m64
from taeda.codegen.scalars.common import clamp, copysign

# erf(x) / x in x**2, up to x = 1
_ERF = (5.9571761477489114e-11, -1.1372848856791674e-9, 1.4659775274047436e-8, -1.6350312701054695e-7,
        1.6461000484121368e-6, -1.4925595266831182e-5, 0.00012055331111642711, -0.00085483269808337899,
        0.0052239776248180145, -0.026866170645076793, 0.11283791670954879, -0.37612638903183748, 1.1283791670955126)
# (1 + 2 a) * exp(a**2) * erfc(a) in t, to 2e-17 and to 1e-9
_ERFC = (-1.8206098680308683e-9, -1.3670989863347382e-8, -7.7154186144178301e-9, 1.1534943745754157e-7,
         6.2707271571983109e-8, -8.3516196886968471e-7, 3.0135049944875395e-7, 5.7178872846321852e-6,
         -1.1224789135154701e-5, -2.4403169244974075e-5, 0.00015062224394830299, -0.00019925550755614952,
         -0.00075777334141333004, 0.0050319697558954261, -0.016197734059115007, 0.037167515562492866,
         -0.066330365811529384, 0.093732834996794116, -0.10103906603635213, 0.068097054254737324,
         0.015379652102620741, -0.13962111684056289, 1.2329951186255525)
_ERFC_SINGLE = (0.0001259063873770519, -0.00023671902844100094, -0.00073366604743102454, 0.0050587365561790802,
                -0.016210684182979693, 0.037157866461937015, -0.066326477352300764, 0.093734525221346613,
                -0.10103965465809888, 0.068096933419907303, 0.015379686522711257, -0.13962111471056547,
                1.2329951182947813)
# erfinv(q) / q for w = -log(1 - q**2): up to 5 in w - 2.5, above in sqrt(w) - 3, up to the last float32 before 1
_ERFINV_SINGLE = (
    -1.9767990076737784e-11, 1.2359563829104652e-10, 8.062079648189692e-10, -1.086384511135143e-08,
    1.3874300304408369e-08, 4.787017027413367e-07, -3.4176944824458125e-06, -4.996029841124947e-06,
    0.00021825147507535943, -0.0012527079277119082, -0.004177318237839323, 0.24664027674030461, 1.5014093511463829,
)
_ERFINV_SINGLE_TAIL = (
    -1.3554869017052154e-05, -1.2921416901849333e-05, 0.00018168170527421582,
    -0.0003040495468398932, -0.0001326651853763114, 0.0014901317935027078, -0.0035634102955772345,
    0.005684223631553536, -0.007643279142044001, 0.009445580644178922, 1.001675260197376, 2.8329767980756095,
)
# digamma(x) / (x - its root) in 2 x - 3, from 1 to 2; the root as a sum of two numbers
_DIGAMMA_ROOT = (1.4616321449683622, 9.549995429965697e-17)
_DIGAMMA = (
    2.918622732168261e-11, -8.50550766013261e-11, 8.734528429142953e-11, -2.7580994814377e-10, 1.2469984616707403e-09,
    -3.7083753242807277e-09, 1.0527692435026686e-08, -3.162911147408454e-08, 9.543298288278275e-08,
    -2.863161166883193e-07, 8.589060721930695e-07, -2.578093954045772e-06, 7.741234508636364e-06,
    -2.3258242519113285e-05, 6.995018825112794e-05, -0.00021074841138175561, 0.0006368880303865817,
    -0.0019350666648613071, 0.005936795278301761, -0.018550615381735008, 0.06013562106019684, -0.2118137106407303,
    0.9510558760318328,
)


def _complement(f: FunctionWriter, a: Value, single: bool) -> tuple[Value, Value]:
    """(erfc(a), exp(-a**2)) for a >= 0; to float32 accuracy if `single`."""
    a = clamp(a, None, 28.0)
    p = f.polynomial((a - 4.0) / (a + 4.0), _ERFC_SINGLE if single else _ERFC)
    square = a * a
    e = m64.exp(f, -square)
    if not single:
        e = e - e * f.fma(a, a, -square)  # the rounding error of the square, times e
    return p / (a + a + 1.0) * e, e


def erf(f: FunctionWriter, x: Value, single: bool = False) -> Value:
    a = x.abs()
    z = x * x
    small = f.polynomial(z, _ERF) * x
    large = copysign(f, 1.0 - _complement(f, a, single)[0], x)
    return a.compare("olt", 1.0).select(small, large)


def erfc(f: FunctionWriter, x: Value, single: bool = False) -> Value:
    value, _ = _complement(f, x.abs(), single)
    return x.compare("olt", 0.0).select(2.0 - value, value)


def erfinv_single(f: FunctionWriter, y: Value) -> Value:
    """To float32 accuracy: the polynomials alone, of higher degrees."""
    q = y.abs()
    w = -m64.log(f, (1.0 - q) * (q + 1.0))
    x = w.compare("olt", 5.0).select(f.polynomial(w - 2.5, _ERFINV_SINGLE),
                                     f.polynomial(f.intrinsic("llvm.sqrt", w) - 3.0, _ERFINV_SINGLE_TAIL)) * q
    return copysign(f, q.compare("oeq", 1.0).select(float("inf"), x), y)


def erfinv(f: FunctionWriter, y: Value) -> Value:
    q = y.abs()
    w = -m64.log(f, (1.0 - q) * (q + 1.0))
    p = w - 2.5
    centre = f.polynomial(p, (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                              -0.00125372503, -0.00417768164, 0.246640727, 1.50140941))
    # Fitted up to the last float64 before 1, to 2e-6: two steps square that twice.
    r = f.intrinsic("llvm.sqrt", w) - 4.0
    tail = f.polynomial(r, (1.7320664224576698e-05, -7.825501070823764e-05, 9.463586980039147e-05,
                            -3.1597246465085715e-05, 0.00024552469200180005, -0.0009358181113162112,
                            0.0013020643620611505, 1.009508613246763, 3.8397802408676798))
    x = w.compare("olt", 5.0).select(centre, tail) * q
    near = q.compare("olt", 0.5)
    for _ in range(2):
        # Above 0.5 the residual comes from the complements, which are exact where erf is all but 1.
        complement, e = _complement(f, x, False)
        residual = near.select(f.polynomial(x * x, _ERF) * x - q, (1.0 - q) - complement)
        x = x - residual / (e * (2.0 / math.sqrt(math.pi)))
    x = q.compare("oeq", 1.0).select(float("inf"), x)
    return copysign(f, x, y)


def lgamma(f: FunctionWriter, x: Value) -> Value:
    """log |gamma(x)| for arguments that are float32 numbers.

    With P = x (x + 1) ... up to where the argument is at least 8 and Stirling's series S holds, lgamma(x) = S - log(P);
    and below 0, by reflection, log(pi P / |sin(pi x)|) - S, for 1 - x.
    """
    negative = x.compare("ole", 0.0)
    fraction = x - f.intrinsic("llvm.roundeven", x)
    sine = m64.sin_cos(f, fraction * math.pi, False).abs()
    y = negative.select(1.0 - x, x)
    product = y.const(1.0)
    for _ in range(8):
        low = y.compare("olt", 8.0)
        product = low.select(product * y, product)
        y = low.select(y + 1.0, y)
    inverse = 1.0 / y
    series = f.polynomial(inverse * inverse, (-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360,
                                               1 / 12)) * inverse
    stirling = ((y - 0.5) * m64.log(f, y) - y) + (series + 0.5 * math.log(2 * math.pi))
    logarithm = m64.log(f, negative.select(product * math.pi / sine, product))
    result = negative.select(logarithm - stirling, stirling - logarithm)
    result = (x.compare("oeq", 1.0) | x.compare("oeq", 2.0)).select(0.0, result)
    return x.abs().compare("oeq", float("inf")).select(float("inf"), result)


def digamma(f: FunctionWriter, x: Value) -> Value:
    """Reflection below 0, recurrence up to 10, then the asymptotic series; its root as a factor from 1 to 2. Poles are
    NaN, ±0 gives ∓infinity."""
    negative = x.compare("olt", 0.0)
    fraction = x - f.intrinsic("llvm.roundeven", x)
    # psi(x) = psi(1 - x) - pi / tan(pi x)
    reflection = math.pi / m64.tan(f, fraction * math.pi)
    y = negative.select(1.0 - x, x)
    total = y.const(0.0)
    for _ in range(10):
        low = y.compare("olt", 10.0)
        total = total + low.select(1.0 / y, 0.0)
        y = low.select(y + 1.0, y)
    inverse = 1.0 / (y * y)
    series = f.polynomial(inverse, (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)) * inverse
    result = m64.log(f, y) - 0.5 / y - series - total
    middle = (x - _DIGAMMA_ROOT[0] - _DIGAMMA_ROOT[1]) * f.polynomial(x + x - 3.0, _DIGAMMA)
    result = (x.compare("oge", 1.0) & x.compare("ole", 2.0)).select(middle, result)
    result = negative.select(result - reflection, result)
    result = (negative & fraction.compare("oeq", 0.0)).select(float("nan"), result)
    return x.compare("oeq", 0.0).select(copysign(f, x.const(float("inf")), -x), result)
