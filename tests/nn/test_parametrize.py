"""Parametrisations, weight norm, spectral norm and functional calls, against PyTorch's."""

import copy
import pickle

import numpy
import pytest
from rows import IDS, LIBRARIES, fill, make_input

import taeda
from expected import agree
from taeda import nn

BOTH = pytest.mark.parametrize("lib", LIBRARIES, ids=IDS)
parametrize = nn.utils.parametrize


def symmetric(lib):
    class Symmetric(lib.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).transpose(-1, -2)

        def right_inverse(self, x):
            return x.triu()

    return Symmetric()


@BOTH
def test_a_parametrised_weight(lib):
    tools = lib.nn.utils.parametrize
    layer = lib.nn.Linear(3, 3)
    tools.register_parametrization(layer, "weight", symmetric(lib))
    assert type(layer).__name__ == "ParametrizedLinear" and isinstance(layer, lib.nn.Linear)
    assert list(layer.state_dict()) == ["bias", "parametrizations.weight.original"]
    weight = layer.weight
    assert bool((weight == weight.t()).all())
    layer(lib.ones(1, 3)).sum().backward()
    assert layer.parametrizations.weight.original.grad is not None
    layer.weight = lib.ones(3, 3)
    assert bool((layer.weight == 1).all())
    assert tools.is_parametrized(layer, "weight") and not tools.is_parametrized(layer, "bias")
    copied = copy.deepcopy(layer)
    assert bool((copied.weight == layer.weight).all())
    with pytest.raises(RuntimeError, match="Serialization of parametrized modules"):
        pickle.dumps(layer)
    with tools.cached():
        assert layer.weight is layer.weight
    tools.remove_parametrizations(layer, "weight")
    assert type(layer) is lib.nn.Linear and "weight" in layer._parameters


def test_wrong_parametrisations():
    class Wrong(nn.Module):
        def forward(self, x):
            return x[:1]

    with pytest.raises(ValueError, match="may not change the shape of the tensor"):
        parametrize.register_parametrization(nn.Linear(2, 2), "weight", Wrong())
    with pytest.raises(ValueError, match="does not have a parameter, a buffer"):
        parametrize.register_parametrization(nn.Linear(2, 2), "what", Wrong())
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(nn.Linear(2, 2), "weight")


@pytest.mark.parametrize(("source", "shape"), [("Linear(3, 4)", (2, 3)), ("Conv2d(2, 3, 3)", (1, 2, 5, 5))])
@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm(source, shape, dim):
    def program(lib):
        layer = fill(lib.nn.utils.parametrizations.weight_norm(eval(f"lib.nn.{source}"), dim=dim), lib)
        result = layer(make_input(shape, numpy.random.default_rng(0), lib))
        result.sum().backward()
        return list(layer.state_dict()), result, [parameter.grad for parameter in layer.parameters()]

    agree(program, 1e-4, 1e-5)


@pytest.mark.filterwarnings("ignore")
def test_old_weight_norm():
    def program(lib):
        layer = fill(lib.nn.utils.weight_norm(lib.nn.Linear(3, 4)), lib)
        x = make_input((2, 3), numpy.random.default_rng(0), lib)
        found = [list(layer.state_dict()), layer(x)]
        lib.nn.utils.remove_weight_norm(layer)
        return [*found, sorted(layer.state_dict()), layer(x)]

    agree(program, 1e-5, 1e-5)


def test_old_weight_norm_says_what_replaced_it():
    with pytest.warns(FutureWarning, match="in favor of `torch.nn.utils.parametrizations.weight_norm`"):
        nn.utils.weight_norm(nn.Linear(2, 2))


def test_spectral_norm():
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(5, 4))
    for _ in range(50):
        layer(taeda.ones(1, 5))
    assert abs(numpy.linalg.svd(layer.weight.detach().numpy())[1][0] - 1.0) < 1e-3

    def program(lib):
        layer = fill(lib.nn.utils.parametrizations.spectral_norm(lib.nn.Linear(5, 4)), lib)
        return list(layer.state_dict()), layer.eval().weight

    agree(program, 1e-5, 1e-6)


@BOTH
def test_functional_call(lib):
    call = nn.utils.stateless.functional_call if lib is taeda else lib.func.functional_call
    layer = lib.nn.Sequential(lib.nn.Linear(2, 2), lib.nn.Linear(2, 2))
    layer[1].weight = layer[0].weight
    zeros = {"0.weight": lib.zeros(2, 2), "1.bias": lib.zeros(2)}
    assert float(call(layer, zeros, lib.ones(1, 2)).detach().abs().sum()) == 0.0
    assert float(layer[0].weight.detach().abs().sum()) > 0
    with pytest.raises(RuntimeError, match=r"reparametrizing for Sequential:\n\tUnexpected key\(s\): 'nothing'"):
        call(layer, {"nothing": lib.zeros(1)}, (lib.ones(1, 2),), strict=True)


@BOTH
@pytest.mark.parametrize(
    ("layer", "norm", "shape"),
    [
        ("Conv2d(2, 6, 3, groups=2)", "BatchNorm2d(6)", (1, 2, 5, 5)),
        ("ConvTranspose2d(2, 6, 3, bias=False)", "BatchNorm2d(6)", (1, 2, 5, 5)),
        ("ConvTranspose2d(2, 6, 3, groups=2)", "BatchNorm2d(6, affine=False)", (1, 2, 5, 5)),
        ("Linear(3, 4)", "BatchNorm1d(4)", (2, 3)),
    ],
)
def test_batch_norm_folded_in(lib, layer, norm, shape):
    if lib is not taeda and "groups" in layer and "Transpose" in layer:
        pytest.skip("PyTorch does not fold into transposed convolutions of several groups")
    first, second = eval(f"lib.nn.{layer}"), eval(f"lib.nn.{norm}")
    second.running_mean.normal_()
    second.running_var.uniform_(0.5, 2.0)
    first.eval(), second.eval()
    if "Linear" in layer:
        fused = lib.nn.utils.fuse_linear_bn_eval(first, second)
    else:
        fused = lib.nn.utils.fuse_conv_bn_eval(first, second, "Transpose" in layer)
    x = lib.randn(shape)
    assert bool(((fused(x) - second(first(x))).abs() < 1e-5).all())


def test_unpacked_sequences():
    sequences = [taeda.ones(2), taeda.arange(4.0), taeda.zeros(3)]
    packed = nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
    assert [value.tolist() for value in nn.utils.rnn.unpack_sequence(packed)] == [s.tolist() for s in sequences]
