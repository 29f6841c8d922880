"""Jacobians by finite differences, by backward and by forward mode, for gradcheck.

Functions here give real tensors. Where an input is complex, its derivative is that by the real part plus i times that
by the imaginary one, as gradients are.
"""

import itertools
from collections.abc import Callable
from typing import Any

import taeda
from taeda.autograd.reverse import grad

Tensors = tuple[Any, ...]


def as_tuple(given: Any) -> Tensors:
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


# -- numerical ------------------------------------------------------------------------------------------------------


def _outputs_of(func: Callable[..., Any], inputs: Tensors) -> list[Any]:
    """The floating point outputs, without a graph and in memory of their own."""
    with taeda.no_grad():
        return [output.detach().clone() for output in as_tuple(func(*inputs)) if output.is_floating_point()]


def difference(
    func: Callable[..., Any],
    inputs: Tensors,
    plus: Callable[[], None],
    minus: Callable[[], None],
    restore: Callable[[], None],
    eps: float,
) -> list[Any]:
    """(f(x + e) - f(x - e)) / 2 eps for each output, with the changes of the inputs given as functions."""
    try:
        minus()
        below = _outputs_of(func, inputs)
        plus()
        above = _outputs_of(func, inputs)
    finally:
        restore()
    for a, b in zip(above, below, strict=True):
        if a.shape != b.shape:
            raise AssertionError(
                f"Expected `func` to return outputs with the same shape when inputs are perturbed by {eps}, but got: "
                f"shapes {b.shape} and {a.shape}."
            )
        if a.dtype != b.dtype:
            raise AssertionError(
                f"Expected `func` to return outputs with the same dtype when inputs are perturbed by {eps}, but got: "
                f"dtypes {b.dtype} and {a.dtype}."
            )
    return [(a - b) / (2 * eps) for a, b in zip(above, below, strict=True)]


def difference_along(func: Callable[..., Any], inputs: Tensors, tensor: Any, direction: Any, eps: float) -> list[Any]:
    """How the outputs change as `tensor`, one of the inputs, goes along `direction`: by one difference."""
    before = tensor.detach().clone()

    def put(factor: float) -> Callable[[], None]:
        return lambda: tensor.data.copy_(before + direction * factor)

    return difference(func, inputs, put(eps), put(-eps), put(0.0), eps)


def _jacobian(
    func: Callable[..., Any], inputs: Tensors, tensor: Any, changes: Callable[[Any, complex], list[Any]]
) -> list[Any]:
    """For each output a matrix: one row per element of `tensor` (one of the inputs), one column per element of the
    output. `changes`: how the outputs change as the element at an index goes by a unit.
    """
    units = (1.0, 1.0j) if tensor.is_complex() else (1.0,)
    rows: list[list[Any]] = []
    for index in itertools.product(*(range(size) for size in tensor.shape)):
        by_units = [changes(index, unit) for unit in units]
        rows.append([(parts[0] if len(parts) == 1 else taeda.complex(*parts)).reshape(-1)
                     for parts in zip(*by_units, strict=True)])
    if not rows:
        return [tensor.new_zeros((0, output.numel())) for output in _outputs_of(func, inputs)]
    return [taeda.stack(columns, 0) for columns in zip(*rows, strict=True)]


def numerical_jacobian(func: Callable[..., Any], inputs: Tensors, tensor: Any, eps: float) -> list[Any]:
    """The matrices of the outputs, by differences."""
    data = tensor.data  # writes to it are not counted: graphs of the user's stay valid

    def changes(index: Any, unit: complex) -> list[Any]:
        before = data[index].item()

        def put(value: complex) -> Callable[[], None]:
            return lambda: data.__setitem__(index, value)

        return difference(func, inputs, put(before + unit * eps), put(before - unit * eps), put(before), eps)

    return _jacobian(func, inputs, tensor, changes)


# -- analytical -----------------------------------------------------------------------------------------------------


def analytical_jacobian(output: Any, inputs: Tensors) -> tuple[list[Any], bool, bool]:
    """For each of `inputs` a matrix like the numerical one; and whether sizes and dtypes of all gradients were
    right.
    """
    columns: list[list[Any]] = [[] for _ in inputs]
    sizes_right = dtypes_right = True
    start = taeda.zeros_like(output).contiguous()
    flat = start.view(-1)
    for element in range(output.numel()):
        flat.zero_()
        flat[element] = 1.0
        found = grad(output, inputs, start.clone(), retain_graph=True, allow_unused=True)
        for k, (gradient, tensor) in enumerate(zip(found, inputs, strict=True)):
            if gradient is None:
                gradient = taeda.zeros_like(tensor)
            sizes_right &= gradient.size() == tensor.size()
            dtypes_right &= gradient.dtype == tensor.dtype
            columns[k].append(gradient.reshape(-1))
    return (
        [
            taeda.stack(column, 1) if column else tensor.new_zeros((tensor.numel(), 0))
            for column, tensor in zip(columns, inputs, strict=True)
        ],
        sizes_right,
        dtypes_right,
    )


def tangents(func: Callable[..., Any], inputs: Tensors, tensor: Any, tangent: Any) -> list[Any]:
    """How the floating point outputs change as `tensor`, one of the inputs, goes along `tangent`: by forward mode."""
    from taeda.autograd import forward_ad

    with forward_ad.dual_level():
        given = [x.detach() if isinstance(x, taeda.Tensor) else x for x in inputs]
        given = [forward_ad.make_dual(x, tangent) if of is tensor else x for x, of in zip(given, inputs, strict=True)]
        unpacked = [forward_ad.unpack_dual(output) for output in as_tuple(func(*given)) if output.is_floating_point()]
        return [taeda.zeros_like(primal) if found is None else found.detach().clone() for primal, found in unpacked]


def forward_jacobian(func: Callable[..., Any], inputs: Tensors, tensor: Any) -> list[Any]:
    """The matrices of `numerical_jacobian`, by forward mode."""

    def changes(index: Any, unit: complex) -> list[Any]:
        tangent = taeda.zeros_like(tensor.detach())
        tangent[index] = unit
        return tangents(func, inputs, tensor, tangent)

    return _jacobian(func, inputs, tensor, changes)
