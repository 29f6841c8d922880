"""Reverse mode: `backward` accumulates gradients in leaves, `grad` returns them."""

import warnings
from collections.abc import Sequence
from typing import Any

import taeda
from taeda import _core
from taeda.autograd.graph import GradientEdge

__all__ = ["backward", "grad", "tensor_backward"]


def _sequence(given: Any) -> tuple[Any, ...]:
    """The tensors (or edges) as a tuple; one alone counts as a tuple of one."""
    if isinstance(given, (taeda.Tensor, GradientEdge)):
        return (given,)
    return tuple(given)


def _shape_and_dtype(output: Any) -> tuple[Any, Any]:
    if isinstance(output, GradientEdge):
        shape, dtype, _ = output.node._input_metadata[output.output_nr]
        return shape, dtype
    if not isinstance(output, taeda.Tensor):
        raise AssertionError("Expected output to be a torch.Tensor")
    return output.shape, output.dtype


def _check_gradients(outputs: tuple[Any, ...], gradients: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradients to start with: those given, checked, and ones for scalars where none is given."""
    checked = []
    for output, gradient in zip(outputs, gradients, strict=True):
        if gradient is not None and not isinstance(gradient, taeda.Tensor):
            raise TypeError("gradients can be either Tensors or None, but got " + type(gradient).__name__)
        shape, dtype = _shape_and_dtype(output)
        if gradient is None:
            # Without a graph the engine raises the error that says so.
            requires_grad = isinstance(output, GradientEdge) or output.requires_grad
            if requires_grad:
                if shape.numel() != 1:
                    raise RuntimeError("grad can be implicitly created only for scalar outputs")
                if not dtype.is_floating_point:
                    raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {dtype}")
                if isinstance(output, GradientEdge):
                    gradient = taeda.ones(shape, dtype=dtype)
        else:
            if gradient.shape != shape:
                where = (
                    outputs.index(output)
                    if isinstance(output, GradientEdge)
                    else [o is output for o in outputs].index(True)
                )
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{where}] has a shape of {_size_text(gradient.shape)} and "
                    f"output[{where}] has a shape of {_size_text(shape)}."
                )
            if dtype.is_complex != gradient.dtype.is_complex:
                raise RuntimeError(
                    "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch "
                    f"in dtype: grad_output has a dtype of {gradient.dtype} and output has a dtype of {dtype}."
                )
        checked.append(gradient)
    return tuple(checked)


def _size_text(shape: Any) -> str:
    return f"torch.Size({list(shape)})"


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` with respect to the leaves of their graphs to the leaves' `.grad`.

    `grad_tensors`: for each of `tensors` the gradient to start with, of its shape; may be None for scalars.
    `retain_graph`: keep what the graph saved (default: `create_graph`). `create_graph`: record the backward itself, for
    gradients of higher order. `inputs`: accumulate only into these.
    """
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only "
                "use `grad_tensors`."
            )
        grad_tensors = grad_variables
    if inputs is not None and not isinstance(inputs, (taeda.Tensor, GradientEdge)) and len(inputs) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _sequence(tensors)
    leaves = () if inputs is None else _sequence(inputs)
    gradients = _given_gradients(grad_tensors, len(roots))
    if retain_graph is None:
        retain_graph = create_graph
    roots, checked, leaves = _plain(roots, _check_gradients(roots, gradients), leaves)
    _core.run_backward(roots, checked, retain_graph, create_graph, leaves, True, True)


def _plain(roots: tuple[Any, ...], gradients: tuple[Any, ...], leaves: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    """The same with the differentiable parts of tensors that are not strided (taeda/composed.py)."""
    if not any(map(_core.is_lifted, (*roots, *gradients, *leaves))):
        return roots, gradients, leaves
    from taeda.composed import Composed

    parts = [(r.differentiable(), None if g is None else r.gradient_part(g)) if isinstance(r, Composed) else (r, g)
             for r, g in zip(roots, gradients, strict=True)]
    return (tuple(r for r, _ in parts), tuple(g for _, g in parts),
            tuple(x.differentiable() if isinstance(x, Composed) else x for x in leaves))


def _given_gradients(given: Any, count: int) -> tuple[Any, ...]:
    if given is None:
        return (None,) * count
    gradients = (given,) if isinstance(given, taeda.Tensor) else tuple(given)
    if len(gradients) != count:
        raise RuntimeError(f"got {count} tensors and {len(gradients)} gradients")
    return gradients


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """The gradients of `outputs` with respect to `inputs`, one per input; `.grad` stays as it is.

    `inputs` may be a dictionary of tensors; the gradients then are one with its keys. `only_inputs` is deprecated and
    ignored. `allow_unused`: None instead of an error for inputs that the outputs do not depend on.
    `materialize_grads`: zeros instead of None.

    >>> import taeda
    >>> x = taeda.tensor([1.0, 2.0], requires_grad=True)
    >>> taeda.autograd.grad((x * x).sum(), x)
    (tensor([2., 4.]),)
    """
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for "
            "other parts of the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    if isinstance(inputs, dict):
        found = grad(outputs, tuple(inputs.values()), grad_outputs, retain_graph, create_graph,
                     allow_unused=allow_unused, is_grads_batched=is_grads_batched, materialize_grads=materialize_grads)
        return dict(zip(inputs, found, strict=True))
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    if is_grads_batched:
        return _grad_of_rows(outputs, inputs, grad_outputs, retain_graph=retain_graph, create_graph=create_graph,
                             allow_unused=allow_unused, materialize_grads=materialize_grads)
    allow_unused = materialize_grads if allow_unused is None else allow_unused
    roots, leaves = _sequence(outputs), _sequence(inputs)
    gradients = _check_gradients(roots, _given_gradients(grad_outputs, len(roots)))
    if retain_graph is None:
        retain_graph = create_graph
    if not leaves:
        raise ValueError("grad requires non-empty inputs.")
    plain = _plain(roots, gradients, leaves)
    found = _core.run_backward(*plain[:2], retain_graph, create_graph, plain[2], allow_unused, False)
    if plain[2] is not leaves:
        found = tuple(leaf.like_this(g) if leaf is not part and g is not None else g
                      for leaf, part, g in zip(leaves, plain[2], found, strict=True))
    if materialize_grads:
        found = tuple(
            taeda.zeros_like(leaf) if gradient is None and isinstance(leaf, taeda.Tensor) else gradient
            for gradient, leaf in zip(found, leaves, strict=True)
        )
    return found


def _grad_of_rows(outputs: Any, inputs: Any, grad_outputs: Any, **options: Any) -> tuple[Any, ...]:
    """`grad` for every row of `grad_outputs` at once."""
    from taeda.func import vmap

    roots = _sequence(outputs)
    given = _given_gradients(grad_outputs, len(roots))
    if any(g is None for g in given):
        raise RuntimeError("grad(is_grads_batched=True) needs a batch of grad_outputs for each of the outputs")
    places: list[int] = []  # of the inputs that have a gradient

    def rows(*gradients: Any) -> tuple[Any, ...]:
        found = grad(outputs, inputs, gradients, **options)
        places[:] = [k for k, g in enumerate(found) if g is not None]
        return tuple(found[k] for k in places)

    results: list[Any] = [None] * len(_sequence(inputs))
    found = vmap(rows)(*given)
    for k, g in zip(places, found, strict=True):
        results[k] = g
    return tuple(results)


def tensor_backward(
    self: Any,
    gradient: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Any] | None = None,
) -> None:
    """Tensor.backward: see `taeda.autograd.backward`."""
    if (
        inputs is None and gradient is None and isinstance(self, taeda.Tensor) and self.numel() == 1
    ):  # the usual case, short
        if retain_graph is None:
            retain_graph = create_graph
        _core.run_backward((self,), (None,), retain_graph, create_graph, (), True, True)
        return
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)
