"""einsum and its relatives: sums of products written as matrix products over reshaped views."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import taeda

_ELLIPSIS = "."


def _parse(equation: str, ndims: Sequence[int]) -> tuple[list[list[str]], list[str]]:
    """Letters of each operand and of the result; the dimensions of an ellipsis are named '.0', '.1', ..., from the
    right."""
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        raise RuntimeError(
            "einsum(): more subscripts in equation than operands were provided"
            if len(terms) > len(ndims)
            else "einsum(): fewer subscripts in equation than operands were provided"
        )
    widest = 0
    for term, ndim in zip(terms, ndims, strict=True):
        if "..." in term:
            widest = max(widest, ndim - len(term.replace("...", "", 1)))

    def letters(term: str, ndim: int | None, k: int) -> list[str]:
        before, dots, after = term.partition("...")
        for c in before + after:
            if not c.isalpha():
                raise RuntimeError(
                    f"einsum(): invalid subscript given at index {term.index(c)} in the equation string, "
                    f"subscripts must be in "
                    "[a-zA-Z]"
                )
        count = 0 if not dots else widest if ndim is None else ndim - len(before) - len(after)
        if ndim is not None and (count < 0 or (not dots and len(before) != ndim)):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(before) + len(after)}) "
                f"{'is more than' if count < 0 else 'does not match'} the number of dimensions ({ndim}) for operand {k}"
                + ("" if dots else " and no ellipsis was given")
            )
        return [*before, *(f".{d}" for d in reversed(range(count))), *after]

    operands = [letters(t, n, k) for k, (t, n) in enumerate(zip(terms, ndims, strict=True))]
    if arrow:
        output = letters(right, None, -1)
        known = {c for o in operands for c in o}
        for c in output:
            if c not in known:
                raise RuntimeError(
                    f"einsum(): output subscript {c} does not appear in the equation for any input operand"
                )
            if output.count(c) > 1:
                raise RuntimeError(f"einsum(): output subscript {c} appears more than once in the output")
    else:
        counts: dict[str, int] = {}
        for o in operands:
            for c in o:
                counts[c] = counts.get(c, 0) + 1
        output = [f".{d}" for d in reversed(range(widest))]
        output += sorted(c for c, n in counts.items() if n == 1 and not c.startswith("."))
    return operands, output


def _diagonals(x: Any, letters: list[str]) -> tuple[Any, list[str]]:
    """Repeated letters of one operand become one dimension, the diagonal."""
    letters = list(letters)
    for c in dict.fromkeys(letters):
        while letters.count(c) > 1:
            i = letters.index(c)
            j = letters.index(c, i + 1)
            if x.shape[i] != x.shape[j]:
                raise RuntimeError(
                    f"einsum(): subscript {c} is repeated for operand 0 but the sizes don't match, {x.shape[j]} "
                    f"!= {x.shape[i]}"
                )
            x = x.diagonal(0, i, j)
            letters = [d for k, d in enumerate(letters) if k not in (i, j)] + [c]
    return x, letters


def _pair(x: Any, a: list[str], y: Any, b: list[str], keep: set[str]) -> tuple[Any, list[str]]:
    """Contract two operands to one; letters not in `keep` are summed."""
    size = {}
    for t, letters in ((x, a), (y, b)):
        for c, n in zip(letters, t.shape, strict=True):
            if n != 1 or c not in size:
                size[c] = n
    only_a = [c for c in a if c not in b and c not in keep]
    only_b = [c for c in b if c not in a and c not in keep]
    if only_a:
        x = x.sum([a.index(c) for c in only_a])
        a = [c for c in a if c not in only_a]
    if only_b:
        y = y.sum([b.index(c) for c in only_b])
        b = [c for c in b if c not in only_b]
    both = [c for c in a if c in b]
    batch = [c for c in both if c in keep]
    summed = [c for c in both if c not in keep]
    rows = [c for c in a if c not in both]
    columns = [c for c in b if c not in both]

    def arranged(t: Any, letters: list[str], groups: Sequence[list[str]]) -> Any:
        t = t.permute([letters.index(c) for g in groups for c in g])
        t = t.expand([size[c] for g in groups for c in g])
        return t.reshape([math.prod(size[c] for c in g) for g in groups])

    if not summed:
        left = x.permute([a.index(c) for c in batch + rows])
        right = y.permute([b.index(c) for c in batch + columns])
        left = left.reshape(*left.shape, *(1 for _ in columns))
        right = right.reshape(*right.shape[: len(batch)], *(1 for _ in rows), *right.shape[len(batch) :])
        return left * right, batch + rows + columns
    product = arranged(x, a, (batch, rows, summed)) @ arranged(y, b, (batch, summed, columns))
    return product.reshape([size[c] for c in batch + rows + columns]), batch + rows + columns


def einsum(*args: Any) -> Any:
    """Sum of products in Einstein's notation: einsum("bij,bjk->bik", x, y). An ellipsis stands for the other
    dimensions.

    Operands are contracted from left to right, each pair as one (batched) matrix product.
    """
    if isinstance(args[0], str):
        equation, operands = args[0], list(args[1:])
        if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
            operands = list(operands[0])
    else:  # einsum(x, [0, 1], y, [1, 2], [0, 2])

        def word(letters: Sequence[Any]) -> str:
            return "".join(
                "..." if c is Ellipsis else chr(ord("A") + c if c < 26 else ord("a") + c - 26) for c in letters
            )

        count = len(args) // 2
        operands = [args[2 * k] for k in range(count)]
        equation = ",".join(word(args[2 * k + 1]) for k in range(count))
        if len(args) % 2:
            equation += "->" + word(args[-1])
    if not operands:
        raise RuntimeError("einsum(): must provide at least one operand")
    terms, output = _parse(equation, [x.dim() for x in operands])
    sizes: dict[str, int] = {}
    for k, (x, letters) in enumerate(zip(operands, terms, strict=True)):
        for c, n in zip(letters, x.shape, strict=True):
            if sizes.get(c, 1) not in (1, n) and n != 1:
                raise RuntimeError(
                    f"einsum(): subscript {c} has size {n} for operand {k} which does not broadcast with "
                    f"previously seen size "
                    f"{sizes[c]}"
                )
            if sizes.get(c, 1) == 1:
                sizes[c] = n
    x, letters = _diagonals(operands[0], terms[0])
    for k in range(1, len(operands)):
        y, other = _diagonals(operands[k], terms[k])
        keep = set(output).union(*terms[k + 1 :])
        x, letters = _pair(x, letters, y, other, keep)
    rest = [c for c in letters if c not in output]
    if rest:
        x = x.sum([letters.index(c) for c in rest])
        letters = [c for c in letters if c in output]
    return x.permute([letters.index(c) for c in output])


def tensordot(a: Any, b: Any, dims: Any = 2, out: Any = None) -> Any:
    """Contraction of the last `dims` dimensions of a with the first of b, or of the given pairs of dimensions."""
    if isinstance(dims, taeda.Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        first, second = list(range(a.dim() - dims, a.dim())), list(range(dims))
    else:
        first, second = ([d] if isinstance(d, int) else list(d) for d in dims)
    first, second = [d % a.dim() for d in first], [d % b.dim() for d in second]
    for p, q in zip(first, second, strict=True):
        if a.shape[p] != b.shape[q] and 1 not in (a.shape[p], b.shape[q]):
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[p]} in dim {p} and second has size "
                f"{b.shape[q]} in dim {q}"
            )
    names = [f"a{d}" for d in range(a.dim())]
    others = [names[first[second.index(d)]] if d in second else f"b{d}" for d in range(b.dim())]
    summed = {names[d] for d in first}
    x, letters = _pair(a, names, b, others, set(names + others) - summed)
    wanted = [c for c in names if c not in summed] + [c for c in others if c not in summed]
    x = x.permute([letters.index(c) for c in wanted])
    return x if out is None else out.copy_(x)


def kron(input: Any, other: Any, *, out: Any = None) -> Any:
    """Kronecker product."""
    n = max(input.dim(), other.dim())
    x = input.reshape((1,) * (n - input.dim()) + tuple(input.shape))
    y = other.reshape((1,) * (n - other.dim()) + tuple(other.shape))
    left = x.reshape([s for k in range(n) for s in (x.shape[k], 1)])
    right = y.reshape([s for k in range(n) for s in (1, y.shape[k])])
    made = (left * right).reshape([x.shape[k] * y.shape[k] for k in range(n)])
    return made if out is None else out.copy_(made)


def chain_matmul(*matrices: Any, out: Any = None) -> Any:
    """Product of several matrices, in the cheapest order for three, else from left to right."""
    made = matrices[0]
    if len(matrices) == 3:
        a, b, c = matrices
        (p, q), (_, r), (_, s) = a.shape, b.shape, c.shape
        made = (a @ b) @ c if p * q * r + p * r * s <= q * r * s + p * q * s else a @ (b @ c)
    else:
        for m in matrices[1:]:
            made = made @ m
    return made if out is None else out.copy_(made)
