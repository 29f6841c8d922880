"""Rounding by what layers read: less error where it counts, and the plain rounding where nothing is read."""

from __future__ import annotations

import pytest

pytest.importorskip("scipy")

import taeda  # noqa: E402
from taeda import nn  # noqa: E402
from taeda.quantization import QuantizedLinear, Scheme, calibrate_, decode, encode, int4, int8  # noqa: E402
from taeda.quantization.calibration import _portions, encode_by_inputs, encode_scaled  # noqa: E402


def correlated(rows: int, features: int) -> taeda.Tensor:
    """Inputs of few directions and some noise."""
    return taeda.randn(rows, 5) @ taeda.randn(5, features) + 0.1 * taeda.randn(rows, features)


@pytest.mark.parametrize("scheme, gain", [(int4(16), 3), (int4(16, False), 3), (int4(48), 3), (int8(), 3),
                                          (int4(200), 3)])
def test_outputs_are_nearer(scheme: Scheme, gain: float) -> None:
    """Also where groups reach beyond blocks, and rows are no multiple of a panel."""
    taeda.manual_seed(0)
    weight, x = taeda.randn(37, 200), correlated(400, 200)
    found = encode_by_inputs(weight, x.t() @ x, scheme)
    plain = encode(weight, scheme)
    assert found.codes.shape == plain.codes.shape and found.codes.dtype == plain.codes.dtype
    assert found.scales.shape == plain.scales.shape and found.rows == plain.rows and found.group == plain.group

    def error(codes: object) -> float:
        return float(((decode(codes) - weight) @ x.t()).square().mean())  # type: ignore[arg-type]

    assert error(found) * gain < error(plain)
    # On inputs that it has not seen, too.
    x = correlated(400, 200)
    assert float((decode(found) - weight).abs().max()) < 20 * float((decode(plain) - weight).abs().max())


def test_independent_inputs_are_rounded_to_the_nearest() -> None:
    taeda.manual_seed(0)
    weight = taeda.randn(8, 40)
    found, plain = encode_by_inputs(weight, taeda.eye(40), int8()), encode(weight, int8())
    assert taeda.equal(found.codes, plain.codes) and taeda.equal(found.scales, plain.scales)
    unseen = encode_by_inputs(weight, taeda.zeros(40, 40), int8())
    assert taeda.equal(unseen.codes, plain.codes)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Linear(12, 3)
        self.second = nn.Linear(24, 8)
        self.first = nn.Linear(12, 24)

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        return self.second(nn.functional.relu(self.first(x)))


def test_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of calls, in portions that fit; layers that are not called too."""
    taeda.manual_seed(0)
    model, x = Net(), correlated(300, 12)
    before, seen = model(x), []
    monkeypatch.setattr("taeda.quantization.calibration._MOMENT_BYTES", 600)
    assert _portions(["first", "second"], {"first": model.first, "second": model.second}) == [["first"], ["second"]]
    found = calibrate_(model, int4(12), x.split(100), report=lambda done, count: seen.append((done, count)))
    assert found == ["unused", "second", "first"] and seen == [(1, 3), (2, 3), (3, 3)]
    assert all(isinstance(layer, QuantizedLinear) for layer in model.children())
    assert float((model(x) - before).abs().max()) < 0.5 and not model.first._forward_pre_hooks


@pytest.mark.parametrize("scheme", [int4(16), int4(16, False), int4(48), int4(200), int8(50)])
def test_scaled_columns(scheme: Scheme) -> None:
    """Where some inputs are much larger than others, their columns are rounded more finely."""
    taeda.manual_seed(0)
    weight, x = taeda.randn(37, 200), taeda.randn(400, 200)
    x[:, ::23] *= 30
    codes, factors = encode_scaled(weight, x.t() @ x, scheme)
    plain = encode(weight, scheme)
    assert codes.codes.shape == plain.codes.shape and codes.codes.dtype == plain.codes.dtype
    assert codes.scales.shape == plain.scales.shape and codes.rows == plain.rows and codes.group == plain.group
    assert float(factors[::23].max()) < float(factors[1::23].min())

    def error(found: taeda.Tensor) -> float:
        return float(((found - weight) @ x.t()).square().mean())

    assert error(decode(codes) * factors) * 2 < error(decode(plain))


@pytest.mark.parametrize("inputs", [None, 8])
def test_factors_of_layers(inputs: int | None) -> None:
    """A layer with factors is the one with its weight; they keep their dtype, are saved, and gradients go through."""
    taeda.manual_seed(0)
    model, x = nn.Sequential(nn.Linear(48, 24)), correlated(60, 48) * (1 + 9 * (taeda.arange(48) % 7 == 0))
    before = model(x)
    calibrate_(model, int4(16, inputs=inputs), [x], method="awq")
    layer = model[0]
    assert isinstance(layer, QuantizedLinear) and "0.factors" in model.state_dict()
    expected = x @ layer.weight.t() + layer.bias
    assert float((layer(x) - expected).abs().max()) < (1e-4 if inputs is None else 0.05) * float(expected.abs().max())
    assert float((layer(x) - before).abs().mean()) < 0.1 * float(before.abs().mean())
    assert taeda.equal(layer(x)[7:8], layer(x[7:8]))
    x.requires_grad_()
    layer(x).sum().backward()
    assert taeda.allclose(x.grad, layer.weight.sum(0).expand_as(x), rtol=1e-3, atol=1e-4)
    assert layer.bfloat16().factors.dtype == taeda.float32


def test_misfits() -> None:
    with pytest.raises(ValueError, match="one of gptq, awq, not 'rtn'"):
        calibrate_(Net(), int8(), [taeda.ones(1, 12)], method="rtn")
    with pytest.raises(ValueError, match=r"matrix \(4, 4\), got \(3, 3\)"):
        encode_scaled(taeda.ones(2, 4), taeda.eye(3), int8())
    with pytest.raises(ValueError, match="infinite or no numbers"):
        encode_scaled(taeda.full((2, 4), float("nan")), taeda.eye(4), int8())
    unseen, factors = encode_scaled(taeda.ones(2, 4), taeda.zeros(4, 4), int8())
    assert taeda.equal(factors, taeda.ones(4)) and taeda.equal(decode(unseen), decode(encode(taeda.ones(2, 4), int8())))
    with pytest.raises(ValueError, match=r"matrix \(4, 4\), got \(3, 3\)"):
        encode_by_inputs(taeda.ones(2, 4), taeda.eye(3), int8())
    with pytest.raises(ValueError, match="infinite or no numbers"):
        encode_by_inputs(taeda.full((2, 4), float("inf")), taeda.eye(4), int8())
    with pytest.raises(ValueError, match="no inputs"):
        calibrate_(Net(), int8(), [])
