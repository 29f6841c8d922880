"""Jacobians by finite differences and by backward, for gradcheck."""

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


def numerical_jacobian(func: Callable[..., Any], inputs: Tensors, tensor: Any, eps: float) -> list[Any]:
    """For each output a matrix: one row per element of `tensor` (one of the inputs), one column per element of the
    output.
    """
    rows: list[list[Any]] = []
    data = tensor.data  # writes to it are not counted: graphs of the user's stay valid
    for index in itertools.product(*(range(size) for size in tensor.shape)):
        before = data[index].item()

        def put(value: float, index: Any = index) -> Callable[[], None]:
            return lambda: data.__setitem__(index, value)

        rows.append(
            [d.reshape(-1) for d in difference(func, inputs, put(before + eps), put(before - eps), put(before), eps)]
        )
    if not rows:
        return [tensor.new_zeros((0, output.numel())) for output in _outputs_of(func, inputs)]
    return [taeda.stack(columns, 0) for columns in zip(*rows, strict=True)]


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
