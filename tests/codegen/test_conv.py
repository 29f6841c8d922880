"""Convolution templates against torch: forward, transposed, gradient by the weight, on every target of this machine."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from direct_builder import RUNNABLE, DirectBuilder  # noqa: E402

from taeda.compiler.methods import convolution  # noqa: E402

F = torch.nn.functional
CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


@pytest.fixture(params=[t for t in RUNNABLE if t.name not in ("avx512_dot", "avx512_vnni")], ids=lambda t: t.name)
def target(request: Any) -> Any:
    return request.param


def forward(b: Any, x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    sizes = [(n + 2 * p - (k - 1) * d - 1) // s + 1
             for n, k, s, p, d in zip(x.shape[2:], weight.shape[2:], stride, padding, dilation, strict=True)]
    out = b.alloc(x.dtype, [x.shape[0], weight.shape[0], *sizes])
    convolution.convolve(b, input=x, weight=weight, bias=bias, out=out, stride=stride, padding=padding,
                        dilation=dilation, groups=groups)
    return out


def transposed(b: Any, x: Any, weight: Any, bias: Any, sizes: Any, stride: Any, padding: Any, dilation: Any,
               groups: int) -> Any:
    out = b.alloc(x.dtype, [x.shape[0], weight.shape[1] * groups, *sizes])
    convolution.convolve_transposed(b, input=x, weight=weight, bias=bias, out=out, stride=stride, padding=padding,
                           dilation=dilation, groups=groups)
    return out


def weight_gradient(b: Any, x: Any, upstream: Any, kernel: Any, stride: Any, padding: Any, dilation: Any,
                    groups: int) -> Any:
    out = b.alloc(x.dtype, [upstream.shape[1], x.shape[1] // groups, *kernel])
    convolution.convolve_weight(b, input=x, upstream=upstream, out=out, stride=stride, padding=padding,
                                dilation=dilation, groups=groups)
    return out


# images, channels, rows, size, kernel, stride, padding, dilation, groups
CASES = {
    "plain": (2, 5, 7, (9, 11), (3, 3), (1, 1), (1, 1), (1, 1), 1),
    "direct": (2, 19, 33, (13, 17), (3, 3), (1, 1), (1, 1), (1, 1), 1),
    "direct stride 2": (2, 3, 64, (23, 25), (7, 7), (2, 2), (3, 3), (1, 1), 1),
    "direct stride 3": (1, 8, 48, (29, 31), (3, 3), (3, 3), (0, 1), (1, 1), 1),
    "direct groups": (2, 6, 32, (12, 12), (3, 3), (1, 1), (1, 1), (1, 1), 2),
    "direct dilation": (1, 4, 16, (16, 19), (3, 2), (1, 2), (2, 0), (2, 3), 1),
    "pointwise": (3, 70, 37, (7, 9), (1, 1), (1, 1), (0, 0), (1, 1), 1),
    "pointwise stride": (2, 33, 16, (9, 9), (1, 1), (2, 2), (0, 0), (1, 1), 1),
    "pointwise padded": (2, 33, 16, (9, 9), (1, 1), (1, 1), (1, 2), (1, 1), 1),
    "small images": (5, 64, 70, (4, 4), (3, 3), (1, 1), (1, 1), (1, 1), 1),
    "tiny images": (5, 20, 24, (2, 3), (3, 3), (1, 1), (1, 1), (1, 1), 1),
    "many channels": (1, 300, 20, (5, 6), (3, 3), (1, 1), (1, 1), (1, 1), 1),
    "depthwise": (2, 6, 6, (21, 23), (3, 3), (1, 1), (1, 1), (1, 1), 6),
    "depthwise stride 2": (2, 6, 6, (21, 43), (3, 5), (2, 2), (1, 2), (1, 1), 6),
    "depthwise stride 3": (2, 6, 6, (21, 73), (3, 5), (3, 3), (1, 2), (1, 1), 6),
    "depthwise, small": (3, 35, 35, (7, 7), (3, 3), (1, 1), (1, 1), (1, 1), 35),
    "depthwise, small, stride 2 and 3": (2, 20, 20, (9, 13), (3, 5), (2, 3), (1, 4), (2, 1), 20),
    "depthwise, many taps": (2, 19, 19, (23, 37), (7, 5), (1, 1), (3, 2), (1, 1), 19),
    "depthwise, all border": (2, 16, 16, (2, 2), (3, 3), (2, 1), (6, 5), (2, 2), 16),
    "depthwise multiplied": (2, 3, 9, (8, 40), (3, 3), (1, 1), (1, 1), (1, 1), 3),
    "few rows": (3, 1, 6, (28, 28), (5, 5), (1, 1), (2, 2), (1, 1), 1),
    "five rows": (2, 4, 5, (9, 18), (2, 3), (1, 1), (0, 1), (1, 2), 1),
    "kernel as large as the image": (2, 4, 8, (5, 6), (5, 6), (1, 1), (0, 0), (1, 1), 1),
    "padding beyond the kernel": (1, 2, 3, (3, 3), (1, 1), (1, 1), (2, 2), (1, 1), 1),
    "padding beyond the image": (1, 3, 20, (2, 2), (3, 3), (2, 2), (6, 5), (2, 2), 1),
    "no images": (0, 3, 4, (8, 8), (3, 3), (1, 1), (1, 1), (1, 1), 1),
    "line": (2, 7, 20, (50,), (5,), (1,), (2,), (1,), 1),
    "long line": (1, 5, 33, (1203,), (7,), (1,), (3,), (1,), 1),
    "long lines": (1, 3, 16, (3, 1300), (2, 3), (1, 2), (1, 1), (1, 1), 1),
    "patches": (2, 5, 24, (32, 40), (8, 8), (8, 8), (0, 0), (1, 1), 1),
    "large strides": (2, 6, 10, (31, 40), (5, 3), (4, 7), (2, 1), (2, 1), 2),
    "line stride 4": (2, 1, 16, (100,), (9,), (4,), (0,), (1,), 1),
    "line depthwise": (2, 8, 8, (37,), (4,), (1,), (3,), (1,), 8),
    "volume": (2, 3, 20, (5, 6, 7), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1),
    "volume stride": (1, 4, 6, (7, 8, 9), (2, 3, 2), (2, 1, 2), (1, 0, 1), (1, 2, 1), 2),
    "volume depthwise, small": (2, 17, 17, (3, 4, 5), (3, 2, 3), (1, 1, 1), (1, 0, 1), (1, 1, 1), 17),
    "volume depthwise": (1, 4, 4, (6, 7, 19), (3, 3, 3), (1, 2, 1), (1, 1, 1), (1, 1, 1), 4),
}


def close(got: Any, expected: Any, depth: int) -> None:
    assert got.shape == expected.shape
    tolerance = 1e-5 if got.dtype == torch.float32 else 1e-13
    scale = max(1.0, depth ** 0.5)
    torch.testing.assert_close(got, expected, rtol=tolerance, atol=tolerance * scale)


def check(case: tuple[Any, ...], dtype: Any, target: Any, piece: int | None = None) -> None:
    images, channels, rows, size, kernel, stride, padding, dilation, groups = case
    rank = len(size)
    generator = torch.Generator().manual_seed(1)

    def random_tensor(*shape: int) -> Any:
        return torch.randn(*shape, dtype=torch.float64, generator=generator).to(dtype)

    x, weight = random_tensor(images, channels, *size), random_tensor(rows, channels // groups, *kernel)
    bias = random_tensor(rows)
    b = DirectBuilder(piece, target=target)
    precise = CONVOLUTIONS[rank](x.double(), weight.double(), bias.double(), stride, padding, dilation, groups)
    got = forward(b, x, weight, bias, stride, padding, dilation, groups)
    depth = channels // groups * weight[0, 0].numel()
    close(got, precise.to(dtype), depth)
    upstream = random_tensor(*precise.shape)
    by_input, by_weight, _ = torch.ops.aten.convolution_backward(
        upstream.double(), x.double(), weight.double(), None, stride, padding, dilation, False, [0] * rank, groups,
        (True, True, False))
    got = transposed(b, upstream, weight, None, size, stride, padding, dilation, groups)
    close(got, by_input.to(dtype), rows // groups * weight[0, 0].numel())
    got = weight_gradient(b, x, upstream, kernel, stride, padding, dilation, groups)
    close(got, by_weight.to(dtype), images * precise[:1, :1].numel())


@pytest.mark.parametrize("name", CASES)
def test_convolution(name: str, target: Any) -> None:
    check(CASES[name], torch.float32, target)


@pytest.mark.parametrize("name", ["direct", "small images", "depthwise", "few rows", "volume stride", "pointwise"])
def test_convolution_in_double(name: str, target: Any) -> None:
    check(CASES[name], torch.float64, target)


@pytest.mark.parametrize("seed", range(24))
def test_random_convolution(seed: int, target: Any) -> None:
    choose = random.Random(seed)
    rank = choose.choice([1, 2, 2, 2, 3])
    groups = choose.choice([1, 1, 1, 2, 3, 5])
    channels, rows = groups * choose.randint(1, 70 // groups // rank), groups * choose.randint(1, 70 // groups)
    kernel = tuple(choose.randint(1, 5) for _ in range(rank))
    stride = tuple(choose.randint(1, 3) for _ in range(rank))
    padding = tuple(choose.randint(0, 3) for _ in range(rank))
    dilation = tuple(choose.randint(1, 3) for _ in range(rank))
    size = tuple(max(choose.randint(1, 30 if rank < 3 else 9), d * (k - 1) + 1 - 2 * p)
                 for k, p, d in zip(kernel, padding, dilation, strict=True))
    case = choose.randint(1, 3), channels, rows, size, kernel, stride, padding, dilation, groups
    check(case, torch.float32, target)


@pytest.mark.parametrize("name", ["direct", "pointwise", "small images", "depthwise", "few rows",
                                  "many channels", "long lines"])
def test_same_bits_for_every_batch_and_split_of_work(name: str, target: Any) -> None:
    images, channels, rows, size, kernel, stride, padding, dilation, groups = CASES[name]
    x, weight = torch.randn(max(images, 4), channels, *size), torch.randn(rows, channels // groups, *kernel)
    whole = forward(DirectBuilder(target=target), x, weight, None, stride, padding, dilation, groups)
    pieces = forward(DirectBuilder(1, target=target), x, weight, None, stride, padding, dilation, groups)
    assert torch.equal(whole, pieces)
    for i, count in itertools.product((0, 2), (1, 2)):
        part = forward(DirectBuilder(target=target), x[i:i + count].contiguous(), weight, None, stride,
                                 padding, dilation, groups)
        assert torch.equal(part, whole[i:i + count])
    upstream = torch.randn_like(whole)
    one, other = (weight_gradient(DirectBuilder(p, target=target), x, upstream, kernel, stride, padding,
                                            dilation, groups) for p in (None, 1))
    assert torch.equal(one, other)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_transposed_convolution(seed: int, rank: int, target: Any) -> None:
    choose = random.Random(seed * 3 + rank)
    groups = choose.choice([1, 1, 2, 4])
    channels, rows = groups * choose.randint(1, 20), groups * choose.randint(1, 20)
    kernel, size, stride, dilation = ([choose.randint(1, n) for _ in range(rank)] for n in (5, 9, 4, 2))
    padding = [choose.randint(0, (d * (k - 1)) // 2) for k, d in zip(kernel, dilation, strict=True)]
    extra = [choose.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True)]
    x, weight, bias = torch.randn(2, channels, *size), torch.randn(channels, rows // groups, *kernel), torch.randn(rows)
    expected = TRANSPOSED[rank](x.double(), weight.double(), bias.double(), stride, padding, extra, groups, dilation)
    got = transposed(DirectBuilder(target=target), x, weight, bias, expected.shape[2:], stride, padding,
                               dilation, groups)
    close(got, expected.float(), channels * weight[0, 0].numel())


def test_values_outside_do_not_leak(target: Any) -> None:
    """Infinities of one image or channel stay out of the sums of others, in every method."""
    for name in ("direct", "few rows", "depthwise", "small images", "pointwise"):
        _, channels, rows, size, kernel, stride, padding, dilation, groups = CASES[name]
        x, weight = torch.randn(3, channels, *size), torch.randn(rows, channels // groups, *kernel)
        x[1] = float("inf")
        out = forward(DirectBuilder(target=target), x, weight, None, stride, padding, dilation, groups)
        assert out[0].isfinite().all() and out[2].isfinite().all()
        x[1] = 0
        x[:, 0, :, -1] = float("nan")
        out = forward(DirectBuilder(target=target), x, weight, None, stride, padding, dilation, groups)
        expected = CONVOLUTIONS[2](x, weight, None, stride, padding, dilation, groups)
        assert torch.equal(out.isnan(), expected.isnan())


@pytest.mark.skipif(not RUNNABLE[-1].bf16_dot, reason="needs dot products of bfloat16")
@pytest.mark.parametrize("name", ["plain", "direct", "direct stride 2", "direct groups", "direct dilation",
                                  "pointwise", "small images", "few rows", "line", "volume", "volume stride",
                                  "no images"])
def test_bfloat16(name: str) -> None:
    """Products of pairs of bfloat16 are added up in float32 and rounded once."""
    images, channels, rows, size, kernel, stride, padding, dilation, groups = CASES[name]
    b = DirectBuilder(target=RUNNABLE[-1])
    x = torch.randn(images, channels, *size).bfloat16()
    weight = torch.randn(rows, channels // groups, *kernel).bfloat16()
    bias = torch.randn(rows).bfloat16()
    arguments = stride, padding, dilation, groups
    precise = CONVOLUTIONS[len(size)](x.double(), weight.double(), bias.double(), *arguments)
    got = forward(b, x, weight, bias, *arguments)
    torch.testing.assert_close(got.double(), precise, rtol=5e-3, atol=5e-3)
    upstream = torch.randn(precise.shape).bfloat16()
    by_input, by_weight, _ = torch.ops.aten.convolution_backward(
        upstream.double(), x.double(), weight.double(), None, *arguments[:3], False, [0] * len(size), groups,
        (True, True, False))
    got = transposed(b, upstream, weight, None, size, stride, padding, dilation, groups)
    torch.testing.assert_close(got.double(), by_input, rtol=5e-3, atol=1e-2)
    got = weight_gradient(b, x, upstream, kernel, *arguments)
    torch.testing.assert_close(got.double(), by_weight, rtol=5e-3, atol=1e-2)


@pytest.mark.parametrize("name", ["plain", "direct", "direct stride 2", "depthwise", "depthwise stride 3",
                                  "small images", "pointwise stride", "line stride 4", "volume stride"])
@pytest.mark.parametrize("dtype", [torch.int32, torch.int64], ids=str)
def test_integers(name: str, dtype: Any, target: Any) -> None:
    images, channels, rows, size, kernel, *arguments = CASES[name]
    x = torch.randint(-9, 9, (images, channels, *size), dtype=dtype)
    weight = torch.randint(-9, 9, (rows, channels // arguments[3], *kernel), dtype=dtype)
    bias = torch.randint(-9, 9, (rows,), dtype=dtype)
    expected = CONVOLUTIONS[len(size)](x.double(), weight.double(), bias.double(), *arguments).to(dtype)
    assert torch.equal(forward(DirectBuilder(target=target), x, weight, bias, *arguments), expected)
