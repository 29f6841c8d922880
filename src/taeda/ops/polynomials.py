"""Orthogonal polynomials: of degree `n`, a number of its own for each element.

By their three-term recurrences in float64, each element for as long as its degree asks (loop IR's `iterate`); those of
Chebyshev between -1 and 1 by their trigonometric form. A negative degree gives 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from taeda.ir.loop import Expr, call, const, iterate, select
from taeda.ops.chebyshev import in_double, wide_floats
from taeda.ops.op import Sample, Tensor, TensorOrNumber, pointwise, sample

_polynomial: dict[str, Any] = {
    "dtype": wide_floats, "modules": ("special",), "method": False, "inplace": False, "out": True,
    "differentiable": False,
}
_Step = Callable[[Expr, Expr, Expr, Expr], Expr]  # of degree k, x, and the polynomials of degrees k - 1 and k
_TRIGONOMETRIC = 6  # the degree above which Chebyshev's come from an angle


def _recurrence(x: Expr, n: Expr, first: Expr, step: _Step) -> Expr:
    """The polynomial of degree n: 1, `first`, and then step(k, x, before, here) of degree k + 1."""
    one = const(1, x.dtype)
    value = iterate(
        [one, one, first, n, x],
        lambda k, before, here, n, x: (k < n) & ~call("isnan", here),
        lambda k, before, here, n, x: (k + 1, here, step(k, x, before, here)),
        2,
    )
    return select(n < 0, const(0, x.dtype), select(n.eq(0), one, value))


def _is_even(n: Expr) -> Expr:
    return (call("floor", n * 0.5) * 2).eq(n)


def _degree(n: Expr) -> Expr:
    """Those beyond int64, infinite ones and NaN count as negative, as PyTorch's conversion makes them."""
    return select(abs(n) < 2.0**63, call("trunc", n), const(-1, n.dtype))


# -- Chebyshev's -----------------------------------------------------------------------------------------------------
# The recurrence is the same for all four kinds; they differ in degree 1, in the trigonometric form, and at -1 and 1.


def _chebyshev(x: Expr, n: Expr, single: bool, kind: str, shifted: bool) -> Expr:
    n = _degree(n)
    if shifted:
        x = x + x - 1
    inside = abs(x) < 1
    angle = call("acos", select(inside, x, const(0, x.dtype)))
    half = angle * 0.5
    if kind == "t":
        first, wave, right = x, call("cos", n * angle), const(1, x.dtype)
        left = right
    elif kind == "u":
        first, wave = x + x, call("sin", (n + 1) * angle) / call("sin", angle)
        right = left = n + 1
    elif kind == "v":
        first, wave = x + x - 1, call("cos", (n + 0.5) * angle) / call("cos", half)
        right, left = const(1, x.dtype), n + n + 1
    else:
        first, wave = x + x + 1, call("sin", (n + 0.5) * angle) / call("sin", half)
        right, left = n + n + 1, const(1, x.dtype)
    waves = inside & (n > _TRIGONOMETRIC)
    turns = select(waves, const(0, x.dtype), n)
    value = _recurrence(x, turns, first, lambda k, x, before, here: (x + x) * here - before)
    value = select(waves, wave, value)
    value = select(x.eq(1), right, select(x.eq(-1), select(_is_even(n), left, -left), value))
    return select(n < 0, const(0, x.dtype), value)


def _chebyshev_op(kind: str, ordinal: str, shifted: bool) -> Any:
    def body(x: TensorOrNumber, n: TensorOrNumber) -> Tensor:
        return in_double(_chebyshev, x, n, kind=kind, shifted=shifted)

    body.__name__ = body.__qualname__ = f"{'shifted_' if shifted else ''}chebyshev_polynomial_{kind}"
    of = "2 x - 1" if shifted else "x"
    body.__doc__ = f"Chebyshev's polynomial of the {ordinal} kind and degree n, of {of}."
    body.__module__ = __name__
    op = pointwise(body, **_polynomial)
    op.samples(_shifted_samples if shifted else _samples)
    return op


def _samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=-2, high=2), make(4, dtype="int64", low=0, high=9))
    yield sample(make(5, low=-0.95, high=0.95), 11)


def _shifted_samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=-1, high=2), make(4, dtype="int64", low=0, high=9))
    yield sample(make(5, low=0.05, high=0.95), 11)


for _kind, _ordinal in (("t", "first"), ("u", "second"), ("v", "third"), ("w", "fourth")):
    _chebyshev_op(_kind, _ordinal, False)
    _chebyshev_op(_kind, _ordinal, True)


# -- Hermite's, Laguerre's and Legendre's ----------------------------------------------------------------------------


def _hermite(x: Expr, n: Expr, single: bool, scale: int) -> Expr:
    n = _degree(n)
    most = 128 if single else 512  # above, PyTorch gives NaN
    turns = select(n > most, const(0, x.dtype), n)
    x = x * scale
    value = _recurrence(x, turns, x, lambda k, x, before, here: x * here - k * scale * before)
    return select(n > most, const(math.nan, x.dtype), value)


@pointwise(**_polynomial)
def hermite_polynomial_h(x: TensorOrNumber, n: TensorOrNumber) -> Tensor:
    """The physicist's Hermite polynomial of degree n."""
    return in_double(_hermite, x, n, scale=2)


@pointwise(**_polynomial)
def hermite_polynomial_he(x: TensorOrNumber, n: TensorOrNumber) -> Tensor:
    """The probabilist's Hermite polynomial of degree n."""
    return in_double(_hermite, x, n, scale=1)


def _laguerre(x: Expr, n: Expr, single: bool) -> Expr:
    return _recurrence(x, _degree(n), 1 - x,
                       lambda k, x, before, here: ((k + k + (1 - x)) * here - k * before) / (k + 1))


def _legendre(x: Expr, n: Expr, single: bool) -> Expr:
    return _recurrence(x, _degree(n), x, lambda k, x, before, here: ((k + k + 1) * x * here - k * before) / (k + 1))


@pointwise(**_polynomial)
def laguerre_polynomial_l(x: TensorOrNumber, n: TensorOrNumber) -> Tensor:
    """Laguerre's polynomial of degree n."""
    return in_double(_laguerre, x, n)


@pointwise(**_polynomial)
def legendre_polynomial_p(x: TensorOrNumber, n: TensorOrNumber) -> Tensor:
    """Legendre's polynomial of degree n."""
    return in_double(_legendre, x, n)


for _op in (hermite_polynomial_h, hermite_polynomial_he, laguerre_polynomial_l, legendre_polynomial_p):
    _op.samples(_samples)
