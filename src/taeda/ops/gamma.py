"""Functions around gamma: the zeta function of Hurwitz, the derivatives of digamma, and the incomplete gamma functions.

Computed in float64, those of float32 numbers too, and rounded once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from taeda.ir.loop import Expr, call, const, iterate, select
from taeda.ops.chebyshev import in_double, series, wide_floats
from taeda.ops.dtypes import floats_only, promote_to_float
from taeda.ops.op import Result, Sample, Tensor, TensorOrNumber, derived, kernel, pointwise, sample


@kernel(public=False)
def no_derivative(b: Any, grad: Tensor, message: str) -> Tensor:
    """In the place of a gradient that there is no formula for: an error if it is asked for."""
    b.check(False, NotImplementedError, message)
    return grad


@no_derivative.meta
def _(grad: Any, message: str) -> Any:
    return Result(grad.dtype, grad.shape)


# -- zeta ------------------------------------------------------------------------------------------------------------

_TERMS = 10  # summed one by one, before the formula of Euler and Maclaurin
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_Power = Callable[[Expr], Expr]  # of q: q to the power of -x


def _positive_zeta(x: Expr, q: Expr, power: _Power) -> Expr:
    """The sum of (q + k)^-x over k >= 0, for q > 0; small terms are added first."""
    y = q + _TERMS
    last = power(y)
    x = call("minimum", x, const(1e5, x.dtype))  # where it is greater, what follows is 0
    term = last * x / (2 * y)
    tail = term * _BERNOULLI[0]
    for j, bernoulli in enumerate(_BERNOULLI[1:], 1):
        term = term * (x + (2 * j - 1)) * (x + 2 * j) / (y * y * ((2 * j + 1) * (2 * j + 2)))
        tail = tail + term * bernoulli
    total = tail + last * 0.5 + last * y / (x - 1)
    for k in reversed(range(_TERMS)):
        total = total + power(q + k)
    return total


def _hurwitz(x: Expr, q: Expr, power: Callable[[Expr, Expr], Expr]) -> Expr:
    """Below 0 (x is an integer there) the negative numbers of the sum are a difference of two such sums: with
    f = q - floor(q), zeta(x, f) + (-1)^x (zeta(x, 1 - f) - zeta(x, 1 - q))."""
    zero, one = const(0, x.dtype), const(1, x.dtype)
    whole = call("floor", q)
    fraction = q - whole
    negative = q < 0
    odd = call("remainder", x, const(2, x.dtype)).eq(1)
    sign = select(odd, -one, one)
    # One sum a turn, three where q is negative
    total = iterate(
        [zero, zero, select(negative, fraction, q), x, q, fraction, sign, select(negative, one * 3, one)],
        lambda turn, total, here, x, q, fraction, sign, turns: turn < turns,
        lambda turn, total, here, x, q, fraction, sign, turns: (
            turn + 1,
            total + select(turn.eq(0), one, select(turn.eq(1), sign, -sign))
            * _positive_zeta(x, here, lambda y: power(y, x)),
            select(turn.eq(0), 1 - fraction, 1 - q),
        ), 1)
    infinite = const(math.inf, x.dtype)
    nan = const(math.nan, x.dtype)
    value = select((q <= 0) & call("floor", x).ne(x), nan, total)
    value = select((q <= 0) & whole.eq(q), infinite, value)
    return select(x.eq(1), infinite, select(x < 1, nan, value))


def _zeta(x: Expr, q: Expr, single: bool) -> Expr:
    return _hurwitz(x, q, lambda y, x: call("pow", y, -x))


@pointwise(dtype=wide_floats, modules=("special",), method=False, inplace=False, out=True)
def zeta(input: TensorOrNumber, other: TensorOrNumber) -> Tensor:
    """Hurwitz' zeta function: the sum of (other + k)^-input over k = 0, 1, .."""
    return in_double(_zeta, input, other)


@zeta.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    missing = no_derivative(grad, "the derivative for 'zeta' is not implemented.")
    return missing, missing


@zeta.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=1.5, high=9).detach(), make(4, low=0.2, high=9).detach())


# -- polygamma -------------------------------------------------------------------------------------------------------


def _integer_power(x: Expr, exponent: int) -> Expr:
    result = None
    while exponent:
        if exponent & 1:
            result = x if result is None else result * x
        x, exponent = x * x, exponent >> 1
    assert result is not None
    return result


def _polygamma(x: Expr, single: bool, n: int) -> Expr:
    order = const(n + 1, x.dtype)
    value = _hurwitz(order, x, lambda y, order: 1 / _integer_power(y, n + 1))
    factorial = math.inf if n > 170 else float(math.factorial(n))
    return value * (factorial if n % 2 else -factorial)


@pointwise(public=False, dtype=promote_to_float)
def polygamma_pointwise(input: Tensor, n: int) -> Tensor:
    """The derivative of order n > 0 of digamma."""
    return in_double(_polygamma, input, n=n)


@polygamma_pointwise.gradient
def _(grad: Any, input: Any, n: Any) -> Any:
    return grad * polygamma_pointwise(input, n + 1)


def _polygamma_of(input: Any, n: int) -> Any:
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return input.digamma() if n == 0 else polygamma_pointwise(input, n)


@derived(modules=("torch", "special"), method=False, out=True)
def polygamma(n: int, input: Tensor) -> Tensor:
    """The derivative of order n of digamma."""
    return _polygamma_of(input, n)


@derived(public="polygamma", overload="method", modules=(), method=True, inplace=True)
def polygamma_method(input: Tensor, n: int) -> Tensor:
    """The derivative of order n of digamma."""
    return _polygamma_of(input, n)


@polygamma.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(0, make(3, 4, low=0.5, high=4))
    yield sample(1, make(3, 4, low=0.5, high=4))
    yield sample(3, make(5, low=-0.9, high=-0.1))


@polygamma_method.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.5, high=4), 2)


# -- incomplete gamma functions --------------------------------------------------------------------------------------
# Four ways, as in A. Gil, J. Segura and N. Temme (2012): a power series of P below a; a series of Q for small x; its
# continued fraction above; and for large a, near x = a, the uniform expansion.

# log(gamma(1 + a)) / a in (4 a - 1) / 3: from -0.5 to 1
_LGAMMA = (
    -0.4775762960915283, 0.5507980400865822, -0.08924120823567187, 0.02004780260119783, -0.005115676611239128,
    0.0013933370175094148, -0.0003944860199617227, 0.00011456910590736124, -3.3879648471147445e-05,
    1.0155063157936412e-05, -3.0762362954911033e-06, 9.398715333846454e-07, -2.8919610003705124e-07,
    8.951873276821471e-08, -2.785245311417891e-08, 8.704580656243115e-09, -2.7310509724438588e-09,
    8.598327376840824e-10, -2.7154222981603413e-10, 8.599286956165339e-11, -2.730058065850888e-11,
    8.686900992375184e-12, -2.7698359321889143e-12, 8.848368630410656e-13, -2.831558205939179e-13,
    9.075736956177379e-14, -2.913265720653679e-14, 9.364259998258893e-15, -3.0138405460400385e-15,
    9.711426730991422e-16, -3.132766037151833e-16, 1.0116364234117453e-16, -3.269977463001898e-17,
    1.0579462087734554e-17, -3.4257672546839603e-18, 1.1102132989552304e-18,
)
# eta / (x / a - 1) in powers of eta, where eta^2 / 2 = x / a - 1 - log(x / a), with the sign of x - a
_TEMME = (
    1.0, -0.3333333333333333, 0.08333333333333333, -0.014814814814814815, 0.0011574074074074073,
    0.0003527336860670194, -0.0001787551440329218, 3.919263178522438e-05, -2.185448510679992e-06,
    -1.85406221071516e-06, 8.296711340953087e-07, -1.7665952736826078e-07, 6.707853543401498e-09,
    1.0261809784240309e-08, -4.382036018453353e-09, 9.14769958223679e-10, -2.5514193994946248e-11,
    -5.830772132550426e-11, 2.4361948020667415e-11, -5.0276692801141755e-12, 1.1004392031956135e-13,
    3.371763262400985e-13, -1.392388722418162e-13, 2.8534893807047445e-14, -5.139111834242572e-16,
    -1.9752288294349442e-15, 8.099521156704561e-16, -1.6522531216398162e-16,
)


def _below_log(x: Expr, y: Expr, single: bool) -> Expr:
    """log(x / y) - (x / y - 1) without cancellation: by the series of the inverse hyperbolic tangent near 0."""
    mu = (x - y) / y
    r = mu / (mu + 2)
    square = r * r
    last = 21 if single else 35
    value = const(1 / last, mu.dtype)
    for k in range(last - 2, 1, -2):
        value = value * square + 1 / k
    near = 2 * r * square * value - r * mu
    return select(abs(mu) < 0.4, near, call("log", x / y) - mu)


def _prefactor(a: Expr, x: Expr, single: bool) -> Expr:
    """x^a exp(-x) / gamma(a + 1)."""
    small = call("exp", a * call("log", x) - x - call("lgamma", a + 1))
    y = call("maximum", a, const(10, a.dtype))
    square = 1 / (y * y)
    correction = 1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188
                 - square * (691 / 360360 - square / 156)))))
    large = call("exp", y * _below_log(x, y, single) - correction / y) / call("sqrt", y * (2 * math.pi))
    return select(a > 10, large, small)


# Sums and fractions are carried as numerators and denominators: the division of a step gives its result, and the next
# step does not wait for it. Before they overflow all of them are made smaller.
_LARGE = 1e100


def _smaller(size: Expr, *parts: Expr) -> tuple[Expr, ...]:
    factor = select(abs(size) > _LARGE, const(1 / _LARGE, size.dtype), const(1, size.dtype))
    return tuple(part * factor for part in parts)


def _power_series(a: Expr, x: Expr, single: bool) -> Expr:
    """1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + .."""
    enough = 1e-10 if single else 1e-17
    one = const(1, a.dtype)

    def step(value: Expr, total: Expr, product: Expr, power: Expr, a: Expr, x: Expr) -> tuple[Expr, ...]:
        total, product, power = _smaller(product, total * (a + 1) + power * x, product * (a + 1), power * x)
        return total / product, total, product, power, a + 1

    return iterate([one, one, one, one, a, x],
                   lambda value, total, product, power, a, x: power > total * enough, step, 0)


def _small_series(a: Expr, x: Expr, single: bool) -> Expr:
    """Q for x of about 1 or less: -expm1(a log(x) - log gamma(1 + a)) - x^a / gamma(1 + a) * a sum, n > 0, of
    (-x)^n / (n! (a + n))."""
    zero, one = const(0, a.dtype), const(1, a.dtype)
    enough, coefficients = (1e-11, _LGAMMA[:20]) if single else (1e-18, _LGAMMA)
    total = iterate(
        [zero, one, one, a, x],
        lambda total, term, n, a, x: abs(term) > enough,
        lambda total, term, n, a, x: (total + term * -x / (n * (a + n)), term * -x / n, n + 1), 0)
    below = call("minimum", a, one)
    exponent = a * call("log", x) - a * series(coefficients, (4 * below - 1) / 3)
    return -call("expm1", exponent) - call("exp", exponent) * a * total


def _continued_fraction(a: Expr, x: Expr, single: bool) -> Expr:
    """Q * x / (x^a exp(-x) / gamma(a)): x / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ..)))."""
    enough = 1e-10 if single else 2e-16
    one = const(1, a.dtype)
    start = x + 1 - a

    def step(value: Expr, last: Expr, above: Expr, below: Expr, before: Expr, under: Expr, b: Expr, n: Expr,
             a: Expr) -> tuple[Expr, ...]:
        factor, b = n * (a - n), b + 2
        parts = _smaller(below, b * above + factor * before, b * below + factor * under, above, below)
        return parts[0] / parts[1], value, *parts, b, n + 1

    def unfinished(value: Expr, last: Expr, *states: Expr) -> Expr:
        return (abs(value - last) > abs(value) * enough) & (states[5] < 2000)

    return x * iterate([1 / start, one * 0, one, start, one * 0, one, start, one, a], unfinished, step, 0)


def _uniform(a: Expr, x: Expr, single: bool, upper: bool) -> Expr:
    """Near x = a: erfc of eta, and a correction whose coefficients come from a recurrence."""
    y = call("maximum", a, const(10, a.dtype))
    half_square = -_below_log(x, y, single)
    eta = call("sqrt", 2 * half_square)
    eta = select(x < y, -eta, eta)
    inverse = 1 / y
    after, here = const(0, a.dtype), const(0, a.dtype)
    total = const(0, a.dtype)
    coefficients = _TEMME[:17] if single else _TEMME
    for m in range(len(coefficients) - 2, -1, -1):
        after, here = here, (m + 2) * inverse * after + coefficients[m + 1]
        total = total * eta + here
    # Now `here` and `after` are the coefficients 0 and 1.
    correction = call("exp", -y * half_square) / call("sqrt", y * (2 * math.pi)) * total / (1 + after * inverse)
    erfc = call("erfc", (eta if upper else -eta) * call("sqrt", y * 0.5)) * 0.5
    return erfc + correction if upper else erfc - correction


def _incomplete(a: Expr, x: Expr, single: bool, upper: bool) -> Expr:
    zero, one = const(0, a.dtype), const(1, a.dtype)
    valid = (a > 0) & (x > 0) & (a < math.inf) & (x < math.inf)
    safe_a, safe_x = select(valid, a, one), select(valid, x, one)
    uniform = (safe_a > 20) & (abs(safe_x - safe_a) < safe_a * 0.7)
    small = ~uniform & (safe_x < 1.5) & (safe_a < 1) & ((safe_x > 0.5) | (safe_a < 0.5))
    fraction = ~uniform & ~small & (safe_x > safe_a) & (safe_x > 1)
    below = ~uniform & ~small & ~fraction
    prefactor = _prefactor(safe_a, safe_x, single)
    # What is not asked for gets arguments that end at once.
    by_series = prefactor * _power_series(safe_a, select(below, safe_x, zero), single)
    by_fraction = prefactor * safe_a / safe_x * _continued_fraction(select(fraction, safe_a, one),
                                                                    select(fraction, safe_x, one * 4), single)
    by_small = _small_series(select(small, safe_a, one), select(small, safe_x, zero + 1e-300), single)
    lower, higher = by_series, select(fraction, by_fraction, by_small)
    if upper:
        value = select(below, 1 - lower, higher)
    else:
        value = select(below, lower, 1 - higher)
    value = select(uniform, _uniform(safe_a, safe_x, single, upper), value)
    at_start, at_end = (one, zero) if upper else (zero, one)
    value = select(valid, value, const(math.nan, a.dtype))
    value = select(x.eq(math.inf), at_end, value)
    value = select(a.eq(math.inf), select(x.eq(math.inf), const(math.nan, a.dtype), at_start), value)
    value = select(x.eq(0), at_start, value)
    value = select(a.eq(0), select(x > 0, at_end, const(math.nan, a.dtype)), value)
    return select((x < 0) | (a < 0), const(math.nan, a.dtype), value)


@pointwise(dtype=floats_only)
def igamma(input: Tensor, other: Tensor) -> Tensor:
    """The regularised lower incomplete gamma function of `other`, with the exponent `input`."""
    return in_double(_incomplete, input, other, upper=False)


@pointwise(dtype=floats_only)
def igammac(input: Tensor, other: Tensor) -> Tensor:
    """The regularised upper incomplete gamma function of `other`, with the exponent `input`: 1 - igamma."""
    return in_double(_incomplete, input, other, upper=True)


@derived(public=False)
def igamma_density(input: Tensor, other: Tensor) -> Tensor:
    """The derivative of igamma by `other`."""
    return ((input - 1) * other.log() - other - input.lgamma()).exp()


@igamma.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    missing = no_derivative(grad, "the derivative for 'igamma: input' is not implemented.")
    return missing, grad * igamma_density(input, other)


@igammac.gradient
def _(grad: Any, input: Any, other: Any) -> Any:
    missing = no_derivative(grad, "the derivative for 'igammac: input' is not implemented.")
    return missing, -grad * igamma_density(input, other)


def _incomplete_samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.2, high=5).detach(), make(4, low=0.2, high=6))
    yield sample(make(6, low=30, high=40).detach(), make(6, low=20, high=50))


igamma.samples(_incomplete_samples)
igammac.samples(_incomplete_samples)
