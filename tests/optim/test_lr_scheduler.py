"""Schedules against PyTorch's: the same learning rates and momenta at every step, bit for bit."""

import warnings

import pytest

import taeda
from expected import agree

SCHEDULES = [
    "s.StepLR(o, 3, 0.5)",
    "s.MultiStepLR(o, [2, 5, 5], 0.5)",
    "s.ExponentialLR(o, 0.9)",
    "s.CosineAnnealingLR(o, 5, 1e-3)",
    "s.CosineAnnealingWarmRestarts(o, 3, 2, 1e-3)",
    "s.OneCycleLR(o, 0.5, total_steps=30)",
    "s.OneCycleLR(o, [0.5, 0.6], epochs=3, steps_per_epoch=10, three_phase=True, anneal_strategy='linear')",
    "s.OneCycleLR(o, 0.5, total_steps=40, cycle_momentum=False)",
    "s.LambdaLR(o, lambda epoch: 0.95**epoch)",
    "s.LambdaLR(o, [lambda epoch: 0.95**epoch, lambda epoch: 1.0])",
    "s.MultiplicativeLR(o, lambda epoch: 0.95)",
    "s.LinearLR(o)",
    "s.ConstantLR(o)",
    "s.PolynomialLR(o)",
    "s.StepLR(o, 3)",
    "s.LinearLR(o, 0.1, 1.0, 6)",
    "s.ConstantLR(o, 0.3, 4)",
    "s.PolynomialLR(o, 8, 2.0)",
    "s.CyclicLR(o, 0.01, 0.1, 4, 3, mode='triangular2')",
    "s.CyclicLR(o, 0.01, 0.1, 4, mode='exp_range', gamma=0.99)",
    "s.CyclicLR(o, 0.01, 0.1, 4, scale_fn=lambda x: 0.5, scale_mode='iterations')",
    "s.SequentialLR(o, [s.LinearLR(o, 0.1, 1.0, 4), s.CosineAnnealingLR(o, 10)], [4])",
    "s.ChainedScheduler([s.LinearLR(o, 0.1, 1.0, 4), s.ExponentialLR(o, 0.9)])",
]


def optimizer(lib, kind="SGD"):
    groups = [
        {"params": [lib.zeros(2, requires_grad=True)]},
        {"params": [lib.zeros(2, requires_grad=True)], "lr": 0.3},
    ]
    return lib.optim.SGD(groups, lr=0.1, momentum=0.9) if kind == "SGD" else lib.optim.Adam(groups, lr=0.1)


def rates(scheduler, opt, steps=25):
    result = []
    for _ in range(steps):
        opt.step()
        scheduler.step()
        groups = [(group["lr"], group.get("momentum"), group.get("betas")) for group in opt.param_groups]
        result.append((groups, scheduler.get_last_lr()))
    return result


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("source", SCHEDULES)
def test_rates(source, kind):
    def program(lib):
        opt = optimizer(lib, kind)
        return rates(eval(source, {"s": lib.optim.lr_scheduler, "o": opt}), opt, 50)

    agree(program, 0.0, 0.0)


@pytest.mark.parametrize("source", SCHEDULES)
def test_resuming_from_a_state_dict(source):
    names = {"s": taeda.optim.lr_scheduler}
    first = optimizer(taeda)
    scheduler = eval(source, {**names, "o": first})
    rates(scheduler, first, 9)
    second = optimizer(taeda)
    resumed = eval(source, {**names, "o": second})
    resumed.load_state_dict(scheduler.state_dict())
    second.load_state_dict(first.state_dict())
    assert rates(resumed, second, 10) == rates(scheduler, first, 10)


@pytest.mark.parametrize("source", SCHEDULES[:-2])
def test_state_dicts_have_pytorchs_entries(source):
    def program(lib):
        opt = optimizer(lib)
        return sorted(eval(source, {"s": lib.optim.lr_scheduler, "o": opt}).state_dict())

    agree(program)


@pytest.mark.parametrize(
    "options", [{}, {"cooldown": 1}, {"mode": "max", "threshold_mode": "abs"}, {"min_lr": [0.05, 0.1]}], ids=repr
)
def test_plateau(options):
    def program(lib):
        opt = optimizer(lib)
        scheduler = lib.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=2, **options)
        rows = []
        for value in [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4]:
            scheduler.step(value)
            rows.append([group["lr"] for group in opt.param_groups])
        return rows

    agree(program, 0.0, 0.0)


@pytest.mark.parametrize(
    "source",
    [
        "s.StepLR(3, 1)",
        "s.LambdaLR(o, [lambda e: 1.0])",
        "s.MultiplicativeLR(o, 3)",
        "s.ConstantLR(o, 2.0)",
        "s.LinearLR(o, 0.0)",
        "s.LinearLR(o, 1.0, 2.0)",
        "s.CosineAnnealingWarmRestarts(o, 0)",
        "s.OneCycleLR(o, 0.1)",
        "s.OneCycleLR(o, 0.1, total_steps=-1)",
        "s.OneCycleLR(o, 0.1, total_steps=5, anneal_strategy='x')",
        "s.OneCycleLR(o, 0.1, total_steps=5, pct_start=2.0)",
        "s.SequentialLR(o, [], [])",
        "s.SequentialLR(o, [s.StepLR(o, 1)], [1])",
        "s.SequentialLR(o, [s.ReduceLROnPlateau(o)], [])",
        "s.ReduceLROnPlateau(o, factor=2.0)",
        "s.ReduceLROnPlateau(o, mode='x')",
        "s.ReduceLROnPlateau(o, min_lr=[0.1])",
        "s.CyclicLR(o, 0.1, 1.0, mode='x')",
        "s.StepLR(o, 1, last_epoch=3)",
    ],
)
def test_errors_are_pytorchs(source):
    def program(lib):
        try:
            eval(source, {"s": lib.optim.lr_scheduler, "o": optimizer(lib)})
        except Exception as error:
            return type(error).__name__, str(error)

    agree(program)


def test_order_of_steps_is_checked():
    opt = optimizer(taeda)
    scheduler = taeda.optim.lr_scheduler.StepLR(opt, 1)
    with pytest.warns(UserWarning, match=r"Detected call of `lr_scheduler.step\(\)` before `optimizer.step\(\)`"):
        scheduler.step()
    with pytest.warns(UserWarning, match="please use `get_last_lr"):
        scheduler.get_lr()
    opt = optimizer(taeda)
    scheduler = taeda.optim.lr_scheduler.StepLR(opt, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opt.step()
        scheduler.step()
