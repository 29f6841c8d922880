"""Piecewise polynomials whose coefficients are looked up by a permutation of one vector register.

Meant for targets with such a permutation and fma; one table serves registers of 8 and of 16 floats.
"""

from __future__ import annotations

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value
from taeda.codegen.scalars.float32 import clamp, copysign

_ROUND = 12582912.0  # 1.5 * 2**23: adding it leaves the nearest integer in the low bits
# erf near t = k * ERF_WIDTH, a column for each k: the centre (a float32 close by whose erf is nearly a float32), erf
# there, and (erf(centre + d) - erf(centre)) / d in d, highest power first. In the first column erf(d) / d - 1.
_ERF_WIDTH = 0.53125
_ERF_CENTRE = (0.e+00, 5.312568e-01, 1.0624638e+00, 1.5937258e+00,
     2.124972e+00, 2.6561744e+00, 3.1874046e+00, 3.7188454e+00)
_ERF_VALUE = (0.e+00, 5.475342e-01, 8.6704504e-01, 9.7579557e-01,
     9.973456e-01, 9.998276e-01, 9.9999344e-01, 9.999999e-01)
_ERF = (
    (-2.4200926e-02, 7.5171627e-03, 1.2401128e-02, -5.8037904e-03,
     -1.9043162e-03, 6.68233e-04, 2.1782634e-04, 2.014032e-05),
    (-1.2840513e-03, -4.744798e-02, 1.0001553e-02, 1.5623819e-02,
     -1.6515809e-03, -2.0975433e-03, -3.594253e-04, -2.4771973e-05),
    (1.13096975e-01, -1.9227013e-03, -6.62779e-02, -4.9721696e-03,
     1.2497002e-02, 3.812128e-03, 4.278166e-04, 2.2294184e-05),
    (-2.5431616e-05, 1.8345715e-01, 4.7994714e-02, -4.916251e-02,
     -2.6368536e-02, -4.7888868e-03, -4.0139875e-04, -1.6943635e-05),
    (-3.7612522e-01, -1.2353274e-01, 1.5298614e-01, 1.2103044e-01,
     3.3040337e-02, 4.2549237e-03, 2.8124603e-04, 9.885284e-06),
    (-1.9529535e-08, -4.5205018e-01, -3.8772616e-01, -1.41833e-01,
     -2.6226956e-02, -2.5861282e-03, -1.3920924e-04, -4.137198e-06),
    (1.2837917e-01, 8.5090774e-01, 3.64931e-01, 8.899459e-02,
     1.23422835e-02, 9.736289e-04, 4.367363e-05, 1.1123578e-06),
)


def available(f: FunctionWriter) -> bool:
    return f.target.fma and x86.has_look_up(f.target)


def erf(f: FunctionWriter, x: Value) -> Value:
    """erf(centre) + d * polynomial, up to where the result is 1; near 0, d + d * polynomial."""
    t = clamp(x.abs(), None, 3.98)
    shifted = f.fma(t, 1 / _ERF_WIDTH, _ROUND)
    index = shifted.bits
    d = t - x86.look_up(f, _ERF_CENTRE, index)
    p = x86.look_up(f, _ERF[0], index)
    for row in _ERF[1:]:
        p = f.fma(p, d, x86.look_up(f, row, index))
    base = shifted.compare("oeq", _ROUND).select(d, x86.look_up(f, _ERF_VALUE, index))
    return copysign(f, f.fma(p, d, base), x)
