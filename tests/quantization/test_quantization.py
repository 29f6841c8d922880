"""Products with coded weights have the bits of those with the matrix that the codes mean; layers of int8 and int4."""

from __future__ import annotations

import itertools

import llvmlite.binding as llvm
import pytest

import taeda
from taeda import nn
from taeda._binding import internal
from taeda.codegen.target import TARGETS, Target
from taeda.codegen.templates.gemm.coded import emit_coded, emit_coded_thin
from taeda.codegen.templates.gemm.rounded import emit_rounded
from taeda.quantization import QuantizedLinear, Scheme, decode, encode, int4, int8, quantize_

SCHEMES = [int8(), int8(32), int8(20, False), int4(), int4(32, False), int4(None), int4(7)]


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_same_bits_as_with_the_matrix(scheme: Scheme) -> None:
    taeda.manual_seed(0)
    for (rows, k), scale in itertools.product([(64, 64), (33, 200), (130, 31)], (1.0, 1e-4)):
        codes = encode(taeda.randn(rows, k) * scale, scheme)
        assert codes.scales.dtype == (taeda.float16 if scale == 1.0 else taeda.float32)
        weight = decode(codes)
        assert weight.shape == (rows, k)
        for count in (0, 1, 2, 3, 4, 5, 13, 70):
            x = taeda.randn(count, k)
            found = internal.coded_linear(x, codes.codes, codes.scales, codes.offsets, None, rows, codes.group)
            assert taeda.equal(found, nn.functional.linear(x, weight)), (rows, k, count)


ROUNDED = [int8(inputs=8), int8(32, False, inputs=8), int4(inputs=8), int4(32, False, inputs=8), int4(24, inputs=8)]


@pytest.mark.parametrize("scheme", ROUNDED, ids=str)
def test_rounded_inputs(scheme: Scheme) -> None:
    """The product of the very numbers that codes and rounded inputs stand for; a row does not depend on others."""
    taeda.manual_seed(0)
    for k, outputs in [(192, 96), (384, 130), (4224, 33)]:
        layer = QuantizedLinear.from_linear(nn.Linear(k, outputs), scheme)
        step = scheme.step(k)
        assert step is not None and (scheme.group or k) % step == 0
        x = taeda.randn(13, k)
        x[3], x[:, step:2 * step] = 0, -1e3 * x[:, step:2 * step]
        scales = x.view(13, -1, step).abs().amax(-1, True) / 127.0
        numbers = taeda.where(scales > 0, x.view(13, -1, step) * (1.0 / scales), 0.0).round()
        assert layer.bias is not None
        with taeda.no_grad():
            exact = (numbers * scales).view(13, k).double() @ layer.weight.double().t() + layer.bias.double()
            found = layer(x)
            assert bool(((found - exact).abs() <= 1e-5 * exact.abs().amax(1, True)).all())
            for rows in (1, 2, 3, 4, 5, 7, 8, 12):
                assert taeda.equal(layer(x[:rows]), found[:rows])
            assert layer(x[:0]).shape == (0, outputs)
            assert layer(x.to(taeda.bfloat16).view(1, 13, k)).dtype == taeda.bfloat16


def test_where_inputs_are_rounded() -> None:
    assert [int8(inputs=8).step(k) for k in (256, 96, 48, 40, 36)] == [64, 32, 16, 8, None]
    assert int4(64, inputs=8).step(96) is None and int4(128).step(128) is None
    with pytest.raises(ValueError, match="inputs have 8 bits or are not rounded"):
        int8(inputs=4)
    layer = QuantizedLinear.from_linear(nn.Linear(64, 8), int8(inputs=8))
    x = taeda.randn(2, 64, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad is not None and taeda.allclose(x.grad, layer.weight.sum(0).expand(2, 64))
    with pytest.raises(RuntimeError, match="a step is a multiple of 8"):
        internal.rounded_linear(taeda.randn(2, 64), layer.codes, layer.scales, None, None, 8, 4, 64)
    with pytest.raises(RuntimeError, match="do not fit rounded inputs"):
        internal.rounded_linear(taeda.randn(2, 128), layer.codes, layer.scales, None, None, 8, 64, 64)


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_nearest_codes(scheme: Scheme) -> None:
    """No number is farther from its code's than half a step, but for what float16 rounds of the factors."""
    taeda.manual_seed(1)
    weight = taeda.randn(40, 96)
    weight[3] = 0
    codes = encode(weight, scheme)
    group = codes.group
    steps = codes.scales.float().abs().transpose(1, 2).flatten(0, 1)[:40].repeat_interleave(group, 1)[:, :96]
    error = (decode(codes) - weight).abs()
    # The end opposite of -8 has no code; it is one step off at most.
    limit = steps * (1.01 if scheme.bits == 4 and scheme.symmetric else 0.51) + 2e-3
    assert bool((error <= limit).all())
    assert bool((error[3] < 1e-6).all())


@pytest.mark.parametrize("dtype", [taeda.float32, taeda.bfloat16])
def test_layers(dtype: taeda.dtype) -> None:
    taeda.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 50), nn.GELU(), nn.Linear(50, 7, bias=False)).to(dtype)
    x = taeda.randn(2, 3, 40).to(dtype)
    before = model(x)
    assert quantize_(model, int8(), lambda name, layer: name != "2") == ["0"]
    assert quantize_(model, int4(10)) == ["2"]
    after = model(x)
    assert after.dtype == dtype and after.shape == before.shape
    assert bool((after - before).abs().max() < 0.2)
    assert set(model.state_dict()) == {"0.codes", "0.scales", "0.bias", "2.codes", "2.scales"}
    assert "Scheme(bits=8" in repr(model)


def test_a_model_takes_another_dtype() -> None:
    """What is not coded changes; scales stay, for they say what codes mean."""
    taeda.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 50), nn.Linear(50, 7))
    quantize_(model, int4(10, False))
    x, scales = taeda.randn(3, 40), model[0].scales
    before = model(x)
    for dtype in (taeda.bfloat16, taeda.float16, taeda.float64, taeda.float32):
        model.to(dtype)
        assert model[0].scales.dtype == scales.dtype and model[0].bias.dtype == dtype
        assert taeda.allclose(model(x.to(dtype)).float(), before, atol=0.1)
    assert taeda.equal(model[0].scales, scales)
    assert model.to("meta")[0].scales.device.type == "meta"


def test_gradients_of_inputs() -> None:
    taeda.manual_seed(0)
    layer = QuantizedLinear.from_linear(nn.Linear(24, 40), int4(8))
    x = taeda.randn(5, 24, requires_grad=True)
    upstream = taeda.randn(5, 40)
    layer(x).backward(upstream)
    assert x.grad is not None and taeda.allclose(x.grad, upstream @ layer.weight, atol=1e-5)
    assert layer.bias is not None and taeda.allclose(layer.bias.grad, upstream.sum(0), atol=1e-5)


def test_misfits() -> None:
    layer = QuantizedLinear.from_linear(nn.Linear(24, 40), int4(8))
    with pytest.raises(RuntimeError, match="do not fit an input"):
        layer(taeda.randn(2, 25))
    for scales in (layer.scales[:1], layer.scales[:, :2], layer.scales[:, :, :16]):
        with pytest.raises(RuntimeError, match="do not fit"):
            internal.coded_matmul(taeda.randn(2, 24), layer.codes, scales, None, None, 40, 8)
    with pytest.raises(RuntimeError, match="codes are int8 or uint8"):
        internal.coded_matmul(taeda.randn(2, 24), layer.codes.to(taeda.int32), layer.scales, None, None, 40, 8)
    with pytest.raises(RuntimeError, match="expected a float32 matrix"):
        internal.coded_matmul(taeda.randn(2, 24).double(), layer.codes, layer.scales, None, None, 40, 8)
    with pytest.raises(ValueError, match="4 or 8 bits, not 3"):
        Scheme(3)
    with pytest.raises(ValueError, match="a group is"):
        int4(0)
    with pytest.raises(ValueError, match="infinite or no numbers"):
        encode(taeda.full((3, 3), float("nan")), int8())
    with pytest.raises(ValueError, match="a matrix of floats"):
        encode(taeda.zeros(3, 3, dtype=taeda.int64), int8())
    with pytest.raises(TypeError, match="from_linear"):
        quantize_(nn.Linear(3, 3), int8())


def test_on_meta() -> None:
    with taeda.device("meta"):
        layer = QuantizedLinear(24, 40, True, int4(8, False))
        assert layer(taeda.empty(2, 3, 24)).shape == (2, 3, 40)


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_code_for_every_processor(target: Target) -> None:
    """LLVM takes the kernels for processors that this machine is not."""
    for packed, scale, offsets in itertools.product((False, True), ("float16", "float32"), (False, True)):
        for emit in (emit_coded, emit_coded_thin, emit_rounded):
            text = emit(target, packed, scale, offsets)
            llvm.parse_assembly(f'target triple = "{target.triple}"\n{text}').verify()
