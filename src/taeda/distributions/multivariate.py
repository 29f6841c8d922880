"""Normal vectors and random matrices: MultivariateNormal (also of low rank), Wishart, LKJCholesky."""

from __future__ import annotations

import math
import warnings
from typing import Any

import taeda
from taeda.distributions import constraints
from taeda.distributions.distribution import Distribution, ExponentialFamily
from taeda.distributions.gammas import Beta, Chi2
from taeda.distributions.utils import lazy_property

__all__ = ["LKJCholesky", "LowRankMultivariateNormal", "MultivariateNormal", "Wishart"]


def _batch_mv(matrix: Any, vector: Any) -> Any:
    """Matrix times vector, over any batch."""
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def _batch_mahalanobis(tril: Any, x: Any) -> Any:
    """x^T (L L^T)^-1 x for a factor L that may be shared by a batch of x."""
    return taeda.linalg.solve_triangular(tril, x.unsqueeze(-1), upper=False).square().sum((-2, -1))


def _precision_to_scale_tril(precision: Any) -> Any:
    """The Cholesky factor of the inverse of a positive definite matrix, from that of the matrix flipped over."""
    flipped = taeda.linalg.cholesky(precision.flip((-2, -1)))
    upper = flipped.flip((-2, -1)).mT
    identity = taeda.eye(precision.shape[-1], dtype=precision.dtype, device=precision.device)
    return taeda.linalg.solve_triangular(upper, identity.expand_as(upper), upper=False)


def _half_log_det(tril: Any) -> Any:
    return tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)


class _FromMatrix(Distribution):
    """Distributions given by one of covariance, precision and scale_tril; the others are derived when asked for."""

    _unbroadcasted_scale_tril: Any

    def _set_matrix(self, covariance: Any, precision: Any, scale_tril: Any) -> tuple[str, Any]:
        given = {"covariance_matrix": covariance, "precision_matrix": precision, "scale_tril": scale_tril}
        chosen = [(name, m) for name, m in given.items() if m is not None]
        if len(chosen) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        name, matrix = chosen[0]
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        return name, matrix

    def _factor(self, name: str, matrix: Any) -> None:
        if name == "scale_tril":
            self._unbroadcasted_scale_tril = matrix
        elif name == "covariance_matrix":
            self._unbroadcasted_scale_tril = taeda.linalg.cholesky(matrix)
        else:
            self._unbroadcasted_scale_tril = _precision_to_scale_tril(matrix)

    def _matrix_shape(self) -> Any:
        n = self._event_shape[-1]
        return (*self._batch_shape, n, n)

    @lazy_property
    def scale_tril(self) -> Any:
        return self._unbroadcasted_scale_tril.expand(self._matrix_shape())

    @lazy_property
    def covariance_matrix(self) -> Any:
        tril = self._unbroadcasted_scale_tril
        return (tril @ tril.mT).expand(self._matrix_shape())

    @lazy_property
    def precision_matrix(self) -> Any:
        return taeda.cholesky_inverse(self._unbroadcasted_scale_tril).expand(self._matrix_shape())

    def _expanded_matrices(self, new: Any, batch_shape: Any) -> None:
        n = self._event_shape[-1]
        for name in ("covariance_matrix", "scale_tril", "precision_matrix"):
            if name in self.__dict__:
                setattr(new, name, getattr(self, name).expand((*batch_shape, n, n)))
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril


class MultivariateNormal(_FromMatrix):
    """A normal vector of mean `loc`, and of a covariance, or its inverse, or its Cholesky factor."""

    arg_constraints = {
        "loc": constraints.real_vector, "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite, "scale_tril": constraints.lower_cholesky,
    }  # fmt: skip
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self, loc: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        name, matrix = self._set_matrix(covariance_matrix, precision_matrix, scale_tril)
        batch_shape = taeda.broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        setattr(self, name, matrix.expand((*batch_shape, -1, -1)))
        self.loc = loc.expand((*batch_shape, -1))
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        self._factor(name, matrix)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(MultivariateNormal, _instance)
        batch_shape = taeda.Size(batch_shape)
        new.loc = self.loc.expand((*batch_shape, *self.event_shape))
        self._expanded_matrices(new, batch_shape)
        Distribution.__init__(new, batch_shape, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def mean(self) -> Any:
        return self.loc

    mode = mean

    @property
    def variance(self) -> Any:
        return self._unbroadcasted_scale_tril.square().sum(-1).expand((*self._batch_shape, *self._event_shape))

    def rsample(self, sample_shape: Any = ()) -> Any:
        eps = taeda.randn(self._extended_shape(sample_shape), dtype=self.loc.dtype, device=self.loc.device)
        return self.loc + _batch_mv(self._unbroadcasted_scale_tril, eps)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        distance = _batch_mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        half = _half_log_det(self._unbroadcasted_scale_tril)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - half

    def entropy(self) -> Any:
        half = _half_log_det(self._unbroadcasted_scale_tril)
        return (0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half).expand(self._batch_shape)


class LowRankMultivariateNormal(Distribution):
    """A normal vector of covariance W W^T + diag(D), W = `cov_factor` of few columns, D = `cov_diag`."""

    arg_constraints = {
        "loc": constraints.real_vector, "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }  # fmt: skip
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Any, cov_factor: Any, cov_diag: Any, validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event_shape = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event_shape:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event_shape[0]} x m")
        if cov_diag.shape[-1:] != event_shape:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event_shape}")
        try:
            batch_shape = taeda.broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        except RuntimeError as error:
            raise ValueError(
                f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, cov_diag {cov_diag.shape}"
            ) from error
        self.loc = loc.expand((*batch_shape, -1))
        self.cov_factor = cov_factor.expand((*batch_shape, -1, -1))
        self.cov_diag = cov_diag.expand((*batch_shape, -1))
        super().__init__(batch_shape, event_shape, validate_args=validate_args)
        self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag = cov_factor, cov_diag
        # The factor of I + W^T D^-1 W, of few rows: all that inverse and determinant need.
        scaled = cov_factor.mT / cov_diag.unsqueeze(-2)
        small = scaled @ cov_factor
        eye = taeda.eye(cov_factor.shape[-1], dtype=small.dtype, device=small.device)
        self._capacitance_tril = taeda.linalg.cholesky(small + eye)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(LowRankMultivariateNormal, _instance)
        batch_shape = taeda.Size(batch_shape)
        new.loc = self.loc.expand((*batch_shape, *self.event_shape))
        new.cov_diag = self.cov_diag.expand((*batch_shape, *self.event_shape))
        new.cov_factor = self.cov_factor.expand((*batch_shape, *self.cov_factor.shape[-2:]))
        for name in ("_unbroadcasted_cov_factor", "_unbroadcasted_cov_diag", "_capacitance_tril"):
            setattr(new, name, getattr(self, name))
        Distribution.__init__(new, batch_shape, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def mean(self) -> Any:
        return self.loc

    mode = mean

    @lazy_property
    def variance(self) -> Any:
        total = self._unbroadcasted_cov_factor.square().sum(-1) + self._unbroadcasted_cov_diag
        return total.expand((*self._batch_shape, *self._event_shape))

    @lazy_property
    def scale_tril(self) -> Any:
        root = self._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)
        w = self._unbroadcasted_cov_factor / root
        eye = taeda.eye(self._event_shape[0], dtype=w.dtype, device=w.device)
        tril = root * taeda.linalg.cholesky(w @ w.mT + eye)
        return tril.expand((*self._batch_shape, *self._event_shape, *self._event_shape))

    @lazy_property
    def covariance_matrix(self) -> Any:
        w = self._unbroadcasted_cov_factor
        matrix = w @ w.mT + taeda.diag_embed(self._unbroadcasted_cov_diag)
        return matrix.expand((*self._batch_shape, *self._event_shape, *self._event_shape))

    @lazy_property
    def precision_matrix(self) -> Any:
        scaled = self._unbroadcasted_cov_factor.mT / self._unbroadcasted_cov_diag.unsqueeze(-2)
        a = taeda.linalg.solve_triangular(self._capacitance_tril, scaled, upper=False)
        matrix = taeda.diag_embed(self._unbroadcasted_cov_diag.reciprocal()) - a.mT @ a
        return matrix.expand((*self._batch_shape, *self._event_shape, *self._event_shape))

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        options = {"dtype": self.loc.dtype, "device": self.loc.device}
        few = taeda.randn((*shape[:-1], self.cov_factor.shape[-1]), **options)
        all_ = taeda.randn(shape, **options)
        return self.loc + _batch_mv(self._unbroadcasted_cov_factor, few) + self._unbroadcasted_cov_diag.sqrt() * all_

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        diff = value - self.loc
        scaled = self._unbroadcasted_cov_factor.mT / self._unbroadcasted_cov_diag.unsqueeze(-2)
        part = (diff.square() / self._unbroadcasted_cov_diag).sum(-1)
        distance = part - _batch_mahalanobis(self._capacitance_tril, _batch_mv(scaled, diff))
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + self._log_det() + distance)

    def _log_det(self) -> Any:
        return 2 * _half_log_det(self._capacitance_tril) + self._unbroadcasted_cov_diag.log().sum(-1)

    def entropy(self) -> Any:
        entropy = 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._log_det())
        return entropy.expand(self._batch_shape)


class Wishart(_FromMatrix, ExponentialFamily):
    """The distribution of X^T X for `df` rows X of a normal vector of that covariance."""

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0

    @property
    def arg_constraints(self) -> dict[str, Any]:
        return {
            "covariance_matrix": constraints.positive_definite, "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self.event_shape[-1] - 1),
        }  # fmt: skip

    def __init__(
        self, df: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        name, matrix = self._set_matrix(covariance_matrix, precision_matrix, scale_tril)
        if not isinstance(df, taeda.Tensor):
            df = taeda.tensor(float(df), dtype=matrix.dtype, device=matrix.device)
        batch_shape = taeda.broadcast_shapes(matrix.shape[:-2], df.shape)
        event_shape = matrix.shape[-2:]
        self.df = df.expand(batch_shape)
        setattr(self, name, matrix.expand((*batch_shape, -1, -1)))
        if self.df.le(event_shape[-1] - 1).any():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {event_shape[-1] - 1}.")
        if self.df.lt(event_shape[-1]).any():
            warnings.warn("Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < "
                          "ndim.", stacklevel=2)
        super().__init__(batch_shape, event_shape, validate_args=validate_args)
        self._factor(name, matrix)
        below = taeda.arange(event_shape[-1], dtype=self.df.dtype, device=self.df.device)
        self._dist_chi2 = Chi2(df=self.df.unsqueeze(-1) - below.expand((*batch_shape, -1)))

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(Wishart, _instance)
        batch_shape = taeda.Size(batch_shape)
        new.df = self.df.expand(batch_shape)
        self._expanded_matrices(new, batch_shape)
        Distribution.__init__(new, batch_shape, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        new._dist_chi2 = self._dist_chi2.expand((*batch_shape, self.event_shape[-1]))
        return new

    @property
    def mean(self) -> Any:
        return self.df.view((*self._batch_shape, 1, 1)) * self.covariance_matrix

    @property
    def mode(self) -> Any:
        factor = (self.df - self.covariance_matrix.shape[-1] - 1).view((*self._batch_shape, 1, 1))
        return taeda.where(factor <= 0, math.nan, factor * self.covariance_matrix)

    @property
    def variance(self) -> Any:
        v = self.covariance_matrix
        diagonal = v.diagonal(dim1=-2, dim2=-1)
        outer = diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2)
        return self.df.view((*self._batch_shape, 1, 1)) * (v.square() + outer)

    def rsample(self, sample_shape: Any = (), max_try_correction: Any = None) -> Any:
        """Bartlett's decomposition: chi-squared roots on the diagonal, normal numbers below it."""
        p = self._event_shape[-1]
        chi = self._dist_chi2.rsample(sample_shape).clamp(min=taeda.finfo(self._unbroadcasted_scale_tril.dtype).tiny)
        noise = taeda.diag_embed(chi.sqrt())
        normal = taeda.randn((*noise.shape[:-2], p, p), dtype=noise.dtype, device=noise.device).tril(-1)
        factor = self._unbroadcasted_scale_tril @ (noise + normal)
        return factor @ factor.mT

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        p, nu = self._event_shape[-1], self.df
        solved = taeda.cholesky_solve(value, self._unbroadcasted_scale_tril)
        return (-nu * (p * math.log(2) / 2 + _half_log_det(self._unbroadcasted_scale_tril)) - taeda.mvlgamma(nu / 2, p)
                + (nu - p - 1) / 2 * taeda.linalg.slogdet(value).logabsdet
                - solved.diagonal(dim1=-2, dim2=-1).sum(-1) / 2)

    def entropy(self) -> Any:
        nu, p = self.df, self._event_shape[-1]
        digammas = taeda.digamma((nu.unsqueeze(-1) - taeda.arange(p, dtype=nu.dtype)) / 2).sum(-1)
        log_det = 2 * _half_log_det(self._unbroadcasted_scale_tril)
        expected = digammas + p * math.log(2) + log_det
        return ((p + 1) / 2 * log_det + p * (p + 1) * math.log(2) / 2 + taeda.mvlgamma(nu / 2, p)
                - (nu - p - 1) / 2 * (expected - log_det - p * math.log(2)) + nu * p / 2)


class LKJCholesky(Distribution):
    """The Cholesky factor of a random correlation matrix of density det^(concentration - 1) (Lewandowski, Kurowicka
    and Joe 2009), by the onion method."""

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        (self.concentration,) = taeda.distributions.utils.broadcast_all(concentration)
        batch_shape = self.concentration.size()
        super().__init__(batch_shape, (dim, dim), validate_args)
        marginal = self.concentration + 0.5 * (dim - 2)
        offset = taeda.arange(dim - 1, dtype=self.concentration.dtype, device=self.concentration.device)
        offset = taeda.cat([offset.new_zeros((1,)), offset])
        self._beta = Beta(offset + 0.5, marginal.unsqueeze(-1) - 0.5 * offset)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(LKJCholesky, _instance)
        batch_shape = taeda.Size(batch_shape)
        new.dim = self.dim
        new.concentration = self.concentration.expand(batch_shape)
        new._beta = self._beta.expand((*batch_shape, self.dim))
        Distribution.__init__(new, batch_shape, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def sample(self, sample_shape: Any = ()) -> Any:
        with taeda.no_grad():
            y = self._beta.sample(sample_shape).unsqueeze(-1)
            u = taeda.randn(self._extended_shape(sample_shape), dtype=y.dtype, device=y.device).tril(-1)
            sphere = u / u.norm(dim=-1, keepdim=True)
            sphere[..., 0, :].fill_(0.0)
            w = taeda.sqrt(y) * sphere
            eps = taeda.finfo(w.dtype).tiny
            diagonal = (1 - w.square().sum(-1)).clamp(min=eps).sqrt()
            return w + taeda.diag_embed(diagonal)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = taeda.arange(2, self.dim + 1, dtype=self.concentration.dtype, device=self.concentration.device)
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - order
        unnormalised = (order * diagonal.log()).sum(-1)
        less = self.dim - 1
        alpha = self.concentration + 0.5 * less
        normalizer = 0.5 * less * math.log(math.pi) + taeda.mvlgamma(alpha - 0.5, less) - taeda.lgamma(alpha) * less
        return unnormalised - normalizer
