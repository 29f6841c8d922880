"""Comparing Taeda with torch on the same tensors: values, gradients, second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import taeda

torch = pytest.importorskip("torch")
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")


def both(x: Any) -> tuple[Any, Any]:
    """The same tensor in torch and in Taeda."""
    if x.dtype == torch.bfloat16:
        return x, taeda.tensor(x.float().numpy()).to(taeda.bfloat16)
    return x, taeda.tensor(x.numpy().copy())


def plain(x: Any) -> Any:
    if isinstance(x, (tuple, list)):
        return [plain(y) for y in x]
    if str(x.dtype).endswith("bfloat16"):
        x = x.to(taeda.float32 if type(x).__module__.startswith("taeda") else torch.float32)
    return x.detach().numpy()


def agree(a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6) -> None:
    a, b = plain(a), plain(b)
    if not isinstance(a, list):
        a, b = [a], [b]
    assert len(a) == len(b)
    for left, right in zip(a, b, strict=True):
        assert left.shape == right.shape and left.dtype == right.dtype, (left.shape, right.shape, left.dtype,
                                                                         right.dtype)
        np.testing.assert_allclose(left.astype(np.float64), right.astype(np.float64), rtol=rtol, atol=atol)


def integers(shape: tuple[int, ...], low: int, high: int, dtype: Any = None) -> Any:
    return torch.from_numpy(np.random.default_rng(7).integers(low, high, shape)).to(dtype or torch.int64)


def floats(*shape: int, dtype: Any = None) -> Any:
    x = torch.from_numpy(np.asarray(np.random.default_rng(sum(shape) + 1).standard_normal(shape) * 3))
    return x.to(dtype or torch.float64)


def check_case(function: Callable[..., Any], tensors: list[Any]) -> None:
    """function(library, tensors...) gives one floating tensor: compare it, its gradients, and theirs."""
    pairs = [both(x) for x in tensors]
    ours = [b.requires_grad_() if a.is_floating_point() else b for a, b in pairs]
    theirs = [a.clone().requires_grad_() if a.is_floating_point() else a for a, _ in pairs]
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):  # the others have no second order
        expected = function(torch, *theirs)
    found = function(taeda, *ours)
    agree(found, expected)
    grad = floats(*expected.shape)
    wanted = [k for k, a in enumerate(theirs) if a.is_floating_point()]
    b = torch.autograd.grad(expected, [theirs[k] for k in wanted], grad, create_graph=True)
    a = taeda.autograd.grad(found, [ours[k] for k in wanted], both(grad)[1], create_graph=True)
    for left, right in zip(a, b, strict=True):
        agree(left, right)
    second = sum((y * y).sum() for y in b)
    if not second.requires_grad:
        return
    d = torch.autograd.grad(second, [theirs[k] for k in wanted], allow_unused=True)
    c = taeda.autograd.grad(sum((y * y).sum() for y in a), [ours[k] for k in wanted], allow_unused=True)
    for left, right in zip(c, d, strict=True):
        if right is not None and left is not None:
            agree(left, right, atol=1e-8)
        elif right is not None:
            assert not right.any()
