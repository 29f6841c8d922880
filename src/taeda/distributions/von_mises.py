"""The von Mises distribution: the normal distribution's counterpart on a circle."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda.distributions import constraints
from taeda.distributions.distribution import Elementwise

__all__ = ["VonMises"]


def _log_i0(x: Any) -> Any:
    """log of the modified Bessel function of order 0, without overflow."""
    return taeda.special.i0e(x).log() + x.abs()


class VonMises(Elementwise):
    """An angle about `loc`, with density proportional to exp(concentration cos(x - loc))."""

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False
    _parameters = ("loc", "concentration")

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._set(validate_args, loc=loc, concentration=concentration)

    def log_prob(self, value: Any) -> Any:
        self._checked(value)
        k = self.concentration
        return k * taeda.cos(value - self.loc) - math.log(2 * math.pi) - _log_i0(k)

    def sample(self, sample_shape: Any = ()) -> Any:
        """By rejection from a wrapped Cauchy distribution (Best and Fisher 1979), in float64."""
        shape = self._extended_shape(sample_shape)
        with taeda.no_grad():
            k = self.concentration.double()
            tau = 1 + (1 + 4 * k.square()).sqrt()
            rho = (tau - (2 * tau).sqrt()) / (2 * k)
            # Close to 0 the quotient loses all digits; its expansion does not.
            r = taeda.where(k < 1e-5, 1 / k + k, (1 + rho.square()) / (2 * rho)).expand(shape)
            k = k.expand(shape)
            angle = taeda.zeros(shape, dtype=taeda.float64, device=k.device)
            done = taeda.zeros(shape, dtype=taeda.bool, device=k.device)
            while not done.all():
                u1, u2, u3 = taeda.rand((3, *shape), dtype=taeda.float64, device=k.device).unbind()
                z = taeda.cos(math.pi * u1)
                f = (1 + r * z) / (r + z)
                c = k * (r - f)
                accept = (c * (2 - c) - u2 > 0) | ((c / u2).log() + 1 - c >= 0)
                angle = taeda.where(accept & ~done, (u3 - 0.5).sign() * f.clamp(min=-1, max=1).acos(), angle)
                done = done | accept
            turned = angle + math.pi + self.loc.double()
            return (turned.remainder(2 * math.pi) - math.pi).to(self.loc.dtype)

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        """The circular variance."""
        k = self.concentration
        return 1 - taeda.special.i1e(k) / taeda.special.i0e(k)
