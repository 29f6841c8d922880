"""LBFGS, Muon and averaged models: what they reach, and PyTorch's steps where it is installed."""

import numpy
import pytest

import taeda
from taeda.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn

try:
    import torch
except ImportError:
    torch = None
LIBRARIES = [taeda] if torch is None else [taeda, torch]


def rosenbrock(lib, **options):
    x = lib.tensor([-1.2, 1.0, 0.5], dtype=lib.float64, requires_grad=True)
    optimizer = lib.optim.LBFGS([x], **options)

    def closure():
        optimizer.zero_grad()
        loss = (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(6)]
    return losses, x.detach().numpy(), optimizer.state_dict()["state"][0]


@pytest.mark.parametrize("options", [
    {"line_search_fn": "strong_wolfe"}, {"lr": 0.001, "max_iter": 5},
    {"line_search_fn": "strong_wolfe", "history_size": 2, "max_iter": 7, "lr": 0.5},
], ids=["wolfe", "fixed", "short history"])  # fmt: skip
def test_lbfgs(options):
    losses, x, state = rosenbrock(taeda, **options)
    assert losses[-1] < losses[0]
    if options == {"line_search_fn": "strong_wolfe"}:
        assert numpy.allclose(x, 1.0, atol=1e-6)
    if torch is not None:
        expected = rosenbrock(torch, **options)
        assert numpy.allclose(losses, expected[0], rtol=1e-6, atol=1e-12) and numpy.allclose(x, expected[1], atol=1e-8)
        assert state["func_evals"] == expected[2]["func_evals"] and state["n_iter"] == expected[2]["n_iter"]


def test_lbfgs_refuses():
    p = [taeda.ones(2, requires_grad=True), taeda.ones(2, requires_grad=True)]
    with pytest.raises(ValueError, match="doesn't support per-parameter options"):
        taeda.optim.LBFGS([{"params": p[:1]}, {"params": p[1:]}])
    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        taeda.optim.LBFGS(p, line_search_fn="other").step(lambda: _backward(p))


def _backward(params):
    loss = sum((q * q).sum() for q in params)
    loss.backward()
    return loss


def muon(lib, **options):
    generator = numpy.random.default_rng(0)
    p = lib.tensor(generator.standard_normal((6, 4)).astype("float32"), requires_grad=True)
    optimizer = lib.optim.Muon([p], **options)
    for _ in range(3):
        p.grad = lib.tensor(generator.standard_normal((6, 4)).astype("float32"))
        optimizer.step()
    return p.detach().numpy()


@pytest.mark.parametrize("options", [{"lr": 0.1}, {"lr": 0.1, "nesterov": False, "adjust_lr_fn": "match_rms_adamw"}])
def test_muon(options):
    found = muon(taeda, **options)
    if torch is not None:  # the products are in bfloat16
        assert numpy.allclose(found, muon(torch, **options), atol=1e-2)
    p = taeda.zeros(6, 4, requires_grad=True)
    p.grad = taeda.randn(6, 4)
    taeda.optim.Muon([p], lr=1.0, weight_decay=0.0).step()
    singular = numpy.linalg.svd(p.detach().numpy(), compute_uv=False) / (6 / 4) ** 0.5
    assert (abs(singular - 1) < 0.4).all()  # orthogonal, about
    with pytest.raises(ValueError, match="only supports 2D parameters"):
        taeda.optim.Muon([taeda.zeros(3, requires_grad=True)])


def averaged(lib, **options):
    model = lib.nn.Linear(2, 1)
    with lib.no_grad():
        model.weight.fill_(0.0), model.bias.fill_(0.0)
    average = lib.optim.swa_utils.AveragedModel(model, **options)
    for k in range(4):
        with lib.no_grad():
            model.weight.add_(k + 1.0)
        average.update_parameters(model)
    return average.module.weight.detach().numpy(), int(average.n_averaged)


def test_averaged_models():
    weight, count = averaged(taeda)
    assert count == 4 and numpy.allclose(weight, (1 + 3 + 6 + 10) / 4)
    weight, _ = averaged(taeda, multi_avg_fn=get_ema_multi_avg_fn(0.5))
    assert numpy.allclose(weight, ((1 * 0.5 + 3 * 0.5) * 0.5 + 6 * 0.5) * 0.5 + 10 * 0.5)
    assert list(AveragedModel(taeda.nn.Linear(1, 1)).state_dict()) == ["n_averaged", "module.weight", "module.bias"]


def test_statistics_are_computed_anew():
    model = taeda.nn.Sequential(taeda.nn.BatchNorm1d(2))
    data = [taeda.tensor([[0.0, 1.0], [2.0, 3.0]]), taeda.tensor([[4.0, 5.0], [6.0, 7.0]])]
    update_bn(data, model)
    assert numpy.allclose(model[0].running_mean.numpy(), [3.0, 4.0]) and model[0].momentum == 0.1


def annealed(lib, **options):
    p = [lib.ones(1, requires_grad=True)]
    optimizer = lib.optim.SGD(p, lr=1.0)
    schedule = lib.optim.swa_utils.SWALR(optimizer, swa_lr=0.1, **options)
    rates = []
    for _ in range(8):
        optimizer.step()
        schedule.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


@pytest.mark.parametrize("options", [{"anneal_epochs": 5}, {"anneal_epochs": 4, "anneal_strategy": "linear"}])
def test_swa_schedule(options):
    rates = annealed(taeda, **options)
    assert abs(rates[-1] - 0.1) < 1e-12 and rates == sorted(rates, reverse=True)
    if torch is not None:
        assert numpy.allclose(rates, annealed(torch, **options))
    with pytest.raises(ValueError, match="must have the same length"):
        SWALR(taeda.optim.SGD([taeda.ones(1, requires_grad=True)], lr=1.0), swa_lr=[0.1, 0.2])
