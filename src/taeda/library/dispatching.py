"""What `__torch_dispatch__` of a mode sees: each op as PyTorch's overload, below autograd and autocast.

The core hands calls of ops over while a mode is entered (`run_call` in csrc/python/dispatch.cpp), and the backwards of
ops (`OpNode::apply`). Ops that PyTorch makes of others below autograd (`linear`, `matmul`) are taken apart here in the
same way, so that tables of ops, as those that count floating-point operations, find what they know.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import taeda
from taeda import _core
from taeda.library.overloads import aten_overload, backward_packet, running

__all__ = ["Entered"]


class Entered:
    """A mode as the core knows it: with the one that was innermost before it."""

    __slots__ = ("_mode", "_outer")

    def __init__(self, mode: Any, outer: Any) -> None:
        self._mode, self._outer = mode, outer

    def call(self, op: Any, parameters: tuple[tuple[str, bool, Any], ...], values: tuple[Any, ...], out: Any) -> Any:
        """A call of an op. `parameters`: name, whether by keyword only, default or `...`."""
        name = op.__name__
        apart = _APART.get(name) if out is None else None
        if apart is not None:
            found = apart(*values)
            if found is not NotImplemented:
                return found
        args, kwargs = _arguments(parameters, values)
        if out is not None:
            kwargs["out"] = out
        if name in _RENAMED:
            name, args, kwargs = _RENAMED[name](args, kwargs)
            func = aten_overload(name, args)
        else:
            func = aten_overload(name, args, op)
            if out is not None:
                func = func.overloadpacket.out
        return self._dispatch(func, args, kwargs)

    def backward(
        self, name: str, grads: tuple[Any, ...], saved: tuple[tuple[str, int, Any], ...], wanted: tuple[int, ...],
        plain: bool, run: Callable[..., tuple[Any, ...]],
    ) -> Any:
        """The backward of an op: the gradients of its inputs `wanted`, of those of its outputs and what was saved.
        `plain`: all numbers of the call had their defaults."""
        kept = {(source, index): tensor for source, index, tensor in saved}
        explicit = _BACKWARD.get(name) if plain else None
        with taeda.no_grad():
            found = explicit(grads, kept, wanted) if explicit is not None else NotImplemented
            if found is not NotImplemented:
                return found
            tensors = tuple(tensor for _, _, tensor in saved)
            special = _convolution_backward(name, grads, kept, wanted, run, tensors)
            if special is not None:
                args, all_three = special
                func = backward_packet("convolution_backward")
                with running(func, all_three):
                    three = self._dispatch(func.default, args, {})
                return tuple(three[k] for k in wanted)
            func = backward_packet(f"{name}_backward")
            with running(func, run):
                return self._dispatch(func.default, (*grads, *tensors), {})

    def _dispatch(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        before = _core.set_dispatch_mode(self._outer)
        try:
            return self._mode.__torch_dispatch__(func, (), args, kwargs)
        finally:
            _core.set_dispatch_mode(before)


def _arguments(
    parameters: tuple[tuple[str, bool, Any], ...], values: tuple[Any, ...]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Values as a call would be written: defaults at the end left out."""
    positional, named = [], {}
    for (name, keyword_only, default), value in zip(parameters, values, strict=True):
        if not keyword_only:
            positional.append((value, default))
        elif value is not default:
            named[name] = value
    while positional and positional[-1][0] is positional[-1][1]:
        positional.pop()
    return tuple(value for value, _ in positional), named


# -- ops that PyTorch makes of others --------------------------------------------------------------------------------


def _rows(x: Any) -> Any:
    """All rows of x as one matrix."""
    return x.reshape(prod(x.shape[:-1]), x.size(-1))


def _linear(input: Any, weight: Any, bias: Any = None) -> Any:
    if input.dim() < 2 or weight.dim() != 2:
        return NotImplemented
    flat = input if input.dim() == 2 else _rows(input)
    found = taeda.mm(flat, weight.t()) if bias is None else taeda.addmm(bias, flat, weight.t())
    return found if input.dim() == 2 else found.view(*input.shape[:-1], weight.size(0))


def _matmul(input: Any, other: Any) -> Any:
    a, b = input.dim(), other.dim()
    if a == 1 and b == 1:
        return taeda.dot(input, other)
    if a == 2 and b == 1:
        return taeda.mv(input, other)
    if a == 2 and b == 2:
        return taeda.mm(input, other)
    if a < 2 or b < 2:
        return NotImplemented
    if b == 2:
        return taeda.mm(_rows(input), other).view(*input.shape[:-1], other.size(-1))
    shape = taeda.broadcast_shapes(input.shape[:-2], other.shape[:-2])
    left, right = (x.expand(*shape, *x.shape[-2:]).reshape(prod(shape), *x.shape[-2:]) for x in (input, other))
    return taeda.bmm(left, right).view(*shape, input.size(-2), other.size(-1))


_APART: dict[str, Callable[..., Any]] = {"linear": _linear, "matmul": _matmul, "__matmul__": _matmul}


# -- ops that have another name there --------------------------------------------------------------------------------


def _several(value: Any, count: int) -> list[int]:
    return list(value) * (count if len(value) == 1 else 1) if isinstance(value, (tuple, list)) else [value] * count


def _as_convolution(transposed: bool) -> Callable[..., Any]:
    def renamed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        input, weight = args[:2]
        n = weight.dim() - 2
        if input.dim() == n + 1 or any(isinstance(a, str) for a in args):
            return f"conv{'_transpose' if transposed else ''}{n}d", args, kwargs
        names = ("stride", "padding", *(("output_padding", "groups", "dilation") if transposed
                                        else ("dilation", "groups")))
        given = dict(zip(names, args[3:], strict=False)) | kwargs
        values = {name: _several(given.get(name, start), n)
                  for name, start in (("stride", 1), ("padding", 0), ("dilation", 1), ("output_padding", 0))}
        bias = args[2] if len(args) > 2 else None
        return "convolution", (input, weight, bias, values["stride"], values["padding"], values["dilation"],
                               transposed, values["output_padding"], given.get("groups", 1)), {}

    return renamed


_RENAMED: dict[str, Callable[..., Any]] = {
    **{f"conv{n}d": _as_convolution(False) for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _as_convolution(True) for n in (1, 2, 3)},
    "log_softmax": lambda args, kwargs: ("_log_softmax", (args[0], args[1], False), {}) if not kwargs else
    ("log_softmax", args, kwargs),
    "softmax": lambda args, kwargs: ("_softmax", (args[0], args[1], False), {}) if not kwargs else
    ("softmax", args, kwargs),
    "scaled_dot_product_attention": lambda args, kwargs: ("_scaled_dot_product_flash_attention_for_cpu", args, kwargs),
}


# -- backwards that are products -------------------------------------------------------------------------------------


def _products(first: int, multiply: str) -> Callable[..., Any]:
    """The gradients of a product whose factors are the inputs `first` and `first + 1`."""

    def backward(grads: tuple[Any, ...], kept: dict[tuple[str, int], Any], wanted: tuple[int, ...]) -> Any:
        if any(index not in (first, first + 1) for index in wanted):
            return NotImplemented
        product, found = getattr(taeda, multiply), []
        for index in wanted:
            other = kept.get(("input", 2 * first + 1 - index))
            if other is None:
                return NotImplemented
            turned = other.transpose(-2, -1)
            if turned.is_complex():
                turned = turned.conj()
            found.append(product(grads[0], turned) if index == first else product(turned, grads[0]))
        return tuple(found)

    return backward


def _with_addend(multiply: str) -> Callable[..., Any]:
    """The same of addmm, whose first input is added."""
    factors = _products(1, multiply)

    def backward(grads: tuple[Any, ...], kept: dict[tuple[str, int], Any], wanted: tuple[int, ...]) -> Any:
        found = factors(grads, kept, tuple(index for index in wanted if index))
        shape = kept.get(("shape", 0), kept.get(("input", 0)))
        if found is NotImplemented or 0 not in wanted:
            return found
        return NotImplemented if shape is None else (grads[0].sum_to_size(shape.shape), *found)

    return backward


_BACKWARD: dict[str, Callable[..., Any]] = {
    "mm": _products(0, "mm"), "bmm": _products(0, "bmm"), "addmm": _with_addend("mm"), "baddbmm": _with_addend("bmm"),
}


def _convolution_backward(
    name: str, grads: tuple[Any, ...], kept: dict[tuple[str, int], Any], wanted: tuple[int, ...],
    run: Callable[..., tuple[Any, ...]], tensors: tuple[Any, ...],
) -> Any:
    if not name.startswith("conv") or not name.endswith("d"):
        return None
    input, weight = (kept.get(("input", k), kept.get(("shape", k))) for k in (0, 1))
    if input is None or weight is None:
        return None
    n = weight.dim() - 2
    args = (grads[0], input, weight, [grads[0].size(1)], [1] * n, [0] * n, [1] * n, "transpose" in name, [0] * n, 1,
            [k in wanted for k in range(3)])

    def all_three(*given: Any) -> tuple[Any, ...]:
        found = dict(zip(wanted, run(given[0], *tensors), strict=True))
        return tuple(found.get(k) for k in range(3))

    return args, all_three
