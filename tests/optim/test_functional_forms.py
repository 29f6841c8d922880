"""Steps of optimizers as functions of lists: `torch.optim.adam.adam` and the others."""

import importlib

import pytest

import taeda as torch
from expected import agree

BETAS = {"beta1": 0.8, "beta2": 0.9}
FORMS = [
    ("adam", 2, {"amsgrad": False, **BETAS, "lr": 0.1, "weight_decay": 0.1, "eps": 1e-8, "maximize": False}),
    ("adamw", 3, {"amsgrad": True, **BETAS, "lr": 0.1, "weight_decay": 0.1, "eps": 1e-8, "maximize": True}),
    ("adagrad", 1, {"lr": 0.1, "weight_decay": 0.1, "lr_decay": 0.1, "eps": 1e-8, "maximize": False}),
    ("adadelta", 2, {"lr": 0.1, "rho": 0.9, "eps": 1e-6, "weight_decay": 0.1, "maximize": False}),
    ("adamax", 2, {"eps": 1e-8, **BETAS, "lr": 0.1, "weight_decay": 0.1}),
    ("nadam", 2, {**BETAS, "lr": 0.1, "weight_decay": 0.1, "momentum_decay": 4e-3, "eps": 1e-8}),
    ("radam", 2, {**BETAS, "lr": 0.1, "weight_decay": 0.1, "eps": 1e-8}),
    ("rmsprop", 3, {"lr": 0.1, "alpha": 0.9, "eps": 1e-8, "weight_decay": 0.1, "momentum": 0.5, "centered": True}),
    ("rprop", 2, {"step_size_min": 1e-6, "step_size_max": 50.0, "etaminus": 0.5, "etaplus": 1.2}),
    ("asgd", 1, {"lambd": 1e-4, "lr": 0.1, "t0": 1e6, "alpha": 0.75, "weight_decay": 0.1}),
]


@pytest.mark.parametrize("name, count, options", FORMS, ids=[form[0] for form in FORMS])
def test_a_step_changes_what_it_is_given(name, count, options):
    def program(lib):
        # What PyTorch's classes import theirs from, which programs import too.
        home = importlib.import_module(f"{lib.__name__}.optim.{name}")
        step = getattr(home, name)
        assert getattr(importlib.import_module(f"{lib.__name__}.optim._functional"), name) is not None
        params = [lib.linspace(-1, 1, 6).reshape(2, 3), lib.linspace(0, 1, 4)]
        states = [[lib.zeros_like(p) for p in params] for _ in range(count)]
        counts = [lib.tensor(0.0) for _ in params]
        if name == "nadam":
            states.append([lib.tensor(1.0) for _ in params])
        if name == "rprop":
            states[1] = [lib.full_like(p, 0.1) for p in params]
        if name == "asgd":
            states += [[lib.tensor(1.0) for _ in params], [lib.tensor(0.1) for _ in params]]
        if name == "adam":
            states.append([])
        for k in range(3):
            grads = [(p * (k + 1)).sin() for p in params]
            step(params, grads, *states, counts, **options)
        return params, states, counts, [p.grad for p in params]

    agree(program)


def test_sgd_makes_its_buffers():
    def program(lib):
        sgd = importlib.import_module(f"{lib.__name__}.optim.sgd").sgd
        params, buffers = [lib.linspace(-1, 1, 6), lib.ones(2)], [None, lib.ones(2)]
        for _ in range(2):
            sgd(params, [p.cos() for p in params], buffers, weight_decay=0.1, momentum=0.9, lr=0.1, dampening=0.2,
                nesterov=False, maximize=False)
        return params, buffers

    agree(program)


def test_steps_that_are_numbers_are_refused():
    from taeda.optim.adam import adam

    p = torch.ones(2)
    with pytest.raises(RuntimeError, match="`state_steps` argument must contain a list of singleton tensors"):
        adam([p], [p], [p], [p], [], [1], amsgrad=False, **BETAS, lr=0.1, weight_decay=0.0, eps=1e-8, maximize=False)


def test_a_step_after_an_overflow_does_nothing():
    from taeda.optim.sgd import sgd

    p = torch.ones(2)
    options = {"weight_decay": 0.0, "momentum": 0.0, "lr": 1.0, "dampening": 0.0, "nesterov": False, "maximize": False}
    sgd([p], [torch.ones(2)], [], grad_scale=torch.tensor(2.0), found_inf=torch.tensor(1.0), **options)
    assert p.tolist() == [1.0, 1.0]
    sgd([p], [torch.ones(2)], [], grad_scale=torch.tensor(2.0), found_inf=torch.tensor(0.0), **options)
    assert p.tolist() == [0.5, 0.5]
