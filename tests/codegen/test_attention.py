"""The attention kernels against torch, on every instruction set that the machine has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from template_runner import TARGETS, Launch, strides

from taeda.codegen.target import Target
from taeda.codegen.templates.attention import backward as attention_backward
from taeda.codegen.templates.attention import decode as attention_decode
from taeda.codegen.templates.attention import forward as attention

torch = pytest.importorskip("torch")

targets = pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)


def forward(target: Target, q: Any, k: Any, v: Any, mask: Any = None, causal: bool = False, scale: float | None = None,
            grain: int = 1, module: Any = attention) -> tuple[Any, Any]:
    batch, heads, queries, features = q.shape
    dtype = str(q.dtype).removeprefix("torch.")
    kind = None if mask is None else "bool" if mask.dtype == torch.bool else "float"
    out = torch.full((batch, heads, queries, v.shape[3]), float("nan"), dtype=q.dtype)
    statistics = torch.full((batch, heads, 2, queries), float("nan"), dtype=q.dtype)
    emit = module.emit_attention if module is attention else module.emit_attention_decode
    text = emit(target, dtype=dtype, causal=causal, mask=kind)
    integers = [heads, heads // k.shape[1], queries, k.shape[2], features, v.shape[3],
                *strides(q), *strides(k), *strides(v)]
    operands = [q, k, v]
    if mask is not None:
        mask = mask.expand(batch, heads, queries, k.shape[2])
        integers += strides(mask)
        operands.append(mask)
    blocks = -(-queries // attention.query_block(target, dtype)) if module is attention else queries
    launch = Launch(text, target, [*operands, out, statistics], integers,
                    [float(features ** -0.5 if scale is None else scale)],
                    module.scratch_bytes(features, v.shape[3], q.element_size()))
    assert launch(batch * heads * blocks, grain) == 0
    return out, statistics


def tensors(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(sum(shape)).standard_normal(shape)).to(dtype)


SHAPES = [(1, 1, 1, 1, 4, 4), (2, 3, 5, 7, 8, 8), (1, 2, 33, 70, 16, 20), (2, 2, 100, 130, 64, 64), (1, 1, 64, 200,
                                                                                                     33, 5)]


@targets
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("module", [attention, attention_decode], ids=["blocks", "decode"])
def test_forward(target: Target, shape: tuple[int, ...], causal: bool, dtype: torch.dtype, module: Any) -> None:
    batch, heads, queries, keys, features, value_features = shape
    q, k = tensors(batch, heads, queries, features, dtype=dtype), tensors(batch, heads, keys, features, dtype=dtype)
    v = tensors(batch, heads, keys, value_features, dtype=dtype)
    out, _ = forward(target, q, k, v, causal=causal, module=module)
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
    torch.testing.assert_close(out, expected, rtol=2e-5 if dtype == torch.float32 else 1e-12, atol=1e-5)


@pytest.mark.parametrize("module", [attention, attention_decode], ids=["blocks", "decode"])
@targets
@pytest.mark.parametrize("kind", ["bool", "float", "padding", "rows"])
def test_masks(target: Target, kind: str, module: Any) -> None:
    q, k, v = tensors(2, 4, 37, 16), tensors(2, 2, 90, 16), tensors(2, 2, 90, 24)
    mask = {"bool": tensors(2, 1, 37, 90) > -0.5, "float": tensors(4, 37, 90), "padding": tensors(2, 1, 1, 90) > 0,
            "rows": (tensors(2, 1, 37, 90) > 0) & (torch.arange(37) % 3 > 0)[:, None]}[kind]
    out, statistics = forward(target, q, k, v, mask, scale=0.3, module=module)
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, mask, scale=0.3, enable_gqa=True)
    torch.testing.assert_close(out, torch.nan_to_num(expected), rtol=2e-5, atol=1e-5)
    assert torch.isfinite(statistics).all()


@targets
def test_layouts(target: Target) -> None:
    q = tensors(2, 40, 3, 16).transpose(1, 2)
    k, v = tensors(2, 3, 16, 50).transpose(2, 3), tensors(50, 2, 3, 16).permute(1, 2, 0, 3)
    out, _ = forward(target, q, k, v)
    torch.testing.assert_close(out, torch.nn.functional.scaled_dot_product_attention(q, k, v), rtol=2e-5, atol=1e-5)
    same, _ = forward(target, q, k, v, grain=1000)
    assert torch.equal(out, same)


@targets
def test_not_a_number_and_no_keys(target: Target) -> None:
    q, k, v = tensors(1, 1, 3, 8), tensors(1, 1, 5, 8), tensors(1, 1, 5, 8)
    q[0, 0, 1, 2] = float("nan")
    out, _ = forward(target, q, k, v)
    assert torch.isnan(out[0, 0, 1]).all() and torch.isfinite(out[0, 0, [0, 2]]).all()
    out, _ = forward(target, tensors(1, 1, 3, 8), k[:, :, :0], v[:, :, :0])
    assert (out == 0).all()


def backward(target: Target, q: Any, k: Any, v: Any, grad: Any, mask: Any = None, causal: bool = False,
             scale: float | None = None) -> tuple[Any, Any, Any]:
    out, statistics = forward(target, q, k, v, mask, causal, scale)
    batch, heads, queries, features = q.shape
    dtype = str(q.dtype).removeprefix("torch.")
    kind = None if mask is None else "bool" if mask.dtype == torch.bool else "float"
    text = attention_backward.emit_attention_backward(target, dtype=dtype, causal=causal, mask=kind)
    integers = [heads, heads // k.shape[1], queries, k.shape[2], features, v.shape[3],
                *strides(q), *strides(k), *strides(v)]
    operands = [q, k, v]
    if mask is not None:
        mask = mask.expand(batch, heads, queries, k.shape[2])
        integers += strides(mask)
        operands.append(mask)
    grads = [torch.full(x.shape, float("nan"), dtype=q.dtype) for x in (q, k, v)]
    launch = Launch(text, target, [*operands, grad, out, statistics, *grads], [*integers, *strides(grad)],
                    [float(features ** -0.5 if scale is None else scale)],
                    attention_backward.scratch_bytes(features, v.shape[3], q.element_size()))
    assert launch(batch * k.shape[1], 1) == 0
    return tuple(grads)


@targets
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_backward(target: Target, shape: tuple[int, ...], causal: bool, dtype: torch.dtype) -> None:
    batch, heads, queries, keys, features, value_features = shape
    q, k = tensors(batch, heads, queries, features, dtype=dtype), tensors(batch, heads, keys, features, dtype=dtype)
    v = tensors(batch, heads, keys, value_features, dtype=dtype)
    grad = tensors(batch, heads, queries, value_features, dtype=dtype)
    found = backward(target, q, k, v, grad, causal=causal)
    inputs = [x.clone().requires_grad_() for x in (q, k, v)]
    torch.nn.functional.scaled_dot_product_attention(*inputs, is_causal=causal).backward(grad)
    for a, b in zip(found, inputs, strict=True):
        torch.testing.assert_close(a, b.grad, rtol=5e-5 if dtype == torch.float32 else 1e-11, atol=2e-5)


@targets
@pytest.mark.parametrize("kind", ["bool", "float", "rows"])
def test_backward_masks_and_groups(target: Target, kind: str) -> None:
    q, k, v = tensors(2, 37, 4, 16).transpose(1, 2), tensors(2, 2, 90, 16), tensors(2, 2, 90, 24)
    mask = {"bool": tensors(2, 1, 37, 90) > -0.5, "float": tensors(4, 37, 90),
            "rows": (tensors(2, 1, 37, 90) > 0) & (torch.arange(37) % 3 > 0)[:, None]}[kind]
    grad = tensors(2, 4, 24, 37).transpose(2, 3)
    found = backward(target, q, k, v, grad, mask, scale=0.3)
    inputs = [x.clone().requires_grad_() for x in (q, k, v)]
    scores = inputs[0] @ inputs[1].repeat_interleave(2, 1).transpose(2, 3) * 0.3
    scores = torch.where(mask, scores, -1e30) if mask.dtype == torch.bool else scores + mask
    weights = torch.softmax(scores, -1)
    if mask.dtype == torch.bool:
        weights = weights * mask
    (weights @ inputs[2].repeat_interleave(2, 1)).backward(grad)
    for a, b in zip(found, inputs, strict=True):
        torch.testing.assert_close(a, b.grad, rtol=5e-5, atol=2e-5)
