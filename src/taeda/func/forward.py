"""Forward mode: derivatives in a direction (jvp), and the Jacobians, Hessians and linear maps made with them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import taeda
from taeda.func.batching import vmap
from taeda.func.levels import layer
from taeda.func.lifted import Dual
from taeda.func.reverse import (
    checked_argnums,
    chosen,
    finished,
    jacrev,
    pull,
    recording,
    replaced,
    split_aux,
    standard_basis,
    variables,
)
from taeda.utils._pytree import tree_flatten, tree_unflatten

__all__ = ["hessian", "jacfwd", "jvp", "linearize"]


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """(func(*primals), the derivative of that in the direction `tangents`); with `has_aux` also what the function
    returned beside its output.

    `tangents` has the structure of `primals`. `strict`: an output that does not depend on the primals raises
    RuntimeError; otherwise its derivative is zero.

    >>> import taeda
    >>> from taeda.func import jvp
    >>> jvp(taeda.sin, (taeda.zeros(2),), (taeda.tensor([1.0, 3.0]),))
    (tensor([0., 0.]), tensor([1., 3.]))
    """
    return jvp_by(func, primals, tangents, None, strict, has_aux)


def jvp_by(func: Callable[..., Any], primals: Any, tangents: Any, argnums: Any, strict: bool, has_aux: bool,
           name: str = "jvp(f, primals, tangents)") -> Any:
    """jvp by some of the arguments; None: all of them."""
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    numbers = tuple(range(len(primals))) if argnums is None else checked_argnums(argnums, len(primals))
    inputs = chosen(primals, numbers)
    leaves, spec = tree_flatten(inputs)
    moved, moved_spec = tree_flatten(tangents)
    if spec != moved_spec:
        raise RuntimeError(
            f"{name}: Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {spec} and tangents with structure "
            f"{moved_spec}")
    for what, tensors in (("primals", leaves), ("tangents", moved)):
        if not tensors:
            raise RuntimeError(f"{name}: Expected {what} to contain at least one Tensor.")
        for t in tensors:
            if not isinstance(t, taeda.Tensor):
                raise RuntimeError(f"{name}: Expected {what} to only contain Tensors, got {type(t)}")
    with layer("jvp") as here:
        duals = [dual(x, t, here.level) for x, t in zip(leaves, moved, strict=True)]
        arguments = replaced(primals, tree_unflatten(duals, spec), numbers)
        output, aux = split_aux(func(*arguments), has_aux, name)
        outputs, structure = tree_flatten(output)
        if not outputs:
            raise RuntimeError(f"{name}: Expected f to be a function that has non-empty output (got output = "
                               f"{outputs})")
        pairs = [_unpacked(o, here.level, strict, name) for o in outputs]
        result = (tree_unflatten([p for p, _ in pairs], structure), tree_unflatten([t for _, t in pairs], structure))
        if not has_aux:
            return result
        leaves, spec = tree_flatten(aux)
        return (*result, tree_unflatten([_unpacked(a, here.level, False, name)[0] if isinstance(a, taeda.Tensor) else a
                                         for a in leaves], spec))


def dual(primal: Any, tangent: Any, level: int) -> Any:
    """A tensor with its tangent, which must fit it."""
    if primal.shape != tangent.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            f"supported. Tensor is of size {list(primal.shape)} while the given forward gradient is of size "
            f"{list(tangent.shape)}.")
    if primal.dtype != tangent.dtype:
        raise RuntimeError(
            f"Expected the tangent to have the dtype of its primal, {primal.dtype}, but got {tangent.dtype}")
    return Dual.of(primal, tangent, level)


def _unpacked(x: Any, level: int, strict: bool, name: str) -> tuple[Any, Any]:
    if not isinstance(x, taeda.Tensor):
        raise RuntimeError(f"{name}: expected f(*args) to return only tensors, got unsupported type {type(x)}")
    if isinstance(x, Dual) and x.level == level:
        return x.primal, x.tangent
    if strict:
        raise RuntimeError("jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This "
                           "is not allowed with strict=True.")
    return x, taeda.zeros_like(x)


def jacfwd(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, *,
           randomness: str = "error") -> Callable[..., Any]:
    """The Jacobian of `func` by the argument `argnums` (or a tuple of them), column by column of the input, all at
    once. Shapes are those of `jacrev`, which is the cheaper one where there are fewer outputs than inputs.

    >>> import taeda
    >>> from taeda.func import jacfwd
    >>> jacfwd(lambda x: x * x)(taeda.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    @functools.wraps(func)
    def wrapped(*args: Any) -> Any:
        numbers = checked_argnums(argnums, len(args))
        inputs, spec = tree_flatten(chosen(args, numbers))
        for index, x in enumerate(inputs):
            if x.is_complex():
                raise RuntimeError("jacfwd: Expected all inputs to be real but received complex tensor at flattened "
                                   f"input idx: {index}")
        kept: list[Any] = []

        def push(*basis: Any) -> Any:
            name = "jacfwd(f)(*args)" if isinstance(numbers, int) else "jacfwd(f, argnums)(*args)"
            found = jvp_by(func, args, tree_unflatten(basis, spec), numbers, False, has_aux, name)
            kept.append((tree_flatten(found[0]), found[2] if has_aux else None))
            return tuple(tree_flatten(found[1])[0])

        columns = vmap(push, randomness=randomness)(*standard_basis(inputs))
        (primals, structure), aux = kept[0]
        results = []
        for column, primal in zip(columns, primals, strict=True):
            parts = column.movedim(0, -1).split([x.numel() for x in inputs], -1)
            results.append(tree_unflatten(
                [part.reshape((*primal.shape, *x.shape)) for part, x in zip(parts, inputs, strict=True)], spec))
        result = tree_unflatten(results, structure)
        return (result, aux) if has_aux else result

    return wrapped


def hessian(func: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """The Hessian of `func` by the argument `argnums`: forward mode over reverse mode.

    >>> import taeda
    >>> from taeda.func import hessian
    >>> hessian(lambda x: x.prod())(taeda.tensor([2.0, 3.0]))
    tensor([[0., 1.],
            [1., 0.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(func(*primals), a function from tangents to the derivative in that direction), which does not run `func` again.

    >>> import taeda
    >>> from taeda.func import linearize
    >>> output, push = linearize(taeda.sin, taeda.zeros(2))
    >>> push(taeda.tensor([1.0, 3.0]))
    tensor([1., 3.])
    """
    with recording() as here:
        inputs = variables(primals, here)
        result = func(*inputs)
        outputs, structure = tree_flatten(result)
        leaves, spec = tree_flatten(inputs)
        # The derivative is the transpose of the gradient, which is linear in its weights.
        with recording() as inner:
            weights = [variables(taeda.zeros_like(o), inner) for o in outputs]
            pulled = pull(outputs, weights, leaves, inner, True)
        value = finished(result, here)

    def push(*tangents: Any) -> Any:
        given, found = tree_flatten(tangents)
        if found != spec:
            raise RuntimeError(f"Expected the tangents {found} to have the same argspec as the primals {spec}")
        for index, (t, x) in enumerate(zip(given, leaves, strict=True)):
            for what in ("shape", "device", "dtype"):
                if getattr(t, what) != getattr(x, what):
                    raise RuntimeError(
                        f"tangent:{index} with {what} {getattr(t, what)} in flattened pytree doesn't match the {what} "
                        f"{getattr(x, what)} of the corresponding primal.")
        pairs = [(g, t) for g, t in zip(pulled, given, strict=True) if g is not None]
        moved = pull([g for g, _ in pairs], [t for _, t in pairs], weights, here, True)
        return tree_unflatten([taeda.zeros_like(o) if m is None else finished(m, here)
                               for m, o in zip(moved, outputs, strict=True)], structure)

    return value, push
