"""Layers that find their sizes from the first input, and the softmax over many classes."""

import pytest

import taeda as torch
from taeda import nn


@pytest.mark.parametrize("lazy, ordinary, shape", [
    (nn.LazyLinear(5), nn.Linear(3, 5), (2, 3)),
    (nn.LazyConv1d(4, 3), nn.Conv1d(6, 4, 3), (2, 6, 8)),
    (nn.LazyConv2d(4, 3, 1, 1, 1, 2), nn.Conv2d(6, 4, 3, 1, 1, 1, 2), (2, 6, 8, 8)),
    (nn.LazyConv3d(4, 2, bias=False), nn.Conv3d(6, 4, 2, bias=False), (2, 6, 4, 4, 4)),
    (nn.LazyConvTranspose1d(4, 3), nn.ConvTranspose1d(6, 4, 3), (2, 6, 8)),
    (nn.LazyConvTranspose2d(4, 3, 1, 0, 0, 1, False), nn.ConvTranspose2d(6, 4, 3, bias=False), (2, 6, 8, 8)),
    (nn.LazyBatchNorm1d(), nn.BatchNorm1d(6), (3, 6)),
    (nn.LazyBatchNorm2d(affine=False), nn.BatchNorm2d(6, affine=False), (3, 6, 2, 2)),
    (nn.LazyInstanceNorm2d(), nn.InstanceNorm2d(6, affine=True, track_running_stats=True), (3, 6, 4, 4)),
], ids=lambda v: type(v).__name__)  # fmt: skip
def test_lazy_layers_become_ordinary_ones(lazy, ordinary, shape):
    if nn.modules.lazy.LazyModuleMixin in type(lazy).__mro__ and any(map(nn.parameter.is_lazy, lazy.parameters())):
        with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
            next(iter(lazy.parameters())).shape  # noqa: B018
    x = torch.randn(shape)
    lazy(x)
    assert type(lazy) is type(ordinary) and repr(lazy) == repr(ordinary)
    assert {k: v.shape for k, v in lazy.state_dict().items()} == {k: v.shape for k, v in ordinary.state_dict().items()}
    lazy.load_state_dict(ordinary.state_dict())
    lazy.eval(), ordinary.eval()
    assert torch.equal(lazy(x), ordinary(x))


def test_a_lazy_layer_takes_its_sizes_from_what_is_loaded():
    lazy, ordinary = nn.LazyLinear(5), nn.Linear(3, 5)
    lazy.load_state_dict(ordinary.state_dict())
    assert torch.equal(lazy(torch.ones(2, 3)), ordinary(torch.ones(2, 3))) and lazy.in_features == 3


def test_adaptive_softmax():
    torch.manual_seed(0)
    layer = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 12], div_value=2.0)
    x, target = torch.randn(6, 8), torch.tensor([0, 4, 5, 11, 12, 19])
    output, loss = layer(x, target)
    every = layer.log_prob(x)
    assert torch.allclose(every.exp().sum(1), torch.ones(6)) and torch.equal(layer.predict(x), every.argmax(1))
    assert torch.allclose(output, every.gather(1, target[:, None])[:, 0]) and torch.allclose(loss, -output.mean())
    loss.backward()
    assert all(p.grad is not None for p in layer.parameters())
    with pytest.raises(RuntimeError, match=r"Target values should be in \[0, 19\]"):
        layer(x, target + 1)
    with pytest.raises(ValueError, match="unique, positive integers sorted"):
        nn.AdaptiveLogSoftmaxWithLoss(8, 20, [12, 5])


def test_adaptive_softmax_is_pytorchs():
    other = pytest.importorskip("torch")
    layer = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 12], 2.0)
    theirs = other.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 12], 2.0)
    layer.load_state_dict({k: torch.tensor(v.numpy()) for k, v in theirs.state_dict().items()})
    x = torch.randn(6, 8)
    target = torch.tensor([0, 4, 5, 11, 12, 19])
    found, expected = layer(x, target), theirs(other.tensor(x.numpy()), other.tensor(target.numpy()))
    assert abs(found.loss.item() - expected.loss.item()) < 1e-5
