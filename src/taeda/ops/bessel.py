"""Bessel functions of order 0 and 1 of every kind, and Airy's function.

Near 0 each is a Chebyshev series in x^2 (beside a logarithm), far out an amplitude and a phase, or an exponential,
with series in 1 / x (`bessel_tables`). Computed in float64: those of float32 with shorter series, rounded once. As in
PyTorch, only i0, i0e, i1 and i1e have gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from taeda.ir.loop import Expr, call, const, select
from taeda.ops import bessel_tables as tables
from taeda.ops.chebyshev import in_double, series, wide_floats
from taeda.ops.dtypes import promote_to_float
from taeda.ops.op import Sample, Tensor, pointwise, sample
from taeda.ops.pointwise import where

_special: dict[str, Any] = {
    "dtype": promote_to_float, "modules": ("special",), "method": False, "inplace": False, "out": True
}
_without_gradient: dict[str, Any] = {**_special, "dtype": wide_floats, "differentiable": False}


def _at_most(x: Expr, limit: float) -> Expr:
    return call("minimum", x, const(limit, x.dtype))


def _at_least(x: Expr, limit: float) -> Expr:
    return call("maximum", x, const(limit, x.dtype))


# -- of the first and the second kind --------------------------------------------------------------------------------


def _waves(y: Expr, order: int) -> tuple[Expr, Expr]:
    """sqrt(2) times cosine and sine of y - pi / 4 (2 order + 1), exact for large y."""
    sine, cosine = call("sin", y), call("cos", y)
    turned = (sine + cosine, sine - cosine)
    return turned if order == 0 else (turned[1], -turned[0])


def _far(y: Expr, order: int, single: bool, second: bool) -> Expr:
    """J, or Y if `second`, of numbers above 8."""
    y = _at_least(y, 8)
    ratio = 8 / y
    even, odd = (series(table[order], 2 * ratio * ratio - 1, single) for table in (tables.PHASE_EVEN, tables.PHASE_ODD))
    cosine, sine = _waves(y, order)
    value = even * sine + ratio * odd * cosine if second else even * cosine - ratio * odd * sine
    return value / call("sqrt", y * math.pi)


def _first_near(y: Expr, order: int, single: bool) -> Expr:
    """J of numbers from 0 to 8, with its zeros as factors."""
    value = series(tables.J_BELOW_8[order], y * y / 32 - 1, single)
    for high, low in tables.J_ZEROS[order]:
        value = value * ((y - high) - low) * (y + high)
    return value * y if order else value


def _first(x: Expr, order: int, single: bool) -> Expr:
    y = abs(x)
    value = select(y > 8, _far(y, order, single, False), _first_near(_at_most(y, 8), order, single))
    return select(call("signbit", x), -value, value) if order else value


def _second(x: Expr, order: int, single: bool) -> Expr:
    y = _at_most(x, 8)
    regular = series(tables.Y_BELOW_8[order], y * y / 32 - 1, single)
    near = call("log", y * 0.5) * _first_near(y, order, single)
    near = near * (2 / math.pi) + regular if order == 0 else (near - 1 / y) * (2 / math.pi) + y * regular
    value = select(x > 8, _far(x, order, single, True), near)
    value = select(x.eq(0), const(-math.inf, x.dtype), value)
    return select(x < 0, const(math.nan, x.dtype), value)


@pointwise(**_without_gradient)
def bessel_j0(input: Tensor) -> Tensor:
    """The Bessel function of the first kind, order 0."""
    return in_double(_first, input, order=0)


@pointwise(**_without_gradient)
def bessel_j1(input: Tensor) -> Tensor:
    """The Bessel function of the first kind, order 1."""
    return in_double(_first, input, order=1)


@pointwise(**_without_gradient)
def bessel_y0(input: Tensor) -> Tensor:
    """The Bessel function of the second kind, order 0."""
    return in_double(_second, input, order=0)


@pointwise(**_without_gradient)
def bessel_y1(input: Tensor) -> Tensor:
    """The Bessel function of the second kind, order 1."""
    return in_double(_second, input, order=1)


@pointwise(**_without_gradient)
def spherical_bessel_j0(x: Tensor) -> Tensor:
    """The spherical Bessel function of the first kind, order 0: sin(x) / x."""
    value = select(x.eq(0), const(1, x.dtype), call("sin", x) / x)
    return select(call("isinf", x), const(0, x.dtype), value)


# -- modified --------------------------------------------------------------------------------------------------------


def _i0e(x: Expr) -> Expr:
    x, single = abs(x), x.dtype == "float32"
    large = _at_least(x, 8)
    far = series(tables.I_ABOVE_8[0], 16 / large - 1, single) / call("sqrt", large)
    near = series(tables.I_BELOW_8[0], _at_most(x, 8) * 0.25 - 1, single)
    return select(x > 8, far, near)


def _i1e(input: Expr) -> Expr:
    x, single = abs(input), input.dtype == "float32"
    large = _at_least(x, 8)
    far = series(tables.I_ABOVE_8[1], 16 / large - 1, single) / call("sqrt", large)
    near = x * series(tables.I_BELOW_8[1], _at_most(x, 8) * 0.25 - 1, single)
    value = select(x > 8, far, near)
    return select(input < 0, -value, value)


def _unscaled(scaled: Callable[[Expr], Expr], x: Expr) -> Expr:
    half = call("exp", abs(x) * 0.5)  # in two factors, which overflow no earlier than the result
    return scaled(x) * half * half


@pointwise(dtype=promote_to_float, modules=("torch", "special"))
def i0(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
    return _unscaled(_i0e, input)


@i0.gradient
def _(grad: Any, input: Any) -> Any:
    return grad * i1(input)


@pointwise(**_special)
def i0e(input: Tensor) -> Tensor:
    """exp(-|input|) * i0(input)."""
    return _i0e(input)


@i0e.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    return grad * (i1e(input) - input.sgn() * output)


@pointwise(**_special)
def i1(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 1."""
    return _unscaled(_i1e, input)


@i1.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    return grad * where(input.eq(0), 0.5, i0(input) - output / where(input.eq(0), 1, input))


@pointwise(**_special)
def i1e(input: Tensor) -> Tensor:
    """exp(-|input|) * i1(input)."""
    return _i1e(input)


@i1e.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    safe = where(input.eq(0), 1, input)
    return grad * where(input.eq(0), 0.5, i0e(input) - output * (input.sgn() + 1 / safe))


@pointwise(**_without_gradient)
def modified_bessel_i0(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
    return _unscaled(_i0e, input)


@pointwise(**_without_gradient)
def modified_bessel_i1(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 1."""
    return _unscaled(_i1e, input)


def _modified_second(x: Expr, order: int, single: bool, scaled: bool) -> Expr:
    y = _at_most(x, 2)
    t = y * y * 0.5 - 1
    regular, first = (series(table[order], t, single) for table in (tables.K_BELOW_2, tables.I_BELOW_2))
    logarithm = call("log", y * 0.5)
    near = regular - logarithm * first if order == 0 else 1 / y + y * (logarithm * first + regular)
    large = _at_least(x, 2)
    far = series(tables.K_ABOVE_2[order], 4 / large - 1, single) / call("sqrt", large)
    if scaled:
        near = near * call("exp", y)
    else:
        half = call("exp", large * -0.5)  # twice: the result may be small enough to lose digits, but not before
        far = far * half * half
    value = select(x > 2, far, near)
    value = select(x.eq(0), const(math.inf, x.dtype), value)
    return select(x < 0, const(math.nan, x.dtype), value)


@pointwise(**_without_gradient)
def modified_bessel_k0(input: Tensor) -> Tensor:
    """The modified Bessel function of the second kind, order 0."""
    return in_double(_modified_second, input, order=0, scaled=False)


@pointwise(**_without_gradient)
def modified_bessel_k1(input: Tensor) -> Tensor:
    """The modified Bessel function of the second kind, order 1."""
    return in_double(_modified_second, input, order=1, scaled=False)


@pointwise(**_without_gradient)
def scaled_modified_bessel_k0(x: Tensor) -> Tensor:
    """exp(x) times the modified Bessel function of the second kind, order 0."""
    return in_double(_modified_second, x, order=0, scaled=True)


@pointwise(**_without_gradient)
def scaled_modified_bessel_k1(x: Tensor) -> Tensor:
    """exp(x) times the modified Bessel function of the second kind, order 1."""
    return in_double(_modified_second, x, order=1, scaled=True)


# -- Airy's ----------------------------------------------------------------------------------------------------------

_ZETA_1, _ZETA_3 = 2 / 3, 2 * math.sqrt(3)


def _airy(x: Expr, single: bool) -> Expr:
    middle = series(tables.AIRY_MIDDLE, (_at_least(_at_most(x, 1), -3) + 1) * 0.5, single)
    y = _at_least(abs(x), 1)
    zeta = y * call("sqrt", y) * (2 / 3)
    root = call("sqrt", call("sqrt", y)) * math.sqrt(math.pi)
    half = call("exp", zeta * -0.5)
    above = series(tables.AIRY_ABOVE_1, 2 * _ZETA_1 / zeta - 1, single) * half * half / (2 * root)
    ratio = _ZETA_3 / _at_least(zeta, _ZETA_3)
    even, odd = (series(table, 2 * ratio * ratio - 1, single) for table in (tables.AIRY_EVEN, tables.AIRY_ODD))
    sine, cosine = call("sin", zeta), call("cos", zeta)
    below = (even * (sine + cosine) - ratio * odd * (cosine - sine)) / (root * math.sqrt(2))
    value = select(x > 1, above, select(x < -3, below, middle))
    return select(call("isinf", x), const(math.nan, x.dtype), value)


@pointwise(**_without_gradient)
def airy_ai(x: Tensor) -> Tensor:
    """Airy's function Ai."""
    return in_double(_airy, x)


def _everywhere(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=-12, high=12))


def _positive(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.1, high=12))


for _op in (bessel_j0, bessel_j1, spherical_bessel_j0, i0, i0e, i1, i1e, modified_bessel_i0, modified_bessel_i1,
            airy_ai):
    _op.samples(_everywhere)
for _op in (bessel_y0, bessel_y1, modified_bessel_k0, modified_bessel_k1, scaled_modified_bessel_k0,
            scaled_modified_bessel_k1):
    _op.samples(_positive)
