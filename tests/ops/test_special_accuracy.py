"""Special functions against SciPy over their whole ranges: errors in units in the last place, in both precisions.

Where a function crosses 0 the unit is that of its amplitude around there. The limits hold SciPy's own errors too, and
what one rounding of the argument of exp makes of large numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import taeda

special = pytest.importorskip("scipy.special")
SPACE = taeda.special


def spread(low: float, high: float, near: float = 3.0) -> Any:
    """Numbers from low to high: evenly, more of them near 0, and by their logarithms."""
    parts = [np.linspace(low, high, 400), np.linspace(max(low, -near), min(high, near), 400)]
    if high > 0:
        parts.append(np.geomspace(max(low, 1e-8), high, 200))
    return np.concatenate(parts)


def amplitude(order: int) -> Callable[[Any], Any]:
    return lambda x: np.hypot(special.jv(order, np.abs(x)), special.yv(order, np.abs(x)))


WAVES = spread(-300, 300), spread(1e-3, 300)
# name: (points, reference, units in the last place in float64, what is the unit of, or None for the result's own)
ONE: dict[str, tuple[Any, Callable[[Any], Any], float, Callable[[Any], Any] | None]] = {
    "bessel_j0": (WAVES[0], lambda x: special.jv(0, x), 12, amplitude(0)),
    "bessel_j1": (WAVES[0], lambda x: special.jv(1, x), 12, amplitude(1)),
    "bessel_y0": (WAVES[1], lambda x: special.yv(0, x), 12, amplitude(0)),
    "bessel_y1": (WAVES[1], lambda x: special.yv(1, x), 12, amplitude(1)),
    "modified_bessel_i0": (spread(-60, 60), special.i0, 20, None),
    "modified_bessel_i1": (spread(-60, 60), special.i1, 20, None),
    "i0e": (spread(-600, 600), special.i0e, 6, None),
    "i1e": (spread(-600, 600), special.i1e, 6, None),
    "modified_bessel_k0": (spread(1e-3, 60), special.k0, 20, None),
    "modified_bessel_k1": (spread(1e-3, 60), special.k1, 20, None),
    "scaled_modified_bessel_k0": (spread(1e-3, 600), special.k0e, 14, None),
    "scaled_modified_bessel_k1": (spread(1e-3, 600), special.k1e, 14, None),
    "spherical_bessel_j0": (spread(0, 300), lambda x: special.spherical_jn(0, x), 4, lambda x: 1 / np.maximum(x, 1)),
    "airy_ai": (spread(-20, 20), lambda x: special.airy(x)[0], 120,
                lambda x: np.where(x < 0, np.hypot(*special.airy(x)[::2]), special.airy(x)[0])),
    "erfinv": (np.concatenate([np.linspace(-1, 1, 400), 1 - np.geomspace(1.2e-16, 0.1, 200)]), special.erfinv, 4, None),
    "ndtr": (spread(-8, 8), special.ndtr, 30, None),
    "erfcx": (spread(-5, 1e6), special.erfcx, 14, None),
    "log_ndtr": (spread(-100, 4), special.log_ndtr, 20, None),
    "ndtri": (np.concatenate([np.linspace(1e-6, 1 - 1e-6, 500), np.geomspace(1e-300, 0.1, 200)]), special.ndtri, 8,
              lambda p: np.maximum(np.abs(special.ndtri(p)), 0.5)),
    "digamma": (spread(1e-3, 1e4), special.psi, 16, lambda x: np.maximum(np.abs(special.psi(x)), 1e-2)),
}


def units(got: Any, want: Any, scale: Any = None) -> float:
    assert (np.isfinite(got) == np.isfinite(want)).all()
    at = np.isfinite(want)
    unit = np.spacing(np.abs(want if scale is None else scale)[at].astype(got.dtype)).astype(np.float64)
    normal = unit > np.finfo(got.dtype).tiny * np.finfo(got.dtype).eps
    return float(np.max((np.abs(got[at].astype(np.float64) - want[at]) / unit)[normal], initial=0))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ONE)
def test_of_one_number(name: str, dtype: str) -> None:
    points, reference, most, scale = ONE[name]
    x = points.astype(dtype)
    wide = x.astype(np.float64)
    got = getattr(SPACE, name)(taeda.from_numpy(x)).numpy()
    error = units(got, reference(wide), scale and scale(wide))
    assert error <= (most if dtype == "float64" else 10 if name in ("i0e", "i1e") or "_i" in name else 1.1)


POLYNOMIALS = {
    "chebyshev_polynomial_t": special.eval_chebyt, "chebyshev_polynomial_u": special.eval_chebyu,
    "shifted_chebyshev_polynomial_t": special.eval_sh_chebyt, "shifted_chebyshev_polynomial_u": special.eval_sh_chebyu,
    "hermite_polynomial_h": special.eval_hermite, "hermite_polynomial_he": special.eval_hermitenorm,
    "laguerre_polynomial_l": special.eval_laguerre, "legendre_polynomial_p": special.eval_legendre,
}


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomials(name: str) -> None:
    x = np.linspace(-2, 2, 101)[:, None]
    n = np.concatenate([np.arange(13), [40]])[None, :]
    got = getattr(SPACE, name)(taeda.tensor(x), taeda.tensor(n)).numpy()
    want = POLYNOMIALS[name](n, x)
    amplitude = np.maximum(np.abs(want), np.abs(want).max(axis=0, keepdims=True) * 1e-3)
    assert (np.abs(got - want) <= 1e-12 * amplitude).all()
    negative = getattr(SPACE, name)(taeda.tensor(x), -1).numpy()
    assert (negative == 0).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("upper", [False, True])
def test_incomplete_gamma(upper: bool, dtype: str) -> None:
    random = np.random.default_rng(1)
    a = np.concatenate([10 ** random.uniform(-3, 4, 1500), random.uniform(0.01, 30, 500)])
    x = a * 10 ** random.uniform(-1.5, 1.5, a.size)
    x[::3] = (a + random.normal(0, 3, a.size) * np.sqrt(a)).clip(1e-3)[::3]
    a, x = a.astype(dtype), x.astype(dtype)
    got = (taeda.igammac if upper else taeda.igamma)(taeda.from_numpy(a), taeda.from_numpy(x)).numpy()
    want = (special.gammaincc if upper else special.gammainc)(a.astype(np.float64), x.astype(np.float64))
    least = 1e-30
    error = np.abs(got - want) / np.maximum(want, least)
    assert error.max() <= (1e-12 if dtype == "float64" else 1.3e-7)


def test_zeta_and_polygamma() -> None:
    random = np.random.default_rng(2)
    s, q = random.uniform(1.05, 20, 500), 10 ** random.uniform(-2, 3, 500)
    got = SPACE.zeta(taeda.tensor(s), taeda.tensor(q)).numpy()
    assert (np.abs(got / special.zeta(s, q) - 1) <= 4e-15).all()
    for n in (1, 2, 5):
        got = SPACE.polygamma(n, taeda.tensor(q)).numpy()
        assert (np.abs(got / special.polygamma(n, q) - 1) <= 3e-14).all()
    # at negative numbers by psi_n(1 - x) + (-1)^(n + 1) psi_n(x) = (-1)^n pi d^n/dx^n cot(pi x)
    x = random.uniform(-6, 0, 200)
    assert np.allclose(SPACE.polygamma(1, taeda.tensor(x)).numpy() + special.polygamma(1, 1 - x),
                       (np.pi / np.sin(np.pi * x)) ** 2, rtol=1e-11)
