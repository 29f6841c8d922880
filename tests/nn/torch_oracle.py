"""Comparison with PyTorch: the same source evaluated with both libraries, on the same weights and inputs."""

from typing import Any

import numpy
import pytest

import taeda

torch = pytest.importorskip("torch")


def to_taeda(value: Any) -> Any:
    """A torch tensor, or a structure of them, as Taeda's."""
    if isinstance(value, torch.Tensor):
        plain = value.detach()
        if plain.dtype == torch.bfloat16:
            return taeda.from_numpy(plain.view(torch.int16).numpy().copy()).view(taeda.bfloat16)
        return taeda.from_numpy(plain.numpy().copy())
    if isinstance(value, dict):
        return type(value)((key, to_taeda(part)) for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return type(value)(to_taeda(part) for part in value)
    return value


def to_numpy(tensor: Any) -> numpy.ndarray:
    """A tensor of either library."""
    tensor = tensor.detach()
    if str(tensor.dtype).endswith("bfloat16"):
        tensor = tensor.float()
    return numpy.asarray(tensor.numpy())


def leaves(value: Any) -> list[Any]:
    """The tensors of a structure, in order."""
    if isinstance(value, (torch.Tensor, taeda.Tensor)):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, (list, tuple)) else []


def assert_close(ours: Any, theirs: Any, rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Equal structure, dtype, shape and, within the tolerance, values."""
    mine, others = leaves(ours), leaves(theirs)
    assert len(mine) == len(others)
    for own, other in zip(mine, others, strict=True):
        assert str(own.dtype).split(".")[-1] == str(other.dtype).split(".")[-1]
        assert tuple(own.shape) == tuple(other.shape)
        numpy.testing.assert_allclose(to_numpy(own), to_numpy(other), rtol=rtol, atol=atol)


def namespaces() -> tuple[dict[str, Any], dict[str, Any]]:
    """Names for evaluating a row: `nn`, `F` and `torch` of PyTorch, and of Taeda."""
    return (
        {"torch": torch, "nn": torch.nn, "F": torch.nn.functional},
        {"torch": taeda, "nn": taeda.nn, "F": taeda.nn.functional},
    )


def make_input(specification: Any, generator: torch.Generator) -> Any:
    """A torch tensor from a shape (random floats), `("int", high, shape)`, `("01", shape)`, or the value itself."""
    if isinstance(specification, tuple) and specification[:1] == ("int",):
        return torch.randint(0, specification[1], specification[2], generator=generator)
    if isinstance(specification, tuple) and specification[:1] == ("01",):
        return torch.rand(specification[1], generator=generator)
    if isinstance(specification, tuple) and specification[:1] == ("sign",):
        return torch.randint(0, 2, specification[1], generator=generator) * 2.0 - 1
    if isinstance(specification, tuple) and specification[:1] == ("value",):
        return specification[1]
    if isinstance(specification, tuple) and specification[:1] == ("tensor",):
        return torch.tensor(specification[1])
    if isinstance(specification, tuple) and all(isinstance(extent, int) for extent in specification):
        return torch.randn(specification, generator=generator)
    if isinstance(specification, list):
        return tuple(make_input(part, generator) for part in specification)
    raise ValueError(f"not an input: {specification}")


def with_gradient(value: Any, specification: Any = None) -> Any:
    """The structure with every floating-point tensor requiring a gradient, except targets that are signs."""
    if not (isinstance(specification, tuple) and specification[:1] == ("sign",)):
        for tensor in leaves(value):
            if tensor.is_floating_point():
                tensor.requires_grad_()
    return value


def backward(result: Any) -> None:
    """Backward of a sum that weighs the elements of all outputs differently."""
    total = None
    for tensor in leaves(result):
        if tensor.requires_grad:
            weights = numpy.cos(numpy.arange(tensor.numel(), dtype=numpy.float32)).reshape(tuple(tensor.shape))
            factor = torch.from_numpy(weights) if isinstance(tensor, torch.Tensor) else taeda.from_numpy(weights)
            if type(tensor) is torch.Tensor or isinstance(tensor, torch.Tensor):
                factor = factor.to(tensor.dtype)
            term = (tensor * factor).sum()
            total = term if total is None else total + term
    if total is not None:
        total.backward()
