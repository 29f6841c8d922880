"""Weight normalisation, spectral normalisation and orthogonal weights as parametrisations."""

from typing import Any

import taeda
from taeda import Tensor as Tensor
from taeda.assertions import check_type
from taeda.nn import functional as F
from taeda.nn.convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from taeda.nn.module import Module
from taeda.nn.utils.parametrize import register_parametrization

__all__ = ["norm_except_dim", "orthogonal", "spectral_norm", "weight_norm"]


def norm_except_dim(v: Any, pow: int = 2, dim: int = 0) -> Any:
    """The p-norm of each slice along `dim`, with the other dimensions of size 1; of the whole tensor for dim -1."""
    check_type("norm_except_dim", "v", v, Tensor)
    if dim == -1:
        return v.norm(pow)
    moved = v.transpose(0, dim)
    shape = [moved.size(0)] + [1] * (v.dim() - 1)
    return moved.reshape(moved.size(0), -1).norm(pow, 1).view(shape).transpose(0, dim)


class _WeightNorm(Module):
    """A weight from its length and its direction: g v / |v|."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Any, weight_v: Any) -> Any:
        return weight_v * (weight_g / norm_except_dim(weight_v, 2, self.dim))

    def right_inverse(self, weight: Any) -> tuple[Any, Any]:
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int = 0) -> Module:
    """Train the length and the direction of each slice along `dim` of a weight apart (Salimans and Kingma 2016)."""
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(state_dict: Any, prefix: str, *_: Any) -> None:
        """State dicts of the older form of weight norm."""
        lengths, directions = f"{prefix}{name}_g", f"{prefix}{name}_v"
        if lengths in state_dict and directions in state_dict:
            state_dict[f"{prefix}parametrizations.{name}.original0"] = state_dict.pop(lengths)
            state_dict[f"{prefix}parametrizations.{name}.original1"] = state_dict.pop(directions)

    module._register_load_state_dict_pre_hook(rename)
    return module


class _SpectralNorm(Module):
    """A weight over its largest singular value, which one step of the power method follows as training goes on."""

    def __init__(self, weight: Any, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        rank = weight.dim()
        if dim >= rank or dim < -rank:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{rank}, {rank - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.dim = dim if dim >= 0 else dim + rank
        self.eps = eps
        if rank > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._matrix(weight)
            height, width = matrix.size()
            u = matrix.new_empty(height).normal_(0, 1)
            v = matrix.new_empty(width).normal_(0, 1)
            self.register_buffer("_u", F.normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", F.normalize(v, dim=0, eps=eps))
            self._iterate(matrix, 15)

    def _matrix(self, weight: Any) -> Any:
        if self.dim != 0:
            weight = weight.permute(self.dim, *(axis for axis in range(weight.dim()) if axis != self.dim))
        return weight.flatten(1)

    def _iterate(self, matrix: Any, count: int) -> None:
        with taeda.no_grad():
            for _ in range(count):
                self._u.copy_(F.normalize(matrix.mv(self._v), dim=0, eps=self.eps))
                self._v.copy_(F.normalize(matrix.t().mv(self._u), dim=0, eps=self.eps))

    def forward(self, weight: Any) -> Any:
        if weight.dim() == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = self._matrix(weight)
        if self.training:
            self._iterate(matrix, self.n_power_iterations)
        # Copies, because the next call changes the buffers while this one's graph may still need them.
        u, v = self._u.clone(), self._v.clone()
        return weight / u.dot(matrix.mv(v))

    def right_inverse(self, value: Any) -> Any:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Keep the largest singular value of a weight (a matrix of `dim` and the rest) at 1 (Miyato et al. 2018)."""
    weight = getattr(module, name, None)
    if not isinstance(weight, taeda.Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        dim = 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)) else 0
    register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
    return module


class _Orthogonal(Module):
    """A matrix with orthonormal columns (rows, where it is wide) from one without conditions.

    "matrix_exp": exp(X - Xᴴ); "cayley": (1 - A/2)⁻¹ (1 + A/2), A = X - Xᴴ, X the lower triangle; "householder": the
    product of reflections, whose vectors are below the diagonal; the diagonal holds signs. With a trivialisation the
    result is multiplied by `base`, the matrix that was last assigned, so training starts at X = 0.
    """

    base: Any

    def __init__(self, weight: Any, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        self.trivialized = use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Any) -> Any:
        wide = X.size(-2) < X.size(-1)
        made = self._tall(X.mT if wide else X)
        if self.trivialized:
            made = self.base @ made
        return made.mT if wide else made

    def _tall(self, X: Any) -> Any:
        rows, columns = X.size(-2), X.size(-1)
        if self.orthogonal_map == "householder":
            below = X.tril(diagonal=-1)
            reflected = taeda.linalg.householder_product(below, 2.0 / (1.0 + (below * below).sum(dim=-2)))
            return reflected * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
        lower = X.tril()
        if rows != columns:
            lower = taeda.cat([lower, X.new_zeros(*X.shape[:-2], rows, rows - columns)], dim=-1)
        skew = lower - lower.mH
        if self.orthogonal_map == "matrix_exp":
            square = taeda.matrix_exp(skew)
        else:
            one = taeda.eye(rows, dtype=X.dtype, device=X.device)
            square = taeda.linalg.solve(one - skew / 2, one + skew / 2)
        return square[..., :columns]

    def right_inverse(self, Q: Any) -> Any:
        if Q.shape != self.shape:
            raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape "
                             f"{Q.shape}.")
        with taeda.no_grad():
            return self._with_base(Q) if self.trivialized else self._as_reflections(Q)

    def _as_reflections(self, Q: Any) -> Any:
        if self.orthogonal_map != "householder":
            raise NotImplementedError("It is not possible to assign to the matrix exponential or the Cayley "
                                      "parametrizations when use_trivialization=False.")
        wide = Q.size(-2) < Q.size(-1)
        vectors, tau = taeda.geqrf(Q.mT if wide else Q)
        signs = vectors.diagonal(dim1=-2, dim2=-1).sign()
        signs = taeda.where(tau == 0.0, -signs, signs)  # LAPACK made no reflection there
        vectors = vectors.clone()
        vectors.diagonal(dim1=-2, dim2=-1).copy_(signs)
        return vectors.mT if wide else vectors

    def _with_base(self, Q: Any) -> Any:
        """Let `base` be Q, completed to a square orthogonal matrix; gives the X that stands for the identity."""
        tall = Q.mT if Q.size(-2) < Q.size(-1) else Q
        rows, columns = tall.size(-2), tall.size(-1)
        if rows != columns:
            more = taeda.randn(*tall.shape[:-2], rows, rows - columns, dtype=Q.dtype, device=Q.device)
            self.base = _orthogonalised(taeda.cat([tall, more], dim=-1))
        else:
            one = taeda.eye(rows, dtype=Q.dtype, device=Q.device)
            close = taeda.allclose(tall.mH @ tall, one, atol=10.0 * rows * taeda.finfo(Q.dtype).eps)
            self.base = tall.clone() if close else _orthogonalised(tall)
        start = taeda.zeros_like(Q)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def _orthogonalised(A: Any) -> Any:
    """The Q of A = QR whose R has a positive diagonal."""
    vectors, tau = taeda.geqrf(A)
    signs = vectors.diagonal(dim1=-2, dim2=-1).sgn()
    return taeda.linalg.householder_product(vectors, tau) * signs.unsqueeze(-2)


_ORTHOGONAL_MAPS = ("matrix_exp", "cayley", "householder")


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep a weight (n, k) orthogonal: WᴴW = 1 if n >= k, else WWᴴ = 1.

    orthogonal_map: "matrix_exp", "cayley" or "householder" (Lezcano-Casado 2019); by default the first for square and
    complex weights, else the last.

    Example::

        >>> import taeda as torch
        >>> layer = torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(4, 2))
        >>> bool(torch.dist(layer.weight @ layer.weight.T, torch.eye(2)) < 1e-5)
        True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, taeda.Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1)
        orthogonal_map = "matrix_exp" if square or weight.is_complex() else "householder"
    if orthogonal_map not in _ORTHOGONAL_MAPS:
        raise ValueError('orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
                         f"Got: {orthogonal_map}")
    register_parametrization(module, name, _Orthogonal(weight, orthogonal_map, use_trivialization), unsafe=True)
    return module
