"""Derivatives of functions: Jacobians, Hessians and their products with vectors.

All take a function of one tensor or several, its inputs as a tensor or a tuple, and return the same structure.
`create_graph` makes the results differentiable in turn. `strict` raises where an output does not depend on an input,
instead of giving zeros.
"""

from collections.abc import Callable
from typing import Any

import taeda
from taeda.autograd.reverse import grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = tuple[Any, ...]

_OUTPUTS = "outputs of the user-provided function"


def _as_tuple(given: Any, what: str, function: str) -> tuple[bool, Tensors]:
    """Was it a tuple, and the tuple."""
    is_tuple = isinstance(given, tuple)
    tensors = given if is_tuple else (given,)
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, taeda.Tensor):
            where = f"value at index {index}" if is_tuple else f"given {what}"
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the {where} has "
                f"type {type(tensor)}."
            )
    return is_tuple, tensors


def _unpack(result: Any, *are_tuples: bool) -> Any:
    """Undo `_as_tuple` in the given structure: first of the inner level, then of the outer one."""
    if len(are_tuples) == 2 and not are_tuples[1]:
        result = tuple(inner[0] for inner in result)
    return result if are_tuples[0] else result[0]


def _prepare(inputs: Tensors, create_graph: bool, need_graph: bool) -> Tensors:
    """Tensors of our own in the place of `inputs`: the function may use the same ones by itself as well."""
    return tuple(
        tensor.view_as(tensor) if create_graph and tensor.requires_grad else tensor.detach().requires_grad_(need_graph)
        for tensor in inputs
    )


def _finish(result: Any, create_graph: bool) -> Any:
    if isinstance(result, tuple):
        return tuple(_finish(part, create_graph) for part in result)
    return result if create_graph else result.detach()


def _check_vector(v: Tensors, like: Tensors, is_tuple: bool) -> None:
    if len(like) != len(v):
        if is_tuple:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for index, (part, other) in enumerate(zip(v, like, strict=True)):
        if part.size() != other.size():
            where = f"Entry {index} in " if is_tuple else ""
            raise RuntimeError(f"{where}v has invalid size: should be {other.size()} but got {part.size()}.")


_INDEPENDENT = {
    "hessian": (
        "The hessian of the user-provided function with respect to input {} is independent of the input. This is not "
        "allowed in strict mode. You should ensure that your function is thrice differentiable and that the hessian "
        "depends on the inputs."
    ),
    "jacobian": (
        "While computing the hessian, found that the jacobian of the user-provided function with respect to input {} "
        "is independent of the input. This is not allowed in strict mode. You should ensure that your function is "
        "twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear "
        "function for example)."
    ),
    "grad_inputs": (
        "The gradient with respect to input {} is independent of the inputs of the user-provided function. This is "
        "not allowed in strict mode."
    ),
    "outputs": (
        "Output {} of the user-provided function does not require gradients. The outputs must be computed in a "
        "differentiable manner from the input when running in strict mode."
    ),
}


def _check_dependence(tensors: Tensors, what: str, strict: bool) -> None:
    for index, tensor in enumerate(tensors if strict else ()):
        if tensor is None:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {index}. This is not allowed in "
                "strict mode."
            )
        if not tensor.requires_grad:
            raise RuntimeError(_INDEPENDENT[what].format(index))


def _gradients(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Tensors | None = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> Tensors:
    """`grad` that takes None and tensors without a graph among its outputs; None for inputs that nothing depends on."""
    given = (None,) * len(outputs) if grad_outputs is None else grad_outputs
    pairs = [(o, g) for o, g in zip(outputs, given, strict=True) if o is not None and o.requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    return grad(
        tuple(o for o, _ in pairs),
        inputs,
        tuple(g for _, g in pairs),
        allow_unused=True,
        create_graph=create_graph,
        retain_graph=retain_graph,
    )


_MISSING = {
    "back": (
        "The output of the user-provided function is independent of input {}. This is not allowed in strict mode."
    ),
    "back_trick": (
        "The gradient with respect to the input is independent of entry {} in the grad_outputs when using the double "
        "backward trick to compute forward mode gradients. This is not allowed in strict mode."
    ),
    "double_back": (
        "The jacobian of the user-provided function is independent of input {}. This is not allowed in strict mode."
    ),
    "double_back_trick": (
        "The hessian of the user-provided function is independent of entry {} in the grad_jacobian. This is not "
        "allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD."
    ),
}


def _fill_zeros(gradients: Tensors, like: Tensors, strict: bool, create_graph: bool, stage: str) -> Tensors:
    result = []
    for index, gradient in enumerate(gradients):
        if gradient is None:
            if strict:
                raise RuntimeError(_MISSING[stage].format(index))
            gradient = taeda.zeros_like(like[index])
        elif strict and create_graph and not gradient.requires_grad:
            what = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {index}. This is not allowed in "
                "strict mode when create_graph=True."
            )
        result.append(gradient)
    return tuple(result)


def _vector_for_inputs(v: Any, inputs: Tensors, is_tuple: bool, function: str, create_graph: bool) -> Tensors | None:
    """The vector given for a product with one, checked; None where it can be left out."""
    if v is not None:
        _, vector = _as_tuple(v, "v", function)
        vector = _prepare(vector, create_graph, need_graph=False)
        _check_vector(vector, inputs, is_tuple)
        return vector
    if len(inputs) != 1 or inputs[0].nelement() != 1:
        raise RuntimeError(
            "The vector v can only be None if the input to the user-provided function is a single Tensor with a "
            "single element."
        )
    return None


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs of `func`, and the product of `v` (shaped like them) with the Jacobian: shaped like `inputs`."""
    with taeda.enable_grad():
        inputs_tuple, inputs = _as_tuple(inputs, "inputs", "vjp")
        inputs = _prepare(inputs, create_graph, need_graph=True)
        outputs_tuple, outputs = _as_tuple(func(*inputs), _OUTPUTS, "vjp")
        _check_dependence(outputs, "outputs", strict)
        if v is not None:
            _, v = _as_tuple(v, "v", "vjp")
            v = _prepare(v, create_graph, need_graph=False)
            _check_vector(v, outputs, outputs_tuple)
        elif len(outputs) != 1 or outputs[0].nelement() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a single "
                "element."
            )
    with taeda.set_grad_enabled(create_graph or taeda.is_grad_enabled()):
        found = _fill_zeros(_gradients(outputs, inputs, v, create_graph), inputs, strict, create_graph, "back")
    return _unpack(_finish(outputs, create_graph), outputs_tuple), _unpack(_finish(found, create_graph), inputs_tuple)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs of `func`, and the product of the Jacobian with `v` (shaped like `inputs`): shaped like the outputs.

    Computed by two reverse passes: the gradient is linear in the gradient it starts from, and the derivative of that
    linear map is the Jacobian itself (Townsend, "A new trick for calculating Jacobian vector products", 2017).
    """
    with taeda.enable_grad():
        inputs_tuple, inputs = _as_tuple(inputs, "inputs", "jvp")
        inputs = _prepare(inputs, create_graph, need_graph=True)
        vector = _vector_for_inputs(v, inputs, inputs_tuple, "jvp", create_graph)
        outputs_tuple, outputs = _as_tuple(func(*inputs), _OUTPUTS, "jvp")
        _check_dependence(outputs, "outputs", strict)
        starts = tuple(taeda.zeros_like(output).requires_grad_() for output in outputs)
        gradients = _gradients(outputs, inputs, starts, create_graph=True)
        _check_dependence(gradients, "grad_inputs", strict)
    with taeda.set_grad_enabled(create_graph or taeda.is_grad_enabled()):
        found = _fill_zeros(
            _gradients(gradients, starts, vector, create_graph), outputs, strict, create_graph, "back_trick"
        )
    return _unpack(_finish(outputs, create_graph), outputs_tuple), _unpack(_finish(found, create_graph), outputs_tuple)


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian: for each output and input a tensor of the output's shape followed by the input's.

    One backward per element of the outputs. `vectorize` is accepted and changes nothing: rows are computed one by one.
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        raise NotImplementedError(
            'jacobian(strategy="forward-mode"): forward mode is not there yet, use "reverse-mode"'
        )
    if strict and vectorize:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
            "Please either set `strict=False` or `vectorize=False`."
        )
    with taeda.enable_grad():
        inputs_tuple, inputs = _as_tuple(inputs, "inputs", "jacobian")
        inputs = _prepare(inputs, create_graph, need_graph=True)
        outputs_tuple, outputs = _as_tuple(func(*inputs), _OUTPUTS, "jacobian")
        _check_dependence(outputs, "outputs", strict)
        result = tuple(_rows(index, output, inputs, create_graph, strict) for index, output in enumerate(outputs))
    return _unpack(_finish(result, create_graph), outputs_tuple, inputs_tuple)


def _rows(index: int, output: Any, inputs: Tensors, create_graph: bool, strict: bool) -> Tensors:
    """The Jacobian of one output with respect to each input."""
    rows: list[list[Any]] = [[] for _ in inputs]
    flat = output.reshape(-1)
    for element in range(output.nelement()):
        found = _gradients((flat[element],), inputs, create_graph=create_graph, retain_graph=True)
        for k, (gradient, tensor) in enumerate(zip(found, inputs, strict=True)):
            if gradient is None:
                if strict:
                    raise RuntimeError(
                        f"Output {index} of the user-provided function is independent of input {k}. This is not "
                        "allowed in strict mode."
                    )
                gradient = taeda.zeros_like(tensor)
            elif strict and create_graph and not gradient.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {index}. This is not allowed "
                    "in strict mode when create_graph=True."
                )
            rows[k].append(gradient)
    return tuple(
        taeda.stack(row, 0).view(*output.shape, *tensor.shape)
        if row
        else tensor.new_zeros((*output.shape, *tensor.shape))
        for row, tensor in zip(rows, inputs, strict=True)
    )


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a function with one output of one element: for each pair of inputs a tensor of both
    shapes.
    """
    inputs_tuple, inputs = _as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def scalar(*arguments: Any) -> Any:
        output = func(*arguments)
        is_tuple, outputs = _as_tuple(output, _OUTPUTS, "hessian")
        _check_dependence(outputs, "outputs", strict)
        if is_tuple or not isinstance(output, taeda.Tensor):
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if output.nelement() != 1:
            raise RuntimeError("The Tensor returned by the function given to hessian should contain a single element")
        return output.reshape(())

    def inner(*arguments: Any) -> Any:
        found = jacobian(scalar, arguments, create_graph=True)
        _check_dependence(found, "jacobian", strict)
        return found

    result = jacobian(
        inner, inputs, create_graph=create_graph, strict=strict, vectorize=vectorize, strategy=outer_jacobian_strategy
    )
    return _unpack(result, inputs_tuple, inputs_tuple)


def _gradient_of_scalar(
    func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool, strict: bool, name: str
) -> tuple[bool, Tensors, Tensors | None, Tensors, Tensors]:
    """What `vhp` and `hvp` share: (inputs were a tuple, inputs, vector, outputs, gradient)."""
    inputs_tuple, inputs = _as_tuple(inputs, "inputs", name)
    inputs = _prepare(inputs, create_graph, need_graph=True)
    vector = _vector_for_inputs(v, inputs, inputs_tuple, name, create_graph)
    outputs_tuple, outputs = _as_tuple(func(*inputs), _OUTPUTS, name)
    _check_dependence(outputs, "outputs", strict)
    if outputs_tuple:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].nelement() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    gradient = _gradients(outputs, inputs, create_graph=True)
    _check_dependence(gradient, "jacobian", strict)
    return inputs_tuple, inputs, vector, outputs, gradient


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The output of a scalar function, and the product of `v` with its Hessian."""
    with taeda.enable_grad():
        inputs_tuple, inputs, vector, outputs, gradient = _gradient_of_scalar(
            func, inputs, v, create_graph, strict, "vhp"
        )
    with taeda.set_grad_enabled(create_graph or taeda.is_grad_enabled()):
        found = _fill_zeros(
            _gradients(gradient, inputs, vector, create_graph), inputs, strict, create_graph, "double_back"
        )
    return _finish(outputs, create_graph)[0], _unpack(_finish(found, create_graph), inputs_tuple)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The output of a scalar function, and the product of its Hessian with `v`. `vhp` gives the same and is faster."""
    with taeda.enable_grad():
        inputs_tuple, inputs, vector, outputs, gradient = _gradient_of_scalar(
            func, inputs, v, create_graph, strict, "hvp"
        )
        starts = tuple(taeda.zeros_like(tensor).requires_grad_() for tensor in inputs)
        twice = _gradients(gradient, inputs, starts, create_graph=True)
        _check_dependence(gradient, "hessian", strict)
    with taeda.set_grad_enabled(create_graph or taeda.is_grad_enabled()):
        found = _fill_zeros(
            _gradients(twice, starts, vector, create_graph), inputs, strict, create_graph, "double_back_trick"
        )
    return _finish(outputs, create_graph)[0], _unpack(_finish(found, create_graph), inputs_tuple)
