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


def units_of(tensor: Any) -> tuple[complex, ...]:
    """The directions that one element can go in."""
    return (1.0, 1.0j) if tensor.is_complex() else (1.0,)


def numerical_jacobian(func: Callable[..., Any], inputs: Tensors, tensor: Any, eps: float) -> list[Any]:
    """For each output a matrix: one row per element of `tensor` (one of the inputs), one column per element of the
    output.
    """
    rows: list[list[Any]] = []
    data = tensor.data  # writes to it are not counted: graphs of the user's stay valid
    for index in itertools.product(*(range(size) for size in tensor.shape)):
        before = data[index].item()

        def put(value: complex, index: Any = index) -> Callable[[], None]:
            return lambda: data.__setitem__(index, value)

        by_units = [
            difference(func, inputs, put(before + unit * eps), put(before - unit * eps), put(before), eps)
            for unit in units_of(tensor)
        ]
        rows.append([along(parts).reshape(-1) for parts in zip(*by_units, strict=True)])
    if not rows:
        return [tensor.new_zeros((0, output.numel())) for output in _outputs_of(func, inputs)]
    return [taeda.stack(columns, 0) for columns in zip(*rows, strict=True)]


def along(by_units: Any) -> Any:
    """The derivative by an element from those by its units."""
    return by_units[0] if len(by_units) == 1 else taeda.complex(*by_units)


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
    rows: list[list[Any]] = []
    for index in itertools.product(*(range(size) for size in tensor.shape)):
        by_units = []
        for unit in units_of(tensor):
            tangent = taeda.zeros_like(tensor)
            tangent.data[index] = unit
            by_units.append(tangents(func, inputs, tensor, tangent.detach()))
        rows.append([along(parts).reshape(-1) for parts in zip(*by_units, strict=True)])
    if not rows:
        return [tensor.new_zeros((0, output.numel())) for output in _outputs_of(func, inputs)]
    return [taeda.stack(columns, 0) for columns in zip(*rows, strict=True)]
