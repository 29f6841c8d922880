"""Rows of tests: a source that is evaluated with either library, inputs that are the same numbers in both."""

from typing import Any

import numpy

import taeda
from expected import torch
from taeda.testing.samples import from_array

# The libraries that rows which compare nothing are run with.
LIBRARIES = [taeda] if torch is None else [taeda, torch]
IDS = ["taeda", "torch"][: len(LIBRARIES)]


def leaves(value: Any) -> list[Any]:
    """The tensors of a structure, in order."""
    if hasattr(value, "requires_grad_") and hasattr(value, "dtype"):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, (list, tuple)) else []


def names_of(library: Any) -> dict[str, Any]:
    """Names for evaluating a row: `torch`, `nn` and `F`."""
    return {"torch": library, "nn": library.nn, "F": library.nn.functional}


def make_input(specification: Any, generator: numpy.random.Generator, library: Any) -> Any:
    """A tensor from a shape (random floats), `("int", high, shape)`, `("01", shape)`, `("sign", shape)`,
    `("tensor", values)`, or a tuple of tensors from a list."""
    if isinstance(specification, list):
        return tuple(make_input(part, generator, library) for part in specification)
    if specification[:1] == ("int",):
        return from_array(generator.integers(0, specification[1], specification[2]), "int64", library)
    if specification[:1] == ("01",):
        return from_array(generator.random(specification[1]), "float32", library).requires_grad_()
    if specification[:1] == ("sign",):
        return from_array(generator.integers(0, 2, specification[1]) * 2.0 - 1, "float32", library)
    if specification[:1] == ("tensor",):
        return library.tensor(specification[1])
    return from_array(generator.standard_normal(specification), "float32", library).requires_grad_()


def fill(module: Any, library: Any, seed: int = 0) -> Any:
    """The module with random numbers as parameters and buffers; variances are positive."""
    generator = numpy.random.default_rng(seed)
    state = module.state_dict()
    for name, value in state.items():
        if value.is_floating_point():
            numbers = generator.standard_normal(tuple(value.shape)) * 0.5
            state[name] = from_array(abs(numbers) + 0.5 if "var" in name else numbers, "float32", library)
    module.load_state_dict(state)
    return module


def backward(result: Any, library: Any) -> None:
    """Backward of a sum that weighs the elements of all outputs differently."""
    total = None
    for tensor in leaves(result):
        if tensor.requires_grad:
            weights = numpy.cos(numpy.arange(tensor.numel(), dtype=numpy.float32)).reshape(tuple(tensor.shape))
            term = (tensor * library.from_numpy(weights).to(tensor.dtype)).sum()
            total = term if total is None else total + term
    if total is not None:
        total.backward()


def gradients(values: Any) -> list[Any]:
    """The gradients of the leaves of a structure; zeros where there is none, which says the same."""
    return [t.detach() * 0 if t.grad is None else t.grad for t in leaves(values) if t.requires_grad]


def text_of(value: Any) -> str:
    """A repr without the name of the library."""
    return repr(value).replace("taeda.", "torch.")
