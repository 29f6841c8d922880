"""Distances and similarities of vectors, and slices scaled down to a length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum
from taeda.ops.creation import arange
from taeda.ops.dtypes import COMPLEX, is_float, promote
from taeda.ops.elementwise_loss import raised_to
from taeda.ops.matmul import batch_of, multiply_matrices, transposed
from taeda.ops.norm import vector_norm
from taeda.ops.op import Number, Result, Sample, Tensor, check, derived, kernel, sample, sum_to
from taeda.ops.pointwise import compute, convert, where
from taeda.ops.views import reshape, unsqueeze, wrap_dim

_BOTH = ("torch", "nn.functional")


def static_number(name: str, argument: str, position: int, value: Any) -> Any:
    """A number that is part of an op's key, as the orders of norms are. Raises TypeError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}(): argument '{argument}' (position {position}) must be Number, not "
                        f"{type(value).__name__}")
    return value


def _length(difference: Any, p: Any, dim: Any) -> Any:
    # For p = 0 the count of what is not zero, with a gradient (of zeros) as the other norms have one.
    return difference.sign().abs().sum(dim) if p == 0 else vector_norm(difference, p, dim)


@derived(modules=_BOTH, method=False)
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 · x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`; the inputs broadcast."""
    dtype = promote(x1.dtype, x2.dtype)
    both = x1 + x2
    x1, x2 = (convert(x, dtype).expand(both.shape) for x in (x1, x2))
    length1, length2 = (raised_to(vector_norm(x, 2, dim, True), eps) for x in (x1, x2))
    return ((x1 / length1) * (x2 / length2)).sum((dim,))


@cosine_similarity.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4))
    yield sample(make(2, 1, 5), make(3, 5), -1)
    yield sample(make(3, 4), make(3, 4), 0)


@derived(modules=_BOTH, method=False)
def pairwise_distance(
    x1: Tensor, x2: Tensor, p: object = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension."""
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)


@pairwise_distance.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(3, 4))
    yield sample(make(3, 4), make(4), 1.0, keepdim=True)
    yield sample(make(3, 4), make(3, 4), 3.0)


@derived(modules=_BOTH, method=False)
def pdist(input: Tensor, p: object = 2.0) -> Tensor:
    """The p-norm distances of all pairs of rows of a matrix (n, d): a vector of n (n - 1) / 2."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if static_number("pdist", "p", 2, p) < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    n = input.shape[0]
    # Pair k is (i, j), in rows of n - 1, n - 2, ... pairs: row i starts at i (2 n - i - 1) / 2.
    k = arange(0, 1, n * (n - 1) // 2, "int64")
    half = n - 0.5
    i = convert((half - (half * half - 2 * convert(k, "float64")).sqrt()).floor(), "int64")
    j = k - i * (2 * n - i - 1) // 2 + i + 1
    if p == 2 and is_float(input.dtype):
        return euclidean_distances(input, input).reshape((n * n,)).index_select(0, i * n + j)
    difference = input.index_select(0, i) - input.index_select(0, j)
    return _length(difference, p, -1)


@pdist.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5, 3))
    yield sample(make(4, 2), 1.0)
    yield sample(make(4, 2), 0)
    yield sample(make(2, 3), float("inf"))


@derived
def dist(input: Tensor, other: Tensor, p: object = 2) -> Tensor:
    """The p-norm of input - other."""
    static_number("dist", "p", 3, p)
    difference = input - other
    if difference.dtype in COMPLEX:
        difference = difference.abs()
    if not is_float(difference.dtype):
        raise RuntimeError("norm(): input dtype should be either floating point or complex. Got "
                           f"{difference.dtype} instead.")
    return _length(reshape(difference, (-1,)), p, 0)


@dist.samples
def _(make: Any) -> Iterator[Sample]:
    for p in (2, 1, 3.0, 0, float("inf")):
        yield sample(make(3, 4), make(3, 4), p)
    yield sample(make(3, 4), make(4))


@kernel(public=False, epilogue=lambda *arguments: True)
def squared_distances(b: Any, left: Tensor, right: Tensor) -> Tensor:
    """The sums of squared differences of the rows of left (*, n, d) and of right (*, m, d): (*, n, m). The kernels of
    matrix products make them, a difference and its square in place of a product, so that no digits are lost."""
    out = b.alloc(left.dtype, _pairs(left, right))
    turned = b.view("permute", right, (*range(right.ndim - 2), right.ndim - 1, right.ndim - 2))
    b.method("matmul", left=left, right=turned, out=out, squares=True)
    return out


def _pairs(left: Any, right: Any) -> tuple[Any, ...]:
    return (*batch_of(left, right), left.shape[-2], right.shape[-2])


@squared_distances.meta
def _(left: Any, right: Any) -> Result:
    return Result(left.dtype, _pairs(left, right))


@squared_distances.gradient
def _(grad: Any, left: Any, right: Any) -> Any:
    return sum_to(_pulled(grad, left, right) * 2, left), sum_to(_pulled(transposed(grad), right, left) * 2, right)


def _pulled(weights: Any, left: Any, right: Any) -> Any:
    """The sum over j of weights[i, j] (left[i] - right[j]), by a product; around the middle of what is summed, since it
    is the difference of two sums."""
    middle = right.sum((-2,), True) / maximum(right.shape[-2], 1)
    return (left - middle) * weights.sum((-1,), True) - multiply_matrices(weights, right - middle)


@squared_distances.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3), make(5, 3))
    yield sample(make(2, 4, 3), make(1, 5, 3))
    yield sample(make(3, 1, 7, 5), make(2, 9, 5))


@derived(public=False)
def euclidean_distances(left: Tensor, right: Tensor) -> Tensor:
    """The lengths of the differences of rows. Equal rows pull nowhere: the root of 0 has a slope of 0 here."""
    squares = squared_distances(compute(left), compute(right))
    apart = squares.gt(0).logical_or(squares.ne(squares))
    return convert(where(apart, where(apart, squares, 1.0).sqrt(), 0.0), left.dtype)


@euclidean_distances.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3), make(5, 3))
    yield sample(make(2, 4, 3), make(5, 3))


_MODES = ("use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")


@derived(method=False, autocast="float32")
def cdist(x1: Tensor, x2: Tensor, p: object = 2.0,
          compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norm distances of all rows of x1 (*, n, d) to those of x2 (*, m, d): (*, n, m). They are computed from
    the differences in every `compute_mode`, which loses no digits where rows are close."""
    static_number("cdist", "p", 3, p)
    for k, x in enumerate((x1, x2), 1):
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, X{k} got: {x.ndim}D")
        if not is_float(x.dtype):
            raise RuntimeError(f"cdist only supports floating-point dtypes, X{k} got: {x.dtype}")
    check(x1.shape[-1] == x2.shape[-1], RuntimeError,
          "X1 and X2 must have the same number of columns. X1: {0} X2: {1}", x1.shape[-1], x2.shape[-1])
    if static_number("cdist", "p", 2, p) < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    if p == 2 and x1.dtype == x2.dtype:
        return euclidean_distances(x1, x2)
    return _length(unsqueeze(x1, -2) - unsqueeze(x2, -3), p, -1)


@cdist.samples
def _(make: Any) -> Iterator[Sample]:
    for p in (2.0, 1.0, 3.0, 0.0, float("inf")):
        yield sample(make(4, 3), make(5, 3), p)
    yield sample(make(2, 4, 3), make(5, 3))


@derived(out=True, inplace=True)
def renorm(input: Tensor, p: object, dim: int, maxnorm: Number) -> Tensor:
    """`input` with each slice along `dim` whose p-norm is above `maxnorm` scaled down to it."""
    if static_number("renorm", "p", 2, p) <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim}dimensions")
    check(maxnorm >= 0, RuntimeError, "renorm: expected maxnorm to be >= 0 but got {0}", maxnorm)
    dim = wrap_dim(dim, input.ndim)
    x = compute(input)
    norms = vector_norm(x, p, tuple(d for d in range(input.ndim) if d != dim), True)
    factor = where(norms > maxnorm, maxnorm / (norms + 1e-7), 1.0)
    return convert(x * factor.expand(x.shape), input.dtype)


@renorm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 2, 0, 1.0)
    yield sample(make(3, 4), 1, -1, 1.5)
    yield sample(make(2, 3, 4), 2, 1, 2)
