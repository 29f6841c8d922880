"""What all distributions have in common: shapes, checks of arguments and samples, and the methods users call."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import taeda
from taeda.distributions import constraints
from taeda.distributions.utils import broadcast_all, lazy_property

__all__ = ["Distribution", "Elementwise", "ExponentialFamily"]


class Distribution:
    """A batch of distributions. A sample has shape `sample_shape + batch_shape + event_shape`.

    `validate_args` says whether parameters and values are checked against the constraints (default: as
    `set_default_validate_args` says, which is yes unless Python runs with -O).
    """

    has_rsample = False
    has_enumerate_support = False
    _validate_args: bool = __debug__

    if TYPE_CHECKING:  # parameters are set by name in constructors and in `expand`

        def __getattr__(self, name: str) -> Any: ...

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Check arguments of all distributions from now on, or not."""
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value

    def __init__(
        self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None
    ) -> None:
        self._batch_shape = taeda.Size(batch_shape)
        self._event_shape = taeda.Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()
        super().__init__()

    def _check_parameters(self) -> None:
        try:
            regions = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize "
                "the distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        for name, region in regions.items():
            if constraints.is_dependent(region):
                continue
            if name not in self.__dict__ and isinstance(getattr(type(self), name), lazy_property):
                continue  # derived from the parameter that was given
            value = getattr(self, name)
            inside = region.check(value)
            if not inside.all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {region!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distributions with parameters expanded to another batch shape."""
        raise NotImplementedError

    @property
    def batch_shape(self) -> Any:
        """The shape over which parameters are batched."""
        return self._batch_shape

    @property
    def event_shape(self) -> Any:
        """The shape of one event."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        """What each parameter may be."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """What samples may be."""
        raise NotImplementedError

    @property
    def mean(self) -> Any:
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self) -> Any:
        """The most probable value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Any:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = ()) -> Any:
        """Samples, without gradients."""
        with taeda.no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Samples that are differentiable functions of the parameters."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Any:
        """`sample((n,))`, the older name."""
        warnings.warn("sample_n will be deprecated. Use .sample((n,)) instead", UserWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density, or of the probability, at `value`."""
        raise NotImplementedError

    def cdf(self, value: Any) -> Any:
        """The probability of at most `value`."""
        raise NotImplementedError

    def icdf(self, value: Any) -> Any:
        """The value of which `cdf` is this probability."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Any:
        """All values of a discrete distribution, along a new first dimension."""
        raise NotImplementedError

    def entropy(self) -> Any:
        """The entropy."""
        raise NotImplementedError

    def perplexity(self) -> Any:
        """exp(entropy)."""
        return taeda.exp(self.entropy())

    def _extended_shape(self, sample_shape: Any = ()) -> Any:
        return taeda.Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value: Any) -> None:
        """Raise ValueError unless `value` has a fitting shape and lies in the support."""
        if not isinstance(value, taeda.Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        events = len(self._event_shape)
        if value.dim() < events or value.shape[value.dim() - events:] != self._event_shape:
            raise ValueError(
                "The right-most size of value must match event_shape: "
                f"{value.shape} vs {self._event_shape}."
            )
        expected = (*self._batch_shape, *self._event_shape)
        for i, j in zip(reversed(value.shape), reversed(expected), strict=False):
            if i != 1 and j != 1 and i != j:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs "
                                 f"{taeda.Size(expected)}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        inside = support.check(value)
        if not inside.all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the "
                f"support ({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def _get_checked_instance(self, kind: Any, instance: Any = None) -> Any:
        """What `expand` fills: a subclass with a constructor of its own must expand itself."""
        if instance is None and type(self).__init__ != kind.__init__:
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {kind.__name__} that defines a custom __init__ method must also "
                "define a custom .expand() method."
            )
        return self.__new__(type(self)) if instance is None else instance

    def _expanded(self, kind: Any, batch_shape: Any, instance: Any, names: Any, event_shape: Any = ()) -> Any:
        """`expand` of a distribution whose parameters `names` have its batch shape, and `event_shape` behind it."""
        new = self._get_checked_instance(kind, instance)
        batch_shape = taeda.Size(batch_shape)
        for name in names:
            if name in self.__dict__:
                setattr(new, name, getattr(self, name).expand((*batch_shape, *event_shape)))
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def __repr__(self) -> str:
        names = [n for n in self.arg_constraints if n in self.__dict__]
        text = ", ".join(f"{n}: {_short(self.__dict__[n])}" for n in names)
        return f"{type(self).__name__}({text})"


def _short(value: Any) -> str:
    return f"{value}" if value.numel() == 1 else f"{value.size()}"


class ExponentialFamily(Distribution):
    """Densities of the form exp(<t(x), theta> - F(theta) + k(x)), whose entropy follows from the gradient of F."""

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Any) -> Any:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> Any:
        raise NotImplementedError

    def entropy(self) -> Any:
        """The entropy, by the Bregman divergence of the log-normaliser."""
        params = [p.detach().requires_grad_() for p in self._natural_params]
        normalizer = self._log_normalizer(*params)
        gradients = taeda.autograd.grad(normalizer.sum(), params, create_graph=True)
        result = -self._mean_carrier_measure + normalizer
        for p, g in zip(params, gradients, strict=True):
            result = result - (p * g).reshape((*self._batch_shape, -1)).sum(-1)
        return result


class Elementwise(Distribution):
    """Distributions of single numbers whose parameters are tensors of the batch shape.

    A subclass names them in `_parameters` and calls `_set` in its constructor.
    """

    _parameters: tuple[str, ...] = ()

    def _set(self, validate_args: bool | None, **parameters: Any) -> None:
        """Broadcast the parameters against each other, keep and check them."""
        scalar = not any(isinstance(v, taeda.Tensor) for v in parameters.values())
        for name, value in zip(parameters, broadcast_all(*parameters.values()), strict=True):
            setattr(self, name, value)
        shape = () if scalar else getattr(self, next(iter(parameters))).size()
        Distribution.__init__(self, shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(self._expand_kind(), batch_shape, _instance, self._parameters)

    def _expand_kind(self) -> Any:
        """The class whose constructor `expand` goes around: the nearest that names parameters."""
        return next(c for c in type(self).__mro__ if "_parameters" in c.__dict__)

    def _checked(self, value: Any) -> None:
        if self._validate_args:
            self._validate_sample(value)
