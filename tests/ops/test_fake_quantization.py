"""Rounding to the levels of a quantised tensor: ties, clamping, NaN, tensors as parameters, and what is refused."""

import pytest

import taeda as torch
from expected import agree

X = [-1.25, -0.04, 0.05, 0.15, 0.25, 0.26, 3.0, 100.0, float("nan"), float("inf")]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_values_and_gradients(dtype):
    def program(lib):
        results = []
        zero_points = (lib.tensor(2, dtype=lib.int32), lib.tensor(2.0))
        for arguments in ((0.1, 2, 0, 20), (0.1, 0, -8, 7), *((lib.tensor(0.1), z, 0, 255) for z in zero_points)):
            x = lib.tensor(X, dtype=getattr(lib, dtype), requires_grad=True)
            y = lib.fake_quantize_per_tensor_affine(x, *arguments)
            y.sum().backward()
            results += [y, x.grad]
        return results

    agree(program)


def test_channels_have_their_own_levels():
    def program(lib):
        results = []
        for zero_point in (lib.tensor([0, 1, 2], dtype=lib.int32), lib.tensor([0.4, 1.4, 2.4])):
            x = lib.linspace(-2, 2, 12).reshape(3, 4).requires_grad_()
            y = lib.fake_quantize_per_channel_affine(x, lib.tensor([0.1, 0.2, 0.3]), zero_point, 0, -8, 7)
            (y * y).sum().backward()
            results += [y, x.grad]
        return results

    agree(program)


@pytest.mark.parametrize("arguments, error, message", [
    ((0.1, 300, 0, 255), RuntimeError, "`zero_point` must be between `quant_min` and `quant_max`"),
    ((0.1, 2, 5, 3), RuntimeError, "`quant_min` should be less than or equal to `quant_max`"),
])
def test_what_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        torch.fake_quantize_per_tensor_affine(torch.ones(2), *arguments)


def test_wrong_channels():
    x, scale, zero = torch.ones(3, 4), torch.ones(3), torch.zeros(3, dtype=torch.int32)
    for arguments, message in (((scale, zero, 1), "not consistent with input tensor"),
                               ((scale.double(), zero, 0), "Scale must be Float or BFloat16, found Double"),
                               ((scale, zero.long(), 0), "Zero-point must be Int32, Float or Half, found Long"),
                               ((scale, zero + 99, 0), "`zero_point` must be between"),
                               ((scale, zero, -1), "`axis` must be between 0")):
        with pytest.raises(RuntimeError, match=message):
            torch.fake_quantize_per_channel_affine(x, *arguments, -8, 7)
