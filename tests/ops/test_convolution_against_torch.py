"""Convolutions of sizes that every method is chosen for, through the whole of the core, against torch."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
from expected import agree, numbers
from taeda.testing.samples import from_array

# images, channels, rows, size, kernel, stride, padding, groups
CASES = {
    "direct": (2, 16, 32, (20, 21), 3, 1, 1, 1),
    "small images": (3, 32, 33, (4, 5), 3, 1, 1, 1),
    "depthwise": (2, 8, 8, (17, 19), 3, 2, 1, 8),
    "few rows": (2, 3, 4, (17, 19), 5, 1, 2, 1),
    "pointwise": (2, 40, 24, (9, 9), 1, 1, 0, 1),
    "patches": (2, 3, 24, (32, 32), 8, 8, 0, 1),
    "strided": (2, 16, 32, (21, 22), 3, 2, 1, 1),
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
@pytest.mark.parametrize("name", CASES)
def test_convolution_and_gradients(name: str, dtype: str) -> None:
    images, channels, rows, size, kernel, stride, padding, groups = CASES[name]
    shapes = (images, channels, *size), (rows, channels // groups, kernel, kernel), (rows,)
    relative = {"float32": 1e-5, "float64": 1e-5, "bfloat16": 1e-2, "float16": 2e-3}[dtype]

    def program(lib: Any) -> Any:
        made = [from_array(numbers(*shape, seed=k), dtype, lib) for k, shape in enumerate(shapes)]
        if lib is not taeda:  # PyTorch's in float32: what is rounded once
            made = [t.float() for t in made]
        for t in made:
            t.requires_grad_()
        output = lib.nn.functional.conv2d(*made, stride, padding, 1, groups)
        output.backward(from_array(numbers(*output.shape, seed=9), dtype, lib).to(output.dtype))
        assert lib is not taeda or str(output.dtype).endswith(dtype)
        # of one size, so that one tolerance fits all
        return [t.float() / t.float().abs().max() for t in (output, *(t.grad for t in made))]

    agree(program, relative, relative)


@pytest.mark.parametrize("name", CASES)
def test_same_bits_on_one_thread_and_two(name: str) -> None:
    images, channels, rows, size, kernel, stride, padding, groups = CASES[name]
    x, weight = taeda.randn(images, channels, *size), taeda.randn(rows, channels // groups, kernel, kernel)
    found = []
    before = taeda.get_num_threads()
    try:
        for threads in (1, 2):
            taeda.set_num_threads(threads)
            found.append(taeda.nn.functional.conv2d(x, weight, None, stride, padding, 1, groups).numpy().tobytes())
    finally:
        taeda.set_num_threads(before)
    assert found[0] == found[1]
