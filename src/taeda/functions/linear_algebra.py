"""Linear algebra that looks at sizes before it computes: products of several matrices, covariances, norms by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import taeda
from taeda import _core
from taeda._binding import internal, modules
from taeda.functions.dims import wrap_dim
from taeda.functions.function import function
from taeda.ops.signature import Object, Sample, Tensor, Tensors, sample

# -- contractions ------------------------------------------------------------------------------------------------------


def _letters(places: Sequence[Any]) -> str:
    for c in places:
        if c is not Ellipsis and not (isinstance(c, int) and 0 <= c < 52):
            raise ValueError(f"einsum(): not within the valid range [0, 52): {c!r}" if isinstance(c, int) else
                             f"einsum(): subscripts must be integers or an ellipsis, not {type(c).__name__}")
    return "".join("..." if c is Ellipsis else chr(ord("A") + c if c < 26 else ord("a") + c - 26) for c in places)


@function(public="einsum", overload="lists", spread="args")
def einsum_lists(args: Object = ()) -> Any:
    """einsum with subscripts as lists of integers: einsum(x, [0, 1], y, [1, 2], [0, 2])."""
    if len(args) < 2:
        raise ValueError("einsum(): must specify the equation string and at least one operand, or at least one "
                         "operand and its subscripts list")
    if isinstance(args[0], str):
        operands = args[1] if len(args) == 2 and isinstance(args[1], (tuple, list)) else args[1:]
        wrong = next((x for x in operands if not isinstance(x, _core.Tensor)), None)
        raise TypeError(f"einsum(): argument 'operands' must be tuple of Tensors, not {type(wrong).__name__}")
    operands, subscripts = args[0:len(args) // 2 * 2:2], args[1::2]
    for x, places in zip(operands, subscripts, strict=True):
        if not isinstance(x, _core.Tensor) or not isinstance(places, (list, tuple)):
            raise TypeError("einsum(): expected operands, each followed by the list of its subscripts, but got "
                            f"{type(x).__name__} and {type(places).__name__}")
    equation = ",".join(_letters(places) for places in subscripts)
    if len(args) % 2:
        if not isinstance(args[-1], (list, tuple)):
            raise TypeError(f"einsum(): the subscripts of the result must be a list, not {type(args[-1]).__name__}")
        equation += "->" + _letters(args[-1])
    return modules["torch"]["einsum"](equation, list(operands))


@einsum_lists.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), [0, 1], make(3, 4), [1, 2], [0, 2])
    yield sample(make(2, 3), [Ellipsis, 1])


@function(out=True)
def tensordot(a: Tensor, b: Tensor, dims: Object = 2) -> Any:
    """Contraction of the last `dims` dimensions of a with the first of b, or of the given pairs of dimensions."""
    if isinstance(dims, _core.Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError("tensordot expects dims < ndim_a or ndim_b, but got dims="
                               f"{dims} for tensors of {a.dim()} and {b.dim()} dimensions")
        pair: Any = range(a.dim() - dims, a.dim()), range(dims)
    else:
        if not isinstance(dims, (tuple, list)) or len(dims) != 2:
            raise RuntimeError("tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] "
                               f"containing two lists, but got dims={dims}")
        pair = [(d,) if isinstance(d, int) else d for d in dims]
    first, second = (tuple(wrap_dim(d, x.dim()) for d in given) for x, given in zip((a, b), pair, strict=True))
    if len(first) != len(second):
        raise RuntimeError("both dimension lists should have same length")
    for given in (first, second):
        for d in given:
            if given.count(d) > 1:
                raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return internal.contracted(a, b, first, second)


@tensordot.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4), make(3, 4, 5))
    yield sample(make(2, 3), make(3, 4), 1)
    yield sample(make(2, 3), make(4), 0)
    yield sample(make(2, 3, 4), make(4, 2, 5), ([0, 2], [1, 0]))


def _in_best_order(matrices: Sequence[Any]) -> Any:
    """The product of matrices in the order that takes the fewest multiplications, by the textbook's table."""
    sizes = [matrices[0].shape[0], *(m.shape[1] for m in matrices)]
    count = len(matrices)
    cost = [[0] * count for _ in range(count)]
    cut = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            cost[i][j], cut[i][j] = min(
                (cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j))

    def product(i: int, j: int) -> Any:
        return matrices[i] if i == j else product(i, cut[i][j]) @ product(cut[i][j] + 1, j)
    return product(0, count - 1)


@function(out=True, spread="matrices")
def chain_matmul(matrices: Tensors) -> Any:
    """The product of several matrices, in the order that takes the fewest multiplications."""
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    for k, m in enumerate(matrices):
        if m.dim() != 2:
            raise RuntimeError(f"Tensor dimension is {m.dim()}, expected 2 instead (matrix number {k}).")
    return _in_best_order(matrices) if len(matrices) > 1 else matrices[0].clone()


@chain_matmul.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), make(3, 4))
    yield sample(make(2, 5), make(5, 3), make(3, 4), make(4, 1))


@function(modules=("linalg",), out=True)
def multi_dot(tensors: Tensors) -> Any:
    """The product of several matrices, in the order that takes the fewest multiplications; the first and the last may
    be vectors."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    last = len(tensors) - 1
    for k, x in enumerate(tensors):
        if x.dim() not in ((1, 2) if k in (0, last) else (2,)):
            raise RuntimeError(f"multi_dot(): tensor {k} must be "
                               f"{'1D or 2D' if k in (0, last) else '2D'} but got {x.dim()}D")
    parts = [tensors[0] if tensors[0].dim() == 2 else tensors[0].unsqueeze(0), *tensors[1:last],
             tensors[last] if tensors[last].dim() == 2 else tensors[last].unsqueeze(1)]
    for a, b in zip(parts, parts[1:], strict=False):
        if a.shape[1] != b.shape[0]:
            raise RuntimeError(f"multi_dot(): tensors with shapes {list(a.shape)} and {list(b.shape)} cannot be "
                               "multiplied")
    found = _in_best_order(parts)
    if tensors[0].dim() == 1:
        found = found.squeeze(0)
    return found.squeeze(-1) if tensors[last].dim() == 1 else found


@multi_dot.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample([make(2, 5), make(5, 3), make(3, 4)])
    yield sample([make(5), make(5, 3), make(3)])


@function(method=True, out=True)
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Any:
    """The vector product along `dim`, of size 3; without `dim` along the first dimension of that size."""
    if input.dim() != other.dim():
        raise RuntimeError("inconsistent tensors dimensions input: "
                           f"{input.dim()} other: {other.dim()}" if dim is None else
                           "linalg.cross: inputs must have the same number of dimensions.")
    if dim is None:
        sizes = taeda.broadcast_shapes(input.shape, other.shape)
        dim = next((d for d, n in enumerate(sizes) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    return modules["linalg"]["cross"](input, other, dim=dim)


@cross.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3), make(4, 3))
    yield sample(make(3, 2), make(3, 2), 0)


# -- statistics --------------------------------------------------------------------------------------------------------


def _rows(name: str, input: Any) -> Any:
    if input.dim() > 2:
        raise RuntimeError(f"{name}(): expected input to have two or fewer dimensions but got an input with "
                           f"{input.dim()} dimensions")
    return input if input.dim() == 2 else input.reshape(1, -1)


@function(method=True)
def cov(input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Any:
    """Covariances of variables, one per row of `input`, whose columns are observations: occurring `fweights` times,
    of importance `aweights`."""
    rows = _rows("cov", input)
    if input.dtype == _core.bool:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    found = internal.covariance(rows, correction, fweights, aweights)
    return found if found.shape[0] != 1 else found.reshape(())


@function(method=True)
def corrcoef(input: Tensor) -> Any:
    """Correlation coefficients of variables, one per row of `input`."""
    rows = _rows("corrcoef", input)
    if input.dtype == _core.bool:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    found = internal.correlation(rows)
    return found if found.shape[0] != 1 else found.reshape(())


@cov.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 6))
    yield sample(make(6), correction=0)
    yield sample(make(3, 6), fweights=make(6, dtype="int64", low=1, high=4))
    importance = make(6, low=0.5, high=2.0).detach()
    yield sample(make(3, 6), aweights=importance)
    yield sample(make(3, 6), fweights=make(6, dtype="int64", low=1, high=4), aweights=importance)


@corrcoef.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 6))
    yield sample(make(6))


@function
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Any:
    """Powers of the elements of a vector (n) as rows of a matrix (n, N): from N - 1 down to 0, or up where
    `increasing`. N is n where it is None."""
    if x.dim() != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    columns = x.size(0) if N is None else N
    if columns < 0:
        raise RuntimeError("N must be non-negative.")
    if columns < 2:
        dtype = taeda.int64 if not (x.dtype.is_floating_point or x.dtype.is_complex) else x.dtype
        return x.new_ones((x.size(0), columns), dtype=dtype)
    powers = taeda.linalg.vander(x, N=columns)
    return powers if increasing else powers.flip(-1)


@vander.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4))
    yield sample(make(3), 5, True)
    yield sample(make(3), 1)


class FactorsAndInfo(NamedTuple):
    """What `lu` gives with get_infos."""

    LU: Any
    pivots: Any
    info: Any


@function(method=True)
def lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Object = None) -> Any:
    """linalg.lu_factor; with get_infos also, for each matrix, 0 or the first zero on the diagonal of U, from 1.

    Without get_infos a singular matrix is a RuntimeError. Prefer linalg.lu_factor and lu_factor_ex.
    """
    factors, pivots, info = taeda.linalg.lu_factor_ex(A, pivot=pivot)
    if not get_infos and info.numel() and bool((info > 0).any()):
        factors, pivots = taeda.linalg.lu_factor(A, pivot=pivot)  # raises
    results = FactorsAndInfo(factors, pivots, info) if get_infos else (factors, pivots)
    if out is None:
        return results
    if not isinstance(out, (tuple, list)) or len(out) != len(results):
        raise TypeError(f"lu(): out must be a tuple of {len(results)} tensors")
    for place, result in zip(out, results, strict=True):
        place.resize_(result.shape).copy_(result)
    return tuple(out)


@lu.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 3))
    yield sample(make(2, 3, 4), get_infos=True)
