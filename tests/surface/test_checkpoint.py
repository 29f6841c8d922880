"""Activation checkpointing gives the gradients that saving everything gives, and saves less."""

import pytest

import taeda as torch
from taeda.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential


def model():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 8), torch.nn.Linear(8, 2)
    )


def gradients(run):
    m = model()
    x = torch.linspace(-1, 1, 20).reshape(5, 4).requires_grad_()
    torch.manual_seed(1)
    run(m, x).square().sum().backward()
    return [x.grad, *(p.grad for p in m.parameters())]


@pytest.mark.parametrize("run", [
    lambda m, x: checkpoint(m, x, use_reentrant=False),
    lambda m, x: checkpoint(m, x, use_reentrant=True),
    lambda m, x: checkpoint(m, x, use_reentrant=False, early_stop=False),
    lambda m, x: checkpoint_sequential(m, 2, x, use_reentrant=False),
    lambda m, x: checkpoint(lambda v: m[3:](checkpoint(m[:3], v, use_reentrant=False)), x, use_reentrant=False),
])  # fmt: skip
def test_gradients(run):
    for found, expected in zip(gradients(run), gradients(lambda m, x: m(x)), strict=True):
        assert torch.equal(found, expected)


def test_runs_again_in_backward_only_as_far_as_needed():
    calls = []

    def part(x):
        calls.append("first")
        y = x.exp()
        z = y.sin()
        calls.append("second")
        return z

    x = torch.ones(3, requires_grad=True)
    y = checkpoint(part, x, use_reentrant=False)
    assert calls == ["first", "second"]
    y.sum().backward()
    assert calls == ["first", "second", "first"]
    assert torch.allclose(x.grad, x.exp().cos() * x.exp())


def test_other_tensors_when_run_again():
    sizes = iter((2, 3))

    def part(x):
        return (x[: next(sizes)] * 2).exp().sum()

    x = torch.ones(4, requires_grad=True)
    with pytest.raises(CheckpointError, match="different metadata"):
        checkpoint(part, x, use_reentrant=False).backward()


def test_arguments():
    with pytest.warns(UserWarning, match="use_reentrant parameter should be passed explicitly"):
        checkpoint(torch.exp, torch.ones(2, requires_grad=True))
    with pytest.raises(ValueError, match="Unexpected keyword arguments"):
        checkpoint(torch.exp, torch.ones(2), use_reentrant=True, wrong=1)


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_what_autocast_was_in_forward_it_is_again(use_reentrant):
    layers = torch.nn.Sequential(torch.nn.LayerNorm(4), torch.nn.Linear(4, 4))
    found = []
    x = torch.ones(3, 4, requires_grad=True)

    def run(v):
        found.append(torch.is_autocast_enabled("cpu"))
        return layers(v)

    with torch.autocast("cpu", torch.bfloat16):
        y = checkpoint(run, x, use_reentrant=use_reentrant)
    assert y.dtype == torch.bfloat16
    y.float().sum().backward()
    assert found == [True, True] and layers[1].weight.grad.dtype == torch.float32
    again = layers[1].weight.grad.clone()
    layers.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        y = layers(x)
    y.float().sum().backward()
    assert torch.equal(layers[1].weight.grad, again)
