"""Diagonals, distances, covariances: functions of matrices and of rows that are compositions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import taeda
from taeda._binding import internal
from taeda.functions.creation import _finish
from taeda.ir.dtype import INTEGERS
from taeda.ops.views import wrap_dim


def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices, in dimensions `dim1` and `dim2` of the result, with the last dimension of `input` on their diagonal."""
    ndim = input.dim() + 1
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    side = input.shape[-1] + abs(offset)
    size = list(input.shape[:-1])
    for d in sorted((first, second)):
        size.insert(d, side)
    return internal.diagonal_gradient(input, tuple(size), offset, first, second)


def diag(input: Any, diagonal: int = 0, *, out: Any = None) -> Any:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix (a copy)."""
    if input.dim() == 1:
        return _finish(diag_embed(input, diagonal), out, False)
    if input.dim() != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.dim()}D")
    return _finish(input.diagonal(diagonal).clone(), out, False)


def diagflat(input: Any, offset: int = 0) -> Any:
    """The matrix with all elements of `input` on its diagonal."""
    return diag_embed(input.reshape(-1), offset)


def trace(input: Any) -> Any:
    """The sum of the diagonal of a matrix."""
    if input.dim() != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.dim()}")
    return input.diagonal().sum()


def vdot(input: Any, other: Any, *, out: Any = None) -> Any:
    """The sum of products of two vectors; for real numbers the same as dot."""
    return _finish(taeda.dot(input, other), out, False)


def _cross(input: Any, other: Any, dim: int) -> Any:
    a, b = taeda.broadcast_tensors(input, other)
    dim = wrap_dim(dim, a.dim())
    ahead, behind = (taeda.tensor(order) for order in ([1, 2, 0], [2, 0, 1]))
    return (a.index_select(dim, ahead) * b.index_select(dim, behind)
            - a.index_select(dim, behind) * b.index_select(dim, ahead))


def cross(input: Any, other: Any, dim: int | None = None, *, out: Any = None) -> Any:
    """The vector product along `dim`, of size 3; without `dim` along the first dimension of that size."""
    if dim is None:
        sizes = list(taeda.broadcast_shapes(input.shape, other.shape))
        if 3 not in sizes:
            raise RuntimeError("no dimension of size 3 in input")
        dim = sizes.index(3)
    return linalg_cross(input, other, dim=dim, out=out)


def linalg_cross(input: Any, other: Any, *, dim: int = -1, out: Any = None) -> Any:
    """The vector product along `dim`, of size 3."""
    if input.dim() != other.dim():
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    sizes = input.shape[dim], other.shape[dim]
    if sizes != (3, 3):
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {sizes[0]} and {sizes[1]}")
    return _finish(_cross(input, other, dim), out, False)


# -- distances ---------------------------------------------------------------------------------------------------------


def _length(difference: Any, p: float, dim: int) -> Any:
    # For p = 0 the count of what is not zero, with a gradient (of zeros) as the other norms have one.
    return difference.sign().abs().sum(dim) if p == 0 else difference.norm(p, dim)


def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The p-norm of input - other."""
    return _length((input - other).reshape(-1), p, 0)


def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Any:
    """The p-norm distances of all rows of x1 (*, n, d) to those of x2 (*, m, d): (*, n, m). They are computed from
    the differences in every `compute_mode`, which loses no digits where rows are close."""
    for k, x in enumerate((x1, x2), 1):
        if x.dim() < 2:
            raise RuntimeError("cdist only supports at least 2D tensors, X" + f"{k} got: {x.dim()}D")
        if not x.dtype.is_floating_point:
            raise RuntimeError(f"cdist only supports floating-point dtypes, X{k} got: {str(x.dtype)[6:]}")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError("X1 and X2 must have the same number of columns. "
                           f"X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    modes = "use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"
    if compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return _length(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1)


def renorm(input: Any, p: float, dim: int, maxnorm: float, *, out: Any = None) -> Any:
    """`input` with each slice along `dim` whose p-norm is above `maxnorm` scaled down to it."""
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if input.dim() < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.dim()}dimensions")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    dim = wrap_dim(dim, input.dim())
    norms = input.norm(p, [d for d in range(input.dim()) if d != dim], keepdim=True)
    factor = taeda.where(norms > maxnorm, maxnorm / (norms + 1e-7), taeda.ones_like(norms))
    return _finish(input * factor, out, False)


def renorm_(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    """renorm, in place."""
    return input.copy_(renorm(input, p, dim, maxnorm))


# -- covariances -------------------------------------------------------------------------------------------------------


def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """Covariances of variables, one per row of `input`, whose columns are observations: occurring `fweights` times,
    of importance `aweights`."""
    if input.dim() > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with "
                           f"{input.dim()} dimensions")
    if input.dtype == taeda.bool:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows = input if input.dim() == 2 else input.reshape(1, -1)
    count = rows.shape[1]
    for name, w in (("fweights", fweights), ("aweights", aweights)):
        if w is None:
            continue
        if w.dim() > 1:
            raise RuntimeError(f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
                               f"{w.dim()} dimensions")
        whole = str(w.dtype)[6:] in INTEGERS
        if whole != (name == "fweights"):
            raise RuntimeError(f"cov(): expected {name} to have "
                               f"{'integral' if name == 'fweights' else 'floating point'} dtype but got "
                               f"{name} with {w.dtype} dtype")
        if w.numel() != count:
            raise RuntimeError(f"cov(): expected {name} to have the same numel as there are observations in the "
                               f"input but got "
                               f"{w.numel()} != {count}")
        if count and w.min().item() < 0:
            raise RuntimeError(f"cov(): {name} cannot be negative")
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    if not rows.dtype.is_floating_point:
        rows = rows.to(taeda.get_default_dtype())
    if weights is None:
        total: Any = count
        mean = rows.sum(1, keepdim=True) / count if count else rows.sum(1, keepdim=True) * math.nan
    else:
        total = weights.sum()
        if count and total.item() == 0:
            raise RuntimeError("cov(): weights sum to zero, can't be normalized")
        mean = (rows * weights).sum(1, keepdim=True) / total
    if weights is None:
        divisor: Any = max(count - correction, 0)
    elif aweights is None or correction == 0:
        divisor = total - correction
    else:
        divisor = total - correction * (weights * aweights).sum() / total
    centred = rows - mean
    product = centred @ (centred if weights is None else centred * weights.to(centred.dtype)).t()
    if isinstance(divisor, taeda.Tensor):
        divisor = divisor.clamp_min(0)
    else:
        divisor = taeda.tensor(float(divisor), dtype=product.dtype)
    result = product / divisor
    return result if input.dim() == 2 and input.shape[0] != 1 else result.reshape(())


def corrcoef(input: Any) -> Any:
    """Correlation coefficients of variables, one per row of `input`."""
    if input.dim() > 2:
        raise RuntimeError(f"corrcoef(): expected input to have two or fewer dimensions but got an input with "
                           f"{input.dim()} dimensions")
    c = cov(input)
    if c.dim() == 0:
        return c / c
    deviation = c.diagonal().sqrt()
    return (c / deviation.unsqueeze(1) / deviation.unsqueeze(0)).clamp(-1, 1)


# -- combinations, places ----------------------------------------------------------------------------------------------


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """All combinations of r elements of a vector, one per row, in the order of itertools."""
    if input.dim() != 1:
        raise RuntimeError("Expect a 1D vector, but got shape [" + ", ".join(map(str, input.shape)) + "]")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return taeda.empty(0, dtype=input.dtype)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = list(choose(range(input.shape[0]), r))
    places = taeda.tensor([i for row in rows for i in row], dtype=taeda.int64)
    return input.index_select(0, places).reshape(len(rows), r)


def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """The coordinates, a tensor per dimension, of elements of a tensor of `shape` numbered in order."""
    if str(indices.dtype)[6:] not in INTEGERS:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    found, step = [], 1
    for n in reversed(sizes):
        found.append(indices.floor_divide(step) % n)
        step *= n
    return tuple(reversed(found))


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False,
         out: Any = None) -> Any:
    """For each of `elements` whether it is among `test_elements`, or is not if `invert`. Either may be a number."""
    if not isinstance(elements, taeda.Tensor):
        elements = taeda.tensor(elements)
    if not isinstance(test_elements, taeda.Tensor):
        test_elements = taeda.tensor(test_elements)
    found = (elements.unsqueeze(-1) == test_elements.reshape(-1)).any(-1)
    return _finish(found.logical_not() if invert else found, out, False)


def nonzero_static(input: Any, *, size: int, fill_value: int = -1, out: Any = None) -> Any:
    """The coordinates of the first `size` elements that are not zero, filled up with `fill_value`."""
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer, but got {size}")
    found = taeda.nonzero(input)[:size]
    rest = taeda.full((size - found.shape[0], input.dim()), fill_value, dtype=taeda.int64)
    return _finish(taeda.cat([found, rest], 0), out, False)
