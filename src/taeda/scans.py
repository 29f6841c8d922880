"""Functions applied step by step along a dimension: `associative_scan`, `scan` and `map` of PyTorch's higher-order ops.

`scan` and `map` call the function once for each step; `associative_scan` of n steps about 2 log2(n) times, on many
steps at once. What they compute are calls like any others, so gradients and compiled functions follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import taeda
from taeda.utils._pytree import tree_flatten, tree_unflatten

__all__ = ["associative_scan", "map", "scan"]


def _steps(what: str, xs: Any, dim: int) -> tuple[list[Any], Any, int]:
    """The tensors of `xs` with `dim` in front, the tree that they stand in, and how many steps there are."""
    leaves, tree = tree_flatten(xs)
    if not leaves:
        raise ValueError(f"{what}: xs must have at least one tensor")
    for leaf in leaves:
        if not isinstance(leaf, taeda.Tensor):
            raise ValueError(f"{what}: xs must consist of tensors, but has one of {type(leaf).__name__}")
        if not -leaf.dim() <= dim < leaf.dim():
            raise ValueError(f"{what}: dim {dim} is none of a tensor of shape {tuple(leaf.shape)}")
    moved = [leaf.movedim(dim, 0) for leaf in leaves]
    sizes = {leaf.shape[0] for leaf in moved}
    if len(sizes) > 1:
        raise ValueError(f"{what}: all tensors of xs must have as many steps along dim {dim}, but they have "
                         f"{sorted(sizes)}")
    if sizes == {0}:
        raise ValueError(f"{what}: there is no step along dim {dim}")
    return moved, tree, sizes.pop()


def associative_scan(
    combine_fn: Callable[[Any, Any], Any], xs: Any, dim: int, reverse: bool = False, combine_mode: str = "pointwise"
) -> Any:
    """x0, f(x0, x1), f(f(x0, x1), x2), ... along `dim`, for an associative `combine_fn`.

    xs: a tensor, or a tree of tensors, all of the same size along `dim`; `combine_fn` takes and returns two of them
    without that dimension ("generic") or, being element-wise, with any ("pointwise"). `reverse`: from the end. Method:
    pairs are combined, every second result follows from half as many (Blelloch 1990). Raises ValueError where sizes
    along `dim` differ.

    Example::

        >>> import taeda as torch
        >>> from taeda._higher_order_ops import associative_scan
        >>> associative_scan(torch.mul, torch.tensor([1., 2., 3., 4.]), 0)
        tensor([ 1.,  2.,  6., 24.])
    """
    if combine_mode not in ("pointwise", "generic"):
        raise ValueError(f"Combine_mode must either 'pointwise' or 'generic', but got {combine_mode}")
    leaves, tree, _ = _steps("associative_scan", xs, dim)
    each = taeda.vmap(combine_fn) if combine_mode == "generic" else combine_fn

    def combine(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
        made, of = tree_flatten(each(tree_unflatten(list(first), tree), tree_unflatten(list(second), tree)))
        if of != tree or any(m.shape != f.shape for m, f in zip(made, first, strict=True)):
            raise RuntimeError("associative_scan: combine_fn must return what it is given, in structure and shapes; "
                               f"for {[tuple(f.shape) for f in first]} it gave {[tuple(m.shape) for m in made]}")
        return made

    def run(steps: list[Any]) -> list[Any]:
        count = steps[0].shape[0]
        if count < 2:
            return steps
        odd = run(combine([x[:-1:2] for x in steps], [x[1::2] for x in steps]))
        if count == 2:
            return [taeda.cat((x[:1], o)) for x, o in zip(steps, odd, strict=True)]
        before = odd if count % 2 else [o[:-1] for o in odd]
        even = combine(before, [x[2::2] for x in steps])
        return [_in_turns(taeda.cat((x[:1], e)), o) for x, e, o in zip(steps, even, odd, strict=True)]

    if reverse:
        leaves = [leaf.flip(0) for leaf in leaves]
    found = run(leaves)
    if reverse:
        found = [leaf.flip(0) for leaf in found]
    return tree_unflatten([leaf.movedim(0, dim) for leaf in found], tree)


def _in_turns(even: Any, odd: Any) -> Any:
    """even[0], odd[0], even[1], odd[1], ...; `even` has as many steps or one more."""
    both = taeda.stack((even[: odd.shape[0]], odd), 1).flatten(0, 1)
    return both if even.shape[0] == odd.shape[0] else taeda.cat((both, even[-1:]))


def scan(
    combine_fn: Callable[[Any, Any], tuple[Any, Any]], init: Any, xs: Any, *, dim: int = 0, reverse: bool = False
) -> tuple[Any, Any]:
    """`carry, y = combine_fn(carry, x)` for each step x of `xs` along `dim`: the last carry, and all y stacked along a
    first dimension.

    init: the first carry. `reverse`: steps are taken from the end, and y stand where their x do.

    Example::

        >>> import taeda as torch
        >>> from taeda._higher_order_ops import scan
        >>> scan(lambda total, x: (total + x, total * x), torch.tensor(0.0), torch.tensor([1.0, 2.0, 3.0]))
        (tensor(6.), tensor([0., 2., 9.]))
    """
    leaves, tree, count = _steps("scan", xs, dim)
    shape = tree_flatten(init)[1]
    carry, made = init, []
    for k in reversed(range(count)) if reverse else range(count):
        carry, y = combine_fn(carry, tree_unflatten([leaf[k] for leaf in leaves], tree))
        if tree_flatten(carry)[1] != shape:
            raise RuntimeError("scan: combine_fn must return a carry of the same structure as it is given, "
                               f"{shape}, but gave {tree_flatten(carry)[1]}")
        made.append(y)
    return carry, _stacked(made[::-1] if reverse else made)


def _stacked(made: list[Any]) -> Any:
    tree = tree_flatten(made[0])[1]
    columns = zip(*(tree_flatten(y)[0] for y in made), strict=True)
    return tree_unflatten([taeda.stack(column) for column in columns], tree)


def map(f: Callable[..., Any], xs: Any, *args: Any) -> Any:
    """`f(x, *args)` for each step x of `xs` along the first dimension, stacked.

    Example::

        >>> import taeda as torch
        >>> from taeda import _higher_order_ops
        >>> _higher_order_ops.map(lambda x, y: x.sum() * y, torch.ones(2, 3), 2)
        tensor([6., 6.])
    """
    leaves, tree, count = _steps("map", xs, 0)
    return _stacked([f(tree_unflatten([leaf[k] for leaf in leaves], tree), *args) for k in range(count)])
