"""Sums of products over chosen dimensions: einsum, tensordot, kron, vdot, cross, and powers of matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.expression import broadcast, product, unwrap, wrap
from taeda.ops.broadcasting import broadcast_shape
from taeda.ops.creation import eye
from taeda.ops.einstein import parse_equation
from taeda.ops.joining import cat, stack
from taeda.ops.matmul import dot, matmul
from taeda.ops.matrices import check_square
from taeda.ops.op import Sample, Tensor, Tensors, check, derived, sample
from taeda.ops.pointwise import conj_physical
from taeda.ops.views import diagonal, expand, permute, reshape, select, sum_to, unsqueeze, wrap_dim


def _diagonals(x: Any, letters: Sequence[str]) -> tuple[Any, list[str]]:
    """Repeated letters of one operand become one dimension, the diagonal."""
    letters = list(letters)
    for c in dict.fromkeys(letters):
        while letters.count(c) > 1:
            i = letters.index(c)
            j = letters.index(c, i + 1)
            check(x.shape[i] == x.shape[j], RuntimeError, f"einsum(): subscript {c} is repeated for operand 0 but the "
                  "sizes don't match, {0} != {1}", x.shape[j], x.shape[i])
            x = diagonal(x, 0, i, j)
            letters = [d for k, d in enumerate(letters) if k not in (i, j)] + [c]
    return x, letters


def _pair(x: Any, a: Sequence[str], y: Any, b: Sequence[str], keep: set[str]) -> tuple[Any, list[str]]:
    """Contract two operands to one; letters not in `keep` are summed."""
    only_a = [c for c in a if c not in b and c not in keep]
    only_b = [c for c in b if c not in a and c not in keep]
    if only_a:
        x = x.sum(tuple(a.index(c) for c in only_a))
        a = [c for c in a if c not in only_a]
    if only_b:
        y = y.sum(tuple(b.index(c) for c in only_b))
        b = [c for c in b if c not in only_b]
    size: dict[str, Any] = {}
    for t, letters in ((x, a), (y, b)):
        for c, n in zip(letters, t.shape, strict=True):
            size[c] = wrap(broadcast(unwrap(size.get(c, 1)), unwrap(n)))
    both = [c for c in a if c in b]
    batch = [c for c in both if c in keep]
    summed = [c for c in both if c not in keep]
    rows = [c for c in a if c not in both]
    columns = [c for c in b if c not in both]

    def arranged(t: Any, letters: Sequence[str], groups: Sequence[Sequence[str]]) -> Any:
        t = permute(t, tuple(letters.index(c) for g in groups for c in g))
        t = expand(t, tuple(size[c] for g in groups for c in g))
        return reshape(t, tuple(product([size[c] for c in g]) for g in groups))

    if not summed:
        left = permute(x, tuple(a.index(c) for c in batch + rows))
        right = permute(y, tuple(b.index(c) for c in batch + columns))
        left = reshape(left, (*left.shape, *(1 for _ in columns)))
        right = reshape(right, (*right.shape[:len(batch)], *(1 for _ in rows), *right.shape[len(batch):]))
        return left * right, batch + rows + columns
    if not batch:
        found = matmul(arranged(x, a, (rows, summed)), arranged(y, b, (summed, columns)))
    else:
        found = matmul(arranged(x, a, (batch, rows, summed)), arranged(y, b, (batch, summed, columns)))
    return reshape(found, tuple(size[c] for c in batch + rows + columns)), batch + rows + columns


@derived(method=False, spread="operands", autocast="lower")
def einsum(equation: str, operands: Tensors) -> Tensor:
    """Sum of products in Einstein's notation: einsum("bij,bjk->bik", x, y). An ellipsis stands for the other
    dimensions.

    Operands are contracted from left to right, each pair as one (batched) matrix product.
    """
    if not operands:
        raise RuntimeError("einsum(): must provide at least one operand")
    terms, output = parse_equation(equation, [x.ndim for x in operands])
    sizes: dict[str, Any] = {}
    for k, (x, letters) in enumerate(zip(operands, terms, strict=True)):
        for c, n in zip(letters, x.shape, strict=True):
            before = sizes.get(c, 1)
            if unwrap(before) not in (1, unwrap(n)):
                check((before == n) | (before == 1) | (n == 1), RuntimeError, f"einsum(): subscript {c} has size {{0}} "
                      f"for operand {k} which does not broadcast with previously seen size {{1}}", n, before)
            sizes[c] = wrap(broadcast(unwrap(before), unwrap(n)))
    x, letters = _diagonals(operands[0], terms[0])
    for k in range(1, len(operands)):
        y, other = _diagonals(operands[k], terms[k])
        keep = set(output).union(*terms[k + 1:])
        x, letters = _pair(x, letters, y, other, keep)
    rest = [c for c in letters if c not in output]
    if rest:
        x = x.sum(tuple(letters.index(c) for c in rest))
        letters = [c for c in letters if c in output]
    return permute(x, tuple(letters.index(c) for c in output))


@einsum.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample("ij,jk->ik", make(2, 3), make(3, 4))
    yield sample("bij,bjk", make(2, 3, 4), make(2, 4, 5))
    yield sample("ii->i", make(3, 3))
    yield sample("i,j->ij", make(3), make(4))
    yield sample("...ij,...j->...i", make(2, 3, 4), make(4))
    yield sample("ij,jk,kl->il", make(2, 3), make(3, 2), make(2, 4))
    yield sample("ij->", make(2, 3))


@derived(public=False, autocast="lower")
def contracted(a: Tensor, b: Tensor, first: tuple[int, ...], second: tuple[int, ...]) -> Tensor:
    """The sum of products over dimensions `first` of a and `second` of b, pair by pair."""
    for p, q in zip(first, second, strict=True):
        m, n = a.shape[p], b.shape[q]
        check((m == n) | (m == 1) | (n == 1), RuntimeError, "contracted dimensions need to match, but first has size "
              f"{{0}} in dim {p} and second has size {{1}} in dim {q}", m, n)
    names = [f"a{d}" for d in range(a.ndim)]
    others = [names[first[second.index(d)]] if d in second else f"b{d}" for d in range(b.ndim)]
    summed = {names[d] for d in first}
    x, letters = _pair(a, names, b, others, set(names + others) - summed)
    wanted = [c for c in names if c not in summed] + [c for c in others if c not in summed]
    return permute(x, tuple(letters.index(c) for c in wanted))


@derived(out=True)
def kron(input: Tensor, other: Tensor) -> Tensor:
    """Kronecker product: every element of `input` times the whole of `other`, in its place."""
    n = max(input.ndim, other.ndim)
    a, b = ((1,) * (n - x.ndim) + tuple(x.shape) for x in (input, other))
    left = reshape(input, tuple(s for m in a for s in (m, 1)))
    right = reshape(other, tuple(s for m in b for s in (1, m)))
    return reshape(left * right, tuple(p * q for p, q in zip(a, b, strict=True)))


@kron.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), make(3, 2))
    yield sample(make(2), make(3, 2))
    yield sample(make(()), make(2))


@derived(out=True)
def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The sum of products of two vectors, of which the first is conjugated if it is complex."""
    return dot(conj_physical(input), other)


@vdot.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4), make(4))


@derived(public="vecdot", modules=("linalg",), method=False, out=True, autocast="lower")
def linalg_vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The sum of x * y along `dim`, x conjugated if it is complex."""
    if x.dtype != y.dtype:
        raise RuntimeError("linalg.vecdot: Expected x and y to have the same dtype, but got "
                           f"{x.dtype} and {y.dtype}")
    return (conj_physical(x) * y).sum(dim)


@linalg_vecdot.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), make(2, 3))
    yield sample(make(2, 3), make(3), dim=-1)


# -- the vector product ------------------------------------------------------------------------------------------------


@derived(public="cross", overload="linalg", modules=("linalg",), method=False, out=True)
def linalg_cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The vector product along `dim`, of size 3."""
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    if input.ndim == 0:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    d = wrap_dim(dim, input.ndim)
    check((input.shape[d] == 3) & (other.shape[d] == 3), RuntimeError,
          f"linalg.cross: inputs dimension {dim} must have length 3. Got {{0}} and {{1}}", input.shape[d],
          other.shape[d])
    return vector_product(input, other, d)


@derived(public=False)
def vector_product(input: Tensor, other: Tensor, dim: int) -> Tensor:
    """linalg.cross of operands that fit."""
    shape = broadcast_shape([input, other])
    a, b = ([select(expand(x, shape), dim, k) for k in range(3)] for x in (input, other))
    return stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], dim)


@vector_product.gradient
def _(grad: Any, input: Any, other: Any, dim: Any) -> Any:
    return sum_to(vector_product(other, grad, dim), input), sum_to(vector_product(grad, input, dim), other)


@linalg_cross.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4, 3), make(4, 3))
    yield sample(make(3, 1), make(3, 2), dim=0)


# -- powers ------------------------------------------------------------------------------------------------------------


def _power(name: str, A: Any, n: int) -> Any:
    check_square(A, name)
    if n < 0:
        from taeda.ops.solving import inv  # which knows products

        A, n = inv(A), -n
    if n == 0:
        side = A.shape[-1]  # the gradient by A is zero, and there
        return A.masked_fill(expand(eye(side, side, A.dtype), A.shape).eq(0), 0).masked_fill(
            expand(eye(side, side, A.dtype), A.shape).ne(0), 1)
    result: Any = None
    square = A
    while n:
        if n & 1:
            result = square if result is None else matmul(result, square)
        n >>= 1
        square = matmul(square, square) if n else square
    return result.clone() if result is A else result


@derived(out=True)
def matrix_power(input: Tensor, n: int) -> Tensor:
    """The n-th power of square matrices, by repeated squaring; of their inverses where n is negative."""
    return _power("linalg.matrix_power", input, n)


@derived(public="matrix_power", overload="linalg", modules=("linalg",), method=False, out=True)
def linalg_matrix_power(A: Tensor, n: int) -> Tensor:
    """The n-th power of square matrices, by repeated squaring; of their inverses where n is negative."""
    return _power("linalg.matrix_power", A, n)


for _op in (matrix_power, linalg_matrix_power):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        for n in (0, 1, 2, 5):
            yield sample(make(3, 3), n)
        yield sample(make(2, 3, 3), 3)
        yield sample(make(2, 3, 3) + 3 * make(3, 3).detach().new_ones(3).diag_embed(), -2)


@derived(public="vander", modules=("linalg",), method=False)
def linalg_vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """Vandermonde matrices: the powers 0 to N - 1 of each element, along a new last dimension."""
    x = x if x.ndim else reshape(x, (1,))
    count = x.shape[-1] if N is None else N
    check(count > 1, RuntimeError, "N must be greater than 1.")
    base = expand(unsqueeze(x, -1), (*x.shape, count - 1))
    dtype = base.cumprod(-1).dtype
    ones = expand(reshape(eye(1, 1, dtype), (1,) * base.ndim), (*x.shape, 1))
    return cat([ones, base.cumprod(-1)], -1)


@linalg_vander.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(4))
    yield sample(make(2, 3), N=5)
