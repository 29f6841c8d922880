"""What `__torch_dispatch__` of a mode sees: each op as PyTorch's overload, below autograd and autocast.

The core hands calls of ops over while a mode is entered (`run_call` in csrc/python/dispatch.cpp), and the backwards of
ops (`OpNode::apply`). Ops that PyTorch makes of others below autograd (`linear`, `matmul`) come as those: their
definitions run on the tensors at hand. So tables of ops, as those that count floating-point operations, find what they
know. Subclasses of Tensor see the same (subclasses.py).
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import taeda
from taeda import _core
from taeda._binding import definition_of, internal
from taeda.library.overloads import aten_overload, backward_packet, running

__all__ = ["Entered", "as_aten", "taken_apart"]

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


class Entered:
    """A mode as the core knows it: with the one that was innermost before it."""

    __slots__ = ("_mode", "_outer")

    def __init__(self, mode: Any, outer: Any) -> None:
        self._mode, self._outer = mode, outer

    def call(self, op: Any, parameters: tuple[tuple[str, bool, Any], ...], values: tuple[Any, ...], out: Any) -> Any:
        """A call of an op. `parameters`: name, whether by keyword only, default or `...`."""
        if out is None:
            found = taken_apart(op.__name__, values, False)
            if found is not NotImplemented:
                return found
        return self._dispatch(*as_aten(op, parameters, values, out))

    def backward(
        self, display: str, name: str, key: tuple[Any, ...], grads: tuple[Any, ...],
        saved: tuple[tuple[str, int, Any], ...], wanted: tuple[int, ...], attributes: tuple[Any, ...],
        run: Callable[..., tuple[Any, ...]],
    ) -> Any:
        """The backward of an op: the gradients of its inputs `wanted`, of those of its outputs and what was saved.

        One that holds products of matrices comes as the ops that it consists of, that of a convolution as PyTorch's
        `convolution_backward`, and any other as one op, `name`_backward."""
        from taeda.library.replay import gradient_of, replay

        tensors = tuple(tensor for _, _, tensor in saved)
        with taeda.no_grad():
            gradient = gradient_of(name, key)
            if any(node.op.name == "multiply_matrices" for node in gradient.graph.nodes):
                return replay(gradient, (*grads, *tensors), attributes)
            convolution = _convolution_of(name, key)
            if convolution is not None:
                return self._convolution(convolution, grads[0], saved, wanted, run)
            func = backward_packet(f"{display}_backward")
            with running(func, run):
                return self._dispatch(func.default, (*grads, *tensors), {})

    def _convolution(self, geometry: dict[str, Any], grad: Any, saved: tuple[tuple[str, int, Any], ...],
                     wanted: tuple[int, ...], run: Callable[..., tuple[Any, ...]]) -> Any:
        kept = {index: tensor for source, index, tensor in saved if source != "output"}
        func = backward_packet("convolution_backward")
        args = (grad, kept.get(0), kept.get(1), [grad.size(1)], geometry["stride"], geometry["padding"],
                geometry["dilation"], geometry["transposed"], geometry["output_padding"], geometry["groups"],
                [k in wanted for k in range(3)])

        def all_three(*given: Any) -> tuple[Any, ...]:
            found = dict(zip(wanted, run(given[0], *(tensor for _, _, tensor in saved)), strict=True))
            return tuple(found.get(k) for k in range(3))

        with running(func, all_three):
            three = self._dispatch(func.default, args, {})
        return tuple(three[k] for k in wanted)

    def _dispatch(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        from taeda.library.subclasses import types_among

        before = _core.set_dispatch_mode(self._outer)
        try:
            return self._mode.__torch_dispatch__(func, types_among(args, kwargs.values()), args, kwargs)
        finally:
            _core.set_dispatch_mode(before)


def as_aten(op: Any, parameters: tuple[tuple[str, bool, Any], ...], values: tuple[Any, ...],
            out: Any) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """A call of an op by PyTorch's name: the overload, its arguments by position and by keyword."""
    name = op.__name__
    args, kwargs = _arguments(parameters, values)
    if name == "where" and parameters[0][0] == "input":  # of Tensor.where, whose condition comes second
        op, args = taeda.where, (args[1], args[0], *args[2:])
    if out is not None:
        kwargs["out"] = out
    if name in _RENAMED:
        name, args, kwargs = _RENAMED[name](args, kwargs)
        return aten_overload(name, args), args, kwargs
    func = aten_overload(name, args, op)
    return func if out is None else func.overloadpacket.out, args, kwargs


def _arguments(parameters: tuple[tuple[str, bool, Any], ...], values: tuple[Any, ...]) -> Arguments:
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


def taken_apart(name: str, values: tuple[Any, ...], subclass: bool) -> Any:
    """The result of an op that PyTorch makes of others, by calls of those; NotImplemented of any other op. `subclass`:
    whether a subclass of Tensor is asked, which also sees views as PyTorch makes them."""
    apart = _APART.get(name) or (_VIEWS.get(name) if subclass else None)
    return NotImplemented if apart is None else apart(*values)


def _by_definition(name: str) -> Callable[..., Any]:
    """What the definition of an op calls: its composition, or its body."""

    def call(*values: Any) -> Any:
        op = definition_of(name)
        composition = getattr(op, "composition_function", None)
        if composition is None:
            return op.call_body(values)
        (result,) = composition(*values)
        return result

    return call


def _matmul(input: Any, other: Any) -> Any:
    vectors = {(1, 1): "dot", (2, 1): "mv"}.get((input.dim(), other.dim()))
    return _matmul_by_definition(input, other) if vectors is None else getattr(taeda, vectors)(input, other)


_matmul_by_definition = _by_definition("matmul")


def _multiply_matrices(left: Any, right: Any) -> Any:
    """Products of stacks of matrices as PyTorch has them: of two, or of as many on both sides."""
    if left.dim() == 2 and right.dim() == 2:
        return taeda.mm(left, right)
    if left.dim() == 3 and right.dim() == 3 and left.size(0) == right.size(0):
        return taeda.bmm(left, right)
    shape = taeda.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    stacks = (x.expand(*shape, *x.shape[-2:]).reshape(prod(shape), *x.shape[-2:]) for x in (left, right))
    return taeda.bmm(*stacks).view(*shape, left.size(-2), right.size(-1))


def _sum_to(input: Any, like: Any) -> Any:
    lead = input.dim() - like.dim()
    dims = [k for k in range(input.dim()) if k < lead or like.size(k - lead) == 1 != input.size(k)]
    found = input.sum(dims, keepdim=True) if dims else input
    return found.view(like.shape) if lead else found


def _reshape(input: Any, shape: tuple[int, ...]) -> Any:
    return (input if input.is_contiguous() else internal.fresh(input)).view(shape)


def _narrow(input: Any, dim: int, start: int, length: int) -> Any:
    size = input.size(dim) if input.dim() else -1
    first = start + size if start < 0 else start
    if not 0 <= first <= first + length <= size:
        return NotImplemented  # which is told what is wrong
    return internal.slice_along(input, dim, first, first + length, 1)


def _flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    if not input.dim():
        return _reshape(input, (1,))
    start, end = (dim + input.dim() if dim < 0 else dim for dim in (start_dim, end_dim))
    if not 0 <= start <= end < input.dim():
        return NotImplemented  # which is told what is wrong
    return input if start == end else _reshape(
        input, (*input.shape[:start], prod(input.shape[start:end + 1]), *input.shape[end + 1:]))


_APART: dict[str, Callable[..., Any]] = {
    "linear": _by_definition("linear"), "matmul": _matmul, "__matmul__": _matmul,
    "multiply_matrices": _multiply_matrices, "sum_to": _sum_to, "sum_to_shape": _sum_to,
}
_VIEWS: dict[str, Callable[..., Any]] = {
    "reshape": _reshape, "flatten": _flatten,
    "contiguous": lambda x: x if x.is_contiguous() else internal.fresh(x),
    "narrow": _narrow,
    "reversed_dims": lambda x: x.t() if x.dim() == 2 else x.permute(tuple(reversed(range(x.dim())))),
    "matrix_transpose": lambda x: x.transpose(-2, -1) if x.dim() >= 2 else NotImplemented,
}


# -- ops that have another name there --------------------------------------------------------------------------------


def _several(value: Any, count: int) -> list[int]:
    return list(value) * (count if len(value) == 1 else 1) if isinstance(value, (tuple, list)) else [value] * count


def _as_convolution(n: int, transposed: bool) -> Callable[..., Any]:
    def renamed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        input, weight = args[:2]
        if (input.dim(), weight.dim()) != (n + 2, n + 2) or any(isinstance(a, str) for a in args):
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


def _as_index(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, indices, dims = args
    places: list[Any] = [None] * (max(dims) + 1)
    for dim, index in zip(dims, indices, strict=True):
        places[dim] = index
    return "index", (x, places), kwargs


_RENAMED: dict[str, Callable[..., Any]] = {
    **{f"conv{n}d": _as_convolution(n, False) for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _as_convolution(n, True) for n in (1, 2, 3)},
    "log_softmax": lambda args, kwargs: ("_log_softmax", (args[0], args[1], False), {}) if not kwargs else
    ("log_softmax", args, kwargs),
    "softmax": lambda args, kwargs: ("_softmax", (args[0], args[1], False), {}) if not kwargs else
    ("softmax", args, kwargs),
    "scaled_dot_product_attention": lambda args, kwargs: ("_scaled_dot_product_flash_attention_for_cpu", args, kwargs),
    "convert": lambda args, kwargs: ("_to_copy", args[:1], {"dtype": args[1]}),
    "fresh": lambda args, kwargs: ("clone", args, {"memory_format": taeda.contiguous_format}),
    "slice_along": lambda args, kwargs: ("slice", args, kwargs),
    "index": _as_index,
}


def _convolution_of(name: str, key: tuple[Any, ...]) -> dict[str, Any] | None:
    """Stride and the like of a convolution, by the key of its backward Program; None of another op."""
    if not name.startswith("conv") or "d" not in name or key[1][0] in ("gradient", "transformed"):
        return None
    op = definition_of(name)
    given = {p.name: entry[1] if entry[0] == "static" else p.default
             for p, entry in zip(op.parameters, key[1], strict=True) if p.kind not in ("Tensor",) and entry is not None}
    n = key[1][1][2] - 2
    found = {"transposed": "transpose" in name, "groups": given["groups"]}
    for part, start in (("stride", 1), ("dilation", 1), ("output_padding", 0)):
        found[part] = _several(given.get(part, start), n)
    padding = given["padding"]
    if isinstance(padding, str):
        return None
    return {**found, "padding": _several(padding, n)}
