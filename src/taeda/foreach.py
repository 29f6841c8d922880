"""Ops on lists of tensors, as optimizers write them: `torch._foreach_mul_(averages, 0.9)`.

Each is the op itself for one tensor after the other; a tensor's result does not depend on the others. In a compiled
function neighbours become one Program as any calls do.

>>> import taeda as torch
>>> averages = [torch.ones(2), torch.full((1,), 3.0)]
>>> torch._foreach_mul_(averages, 0.5)
[tensor([0.5000, 0.5000]), tensor([1.5000])]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import taeda

_UNARY = """abs acos asin atan ceil clone cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 max neg
reciprocal round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc zero""".split()
_BINARY = "add clamp_max clamp_min copy div maximum minimum mm mul pow sub".split()
_TERNARY = "addcdiv addcmul lerp".split()
_NORMS = ("norm", "powsum")


def _tensors(name: str, argument: str, values: Any) -> Sequence[Any]:
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, taeda.Tensor) for value in values):
        what = next((type(v).__name__ for v in values if not isinstance(v, taeda.Tensor)), "") \
            if isinstance(values, (list, tuple)) else type(values).__name__
        raise TypeError(f"{name}(): argument '{argument}' must be tuple of Tensors, not {what}")
    if not values:
        raise RuntimeError("Tensor list must have at least one tensor.")
    return values


def _spread(values: Any, count: int) -> Sequence[Any]:
    """What goes with each of `count` tensors: an entry of a list, or the same number for all."""
    if isinstance(values, taeda.Tensor) and values.dim() != 0:
        raise RuntimeError(
            f"scalar tensor expected to be 0 dim but it has {values.dim()} dimensions and {values.numel()} elements."
        )
    if not isinstance(values, (list, tuple)):
        return [values] * count
    if len(values) != count:
        if values and isinstance(values[0], taeda.Tensor):
            raise RuntimeError(f"Tensor lists must have the same number of tensors, got {count} and {len(values)}")
        raise RuntimeError("Tensor list must have same number of elements as scalar list.")
    return values


def _method(word: str, in_place: bool) -> Callable[..., Any]:
    return getattr(taeda.Tensor, word + "_" if in_place else word)


def _unary(name: str, word: str, in_place: bool) -> Callable[..., Any]:
    method = _method(word, in_place)
    return lambda self: [method(x) for x in _tensors(name, "self", self)]


def _binary(name: str, word: str, in_place: bool) -> Callable[..., Any]:
    method = _method(word, in_place)
    with_number = {"maximum": "clamp_min", "minimum": "clamp_max"}.get(word)  # PyTorch takes numbers there too
    number_method = _method(with_number, in_place) if with_number else method
    power = word == "pow" and not in_place

    def run(self: Any, other: Any, **options: Any) -> list[Any]:
        if power and not isinstance(self, (list, tuple)):
            return [taeda.pow(self, exponent) for exponent in _tensors(name, "exponent", other)]
        tensors = _tensors(name, "self", self)
        pairs = zip(tensors, _spread(other, len(tensors)), strict=True)
        return [(method if isinstance(y, taeda.Tensor) else number_method)(x, y, **options) for x, y in pairs]

    return run


def _ternary(name: str, word: str, in_place: bool) -> Callable[..., Any]:
    method = _method(word, in_place)
    takes_weight = word == "lerp"

    def run(self: Any, tensors1: Any, third: Any = None, scalars: Any = None, *, value: Any = 1, weight: Any = None,
            tensor1: Any = None, tensor2: Any = None) -> list[Any]:
        tensors = _tensors(name, "self", self)
        count = len(tensors)
        seconds = _spread(_tensors(name, "tensor1", tensors1), count)
        if takes_weight:
            weights = _spread(third if weight is None else weight, count)
            return [method(x, end, w) for x, end, w in zip(tensors, seconds, weights, strict=True)]
        thirds = _spread(_tensors(name, "tensor2", third if tensor2 is None else tensor2), count)
        scalars = value if scalars is None else scalars
        values = _spread(scalars.tolist() if isinstance(scalars, taeda.Tensor) else scalars, count)
        return [method(x, y, z, value=v) for x, y, z, v in zip(tensors, seconds, thirds, values, strict=True)]

    return run


def _norm(name: str, word: str, in_place: bool) -> Callable[..., Any]:
    def norm(self: Any, ord: Any = 2, dtype: Any = None) -> list[Any]:
        return [taeda.linalg.vector_norm(x, ord, dtype=dtype) for x in _tensors(name, "self", self)]

    def powsum(self: Any, ord: Any = 2, dtype: Any = None) -> list[Any]:
        return [x.abs().pow(ord).sum(dtype=dtype) for x in _tensors(name, "self", self)]

    return norm if word == "norm" else powsum


_KINDS = ((_UNARY, _unary), (_BINARY, _binary), (_TERNARY, _ternary), (_NORMS, _norm))
_ONLY_IN_PLACE, _NEVER_IN_PLACE = {"copy", "zero"}, {"clone", "max", "mm", *_NORMS}


def find(name: str) -> Callable[..., Any] | None:
    """The function that PyTorch calls `name`, or None."""
    word = name.removeprefix("_foreach_")
    in_place = word.endswith("_")
    word = word.removesuffix("_")
    if word in (_NEVER_IN_PLACE if in_place else _ONLY_IN_PLACE):
        return None
    make = next((make for words, make in _KINDS if word in words), None)
    if make is None:
        return None
    run = make(name, word, in_place)

    def foreach(*args: Any, **kwargs: Any) -> Any:
        results = run(*args, **kwargs)
        return results if in_place else tuple(results)

    foreach.__name__ = foreach.__qualname__ = name
    foreach.__doc__ = f"`{word}{'_' if in_place else ''}` of each tensor of a list."
    return foreach


def names() -> list[str]:
    """All names that there are."""
    words = [word for kind, _ in _KINDS for word in kind]
    return sorted(f"_foreach_{word}" for base in words for word in (base, base + "_") if find(f"_foreach_{word}"))
