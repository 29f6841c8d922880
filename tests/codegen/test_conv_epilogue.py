"""Pointwise ops after a convolution become its epilogue, in every way in which it is carried out, and change no bit."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
from taeda import nn
from taeda.nn import functional

# images, channels, rows, size, kernel, stride, padding, groups; what carries them out in float32
CASES = {
    "direct": (2, 5, 33, (13, 17), 3, 1, 1, 1),
    "direct, blocks of columns": (1, 3, 16, (3, 1200), 3, 1, 1, 1),
    "direct, stride": (2, 3, 20, (23, 25), 5, 2, 2, 1),
    "gather": (3, 70, 37, (7, 9), 1, 1, 0, 1),
    "gather, blocks of channels": (2, 1100, 9, (5, 9), 1, 1, 0, 1),
    "small": (5, 40, 33, (4, 4), 3, 1, 1, 1),
    "planes": (2, 6, 6, (21, 23), 3, 1, 1, 6),
    "channels": (2, 21, 21, (7, 7), 3, 1, 1, 21),
    "planes, stride": (2, 3, 9, (11, 40), 3, 2, 1, 3),
    "line": (2, 7, 20, (50,), 5, 1, 2, 1),
    "volume": (2, 3, 20, (5, 6, 7), 3, 1, 1, 1),
    "no images": (0, 3, 20, (9, 9), 3, 1, 1, 1),
}
CONVOLUTIONS = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}


def tensor(dtype: str, *shape: int) -> Any:
    floating = dtype not in ("int32", "int64")
    return (taeda.randn(shape) if floating else taeda.randint(-9, 9, shape)).to(getattr(taeda, dtype))


@pytest.fixture(autouse=True)
def nothing_is_known() -> None:
    """What was compiled for one case would serve others."""
    taeda.compiler.reset()


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16", "int32"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_all_ways(case: tuple[Any, ...], dtype: str) -> None:
    """Bias, operands of every shape that broadcasts to the result, and a heavy function."""
    images, channels, rows, size, kernel, stride, padding, groups = case
    rank = len(size)
    x, w = tensor(dtype, images, channels, *size), tensor(dtype, rows, channels // groups, *(kernel,) * rank)
    bias = tensor(dtype, rows)
    convolution = CONVOLUTIONS[rank]

    def plain(bias: Any) -> Any:
        return convolution(x, w, bias, stride, padding, groups=groups)

    shape = plain(None).shape
    floating = x.is_floating_point()
    others = [tensor(dtype, *shape), tensor(dtype, *shape[1:]), tensor(dtype, rows, *(1,) * rank), tensor(dtype),
              tensor(dtype, shape[0], 1, *shape[2:]), tensor(dtype, shape[-1]), tensor(dtype, *shape[::-1]).permute(
                  *range(rank + 1, -1, -1))]
    for other in others:
        for with_bias in (bias, None):
            def function(other: Any, with_bias: Any = with_bias) -> Any:
                y = plain(with_bias)
                return (functional.gelu(y) if floating else -y) * 3 - other
            got, expected = taeda.compile(function)(other), function(other)
            assert got.dtype == expected.dtype and taeda.equal(got, expected)


@pytest.mark.parametrize("dtypes", [("float32", "bfloat16"), ("bfloat16", "float32"), ("float16", "bfloat16")])
@pytest.mark.parametrize("case", ["direct", "gather, blocks of channels", "small", "planes", "channels"])
def test_conversion_of_results(case: str, dtypes: tuple[str, str], finished: list[str]) -> None:
    """Results may be stored in another dtype than their own, to which they are rounded first."""
    images, channels, rows, size, kernel, stride, padding, groups = CASES[case]
    source, result = dtypes
    x, w = tensor(source, images, channels, *size), tensor(source, rows, channels // groups, kernel, kernel)

    def function() -> Any:
        return functional.conv2d(x, w, None, stride, padding, groups=groups).to(getattr(taeda, result)).relu()
    expected = function()
    finished.clear()
    got = taeda.compile(function)()
    assert got.dtype == expected.dtype and taeda.equal(got, expected)
    assert finished == ["convolve"]


def test_transposed(finished: list[str]) -> None:
    """With strides of 1 a transposed convolution takes an epilogue; with others it leaves that to a kernel."""
    x, w, other = tensor("float32", 2, 20, 9, 11), tensor("float32", 20, 33, 3, 3), tensor("float32", 33, 1, 1)
    for stride in (1, 2):
        def function(stride: int = stride) -> Any:
            return functional.conv_transpose2d(x, w, None, stride).sigmoid() + other
        assert taeda.equal(taeda.compile(function)(), function())
    assert finished == ["convolve_transposed"]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_block_of_a_residual_network(dtype: str, finished: list[str]) -> None:
    """Convolution, normalisation by known statistics, activation and residual are one kernel. Besides, there is the one
    that brings the weight into order, and one that takes the roots of the variances."""
    block = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)).to(getattr(taeda, dtype))
    block(tensor(dtype, 4, 16, 12, 12))  # has some statistics now
    block.eval()
    x = tensor(dtype, 2, 16, 12, 12)

    def function() -> Any:
        with taeda.no_grad():
            return functional.relu(block(x) + x)
    expected = function()
    finished.clear()
    compiled = taeda.compile(function)
    assert taeda.equal(compiled(), expected)
    assert finished == ["convolve"]
    if dtype == "float32":
        ran = taeda.compiler.explain(function).ran
        assert len(ran) == 3
