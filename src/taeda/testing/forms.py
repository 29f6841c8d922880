"""Every way to call an op gives the same: method, in-place form, out=, operators, aliases, layouts of the operands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import taeda
from taeda.testing.samples import map_tensors, tensors_of

# The same numbers as each layout's result has, in memory that is laid out differently.
LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "transposed": lambda x: x.transpose(0, -1).contiguous().transpose(0, -1) if x.dim() > 1 else x.clone(),
    "every third": lambda x: taeda.stack([x, x, x], -1).select(-1, 1),
    "shifted": lambda x: taeda.cat([x.reshape(-1)[:1].repeat(3), x.reshape(-1)])[3:].reshape(x.shape),
    "expanded": lambda x: x.narrow(-1, 0, 1).expand(x.shape) if x.dim() and x.numel() else x.clone(),
}


def equal(found: Any, expected: Any, tolerance: float = 0.0, what: str = "") -> None:
    """Raise AssertionError unless both are structures of tensors with the same dtypes, shapes and, within `tolerance`
    (relative to the largest), numbers; NaN equals NaN."""
    ours, theirs = tensors_of(found), tensors_of(expected)
    assert len(ours) == len(theirs), f"{what}: {len(ours)} tensors, expected {len(theirs)}"
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype, f"{what}: dtype {a.dtype}, expected {b.dtype}"
        assert a.shape == b.shape, f"{what}: shape {tuple(a.shape)}, expected {tuple(b.shape)}"
        a, b = a.detach(), b.detach()
        if not a.is_floating_point():
            assert taeda.equal(a, b), f"{what}: {a}, expected {b}"
            continue
        a, b = a.to(taeda.float64), b.to(taeda.float64)
        finite = b[b.isfinite()]
        slack = tolerance * (1.0 + (float(finite.abs().max()) if finite.numel() else 0.0))
        same = (a == b) | (a.isnan() & b.isnan()) | ((a - b).abs() <= slack)
        assert bool(same.all()), f"{what}: {a}, expected {b}"


def _gradients(function: Callable[..., Any], args: Any, kwargs: Any) -> tuple[Any, list[Any]]:
    """The result, and the gradients of its differentiable outputs, weighed by position."""
    result = function(*args, **kwargs)
    inputs = [t for t in tensors_of((args, kwargs)) if t.requires_grad]
    live = [y for y in tensors_of(result) if y.requires_grad]
    if not live or not inputs:
        return result, []
    seeds = [taeda.linspace(0.5, 1.5, y.numel()).to(y.dtype).reshape(y.shape) for y in live]
    found = taeda.autograd.grad(live, inputs, seeds, allow_unused=True)
    return result, [taeda.zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True)]


def check_layouts(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], tolerance: float = 1e-6
) -> None:
    """The layout of the operands changes neither the result nor the gradients."""
    for name, layout in LAYOUTS.items():

        def arranged(t: Any, layout: Callable[[Any], Any] = layout, dense: bool = False) -> Any:
            x = layout(t.detach())
            return (x.contiguous().clone() if dense else x).requires_grad_(t.requires_grad)

        given = map_tensors(arranged, (list(args), kwargs))
        dense = map_tensors(lambda t: arranged(t, dense=True), (list(args), kwargs))
        try:
            expected = _gradients(function, *dense)
        except RuntimeError as refusal:  # a matrix of equal columns has no inverse, in whatever layout
            try:
                _gradients(function, *given)
            except type(refusal):
                continue
            raise AssertionError(f"layout {name!r}: accepted, but of a dense tensor {refusal}") from refusal
        equal(_gradients(function, *given), expected, tolerance, f"layout {name!r}")


def check_small(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    """An element-wise function of zero-dimensional and of empty tensors."""
    single = map_tensors(lambda t: t.detach().reshape(-1)[:1], (list(args), kwargs))
    scalar = map_tensors(lambda t: t.detach().reshape(-1)[0], (list(args), kwargs))
    empty = map_tensors(lambda t: t.detach().reshape(-1)[:0].reshape(0, 1), (list(args), kwargs))
    expected = function(*single[0], **single[1])
    equal(function(*scalar[0], **scalar[1]), map_tensors(lambda t: t.reshape(()), expected), what="zero-dimensional")
    found = function(*empty[0], **empty[1])
    for a, b in zip(tensors_of(found), tensors_of(expected), strict=True):
        assert a.dtype == b.dtype and tuple(a.shape) == (0, 1), f"empty: {a.dtype} of shape {tuple(a.shape)}"


def check_inplace(
    method: str, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], place: Any = None
) -> None:
    """`method` writes what `function` returns into its first argument, in every layout, and its gradient is the same.

    `place` is where the in-place function is found; default: a method of tensors.
    """
    first = args[0]
    with taeda.no_grad():
        plain = function(*args, **kwargs)
    fits = isinstance(plain, taeda.Tensor) and plain.shape == first.shape and taeda.can_cast(plain.dtype, first.dtype)

    def write(x: Any, *rest: Any, **options: Any) -> Any:
        return getattr(x, method)(*rest, **options) if place is None else getattr(place, method)(x, *rest, **options)

    def on_copy(x: Any, *rest: Any, **options: Any) -> Any:
        return write(x.clone(), *rest, **options)

    if not fits:
        try:
            with taeda.no_grad():
                on_copy(*args, **kwargs)
        except RuntimeError:
            return
        raise AssertionError(f"{method} accepts {first.dtype} of shape {tuple(first.shape)}, which has no room")
    if plain.dtype == first.dtype:
        equal(_gradients(on_copy, args, kwargs), _gradients(function, args, kwargs), 1e-6, method)
    plain = plain.to(first.dtype)
    for name, layout in {"contiguous": lambda x: x.clone(), **LAYOUTS}.items():
        if name == "expanded":
            continue  # several elements share memory: refused
        target = layout(first.detach().clone())
        before = target._version
        with taeda.no_grad():
            assert write(target, *args[1:], **kwargs) is target, f"{method} returns another tensor"
        assert target._version == before + 1, f"{method} counts {target._version - before} writes"
        equal(target, plain, 1e-6, f"{method}, {name}")


def check_inplace_view(
    method: Callable[..., Any], function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> None:
    """`method` makes its tensor what the view that `function` returns is, in every layout, with the same gradient."""

    def on_copy(x: Any, *rest: Any, **options: Any) -> Any:
        return method(x.clone(), *rest, **options)

    equal(_gradients(on_copy, args, kwargs), _gradients(function, args, kwargs), 1e-6, "in place")
    for name, layout in {"contiguous": lambda x: x.clone(), **LAYOUTS}.items():
        target = layout(args[0].detach().clone())
        before, view = target._version, function(target, *args[1:], **kwargs)
        assert method(target, *args[1:], **kwargs) is target, f"{method} returns another tensor"
        assert target._version == before + 1, f"{method} counts {target._version - before} writes"
        assert target.is_set_to(view), f"{method} of a tensor that is {name} shows other memory than the view"


def check_out(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    """out= gets the result: a tensor of the right shape, a strided one, one that has to grow."""
    with taeda.no_grad():
        plain = function(*args, **kwargs)
        if not isinstance(plain, taeda.Tensor):
            targets = map_tensors(taeda.empty_like, plain)
            equal(function(*args, **kwargs, out=targets), plain, what="out=")
            equal(targets, plain, what="out=")
            return
        strided = taeda.stack([taeda.empty_like(plain)] * 2, -1).select(-1, 1)
        for target in (taeda.empty_like(plain), strided, taeda.empty(0, dtype=plain.dtype)):
            assert function(*args, **kwargs, out=target) is target, "out= is not what is returned"
            equal(target, plain, what="out=")
    differentiable = [t for t in tensors_of((list(args), kwargs)) if t.requires_grad]
    if differentiable and plain.is_floating_point():
        try:
            function(*args, **kwargs, out=taeda.empty_like(plain))
        except RuntimeError as error:
            assert "out=" in str(error), error
        else:
            raise AssertionError("out= is accepted while a gradient would be recorded")


def check_same(name: str, other: Callable[..., Any], function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    """Another way to say the same call (a method, an operator, an alias): equal results and gradients."""
    equal(_gradients(other, args, kwargs), _gradients(function, args, kwargs), 0.0, name)
