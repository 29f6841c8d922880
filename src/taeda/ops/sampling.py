"""Random numbers whose distribution each element chooses by itself: gamma, Poisson, binomial.

None of these has an inverse that is cheap to compute, so they accept or reject proposals. A kernel tries a fixed number
of proposals, all of them in vectors, and takes the first that is accepted; the chance that none is, given with each op,
is below what any test could see, and then the middle of the distribution is taken. Small means are inverted exactly,
by adding up probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from taeda.ir.expression import wrap
from taeda.ir.graph import broadcast_of
from taeda.ir.loop import Expr, Kernel, Operand, Store, call, cast, const, index, load, scalar, select
from taeda.ops import dtypes
from taeda.ops.dtypes import promote_to_float
from taeda.ops.op import Generator, Result, Sample, Tensor, kernel, pointwise, sample
from taeda.ops.pointwise import zero

_TRIES = 8
_MORE_TRIES = 12
_SUMMED = 48  # probabilities added up for means up to _SMALL
_SMALL = 10.0


def _bits(round_: int, word: int) -> Expr:
    """A word of the element's random bits; each `round_` has a stream of its own."""
    key = scalar(0, "int64")
    return call("philox", key + const(round_ << 40, "int64") if round_ else key, index(), attribute=word)


def _uniform(dtype: str, round_: int, word: int = 0) -> Expr:
    """Uniform in (0, 1)."""
    if dtype != "float64":
        top = cast(_bits(round_, word), "int64") & 0xFFFFFF
        return (cast(top, "float32") + 0.5) * const(2.0**-24, "float32")
    low = cast(_bits(round_, word), "int64") & 0xFFFFFFFF
    high = cast(_bits(round_, word + 1), "int64") & 0xFFFFF
    return (cast((high << 32) | low, "float64") + 0.5) * const(2.0**-52, "float64")


def _normal(dtype: str, round_: int) -> Expr:
    """Standard normal, from words 0 to 3 of a round."""
    radius = call("sqrt", call("log", _uniform(dtype, round_, 0)) * -2.0)
    return radius * call("cos", _uniform(dtype, round_, 2) * (2 * math.pi))


def _first_accepted(tries: int, proposal: Callable[[int], tuple[Expr, Expr]], otherwise: Expr) -> Expr:
    """The first of `tries` proposals (whether it is accepted, its value) that is accepted."""
    value = otherwise
    for k in reversed(range(tries)):
        accepted, proposed = proposal(k)
        value = select(accepted, proposed, value)
    return value


def _draw(b: Any, inputs: Any, value: Expr, generator: Any, name: str) -> Any:
    """One number per element of the broadcast inputs, which are made contiguous: an element's place is its counter."""
    dtype = inputs[0].dtype
    operands = (*(Operand(x.dtype, "input") for x in inputs), Operand(dtype, "element"))
    made = Kernel(operands, (Store(len(inputs), cast(value, dtype)),), name)
    return b.loops(made, [b.contiguous(x) for x in inputs], [max(x.ndim for x in inputs)], (generator[0],))[0]


def _floating(name: str, dtype: str) -> None:
    if not dtypes.is_float(dtype):
        raise NotImplementedError(f'"{name}" not implemented for {dtypes.name_of(dtype)!r}')


@kernel(public="_standard_gamma", method=False, pure=False)
def standard_gamma(b: Any, input: Tensor, generator: Generator = None) -> Tensor:
    """Gamma variables of concentration `input` and rate 1, by squeezing cubes of normal variables (Marsaglia and Tsang
    2000), which accepts 95 % or more: no proposal of eight is accepted once in 4e10 times.

    Differentiable by implicit reparametrisation (Figurnov et al. 2018): see `_standard_gamma_grad`.
    """
    _floating("gamma", input.dtype)
    wide = dtypes.compute_dtype(input.dtype)
    a = cast(load(0, input.dtype), wide)
    small = a < 1
    d = select(small, a + 1, a) - 1 / 3
    c = const(1, wide) / call("sqrt", d * 9)

    def proposal(k: int) -> tuple[Expr, Expr]:
        x = _normal(wide, 2 * k)
        v = c * x + 1
        v = v * v * v
        bound = x * x * 0.5 + d - d * v + d * call("log", select(v > 0, v, const(1, wide)))
        return (v > 0) & (call("log", _uniform(wide, 2 * k + 1)) < bound), d * v

    value = _first_accepted(_TRIES, proposal, d)
    # A variable of concentration a is one of concentration a + 1, times a power of a uniform one.
    boost = call("exp", call("log", _uniform(wide, 2 * _TRIES)) / a)
    return _draw(b, [input], value * select(small, boost, const(1, wide)), generator, "standard_gamma")


@standard_gamma.meta
def _(input: Any, generator: Any = None) -> Result:
    return Result(input.dtype, input.shape)


@standard_gamma.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    return grad * standard_gamma_grad(input, output)


@pointwise(public="_standard_gamma_grad", method=False, dtype=promote_to_float, differentiable=False)
def standard_gamma_grad(input: Tensor, other: Tensor) -> Tensor:
    """d x / d a of a gamma variable x = `other` of concentration a = `input`, its probability held: minus the
    derivative of the cumulative distribution by a, over the density.

    Up to a = 16 by the power series of the incomplete gamma function, above by Wilson and Hilferty's cube root, both in
    float64. Relative error below 1e-7, and above the seam 5e-3 in the far tails, 1e-3 and falling elsewhere.
    """
    a, x = cast(input, "float64"), cast(other, "float64")
    # Sum of t_k (digamma(a + k + 1) - log x), t_k = x^k / (a (a + 1) .. (a + k)), times x.
    small = select(a < 16, a, const(16, "float64"))
    term = const(1, "float64") / small
    psi = call("digamma", small + 1) - call("log", x)
    total = term * psi
    for k in range(1, 96):
        inverse = const(1, "float64") / (small + k)
        term = term * x * inverse
        psi = psi + inverse_next(small, k)
        total = total + term * psi
    series = x * total
    # x = a w^3, w = 1 - 1 / (9 a) + z / (3 sqrt(a)) for a normal z, which is held.
    root = call("exp", call("log", x / a) * (1 / 3))
    z = (root - 1 + const(1, "float64") / (a * 9)) * call("sqrt", a) * 3
    by_a = const(1, "float64") / (a * a * 9) - z / (call("sqrt", a) * a * 6)
    cube = root * root * root + a * 3 * root * root * by_a
    value = select(a < 16, series, cube)
    value = select(x > 0, value, const(0, "float64"))
    return cast(value, input.dtype)


def inverse_next(a: Expr, k: int) -> Expr:
    """digamma(a + k + 1) - digamma(a + k)."""
    return const(1, "float64") / (a + k)


@standard_gamma_grad.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.3, high=8), make(3, 4, low=0.3, high=8))


@kernel(method=False, pure=False)
def poisson(b: Any, input: Tensor, generator: Generator = None) -> Tensor:
    """Poisson variables of mean `input`: inverted up to a mean of 10, above by transformed rejection (Hörmann 1993,
    which accepts 75 % or more: no proposal of twelve is accepted once in 2e7 times). A negative mean gives 0."""
    _floating("poisson_cpu", input.dtype)
    wide = "float64"
    rate = cast(load(0, input.dtype), wide)
    mean = select(rate > 0, rate, const(0, wide))
    # How many cumulative probabilities lie below a uniform variable.
    u = _uniform(wide, 0)
    small = select(mean < _SMALL, mean, const(1, wide))
    probability = call("exp", -small)
    cumulative, count = probability, const(0, wide)
    for k in range(1, _SUMMED):
        count = count + cast(u > cumulative, wide)
        probability = probability * small * (1 / k)
        cumulative = cumulative + probability

    large = select(mean < _SMALL, const(_SMALL, wide), mean)
    root = call("sqrt", large)
    slope = root * 2.53 + 0.931
    shape = slope * 0.02483 - 0.059
    log_inverse = call("log", const(1.1239, wide) + const(1.1328, wide) / (slope - 3.4))
    log_mean = call("log", large)

    def proposal(k: int) -> tuple[Expr, Expr]:
        left = _uniform(wide, 1 + k, 0) - 0.5
        right = _uniform(wide, 1 + k, 2)
        edge = const(0.5, wide) - abs(left)
        found = call("floor", (shape * 2 / edge + slope) * left + large + 0.43)
        density = found * log_mean - large - call("lgamma", select(found >= 0, found, const(0, wide)) + 1)
        accepted = call("log", right) + log_inverse - call("log", shape / (edge * edge) + slope) <= density
        return (found >= 0) & accepted, found

    value = select(mean < _SMALL, count, _first_accepted(_MORE_TRIES, proposal, call("floor", large)))
    return _draw(b, [input], value, generator, "poisson")


@poisson.meta
def _(input: Any, generator: Any = None) -> Result:
    return Result(input.dtype, input.shape)


@poisson.gradient
def _(grad: Any) -> Any:
    return zero(grad)


@kernel(method=False, pure=False)
def binomial(b: Any, count: Tensor, prob: Tensor, generator: Generator = None) -> Tensor:
    """Successes in `count` trials of probability `prob`: inverted where fewer than 10 are expected, above by
    transformed rejection (Hörmann 1993, which accepts about 70 % or more: no proposal of twelve is accepted once in 2e6
    times)."""
    _floating("binomial_cpu", count.dtype)
    wide = "float64"
    n, p = cast(load(0, count.dtype), wide), cast(load(1, prob.dtype), wide)
    swapped = p > 0.5
    p = select(swapped, const(1, wide) - p, p)
    mean = n * p
    few = mean < _SMALL
    u = _uniform(wide, 0)
    odds = p / (const(1, wide) - p)
    probability = call("exp", n * call("log1p", -select(few, p, const(0, wide))))
    cumulative, counted = probability, const(0, wide)
    for k in range(1, _SUMMED):
        counted = counted + cast((u > cumulative) & (n >= k), wide)
        probability = probability * odds * (n - (k - 1)) * (1 / k)
        cumulative = cumulative + probability

    trials, chance = select(few, const(40, wide), n), select(few, const(0.5, wide), p)
    spread = call("sqrt", trials * chance * (const(1, wide) - chance))
    slope = spread * 2.53 + 1.15
    shape = slope * 0.0248 - 0.0873 + chance * 0.01
    centre = trials * chance + 0.5
    accept = const(0.92, wide) - const(4.2, wide) / slope
    alpha = (const(2.83, wide) + const(5.1, wide) / slope) * spread
    mode = call("floor", (trials + 1) * chance)
    log_odds = call("log", chance / (const(1, wide) - chance))
    at_mode = call("lgamma", mode + 1) + call("lgamma", trials - mode + 1)

    def proposal(k: int) -> tuple[Expr, Expr]:
        left = _uniform(wide, 1 + k, 0) - 0.5
        right = _uniform(wide, 1 + k, 2)
        edge = const(0.5, wide) - abs(left)
        found = call("floor", (shape * 2 / edge + slope) * left + centre)
        inside = (found >= 0) & (found <= trials)
        safe = select(inside, found, mode)
        bound = at_mode - call("lgamma", safe + 1) - call("lgamma", trials - safe + 1) + (safe - mode) * log_odds
        squeezed = (edge >= 0.07) & (right <= accept)
        tested = call("log", right * alpha / (shape / (edge * edge) + slope)) <= bound
        return inside & (squeezed | tested), found

    value = select(few, counted, _first_accepted(_MORE_TRIES, proposal, mode))
    return _draw(b, [count, prob], select(swapped, n - value, value), generator, "binomial")


@binomial.meta
def _(count: Any, prob: Any, generator: Any = None) -> Result:
    return Result(count.dtype, tuple(wrap(e) for e in broadcast_of([count, prob])))


@binomial.gradient
def _(grad: Any) -> Any:
    return None, None
